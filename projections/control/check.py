"""Checks: what in the data looks wrong, and what an official does about each kind of it.

All that contradicts itself (`anomalies`), and what is plausible by its form but not on the road:
times that nobody drives, records before they could be made, numbers that are one digit off. Nothing
is changed by a finding; a rule that is not defined leaves its check out and is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import msgspec

from ledger.commands.sense import is_of_nothing, is_without_time
from ledger.errors import LedgerError
from ledger.grouping import grouped
from ledger.times import format_duration
from ledger.vocabulary import TYPES as VOCABULARY
from ledger.vocabulary import (
    ClockOffsetDeclared,
    ControlPassed,
    NeutralisationPassed,
    PassingRecorded,
    PenaltyGiven,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
)
from projections.control import anomalies
from projections.control.alike import names_alike
from projections.control.anomaly import Anomaly, searched
from projections.control.confusable import look_alikes
from projections.control.implausible import implausible_times
from projections.control.licences import without_licence
from projections.desk.decisions import effect_in_words
from projections.desk.incidents import incidents
from projections.desk.without_effect import without_effect
from projections.results.standings import standings
from projections.state.clocks import MINUTE, Seen
from projections.state.entries import by_number
from projections.state.matters import matters, not_known_in_time
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.timing import RECKONED, StageValue
from projections.state.true_times import SITE_CLOCK, by_rules
from projections.state.whereabouts import Whereabouts

GRACE_MS = 60_000
"""How far two clocks of officials may differ before a record seems older than its fact."""

METHODS, NOTIONAL = "stopping.methods", "notional.time"

HINTS: dict[str, str] = {
    "amendment-without-order": "Publish the start order, then amend it.",
    "repositioned-too-late": (
        "Record StartOrderAmended with the place; `rally publish start-order` posts the new order."
    ),
    "control-without-record": "Look at the time card; record the control, or decide on a penalty.",
    "stage-not-run": "Cancel the stage, or take in its times.",
    # -- what contradicts itself
    "act-without-authority": "If it was right, sign it where that lacks (`rally sign`), or adopt "
    "it (`rally adopt`). Otherwise void it.",
    "appointed-by-oneself": "Let another official appoint them, or see that it is in order.",
    "bulletin-twice": "Void the one that was entered twice, or correct its number.",
    "decision-number-missing": "Ask the secretary for it and record it; or correct the number.",
    "decision-number-twice": "Correct the number of one, or void the one entered twice.",
    "document-number-twice": "Name each by its record; correct the number of the one not so named.",
    "cards-differ": "Let a third person key the cell, unseen; or correct who slipped, or rule.",
    "closed-twice": "Void the one entered twice, or correct its stage.",
    "constituted-twice": "Void the one that is none of this rally.",
    "dangling-reference": "Find what it is about; void it, or record it again with the right id.",
    "erased-elsewhere": "If it was right, adopt it: `rally adopt` erases the value here.",
    "falling-time": "Compare both records with their source; correct or void the wrong one.",
    "finish-twice": "Correct the kind of the point that is not the finish, or void it.",
    "finish-unknown": "Correct the finish: kind=ass; or give the stage its length: special_m=….",
    "length-of-the-road": "Correct the length: special_m=…; or give the finish its kind: kind=ass.",
    "fork": "Decide which correction is right and void the other one.",
    "fork-of-decisions": "Rule which of them supersedes it (SupersedingDetermined).",
    "half-neutralisation": "Ask the officials of the zone for the other time and record it.",
    "impossible-correction": "Void the correction and record one that fits the fields.",
    "missed-and-passed": "Look at the read-out again; void the report or the passing.",
    "not-appointed": "Appoint them (OfficialAppointed), or void what is not theirs.",
    "number-twice": "Correct the number of one of the entries, or void the one entered twice.",
    "order-twice": "Correct the order of one of the stages.",
    "penalty-without-stage": "Correct the penalty: name its stage.",
    "regulations-twice": "Void the regulations that do not hold; amend by bulletin instead.",
    "restart-refused": "Ask the stewards; void the restart or the refusal.",
    "restarted-after-retirement": "Retract the retirement if it may go on, or void the restart.",
    "restarted-unfit": "Stop the crew, or record that the doctors cleared it.",
    "retroactive-bulletin": "Correct from when it holds: rules never change for what happened.",
    "other-method": "See that it is in order; else correct the act: method=….",
    "other-notional": "See that it is fair; else allocate another (StageTimeRecorded, notional).",
    "seen-after-retirement": "Record its restart, retract the retirement, or correct the number "
    "that was seen.",
    "seen-after-disqualification": "Stop the crew; or correct from which stage it is disqualified.",
    "seen-without-start": "Void the record that it did not start, or correct the number seen.",
    "finished-after-all": "Void the record that it did not finish, or the time.",
    "planned-twice": "Void the one entered twice; correct the other one if it is wrong.",
    "target-from-nothing": "Say from which control it runs: correct from_control=….",
    "falling-distance": "Correct the order or the distance (at_m) of one of the points.",
    "person-twice": "Correct the entry, or record who replaces whom (CrewMemberReplaced).",
    "tie-not-level": "Void the ruling, or correct its crews.",
    "place-not-given": "Record another choice, or put the crew there by decision.",
    "site-hole": "Ask the site for a new export of its log and import it.",
    "site-number-of-no-record": "Ask the site what it is: no ledger counts so.",
    "site-number-twice": "Nothing is lost. Give one of them another name now: `rally site NAME`.",
    "source-keys-again": "Nothing is lost. Void a record only if its line was set right since.",
    "source-conflict": "Compare both with their source; correct what counts, void the other.",
    "sources-differ": "Hear the timekeepers; record which one counts (TimeDetermined).",
    "stage-twice": "Void the one entered twice, or correct its code.",
    "two-roots": "One history was written anew: keep the files, their signatures are the proof.",
    "unreadable-effect": "Correct the effects of the decision; until then it does nothing there.",
    "unknown-category": "Give the parameter another value by a bulletin, or correct the entries.",
    "unknown-crew": "Correct the number, enter the crew, or void the record.",
    "unknown-person": "Correct the name of the one who leaves, as it stands in the entry.",
    "unknown-point": "Place the point on the stage, or correct the record.",
    "unknown-stage": "Schedule the stage, or correct the record.",
    "unknown-zone": "Place the zone on the stage, or correct the record.",
    # -- what is not plausible
    "look-alike": "If one was typed in another alphabet, void it or correct its code.",
    "before-the-start": "Compare the clocks; correct the start or the time, or declare an offset.",
    "clock-noted": "If it should, issue a bulletin with timing.site_clock=applied.",
    "far-ahead": "Look at the records of this time before it is published.",
    "no-time": "Correct it: say when it was (fact_at), or after how long (elapsed_ms).",
    "implausible-time": "Compare it with its source; if it was a slip, correct the time.",
    "impossible-time": "Correct the time, or void it if there was none.",
    "mistyped-number": "If it was a slip, correct the record: number=….",
    "names-alike": "If they are one, correct the entries, or what was directed, to one name.",
    "no-driver": "Correct the entry: driver=….",
    "no-effect": "Decide anew, superseding it, or deal with what defeats it.",
    "no-points": "Place the points of the stage in their order (WaypointPlaced).",
    "penalty-twice": "If it is the same one, void the second.",
    "recorded-before-fact": "Correct the time of the fact, or its date.",
    "same-time-twice": "Ask the officials at the point which crew it was; void the other record.",
    "time-not-known": "If it was said by then, record the bulletin as of then: --at. Else the "
    "stewards say it.",
    "too-fast": "Check the time and the length of the stage; correct what is wrong.",
    "without-licence": "Keep the crew from the start, or replace the member; see the stewards.",
    "undecided-report": "Give a penalty that names it as evidence, or void the report.",
    "undefined-parameter": "Define it: issue a bulletin, or adopt regulations that have it.",
    "unreadable": "Amend the regulations: issue a bulletin with a value that can be read.",
}
"""What an official does about each kind of finding."""


class Suspicion(msgspec.Struct, frozen=True):
    """One thing to look at: the record to begin with, and all that it rests on."""

    position: int | None
    kind: str
    message: str
    hint: str
    number: str
    stage: str
    positions: tuple[int, ...]


def check(state: RallyState) -> tuple[Suspicion, ...]:
    """Everything that looks wrong at this cut, by stage and kind; empty where all is well."""
    return suspicions(state, searched(state, SEARCHES))


def suspicions(state: RallyState, found: Iterable[Anomaly]) -> tuple[Suspicion, ...]:
    """What was found, by stage and kind, each with what an official does about it."""
    ids = {position: each for each, position in state.facts.positions.items()}

    def latest(anomaly: Anomaly) -> list[tuple[int, str]]:
        """The ids of its records, the one recorded last at the end, in any copy of the log."""
        several = (ids[at] for at in anomaly.positions)
        return sorted((recorded(each), each) for each in several)

    def recorded(identity: str) -> int:
        fact = state.facts.by_id.get(identity)
        return fact.value.recorded_at.ms if fact else -1

    order = {stage.stage: index for index, stage in enumerate(state.stages)}
    last = len(order)
    return tuple(
        _suspicion(each, state.facts.positions[rests[-1][1]] if (rests := latest(each)) else None)
        for each in sorted(
            found,
            key=lambda a: (
                order.get(a.stage, last),
                a.kind,
                by_number(a.number),
                a.message,
                latest(a),
            ),
        )
    )


def _suspicion(anomaly: Anomaly, position: int | None) -> Suspicion:
    return Suspicion(
        position,
        anomaly.kind,
        anomaly.message,
        HINTS.get(anomaly.kind, ""),
        anomaly.number,
        anomaly.stage,
        anomaly.positions,
    )


# -- times ---------------------------------------------------------------------------------------


def _before_the_start(state: RallyState) -> Iterator[Anomaly]:
    """Crews that were seen on a stage, or finished it, before they were to start it.

    Whom nobody saw start was to start it by the order that was posted.
    """
    believed, starts, facts = state.timing.clocks.believed, state.timing.starts, state.facts
    timed: Iterator[Seen[PassingRecorded] | Seen[StageTimeRecorded]] = chain(
        believed(facts.of(PassingRecorded)), believed(facts.recorded(StageTimeRecorded))
    )
    for each in timed:
        said = each.fact.value
        if each.true_ms is None or said.fact_assumed:
            continue
        start = starts.get((said.stage, said.number))
        due_ms = start.official_ms if start else state.timing.due_ms(said.stage, said.number)
        if due_ms is not None and each.true_ms < due_ms:
            early = format_duration(due_ms - each.true_ms)
            of_the_start = (start.fact.position,) if start else ()
            at = tuple(sorted((*of_the_start, each.fact.position)))
            message = f"{early} before the start of crew {said.number}: {said.words()}"
            yield Anomaly("before-the-start", at, message, said.number, said.stage)


def _impossible(state: RallyState) -> Iterator[Anomaly]:
    """Times of nothing at all, and averages that nobody drives."""
    told: set[str] = set()
    for (stage, number), value in sorted(state.timing.measured.items()):
        if value.time_ms <= 0:
            message = f"The time of crew {number} on {stage} is {format_duration(value.time_ms)}."
            yield Anomaly("impossible-time", value.positions, message, number, stage)
            told.update(value.ids)
            continue
        rules = state.rules_of(stage)
        length = state.length_of(stage, number)
        if not length or value.basis in RECKONED or not rules.defines("check.fastest_kmh"):
            continue
        # Metres in milliseconds are thousandths of km/h times 3600.
        speed = length * 3600 // value.time_ms
        if speed > rules.number("check.fastest_kmh"):
            time = format_duration(value.time_ms)
            message = (
                f"Crew {number} drove {length / 1000:g} km of {stage} in {time}, at {speed} km/h."
            )
            yield Anomaly("too-fast", value.positions, message, number, stage)
    timed: list[Fact[PassingRecorded | StageTimeRecorded]] = [
        *state.facts.of(PassingRecorded),
        *state.facts.of(StageTimeRecorded),
    ]
    for each in timed:
        said = each.value
        if is_of_nothing(said) and each.id not in told and not _at_the_start(state, said):
            message = f"It took no time at all: {said.words()}"
            yield Anomaly("impossible-time", (each.position,), message, said.number, said.stage)


def _at_the_start(state: RallyState, said: PassingRecorded | StageTimeRecorded) -> bool:
    """Whether it is at the start of the selective section, where time begins to run."""
    point = said.point if isinstance(said, PassingRecorded) else ""
    placed = state.point(said.stage, state.category(said.number), point) if point else None
    return placed is not None and placed.is_start


def _no_time(state: RallyState) -> Iterator[Anomaly]:
    """Records of the road that say neither when it was nor after how long."""
    seen: list[Fact[Any]] = [
        fact
        for kind in (PassingRecorded, ControlPassed, NeutralisationPassed, StageStarted)
        for fact in state.facts.recorded(kind)
    ]
    for each in seen:
        said = each.value
        if is_without_time(said):
            message = f"It says neither when nor after how long: {said.words()}"
            yield Anomaly("no-time", (each.position,), message, said.number, said.stage)


def _by_category(state: RallyState) -> dict[tuple[str, str], list[tuple[int, str, StageValue]]]:
    """The measured times of each stage in each category, the fastest first."""
    found = grouped(
        ((stage, state.category(number)), (value.time_ms, number, value))
        for (stage, number), value in state.timing.measured.items()
        if value.basis == "measured" and value.time_ms > 0
    )
    for times in found.values():
        times.sort(key=lambda each: each[:2])
    return found


def _far_ahead(state: RallyState) -> Iterator[Anomaly]:
    """A time far under all others of its category: a wrong clock, or a piece that was left out."""
    for (stage, _), times in _by_category(state).items():
        rules = state.rules_of(stage)
        if len(times) < 2 or not rules.defines("check.far_ahead_percent"):
            continue
        (best, number, value), (second, *_) = times[:2]
        share = 100 - rules.number("check.far_ahead_percent")
        if best * 100 < second * share:
            message = (
                f"The time of crew {number} on {stage}, {format_duration(best)}, is far under the "
                f"next one, {format_duration(second)}."
            )
            yield Anomaly("far-ahead", value.positions, message, number, stage)


def _implausible(state: RallyState) -> Iterator[Anomaly]:
    """Times that fit neither the splits of their crew nor the field; those told already are not."""
    told = {(e.number, e.stage) for search in (_impossible, _far_ahead) for e in search(state)}
    for each in implausible_times(state):
        if (each.number, each.stage) in told:
            continue
        at = tuple(state.facts.positions[identity] for identity in each.ids)
        yield Anomaly(each.kind, at, each.message, each.number, each.stage)


def _recorded_before(state: RallyState) -> Iterator[Anomaly]:
    """Records that are older than what they tell of."""
    for kind in VOCABULARY.values():
        for each in state.facts.recorded(kind):
            said = each.value
            told = said.fact_at is not None and not (said.fact_assumed or said.recorded_assumed)
            if not told or said.plan or said.fact_at is None:
                continue
            if said.recorded_at.ms + GRACE_MS < said.fact_at.ms:
                ahead = format_duration(said.fact_at.ms - said.recorded_at.ms, 1000)
                message = f"It was recorded {ahead} before it happened: {said.words()}"
                number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
                yield Anomaly("recorded-before-fact", (each.position,), message, number, stage)


Clocked = PassingRecorded | ControlPassed | NeutralisationPassed


def _same_time(state: RallyState) -> Iterator[Anomaly]:
    """Two crews at one place in the same instant, by the same source: one of them was not there."""
    facts = state.facts
    seen: list[Fact[Clocked]] = [
        *facts.of(PassingRecorded),
        *facts.of(ControlPassed),
        *facts.of(NeutralisationPassed),
    ]
    there: dict[tuple[object, ...], list[Fact[Clocked]]] = defaultdict(list)
    for each in seen:
        said = each.value
        # Clocks that are read to the minute do show one time for several crews.
        if said.fact_at is not None and not said.fact_assumed and said.fact_at.ms % MINUTE:
            place = type(said), said.stage, _place(said)
            there[*place, said.source.kind, said.source.name, said.fact_at.ms].append(each)
    for group in there.values():
        numbers = sorted({each.value.number for each in group}, key=by_number)
        if len(numbers) > 1:
            said = group[0].value
            at = tuple(sorted(each.position for each in group))
            who, where = " and ".join(numbers), _place(said) or "the finish"
            when = said.fact_at.iso() if said.fact_at else ""
            message = f"Crews {who} were at {where} in the same instant, {when}."
            yield Anomaly("same-time-twice", at, message, numbers[0], said.stage)


def _place(said: Clocked) -> str:
    match said:
        case PassingRecorded():
            return said.point
        case ControlPassed():
            return said.control
        case NeutralisationPassed():
            return f"{said.zone} ({said.side})"


# -- numbers -------------------------------------------------------------------------------------


def one_slip(typed: str, meant: str) -> bool:
    """Whether one number becomes the other by one slip.

    A digit is wrong, left out or one too many, or two neighbours are swapped.
    """
    if len(typed) == len(meant):
        wrong = [i for i, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
        swapped = len(wrong) == 2 and wrong[0] + 1 == wrong[1]
        return len(wrong) == 1 or (
            swapped and typed[wrong[0]] + typed[wrong[1]] == meant[wrong[1]] + meant[wrong[0]]
        )
    longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
    return len(longer) == len(shorter) + 1 and any(
        longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
    )


def _mistyped(state: RallyState) -> Iterator[Anomaly]:
    """Times of a crew that is not entered, or has two, while one of nearly its number lacks any."""
    places = Whereabouts(state)
    facts = state.facts
    times: list[Fact[StageTimeRecorded | PassingRecorded | StageStarted]] = [
        *facts.of(StageTimeRecorded),
        *facts.of(PassingRecorded),
        *facts.of(StageStarted),
    ]
    stages = {stage.stage: stage for stage in state.stages}
    like: dict[str, list[str]] = {}
    found: dict[tuple[str, str], tuple[str, list[int]]] = {}
    for each in times:
        number, stage = each.value.number, each.value.stage
        if stage not in stages:
            continue
        value = state.timing.measured.get((stage, number))
        differs = value is not None and value.under_verification and each.id in value.ids
        if number in facts.crews and not differs:
            continue
        if number not in like:
            near = (other for other in facts.crews if one_slip(number, other))
            like[number] = sorted(near, key=by_number)
        meant = [other for other in like[number] if places.lacks(stages[stage], other)]
        if meant:
            who = "has two times that differ" if differs else "is not entered"
            message = f"Crew {number} {who}, and crew {' or '.join(meant)} has no time on {stage}."
            found.setdefault((number, stage), (message, []))[1].append(each.position)
    for (number, stage), (message, positions) in found.items():
        yield Anomaly("mistyped-number", tuple(sorted(positions)), message, number, stage)


# -- the plan and the decisions ------------------------------------------------------------------


def _plan(state: RallyState) -> Iterator[Anomaly]:
    """Stages without points although passings are recorded, and crews without a driver."""
    placed = {stage for stage, _, _ in state.points}
    passings = grouped(
        (each.value.stage, each.position)
        for each in state.facts.of(PassingRecorded)
        if each.value.point and each.value.stage not in placed
    )
    for stage, at in passings.items():
        if stage in state.orders:
            message = f"{stage} has passings, but no order of its points."
            yield Anomaly("no-points", tuple(sorted(at)), message, "", stage)
    for number, crew in state.facts.crews.items():
        if not crew.value.driver.strip():
            yield Anomaly("no-driver", (crew.position,), f"Crew {number} has no driver.", number)


def _penalties(state: RallyState) -> Iterator[Anomaly]:
    """Penalties that were given twice."""
    same: dict[tuple[object, ...], list[Fact[PenaltyGiven]]] = defaultdict(list)
    for each in state.facts.penalties:
        said = each.value
        about = said.number, said.stage, said.control, said.point, said.kind, said.reason
        same[*about, said.amount_ms, said.applies_to, said.fact_at].append(each)
    for group in same.values():
        if len(group) > 1:
            said = group[0].value
            at = tuple(sorted({each.position for each in group}))
            message = f"It was given {len(group)} times: {said.words()}"
            yield Anomaly("penalty-twice", at, message, said.number, said.stage)


def _rules(state: RallyState) -> Iterator[Anomaly]:
    """Rules that penalties and places rest on and that are not defined: asking for them tells."""
    for answer in (lambda: state.charges, lambda: standings(state)):
        try:
            answer()
        except LedgerError as error:
            yield Anomaly(error.kind, (), error.message)


def _without_effect(state: RallyState) -> Iterator[Anomaly]:
    """Effects of decisions that are in force and that something else defeats."""
    for each in without_effect(state):
        said, by = each.said, each.defeat.positions
        words = effect_in_words(each.brought.effect, said.number, said.stage)
        message = f"{said.name} has no effect as {words}, because {each.defeat.why}."
        act: Any = each.brought.fact.value if each.brought.fact else said
        number, stage = getattr(act, "number", ""), getattr(act, "stage", "")
        at = tuple(sorted({each.decision.position, *by}))
        yield Anomaly("no-effect", at, message, number, stage)


def _undecided(state: RallyState) -> Iterator[Anomaly]:
    """Reports on which somebody has to decide and nobody did."""
    for each in incidents(state):
        if each.open:
            message = f"Nobody has decided on it: {each.words}"
            yield Anomaly("undecided-report", (each.position,), message, each.number, each.stage)


def _not_known_in_time(state: RallyState) -> Iterator[Anomaly]:
    """What was lodged, while no rule says until when it could be."""
    for each in matters(state.facts):
        if each.is_open and (lacks := not_known_in_time(state.facts, each)):
            said = each.fact.value
            message = f"It is not known whether it is in time: {lacks}. {said.words()}"
            about = getattr(said, "number", ""), getattr(said, "stage", "")
            yield Anomaly("time-not-known", (each.fact.position,), message, *about)


def _noted_only(state: RallyState) -> Iterator[Anomaly]:
    """Clocks of sites that were declared wrong, under a rulebook that moves no time by them."""
    if by_rules(state.facts.regulations) is False:
        for each in state.facts.recorded(ClockOffsetDeclared):
            if site := each.value.of_site:
                rule = f"the rulebook does not apply the clocks of sites ({SITE_CLOCK})"
                message = f"The clock of {site} moved no time: {rule}."
                yield Anomaly("clock-noted", (each.position,), message, "", each.value.stage)


def _other_method(state: RallyState) -> Iterator[Anomaly]:
    """Stages that were stopped and classified by a method that the rules do not have."""
    for each in state.facts.of(StageStopped):
        said = each.value
        rules = state.rules_for(each, state.orders.get(said.stage))
        if rules.defines(METHODS) and said.method not in (may := rules.texts(METHODS)):
            named = " or ".join(may) or "none"
            message = f"{said.words()} By the rules it is {named} ({METHODS})."
            yield Anomaly("other-method", (each.position,), message, "", said.stage)


def _other_notional(state: RallyState) -> Iterator[Anomaly]:
    """Notional times that are not what the rules allocate."""
    measured = _by_category(state)
    for (stage, number), value in sorted(state.timing.measured.items()):
        rules, category = state.rules_of(stage), state.category(number)
        times = measured.get((stage, category), ())
        if value.basis != "notional" or not times or not rules.defines(NOTIONAL):
            continue
        which = rules.text(NOTIONAL)
        allocated = times[0 if which == "fastest" else -1][0]
        if value.time_ms != allocated:
            message = (
                f"The notional time of crew {number} on {stage} is "
                f"{format_duration(value.time_ms)}; the {which} of {category or 'its category'} "
                f"is {format_duration(allocated)} ({NOTIONAL})."
            )
            yield Anomaly("other-notional", value.positions, message, number, stage)


OF_THE_PLAN = (
    *anomalies.OF_THE_PLAN,
    names_alike,
    look_alikes,
    _penalties,
    _noted_only,
    _not_known_in_time,
    _other_method,
)
"""What looks at the plan and at papers alone: no reading of a clock changes what it finds."""
OF_A_CREW = (*anomalies.OF_A_CREW, _before_the_start, _impossible, _no_time, _recorded_before)
"""What judges the readings of each crew by itself: those of another change nothing of it."""
OF_A_CATEGORY = (_far_ahead, _implausible, _other_notional)
"""What compares the times of a category: those of another change nothing of it."""
OF_NOTHING = (_rules,)
"""What finds nothing of any crew, stage or record."""
OF_REPORTS = (_undecided,)
"""What finds what is in the nature of a report: it waits for somebody to decide on it."""
SEARCHES = (
    *anomalies.SEARCHES,
    *OF_THE_PLAN[len(anomalies.OF_THE_PLAN) :],
    *OF_A_CREW[len(anomalies.OF_A_CREW) :],
    *OF_A_CATEGORY,
    *OF_NOTHING,
    _same_time,
    _mistyped,
    without_licence,
    _plan,
    *OF_REPORTS,
    _without_effect,
)
"""Everything that is looked for."""

"""What is in force and does nothing: an effect that another record or a rule defeats, and by which.

Not what is moot: about a crew that is out, a stage that is cancelled, a time of nothing. Each rule
below asks the state which record it applied; where that is not the effect, it says which one is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from ledger.errors import LedgerError
from ledger.vocabulary import (
    ON_TIES,
    TAKES_BACK,
    ControlPassed,
    CrewDisqualified,
    CrewReclassified,
    CrewRelegated,
    CrewRepositioned,
    DecisionIssued,
    DelayAllowanceGranted,
    MovedOutsideClassification,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    PenaltyGiven,
    RestartDecided,
    StageCancelled,
    StageReinstated,
    StageShortened,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
    StartOrderPublished,
    StartPutBack,
    TargetTimeChanged,
    TieSettled,
    TimeCreditGranted,
    TimeDetermined,
    short_id,
)
from projections.results.relegation import relegated
from projections.results.standings import Scope, by_times
from projections.results.start_order import next_start, repositioned, unheeded
from projections.state.charges import Charges
from projections.state.course import Direction, directed, is_for, named_by
from projections.state.entries import as_it_stands
from projections.state.rally import RallyState
from projections.state.readings import ranked
from projections.state.recorded import Fact
from projections.state.road import COMPUTED
from projections.state.rulings import IN_FORCE, Brought
from projections.state.totals import Overall, Span, Total, since_of, stage_total


class Defeat(msgspec.Struct, frozen=True):
    """Why an effect that is in force does nothing, and the positions of what defeats it."""

    why: str
    positions: tuple[int, ...] = ()


class Defeated(NamedTuple):
    """An effect of a decision that is in force and does nothing."""

    decision: Fact[Any]
    place: int
    brought: Brought
    defeat: Defeat

    @property
    def said(self) -> Any:
        """The decision as it was issued."""
        return self.decision.value


def without_effect(state: RallyState, among: Collection[str] | None = None) -> Iterator[Defeated]:
    """The effects in force at this cut that something else defeats, decision by decision.

    Of the decisions of these ids, or of all.
    """
    rulings = state.facts.rulings
    for ruling in rulings.all.values():
        if among is not None and ruling.fact.id not in among:
            continue
        for place, each in enumerate(ruling.effects):
            begun = each.fact is not None and rulings.has_begun(each.fact)
            if each.counts and begun and (defeat := _defeat(state, each.fact)):
                yield Defeated(ruling.fact, place, each, defeat)


def _defeat(state: RallyState, fact: Any) -> Defeat | None:
    """What defeats an act; None where it has its effect, or is moot."""
    said = fact.value
    number, numbers = getattr(said, "number", ""), getattr(said, "numbers", ())
    missing = [each for each in (number, *numbers) if each and each not in state.facts.crews]
    if missing and not hasattr(said, "target"):
        return Defeat(f"no crew {missing[0]} is entered")
    if isinstance(said, _ON_A_STAGE) and said.stage and said.stage not in state.orders:
        return Defeat(f"no stage {said.stage} is scheduled")
    rule = _RULES.get(type(said))
    try:
        return rule(state, fact) if rule else None
    except LedgerError:  # a rule is lacking, which the answer that needs it says
        return None


def _by(state: RallyState, fact: Fact[Any] | None, how: str) -> Defeat:
    """A defeat by a record: a decision under its name."""
    if fact is None:
        return Defeat(how)
    ruling, document = state.facts.rulings.all.get(fact.id), getattr(fact.value, "document", "")
    hangs = isinstance(fact.value, StartOrderPublished) and document
    name = f"document {document}" if hangs else f"record {short_id(fact.id)}"
    name = ruling.fact.value.name if ruling else name
    return Defeat(f"{name} {how}", (fact.position,))


def _same(one: Fact[Any] | None, other: Fact[Any]) -> bool:
    return one is not None and one.id == other.id and one.value == other.value


# -- times -----------------------------------------------------------------------------------------


def _time(state: RallyState, fact: Fact[StageTimeRecorded]) -> Defeat | None:
    said = fact.value
    value = state.timing.measured.get((said.stage, said.number))
    if value is None or not value.ids:
        return None
    if value.ids[0] != fact.id:
        return _by(state, state.facts.by_id.get(value.ids[0]), "counts instead")
    told = ranked(state.timing.readings[said.stage, said.number][""])
    if told[0].elapsed_ms != said.elapsed_ms:
        return Defeat("another time of the same decision counts")
    return _not_counted(state, said.stage, said.number)


def _not_counted(state: RallyState, stage: str, number: str) -> Defeat | None:
    """Why a time that is known does not count as the time of the crew."""
    said = state.unfinished.not_finished.get((stage, number))
    return _by(state, said, f"says that {stage} was not finished") if said else None


def _determined(state: RallyState, fact: Fact[TimeDetermined]) -> Defeat | None:
    about = state.facts.by_id.get(fact.value.target)
    if about is None:
        return Defeat("there is no such record")
    said: Any = about.value
    if isinstance(said, ControlPassed):
        seen = state.road.passed.get((said.number, said.control))
        chosen = seen.fact.id if seen else ""
    elif isinstance(said, StageStarted):
        start = state.timing.starts.get((said.stage, said.number))
        chosen = start.fact.id if start else ""
    elif isinstance(said, (StageTimeRecorded, PassingRecorded)):
        chosen = _chosen(state, about)
        if chosen == about.id:
            return _not_counted(state, said.stage, said.number)
    elif isinstance(said, NeutralisationPassed):
        return None
    else:
        return Defeat("that record tells no time")
    if chosen == about.id:
        return None
    why = "no time that counts rests on that record"
    return _by(state, state.facts.by_id.get(chosen), "counts instead") if chosen else Defeat(why)


def _chosen(state: RallyState, about: Fact[Any]) -> str:
    """The record that counts among those of a time; "" where no time rests on any of them."""
    said, timing = about.value, state.timing
    key = said.stage, said.number
    value = timing.measured.get(key)
    point = getattr(said, "point", "")
    begins = {state.direction_for(said.stage, said.number).start_point}
    for placed in state.left_out(said.stage, state.category(said.number)):
        begins |= {placed.value.from_point, placed.value.to_point}
    if value is not None and about.id in value.ids:
        return value.ids[0]
    if value is None or not point or point not in begins or timing.is_decided(value):
        return ""
    begun = timing.effective(*key, timing.readings[key][point], credited=False)
    return begun.ids[0]


def _credit(state: RallyState, fact: Fact[TimeCreditGranted]) -> Defeat | None:
    said = fact.value
    if (taken := state.facts.taken_back.get(fact.id)) is not None:
        return _by(state, taken, "took it back")
    if not said.amount_ms or state.cancelled(said.stage, state.category(said.number)):
        return None
    value = state.timing.measured.get((said.stage, said.number))
    if value is None:
        return Defeat(f"crew {said.number} has no time on {said.stage} that it could come off")
    if not any(fact.id in part.ids for part in value.parts):
        return _by(
            state, state.facts.by_id.get(value.ids[0]), "allocates the time, which includes it"
        )
    return _not_counted(state, said.stage, said.number)


def _allowed(state: RallyState, fact: Fact[TargetTimeChanged]) -> Defeat | None:
    said = fact.value
    if said.target_ms is None and said.max_time_ms is None:
        return Defeat("it names no time")
    chosen: list[Fact[TargetTimeChanged] | None] = []
    if said.max_time_ms is not None and said.stage:
        chosen += [state.timing.allowing(said.stage, each) for each in state.facts.crews]
    if said.target_ms is not None and said.control:
        if said.control not in state.controls:
            return Defeat(f"no control {said.control} is scheduled")
        if any(state.road.left_before(each, said.control) is None for each in state.facts.crews):
            return None  # there are crews still to come
        chosen += [state.road.allowing(each, said.control) for each in state.facts.crews]
    if not chosen or any(_same(each, fact) for each in chosen):
        return None
    other = next((each for each in chosen if each is not None), None)
    if other is not None:
        return _by(state, other, "counts instead")
    return Defeat("it works forward only, and every crew was past it")


def _allowance(state: RallyState, fact: Fact[DelayAllowanceGranted]) -> Defeat | None:
    said = fact.value
    section = state.section(said.stage, state.category(said.number))
    if any(each.placed.point == said.control for each in section):
        return None
    seen = state.road.passed.get((said.number, said.control))
    if seen is None and said.control not in state.controls:
        return Defeat(f"no control {said.control} is scheduled")
    order = state.order_at(said.stage, said.control, fact.instant)
    rules = state.rules_for(seen.fact, order) if seen else state.rulebook
    if rules.text("controls.penalties") != COMPUTED:
        return Defeat("by the rulebook no penalty is computed there (controls.penalties)")
    return None


# -- penalties, and what takes back ----------------------------------------------------------------


def _penalty(state: RallyState, fact: Fact[PenaltyGiven]) -> Defeat | None:
    said, charge = fact.value, Charges(state, state.road).given(fact)
    if (taken := state.facts.taken_back.get(fact.id)) is not None:
        return _by(state, taken, "withdrew it")
    stage = state.codes.get(charge.order, "")
    if charge.status in ("beyond the finish", "before the start"):
        moved = state.direction_for(stage, said.number)
        return _by(state, moved.stopped or moved.shortened, f"left {said.point} {charge.status}")
    covered = charge.order is not None and charge.order <= since_of(state, said.number)
    if charge.status == IN_FORCE and covered and (stage, said.number) not in state.values:
        return _by(state, state.carried[said.number][-1], "carried in a total that stands for it")
    return None


def _taking_back(state: RallyState, fact: Fact[Any]) -> Defeat | None:
    target = fact.value.target
    kinds = {kind for several in TAKES_BACK.values() for kind in several} - {DecisionIssued}
    if not any(each.id == target for kind in kinds for each in state.facts.of(kind)):
        return Defeat("there is nothing on record that it could take back")
    first = state.facts.taken_back[target]
    return None if _same(first, fact) else _by(state, first, "took it back already")


# -- who takes part, and where ---------------------------------------------------------------------


def _disqualified(state: RallyState, fact: Fact[CrewDisqualified]) -> Defeat | None:
    held = state.disqualified.get(fact.value.number)
    return None if _same(held, fact) else _by(state, held, _since(held, "disqualifies it"))


def _outside(state: RallyState, fact: Fact[MovedOutsideClassification]) -> Defeat | None:
    held = state.outside.get(fact.value.number)
    return None if _same(held, fact) else _by(state, held, _since(held, "moves it outside"))


def _since(held: Fact[Any] | None, what: str) -> str:
    stage = held.value.stage if held else ""
    return f"{what} {f'from {stage} on' if stage else 'in the whole rally'}"


def _restart(state: RallyState, fact: Fact[RestartDecided]) -> Defeat | None:
    said = fact.value
    if said.number in state.disqualified or said.number in state.outside:
        return None
    before = [e for e in state.retirements.get(said.number, ()) if e.order()[0] <= fact.order()[0]]
    if not before:
        why = f"no retirement of crew {said.number} before it is on record"
        return None if said.granted else Defeat(why)
    decided = state.restarts_decided[said.number]
    for left in before:
        last = [each for each in decided if each.order()[0] >= left.order()[0]][-1]
        if _same(last, fact) or last.value.granted == said.granted:
            return None
    return _by(state, last, f"{'grants' if last.value.granted else 'refuses'} the restart")


def _repositioned(state: RallyState, fact: Fact[CrewRepositioned]) -> Defeat | None:
    said = fact.value
    for each in unheeded(state, said.stage):
        if _same(each.moved, fact):
            how = f"published the start order of {said.stage} before; StartOrderAmended changes it"
            return _by(state, each.order, how)
    held = repositioned(state, said.stage).get(said.number)
    return None if _same(held, fact) else _by(state, held, "puts it in another place")


def _put_back(state: RallyState, fact: Fact[StartPutBack]) -> Defeat | None:
    said = fact.value
    stage = next_start(state, said.number, said.stage)
    if not stage:
        return Defeat(f"no stage behind {said.stage} is left that it starts")
    lists = state.timing.start_lists
    posted = lists.published.get(stage, {})
    order = posted.get("") or posted.get(state.category(said.number))
    amended = (each.value for each in lists.amended.get(stage, ()))
    since = said.recorded_at.ms
    dealt_with = any(e.number == said.number and e.recorded_at.ms >= since for e in amended)
    if order is None or dealt_with or order.value.recorded_at.ms > since:
        return None
    return _by(
        state, order, f"published the start order of {stage} before; StartOrderAmended changes it"
    )


def _tie(state: RallyState, fact: Fact[Any]) -> Defeat | None:
    """A ruling on a tie: without effect where its crews are level nowhere."""
    compared = False
    for until in (None, *state.orders.values()):
        overall = Overall(state, Span(until))
        totals = [overall.total(each) for each in dict.fromkeys(fact.value.numbers)]
        compared = compared or sum(each is not None for each in totals) > 1
        if _are_level(totals):
            return None
    if isinstance(fact.value, TieSettled):  # who is level on a stage shares its place anyway
        about = [each for each in state.stages if fact.value.stage in ("", each.stage)]
        if any(_are_level(stage_total(state, s, n) for n in fact.value.numbers) for s in about):
            return None
    why = f"crews {' and '.join(fact.value.numbers)} are level nowhere"
    return Defeat(why) if compared else None


def _are_level(totals: Iterable[Total | None]) -> bool:
    """Whether two of these totals are equal."""
    known = [each.total_ms for each in totals if each is not None]
    return len(set(known)) < len(known)


def _relegated(state: RallyState, fact: Fact[CrewRelegated]) -> Defeat | None:
    said = fact.value
    scope = Scope("stage", stage=said.stage) if said.applies_to == "stage" else Scope()
    own = relegated(state, scope).get(said.number, ())
    for each in own:
        other = each.value
        reaches = other.places is None and (not other.only_in or other.only_in == said.only_in)
        begun = state.orders.get(other.stage, 0) <= state.orders.get(said.stage, 0)
        earlier = said.places is not None or each.order() < fact.order()
        if reaches and begun and earlier and not _same(each, fact):
            return _by(state, each, "puts it last")
    rows = by_times(state, scope) if any(_same(each, fact) for each in own) else ()
    place = next((row.place for row in rows if row.number == said.number), None)
    last = place is not None and not any(row.place > place for row in rows)
    return Defeat("it is last anyway, by times and ties") if last else None


def _reclassified(state: RallyState, fact: Fact[CrewReclassified]) -> Defeat | None:
    said, crews = fact.value, state.facts.crews
    if not said.in_the_course:
        return None
    others = [each.value for each in crews.moves[said.number] if not _same(each, fact)]
    since = state.moves_from(said)
    before = [each for each in others if state.moves_from(each) <= since]
    entry = as_it_stands(crews.entered_as[said.number], before)
    return Defeat("it is of that class already") if as_it_stands(entry, [said]) == entry else None


# -- acts of race direction ------------------------------------------------------------------------


def _on_a_stage(state: RallyState, fact: Fact[Any]) -> Defeat | None:
    """An act on a stage: it stands in what became of the stage, or changes what did."""
    said = fact.value
    acts = state.acts.get(said.stage, [])
    concerned = _concerned(state, acts, said)
    for whose in concerned:
        stands = directed(acts, *whose)
        if any(each is not None and _same(each, fact) for each in stands):
            return _no_finish(stands, state, fact)
        # Of two reinstatements the second one does nothing, whatever it would do alone; without a
        # cancellation that was revoked, an earlier shortening would have been in its place.
        again = isinstance(said, StageReinstated)
        several = [acts, _moving(acts, whose)] if again else [acts]
        others = ([each for each in each_of if not _same(each, fact)] for each_of in several)
        if any(directed(each, *whose) != stands for each in others):
            return None
        if stands.cancelled is not None and isinstance(said, (StageShortened, StageStopped)):
            return None
    if not concerned:
        return None
    place = next(index for index, each in enumerate(acts) if _same(each, fact))
    later = [e for e in acts[place + 1 :] if any(is_for(e.value, *whose) for whose in concerned)]
    moved = any(_same(each, fact) for whose in concerned for each in _moving(acts, whose))
    if later and moved:
        kinds = (StageReinstated, type(said))
        by = next((each for each in later if isinstance(each.value, kinds)), later[-1])
        return _by(state, by, f"{_DOES[type(by.value)]} {said.stage}")
    return Defeat(f"nothing is left to revoke on {said.stage}")


def _concerned(state: RallyState, acts: list[Fact[Any]], said: Any) -> list[tuple[str, str]]:
    """For whom an act on a stage is: the categories, and each crew that some act there names."""
    known = {each.value.category for each in state.facts.crews.values()}
    named = {number for each in acts for number in named_by(each.value)} & state.facts.crews.keys()
    every = [*((each, "") for each in known), *((state.category(each), each) for each in named)]
    return sorted(whose for whose in every if is_for(said, *whose))


def _moving(acts: list[Fact[Any]], whose: tuple[str, str]) -> list[Fact[Any]]:
    """The acts that make something else of a stage than those before them."""
    found: list[Fact[Any]] = []
    for each in acts:
        if directed([*found, each], *whose) != directed(found, *whose):
            found.append(each)
    return found


_DOES: Mapping[type[Occurrence], str] = {
    StageCancelled: "cancels",
    StageReinstated: "reinstates",
    StageShortened: "shortens",
    StageStopped: "stops",
}


def _no_finish(stands: Direction, state: RallyState, fact: Fact[Any]) -> Defeat | None:
    """Why a shortening that stands does nothing: a stop gave the stage another finish."""
    stopped, said = stands.stopped, fact.value
    if not isinstance(said, StageShortened) or said.start_point or stopped is None:
        return None
    if stopped.value.method != "last-common-point":
        return None
    return _by(state, stopped, f"made {stopped.value.point} the finish")


_ON_A_STAGE = (
    StartPutBack,
    CrewReclassified,
    StageTimeRecorded,
    TimeCreditGranted,
    CrewRepositioned,
    TargetTimeChanged,
    StageCancelled,
    StageReinstated,
    StageShortened,
    StageStopped,
)
_RULES: Mapping[type[Occurrence], Callable[[RallyState, Fact[Any]], Defeat | None]] = {
    StageTimeRecorded: _time,
    TimeDetermined: _determined,
    TimeCreditGranted: _credit,
    TargetTimeChanged: _allowed,
    DelayAllowanceGranted: _allowance,
    PenaltyGiven: _penalty,
    **dict.fromkeys(TAKES_BACK, _taking_back),
    CrewDisqualified: _disqualified,
    MovedOutsideClassification: _outside,
    RestartDecided: _restart,
    CrewRepositioned: _repositioned,
    **dict.fromkeys(ON_TIES, _tie),
    StartPutBack: _put_back,
    CrewRelegated: _relegated,
    CrewReclassified: _reclassified,
    **dict.fromkeys((StageCancelled, StageReinstated, StageShortened, StageStopped), _on_a_stage),
}
"""What asks for each act whether it was applied."""

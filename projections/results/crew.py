"""One crew on one page: its entry, its stages, its penalties, and what befell it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from ledger.concerned import concerned
from ledger.errors import NotFound
from ledger.times import iso
from ledger.vocabulary import (
    CheckHeld,
    CrewEntered,
    CrewMemberReplaced,
    CrewReclassified,
    NumberReallocated,
    Occurrence,
    RetirementReported,
    RetirementRetracted,
    StageScheduled,
    TimeCardHandled,
    VehicleMarked,
)
from projections.desk.decisions import effect_in_words
from projections.desk.incidents import Incident, incidents
from projections.results.classifications import Rankings, rankings
from projections.results.penalties import Penalty, listed
from projections.results.standings import Row, Scope, standings
from projections.state.entries import Numbers
from projections.state.participation import PARTICIPATION, RUNNING, fate, not_classified
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.totals import Span

HISTORY: tuple[type[Occurrence], ...] = (
    CrewEntered,
    NumberReallocated,
    CrewMemberReplaced,
    CrewReclassified,
    *PARTICIPATION,
    RetirementRetracted,
)
"""What made a crew's entry and its part in the rally what they are."""
CHECKS: tuple[type[Occurrence], ...] = (CheckHeld, VehicleMarked, TimeCardHandled)
"""What officials did with a crew's papers, vehicle and time card."""


class CrewStage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stage of a crew. Places are those of the stage, then of the overall after it.

    The place in the category is that in its classification, which may be of several categories;
    `apart` and `overall_apart` say that nobody is ranked across these.

    `status` says what race direction made of the stage, or why the crew has no value there.
    """

    stage: str
    status: str
    start_at: str | None
    started_at: str | None
    time_ms: int | None
    basis: str
    flags: tuple[str, ...]
    penalty_ms: int
    total_ms: int | None
    place: int | None
    category_place: int | None
    overall_ms: int | None
    overall_place: int | None
    overall_category_place: int | None
    positions: tuple[int, ...]
    apart: bool = False
    overall_apart: bool = False


class Happening(msgspec.Struct, frozen=True):
    """One line of a crew's history, with the record it stands in; `stands` unless taken back."""

    fact_at: str | None
    kind: str
    stage: str
    words: str
    by: str
    stands: bool
    position: int


class DecidedOn(msgspec.Struct, frozen=True):
    """A decision on a crew, with its effects in words and its status at the cut."""

    decision: str
    fact_at: str | None
    decided_at: str
    stage: str
    words: str
    effects: tuple[str, ...]
    status: str
    position: int


class CrewPage(msgspec.Struct, frozen=True):
    """A crew: who it is now, where it stands, and all that is known of it in the order of facts.

    Its place in the category is that in its classification; where crews are not ranked across
    these, it stands `apart`.
    """

    number: str
    earlier_numbers: tuple[str, ...]
    driver: str
    codrivers: tuple[str, ...]
    nationality: str
    category: str
    group: str
    crew_class: str = msgspec.field(name="class")
    vehicle: str = ""
    team: str = ""
    trophies: tuple[str, ...] = ()
    status: str = ""
    status_stage: str = ""
    status_reason: str = ""
    place: int | None = None
    category_place: int | None = None
    time_ms: int | None = None
    penalty_ms: int | None = None
    total_ms: int | None = None
    gap_ms: int | None = None
    stages: tuple[CrewStage, ...] = ()
    penalties: tuple[Penalty, ...] = ()
    incidents: tuple[Incident, ...] = ()
    decisions: tuple[DecidedOn, ...] = ()
    checks: tuple[Happening, ...] = ()
    history: tuple[Happening, ...] = ()
    apart: bool | msgspec.UnsetType = msgspec.UNSET


def crew(state: RallyState, number: str, ranked: RallyState | None = None) -> CrewPage:
    """The page of a crew.

    `ranked` is the same moment as classifications need it, where it is told apart from what is
    known of this crew: whoever asks for several crews has it ranked once.

    Raises:
        NotFound: no crew has that number. Undefined: a rule is needed that is not defined.
    """
    entry, numbers = entry_of(state, number), _numbers(state)
    ranked = ranked or state
    everybody = rankings(ranked)
    row, in_category = _rows(everybody, number)
    became = fate(state, number)
    return CrewPage(
        number,
        _earlier(state, number, numbers),
        entry.driver,
        entry.codrivers,
        entry.nationality,
        entry.category,
        entry.group,
        entry.crew_class,
        entry.vehicle,
        entry.team,
        entry.trophies,
        became.name,
        became.stage,
        became.reason,
        row.place if row else None,
        in_category.place if in_category else None,
        row.time_ms if row else None,
        row.penalty_ms if row else None,
        row.total_ms if row else None,
        row.gap_ms if row else None,
        tuple(_stage(state, number, stage, ranked) for stage in state.stages),
        listed(state, number),
        incidents(state, number),
        tuple(_decisions(state, number)),
        _told(state, number, CHECKS, numbers),
        _told(state, number, HISTORY, numbers),
        everybody.apart or msgspec.UNSET,
    )


def entry_of(state: RallyState, number: str) -> CrewEntered:
    """The entry of a crew as it stands.

    Raises:
        NotFound: no crew has that number; the hint names those that look alike.
    """
    if number not in state.facts.crews:
        hint = _instead(state, number, _numbers(state))
        raise NotFound(f"There is no crew {number}.", hint=hint)
    return state.facts.crews[number].value


def _numbers(state: RallyState) -> Numbers:
    return Numbers((f.order()[0], f.value) for f in state.facts.of(NumberReallocated))


def _instead(state: RallyState, number: str, numbers: Numbers) -> str:
    now = numbers.bearer(number, None)
    if now in state.facts.crews:
        return f"It bears the number {now} now."
    near = difflib.get_close_matches(number, state.facts.crews, n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else "`rally standings` lists the crews."


def _earlier(state: RallyState, number: str, numbers: Numbers) -> tuple[str, ...]:
    given = [each.value for each in state.facts.of(NumberReallocated)]
    borne = (each.number for each in given if numbers.bearer(each.number, None) == number)
    return tuple(each for each in dict.fromkeys(borne) if each != number)


def _rows(of: Rankings, number: str) -> tuple[Row | None, Row | None]:
    """The lines of a crew among all, and among those with whom it is ranked or of its category."""
    row, category = of.joint.row(number), of.state.category(number)
    if row is None:
        return None, None
    narrow = of.scope_of(category) if of.apart else replace(of.joint.scope, category=category)
    return row, standings(of.state, narrow).row(number)


# -- stages --------------------------------------------------------------------------------------


def _stage(state: RallyState, number: str, stage: StageScheduled, ranked: RallyState) -> CrewStage:
    code = stage.stage
    result = rankings(ranked, Scope("stage", stage=code))
    overall = rankings(ranked, Scope(after=code))
    row, in_category = _rows(result, number)
    after, after_in_category = _rows(overall, number)
    value = state.values.get((code, number))
    start = state.timing.starts.get((code, number))
    due = state.timing.due(code, number)
    shown = start.fact.value.happened if start else due
    offset = shown.offset if shown else 0
    official = start.official_ms if start else due.ms if due else None
    actual = start.actual_ms if start else None
    return CrewStage(
        code,
        _status(state, number, stage, value is None),
        iso(official, offset),
        iso(actual, offset),
        value.time_ms if value else None,
        value.basis if value else "",
        row.flags if row else tuple(value.flags()) if value else (),
        row.penalty_ms if row else 0,
        row.total_ms if row else None,
        row.place if row else None,
        in_category.place if in_category else None,
        after.total_ms if after else None,
        after.place if after else None,
        after_in_category.place if after_in_category else None,
        value.positions if value else (),
        result.apart,
        overall.apart,
    )


def _status(state: RallyState, number: str, stage: StageScheduled, lacks: bool) -> str:
    directed = state.direction_for(stage.stage, number)
    if directed.cancelled:
        return "cancelled"
    if lacks and stage.timed:
        if state.carried_until(number) >= stage.order:
            return "carried in"
        became = not_classified(state, number, Span(stage.order), stage)
        if became.name != RUNNING:
            return became.name
    return "stopped" if directed.stopped else "shortened" if directed.shortened else ""


# -- decisions -----------------------------------------------------------------------------------


def _decisions(state: RallyState, number: str) -> Iterator[DecidedOn]:
    """The decisions that concern a crew, in the order of the register."""
    for ruling in state.facts.rulings.all.values():
        said = ruling.fact.value
        if number not in concerned(said, state.facts.value).crews:
            continue
        effects = (effect_in_words(e.effect, said.number, said.stage) for e in ruling.effects)
        yield DecidedOn(
            said.name,
            said.fact_at.iso() if said.fact_at else None,
            (said.decided_at or said.recorded_at).iso(),
            said.stage,
            said.words(),
            tuple(effects),
            ruling.status,
            ruling.fact.position,
        )


# -- history -------------------------------------------------------------------------------------


def _told(
    state: RallyState, number: str, kinds: tuple[type[Occurrence], ...], numbers: Numbers
) -> tuple[Happening, ...]:
    found = [
        each
        for kind in kinds
        for each in state.facts.of(kind)
        if _whose(state, each, numbers) == number
    ]
    return tuple(
        Happening(
            each.value.fact_at.iso() if each.value.fact_at else None,
            each.value.type_name(),
            getattr(each.value, "stage", ""),
            each.value.words(),
            each.value.by,
            each.id not in state.facts.taken_back,
            each.position,
        )
        for each in sorted(found, key=Fact.order)
    )


def _whose(state: RallyState, fact: Fact[Occurrence], numbers: Numbers) -> str:
    """The crew that an occurrence is about, by the number that it bears now."""
    said = fact.value
    if isinstance(said, NumberReallocated):
        return numbers.bearer(said.new_number, fact.instant)
    if isinstance(said, RetirementRetracted):
        reports = state.facts.of(RetirementReported)
        return next((e.value.number for e in reports if e.id == said.target), said.number)
    return str(getattr(said, "number", ""))

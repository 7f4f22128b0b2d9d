"""The fate of a crew: what became of it by what the facts say, never by what missing data suggest.

There is one, and every list, count, page and start order asks for it. Of several statuses on record
the strongest counts, and the others give way to it: a disqualification, pronounced by the stewards
on a crew wherever it is; then that the crew did not start; then that it retired, as who left the
rally is no longer outside or unclassified in it; then that it goes on outside the classification.
A crew that has none of these and no value for the stage under way is running, unless somebody
reported otherwise or the stage was closed. In the result of a stage that was cancelled for it, a
crew that takes part is cancelled: there is nothing that it lacks.

Who has a total is in the classification, as the rules that decide on that have it: where they leave
a retired crew in, it is running, or a finisher, and the retirement gave way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.vocabulary import (
    CrewDisqualified,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    FitnessDecided,
    MovedOutsideClassification,
    Occurrence,
    RestartDecided,
    RestartRequested,
    RetirementReported,
    StageNotFinished,
    StageScheduled,
    StartRefused,
)
from projections.state.course import Leaving
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.tallies import Tally
from projections.state.totals import SO_FAR, Span, overall_total

PARTICIPATION: tuple[type[Occurrence], ...] = (
    StartRefused,
    CrewNotStarted,
    CrewWithdrew,
    RetirementReported,
    StageNotFinished,
    RestartRequested,
    RestartDecided,
    CrewRestarted,
    FitnessDecided,
    MovedOutsideClassification,
    CrewDisqualified,
)
"""What makes a crew's part in the rally what it is."""
CLASSIFIED, FINISHED, RUNNING = "classified", "finished", "running"
CANCELLED = "cancelled"
"""Its stage does not count for it: only in the result of that stage, never in the rally."""
DISQUALIFIED, RETIRED, OUTSIDE, UNCLASSIFIED = "disqualified", "retired", "outside", "unclassified"
OUT_OF_THE_RALLY = frozenset((DISQUALIFIED, RETIRED, "withdrawn", "refused", "not-started"))
"""Who has one of these takes no part any more."""


class Fate(NamedTuple):
    """What became of a crew: where, for what reason, and by which records.

    `fact` is what somebody reported or decided, if anybody did; `gave_way` are the other statuses
    on record, the strongest first.
    """

    name: str
    stage: str = ""
    reason: str = ""
    fact: Fact[Any] | None = None
    positions: tuple[int, ...] = ()
    gave_way: tuple[Fate, ...] = ()


def fate(state: RallyState, number: str, over: Span = SO_FAR) -> Fate:
    """What became of a crew in the rally, or over the stages of a span.

    Who is classified after a stage is just that; so far, it finished the rally or is running.
    """
    if overall_total(state, number, over) is None:
        return not_classified(state, number, over)
    name = CLASSIFIED
    if over.until is None:
        name = FINISHED if _reached_the_end(state, number) else RUNNING
    return Fate(name, gave_way=tuple(on_record(state, number, over.until)))


def not_classified(
    state: RallyState, number: str, over: Span, on: StageScheduled | None = None
) -> Fate:
    """What became of a crew that is not in the classification over the stages of a span.

    Of the result of one stage, only what is lacking on that one counts. A range of stages that were
    all cancelled for the crew is like one of them.
    """
    found = [*on_record(state, number, over.until)]
    cancelled = _cancelled(state, number, on or _only_cancelled(state, number, over))
    if cancelled is not None and all(each.name == OUTSIDE for each in found):
        found = [cancelled, *found]
    if not found:
        return _under_way(state, number, over, on)
    strongest, *others = found
    return strongest._replace(gave_way=tuple(others)) if others else strongest


def _only_cancelled(state: RallyState, number: str, over: Span) -> StageScheduled | None:
    """The last stage of a range of which none is left for a crew; None where one is."""
    if over.from_the_first or over.until is None:
        return None
    category, until = state.category(number), over.until
    within = [each for each in state.stages if each.timed and over.behind < each.order <= until]
    left = (each for each in within if not state.cancelled(each.stage, category))
    return within[-1] if within and next(left, None) is None else None


def _cancelled(state: RallyState, number: str, on: StageScheduled | None) -> Fate | None:
    """That a stage was cancelled for a crew; None where it was not, or none is asked for."""
    if on is None:
        return None
    category = state.category(number)
    act = state.direction(on.stage, category).cancelled
    if act is None:
        return None
    whom = f" for {category}" if category and act.value.categories else ""
    why = f": {act.value.reason}" if act.value.reason else ""
    return Fate(CANCELLED, on.stage, f"{on.stage} was cancelled{whom}{why}", act, (act.position,))


def takes_part(state: RallyState, number: str, order: int) -> bool:
    """Whether a crew is in the rally on the stage of that number, as far as anybody reported."""
    # Of most crews nothing is known that may take them out.
    return number not in state.in_doubt or all(
        each.name == OUTSIDE for each in on_record(state, number, order)
    )


def on_record(state: RallyState, number: str, until: int | None) -> Iterator[Fate]:
    """The statuses of a crew that are in force on the stage of that number, the strongest first.

    Without a number, those that are in force so far.
    """
    if number not in state.in_doubt:
        return
    disqualified = state.disqualified.get(number)
    if disqualified is not None and _by(state.from_order(disqualified), until):
        yield _fate(DISQUALIFIED, disqualified.value.stage, disqualified)
    for name, kept in state.kept_from_start.get(number, ()):
        yield _fate(name, "", kept)
    yield from _retired(state, number, until)
    if state.is_outside(number, until):
        outside = state.outside[number]
        yield _fate(OUTSIDE, outside.value.stage, outside)


def _retired(state: RallyState, number: str, until: int | None) -> Iterator[Fate]:
    """The retirements in force: those for good first, and of each kind the last that is known."""
    left = [f for f in reversed(state.retirements.get(number, ())) if _is_away(state, f, until)]
    for_good = [each for each in left if state.definitive(each)]
    yield from (_left(state, each) for each in for_good)
    too_many = state.unfinished.too_many.get(number)
    if too_many is not None and _by(too_many.order, until):
        reason = f"one stage too many left out: {too_many.stage}"
        yield Fate(RETIRED, too_many.stage, reason, None, too_many.positions)
    yield from (_left(state, each) for each in left if each not in for_good)


def _left(state: RallyState, fact: Fact[Leaving]) -> Fate:
    return _fate(RETIRED, stage_left(state, fact), fact)


def stage_left(state: RallyState, fact: Fact[Leaving]) -> str:
    """The stage on which a crew left, else the one from which it is out."""
    named = fact.value.stage or state.unfinished.left_at(fact).stage
    return named or state.codes.get(state.out_from(fact.value.number, fact), "")


def _is_away(state: RallyState, fact: Fact[Leaving], until: int | None) -> bool:
    """Whether what took a crew out keeps it from a stage; so far, whether it is not back."""
    number = fact.value.number
    if until is None:
        return state.definitive(fact) or not state.restarted(number, fact)
    back = state.back_from(number, fact)
    return state.out_from(number, fact) <= until and (back is None or until < back)


def _fate(name: str, stage: str, fact: Fact[Any]) -> Fate:
    return Fate(name, stage, fact.value.reason, fact, (fact.position,))


def _by(order: int, until: int | None) -> bool:
    return until is None or order <= until


def _reached_the_end(state: RallyState, number: str) -> bool:
    """Whether a classified crew has a value for the last stage that is not cancelled for it."""
    category = state.category(number)
    timed = [s for s in state.stages if s.timed and not state.cancelled(s.stage, category)]
    if not timed:
        return False
    last = timed[-1]
    return (last.stage, number) in state.values or state.carried_until(number) >= last.order


def _under_way(state: RallyState, number: str, over: Span, on_stage: StageScheduled | None) -> Fate:
    """The fate of a crew that nobody reported out, by the first stage that it lacks a value for."""
    since = state.carried_until(number) if over.from_the_first else over.behind
    tally = state.tally(state.category(number), since, over.until)
    if on_stage is not None:
        tally = Tally([e for e in tally.stages if e.stage == on_stage.stage], state.on_stages)
    first = tally.lacking(number)
    if first is None:
        return Fate(RUNNING)
    if (first.stage, number) in state.unfinished.overtime:
        slow = state.timing.measured[first.stage, number].positions
        return Fate(
            UNCLASSIFIED, first.stage, f"over the maximum time of {first.stage}", None, slow
        )
    if (first.stage, number) in state.unfinished.not_finished:
        said = state.unfinished.not_finished[first.stage, number]
        reason = said.value.reason or f"{said.value.kind} {first.stage}"
        return Fate(UNCLASSIFIED, first.stage, reason, said, (said.position,))
    done = first is not tally.stages[-1] or first.stage in state.closed
    if done or _went_on(state, number, first.order):
        return Fate(UNCLASSIFIED, first.stage, f"no time in {first.stage}")
    return Fate(RUNNING, first.stage)


def _went_on(state: RallyState, number: str, order: int) -> bool:
    """Whether a crew is known to have driven a stage behind the one of that number."""
    if any(number in held for held in state.on_stages_behind(order)):
        return True
    # A time over the maximum counts for nothing, and yet shows that the crew went on to its stage.
    overtime = state.unfinished.overtime
    return any(other == number and state.orders[stage] > order for stage, other in overtime)

"""Days: which stages are of one day of the rally, as far as the plan tells it."""

from __future__ import annotations

from ledger.errors import NotFound
from ledger.grouping import grouped
from ledger.times import Instant, by_clocks_of
from ledger.vocabulary import ControlScheduled, StageScheduled
from projections.state.rally import RallyState

LAST = "last"


def day_of(state: RallyState, stage: StageScheduled) -> str:
    """The day on which a stage begins: "2019-03-10"; "" where nothing tells it.

    By the plan it is that of the stage, else of its first start, else of its last control at which
    the first crew is due: what leads to a stage may lie on the evening before. Where the plan says
    nothing, it is the day by the clocks of the rally on which the stage was begun.
    """
    if stage.date:
        return str(stage.date)
    controls = (each.value for each in state.facts.of(ControlScheduled))
    due = (each.due_at for each in controls if each.stage == stage.stage)
    if first := stage.first_start_at or max(filter(None, due), default=None):
        return first.iso()[:10]
    begins, rally = state.begins.get(stage.stage), state.facts.rally
    zone = rally.time_zone if rally else None
    return by_clocks_of(zone, Instant(begins, 0)).iso()[:10] if zone and begins is not None else ""


def days(state: RallyState) -> dict[str, list[StageScheduled]]:
    """The stages by day, both in the order of the stages; those without a day under ""."""
    return dict(grouped((day_of(state, each), each) for each in state.stages))


def stages_of_day(state: RallyState, named: str) -> list[StageScheduled]:
    """The stages of a day that is named: by its date, its number from 1, or "last".

    Raises:
        NotFound: the plan has no such day.
    """
    known = {day: stages for day, stages in days(state).items() if day}
    if named in known:
        return known[named]
    numbered = {str(number): stages for number, stages in enumerate(known.values(), 1)}
    if named in numbered:
        return numbered[named]
    if named == LAST and numbered:
        return numbered[str(len(numbered))]
    has = f"The plan has {', '.join(known)}." if known else "The plan says no days of stages."
    raise NotFound(f"There is no day {named}.", hint=has)

"""The end of the competition and the prizes: what sets times running, and what it sets running.

Both are told before anybody signs: which times begin, end or move, by which rule, and what an
appeal suspends from then on, or no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Annotated, Any, NamedTuple

from cli.office.asking import Word
from cli.office.desk import Desk, Outcome
from cli.office.handles import handle_of
from ledger.vocabulary import CompetitionEnded, Occurrence, PrizeGivingSet, canonical, occurrence_id
from projections.comparing.what_if import supposing
from projections.desk.docket import DeadlineRow, Docket, docket
from projections.state.rally import RallyState


class TimeMoved(NamedTuple):
    """A time that an act moves: of what, which one, by which rule, and until when, was and is.

    None is a time that has not begun.
    """

    of: str
    kind: str
    parameter: str
    amount: str
    until: tuple[str | None, str | None]


class StatusMoved(NamedTuple):
    """A decision whose status an act changes."""

    decision: str
    status: tuple[str, str]


@dataclass(frozen=True)
class SetRunning(Outcome):
    """What came of an act that sets times running, with these and the statuses that change."""

    times: tuple[TimeMoved, ...] = ()
    statuses: tuple[StatusMoved, ...] = ()

    def json(self) -> dict[str, Any]:
        """The outcome as one JSON document."""
        return super().json() | {
            "times": [each._asdict() for each in self.times],
            "statuses": [each._asdict() for each in self.statuses],
        }


def end_competition(desk: Desk) -> SetRunning:
    """The competition is over: times run from here, and what an appeal suspends may change."""
    found = _set_running(desk, desk.record(CompetitionEnded))
    before = [each.position for each in desk.facts.recorded(CompetitionEnded)]
    if not before:
        return found
    named = ", ".join(f"#{each}" for each in before)
    return replace(found, notes=(*found.notes, f"{named} says so, too: the last end counts."))


def prize_giving(
    desk: Desk, prizes_at: Annotated[str, Word("When they are given.", "TIME", subject=True)]
) -> SetRunning:
    """When the prizes are given: times may end so long before."""
    return _set_running(desk, desk.record(PrizeGivingSet, prizes_at=desk.instant(prizes_at)))


def _set_running(desk: Desk, outcome: Outcome) -> SetRunning:
    before, after = _around(desk, outcome.said)
    was, now = dict(_times(desk, before)), dict(_times(desk, after))
    times = tuple(
        TimeMoved(of, kind, row.parameter, row.amount, (was[of, kind].until, row.until))
        for (of, kind), row in now.items()
        if (of, kind) in was and was[of, kind].until != row.until
    )
    statuses = tuple(
        StatusMoved(new.decision, (old.status, new.status))
        for old, new in zip(before.rows, after.rows, strict=True)
        if old.status != new.status
    )
    told = {each.name: getattr(outcome, each.name) for each in fields(outcome)}
    return SetRunning(**told, times=times, statuses=statuses)


def _around(desk: Desk, said: Occurrence) -> tuple[Docket, Docket]:
    """The docket as it lies before an act, and as it lies after it."""
    logs = supposing(desk.facts, added=[(occurrence_id(canonical(said)), said)])
    before, after = logs.facts(frozenset(logs.edits)), logs.facts()
    return docket(RallyState(before)), docket(RallyState(after))


def _times(desk: Desk, found: Docket) -> Iterator[tuple[tuple[str, str], DeadlineRow]]:
    """Every time that is told: of a decision, and of what was lodged, by its handle."""
    for row in found.rows:
        for time in row.deadlines:
            yield (row.decision, time.kind), time
    lodged = [*(each for row in found.rows for each in row.matters), *found.others]
    for matter in lodged:
        for time in matter.deadlines:
            yield (handle_of(desk.log, desk.log.at(matter.position)), time.kind), time

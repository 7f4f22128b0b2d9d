"""Group G, too: what stewards impose that is no time: places, starts, points, fines."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ledger.times import format_duration
from ledger.vocabulary.base import (
    Code,
    CrewNumber,
    Duration,
    EvidenceId,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    OptionalCrew,
    Ranking,
    Text,
    on,
    short_id,
)
from ledger.vocabulary.championship import PointsTable


class CrewRelegated(Occurrence, frozen=True, kw_only=True, tag="CrewRelegated"):
    """A crew goes to the last place of a classification, or some places back; it keeps its time.

    `places` is how many; without it, the crew goes last. `applies_to` says whether the result of
    the stage carries it, or the overall, from the stage on that is named: without one, the overall
    of everything, and so the final; a range of stages carries neither. It counts in each
    classification that the crew is in, or only in those of some kinds (`only_in`). It acts on the
    order by times and ties. Start orders go by the times all the same: `CrewRepositioned` moves
    those.
    """

    number: CrewNumber
    places: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    stage: OptionalCode = ""
    applies_to: Literal["overall", "stage"] = "overall"
    only_in: tuple[Ranking, ...] = ()
    article: OptionalCode = ""
    document: OptionalCode = ""
    evidence: tuple[EvidenceId, ...] = ()

    def words(self) -> str:
        back = "to the last place" if self.places is None else _back(self.places)
        where = f" in the result of {self.stage}" if self.applies_to == "stage" else ""
        where = where or f" in the overall{on(self.stage)}"
        only = f", only by {' and '.join(self.only_in)}" if self.only_in else ""
        why = f": {self.reason}" if self.reason else ""
        return f"Crew {self.number} goes {back}{where}{only}{why}."


def _back(places: int) -> str:
    return "1 place back" if places == 1 else f"{places} places back"


_WHOSE: dict[PointsTable, str] = {
    "drivers": "the driver",
    "co-drivers": "the co-driver",
    "manufacturers": "the manufacturer",
    "teams": "the team",
}


class StartPutBack(Occurrence, frozen=True, kw_only=True, tag="StartPutBack"):
    """A crew starts the next stage later than its place gives it, as a sanction: by so much.

    The next stage is the first behind `stage` that it may start: one that is cancelled for it is
    left out. It goes into the order where its time then puts it; one that is posted changes by
    amendment only. Several add up.
    """

    number: CrewNumber
    stage: Code
    by_ms: Duration
    article: OptionalCode = ""
    document: OptionalCode = ""
    evidence: tuple[EvidenceId, ...] = ()

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        time = format_duration(self.by_ms)
        return f"Crew {self.number} starts the stage after {self.stage} {time} later{why}."


class PointsDocked(Occurrence, frozen=True, kw_only=True, tag="PointsDocked"):
    """Points of a championship are taken away, in one of its tables.

    `points` is how many; without it, all that were scored in this rally. They are taken from the
    driver, co-driver, manufacturer or team of the crew, or from the one that is `named` in the
    table. `championship` says of which one, where the rally counts towards several; without it,
    of each. Points can become less than none: the table, not the act, says how that is shown.
    """

    number: OptionalCrew = ""
    table: PointsTable
    named: Text = ""
    points: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    championship: OptionalCode = ""
    article: OptionalCode = ""
    document: OptionalCode = ""

    def words(self) -> str:
        whose = self.named or f"{_WHOSE[self.table]} of crew {self.number or '?'}"
        many = "all points of the rally" if self.points is None else f"{self.points} points"
        many = "1 point" if self.points == 1 else many
        of = f" of {self.championship}" if self.championship else ""
        why = f": {self.reason}" if self.reason else ""
        return f"{whose[0].upper()}{whose[1:]} loses {many} in the table of {self.table}{of}{why}."


class FinePaid(Occurrence, frozen=True, kw_only=True, tag="FinePaid"):
    """Money for the fine of a decision was received: in whole units of its currency.

    A fine may be paid in several parts. `currency` may be left out where the decision fines in one
    alone; `received_by` is who took the money. What was paid stays paid whatever becomes of the
    decision: then it is to be given back.
    """

    target: OccurrenceId
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**12)]
    currency: OptionalCode = ""
    received_by: Text = ""
    number: OptionalCrew = ""

    def words(self) -> str:
        many = f"{self.amount} {self.currency}".rstrip()
        by = f", to {self.received_by}" if self.received_by else ""
        return f"{many} were paid for the fine of {short_id(self.target)}{by}."


class FineReturned(Occurrence, frozen=True, kw_only=True, tag="FineReturned"):
    """Money that was paid for the fine of a decision was given back, or a part of it.

    The decision was quashed, varied or superseded, or more was paid than is owed. `target` is the
    one for which it was paid, or that took its place; `to` is who has the money.
    """

    target: OccurrenceId
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**12)]
    currency: OptionalCode = ""
    to: Text = ""
    number: OptionalCrew = ""

    def words(self) -> str:
        many = f"{self.amount} {self.currency}".rstrip()
        to = f", to {self.to}" if self.to else ""
        return f"{many} paid for the fine of {short_id(self.target)} were given back{to}."

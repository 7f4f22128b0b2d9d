"""Group G, too: what stewards impose that is no time: points of a championship."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.vocabulary.base import Occurrence, OptionalCode, OptionalCrew, Text
from ledger.vocabulary.championship import PointsTable

_WHOSE: dict[PointsTable, str] = {
    "drivers": "the driver",
    "co-drivers": "the co-driver",
    "manufacturers": "the manufacturer",
    "teams": "the team",
}


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

"""Group B, too: who scores points of a championship in a rally, and what was scored elsewhere."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ledger.vocabulary.base import Code, CrewNumber, Occurrence, OptionalCode, Text

PointsTable = Literal["drivers", "co-drivers", "manufacturers", "teams"]
"""The tables of a championship, each of which has points of its own."""
NominatedFor = Literal["manufacturers", "teams"]
"""The tables in which crews score for another name than their own."""
Figure = Annotated[str, msgspec.Meta(pattern=r"^-?\d{1,5}(\.\d{1,4})?\Z")]
"""So many points as they are written: halves are exact."""
Place = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class CrewRegistered(Occurrence, frozen=True, kw_only=True, tag="CrewRegistered"):
    """A crew is registered for the championship: what it achieves in this rally scores points.

    `persons` are those of the crew who are registered; where none is named, all of them are.
    """

    plan = True
    number: CrewNumber
    persons: tuple[Code, ...] = ()

    def words(self) -> str:
        who = f" ({' and '.join(self.persons)})" if self.persons else ""
        return f"Crew {self.number}{who} was registered for the championship."


class CrewNominated(Occurrence, frozen=True, kw_only=True, tag="CrewNominated"):
    """A crew is nominated to score for a manufacturer or a team in this rally.

    `name` is how that one stands in the table. Of two nominations of a crew for one table the later
    counts.
    """

    plan = True
    number: CrewNumber
    table: NominatedFor
    name: Code

    def words(self) -> str:
        return f"Crew {self.number} was nominated to score for {self.name} ({self.table})."


class PointsCarriedIn(Occurrence, frozen=True, kw_only=True, tag="PointsCarriedIn"):
    """Points that were scored in a rally which the ledger does not hold, as published.

    It stands in the log of a rally of the same season, mostly the next one that is held. `of_rally`
    is the code or name of the other rally, and `held_on` the first day of it, by which it has its
    place in the season; without a day it comes before this one. `place` is the place in its final
    classification, by which ties of the season are broken; `category` the classification in which
    it was scored, where there are several. Who published it is its source.
    """

    of_rally: Code
    table: PointsTable
    name: Code
    points: Figure
    place: Place | None = None
    category: OptionalCode = ""
    held_on: OptionalCode = ""
    document: Text = ""

    def words(self) -> str:
        published = f", as published in {self.document}" if self.document else ""
        scored = f"{self.name} scored {self.points} points in {self.of_rally}"
        return f"{scored} ({self.table}){published}."

"""Group B: entries and what keeps a crew from the start."""

from __future__ import annotations

import msgspec

from ledger.vocabulary.base import Code, Occurrence, OptionalCode, Text


class CrewEntered(Occurrence, frozen=True, kw_only=True, tag="CrewEntered"):
    """A crew's entry is accepted under a race number, in one category, group and class."""

    plan = True
    number: Code
    driver: Text
    codrivers: tuple[str, ...] = ()
    nationality: OptionalCode = ""
    category: OptionalCode = ""
    group: OptionalCode = ""
    crew_class: OptionalCode = msgspec.field(default="", name="class")
    vehicle: Text = ""
    team: Text = ""

    def words(self) -> str:
        names = " / ".join((self.driver, *self.codrivers))
        vehicle = f", {self.vehicle}" if self.vehicle else ""
        return f"Crew {self.number} {names}{vehicle} was entered."


class StartRefused(Occurrence, frozen=True, kw_only=True, tag="StartRefused"):
    """A crew that was entered is not allowed to start."""

    number: Code

    def words(self) -> str:
        return f"The start was refused to crew {self.number}."

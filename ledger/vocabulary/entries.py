"""Group B: entries, checks and what keeps a crew from the start."""

from __future__ import annotations

from typing import Literal

import msgspec

from ledger.times import Instant
from ledger.vocabulary.base import Code, CrewNumber, Occurrence, OptionalCode, Text, on


class EntryReceived(Occurrence, frozen=True, kw_only=True, tag="EntryReceived"):
    """An entry form came in, before a race number is given; `entry` is its number in the file."""

    nature = "report"
    plan = True
    entry: Code
    driver: Text
    category: OptionalCode = ""
    team: Text = ""

    def words(self) -> str:
        return f"The entry {self.entry} of {self.driver} was received."


class EntryDeclined(Occurrence, frozen=True, kw_only=True, tag="EntryDeclined"):
    """An entry does not become a crew: the organiser refused it, or its competitor took it back."""

    plan = True
    entry: Code
    kind: Literal["refused", "withdrawn"]

    def words(self) -> str:
        return f"The entry {self.entry} was {self.kind}."


class CrewEntered(Occurrence, frozen=True, kw_only=True, tag="CrewEntered"):
    """A crew's entry is accepted under a race number, in one category, group and class.

    `trophies` are the rankings that it runs in besides, any number of them; `entry` is the form
    that was received.
    """

    plan = True
    number: CrewNumber
    driver: Text
    codrivers: tuple[str, ...] = ()
    nationality: OptionalCode = ""
    category: OptionalCode = ""
    group: OptionalCode = ""
    crew_class: OptionalCode = msgspec.field(default="", name="class")
    vehicle: Text = ""
    team: Text = ""
    trophies: tuple[Code, ...] = ()
    entry: OptionalCode = ""

    def words(self) -> str:
        names = " / ".join((self.driver, *self.codrivers))
        vehicle = f", {self.vehicle}" if self.vehicle else ""
        return f"Crew {self.number} {names}{vehicle} was entered."


class NumberReallocated(Occurrence, frozen=True, kw_only=True, tag="NumberReallocated"):
    """A crew bears another race number from now on; what was recorded of it goes with it."""

    number: CrewNumber
    new_number: CrewNumber

    def tags(self) -> list[str]:
        """It is about the crew under both of its numbers."""
        return [*super().tags(), f"crew:{self.new_number}"]

    def words(self) -> str:
        return f"Crew {self.number} was given the number {self.new_number}."


class CrewMemberReplaced(Occurrence, frozen=True, kw_only=True, tag="CrewMemberReplaced"):
    """One person of a crew is replaced by another, driver or co-driver, as the name stands."""

    number: CrewNumber
    leaves: Text
    joins: Text

    def words(self) -> str:
        return f"In crew {self.number}, {self.leaves} was replaced by {self.joins}."


class CrewReclassified(Occurrence, frozen=True, kw_only=True, tag="CrewReclassified"):
    """A crew runs in another category, group or class; what is not named stays as it was.

    From the stage that is named on, or from the first stage that starts at `since_at` or later: the
    classifications before stay as they were. Without either it was never of another, as where an
    entry was wrong. The route that it drives, and what is cancelled for it, stay those of the
    category that it was entered in, where it moves in the course of the rally.
    """

    number: CrewNumber
    category: OptionalCode = ""
    group: OptionalCode = ""
    crew_class: OptionalCode = msgspec.field(default="", name="class")
    stage: OptionalCode = ""
    since_at: Instant | None = None
    document: OptionalCode = ""

    @property
    def in_the_course(self) -> bool:
        """Whether it moves from somewhere in the rally on."""
        return bool(self.stage) or self.since_at is not None

    def words(self) -> str:
        to = " ".join(each for each in (self.category, self.group, self.crew_class) if each)
        since = f" from {self.stage} on" if self.stage else ""
        if not since and self.since_at is not None:
            since = f" from {self.since_at.spelled()} on"
        return f"Crew {self.number} was moved to {to or 'no other class'}{since}."


class CheckHeld(Occurrence, frozen=True, kw_only=True, tag="CheckHeld"):
    """A crew's papers or vehicle were checked, and passed or failed."""

    nature = "report"
    number: CrewNumber
    kind: Literal["administrative", "scrutineering", "during", "final"]
    passed: bool

    def words(self) -> str:
        outcome = "passed" if self.passed else "failed"
        why = f": {self.reason}" if self.reason else ""
        return f"Crew {self.number} {outcome} the {self.kind} check{why}."


class VehicleMarked(Occurrence, frozen=True, kw_only=True, tag="VehicleMarked"):
    """A part of a crew's vehicle was marked or sealed."""

    nature = "report"
    number: CrewNumber
    part: Text
    seal: OptionalCode = ""

    def words(self) -> str:
        seal = f" with {self.seal}" if self.seal else ""
        return f"On crew {self.number}'s vehicle, the {self.part} was marked{seal}."


class ComponentChanged(Occurrence, frozen=True, kw_only=True, tag="ComponentChanged"):
    """A component of a crew's vehicle was changed: an engine, a turbo. It is no penalty yet.

    `stage` is the one whose result carries what it costs; where none is named, the overall does.
    """

    nature = "report"
    number: CrewNumber
    component: Code
    stage: OptionalCode = ""
    seal: OptionalCode = ""

    def words(self) -> str:
        seal = f", now {self.seal}" if self.seal else ""
        return f"Crew {self.number} changed the {self.component}{on(self.stage)}{seal}."


class StartRefused(Occurrence, frozen=True, kw_only=True, tag="StartRefused"):
    """A crew that was entered is not allowed to start."""

    number: CrewNumber

    def words(self) -> str:
        return f"The start was refused to crew {self.number}."

"""Group F: who takes part. Status follows the time of the facts, never the order of arrival."""

from __future__ import annotations

from typing import Literal

from ledger.vocabulary.base import Code, Occurrence, OccurrenceId, OptionalCode, Text, on

Cause = Literal[
    "",
    "mechanical",
    "accident",
    "medical",
    "navigation",
    "overtime",
    "fuel",
    "tyre",
    "personal",
    "regulations",
    "other",
]


class RetirementReported(Occurrence, frozen=True, kw_only=True, tag="RetirementReported"):
    """A crew was reported retired, with cause and place.

    A definitive one removes the crew from the classification from its stage on; another one (the
    crew may restart) removes nobody by itself. The stage is the one named, otherwise the one that
    the rulebook derives from the control.
    """

    number: Code
    stage: OptionalCode = ""
    control: OptionalCode = ""
    place: Text = ""
    cause: Cause = ""
    definitive: bool = True
    reported_by: Text = ""

    def words(self) -> str:
        where = self.place or self.control
        end = f"{' at ' + where if where else ''}{': ' + self.reason if self.reason else ''}"
        kind = "" if self.definitive else " (may restart)"
        return f"Crew {self.number} was reported retired{on(self.stage)}{end}{kind}."


class RetirementRetracted(Occurrence, frozen=True, kw_only=True, tag="RetirementRetracted"):
    """A report of a retirement was wrong: the crew never retired."""

    target: OccurrenceId
    number: OptionalCode = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"The report that crew {self.number or '?'} had retired was retracted{why}."


class CrewRestarted(Occurrence, frozen=True, kw_only=True, tag="CrewRestarted"):
    """A crew that had retired or not finished a stage takes part again, from this stage on."""

    number: Code
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} restarted{on(self.stage)}."


class CrewNotStarted(Occurrence, frozen=True, kw_only=True, tag="CrewNotStarted"):
    """A crew did not present itself at a start: that of the rally, or of the stage named."""

    number: Code
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} did not start{on(self.stage)}."


class CrewWithdrew(Occurrence, frozen=True, kw_only=True, tag="CrewWithdrew"):
    """A competitor withdrew the crew: before the start, or for good during the rally."""

    number: Code
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} was withdrawn{on(self.stage)}."


class CrewDisqualified(Occurrence, frozen=True, kw_only=True, tag="CrewDisqualified"):
    """A crew is disqualified, from the stage named on; without a stage, from the whole rally."""

    number: Code
    stage: OptionalCode = ""
    document: OptionalCode = ""

    def words(self) -> str:
        since = f" from {self.stage} on" if self.stage else ""
        return f"Crew {self.number} was disqualified{since}."

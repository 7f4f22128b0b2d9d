"""Group F: who takes part. Status follows the time of the facts, never the order of arrival."""

from __future__ import annotations

from typing import Literal

from ledger.vocabulary.base import (
    Code,
    CrewNumber,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    OptionalCrew,
    Text,
    on,
)

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
    the rulebook derives from the control. `point` is the last one it passed.
    """

    nature = "report"
    number: CrewNumber
    stage: OptionalCode = ""
    control: OptionalCode = ""
    place: Text = ""
    point: OptionalCode = ""
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
    number: OptionalCrew = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"The report that crew {self.number or '?'} had retired was retracted{why}."


class CrewRestarted(Occurrence, frozen=True, kw_only=True, tag="CrewRestarted"):
    """A crew that had retired or not finished a stage takes part again, from this stage on."""

    nature = "report"
    number: CrewNumber
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} restarted{on(self.stage)}."


class CrewNotStarted(Occurrence, frozen=True, kw_only=True, tag="CrewNotStarted"):
    """A crew did not present itself at a start: that of the rally, or of the stage named."""

    nature = "report"
    number: CrewNumber
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} did not start{on(self.stage)}."


class CrewWithdrew(Occurrence, frozen=True, kw_only=True, tag="CrewWithdrew"):
    """A competitor withdrew the crew: before the start, or for good during the rally."""

    number: CrewNumber
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} was withdrawn{on(self.stage)}."


class CrewDisqualified(Occurrence, frozen=True, kw_only=True, tag="CrewDisqualified"):
    """A crew is disqualified, from the stage named on; without a stage, from the whole rally."""

    number: CrewNumber
    stage: OptionalCode = ""
    document: OptionalCode = ""

    def words(self) -> str:
        since = f" from {self.stage} on" if self.stage else ""
        return f"Crew {self.number} was disqualified{since}."


class StageNotFinished(Occurrence, frozen=True, kw_only=True, tag="StageNotFinished"):
    """A crew did not finish a stage, but is not out of the rally; the rulebook says what it costs.

    It ran over the maximum time, gave the stage up, or missed its finish.
    """

    nature = "report"
    number: CrewNumber
    stage: Code
    kind: Literal["overtime", "abandoned", "missed-finish"] = "abandoned"
    point: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} did not finish {self.stage} ({self.kind})."


class RestartRequested(Occurrence, frozen=True, kw_only=True, tag="RestartRequested"):
    """A crew that retired from a stage asks to start again."""

    nature = "report"
    number: CrewNumber
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} asked to restart{on(self.stage)}."


class RestartDecided(Occurrence, frozen=True, kw_only=True, tag="RestartDecided"):
    """A crew may start again, or may not; who may not is out for good."""

    number: CrewNumber
    granted: bool
    stage: OptionalCode = ""

    def words(self) -> str:
        outcome = "granted" if self.granted else "refused"
        return f"The restart of crew {self.number}{on(self.stage)} was {outcome}."


class MovedOutsideClassification(
    Occurrence, frozen=True, kw_only=True, tag="MovedOutsideClassification"
):
    """A crew goes on outside the general classification, from the stage named on.

    It used its joker, for instance: it has stage results and a ranking apart, no place overall.
    """

    number: CrewNumber
    stage: OptionalCode = ""
    kind: Literal["joker", "other"] = "other"

    def words(self) -> str:
        why = " (joker)" if self.kind == "joker" else ""
        since = f" from {self.stage} on" if self.stage else ""
        return f"Crew {self.number} is outside the classification{since}{why}."


class FitnessDecided(Occurrence, frozen=True, kw_only=True, tag="FitnessDecided"):
    """The doctors say whether a crew may go on; what they found stays private.

    An unfit crew is out, from the stage named on, until it is cleared and starts again.
    """

    number: CrewNumber
    fit: bool
    stage: OptionalCode = ""

    def words(self) -> str:
        fit = "fit" if self.fit else "unfit"
        return f"Crew {self.number} was declared {fit}{on(self.stage)}."

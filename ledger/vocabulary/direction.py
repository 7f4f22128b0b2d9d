"""Group E: acts of race direction. Their effects follow from the rulebook, not from the record."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ledger.times import format_duration
from ledger.vocabulary.base import (
    Code,
    Duration,
    Metres,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    among,
    on,
)

Categories = tuple[Code, ...]
AppliesTo = Literal["stage", "overall"]


class StageDelayed(Occurrence, frozen=True, kw_only=True, tag="StageDelayed"):
    """The start of a stage was put back for everybody."""

    stage: Code
    by_ms: Annotated[int, msgspec.Meta(ge=1, le=10**12)]

    def words(self) -> str:
        return f"The start of {self.stage} was delayed by {format_duration(self.by_ms)}."


class StageShortened(Occurrence, frozen=True, kw_only=True, tag="StageShortened"):
    """A stage ends earlier than planned, for all or for some categories.

    Where a point is named, the passing there is the finish; otherwise the times that are recorded
    are those of the shortened stage.
    """

    stage: Code
    categories: Categories = ()
    point: OptionalCode = ""
    special_m: Metres | None = None

    def words(self) -> str:
        to = f" to {self.point}" if self.point else ""
        km = "" if self.special_m is None else f" to km {self.special_m / 1000:g}"
        return f"{self.stage} was shortened{to or km}{among(self.categories)}."


class StageInterrupted(Occurrence, frozen=True, kw_only=True, tag="StageInterrupted"):
    """A stage was stopped while crews were on it; their times are allocated one by one."""

    stage: Code

    def words(self) -> str:
        return f"{self.stage} was interrupted."


class StageCancelled(Occurrence, frozen=True, kw_only=True, tag="StageCancelled"):
    """A stage does not count, for all or for some categories: it adds nothing to any total."""

    stage: Code
    categories: Categories = ()

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{self.stage} was cancelled{among(self.categories)}{why}."


class StageReinstated(Occurrence, frozen=True, kw_only=True, tag="StageReinstated"):
    """A cancellation or shortening was revoked: the stage counts again as it was run."""

    stage: Code
    categories: Categories = ()

    def words(self) -> str:
        return f"{self.stage} was reinstated{among(self.categories)}."


class StageClosed(Occurrence, frozen=True, kw_only=True, tag="StageClosed"):
    """Every crew of a stage is accounted for: who has no time by now did not finish it."""

    stage: Code

    def words(self) -> str:
        return f"{self.stage} was closed."


class PenaltyGiven(Occurrence, frozen=True, kw_only=True, tag="PenaltyGiven"):
    """A time penalty for a crew.

    It counts in the stage that is named, otherwise in the one that the rulebook derives from the
    control. `applies_to` says whether the stage's result carries it or the overall alone.
    """

    number: Code
    amount_ms: Duration
    stage: OptionalCode = ""
    control: OptionalCode = ""
    applies_to: AppliesTo = "stage"
    article: OptionalCode = ""
    document: OptionalCode = ""

    def words(self) -> str:
        where = on(self.stage) or (f" at {self.control}" if self.control else "")
        why = f": {self.reason}" if self.reason else ""
        return f"Crew {self.number} penalised {format_duration(self.amount_ms)}{where}{why}."


class PenaltyWithdrawn(Occurrence, frozen=True, kw_only=True, tag="PenaltyWithdrawn"):
    """A penalty no longer stands: it counts as never given, and stays readable."""

    target: OccurrenceId
    number: OptionalCode = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"The penalty {self.target[:10]} of crew {self.number or '?'} was withdrawn."

"""Group D: times as the timekeepers establish them."""

from __future__ import annotations

from typing import Literal

from ledger.times import format_duration
from ledger.vocabulary.base import Code, Duration, Occurrence, OptionalCode

TimeBasis = Literal["measured", "assessed", "notional"]


class StageTimeRecorded(Occurrence, frozen=True, kw_only=True, tag="StageTimeRecorded"):
    """The time of a crew on a stage, without penalties.

    Measured by the timekeepers; assessed, when they or the clerk of the course established it by
    other means; notional, when the crew could not set one (an interrupted stage). `fact_at` is the
    finish of the crew where it is known.
    """

    number: Code
    stage: Code
    elapsed_ms: Duration
    basis: TimeBasis = "measured"

    def words(self) -> str:
        time = format_duration(self.elapsed_ms, 1 if self.elapsed_ms % 1000 else 1000)
        return f"Crew {self.number} {self.stage}: {time} ({self.basis})."


class TimesCarriedIn(Occurrence, frozen=True, kw_only=True, tag="TimesCarriedIn"):
    """The total of a crew as of a stage, taken from a published classification.

    The opening balance of a ledger that starts in mid-rally or lacks earlier stages: it stands for
    everything up to and including that stage, penalties too. A crew has no place before it; a later
    one takes over from its stage on.
    """

    number: Code
    stage: Code
    total_ms: Duration
    taken_from: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} carried in {format_duration(self.total_ms)} after {self.stage}."

"""Group D: times as the timekeepers establish them."""

from __future__ import annotations

from typing import Literal

from ledger.times import Instant, format_duration
from ledger.vocabulary.base import (
    Code,
    CrewNumber,
    Duration,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    OptionalCrew,
    Whole,
    on,
)

TimeBasis = Literal["measured", "assessed", "notional"]


class StageTimeRecorded(Occurrence, frozen=True, kw_only=True, tag="StageTimeRecorded"):
    """The time of a crew on a stage, without penalties.

    Measured by the timekeepers; assessed, when they or the clerk of the course established it by
    other means; notional, when the crew could not set one (an interrupted stage). `fact_at` is the
    finish of the crew where it is known. What was measured is an observation; to assess a time, or
    to allocate one, is an act.
    """

    nature = "observation"
    number: CrewNumber
    stage: Code
    elapsed_ms: Duration
    basis: TimeBasis = "measured"

    @property
    def is_act(self) -> bool:
        """Whether somebody had to decide it."""
        return self.basis != "measured"

    def words(self) -> str:
        time = format_duration(self.elapsed_ms)
        return f"Crew {self.number} {self.stage}: {time} ({self.basis})."


class TimesCarriedIn(Occurrence, frozen=True, kw_only=True, tag="TimesCarriedIn"):
    """The total of a crew as of a stage, taken from a published classification.

    The opening balance of a ledger that starts in mid-rally or lacks earlier stages: it stands for
    everything up to and including that stage, penalties too. A crew has no place before it; a later
    one takes over from its stage on.
    """

    number: CrewNumber
    stage: Code
    total_ms: Duration
    taken_from: OptionalCode = ""

    def words(self) -> str:
        return f"Crew {self.number} carried in {format_duration(self.total_ms)} after {self.stage}."


class OfASource(Occurrence, frozen=True, kw_only=True):
    """What is said of a kind of source, a device by name or a site, and over which interval.

    All that is named must fit; `since_at` and `until_at` bound the interval as the clock showed it.
    """

    kind: OptionalCode = ""
    device: OptionalCode = ""
    of_site: OptionalCode = ""
    stage: OptionalCode = ""
    since_at: Instant | None = None
    until_at: Instant | None = None

    def whose(self) -> str:
        """The source as it is named; nothing where none is."""
        return " ".join(each for each in (self.kind, self.device, self.of_site) if each)


class ClockOffsetDeclared(OfASource, frozen=True, kw_only=True, tag="ClockOffsetDeclared"):
    """A clock was wrong over an interval: what it showed is `ahead_ms` later than the true time.

    Every instant that it gave is moved: when things happened, and by the clock of a site also when
    they were put on record there. That of a site is moved where the regulations apply it.

    The clock is that of a kind of source, of a device by name, or of a site; what is named must all
    fit. `since_at` and `until_at` bound the interval as that clock showed it. A negative figure is
    a clock that was slow. Of several declarations for one reading, the one that names more of it
    counts, then the later one; they are never added up.
    """

    ahead_ms: Whole

    def words(self) -> str:
        way = "ahead" if self.ahead_ms >= 0 else "behind"
        much = format_duration(abs(self.ahead_ms), 1)
        return f"The clock {self.whose() or 'of every source'} was {much} {way}{on(self.stage)}."


class SourceDeclaredUnreliable(
    OfASource, frozen=True, kw_only=True, tag="SourceDeclaredUnreliable"
):
    """What a device, a kind of source or a site says over an interval is not to be used.

    Its records stay and are listed; none of them counts, unless a ruling names it.
    """

    def words(self) -> str:
        return (
            f"The source {self.whose() or '(every one)'} was declared unreliable{on(self.stage)}."
        )


class TimeDetermined(Occurrence, frozen=True, kw_only=True, tag="TimeDetermined"):
    """Of several records of one time, this one counts: a ruling on the sources, not a new time."""

    target: OccurrenceId
    number: OptionalCrew = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Record {self.target[:10]} counts for crew {self.number or '?'}{on(self.stage)}."


class TimeCardHandled(Occurrence, frozen=True, kw_only=True, tag="TimeCardHandled"):
    """A crew's time card was handed in, lost, or replaced by a duplicate."""

    nature = "report"
    number: CrewNumber
    kind: Literal["submitted", "lost", "duplicate-issued"]
    stage: OptionalCode = ""

    def words(self) -> str:
        done = self.kind.replace("-", " ")
        return f"The time card of crew {self.number}{on(self.stage)}: {done}."

"""Group C: what is seen on the road. An observation is never refused for what it says."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ledger.times import format_duration
from ledger.vocabulary.base import Code, Duration, Metres, Occurrence, OptionalCode, Text, on

IncidentKind = Literal[
    "puncture",
    "mechanical",
    "stuck",
    "accident",
    "fire",
    "navigation",
    "stop-to-assist",
    "tow",
    "outside-assistance",
    "wrong-way",
    "weather",
    "other",
]


class StageStarted(Occurrence, frozen=True, kw_only=True, tag="StageStarted"):
    """A crew started a selective section; `fact_at` is the start from which its time runs."""

    number: Code
    stage: Code

    def words(self) -> str:
        return f"Crew {self.number} started {self.stage}."


class PassingRecorded(Occurrence, frozen=True, kw_only=True, tag="PassingRecorded"):
    """A crew was seen at a point of a stage, as one source tells it: raw, never averaged.

    An empty point is the finish. `elapsed_ms` is the time since the crew's start where the source
    gives one; `fact_at` the instant where it gives that. Several sources may tell of one passing.
    """

    number: Code
    stage: Code
    point: OptionalCode = ""
    elapsed_ms: Duration | None = None

    def words(self) -> str:
        where = self.point or "the finish"
        time = "" if self.elapsed_ms is None else f" after {format_duration(self.elapsed_ms)}"
        return f"Crew {self.number} passed {where}{on(self.stage)}{time}."


class IncidentReported(Occurrence, frozen=True, kw_only=True, tag="IncidentReported"):
    """Something befell a crew: a puncture, a breakdown, an accident. It changes no result."""

    number: Code
    kind: IncidentKind
    stage: OptionalCode = ""
    place: Text = ""
    at_m: Metres | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1

    def words(self) -> str:
        where = self.place or ("" if self.at_m is None else f"km {self.at_m / 1000:g}")
        many = f"{self.count} × " if self.count > 1 else ""
        detail = f": {self.reason}" if self.reason else ""
        place = f" at {where}" if where else ""
        return f"Crew {self.number}, {many}{self.kind}{on(self.stage)}{place}{detail}."

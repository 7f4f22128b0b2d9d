"""Group C: what is seen on the road. An observation is never refused for what it says."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from ledger.times import Instant, format_duration
from ledger.vocabulary.base import (
    Code,
    CrewNumber,
    Duration,
    Metres,
    Occurrence,
    OptionalCode,
    Party,
    Text,
    many,
    on,
)
from ledger.vocabulary.rally import Kilometres

IncidentKind = Literal[
    "puncture",
    "mechanical",
    "stuck",
    "accident",
    "fire",
    "navigation",
    "stop-to-assist",
    "tow",
    "towed",
    "outside-assistance",
    "sos",
    "medical",
    "overdue",
    "wrong-way",
    "weather",
    "other",
]


class ControlPassed(Occurrence, frozen=True, kw_only=True, tag="ControlPassed"):
    """A crew was at a control: a time control, a passage control, parc fermé, service, refuelling.

    `fact_at` is when; `due_at` when it was due, where the time card says so (otherwise it follows
    from the itinerary). Time controls are timed to the minute; the rulebook judges early and late.
    """

    nature = "observation"
    number: CrewNumber
    control: Code
    stage: OptionalCode = ""
    due_at: Instant | None = None

    def words(self) -> str:
        return f"Crew {self.number} was at {self.control}{on(self.stage)}."


class StageStarted(Occurrence, frozen=True, kw_only=True, tag="StageStarted"):
    """A crew started a selective section; `fact_at` is the start from which its time runs.

    Where `due_at` names an official start, the time runs from that, however late the crew set off;
    the rulebook judges the lateness.
    """

    nature = "observation"
    number: CrewNumber
    stage: Code
    due_at: Instant | None = None

    def words(self) -> str:
        return f"Crew {self.number} started {self.stage}."


class FalseStartObserved(Occurrence, frozen=True, kw_only=True, tag="FalseStartObserved"):
    """A crew set off before the signal; the judge of fact says by how much."""

    nature = "observation"
    number: CrewNumber
    stage: Code
    by_ms: Duration = 0

    def words(self) -> str:
        much = (
            f" by {format_duration(self.by_ms, 1 if self.by_ms % 100 else 100)}"
            if self.by_ms
            else ""
        )
        return f"Crew {self.number} made a false start{on(self.stage)}{much}."


class PassingRecorded(Occurrence, frozen=True, kw_only=True, tag="PassingRecorded"):
    """A crew was seen at a point of a stage, as one source tells it: raw, never averaged.

    An empty point is the finish. `elapsed_ms` is the time since the crew's start where the source
    gives one; `fact_at` the instant where it gives that. Several sources may tell of one passing.
    """

    nature = "observation"
    number: CrewNumber
    stage: Code
    point: OptionalCode = ""
    elapsed_ms: Duration | None = None

    def words(self) -> str:
        where = self.point or "the finish"
        time = "" if self.elapsed_ms is None else f" after {format_duration(self.elapsed_ms)}"
        return f"Crew {self.number} passed {where}{on(self.stage)}{time}."


class WaypointMissed(Occurrence, frozen=True, kw_only=True, tag="WaypointMissed"):
    """The read-out of a crew's tracking lacks a waypoint: a report, not yet a penalty."""

    nature = "observation"
    number: CrewNumber
    stage: Code
    point: Code

    def words(self) -> str:
        return f"Crew {self.number} missed {self.point}{on(self.stage)}."


class SpeedZoneRead(Occurrence, frozen=True, kw_only=True, tag="SpeedZoneRead"):
    """The read-out of a crew's speed in a zone: a report, not yet a penalty.

    `impulses` is how often it was over the limit, `speeds_kmh` how fast it was each time, and
    `highest_kmh` the fastest. A tariff prices what was read; an office gives the penalty.
    """

    nature = "observation"
    number: CrewNumber
    stage: Code
    zone: Code
    impulses: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    highest_kmh: Kilometres | None = None
    speeds_kmh: Annotated[tuple[Kilometres, ...], msgspec.Meta(max_length=1000)] = ()

    def words(self) -> str:
        highest = max(self.speeds_kmh, default=self.highest_kmh)
        speed = "" if highest is None else f", at most {highest} km/h"
        impulses = many(self.impulses or len(self.speeds_kmh), "impulse")
        return f"Crew {self.number} in {self.zone}{on(self.stage)}: {impulses}{speed}."


class NeutralisationPassed(Occurrence, frozen=True, kw_only=True, tag="NeutralisationPassed"):
    """A crew entered or left a neutralisation; `fact_at` is when."""

    nature = "observation"
    number: CrewNumber
    stage: Code
    zone: Code
    side: Literal["entered", "left"]

    def words(self) -> str:
        return f"Crew {self.number} {self.side} {self.zone}{on(self.stage)}."


class RouteOpened(Occurrence, frozen=True, kw_only=True, tag="RouteOpened"):
    """A crew opened the route for others over a distance, as the first, second … on the road.

    The rulebook says what that is worth per kilometre.
    """

    nature = "observation"
    number: CrewNumber
    stage: Code
    rank: Annotated[int, msgspec.Meta(ge=1, le=100)]
    distance_m: Metres

    def words(self) -> str:
        km = f"{self.distance_m / 1000:g} km"
        return f"Crew {self.number} opened {km} of {self.stage} as number {self.rank}."


class IncidentReported(Occurrence, frozen=True, kw_only=True, tag="IncidentReported"):
    """Something befell a crew: a puncture, a breakdown, an accident. It changes no result.

    `parties` are the other crews concerned; `injury` says that somebody was hurt.
    """

    nature = "report"
    number: CrewNumber
    kind: IncidentKind
    stage: OptionalCode = ""
    place: Text = ""
    at_m: Metres | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    parties: tuple[Party, ...] = ()
    injury: bool = False

    def words(self) -> str:
        where = self.place or ("" if self.at_m is None else f"km {self.at_m / 1000:g}")
        many = f"{self.count} × " if self.count > 1 else ""
        detail = f": {self.reason}" if self.reason else ""
        place = f" at {where}" if where else ""
        return f"Crew {self.number}, {many}{self.kind}{on(self.stage)}{place}{detail}."

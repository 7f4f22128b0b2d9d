"""Group A: the rally itself, its regulations, officials and itinerary."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.times import Instant
from ledger.vocabulary.base import (
    Code,
    Duration,
    Metres,
    Name,
    Occurrence,
    OptionalCode,
    Text,
    Whole,
    on,
)

Order = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Precision = Annotated[int, msgspec.Meta(ge=1, le=3_600_000)]
ParameterValue = Whole | str | bool | tuple[str, ...]


class RallyConstituted(Occurrence, frozen=True, kw_only=True, tag="RallyConstituted"):
    """The rally exists: its name, its days and the time zone its clocks show at the start."""

    plan = True
    title: Code
    timezone: OptionalCode = ""
    starts_on: OptionalCode = ""
    ends_on: OptionalCode = ""

    def words(self) -> str:
        return f"{self.title} was constituted."


class RegulationsAdopted(Occurrence, frozen=True, kw_only=True, tag="RegulationsAdopted"):
    """The rules in force, parameter by parameter, each with where it comes from.

    The parameters stand here in full: a later change of the template they came from changes no
    answer of this rally.
    """

    plan = True
    rulebook: Code
    parameters: dict[Name, ParameterValue]
    provenance: dict[Name, str] = msgspec.field(default_factory=dict)

    def words(self) -> str:
        return f"Regulations {self.rulebook} were adopted ({len(self.parameters)} parameters)."


class OfficialAppointed(Occurrence, frozen=True, kw_only=True, tag="OfficialAppointed"):
    """A person holds an office and may act in it from now on."""

    plan = True
    office: Code
    official: Code
    licence: OptionalCode = ""

    def words(self) -> str:
        return f"{self.official} was appointed {self.office}."


class StageScheduled(Occurrence, frozen=True, kw_only=True, tag="StageScheduled"):
    """A stage stands in the itinerary. `order` is its number, from 1; later ones come after it.

    `precision_ms` is how finely it is timed; distances are in metres, times in milliseconds.
    """

    plan = True
    stage: Code
    order: Order
    title: Text = ""
    date: OptionalCode = ""
    start_place: Text = ""
    finish_place: Text = ""
    special_m: Metres | None = None
    liaison_m: Metres | None = None
    precision_ms: Precision | None = None
    max_time_ms: Duration | None = None
    timed: bool = True

    def words(self) -> str:
        route = " – ".join(place for place in (self.start_place, self.finish_place) if place)
        named = route or self.title
        return f"{self.stage} was scheduled{': ' + named if named else ''}."


class ControlScheduled(Occurrence, frozen=True, kw_only=True, tag="ControlScheduled"):
    """A control stands in the itinerary. `stage` is empty for one that belongs to no stage."""

    plan = True
    control: Code
    stage: OptionalCode = ""
    kind: OptionalCode = ""
    location: Text = ""
    due_at: Instant | None = None

    def words(self) -> str:
        place = f" at {self.location}" if self.location else ""
        return f"Control {self.control} was scheduled{place}{on(self.stage)}."


class WaypointPlaced(Occurrence, frozen=True, kw_only=True, tag="WaypointPlaced"):
    """A point of a stage that crews must pass, in ascending order.

    The point of the highest order is the finish. `category` is empty where the point is for all.
    A point of the kind `dss` is the start of the selective section.
    """

    plan = True
    stage: Code
    point: Code
    order: Order
    category: OptionalCode = ""
    at_m: Metres | None = None
    kind: OptionalCode = ""

    def words(self) -> str:
        where = "" if self.at_m is None else f" at km {self.at_m / 1000:g}"
        return f"Point {self.point} was placed{where}{on(self.stage)}."


class RemarkMade(Occurrence, frozen=True, kw_only=True, tag="RemarkMade"):
    """Something worth keeping that changes no result: a claim of a source, an official's note."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    number: OptionalCode = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Remark: {self.text}"

"""Group A: the rally itself, its regulations, officials and itinerary."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated, Literal

import msgspec

from ledger.errors import Usage
from ledger.times import Instant, spelled, zone_of
from ledger.vocabulary.base import (
    Categories,
    Code,
    Duration,
    Metres,
    Name,
    Occurrence,
    OptionalCode,
    OptionalCrew,
    Text,
    Whole,
    many,
    on,
)

Order = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Precision = Annotated[int, msgspec.Meta(ge=1, le=3_600_000)]
ParameterValue = Whole | str | bool | tuple[str | Whole, ...]
REGULARITY = "regularity"
StageKind = Literal[
    "", "prologue", "super-special", "selective", "marathon", "liaison", "power-stage", "regularity"
]
Kilometres = Annotated[int, msgspec.Meta(ge=0, le=1000)]
START, FINISH = "dss", "ass"
"""The kinds of what stands where a selective section starts and ends."""
UNTOLD = "secret"
"""The kind of a point at which crews are timed, and of which they are not told."""


class OnTheRoute:
    """What stands on the route of a stage: by its kind it may be the start or the finish.

    A kind is read in capitals as in small letters: road books print it either way.
    """

    __slots__ = ()
    kind: str

    @property
    def mark(self) -> str:
        """The kind, as it is read."""
        return self.kind.casefold()

    @property
    def is_start(self) -> bool:
        """Whether the selective section starts there."""
        return self.mark == START

    @property
    def is_finish(self) -> bool:
        """Whether the selective section ends there."""
        return self.mark == FINISH


class RallyConstituted(Occurrence, frozen=True, kw_only=True, tag="RallyConstituted"):
    """The rally exists: its name, its days and the time zone its clocks show at the start.

    `id_at_source` is the number of the rally at the service that it is taken from, by which another
    rally of that service is told apart.
    """

    plan = True
    title: Code
    timezone: OptionalCode = ""
    starts_on: OptionalCode = ""
    ends_on: OptionalCode = ""
    id_at_source: OptionalCode = ""

    @property
    def time_zone(self) -> tzinfo | None:
        """The zone of its clocks; None where none is told, or none that there is."""
        try:
            return zone_of(self.timezone) if self.timezone else None
        except Usage:
            return None  # what an old log may hold

    def words(self) -> str:
        return f"{self.title} was constituted."


class LaterRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A version of a rule that its code knows already, for facts from an instant on."""

    parameter: Name
    value: ParameterValue
    since: Instant
    provenance: str = ""


class Article(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An article of the regulations as it reads from now on, and on which page that stands."""

    article: Code
    text: Text = ""
    page: OptionalCode = ""


class RegulationsAdopted(Occurrence, frozen=True, kw_only=True, tag="RegulationsAdopted"):
    """The rules in force, parameter by parameter, each with where it comes from.

    The parameters stand here in full: a later change of the template they came from changes no
    answer of this rally. What the code changes from a day on that the rally may reach stands in
    `later`; `wanted` says where a parameter would stand that is left open, `articles` are the texts
    that decisions may cite.
    """

    plan = True
    rulebook: Code
    parameters: dict[Name, ParameterValue]
    provenance: dict[Name, str] = msgspec.field(default_factory=dict)
    later: tuple[LaterRule, ...] = ()
    wanted: dict[Name, str] = msgspec.field(default_factory=dict)
    articles: tuple[Article, ...] = ()

    def words(self) -> str:
        parameters = many(len(self.parameters), "parameter")
        return f"Regulations {self.rulebook} were adopted ({parameters})."


class BulletinIssued(Occurrence, frozen=True, kw_only=True, tag="BulletinIssued"):
    """The regulations are amended: these parameters and articles change, the others stay.

    A bulletin holds for facts from `effective_at` on, or from the stage `from_stage` on; where it
    names neither, from its own instant on. It never changes what happened before.
    """

    bulletin: Code
    title: Text = ""
    parameters: dict[Name, ParameterValue] = msgspec.field(default_factory=dict)
    provenance: dict[Name, str] = msgspec.field(default_factory=dict)
    effective_at: Instant | None = None
    from_stage: OptionalCode = ""
    signed_by: Text = ""
    digest: OptionalCode = ""
    articles: tuple[Article, ...] = ()

    def tags(self) -> list[str]:
        """A bulletin is about the stage from which it holds."""
        return [f"stage:{self.from_stage}"] if self.from_stage else []

    def words(self) -> str:
        changed = sorted(self.parameters.items())
        told = [f"{name} = {spelled(name, value)}" for name, value in changed]
        told += [f"article {each.article} reads anew" for each in self.articles]
        what = ", ".join(told)
        since = f" from {self.from_stage} on" if self.from_stage else ""
        return (
            f"Bulletin {self.bulletin} was issued{since}: {what or self.title or 'no parameter'}."
        )


class OfficialAppointed(Occurrence, frozen=True, kw_only=True, tag="OfficialAppointed"):
    """A person holds an office and may act in it from now on."""

    plan = True
    office: Code
    official: Code
    licence: OptionalCode = ""

    def words(self) -> str:
        return f"{self.official} was appointed {self.office}."


class OfficialReplaced(Occurrence, frozen=True, kw_only=True, tag="OfficialReplaced"):
    """A person no longer holds an office; a successor may be named."""

    office: Code
    official: Code
    successor: OptionalCode = ""
    licence: OptionalCode = ""

    def words(self) -> str:
        by = f" by {self.successor}" if self.successor else ""
        return f"{self.official} was replaced as {self.office}{by}."


class SiteLimited(Occurrence, frozen=True, kw_only=True, tag="SiteLimited"):
    """What the officials of a site may do: act in these offices, and in no other.

    It holds for all that the site records, before and after; of several limits the last recorded
    holds. With no office named, nobody acts there, and what is seen and reported counts. A site of
    which nothing is said is not limited.
    """

    plan = True
    of_site: Code
    offices: tuple[Code, ...] = ()

    def words(self) -> str:
        may = f"as {' and '.join(self.offices)} only" if self.offices else "in no office"
        return f"At the site {self.of_site}, officials act {may}."


class StageScheduled(Occurrence, frozen=True, kw_only=True, tag="StageScheduled"):
    """A stage stands in the itinerary. `order` is its number, from 1; later ones come after it.

    `precision_ms` is how finely it is timed; distances are in metres, times in milliseconds.
    `max_time_ms` is the time within which it must be finished; `first_start_at` the official start
    of the first crew. A stage without a kind is a selective one; of one of regularity the result is
    what differences from ideal times cost.
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
    kind: StageKind = ""
    first_start_at: Instant | None = None

    def words(self) -> str:
        route = " – ".join(place for place in (self.start_place, self.finish_place) if place)
        named = route or self.title
        return f"{self.stage} was scheduled{': ' + named if named else ''}."


class ControlScheduled(OnTheRoute, Occurrence, frozen=True, kw_only=True, tag="ControlScheduled"):
    """A control stands in the itinerary. `stage` is empty for one that belongs to no stage.

    `order` is its place along the stage and `target_ms` the time allowed to it from the control
    before (or from the one named in `from_control`). `due_at` is when the first crew is due.
    """

    plan = True
    control: Code
    stage: OptionalCode = ""
    kind: OptionalCode = ""
    location: Text = ""
    due_at: Instant | None = None
    order: Order = 0
    target_ms: Duration | None = None
    from_control: OptionalCode = ""

    def words(self) -> str:
        place = f" at {self.location}" if self.location else ""
        return f"Control {self.control} was scheduled{place}{on(self.stage)}."


class WaypointPlaced(OnTheRoute, Occurrence, frozen=True, kw_only=True, tag="WaypointPlaced"):
    """A point of a stage that crews must pass, in ascending order.

    `category` is empty where the point is for all. A point of the kind `dss` is the start of the
    selective section, one of the kind `ass` its finish; where no point is of that kind, the finish
    is the one at the length of the stage (`at_m`), as finely as that is given. Where neither is
    known, a point is the finish only if official times agree with the passings there. `open_m` and
    `clear_m` are the radii within which it shows itself and within which it is validated.

    On a regularity stage crews are timed against an ideal time at points of the kind `secret` and
    at those with an `ideal_ms`, the time to the point from the start. Where a point has none, it
    follows from the distances and from the average (metres an hour) of the part that ends at the
    next point with one.
    """

    plan = True
    stage: Code
    point: Code
    order: Order
    category: OptionalCode = ""
    at_m: Metres | None = None
    kind: OptionalCode = ""
    open_m: Metres | None = None
    clear_m: Metres | None = None
    ideal_ms: Duration | None = None
    average_m_per_h: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None

    @property
    def is_timed(self) -> bool:
        """Whether crews are timed against an ideal time there, on a regularity stage."""
        return self.ideal_ms is not None or self.kind.casefold() == UNTOLD

    def words(self) -> str:
        where = "" if self.at_m is None else f" at km {self.at_m / 1000:g}"
        return f"Point {self.point} was placed{where}{on(self.stage)}."


class ZonePlaced(Occurrence, frozen=True, kw_only=True, tag="ZonePlaced"):
    """A zone on the route of a stage: limited speed, or a neutralisation.

    `limit_kmh` is the speed allowed in it; `imposed_ms` the time that a crew spends in a
    neutralisation, which is no part of its time. Without an imposed time, the time actually spent
    there is taken out. A neutralisation may lie between two points of the stage: a crew enters it
    where it passes `from_point` and leaves it at `to_point`, as far as no official saw it do so.
    So a part of a stage that was run is left out, as after an error of the road book. `categories`
    are those for which it is there.
    """

    plan = True
    stage: Code
    zone: Code
    kind: Literal["speed", "neutralisation"]
    from_m: Metres | None = None
    to_m: Metres | None = None
    limit_kmh: Kilometres | None = None
    imposed_ms: Duration | None = None
    categories: Categories = ()
    from_point: OptionalCode = ""
    to_point: OptionalCode = ""

    def words(self) -> str:
        limit = "" if self.limit_kmh is None else f" at {self.limit_kmh} km/h"
        between = f" from {self.from_point} to {self.to_point}" if self.from_point else ""
        return f"A {self.kind} zone {self.zone} was placed{on(self.stage)}{between}{limit}."


class RemarkMade(Occurrence, frozen=True, kw_only=True, tag="RemarkMade"):
    """Something worth keeping that changes no result: a claim of a source, an official's note."""

    nature = "report"
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    number: OptionalCrew = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        return f"Remark: {self.text}"

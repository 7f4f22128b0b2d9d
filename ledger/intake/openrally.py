"""OpenRally: the road book of a stage as GPX, as the programs that draw road books export it.

Its waypoints become the points of the stage in the order of the file, from the start of the
selective section (dss) to its finish (ass); what lies between dz and fz becomes a speed zone, what
lies between neutralization and fn a neutralisation. What the format knows and a result doesn't need
(drawings, headings, dangers) is told once; what can't be used is named with its line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import LedgerError, Unreadable
from ledger.intake.gpx import Point, Route, Tag, read_gpx
from ledger.intake.lines import BadLine, Delivery, Line, Note
from ledger.spelling import entered
from ledger.times import Instant
from ledger.vocabulary import TYPES

SOURCE = "openrally"
OFFICE = "results-office"
START, FINISH = "dss", "ass"
KINDS = (START, FINISH, "wpm", "wpe", "wps", "wpc", "wpn", "wpp", "wpv", "checkpoint")
"""What makes a waypoint of the file a point to be passed; the first that it bears is its kind."""
ZONES = frozenset({"dz", "fz", "speed", "neutralization", "sn", "fn"})
UNUSED = frozenset(
    {
        *("cap", "danger", "fire", "fuel", "helicopter", "media", "medical", "notes", "police"),
        *("reset", "show_coordinates", "spectators", "stop", "timecontrol", "tulip", "dt", "ft"),
    }
)
"""What the format knows and no point or zone is made of."""


class Units(NamedTuple):
    """The measures of a road book: metres in its distance, metres in its radius, its speed."""

    distance: Decimal
    radius: Decimal
    speed: Decimal


METRIC = Units(Decimal(1000), Decimal(1), Decimal(1))
STATUTE = Units(Decimal("1609.344"), Decimal("0.9144"), Decimal("1.609344"))
"""Miles, yards and miles an hour; the format's own schema spells it "statue"."""
UNITS = {"": METRIC, "metric": METRIC, "statute": STATUTE, "statue": STATUTE}


class Stage(NamedTuple):
    """What a road book is taken in for; `order` is the stage's number if it is not scheduled."""

    rally: str
    code: str
    category: str
    order: int | None
    recorded_at: Instant


def read_openrally(path: Path, stage: Stage) -> Delivery:
    """What a road book says of a stage.

    Raises:
        Unreadable: no GPX, or nothing of OpenRally in it.
    """
    route = read_gpx(path)
    if not any(tag.known for point in route.points for tag in point.tags):
        held = f"{len(route.points)} waypoints" if route.points else "a track or nothing"
        raise Unreadable(
            f"{path} holds {held}, and no OpenRally waypoint.",
            hint="Export the road book as OpenRally GPX: a track doesn't say what is to be passed.",
        )
    return _Book(path, route, stage).deliver()


class _Place(NamedTuple):
    """A waypoint with its distance from the start of the road book, in metres."""

    point: Point
    at_m: int | None


class _Opened(NamedTuple):
    """A zone that has begun."""

    code: str
    kind: str
    line: int
    from_m: int | None
    limit_kmh: int | None = None
    imposed_ms: int | None = None


class _Book:
    """A road book on its way into the log."""

    def __init__(self, path: Path, route: Route, stage: Stage) -> None:
        self.path = path
        self.route = route
        self.stage = stage
        self.units = self._units()
        self.lines: list[Line | BadLine | Note] = []
        self.counts: Counter[str] = Counter()

    def deliver(self) -> Delivery:
        places = list(self._places())
        if self.stage.order is not None:
            self._schedule(places)
        self._place_points(places)
        self._place_zones(places)
        self._tell_the_rest(places)
        yield from self.lines

    # -- what is said ----------------------------------------------------------------------------

    def _say(self, line: int, kind: str, key: str, fields: dict[str, Any]) -> None:
        seq = "/".join((self.stage.code, self.stage.category, key))
        said = {
            "rally": self.stage.rally,
            "recorded_at": (self.stage.recorded_at.ms, self.stage.recorded_at.offset),
            "by": "results office",
            "role": OFFICE,
            "source": {"kind": "road-book", "name": SOURCE, "seq": seq},
            "stage": self.stage.code,
            **{name: value for name, value in fields.items() if value not in (None, "", ())},
        }
        try:
            occurrence = entered(TYPES[kind], said)
        except LedgerError as error:
            self._refuse(line, error.message)
        else:
            self.lines.append(Line(self._where(line), self._raw(line), occurrence))

    def _refuse(self, line: int, reason: str) -> None:
        self.lines.append(BadLine(self._where(line), self._raw(line), reason))

    def _raw(self, line: int) -> str:
        """A line of the file as it stands there, as far as a person cares to read on."""
        return self._text[line - 1].strip()[:500] if 0 < line <= len(self._text) else ""

    @cached_property
    def _text(self) -> list[str]:
        return self.path.read_bytes().decode("utf-8", "surrogateescape").split("\n")

    def _note(self, line: int, message: str) -> None:
        self.lines.append(Note(self._where(line), message))

    def _where(self, line: int) -> str:
        return f"{self.path}:{line}" if line else str(self.path)

    # -- distances -------------------------------------------------------------------------------

    def _units(self) -> Units:
        said = next((tag.text for tag in self.route.metadata if tag.name == "units"), "")
        if said.casefold() not in UNITS:
            raise Unreadable(
                f"{self.path}: the units {said!r} are not known.", hint="metric or statute."
            )
        return UNITS[said.casefold()]

    def _places(self) -> Iterator[_Place]:
        """The waypoints along the road; where the odometer is reset, the distance goes on."""
        before, behind = 0, 0
        for point in self.route.points:
            shown = self._measure(_tag(point, "distance"), self.units.distance)
            at = None if shown is None else before + shown
            if at is not None and at < behind:
                self._note(point.line, f"Its distance falls from {_km(behind)} to {_km(at)}.")
            behind = behind if at is None else at
            if (reset := _tag(point, "reset")) and shown is not None:
                before += shown - (self._measure(reset, self.units.distance) or 0)
            yield _Place(point, at)

    def _measure(self, tag: Tag | None, unit: Decimal) -> int | None:
        """A figure in the unit of the ledger: whole metres, km/h; None where there is none."""
        return self._figure(tag, tag.text, unit) if tag and tag.text else None

    def _figure(self, tag: Tag, text: str, unit: Decimal) -> int | None:
        try:
            value = Decimal(text.replace(",", ".")) * unit
            if value.is_finite() and 0 <= value < 10**10:
                return round(value)
        except ArithmeticError:
            pass
        self._refuse(tag.line, f"{text[:80]!r} is not a figure.")
        return None

    # -- the stage -------------------------------------------------------------------------------

    def _schedule(self, places: list[_Place]) -> None:
        ends = {kind: next((p for p in places if _tag(p.point, kind)), None) for kind in ENDS}
        start, finish = (place.at_m if place else None for place in ends.values())
        length = finish - start if start is not None and finish is not None else None
        title = self.route.title[:200]
        fields = {"order": self.stage.order, "title": title, "special_m": length}
        self._say(0, "StageScheduled", "stage", fields)

    # -- points ----------------------------------------------------------------------------------

    def _place_points(self, places: list[_Place]) -> None:
        """The points from the start to the finish: what lies beyond is not part of the section."""
        finished, started = 0, not any(_tag(place.point, START) for place in places)
        names: dict[str, int] = {}
        for order, (point, at) in enumerate(places, 1):
            kind = next((kind for kind in KINDS if _tag(point, kind)), "")
            if not kind:
                continue
            name = _name(kind, point, order)
            started = started or kind == START
            if finished or not started:
                where = f"behind the finish in line {finished}" if finished else "before the start"
                self._note(point.line, f"{name} lies {where} and is no point of the section.")
            elif name in names:
                reason = f"{name} stands in line {names[name]} already."
                self._refuse(point.line, reason)
            else:
                names[name] = point.line
                self._say(point.line, "WaypointPlaced", name, self._point(kind, name, order, at))
            finished = finished or (point.line if kind == FINISH else 0)

    def _point(self, kind: str, name: str, order: int, at: int | None) -> dict[str, Any]:
        point = self.route.points[order - 1]
        tag = _tag(point, kind)
        assert tag is not None
        also = [other.name for other in point.tags if other.name in KINDS and other.name != kind]
        bearing = [other for other in point.tags if other.name in KINDS]
        if also:
            self._note(point.line, f"{name} is also {', '.join(also)}; it is taken for {kind}.")
        radii = {
            f"{radius}_m": next(
                (
                    self._figure(each, each.attributes[radius], self.units.radius)
                    for each in bearing
                    if each.attributes.get(radius)
                ),
                None,
            )
            for radius in ("open", "clear")
        }
        return {
            "point": name,
            "order": order,
            "category": self.stage.category,
            "at_m": at,
            "kind": kind,
            **radii,
        }

    # -- zones -----------------------------------------------------------------------------------

    def _place_zones(self, places: list[_Place]) -> None:
        speed: _Opened | None = None
        neutral: _Opened | None = None
        for point, at in places:
            speed = self._speed_zone(point, at, speed)
            neutral = self._neutralisation(point, at, neutral)
        if speed and speed.code:
            self._refuse(speed.line, f"The speed zone {speed.code} has no end (fz).")
        if neutral:
            self._end(neutral, None)

    def _speed_zone(self, point: Point, at: int | None, zone: _Opened | None) -> _Opened | None:
        """A zone goes from dz to fz; another limit on the way begins a zone of its own."""
        begins, ends, limit = (_tag(point, name) for name in ("dz", "fz", "speed"))
        kmh = self._limit(begins, limit)
        if ends and not begins:
            if zone is None:
                self._refuse(point.line, "A speed zone ends here that never began (dz).")
            else:
                self._end(zone, at)
            return None
        if begins is None and (limit is None or zone is None):
            if limit:
                self._note(limit.line, f"The limit of {kmh} km/h lies in no speed zone: not read.")
            return zone
        if zone:
            self._end(zone, at)
        if kmh is None:
            self._refuse(point.line, "A speed zone begins here without a limit (speed).")
            # It ends somewhere: its end is then not taken for a second fault.
            return _Opened("", "speed", point.line, at)
        return _Opened(self._code("DZ"), "speed", point.line, at, limit_kmh=kmh)

    def _limit(self, begins: Tag | None, limit: Tag | None) -> int | None:
        """The limit stands in `speed`, in older exports in its attribute, in others in dz."""
        for tag in (limit, begins):
            text = (tag.text or tag.attributes.get("kph", "")) if tag else ""
            if tag and text:
                return self._figure(tag, text, self.units.speed)
        return None

    def _neutralisation(self, point: Point, at: int | None, zone: _Opened | None) -> _Opened | None:
        begins = _tag(point, "neutralization") or _tag(point, "sn")
        ends = _tag(point, "fn")
        if ends and zone is None:
            self._refuse(ends.line, "A neutralisation ends here that never began.")
        if zone and (ends or begins):
            self._end(zone, at if ends else None)
            zone = None
        if begins:
            imposed = self._measure(begins, Decimal(1000))
            code = self._code("N")
            return _Opened(code, "neutralisation", point.line, at, imposed_ms=imposed)
        return zone

    def _code(self, letters: str) -> str:
        self.counts[letters] += 1
        return f"{letters}{self.counts[letters]}"

    def _end(self, zone: _Opened, to_m: int | None) -> None:
        if not zone.code:
            return
        fields = {
            "zone": zone.code,
            "kind": zone.kind,
            "from_m": zone.from_m,
            "to_m": to_m,
            "limit_kmh": zone.limit_kmh,
            "imposed_ms": zone.imposed_ms,
            "categories": (self.stage.category,) if self.stage.category else (),
        }
        self._say(zone.line, "ZonePlaced", zone.code, fields)

    # -- what is left ----------------------------------------------------------------------------

    def _tell_the_rest(self, places: list[_Place]) -> None:
        """What was not read, each kind once; points without a distance."""
        first: dict[str, int] = {}
        counts: Counter[str] = Counter()
        read = {*KINDS, *ZONES, "distance", "units"}
        for tag in (*self.route.metadata, *(tag for p in places for tag in p.point.tags)):
            if tag.name not in read:
                counts[tag.name] += 1
                first.setdefault(tag.name, tag.line)
        unused = sorted(counts.keys() & UNUSED)
        if unused:
            told = ", ".join(f"{name} ({counts[name]})" for name in unused)
            self._note(0, f"Not needed for results, so not read: {told}.")
        for name, count in counts.items():
            if name not in UNUSED:
                times = "once" if count == 1 else f"{count} times"
                self._note(first[name], f"The element {name} ({times}) is not known: not read.")
        if any(place.at_m is None for place in places):
            missing = sum(place.at_m is None for place in places)
            self._note(0, f"{missing} of {len(places)} waypoints have no distance.")
        for version in sorted(self.route.versions):
            if not re.match(r"v[01]\.", version):
                self._note(0, f"OpenRally {version} is not known; it was read as v1.0.3.")


ENDS = (START, FINISH)


def _tag(point: Point, name: str) -> Tag | None:
    return next((tag for tag in point.tags if tag.name == name), None)


def _name(kind: str, point: Point, order: int) -> str:
    """What a point is called: the name it bears, else its kind and its number in the road book.

    Road books number their notes in the waypoint's name ("26", "leg 3_026"); without a number it is
    the place in the file.
    """
    if kind in ENDS:
        return kind.upper()
    tag = _tag(point, kind)
    own = " ".join((tag.attributes.get("name", "") if tag else "").split())[:60]
    if own and not own.isdecimal():
        return own
    number = own or "".join(re.findall(r"\d+\Z", point.name)[-1:])
    letters = "CP" if kind == "checkpoint" else kind.upper()
    return f"{letters}{int(number) if 0 < len(number) <= 60 else order}"


def _km(metres: int) -> str:
    return f"km {metres / 1000:g}"

"""The answers of the WRC live-timing service, as far as they are read."""

from __future__ import annotations

import msgspec


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """One object of an answer, with the fields that are read; others are left alone."""


class Named(Answer, frozen=True):
    """Something with a name: a group, a class, a make."""

    name: str | None = None


class Country(Answer, frozen=True):
    """A nation, by its three letters."""

    iso3: str | None = None


class Person(Answer, frozen=True):
    """A driver or co-driver."""

    full_name: str | None = None
    country: Country | None = None


class Entry(Answer, frozen=True):
    """A crew of the entry list; `identifier` is the car number."""

    entry_id: int
    identifier: str | int
    status: str | None = None
    driver: Person | None = None
    codriver: Person | None = None
    manufacturer: Named | None = None
    entrant: Named | None = None
    group: Named | None = None
    event_classes: tuple[Named, ...] | None = None
    vehicle_model: str | None = None


class Control(Answer, frozen=True):
    """A control of the itinerary."""

    control_id: int
    code: str
    type: str | None = None
    stage_id: int | None = None
    location: str | None = None
    first_car_due_date_time_local: str | None = None


class Stage(Answer, frozen=True):
    """A stage of the itinerary, with what became of it."""

    stage_id: int
    number: int
    code: str
    status: str | None = None
    name: str | None = None
    distance: float | None = None
    timing_precision: str | None = None


class Section(Answer, frozen=True):
    """A part of a leg."""

    controls: tuple[Control, ...] = ()
    stages: tuple[Stage, ...] = ()


class Leg(Answer, frozen=True):
    """A day."""

    itinerary_sections: tuple[Section, ...] = ()
    leg_date: str | None = None


class Itinerary(Answer, frozen=True):
    """The plan of the rally."""

    itinerary_legs: tuple[Leg, ...]


class SplitPoint(Answer, frozen=True):
    """A split point along a stage."""

    split_point_id: int
    number: int | None = None
    distance: float | None = None


class StageDetail(Answer, frozen=True):
    """The split points of a stage."""

    split_points: tuple[SplitPoint, ...] | None = None


class Split(Answer, frozen=True):
    """One crew at one split point."""

    split_point_time_id: int
    split_point_id: int
    entry_id: int
    elapsed_duration_ms: int | None = None
    start_date_time_local: str | None = None
    split_date_time_local: str | None = None


class StageTime(Answer, frozen=True):
    """One crew on one stage; `source` tells measured from assessed."""

    stage_time_id: int
    entry_id: int
    elapsed_duration_ms: int | None = None
    source: str | None = None


class Penalty(Answer, frozen=True):
    """A penalty at a control."""

    penalty_id: int
    entry_id: int
    penalty_duration_ms: int
    control_id: int | None = None
    reason: str | None = None


class Retirement(Answer, frozen=True):
    """A retirement at a control: Permanent, Temporary or Rejoined."""

    retirement_id: int
    entry_id: int
    status: str
    control_id: int | None = None
    reason: str | None = None
    retirement_date_time_local: str | None = None

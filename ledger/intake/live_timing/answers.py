"""The answers of the WRC live-timing service, as far as they are read."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """One object of an answer, with the fields that are read; others are left alone.

    `in_parts` are those whose lists are read part by part, so that one bad part spoils no other.
    """

    in_parts: ClassVar[bool] = False


class Named(Answer, frozen=True):
    """Something with a name: a group, a class, a make."""

    name: str | None = None


class Country(Answer, frozen=True):
    """A nation, by its three letters."""

    iso3: str | None = None


class Person(Answer, frozen=True):
    """A driver or co-driver."""

    full_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    country: Country | None = None

    @property
    def name(self) -> str:
        """The name in full, from its parts where the answer has only those."""
        parts = (self.first_name, self.last_name)
        return self.full_name or " ".join(each for each in parts if each)


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
    event_classes: tuple[Named | None, ...] | None = None
    vehicle_model: str | None = None
    eligibility: str | None = None


class Control(Answer, frozen=True):
    """A control of the itinerary."""

    control_id: int
    code: str
    type: str | None = None
    stage_id: int | None = None
    location: str | None = None
    first_car_due_date_time_local: str | None = None
    first_car_due_date_time: str | None = None


class Stage(Answer, frozen=True):
    """A stage of the itinerary, with what became of it."""

    stage_id: int
    number: int
    code: str
    status: str | None = None
    name: str | None = None
    distance: float | None = None
    stage_type: str | None = None
    timing_precision: str | None = None


class Section(Answer, frozen=True):
    """A part of a leg."""

    in_parts = True
    controls: list[Any] | None = None
    stages: list[Any] | None = None


class Leg(Answer, frozen=True):
    """A day."""

    in_parts = True
    itinerary_sections: list[Any] | None = None
    leg_date: str | None = None


class Itinerary(Answer, frozen=True):
    """The plan of the rally; its legs are read one by one."""

    itinerary_legs: list[Any]
    event_id: int | str | None = None


class Main(Answer, frozen=True):
    """One of the rallies of an event: the main one, or one that is run along with it."""

    event_id: int | str | None = None
    is_main: bool | None = None


class SplitPoint(Answer, frozen=True):
    """A split point along a stage."""

    split_point_id: int
    number: int | None = None
    distance: float | None = None


class StageDetail(Answer, frozen=True):
    """The split points of a stage, which are read one by one."""

    split_points: list[Any] | None = None


class Split(Answer, frozen=True):
    """One crew at one split point."""

    split_point_time_id: int
    split_point_id: int
    entry_id: int
    elapsed_duration_ms: int | None = None
    elapsed_duration: str | None = None
    start_date_time_local: str | None = None
    start_date_time: str | None = None
    split_date_time_local: str | None = None
    split_date_time: str | None = None


class StageTime(Answer, frozen=True):
    """One crew on one stage; `source` tells measured from assessed."""

    stage_time_id: int
    entry_id: int
    elapsed_duration_ms: int | None = None
    elapsed_duration: str | None = None
    source: str | None = None


class Penalty(Answer, frozen=True):
    """A penalty at a control."""

    penalty_id: int
    entry_id: int
    penalty_duration_ms: int | None = None
    penalty_duration: str | None = None
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
    retirement_date_time: str | None = None

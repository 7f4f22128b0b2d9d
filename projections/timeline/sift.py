"""The sift: rows of the log sorted into what bears on times, what else counts, and the rest.

Of a million records nearly all are passings at points along the way. Only their places in the log
are kept, by stage and point, in columns: they are looked at again where a stage comes to begin or
end at that point. Everything else that the standings read is decoded.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

import msgspec

from ledger.vocabulary import (
    ControlPassed,
    Corrected,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    RouteOpened,
    StageStarted,
    StageTimeRecorded,
    TimeCreditGranted,
    Voided,
    decode,
)
from projections.read_by import TOLD_BY_A_TIMELINE
from projections.timeline.versions import Taken

TIMING: tuple[type[Occurrence], ...] = (
    StageStarted,
    StageTimeRecorded,
    NeutralisationPassed,
    TimeCreditGranted,
    RouteOpened,
    PassingRecorded,
)
"""What a crew's time on a stage is made of."""
ON_THE_ROAD: tuple[type[Occurrence], ...] = (
    StageStarted,
    PassingRecorded,
    StageTimeRecorded,
    ControlPassed,
)
"""The readings that show that a crew takes part."""
AMENDING: tuple[type[Occurrence], ...] = (Corrected, Voided)
PASSING, CONTROL = PassingRecorded.type_name(), ControlPassed.type_name()
READ = frozenset(
    {kind.type_name() for kind in TOLD_BY_A_TIMELINE.union(AMENDING)} - {PASSING, CONTROL}
)
Where = tuple[str, str]
"""A stage and a point on it."""


class Place(msgspec.Struct):
    """Of a passing, only where it was."""

    stage: str
    point: str = ""


place_of = msgspec.json.Decoder(Place).decode


class Sift:
    """What a part of a log holds, sorted."""

    def __init__(self) -> None:
        self.told: list[Taken] = []
        self.passings: dict[Where, array[int]] = {}
        self.controls: array[int] = array("q")
        self.targets: dict[str, str] = {}
        """What each record that names another one names, by ids."""

    def take(self, rows: Iterable[tuple[int, str, str, bytes]]) -> None:
        """Sort these rows."""
        passings, told = self.passings, self.told
        for position, kind, identity, data in rows:
            if kind == PASSING:  # nine records of ten: nothing else of them is decoded here
                where = place_of(data)
                try:
                    passings[where.stage, where.point].append(position)
                except KeyError:
                    passings[where.stage, where.point] = array("q", [position])
            elif kind == CONTROL:
                self.controls.append(position)
            elif kind in READ:
                value = decode(data)
                told.append(Taken(position, identity, value))
                if target := getattr(value, "target", ""):
                    self.targets[identity] = target

    def at(self, points: Mapping[str, Iterable[str]]) -> list[int]:
        """The positions of the passings at these points, by stage."""
        return sorted(
            position
            for stage, several in points.items()
            for point in several
            for position in self.passings.get((stage, point), ())
        )

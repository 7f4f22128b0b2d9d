"""Saved answers of an invented rally, as the WRC live timing gives them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ledger.intake.batch import take_in
from ledger.intake.lines import BadLine, Line, Note, Whole
from ledger.intake.live_timing.saved import saved_in
from ledger.intake.live_timing.wrc import read_wrc_live
from ledger.log import Ledger, Log
from ledger.times import Instant, parse_instant
from ledger.vocabulary import Occurrence
from projections.rules.templates import template
from projections.state.facts import fold
from projections.state.rally import RallyState
from tests.conftest import Ticking

Kind = TypeVar("Kind", bound=Occurrence)
HOURS = "2019-01-25T{:02}:00:00+01:00"
FIRST = 9
LATER = parse_instant("2026-11-29T12:00+01:00").ms
"""When the answers are taken in, years after the rally."""


class Control(NamedTuple):
    """A control of the itinerary; `stage` is the number of the one that the service names."""

    code: str
    stage: int | None = None


class Section(NamedTuple):
    """A section of the itinerary with the numbers of its stages."""

    controls: tuple[Control, ...]
    stages: tuple[int, ...]


class Answers:
    """The saved answers of a rally: stage n is started at (9 + n) o'clock, and has the id 10 + n.

    The controls have the ids 101, 102 … in their order; crew n has the number 100 + n.
    """

    def __init__(self, folder: Path, *sections: Section, crews: int = 3) -> None:
        self.folder = folder
        self.sections = sections
        self.crews = crews
        self.stages = [stage for section in sections for stage in section.stages]
        self.statuses = dict.fromkeys(self.stages, "Completed")
        self.times: dict[int, list[dict[str, Any]]] = {each: [] for each in self.stages}
        self.splits: dict[int, list[dict[str, Any]]] = {each: [] for each in self.stages}
        self.points: dict[int, list[dict[str, Any]]] = {each: [] for each in self.stages}
        self.penalties: list[dict[str, Any]] = []
        self.retirements: list[dict[str, Any]] = []
        self.event = 7
        self.day = "2019-01-25"

    @property
    def controls(self) -> dict[str, int]:
        """The id of each control by its code."""
        codes = [each.code for section in self.sections for each in section.controls]
        return {code: 101 + place for place, code in enumerate(codes)}

    def finish(self, stage: int, crew: int, minutes: int, start: str = "") -> None:
        """A crew has a time on a stage, measured since a start that the splits know."""
        self.assess(stage, crew, minutes, "Default")
        self.passes(stage, crew, "", start or HOURS.format(FIRST + stage))

    def assess(self, stage: int, crew: int, minutes: int, source: str | None = "Assessed") -> None:
        """A crew is given a time."""
        self.times[stage].append(
            {
                "stageTimeId": 1000 * (10 + stage) + crew,
                "entryId": crew,
                "elapsedDurationMs": minutes * 60_000,
                "source": source,
            }
        )

    def passes(self, stage: int, crew: int, at: str, start: str = "") -> None:
        """A crew is seen at the one split point of a stage."""
        self.splits[stage].append(
            {
                "splitPointTimeId": 1000 * (10 + stage) + crew,
                "splitPointId": 10 + stage,
                "entryId": crew,
                "startDateTimeLocal": start or None,
                "splitDateTimeLocal": at or None,
            }
        )

    def penalise(self, crew: int, control: str | int | None) -> None:
        """A crew is penalised at a control: one of the itinerary, of another number, or none."""
        self.penalties.append(
            {
                "penaltyId": len(self.penalties) + 1,
                "entryId": crew,
                "penaltyDurationMs": 10_000,
                "controlId": self.controls[control] if isinstance(control, str) else control,
            }
        )

    def retire(self, crew: int, control: str, at: str | None, status: str = "Permanent") -> None:
        """A crew is reported retired at a control."""
        self.retirements.append(
            {
                "retirementId": len(self.retirements) + 1,
                "entryId": crew,
                "status": status,
                "controlId": self.controls[control],
                "retirementDateTimeLocal": at,
            }
        )

    def itinerary(self) -> dict[str, Any]:
        """The itinerary as the service gives it."""
        ids = self.controls
        sections = [
            {
                "controls": [
                    {
                        "controlId": ids[each.code],
                        "code": each.code,
                        "stageId": None if each.stage is None else 10 + each.stage,
                        "type": "TimeControl",
                    }
                    for each in section.controls
                ],
                "stages": [
                    {
                        "stageId": 10 + stage,
                        "number": stage,
                        "code": f"SS{stage}",
                        "status": self.statuses[stage],
                    }
                    for stage in section.stages
                ],
            }
            for section in self.sections
        ]
        legs = [{"legDate": self.day, "itinerarySections": sections}]
        return {"eventId": self.event, "itineraryLegs": legs}

    def save(self) -> Path:
        """Write them; the folder."""
        rally = self.folder / f"events/{self.event}/rallies/1"
        self._save(rally / "itinerary.json", self.itinerary())
        entries = [{"entryId": crew, "identifier": 100 + crew} for crew in range(1, self.crews + 1)]
        self._save(rally / "entries.json", entries)
        self._save(rally / "penalties.json", self.penalties)
        self._save(rally / "retirements.json", self.retirements)
        for stage in self.stages:
            folder = rally.parents[1] / f"stages/{10 + stage}"
            self._save(folder / "stagetimes.json", self.times[stage])
            self._save(folder / "splittimes.json", self.splits[stage])
            self._save(folder.with_suffix(".json"), {"splitPoints": self.points[stage]})
        return self.folder

    def _save(self, path: Path, answer: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(answer))

    def delivery(self) -> list[Line | BadLine | Note | Whole]:
        """What the intake makes of them."""
        return read(self.save())

    def occurrences(self, kind: type[Kind]) -> list[Kind]:
        """The occurrences of a type."""
        lines = [each.occurrence for each in self.delivery() if isinstance(each, Line)]
        return [each for each in lines if isinstance(each, kind)]

    def instants(self, kind: type[Occurrence]) -> list[tuple[str, str, bool]]:
        """Of each occurrence of a type: number, local time, and whether it is assumed."""
        return [
            (getattr(each, "number", ""), each.fact_at.iso()[11:16], each.fact_assumed)
            for each in self.occurrences(kind)
            if each.fact_at is not None
        ]

    def log(self) -> Log:
        """The log of the rally with the answers taken in."""
        log = Ledger(str(self.folder.parent / "rally.db"), Ticking(LATER)).log("oasis-2019")
        take_in(log, self.delivery(), self.folder.parent / "quarantine.jsonl")
        return log

    def state(self, until: str = "") -> RallyState:
        """The state of the rally with what had happened by a local time of its day."""
        facts = fold(self.log().read())
        return RallyState(facts.facts(at(until).ms if until else None))


def at(time: str) -> Instant:
    """A local time of the day of the rally."""
    return parse_instant(f"2019-01-25T{time}+01:00")


def read(folder: Path, rulebook: str = "wrc-2019") -> list[Line | BadLine | Note | Whole]:
    """What the intake makes of the answers in a folder."""
    found = read_wrc_live(saved_in(folder), template(rulebook), Instant(LATER, 0))
    return list(found)

"""Live timing of the WRC: which instants the intake gives to what has none, or a late one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.intake.lines import Line
from ledger.intake.live_timing.wrc import read_wrc_live
from ledger.times import Instant
from ledger.vocabulary import Occurrence, PenaltyGiven, RetirementReported, StageTimeRecorded
from projections.rules.templates import template

START, SECOND = "2019-01-25T10:00:00+01:00", "2019-01-25T11:00:00+01:00"
STAGES = {11: "SS1", 12: "SS2"}
CONTROLS = {101: ("SF1", 11), 102: ("SF2", 12), 103: ("TC1A", None)}


class Answers:
    """The saved answers of a rally of two stages, SS1 from 10:00 and SS2 from 11:00."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "oasis"
        self.times: dict[int, list[dict[str, Any]]] = {11: [], 12: []}
        self.splits: dict[int, list[dict[str, Any]]] = {11: [], 12: []}
        self.penalties: list[dict[str, Any]] = []
        self.retirements: list[dict[str, Any]] = []

    def finish(self, stage: int, crew: int, minutes: int, start: str = "") -> None:
        """A crew has a time on a stage, measured since a start that the splits know."""
        self._time(stage, crew, minutes, "Default")
        self.passes(stage, crew, "", start or {11: START, 12: SECOND}[stage])

    def assess(self, stage: int, crew: int, minutes: int) -> None:
        """A crew is given a time."""
        self._time(stage, crew, minutes, "Assessed")

    def _time(self, stage: int, crew: int, minutes: int, source: str) -> None:
        self.times[stage].append(
            {
                "stageTimeId": 1000 * stage + crew,
                "entryId": crew,
                "elapsedDurationMs": minutes * 60_000,
                "source": source,
            }
        )

    def passes(self, stage: int, crew: int, at: str, start: str = "") -> None:
        """A crew is seen at the one split point of a stage."""
        self.splits[stage].append(
            {
                "splitPointTimeId": 1000 * stage + crew,
                "splitPointId": stage,
                "entryId": crew,
                "startDateTimeLocal": start or None,
                "splitDateTimeLocal": at or None,
            }
        )

    def penalise(self, crew: int, control: int) -> None:
        """A crew is penalised at a control."""
        identity = len(self.penalties) + 1
        self.penalties.append(
            {
                "penaltyId": identity,
                "entryId": crew,
                "penaltyDurationMs": 10_000,
                "controlId": control,
            }
        )

    def retire(self, crew: int, control: int, at: str | None) -> None:
        """A crew is reported retired for good at a control."""
        self.retirements.append(
            {
                "retirementId": len(self.retirements) + 1,
                "entryId": crew,
                "status": "Permanent",
                "controlId": control,
                "retirementDateTimeLocal": at,
            }
        )

    def read(self, kind: type[Occurrence]) -> list[tuple[str, str, bool]]:
        """What the intake makes of them: number, local time, and whether it is assumed."""
        rally = self.folder / "events/1/rallies/1"
        controls = [
            {"controlId": identity, "code": code, "stageId": stage, "type": "FlyingFinish"}
            for identity, (code, stage) in CONTROLS.items()
        ]
        stages = [
            {"stageId": identity, "number": identity - 10, "code": code, "status": "Completed"}
            for identity, code in STAGES.items()
        ]
        sections = [{"controls": controls, "stages": stages}]
        self._save(rally / "itinerary.json", {"itineraryLegs": [{"itinerarySections": sections}]})
        entries = [{"entryId": crew, "identifier": 100 + crew} for crew in (1, 2, 3)]
        self._save(rally / "entries.json", entries)
        self._save(rally / "penalties.json", self.penalties)
        self._save(rally / "retirements.json", self.retirements)
        for stage in STAGES:
            self._save(rally.parents[1] / f"stages/{stage}/stagetimes.json", self.times[stage])
            self._save(rally.parents[1] / f"stages/{stage}/splittimes.json", self.splits[stage])
        _, delivery = read_wrc_live(self.folder, template("wrc-2019"), Instant(0, 60))
        lines = (line.occurrence for line in delivery if isinstance(line, Line))
        return [
            (getattr(each, "number", ""), each.fact_at.iso()[11:16], each.fact_assumed)
            for each in lines
            if isinstance(each, kind) and each.fact_at is not None
        ]

    def _save(self, path: Path, answer: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(answer))


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """101 and 102 finished SS1 at 10:10 and 10:20, and SS2 at 11:10 and 11:20."""
    saved = Answers(tmp_path)
    for stage in STAGES:
        saved.finish(stage, 1, 10)
        saved.finish(stage, 2, 20)
    return saved


def test_an_assessed_time_stands_at_the_last_known_finish(answers: Answers) -> None:
    """Its start plus an allocated time would be no finish."""
    answers.assess(11, 3, 55)
    answers.passes(11, 3, "", START)

    assert ("103", "10:20", True) in answers.read(StageTimeRecorded)


def test_a_penalty_belongs_to_the_end_of_its_stage(answers: Answers) -> None:
    """One at a control after the service belongs to the next stage."""
    answers.penalise(1, 101)
    answers.penalise(2, 103)

    assert [("101", "10:20", True), ("102", "11:20", True)] == answers.read(PenaltyGiven)


def test_a_retirement_happened_by_the_end_of_its_stage(answers: Answers) -> None:
    """Reports come in when the field has long gone on; one that came in earlier says when."""
    answers.retire(1, 101, "2019-01-25T12:45:00+01:00")
    answers.retire(2, 102, "2019-01-25T11:15:00+01:00")
    answers.retire(3, 102, None)

    assert [
        ("101", "10:20", True),
        ("102", "11:15", False),
        ("103", "11:20", True),
    ] == answers.read(RetirementReported)


def test_a_crew_that_was_seen_later_had_not_retired_before(answers: Answers) -> None:
    """It has no time for the stage, so it may be on it when the last one has finished."""
    answers.passes(11, 3, "2019-01-25T10:50:00+01:00", START)
    answers.retire(3, 101, "2019-01-25T12:45:00+01:00")

    assert [("103", "10:50", True)] == answers.read(RetirementReported)


def test_a_straggler_does_not_keep_a_stage_open(answers: Answers) -> None:
    """It finishes SS1 when the others have finished SS2; what belongs to SS1 comes before that."""
    answers.finish(11, 3, 120)
    answers.penalise(1, 101)

    assert ("103", "12:00", False) in answers.read(StageTimeRecorded)
    assert [("101", "11:20", True)] == answers.read(PenaltyGiven)

"""Live timing of the WRC: which instants the intake gives to what has none, or a late one."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Unreadable
from ledger.intake.batch import Report, take_in
from ledger.intake.lines import BadLine, Line, Note
from ledger.intake.live_timing import figures
from ledger.intake.live_timing.announced import along
from ledger.intake.live_timing.answers import SplitPoint
from ledger.intake.statements import AsCorrections
from ledger.log import Ledger, Log
from ledger.times import Instant
from ledger.vocabulary import (
    CrewRestarted,
    PenaltyGiven,
    RetirementReported,
    StageTimeRecorded,
    WaypointPlaced,
    canonical,
)
from projections.control.anomalies import anomalies
from projections.state.facts import fold
from projections.state.recorded import Fact
from tests.conftest import Ticking
from tests.intake.answers import LATER, Answers, Control, Section, at, read

PLAN = Section((Control("SF1", 1), Control("SF2", 2), Control("TC1A")), (1, 2))


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """101 and 102 finished SS1 at 10:10 and 10:20, and SS2 at 11:10 and 11:20."""
    saved = Answers(tmp_path / "oasis", PLAN)
    for stage in saved.stages:
        saved.finish(stage, 1, 10)
        saved.finish(stage, 2, 20)
    return saved


def test_an_assessed_time_stands_at_the_last_known_finish(answers: Answers) -> None:
    """Its start plus an allocated time would be no finish."""
    answers.assess(1, 3, 55)
    answers.passes(1, 3, "", "2019-01-25T10:00:00+01:00")

    assert ("103", "10:20", True) in answers.instants(StageTimeRecorded)


def test_a_penalty_belongs_to_the_end_of_its_stage(answers: Answers) -> None:
    """One at a control after the service belongs to the next stage."""
    answers.penalise(1, "SF1")
    answers.penalise(2, "TC1A")

    assert [("101", "10:20", True), ("102", "11:20", True)] == answers.instants(PenaltyGiven)


def test_a_retirement_happened_by_the_end_of_its_stage(answers: Answers) -> None:
    """Reports come in when the field has long gone on; one that came in earlier says when."""
    answers.retire(1, "SF1", "2019-01-25T12:45:00+01:00")
    answers.retire(2, "SF2", "2019-01-25T11:15:00+01:00")
    answers.retire(3, "SF2", None)

    assert [
        ("101", "10:20", True),
        ("102", "11:15", False),
        ("103", "11:20", True),
    ] == answers.instants(RetirementReported)


def test_a_crew_that_was_seen_later_had_not_retired_before(answers: Answers) -> None:
    """It has no time for the stage, so it may be on it when the last one has finished."""
    answers.passes(1, 3, "2019-01-25T10:50:00+01:00")
    answers.retire(3, "SF1", "2019-01-25T12:45:00+01:00")

    assert [("103", "10:50", True)] == answers.instants(RetirementReported)


def test_a_straggler_does_not_keep_a_stage_open(answers: Answers) -> None:
    """It finishes SS1 when the others have finished SS2; what belongs to SS1 comes before that."""
    answers.finish(1, 3, 120)
    answers.penalise(1, "SF1")

    assert ("103", "12:00", False) in answers.instants(StageTimeRecorded)
    assert [("101", "11:20", True)] == answers.instants(PenaltyGiven)


# -- what the service says of a time ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "basis", "instant"),
    [
        ("Default", "measured", ("103", "10:55", False)),
        (None, "measured", ("103", "10:55", False)),
        ("Assessed", "assessed", ("103", "10:20", True)),
        ("Notional", "notional", ("103", "10:20", True)),
        ("notional ", "notional", ("103", "10:20", True)),
        ("Guessed", "assessed", ("103", "10:20", True)),
    ],
)
def test_only_a_measured_time_has_a_finish(
    source: str | None, basis: str, instant: tuple[str, str, bool], answers: Answers
) -> None:
    """An allocated one leads nowhere, and what nobody knows is not taken as measured."""
    answers.assess(1, 3, 55, source)
    answers.passes(1, 3, "", "2019-01-25T10:00:00+01:00")

    times = answers.occurrences(StageTimeRecorded)
    assert [basis] == [each.basis for each in times if each.number == "103"]
    assert instant in answers.instants(StageTimeRecorded)


def test_a_word_that_is_not_known_is_told(answers: Answers) -> None:
    """Once for an answer, with how often it stands there and how it was taken."""
    answers.assess(1, 3, 55, "Guessed")
    answers.assess(2, 3, 55, "Guessed")
    answers.times[2][0]["source"] = "Guessed"
    answers.retire(3, "SF2", None, "Abducted")
    told = [each for each in answers.delivery() if isinstance(each, Note)]
    assert [
        ("11/stagetimes.json", "The source 'Guessed' is not known: taken as assessed."),
        ("12/stagetimes.json", "The source 'Guessed' is not known: taken as assessed (2 of them)."),
        ("1/retirements.json", "The status 'Abducted' is not known: taken as not for good."),
    ] == [("/".join(Path(each.where).parts[-2:]), each.message) for each in told]
    assert not answers.occurrences(RetirementReported)[0].definitive


@pytest.mark.parametrize(
    ("given", "in_order"),
    [
        ([(1, 1, 4.5), (2, 2, 9.0), (3, 3, 12.0)], [1, 2, 3]),
        ([(1, 3, 12.0), (2, 1, 4.5), (3, 2, 9.0)], [2, 3, 1]),
        ([(1, 3, None), (2, 1, None), (3, 2, None)], [2, 3, 1]),
        ([(1, 3, 12.0), (2, 1, None), (3, 2, 9.0)], [2, 3, 1]),
        ([(1, 3, 0.0), (2, 1, 0.0), (3, 2, 0.0)], [2, 3, 1]),
        ([(1, 3, 5.0), (2, 1, 5.0), (3, 2, 5.0)], [2, 3, 1]),
        ([(1, 1, 9.0), (2, 2, 4.5)], [2, 1]),
        ([(1, None, 9.0), (2, None, 4.5)], [2, 1]),
        ([(1, None, None), (2, 2, None), (3, 1, None)], [3, 2, 1]),
        ([(2, None, None), (1, None, None)], [1, 2]),
        ([(1, 2, float("nan")), (2, 1, float("inf"))], [2, 1]),
    ],
)
def test_split_points_lie_as_they_are_passed(
    given: list[tuple[int, int | None, float | None]], in_order: list[int]
) -> None:
    """By distance, equal ones by number; where a distance is missing, by number alone."""
    points = [SplitPoint(identity, number, at) for identity, number, at in given]
    for several in (points, points[::-1]):
        assert in_order == [each.split_point_id for each in along(several)]


def test_split_points_without_distances_make_no_anomalies(tmp_path: Path) -> None:
    """Their ids may run against the road; their numbers do not."""
    answers = Answers(tmp_path / "oasis", PLAN)
    answers.points[1] = [
        {"splitPointId": 13 - number, "number": number, "distance": None} for number in (1, 2)
    ]
    for crew in (1, 2, 3):
        for number in (1, 2):
            answers.passes(1, crew, at(f"10:0{number}:00").iso(), at("10:00:00").iso())
            said = answers.splits[1][-1]
            said["splitPointId"], said["elapsedDurationMs"] = 13 - number, number * 60_000
            said["splitPointTimeId"] += 100 * number
    state = answers.state()
    assert [] == [each.message for each in anomalies(state)]
    assert [("12", 1), ("11", 2)] == [
        (each.point, each.order) for each in answers.occurrences(WaypointPlaced)
    ]


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("PT1M33.1S", 93_100),
        ("PT10S", 10_000),
        ("PT1H2M", 3_720_000),
        ("00:19:45.8000000", 1_185_800),
        ("1:00:00", 3_600_000),
        ("PT", None),
        ("soon", None),
        (None, None),
    ],
)
def test_durations_that_are_only_written_out(text: str | None, milliseconds: int | None) -> None:
    """As some seasons give them."""
    assert milliseconds == figures.duration_ms(None, text)
    assert 7 == figures.duration_ms(7, text)


def test_an_instant_that_is_only_given_in_utc(answers: Answers) -> None:
    """As some seasons give them; no offset is made up."""
    answers.retire(3, "SF2", None)
    answers.retirements[0]["retirementDateTime"] = "2019-01-25T10:05:00Z"
    (said,) = answers.occurrences(RetirementReported)
    assert said.fact_at is not None
    assert ("2019-01-25T10:05:00+00:00", False) == (said.fact_at.iso(), said.fact_assumed)
    answers.retirements[0]["retirementDateTimeLocal"] = "2019-01-25"
    assert answers.occurrences(RetirementReported) == [said]


# -- what is only assumed --------------------------------------------------------------------------


def taken_in(answers: Answers, *, correct: bool = False) -> tuple[Log, Report]:
    """The answers as they are now, taken in on top of what was; what differs corrected, if so."""
    log = Ledger(str(answers.folder.parent / "rally.db"), Ticking(LATER)).log("oasis-2019")
    how = AsCorrections("as saved again", "Ann", "results-office", Instant(LATER, 0))
    quarantine = answers.folder.parent / "quarantine.jsonl"
    given = how if correct else None
    return log, take_in(log, answers.delivery(), quarantine, corrections=given)


def known_instants(log: Log) -> list[tuple[str, Instant | None]]:
    """The instants on record that are not assumed: of finishes, retirements and restarts."""
    facts = fold(log.read()).facts()
    found: list[Fact[StageTimeRecorded | RetirementReported | CrewRestarted]] = [
        *facts.of(StageTimeRecorded),
        *facts.of(RetirementReported),
        *facts.of(CrewRestarted),
    ]
    said = [each.value for each in found if not each.value.fact_assumed]
    return [(each.number, each.fact_at) for each in said]


@pytest.mark.parametrize("correct", [False, True])
def test_what_is_only_assumed_neither_differs_from_what_is_known_nor_replaces_it(
    correct: bool, answers: Answers
) -> None:
    """A later answer without splits: no instant of it is better than those on record."""
    answers.retire(1, "SF1", "2019-01-25T10:15:00+01:00", "Rejoined")
    answers.retire(3, "SF2", "2019-01-25T11:19:00+01:00")
    answers.penalise(2, "SF1")
    log, first = taken_in(answers)
    known = known_instants(log)
    assert 7 == len(known)
    answers.splits = {stage: [] for stage in answers.stages}
    log, again = taken_in(answers, correct=correct)

    assert [] == again.problems
    assert (0, first.read - 8) == (again.appended, again.already_known)
    assert known == known_instants(log)


def test_a_time_that_differs_is_corrected_and_keeps_its_known_finish(answers: Answers) -> None:
    """The time is news; that its instant is now assumed is not."""
    log, _ = taken_in(answers)
    answers.splits = {stage: [] for stage in answers.stages}
    answers.times[1][0]["elapsedDurationMs"] += 1000
    _, told = taken_in(answers)
    (problem,) = told.problems
    assert problem.reason.endswith("elapsed_ms was 0:10:00, is 0:10:01")
    log, _ = taken_in(answers, correct=True)
    times = [each.value for each in fold(log.read()).facts().of(StageTimeRecorded)]
    assert [(601_000, "10:10", False)] == [
        (each.elapsed_ms, each.fact_at.iso()[11:16], each.fact_assumed)
        for each in times
        if each.elapsed_ms % 60_000 and each.fact_at
    ]


# -- what can't be read ----------------------------------------------------------------------------

WRONG: tuple[Any, ...] = (
    *(None, "", "x", -1, 0, 10**30, 1.5, True, [], {}, [None], [[]], [{}], "\ud800", "\x00"),
    *("a" * 5000, float("nan"), float("inf"), "0001-01-01T00:00:00+23:59", "99", ...),
)
"""What may stand where something else should; ... is nothing at all."""


def places(answer: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in an answer, the answer itself first; of a list, to the first two."""
    yield path
    listed = dict(enumerate(answer[:2])) if isinstance(answer, list) else {}
    for key, value in (answer if isinstance(answer, dict) else listed).items():
        yield from places(value, (*path, key))


def changed(answer: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The answer with another value at a place."""
    if not path:
        return None if value is ... else value
    within = dict(answer) if isinstance(answer, dict) else list(answer)
    if len(path) == 1 and value is ...:
        del within[path[0]]
    else:
        within[path[0]] = changed(within[path[0]], path[1:], value)
    return within


@pytest.mark.slow
def test_whatever_stands_in_an_answer_is_read_or_told(answers: Answers) -> None:
    """Every value of every answer is missing once, null, or of another kind: the rest is read.

    Only an itinerary or entries that can't be read at all, and a rally without a day, are refused.
    """
    answers.penalise(1, "SF1")
    answers.retire(3, "TC1A", "2019-01-25T12:45:00+01:00", "Rejoined")
    answers.points[1] = [{"splitPointId": 11, "number": 1, "distance": 4.5}]
    answers.stages = [1]
    answers.sections = (Section(PLAN.controls, (1,)),)
    whole, tried, told = answers.delivery(), 0, 0
    refused = Counter[str]()
    for file in sorted(answers.folder.rglob("*.json")):
        text = file.read_text()
        saved = json.loads(text)
        for path in places(saved):
            for value in WRONG:
                file.write_text(json.dumps(changed(saved, path, value)))
                tried += 1
                try:
                    found = read(answers.folder)
                except Unreadable as error:
                    refused[file.name] += bool(error.message)
                else:
                    assert len(found) <= len(whole) + 2
                    assert all(canonical(each.occurrence) for each in found if type(each) is Line)
                    told += any(isinstance(each, BadLine) for each in found)
        file.write_text(text)
    assert tried > 1500
    assert told > tried / 4
    assert refused.keys() == {"itinerary.json", "entries.json"}
    assert refused.total() < tried / 8


@pytest.mark.parametrize("content", ["", " ", "null", "[", "{}", "7", "\x00", "[null]", None])
def test_every_answer_may_be_broken(content: str | None, answers: Answers) -> None:
    """It is kept with the reason, or told; nothing but entries and itinerary is needed."""
    answers.penalise(1, "SF1")
    answers.retire(3, "TC1A", None)
    answers.save()
    files = sorted(answers.folder.rglob("*.json"))
    assert 10 == len(files)
    for file in files:
        text = file.read_text()
        file.unlink() if content is None else file.write_text(content)
        listed = file.name == "entries.json" and content not in ("", "null", "{}", "[null]")
        if listed or file.name == "itinerary.json":
            with pytest.raises(Unreadable):
                read(answers.folder)
        else:
            assert read(answers.folder)
        file.write_text(text)


# -- what nobody may read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["penalties.json", "stagetimes.json", "11.json", "retirements.json"]
)
def test_a_file_that_nobody_may_read_is_told(
    answers: Answers, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its name and why; the rest is taken in."""
    usual, exists = os.open, Path.exists

    def refuse(path: Path) -> None:
        if path.name == name:
            raise PermissionError(13, "Permission denied")

    def opened(path: Any, *how: Any, **named: Any) -> int:
        refuse(Path(path))
        return usual(path, *how, **named)

    def there(path: Path, **how: Any) -> bool:
        refuse(path)
        return exists(path, **how)

    answers.save()
    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(Path, "exists", there)
    told = [each.reason for each in read(answers.folder) if isinstance(each, BadLine)]
    assert told
    assert {"can't be read: Permission denied."} == set(told)

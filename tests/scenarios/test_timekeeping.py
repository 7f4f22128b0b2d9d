"""Timekeeping: several records of one time, corrections and voids, and what was known when."""

from __future__ import annotations

from tests.spec import Case


def test_a_mistyped_time_is_corrected() -> None:
    """4:57:46 was keyed as 4:47:46: now it is right, and what was known at 18:00 still shows."""
    case = Case()
    case.enter("102", "104")
    case.times("SS1", _104="4:50:00")
    wrong = case.record("StageTimeRecorded", number="102", stage="SS1", elapsed_ms="4:47:46")
    known = len(case.records)
    case.record("Corrected", target=wrong, changes={"elapsed_ms": 17_866_000}, reason="mistyped")

    assert case.overall() == ["1 104 4:50:00", "2 102 4:57:46"]
    assert case.overall(known_at=known) == ["1 102 4:47:46", "2 104 4:50:00"]


def test_voiding_a_correction_restores_what_it_corrected() -> None:
    """The correction was wrong: voiding it brings the first value back; a void may be voided."""
    case = Case()
    case.enter("102")
    time = case.record("StageTimeRecorded", number="102", stage="SS1", elapsed_ms="1:00:00")
    correction = case.record("Corrected", target=time, changes={"elapsed_ms": 7_200_000})
    void = case.record("Voided", target=correction)
    assert case.overall() == ["1 102 1:00:00"]
    case.record("Voided", target=void)

    assert case.overall() == ["1 102 2:00:00"]


def test_two_corrections_side_by_side_are_a_fork() -> None:
    """Two sites corrected the same time: the later one counts, and the fork is shown."""
    case = Case()
    case.enter("102")
    time = case.record("StageTimeRecorded", number="102", stage="SS1", elapsed_ms="1:00:00")
    case.record("Corrected", target=time, changes={"elapsed_ms": 7_200_000})
    case.record("Corrected", target=time, changes={"elapsed_ms": 10_800_000})

    assert case.overall() == ["1 102 3:00:00"]
    assert case.anomalies() == ["fork"]


def test_two_records_of_one_passing() -> None:
    """The organiser's time stands over the one by hand; both stay, and the difference is shown."""
    case = Case(timing__tolerance_ms=5000, timing__sources=("official", "gps", "hand"))
    case.enter("102")
    case.record("StageTimeRecorded", source="hand", number="102", stage="SS1", elapsed_ms="1:00:00")
    case.record("PassingRecorded", source="gps", number="102", stage="SS1", elapsed_ms="1:00:13")

    assert case.stage("SS1") == ["1 102 1:00:13"]
    assert case.flags("102", "SS1") == ("under-verification",)
    assert case.anomalies() == ["sources-differ"]


def test_a_time_from_start_and_finish_instants() -> None:
    """Started in Ufa (+05:00), finished in Kostanay (+06:00): the net time does not care."""
    case = Case()
    case.enter("102")
    case.record("StageStarted", "2016-07-11T08:00:00+05:00", number="102", stage="SS1")
    case.record("PassingRecorded", "2016-07-11T11:30:05+06:00", number="102", stage="SS1")

    assert case.stage("SS1") == ["1 102 2:30:05"]


def test_a_late_record() -> None:
    """A slip found in the evening tells of the afternoon: known then, and true then, differ."""
    case = Case()
    case.enter("101", "102")
    case.times("SS1", "2016-07-11T15:00+03:00", _101="2:00:00")
    known = len(case.records)
    case.times("SS1", "2016-07-11T15:04+03:00", _102="1:59:00")

    afternoon = "2016-07-11T16:00+03:00"
    assert case.overall(effective_at=afternoon) == ["1 102 1:59:00", "2 101 2:00:00"]
    assert case.overall(known_at=known) == ["1 101 2:00:00"]
    assert case.overall(effective_at=afternoon, known_at=known) == ["1 101 2:00:00"]
    assert case.overall(effective_at="2016-07-11T12:00+03:00") == []


def test_a_falling_time_is_an_anomaly() -> None:
    """An elapsed time that falls along the waypoints is recorded, and shown."""
    case = Case()
    case.enter("102")
    for order, (point, elapsed) in enumerate((("CP1", "1:00:00"), ("CP2", "0:50:00")), 1):
        case.record("WaypointPlaced", stage="SS1", point=point, order=order, category="cars")
        case.record("PassingRecorded", number="102", stage="SS1", point=point, elapsed_ms=elapsed)

    assert "falling-time" in case.anomalies()


def test_one_delivery_twice_is_one() -> None:
    """The same penalty imported at two sites counts once; other content under its key is shown."""
    case = Case()
    case.enter("102")
    case.times("SS1", _102="1:00:00")
    said = {"number": "102", "stage": "SS1", "amount_ms": "0:10:00"}
    case.record("PenaltyGiven", seq="p/1", **said)
    case.record("PenaltyGiven", seq="p/1", **said)
    assert case.overall() == ["1 102 1:10:00"]
    case.record("PenaltyGiven", seq="p/1", **{**said, "amount_ms": "0:20:00"})

    assert case.overall() == ["1 102 1:10:00"]
    assert case.anomalies() == ["source-conflict"]


def test_equal_totals_share_a_place() -> None:
    """1, 1, 3: the next place after two firsts is the third."""
    case = Case()
    case.enter("101", "102", "103")
    case.times("SS1", _101="1:00:00", _102="1:00:00", _103="1:00:01")

    assert case.overall() == ["1 101 1:00:00", "1 102 1:00:00", "3 103 1:00:01"]


def test_a_tie_that_the_rulebook_breaks() -> None:
    """Where the rules say so, the better time on the first stage decides."""
    case = Case(ties__chain=("stage-times",))
    case.enter("101", "102")
    case.times("SS1", _101="1:01:00", _102="1:00:00")
    case.times("SS2", _101="1:00:00", _102="1:01:00")

    assert case.overall() == ["1 102 2:01:00", "2 101 2:01:00"]


def test_nothing_at_all() -> None:
    """An empty field, everything cancelled, one car: no answer fails."""
    case = Case()
    assert (case.overall(), case.retired(), case.counts().entered) == ([], [], 0)
    case.enter("101")
    case.times("SS1", _101="0:00:00")
    assert case.overall() == ["1 101 0:00:00"]
    case.record("StageCancelled", stage="SS1")

    assert (case.overall(), case.stage("SS1")) == ([], [])


def test_one_correction_delivered_at_two_sites_is_one() -> None:
    """Two sites import the same sheet and its correction; merged, nothing is in conflict."""
    case = Case()
    case.enter("102")
    said = {"number": "102", "stage": "SS1", "elapsed_ms": "1:00:00"}
    for _ in range(2):
        time = case.record("StageTimeRecorded", seq="t/1", **said)
        changes = {"elapsed_ms": 7_200_000}
        case.record("Corrected", seq="t/1 ~1", target=time, changes=changes)

    assert ["1 102 2:00:00"] == case.overall()
    assert [] == case.anomalies()

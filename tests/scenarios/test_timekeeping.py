"""Timekeeping: several records of one time, corrections and voids, and what was known when."""

from __future__ import annotations

from typing import Any

from ledger.times import parse_instant
from projections.registry import PROJECTIONS
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


def test_a_correction_that_makes_no_sense() -> None:
    """An instant that is none: it is shown and read aloud like any other, and changes nothing."""
    case = Case()
    case.enter("102")
    time = case.record("StageTimeRecorded", number="102", stage="SS1", elapsed_ms="1:00:00")
    case.record("Corrected", target=time, changes={"fact_at": [7]})

    assert ["1 102 1:00:00"] == case.overall()
    assert ["impossible-correction"] == case.anomalies()
    assert case.records[-1][1].words().endswith("was corrected: fact_at = 7.")


def test_two_records_of_one_passing() -> None:
    """The organiser's time stands over the one by hand; both stay, and the difference is shown."""
    case = Case(timing__tolerance_ms=5000, timing__sources=("official", "gps", "hand"))
    case.enter("102")
    case.record("StageTimeRecorded", source="hand", number="102", stage="SS1", elapsed_ms="1:00:00")
    case.record("PassingRecorded", source="gps", number="102", stage="SS1", elapsed_ms="1:00:13")

    assert case.stage("SS1") == ["1 102 1:00:13"]
    assert case.flags("102", "SS1") == ("under-verification",)
    assert case.anomalies() == ["sources-differ"]


def test_a_ruling_on_which_record_counts() -> None:
    """GPS 15:04:11, hand 15:03:58: the rules say the GPS, a first ruling too, the next the hand.

    Whatever counts, both records stay and are named with the time; a voided ruling rules nothing.
    """
    case = Case("cross-country", timing__tolerance_ms=5000)
    case.enter("102")
    case.record("StageStarted", "2016-07-11T12:00+03:00", number="102", stage="SS1")
    finish = {"number": "102", "stage": "SS1"}
    gps = case.record("PassingRecorded", "2016-07-11T15:04:11+03:00", "gps", **finish)
    hand = case.record("PassingRecorded", "2016-07-11T15:03:58+03:00", "hand", **finish)
    assert ["1 102 3:04:11"] == case.stage("SS1")
    assert ("under-verification",) == case.flags("102", "SS1")
    case.record("TimeDetermined", "2016-07-11T18:00+03:00", target=gps, **finish)
    assert (["1 102 3:04:11"], ()) == (case.stage("SS1"), case.flags("102", "SS1"))
    known = len(case.records)
    again = case.record("TimeDetermined", "2016-07-11T20:00+03:00", target=hand, **finish)

    assert (["1 102 3:03:58"], ()) == (case.stage("SS1"), case.flags("102", "SS1"))
    assert {gps, hand} == set(case.state().values["SS1", "102"].ids)
    assert ["1 102 3:04:11"] == case.stage("SS1", known_at=known)
    case.record("Voided", target=again)
    assert ["1 102 3:04:11"] == case.stage("SS1")


def test_a_wrong_car_number_is_reassigned() -> None:
    """The finish noted as 102's was 120's: one car loses a finish, the other gains it."""
    case = Case()
    case.enter("102", "120")
    case.times("SS1", "2016-07-11T12:00+03:00", _102="1:00:00", _120="1:00:10")
    noted = case.record(
        "PassingRecorded", "2016-07-12T12:00+03:00", number="102", stage="SS2", elapsed_ms="2:00:00"
    )
    known = len(case.records)
    assert ["1 102 3:00:00"] == case.overall()
    case.record("Corrected", target=noted, number="102", stage="SS2", changes={"number": "120"})

    assert ["1 120 3:00:10"] == case.overall()
    assert ["102 running SS2"] == case.unclassified("SS2")
    assert ["1 102 3:00:00"] == case.overall(known_at=known)
    noon = "2016-07-11T18:00+03:00"
    assert ["1 102 1:00:00", "2 120 1:00:10"] == case.overall(effective_at=noon)


def test_the_clock_at_the_finish_was_fast() -> None:
    """From 13:00 to 15:30 it showed seven seconds too much: one declaration moves all of these.

    Who finished before, and what the GPS says, stays; voided, everything is as it was.
    """
    case = Case("cross-country", timing__tolerance_ms=10_000)
    case.enter("101", "102", "103", "104")
    shown = {"101": "12:59:59", "102": "13:00:00", "103": "15:30:00"}
    for number in ("101", "102", "103", "104"):
        case.record("StageStarted", "2016-07-11T10:00+03:00", number=number, stage="SS1")
    for number, time in shown.items():
        seen = {"number": number, "stage": "SS1"}
        case.record("PassingRecorded", f"2016-07-11T{time}+03:00", "beam", **seen)
    case.record("PassingRecorded", "2016-07-11T14:00+03:00", "gps", number="104", stage="SS1")
    before = case.stage("SS1")
    clock: dict[str, Any] = {"kind": "beam", "stage": "SS1", "ahead_ms": 7000}
    since, until = "2016-07-11T13:00+03:00", "2016-07-11T15:30+03:00"
    offset = case.record(
        "ClockOffsetDeclared", since_at=parse_instant(since), until_at=parse_instant(until), **clock
    )

    assert ["1 102 2:59:53", "2 101 2:59:59", "3 104 4:00:00", "4 103 5:29:53"] == case.stage("SS1")
    assert before == case.stage("SS1", known_at=len(case.records) - 1)
    case.record("Voided", target=offset)
    assert ["1 101 2:59:59", "2 102 3:00:00", "3 104 4:00:00", "4 103 5:30:00"] == case.stage("SS1")


def test_an_unreliable_tracker() -> None:
    """The GPS is not to be believed on SS1: the hand counts; a ruling may name it all the same."""
    case = Case("cross-country")
    case.enter("102")
    case.record("StageTimeRecorded", source="hand", number="102", stage="SS1", elapsed_ms="1:00:00")
    gps = case.record("PassingRecorded", "", "gps", number="102", stage="SS1", elapsed_ms="0:50:00")
    assert ["1 102 0:50:00"] == case.stage("SS1")
    case.record("SourceDeclaredUnreliable", kind="gps", stage="SS1")
    assert ["1 102 1:00:00"] == case.stage("SS1")
    case.record("TimeDetermined", target=gps, number="102", stage="SS1")

    assert ["1 102 0:50:00"] == case.stage("SS1")


def test_time_is_given_back_for_helping() -> None:
    """14:13 beside a hurt rider make another winner in the evening; revoked, the first again.

    A time that was allocated includes what was given back.
    """
    case = Case("cross-country")
    case.enter("100", "104")
    case.times("SS1", "2017-01-10T15:00-04:00", _100="3:10:00", _104="3:00:00")
    road = case.stage("SS1")
    granted = case.record(
        "TimeCreditGranted",
        "2017-01-10T19:00-04:00",
        number="100",
        stage="SS1",
        amount_ms="0:14:13",
        helped="11",
    )

    assert ["1 100 2:55:47", "2 104 3:00:00"] == case.stage("SS1")
    assert ("credit",) == case.flags("100", "SS1")
    assert road == case.stage("SS1", known_at=len(case.records) - 1)
    assert road == case.stage("SS1", effective_at="2017-01-10T18:00-04:00")
    case.record("TimeCreditRevoked", "2017-01-11T08:00-04:00", target=granted, number="100")
    assert road == case.stage("SS1") == case.stage("SS1", effective_at="2017-01-10T20:00-04:00")
    case.record(
        "StageTimeRecorded", number="100", stage="SS1", elapsed_ms="3:05:00", basis="assessed"
    )
    case.record("TimeCreditGranted", number="100", stage="SS1", amount_ms="0:14:13")
    assert ["1 104 3:00:00", "2 100 3:05:00"] == case.stage("SS1")


def test_opening_the_route_earns_seconds() -> None:
    """Two hundred kilometres opened as the first, a hundred as the second: 300 s and 100 s."""
    case = Case("cross-country")
    case.enter("1", "2", category="moto")
    case.times("SS1", _1="3:00:00", _2="3:00:00")
    for number, rank, km in (("1", 1, 200), ("2", 2, 100), ("2", 4, 100)):
        opened: dict[str, Any] = {"number": number, "rank": rank, "distance_m": km * 1000}
        case.record("RouteOpened", stage="SS1", **opened)

    assert ["1 1 2:55:00", "2 2 2:58:20"] == case.stage("SS1")


def test_a_time_from_start_and_finish_instants() -> None:
    """Started in Ufa (+05:00), finished in Kostanay (+06:00): the net time does not care."""
    case = Case()
    case.enter("102")
    case.record("StageStarted", "2016-07-11T08:00:00+05:00", number="102", stage="SS1")
    case.record("PassingRecorded", "2016-07-11T11:30:05+06:00", number="102", stage="SS1")

    assert case.stage("SS1") == ["1 102 2:30:05"]


def test_a_late_record() -> None:
    """A slip found in the evening tells of the afternoon, and so does a read-out at 23:30.

    What was known at four, and how it truly stood at four by all that is known now, differ.
    """
    case = Case()
    case.enter("101", "102")
    case.times("SS1", "2016-07-11T15:00+03:00", _101="2:00:00")
    known = len(case.records)
    case.times("SS1", "2016-07-11T15:04+03:00", _102="1:59:00")

    case.record(
        "PenaltyGiven",
        "2016-07-11T15:04+03:00",
        recorded="2016-07-11T23:30+03:00",
        number="102",
        stage="SS1",
        amount_ms="0:00:30",
        kind="waypoint",
    )
    afternoon = "2016-07-11T16:00+03:00"
    assert case.overall(effective_at=afternoon) == ["1 102 1:59:30", "2 101 2:00:00"]
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
    case.records.append(case.records[-1])  # the very same packet once more
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


def test_stages_that_break_no_tie() -> None:
    """The super special is left out: the better time on the next stage decides."""
    case = Case("cross-country")
    case.plan("SS1", kind="super-special")
    case.enter("101", "102")
    case.times("SS1", _101="0:02:00", _102="0:02:10")
    case.times("SS2", _101="1:00:10", _102="1:00:00")

    assert ["1 102 1:02:10", "2 101 1:02:10"] == case.overall()


def test_a_dead_heat_that_the_stewards_let_stand() -> None:
    """Equal totals at the end: the first stage would decide, but the stewards let both win."""
    case = Case("cross-country")
    case.enter("101", "102", "103")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    case.times("SS2", _101="1:01:00", _102="1:00:00", _103="1:00:00")
    case.times("SS3", _101="1:00:00", _102="1:00:00", _103="0:59:00")
    assert ["1 101 3:01:00", "2 102 3:01:00", "3 103 3:01:00"] == case.overall()
    ruling = case.record("TieBreakDisapplied", numbers=["101", "102"], document="99")

    assert ["1 101 3:01:00", "1 102 3:01:00", "3 103 3:01:00"] == case.overall()
    case.record("Voided", target=ruling)
    assert "2 102 3:01:00" == case.overall()[1]


def test_a_renumbered_crew_keeps_what_it_did() -> None:
    """102 drives as 202 from SS2 on and then as 102 again: times, ruling and start go with it."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", "2016-07-11T12:00+03:00", _101="1:00:00", _102="1:01:00")
    case.record("TieBreakDisapplied", "2016-07-11T12:00+03:00", numbers=["101", "102"])
    slots = [{"place": 1, "number": "102", "due_at": parse_instant("2016-07-12T10:00+03:00")}]
    case.record("StartOrderPublished", "2016-07-11T20:00+03:00", stage="SS2", slots=slots)
    anew = {"number": "102", "new_number": "202"}
    case.record("NumberReallocated", "2016-07-12T08:00+03:00", **anew)
    case.record("PassingRecorded", "2016-07-12T11:00+03:00", number="202", stage="SS2")
    case.times("SS2", "2016-07-12T12:00+03:00", _101="1:01:00")

    assert ["1 101 2:01:00", "1 202 2:01:00"] == case.overall()
    assert ["1 202 10:00:00"] == case.start_order("SS2")
    assert ["1 101 1:00:00", "2 102 1:01:00"] == case.overall(effective_at="2016-07-11T20:00+03:00")
    back = {"number": "202", "new_number": "102"}
    case.record("NumberReallocated", "2016-07-13T08:00+03:00", **back)
    assert ["1 101 2:01:00", "1 102 2:01:00"] == case.overall()


def test_nothing_at_all() -> None:
    """An empty field, everything cancelled, one car: no answer fails, whatever is asked."""
    case = Case("cross-country")
    _all_answer(case)
    assert (case.overall(), case.retired(), case.counts().entered) == ([], [], 0)
    case.enter("101")
    case.times("SS1", _101="0:00:00")
    assert case.overall() == ["1 101 0:00:00"]
    case.record("StageCancelled", stage="SS1")

    assert (case.overall(), case.stage("SS1")) == ([], [])
    assert (case.counts().starters, case.counts().finishers) == (1, 0)
    _all_answer(case)


def _all_answer(case: Case) -> None:
    for answer in PROJECTIONS.values():
        answer(case.state())


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

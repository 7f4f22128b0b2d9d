"""Regulations over the days of a rally: the rule for a fact is the one of its time."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import Undefined
from tests.spec import Case


@pytest.fixture
def case() -> Case:
    """Two cars; a control after SS1 that is due an hour after the start of the liaison."""
    case = Case("cross-country")
    case.enter("101", "102")
    case.times("SS1", "2016-07-09T12:00+03:00", _101="1:00:00", _102="1:00:10")
    return case


def test_a_rule_amended_by_bulletin_during_the_rally(case: Case) -> None:
    """A minute late costs one minute; from noon on, ten. Who was late before noon pays the old."""
    late = {"control": "TC1", "stage": "SS1"}
    case.record(
        "ControlPassed",
        "2016-07-09T11:03+03:00",
        number="101",
        due_at=[1468051200000, 180],  # 11:00
        **late,
    )
    case.record(
        "ControlPassed",
        "2016-07-09T12:03+03:00",
        number="102",
        due_at=[1468054800000, 180],  # 12:00
        **late,
    )
    known = len(case.records)
    case.record(
        "BulletinIssued",
        "2016-07-09T12:00+03:00",
        recorded="2016-07-09T18:00+03:00",
        bulletin="3",
        parameters={"controls.late_ms_per_minute": 600_000},
    )

    assert ["101 SS1 0:03:00 late, in force", "102 SS1 0:30:00 late, in force"] == case.penalties()
    assert ["1 101 1:03:00", "2 102 1:30:10"] == case.overall()
    assert ["1 101 1:03:00", "2 102 1:03:10"] == case.overall(known_at=known)


def test_a_bulletin_from_a_stage_on_leaves_what_is_said_after_the_stages_before() -> None:
    """From SS2 on a time over the maximum counts for nothing: 103 still went on without SS1."""
    rules = {"overall__max_time": "ignored", "overall__unfinished_stage": "not-classified"}
    case = Case("cross-country", **rules)
    case.enter("101", "103")
    case.plan("SS2", max_time_ms="1:00:00")
    case.times("SS1", _101="1:00:00")
    case.times("SS2", _101="0:59:00", _103="1:00:01")
    told = case.unclassified("SS1")
    changed = {"overall.max_time": "unfinished"}
    case.record("BulletinIssued", bulletin="4", from_stage="SS2", parameters=changed)

    assert ["103 unclassified SS1"] == told == case.unclassified("SS1")


def test_a_bulletin_from_a_stage_on(case: Case) -> None:
    """An unfinished stage costs ten hours; from SS3 on it costs one: SS2 costs what it cost."""
    case.times("SS2", "2016-07-10T12:00+03:00", _101="1:00:00")
    case.record("StageNotFinished", "2016-07-10T20:00+03:00", number="102", stage="SS2")
    assert ["1 101 2:00:00", "2 102 11:00:10"] == case.overall()
    case.record(
        "BulletinIssued",
        "2016-07-09T08:00+03:00",
        bulletin="4",
        from_stage="SS3",
        parameters={"overall.unfinished_stage_ms": 3_600_000},
    )
    assert ["1 101 2:00:00", "2 102 11:00:10"] == case.overall()
    case.times("SS3", "2016-07-11T12:00+03:00", _101="1:00:00")
    case.record("StageNotFinished", "2016-07-11T20:00+03:00", number="102", stage="SS3")

    assert ["1 101 3:00:00", "2 102 12:00:10"] == case.overall()
    assert ["1 101 2:00:00", "2 102 11:00:10"] == case.overall("SS2")


def test_a_bulletin_that_holds_from_an_instant(case: Case) -> None:
    """Issued at night, in effect from seven in the morning: a stage that began at six is as before.

    It is chosen by when the stage began, not by when its times came in.
    """
    case.record(
        "BulletinIssued",
        "2016-07-09T20:00+03:00",
        bulletin="5",
        effective_at=[1468123200000, 180],  # 10 July, 07:00
        parameters={"timing.counted_precision_ms": 60_000},
    )
    case.record("StageOpened", "2016-07-10T06:00+03:00", stage="SS2")
    case.times("SS2", "2016-07-10T12:00+03:00", _101="1:00:59", _102="1:00:00")
    case.record("StageOpened", "2016-07-11T06:00+03:00", stage="SS3")
    case.times("SS3", "2016-07-11T12:00+03:00", _101="1:00:59", _102="1:00:00")

    assert ["1 102 2:00:10", "2 101 2:00:59"] == case.overall("SS2")
    assert ["1 102 3:00:10", "2 101 3:00:59"] == case.overall("SS3")


def test_the_tie_break_of_the_day(case: Case) -> None:
    """A bulletin during SS3 lets equal totals share a place; the overall after SS2 stays."""
    case.times("SS2", "2016-07-10T12:00+03:00", _101="1:00:10", _102="1:00:00")
    assert ["1 101 2:00:10", "2 102 2:00:10"] == case.overall("SS2")
    case.record(
        "BulletinIssued", "2016-07-11T08:00+03:00", bulletin="6", parameters={"ties.chain": []}
    )
    case.record("StageOpened", "2016-07-11T09:00+03:00", stage="SS3")
    case.times("SS3", "2016-07-11T12:00+03:00", _101="1:00:00", _102="1:00:00")

    assert ["1 101 2:00:10", "2 102 2:00:10"] == case.overall("SS2")
    assert ["1 101 3:00:10", "1 102 3:00:10"] == case.overall()


def test_who_is_out_by_the_rules_of_the_day(case: Case) -> None:
    """From SS3 on a crew that retires keeps its place; who retired in SS2 before that stays out."""
    case.enter("103")
    case.times("SS1", "2016-07-09T12:00+03:00", _103="1:00:20")
    for day, stage, number in (("10", "SS2", "101"), ("11", "SS3", "102")):
        taken = f"2016-07-{day}T12:00+03:00"
        case.times(stage, taken, _101="1:00:00", _102="1:00:00", _103="1:00:00")
        retired = {"number": number, "stage": stage}
        case.record("RetirementReported", f"2016-07-{day}T18:00+03:00", **retired)
    assert ["1 103 3:00:20"] == case.overall()
    stays: dict[str, Any] = {"parameters": {"overall.removed_by": ["disqualification"]}}
    case.record("BulletinIssued", "2016-07-11T08:00+03:00", bulletin="8", **stays)

    assert ["1 102 3:00:10", "2 103 3:00:20"] == case.overall()


def test_the_rules_of_a_stage_that_has_not_begun(case: Case) -> None:
    """Which category starts first tomorrow is said by the latest bulletin, dated or not."""
    case.enter("1", category="moto")
    case.times("SS1", "2016-07-09T12:00+03:00", _1="1:00:00")
    assert ["1 101", "2 102", "1 1"] == case.start_order("SS2")
    first: dict[str, Any] = {"parameters": {"start_order.categories": ["moto"]}}
    case.record("BulletinIssued", "2016-07-09T22:00+03:00", bulletin="9", **first)

    assert ["1 1", "1 101", "2 102"] == case.start_order("SS2")


def test_where_a_control_counts_is_told_by_the_rules_of_the_day(case: Case) -> None:
    """From noon on, TC1 counts in the stage after it; a penalty of the morning stays in SS1."""
    case.times("SS2", "2016-07-10T12:00+03:00", _101="1:00:00", _102="1:00:00")
    given = {"control": "TC1A", "amount_ms": "0:01:00"}
    case.record("PenaltyGiven", "2016-07-09T10:00+03:00", number="101", **given)
    case.record("PenaltyGiven", "2016-07-09T14:00+03:00", number="102", **given)
    pattern = {"controls.in_stage": "", "controls.in_next_stage": r"TC(?P<stage>\d+)A"}
    case.record("BulletinIssued", "2016-07-09T12:00+03:00", bulletin="10", parameters=pattern)

    assert ["1 102 1:00:10", "2 101 1:01:00"] == case.overall("SS1")
    assert ["1 101 2:01:00", "2 102 2:01:10"] == case.overall("SS2")


def test_the_later_of_two_bulletins_holds(case: Case) -> None:
    """Two change the same figure from SS2 on: the one issued last counts, however they came in."""
    case.times("SS2", "2016-07-10T12:00+03:00", _101="1:00:00")
    case.record("StageNotFinished", "2016-07-10T20:00+03:00", number="102", stage="SS2")
    for hour, cost in ((9, 7_200_000), (8, 3_600_000)):
        amended: dict[str, Any] = {"parameters": {"overall.unfinished_stage_ms": cost}}
        issued = f"2016-07-10T{hour:02}:00+03:00"
        case.record("BulletinIssued", issued, bulletin=str(hour), from_stage="SS2", **amended)

    assert ["1 101 2:00:00", "2 102 3:00:10"] == case.overall()


def test_a_bulletin_that_was_voided(case: Case) -> None:
    """A bulletin entered by mistake is voided: the rules are what they were."""
    case.times("SS2", "2016-07-10T12:00+03:00", _101="1:00:00")
    case.record("StageNotFinished", "2016-07-10T20:00+03:00", number="102", stage="SS2")
    before = case.overall()
    parameters = {"overall.unfinished_stage": "not-classified"}
    bulletin = case.record(
        "BulletinIssued", "2016-07-09T08:00+03:00", bulletin="7", parameters=parameters
    )
    assert ["1 101 2:00:00"] == case.overall()
    case.record("Voided", target=bulletin)

    assert before == case.overall()


def test_what_costs_the_maximum_time_needs_one() -> None:
    """Not finishing costs the maximum time and ten hours: without a maximum time, a clear error."""
    case = Case("cross-country", overall__unfinished_stage="max-time-plus-penalty")
    case.enter("101", "102")
    case.times("SS1", _101="1:00:00")
    case.record("StageNotFinished", number="102", stage="SS1")
    with pytest.raises(Undefined, match="SS1 has no maximum time"):
        case.overall()
    case.plan("SS1", max_time_ms="3:00:00")

    assert ["1 101 1:00:00", "2 102 13:00:00"] == case.overall()

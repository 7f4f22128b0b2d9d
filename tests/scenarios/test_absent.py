"""Who is missing at one place: at a start, a finish, a point, a control, over the time cards."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFound
from ledger.times import parse_instant
from ledger.vocabulary import TIME_CARD
from projections.control.absent import Absent, Place, absent
from tests.spec import Case

DAY = "2016-07-09T{}+03:00"


def told(case: Case, kind: str, /, at: str = "", **fields: Any) -> str:
    """Something that is put on record when it happens, on the first day; answers its id."""
    moment = DAY.format(at) if at else ""
    return case.record(kind, moment, recorded=moment, **fields)


def asked(case: Case, *place: str, at: str = "10:30:00") -> Absent:
    """Who is missing there at that time of the day."""
    return absent(case.state(), Place(*place), parse_instant(DAY.format(at)))  # type: ignore[arg-type]


def lines(found: Absent) -> list[str]:
    """As an official reads it: who, why, by how many minutes, where seen last."""
    return [
        f"{e.number} {e.why}"
        + ("" if e.by_ms is None else f" {e.by_ms / 60_000:g}")
        + (f" after {e.last_seen}" if e.last_seen else "")
        + (" lost" if e.lost else "")
        for e in found.missing
    ]


@pytest.fixture
def case() -> Case:
    """Five cars due at SS1 from 08:00 on; 101 is home, 102 and 103 are on it, 104 was not seen.

    105 is due at 11:00.
    """
    case = Case(controls__penalties="computed")
    case.enter("101", "102", "103", "104", "105")
    for order, point in enumerate(("CP1", "CP2", "ASS"), 1):
        kind: dict[str, Any] = {"kind": "ass"} if point == "ASS" else {}
        case.record("WaypointPlaced", stage="SS1", point=point, order=order, **kind)
    due = ("08:00:00", "08:02:00", "08:04:00", "08:06:00", "11:00:00")
    slots = [
        {"place": place, "number": f"10{place}", "due_at": parse_instant(DAY.format(at))}
        for place, at in enumerate(due, 1)
    ]
    case.record("StartOrderPublished", stage="SS1", slots=slots, recorded=DAY.format("07:00:00"))
    for order, (control, target) in enumerate((("TC1", None), ("TC1A", 45 * 60_000)), 1):
        more: dict[str, Any] = (
            {} if target is None else {"target_ms": target, "from_control": "TC1"}
        )
        case.record("ControlScheduled", control=control, stage="SS1", order=order, **more)
    for minute, number in enumerate(("101", "102", "103")):
        told(case, "ControlPassed", f"07:5{minute}:00", number=number, control="TC1", stage="SS1")
        told(case, "StageStarted", f"08:0{minute * 2}:00", number=number, stage="SS1")
    told(case, "PassingRecorded", "08:40:00", number="101", stage="SS1", point="CP1")
    told(case, "PassingRecorded", "08:50:00", number="102", stage="SS1", point="CP1")
    told(case, "PassingRecorded", "10:00:00", number="101", stage="SS1", point="ASS")
    return case


def test_at_the_finish_who_started_and_has_not_come_is_missing(case: Case) -> None:
    """102 started 148 minutes ago and was last seen at CP1; 104 was due and nobody saw it."""
    found = asked(case, "finish", "SS1")
    assert lines(found) == [
        "102 started 148 after CP1",
        "103 started 146 after start",
        "104 due 144",
    ]
    assert found.to_come == ()


def test_at_the_start_who_was_due_is_missing_and_who_is_due_later_is_to_come(case: Case) -> None:
    """104 should have started 144 minutes ago; 105 is due in half an hour."""
    found = asked(case, "start", "SS1")
    assert lines(found) == ["104 due 144"]
    assert [(e.number, e.by_ms) for e in found.to_come] == [("105", -30 * 60_000)]


def test_at_a_start_a_crew_that_is_on_its_way_without_one_lacks_its_record(case: Case) -> None:
    """104 was seen at CP1: nobody wrote down its start."""
    told(case, "PassingRecorded", "09:10:00", number="104", stage="SS1", point="CP1")
    assert lines(asked(case, "start", "SS1")) == ["104 passed 80 after CP1"]


def test_at_a_point_who_was_seen_further_on_is_not_missing_but_its_record(case: Case) -> None:
    """At CP2 the other two are on their way; 101 is home, and was not read there."""
    told(case, "PassingRecorded", "09:00:00", number="102", stage="SS1", point="CP2")
    found = asked(case, "point", "SS1", "CP2")
    assert lines(found) == ["103 started 146 after start", "104 due 144", "101 passed 30 after ASS"]
    told(case, "PassingRecorded", "09:30:00", number="103", stage="SS1", point="CP2")
    assert lines(asked(case, "point", "SS1", "CP1")) == ["104 due 144", "103 passed 60 after CP2"]


def test_at_a_control_who_is_due_by_the_target_time_is_missing(case: Case) -> None:
    """45 minutes from TC1: 102 was due at 08:36, 103 at 08:37; 101 was there."""
    told(case, "ControlPassed", "10:20:00", number="101", control="TC1A", stage="SS1")
    found = asked(case, "control", "SS1", "TC1A", at="08:36:30")
    assert lines(found) == ["102 due 0.5 after CP1"]
    assert [e.number for e in found.to_come] == ["103"]
    assert lines(asked(case, "control", "", "TC1A"))[0] == "102 due 114 after CP1"


def test_a_card_is_missing_until_it_is_handed_in(case: Case) -> None:
    """Only 101 came off SS1 by then; a lost card is said to be so, one that is keyed is in."""
    assert lines(asked(case, "cards", "SS1")) == ["101 card 30 after ASS"]
    told(case, "TimeCardHandled", "10:10:00", number="101", stage="SS1", kind="lost")
    assert lines(asked(case, "cards", "SS1")) == ["101 card 30 after ASS lost"]
    told(case, "TimeCardHandled", "10:15:00", number="101", stage="SS1", kind="submitted")
    assert lines(asked(case, "cards", "SS1")) == []
    told(case, "PassingRecorded", "10:02:00", number="102", stage="SS1", point="ASS")
    assert lines(asked(case, "cards", "SS1")) == ["102 card 28 after ASS"]
    seen: dict[str, Any] = {"number": "102", "control": "TC1A", "by": "Ann", "source": TIME_CARD}
    told(case, "ControlPassed", "10:20:00", **seen)
    assert lines(asked(case, "cards", "SS1")) == []


def test_who_left_is_missing_nowhere(case: Case) -> None:
    """102 retired, and did not start a stage that was cancelled for it."""
    told(case, "RetirementReported", "09:30:00", number="102", stage="SS1", cause="mechanical")
    assert "102" not in " ".join(lines(asked(case, "finish", "SS1")))
    assert lines(asked(case, "nowhere")) == []


@pytest.mark.parametrize(
    "place", [("finish", "SS9"), ("point", "SS1", "WP9"), ("control", "", "TC9")]
)
def test_a_place_that_is_none_is_refused(case: Case, place: tuple[str, ...]) -> None:
    """With what there is."""
    with pytest.raises(NotFound):
        asked(case, *place)

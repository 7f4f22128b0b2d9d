"""Two copies of a laptop read a beam that counts from one number: keys meet, crews do not."""

from __future__ import annotations

import pytest

from tests.spec import Case, at

CREWS = [str(number) for number in range(101, 109)]


@pytest.fixture
def case() -> Case:
    """Eight crews start SS1 at nine; each copy counts what it sees from one on."""
    case = Case("cross-country")
    case.enter(*CREWS)
    for number in CREWS:
        case.record("StageStarted", at("09:00"), number=number, stage="SS1")
    return case


def seen(case: Case, number: str, time: str, key: int, **where: str) -> str:
    """The beam sees a crew at the finish, or elsewhere, under a number of its own."""
    said = {"number": number, "stage": "SS1", **where}
    return case.record("PassingRecorded", at(time), "beam", str(key), **said)


def test_other_crews_under_one_key_are_other_passings(case: Case) -> None:
    """Each copy saw half of the crews under the same keys: all of them have their times."""
    for key, (one, other) in enumerate(zip(CREWS[:4], CREWS[4:], strict=True), 1):
        seen(case, one, f"10:0{key}", key)
        seen(case, other, f"10:1{key}", key)

    assert 8 == len(case.stage("SS1"))
    assert ["source-keys-again"] == case.anomalies()
    assert "source-keys-again" in case.checked()


def test_another_point_under_one_key_is_another_passing(case: Case) -> None:
    """The crew passed a point, and the finish."""
    case.record("WaypointPlaced", stage="SS1", point="WP1", order=1)
    case.record("WaypointPlaced", stage="SS1", point="ASS", order=2, kind="ass")
    seen(case, "101", "09:30", 7, point="WP1")
    seen(case, "101", "10:00", 7, point="ASS")

    assert ["1 101 1:00:00"] == case.stage("SS1")


def test_the_same_crew_under_one_key_is_one_passing(case: Case) -> None:
    """Told twice it counts once; told differently the first counts, and it is a conflict."""
    seen(case, "101", "10:00", 7)
    seen(case, "101", "10:00", 7)
    assert [] == case.anomalies()
    seen(case, "101", "10:01", 7)

    assert ["1 101 1:00:00"] == case.stage("SS1")
    assert ["source-conflict"] == case.anomalies()


def test_a_start_and_a_passing_under_one_key(case: Case) -> None:
    """Of one crew: one copy of the laptop stood at the start, the other at the finish."""
    case.record("StageStarted", at("11:00"), "beam", "7", number="101", stage="SS2")
    case.record("PassingRecorded", at("12:00"), "beam", "7", number="101", stage="SS2")

    assert ["1 101 1:00:00"] == case.stage("SS2")


def test_what_an_official_voided_needs_him_no_more(case: Case) -> None:
    """The remedy mends: of other crews the one that was not there, of one crew what was wrong."""
    seen(case, "101", "10:00", 7)
    other = seen(case, "102", "10:01", 7)
    seen(case, "103", "10:02", 8)
    wrong = seen(case, "103", "10:03", 8)
    assert ["source-conflict", "source-keys-again"] == sorted(case.anomalies())
    for each in (other, wrong):
        case.record("Voided", target=each)

    assert [] == case.anomalies()
    assert ["1 101 1:00:00", "2 103 1:02:00"] == case.stage("SS1")


def test_a_conflict_is_told_while_what_counts_alone_is_void(case: Case) -> None:
    """What was set aside does not come to count by it, so it stays to be dealt with."""
    first = seen(case, "101", "10:00", 7)
    seen(case, "101", "10:01", 7)
    case.record("Voided", target=first)

    assert ["source-conflict"] == case.anomalies()

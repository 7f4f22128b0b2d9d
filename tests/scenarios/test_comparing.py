"""What changed between two classifications, because of what, and how it would be otherwise."""

from __future__ import annotations

from projections.comparing.compare import Comparison, compare
from projections.comparing.what_if import between, supposing
from projections.results.standings import Scope
from tests.spec import Case


def driven() -> Case:
    """Three cars on two stages: 101 leads 102 by a minute, 103 is two behind."""
    case = Case()
    case.enter("101", "102", "103")
    case.times("SS1", _101="1:00:00", _102="1:01:00", _103="1:02:00")
    case.times("SS2", _101="1:00:00", _102="1:00:00", _103="1:00:00")
    return case


def diff(
    case: Case, before: int, after: int | None = None, scope: Scope | None = None
) -> list[str]:
    """Who moved between two records: "101 1 → 2 because 12"."""
    last = len(case.records) if after is None else after
    return moves(compare(between(case.state(last).facts, before, last), scope))


def what_if(case: Case, *without: str) -> list[str]:
    """Who would move without these records."""
    return moves(compare(supposing(case.state().facts, without)))


def moves(found: Comparison) -> list[str]:
    """The moves of a comparison in a few words."""
    return [
        f"{each.number} {each.place[0] or '–'} → {each.place[1] or '–'} "
        f"because {' '.join(str(position) for position in each.because)}"
        for each in found.rows
    ]


def test_one_penalty_moves_two_crews() -> None:
    """Who is passed moves because of the other's penalty, and by nothing of its own."""
    case = driven()
    before = len(case.records)
    penalty = case.record("PenaltyGiven", number="101", stage="SS2", amount_ms="0:01:30")
    position = before + 1

    assert [f"102 2 → 1 because {position}", f"101 1 → 2 because {position}"] == diff(case, before)
    assert [f"101 2 → 1 because {position}", f"102 1 → 2 because {position}"] == what_if(
        case, penalty
    )


def test_where_no_place_stays_empty_places_are_those_of_the_classification() -> None:
    """103 of 1, 1, 2, 3 falls behind 104: they change places, and whoever follows stays fifth."""
    case = Case(ties__shared_place="1-1-2")
    case.enter("101", "102", "103", "104", "105")
    case.times("SS1", _101="1:00", _102="1:00", _103="1:01", _104="1:02", _105="1:04")
    before = len(case.records)
    case.record("PenaltyGiven", number="103", stage="SS1", amount_ms="0:00:02")
    position = before + 1

    assert [f"104 3 → 2 because {position}", f"103 2 → 3 because {position}"] == diff(case, before)


def test_what_moved_nobody_is_no_cause() -> None:
    """A remark, and a penalty for the last that costs it no place, explain nobody else's move."""
    case = driven()
    before = len(case.records)
    case.record("PenaltyGiven", number="103", stage="SS2", amount_ms="0:01:00")
    case.record("RemarkMade", text="rain at noon")
    case.record("PenaltyGiven", number="101", stage="SS2", amount_ms="0:01:30")

    assert [
        f"102 2 → 1 because {before + 3}",
        f"101 1 → 2 because {before + 3}",
        f"103 3 → 3 because {before + 1}",
    ] == diff(case, before)


def test_a_cause_of_two_records() -> None:
    """Two half minutes that only together cost the lead are both told."""
    case = driven()
    before = len(case.records)
    first = case.record("PenaltyGiven", number="101", stage="SS1", amount_ms="0:00:40")
    second = case.record("PenaltyGiven", number="101", stage="SS2", amount_ms="0:00:40")
    both = f"{before + 1} {before + 2}"

    assert f"101 1 → 2 because {both}" in diff(case, before)
    # The other is first again without either of them: one is told, and it is the earlier.
    assert f"102 2 → 1 because {before + 1}" in diff(case, before)
    assert [f"101 2 → 1 because {both}", f"102 1 → 2 because {both}"] != what_if(case, first)
    assert [f"101 2 → 1 because {both}"] == what_if(case, first, second)[:1]


def test_a_corrected_time_is_the_correction() -> None:
    """4:57:46 keyed as 4:47:46: the correction is told, not the record that it corrects."""
    case = driven()
    keyed = case.record("StageTimeRecorded", number="103", stage="SS3", elapsed_ms="4:47:46")
    case.times("SS3", _101="4:50:00", _102="4:50:00")
    before = len(case.records)
    case.record("Corrected", target=keyed, changes={"elapsed_ms": 17_866_000})

    assert [
        f"101 2 → 1 because {before + 1}",
        f"102 3 → 2 because {before + 1}",
        f"103 1 → 3 because {before + 1}",
    ] == diff(case, before)


def test_a_cancelled_stage_moves_everybody() -> None:
    """One act of race direction is the cause of every move."""
    case = driven()
    before = len(case.records)
    act = case.record("StageCancelled", stage="SS1", reason="sandstorm")

    told = diff(case, before)
    assert {f"because {before + 1}"} == {each[each.index("because") :] for each in told}
    assert len(told) == len(what_if(case, act)) == 3


def test_who_is_disqualified_leaves_and_the_others_rise() -> None:
    """Out of the classification is a move like any other."""
    case = driven()
    before = len(case.records)
    case.record("CrewDisqualified", number="101", reason="fuel")

    assert [
        f"102 2 → 1 because {before + 1}",
        f"103 3 → 2 because {before + 1}",
        f"101 1 → – because {before + 1}",
    ] == diff(case, before)


def test_a_stage_is_run() -> None:
    """While anybody has a time on it, a crew without one is out: all that made it run is told."""
    case = driven()
    before = len(case.records)
    case.times("SS3", _102="1:00:00", _103="1:00:00")
    both = f"{before + 1} {before + 2}"

    assert [
        f"102 2 → 1 because {both}",
        f"103 3 → 2 because {both}",
        f"101 1 → – because {both}",
    ] == diff(case, before)

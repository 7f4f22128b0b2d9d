"""A laptop at the finish of SS1 shows an hour too much; in the evening that is declared."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.times import parse_instant
from projections.comparing.late import late
from projections.control.outstanding import outstanding
from projections.desk.decisions import decisions
from projections.explain.why import why
from projections.results.retirements import retirements
from projections.results.standings import Scope
from tests.laws.answers import records_of
from tests.spec import Case, at, effect

HOUR = 3_600_000
THERE = {"site": "finish-ss1"}
BROKEN: dict[str, Any] = {"stage": "SS1", "definitive": False}


@pytest.fixture
def case() -> Case:
    """Two crews start SS1 at nine; the rulebook applies the clocks of sites."""
    case = Case("cross-country", timing__site_clock="applied")
    case.enter("101", "102")
    for number in ("101", "102"):
        case.record("StageStarted", at("09:00"), "beam", number=number, stage="SS1")
    return case


def declared(case: Case, **said: Any) -> str:
    """The clock of the finish was an hour ahead, as the secretary says in the evening."""
    return case.record("ClockOffsetDeclared", **{"of_site": "finish-ss1", "ahead_ms": HOUR, **said})


def test_a_retirement_before_the_restart(case: Case) -> None:
    """It was at ten and shown as eleven, the restart is at half past ten: the crew is in."""
    case.record("RetirementReported", at("11:00"), number="102", **BROKEN, **THERE)
    case.record("CrewRestarted", at("10:30"), number="102", stage="SS2")
    assert "102 retired SS1" in case.unclassified()
    declared(case)

    assert "102 running" in case.unclassified()
    assert [at("10:00:00")] == [row.fact_at for row in retirements(case.state())]


def test_a_retirement_after_the_restart(case: Case) -> None:
    """The other way round: the restart was shown late, and came before the retirement."""
    case.record("RetirementReported", at("10:30"), number="102", **BROKEN)
    case.record("CrewRestarted", at("11:00"), number="102", stage="SS1", **THERE)
    assert "102 running" in case.unclassified()
    declared(case)

    assert "102 retired SS1" in case.unclassified()


def test_a_crew_that_was_not_seen_after_it_had_retired(case: Case) -> None:
    """Seen at ten, shown as eleven, retired at half past: nothing contradicts itself."""
    case.record("PassingRecorded", at("11:00"), "hand", number="102", stage="SS1", **THERE)
    case.record("RetirementReported", at("10:30"), number="102", stage="SS2")
    assert "seen-after-retirement" in case.anomalies()
    declared(case)

    assert "seen-after-retirement" not in case.anomalies()


def test_what_has_no_fact_time_is_ordered_by_the_true_time_of_recording(case: Case) -> None:
    """A withdrawal typed at ten, dated eleven by the laptop; the restart is at half past ten."""
    case.record("RetirementReported", number="102", **BROKEN, recorded=at("11:00"), **THERE)
    case.record("CrewRestarted", at("10:30"), number="102", stage="SS2")
    assert "102 retired SS1" in case.unclassified()
    declared(case)

    assert "102 running" in case.unclassified()
    assert "102 retired SS1" in case.unclassified(effective_at=at("10:10"))


def test_who_is_still_out_at_a_true_time(case: Case) -> None:
    """The crew finished at ten, shown as eleven: at half past ten nobody waits for it."""
    case.record("PassingRecorded", at("11:00"), "hand", number="101", stage="SS1", **THERE)
    assert ["SS1 101 start beam", "SS1 102 start beam"] == case.still_out(effective_at=at("10:30"))
    declared(case)

    assert ["SS1 102 start beam"] == case.still_out(effective_at=at("10:30"))
    assert ["1 101 1:00:00"] == case.stage("SS1", effective_at=at("10:30"))
    out = outstanding(case.state(effective_at=at("09:59"))).still_out
    assert ["101", "102"] == [row.number for row in out]


def test_a_correction_is_by_the_clock_of_who_corrects(case: Case) -> None:
    """Race control knows the true time; what is corrected at the finish is by its clock again."""
    seen = case.record("PassingRecorded", at("11:00"), "hand", number="101", stage="SS1", **THERE)
    there, here = (parse_instant(at(time)).ms for time in ("11:05", "10:07"))
    declared(case)
    first = case.record("Corrected", target=seen, changes={"fact_at": (there, 180)}, **THERE)
    assert ["1 101 1:05:00"] == case.stage("SS1")
    case.record("Voided", target=first)
    case.record("Corrected", target=seen, changes={"fact_at": (here, 180)})

    assert ["1 101 1:07:00"] == case.stage("SS1")


def test_what_the_clock_showed_stays_readable(case: Case) -> None:
    """The explanation quotes the record as it was put down, and the declaration beside it."""
    case.record("PassingRecorded", at("11:00"), "hand", number="101", stage="SS1", **THERE)
    declared(case)
    found = why(case.state(), "101", Scope("stage", stage="SS1")).addends[0]

    quoted = {each.type: each.fact_at for each in found.records}
    assert {at("09:00:00"), at("11:00:00")} <= set(quoted.values())
    assert "ClockOffsetDeclared" in quoted


def test_a_declaration_that_is_corrected_or_void(case: Case) -> None:
    """It was half an hour, not one; then it turns out that the clock had been right."""
    case.record("PassingRecorded", at("11:00"), "hand", number="101", stage="SS1", **THERE)
    said = declared(case)
    half = case.record("Corrected", target=said, changes={"ahead_ms": HOUR // 2})
    assert ["1 101 1:30:00"] == case.stage("SS1")
    case.record("Voided", target=half)
    assert ["1 101 1:00:00"] == case.stage("SS1")
    case.record("Voided", target=said)

    assert ["1 101 2:00:00"] == case.stage("SS1")


def test_a_site_that_says_so_of_its_own_clock(case: Case) -> None:
    """The declaration is dated by the very clock that it is about; it moves what that one gave."""
    case.record("PassingRecorded", at("11:00"), "hand", number="101", stage="SS1", **THERE)
    case.record("RetirementReported", at("12:00"), number="102", stage="SS2", **THERE)
    declared(case, recorded=at("20:00"), **THERE)

    assert ["1 101 1:00:00"] == case.stage("SS1")
    assert ["102 retired SS2"] == case.retired(effective_at=at("11:00"))


def test_clocks_that_are_applied_from_a_stage_on() -> None:
    """The rulebook only notes them; from SS2 on a bulletin has them applied."""
    case = Case("cross-country", timing__site_clock="noted")
    case.enter("101")
    case.record(
        "BulletinIssued",
        bulletin="1",
        from_stage="SS2",
        parameters={"timing.site_clock": "applied"},
    )
    for stage, start, finish in (("SS1", "07:00", "09:00"), ("SS2", "09:30", "12:30")):
        case.record("StageStarted", at(start), "beam", number="101", stage=stage)
        seen = {"number": "101", "stage": stage}
        case.record("PassingRecorded", at(finish), "hand", **seen, **THERE)
    declared(case)

    assert ["1 101 2:00:00"] == case.stage("SS1")
    assert ["1 101 2:00:00"] == case.stage("SS2")


def test_a_device_that_told_of_more_than_times(case: Case) -> None:
    """The tracker's clock was an hour ahead: the SOS that it sent was at ten, and the passing."""
    case.record("PassingRecorded", at("11:00"), "gps", number="101", stage="SS1")
    case.record("RetirementReported", at("11:00"), "gps", number="102", **BROKEN)
    case.record("CrewRestarted", at("10:30"), number="102", stage="SS2")
    declared(case, of_site="", kind="gps")

    assert "1 101 1:00:00" in case.stage("SS1")
    assert "102 retired SS1" not in case.unclassified()


def test_a_decision_that_was_dated_by_the_clock(case: Case) -> None:
    """Of two rulings the later one counts: taken at two and dated three, it was the earlier.

    A time of decision that somebody named is that time; the paper says what stands on it.
    """
    case.times("SS1", _101="1:00:00", _102="1:05:00")

    def ruled(decision: int, time: str, **said: Any) -> None:
        allocated = effect("StageTimeRecorded", stage="SS1", elapsed_ms=time, basis="assessed")
        case.decide(decision, number="102", effects=[allocated], **said)

    ruled(1, "1:10:00", recorded=at("15:00"), decided_at=parse_instant(at("15:00")), **THERE)
    ruled(2, "1:20:00", recorded=at("14:30"))
    assert "2 102 1:10:00" in case.stage("SS1")
    declared(case)
    assert "2 102 1:20:00" in case.stage("SS1")
    ruled(3, "1:30:00", recorded=at("15:00"), decided_at=parse_instant(at("14:45")), **THERE)

    assert "2 102 1:30:00" in case.stage("SS1")
    taken = [row.decided_at[11:16] for row in decisions(case.state()).rows]
    assert ["15:00", "14:30", "14:45"] == taken


def test_how_late_a_record_came_is_by_the_true_time(case: Case) -> None:
    """It happened at ten, shown as eleven."""
    case.record("PassingRecorded", at("11:00"), "hand", number="101", stage="SS1", **THERE)
    declared(case)
    told = [occurrence for _, occurrence in case.records]
    true = case.state().facts.true
    records = ((each, true.get(each.id) or each.occurrence()) for each in records_of(told))
    rows = late(records, 0).rows

    assert at("10:00:00") in {row.happened_at for row in rows}
    assert at("11:00:00") not in {row.happened_at for row in rows}


def test_a_clock_that_the_rulebook_only_notes() -> None:
    """It moves no time, and `check` says so; the clock of a device moves times by any rulebook."""
    case = Case("cross-country", timing__site_clock="noted")
    case.enter("101")
    case.record("PassingRecorded", at("11:00"), "hand", number="101", stage="SS1", **THERE)
    declared(case, of_site="", kind="hand")
    assert "clock-noted" not in case.checked()
    declared(case)

    assert "clock-noted" in case.checked()

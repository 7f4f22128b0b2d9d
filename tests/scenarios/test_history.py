"""History: when a crew took the lead, and by what; along the rally, and along the log."""

from __future__ import annotations

from collections.abc import Callable

from ledger.times import format_duration
from projections.comparing.history import Lead, Turn, along_the_rally, history, leaders_after, leads
from projections.results.standings import Scope, Standings, standings
from tests.spec import Case, at


def asked(case: Case, scope: Scope | None = None) -> Callable[[int], Standings]:
    """What answers for a position: a full replay up to it."""
    return lambda position: standings(case.state(known_at=position), scope)


def _told(change: Turn) -> str:
    was, now = (str(each) if each else "-" for each in change.place)
    total = change.total_ms[1]
    return " ".join(
        (
            f"#{change.position}",
            f"{was}>{now}",
            "" if total is None else format_duration(total),
            change.status[1],
        )
    ).replace("  ", " ")


def along_the_log(case: Case, number: str, scope: Scope | None = None, since: int = 0) -> list[str]:
    """Each change of a crew: "#9 2>1 1:00:00 classified"."""
    positions = range(since + 1, len(case.records) + 1)
    return [_told(each) for each in history(asked(case, scope), positions, number, since)]


def who_led(case: Case, since: int = 0) -> list[str]:
    """Each change of the lead: "#8 101 by 0:00:10"."""
    positions = range(since + 1, len(case.records) + 1)
    return [_lead(each) for each in leads(asked(case), positions, since)]


def _lead(lead: Lead) -> str:
    ahead = "" if lead.ahead_ms is None else f" by {format_duration(lead.ahead_ms)}"
    return f"#{lead.position} {' and '.join(lead.leaders) or 'nobody'}{ahead}"


def _case() -> Case:
    """104 leads after SS1; 102 passes on SS2, and loses it again by a penalty that is withdrawn."""
    case = Case()
    case.enter("102", "104")
    case.times("SS1", at("12:00"), _104="1:00:00", _102="1:00:10")
    case.times("SS2", at("18:00"), _102="1:00:00", _104="1:05:00")
    given = case.record("PenaltyGiven", at("17:00"), number="102", stage="SS2", amount_ms="0:10:00")
    case.record("PenaltyWithdrawn", target=given, number="102")
    return case


def test_when_a_crew_took_the_lead_and_by_what() -> None:
    """Each record that changed its place, total or status; nothing else."""
    case = _case()

    assert [
        "#6 ->- running",
        "#9 ->2 1:00:10 classified",
        "#10 2>1 2:00:10 classified",
        "#12 1>2 2:10:10 classified",
        "#13 2>1 2:00:10 classified",
    ] == along_the_log(case, "102")
    assert [
        "#7 ->- running",
        "#8 ->1 1:00:00 classified",
        "#10 1>- running",
        "#11 ->2 2:05:00 classified",
        "#12 2>1 2:05:00 classified",
        "#13 1>2 2:05:00 classified",
    ] == along_the_log(case, "104")
    assert ["#13 2>1 2:00:10 classified"] == along_the_log(case, "102", since=12)


def test_who_led_when() -> None:
    """Who is alone on a stage leads it at once; the penalty and its withdrawal move the lead."""
    case = _case()

    assert ["#8 104", "#10 102", "#12 104 by 0:05:10", "#13 102 by 0:04:50"] == who_led(case)
    assert ["#13 102 by 0:04:50"] == who_led(case, since=12)
    assert [("SS1", ("104",), 10_000), ("SS2", ("102",), 290_000)] == [
        (each.after, each.leaders, each.ahead_ms) for each in leaders_after(case.state())
    ]


def test_two_that_lead_together() -> None:
    """Level crews share the lead, ahead of the third, until one is found to be faster."""
    case = Case()
    case.enter("102", "104", "110")
    case.times("SS1", _104="1:00:00", _110="1:01:00")
    time = case.record("StageTimeRecorded", number="102", stage="SS1", elapsed_ms="1:00:00")
    case.record("Corrected", target=time, changes={"elapsed_ms": 3_599_000})

    assert ["#9 104", "#11 102 and 104 by 0:01:00", "#12 102 by 0:00:01"] == who_led(case)


def test_the_overall_after_a_stage_along_the_log() -> None:
    """What became known later of SS1 alone, whatever happened on SS2."""
    case = _case()
    late = case.record("PenaltyGiven", at("11:00"), number="104", stage="SS1", amount_ms="0:01:00")

    assert [
        "#7 ->- running",
        "#8 ->1 1:00:00 classified",
        "#14 1>2 1:01:00 classified",
    ] == along_the_log(case, "104", Scope(after="SS1"))
    assert late == case.records[13][0]


def test_place_gap_and_status_along_the_rally() -> None:
    """After each stage that was run or cancelled, as it is known now."""
    case = _case()
    case.record("StageCancelled", at("20:00"), stage="SS3")
    case.record("RetirementReported", at("17:30"), number="102", stage="SS2", reason="gearbox")
    case.times("SS2", at("18:00"), _104="1:05:00")

    assert [
        ("SS1", "", 2, 3_610_000, 10_000, "classified", ""),
        ("SS2", "", None, None, None, "retired", "gearbox"),
        ("SS3", "cancelled", None, None, None, "retired", "gearbox"),
    ] == [
        (e.after, e.made, e.place, e.total_ms, e.gap_ms, e.status, e.reason)
        for e in along_the_rally(case.state(), "102")
    ]


def test_where_a_rule_is_lacking_nobody_is_anywhere() -> None:
    """A time comes before the rules by which it counts: there is no classification until then."""
    case = Case()
    adopted = case.records.pop(1)
    case.enter("101")
    case.times("SS1", _101="1:00:00")
    case.records.append(adopted)

    assert ["#5 ->- running", "#6 ->- unknown", "#7 ->1 1:00:00 classified"] == along_the_log(
        case, "101"
    )

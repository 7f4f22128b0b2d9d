"""Laws of deadlines: what a rule words is read as it says, by the days of the rally's calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unreadable
from projections.rules.deadlines import INSTANTS, NOT_OPEN, Span, ran, read
from projections.rules.procedure import NEVER, SCHEMA, read_suspends
from projections.rules.rulebook import checked

PARIS, LIMA = ZoneInfo("Europe/Paris"), ZoneInfo("America/Lima")
HOUR = 3_600_000


def ms(text: str, zone: ZoneInfo = PARIS) -> int:
    """A moment by the clocks of a zone, in UTC ms."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def until(rule: str, zone: ZoneInfo = PARIS, **instants: str) -> str:
    """The end of a time by the clocks of a zone, to the second."""
    deadline = read(rule)
    assert deadline is not None
    known = {name.replace("_", "-"): ms(at, zone) for name, at in instants.items()}
    found = ran(deadline, known, zone)
    assert found is not None
    return datetime.fromtimestamp(found.until // 1000, zone).isoformat(timespec="seconds")[:19]


@pytest.mark.parametrize(
    ("rule", "ends"),
    [
        ("96 h from decision", "2026-03-30T19:40:00"),  # 4 x 24 h, over the change of the clocks
        ("4 days from decision", "2026-03-30T23:59:59"),
        ("4 days from decision, at the same time of day", "2026-03-30T18:40:00"),
        ("1 day from decision", "2026-03-27T23:59:59"),
        ("30 min from decision", "2026-03-26T19:10:00"),
    ],
)
def test_hours_and_days(rule: str, ends: str) -> None:
    """Hours are hours; the day of the decision is not counted, and the last one is to its end."""
    assert ends == until(rule, decision="2026-03-26T18:40")


def test_the_day_is_that_of_the_rally() -> None:
    """Half past eleven in Lima is the next morning in Paris: seven days end a day apart."""
    rule = "7 days from decision"
    there = ms("2026-06-10T23:30", LIMA)
    deadline = read(rule)
    assert deadline is not None
    in_lima, in_paris = (ran(deadline, {"decision": there}, zone) for zone in (LIMA, PARIS))
    assert in_lima is not None
    assert in_paris is not None
    assert ms("2026-06-18T00:00", LIMA) - 1 == in_lima.until
    assert ms("2026-06-19T00:00", PARIS) - 1 == in_paris.until


def test_a_limit_counted_back_from_another_instant() -> None:
    """Fourteen days, but not later than four days before the prizes are given, if that is known."""
    rule = "14 days from decision; not later than 4 days before prize-giving"
    assert "2026-11-24T23:59:59" == until(rule, decision="2026-11-10T12:00")
    for prizes, ends in (
        ("2026-11-20T20:00", "2026-11-16T23:59:59"),
        ("2026-12-20T20:00", "2026-11-24T23:59:59"),
    ):
        assert ends == until(rule, decision="2026-11-10T12:00", prize_giving=prizes)


def test_what_has_not_begun() -> None:
    """From the end of the competition nothing runs while nobody said that it is over."""
    from_end = read("96 h from end-of-competition")
    from_both = read("1 h from the last of notification, end-of-competition")
    assert from_end is not None
    assert from_both is not None
    assert ran(from_end, {"decision": 0, "notification": 0}, PARIS) is None
    assert ran(from_both, {"notification": 0}, PARIS) is None
    found = ran(from_both, {"notification": 0, "end-of-competition": 5}, PARIS)
    assert found is not None
    assert (5, "end-of-competition", HOUR + 5) == found[:3]


@given(
    st.lists(st.sampled_from(sorted(INSTANTS)), min_size=2, max_size=4, unique=True),
    st.dictionaries(st.sampled_from(sorted(INSTANTS)), st.integers(0, 10**12), min_size=1),
    st.integers(1, 500),
)
def test_of_several_instants_the_first_that_is_known(
    starts: list[str], instants: dict[str, int], hours: int
) -> None:
    """The time runs from the earliest of those named that are known, and from no other."""
    deadline = read(f"{hours} h from the first of {', '.join(starts)}")
    assert deadline is not None
    found, known = ran(deadline, instants, PARIS), [instants[e] for e in starts if e in instants]
    assert (found is None) == (not known)
    assert found is None or (min(known), min(known) + hours * HOUR) == (found.began, found.until)
    last = ran(deadline._replace(from_last=True), instants, PARIS)
    assert (last is None) == (len(known) < len(starts))
    assert last is None or last.began == max(known)


@given(st.integers(0, 4 * 10**12), st.integers(1, 400), st.sampled_from([PARIS, LIMA, None]))
def test_days_end_at_the_end_of_one(at: int, days: int, zone: ZoneInfo | None) -> None:
    """The end is the last millisecond of the day that lies so many days later."""
    deadline = read(f"{days} days from decision")
    assert deadline is not None
    found = ran(deadline, {"decision": at}, zone)
    assert found is not None
    clocks = zone or ZoneInfo("UTC")
    day = datetime.fromtimestamp(at // 1000, clocks).date() + timedelta(days=days)
    after = datetime.fromtimestamp(found.until // 1000 + 1, clocks)
    assert (day + timedelta(days=1), 0, 0) == (after.date(), after.hour, after.minute)
    assert 999 == found.until % 1000


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "96 h",
        "96 hours from decision",
        "0 h from decision",
        "96 h from the end",
        "96 h from decision, posting",
        "96 h from the first of decision",
        "96 h from the first of decision, decision",
        "96 h from decision, at the same time of day",
        "96 h from decision; not later than 4 days prize-giving",
        "96 h from decision; the stewards may extend it",
        "96 h from decision;stewards may extend",
    ],
)
def test_what_no_rule_says(rule: str) -> None:
    """A rule that can't be read is refused with what is wrong with it."""
    with pytest.raises(ValueError, match=r"\w"):
        read(rule)


def test_the_examples_can_be_read() -> None:
    """Each worded parameter shows how it is worded, and means what it shows."""
    worded = {name: rule for name, rule in SCHEMA.items() if rule.reads is not None}
    assert len(worded) >= 10
    for rule in worded.values():
        assert rule.reads is not None
        assert rule.reads(rule.example)
    assert read(NOT_OPEN) is None
    assert "7 days" == Span(7, "days").words()
    assert ["96 h", "90 min", "1 day", "7 ms"] == [
        Span(345_600_000, "ms").words(),
        Span(5_400_000, "ms").words(),
        Span(1, "days").words(),
        Span(7, "ms").words(),
    ]


def test_lines_on_suspension() -> None:
    """Which acts of whom, and when; a line that says none of it is refused."""
    whom = "stewards and national court"
    line = read_suspends(f"PenaltyGiven and Fine of {whom}: after the competition")
    assert {"PenaltyGiven", "Fine"} == line.acts
    assert {"stewards", "national court"} == line.instances
    assert (True, False) == (line.fits("Fine", "stewards"), line.fits("Fine", "clerk"))
    assert (True, False) == (line.holds(ended=True), line.holds(ended=False))
    assert NEVER == read_suspends("any decision of anybody: never").when
    for wrong in ("any decision: never", "Fine of stewards", "Fine of the jury: never"):
        with pytest.raises(ValueError, match="suspended"):
            read_suspends(wrong)
    with pytest.raises(ValueError, match="PenaltyTaken is nothing that a decision does"):
        read_suspends("PenaltyTaken of stewards: never")


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("reviews.time", "96 h from decision; jury may extend by 24 h", "no office 'jury'"),
        ("reviews.time", "not needed", "it is a time"),
        ("reviews.time", "soon", 'as "96 h from end-of-competition'),
        ("appeals.suspends", ("Fine of stewards: later",), "says not what is suspended"),
        ("appeals.lodged_with_court", ("jury",), "can't be"),
    ],
)
def test_a_rulebook_that_says_it_otherwise_is_refused(name: str, value: Any, why: str) -> None:
    """With what is wrong, and how it is worded."""
    with pytest.raises(Unreadable) as refused:
        checked("own", name, value)
    assert why in f"{refused.value.message} {refused.value.hint}"

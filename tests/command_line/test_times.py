"""Which moment a time means that somebody types: by the clocks of the rally, and never a guess."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.errors import Usage
from ledger.times import (
    Instant,
    as_shown,
    format_duration,
    on_the_clocks_of,
    parse_instant,
    shown_in,
)
from tests.command_line.conftest import answer
from tests.command_line.sheets import write_sheets
from tests.conftest import NOW, Filling, Rally, Ticking
from tests.examples import examples
from tests.looked import some_of

BY = ("--by", "Ann", "--role", "clerk-of-the-course")
TWICE, NEVER = "2016-10-30T02:30", "2016-03-27T02:30"
BOTH = {TWICE: ("02:30:00+02:00", "02:30:00+01:00"), NEVER: ("02:30:00+01:00", "02:30:00+02:00")}
READS = ("--known-at", "--effective-at")


@pytest.fixture
def alps(rally: Rally, filled: Filling) -> Rally:
    """A rally of three days in Berlin's zone, the second of them today."""

    def fill() -> None:
        days = ("--starts-on", "2016-07-19", "--ends-on", "2016-07-21")
        assert (
            0
            == rally("new", "alps", "--title", "A", "--timezone", "Europe/Berlin", *days, *BY).code
        )
        plan = ("record", "StageScheduled")
        assert 0 == rally(*plan, "stage=SS1", "order=1", "date=2016-07-19", *BY).code
        first = "first_start_at=2016-07-21T08:00"
        assert 0 == rally(*plan, "stage=SS2", "order=2", first, *BY).code
        assert 0 == rally(*plan, "stage=SS3", "order=3", *BY).code
        kind = ("control=TC1", "stage=SS2", "kind=time-control", "order=1")
        assert 0 == rally("record", "ControlScheduled", *kind, *BY).code
        assert 0 == rally("record", "CrewEntered", "number=1", "driver=A", "category=car", *BY).code

    filled("alps", fill)
    return rally


def surfaces(time: str) -> list[tuple[str, ...]]:
    """Everywhere that a time is typed."""
    start = ("record", "StageStarted", "number=1", "stage=SS1")
    decide = ("decide", "penalty", "1", "0:05:00", "--stage", "SS1", "--fact", "x")
    return [
        (*start, "--at", time, *BY),
        (*start, f"due_at={time}", *BY),
        (
            "record",
            "BulletinIssued",
            "bulletin=1",
            f"effective_at={time}",
            "timing.tolerance_ms=0:00:01",
            *BY,
        ),
        (*decide, "--at", time, "--by", "A", "--role", "stewards"),
        *(("standings", option, time) for option in READS),
        ("due", "--at", time),
        ("docket", "--at", time),
        ("start-order", "SS1", "--first-at", time),
        ("log", "--since", time),
        ("diff", time, "@"),
    ]


@pytest.mark.parametrize("time", BOTH)
def test_a_time_that_clocks_showed_twice_or_never(alps: Rally, time: str) -> None:
    """It is refused with both readings and their offsets; each of them is a moment."""
    for words in some_of(surfaces(time)):
        said = alps(*words)
        assert (2, True) == (said.code, all(each in said.err for each in BOTH[time])), words
    for reading in BOTH[time]:
        exact = f"{time[:10]}T{reading}"
        start = ("record", "StageStarted", "number=1", "stage=SS1", "--dry-run")
        assert 0 == alps(*start, "--at", exact, *BY).code


def test_a_sheet_with_a_time_that_was_shown_twice(rally: Rally, tmp_path: Path) -> None:
    """Its line is kept aside with both readings; a time of day is of the day of its stage."""
    write_sheets(tmp_path / "sheets")
    toml = tmp_path / "sheets" / "rally.toml"
    toml.write_text(toml.read_text().replace("Asia/Shanghai", "Europe/Berlin"))
    times = "stage,number,point,elapsed,at,source\nSS1,101,,2:00:00,{},hand\n"
    (tmp_path / "sheets" / "times.csv").write_text(times.format(TWICE))
    said = rally("import", "sheets", "sheets")
    assert all(each in said.out + said.err for each in BOTH[TWICE]), said
    (tmp_path / "sheets" / "times.csv").write_text(times.format("8:39:47.3"))
    assert "0 unreadable" in rally("import", "sheets", "sheets").out
    (record,) = answer(rally, "log", "--type", "StageTimeRecorded")["records"]
    assert "2016-07-18T08:39:47.300+02:00" == record["fact_at"]


def test_a_day_is_no_moment(alps: Rally) -> None:
    """Neither its beginning nor its end is meant: nobody can tell."""
    for words in some_of(surfaces("2016-07-20")):
        said = alps(*words)
        assert (2, True) == (said.code, "is a day, no moment" in said.err), (words, said)


AT = ("record", "StageStarted", "number=1")


@pytest.mark.parametrize(
    ("words", "instant"),
    [
        ((*AT, "stage=SS1", "--at", "08:39:47"), "2016-07-19T08:39:47+02:00"),
        ((*AT, "stage=SS1", "--at", "8:39:47.3"), "2016-07-19T08:39:47.300+02:00"),
        ((*AT, "stage=SS2", "--at", "08:39"), "2016-07-21T08:39:00+02:00"),
        ((*AT, "stage=SS3", "--at", "08:39:47"), "2016-07-20T08:39:47+02:00"),
        ((*AT, "stage=SS1", "--at", "08:39:47+03:00"), "2016-07-19T08:39:47+03:00"),
        (
            ("record", "ControlPassed", "number=1", "control=TC1", "--at", "10:44:20"),
            "2016-07-21T10:44:20+02:00",
        ),
        (("record", "RemarkMade", "text=x", "--at", "10:44:20"), "2016-07-20T10:44:20+02:00"),
    ],
)
def test_a_time_of_day_is_of_the_days_of_the_rally(
    alps: Rally, words: tuple[str, ...], instant: str
) -> None:
    """The day of what it is about, else today; what was read is read back."""
    said = alps(*words, *BY)
    assert 0 == said.code, said
    shown = parse_instant(instant).datetime.astimezone(ZoneInfo("Europe/Berlin")).isoformat()[:19]
    assert f"was read as {shown}" in said.err
    assert instant == answer(alps, "log", "--since", "#7")["records"][0]["fact_at"]


def test_now(alps: Rally, clock: Ticking) -> None:
    """The present, wherever a time is typed, as the clocks of the rally show it."""
    said = alps(*AT, "stage=SS1", "--at", "now", *BY)
    assert "now was read as 2016-07-20T09:33:20.0" in said.err
    assert said.err.endswith("+02:00.\n")
    for words in (("standings", "--effective-at", "now"), ("log", "--since", "now")):
        assert 0 == alps(*words).code
    clock.now = NOW + 3_600_000
    basis = answer(alps, "standings", "--effective-at", "NOW")["basis"]
    assert basis["effective_at"].startswith("2016-07-20T10:33:20")
    assert basis["position"] == answer(alps, "standings", "--known-at", "now")["basis"]["position"]
    assert 0 == answer(alps, "standings", "--known-at", "08:00")["basis"]["position"]


def test_what_a_correction_says_is_of_the_day_of_what_it_corrects(alps: Rally) -> None:
    """`fact_at=` without a day is of the stage of the record."""
    alps(*AT, "stage=SS2", "--at", "08:39:47", *BY)
    said = alps("correct", "#8", "fact_at=08:39:46", "--reason", "x", *BY)
    assert "08:39:46 was read as 2016-07-21T08:39:46+02:00." in said.err, said


def test_a_time_of_a_day_that_nobody_knows(alps: Rally, clock: Ticking) -> None:
    """When the rally is over and nothing tells the day, it is refused with its days."""
    clock.now += 30 * 86_400_000
    said = alps("record", "RemarkMade", "text=x", "--at", "10:44:20", *BY)
    assert 2 == said.code
    assert "today, 2016-08-19, is no day of the rally" in said.err
    assert "from 2016-07-19 to 2016-07-21" in said.err
    right = ("--clock-is-right", *BY)
    assert 0 == alps(*AT, "stage=SS1", "--at", "10:44:20", *right).code


ZONES = ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Riyadh")
naive = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1))  # noqa: DTZ001 - wall time


@examples(200)
@given(st.sampled_from(ZONES), naive)
def test_clocks_showed_what_is_read(name: str, shown: datetime) -> None:
    """A wall time is the one moment at which the clocks showed it, or is refused."""
    zone = ZoneInfo(name)
    readings = {
        each.astimezone(UTC)
        for fold in (0, 1)
        if (each := shown.replace(tzinfo=zone, fold=fold))
        .astimezone(UTC)
        .astimezone(zone)
        .replace(tzinfo=None)
        == shown
    }
    try:
        found = {on_the_clocks_of(zone, shown).astimezone(UTC)}
    except Usage as refused:
        found = set()
        for reading in refused.hint.removeprefix("Write the offset that is meant: ")[:-1].split(
            " or "
        ):
            parse_instant(reading)
    assert found == (readings if len(readings) == 1 else set())


@examples(200)
@given(st.sampled_from(ZONES), st.integers(-3_000_000_000_000, 4_102_444_800_000))
@example("Europe/Berlin", parse_instant("2016-10-30T02:30+02:00").ms)
@example("Europe/Berlin", parse_instant("2016-10-30T02:30+01:00").ms)
def test_clocks_show_every_moment_as_itself(name: str, ms: int) -> None:
    """Also of an hour that they show twice, and in ISO 8601 as a calendar writes it."""
    zone = ZoneInfo(name)
    found, meant = shown_in(ms, zone), datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    offset = meant.astimezone(zone).utcoffset() or timedelta()
    assert Instant(ms, offset // timedelta(minutes=1)) == found
    precise = "milliseconds" if ms % 1000 else "seconds"
    assert found.datetime.isoformat(timespec=precise) == found.iso()
    assert (found.datetime.date(), found.datetime.time()) == (
        found.day,
        time.fromisoformat(found.clock()),
    )
    assert found == parse_instant(found.iso())


@pytest.mark.parametrize("ms", [5, 300, 4_500, 12_007, 2_027_300])
def test_what_is_recorded_is_told_in_full(alps: Rally, ms: int) -> None:
    """Tenths and thousandths stand in the words, tables and answers about a time."""
    shown = format_duration(ms, 1)
    start = ("record", "StageStarted", "number=1", "stage=SS1")
    assert 0 == alps(*start, "--at", "2016-07-19T08:00", *BY).code
    at = Instant(parse_instant("2016-07-19T08:00+02:00").ms + ms, 120)
    passed = ("record", "PassingRecorded", "number=1", "stage=SS1", f"elapsed_ms={ms}")
    assert shown in alps(*passed, "--at", at.iso(), *BY).out
    for kind, field in (("PenaltyGiven", "amount_ms"), ("TimeCreditGranted", "amount_ms")):
        given = ("record", kind, "number=1", "stage=SS2", f"{field}={ms}", "--reason", "x")
        assert shown in alps(*given, *BY).out
    table = alps("log").out
    assert 3 == table.count(shown)
    assert at.spelled() in table
    for read in (("crew", "1"), ("penalties",), ("why", "1")):
        assert shown in alps(*read).out, read


def test_a_finish_shown_to_tenths_stands_so_on_the_card(alps: Rally) -> None:
    """The card and its sheet say when, as finely as it was recorded."""
    alps("record", "StageStarted", "number=1", "stage=SS2", "--at", "2016-07-21T08:00", *BY)
    seen = ("record", "ControlPassed", "number=1", "control=TC1", "--at", "2016-07-21T10:44:20.3")
    assert 0 == alps(*seen, *BY).code
    assert "10:44:20.300" in alps("time-card", "1").out


# -- as it is shown --------------------------------------------------------------------------------


def test_a_time_may_be_typed_as_it_is_shown(alps: Rally) -> None:
    """Copied from a page or a table: in the year next to the rally, by its clocks or an offset."""
    asked = ("standings", "--effective-at")
    meant = {
        "19 Jul 21:40": "2016-07-19T21:40:00+02:00",
        "19 Jul 21:40 +08:00": "2016-07-19T21:40:00+08:00",
        "19 jul 9:40:07.5": "2016-07-19T09:40:07.500+02:00",
        "31 Dec 12:00": "2016-12-31T12:00:00+01:00",
        "1 Jan 12:00": "2017-01-01T12:00:00+01:00",
    }
    read = {shown: answer(alps, *asked, shown)["basis"]["effective_at"] for shown in meant}
    assert meant == read
    wrong = ("31 Jun 12:00", "19 Jux 12:00", "19 Jul 25:00", "19 Jul")
    assert [2] * len(wrong) == [alps(*asked, each).code for each in wrong]


@given(st.integers(0, 4_102_444_800_000), st.integers(-720, 840))
def test_what_is_shown_is_read(ms: int, offset: int) -> None:
    """Every time that stands in a table is one that can be typed."""
    instant = Instant(ms // 1000 * 1000, offset)
    found = as_shown(instant.spelled())
    assert found is not None
    day = found.in_year(instant.datetime.year)
    assert day is not None
    assert instant.datetime == datetime.combine(day, found.clock)

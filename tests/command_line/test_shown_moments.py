"""People read every moment by the clocks of the rally; JSON keeps the offset of the record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.rally_clocks import RallyClocks
from ledger.log import Ledger
from ledger.rally_time import constituted
from ledger.times import Instant, instant_of, parse_instant
from ledger.vocabulary import RemarkMade
from tests.command_line.conftest import answer
from tests.command_line.pdf import attached, text
from tests.command_line.test_documents import drawn
from tests.conftest import Filling, Rally
from tests.examples import examples

BY = ("--by", "Ann", "--role", "clerk-of-the-course")


@pytest.fixture
def alps(rally: Rally, filled: Filling) -> Rally:
    """A rally in Berlin's zone in which people typed moments in UTC, and in Perth's."""

    def fill() -> None:
        days = ("--starts-on", "2016-07-19", "--ends-on", "2016-07-21")
        assert (
            0
            == rally("new", "alps", "--title", "A", "--timezone", "Europe/Berlin", *days, *BY).code
        )
        first = "first_start_at=2016-07-20T23:30:00Z"
        assert 0 == rally("record", "StageScheduled", "stage=SS1", "order=1", first, *BY).code
        for number in (1, 2):
            crew = (f"number={number}", f"driver=D{number}", "category=car")
            assert 0 == rally("record", "CrewEntered", *crew, *BY).code
        started = ("number=1", "stage=SS1", "--at", "2016-07-20T23:30:07.300Z")
        assert 0 == rally("record", "StageStarted", *started, *BY).code
        seen = ("number=1", "stage=SS1", "kind=stuck", "--at", "2016-07-21T07:45:00+08:00")
        assert 0 == rally("record", "IncidentReported", *seen, *BY).code

    filled("shown-moments", fill)
    return rally


def test_tables_and_words(alps: Rally) -> None:
    """The log, one record, a start order, incidents: all by the clocks of the rally."""
    log = alps("log").out
    assert "21 Jul 01:30:07.300 +02:00" in log
    assert "21 Jul 01:45 +02:00" in log
    shown = alps("show", "3").out
    assert "first_start_at = 2016-07-21T01:30:00+02:00" in shown
    assert "21 Jul 01:30:00" in alps("start-order", "SS1").out
    assert "21 Jul 01:45:00" in alps("incidents").out
    for words in (("log",), ("show", "3"), ("show", "5"), ("start-order", "SS1"), ("incidents",)):
        said = alps(*words)
        assert not any(other in said.out + said.err for other in ("Z ", "+00:00", "+08:00")), words
    noted = alps("log")
    assert "+02:00" in noted.err


def test_json_keeps_the_offset_that_was_recorded(alps: Rally) -> None:
    """It is what a record says, to the byte."""
    assert (
        "2016-07-20T23:30:00+00:00"
        == answer(alps, "start-order", "SS1")["groups"][0]["rows"][0]["due_at"]
    )
    assert "2016-07-21T07:45:00+08:00" == answer(alps, "incidents")["rows"][0]["fact_at"]
    assert "2016-07-20T23:30:07.300+00:00" in alps("log", "--json").out


def test_headings_and_moments_that_were_asked_for(alps: Rally) -> None:
    """A cut in UTC heads a table by the clocks of the rally."""
    said = alps("standings", "--effective-at", "2016-07-20T23:00Z")
    assert "what had happened by 2016-07-21T01:00:00+02:00" in said.out + said.err


def test_what_was_typed_wrongly_is_quoted_as_it_was(alps: Rally) -> None:
    """An error of use is about the text itself."""
    said = alps("standings", "--effective-at", "2016-03-27T02:30")
    assert "02:30:00+01:00 was 2016-03-27T03:30:00+02:00" in said.err
    assert "Write the offset that is meant: 2016-03-27T02:30:00+01:00" in said.err


def test_a_rally_without_a_zone(rally: Rally, tmp_path: Path) -> None:
    """It shows what was recorded."""
    at = parse_instant("2016-07-20T23:30:00+08:00")
    ledger = Ledger(str(tmp_path / "rally.db"), lambda: at.ms)
    remark = RemarkMade(
        rally="bare", recorded_at=at, fact_at=at, text="Dust.", by="Li", role="marshal"
    )
    ledger.log("bare").append([remark])
    ledger.close()
    assert "2016-07-20T23:30:00+08:00" in rally("show", "1").out
    assert "20 Jul 23:30 +08:00" in rally("log").out


@pytest.fixture
def clocks(alps: Rally, tmp_path: Path) -> RallyClocks:
    """Those of that rally."""
    return RallyClocks(
        lambda: constituted(Ledger(str(tmp_path / "rally.db"), lambda: 0).log("alps"))
    )


def test_any_moment_in_any_form(clocks: RallyClocks) -> None:
    """It is the same moment, with the offset of the zone at it, and as fine as it was."""
    begins = datetime(2016, 7, 19, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")

    @given(st.integers(-180 * 86_400_000, 180 * 86_400_000), st.integers(-14 * 60, 14 * 60))
    @examples(200)
    def holds(by: int, offset: int) -> None:
        ms = instant_of(begins + timedelta(milliseconds=by)).ms
        at = Instant(ms, offset)
        expected = instant_of(at.datetime.astimezone(zone))
        assert expected == clocks.instant(at) == parse_instant(clocks.text(at.iso()))
        assert f"at {expected.spelled()}, or" == clocks.text(f"at {at.spelled()}, or")
        assert f"'{expected.short()}': he" == clocks.text(f"'{at.short()}': he")
        assert expected.iso() == clocks.text(at.iso()) == clocks.text(clocks.text(at.iso()))

    holds()


@pytest.mark.parametrize(
    "text",
    ["40 Feb 21:40 +08:00", "2016-13-01T00:00:00Z", "x2016-07-21T01:00:00Z", "21:40 +08:00", ""],
)
def test_what_is_no_moment_stays(clocks: RallyClocks, text: str) -> None:
    """Words that look like one are left alone."""
    assert text == clocks.text(text)


def test_a_sheet_shows_moments_by_the_clocks_of_the_rally(alps: Rally) -> None:
    """As whoever stands before the board reads it, and as it is in the data attached to it."""
    order = drawn(alps, "start-order", "SS1")
    assert "21 Jul 2016, UTC+02:00" in text(order)
    assert "01:30:00" in text(order)
    assert "2016-07-21T01:30:00+02:00" == attached(order)["groups"][0]["rows"][0]["due_at"]

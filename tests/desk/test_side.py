"""Who is missing, as it stands at the side and in words; and what a word of a line may be."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest

from cli.desk import side
from cli.desk.completion import meant
from ledger.times import Instant
from projections.control.absent import Absent, Absentee, Place, Why
from tests.desk.conftest import Sits

HOUR = 3_600_000
NOW = Instant(100 * HOUR, 0)


def _missing(number: str, why: Why, ago_ms: int | None, driver: str = "Vera Sand") -> Absentee:
    since = None if ago_ms is None else Instant(NOW.ms - ago_ms, 0)
    return Absentee(number, driver, "cars", why, since, ago_ms)


def _wide(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)


FINISH = Absent(
    Place("finish", "SS1"),
    (
        _missing("12", "started", 72 * 60_000),
        _missing("7", "due", 60_000),
        _missing("3", "passed", None, "A very long name of somebody"),
    ),
    (_missing("20", "due", -3 * 60_000),),
)


def test_in_words() -> None:
    """A line for each reason: by how long, and in how long."""
    assert [
        "On the stage (1): 12 Vera Sand 1 h 12.",
        "Due, not seen (1): 7 Vera Sand 1 min.",
        "Seen further on: no record (1): 3 A very long name of somebody.",
        "Due later (1): 20 Vera Sand in 3 min.",
    ] == side.listed(FINISH, NOW)
    nobody = Absent(Place("finish", "SS1"), (), ())
    assert ["Nobody is missing here."] == side.listed(nobody, NOW)


def test_a_few_by_name() -> None:
    """Of many only the first, and how many there are."""
    crews = tuple(_missing(str(n), "started", n * 60_000) for n in range(1, 6))
    told = side.listed(Absent(Place("finish", "SS1"), crews, ()), NOW, 2)
    assert ["On the stage (5): 5 Vera Sand 5 min, 4 Vera Sand 4 min, 3 more (who)."] == told


def test_as_time_passes_who_is_due_goes_missing() -> None:
    """Nothing has to be asked anew for that."""
    later = Instant(NOW.ms + 5 * 60_000, 0)
    assert "Due, not seen (2): 7 Vera Sand 6 min, 20 Vera Sand 2 min." in side.listed(FINISH, later)


@pytest.mark.parametrize(
    ("ago_ms", "told"),
    [
        (0, "0 min"),
        (59 * 60_000, "59 min"),
        (HOUR, "1 h 00"),
        (47 * HOUR, "47 h 00"),
        (49 * HOUR, "2 days"),
        (-HOUR, "in 1 h 00"),
        (None, ""),
    ],
)
def test_by_how_long(ago_ms: int | None, told: str) -> None:
    """Minutes, hours, days; nothing where nobody knows."""
    assert told == side.by(_missing("12", "started", ago_ms), NOW)


def test_as_a_column() -> None:
    """Nothing is wider than the column, nor higher; what does not fit says so."""
    assert [
        "On the stage: 1",
        " 12 Vera Sand      1 h 12",
        "Due, not seen: 1",
        " 7 Vera Sand        1 min",
        "Seen further on: no reco…",
        " 3 A very long name of …",
        "Due later: 1",
        " 20 Vera Sand    in 3 min",
    ] == side.pane(FINISH, NOW, 25, 19)
    assert [" … 6 more: who"] == side.pane(FINISH, NOW, 25, 3)[2:]
    wide = Absent(
        Place("finish"), (_missing("12", "started", HOUR, "陈伟 王芳 李娜 张敏 刘洋"),), ()
    )
    rows = side.pane(wide, NOW, 25, 19, _wide)
    assert 25 == _wide(rows[1])
    assert rows[1].endswith("…  1 h 00")


@pytest.mark.parametrize(
    ("begun", "known"),
    [
        ("10", "101 102 103 104 105 106 107 108 109"),
        ("Penal", "PenaltyGiven PenaltyWithdrawn"),
        ("at ", "SS1 SS2 SS3 ASS1 TC1 ASS2 TC2 ASS3 TC3"),
        ("at SS1 ", "start finish cards WP1 ASS"),
        ("at ss1 finish e", "elapsed"),
        ("101 r", "RallyConstituted RemarkMade"),
        ("101 w W", "WP1"),
        ("PenaltyGiven am", "amount_ms="),
        ("101 PenaltyGiven stage=", "stage=SS1 stage=SS2 stage=SS3"),
        ("101 RetirementReported cause=me", "cause=mechanical cause=medical"),
        ("e 11", "110 111 112"),
        ("nonsense of the sort", ""),
    ],
)
def test_completion(sits: Sits, begun: str, known: str) -> None:
    """Numbers, commands, places, letters, types, fields and their values."""
    ann = sits("SS1 finish")
    found = [each.text for each in meant(begun, ann.session.context, ann.session.seat.plan)]
    assert {*known.split()} <= {*found}
    assert bool(found) == bool(known)
    word = begun.rsplit(" ", maxsplit=1)[-1].casefold()
    assert all(each.casefold().startswith(word) for each in found)


def test_numbers_come_with_their_drivers(sits: Sits) -> None:
    """So that the wrong one is not taken."""
    ann = sits("SS1 finish")
    first = next(iter(meant("10", ann.session.context, ann.session.seat.plan)))
    assert ("101", "Driver 1", 2) == first

"""What no honest log says is not taken in, does not verify, and stops nobody: bounds and tags."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ledger.intake.jsonl import Arrived, export, read_jsonl, take_in_jsonl
from ledger.intake.lines import BadLine
from ledger.log import Ledger, Log
from ledger.record import MOST, Header
from ledger.times import _LARGEST_MS, _SMALLEST_MS
from ledger.verify import verify
from tests.command_line.conftest import behind_its_back
from tests.conftest import NOW, Rally, Ticking
from tests.looked import some_of
from tests.store.samples import RALLY, constituted, remark

DAY = 24 * 3_600_000
OUTSIDE: list[tuple[str, Any]] = [
    ("site_position", (1 << 63) - 1),
    ("site_position", 1 << 53),
    ("site_position", MOST // 2 + 1),
    ("site_position", -(1 << 63)),
    ("position", 0),
    ("position", (1 << 63) - 1),
    ("received_at", _LARGEST_MS + 1),
    ("received_at", _LARGEST_MS),
    ("received_at", _SMALLEST_MS),
    ("received_at", (1 << 63) - 1),
    ("site", ""),
    ("site", "a" * 81),
    ("site", "a\nb"),
    ("tags", ("crew:9",)),
    ("tags", ("crew:7", "crew:7")),
    ("tags", ()),
    ("id", "7"),
]
"""A field of a header, and what no log that was ever written says in it."""


def forged(line: str, field: str, value: Any) -> bytes:
    """A line of an export that says something else in its header, with the leaf of that."""
    said = json.loads(line)
    said[field] = value
    names = ("position", "id", "received_at", "site", "site_position")
    at, identity, received_at, site, number = (said[each] for each in names)
    header = Header(RALLY, at, identity, received_at, site, number, tuple(said["tags"]))
    said["leaf"] = header.leaf().hex()
    return msgspec.json.encode(said)


def handed_over(folder: Path) -> list[str]:
    """The export of a laptop that writes as `main`, too."""
    there = Ledger(str(folder / "there.db"), Ticking())
    there.log(RALLY).append([constituted(), remark("a", "7"), remark("b", "7")])
    lines = list(export(there.log(RALLY)))
    there.close()
    return lines


def taken_in(ledger: Ledger, lines: list[bytes]) -> list[BadLine]:
    """Take in what can be read; the rest."""
    found = list(read_jsonl("x", lines))
    take_in_jsonl(ledger, [each for each in found if isinstance(each, Arrived)])
    return [each for each in found if isinstance(each, BadLine)]


@pytest.mark.parametrize(("field", "value"), OUTSIDE)
@pytest.mark.parametrize("whole", [True, False])
def test_a_line_out_of_bounds_is_kept_out(
    tmp_path: Path, ledger: Ledger, *, field: str, value: Any, whole: bool
) -> None:
    """It is not restored nor merged; the rest is, it verifies, and the log goes on."""
    *others, last = handed_over(tmp_path)
    if not whole:
        ledger.log(RALLY).append([constituted(), remark("here", "7")])
    lines = [each.encode() for each in others] + [forged(last, field, value)]
    (bad,) = taken_in(ledger, lines)
    assert bad.where == "x:3"
    log = ledger.log(RALLY)
    (before,) = log.newest(1)
    log.append([remark("goes on")])
    (after,) = log.newest(1)
    assert after.header.site_position == before.header.site_position + 1
    assert NOW <= after.header.received_at < NOW + DAY
    assert verify(log).ok


def test_where_else_it_was_recorded_has_bounds_too(tmp_path: Path, ledger: Ledger) -> None:
    """A number at another site that nobody can count on from does not come in beside a record."""
    *others, last = handed_over(tmp_path)
    said = json.loads(last) | {"also": [["main", (1 << 63) - 1]]}
    (bad,) = taken_in(ledger, [*(each.encode() for each in others), msgspec.json.encode(said)])
    assert "also" in bad.reason


def poisoned(ledger: Ledger, path: Path, **values: Any) -> Log:
    """A log as an earlier version took it in: its last record has another header, sealed anew."""
    from ledger.merkle import Frontier

    log = ledger.log(RALLY)
    log.append([constituted(), remark("a", "7")])
    first, last = log.read()
    header = msgspec.structs.replace(last.header, **values)
    frontier = Frontier()
    frontier.extend([first.leaf, header.leaf()])
    stored = {**values, "leaf": header.leaf()}
    names = ", ".join(f"{each} = ?" for each in stored)
    behind_its_back(
        path,
        (f"UPDATE record SET {names} WHERE position = 2", tuple(stored.values())),
        ("UPDATE log_head SET frontier = ?", (frontier.to_bytes(),)),
    )
    if "received_at" in values:
        behind_its_back(path, ("UPDATE log_head SET received_at = ?", (values["received_at"],)))
    return log


def test_a_log_that_an_earlier_version_let_be_poisoned(
    rally: Rally, ledger: Ledger, tmp_path: Path
) -> None:
    """Its site goes on to count from the numbers that can be; `verify` says what is wrong."""
    log = poisoned(ledger, tmp_path / "rally.db", site_position=(1 << 63) - 1)
    log.append([remark("goes on")])
    (last,) = log.newest(1)
    assert last.header.site_position == 2
    said = rally("verify")
    assert (said.code, "#2: Its header is out of bounds" in said.out) == (1, True)


@pytest.mark.parametrize("ms", [_LARGEST_MS + 1, _LARGEST_MS, (1 << 63) - 1, -(1 << 63)])
def test_a_time_of_receipt_beyond_all_years(
    rally: Rally, ledger: Ledger, tmp_path: Path, ms: int
) -> None:
    """Where such a one stands, reads answer, with the nearest that can be shown."""
    poisoned(ledger, tmp_path / "rally.db", received_at=ms)
    for words in (
        "log",
        "show #2",
        "standings",
        "late",
        "history",
        "check",
        "anomalies",
        "diff 1 2",
    ):
        for form in ((), ("--json",)):
            said = rally(*words.split(), *form)
            assert said.code in (0, 1), said
    said = rally("verify")
    assert (said.code, "#2: Its header is out of bounds" in said.out) == (1, True)


def test_forged_tags_that_an_earlier_version_took_in(
    rally: Rally, ledger: Ledger, tmp_path: Path
) -> None:
    """Tags are those of the content: a record that claims others does not verify."""
    log = ledger.log(RALLY)
    log.append([constituted(), remark("a", "7")])
    first, last = log.read()
    from ledger.merkle import Frontier

    header = msgspec.structs.replace(last.header, tags=("crew:9",))
    frontier = Frontier()
    frontier.extend([first.leaf, header.leaf()])
    behind_its_back(
        tmp_path / "rally.db",
        ("UPDATE record SET tags = '[\"crew:9\"]', leaf = ? WHERE position = 2", (header.leaf(),)),
        ("UPDATE record_tag SET tag = 'crew:9' WHERE position = 2", ()),
        ("UPDATE log_head SET frontier = ?", (frontier.to_bytes(),)),
    )
    said = rally("verify")
    assert (said.code, "#2: Its tags are not those of its content." in said.out) == (3, True)


DAMAGED = {
    "tags": ["''", "'['", "'{}'", "'7'", "x'ff'", "'[7]'", "CAST(x'ff' AS TEXT)"],
    "received_at": ["'soon'", "0.5"],
    "site": ["x'ff'", "CAST(x'ff' AS TEXT)"],
    "data": ["'text'", "7", "x''", "x'ff'", "CAST(x'ff' AS TEXT)"],
    "leaf": ["'text'", "7"],
}


@pytest.mark.parametrize("column", DAMAGED)
def test_a_damaged_column_is_a_clear_error(
    rally: Rally, ledger: Ledger, tmp_path: Path, column: str
) -> None:
    """Whatever stands in a column of a record, a read says so and breaks off with no traceback."""
    ledger.log(RALLY).append([constituted(), remark("a", "7"), remark("b", "7")])
    for value in some_of(DAMAGED[column]):
        set_it = f"UPDATE record SET {column} = {value} WHERE position = 2"
        behind_its_back(tmp_path / "rally.db", (set_it, ()))
        for words in (("log",), ("log", "--crew", "7"), ("show", "#2"), ("export", "jsonl", "-")):
            said = rally(*words)
            assert said.code in (3, 5), (value, words, said)
            assert "damaged" in said.err or "can't be read" in said.err, (value, said)
        assert rally("verify").code == 3


@given(st.sampled_from(OUTSIDE))
def test_the_bounds_stand_on_the_types(outside: tuple[str, Any]) -> None:
    """What a line may not say, a header says is amiss; but for tags, which its content tells."""
    field, value = outside
    header = Header(RALLY, 3, "0" * 64, NOW, "main", 3, ("crew:7",))
    assert header.amiss() == ""
    changed = msgspec.structs.replace(header, **{field: value})
    assert bool(changed.amiss()) is (field != "tags" and value != MOST // 2 + 1)


def test_it_is_the_same_on_both_databases(engine: sa.Engine, log: Log) -> None:
    """A site whose numbers were poisoned goes on to count from those that can be."""
    log.append([constituted()])
    from ledger.record import arrival_of

    bad = msgspec.structs.replace(arrival_of(remark("x")), site="main", site_position=(1 << 63) - 1)
    log.append([bad])
    log.append([remark("y")])
    assert [each.header.site_position for each in log.read()][::2] == [1, 2]

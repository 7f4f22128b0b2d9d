"""How finely times are told that stand beside each other: as the finest of them needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cli.office.forms import plain
from cli.web.columns import Columns, by_column, column_of
from cli.web.pages import PAGES
from cli.web.tables import column
from cli.web.words import milliseconds
from ledger.times import format_duration, format_durations, format_gap, format_gaps
from projections.results.standings import Row, Scope
from tests.examples import examples

_values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99_999) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a_ms", "ms", "rows", "name"]), inner, max_size=4)
        | st.lists(st.fixed_dictionaries({"a_ms": inner, "name": inner}), max_size=4)
    ),
    max_leaves=30,
)


def durations(value: Any, name: str = "") -> Iterator[int]:
    """What stands under a name that says milliseconds, one by one, however deep it lies."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from durations(each, key)
    elif isinstance(value, list):
        several = [each for each in value if name.endswith("_ms") and isinstance(each, int)]
        yield from several
        for each in value if not name.endswith("_ms") else ():
            yield from durations(each)
    elif type(value) is int and (name.endswith("_ms") or name == "ms"):
        yield value


@given(document=_values)
@examples(200)
def test_no_duration_of_a_document_is_overlooked(document: Any) -> None:
    """In the rows of a table, which are looked through column by column, as anywhere else."""
    assert sorted(durations(document)) == sorted(milliseconds(document))


def test_the_columns_of_a_table_are_looked_through() -> None:
    """Also one in which a crew has no time, and one with several of them."""
    row = {"gap_ms": 40, "name": "A", "codrivers": ["B"], "laps_ms": [7, 8], "parts": [{"ms": 3}]}
    other = row | {"gap_ms": None, "laps_ms": [], "parts": []}

    assert [3, 7, 8, 40] == sorted(milliseconds({"rows": [row, other]}))
    assert [3, 7, 8, 40, 40] == sorted(milliseconds([row, {"gap_ms": 40, "total": 1}]))


def test_no_figure_is_shown_as_it_is_counted() -> None:
    """A column that has a title of its own says what stands in it, where its name would tell."""
    columns = [
        column(each) for page in PAGES.values() for table in page.tables for each in table.columns
    ]
    figures = [each for each in columns if each.names[0].endswith(("_ms", "_at", "_until"))]
    assert len(figures) > 30
    assert [] == [each for each in figures if each.kind == "text"]


class _Crew(msgspec.Struct):
    number: str


class _Team(msgspec.Struct):
    place: int
    crews: tuple[_Crew, ...]
    best: str = msgspec.field(name="class")


def test_rows_by_column_say_what_they_say_one_by_one() -> None:
    """Under the names of JSON, parts and all; of what has nothing there, nothing."""
    several = (_Team(1, (_Crew("7"), _Crew("8")), "T1"), _Team(2, (), "T2"))
    held = by_column(several)
    assert isinstance(held, Columns)
    assert list(plain(several)) == list(held) == held[:]
    assert ["T1", "T2"] == list(column_of(held, "class")) == column_of(held[:], "class")
    assert [None, None] == column_of(held, "gap_ms") == column_of(held[:], "gap_ms")


def test_rows_that_leave_out_what_is_not_said_stay_as_they_are() -> None:
    """A scope names a range only where it is one: there is no column of that."""
    several = (Scope("range", first="SS1", last="SS2"), Scope())
    assert plain(several) == by_column(several)
    assert [(), {}] == [by_column(()), by_column({})]


class _Lap(msgspec.Struct):
    ms: int
    gap_ms: int | None = None


class _Driven(msgspec.Struct):
    total_ms: int | None
    laps_ms: tuple[int, ...]
    laps: tuple[_Lap, ...]
    best: _Lap | None = None


def test_durations_in_the_parts_of_rows_are_found() -> None:
    """One that a row has not, several of them, and what has such of its own."""
    several = (_Driven(8, (1, 2), (_Lap(3), _Lap(4, 5)), _Lap(6)), _Driven(None, (), ()))
    assert isinstance(rows := by_column(several), Columns)
    assert [1, 2, 3, 4, 5, 6, 8] == sorted(milliseconds({"rows": rows}))


def test_durations_by_column_are_those_of_the_rows() -> None:
    row = Row(1, "7", "Ann", ("Bo",), "FIN", "cars", "T1", time_ms=3, total_ms=8)
    rows = {"rows": by_column((row, row)), "scope": {}}
    assert isinstance(rows["rows"], Columns)
    assert sorted(milliseconds(plain({"rows": (row, row)}))) == sorted(milliseconds(rows))


@given(
    column=st.lists(st.none() | st.just(0) | st.integers(-(10**9), 10**9)),
    precision=st.sampled_from((1, 10, 100, 1000)),
)
@examples(200)
def test_a_column_of_durations_is_told_as_each_of_them(
    column: list[int | None], precision: int
) -> None:
    """Gaps as well: who leads has none, and who was put back may be faster than the leader."""
    known = [(each, format_duration(each or 0, precision)) for each in column]
    assert format_durations(column, precision) == ["" if e is None else told for e, told in known]
    gaps = ["" if each is None else format_gap(each, precision) for each in column]
    assert format_gaps(column, precision) == gaps

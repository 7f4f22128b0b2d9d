"""How what is told stands on a page: records named, moments by the clocks of the rally, as known.

What was known at the position counts: a zone that was corrected later changes no page of before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from cli.names import Naming, may_name, naming_of
from cli.office.view import View
from cli.rally_clocks import MONTHS, RallyClocks, may_tell_a_time
from cli.web.columns import Columns, are_lists_of_texts
from ledger.signs import spelled_out
from ledger.times import (
    Instant,
    format_duration,
    format_durations,
    format_gap,
    format_gaps,
    parse_instant,
    precision_of,
)

_SHORT, _REMEMBERED = 200, 1 << 14
"""Texts up to that length are remembered, the last so many of them."""


@lru_cache(_REMEMBERED)
def by_itself(text: str) -> str | None:
    """A text for people that is the same in any log, at any moment: it names no record, no time."""
    return None if may_name(text) or may_tell_a_time(text) else spelled_out(text, but="\n")


@lru_cache
def _day_told(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


class Words:
    """The words of a rally up to a position of its log."""

    def __init__(self, seen: View) -> None:
        self._clocks = RallyClocks(lambda: seen.founded)
        self.named: Naming = naming_of(lambda: seen.log, seen.position)

    def text(self, value: Any) -> str:
        """A text for people; what would act on it or not be seen is spelled out."""
        text = str(value)
        if len(text) <= _SHORT and (alone := by_itself(text)) is not None:
            return alone
        return spelled_out(self._clocks.text(self.named(text)), but="\n")

    def instant(self, iso: str) -> Instant:
        """A moment by the clocks of the rally."""
        return self._clocks.instant(parse_instant(iso))

    def when(self, iso: str | None) -> str:
        """Day and time of day: "21 Jul 20:15"."""
        if not iso:
            return ""
        return self.at(parse_instant(iso))

    def at(self, moment: Instant) -> str:
        """The same of a moment itself; nothing in it acts in markup."""
        shown = self._clocks.instant(moment)
        return f"{_day_told(shown.day)} {shown.clock()}"

    def in_full(self, iso: str | None) -> str:
        """Day, time of day and offset: "21 Jul 20:15 +08:00"."""
        return self.instant(iso).short() if iso else ""


class Times:
    """Durations and gaps, as finely as any of those that stand beside each other."""

    def __init__(self, document: Any) -> None:
        self._document = document

    @cached_property
    def _precision(self) -> int:
        return precision_of(milliseconds(self._document))

    def time(self, ms: int | None) -> str:
        """A duration: "4:57:46"; nothing where there is none."""
        return "" if ms is None else format_duration(ms, self._precision)

    def gap(self, ms: int | None) -> str:
        """A gap or a penalty: "+0:07:02"; nothing where there is none."""
        return "" if ms is None else format_gap(ms, self._precision)

    def times(self, several: Sequence[int | None]) -> list[str]:
        """Durations, those of a column."""
        return format_durations(several, self._precision)

    def gaps(self, several: Sequence[int | None]) -> list[str]:
        """Gaps or penalties, those of a column."""
        return format_gaps(several, self._precision)


def bytes_of(size: int) -> str:
    """How large a file is: "5.4 kB"."""
    amount = size / _KILO
    if amount < 1:
        return f"{size} bytes"
    units = iter(("kB", "MB", "GB", "TB"))
    unit = next(units)
    while round(amount) >= _KILO and (larger := next(units, "")):
        amount, unit = amount / _KILO, larger
    return f"{amount:.{1 if amount < _FINE else 0}f} {unit}"


_KILO, _FINE = 1000, 10


def milliseconds(value: Any) -> Iterable[int]:
    """The durations in a document."""
    found: list[int] = []
    pending = [value]
    while pending:
        at = pending.pop()
        if isinstance(at, dict):
            for name, each in at.items():
                kind = type(each)
                if kind is int:
                    if _is_duration(name):
                        found.append(each)
                elif kind is dict or kind is list or kind is tuple or kind is Columns:
                    if kind is not dict and name[-3:] == "_ms":
                        found += [one for one in each if isinstance(one, int)]
                    elif each:
                        pending.append(each)
        elif isinstance(at, (list, tuple, Columns)):
            pending += _of_rows(at, found)
    return found


def _of_rows(rows: Sequence[Any], found: list[int]) -> Sequence[Any]:
    """Find the durations of rows; of rows of one kind it tells in which columns nothing has parts.

    What has parts is left to be looked through.
    """
    if not isinstance(rows, Columns):
        columns = _columns(rows)
        return rows if columns is None else _of_columns(columns, found)
    with_parts = {name: rows.each[name] for name in rows.with_parts}
    for name in filter(_is_duration, rows.each.keys() - with_parts):
        found += [each for each in rows.each[name] if each is not None]
    return _of_columns(with_parts, found)


def _is_duration(name: str) -> bool:
    return name[-3:] == "_ms" or name == "ms"


def _columns(several: Sequence[Any]) -> dict[str, Sequence[Any]] | None:
    """What stands in the rows of a table, by column; None where these are none."""
    if {*map(type, several)} != {dict} or len({*map(len, several)}) > 1:
        return None
    try:
        return {name: [row[name] for row in several] for name in several[0]}
    except KeyError:
        return None


def _of_columns(columns: Mapping[str, Sequence[Any]], found: list[int]) -> list[Any]:
    """Find the durations column by column; what has parts is left to be looked through."""
    parts = list[Any]()
    for name, column in columns.items():
        kinds = {*map(type, column)}
        if kinds == {int}:
            if _is_duration(name):
                found += column
        elif not (kinds <= _WITHOUT_PARTS or are_lists_of_texts(kinds, column)):
            parts += [{name: each} for each in column if each]
    return parts


_WITHOUT_PARTS = {str, type(None), bool, float}


Shows = Callable[[Any], str]

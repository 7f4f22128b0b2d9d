"""How what is told stands on a page: records named, moments by the clocks of the rally, as known.

What was known at the position counts: a zone that was corrected later changes no page of before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from typing import Any

from cli.names import Naming, may_name, naming_of
from cli.office.view import View
from cli.rally_clocks import MONTHS, RallyClocks, may_tell_a_time
from ledger.signs import spelled_out
from ledger.times import Instant, format_duration, format_gap, parse_instant, precision_of

_SHORT, _REMEMBERED = 200, 1 << 14
"""Texts up to that length are remembered, the last so many of them."""


@lru_cache(_REMEMBERED)
def by_itself(text: str) -> str | None:
    """A text for people that is the same in any log, at any moment: it names no record, no time."""
    return None if may_name(text) or may_tell_a_time(text) else spelled_out(text, but="\n")


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
        at = self.instant(iso)
        day = at.datetime
        return f"{day.day} {MONTHS[day.month - 1]} {at.clock()}"

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
                    if name[-3:] == "_ms" or name == "ms":
                        found.append(each)
                elif kind is dict or kind is list or kind is tuple:
                    if kind is not dict and name[-3:] == "_ms":
                        found += [one for one in each if isinstance(one, int)]
                    elif each:
                        pending.append(each)
        elif isinstance(at, (list, tuple)):
            pending += at
    return found


Shows = Callable[[Any], str]

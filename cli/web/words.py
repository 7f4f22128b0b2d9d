"""How what is told stands on a page: records named, moments by the clocks of the rally, as known.

What was known at the position counts: a zone that was corrected later changes no page of before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from cli.names import Naming, naming_of
from cli.rally_clocks import RallyClocks
from ledger.log import Log
from ledger.rally_time import constituted
from ledger.signs import spelled_out
from ledger.times import Instant, format_duration, format_gap, parse_instant, precision_of


class Words:
    """The words of a rally up to a position of its log."""

    def __init__(self, log: Log, until: int) -> None:
        self._clocks = RallyClocks(lambda: constituted(log, until))
        self.named: Naming = naming_of(lambda: log, until)

    def text(self, value: Any) -> str:
        """A text for people; what would act on it or not be seen is spelled out."""
        return spelled_out(self._clocks.text(self.named(str(value))), but="\n")

    def instant(self, iso: str) -> Instant:
        """A moment by the clocks of the rally."""
        return self._clocks.instant(parse_instant(iso))

    def when(self, iso: str | None) -> str:
        """Day and time of day: "21 Jul 20:15"."""
        if not iso:
            return ""
        at = self.instant(iso)
        return f"{at.datetime.day} {at.datetime:%b} {at.clock()}"

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
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, int) and not isinstance(each, bool):
                if name == "ms" or name.endswith("_ms"):
                    yield each
            elif name.endswith("_ms") and isinstance(each, (list, tuple)):
                yield from (one for one in each if isinstance(one, int))
            else:
                yield from milliseconds(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from milliseconds(each)


Shows = Callable[[Any], str]

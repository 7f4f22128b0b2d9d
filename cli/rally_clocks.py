"""What people read shows every moment by the clocks of the rally.

A record keeps the UTC offset that it was typed or imported with, and JSON gives it back. A list in
which half the moments are in UTC is misread, so the same moment is shown to people with the offset
that the rally's zone has at it. A rally without a zone shows what was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property

from ledger.errors import LedgerError
from ledger.times import Instant, by_clocks_of, parse_instant
from ledger.vocabulary import RallyConstituted

_OFFSET = r"(?P<offset>Z|[+-]\d\d:\d\d)(?!\w|:\d)"
_ISO = re.compile(
    rf"(?<![\w:.+-])(?P<minute>\d{{4}}-\d\d-\d\dT\d\d:\d\d)(?P<rest>(?::\d\d(?:\.\d+)?)?){_OFFSET}",
    re.ASCII,
)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SHORT = re.compile(
    rf"(?<![\w.:-])(?P<day>\d\d?) (?P<month>{'|'.join(MONTHS)}) (?P<minute>\d\d:\d\d)"
    rf"(?P<rest>(?::\d\d(?:\.\d+)?)?) {_OFFSET}",
    re.ASCII,
)
_HALF_A_YEAR = timedelta(days=183)


def may_tell_a_time(text: str) -> bool:
    """Whether a text holds a moment that a clock may show otherwise."""
    return bool(_ISO.search(text) or _SHORT.search(text))


class RallyClocks:
    """The clocks of a rally; what founds it is asked for when there is a moment to show."""

    def __init__(self, founded: Callable[[], RallyConstituted | None]) -> None:
        self._founded = founded

    def instant(self, at: Instant) -> Instant:
        """The same moment with the offset that the clocks of the rally showed."""
        return by_clocks_of(self._zone, at)

    def moment(self, text: str) -> str:
        """A text that is a moment, by the clocks of the rally; any other as it is."""
        return self.text(text) if _ISO.fullmatch(text) else text

    def text(self, text: str) -> str:
        """A text for people with the moments in it by the clocks of the rally."""
        return _SHORT.sub(self._short, _ISO.sub(self._iso, text))

    @cached_property
    def _zone(self) -> tzinfo | None:
        try:
            return self._said.time_zone if self._said else None
        except LedgerError:
            return None  # there is no rally, or it is not said which

    @cached_property
    def _said(self) -> RallyConstituted | None:
        return self._founded()

    @cached_property
    def _begins(self) -> datetime:
        """About when the rally is held: from this a day without a year has its year."""
        said = self._said
        try:
            return datetime.fromisoformat(f"{said.starts_on if said else ''}T00:00Z")
        except ValueError:
            return said.happened.datetime if said else datetime(1970, 1, 1, tzinfo=UTC)

    def _iso(self, found: re.Match[str]) -> str:
        shown = self._moved(f"{found['minute']}{found['offset']}")
        if shown is None:
            return found[0]
        moment = shown.isoformat(timespec="minutes")
        return f"{moment[:16]}{found['rest']}{moment[16:]}"

    def _short(self, found: re.Match[str]) -> str:
        if self._zone is None:
            return found[0]
        day = f"{MONTHS.index(found['month']) + 1:02d}-{int(found['day']):02d}"
        for year in (self._begins + each * _HALF_A_YEAR for each in (0, -1, 1)):
            text = f"{year.year:04d}-{day}T{found['minute']}{found['offset']}"
            shown = self._moved(text)
            if shown is not None and abs(shown - self._begins) <= _HALF_A_YEAR:
                clock = f"{shown:%H:%M}{found['rest']} {shown.isoformat()[-6:]}"
                return f"{shown.day} {MONTHS[shown.month - 1]} {clock}"
        return found[0]

    def _moved(self, minute: str) -> datetime | None:
        """A minute by the clocks of the rally; None where they are not known, or it is none."""
        if self._zone is None:
            return None
        try:
            return self.instant(parse_instant(minute)).datetime
        except LedgerError:
            return None

"""What people read shows every moment by the clocks of the rally.

A record keeps the UTC offset that it was typed or imported with, and JSON gives it back. A list in
which half the moments are in UTC is misread, so the same moment is shown to people with the offset
that the rally's zone has at it. A rally without a zone shows what was recorded. Sheets that are
drawn for the board are none of this: they stay what they are to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cached_property

from ledger.errors import LedgerError
from ledger.log import Log
from ledger.rally_time import constituted, shown_in, zone_in
from ledger.times import Instant, parse_instant

_OFFSET = r"(?P<offset>Z|[+-]\d\d:\d\d)(?!\w|:\d)"
_ISO = re.compile(
    rf"(?<![\w:.+-])(?P<minute>\d{{4}}-\d\d-\d\dT\d\d:\d\d)(?P<rest>(?::\d\d(?:\.\d+)?)?){_OFFSET}",
    re.ASCII,
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SHORT = re.compile(
    rf"(?<![\w.:-])(?P<day>\d\d?) (?P<month>{'|'.join(_MONTHS)}) (?P<minute>\d\d:\d\d)"
    rf"(?P<rest>(?::\d\d(?:\.\d+)?)?) {_OFFSET}",
    re.ASCII,
)
_HALF_A_YEAR = timedelta(days=183)


class RallyClocks:
    """The clocks of a rally; its log is opened when there is a moment to show."""

    def __init__(self, log: Callable[[], Log]) -> None:
        self._log = log

    def instant(self, at: Instant) -> Instant:
        """The same moment with the offset that the clocks of the rally showed."""
        try:
            return shown_in(at.ms, self._zone) if self._zone else at
        except (ValueError, OverflowError):
            return at  # at the ends of the years 1 and 9999

    def text(self, text: str) -> str:
        """A text for people with the moments in it by the clocks of the rally."""
        return _SHORT.sub(self._short, _ISO.sub(self._iso, text))

    @cached_property
    def _zone(self) -> tzinfo | None:
        try:
            return zone_in(self._log())
        except LedgerError:
            return None  # there is no rally, or it is not said which

    @cached_property
    def _begins(self) -> datetime:
        """About when the rally is held: from this a day without a year has its year."""
        said = constituted(self._log())
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
        day = f"{_MONTHS.index(found['month']) + 1:02d}-{int(found['day']):02d}"
        for year in (self._begins + each * _HALF_A_YEAR for each in (0, -1, 1)):
            text = f"{year.year:04d}-{day}T{found['minute']}{found['offset']}"
            shown = self._moved(text)
            if shown is not None and abs(shown - self._begins) <= _HALF_A_YEAR:
                clock = f"{shown:%H:%M}{found['rest']} {shown.isoformat()[-6:]}"
                return f"{shown.day} {_MONTHS[shown.month - 1]} {clock}"
        return found[0]

    def _moved(self, minute: str) -> datetime | None:
        """A minute by the clocks of the rally; None where they are not known, or it is none."""
        if self._zone is None:
            return None
        try:
            return self.instant(parse_instant(minute)).datetime
        except LedgerError:
            return None

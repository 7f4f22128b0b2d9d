"""Times as officials type them: by the clocks of the rally, unless an offset stands with them."""

from __future__ import annotations

from collections.abc import Callable

from ledger.errors import LedgerError, Usage
from ledger.log import Log
from ledger.moment import timezone_of
from ledger.times import Instant, parse_instant, zone_of


def parse_rally_time(text: str, log: Callable[[], Log]) -> Instant:
    """The instant that is meant; without an offset, by the time zone of the rally.

    Raises:
        Usage: no moment, or no offset where the rally has no time zone.
    """
    try:
        return parse_instant(text)
    except Usage as unclear:
        try:
            zone = timezone_of(log())
        except LedgerError:
            zone = ""  # what is wrong with the ledger is said where it is needed
        if not zone:
            raise
        try:
            return parse_instant(text, zone_of(zone))
        except Usage:
            raise unclear from None

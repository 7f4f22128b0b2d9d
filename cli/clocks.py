"""Times as officials type them: by the clocks of the rally, unless an offset stands with them."""

from __future__ import annotations

from collections.abc import Callable

from ledger.errors import LedgerError, Usage
from ledger.log import Log
from ledger.times import Instant, parse_instant, zone_of
from ledger.vocabulary import Corrected, RallyConstituted, Voided
from projections.state.facts import fold

_ABOUT = [kind.type_name() for kind in (RallyConstituted, Corrected, Voided)]


def parse_rally_time(text: str, log: Callable[[], Log]) -> Instant:
    """The instant that is meant; without an offset, by the time zone of the rally.

    Raises:
        Usage: no moment, or no offset where the rally has no time zone.
    """
    try:
        return parse_instant(text)
    except Usage as unclear:
        zone = _zone(log)
        if not zone:
            raise
        try:
            return parse_instant(text, zone_of(zone))
        except Usage:
            raise unclear from None


def _zone(log: Callable[[], Log]) -> str:
    try:
        rally = fold(log().read(types=_ABOUT)).facts().rally
    except LedgerError:
        return ""  # what is wrong with the ledger is said where it is needed
    return rally.timezone if rally else ""

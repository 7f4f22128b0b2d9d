"""Times as officials type them: by the clocks of the rally, and which one was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ledger.errors import LedgerError, Usage
from ledger.log import Log
from ledger.rally_time import About, rally_instant
from ledger.times import Instant, parse_instant


def parse_rally_time(text: str, log: Callable[[], Log], words: Sequence[str] = ()) -> Instant:
    """The instant that is meant, as `ledger.rally_time` reads it.

    FIELD=VALUE `words` may name the stage, the control or the date that it is about.

    Raises:
        Usage: no moment, or none that can be told from the log.
    """
    named = dict(word.partition("=")[::2] for word in words)
    about = About(named.get("stage", ""), named.get("control", ""), named.get("date", ""))
    try:
        return rally_instant(text, log, about=about)
    except Usage:
        raise
    except LedgerError:
        return parse_instant(text)  # what is wrong with the ledger is said where it is needed

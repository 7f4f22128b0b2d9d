"""What the reads of the stewards' desk share: for which moment they are asked.

A time that is over changes nothing by itself, so these reads are asked for a moment. It is that of
the cut unless somebody names another; the clock of the ledger is read for `now` alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cli.office.forms import plain
from cli.office.view import View
from ledger.rally_time import NOW
from ledger.times import Instant


class Asked(NamedTuple):
    """The moment for which it is asked, and in words which one that is; none in an empty log."""

    instant: Instant | None
    words: str

    @property
    def ms(self) -> int | None:
        """The moment in UTC milliseconds."""
        return self.instant.ms if self.instant else None

    def document(self, found: Any) -> dict[str, Any]:
        """What was found, with the moment for which it was asked, as one JSON document."""
        return {"at": self.instant.iso() if self.instant else None, **plain(found)}

    def title(self, what: str) -> str:
        """The heading of a table: what it is, for which moment."""
        return f"{what} at {self.instant.iso()} ({self.words})" if self.instant else what


def asked(seen: View, at: str | None) -> Asked:
    """The moment that is meant: the one named, the one of the cut, or that of its last record.

    Raises:
        Usage: the text is no moment.
    """
    if at is not None:
        if at.strip().lower() == NOW:
            return Asked(_now(seen), "the clock of this machine")
        return Asked(seen.instant(at), "as asked")
    if seen.until is not None:
        return Asked(seen.until, "the cut")
    if not seen.position:
        return Asked(None, "")
    last = seen.log.at(seen.position)
    said = seen.put_right([last]).get(last.id) or last.occurrence()
    return Asked(said.recorded_at, "the last record")


def _now(seen: View) -> Instant:
    """The present, with the offset of the last record where there is one."""
    offset = seen.log.at(seen.position).occurrence().recorded_at.offset if seen.position else 0
    return Instant(seen.log.clock(), offset)

"""Lines of the service: what its answers say, as occurrences under the keys of the service."""

from __future__ import annotations

from typing import Any, NamedTuple

from ledger.errors import LedgerError
from ledger.intake.lines import NOTHING, BadLine, Line
from ledger.intake.live_timing.files import Files
from ledger.spelling import entered
from ledger.times import Instant
from ledger.vocabulary import TYPES, Occurrence

SOURCE = "wrc-live"


class Fact(NamedTuple):
    """A line with the instant of what it tells; None where none is known."""

    at: Instant | None
    line: Line


class Writer:
    """Makes lines of one rally; what makes no sense goes to the bad lines of its files."""

    def __init__(self, rally: str, files: Files, recorded_at: Instant) -> None:
        self._rally = rally
        self._files = files
        self._recorded_at = recorded_at

    def line(
        self,
        where: str,
        name: str,
        seq: str,
        at: Instant | None = None,
        /,
        *,
        is_assumed: bool = False,
        note: str = "",
        assumed: frozenset[str] = NOTHING,
        derived: frozenset[str] = NOTHING,
        **fields: Any,
    ) -> list[Fact]:
        """The line under a key of the service, or none; `is_assumed` is said of the instant."""
        said = {name: value for name, value in fields.items() if value not in (None, "")}
        if at is not None:
            said["fact_at"] = at
            if is_assumed:
                said["fact_assumed"] = True
        raw = self._files.raw(where, seq)
        try:
            occurrence = self.occurrence(name, seq, note, said)
        except LedgerError as error:
            self._files.bad.append(BadLine(where, raw, error.message))
            return []
        return [Fact(at, Line(where, raw, occurrence, assumed, derived))]

    def occurrence(self, name: str, seq: str, note: str, fields: dict[str, Any]) -> Occurrence:
        """An occurrence of the service.

        Raises:
            LedgerError: a field can't have that value.
        """
        envelope = {
            "rally": self._rally,
            "recorded_at": self._recorded_at,
            "by": "WRC live timing",
            "role": "results-office",
            "source": {"kind": "live-timing", "name": SOURCE, "seq": seq, "note": note},
        }
        return entered(TYPES[name], {**envelope, **fields})

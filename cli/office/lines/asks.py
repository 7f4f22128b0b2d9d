"""What a line asks of the office, and the seat at which it is carried out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cli.office.acts import ACTS, Done
from cli.office.desk import Desk, Signature
from cli.office.office import Office
from ledger.log import Log
from ledger.openings import Randomness
from ledger.times import Instant


@dataclass(frozen=True)
class Seat:
    """Who sits at the desk of which log, in which office, by which clock: given once."""

    office: Office
    log: Log
    by: str
    role: str
    now: Callable[[], Instant]
    randomness: Randomness = secrets.token_bytes

    def desk(
        self, at: Instant | None = None, reason: str = "", *, dry_run: bool = False, key: str = ""
    ) -> Desk:
        """The log as it lies before the official now, for one act."""
        signature = Signature(self.by, self.role, reason, at, dry_run, key=key)
        return self.office.desk(self.log, signature, self.now, self.randomness)


class Ask(NamedTuple):
    """An act of the office's table with what is said to it, as `rally ACT` would be given it."""

    act: str
    given: Mapping[str, Any]
    at: Instant | None = None
    reason: str = ""

    def carry_out(self, seat: Seat, *, dry_run: bool = False, key: str = "") -> tuple[Done, ...]:
        """Carry it out at a seat, or only try it: what is read back before it is appended.

        Raises:
            LedgerError: as the act says.
        """
        desk = seat.desk(self.at, self.reason, dry_run=dry_run, key=key)
        return ACTS[self.act].carry_out(desk, self.given)

"""What a line asks of the office, and the seat at which it is carried out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from cli.office.acts import ACTS, Act, Done
from cli.office.desk import Desk, Signature
from cli.office.lines.plan import Plan, Planned
from cli.office.office import Office
from ledger.log import Log
from ledger.openings import Randomness
from ledger.times import Instant

TOGETHER = Act("lines.together", "together")
"""Several asks carried out as one: all of them are kept, or none."""


@dataclass(frozen=True)
class Seat:
    """Who sits at the desk of which log, in which office, by which clock: given once.

    `clock_is_right` says that a clock which is far from the last record is right all the same.
    """

    office: Office
    log: Log
    by: str
    role: str
    now: Callable[[], Instant]
    randomness: Randomness = secrets.token_bytes
    clock_is_right: bool = False

    def desk(
        self, at: Instant | None = None, reason: str = "", *, dry_run: bool = False, key: str = ""
    ) -> Desk:
        """The log as it lies before the official now, for one act."""
        signature = Signature(
            self.by, self.role, reason, at, dry_run, key=key, clock_is_right=self.clock_is_right
        )
        return self.office.desk(self.log, signature, self.now, self.randomness)

    @property
    def plan(self) -> Plan:
        """The plan as it stands now."""
        return self._planned.plan

    @cached_property
    def _planned(self) -> Planned:
        return Planned(self.log)


class Ask(NamedTuple):
    """An act of the office's table with what is said to it, as `rally ACT` would be given it.

    What asks for several records has `parts`, which are carried out as one.
    """

    act: str
    given: Mapping[str, Any]
    at: Instant | None = None
    reason: str = ""
    parts: tuple[Ask, ...] = ()

    @property
    def each(self) -> tuple[Ask, ...]:
        """The asks of which each is one record."""
        return self.parts or (self,)

    def carry_out(self, seat: Seat, *, dry_run: bool = False, key: str = "") -> tuple[Done, ...]:
        """Carry it out at a seat, or only try it: what is read back before it is appended.

        Raises:
            LedgerError: as the act says.
        """
        desk = seat.desk(self.at, self.reason, dry_run=dry_run, key=key)
        if self.parts:
            return TOGETHER.carry_out(desk, {"asks": self.parts})
        return ACTS[self.act].carry_out(desk, self.given)


def together(asks: Sequence[Ask]) -> Ask:
    """Several asks as one."""
    return asks[0] if len(asks) == 1 else Ask("", {}, parts=tuple(asks))

"""Where the log that was handed over and the one that is here part: the first position.

Logs of two sites part because both go on: that is what merging is for. One that was written anew
has, from where it parts, other records of the same site under the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ledger.intake.jsonl import Arrived
from ledger.log import Log
from ledger.record import Origin


class Parting(NamedTuple):
    """The first position where two logs that begin alike differ: what stands here, what there."""

    position: int
    here: str
    there: str
    origins: tuple[Origin, Origin]
    """At which site each was recorded, and under which number."""

    @property
    def is_fork(self) -> bool:
        """Whether one site has recorded two things under one number."""
        here, there = self.origins
        return here == there and self.here != self.there


def parting(log: Log, arrived: Iterable[Arrived]) -> Parting | None:
    """Where a log that was handed over parts from this one; None where one begins the other.

    None too where they don't begin with the same record: then they are two ledgers.
    """
    for here, there in zip(log.read(), arrived, strict=False):
        if there.position != here.position:
            return None
        origin = there.origins[0] if there.origins else here.origins[0]
        # When each of both received it is another matter.
        if (there.id, origin) != (here.id, here.origins[0]):
            if here.position == 1:
                return None
            return Parting(here.position, here.id, there.id, (here.origins[0], origin))
    return None

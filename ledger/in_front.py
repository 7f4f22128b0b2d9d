"""Signatures in front of readings: those are found by their place, and not by each reading's id.

What a timing system delivers is signed as one, and the signature stands right in front of it. Named
in the index of tags under the id of each reading as well, it would be written all over that index,
and cost as much as half of the readings. The tags in its header are all there; of the index those
are spared that lead from a reading to a signature in front of it. Acts and reports are few, and who
signed them is asked all the time: they are looked up by their ids.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.record import Arrival
from ledger.vocabulary import TYPES, ActsSigned, Occurrence

SIGNATURE = ActsSigned.type_name()
READINGS = frozenset(
    name
    for name, kind in TYPES.items()
    if kind.nature == "observation" and kind.is_act is Occurrence.is_act
)
"""What is seen or measured, and is nobody's act."""


class InFront:
    """The signatures that stand last in front, as one goes along a log: one behind another."""

    def __init__(self) -> None:
        self._last: list[int] = []
        self._signing = False

    def of(self, place: int, kind: str) -> Sequence[int]:
        """The places of the signatures in front of what comes next, if that is a reading."""
        if kind == SIGNATURE:
            self._last = [*self._last, place] if self._signing else [place]
        self._signing = kind == SIGNATURE
        return self._last if kind in READINGS else ()


def spared(arrivals: Sequence[Arrival]) -> dict[int, set[str]]:
    """The tags that the index is spared of what is appended together, by the place of each."""
    in_front = InFront()
    found: dict[int, set[str]] = {
        place: set() for place, each in enumerate(arrivals) if each.type == SIGNATURE
    }
    for place, each in enumerate(arrivals) if found else ():
        for signature in in_front.of(place, each.type):
            found[signature].add(f"ref:{each.id}")
    return found

"""The records that the explanation of one crew rests on, read from a log of any size.

Of a long log nearly everything is readings of other crews, which explain nothing here: how those
stand in a classification is told by a timeline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from ledger.authority import AMENDING
from ledger.log import Log
from ledger.naming import RECORDS, named
from ledger.vocabulary import (
    TYPES,
    ControlPassed,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    StageStarted,
    StageTimeRecorded,
    decode,
)
from projections.state.facts import Facts, Fold
from projections.state.held import Need

if TYPE_CHECKING:
    from ledger.scan import Scanned

READINGS: tuple[type[Occurrence], ...] = (
    StageStarted,
    PassingRecorded,
    StageTimeRecorded,
    ControlPassed,
    NeutralisationPassed,
)
"""What is told of one crew and explains no other."""


def of_the_desk(log: Log, until: int, instant: int | None) -> Facts:
    """The facts at a position, by an instant (UTC ms), as the desk needs them: without readings.

    Asked for readings it raises `NotHeld`: it has some, which papers point at, and not all.
    """
    facts = facts_about(log, "", until, instant)
    facts.holds, facts.lacking = Need.DESK, frozenset(READINGS)
    return facts


def facts_about(
    log: Log,
    number: str,
    until: int,
    instant: int | None,
    stages: Iterable[str] = (),
    readings: Sequence[type[Occurrence]] = READINGS,
    whole: Collection[type[Occurrence]] = (),
    besides: Collection[int] = (),
) -> Facts:
    """The facts at a position, by an instant (UTC ms), without the readings of other crews.

    Of `stages` those of all crews are among them, of the types in `readings`; wherever they are,
    those of the types in `whole`; and those at the positions in `besides`. So is whatever amends
    any of this or is amended by it, what a record names, and what tells a line of it again: it may
    be a reading that was of this crew, or is.
    """
    told = _Told(log, until)
    others = TYPES.keys() - {each.type_name() for each in (*READINGS, *AMENDING)}
    told.take(log.scan.of_types(sorted(others | {each.type_name() for each in whole}), until))
    if number:
        told.take(log.scan.tagged([f"crew:{number}"], _names(*READINGS, *AMENDING), until))
    for stage in stages:
        told.take(log.scan.tagged([f"stage:{stage}"], _names(*readings, *AMENDING), until))
    told.take(log.scan.at(besides))
    told.take_all_that_is_linked()
    folded = Fold()
    for identity, (position, said) in told.held.items():
        folded.take(identity, position, said)
    return folded.facts(instant)


class _Told:
    """Records that were read for one question, and those to which they lead."""

    def __init__(self, log: Log, until: int) -> None:
        self._scan = log.scan
        self._until = until
        self.held: dict[str, tuple[int, Occurrence]] = {}
        self._new: list[str] = []

    def take(self, rows: Iterable[Scanned]) -> None:
        """Take in what was known at the position."""
        for row in rows:
            if row.position <= self._until and row.id not in self.held:
                self.held[row.id] = row.position, decode(row.data)
                self._new.append(row.id)

    def take_all_that_is_linked(self) -> None:
        """Take in what these records name, what amends them, and what tells their lines again."""
        while self._new:
            new, self._new = self._new, []
            several = [self.held[each][1] for each in new]
            named_by = {identity for said in several for identity in named(said, *RECORDS)}
            lines = {(said.source.name, said.source.seq) for said in several if said.source.seq}
            self.take(self._scan.with_ids(named_by - self.held.keys()))
            self.take(self._scan.amending(new))
            self.take(self._scan.of_lines(lines))


def _names(*kinds: type[Occurrence]) -> list[str]:
    return [each.type_name() for each in kinds]

"""The records that the explanation of one crew rests on, read from a log of any size.

Of a long log nearly everything is readings of other crews, which explain nothing here: how those
stand in a classification is told by a timeline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

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
    those of the types in `whole`; and those at the positions in `besides`. So are readings that
    were amended, that a penalty of the crew rests on, or that are lines of a source told again,
    whosever they are: they may have been of this crew.
    """
    held: dict[str, tuple[int, Occurrence]] = {}

    def take(rows: Iterable[Scanned]) -> None:
        for row in rows:
            if row.position <= until:
                held.setdefault(row.id, (row.position, decode(row.data)))

    every = [each.type_name() for each in READINGS]
    others = sorted(TYPES.keys() - set(every) | {each.type_name() for each in whole})
    for record in log.read(until=until, types=others):
        held.setdefault(record.id, (record.position, record.occurrence()))
    take(log.scan.tagged([f"crew:{number}"], every, until))
    for stage in stages:
        take(log.scan.tagged([f"stage:{stage}"], [each.type_name() for each in readings], until))
    take(log.scan.at(besides))
    take(log.scan.with_ids(_named(said for _, said in held.values()) - held.keys()))
    known = {position for position, _ in held.values()}
    lines = [each for each in log.scan.lines_told_again(0) if not known.isdisjoint(each)]
    take(log.scan.at({position for each in lines for position in each} - known))
    folded = Fold()
    for identity, (position, said) in held.items():
        folded.take(identity, position, said)
    return folded.facts(instant)


def _named(several: Iterable[Occurrence]) -> set[str]:
    """The ids that these occurrences amend, rule on, or rest on."""
    return {identity for each in several for identity in named(each, *RECORDS)}

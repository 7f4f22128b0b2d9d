"""The records that the explanation of one crew rests on, read from a log of any size.

Of a long log nearly everything is readings of other crews, which explain nothing here: how those
stand in a classification is told by a timeline.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from ledger.authority import AMENDING
from ledger.chain import Linked
from ledger.log import Log
from ledger.naming import RECORDS, named
from ledger.powers import OFFICIAL
from ledger.record import Record
from ledger.scan import Scanned
from ledger.vocabulary import (
    TYPES,
    BulletinIssued,
    ClockOffsetDeclared,
    Occurrence,
    RallyConstituted,
    RegulationsAdopted,
    StageScheduled,
)
from projections.state.facts import Facts, Fold
from projections.state.held import Need
from projections.state.recorded import READINGS
from projections.state.true_times import by_rules

JUDGING: tuple[type[Occurrence], ...] = (
    RallyConstituted,
    RegulationsAdopted,
    BulletinIssued,
    StageScheduled,
    ClockOffsetDeclared,
    *OFFICIAL,
)
"""What says which clocks are right and applied, and whose word counts."""
DESK = frozenset(TYPES.values()) - {*READINGS, *AMENDING}
"""What is no reading, and amends nothing."""


class Along(NamedTuple):
    """What a timeline knows of the records of a log, so that not all of them need be looked at.

    `linked` are the positions of those that something amends, or that tell one line again;
    `bears` says of a record of the crew that is asked for whether anything rests on it.
    """

    linked: Container[int]
    bears: Callable[[Scanned], bool] = lambda _: True


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
    desk: Collection[type[Occurrence]] = DESK,
    along: Along | None = None,
) -> Facts:
    """The facts at a position, by an instant (UTC ms), without the readings of other crews.

    Of `stages` those of all crews are among them, of the types in `readings`; wherever they are,
    those of the types in `whole`; and those at the positions in `besides`. Of what is no reading
    there are the types in `desk`, and what is told of the crew itself: a timeline tells the others,
    and no explanation names their records. Whatever amends any of this or is amended by it is among
    them, what a record names, and what tells a line of it again: it may be a reading that was of
    this crew, or is.
    """
    told = _linked(log, until, along)
    told.take(log.scan.of_types(_names(*desk, *whole), until))
    if number:
        own = (*READINGS, *AMENDING, *(DESK - {*desk}))
        rows = log.scan.tagged([f"crew:{number}"], _names(*own), until)
        told.take(each for each in rows if along is None or along.bears(each))
    for stage in stages:
        told.take(log.scan.tagged([f"stage:{stage}"], _names(*readings, *AMENDING), until))
    told.take(log.scan.at(besides))
    return _facts(told, instant)


def facts_of(kinds: Sequence[type[Occurrence]], log: Log, until: int, instant: int | None) -> Facts:
    """The facts of these kinds at a position, by an instant (UTC ms), and nothing that is read.

    With what amends them and what they name, and what says whose word counts and which clock is
    right: they may be papers, and no readings.
    """
    if not log.positions(_names(*kinds), until=until):
        return Facts([], [], {})
    return _facts(_judged(log, until, *kinds), instant)


def put_right(log: Log, records: Iterable[Record], until: int) -> Mapping[str, Occurrence] | None:
    """What truly was when these records say, by their ids, as far as it is another instant.

    None where only a replay of the whole log tells: the clocks of sites may be applied on some
    stages alone, which hangs on when those begin.
    """
    told = _judged(log, until)
    told.take(records)
    facts = _facts(told)
    of_sites = any(each.value.of_site for each in facts.of(ClockOffsetDeclared))
    return None if of_sites and by_rules(facts.regulations) is None else facts.true


def _judged(log: Log, until: int, *kinds: type[Occurrence]) -> Linked:
    """The records of these kinds, with those that say which clocks and whose word count."""
    told = _linked(log, until)
    told.take(log.scan.of_types(_names(*kinds, *JUDGING), until))
    return told


def _linked(log: Log, until: int, along: Along | None = None) -> Linked:
    linked = along.linked if along else None
    return Linked(log, until, lambda said: named(said, *RECORDS), lines=True, linked=linked)


def _facts(told: Linked, instant: int | None = None) -> Facts:
    """What stands of these records, by an instant (UTC ms)."""
    folded = Fold()
    for identity, (position, said) in told.held.items():
        folded.take(identity, position, said)
    return folded.facts(instant)


def _names(*kinds: type[Occurrence]) -> list[str]:
    return sorted({each.type_name() for each in kinds})

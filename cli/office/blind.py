"""Blind keying: who keys cards which another keyed is not told what that one read.

Not by what an entry moves in the standings, either, nor by what `check` makes of both: a difference
stands in `anomalies` and `outstanding`, for those who settle it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ledger.authority import AMENDING
from ledger.errors import NotFound
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import TIME_CARD, ControlPassed, Occurrence
from projections.control.blind import unseen
from projections.state.keyed import ON_CARDS, OnACard, is_keyed
from projections.state.persons import name_key

UNTOLD = "What it moves is not told to who keys cards that somebody else keys as well."
_KIND, _AMENDING = TIME_CARD.encode(), b'"target"'
"""Stand in the bytes of every keying, and of what amends one: the others need not be read."""


def keyed_in(log: Log, said: Occurrence) -> OnACard | None:
    """The keying of a card that an act of who keyed it is about; None of any other act."""
    at: Occurrence = said
    while isinstance(at, AMENDING):
        try:
            at = log.find(str(getattr(at, "target", ""))).occurrence()
        except NotFound:
            return None
    mine = name_key(at.by) == name_key(said.by)
    return at if mine and isinstance(at, ON_CARDS) and is_keyed(at) else None


def is_blind(log: Log, said: Occurrence) -> bool:
    """Whether an act is of one who keys cards of a stage that somebody else keys as well."""
    own = keyed_in(log, said)
    return own is not None and any(
        unseen([each], own.by, own.stage) for each in _keyings(log, own.stage)
    )


def _keyings(log: Log, stage: str) -> Iterator[tuple[str, Occurrence]]:
    """What was keyed on a stage, and of controls: at one a stage need not be named."""
    tags, controls = [f"stage:{stage}"] if stage else [], [ControlPassed.type_name()]
    read = [log.read(types=[kind.type_name() for kind in ON_CARDS], tags=tags)]
    for several in [*read, log.read(types=controls)] if stage else read:
        for each in several:
            if _KIND in each.data:
                yield each.id, each.occurrence()


def beside(records: Iterable[Record], log: Log, done: Sequence[Occurrence]) -> Iterable[Record]:
    """Of these records what may stand beside what was done: all, where no card was keyed."""
    own = [keying for each in done if (keying := keyed_in(log, each)) is not None]
    if not own:
        return records
    held = list(records)
    told = [(e.id, e.occurrence()) for e in held if _KIND in e.data or _AMENDING in e.data]
    hidden = frozenset[str]().union(*(unseen(told, each.by, each.stage) for each in own))
    return [each for each in held if each.id not in hidden]

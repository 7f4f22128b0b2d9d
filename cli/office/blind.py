"""Blind keying: who keys cards which another keyed is not told what that one read.

Not by what an entry moves in the standings, either, nor by what `check` makes of both: a difference
stands in `anomalies` and `outstanding`, for those who settle it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cli.office.desk import Desk
from cli.office.held import READ, Hides, Some
from ledger.chain import amended_from, held_in
from ledger.log import Log
from ledger.vocabulary import ControlPassed, Occurrence
from projections.control.blind import unseen
from projections.state.keyed import ON_CARDS, OnACard, is_keyed
from projections.state.persons import name_key

UNTOLD = "What it moves is not told to who keys cards that somebody else keys as well."


def keyed_in(log: Log, said: Occurrence) -> OnACard | None:
    """The keying of a card that an act of who keyed it is about; None of any other act."""
    *_, at = amended_from(said, held_in(log))
    mine = name_key(at.by) == name_key(said.by)
    return at if mine and isinstance(at, ON_CARDS) and is_keyed(at) else None


def is_blind(desk: Desk, done: Sequence[Occurrence]) -> bool:
    """Whether what is done is of one who keys cards of a stage that somebody else keys as well."""
    return any(
        bool(unseen([(told.record.id, told.said)], own.by, own.stage))
        for each in done
        if (own := keyed_in(desk.log, each)) is not None
        for part in _cards_of(own.stage)
        for told in desk.held.told(desk.log, desk.position, part)
    )


def _cards_of(stage: str) -> tuple[Some, ...]:
    """The parts of a log in which the cards of a stage stand: at controls it need not be named."""
    everywhere = Some((ControlPassed.type_name(),))
    return (Some(READ, f"stage:{stage}"), everywhere) if stage else (Some(READ),)


def hidden_from(log: Log, done: Sequence[Occurrence]) -> Hides | None:
    """What is to be left out beside what was done; None where no card was keyed."""
    own = [keying for each in done if (keying := keyed_in(log, each)) is not None]
    if not own:
        return None
    return lambda told: frozenset[str]().union(*(unseen(told, e.by, e.stage) for e in own))

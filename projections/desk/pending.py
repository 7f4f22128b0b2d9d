"""Pending: acts on record that have no effect, as nobody took them, or signed them, who may.

They move nobody. An office makes one count by its signature, or by making it its own; a void deals
with it too. Until then the registers tell it beside what counts.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from ledger.amendments import WITHOUT_AUTHORITY
from ledger.authority import AMENDING
from ledger.vocabulary import Occurrence
from projections.state.recorded import Recorded


class PendingRow(msgspec.Struct, frozen=True):
    """An act that has no effect: what it says, why it has none, and until what.

    `may` are the offices that may make it their own. `lacks` says what lacks of its signature,
    where that alone is why.
    """

    number: str
    stage: str
    words: str
    by: str
    role: str
    at: str
    why: str
    lacks: str
    until: str
    may: str
    type: str
    position: int
    id: str


def pending(
    facts: Recorded, kinds: Collection[type[Occurrence]] | None = None
) -> tuple[PendingRow, ...]:
    """The acts without effect at the cut, in the order in which they were recorded.

    Of these types only, and decisions that would bring such about; what amends one is told with it.
    """
    named = None if kinds is None else {each.type_name() for each in kinds}
    waiting = [i for each in facts.findings if each.kind == WITHOUT_AUTHORITY for i in each.ids]
    rows = (
        _row(facts, identity)
        for identity in waiting
        if (facts.until is None or facts.until.reached(facts.truly(identity)))
        and (named is None or not named.isdisjoint(_does(facts, facts.told[identity])))
    )
    return tuple(sorted(rows, key=lambda each: (each.at, each.id)))


def _does(facts: Recorded, said: Occurrence) -> set[str]:
    """The types of what an act is, amends or would bring about."""
    about = facts.told.get(str(getattr(said, "target", ""))) if isinstance(said, AMENDING) else None
    several = [each for each in (said, about) if each is not None]
    effects = (effect.act for each in several for effect in getattr(each, "effects", ()))
    return {*(each.type_name() for each in several), *effects}


def _row(facts: Recorded, identity: str) -> PendingRow:
    said, refused = facts.told[identity], facts.idle[identity]
    return PendingRow(
        getattr(said, "number", ""),
        getattr(said, "stage", "") or "",
        said.words(),
        said.by,
        said.role,
        said.recorded_at.iso(),
        refused.why,
        refused.lacks,
        refused.until,
        refused.may,
        said.type_name(),
        facts.positions[identity],
        identity,
    )

"""Blind: what an official who keys time cards may not see, since another keyed it before.

Two who keyed one card without seeing each other's readings are two witnesses of what stands there.
Whoever shows a keyer the log beside the cards, or tells what an entry makes of it, leaves this out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ledger.vocabulary import Occurrence
from projections.state.keyed import is_keyed
from projections.state.persons import name_key


def unseen(told: Iterable[tuple[str, Occurrence]], by: str, stage: str = "") -> frozenset[str]:
    """The ids of what others keyed from the cards of a stage, or all, and of what amends that.

    `told` is everything that is on record, by id. A control of which no stage is named may be one
    of that stage.
    """
    keyer, hidden, about = name_key(by), set[str](), list[tuple[str, str]]()
    for identity, said in told:
        if is_keyed(said):
            of: Any = said
            if name_key(said.by) != keyer and (not stage or of.stage in ("", stage)):
                hidden.add(identity)
        elif target := getattr(said, "target", ""):
            about.append((identity, target))
    while more := {each for each, target in about if target in hidden} - hidden:
        hidden |= more
    return frozenset(hidden)

"""An anomaly: one contradiction in the log, for an official to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from ledger.errors import LedgerError
from ledger.vocabulary import Occurrence
from projections.state.rally import RallyState


class Anomaly(msgspec.Struct, frozen=True):
    """One contradiction: its kind, the records it rests on, and a sentence about it."""

    kind: str
    positions: tuple[int, ...]
    message: str
    number: str = ""
    stage: str = ""


Search = Callable[[RallyState], Iterable[Anomaly]]


def searched(state: RallyState, searches: Iterable[Search]) -> set[Anomaly]:
    """What the searches find; what can't be told because a rule is not defined is one itself."""
    found: set[Anomaly] = set()
    for search in searches:
        try:
            found.update(search(state))
        except LedgerError as error:
            found.add(Anomaly(error.kind, (), error.message))
    return found


def positions_of(state: RallyState, *ids: str) -> tuple[int, ...]:
    """The positions of records, in their order."""
    positions = state.facts.positions
    return tuple(sorted({positions[each] for each in ids if each in positions}))


def sourced(said: Occurrence) -> str:
    """The sentence of a record and the line of its source, so that it can be found there."""
    name, seq = said.source.name, said.source.seq
    line = f" ({name} {seq})" if name and seq else ""
    return f"{said.words()}{line}"

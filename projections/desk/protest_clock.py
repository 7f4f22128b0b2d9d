"""The protest clock: per classification that was posted, the time for protests and what is open.

Whether a classification may become final is answered for a moment that is named; the clock of this
machine plays no part in it.
"""

from __future__ import annotations

import msgspec

from ledger.times import iso
from ledger.vocabulary import ClassificationPublished
from ledger.vocabulary.publication import scope_key, scope_title
from projections.state.finality import Finality
from projections.state.matters import published, window_closes
from projections.state.rally import RallyState
from projections.state.recorded import Fact


class Clock(msgspec.Struct, frozen=True):
    """The protest clock of one publication.

    `closes_at` is null for one that opens no time for protests. `open` says in words what keeps it
    from becoming final apart from the time, `positions` where that is on record. `may_become_final`
    is null where nobody says for which moment it is asked and all that is lacking is the time.
    """

    document: str
    kind: str
    title: str
    opens_at: str
    closes_at: str | None
    over: bool | None
    open: tuple[str, ...]
    positions: tuple[int, ...]
    may_become_final: bool | None
    why_not: tuple[str, ...]
    position: int
    id: str


class Clocks(msgspec.Struct, frozen=True):
    """The clocks of the classifications that were posted, in their order."""

    rows: tuple[Clock, ...]


def protest_clock(state: RallyState, now: int | None = None) -> Clocks:
    """The protest clocks at the cut, asked for a moment (UTC ms; None: for none)."""
    posted, finality = published(state.facts), Finality(state.facts, now)
    newest = {scope_key(each.value.scope): each.id for each in posted}
    rows = (
        _clock(state, each, finality, now, newest=newest[scope_key(each.value.scope)] == each.id)
        for each in posted
    )
    return Clocks(tuple(rows))


def _clock(
    state: RallyState,
    fact: Fact[ClassificationPublished],
    finality: Finality,
    now: int | None,
    *,
    newest: bool,
) -> Clock:
    said, closes = fact.value, window_closes(state.facts, fact)
    posted = said.happened
    waiting = finality.open(fact)
    over = None if now is None or closes is None else now > closes
    if said.kind == "final":
        first = ["it is final already"]
    elif closes is not None and not newest:
        first = ["a newer classification of the same scope was posted"]
    else:
        first = [*finality.not_yet(fact)]
    why_not = [*first, *(each.words for each in waiting)]
    return Clock(
        said.document,
        said.kind_in_full,
        scope_title(said.scope),
        posted.iso(),
        iso(closes, posted.offset),
        over,
        tuple(each.words for each in waiting),
        tuple(each.position for each in waiting),
        False if why_not else over,
        tuple(why_not),
        fact.position,
        fact.id,
    )

"""What belongs beside an answer that acts on record would change, did they count."""

from __future__ import annotations

from ledger.vocabulary.base import many
from projections.desk.pending import pending
from projections.state.held import NotHeld
from projections.state.rally import RallyState

_SOME = 5
"""So many of them are named."""


def without_effect(state: RallyState) -> tuple[str, ...]:
    """That acts on record have no effect yet, and which; nothing where all have theirs."""
    try:
        rows = pending(state.facts)
    except NotHeld:  # a timeline tells no moment at which any act is without effect
        return ()
    if not rows:
        return ()
    named = ", ".join(f"#{each.position}" for each in rows[:_SOME])
    more = f" and {len(rows) - _SOME} more" if len(rows) > _SOME else ""
    until = " or ".join(dict.fromkeys(each.until for each in rows))
    are = "has" if len(rows) == 1 else "have"
    told = f"{many(len(rows), 'act')} on record {are} no effect until {until}"
    return (f"{told}: {named}{more} (`rally due`).",)

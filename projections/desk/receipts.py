"""Receipts: what was lodged, by whom, when, with whom and by which means.

It proves that something was handed in, whatever is found on it later, so it says nothing of that:
the docket tells whether it was in time.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.vocabulary import AppealConfirmed, AppealIntentionNotified, ProtestLodged
from ledger.vocabulary.judicial import MEANS, PARTIES, HandedIn
from projections.state.deadlines import moment_of
from projections.state.finality import title_of
from projections.state.rally import RallyState
from projections.state.recorded import Fact


class Receipt(msgspec.Struct, frozen=True):
    """A receipt. `against` is the decision or document, or the appeal that was confirmed.

    `received_at` is when it was handed in, `recorded_at` when that was put on record, by
    `recorded_by`. `paid` is null where nothing has to be paid with it. `id` proves the record.
    """

    kind: str
    lodged_by: str
    party: str
    number: str
    against: str
    received_at: str
    lodged_with: str
    received_by: str
    means: str
    paid: bool | None
    words: str
    recorded_at: str
    recorded_by: str
    position: int
    id: str


def receipt(state: RallyState, fact: Fact[HandedIn]) -> Receipt:
    """The receipt of what was handed in, as it stands at the cut."""
    said: Any = fact.as_shown
    about = state.facts.by_id.get(said.target)
    lodged = about.value if isinstance(said, AppealConfirmed) and about else said
    number = said.number or getattr(lodged, "number", "")
    party = getattr(lodged, "party", "")
    team = getattr(lodged, "competitor", "")
    whose = [f"Crew {number}" if number else "", team]
    office = said.role.replace("-", " ")
    return Receipt(
        _kind(said),
        ", ".join(each for each in whose if each) or PARTIES[party],
        PARTIES[party] if party else "",
        number,
        _against(state, said, about),
        moment_of(fact._replace(value=said)).iso(),
        said.lodged_with.replace("-", " "),
        said.received_by,
        MEANS[said.means],
        _paid(said),
        said.words(),
        said.recorded_at.iso(),
        ", ".join(each for each in (said.by, office) if each),
        fact.position,
        fact.id,
    )


def _kind(said: HandedIn) -> str:
    match said:
        case ProtestLodged():
            return "protest"
        case AppealIntentionNotified():
            return "notice of appeal"
        case AppealConfirmed():
            return "confirmation of an appeal"
    return "petition for review"


def _against(state: RallyState, said: Any, about: Fact[Any] | None) -> str:
    if isinstance(said, AppealConfirmed) and about is not None:
        about = state.facts.by_id.get(about.value.target)
    crew = f"crew {said.against}" if getattr(said, "against", "") else ""
    return ", ".join(each for each in (title_of(about), crew) if each)


def _paid(said: Any) -> bool | None:
    for name in ("fee_paid", "deposit_paid"):
        if hasattr(said, name):
            return bool(getattr(said, name))
    return None

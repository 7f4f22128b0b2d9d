"""Sanctions that were proposed and declined: by whom and why, for as long as the log is read."""

from __future__ import annotations

import msgspec

from ledger.vocabulary import SanctionDeclined
from projections.state.facts import Facts


class DeclinedRow(msgspec.Struct, frozen=True):
    """A sanction that an office declined: of which tariff, how much was proposed, on what facts.

    `rests_on` are the ids of the records that it would have rested on.
    """

    number: str
    driver: str
    stage: str
    tariff: str
    proposed_ms: int | None
    reason: str
    by: str
    role: str
    at: str
    rests_on: tuple[str, ...]
    position: int
    id: str


def disclosed(facts: Facts) -> tuple[DeclinedRow, ...]:
    """The sanctions that were declined, in the order of the facts."""
    return tuple(
        DeclinedRow(
            each.value.number,
            crew.value.driver if (crew := facts.crews.get(each.value.number)) else "",
            each.value.stage,
            each.value.tariff,
            each.value.proposed_ms,
            each.value.reason,
            each.value.by,
            each.value.role,
            each.value.happened.iso(),
            each.value.evidence,
            each.position,
            each.id,
        )
        for each in facts.recorded(SanctionDeclined)
    )

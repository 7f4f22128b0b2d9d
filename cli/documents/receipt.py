"""The sheet of a receipt, and the same as text: what was lodged, when, with whom, how."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cli.documents.cards import Moment
from cli.documents.heading import head, place, sheet
from cli.documents.rendering import Sheet
from projections.desk.receipts import Receipt
from projections.state.rally import RallyState


def receipt_sheet(told: Receipt, office: str, state: RallyState, moment: Moment) -> Sheet:
    """The sheet of a receipt, on the log up to a moment; `office` is the one that took it in."""
    data = head(
        state.facts, moment.rally, title="Receipt", subject=told.kind.capitalize(), at=moment.at
    )
    data |= {
        "receipt": {**msgspec.to_builtins(told)},
        "signatures": [place(told.received_by, office)],
        "basis": moment.basis(state),
    }
    return sheet("receipt", data, state.facts)


def lines(told: Receipt, rally: str, root: str, position: int) -> Iterator[tuple[str, str]]:
    """What stands on it, line by line, for who prints it as text."""
    paid = {None: "", True: "paid", False: "not paid"}[told.paid]
    yield from (
        ("Receipt", f"{told.kind}, {rally}"),
        ("Lodged by", told.lodged_by),
        ("Party", told.party),
        ("Against", told.against),
        ("Received", told.received_at),
        ("With", told.lodged_with or "not told"),
        ("By", told.received_by),
        ("Means", told.means or "not told"),
        ("Fee", paid),
        ("Put on record", f"{told.recorded_at}, {told.recorded_by}"),
        ("Record", f"#{told.position} {told.id}"),
        ("Log", f"{position} records, root {root}"),
    )

"""The sheet of a start order as it was posted: its categories one after the other.

It follows from the records by which it was posted and from the log up to its cut-off. One that was
amended is posted as a sheet of its own, which says so, and which document it amends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from cli.documents.cards import crew_of
from cli.documents.heading import basis, borne, head, place, sheet
from cli.documents.rendering import Sheet
from ledger.vocabulary import StartOrderPublished
from ledger.vocabulary.publication import posted_together
from projections.results.start_order import Starter, start_order
from projections.state.rally import RallyState
from projections.state.recorded import Fact


def posted_order(posted: Sequence[StartOrderPublished], prefix: RallyState) -> Sheet:
    """The sheet of the start orders that were posted together; `prefix` is their cut-off.

    Raises:
        LedgerError: the log up to there has no such stage, or lacks a rule.
    """
    first = posted[0]
    known = {
        row.number: row
        for group in start_order(prefix, first.stage, first_at=first.first_at).groups
        for row in group.rows
    }
    data = head(
        prefix.facts,
        first.rally,
        title=f"Start order of {first.stage}",
        subject=first.category if len(posted) == 1 else "",
        at=first.happened,
    )
    data |= {
        "document": first.document,
        "badge": f"Amendment {amendment_of(posted)}" if amendment_of(posted) else "",
        "amends": ", ".join(dict.fromkeys(_amended(posted, prefix))),
        "posted_at": first.happened.iso(),
        "posted_by": first.by,
        "stage": first.stage,
        "groups": [_group(each, prefix, known) for each in posted],
        "signatures": [place(first.by, first.role)],
        "basis": {
            **basis(first.position or 0, first.root, first.rulebook, first.edition),
            "effective_at": None,
        },
        **borne(first.checkpoint, first.position or 0, first.root),
    }
    return sheet("start-order", data, prefix.facts, first.edition)


def order_that_hangs(state: RallyState, stage: str) -> list[Fact[StartOrderPublished]]:
    """The one sheet on which the order of a stage hangs as it stands; empty where there is none.

    Where it was amended since, hangs on several sheets or lacks a category, no sheet says it.
    """
    published = state.timing.start_lists.published.get(stage, {})
    hanging = sorted(published.values(), key=lambda each: each.position)
    if not hanging or not all(
        posted_together(hanging[0].value, each.value)
        and [(e.number, e.due_at) for e in state.timing.start_lists.slots(each)]
        == [(e.number, e.due_at) for e in each.value.slots]
        for each in hanging
    ):
        return []
    lacking = any(group.rows and not group.published for group in start_order(state, stage).groups)
    return [] if lacking else hanging


def amendment_of(posted: Sequence[StartOrderPublished]) -> int:
    """Which amendment of the order of the stage a sheet is; 0 for none."""
    return max(each.amendment or 0 for each in posted)


def _amended(posted: Sequence[StartOrderPublished], prefix: RallyState) -> Iterator[str]:
    """The documents in whose place a sheet is posted."""
    for each in posted:
        hanging = prefix.timing.start_lists.published.get(each.stage, {}).get(each.category)
        if each.amendment and hanging and hanging.value.document:
            yield hanging.value.document


def _group(
    said: StartOrderPublished, prefix: RallyState, known: dict[str, Starter]
) -> dict[str, Any]:
    rows = []
    for slot in said.slots:
        entry, row = prefix.facts.crews.get(slot.number), known.get(slot.number)
        found = Starter(
            slot.place,
            slot.number,
            entry.value.driver if entry else "",
            prefix.category(slot.number),
            slot.due_at.iso() if slot.due_at else None,
            row.basis_ms if row else None,
            row.note if row else "",
        )
        rows.append({**(crew_of(entry.value) if entry else {}), **msgspec.to_builtins(found)})
    return {
        "category": said.category,
        "published": True,
        "basis": said.basis,
        "document": said.document,
        "rows": rows,
    }

"""Binding: a publication holds the digest of the sheet that hangs on the board, and what made it.

The sheet follows from the record as it is posted and from the log up to its cut-off; where in the
log the record itself comes to stand plays no part in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from cli.documents.classification import classification
from cli.documents.decision import decision
from cli.documents.heading import borne
from cli.documents.orders import posted_order
from cli.documents.rendering import Sheet, is_available, made_with, render
from cli.office.kept import checkpoint_kept
from ledger.errors import NotFound
from ledger.log import Log
from ledger.vocabulary import (
    ClassificationPublished,
    Corrected,
    DocumentPosted,
    Occurrence,
    StartOrderPublished,
    Voided,
)
from projections.state.facts import fold
from projections.state.rally import EDITION, RallyState

Bind = Callable[[Sequence[Occurrence]], Sequence[Occurrence]]
"""Gives what is about to be posted as one sheet the digest of that."""
Posted = ClassificationPublished | DocumentPosted | StartOrderPublished
"""What is posted, and bound to its sheet."""


class Bound(NamedTuple):
    """The SHA-256 of a sheet in hex, and what made it."""

    digest: str
    made_with: str


def bound(sheet: Sheet) -> Bound:
    """What a publication holds of its sheet.

    Raises:
        Unavailable: Typst is not installed.
    """
    return Bound(hashlib.sha256(render(sheet)).hexdigest(), made_with(sheet.data))


def binding(log: Log, prefix: RallyState) -> Bind | None:
    """What binds the sheets of documents; None where they can't be drawn here.

    `prefix` is the rally as it is known at the cut-off of a classification.
    """

    def bind(said: Sequence[Occurrence]) -> Sequence[Occurrence]:
        orders = [each for each in said if isinstance(each, StartOrderPublished)]
        if not orders:
            return [alone(each) for each in said]
        made = bound(posted_order(orders, prefix))
        bind_to = {"file": made.digest, "made_with": made.made_with}
        return [msgspec.structs.replace(each, **bind_to) for each in orders]

    def alone(said: Occurrence) -> Occurrence:
        if isinstance(said, ClassificationPublished):
            made = bound(classification(said, prefix, draft=False))
            return msgspec.structs.replace(said, file=made.digest, made_with=made.made_with)
        if isinstance(said, DocumentPosted) and said.kind == "decision":
            position = last_word(log, said.about, log.head().size)
            state = RallyState(fold(log.read(until=position)).facts())
            root = log.root_at(position)
            checkpoint = checkpoint_kept(log, position, root)
            said = msgspec.structs.replace(said, edition=EDITION, checkpoint=checkpoint)
            made = bound(sheet_of_decision(said, state, position, root))
            return msgspec.structs.replace(said, digest=made.digest, made_with=made.made_with)
        return said

    return bind if is_available() else None


def sheet_of_decision(
    posted: DocumentPosted, prefix: RallyState, position: int, root: str
) -> Sheet:
    """The sheet of a decision that is posted; `prefix` is the log up to the decision's last word.

    Raises:
        NotFound: the decision is not there, or void.
    """
    fact = prefix.facts.by_id.get(posted.about)
    if fact is None:
        raise NotFound("The decision that it is about does not stand in the log.")
    drawn = decision(fact, prefix, position, root, posted.document, edition_of(posted))
    return Sheet(drawn.kind, drawn.data | borne(posted.checkpoint, position, root))


def edition_of(said: Posted) -> int:
    """The edition of the computing rules that stands on a sheet, or will where it is not bound."""
    # A sheet that was bound before editions were put on record was made by the second.
    return said.edition or (2 if said.made_with else EDITION)


def last_word(log: Log, identity: str, until: int) -> int:
    """The position of a record or of the last correction of it, up to a position of the log.

    Raises:
        NotFound: the log has no such record.
    """
    position, ahead, seen = log.find(identity).position, [identity], {identity}
    kinds = [Corrected.type_name(), Voided.type_name()]
    while ahead:
        for each in log.read(until=until, types=kinds, tags=[f"ref:{ahead.pop()}"]):
            if each.id not in seen:
                seen.add(each.id)
                ahead.append(each.id)
                position = max(position, each.position)
    return position

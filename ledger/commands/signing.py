"""Signing: drawn up is not posted. A document goes on the board with the signatures it needs."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.commands.known import Known
from ledger.errors import Refused
from ledger.vocabulary import (
    ClassificationPublished,
    DocumentDrawnUp,
    DocumentSigned,
    Occurrence,
    canonical,
    occurrence_id,
    short_id,
)

SIGNING = (DocumentDrawnUp, DocumentSigned)


def must_be_signed(said: Occurrence, wanted: Sequence[str], known: Known) -> None:
    """Refuse to post what lacks a signature, or is not what was signed.

    `wanted` are the offices that the rulebook names; whoever posts a document signs it by that.

    Raises:
        Refused: with the offices that have not signed.
    """
    drawn_up = str(getattr(said, "drawn_up", ""))
    if drawn_up:
        _must_be_as_drawn_up(said, _drawn(drawn_up, known))
    signed = {each.role for each in known.standing(DocumentSigned) if each.target == drawn_up}
    missing = [office for office in wanted if office not in signed | {said.role}]
    if missing:
        raise Refused(
            f"It lacks the signature of {' and '.join(missing)}.",
            hint=f"`rally sign {short_id(drawn_up)}` in that office."
            if drawn_up
            else "`rally draw-up`, have it signed by `rally sign`, and post it with --drawn-up.",
        )


def _drawn(identity: str, known: Known) -> DocumentDrawnUp:
    for each in known.standing(DocumentDrawnUp):
        if occurrence_id(canonical(each)) == identity:
            return each
    raise Refused(
        f"{short_id(identity)} is no document that was drawn up.",
        hint="`rally log --type DocumentDrawnUp` lists them.",
    )


def _must_be_as_drawn_up(said: Occurrence, drawn: DocumentDrawnUp) -> None:
    """Refuse to post something else than was signed."""
    if isinstance(said, ClassificationPublished):
        same = said.digest == drawn.digest and said.kind == drawn.kind
    else:
        same = getattr(said, "about", "") == drawn.about
    if not same:
        raise Refused(
            "It is not what was drawn up and signed.",
            hint="Draw it up anew: what was signed rests on another part of the log.",
        )

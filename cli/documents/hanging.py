"""Hanging: the sheet of what was posted, drawn as it was posted, and whether it is still that.

It follows from the records by which it was posted and from the log up to its cut-off; whatever was
recorded since, it comes out to the same bytes, and its digest stands in the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from cli.documents.binding import Posted, edition_of, last_word, sheet_of_decision
from cli.documents.cards import Moment, starters
from cli.documents.checking import digest_of, made_here
from cli.documents.classification import classification
from cli.documents.orders import posted_order
from cli.documents.rendering import Sheet, render
from cli.office.view import View
from ledger.board import sheets_numbered
from ledger.errors import NotFound, Refused
from ledger.log import Log
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import ClassificationPublished, DocumentPosted, StartOrderPublished
from projections.desk.publications import Published, cut_off
from projections.state.facts import fold
from projections.state.rally import EDITION, RallyState


class Drawn(NamedTuple):
    """A sheet, with what was posted, where its digest is bound in that.

    `elsewhere` names the other log on which it rests, where this one is not that.
    """

    sheet: Sheet
    posted: Posted | None = None
    elsewhere: str = ""

    def pdf(self) -> bytes:
        """The sheet as PDF.

        Raises:
            Refused: it rests on another log, and does not come out here as it was posted.
            Unavailable: Typst is not installed.
        """
        pdf = render(self.sheet)
        if self.elsewhere and self.posted is not None:
            _must_be_as_posted(self.posted, pdf, self.elsewhere)
        return pdf

    def bound(self) -> str:
        """The digest of the sheet that was posted; empty where none was bound."""
        return digest_of(self.posted) if self.posted is not None and self.posted.made_with else ""

    def is_as_posted(self, pdf: bytes) -> bool | None:
        """Whether it is the sheet that was posted; None where that can't be told here."""
        said = self.posted
        if said is None or not self.bound() or said.made_with != made_here(said):
            return None
        return hashlib.sha256(pdf).hexdigest() == self.bound()

    def complaint(self) -> str:
        """What is to be said where it is not."""
        message = f"It is not the sheet that was posted: that has the digest {self.bound()[:10]}."
        if self.posted is not None and (edition := edition_of(self.posted)) != EDITION:
            message += f" That is of edition {edition} of the computing rules; this is {EDITION}."
        return message


def _must_be_as_posted(said: Posted, pdf: bytes, elsewhere: str) -> None:
    """Refuse a sheet that rests on another log, unless it comes out as it was posted."""
    bound = digest_of(said)
    if said.made_with != made_here(said) or hashlib.sha256(pdf).hexdigest() != bound:
        raise Refused(
            f"Document {said.document} rests on {elsewhere}, which this log does not hold in that "
            "order: its sheet can't be drawn here as it was posted.",
            hint=f"Draw it where it was posted. The digest of its sheet is {bound or 'not told'}.",
        )


def hanging(log: Log, sheet: Sequence[Record]) -> Drawn:
    """The sheet that was posted by these records.

    Raises:
        NotFound: no ledger drew it, or this log does not hold on what it rests.
    """
    match said := sheet[0].occurrence():
        case ClassificationPublished():
            return classification_posted(log, sheet[0], said)
        case StartOrderPublished():
            return order_posted(log, sheet)
        case DocumentPosted(kind="decision"):
            return decision_posted(log, sheet[0], said)
    raise NotFound(
        f"Document {getattr(said, 'document', '')} was not drawn from this log: what it says was "
        "written by its office.",
        hint="What the log holds of it is its record.",
    )


def moment_of(seen: View) -> Moment:
    """The moment that is looked at, as it stands on a sheet."""
    last = seen.log.at(seen.position).occurrence().recorded_at if seen.position else Instant(0, 0)
    root = seen.log.root_at(seen.position)
    return Moment(seen.log.rally, seen.position, root, last, seen.effective_at, seen.decided_by)


# -- by what was posted ----------------------------------------------------------------------------


def classification_posted(log: Log, record: Record, said: ClassificationPublished) -> Drawn:
    """A classification as it was posted: what its record says, on the log up to its cut-off."""
    sheet = classification(said, _prefix(log, record, said), draft=False)
    return Drawn(sheet, said, _elsewhere(log, record, said))


def decision_posted(log: Log, record: Record, said: DocumentPosted) -> Drawn:
    """A decision as it was when its sheet was posted."""
    position = last_word(log, said.about, record.position - 1)
    return Drawn(decision_as_of(log, said, position), said)


def decision_as_of(log: Log, said: DocumentPosted, position: int) -> Sheet:
    """The sheet of a decision as it reads at a position of the log."""
    prefix = RallyState(fold(log.read(until=position)).facts())
    return sheet_of_decision(said, prefix, position, log.root_at(position))


def order_posted(log: Log, sheet: Sequence[Record]) -> Drawn:
    """A start order as it was posted; of an old log, as it stood when it was."""
    told = [each.occurrence() for each in sheet]
    orders = [each for each in told if isinstance(each, StartOrderPublished)]
    if not orders[0].digest:
        seen = View(log, str(_completed(log, sheet[-1], orders[0])))
        return Drawn(starters(seen.state, moment_of(seen), orders[0].stage))
    drawn = posted_order(orders, _prefix(log, sheet[-1], orders[0]))
    return Drawn(drawn, orders[0], _elsewhere(log, sheet[-1], orders[0]))


def _completed(log: Log, record: Record, said: StartOrderPublished) -> int:
    """Where the sheet of an old log was complete: its categories were posted one by one."""
    return max(
        [record.position]
        + [
            each.position
            for (each, *_) in sheets_numbered(log, said.document)
            if isinstance(other := each.occurrence(), StartOrderPublished)
            and other.stage == said.stage
            and not other.digest
        ]
    )


# -- on what it rests ------------------------------------------------------------------------------


def _prefix(log: Log, record: Record, said: Published) -> RallyState:
    """The log up to the cut-off of what was posted."""
    if cut_off(said) >= record.position:
        raise NotFound(
            f"Document {said.document} rests on #{cut_off(said)} of the log of "
            f"{record.header.site}, which this log does not hold in that order.",
            hint="Draw it where it was posted.",
        )
    return RallyState(fold(log.read(until=cut_off(said))).facts())


def _elsewhere(log: Log, record: Record, said: Published) -> str:
    """The log on which something rests that was posted, if it is another one; else nothing."""
    cut = cut_off(said)
    same = not said.root or said.root == log.root_at(cut)
    return "" if same else f"#{cut} of the log of {record.header.site}"

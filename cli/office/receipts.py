"""Receipts: what was handed in, proved by the log up to there; the same for ever."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec

from cli.documents.binding import last_word
from cli.documents.cards import Moment
from cli.documents.hanging import moment_of
from cli.documents.receipt import receipt_sheet
from cli.documents.rendering import Sheet
from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.naming import record_named
from cli.office.view import View
from ledger.errors import NotFound, Refused
from ledger.vocabulary.judicial import HandedIn
from projections.desk.receipts import Receipt, receipt
from projections.state.rally import RallyState
from projections.state.recorded import Fact


class Handed(NamedTuple):
    """What was handed in, with which office, and the moment of the log that it rests on."""

    receipt: Receipt
    office: str
    state: RallyState
    moment: Moment

    def sheet(self) -> Sheet:
        """The receipt as a sheet, to be signed by who took it in."""
        return receipt_sheet(self.receipt, self.office, self.state, self.moment)


def handed_in(
    seen: View,
    lodged: Annotated[
        str, Word("protest-1, review-1, appeal-1, or the record of it.", "LODGED", subject=True)
    ],
) -> Answer[Handed]:
    """The receipt of what was lodged. It rests on the log up to there, whatever came since."""
    record = record_named(seen.log, lodged, seen.position)
    if record.position > seen.position:
        raise NotFound(f"#{record.position} is not known as of #{seen.position}.")
    then = View(seen.log, f"#{last_word(seen.log, record.id, seen.position)}")
    state = then.on_the_desk
    fact: Fact[Any] | None = state.facts.by_id.get(record.id)
    if fact is None or not isinstance(fact.value, HandedIn):
        raise Refused(
            f"#{record.position} is nothing that was lodged, or it is void.",
            hint="`rally docket` lists what was: protest-1, review-1, appeal-1.",
        )
    found = Handed(receipt(state, fact), fact.value.lodged_with, state, moment_of(then))
    told = {"basis": found.moment.basis(state), "receipt": msgspec.to_builtins(found.receipt)}
    return Answer(None, found, "", told)

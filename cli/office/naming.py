"""What a reference names: a decision by its name in the register, a record by position or id."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cli.office.handles import record_by_handle
from ledger.errors import NotFound
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import (
    Corrected,
    CourtDecisionIssued,
    DecisionIssued,
    DocumentDrawnUp,
    Voided,
    short_id,
)
from ledger.vocabulary.judicial import COURT, SERIES_TITLES
from projections.desk.decisions import named_so
from projections.state.facts import fold
from projections.state.recorded import Fact

HINT = "`rally decisions` lists them; name one as stewards-7, court-3/2016, #5127, or by its id."
_REGISTER = [each.type_name() for each in (DecisionIssued, CourtDecisionIssued, Corrected, Voided)]


_OF_A_RECORD = re.compile(r"#?\d+|[0-9a-f]{6,}")
_OF_A_DECISION = re.compile(rf"({'|'.join((*SERIES_TITLES, COURT))})\b")


def register_of(log: Log, until: int | None = None) -> Mapping[str, Fact[Any]]:
    """The decisions that stand in the register up to a position of the log, by id."""
    rulings = fold(log.read(until=until, types=_REGISTER)).facts().rulings
    return {each.id: each for each in (*rulings.decisions, *rulings.of_courts)}


def record_named(log: Log, reference: str, until: int | None = None) -> Record:
    """The record that is meant: by its position or id, by its handle (`protest-1`), or a decision.

    A decision may be named by any name that the register prints.

    Raises:
        NotFound: there is none, or several decisions have that name.
    """
    if _OF_A_RECORD.fullmatch(reference.strip().lower()):
        return log.find(reference)
    if (by_handle := record_by_handle(log, reference, until)) is not None:
        return by_handle
    found = named_so(register_of(log, until).values(), reference)
    if len(found) == 1:
        return log.at(found[0].position)
    if found:
        several = ", ".join(f"#{each.position} {short_id(each.id)}" for each in found)
        raise NotFound(
            f"{len(found)} decisions are named {reference.strip()}: {several}.",
            hint="Name the one that is meant by its position or id.",
        )
    if _OF_A_DECISION.match(reference.strip().lower()):
        raise NotFound(f"There is no decision {reference.strip()!r}.", hint=HINT)
    return log.find(reference)


def decision_named(log: Log, reference: str, until: int | None = None) -> Record:
    """The decision that is meant: "stewards-7", "court-3/2016", a position, the digits of an id.

    Raises:
        NotFound: there is none, or several have that name.
    """
    found = record_named(log, reference, until)
    if not isinstance(found.occurrence(), (DecisionIssued, CourtDecisionIssued)):
        raise NotFound(f"#{found.position} is no decision.", hint="`rally decisions` lists them.")
    return found


def drawn_up_named(
    log: Log, reference: str, subject: str = "document"
) -> tuple[Record, DocumentDrawnUp]:
    """The record by which a document was drawn up, and what it says; of a subject, if one is named.

    Raises:
        NotFound: it is no such record.
    """
    found = record_named(log, reference)
    said = found.occurrence()
    if not isinstance(said, DocumentDrawnUp) or subject not in ("document", said.subject):
        raise NotFound(
            f"#{found.position} is no {subject} that was drawn up.",
            hint="`rally log --type DocumentDrawnUp` lists them.",
        )
    return found, said

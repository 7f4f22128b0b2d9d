"""What a reference names: a decision by its name in the register, a record by position or id."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any

from cli.office.handles import record_by_handle
from ledger.board import Sheet, sheet_numbered, sheets_numbered
from ledger.errors import NotFound
from ledger.log import Log
from ledger.powers import with_bearing
from ledger.record import Record
from ledger.vocabulary import (
    ClassificationPublished,
    CourtDecisionIssued,
    DecisionIssued,
    DocumentDrawnUp,
    DocumentPosted,
    Occurrence,
    StartOrderPublished,
    short_id,
)
from ledger.vocabulary.judicial import COURT, SERIES_TITLES
from ledger.vocabulary.publication import SHEETS
from projections.desk.decisions import named_so
from projections.state.facts import Facts, fold
from projections.state.recorded import Fact

HINT = "`rally decisions` lists them; name one as stewards-7, court-3/2016, #5127, or by its id."
_REGISTER = with_bearing(DecisionIssued, CourtDecisionIssued)


_OF_A_RECORD = re.compile(r"#?\d+|[0-9a-f]{6,}")
_OF_A_DECISION = re.compile(rf"({'|'.join((*SERIES_TITLES, COURT))})\b")


def register_of(log: Log, until: int | None = None) -> Mapping[str, Fact[Any]]:
    """The decisions that stand in the register up to a position of the log, by id."""
    return _in_the_register(_told(log, until))


def _told(log: Log, until: int | None) -> Facts:
    return fold(log.read(until=until, types=_REGISTER)).facts()


def _in_the_register(facts: Facts) -> Mapping[str, Fact[Any]]:
    rulings = facts.rulings
    return {each.id: each for each in (*rulings.decisions, *rulings.of_courts)}


def _without_effect(facts: Facts) -> Iterator[Fact[Any]]:
    """The decisions that have no effect: who names one means it where no other bears the name."""
    for identity in facts.idle:
        said = facts.told[identity]
        if isinstance(said, (DecisionIssued, CourtDecisionIssued)):
            yield Fact(identity, facts.positions[identity], said, ())


def record_named(log: Log, reference: str, until: int | None = None) -> Record:
    """The record that is meant: by its position or id, by its handle (`protest-1`), or a decision.

    A decision may be named by any name that the register prints.

    A document is meant by its number: doc:7.

    Raises:
        NotFound: there is none, or several decisions have that name.
    """
    if _OF_A_RECORD.fullmatch(reference.strip().lower()):
        return log.find(reference)
    if _NUMBERED.match(reference.strip()):
        sheet = sheet_numbered(log, _NUMBERED.sub("", reference.strip()), until)
        if len(sheet) > 1:
            several = ", ".join(f"#{each.position}" for each in sheet)
            raise NotFound(
                f"{reference.strip()} stands in {len(sheet)} records: {several}.",
                hint="Name the one that is meant, or each of them.",
            )
        return sheet[0]
    if (by_handle := record_by_handle(log, reference, until)) is not None:
        return by_handle
    facts = _told(log, until)
    found = named_so(_in_the_register(facts).values(), reference)
    found = found or named_so(_without_effect(facts), reference)
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


def posted_named(
    log: Log,
    reference: str,
    kinds: tuple[type[Occurrence], ...],
    until: int | None = None,
    among: Container[str] | None = None,
) -> Sheet:
    """The records of a sheet that was posted: by its number ("7", "doc:7"), or by a record.

    Where sheets of other kinds were given the number as well, it is the first of these kinds;
    `among` are the ids of what stands, if it has to.

    Raises:
        NotFound: there is none; the hint says how such documents are numbered.
    """
    wanted = _NUMBERED.sub("", reference.strip())
    if wanted.startswith("#"):
        found = log.find(wanted)
        sheets: list[Sheet] = [(found,)] if until is None or found.position <= until else []
    else:
        sheets = sheets_numbered(log, wanted, until)
    for each in sheets:
        if isinstance(each[0].occurrence(), kinds) and (among is None or each[0].id in among):
            return each
    names = [kind.type_name() for kind in kinds]
    posted = (each.occurrence() for each in log.read(until=until, types=names))
    listed = dict.fromkeys(str(getattr(each, "document", "")) for each in posted)
    raise NotFound(
        f"No {' or '.join(_CALLED[kind] for kind in kinds)} was published as document {wanted}.",
        hint=f"Published: {', '.join(filter(None, listed)) or 'none'}. "
        "`rally publications` lists all documents.",
    )


def sheet_named(
    log: Log, reference: str, kinds: tuple[type[Occurrence], ...] = SHEETS, until: int | None = None
) -> Sheet:
    """All records of a sheet: by its number ("7", "doc:7"), or by one of them.

    Raises:
        NotFound: nothing was posted so.
    """
    sheet = posted_named(log, reference, kinds, until)
    number = getattr(sheet[0].occurrence(), "document", "")
    among = {each.id for each in sheet}
    several = sheets_numbered(log, number, until)
    return next((s for s in several if among.issubset(each.id for each in s)), sheet)


_NUMBERED = re.compile(r"^doc:\s*", re.IGNORECASE)
_CALLED: dict[type[Occurrence], str] = {
    ClassificationPublished: "classification",
    StartOrderPublished: "start order",
    DocumentPosted: "decision",
}


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

"""The registers of the stewards' desk: decisions and publications, and the times that run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from msgspec.structs import replace

from cli.office.answer import Answer
from cli.office.asked import asked
from cli.office.asking import At, Word
from cli.office.forms import plain
from cli.office.naming import HINT, record_named, sheet_named
from cli.office.view import View
from ledger.errors import LedgerError, NotFound, Usage
from ledger.vocabulary.judicial import COURT
from projections.desk.decisions import Decision, EffectRow, decisions
from projections.desk.docket import DeadlineRow, Docket, MatterRow, docket
from projections.desk.due import DueList, Item, due
from projections.desk.fines import totals
from projections.desk.pending import PendingRow
from projections.desk.protest_clock import Clock, Clocks, protest_clock
from projections.desk.publications import Publication, Register, publications
from projections.rules.articles import versioned
from projections.state.rulings import (
    CONTESTED,
    IN_FORCE,
    QUASHED,
    RESCINDED,
    SET_ASIDE,
    SUPERSEDED,
    SUSPENDED,
    VARIED,
)

STATUSES = (IN_FORCE, SUSPENDED, QUASHED, VARIED, RESCINDED, SUPERSEDED, CONTESTED, SET_ASIDE)
DECISIONS = (
    *("series", "decision", "document", "number", "driver", "stage", "decided_at", "ruling"),
    *("effects", "status", "positions", "supersedes", "superseded_by", "claimed_by"),
    *("notified_at", "position", "id"),
)
OF_A_DECISION = (
    *("decision", "number", "status", "notified_at", "appealable", "appeal_until"),
    *("review_until", "protest_until", "next_at", "next", "position"),
)
_OF_SOME_MATTERS = ("party", "lodged_with", "means", "remark", "suspends_by")
_NO_COLUMN = {"about", "open", "deadlines", *_OF_SOME_MATTERS}
OF_A_MATTER = tuple(each for each in MatterRow.__struct_fields__ if each not in _NO_COLUMN)
OF_A_TIME = ("began_at", "began_by", "amount", "limited", "parameter", "extended")
"""How a time runs; until when it does has a column of its own."""
_TIMES_OF_A_DECISION = ("appeal", "review", "protest")
_TIMES_OF_A_MATTER = {"matter_due": _TIMES_OF_A_DECISION, "matter_confirm": ("confirmation",)}
DEADLINES = (
    *OF_A_DECISION,
    *(f"matter_{name}" for name in OF_A_MATTER),
    *(f"{kind}_{name}" for kind in _TIMES_OF_A_DECISION for name in OF_A_TIME),
    *(f"matter_{name}" for name in _OF_SOME_MATTERS),
    *(f"{begins}_{name}" for begins in _TIMES_OF_A_MATTER for name in OF_A_TIME),
)
"""What came later stands behind what was there before."""


def decided(
    seen: View,
    decision: Annotated[
        str | None, Word("One decision.", "[SERIES-NUMBER]", of="DECISION", subject=True)
    ] = None,
    series: Annotated[
        str | None,
        Word(
            "Only of the clerk of the course, the stewards, or courts.",
            choices=("clerk", "stewards", COURT),
        ),
    ] = None,
    number: Annotated[
        str | None, Word("Only those that concern this crew.", "CREW", of="number")
    ] = None,
    status: Annotated[
        str | None, Word(f"Only of this status: {', '.join(STATUSES)}.", "STATUS", choices=STATUSES)
    ] = None,
) -> Answer[Sequence[Decision]]:
    """The register of decisions, or everything about one of them."""
    register = decisions(seen.on_the_desk, seen.classified)
    rows = [_citing(seen, row) for row in register.rows]
    if decision is not None:
        if series or number or status:
            raise Usage("One decision is named: leave out --series, --number, --status.")
        row = _named(seen, rows, register.pending, decision)
        return _of(seen, row.title, [row], {"rests_on": _rests_on(seen, row)})
    found = [
        row
        for row in rows
        if series in (None, row.series)
        and status in (None, row.status)
        and (number is None or number in row.concerns)
    ]
    title = f"Decisions that concern crew {number}" if number else "Decisions"
    declined = [
        each
        for each in register.declined
        if not (series or status) and number in (None, each.number)
    ]
    fined = totals(each for row in found for each in row.fines)
    waiting = [
        each
        for each in register.pending
        if not (series or status) and number in (None, each.number)
    ]
    more = {"declined": declined, "fines": fined, "pending": waiting}
    return _of(seen, title, found, {name: told for name, told in more.items() if told})


def _citing(seen: View, row: Decision) -> Decision:
    """The decision, citing each article in the version in force at its fact."""
    facts = seen.on_the_desk.facts
    said = facts.value(row.id)
    if not row.infringement or said is None:
        return row
    order = seen.on_the_desk.orders.get(row.stage)
    told = versioned(facts.regulations, row.infringement, said.instant, order)
    return row if told == row.infringement else replace(row, infringement=told)


def _of(
    seen: View, title: str, rows: Sequence[Decision], more: dict[str, Any]
) -> Answer[Sequence[Decision]]:
    flat = [
        {**plain(row), "effects": [effect_words(each, row) for each in row.effects]} for row in rows
    ]
    return Answer(seen, rows, title, {"rows": rows, **more}, flat, DECISIONS)


def reference(row: Decision) -> str:
    """How a decision is named: "stewards-7", "court-3/2016"."""
    return f"{row.series}-{row.decision}" if row.decision else row.series


def _named(
    seen: View, rows: Sequence[Decision], waiting: Sequence[PendingRow], text: str
) -> Decision:
    """The decision that is meant, by series and number, or by its record.

    Raises:
        NotFound: there is none.
    """
    try:
        record = record_named(seen.log, text, seen.position)
    except NotFound as error:
        message = error.message.replace("There is no record", "There is no decision")
        raise NotFound(message, hint=HINT) from None
    if record.position > seen.position:
        raise NotFound(f"#{record.position} is not known as of #{seen.position}.")
    for row in rows:
        if row.id == record.id:
            return row
    for each in waiting:
        if each.id == record.id:
            told = f"{each.words.removesuffix('.')} has no effect until it is {each.until}"
            raise NotFound(f"{told}: {each.why}", hint=f"`rally show '#{each.position}'`.")
    raise NotFound(f"#{record.position} is no decision that stands in the register.", hint=HINT)


def _rests_on(seen: View, row: Decision) -> list[dict[str, Any]]:
    """The records that a decision decides or rests on, as far as they are known at the cut."""
    said = seen.log.at(row.position).occurrence()
    named = (*getattr(said, "matter", ()), *getattr(said, "evidence", ()))
    found = []
    for identity in dict.fromkeys(named):
        with contextlib.suppress(LedgerError):
            record = seen.log.find(identity)
            if record.position <= seen.position:
                told = record.occurrence()
                about = {"position": record.position, "id": record.id, "type": told.type_name()}
                found.append({**about, "words": told.words()})
    return found


def effect_words(effect: EffectRow, row: Decision) -> str:
    """An effect with what became of it, where that is not what became of the whole."""
    if effect.no_effect is not None:
        return f"{effect.words} (no effect)"
    return effect.words if effect.status == row.status else f"{effect.words} ({effect.status})"


def posted(
    seen: View,
    document: Annotated[
        str | None, Word("One document, by its number or its record.", "[DOCUMENT]", subject=True)
    ] = None,
) -> Answer[Register]:
    """Everything that was posted, on how much of the log it rests, and whether it still holds."""
    found, title = publications(seen.with_papers), "Publications"
    if document is not None:
        among = {each.id for each in sheet_named(seen.log, document, until=seen.position)}
        found = Register(tuple(each for each in found.rows if each.id in among))
        title = f"Document {document}"
    return Answer(seen, found, title, plain(found), found.rows, Publication)


def deadlines(seen: View, at: At = None) -> Answer[Docket]:
    """Per decision its deadlines, what came in, and what lapses next."""
    moment = asked(seen, at)
    found = docket(seen.on_the_desk, moment.ms)
    return Answer(
        seen, found, moment.title("Docket"), moment.document(found), list(_flat(found)), DEADLINES
    )


def _flat(found: Docket) -> Iterator[dict[str, Any]]:
    """A line for each matter under its decision; one for a decision that nobody attacked."""
    for row in found.rows:
        own = {name: getattr(row, name) for name in OF_A_DECISION}
        for time in row.deadlines:
            own |= _time(time.kind, time)
        for each in row.matters:
            yield {**own, **_matter(each)}
        if not row.matters:
            yield own
    for each in found.others:
        yield {"decision": each.about, **_matter(each)}


def _matter(row: MatterRow) -> dict[str, Any]:
    names = (*OF_A_MATTER, *_OF_SOME_MATTERS)
    found = {f"matter_{name}": getattr(row, name) for name in names}
    for begins, kinds in _TIMES_OF_A_MATTER.items():
        for each in row.deadlines:
            found |= _time(begins, each) if each.kind in kinds else {}
    return found


def _time(begins: str, row: DeadlineRow) -> dict[str, Any]:
    extended = [each.until for each in row.extensions if not each.why_not]
    told = {**plain(row), "extended": max(extended, default=None)}
    return {f"{begins}_{name}": told[name] for name in OF_A_TIME}


def protest_times(seen: View, at: At = None) -> Answer[Clocks]:
    """Per publication the time for protests, and whether it may become final."""
    moment = asked(seen, at)
    found = protest_clock(seen.on_the_desk, moment.ms)
    return Answer(
        seen, found, moment.title("Protest clock"), moment.document(found), found.rows, Clock
    )


def what_is_due(seen: View, at: At = None) -> Answer[DueList]:
    """What waits for somebody, then what ends, the earliest first."""
    moment = asked(seen, at)
    found = due(seen.on_the_desk, moment.ms)
    return Answer(
        seen, found, moment.title("What is due"), moment.document(found), found.rows, Item
    )

"""Proposals of the tariffs: read, adopted by a penalty that rests on their facts, or declined."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args

from cli.office import recording
from cli.office.answer import Answer
from cli.office.asking import OfCrew, OnStage, Text, Word
from cli.office.desk import Desk
from cli.office.forms import plain
from cli.office.handles import handles
from cli.office.naming import record_named
from cli.office.overall import Recorded
from cli.office.view import View
from ledger.commands.record import RecordOccurrence
from ledger.errors import LedgerError, NotFound, Refused, Usage
from ledger.log import Log
from ledger.record import Record
from ledger.times import parse_duration, parse_instant
from ledger.vocabulary import PenaltyGiven, SanctionDeclined
from ledger.vocabulary.direction import AppliesTo
from projections.desk.infringements import PRICED
from projections.desk.judging import judge
from projections.desk.pricing import STEWARDS
from projections.desk.proposals import (
    OPEN,
    STATES,
    Proposal,
    is_named_so,
    proposal_named,
    proposals,
)
from projections.rules.tariffs import COMPONENTS, REPORTS, SPEED, WAYPOINTS

COLUMNS = (
    *("name", "number", "driver", "stage", "fact_at", "words", "amount_ms", "arithmetic"),
    *("tariff", "lines", "cited", "to", "why_not", "state", "adopted_ms", "reason", "decided"),
    *("remarks", "positions", "id"),
)
_KINDS = {WAYPOINTS: "waypoint", SPEED: "speeding", COMPONENTS: "component", REPORTS: "report"}
"""The kind of penalty that a tariff proposes."""
AProposal = Annotated[str, Word("The proposal, or its fact.", "PROPOSAL", subject=True)]
WhichResult = Annotated[
    Text, Word("Which result carries it (default: the stage).", choices=get_args(AppliesTo))
]
Why = Annotated[str, Word("Why: of another amount, or of none.", "TEXT")]


def proposed(
    seen: View,
    crew: OfCrew = None,
    stage: OnStage = None,
    status: Annotated[
        Text, Word(f"Only of this state: {', '.join(STATES)}.", "STATE", choices=STATES)
    ] = None,
) -> Answer[tuple[Proposal, ...]]:
    """What the tariffs propose for the facts on record, and what an office made of it."""
    found = proposals(seen.with_papers, crew, stage, status)
    flat = [{**plain(row), "decided": [each.words for each in row.decided]} for row in found]
    return Answer(seen, found, "Proposals", {"rows": found}, flat, COLUMNS)


def adopt(
    desk: Desk,
    record: Annotated[
        str, Word("The proposal or its fact, or the act.", "PROPOSAL-OR-RECORD", subject=True)
    ],
    amount: Annotated[Text, Word("Another amount than is proposed.", "TIME")] = None,
    because: Why = "",
    applies_to: WhichResult = None,
) -> Recorded:
    """Give the penalty that a tariff proposes; or make an act your own that has no effect.

    An act has none as an office or a site took it which may not.
    """
    if not _is_proposed(desk, record):
        if amount is not None or because or applies_to:
            raise Usage(
                "--amount, --because and --applies-to are of a proposal.",
                hint="`rally proposals` lists them.",
            )
        return recording.adopt(desk, record)
    about, why = open_proposal(desk, record), _why(desk, because)
    amount_ms = amount_of(about, amount)
    if amount_ms != about.amount_ms and not why:
        raise Usage(
            f"{about.name} proposes another amount.", hint="Say why it is changed with --because."
        )
    at = about.fact_at if desk.signature.at is None else None
    said = desk.make(
        PenaltyGiven,
        **({"fact_at": parse_instant(at), "decided_at": desk.now()} if at else {}),
        **penalty_of(about, amount_ms, applies_to),
        reason="; ".join(filter(None, (_in_short(about), why))),
    )
    return recording.carry_out(desk, lambda: RecordOccurrence(said, judge))


def decline(desk: Desk, proposal: AProposal, because: Why = "") -> Recorded:
    """Decline what a tariff proposes, with the reason; both stay disclosed."""
    about, why = open_proposal(desk, proposal), _why(desk, because)
    if not why:
        raise Usage("To decline a sanction needs its reason.", hint="Give it with --because.")
    said = desk.make(
        SanctionDeclined,
        number=about.number,
        stage=about.stage,
        tariff=about.tariff,
        evidence=about.rests_on,
        reason=why,
        **_proposed_ms(about),
    )
    return recording.carry_out(desk, lambda: RecordOccurrence(said, judge))


def open_proposal(desk: Desk, text: str) -> Proposal:
    """The proposal that is meant, if nobody decided on it, and it is for who signs.

    Raises:
        NotFound: there is none. Refused: somebody decided on it, or it is left to the stewards.
    """
    found = _named(desk, text)
    if found.state != OPEN:
        last = next((each for each in reversed(found.decided) if each.stands), None)
        by = f" by #{last.position}" if last else ""
        raise Refused(
            f"{found.name} is {found.state}{by}.",
            hint="Withdraw the penalty, or void what declined it, before it is decided anew.",
        )
    if found.to == STEWARDS and desk.signature.role != STEWARDS:
        raise Refused(f"{found.name} is for the stewards: {found.why_not}.", hint="Report it.")
    return found


def amount_of(about: Proposal, typed: str | None) -> int:
    """The amount that is given: as it is typed, else as it is proposed.

    Raises:
        Usage: the tariff gives none.
    """
    amount_ms = about.amount_ms if typed is None else parse_duration(typed)
    if amount_ms is None:
        raise Usage(
            f"{about.name} has no amount: {about.why_not}.",
            hint="Say how much with --amount, and why.",
        )
    return amount_ms


def penalty_of(about: Proposal, amount_ms: int, applies_to: str | None) -> dict[str, Any]:
    """The penalty that adopts a proposal, by its fields."""
    given: dict[str, Any] = {
        "number": about.number,
        "stage": about.stage,
        "amount_ms": amount_ms,
        "applies_to": applies_to or ("stage" if about.stage else "overall"),
        "article": about.article,
        "kind": _KINDS[about.tariff],
        "point": about.place if about.tariff in (WAYPOINTS, SPEED) else "",
        "evidence": about.rests_on,
    }
    return {name: value for name, value in given.items() if value != ""} | _proposed_ms(about)


def _proposed_ms(about: Proposal) -> dict[str, int]:
    return {} if about.amount_ms is None else {"proposed_ms": about.amount_ms}


def _is_proposed(desk: Desk, text: str) -> bool:
    """Whether a proposal is named: by its name, or by a fact that it rests on."""
    if is_named_so(text):
        return True
    return type(_record_named(desk, text).occurrence()) in PRICED


def _named(desk: Desk, text: str) -> Proposal:
    """The proposal of a name, or the one that rests on a fact."""
    rows = proposals(desk.lying.with_papers)
    if is_named_so(text):
        return proposal_named(rows, text)
    fact = _record_named(desk, text)
    for each in rows:
        if fact.id in each.rests_on:
            return each
    raise NotFound(
        f"Nothing is proposed for #{fact.position}.", hint="`rally proposals` lists what is."
    )


def _record_named(desk: Desk, text: str) -> Record:
    """The record that is named; what may be meant for a proposal is looked for among those."""
    try:
        return record_named(desk.log, text, desk.position)
    except LedgerError as error:
        if _NAME_LIKE.fullmatch(text.strip()):
            proposal_named(proposals(desk.lying.with_papers), text)
        if isinstance(error, NotFound):
            told = error.message.replace("no record", "no proposal and no record")
            raise NotFound(told, hint=_LISTS) from None
        raise


_LISTS = "`rally proposals` lists what is proposed, `rally due` which acts have no effect yet."


_NAME_LIKE = re.compile(r"[a-z]+-[0-9a-z]{5,}", re.IGNORECASE)
"""What is meant for the name of a proposal, and not for the handle of a record, as missed-1."""


def names_of_proposals(log: Log) -> Iterator[str]:
    """What may be said where a proposal is asked for: those that are open, then their facts."""
    seen = View(log)
    rows = proposals(seen.with_papers, status=OPEN)
    known = handles(log, seen.position)
    yield from (each.name for each in rows)
    yield from (known[at] for each in rows for at in each.positions if at in known)


def _why(desk: Desk, because: str) -> str:
    """The reason of who acts, as it is said in either place."""
    return "; ".join(dict.fromkeys(filter(None, (because, desk.signature.reason))))


def _in_short(about: Proposal) -> str:
    """What a crew did, as the reason of its penalty."""
    return about.words.removeprefix(f"Crew {about.number} ").removesuffix(".")

"""Several asks carried out as one: all of them are kept, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cli.office.blind import UNTOLD, is_blind
from cli.office.desk import Desk
from cli.office.lines.asks import Ask
from cli.office.overall import NOTHING_MOVED, Recorded, around_all
from cli.office.recording import beside, correcting, recording, voiding
from ledger.ahead import Ahead
from ledger.log import Act
from ledger.vocabulary import Occurrence

MAKING: Mapping[str, Callable[..., Callable[[], Act]]] = {
    "record": recording,
    "correct": correcting,
    "void": voiding,
}
"""The acts of which several can be one, and how each is made."""


def together(desk: Desk, asks: tuple[Ask, ...]) -> tuple[Recorded, ...]:
    """Carry out several asks as one, or only try them; the last tells what all of them moved."""

    def decide(ahead: Ahead) -> None:
        for each in asks:
            decide_one(desk, ahead, each)

    return carried_out(desk, decide)


def decide_one(desk: Desk, ahead: Ahead, ask: Ask) -> tuple[Occurrence, ...]:
    """Decide one of several asks on the log ahead.

    Raises:
        LedgerError: as its act says.
    """
    given: dict[str, Any] = dict(ask.given)
    before = desk.ahead(ahead, ask.at, ask.reason or desk.signature.reason)
    return ahead.decide(MAKING[ask.act](before, **given))


def carried_out(desk: Desk, decide: Callable[[Ahead], None]) -> tuple[Recorded, ...]:
    """What came of all that is decided on the log ahead, or would come of it."""
    if desk.signature.dry_run:
        ahead = Ahead(desk.log)
        decide(ahead)
        said, records = list(ahead.decided), []
    else:
        records = desk.log.act_ahead(decide, expect=desk.signature.expect)
        said = [each.occurrence() for each in records]
    if not said:
        return ()
    done = [
        Recorded(each, records[at] if records else None, NOTHING_MOVED)
        for at, each in enumerate(said)
    ]
    if is_blind(desk, said):
        return (*done[:-1], replace(done[-1], notes=(UNTOLD,)))
    between = around_all(desk, said, records)
    notes = tuple(note for each in said for note in beside(between, each))
    last = done.pop()
    told = Recorded(last.said, last.record, between, notes)
    return (*done, told)

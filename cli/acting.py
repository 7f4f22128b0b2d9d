"""Carrying out an official's act, or only trying it; and who amends, when and why."""

from __future__ import annotations

from collections.abc import Callable

from cli.changes import tell
from cli.context import Settings
from ledger.commands.amend import Envelope
from ledger.errors import Usage
from ledger.log import Act, Log
from ledger.times import parse_instant
from projections.facts import fold


def envelope_of(
    settings: Settings, log: Log, by: str, role: str, reason: str, at: str | None
) -> Envelope:
    """Who amends, in which office, when and why.

    Raises:
        Usage: no reason is given.
    """
    if not reason:
        raise Usage("What amends the record needs a --reason.", hint="Say why, in a few words.")
    fact_at = parse_instant(at) if at else None
    return Envelope(log.rally, settings.now(), by, role, reason, fact_at)


def carry_out(
    log: Log, make: Callable[[], Act], dry_run: bool, expect: int | None, as_json: bool
) -> None:
    """Carry out an act, or only try it, and say what it changes."""
    head = log.head().size
    before = fold(log.read(until=head))
    if dry_run:
        act, _ = log.prepare(make)
        (tagged,) = act.collect_events()
        tell(before, tagged.decision, None, as_json)
        return
    (record,) = log.act(make, expect=expect)
    for each in log.read(after=head, until=record.position - 1):
        before.add(each)
    tell(before, record.occurrence(), record, as_json)

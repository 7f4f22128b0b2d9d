"""Carrying out an official's act, or only trying it; and who amends, when and why."""

from __future__ import annotations

from collections.abc import Callable

from cli.changes import tell
from cli.context import Settings
from cli.options import Signature
from ledger.commands.amend import Envelope
from ledger.errors import Usage
from ledger.log import Act, Log
from projections.state.facts import fold


def envelope_of(settings: Settings, log: Log, signature: Signature) -> Envelope:
    """Who amends, in which office, when and why.

    Raises:
        Usage: no reason is given.
    """
    by, role, reason, at = signature.by, signature.role, signature.reason, signature.at
    if not reason:
        raise Usage("What amends the record needs a --reason.", hint="Say why, in a few words.")
    return Envelope(log.rally, settings.now(), by, role, reason, at)


def carry_out(log: Log, make: Callable[[], Act], signature: Signature) -> None:
    """Carry out an act, or only try it, and say what it changes."""
    head = log.head().size
    before = fold(log.read(until=head))
    if signature.dry_run:
        act, _ = log.prepare(make)
        (tagged,) = act.collect_events()
        tell(before, tagged.decision, None, signature.as_json)
        return
    (record,) = log.act(make, expect=signature.expect)
    for each in log.read(after=head, until=record.position - 1):
        before.add(each)
    tell(before, record.occurrence(), record, signature.as_json)

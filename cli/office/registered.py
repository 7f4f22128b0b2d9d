"""The keys that were registered in a log."""

from __future__ import annotations

from ledger.log import Log
from ledger.vocabulary import KeyRegistered


def registrations(log: Log) -> list[KeyRegistered]:
    """Every key that was registered, whether it counts or not, in the order of the log."""
    found = (each.occurrence() for each in log.read(types=[KeyRegistered.type_name()]))
    return [each for each in found if isinstance(each, KeyRegistered)]

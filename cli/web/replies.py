"""Errors as they are told over the web: the ledger's own shape, for programs and for people."""

from __future__ import annotations

from typing import Any

from cli.names import naming_of
from ledger.errors import LedgerError, Unavailable
from ledger.log import Log
from ledger.masking import without_secrets


def error_of(error: LedgerError, log: Log | None) -> dict[str, Any]:
    """An error as a program reads it, records named as people do."""
    message, hint = error.message, error.hint
    if log is not None:
        if not isinstance(error, Unavailable):  # else the ledger can't be asked for a name
            named = naming_of(lambda: log)
            message, hint = named(message), named(hint)
        message, hint = (without_secrets(each) for each in (message, hint))
    told: dict[str, Any] = {"kind": error.kind, "message": message, "hint": hint}
    if error.position is not None:
        told["position"] = error.position
    return told

"""Every way in which the ledger says no, in one small tree.

Each error carries a sentence for a person, a hint that says what to do, the exit code of the
command line and the status of a web answer. Nothing else leaves a public function.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import ClassVar


class LedgerError(Exception):
    """Something could not be done; the message says what and where, the hint what to do."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 400
    kind: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "", position: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.position = position


class Refused(LedgerError):
    """A rule said no to an official's act; nothing was appended."""

    kind = "refused"
    http_status = 422


class Undefined(LedgerError):
    """A rule is needed that the regulations of the rally do not define."""

    kind = "undefined-parameter"
    http_status = 422


class NotFound(LedgerError):
    """What was asked for is not in the ledger."""

    kind = "not-found"
    exit_code = 2
    http_status = 404


class Usage(LedgerError):
    """The question itself is not well put: a moment, a field or a value that can't be read."""

    kind = "usage"
    exit_code = 2
    http_status = 422


class Tampered(LedgerError):
    """The log's proof does not verify: what is stored is not what was appended."""

    kind = "tampered"
    exit_code = 3
    http_status = 409


class Altered(LedgerError):
    """A file that a record binds is not the one that was bound; the log itself verifies."""

    kind = "altered"
    http_status = 409


class Conflict(LedgerError):
    """Somebody appended first, so the act was taken on a state that no longer holds."""

    kind = "conflict"
    exit_code = 4
    http_status = 409


class KeyTaken(LedgerError):
    """Another act has this key; nothing was appended."""

    kind = "conflict"
    http_status = 409


class Unreadable(LedgerError):
    """Input that can't be read: a file, a line or a ledger, named with its reason."""

    kind = "unreadable"
    exit_code = 5
    http_status = 503  # nobody hands in a file over the web: it is the ledger that can't be read


class Unavailable(LedgerError):
    """The ledger can't be read or written at all: no permission, no room, no server."""

    kind = "unavailable"
    exit_code = 5
    http_status = 503


class Changing(Unavailable):
    """The ledger was written while it was being read; asked again, it answers."""


class Unclear(Unavailable):
    """Whether an append was kept can't be told: its commit failed, and nobody answers since.

    `id` is that of its first occurrence, `key` what the act was called.
    """

    kind = "unclear"

    def __init__(self, message: str, *, hint: str = "", id: str = "", key: str = "") -> None:  # noqa: A002
        super().__init__(message, hint=hint)
        self.id = id
        self.key = key


class Interrupted(KeyboardInterrupt):
    """Somebody broke off in the midst of a commit; the message says what became of it."""


def how_to_install(extra: str) -> str:
    """How what is only there with an extra of this software is installed."""
    return f"In the folder of this software: pip install '.[{extra}]', in the Python that runs it."


@contextlib.contextmanager
def told_as(kind: type[LedgerError], where: str = "") -> Iterator[None]:
    """What goes wrong within is told as an error of this kind, behind where it went wrong."""
    try:
        yield
    except LedgerError as error:
        raise kind(f"{where}{error.message}", hint=error.hint) from None

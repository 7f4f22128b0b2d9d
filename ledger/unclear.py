"""What became of an append whose commit failed, or was broken off: the ledger itself is asked.

A commit that fails may have been kept all the same: a server can be cut off after it, and a file
that could not be synchronised may hold it. Neither is guessed. A fresh connection waits until
whatever was under way is over, and looks whether the records stand where they were put.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from ledger import schema
from ledger.appending import Head, head_of, locked_head
from ledger.database import (
    overwrites_what_failed,
    reason_of,
    shown,
    told_plainly,
    what_to_do,
    writing,
)
from ledger.errors import Interrupted, LedgerError, Unavailable, Unclear
from ledger.record import Arrival
from ledger.vocabulary import ActsSigned, short_id

PATIENCE_SECONDS = 10.0
"""So long a server is asked again: one that starts anew or is replaced needs some seconds."""
_PAUSE_SECONDS = 0.25
_SIGNED = ActsSigned.type_name()


class Attempt(NamedTuple):
    """An append that is to be committed: behind which position, what, and under which key."""

    rally: str
    after: int
    arrivals: Sequence[Arrival]
    key: str = ""

    @property
    def id(self) -> str:
        """The identity of its first occurrence."""
        return self.arrivals[0].id if self.arrivals else ""

    def words(self) -> str:
        """Its records, as people are told of them once they are there."""
        first, last = self.after + 1, self.after + len(self.arrivals)
        return f"#{first}" if first == last else f"#{first} to #{last}"

    def again(self) -> str:
        """How to find out: what is safe to be done again."""
        if self.key:
            return f"Repeat it with `--key {self.key}`: what is there is not appended twice."
        if all(each.source_seq or each.origin for each in self.arrivals if each.type != _SIGNED):
            return "Do it again: what is there is not appended twice."
        return "`rally log` shows what is there, once the ledger answers."


def must_be_there(engine: sa.Engine, attempt: Attempt, error: BaseException) -> None:
    """Look whether what failed in its commit is there; return if it is.

    Raises:
        Interrupted: somebody broke off; with what became of it. Unavailable: it is certainly not
            there. Unclear: the ledger can't be asked.
    """
    reason = reason_of(error)
    broken_off = isinstance(error, KeyboardInterrupt)
    try:
        there = not _has_no_room(error) and _looked_up(engine, attempt)
    except (LedgerError, KeyboardInterrupt):
        told = f"It may have been appended as {short_id(attempt.id)}."
        if broken_off:
            raise Interrupted(f"Interrupted. {told} {attempt.again()}") from None
        raise Unclear(
            f"The ledger {shown(engine.url)} failed in the commit: {reason}. {told}",
            hint=attempt.again(),
            id=attempt.id,
            key=attempt.key,
        ) from None
    if broken_off and there:
        raise Interrupted(
            f"Interrupted, but it was appended: {attempt.words()} {short_id(attempt.id)}."
        ) from None
    if broken_off:
        raise Interrupted("Interrupted; nothing was appended.") from None
    if not there:
        raise Unavailable(
            f"The ledger {shown(engine.url)} can't be used: {reason}.",
            hint=f"Nothing was appended. {what_to_do(reason)}",
        ) from None


def _has_no_room(error: BaseException) -> bool:
    """Whether SQLite had no room to write all of it: then no commit of it stands anywhere.

    What makes it a commit is written last, and a disk that is full leaves none to look with.
    """
    said = getattr(error, "orig", None)
    return getattr(said, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _looked_up(engine: sa.Engine, attempt: Attempt) -> bool:
    """Whether it is there, once the ledger answers.

    Raises:
        LedgerError: it does not.
    """
    until = time.monotonic() + (0 if engine.dialect.name == "sqlite" else PATIENCE_SECONDS)
    while True:
        engine.dispose()  # the look is that of a fresh connection
        try:
            with told_plainly(shown(engine.url)):
                return _is_there(engine, attempt)
        except LedgerError:
            if time.monotonic() >= until:
                raise
        time.sleep(_PAUSE_SECONDS)


def _is_there(engine: sa.Engine, attempt: Attempt) -> bool:
    """Whether its first record stands behind the position at which it was put.

    All of it is there, or nothing. The end of the log is locked, so that what was under way is
    over; what came to stand there instead is another's.
    """
    columns = schema.record.c
    wanted = sa.select(columns.id).where(
        columns.rally == attempt.rally, columns.position == attempt.after + 1
    )
    with writing(engine) as connection:
        if head_of(connection, attempt.rally, lock=True) is None:
            _await_the_beginning(connection, attempt.rally)
        overwrites_what_failed(connection)
        return connection.scalar(wanted) == attempt.id


def _await_the_beginning(connection: sa.Connection, rally: str) -> None:
    """Wait for whoever begins the log at this moment; begin nothing."""
    if connection.dialect.name == "postgresql":
        with connection.begin_nested() as tried:
            locked_head(connection, rally, lambda _: _NOTHING)
            tried.rollback()


_NOTHING = Head("", 0, 0, b"")

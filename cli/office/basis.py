"""The basis of an answer: what it rests on, and how it is run again to the same bytes."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from ledger.errors import LedgerError, Refused, Tampered, Unreadable
from ledger.log import Log
from ledger.times import Instant, parse_instant
from projections.state.rally import EDITION


class Basis(msgspec.Struct, frozen=True):
    """The moment of an answer and what proves it: a position of a log, and the root there.

    `head` is where the log ended when it was asked, `received_at` when the record at the position
    was received.
    """

    ledger: str
    rally: str
    position: int
    head: int
    root: str
    received_at: str | None
    effective_at: str | None
    rulebook: str
    edition: int

    def instant(self) -> Instant | None:
        """The instant of the rally by which things had happened; None is all of them."""
        return None if self.effective_at is None else parse_instant(self.effective_at)


def basis_of(
    log: Log, position: int, head: int, effective_at: Instant | None, rulebook: str
) -> Basis:
    """The basis of an answer at a position of a log."""
    received = log.at(position).header.received_at if position else None
    return Basis(
        log.identity(),
        log.rally,
        position,
        head,
        log.root_at(position),
        None if received is None else Instant(received, 0).iso(),
        effective_at.iso() if effective_at else None,
        rulebook,
        EDITION,
    )


def read_basis(file: Path, log: Log) -> Basis:
    """The basis that stands in an answer, if this log is the one on which it was given.

    Raises:
        Unreadable: the file holds none. Tampered: the log had another root there.
        Refused: it is of another rally, or the rules are computed by another edition now.
    """
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        of_an_answer = isinstance(said, dict) and "basis" in said
        basis = msgspec.convert(said["basis"] if of_an_answer else said, Basis)
        basis.instant()
    except OSError as error:
        raise Unreadable(f"{file} can't be read: {error.strerror}.") from None
    except (ValueError, TypeError, LedgerError) as error:
        named = isinstance(error, (msgspec.ValidationError, LedgerError))
        reason = f": {error}" if named else ""
        raise Unreadable(
            f"{file} holds no basis{reason}.", hint="Give the --json output of an answer."
        ) from None
    if (basis.ledger, basis.rally) != (log.identity(), log.rally):
        raise Refused(
            f"{file} is about the rally {basis.rally} of the ledger {basis.ledger}.",
            hint=f"This one is {log.rally} of {log.identity()}.",
        )
    size = log.head().size
    if not 0 <= basis.position <= basis.head:
        raise Unreadable(f"{file} holds no basis: #{basis.position} of {basis.head} records.")
    if basis.head > size or log.root_at(basis.position) != basis.root:
        raise Tampered(
            f"The log had the root {basis.root[:10]} at #{basis.position}; this one has not.",
            hint="`rally verify` looks where it was altered.",
        )
    if basis.edition != EDITION:
        raise Refused(
            f"{file} was computed by edition {basis.edition} of the rules; this is {EDITION}.",
            hint="Run it again with the version that gave it.",
        )
    return basis

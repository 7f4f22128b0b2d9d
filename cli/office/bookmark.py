"""A bookmark: how far somebody followed a log, kept in a file so that they can go on from there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ledger.errors import Refused, Tampered, Unavailable, Unreadable
from ledger.files import LARGEST, bytes_of, replacing, why
from ledger.log import Log


class Bookmark(msgspec.Struct, frozen=True):
    """The position of the last record that was told, in which log, and the root there."""

    ledger: str
    rally: str
    position: int
    root: str


def read_bookmark(file: Path, log: Log) -> int | None:
    """The position at which this log was left; None where nobody has followed it yet.

    Raises:
        Unreadable: the file holds no bookmark. Refused: it is of another log.
        Tampered: the log is not the one any more that was followed.
    """
    try:
        said = msgspec.json.decode(bytes_of(file, LARGEST), type=Bookmark)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        reason = why(error) if isinstance(error, OSError) else error
        raise Unreadable(
            f"{file} does not say how far a log was followed: {reason}.",
            hint="Name another --state, or remove it and say --since.",
        ) from None
    if (said.ledger, said.rally) != (log.identity(), log.rally):
        raise Refused(
            f"{file} is about the rally {said.rally} of the ledger {said.ledger}.",
            hint=f"This one is {log.rally} of {log.identity()}: name a --state of its own.",
        )
    if not 0 <= said.position <= log.head().size or log.root_at(said.position) != said.root:
        raise Tampered(
            f"The log had the root {said.root[:10]} at #{said.position}; this one has not.",
            hint="`rally verify` looks where it was altered.",
        )
    return said.position


def write_bookmark(file: Path, log: Log, position: int, *, lasting: bool = False) -> None:
    """Note how far a log was followed: the whole note or none of it, whatever happens.

    A lasting one stands even when the machine stops; others when the process does.

    Raises:
        Unavailable: the file can't be written.
    """
    said = Bookmark(log.identity(), log.rally, position, log.root_at(position))
    try:
        with replacing(file, lasting=lasting) as new:
            new.write(msgspec.json.encode(said) + b"\n")
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"{file} can't be written: {why(error)}.", hint="Name another file with --state."
        ) from None

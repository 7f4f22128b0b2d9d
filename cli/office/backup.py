"""A backup of a ledger that is kept in a file: a copy that was proved, while others write."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.errors import Refused, Tampered, Unavailable
from ledger.files import lasting, take_private, why
from ledger.log import Ledger, Log
from ledger.times import Clock
from ledger.verify import verify


class Copied(NamedTuple):
    """The log of a rally in a backup: where it ends, and its root there."""

    rally: str
    size: int
    root: str


class Backup(NamedTuple):
    """A backup that was made: its file, how large it is, and the logs that are in it."""

    file: Path
    bytes: int
    logs: list[Copied]


def back_up(ledger: Ledger, file: Path, clock: Clock) -> Backup:
    """Copy a ledger into a new file, prove the copy, and put it in its place.

    It holds what the ledger held at one moment, private values too, and is its owner's alone.
    Restoring it is opening it.

    Raises:
        Refused: the file is there already. Usage: a server keeps the ledger.
        Tampered: the copy does not verify. Unavailable: the file can't be written.
    """
    with _to_be(file) as copy:
        ledger.copy_to(copy)
        logs = _proved(ledger, copy, clock)
        lasting(copy)
        return Backup(file, copy.stat().st_size, logs)


@contextmanager
def _to_be(file: Path) -> Iterator[Path]:
    """What will be the file, beside it: put in its place in the end, where nothing went wrong.

    The place is taken from the beginning, so that nothing is overwritten.
    """
    copy = file.parent / f".new-{secrets.token_hex(8)}"
    try:
        take_private(file)
    except FileExistsError:
        raise Refused(
            f"{file} is there already: a backup overwrites nothing.", hint="Name another file."
        ) from None
    except (OSError, ValueError) as error:
        raise _unwritable(file, error) from None
    try:
        take_private(copy)
        yield copy
        copy.replace(file)
    except BaseException as error:
        file.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _unwritable(file, error) from None
        raise
    finally:
        for end in ("", "-wal", "-shm"):
            copy.with_name(f"{copy.name}{end}").unlink(missing_ok=True)


def _unwritable(file: Path, error: OSError | ValueError) -> Unavailable:
    return Unavailable(
        f"{file} can't be written: {why(error)}.", hint="Make room, or name another file."
    )


def _proved(ledger: Ledger, copy: Path, clock: Clock) -> list[Copied]:
    """The logs of a copy, each of them proved and compared with the one that was copied."""
    copied = Ledger(str(copy), clock, new=False)
    try:
        return [_same(ledger.log(rally), copied.log(rally)) for rally in copied.rallies()]
    finally:
        copied.close()


def _same(log: Log, copy: Log) -> Copied:
    proof = verify(copy)
    if not proof.proved or log.root_at(proof.size) != proof.root:
        flaw = next((each.message for each in proof.findings), "It has another root.")
        raise Tampered(
            f"The copy of {copy.rally} does not verify, and no backup was made. {flaw}",
            hint="`rally verify` looks whether the ledger itself is damaged.",
        )
    return Copied(copy.rally, proof.size, proof.root)

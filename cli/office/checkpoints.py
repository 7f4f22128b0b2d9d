"""Checkpoints of a log: signed where it stands, and never beside one that was signed before."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from cli.office.kept import never_had, not_of, origin_of
from cli.office.keys import Signing
from cli.office.registered import registrations
from cli.office.view import View
from ledger.errors import Refused, Tampered, Unreadable
from ledger.files import LARGEST, bytes_of, is_there, why
from ledger.log import Log
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.ed25519 import PublicKey
from ledger.proofs.signatures import is_signed_by, key_of_log, signed


class Stated(NamedTuple):
    """A checkpoint that was signed here, and the public key by which that is checked."""

    checkpoint: Checkpoint
    key: PublicKey
    warning: str = ""
    """What is told where a key of office signs: whoever holds the office changes, not the log."""

    @property
    def vkey(self) -> str:
        """The same with the name of the log, as it is handed on."""
        return key_of_log(self.checkpoint.origin, self.key).text

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        return {
            **told(self.checkpoint),
            "vkey": self.vkey,
            "fingerprint": self.key.fingerprint,
            "checkpoint": self.checkpoint.to_bytes().decode(),
        }


def told(checkpoint: Checkpoint) -> dict[str, Any]:
    """What a checkpoint says, for programs."""
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()}


def stated(seen: View, by: Signing) -> Stated:
    """The checkpoint of a log at the cut, signed; nothing is put on record.

    The last one that the key signed of this origin has to be one of this log, and so have those on
    record that it signed: what was restored and written to would be signed as a fork.

    Raises:
        Refused: the log has no record yet. Tampered: hashes of it are missing, or the key signed
        another history under its name.
    """
    size, log, key = seen.position, seen.log, by.key
    checkpoint = Checkpoint(origin_of(log).text, size, log.recorder.root_at(size))
    with by.before.alone():
        last = by.before.last(checkpoint.origin)
        if last and (amiss := not_of(log, last)):
            raise _would_fork(f"The key signed {last.words} of this origin before.", amiss)
        own = key_of_log(checkpoint.origin, key.public)
        for position, other, amiss in never_had(log):
            if is_signed_by(own, other):
                raise _would_fork(f"#{position} holds a checkpoint that the key signed.", amiss)
        made = signed(checkpoint, key)
        if last is None or size > last.size:
            by.before.keep(made)
    return Stated(made, key.public, _of_an_office(log, key.public))


def _of_an_office(log: Log, key: PublicKey) -> str:
    """That a key is one of office, where it is; "" otherwise."""
    offices = [each.office for each in registrations(log) if each.fingerprint == key.fingerprint]
    if not any(offices):
        return ""
    return (
        f"The key {key.fingerprint} is that of an office ({offices[0]}). A checkpoint is better "
        "signed by a key of the ledger's own: `rally key new -o ledger.key` makes one, --key or "
        "$RALLY_LEDGER_KEY names it."
    )


def _would_fork(what: str, amiss: str) -> Tampered:
    return Tampered(
        f"{what} {amiss}",
        hint="To sign both would be to sign a fork. A restored backup that is written to needs a "
        "site of its own: `rally site NAME`.",
    )


def must_go_on(log: Log, file: Path) -> None:
    """Refuse to sign beside a checkpoint in a file that this log never had.

    A backup that was restored and written to has the origin of the log that went on meanwhile: who
    signed both would sign a fork. A checkpoint of another origin stands for nothing.

    Raises:
        Tampered: the file holds another history under the origin of this log.
        Refused: it holds what is no checkpoint, as a key, which would be gone.
    """
    if not (is_there(file) and file.is_file()):  # a pipe or a device holds nothing
        return
    try:
        before = read(file)
    except Unreadable as error:
        raise Refused(
            f"{file} is there, and no checkpoint: it is not overwritten. {error.message}",
            hint="Name another file with -o.",
        ) from None
    origin = origin_of(log)
    if before.origin == origin.text and (amiss := not_of(log, before)):
        raise _would_fork(
            f"{file} holds a checkpoint of this origin that this log never had.", amiss
        )


def read(file: Path) -> Checkpoint:
    """The checkpoint in a file.

    Raises:
        Unreadable: it can't be read, or is none.
    """
    return read_checkpoint(data_of(file), str(file))


def data_of(file: Path) -> bytes:
    """What a file holds that was handed over.

    Raises:
        Unreadable: it can't be read.
    """
    try:
        return bytes_of(file, LARGEST)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{file} can't be read: {why(error)}.") from None

"""Checkpoints of a log: signed where it stands, and never beside one that was signed before."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from cli.office.kept import not_of, origin_of
from cli.office.view import View
from ledger.errors import Refused, Tampered, Unreadable
from ledger.files import LARGEST, bytes_of, is_there, why
from ledger.log import Log
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.ed25519 import PublicKey, Signer
from ledger.proofs.signatures import key_of_log, signed


class Stated(NamedTuple):
    """A checkpoint that was signed here, and the public key by which that is checked."""

    checkpoint: Checkpoint
    key: PublicKey

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


def stated(seen: View, key: Signer) -> Stated:
    """The checkpoint of a log at the cut, signed; nothing is put on record.

    Raises:
        Refused: the log has no record yet. Tampered: hashes of it are missing.
    """
    size, log = seen.position, seen.log
    checkpoint = Checkpoint(origin_of(log).text, size, log.recorder.root_at(size))
    return Stated(signed(checkpoint, key), key.public)


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
        raise Tampered(
            f"{file} holds a checkpoint of this origin that this log never had. {amiss}",
            hint="To sign both would be to sign a fork. A restored backup that is written to needs "
            "a site of its own: `rally site NAME`.",
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

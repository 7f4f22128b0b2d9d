"""Keeping: what was shown to others, and what they said of it, goes on record.

A file is put on record as it is: a checkpoint with who signed it, the proof of a record. It is that
of this log, or nothing goes on record.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cli.office.asking import Word
from cli.office.checkpoints import data_of
from cli.office.desk import Desk
from cli.office.kept import not_of
from cli.office.overall import Recorded
from cli.office.recording import put
from ledger.errors import NotFound, Tampered, Unreadable
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.disclosed import disclosed
from ledger.proofs.papers import RecordProof, is_proof, read_proof
from ledger.proofs.spelling import spelled
from ledger.proofs.stamps import read_stamp
from ledger.vocabulary import CheckpointKept, Occurrence, ProofKept, TimeStampTaken


def keep(
    desk: Desk,
    file: Annotated[
        Path, Word("A checkpoint, the proof of a record, or a time-stamp.", subject=True)
    ],
    over: Annotated[Path | None, Word("The checkpoint that was stamped.", "CHECKPOINT")] = None,
) -> Recorded:
    """Put on record a checkpoint with those who signed it, a record's proof, or a time-stamp."""
    if over is not None:
        return put(desk, _stamp(desk, data_of(file), str(file), over))
    return kept(desk, data_of(file), str(file))


def kept(desk: Desk, data: bytes, what: str) -> Recorded:
    """Put on record what is such a file.

    Raises:
        Unreadable: it is none. Tampered: it is none of this log.
    """
    return put(desk, _proof(desk, data, what) if is_proof(data) else _checkpoint(desk, data, what))


def _checkpoint(desk: Desk, data: bytes, what: str) -> Occurrence:
    found = read_checkpoint(data, what)
    if not any(each.name == found.origin for each in found.signatures):
        raise Unreadable(
            f"{what} is not signed by its log.", hint="`rally checkpoint --key FILE` makes one."
        )
    _must_be_of(desk, found, what)
    return CheckpointKept(**desk.envelope(), checkpoint=data.decode())  # as it is, to its last byte


def _proof(desk: Desk, data: bytes, what: str) -> Occurrence:
    proof = read_proof(data, what)
    if not isinstance(proof, RecordProof):
        raise Unreadable(
            f"{what} is a proof of growth.", hint="What is put on record is that of a record."
        )
    record = disclosed(proof, what).record
    _must_be_of(desk, proof.checkpoint, what)
    try:
        desk.log.find(record.id)
    except NotFound:
        raise Tampered(f"{what} is of a record that this log does not hold.") from None
    return ProofKept(**desk.envelope(), target=record.id, proof=data.decode())


def _stamp(desk: Desk, data: bytes, what: str, over: Path) -> Occurrence:
    stamped = data_of(over)
    _must_be_of(desk, read_checkpoint(stamped, str(over)), str(over))
    stamp = read_stamp(data)
    if not stamp.is_over(stamped):
        raise Tampered(
            f"{what} is a time-stamp of another file than {over}.",
            hint="It is over the bytes of the file as they were, signatures and all.",
        )
    token = spelled(stamp.token)
    return TimeStampTaken(**desk.envelope(), of=stamped.decode(), token=token)


def _must_be_of(desk: Desk, checkpoint: Checkpoint, what: str) -> None:
    if amiss := not_of(desk.log, checkpoint):
        raise Tampered(
            f"{what} is none of this log, and is not put on record. {amiss}",
            hint="Keep the file. Two checkpoints of one origin that do not fit are a fork: "
            "`rally verify --checkpoint`.",
        )

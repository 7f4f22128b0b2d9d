"""Proofs as files that anybody may keep: of a record (c2sp.org/tlog-proof), and of growth.

The latter is what c2sp.org/tlog-witness hands to a witness: from which size on, the hashes, and the
checkpoint to which they lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.errors import Tampered, Unreadable
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.spelling import bytes_of, hash_of, lines_of, number_of, spelled
from ledger.proofs.tree import must_be_consistent, root_by_inclusion

_OF_A_RECORD = "c2sp.org/tlog-proof@v1"
_OLD, _EXTRA, _INDEX = "old ", "extra ", "index "
_MOST_HASHES = 63


class RecordProof(NamedTuple):
    """That a record stands at an index, counted from zero, of the log of a checkpoint.

    `extra` is what is said beside it: the record itself, or the proof is of a hash that nobody can
    read.
    """

    checkpoint: Checkpoint
    at: int
    hashes: tuple[bytes, ...]
    extra: bytes = b""

    def to_bytes(self) -> bytes:
        """It as a file."""
        extra = [f"{_EXTRA}{spelled(self.extra)}"] if self.extra else []
        head = [_OF_A_RECORD, *extra, f"{_INDEX}{self.at}"]
        return _file(head, self.hashes, self.checkpoint)

    def must_hold(self, leaf: bytes) -> None:
        """Refuse it, if it does not show that this leaf stands there.

        Raises:
            Tampered: it does not.
        """
        found = root_by_inclusion(leaf, self.at, self.checkpoint.size, self.hashes)
        if found != self.checkpoint.root:
            raise Tampered(
                f"The record is not #{self.at + 1} of the log of {self.checkpoint.words}: "
                "with it the root would be another."
            )


class GrowthProof(NamedTuple):
    """That the log of a checkpoint begins with what it was when it had `old` records."""

    checkpoint: Checkpoint
    old: int
    hashes: tuple[bytes, ...]

    def to_bytes(self) -> bytes:
        """It as a file."""
        return _file([f"{_OLD}{self.old}"], self.hashes, self.checkpoint)

    def must_hold(self, old: Checkpoint) -> None:
        """Refuse it, if it does not show that the log goes on from an earlier checkpoint.

        Raises:
            Tampered: it does not.
        """
        new = self.checkpoint
        if old.origin != new.origin:
            raise Tampered(f"{old.origin} and {new.origin} are two logs.")
        if old.size != self.old:
            raise Tampered(
                f"The proof begins at #{self.old}, and the earlier checkpoint is {old.words}."
            )
        must_be_consistent(old.size, old.root, new.size, new.root, self.hashes)


def is_proof(data: bytes) -> bool:
    """Whether a file begins as a proof does, of a record or of growth, and not as a checkpoint."""
    return data.startswith((_OF_A_RECORD.encode(), _OLD.encode()))


def read_proof(data: bytes, what: str) -> RecordProof | GrowthProof:
    """A proof as a file holds it.

    Raises:
        Unreadable: it is none.
    """
    lines = lines_of(data, what)
    if "" not in lines:
        raise Unreadable(f"{what} has no empty line above its checkpoint.")
    split = lines.index("")
    head, rest = lines[:split], lines[split + 1 :]
    checkpoint = read_checkpoint("".join(f"{each}\n" for each in rest).encode(), what)
    if head and head[0].startswith(_OLD):
        old = number_of(head[0].removeprefix(_OLD), f"The earlier size of {what}")
        return GrowthProof(checkpoint, old, _hashes(head[1:], what))
    if not head or head[0] != _OF_A_RECORD:
        raise Unreadable(
            f"{what} is no proof.", hint="`rally prove` makes one of a record, or --since another."
        )
    extra = b""
    if len(head) > 1 and head[1].startswith(_EXTRA):
        extra = bytes_of(head.pop(1).removeprefix(_EXTRA), f"What is said beside {what}")
    if len(head) == 1 or not head[1].startswith(_INDEX):
        raise Unreadable(f"{what} does not say at which index.")
    index = number_of(head[1].removeprefix(_INDEX), f"The index of {what}")
    return RecordProof(checkpoint, index, _hashes(head[2:], what), extra)


def _hashes(lines: Sequence[str], what: str) -> tuple[bytes, ...]:
    if len(lines) > _MOST_HASHES:
        raise Unreadable(f"{what} has more than {_MOST_HASHES} hashes.")
    return tuple(hash_of(each, f"A hash of {what}") for each in lines)


def _file(head: Sequence[str], hashes: Sequence[bytes], checkpoint: Checkpoint) -> bytes:
    lines = [*head, *map(spelled, hashes), ""]
    return "".join(f"{each}\n" for each in lines).encode() + checkpoint.to_bytes()

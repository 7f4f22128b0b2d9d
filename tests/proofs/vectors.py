"""Vectors: trees and files with what every verifier has to find, for those that are not ours.

`python -m tests.proofs.vectors` writes `tests/vectors/*.json` anew. Trees of sizes that nobody has
are those whose leaves are all alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ledger.merkle import EMPTY_ROOT, TILE_HEIGHT, Frontier, frontier_at, leaf_hash
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.disclosed import disclosing
from ledger.proofs.origins import Origin
from ledger.proofs.papers import GrowthProof, RecordProof
from ledger.proofs.signatures import cosigned, key_of_log, key_of_witness, signed
from ledger.proofs.spelling import spelled
from ledger.proofs.tree import consistency, inclusion
from ledger.record import Header, Record, arrival_of
from ledger.times import Instant
from ledger.vocabulary import RemarkMade
from tests.proofs.keys import key_of
from tests.proofs.trees import Grown

FOLDER = Path(__file__).resolve().parents[1] / "vectors"
LEAF = leaf_hash(b"alike")
SMALL = (1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257)
LARGE = (2**16 + 1, 2**32 - 1, 2**32, 2**32 + 1, 2**62 - 5)
RALLY = "loop-2026"
MANY = 40
WITNESS = "desert-club.example/laptop"


def subtree(_: int, size: int) -> bytes:
    """The root over so many leaves that are all alike."""
    return frontier_at(
        size,
        lambda level, first, end: [_tile(level)] * (end - first),
        lambda first, end: [LEAF] * (end - first),
    ).root()


@cache
def _tile(level: int) -> bytes:
    part = Frontier()
    part.extend([LEAF if level == 0 else _tile(level - 1)] * (1 << TILE_HEIGHT))
    return part.root()


def trees() -> Iterator[dict[str, Any]]:
    """Proofs of leaves and of growth, those that hold and those that do not."""
    for size in (*SMALL, *LARGE):
        root = subtree(0, size)
        for at in sorted({0, size // 2, size - 1}):
            proof = inclusion(at, size, subtree)
            about = {"size": size, "at": at, "leaf": LEAF.hex(), "root": root.hex()}
            yield from _with_wrong_ones(about, proof)
            if size < LARGE[0]:
                yield _told(about | {"at": size}, proof, holds=False)
        for at in sorted({0, size // 2 + 1, size}):
            proof = consistency(at, size, subtree)
            about = {"size": size, "at": at, "begun": subtree(0, at).hex(), "root": root.hex()}
            yield from _with_wrong_ones(about, proof)
            if size < LARGE[0]:
                yield _told(about | {"at": size + 1}, proof, holds=False)
    yield _told({"size": 0, "at": 0, "leaf": LEAF.hex(), "root": EMPTY_ROOT.hex()}, [], holds=False)
    empty = EMPTY_ROOT.hex()
    yield _told({"size": 0, "at": 0, "begun": empty, "root": empty}, [], holds=True)


def _with_wrong_ones(about: dict[str, Any], proof: list[bytes]) -> Iterator[dict[str, Any]]:
    yield _told(about, proof, holds=True)
    yield _told(about, [*proof, LEAF], holds=False)
    # Of an empty log nothing is said of what it became.
    empty = about.get("begun") == EMPTY_ROOT.hex()
    yield _told(about | {"root": LEAF[::-1].hex()}, proof, holds=empty)
    if proof:
        yield _told(about, proof[:-1], holds=False)
        yield _told(about, [LEAF[::-1], *proof[1:]], holds=False)
    if len({*proof[:2]}) > 1:
        yield _told(about, [proof[1], proof[0], *proof[2:]], holds=False)


def _told(about: dict[str, Any], proof: list[bytes], *, holds: bool) -> dict[str, Any]:
    return {**about, "proof": [each.hex() for each in proof], "holds": holds}


# -- files -----------------------------------------------------------------------------------------


def _record(position: int, rally: str = RALLY) -> Record:
    when = Instant(1_772_000_000_000 + position * 60_000, 180)
    said = RemarkMade(
        rally=rally, recorded_at=when, by="Ann", role="secretary", text=f"Lap {position}"
    )
    arrival = arrival_of(said)
    header = Header(rally, position, arrival.id, when.ms, "main", position, arrival.tags)
    return Record(header, arrival.data, header.leaf())


class Signing:
    """A log of 40 remarks that signs, and a witness that does."""

    def __init__(self, rally: str = RALLY, log: str = "log") -> None:
        self.records = [_record(each + 1, rally) for each in range(MANY)]
        self.tree = Grown([each.leaf for each in self.records])
        self.key, self.club = key_of(log), key_of("club")
        self.origin = Origin(self.records[0].leaf.hex()[:16], rally, "main").text
        self.keys = [
            key_of_log(self.origin, self.key.public).text,
            key_of_witness(WITNESS, self.club.public).text,
        ]

    def checkpoint(self, size: int) -> Checkpoint:
        """Its checkpoint at a size, signed and cosigned."""
        root = self.tree.roots[size]
        now = 1_772_100_000 + size
        return cosigned(
            signed(Checkpoint(self.origin, size, root), self.key), WITNESS, self.club, now
        )

    def of_record(self, position: int, size: int) -> RecordProof:
        """The proof of a record."""
        record = self.records[position - 1]
        hashes = tuple(inclusion(position - 1, size, self.tree.subtree))
        extra = disclosing(record, self.key.public)
        return RecordProof(self.checkpoint(size), position - 1, hashes, extra)

    def of_growth(self, old: int, new: int) -> GrowthProof:
        """The proof that it grew."""
        hashes = tuple(consistency(old, new, self.tree.subtree))
        return GrowthProof(self.checkpoint(new), old, hashes)


def files() -> Iterator[dict[str, Any]]:
    """Files that hold under both keys, and such that must not be taken."""
    log = Signing()
    for size in (0, 1, 2, 7, 8, 9, 40):
        text = log.checkpoint(size).to_bytes().decode()
        yield _file("checkpoint", text, log.keys)
    for position, size in ((1, 1), (1, 2), (2, 2), (7, 9), (9, 9), (33, 40)):
        yield _file("record", log.of_record(position, size).to_bytes().decode(), log.keys)
    for old, new in ((0, 5), (1, 2), (7, 8), (8, 9), (5, 40), (40, 40)):
        text = log.of_growth(old, new).to_bytes().decode()
        yield _file("growth", text, log.keys, log.checkpoint(old).to_bytes().decode())
    yield from _wrong(log)


def _wrong(log: Signing) -> Iterator[dict[str, Any]]:
    text = log.checkpoint(9).to_bytes().decode()
    root, other = spelled(log.tree.roots[9]), Signing("other-2026")
    once = text.splitlines(keepends=True)[4]
    for bad in (
        text.replace("\n9\n", "\n09\n"),
        text.replace("\n9\n", "\n+9\n"),
        text.replace("\n9\n", "\n8\n"),
        text.replace("\n\n", "\nmore\n\n"),
        text.replace("\n", "\r\n"),
        text[:-1],
        text + "\n",
        text + once,
        text.replace(root, root[:-2] + chr(ord(root[-2]) + 1) + "="),
        text.replace(once, ""),
        text.replace("/main", "/mean"),
        text.replace("—", "-"),
        other.checkpoint(9).to_bytes().decode(),
        Signing(log="another").checkpoint(9).to_bytes().decode(),
    ):
        yield _file("checkpoint", bad, log.keys, holds=False)
    proof = log.of_record(7, 9).to_bytes().decode()
    lines = proof.splitlines(keepends=True)
    for bad in (
        proof.replace("index 6", "index 7"),
        proof.replace("index 6", "index 06"),
        proof.replace("@v1", "@v2"),
        proof.replace(lines[1], ""),
        "".join([*lines[:3], lines[4], lines[3], *lines[5:]]),
        "".join([*lines[:3], *lines[4:]]),
        "".join([*lines[:4], lines[3], *lines[4:]]),
        proof.replace(lines[1], f"extra {spelled(disclosing(log.records[7], None))}\n"),
        proof.replace(lines[1], f"extra {spelled(disclosing(log.records[6], None) + b' ')}\n"),
    ):
        yield _file("record", bad, log.keys, holds=False)
    grown, before = log.of_growth(5, 40).to_bytes().decode(), log.checkpoint(5)
    for bad, old in (
        (grown.replace("old 5", "old 6"), before),
        (grown.replace("old 5", "old 05"), before),
        (grown, log.checkpoint(6)),
        (grown, other.checkpoint(5)),
        (log.of_growth(6, 40).to_bytes().decode(), before),
    ):
        yield _file("growth", bad, log.keys, old.to_bytes().decode(), holds=False)


def _file(
    kind: str, text: str, keys: list[str], old: str = "", *, holds: bool = True
) -> dict[str, Any]:
    before = {"old": old} if old else {}
    return {"kind": kind, "file": text, **before, "keys": keys, "holds": holds}


MADE = {"trees.json": trees, "files.json": files}


def text_of(name: str) -> str:
    """A file of vectors as it is written, one vector a line."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in MADE[name]())
    return f"[\n{lines}\n]\n"


if __name__ == "__main__":
    for each in MADE:
        (FOLDER / each).write_text(text_of(each), encoding="utf-8")

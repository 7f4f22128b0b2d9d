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
from ledger.proofs.ed25519 import Signer, packed, unpacked
from ledger.proofs.origins import Origin
from ledger.proofs.papers import GrowthProof, RecordProof
from ledger.proofs.signatures import cosigned, key_of_log, key_of_witness, signed
from ledger.proofs.spelling import spelled
from ledger.proofs.sshsig import HASH, made, namespace_of, signed_over
from ledger.proofs.tree import consistency, inclusion
from ledger.record import Header, Record, arrival_of
from ledger.times import Instant
from ledger.vocabulary import RemarkMade
from tests.proofs.keys import Hardware, key_of
from tests.proofs.trees import Grown
from tests.proofs.whole import completes

FOLDER = Path(__file__).resolve().parents[1] / "vectors"
LEAF = leaf_hash(b"alike")
SMALL = (1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257)
LARGE = (2**16 + 1, 2**32 - 1, 2**32, 2**32 + 1, 2**62 - 5)
RALLY = "loop-2026"
MANY = 40
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group in which Ed25519 counts."""
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
    yield _file("checkpoint", _signed_by_another(log, "delete\x7f.example"), log.keys)
    yield from _wrong(log)


def _signed_by_another(log: Signing, name: str) -> str:
    """Its checkpoint with a line of a key that nobody trusts, by a name."""
    return f"{log.checkpoint(9).to_bytes().decode()}— {name} {spelled(bytes(12))}\n"


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
        _signed_by_another(log, "unit\x1f.example"),
        _signed_by_another(log, "next\x85line.example"),
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


# -- signatures over acts --------------------------------------------------------------------------

CHAIR = "chairman-of-the-stewards"
ACTS = [each.id for each in Signing().records[:3]]


def signatures() -> Iterator[dict[str, Any]]:
    """Signatures over acts that hold for a key, an office and a rally, and such that must not."""
    ann, token, bob = key_of("ann"), Hardware("token"), key_of("bob")
    one, more = ACTS[:1], ACTS
    blob = _signature(ann, one)
    yield _signed_act("a key in a file, over one act", blob, one, ann)
    yield _signed_act("over several acts", _signature(ann, more), more, ann)
    yield _signed_act("a key in hardware", _signature(token, one), one, token)
    verified = Hardware("token", flags=5)
    yield _signed_act("hardware that knows its holder", _signature(verified, one), one, token)
    of_site = Hardware("token", application="ssh:rally")
    yield _signed_act("another application", _signature(of_site, one), one, of_site)
    yield _signed_act("over sha256", _signature(ann, one, algorithm="sha256"), one, ann)
    odd = _signature(ann, one, rally="A,*!B")
    yield _signed_act("a rally with signs of patterns", odd, one, ann, rally="A,*!B")
    device = _signature(ann, one, office="device:gps 1")
    yield _signed_act("a device", device, one, ann, office="device:gps 1")
    untouched = Hardware("token", flags=0)
    for why, bad in (
        ("it is over another act", _signature(ann, more[1:2])),
        ("it is over more acts", _signature(ann, more)),
        ("the message ends with a line end", _signature(ann, one, end=b"\n")),
        ("the message is in capitals", _made(ann, one[0].upper().encode())),
        ("it is for another office", _signature(ann, one, office="steward")),
        ("it is for another rally", _signature(ann, one, rally="other-2026")),
        ("the namespace is a pattern", _made(ann, one[0].encode(), "*")),
        ("it is by another key", _signature(bob, one)),
        ("another key is named in it", blob.replace(ann.public.raw, bob.public.raw)),
        ("hardware of that application is another key", _signature(Hardware("ann"), one)),
        ("a digest is named that it is not over", blob.replace(b"\6sha512", b"\6sha256")),
        ("the digest is none of both", _with_part(blob, 3, b"sha1")),
        ("the digest is in capitals", _with_part(blob, 3, b"SHA512")),
        ("what is reserved is used", _with_part(blob, 2, b"x")),
        ("the namespace is empty", _with_part(blob, 1, b"")),
        ("a bit of the signature is another", blob[:-1] + bytes([blob[-1] ^ 1])),
        ("it is cut off", blob[:-1]),
        ("a byte follows", blob + b"\0"),
        ("a part follows", blob + packed(b"")),
        ("the version is another", blob[:9] + b"\2" + blob[10:]),
        ("the magic is another", b"sshsig" + blob[6:]),
        ("the signature says another type", _with_part(blob, 4, packed(b"ssh-rsa") + blob[-68:])),
        ("the number in it is too large", blob[:-32] + beyond(blob[-32:])),
    ):
        yield _signed_act(why, bad, one, ann, holds=False)
    for why, bad in (
        ("nobody touched the hardware", _signature(untouched, one)),
        ("the counter is another", _signature(token, one)[:-1] + b"\x63"),
        ("a key in a file says so of itself", _signature(key_of("token"), one)),
        ("the application is another", _signature(of_site, one)),
        ("flags and counter are missing", _signature(token, one)[:-5]),
    ):
        yield _signed_act(why, bad, one, token, holds=False)
    swapped = [more[1], more[0], more[2]]
    yield _signed_act(
        "the acts are in another order", _signature(ann, swapped), more, ann, holds=False
    )
    yield _signed_act("an act is left out", _signature(ann, more[:2]), more, ann, holds=False)
    # Of a rally with so many letters it ends with two signs of padding.
    padded = _signature(ann, one, rally="loop-26")
    good = _signed_act("base64 in its one spelling", padded, one, ann, rally="loop-26")
    yield good
    text = good["signature"]
    for why, spelling in (
        ("base64 with a line end", text + "\n"),
        ("base64 without padding", text.rstrip("=")),
        ("base64 with loose bits", text[:-3] + chr(ord(text[-3]) + 1) + "=="),
        ("base64 of an address", text.replace("+", "-").replace("/", "_")),
        ("no base64", "-----BEGIN SSH SIGNATURE-----"),
        ("nothing", ""),
    ):
        assert spelling != text
        yield good | {"what": why, "signature": spelling, "holds": False}


def namespaces() -> Iterator[dict[str, Any]]:
    """For what an office, a device or a site of a rally signs."""
    for office, rally in (
        (CHAIR, RALLY),
        ("chair", "A,*!B"),
        ("a~b", "x_1.2-3"),
        ('"o" @ 50%', "Île/é 中\t"),
        ("device:gps:1", "x"),
        ("device:", "x"),
        ("site:SS 4?", "x"),
        ("sites:x", "x"),
    ):
        yield {"office": office, "rally": rally, "namespace": namespace_of(office, rally)}


def _signature(
    signer: Signer,
    ids: list[str],
    office: str = CHAIR,
    rally: str = RALLY,
    algorithm: str = HASH,
    end: bytes = b"",
) -> bytes:
    return made(signer, namespace_of(office, rally), signed_over(ids) + end, algorithm)


def _made(signer: Signer, message: bytes, namespace: str = namespace_of(CHAIR, RALLY)) -> bytes:
    return made(signer, namespace, message)


def _with_part(blob: bytes, at: int, part: bytes) -> bytes:
    """A blob in which one of the five parts is another."""
    parts = [*unpacked(blob[10:])]
    parts[at] = part
    return blob[:10] + b"".join(map(packed, parts))


def beyond(number: bytes) -> bytes:
    """The same number once more round the group of the curve: a second spelling of a signature."""
    return (int.from_bytes(number, "little") + ORDER).to_bytes(32, "little")


def _signed_act(
    what: str,
    blob: bytes,
    ids: list[str],
    signer: Signer,
    *,
    office: str = CHAIR,
    rally: str = RALLY,
    holds: bool = True,
) -> dict[str, Any]:
    return {
        "what": what,
        "signature": spelled(blob),
        "ids": ids,
        "office": office,
        "rally": rally,
        "key": signer.public.fingerprint,
        "holds": holds,
    }


MADE = {
    "trees.json": trees,
    "files.json": files,
    "signatures.json": signatures,
    "namespaces.json": namespaces,
    "complete.json": completes,
}


def text_of(name: str) -> str:
    """A file of vectors as it is written, one vector a line."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in MADE[name]())
    return f"[\n{lines}\n]\n"


if __name__ == "__main__":
    for each in MADE:
        (FOLDER / each).write_text(text_of(each), encoding="utf-8")

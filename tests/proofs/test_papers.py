"""Proofs as files: what is read is what was written, it holds, and nothing else passes for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count, islice

import pytest

from ledger.errors import LedgerError, Tampered, Unreadable
from ledger.log import Ledger, Log
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.disclosed import disclosed, disclosing
from ledger.proofs.origins import Origin
from ledger.proofs.papers import GrowthProof, RecordProof, read_proof
from ledger.proofs.signatures import signed
from ledger.proofs.spelling import spelled
from tests.looked import some_of
from tests.proofs.keys import key_of
from tests.store.samples import RALLY, constituted, remark

KEY = key_of("log")


@pytest.fixture
def log(ledger: Ledger) -> Log:
    """A log of 300 records."""
    found = ledger.log(RALLY)
    found.append([constituted(), *islice((remark(str(each)) for each in count()), 299)])
    return found


def checkpoint_of(log: Log, size: int) -> Checkpoint:
    """The checkpoint of a log at a size, signed."""
    origin = Origin(log.identity(), log.rally, log.head().site).text
    return signed(Checkpoint(origin, size, log.recorder.root_at(size)), KEY)


def proof_of(log: Log, position: int, size: int) -> RecordProof:
    """The proof of a record in the log of a size."""
    hashes = tuple(log.inclusion(position, size))
    extra = disclosing(log.at(position), KEY.public)
    return RecordProof(checkpoint_of(log, size), position - 1, hashes, extra)


def test_a_proof_holds_the_record_and_where_it_stands(log: Log) -> None:
    """What happened can be read in it, with who recorded it and when; the key is offered."""
    for position, size in some_of([(1, 1), (1, 300), (150, 256), (300, 300)]):
        proof = proof_of(log, position, size)
        read = read_proof(proof.to_bytes(), "proof")
        assert proof == read
        assert isinstance(read, RecordProof)
        said = disclosed(read, "proof")
        assert log.at(position) == said.record
        assert KEY.public == said.key


def test_a_proof_of_growth_holds(log: Log) -> None:
    """From any size to any later one; from another root, or another log, it does not."""
    for old, new in some_of([(0, 5), (1, 300), (255, 256), (256, 300), (300, 300)]):
        proof = GrowthProof(checkpoint_of(log, new), old, tuple(log.consistency(old, new)))
        read = read_proof(proof.to_bytes(), "growth")
        assert proof == read
        assert isinstance(read, GrowthProof)
        before = checkpoint_of(log, old)
        read.must_hold(before)
        for other in (
            before._replace(root=bytes(32)),
            before._replace(size=before.size + 1),
            before._replace(origin=before.origin + "-2"),
        ):
            with pytest.raises(Tampered):
                read.must_hold(other)


SAME: dict[str, Callable[[str], str]] = {
    "no version": lambda t: t.replace("c2sp.org/tlog-proof@v1\n", ""),
    "another version": lambda t: t.replace("@v1", "@v2"),
    "no index": lambda t: t.replace("index 149\n", ""),
    "two indexes": lambda t: t.replace("index 149\n", "index 149\nindex 149\n"),
    "a leading zero": lambda t: t.replace("index 149", "index 0149"),
    "two blanks": lambda t: t.replace("index 149", "index  149"),
    "a blank behind": lambda t: t.replace("index 149", "index 149 "),
    "another index": lambda t: t.replace("index 149", "index 148"),
    "behind the end": lambda t: t.replace("index 149", "index 300"),
    "a huge index": lambda t: t.replace("index 149", "index 9223372036854775807"),
    "no extra": lambda t: t.replace(t.split("\n")[1] + "\n", ""),
    "an empty extra": lambda t: t.replace(t.split("\n")[1], "extra "),
    "extra behind": lambda t: "\n".join([*_swapped(t.split("\n"), 1, 2)]),
    "siblings changed": lambda t: "\n".join([*_swapped(t.split("\n"), 4, 5)]),
    "a hash more": lambda t: t.replace("\n\n", f"\n{spelled(bytes(32))}\n\n", 1),
    "a hash less": lambda t: t.replace(t.split("\n")[4] + "\n", ""),
    "a short hash": lambda t: t.replace(t.split("\n")[4], spelled(bytes(31))),
    "64 hashes": lambda t: t.replace("\n\n", f"\n{(spelled(bytes(32)) + chr(10)) * 64}\n", 1),
    "no checkpoint": lambda t: t.split("\n\n", 1)[0] + "\n\n",
    "an empty line more": lambda t: t.replace("\n\n", "\n\n\n", 1),
    "not ended": lambda t: t[:-1],
}


def _swapped(lines: list[str], a: int, b: int) -> list[str]:
    lines[a], lines[b] = lines[b], lines[a]
    return lines


@pytest.mark.parametrize("what", SAME)
def test_what_is_no_proof_of_it(log: Log, what: str) -> None:
    """Spelled otherwise, or about something else: told, and never taken."""
    text = proof_of(log, 150, 300).to_bytes().decode()
    altered = SAME[what](text)
    assert text != altered
    with pytest.raises(LedgerError) as told:
        _read(altered.encode())
    assert isinstance(told.value, Tampered | Unreadable)
    assert told.value.message.endswith(".")


def _read(data: bytes) -> None:
    proof = read_proof(data, "The proof")
    assert isinstance(proof, RecordProof)
    disclosed(proof, "The proof")


EXTRA: dict[str, Callable[[dict[str, object]], object]] = {
    "another remark": lambda e: {**e, "occurrence": {**e["occurrence"], "text": "x"}},  # type: ignore[dict-item]
    "another position": lambda e: {**e, "header": {**e["header"], "position": 149}},  # type: ignore[dict-item]
    "another site": lambda e: {**e, "header": {**e["header"], "site": "x"}},  # type: ignore[dict-item]
    "other tags": lambda e: {**e, "header": {**e["header"], "tags": ["crew:1"]}},  # type: ignore[dict-item]
    "no header": lambda e: {"occurrence": e["occurrence"]},
    "a field more": lambda e: {**e, "note": "x"},
    "no key of ssh": lambda e: {**e, "key": "ssh-ed25519 AAAA"},
    "a list": lambda e: [e],
    "a number": len,
}


@pytest.mark.parametrize("what", EXTRA)
def test_another_record_beside_the_proof_is_told(log: Log, what: str) -> None:
    """The header binds the leaf, the id what happened; what stands beside proves nothing else."""
    proof = proof_of(log, 150, 300)
    said = EXTRA[what](json.loads(proof.extra))
    spelt = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    with pytest.raises((Tampered, Unreadable)):
        disclosed(proof._replace(extra=spelt), "The proof")
    loose = json.dumps(json.loads(proof.extra), sort_keys=True).encode()
    with pytest.raises(Unreadable, match="canonical form"):
        disclosed(proof._replace(extra=loose), "The proof")
    for data in (b"", b"{", b"\xff", b"[" * 100_000):
        with pytest.raises(Unreadable):
            disclosed(proof._replace(extra=data), "The proof")

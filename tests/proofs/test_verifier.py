"""A verifier that is not ours, in Go, and ours: they agree, and take nothing that was changed."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from ledger.errors import LedgerError
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.disclosed import disclosed
from ledger.proofs.papers import GrowthProof, RecordProof, read_proof
from ledger.proofs.signatures import signature_of, signer_of
from ledger.proofs.spelling import bytes_of, spelled
from ledger.proofs.sshsig import namespace_of, read_signature, signed_over
from ledger.proofs.tree import must_be_consistent, root_by_inclusion
from ledger.proofs.vkeys import OF_A_LOG, read_vkey
from tests.looked import some_of
from tests.proofs.vectors import FOLDER, MADE, Signing, text_of
from tests.proofs.verifier import Verifier, verifier

__all__ = ["verifier"]
Statement = tuple[Any, ...]
"""What a file says, of which it is the proof."""


def _signed(data: bytes, keys: Sequence[str]) -> Checkpoint | None:
    """A checkpoint that every one of these keys has signed; None where one has not."""
    found, known = read_checkpoint(data), [read_vkey(each) for each in keys]
    if not all(signature_of(each, found) for each in known):
        return None
    logs = [each for each in known if each.manner == OF_A_LOG]
    return found if not logs or signer_of(found, logs) else None


def ours(kind: str, data: bytes, keys: Sequence[str], old: bytes = b"") -> Statement | None:
    """What a file proves to us; None where it proves nothing."""
    try:
        if kind == "checkpoint":
            end = _signed(data, keys)
            return end[:3] if end else None
        proof = read_proof(data, "it")
        if _signed(proof.checkpoint.to_bytes(), keys) is None:
            return None
        end = proof.checkpoint
        if kind == "record" and isinstance(proof, RecordProof):
            record = disclosed(proof, "it").record
            return (*end[:3], record.position, record.id)
        if kind == "growth" and isinstance(proof, GrowthProof):
            before = _signed(old, keys)
            if before:
                proof.must_hold(before)
                return (*end[:3], *before[:3])
    except LedgerError as error:
        assert error.message  # noqa: PT017
    return None


def theirs(
    verifier: Verifier, kind: str, data: bytes, keys: Sequence[str], old: bytes = b""
) -> Statement | None:
    """The same to the other verifier."""
    told = verifier.ask(kind, data=data, keys=list(keys), old=old)
    if not told["ok"]:
        return None
    found = told["found"]
    if kind == "checkpoint":
        return _said(found)
    if kind == "record":
        return (*_said(found["checkpoint"]), found["position"], found["id"])
    return (*_said(found["checkpoint"]), *_said(found["old"]))


def _said(checkpoint: dict[str, Any]) -> Statement:
    return checkpoint["origin"], checkpoint["size"], bytes.fromhex(checkpoint["root"])


# -- vectors ---------------------------------------------------------------------------------------


def _vectors(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", MADE)
def test_the_vectors_are_what_they_were(name: str) -> None:
    """What was published is what is made today."""
    assert (FOLDER / name).read_text(encoding="utf-8") == text_of(name)


def test_our_trees_are_those_of_the_vectors() -> None:
    """Each proof holds or does not, as it says."""
    for each in some_of(_vectors("trees.json")):
        assert each["holds"] is _holds(each), each


def _holds(each: dict[str, Any]) -> bool:
    proof, root = [*map(bytes.fromhex, each["proof"])], bytes.fromhex(each["root"])
    size, at = each["size"], each["at"]
    try:
        if "leaf" in each:
            return root_by_inclusion(bytes.fromhex(each["leaf"]), at, size, proof) == root
        must_be_consistent(at, bytes.fromhex(each["begun"]), size, root, proof)
    except LedgerError:
        return False
    return True


def test_our_files_are_those_of_the_vectors() -> None:
    """Each file holds or does not, as it says."""
    for each in some_of(_vectors("files.json")):
        found = ours(each["kind"], each["file"].encode(), each["keys"], _old(each))
        assert each["holds"] is (found is not None), each


def test_our_signatures_are_those_of_the_vectors() -> None:
    """Each holds for the acts, the office, the rally and the key, or does not, as it says."""
    for each in some_of(_vectors("signatures.json")):
        assert each["holds"] is _holds_over(each), each
    for each in some_of(_vectors("namespaces.json")):
        assert each["namespace"] == namespace_of(each["office"], each["rally"])


def _holds_over(each: dict[str, Any]) -> bool:
    try:
        found = read_signature(bytes_of(each["signature"], "It"))
    except LedgerError:
        return False
    says = found.key.fingerprint, found.namespace
    meant = each["key"], namespace_of(each["office"], each["rally"])
    return says == meant and found.verifies(signed_over(each["ids"]))


def _old(each: dict[str, Any]) -> bytes:
    text: str = each.get("old", "")
    return text.encode()


def test_the_other_verifier_finds_what_the_vectors_say(verifier: Verifier) -> None:
    """Trees of any size, and files; where both take one, it says the same."""
    for each in some_of(_vectors("trees.json")):
        tree = {name: value for name, value in each.items() if name != "holds"}
        assert each["holds"] is verifier.ask("tree", **tree)["ok"], each
    for each in some_of(_vectors("files.json")):
        asked = each["kind"], each["file"].encode(), each["keys"], _old(each)
        found = theirs(verifier, *asked)
        assert each["holds"] is (found is not None), each
        assert found == ours(*asked)


# -- what is changed in a file ---------------------------------------------------------------------


class File(NamedTuple):
    """A file that holds: its kind, its bytes, the earlier checkpoint, and what it says."""

    kind: str
    data: bytes
    old: bytes
    says: Statement


class Bench:
    """Files that hold, and what changes them: bytes, or what they are made of."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.log = Signing()
        self._others = [Signing("other-2026"), Signing(log="another")]
        self.files = [*self._held(self.log)]
        self.foreign = [each.data for one in self._others for each in self._held(one)]
        self.changes: list[Callable[[list[bytes]], list[bytes]]] = [
            self._swapped,
            self._twice,
            self._without,
            self._moved,
            self._of_another,
            self._another_number,
            self._spelled_anew,
            self._signed_by_another,
        ]

    def _held(self, log: Signing) -> Iterator[File]:
        for size in (1, 8, 9, 40):
            yield self._file(log, "checkpoint", log.checkpoint(size).to_bytes())
        for position, size in ((1, 2), (7, 9), (33, 40), (40, 40)):
            yield self._file(log, "record", log.of_record(position, size).to_bytes())
        for old, new in ((1, 2), (7, 9), (8, 40), (33, 40)):
            before = log.checkpoint(old).to_bytes()
            yield self._file(log, "growth", log.of_growth(old, new).to_bytes(), before)

    def _file(self, log: Signing, kind: str, data: bytes, old: bytes = b"") -> File:
        says = ours(kind, data, log.keys, old)
        assert says
        return File(kind, data, old, says)

    def mutants(self, many: int) -> Iterator[tuple[File, str, bytes, bytes]]:
        """Files in which something was changed, and how: in one of three what they are made of."""
        for _ in range(many):
            file = self.draw.choice(self.files)
            of_old = bool(file.old) and self.draw.random() < 0.2
            data = file.old if of_old else file.data
            if self.draw.random() < 0.4:
                lines = data.splitlines(keepends=True)
                how, data = "structure", b"".join(self.draw.choice(self.changes)(lines))
            else:
                how, data = "bytes", self._bytes(data)
            yield file, how, file.data if of_old else data, data if of_old else file.old

    def _bytes(self, data: bytes) -> bytes:
        at, what = self.draw.randrange(len(data)), self.draw.randrange(4)
        some = bytes([self.draw.randrange(256)])
        middle = [
            bytes([data[at] ^ 1 << self.draw.randrange(8)]),
            b"",
            some,
            some + data[at : at + 1],
        ]
        return data[:at] + middle[what] + data[at + 1 :]

    def _at(self, lines: list[bytes]) -> int:
        return self.draw.randrange(len(lines))

    def _swapped(self, lines: list[bytes]) -> list[bytes]:
        a, b = self._at(lines), self._at(lines)
        lines[a], lines[b] = lines[b], lines[a]
        return lines

    def _twice(self, lines: list[bytes]) -> list[bytes]:
        at = self._at(lines)
        return [*lines[:at], lines[at], *lines[at:]]

    def _without(self, lines: list[bytes]) -> list[bytes]:
        at = self._at(lines)
        return [*lines[:at], *lines[at + 1 :]]

    def _moved(self, lines: list[bytes]) -> list[bytes]:
        line = lines.pop(self._at(lines))
        lines.insert(self.draw.randrange(len(lines) + 1), line)
        return lines

    def _of_another(self, lines: list[bytes]) -> list[bytes]:
        """A line of another file that holds, of this log or of another."""
        other = self.draw.choice([*self.foreign, *(each.data for each in self.files)])
        lines[self._at(lines)] = self.draw.choice(other.splitlines(keepends=True))
        return lines

    def _another_number(self, lines: list[bytes]) -> list[bytes]:
        """A size or an index that is another one."""
        places = [at for at, line in enumerate(lines) if line.split()[-1:] and _is_number(line)]
        at = self.draw.choice(places)
        *words, number = lines[at].split()
        other = max(0, int(number) + self.draw.choice([-1, 1, 2, 2**32]))
        lines[at] = b" ".join([*words, str(other).encode()]) + b"\n"
        return lines

    def _spelled_anew(self, lines: list[bytes]) -> list[bytes]:
        """The same in a second spelling: zeros in front, loose bits, blanks, no line end."""
        at = self._at(lines)
        line = lines[at].rstrip(b"\n")
        ways = [
            b"0" + line if _is_number(line) else line + b" ",
            line.replace(b"=", b""),
            line.replace(b"=", b"=="),
            line[:-2] + bytes([line[-2] + 1]) + line[-1:] if len(line) > 2 else b" ",
            b" " + line,
            line + b"\r",
            line.replace(b" ", b"  ", 1),
        ]
        lines[at] = self.draw.choice(ways) + (b"\n" if self.draw.random() < 0.95 else b"")
        return lines

    def _signed_by_another(self, lines: list[bytes]) -> list[bytes]:
        """Below it the signatures of another checkpoint, by the same keys."""
        text = b"".join(lines)
        above, _, _ = text.rpartition(b"\n\n")
        size = self.draw.choice((1, 2, 5, 8, 9, 40))
        other = self.log.checkpoint(size).to_bytes().rpartition(b"\n\n")[2]
        return [above, b"\n\n", other]


def _is_number(line: bytes) -> bool:
    return line.split()[-1:] != [] and line.split()[-1].isdigit()


def _must_agree(verifier: Verifier, seed: int, many: int) -> None:
    bench, seen = Bench(seed), Counter[str]()
    for file, how, data, old in some_of(bench.mutants(many)):
        ask = file.kind, data, bench.log.keys, old
        found = ours(*ask)
        assert found == theirs(verifier, *ask), (file.kind, data, old)
        # Of an earlier checkpoint another one may be meant, but then another proof goes with it.
        assert found in (None, file.says), (file.kind, data, old)
        seen[how] += 1
        seen["taken"] += found is not None
    assert seen["structure"] >= 0.3 * many
    assert seen["taken"] < 0.2 * many


def test_both_agree_on_what_was_changed(verifier: Verifier) -> None:
    """A few thousand files: neither takes one that says another thing, and nothing breaks."""
    _must_agree(verifier, 1, 3_000)


@pytest.mark.slow
def test_both_agree_on_very_many(verifier: Verifier) -> None:
    """A hundred thousand, from another seed."""
    _must_agree(verifier, 2, 100_000)


def test_spelled_is_one_way() -> None:
    """What a verifier of others has to know: base64 with padding, and no other letters."""
    assert "+/8=" == spelled(b"\xfb\xff")

"""What proves something, changed: nothing is taken whose statement differs from the original.

    python -m tests.proofs.mutations [--many N] [--seed S]

Checkpoints with their cosignatures, proofs of records with the header and the occurrence in them,
proofs of growth, and signatures over acts are changed in one byte, or in what they are made of: a
sibling, a size, a part that holds elsewhere, a signature of another office, rally, key or time.
Each is either told as an error, or proves what it proved before. What may differ without harm:
signatures below a note by keys that nobody asked for, the order of signatures, the key that a proof
offers (it proves nothing by itself). ssh-keygen takes two spellings more, of which neither says
another thing: version 0, and the number in a signature beyond the order of the group.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from ledger.errors import LedgerError
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.disclosed import disclosed
from ledger.proofs.ed25519 import packed, unpacked
from ledger.proofs.papers import GrowthProof, RecordProof, read_proof
from ledger.proofs.signatures import signature_of, signer_of
from ledger.proofs.spelling import spelled
from ledger.proofs.sshsig import made, namespace_of, read_signature, signed_over
from ledger.proofs.vkeys import OF_A_LOG, read_vkey
from ledger.vocabulary import canonical
from tests.proofs.keys import Hardware, key_of
from tests.proofs.vectors import ACTS, CHAIR, RALLY, Signing, beyond

Statement = tuple[Any, ...]
"""What a file says, of which it is the proof; last the times at which it was witnessed."""
FILES = ("checkpoint", "record", "growth")
KINDS = (*FILES, "signature")
_HEAD = len(b"SSHSIG") + 4
OF_HARDWARE = 5
"""So many bytes stand behind a signature of hardware: flags, and a counter."""


# -- what is proven --------------------------------------------------------------------------------


def ours(kind: str, data: bytes, keys: Sequence[str], old: bytes = b"") -> Statement | None:
    """What a file proves to us; None where it proves nothing.

    `old` is the earlier checkpoint of a proof of growth, and the message of a signature.
    """
    try:
        if kind == "signature":
            found = read_signature(data)
            says = found.key.fingerprint, found.namespace
            return (*says, old) if [*says] == [*keys] and found.verifies(old) else None
        if kind == "checkpoint":
            return _witnessed(read_checkpoint(data), keys)
        proof = read_proof(data, "it")
        end = _witnessed(proof.checkpoint, keys)
        if end is None:
            return None
        *log, times = end
        if kind == "record" and isinstance(proof, RecordProof):
            record = disclosed(proof, "it").record
            return (*log, record.header, record.data, times)
        if kind == "growth" and isinstance(proof, GrowthProof):
            before = read_checkpoint(old)
            begun = _witnessed(before, keys)
            if begun:
                proof.must_hold(before)
                return (*log, *begun, times)
    except LedgerError:
        return None
    return None


def _witnessed(checkpoint: Checkpoint, keys: Sequence[str]) -> Statement | None:
    """What a checkpoint says that every one of these keys has signed; None where one has not."""
    known = [read_vkey(each) for each in keys]
    signed = [signature_of(each, checkpoint) for each in known]
    logs = [each for each in known if each.manner == OF_A_LOG]
    if not all(signed) or (logs and signer_of(checkpoint, logs) is None):
        return None
    return (*checkpoint[:3], tuple(each.at_s for each in signed if each))


class File(NamedTuple):
    """A file that holds: its kind, its bytes, under which keys, what goes with it, what it says."""

    kind: str
    data: bytes
    keys: list[str]
    old: bytes
    says: Statement


class Mutant(NamedTuple):
    """A file in which something was changed, and how: its bytes, or what it is made of."""

    file: File
    how: str
    data: bytes
    old: bytes

    @property
    def unchanged(self) -> tuple[bytes, bytes]:
        """What it was made from."""
        return self.file.data, self.file.old

    @property
    def asked(self) -> tuple[str, bytes, list[str], bytes]:
        """It as a verifier is asked about it."""
        return self.file.kind, self.data, self.file.keys, self.old


# -- what is changed -------------------------------------------------------------------------------


class Bench:
    """Files that hold, and what changes them."""

    def __init__(self, seed: int, kinds: Sequence[str] = KINDS) -> None:
        self.draw = random.Random(seed)
        self.log = Signing()
        others = [Signing("other-2026"), Signing(log="another")]
        held = [*_files(self.log), *_signatures()]
        self.files = [each for each in held if each.kind in kinds]
        self._foreign = [each.data for one in others for each in _files(one)]
        self._signatures = [
            *_foreign_signatures(),
            *(e.data for e in held if e.kind == "signature"),
        ]
        self._of_lines: list[Callable[[list[bytes]], list[bytes]]] = [
            self._swapped,
            self._twice,
            self._without,
            self._moved,
            self._of_another,
            self._another_number,
            self._spelled_anew,
            self._signed_by_another,
            self._signed_otherwise,
            self._another_record,
        ]
        self._of_parts: list[Callable[[list[bytes]], list[bytes]]] = [
            self._swapped,
            self._twice,
            self._without,
            self._part_of_another,
            self._another_digest,
            self._made_otherwise,
        ]

    def mutants(self, many: int) -> Iterator[Mutant]:
        """Files in which something was changed; in two of five what they are made of."""
        changed = iter(self._mutant, None)
        for _ in range(many):
            yield next(each for each in changed if (each.data, each.old) != each.unchanged)

    def _mutant(self) -> Mutant:
        file = self.draw.choice(self.files)
        of_old = bool(file.old) and self.draw.random() < 0.2
        data = file.old if of_old else file.data
        if self.draw.random() < 0.4:
            blob = file.kind == "signature" and not of_old
            how, data = "structure", self._parts(data) if blob else self._lines(data)
        else:
            how, data = "bytes", self.in_a_byte(data)
        return Mutant(file, how, *((file.data, data) if of_old else (data, file.old)))

    def in_a_byte(self, data: bytes) -> bytes:
        """The same with one byte changed, left out, or put in."""
        at, what = self.draw.randrange(len(data)), self.draw.randrange(4)
        some = bytes([self.draw.randrange(256)])
        middle = [
            bytes([data[at] ^ 1 << self.draw.randrange(8)]),
            b"",
            some,
            some + data[at : at + 1],
        ]
        return data[:at] + middle[what] + data[at + 1 :]

    def _lines(self, data: bytes) -> bytes:
        return b"".join(self.draw.choice(self._of_lines)(data.splitlines(keepends=True)))

    def _parts(self, blob: bytes) -> bytes:
        """A signature of which a part is another, or a whole one that holds of other things."""
        if self.draw.random() < 0.2:
            return self.draw.choice(self._signatures)
        parts = self.draw.choice(self._of_parts)([*unpacked(blob[_HEAD:])])
        wrong = self.draw.random() < 0.1
        sized = [_off(each, self.draw.choice((-1, 1))) if wrong else packed(each) for each in parts]
        return blob[:_HEAD] + b"".join(sized)

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
        own = [each.data for each in self.files if each.kind in FILES]
        other = self.draw.choice([*self._foreign, *own])
        lines[self._at(lines)] = self.draw.choice(other.splitlines(keepends=True))
        return lines

    def _another_number(self, lines: list[bytes]) -> list[bytes]:
        """A size or an index that is another one."""
        places = [at for at, line in enumerate(lines) if _is_number(line)]
        if not places:
            return self._swapped(lines)
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
        above, _, _ = b"".join(lines).rpartition(b"\n\n")
        size = self.draw.choice((1, 2, 5, 8, 9, 40))
        other = self.log.checkpoint(size).to_bytes().rpartition(b"\n\n")[2]
        return [above, b"\n\n", other]

    def _signed_otherwise(self, lines: list[bytes]) -> list[bytes]:
        """A signature that is well spelled, with another byte: of its key, its time, or itself."""
        places = [at for at, line in enumerate(lines) if line.startswith("— ".encode())]
        if not places:
            return self._moved(lines)
        at = self.draw.choice(places)
        name, _, text = lines[at].rpartition(b" ")
        lines[at] = name + b" " + _spelled(self.in_a_byte(_bytes_of(text))) + b"\n"
        return lines

    def _another_record(self, lines: list[bytes]) -> list[bytes]:
        """Beside a proof a record that is well spelled, of which something is another."""
        places = [at for at, line in enumerate(lines) if line.startswith(b"extra ")]
        if not places:
            return self._twice(lines)
        said = json.loads(_bytes_of(lines[places[0]].removeprefix(b"extra ")))
        which = said[self.draw.choice(("header", "header", "occurrence"))]
        name = self.draw.choice([*which])
        value = which[name]
        if isinstance(value, int):
            which[name] = value + self.draw.choice((-1, 1))
        elif isinstance(value, str):
            which[name] = self.draw.choice((value + "x", value[:-1], value[::-1], ""))
        elif isinstance(value, list):
            which[name] = self.draw.choice((value[1:], [*value, "x"], value[::-1]))
        else:
            del which[name]
        lines[places[0]] = b"extra " + _spelled(canonical(said)) + b"\n"
        return lines

    def _part_of_another(self, parts: list[bytes]) -> list[bytes]:
        """A part of another signature that holds: for another office, rally, act, or by a key."""
        at = self._at(parts)
        parts[at] = [*unpacked(self.draw.choice(self._signatures)[_HEAD:])][at]
        return parts

    def _another_digest(self, parts: list[bytes]) -> list[bytes]:
        parts[3] = self.draw.choice(
            (b"sha256", b"sha512", b"sha1", b"md5", b"SHA512", b"shake_256")
        )
        return parts

    def _made_otherwise(self, parts: list[bytes]) -> list[bytes]:
        """What the key has made, in a second spelling, or what hardware says of itself."""
        whole = parts[-1]
        end = len(whole) - (OF_HARDWARE if whole[4:6] == b"sk" else 0)
        number, said = whole[end - 32 : end], whole[end:]
        parts[-1] = self.draw.choice(
            (
                whole[: end - 32] + beyond(number) + said,
                whole + b"\0",
                whole[:-1],
                whole[:end] + self.draw.randbytes(len(said)),
                packed(b"ssh-ed25519") + packed(whole[end - 64 : end]),
            )
        )
        return parts


def _files(log: Signing) -> Iterator[File]:
    for size in (1, 8, 9, 40):
        yield _file("checkpoint", log.checkpoint(size).to_bytes(), log.keys)
    for position, size in ((1, 2), (7, 9), (33, 40), (40, 40)):
        yield _file("record", log.of_record(position, size).to_bytes(), log.keys)
    for old, new in ((1, 2), (7, 9), (8, 40), (33, 40)):
        before = log.checkpoint(old).to_bytes()
        yield _file("growth", log.of_growth(old, new).to_bytes(), log.keys, before)


def _signatures() -> Iterator[File]:
    """Of a key in a file and of one in hardware, over one act and over several."""
    namespace = namespace_of(CHAIR, RALLY)
    for signer in (key_of("ann"), Hardware("token")):
        for ids in (ACTS[:1], ACTS):
            message = signed_over(ids)
            asked = [signer.public.fingerprint, namespace]
            yield _file("signature", made(signer, namespace, message), asked, message)


def _foreign_signatures() -> Iterator[bytes]:
    """Such that hold, of another office, rally, act, digest or key."""
    message = signed_over(ACTS[:1])
    ann = key_of("ann")
    for signer in (ann, key_of("bob"), Hardware("token", flags=0), Hardware("ann")):
        for office, rally in (
            (CHAIR, "other-2026"),
            ("steward", RALLY),
            (f"device:{CHAIR}", RALLY),
        ):
            yield made(signer, namespace_of(office, rally), message)
    yield made(ann, namespace_of(CHAIR, RALLY), message + b"\n")
    yield made(ann, namespace_of(CHAIR, RALLY), signed_over(ACTS[1:]))
    yield made(key_of("bob"), namespace_of(CHAIR, RALLY), message)


def _file(kind: str, data: bytes, keys: list[str], old: bytes = b"") -> File:
    says = ours(kind, data, keys, old)
    assert says
    return File(kind, data, keys, old, says)


def _is_number(line: bytes) -> bool:
    return line.split()[-1:] != [] and line.split()[-1].isdigit()


def _off(part: bytes, by: int) -> bytes:
    """A part behind a length that is not its own."""
    return max(0, len(part) + by).to_bytes(4, "big") + part


def _bytes_of(text: bytes) -> bytes:
    return base64.b64decode(text)


def _spelled(data: bytes) -> bytes:
    return spelled(data).encode()


# -- very many -------------------------------------------------------------------------------------


class Count(NamedTuple):
    """How many mutants of each kind there were, by how they were changed, and how many held."""

    tried: Counter[tuple[str, str]]
    held: Counter[tuple[str, str]]

    @property
    def of_structure(self) -> float:
        """Which share of them was changed in what it is made of."""
        structure = sum(many for (_, how), many in self.tried.items() if how == "structure")
        return structure / self.tried.total()


def tried(seed: int, many: int, kinds: Sequence[str] = KINDS) -> Count:
    """Try so many mutants.

    Raises:
        AssertionError: one proves another thing than the file from which it was made.
    """
    count = Count(Counter(), Counter())
    for mutant in Bench(seed, kinds).mutants(many):
        which = mutant.file.kind, mutant.how
        found = ours(*mutant.asked)
        assert found in (None, mutant.file.says), mutant
        count.tried[which] += 1
        count.held[which] += found is not None
    return count


def main(words: Sequence[str]) -> int:
    """Try as many as the words of the command line say, on every core."""
    asked = argparse.ArgumentParser(prog="python -m tests.proofs.mutations", description=__doc__)
    asked.formatter_class = argparse.RawDescriptionHelpFormatter
    asked.add_argument("--many", type=int, default=1_000_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args(words)
    began, part = time.monotonic(), 10_000
    seeds = [given.seed * 1_000_000 + each for each in range(-(-given.many // part))]
    count = Count(Counter(), Counter())
    with ProcessPoolExecutor(os.cpu_count()) as cores:
        for found in cores.map(partial(tried, many=min(part, given.many)), seeds):
            count.tried.update(found.tried)
            count.held.update(found.held)
    for which, many in sorted(count.tried.items()):
        print(f"{' by '.join(which):24} {many:9,} tried, {count.held[which]:7,} say the same")
    whole = f"{count.tried.total():,} mutants, {count.of_structure:.0%} of structure"
    print(f"{whole}: none proves another thing; {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

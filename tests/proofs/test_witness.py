"""A witness signs what goes on from what it saw, and nothing else; whatever happens to its disk."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import LedgerError, Refused, Tampered, Unreadable, Usage
from ledger.merkle import EMPTY_ROOT, leaf_hash
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.papers import GrowthProof
from ledger.proofs.signatures import cosigned, key_of_log, signature_of, signed
from ledger.proofs.tree import consistency
from ledger.proofs.vkeys import VerifierKey
from ledger.proofs.witness import Witness, new_witness, witness_in
from tests.looked import some_of
from tests.proofs.keys import key_of
from tests.proofs.trees import Grown

ORIGIN = "rally-ledger/0123456789abcdef/silk-way-2016/main"
LOG = key_of("log")
KEYS = [key_of_log(ORIGIN, LOG.public)]
HERE = Grown([leaf_hash(str(each).encode()) for each in range(40)])
FORK = Grown([*HERE.leaves[:20], *(leaf_hash(str(-each).encode()) for each in range(20, 40))])
SECONDS = count(1_469_000_000)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A witness that has seen nothing yet."""
    return new_witness(tmp_path / "club", "club.example/laptop", key_of("club"))


def at(size: int, tree: Grown = HERE) -> Checkpoint:
    """The checkpoint of a tree at a size, signed."""
    return signed(Checkpoint(ORIGIN, size, tree.roots[size]), LOG)


def growth(old: int, new: int, tree: Grown = HERE) -> GrowthProof:
    """The proof that a tree goes on."""
    return GrowthProof(at(new, tree), old, tuple(consistency(old, new, tree.subtree)))


def seen(
    witness: Witness,
    new: Checkpoint,
    proof: GrowthProof | None = None,
    keys: list[VerifierKey] | None = None,
) -> Checkpoint:
    """What the witness makes of a checkpoint."""
    return witness.cosign(new, proof, next(SECONDS), lambda: KEYS if keys is None else keys)


def test_a_log_that_grows_is_signed_again_and_again(witness: Witness, tmp_path: Path) -> None:
    """The first on the word of a key, each later one on a proof; the same one at any time."""
    seen(witness, at(5))
    for old, new in some_of([(5, 5), (5, 8), (8, 8), (8, 20), (20, 21), (21, 40)]):
        now = seen(witness, at(new), growth(old, new), [])
        found = signature_of(witness.vkey, now)
        assert found
        assert found.at_s
        assert signature_of(KEYS[0], now)
        kept = witness_in(tmp_path / "club", str).seen(ORIGIN)
        assert kept == (KEYS[0], now)


def test_an_empty_log_may_become_any(witness: Witness) -> None:
    """Nothing has to be shown of what began with nothing."""
    seen(witness, signed(Checkpoint(ORIGIN, 0, EMPTY_ROOT), LOG))
    seen(witness, at(7))


def test_a_log_that_went_back_is_not_signed(witness: Witness, tmp_path: Path) -> None:
    """Both are named, and what was seen stays."""
    now = seen(witness, at(8))
    with pytest.raises(Tampered) as told:
        seen(witness, at(7), growth(7, 8))
    assert "The log went back: #8, root " in told.value.message
    assert f"{HERE.roots[8].hex()[:16]} was seen of {ORIGIN}, and now #7, root " in (
        told.value.message
    )
    assert HERE.roots[7].hex()[:16] in told.value.message
    kept = witness_in(tmp_path / "club", str).seen(ORIGIN)
    assert kept
    assert now == kept.checkpoint


def test_two_roots_at_one_size_are_a_fork(witness: Witness) -> None:
    """Whatever proof comes with them; both roots are named."""
    seen(witness, at(30))
    for proof in (None, growth(20, 30, FORK), growth(30, 30)):
        with pytest.raises(Tampered, match="This is a fork") as told:
            seen(witness, at(30, FORK), proof)
        assert HERE.roots[30].hex()[:16] in told.value.message
        assert FORK.roots[30].hex()[:16] in told.value.message


def test_growth_has_to_be_shown(witness: Witness) -> None:
    """Without a proof, with that of another history, of other sizes or to another end: no."""
    seen(witness, at(25))
    with pytest.raises(Refused, match="A proof is needed") as told:
        seen(witness, at(30))
    assert "rally prove --since" in told.value.hint
    assert str(witness.file_of(ORIGIN)) in told.value.hint
    for proof in (
        growth(25, 30, FORK),
        growth(20, 30, FORK),
        growth(24, 30),
        growth(25, 31),
        growth(25, 30)._replace(hashes=()),
    ):
        with pytest.raises(Tampered):
            seen(witness, at(30, FORK if proof.checkpoint == at(30, FORK) else HERE), proof)
    seen(witness, at(30), growth(25, 30))


def test_a_log_that_is_new_needs_a_key_that_is_trusted(witness: Witness) -> None:
    """Who signs by another key could make a witness refuse the log for ever."""
    other = key_of_log(ORIGIN, key_of("other").public)
    for keys in ([], [other], [key_of_log(f"{ORIGIN}-2", LOG.public)]):
        with pytest.raises(Refused, match="is not signed by a key that is trusted"):
            seen(witness, at(5), keys=keys)
    assert witness.seen(ORIGIN) is None
    seen(witness, at(5), keys=[other, *KEYS])
    forged = signed(Checkpoint(ORIGIN, 8, HERE.roots[8]), key_of("other"))
    with pytest.raises(Refused, match="as what was seen"):
        seen(witness, forged, growth(5, 8), [other])
    broken = at(8)._replace(signatures=at(5).signatures)
    with pytest.raises(Tampered, match="does not hold"):
        seen(witness, broken, growth(5, 8))


def test_what_was_seen_is_on_the_disk_before_anything_is_signed(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that fails, at whichever write: no signature leaves, and what was seen holds.

    Of both files the bytes go to the disk, and then the name. Where only the last name may be lost,
    what was seen may stand there already, which signs nothing else.
    """
    now = seen(witness, at(8))
    synced, left = os.fsync, list[int]()

    def fails(handle: int) -> None:
        if not left:
            raise OSError(5, "Input/output error")
        left.pop()
        synced(handle)

    for whole in some_of(range(4)):
        left[:] = [1] * whole
        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(LedgerError, match="can't be written"):
            seen(witness, at(20), growth(8, 20))
        monkeypatch.setattr(os, "fsync", synced)
        kept = witness_in(tmp_path / "club", str).seen(ORIGIN)
        assert kept
        assert (20 if whole == 3 else 8) == kept.checkpoint.size
        assert whole == 3 or now == kept.checkpoint
    assert not left
    assert 20 == seen(witness, at(20)).size
    assert not [*(tmp_path / "club").glob(".new-*")]


def test_what_can_not_be_read_is_not_taken_for_nothing_seen(witness: Witness) -> None:
    """A witness whose memory is damaged signs nothing."""
    seen(witness, at(8))
    file = witness.file_of(ORIGIN)
    for damage in (b"", b"x", file.read_bytes()[:-5], file.read_bytes().replace(b"main", b"mean")):
        file.write_bytes(damage)
        with pytest.raises(Unreadable):
            seen(witness, at(8))


def test_two_at_once_sign_no_fork(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that could both go on from what was seen, one is signed; however slowly it signs."""
    seen(witness, at(20))
    told: list[str] = []

    def slowly(*words: Any) -> Checkpoint:
        time.sleep(0.02)
        return cosigned(*words)

    monkeypatch.setattr("ledger.proofs.witness.cosigned", slowly)

    def ask(tree: Grown) -> None:
        try:
            seen(witness_in(tmp_path / "club", str), at(21, tree), growth(20, 21, tree))
            told.append("signed")
        except Tampered as error:
            told.append(error.message[:9])

    some = [threading.Thread(target=ask, args=(tree,)) for tree in islice((HERE, FORK) * 4, 8)]
    for each in some:
        each.start()
    for each in some:
        each.join()
    assert 4 == told.count("signed")
    assert 4 == told.count("Two roots")


def test_what_is_no_witness(witness: Witness, tmp_path: Path) -> None:
    """A name that can't be one, a folder that is there, one that is none."""
    assert 0o700 == (tmp_path / "club").stat().st_mode & 0o777
    with pytest.raises(Usage, match="can't name a witness"):
        new_witness(tmp_path / "two", "Desert Club", key_of("two"))
    with pytest.raises(Refused, match="is there already"):
        new_witness(tmp_path / "club", "club", key_of("two"))
    with pytest.raises(Unreadable, match="no folder of a witness"):
        witness_in(tmp_path, str)


_ON_AND_ON = """
import sys
from pathlib import Path
from ledger.proofs.witness import witness_in
from tests.proofs.test_witness import KEYS, at, growth
club, size = witness_in(Path(sys.argv[1]), str), int(sys.argv[2])
print("begun", flush=True)
while size < 40:
    made = club.cosign(at(size + 1), growth(size, size + 1) if size else None, size, lambda: KEYS)
    size = made.size
    print(size, flush=True)
"""


@pytest.mark.slow
def test_a_witness_that_is_killed_knows_what_it_signed(witness: Witness, tmp_path: Path) -> None:
    """Killed at any instant, again and again: whatever signature left, it has seen that or more."""
    rest, size = random.Random(17), 0
    for _ in range(12):
        words = [sys.executable, "-c", _ON_AND_ON, str(tmp_path / "club"), str(size)]
        running = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert running.stdout
        assert "begun\n" == running.stdout.readline()
        time.sleep(rest.uniform(0, 0.02))
        running.kill()
        told = running.stdout.read().split()
        running.wait(10)
        kept = witness_in(tmp_path / "club", str).seen(ORIGIN)
        signed_last = int(told[-1]) if told else size
        size = kept.checkpoint.size if kept else 0
        assert size in (signed_last, signed_last + 1)
    assert size
    with pytest.raises(Tampered):
        seen(witness_in(tmp_path / "club", str), at(size - 1))

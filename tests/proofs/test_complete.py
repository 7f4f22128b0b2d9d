"""That nothing was left out, to us and to a verifier that is not ours: vectors, changed files."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.errors import LedgerError
from ledger.proofs.complete import complete, read_complete
from ledger.proofs.signatures import signature_of
from ledger.proofs.vkeys import read_vkey
from tests.examples import share_of
from tests.looked import some_of
from tests.proofs.changed import mutants
from tests.proofs.vectors import FOLDER
from tests.proofs.verifier import Verifier, verifier

__all__ = ["verifier"]
Found = dict[str, Any]


def _ours(data: bytes, keys: list[str]) -> Found | None:
    """What a file shows to us, whose checkpoint all these keys have signed."""
    try:
        proof = read_complete(data, "it")
        found = complete(proof, "it")
        if not all(signature_of(read_vkey(each), proof.checkpoint) for each in keys):
            return None
    except LedgerError as error:
        assert error.message  # noqa: PT017
        return None
    return found.json()


def _theirs(verifier: Verifier, data: bytes, keys: list[str]) -> Found | None:
    """What it shows to the other one: of what, and how many records in which manner."""
    answer = verifier.ask("complete", data=data, keys=keys)
    found: Found | None = answer["found"] if answer["ok"] else None
    return found


def _counted(found: Found) -> Found:
    """What both tell of a file."""
    shown = len(found["own"]) + len(found["others"])
    counts = {"disclosed": shown, "withheld": found["withheld"], "blinded": found["blinded"]}
    subject = f"{found['subject']['kind']} {found['subject']['of']}"
    return {"subject": subject, "counts": {name: each for name, each in counts.items() if each}}


def _vectors() -> Iterator[Found]:
    for each in json.loads((FOLDER / "complete.json").read_text(encoding="utf-8")):
        yield each | {"data": each["file"].encode()}


def test_our_proofs_are_those_of_the_vectors() -> None:
    """Each shows what it says, or must not be taken."""
    for each in some_of(_vectors()):
        assert each.get("found") == _ours(each["data"], each["keys"]), each.get("why")


def test_the_other_verifier_finds_what_headers_tell(verifier: Verifier) -> None:
    """It takes what holds, and none of which its headers tell that something is missing."""
    for each in some_of(_vectors()):
        if each.get("derived"):
            continue
        found = _theirs(verifier, each["data"], each["keys"])
        assert each["holds"] is (found is not None), each
        if found:
            assert _counted(each["found"]).items() <= found.items()


def _must_be_found(verifier: Verifier, seed: int, many: int) -> None:
    """What is changed shows nothing else; and what we take, the other one takes for the same."""
    draw, seen = random.Random(seed), Counter[str]()
    good = [each for each in _vectors() if each["holds"]]
    for _ in range(many):
        each = draw.choice(good)
        for how, data in some_of(mutants(draw, each["data"])):
            ours, theirs = (_ours(data, each["keys"]), _theirs(verifier, data, each["keys"]))
            seen[how] += 1
            if ours is None:
                continue
            seen["taken"] += data != each["data"]
            assert theirs
            assert _counted(ours).items() <= theirs.items()
            same = next((e for e in good if e["found"]["subject"] == ours["subject"]), None)
            if same and not ours["blinded"]:
                assert same["found"] == ours, how
    assert seen["a byte"] <= 0.7 * seen.total()


def test_what_is_changed_is_found_by_both(verifier: Verifier) -> None:
    """A few hundred files, most of them changed in what they are made of."""
    _must_be_found(verifier, 1, 20)


@pytest.mark.slow
def test_what_is_changed_very_often_is_found_by_both(verifier: Verifier) -> None:
    """From another seed; thousands with RALLY_EXAMPLES=1."""
    _must_be_found(verifier, 2, share_of(200))

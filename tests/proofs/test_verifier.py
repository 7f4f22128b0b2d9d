"""A verifier that is not ours, in Go, and ours: they agree, and take nothing that was changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import pytest

from ledger.errors import LedgerError
from ledger.proofs.spelling import bytes_of, spelled
from ledger.proofs.sshsig import namespace_of, read_signature, signed_over
from ledger.proofs.tree import must_be_consistent, root_by_inclusion
from tests.examples import share_of
from tests.looked import some_of
from tests.proofs.mutations import FILES, Bench, Statement, ours
from tests.proofs.vectors import FOLDER, MADE, text_of
from tests.proofs.verifier import Verifier, verifier

__all__ = ["verifier"]


class Other(Protocol):
    """A verifier that is not ours, in whatever language."""

    def ask(self, kind: str, **asked: Any) -> dict[str, Any]:
        """What it says to a request: `ok`, with what it `found`, or `why` not."""


def theirs(
    verifier: Other, kind: str, data: bytes, keys: Sequence[str], old: bytes = b""
) -> Statement | None:
    """What a file proves to the other verifier, in short."""
    told = verifier.ask(kind, data=data, keys=list(keys), old=old)
    if not told["ok"]:
        return None
    return said_by(kind, told["found"])


def said_by(kind: str, found: dict[str, Any]) -> Statement:
    """What another verifier found of a file, as we say it in short."""
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
        assert found == in_short(each["kind"], ours(*asked))


# -- what is changed in a file ---------------------------------------------------------------------


def in_short(kind: str, found: Statement | None) -> Statement | None:
    """What we find, as far as other verifiers say it."""
    if found is None:
        return None
    more = {"checkpoint": (), "growth": found[3:6]}
    return (*found[:3], *(more[kind] if kind in more else (found[3].position, found[3].id)))


def must_agree(verifier: Other, seed: int, many: int) -> None:
    seen = Counter[str]()
    for mutant in some_of(Bench(seed, FILES).mutants(many)):
        found = ours(*mutant.asked)
        short = in_short(mutant.file.kind, found)
        assert short == theirs(verifier, *mutant.asked), mutant
        # Of an earlier checkpoint another one may be meant, but then another proof goes with it.
        assert found in (None, mutant.file.says), mutant
        seen[mutant.how] += 1
        seen["taken"] += found is not None
    assert seen["structure"] >= 0.3 * many
    assert seen["taken"] < 0.2 * many


def test_both_agree_on_what_was_changed(verifier: Verifier) -> None:
    """A few thousand files: neither takes one that says another thing, and nothing breaks."""
    must_agree(verifier, 1, 3_000)


@pytest.mark.slow
def test_both_agree_on_very_many(verifier: Verifier) -> None:
    """From another seed; a hundred thousand with RALLY_EXAMPLES=1."""
    must_agree(verifier, 2, share_of(100_000))


def test_spelled_is_one_way() -> None:
    """What a verifier of others has to know: base64 with padding, and no other letters."""
    assert "+/8=" == spelled(b"\xfb\xff")

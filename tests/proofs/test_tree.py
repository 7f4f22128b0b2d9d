"""Laws of proofs over the tree: what is proven is so, and nothing else passes for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import NotFound, Tampered
from ledger.log import Ledger
from ledger.merkle import EMPTY_ROOT, TILE_HEIGHT, Frontier, frontier_at
from ledger.proofs.tree import consistency, inclusion, must_be_consistent, root_by_inclusion
from tests.examples import examples, share_of
from tests.looked import some_of, when
from tests.proofs.trees import Grown, naive_root, some_leaves
from tests.store.samples import RALLY, constituted, remark

MANY = 600
GROWN = Grown(some_leaves(MANY))
LEAVES = GROWN.leaves
sizes = st.integers(1, MANY)


def _by_the_standard(index: int, first: int, size: int) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1, word for word."""
    if size == 1:
        return []
    half = 1
    while half * 2 < size:
        half *= 2
    if index < half:
        beside = naive_root(LEAVES, size - half, first + half)
        return [*_by_the_standard(index, first, half), beside]
    beside = naive_root(LEAVES, half, first)
    return [*_by_the_standard(index - half, first + half, size - half), beside]


def _begun_by_the_standard(old: int, first: int, size: int, known: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, section 2.1.2, word for word."""
    if old == size:
        return [] if known else [naive_root(LEAVES, size, first)]
    half = 1
    while half * 2 < size:
        half *= 2
    if old <= half:
        beside = naive_root(LEAVES, size - half, first + half)
        return [*_begun_by_the_standard(old, first, half, known), beside]
    beside = naive_root(LEAVES, half, first)
    return [*_begun_by_the_standard(old - half, first + half, size - half, False), beside]


def test_every_proof_of_a_small_tree_is_that_of_the_standard() -> None:
    """Of each leaf in each tree up to 70, and of each beginning: the same hashes, and they hold."""
    for size in range(1, 71):
        root = GROWN.roots[size]
        for at in range(size):
            proof = inclusion(at, size, GROWN.subtree)
            assert _by_the_standard(at, 0, size) == proof
            assert root == root_by_inclusion(LEAVES[at], at, size, proof)
        for old in range(1, size + 1):
            proof = consistency(old, size, GROWN.subtree)
            assert _begun_by_the_standard(old, 0, size, True) == proof
            must_be_consistent(old, GROWN.roots[old], size, root, proof)
        assert [] == consistency(0, size, GROWN.subtree)
        must_be_consistent(0, EMPTY_ROOT, size, root, [])


@examples(200)
@given(sizes, st.data())
def test_proofs_of_a_larger_tree(size: int, data: st.DataObject) -> None:
    """Where tiles are full and half full: proofs are those of the standard, and hold."""
    at, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))

    proof = inclusion(at, size, GROWN.subtree)
    assert _by_the_standard(at, 0, size) == proof
    assert GROWN.roots[size] == root_by_inclusion(LEAVES[at], at, size, proof)
    begun = consistency(old, size, GROWN.subtree)
    assert (_begun_by_the_standard(old, 0, size, True) if old else []) == begun
    must_be_consistent(old, GROWN.roots[old], size, GROWN.roots[size], begun)


def _changed(proof: list[bytes], draw: Callable[[st.SearchStrategy[int]], int]) -> list[bytes]:
    """A proof in which something was done: a bit, a hash too many or too few, two that changed."""
    which = draw(st.integers(0, 3)) if proof else 1
    if which == 0:
        at, bit = draw(st.integers(0, len(proof) - 1)), draw(st.integers(0, 255))
        turned = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
        return [*proof[:at], turned, *proof[at + 1 :]]
    if which == 1:
        at = draw(st.integers(0, len(proof)))
        return [*proof[:at], LEAVES[draw(st.integers(0, MANY - 1))], *proof[at:]]
    if which == 2:
        at = draw(st.integers(0, len(proof) - 1))
        return [*proof[:at], *proof[at + 1 :]]
    a, b = (draw(st.integers(0, len(proof) - 1)) for _ in range(2))
    swapped = list(proof)
    swapped[a], swapped[b] = swapped[b], swapped[a]
    return swapped


@examples(400)
@given(sizes, st.data())
def test_no_changed_proof_of_a_record_holds(size: int, data: st.DataObject) -> None:
    """A bit, a hash more or less, two changed about; another place, another size, another leaf."""
    at = data.draw(st.integers(0, size - 1))
    proof, root = inclusion(at, size, GROWN.subtree), GROWN.roots[size]
    other = _changed(proof, data.draw)

    if when(other != proof):
        assert not _leads_to(root, LEAVES[at], at, size, other)
    elsewhere = data.draw(st.integers(0, MANY))
    if when(elsewhere != at):
        assert not _leads_to(root, LEAVES[at], elsewhere, size, proof)
        assert not _leads_to(root, LEAVES[elsewhere % MANY], at, size, proof) or (
            elsewhere % MANY == at
        )
    grown = data.draw(st.integers(0, MANY))
    if when(grown != size):
        assert not _leads_to(GROWN.roots[grown], LEAVES[at], at, size, proof)


def _leads_to(root: bytes, leaf: bytes, at: int, size: int, proof: list[bytes]) -> bool:
    try:
        return root_by_inclusion(leaf, at, size, proof) == root
    except Tampered:
        return False


@examples(400)
@given(sizes, st.data())
def test_no_changed_proof_of_growth_holds(size: int, data: st.DataObject) -> None:
    """Nor between other roots or sizes than those it is about."""
    old = data.draw(st.integers(0, size))
    proof = consistency(old, size, GROWN.subtree)
    about = old, GROWN.roots[old], size, GROWN.roots[size]
    other = _changed(proof, data.draw)

    if when(other != proof):
        assert not _holds(*about, other)
    further = data.draw(st.integers(0, MANY))
    if when(further != old):
        assert not _holds(further, *about[1:], proof)
        # The empty tree begins every other one, and nothing has to be shown of it.
        assert not _holds(old, GROWN.roots[further], *about[2:], proof)
    if when(further != size and old):
        assert not _holds(*about[:3], GROWN.roots[further], proof)
    if when(further not in (old, size) and old and further >= old):
        shown = consistency(old, further, GROWN.subtree)
        assert not _holds(old, about[1], further, about[3], shown)


def _holds(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    try:
        must_be_consistent(old, old_root, new, new_root, proof)
    except Tampered:
        return False
    return True


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (5, 5), (-1, 3), (600, 5)])
def test_there_is_no_proof_of_what_is_not_there(index: int, size: int) -> None:
    """Of nothing in an empty tree, nor behind the end: neither made nor taken."""
    with pytest.raises(NotFound, match="has no record"):
        inclusion(index, size, GROWN.subtree)
    with pytest.raises(Tampered, match="has no record"):
        root_by_inclusion(LEAVES[0], index, size, [])


def test_a_tree_that_shrank_is_told() -> None:
    """Neither made nor taken; and the same size has one root only."""
    with pytest.raises(NotFound, match=r"5 records does not begin with 6"):
        consistency(6, 5, GROWN.subtree)
    with pytest.raises(Tampered, match=r"5 records does not begin with 6"):
        must_be_consistent(6, GROWN.roots[6], 5, GROWN.roots[5], [])
    with pytest.raises(Tampered, match="roots of a log of 5 records differ"):
        must_be_consistent(5, GROWN.roots[5], 5, GROWN.roots[4], [])
    with pytest.raises(Tampered, match="roots of a log of 0 records differ"):
        must_be_consistent(0, GROWN.roots[1], 5, GROWN.roots[5], [])
    with pytest.raises(Tampered, match="does not have 0 hashes"):
        must_be_consistent(3, GROWN.roots[3], 5, GROWN.roots[5], [])


@pytest.mark.parametrize("size", [2**16 - 1, 2**16 + 1, 2**32 - 1, 2**32, 2**32 + 1, 2**62 - 5])
def test_proofs_of_sizes_that_nobody_has(size: int) -> None:
    """A tree whose leaves are all alike is as large as one likes, and its proofs hold."""

    def subtree(_: int, leaves: int) -> bytes:
        return frontier_at(leaves, lambda level, a, b: _tiles(level, b - a), _alike).root()

    root = subtree(0, size)
    for at in some_of((0, 1, size // 2, size // 3, size - 2, size - 1)):
        proof = inclusion(at, size, subtree)
        assert len(proof) <= (size - 1).bit_length()
        assert root == root_by_inclusion(LEAVES[0], at, size, proof)
        begun = consistency(at, size, subtree)
        must_be_consistent(at, subtree(0, at), size, root, begun)


def _alike(first: int, end: int) -> list[bytes]:
    return [LEAVES[0]] * (end - first)


def _tiles(level: int, many: int) -> list[bytes]:
    """So many tiles of a level of the tree whose leaves are all alike."""
    return [_tile(level)] * many


def _tile(level: int) -> bytes:
    part = Frontier()
    part.extend([LEAVES[0] if level == 0 else _tile(level - 1)] * (1 << TILE_HEIGHT))
    return part.root()


def test_a_log_proves_from_its_tiles(ledger: Ledger) -> None:
    """Each record at each size of a log, and each size since another; nothing is looked through."""
    log = ledger.log(RALLY)
    log.append([constituted(), *islice((remark(str(each)) for each in count()), 699)])
    leaves = [each.leaf for each in log.read()]

    for size in (1, 255, 256, 257, 511, 512, 700):
        root = log.recorder.root_at(size)
        for position in some_of(each for each in (1, 2, 256, 257, 512, 700) if each <= size):
            proof = log.inclusion(position, size)
            assert root == root_by_inclusion(leaves[position - 1], position - 1, size, proof)
            begun = log.consistency(position, size)
            must_be_consistent(position, log.recorder.root_at(position), size, root, begun)
    with pytest.raises(NotFound):
        log.inclusion(701, 700)


@pytest.mark.slow
def test_very_many_records_are_proven_at_once(ledger: Ledger) -> None:
    """In a tenth of a second at most, each; made and checked: of a million, RALLY_EXAMPLES=1."""
    log, size = ledger.log(RALLY), share_of(1_000_000)
    log.append([constituted(), *(remark(str(each)) for each in range(size - 1))])
    assert size == log.head().size
    took = []
    for position in some_of((1, 2, min(65_536, size), size // 8, size // 2 + 1, size - 256, size)):
        leaf, root = log.at(position).leaf, log.recorder.root_at(size)
        begun = time.process_time(), time.perf_counter()
        proof = log.inclusion(position, size)
        assert root == root_by_inclusion(leaf, position - 1, size, proof)
        since = time.process_time(), time.perf_counter()
        shown = log.consistency(position, size)
        took += [since[0] - begun[0], time.process_time() - since[0]]
        must_be_consistent(position, log.recorder.root_at(position), size, root, shown)
    assert max(took) < 0.1, took

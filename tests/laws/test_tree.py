"""Laws of the tree: the root is that of RFC 6962, at the head and at every earlier size."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import Frontier, frontier_at, leaf_hash
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally, observations, unique
from tests.laws.words import CODE


def _naive_root(leaves: Sequence[bytes], size: int) -> bytes:
    """The root over the first leaves, word for word as RFC 6962 defines it in section 2.1."""
    return _naive(tuple(leaves))(0, size)


@cache
def _naive(leaves: tuple[bytes, ...]) -> Callable[[int, int], bytes]:
    @cache
    def tree_hash(first: int, end: int) -> bytes:
        if first == end:
            return hashlib.sha256(b"").digest()
        if end - first == 1:
            return leaves[first]
        half = 1
        while half * 2 < end - first:
            half *= 2
        left, right = tree_hash(first, first + half), tree_hash(first + half, end)
        return hashlib.sha256(b"\x01" + left + right).digest()

    return tree_hash


class _Grown:
    """A tree that grew leaf by leaf, with the tiles that it left behind."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.frontier = Frontier()
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.roots = [self.frontier.root()]
        for leaf in leaves:
            for level, index, digest in self.frontier.append(leaf):
                assert (level, index) not in self.tiles
                self.tiles[level, index] = digest
            self.roots.append(self.frontier.root())

    def at(self, size: int) -> Frontier:
        """The tree as it was, from the tiles and the leaves behind the last of them."""
        return frontier_at(
            size,
            lambda level, first, end: [self.tiles[level, index] for index in range(first, end)],
            lambda first, end: self.leaves[first:end],
        )


def _leaves(count: int, salt: bytes = b"") -> list[bytes]:
    return [leaf_hash(salt + str(number).encode()) for number in range(count)]


def test_every_root_is_that_of_the_standard() -> None:
    """For each of the first 600 sizes, grown or looked up later, the root is the standard's."""
    grown = _Grown(_leaves(600))

    for size in range(601):
        expected = _naive_root(grown.leaves, size)
        assert expected == grown.roots[size]
        assert expected == grown.at(size).root()


def test_tiles_of_tiles_give_the_same_root() -> None:
    """Beyond 65,536 records, where tiles are gathered into tiles of their own, nothing changes."""
    grown = _Grown(_leaves(65_536 + 700))

    assert {0, 1} == {level for level, _ in grown.tiles}
    for size in (65_535, 65_536, 65_537, 65_536 + 256, 65_536 + 699):
        expected = _naive_root(grown.leaves, size)
        assert expected == grown.roots[size]
        assert expected == grown.at(size).root()


@examples(30)
@given(st.integers(0, 600), st.binary(max_size=4), st.integers(0, 600))
def test_a_stored_tree_goes_on_where_it_stopped(size: int, salt: bytes, further: int) -> None:
    """A tree that is stored and read back grows on as if it had never been put away."""
    leaves = _leaves(max(size, further), salt)
    grown = _Grown(leaves[:size])

    stored = Frontier.from_bytes(size, grown.frontier.to_bytes())
    for leaf in leaves[size:]:
        stored.append(leaf)
    assert _naive_root(leaves, len(leaves)) == stored.root()


@examples(30)
@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=20), st.data())
def test_no_leaf_can_be_changed_unnoticed(said: list[bytes], data: st.DataObject) -> None:
    """Another content, another order or one record less: each gives another root."""
    leaves = [leaf_hash(each) for each in said]
    root = _Grown(leaves).frontier.root()
    at = data.draw(st.integers(0, len(leaves) - 1))

    altered = [*leaves[:at], leaf_hash(said[at] + b"!"), *leaves[at + 1 :]]
    assert _Grown(altered).frontier.root() != root
    assert _Grown(leaves[:-1]).frontier.root() != root
    if leaves[0] != leaves[at]:
        swapped = [leaves[at], *leaves[1:at], leaves[0], *leaves[at + 1 :]]
        assert _Grown(swapped).frontier.root() != root


@examples(8)
@given(st.lists(st.lists(observations, min_size=1, max_size=8), min_size=1, max_size=5))
def test_a_log_keeps_the_root_of_every_position(batches: list[Rally]) -> None:
    """However records came in, the log's root at each position is that of its leaves up to it."""
    with sites() as opened:
        log = opened.ledger("main").log(CODE)
        for batch in batches:
            log.append(unique(batch))
        leaves = [record.leaf for record in log.read()]

        assert _naive_root(leaves, len(leaves)) == log.head().root()
        for position in range(len(leaves) + 1):
            assert _naive_root(leaves, position).hex() == log.root_at(position)

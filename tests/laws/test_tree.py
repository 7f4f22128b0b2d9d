"""Laws of the tree: the root is that of RFC 6962, at the head and at every earlier size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import Frontier, leaf_hash
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally, observations, unique
from tests.laws.words import CODE
from tests.proofs.trees import Grown, naive_root, some_leaves


def test_every_root_is_that_of_the_standard() -> None:
    """For each of the first 600 sizes, grown or looked up later, the root is the standard's."""
    grown = Grown(some_leaves(600))

    for size in range(601):
        expected = naive_root(grown.leaves, size)
        assert expected == grown.roots[size]
        assert expected == grown.at(size).root()


def test_tiles_of_tiles_give_the_same_root() -> None:
    """Beyond 65,536 records, where tiles are gathered into tiles of their own, nothing changes."""
    grown = Grown(some_leaves(65_536 + 700))

    assert {0, 1} == {level for level, _ in grown.tiles}
    for size in (65_535, 65_536, 65_537, 65_536 + 256, 65_536 + 699):
        expected = naive_root(grown.leaves, size)
        assert expected == grown.roots[size]
        assert expected == grown.at(size).root()


@examples(30)
@given(st.integers(0, 600), st.binary(max_size=4), st.integers(0, 600))
def test_a_stored_tree_goes_on_where_it_stopped(size: int, salt: bytes, further: int) -> None:
    """A tree that is stored and read back grows on as if it had never been put away."""
    leaves = some_leaves(max(size, further), salt)
    grown = Grown(leaves[:size])

    stored = Frontier.from_bytes(size, grown.frontier.to_bytes())
    for leaf in leaves[size:]:
        stored.append(leaf)
    assert naive_root(leaves, len(leaves)) == stored.root()


@examples(30)
@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=20), st.data())
def test_no_leaf_can_be_changed_unnoticed(said: list[bytes], data: st.DataObject) -> None:
    """Another content, another order or one record less: each gives another root."""
    leaves = [leaf_hash(each) for each in said]
    root = Grown(leaves).frontier.root()
    at = data.draw(st.integers(0, len(leaves) - 1))

    altered = [*leaves[:at], leaf_hash(said[at] + b"!"), *leaves[at + 1 :]]
    assert Grown(altered).frontier.root() != root
    assert Grown(leaves[:-1]).frontier.root() != root
    if leaves[0] != leaves[at]:
        swapped = [leaves[at], *leaves[1:at], leaves[0], *leaves[at + 1 :]]
        assert Grown(swapped).frontier.root() != root


@examples(8)
@given(st.lists(st.lists(observations, min_size=1, max_size=8), min_size=1, max_size=5))
def test_a_log_keeps_the_root_of_every_position(batches: list[Rally]) -> None:
    """However records came in, the log's root at each position is that of its leaves up to it."""
    with sites() as opened:
        log = opened.ledger("main").log(CODE)
        for batch in batches:
            log.append(unique(batch))
        leaves = [record.leaf for record in log.read()]

        assert naive_root(leaves, len(leaves)) == log.head().root()
        for position in range(len(leaves) + 1):
            assert naive_root(leaves, position).hex() == log.root_at(position)

"""Proofs over the tree: that a leaf is in it, and that a larger tree goes on where another stopped.

They are those of RFC 6962, sections 2.1.1 and 2.1.2, and are checked as RFC 9162 says in sections
2.1.3.2 and 2.1.4.2. Leaves are counted from zero here, as these texts do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ledger.errors import NotFound, Tampered
from ledger.merkle import EMPTY_ROOT, node_hash

Subtree = Callable[[int, int], bytes]
"""The root over the leaves from one on, so many of them: what a log looks up in its tiles."""
LARGEST = 2**62
"""As many leaves as a tree has at most: beyond it, checkers that count in 64 bits do not end."""


def inclusion(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The proof that a leaf stands at an index of the tree of so many leaves, its sibling first.

    Raises:
        NotFound: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise NotFound(f"A log of {size} records has no record #{index + 1}.")
    return [subtree(*each) for each in _beside(index, 0, size)]


def consistency(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old` ones.

    Nothing needs to be shown of a tree that is empty, or the same.

    Raises:
        NotFound: the tree is smaller than that.
    """
    if not 0 <= old <= new:
        raise NotFound(f"A log of {new} records does not begin with {old} records.")
    if old in (0, new):
        return []
    # The old tree ends within the new one: the largest whole tree at its end stands for both.
    last = old & -old
    begun = [] if old == last else [subtree(old - last, last)]
    return begun + [subtree(*each) for each in _beside(old - last, 0, new, last)]


def _beside(first: int, begin: int, size: int, width: int = 1) -> Iterator[tuple[int, int]]:
    """What stands beside the way to a whole subtree, from it up to the root: begin and size."""
    if size <= width:
        return
    half = 1 << (size - 1).bit_length() - 1
    if first < begin + half:
        yield from _beside(first, begin, half, width)
        yield begin + half, size - half
    else:
        yield from _beside(first, begin + half, size - half, width)
        yield begin, half


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that a tree of so many leaves has, if this leaf stands at that index of it.

    Raises:
        Tampered: the proof is none of such a tree, whatever its root.
    """
    if not 0 <= index < size:
        raise Tampered(f"A log of {size} records has no record #{index + 1}.")
    root = leaf
    for beside, left in _climb(index, size - 1, proof, f"#{index + 1} of {size}"):
        root = node_hash(beside, root) if left else node_hash(root, beside)
    return root


def must_be_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Refuse a proof that does not show that the new tree begins with the old one.

    Raises:
        Tampered: it shows another thing, or nothing.
    """
    if not 0 <= old <= new:
        raise Tampered(f"A log of {new} records does not begin with {old} records.")
    if old in (0, new):
        if proof:
            raise _another_length(proof, f"{old} of {new}")
        if old_root != (EMPTY_ROOT if old == 0 else new_root):
            raise Tampered(f"The roots of a log of {old} records differ.")
        return
    before, after = _ends(old, old_root, new, proof)
    if before != old_root:
        raise Tampered(f"The proof does not begin with the root of the first {old} records.")
    if after != new_root:
        raise Tampered(f"The proof does not lead to the root of {new} records.")


def _ends(old: int, old_root: bytes, new: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees, as they follow from a proof of growth."""
    whole = old & -old
    path = [old_root, *proof] if whole == old else proof
    where = f"{old} of {new}"
    if not path:
        raise _another_length(proof, where)
    height = whole.bit_length() - 1
    before = after = path[0]
    for beside, left in _climb(old - 1 >> height, new - 1 >> height, path[1:], where):
        before = node_hash(beside, before) if left else before
        after = node_hash(beside, after) if left else node_hash(after, beside)
    return before, after


def _climb(at: int, last: int, proof: Sequence[bytes], where: str) -> Iterator[tuple[bytes, bool]]:
    """The hashes of a proof on the way up to the root, and whether each stands to the left.

    `at` is where the way begins, and `last` where the tree ends at that height.
    """
    for beside in proof:
        if last == 0:
            raise _another_length(proof, where)
        left = bool(at & 1) or at == last
        while left and not at & 1 and at:  # at the right edge what has no sibling goes up
            at, last = at >> 1, last >> 1
        yield beside, left
        at, last = at >> 1, last >> 1
    if last != 0:
        raise _another_length(proof, where)


def _another_length(proof: Sequence[bytes], where: str) -> Tampered:
    return Tampered(f"A proof of {where} does not have {len(proof)} hashes.")

"""The draw of cells for a second reading, and what the errors found in it prove of all the others.

Whoever has the record of the closing and of the dice can draw again in a few lines, and whoever
has the counts can prove again: both are exact.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import comb


def seed_of(root: str, throws: Mapping[str, str]) -> str:
    """The seed: the SHA-256 of the root, then of each office and its throw, by office, in lines."""
    lines = [root, *(f"{office} {throws[office]}" for office in sorted(throws))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def drawn(seed: str, cells: Iterable[str], wanted: int) -> list[str]:
    """So many of these cells: those of the least SHA-256 of the seed, a blank and their name."""
    order = {each: hashlib.sha256(f"{seed} {each}".encode()).digest() for each in cells}
    return sorted(order, key=lambda each: (order[each], each))[:wanted]


def fewer_than(cells: int, read: int, wrong: int, confidence: Fraction) -> int:
    """What a sample proves: fewer of the cells than this are wrong, with that confidence.

    Of `cells` so many were drawn and `read`, and so many of those found `wrong`. If one more were
    wrong than it allows, so few would have been found with a probability of no more than what the
    confidence leaves: the exact one-sided bound of a draw without putting back (hypergeometric).
    It is one more than `cells` where nothing is proved.
    """
    left, draws = 1 - confidence, comb(cells, read)
    least, most = wrong, cells
    while least < most:  # the more are wrong, the less likely it is to find so few
        errors = (least + most + 1) // 2
        if _ways(cells, read, wrong, errors) * left.denominator > left.numerator * draws:
            least = errors
        else:
            most = errors - 1
    return least + 1


def _ways(cells: int, read: int, wrong: int, errors: int) -> int:
    """In how many of all draws at most so many wrong ones are found, where so many are."""
    right = cells - errors
    first = max(0, read - right)
    if first > wrong:
        return 0
    found = ways = comb(errors, first) * comb(right, read - first)
    for each in range(first, min(wrong, errors, read)):
        ways = ways * (errors - each) * (read - each) // ((each + 1) * (right - read + each + 1))
        found += ways
    return found

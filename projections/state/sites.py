"""Sites: whose records a log holds, which of their numbers are missing, and which stand twice.

Every site numbers what it records 1, 2, 3 … without gaps. So a number that is missing below the
highest is a record that has not arrived, and a number of two records means that two machines wrote
under one name.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import msgspec

from projections.state.rally import RallyState


class SiteLog(msgspec.Struct, frozen=True):
    """What the log holds of one site: how many records, its last number, and what is wrong.

    `missing` are runs of numbers, first and last; `twice` are numbers of several occurrences.
    """

    site: str
    records: int
    last: int
    missing: tuple[tuple[int, int], ...]
    twice: tuple[int, ...]


def sites(state: RallyState) -> tuple[SiteLog, ...]:
    """Every site whose records the log holds, in alphabetical order."""
    return tuple(
        SiteLog(
            site,
            len({each for ids in numbers.values() for each in ids}),
            max(numbers),
            _missing(numbers),
            tuple(sorted(number for number, ids in numbers.items() if len(ids) > 1)),
        )
        for site, numbers in sorted(state.facts.numbers.items())
    )


def runs(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Numbers as runs, the first and the last of each."""
    found: list[tuple[int, int]] = []
    for each in sorted(numbers):
        begun = found.pop()[0] if found and found[-1][1] == each - 1 else each
        found.append((begun, each))
    return tuple(found)


def _missing(numbers: dict[int, tuple[str, ...]]) -> tuple[tuple[int, int], ...]:
    held = [0, *sorted(number for number in numbers if number > 0)]
    return tuple((a + 1, b - 1) for a, b in itertools.pairwise(held) if b - a > 1)


def run(first: int, last: int) -> str:
    """ "#3", or "#3 to #5"."""
    return f"#{first}" if first == last else f"#{first} to #{last}"

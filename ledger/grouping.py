"""Putting together what belongs together: the records of a crew, of a stage, about a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    """The values by their keys, both in the order in which they come; nothing by any other key."""
    found: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def sets_of(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, set[Value]]:
    """The values by their keys, each once; nothing by any other key."""
    found: dict[Key, set[Value]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found

"""Few: what was made last, by what it was made of; what is forgotten is made again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Made = TypeVar("Made")


class Few(Generic[Key, Made]):
    """So many things at most; threads may share them: at worst, two of them make the same."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Key, Made] = {}

    def of(self, key: Key, make: Callable[[], Made]) -> Made:
        """What is made of that, or was."""
        if (found := self._made.get(key)) is None:
            if len(self._made) >= self._most:
                self._made.clear()
            found = self._made[key] = make()
        return found

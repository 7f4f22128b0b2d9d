"""Who watches what a ledger appends: told before the commit, and once it is kept."""

from __future__ import annotations


class Watch:
    """A watch over the appends of a ledger. This one looks away."""

    def begins(self, key: str) -> None:
        """An act is about to be appended under this key; empty where it has none."""

    def kept(self, first: int, last: int, identity: str) -> None:
        """Records were kept, from one position to another; the id is that of the first."""


NOBODY = Watch()

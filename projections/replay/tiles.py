"""Tiles: what a range of positions showed, as what became another in it, line by line.

A tile begins with every list as it stood at its first position, so that it needs no other tile.
Behind that stands, for each list and each position at which it changed, which lines went and which
came in which place. What follows from the lines by what a classification is (the total as the sum,
the place by the order, the gap to the first, the interval to the line before) is not repeated:
`lookup` tells it, as the contract defines it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from projections.replay.lookup import FORMAT
from projections.replay.shown import Listing, Shown

SIZE = 1000
"""So many positions are in a tile."""
Item = tuple[int, ...]
Naming = Callable[[int], Callable[[str], str]]
Frame = list[Any]
"""How far behind the frame before, what it is of (0: as before), and for rows and others in turn
which lines went and which came; what is empty at the end is left out."""


def number_of(position: int) -> int:
    """The tile that holds a position; position 0 is the empty log."""
    return position // SIZE


def bounds_of(number: int) -> tuple[int, int]:
    """The first and the last position of a tile that is closed."""
    return number * SIZE, number * SIZE + SIZE - 1


class Tile:
    """One tile, taken in position by position.

    `naming` says how words name records, by what is known at a position.
    """

    def __init__(self, first: int, naming: Naming = lambda _: str) -> None:
        self._first = first
        self._naming, self._named = naming, naming(first)
        self._crews, self._flags, self._fates, self._scopes = (_Table() for _ in range(4))
        self._lists: dict[str, _List] = {}
        self._ranked, self._rulebooks = _Versions(), _Versions()

    def take(self, position: int, shown: Shown) -> None:
        """Take in what was shown from a position on."""
        self._named = self._naming(position)
        self._ranked.take(position, shown.ranked)
        self._rulebooks.take(position, shown.rulebook)
        for name in dict.fromkeys((*self._lists, *shown.listings)):
            held = self._lists.setdefault(name, _List(self._first))
            found = shown.listings.get(name, _ABSENT)
            held.take(position, *self._items(found, shown))

    def _items(self, found: Listing, shown: Shown) -> tuple[int, list[Item], list[Item]]:
        return (
            self._scopes.place(self._about(found)),
            list(self._rows(found, shown)),
            [
                (
                    self._crews.place(shown.entries[each.number]),
                    self._fates.place((each.status, each.stage, self._named(each.reason))),
                )
                for each in found.unclassified
            ],
        )

    def _rows(self, found: Listing, shown: Shown) -> Iterator[Item]:
        place = 0
        for index, row in enumerate(found.rows, 1):
            shares, place = row.place == place and index > 1, row.place
            flags = self._flags.place(row.flags)
            crew = self._crews.place(shown.entries[row.number])
            yield crew, row.time_ms, row.penalty_ms, 2 * flags + shares

    def _about(self, found: Listing) -> Any:
        if found.error is not None:
            told = found.error
            words = (self._named(told.message), self._named(told.hint))
            return ("error", told.kind, *words, told.exit_code)
        if found.scope is None:
            return None
        return ("closed up" if found.closes_up else "scope", *found.scope.items())

    def document(self, last: int, received: Iterable[int], edition: int, root: str) -> Any:
        """The tile up to its last position.

        `received` says when each record of it was received (UTC ms), `root` is that of the log at
        the last position, `edition` that of the rules by which it was computed.
        """
        return {
            "format": FORMAT,
            "first": self._first,
            "last": last,
            "root": root,
            "edition": edition,
            "received": _steps_of(received),
            "crews": self._crews.values,
            "flags": self._flags.values,
            "fates": self._fates.values,
            "scopes": [_as_told(each) for each in self._scopes.values],
            "ranked": self._ranked.told,
            "rulebooks": self._rulebooks.told,
            "lists": {name: held.frames for name, held in self._lists.items()},
        }


_ABSENT = Listing(None)


def _as_told(about: Any) -> Any:
    if about is None:
        return None
    what, *told = about
    if what != "error":
        return {"scope": dict(told), **({} if what == "scope" else {"closes_up": True})}
    return {"error": dict(zip(("kind", "message", "hint", "exit_code"), told, strict=True))}


def _steps_of(received: Iterable[int]) -> list[int]:
    """The first as it is, each of the others as what is added to the one before."""
    told = list(received)
    return told[:1] + [after - before for before, after in pairwise(told)]


class _Table:
    """Values of which each is told once, and elsewhere by its place."""

    def __init__(self) -> None:
        self._places: dict[Hashable, int] = {}

    def place(self, value: Hashable) -> int:
        return self._places.setdefault(value, len(self._places))

    @property
    def values(self) -> list[Any]:
        return list(self._places)


class _Versions:
    """What something was, each from a position on."""

    def __init__(self) -> None:
        self.told: list[tuple[int, Any]] = []

    def take(self, position: int, value: Any) -> None:
        if not self.told or self.told[-1][1] != value:
            self.told.append((position, value))


class _List:
    """What became of one list in a tile."""

    def __init__(self, first: int) -> None:
        self.frames: list[Frame] = []
        self._position = first
        self._scope = -1
        self._held: tuple[list[Item], list[Item]] = [], []

    def take(self, position: int, scope: int, *items: list[Item]) -> None:
        other = scope != self._scope
        now = items[0], items[1]
        if not other and now == self._held:
            return
        frame: Frame = [position - self._position, scope + 1 if other else 0]
        for before, after in zip(self._held, now, strict=True):
            frame += changes(before, after)
        while not frame[-1]:
            frame.pop()
        self.frames.append(frame)
        self._position, self._scope, self._held = position, scope, now


def changes(before: Sequence[Item], after: Sequence[Item]) -> tuple[list[int], list[int]]:
    """Which lines went and which came: runs of places that go, and what is put where.

    What goes stands as (place, how many) by the places before; what comes as (how many lines stay
    since the one that came before, the line) by the places after. No fewer would do.
    """
    stay = _staying(before, after)
    gone: list[int] = []
    going = [place for place in range(len(before)) if place not in stay]
    for place in going:
        if gone and gone[-2] + gone[-1] == place:
            gone[-1] += 1
        else:
            gone += [place, 1]
    kept, come, since = set(stay.values()), list[int](), 0
    for place, item in enumerate(after):
        if place in kept:
            since += 1
        else:
            come += [since, *item]
            since = 0
    return gone, come


def _staying(before: Sequence[Item], after: Sequence[Item]) -> dict[int, int]:
    """The lines that stay in their order, as many as can: the place after by the place before."""
    places = {item: place for place, item in enumerate(before)}
    common = [(places[item], place) for place, item in enumerate(after) if item in places]
    ends: list[int] = []
    links: list[tuple[int, int]] = []
    """Of each, where it stands among `ends`' chains, and the one before it in its chain."""
    last: list[int] = []
    for index, (was, _) in enumerate(common):
        length = bisect_left(ends, was)
        links.append((index, last[length - 1] if length else -1))
        if length == len(ends):
            ends.append(was)
            last.append(index)
        else:
            ends[length], last[length] = was, index
    found: dict[int, int] = {}
    at = last[-1] if last else -1
    while at >= 0:
        was, place = common[at]
        found[was] = place
        at = links[at][1]
    return found

"""Intervals: how long each line of a classification held, along the log or along the rally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from projections.replay.shown import Complaint, Shown
from projections.results.standings import Row, Unclassified

Line = Row | Unclassified | Complaint
"""A crew that is classified, one that is not, or why there is no list."""
Moment = TypeVar("Moment")
NOBODY = ""
"""No crew has this number: under it stands why there is no list."""


class Held(NamedTuple, Generic[Moment]):
    """A line of a list: from the moment at which it appeared, until the one at which it was gone.

    `until` is None of what holds to the end.
    """

    listing: str
    number: str
    since: Moment
    until: Moment | None
    line: Line


def intervals(moments: Iterable[tuple[Moment, Shown]]) -> Iterator[Held[Moment]]:
    """How long each line of each list held, in the order in which they were gone.

    `moments` are all those at which anything changes, in their order, with what was shown from then
    on.
    """
    held: dict[tuple[str, str], tuple[Moment, Line]] = {}
    for moment, shown in moments:
        now = {
            (name, number): line
            for name, listing in shown.listings.items()
            for number, line in _lines(listing.rows, listing.unclassified, listing.error)
        }
        for key in [each for each in held if now.get(each) != held[each][1]]:
            since, line = held.pop(key)
            yield Held(*key, since, moment, line)
        for key, line in now.items():
            held.setdefault(key, (moment, line))
    for key, (since, line) in held.items():
        yield Held(*key, since, None, line)


def _lines(
    rows: Iterable[Row], out: Iterable[Unclassified], error: Complaint | None
) -> Iterator[tuple[str, Line]]:
    yield from ((each.number, each) for each in rows)
    yield from ((each.number, each) for each in out)
    if error is not None:
        yield NOBODY, error

"""The standings as tables: every line of every list, with how long it held, on both axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import groupby
from typing import Any, TypeVar

from cli.office.forms import plain
from cli.office.view import View
from cli.tables import words
from cli.tables.intervals import NOBODY, Held, intervals
from cli.tables.table import Row
from ledger.times import within_the_years
from projections.replay.road import along_the_road
from projections.replay.shown import Complaint
from projections.replay.walk import Walk
from projections.results.standings import Row as Classified
from projections.state.entries import by_number
from projections.state.participation import CLASSIFIED

Told = TypeVar("Told")
_ENTRY = tuple(each.name for each in words.ENTRY)
_UNKNOWN: Row = {
    **{each.name: [] if each.kind == "texts" else "" for each in words.ENTRY},
    **{each.name: None for each in words.lines(()) if not each.needed},
    "stage": "",
    "reason": "",
    "flags": [],
}
"""What a line says that says nothing else."""


class Standing:
    """The lists of a rally, along its log up to a position and along its time as known there.

    `progress` is told how many moments of them were looked at.
    """

    def __init__(self, seen: View, progress: Callable[[int], None] = lambda _: None) -> None:
        self._seen, self._progress, self._looked_at = seen, progress, 0

    def along_the_log(self) -> Iterator[Row]:
        """Every line with the positions over which it held."""
        return self._lines(self._along_the_log, self._positions)

    def along_the_rally(self) -> Iterator[Row]:
        """Every line with the instants over which it held by what had happened."""
        return self._lines(self._along_the_rally, self._instants)

    def none_along_the_log(self) -> Iterator[Row]:
        """Why there was no list, with the positions."""
        return self._complaints(self._along_the_log, self._positions)

    def none_along_the_rally(self) -> Iterator[Row]:
        """Why there is no list, with the instants."""
        return self._complaints(self._along_the_rally, self._instants)

    @cached_property
    def listed(self) -> dict[str, Row]:
        """What lists say of each crew that was ever in one, as they said it last."""
        found: dict[str, Row] = {}
        for each in sorted(self._along_the_log, key=lambda each: each.since):
            if each.number != NOBODY:
                told = plain(each.line)
                found[each.number] = {name: told[name] for name in _ENTRY if name in told}
        for held in self._along_the_rally:
            if held.number != NOBODY:
                found.setdefault(held.number, {})
        return found

    @cached_property
    def _along_the_log(self) -> list[Held[int]]:
        until = self._seen.position
        if not until:
            return []
        moments = Walk(self._seen.timeline, until).along(1, until)
        found = intervals(self._told_of(moments))
        return sorted(found, key=lambda each: (*_name(each), each.since))

    @cached_property
    def _along_the_rally(self) -> list[Held[int | None]]:
        if not self._seen.position:
            return []
        moments = along_the_road(self._seen.timeline, self._seen.position)
        found = intervals(self._told_of(moments))
        return sorted(found, key=lambda e: (*_name(e), e.since is not None, e.since or 0))

    def _told_of(self, moments: Iterator[Told]) -> Iterator[Told]:
        """The same moments; whoever waits is told how many were looked at."""
        for each in moments:
            self._looked_at += 1
            self._progress(self._looked_at)
            yield each

    def _positions(self, each: Held[int]) -> Row:
        last = self._seen.position if each.until is None else each.until - 1
        return {"from_position": each.since, "to_position": last}

    def _instants(self, each: Held[int | None]) -> Row:
        last = None if each.until is None else each.until - 1
        return {**_moment("from_at", each.since), **_moment("to_at", last)}

    @staticmethod
    def _lines(held: list[Held[Any]], when: Callable[[Held[Any]], Row]) -> Iterator[Row]:
        for version, each in _numbered(held):
            if not isinstance(each.line, Complaint):
                status = {"status": CLASSIFIED} if isinstance(each.line, Classified) else {}
                named = {"classification": each.listing, "number": each.number}
                told = {**_UNKNOWN, **status, **plain(each.line)}
                yield {**told, **named, "version": version, **when(each)}

    @staticmethod
    def _complaints(held: list[Held[Any]], when: Callable[[Held[Any]], Row]) -> Iterator[Row]:
        for version, each in _numbered(held):
            if isinstance(each.line, Complaint):
                named = {"classification": each.listing, "version": version}
                yield {**named, **when(each), "why": each.line.message}


def _numbered(held: list[Held[Any]]) -> Iterator[tuple[int, Held[Any]]]:
    """The lines, each with its number among those of one crew in one list."""
    for _, several in groupby(held, key=_name):
        yield from enumerate(several, 1)


def _name(each: Held[Any]) -> tuple[str, tuple[int, int, str]]:
    return each.listing, by_number(each.number)


def _moment(name: str, ms: int | None) -> dict[str, Any]:
    told = None if ms is None else within_the_years(ms, 0).iso()
    return {name: told, f"{name}_ms": ms}

"""A log with a few records that are only supposed: how it would stand if they were appended.

What is supposed is carried into a timeline like what was appended, so an act is previewed by what
will take it in. Nothing of it is kept, and the timeline of the log itself knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from ledger.record import arrival_of
from ledger.scan import Scan, Scanned
from ledger.vocabulary import Occurrence, canonical, occurrence_id
from projections.state.facts import Fold
from projections.timeline.indexed import Index
from projections.timeline.saved import from_bytes, to_bytes
from projections.timeline.timeline import Timeline


class _Supposed:
    """A record that is supposed: its row, and the tags by which it would be found."""

    def __init__(self, position: int, said: Occurrence) -> None:
        arrival = arrival_of(said)
        self.row = Scanned(position, arrival.type, arrival.id, arrival.data)
        self.tags = frozenset(arrival.tags)
        self.said = said


class ScanWith(Scan):
    """The rows of a log up to a position, and behind it those that are supposed."""

    def __init__(self, of: Scan, position: int, supposed: Sequence[_Supposed]) -> None:
        self._of_log = of
        self._position = position
        self._supposed = supposed

    def rows(self, after: int, until: int) -> Iterator[tuple[int, str, str, bytes]]:
        """The rows after one position and up to another, in their order."""
        yield from self._of_log.rows(after, min(until, self._position))
        yield from (each.row for each in self._supposed if after < each.row.position <= until)

    def at(self, positions: Iterable[int]) -> Iterator[Scanned]:
        """The rows at these positions."""
        wanted = set(positions)
        yield from self._of_log.at(each for each in wanted if each <= self._position)
        yield from (each.row for each in self._supposed if each.row.position in wanted)

    def with_ids(self, ids: Iterable[str]) -> Iterator[Scanned]:
        """The rows of these occurrences."""
        wanted = set(ids)
        held = self._of_log.with_ids(wanted)
        yield from (each for each in held if each.position <= self._position)
        yield from (each.row for each in self._supposed if each.row.id in wanted)

    def tagged(
        self, tags: Sequence[str], types: Collection[str], until: int, after: int = 0
    ) -> list[Scanned]:
        """The rows of these types with all of these tags."""
        found = self._of_log.tagged(tags, types, min(until, self._position), after)
        return found + [
            each.row
            for each in self._supposed
            if after < each.row.position <= until
            and each.row.type in types
            and each.tags.issuperset(tags)
        ]

    def lines_told_again(self, after: int) -> list[list[int]]:
        """The lines that the log holds several times: what officials suppose is no line."""
        return self._up_to(self._of_log.lines_told_again(after))

    def recorded_again(self, after: int) -> list[list[int]]:
        """The occurrences that the log holds several times: none of those that are supposed."""
        return self._up_to(self._of_log.recorded_again(after))

    def _up_to(self, several: list[list[int]]) -> list[list[int]]:
        known = ([at for at in each if at <= self._position] for each in several)
        return [each for each in known if len(each) > 1]


class Supposing(Timeline):
    """The timeline of a log up to a position, with records behind it that are only supposed.

    What the log holds already is there once. None may be a line of a source: whether another record
    tells that line is not looked up.
    """

    def __init__(self, of: Timeline, position: int, several: Sequence[Occurrence]) -> None:
        super().__init__(of.log)
        self._position = position
        known = of.scan.with_ids(map(_id, several))
        held = {each.id for each in known if each.position <= position}
        places = enumerate((each for each in several if _id(each) not in held), position + 1)
        self._supposed = [_Supposed(at, said) for at, said in places]
        self.scan = ScanWith(of.scan, position, self._supposed)
        of.carry(position)
        if of.index.position == position:
            self.index = self._copied(of)

    def _copied(self, of: Timeline) -> Index:
        """What is known, to begin with: where it is kept beside the log, that is the quickest."""
        # A copy, because a carry changes an index in its place: what is supposed must never be
        # found in the one that others go on asking.
        kept = Timeline.of(of.log)
        if 0 < kept.index.position <= self._position:
            return kept.index
        with of.index.lock:
            found = from_bytes(to_bytes(of.index, ""))
        return found[0] if found else Index()

    def keep(self, *, always: bool = False) -> bool:  # noqa: ARG002 - it is never worth it
        """Keep nothing: it is only supposed."""
        return False

    def folded(self, position: int) -> Fold:
        """The log up to a position, replayed, and what is supposed behind it."""
        folded = super().folded(min(position, self._position))
        for each in self._supposed:
            if each.row.position <= position:
                folded.take(each.row.id, each.row.position, each.said)
        return folded


def _id(said: Occurrence) -> str:
    return occurrence_id(canonical(said))

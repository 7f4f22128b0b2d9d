"""The log ahead: what is on record, and what was decided on it and is not appended yet.

Several acts become one append so: each reads what those before it decided as if it were on record.
What is on record is read once, and what was asked for is noted: so whatever somebody else appends
meanwhile either bears on none of the acts, or all of them are decided anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice

from eventsourcing.dcb.api import DCBQuery, DCBQueryItem

from ledger.appending import Head
from ledger.bearing import Bearing
from ledger.keyring import supposed_signature
from ledger.log import Act, Log
from ledger.openings import Opening
from ledger.record import Header, Origin, Record, arrival_of
from ledger.store import Recorder
from ledger.vocabulary import Occurrence, canonical, occurrence_id

Row = tuple[str, Record]
"""A record behind its type."""
_Asked = tuple[frozenset[str], frozenset[str]]
"""The types and the tags of one item of a query: one of the types, and all of the tags."""


class Ahead(Log):
    """The log ahead of its end. `decided` is what was decided there, `end` where it was begun."""

    recorder: _Ahead

    def __init__(self, log: Log) -> None:
        self.__dict__.update(log.__dict__)
        self.__dict__.pop("scan", None)  # it knows nothing of what is decided here
        self.recorder = _Ahead(log.recorder)
        self.end = self.recorder.head().size
        self.decided: list[Occurrence] = []
        self.openings: list[Opening] = []

    def decide(self, make: Callable[[], Act]) -> tuple[Occurrence, ...]:
        """Let an act look at the log ahead and decide; all of it is appended at the end.

        Raises:
            Refused: a rule said no; what was decided before stands.
        """
        self.parts = len(self.decided)
        act, _ = self.prepare(make)
        said = tuple(each.decision for each in act.collect_events())
        for each in said:
            self.recorder.add(each)
        self.decided += said
        self.openings += act.openings
        return said

    def _signatures(self, told: Mapping[str, Occurrence]) -> Iterator[tuple[str, Occurrence]]:
        """The same; what is decided here will be signed, where there is a key."""
        yield from super()._signatures(told)
        if self.recorder.signatory is not None:
            supposed = map(supposed_signature, self.decided)
            yield from ((occurrence_id(canonical(each)), each) for each in supposed)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What is decided within, all of it: where any of it is refused, nothing was decided."""
        many, kept = len(self.decided), len(self.openings)
        try:
            yield
        except BaseException:
            del self.decided[many:], self.openings[kept:]
            self.recorder.keep(many)
            raise

    def rests_on(self, later: Iterable[Record]) -> bool:
        """Whether anything that was appended meanwhile is of what was asked for here."""
        return any(
            self.recorder.asked_for(each.occurrence().type_name(), each.header.tags)
            for each in later
        )


class _Ahead(Recorder):
    """The records of a log and those that will come behind them; what was read is held."""

    def __init__(self, present: Recorder) -> None:
        self.__dict__.update(present.__dict__)
        self.bearing = Bearing(self)
        self._present = present
        self._end = present.head()
        self._more: list[Row] = []
        self._under: dict[str, list[Row]] = defaultdict(list)
        """What will come, by its type and by each of its tags."""
        self._held: dict[_Asked, list[Row]] = {}
        self._all = False
        """Whether all of the log was asked for, to its end."""

    def head(self) -> Head:
        return replace(self._end, size=self._end.size + len(self._more))

    def add(self, said: Occurrence) -> None:
        """Put an occurrence behind the end, without a leaf: it is in no tree yet."""
        arrival, end = arrival_of(said), self.head()
        received = max(end.received_at, said.recorded_at.ms)
        header = Header(
            self.rally, end.size + 1, arrival.id, received, end.site, end.size + 1, arrival.tags
        )
        row = arrival.type, Record(header, arrival.data, b"")
        self._more.append(row)
        for each in (arrival.type, *arrival.tags):
            self._under[each].append(row)

    def keep(self, many: int) -> None:
        """Keep so many of what was put behind the end, and no more."""
        while len(self._more) > many:
            kind, record = self._more.pop()
            for each in (kind, *record.header.tags):
                self._under[each].pop()

    def asked_for(self, kind: str, tags: Sequence[str]) -> bool:
        """Whether a record of this type with these tags was asked for."""
        return self._all or any(
            (not types or kind in types) and wanted.issubset(tags) for types, wanted in self._held
        )

    def records(
        self,
        query: DCBQuery | None = None,
        *,
        after: int = 0,
        until: int | None = None,
        limit: int | None = None,
    ) -> Iterator[Row]:
        end = self.head().size if until is None else until
        if query is None or not query.items:
            self._all |= until is None  # what lies up to a position stays as it is
            rows: Iterable[Row] = chain(
                self._present.records(None, after=after, until=min(end, self._end.size)), self._more
            )
        else:
            asked = [(frozenset(each.types), frozenset(each.tags)) for each in query.items]
            lying = (row for each in asked for row in self._lying(*each))
            coming = (row for each in asked for row in self._coming(*each))
            found = {row[1].position: row for row in chain(lying, coming)}
            rows = (found[at] for at in sorted(found))
        return islice((row for row in rows if after < row[1].position <= end), limit)

    def _lying(self, types: frozenset[str], tags: frozenset[str]) -> Sequence[Row]:
        """What is on record of these types with all these tags: read once."""
        if (types, tags) not in self._held:
            query, end = DCBQuery([DCBQueryItem([*types], [*tags])]), self._end.size
            self._held[types, tags] = [*self._present.records(query, until=end)] if end else []
        return self._held[types, tags]

    def _coming(self, types: frozenset[str], tags: frozenset[str]) -> Iterator[Row]:
        """What will come of these types with all these tags."""
        for row in self._under_any(types, tags):
            if (not types or row[0] in types) and tags.issubset(row[1].header.tags):
                yield row

    def _under_any(self, types: frozenset[str], tags: frozenset[str]) -> Iterable[Row]:
        """What will come, narrowed by the rarest of tags, else by types."""
        if tags:
            return self._under[min(tags, key=lambda tag: len(self._under[tag]))]
        return chain.from_iterable(self._under[each] for each in types) if types else self._more

    def newest(
        self, types: Sequence[str], tags: Sequence[str], after: int, until: int, limit: int
    ) -> list[Record]:
        asked = frozenset(types), frozenset(tags)
        coming = sorted(row[1].position for row in self._coming(*asked))
        rows = [*self._lying(*asked), *(self._more[at - self._end.size - 1] for at in coming)]
        found = (record for _, record in reversed(rows) if after < record.position <= until)
        return [*islice(found, limit)]

    def with_ids(self, prefix: str, limit: int = 3) -> list[Record]:
        coming = [record for _, record in self._more if record.id.startswith(prefix)]
        return [*self._present.with_ids(prefix, limit), *coming][:limit]

    def further_origins(self, after: int, until: int | None) -> dict[int, tuple[Origin, ...]]:
        return {
            at: told
            for at, told in self._origins.items()
            if after < at <= (until or self._end.size)
        }

    def further_origins_at(
        self, positions: Sequence[int], until: int
    ) -> dict[int, tuple[Origin, ...]]:
        told = self._origins
        return {at: told[at] for at in positions if at <= until and at in told}

    @cached_property
    def _origins(self) -> dict[int, tuple[Origin, ...]]:
        return self._present.further_origins(0, self._end.size)

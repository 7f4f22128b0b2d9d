"""The one door to the log: open it, read it, append to it, act on it.

The store (and with it SQLAlchemy) is imported when a ledger is opened, not before, so that help and
other commands that need no ledger answer at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from eventsourcing.dcb.api import DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.domain import Selector, Slice, Tagged
from eventsourcing.dcb.persistence import DCBEventStore, DCBMapper
from eventsourcing.persistence import IntegrityError

from ledger.errors import Conflict, KeyTaken, NotFound, Refused
from ledger.openings import Opening
from ledger.proofs import tree
from ledger.record import DEFAULT_SITE, Arrival, Origin, Record, arrival_of
from ledger.times import Instant, within_the_years
from ledger.vocabulary import KeyRegistered, Occurrence, decode
from ledger.vocabulary.keys import KeyEnded
from ledger.vocabulary.proofs import PAPERS
from ledger.watch import NOBODY, Watch

if TYPE_CHECKING:
    import sqlalchemy as sa

    from ledger.ahead import Ahead
    from ledger.appending import Head
    from ledger.bearing import Held
    from ledger.keys import Delivery, Key
    from ledger.scan import Scan
    from ledger.signatory import Signatory
    from ledger.times import Clock

TRIES = 5
TRIES_OF_AN_APPEND = 100
"""Nothing is decided anew between these: while others append they follow each other at once."""


class Act(Slice[Occurrence]):
    """What an official wants to put on record, checked against what bears on it.

    Subclasses name their consistency boundary, learn from what it holds, and decide. What they
    decide carries the name of the site at which it is typed, where that site has a name, and the
    key of the act, where it has one.
    """

    site: str = ""
    key: Key | None = None
    openings: Sequence[Opening] = ()
    parts = 0
    """How many parts of what is done under the key are decided already."""
    signs_with = ""
    """The fingerprint of the key with which it will be signed; "" where it will not."""

    def consistency_boundary(self) -> list[Selector]:
        """What bears on this act; never empty, for an empty boundary is the whole log."""
        raise NotImplementedError

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in one occurrence of the boundary by its id, in the order of the log."""

    def decide(self, occurrence: Occurrence) -> None:
        """Put an occurrence on record, if nobody appends something that bears on it first."""
        if self.site and not occurrence.site:
            occurrence = msgspec.structs.replace(occurrence, site=self.site)
        if self.key:
            occurrence = self.key.under(occurrence, self.parts)
            self.parts += 1
        self.trigger_event(lambda: occurrence, tags=occurrence.tags())


class OccurrenceMapper(DCBMapper[Occurrence]):
    """Occurrences to the events of the library and back: canonical JSON with stable names.

    `openings` are those of the private values of what is mapped; they are kept beside the log.
    """

    def __init__(self, openings: Sequence[Opening] = (), key: Key | None = None) -> None:
        self._openings = openings
        self._key = key

    def to_dcb_event(self, event: Tagged[Occurrence]) -> DCBEvent:
        """The event of an occurrence, carrying what the index needs."""
        from ledger.store import ArrivingEvent

        arrival = arrival_of(event.decision)
        tags = list(arrival.tags)
        return ArrivingEvent(arrival.type, arrival.data, tags, arrival, self._openings, self._key)

    def to_domain_event(self, event: DCBEvent) -> Tagged[Occurrence]:
        """The occurrence that an event spells."""
        return Tagged(event.tags, decode(event.data))


class Ledger:
    """A database that holds the logs of one or several rallies; made, where it may be `new`.

    Who `only_reads` can write nothing to it, whatever is done. A `signatory` signs what is written.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        site: str = "",
        watch: Watch = NOBODY,
        *,
        new: bool = True,
        only_reads: bool = False,
        signatory: Signatory | None = None,
    ) -> None:
        from ledger.database import open_engine

        self.url = url
        self._watch = watch
        self._clock = clock
        self._site = site
        self._signatory = signatory
        self._engine: sa.Engine = open_engine(url, new=new, only_reads=only_reads)
        self._held: dict[str, Held] = {}

    def rallies(self) -> list[str]:
        """The codes of the rallies in it."""
        from ledger.database import rallies

        return rallies(self._engine)

    def log(self, rally: str, site: str | None = None) -> Log:
        """The log of one rally; an empty one if it is not there yet."""
        from ledger.bearing import Held

        log = Log(self._engine, rally, self._clock, site or self._site, self._watch)
        log.recorder.signatory = self._signatory
        log.recorder.bearing = self._held.setdefault(rally, Held(log.recorder))
        return log

    def site(self) -> str:
        """The name under which this ledger begins logs; empty if none was given."""
        from ledger.database import named_site

        with self._engine.connect() as connection:
            return self._site or named_site(connection)

    def name_site(self, name: str) -> None:
        """Give this ledger a name as a site: it writes all of its logs under it from now on."""
        from ledger.database import name_site

        name_site(self._engine, name)

    def copy_to(self, file: Path) -> None:
        """Copy the whole ledger into a new file, as it is at one moment, while others write.

        Raises:
            Usage: it is kept by a server. Unavailable: the file can't be written.
        """
        from ledger.database import copy_to

        copy_to(self._engine, file)

    def written_alone(self) -> bool:
        """Whether it was written to a server without a standby, though it is to have one."""
        from ledger.servers import writes_alone

        return writes_alone(self._engine)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


class Log:
    """The log of one rally: append, read, find and act; under a key, if one is given.

    `parts` is how many parts of what is done under the key are decided already.
    """

    key: Key | None = None
    parts = 0

    def __init__(
        self, engine: sa.Engine, rally: str, clock: Clock, site: str, watch: Watch = NOBODY
    ) -> None:
        from ledger.store import Recorder

        self.rally = rally
        self.clock = clock
        self.watch = watch
        self.recorder = Recorder(engine, rally, clock, site, watch)
        self._identity = ""

    @cached_property
    def scan(self) -> Scan:
        """The records as plain rows, for what reads very many of them."""
        from ledger.scan import Scan

        return Scan(self.recorder.engine, self.rally, self.recorder.reading)

    def head(self) -> Head:
        """The end of the log as it is now."""
        return self.recorder.head()

    def site(self) -> str:
        """The site that writes here, as what is typed here carries it; empty without a name."""
        return _site_of(self.head())

    def identity(self) -> str:
        """What names this log wherever a copy of it lies: the leaf of its first record."""
        if not self._identity:  # that of one without records is not told yet
            first = next(self.read(until=1), None)
            self._identity = first.leaf.hex()[:16] if first else ""
        return self._identity

    def root_at(self, position: int) -> str:
        """The root hash of the log as it was at a position, in hex."""
        return self.recorder.root_at(position).hex()

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """The proof that a record stands where it does in the log of that size."""
        return self.recorder.from_tiles(partial(tree.inclusion, position - 1, size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the log of one size begins with the log of another."""
        return self.recorder.from_tiles(partial(tree.consistency, old, new))

    def read(
        self,
        *,
        after: int = 0,
        until: int | None = None,
        types: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Iterator[Record]:
        """Records in the order of positions, in batches: of these types, with all these tags."""
        narrow = DCBQuery([DCBQueryItem(list(types), list(tags))]) if types or tags else None
        also = self.recorder.further_origins(after, until)
        for _, found in self.recorder.records(narrow, after=after, until=until):
            more = also.get(found.position)
            yield msgspec.structs.replace(found, also=more) if more else found

    def newest(
        self,
        limit: int,
        *,
        after: int = 0,
        until: int | None = None,
        types: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> list[Record]:
        """The last records up to a position, the newest first: of these types, with these tags.

        They are looked up from there: it takes no longer for the log being long.
        """
        end = self.head().size if until is None else until
        found = self.recorder.newest(types, tags, after, end, limit)
        also = self.recorder.further_origins_at([each.position for each in found], end)
        return [
            msgspec.structs.replace(each, also=also[each.position])
            if each.position in also
            else each
            for each in found
        ]

    def span(self, stage: str, until: int | None = None) -> tuple[int, int] | None:
        """The positions of the first and the last record about a stage; None where there is none.

        Up to a position, if one is given: so it was known there.
        """
        end = self.head().size if until is None else until
        return self.scan.span(f"stage:{stage}", end)

    def positions(
        self, types: Sequence[str], *, after: int = 0, until: int | None = None
    ) -> list[int]:
        """The positions of the records of these types, in their order, without reading them."""
        return self.scan.positions(types, after, self.head().size if until is None else until)

    def received(self, positions: Iterable[int]) -> dict[int, Instant]:
        """When the records at these positions were received, without reading them."""
        return {at: within_the_years(ms, 0) for at, ms in self.scan.received(positions)}

    def at(self, position: int) -> Record:
        """The record at a position.

        Raises:
            NotFound: the log has no such position.
        """
        found = next(self.read(after=position - 1, until=position), None) if position > 0 else None
        if found is None:
            size = self.head().size
            raise NotFound(
                f"There is no record #{position}.",
                hint=f"The log of {self.rally} has #1 to #{size}." if size else "The log is empty.",
            )
        return found

    def find(self, reference: str) -> Record:
        """The record meant by "#5127", "5127" or the first digits of an id.

        Raises:
            NotFound: there is none, or several ids begin so.
        """
        text = reference.strip()
        if text.removeprefix("#").isdecimal() and len(text.removeprefix("#")) < 10:
            return self.at(int(text.removeprefix("#")))
        digits = text.lower()
        if len(digits) >= 6 and all(digit in "0123456789abcdef" for digit in digits):
            found = {each.id: each for each in self.recorder.with_ids(digits)}
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                raise NotFound(f"Several ids begin with {digits}.", hint="Give more of its digits.")
        raise NotFound(
            f"There is no record {reference!r}.",
            hint="Give a position as #5127, or at least six digits of an id.",
        )

    def commitments(self) -> set[str]:
        """The commitments of every private value in the log, erased or not."""
        from ledger.withheld import commitments

        return {each for record in self.read() for each in commitments(record.data)}

    def append(
        self,
        occurrences: Sequence[Occurrence | Arrival],
        *,
        expect: int | None = None,
        verbatim: bool = False,
        openings: Sequence[Opening] = (),
        origins: Sequence[tuple[str, Sequence[Origin]]] = (),
        key: Key | None = None,
        delivery: Delivery | None = None,
    ) -> int:
        """Append in one transaction and answer the new head's position.

        `openings` and `origins` (by id) are kept beside the log in the same transaction. Under a
        key nothing may have been appended before, and a `delivery` is what was called so before.

        Raises:
            Conflict: the log is not at the expected position. KeyTaken: the key is not new.
            Unavailable: nothing was appended. Unclear: it may have been appended.
        """
        arrivals = [each if isinstance(each, Arrival) else arrival_of(each) for each in occurrences]
        return self.recorder.append_arrivals(
            arrivals,
            expect=expect,
            verbatim=verbatim,
            openings=openings,
            origins=origins,
            key=key,
            delivery=delivery,
        ).size

    def keyed(self, key: Key) -> Log:
        """The same log, for an act under a key."""
        log = copy(self)
        log.key = key
        return log

    def done(self) -> list[Record]:
        """What was done under the key already, all parts of it; nothing if nothing was."""
        from ledger.keys import position_under

        if self.key is None:
            return []
        found: list[int] = []
        with self.recorder.reading(), self.recorder.engine.connect() as connection:
            while position := position_under(connection, self.rally, self.key, len(found)):
                found.append(position)
        return [self.at(each) for each in found]

    def again(self, done: Sequence[Record]) -> Log:
        """The log as it was before what was done under the key; the same act answers with that."""
        from ledger.again import Again

        assert self.key
        return Again(self, self.key, done)

    def act(self, make: Callable[[], Act], *, expect: int | None = None) -> list[Record]:
        """Carry out an official's act and answer the records that came of it.

        When somebody appends something that bears on the act in between, it is decided anew.

        Raises:
            Refused: a rule said no. Conflict: the log is not at the expected position.
            KeyTaken: something was done under the key. Unclear: it may have been appended.
        """
        for _ in range(TRIES):
            act, after = self.prepare(make)
            events = list(act.collect_events())
            store = DCBEventStore(OccurrenceMapper(act.openings, self.key), self.recorder)
            self.watch.begins(self.key.text if self.key else "")
            try:
                last = (
                    store.append(events, act.consistency_boundary(), after)
                    if expect is None
                    else self.append(
                        [each.decision for each in events],
                        expect=expect,
                        openings=act.openings,
                        key=self.key,
                    )
                )
            except IntegrityError:
                continue
            return list(self.read(after=last - len(events), until=last))
        raise Conflict(
            f"Others keep appending to the log of {self.rally}.", hint="Try again in a moment."
        )

    def act_ahead(
        self, decide: Callable[[Ahead], None], *, expect: int | None = None
    ) -> list[Record]:
        """Carry out several acts as one append: all that is decided on the log ahead, or nothing.

        When somebody appends something that bears on any of it in between, all is decided anew.

        Raises:
            Refused and the like: as `decide` lets it. Conflict, KeyTaken, Unclear: as `act` says.
        """
        from ledger.ahead import Ahead

        for _ in range(TRIES):
            ahead = Ahead(self)
            decide(ahead)
            if not ahead.decided:
                return []
            self.watch.begins(self.key.text if self.key else "")
            last = self._append_ahead(ahead, expect)
            if last:
                return list(self.read(after=last - len(ahead.decided), until=last))
        raise Conflict(
            f"Others keep appending to the log of {self.rally}.", hint="Try again in a moment."
        )

    def _append_ahead(self, ahead: Ahead, expect: int | None) -> int:
        """Append what was decided ahead, and answer where it ends; 0 where it has to be anew."""
        end = ahead.end if expect is None else expect
        for _ in range(TRIES_OF_AN_APPEND):
            try:
                return self.append(ahead.decided, expect=end, openings=ahead.openings, key=self.key)
            except Conflict:
                if expect is not None:
                    raise
            later = list(self.read(after=end))
            if ahead.rests_on(later):
                return 0
            end += len(later)
        return 0

    def _signatures(self, told: Mapping[str, Occurrence]) -> Iterator[tuple[str, Occurrence]]:
        """The signatures over the acts that an act has learnt of, and what proves them.

        There are as many as there are acts, and most bear on none of those.
        """
        signing = self.recorder.bearing.signing(_signed_over(told))
        yield from signing.items()
        if any(isinstance(each, KeyEnded) for each in told.values()):
            yield from self.recorder.bearing.signing(signing.keys()).items()
            kept = self.read(types=[each.type_name() for each in PAPERS])
            yield from ((each.id, each.occurrence()) for each in kept)

    def once(self, make: Callable[[], Act], *, expect: int | None = None) -> list[Record]:
        """Carry out an act, or answer the records that came of it under the key before.

        Raises:
            KeyTaken: another act has the key. Refused, Conflict, Unclear: as `act` says.
        """
        try:
            return self.act(make, expect=expect)
        except (Refused, Conflict, KeyTaken):
            # A rule may say no to what was done already: it is done, and need not be allowed anew.
            if done := self.done():
                return self.again(done).act(make)
            raise

    def prepare(self, make: Callable[[], Act]) -> tuple[Act, int]:
        """Let an act look at the log and decide, without putting anything on record."""
        act, head = make(), self.head()
        act.site, act.key, act.parts = _site_of(head), self.key, self.parts
        act.signs_with = self.recorder.signs_with
        told = self.recorder.bearing.told(act.consistency_boundary(), head)
        if any(isinstance(each, KeyRegistered) for each in told.values()):
            told |= self._signatures(told)
        for identity, said in told.items():
            act.learn(identity, said)
        act.execute()
        return act, head.size


def _site_of(head: Head) -> str:
    return "" if head.site == DEFAULT_SITE else head.site


def _signed_over(told: Mapping[str, Occurrence]) -> set[str]:
    """The ids of the acts among these, and of what they are about: their signatures may bear."""
    acts = {identity: each for identity, each in told.items() if each.is_act}
    return {str(getattr(each, "target", "")) for each in acts.values()} - {""} | acts.keys()


def selector(types: Sequence[type[Any]], *tags: str) -> Selector:
    """A part of a consistency boundary: these types with all these tags."""
    return Selector(types=types, tags=tags)

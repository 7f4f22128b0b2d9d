"""A record: an occurrence as one log keeps it, with its place, its times and its proof."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec

from ledger.errors import Unreadable
from ledger.merkle import leaf_hash
from ledger.times import Instant, Moment, within_the_years
from ledger.vocabulary import Occurrence, canonical, decode, occurrence_id, plainly, short_id
from ledger.vocabulary.base import Code, Digest

MOST = 2 * 10**12
"""So far a log counts its records, and each site its own: more than any rally will ever hold."""
Position = Annotated[int, msgspec.Meta(ge=1, le=MOST)]
Number = Annotated[int, msgspec.Meta(ge=-MOST, le=MOST)]
"""The number that a record has at its site."""
GivenNumber = Annotated[int, msgspec.Meta(ge=-MOST, le=MOST // 2)]
"""The same in a log that is handed over: half of them are left to count on from there."""

Origin = tuple[str, int]
"""Where an occurrence was recorded: the site, and the number that it has there."""
GivenOrigin = tuple[Code, GivenNumber]
DEFAULT_SITE = "main"
"""The site of a ledger that was never given a name."""


class Header(msgspec.Struct, frozen=True, gc=False):
    """What the log itself says of a record. The leaf is the hash of its canonical bytes.

    The id is the hash of the occurrence's bytes, so the leaf binds content, place, time and tags.
    The tags are those of the occurrence; each other field has the bounds of its type.
    """

    rally: Code
    position: Position
    id: Digest
    received_at: Moment
    site: Code
    site_position: Number
    tags: tuple[str, ...]

    def leaf(self) -> bytes:
        """The leaf hash of this record in the log's tree."""
        return leaf_hash(canonical(self))

    def amiss(self) -> str:
        """Which field lies outside of its bounds, in words; empty where none does."""
        try:
            msgspec.convert(msgspec.structs.asdict(self), Header)
        except msgspec.ValidationError as error:
            return plainly(error)
        return ""


class Record(msgspec.Struct, frozen=True):
    """One record of a log: its header, the bytes of its occurrence, and its leaf hash.

    `also` tells where else the same occurrence was recorded, if it came from several sites.
    """

    header: Header
    data: bytes
    leaf: bytes
    also: tuple[Origin, ...] = ()

    @property
    def position(self) -> int:
        """The number of the record in its log, from 1 without gaps."""
        return self.header.position

    @property
    def id(self) -> str:
        """The identity of the occurrence, the same in every copy of the log."""
        return self.header.id

    @property
    def short_id(self) -> str:
        """The id as it is shown to people."""
        return short_id(self.header.id)

    def received(self, offset: int) -> Instant:
        """When it was received, with the UTC offset that is shown."""
        return within_the_years(self.header.received_at, offset)

    @property
    def origins(self) -> tuple[Origin, ...]:
        """Every site at which it was recorded, with its number there."""
        return (self.header.site, self.header.site_position), *self.also

    def occurrence(self) -> Occurrence:
        """What happened, decoded from the stored bytes.

        Raises:
            Unreadable: they spell no occurrence.
        """
        return occurrence_at(self.position, self.data)

    def as_json(self) -> dict[str, Any]:
        """The record as a line of an export: enough to restore it byte for byte.

        Raises:
            Unreadable: the stored bytes are no JSON.
        """
        try:
            occurrence = json.loads(self.data)
        except (ValueError, RecursionError):
            raise _unreadable(self.position, "It is no JSON.") from None
        return {
            "position": self.header.position,
            "id": self.header.id,
            "received_at": self.header.received_at,
            "site": self.header.site,
            "site_position": self.header.site_position,
            "tags": list(self.header.tags),
            "leaf": self.leaf.hex(),
            "occurrence": occurrence,
            **({"also": [list(each) for each in self.also]} if self.also else {}),
        }


class Arrival(msgspec.Struct, frozen=True, gc=False):
    """An occurrence on its way into a log: its bytes and what the index needs of them.

    `site`, `site_position` and `received_at` are given for a record that another log already
    holds; a new occurrence gets this log's. The id is the identity of what arrives, and `said` what
    its bytes spell, where they were made of that.
    """

    type: str
    data: bytes
    tags: tuple[str, ...]
    schema: int = 0
    fact_at: int | None = None
    recorded_at: int | None = None
    source: str | None = None
    source_seq: str | None = None
    site: str | None = None
    site_position: int | None = None
    received_at: int | None = None
    said: Occurrence | None = None
    id: str = ""

    def __post_init__(self) -> None:
        # Made once: it is signed and put into the header, and hashing takes its time.
        msgspec.structs.force_setattr(self, "id", occurrence_id(self.data))

    @property
    def origin(self) -> Origin | None:
        """The site that recorded it and its number there; None for what is new."""
        if self.site is None or self.site_position is None:
            return None
        return self.site, self.site_position


def arrival_of(occurrence: Occurrence) -> Arrival:
    """An occurrence made ready for a log: its canonical bytes, tags and index columns."""
    source = occurrence.source
    keyed = bool(source.seq)
    return Arrival(
        type=occurrence.type_name(),
        data=canonical(occurrence),
        tags=tuple(occurrence.tags()),
        schema=occurrence.v,
        fact_at=occurrence.fact_at.ms if occurrence.fact_at else None,
        recorded_at=occurrence.recorded_at.ms,
        source=source.name if keyed else None,
        source_seq=source.seq if keyed else None,
        said=occurrence,
    )


def occurrence_at(position: int, data: bytes) -> Occurrence:
    """What happened, decoded from the bytes that are stored at a position.

    Raises:
        Unreadable: they spell no occurrence.
    """
    try:
        return decode(data)
    except Unreadable as error:
        raise _unreadable(position, error.message) from None


def _unreadable(position: int, why: str) -> Unreadable:
    hint = "`rally verify` tells whether it was altered."
    return Unreadable(f"Record #{position} can't be read. {why}", hint=hint)

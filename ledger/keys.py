"""Keys: what an act is called by whoever does it, so that the same act again is the same record.

A key is kept as the sequence of the source in each record of the act, as imports keep the keys of
their lines: of the source that is named, or of none. What was done under it is looked up in the
transaction of the append, before anything gets a number. Two acts without keys stay two records,
whatever they say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from ledger import schema
from ledger.errors import KeyTaken, Usage
from ledger.prepared import Prepared
from ledger.selection import RALLY
from ledger.signs import is_invisible
from ledger.spelling import composed
from ledger.vocabulary import Occurrence, Source

LONGEST = 200
_PART = re.compile(r" \+\d+$")


class Key(NamedTuple):
    """A key, and the source whose key it is; empty where none is named."""

    text: str
    source: str = ""

    def under(self, said: Occurrence, part: int) -> Occurrence:
        """An occurrence under this key: which part of the act it is, from 0."""
        kept = said.source
        source = Source(kept.kind, self.source, self.part(part), kept.standing, kept.note)
        return msgspec.structs.replace(said, source=source)

    def part(self, part: int) -> str:
        """The key of a part of an act that is several records."""
        return f"{self.text} +{part}" if part else self.text


def key_typed(text: str, source: str = "") -> Key:
    """A key as it is typed.

    Raises:
        Usage: it is empty, too long, or can't be told from another.
    """
    key = composed(text.strip())
    if not key or len(key) > LONGEST or any(map(is_invisible, key)):
        raise Usage(
            f"{text!r} can't be a key.", hint=f"Use 1 to {LONGEST} letters, as penalty-102-ss12."
        )
    if _PART.search(key):
        raise Usage(f"{text!r} ends like the key of a part.", hint="Leave out what follows the +.")
    return Key(key, source)


class Delivery(NamedTuple):
    """What a delivery of many lines is called, and the digest of what it says.

    Its lines have keys of their own, so that of another delivery is kept beside the log.
    """

    key: str
    digest: str


def delivery_of(key: str, says: Iterable[bytes]) -> Delivery | None:
    """A delivery under a key as it is typed; None without one.

    Raises:
        Usage: it can't be a key.
    """
    if not key:
        return None
    told = hashlib.sha256()
    for each in says:
        told.update(hashlib.sha256(each).digest())
    return Delivery(key_typed(key).text, told.hexdigest())


def must_say_the_same(connection: sa.Connection, rally: str, delivery: Delivery) -> None:
    """Check that nothing else was delivered under a key, and keep what is.

    Raises:
        KeyTaken: something else was.
    """
    schema.ensure(connection, schema.setting)
    columns, name = schema.setting.c, f"key {delivery.key} of {rally}"
    before = connection.scalar(sa.select(columns.value).where(columns.name == name))
    if before is None:
        row = {"name": name, "value": delivery.digest}
        connection.execute(sa.insert(schema.setting).values(row))
    elif before != delivery.digest:
        raise KeyTaken(
            f"The key {delivery.key} is that of another delivery.",
            hint="Nothing was appended. Another delivery has another key.",
        )


_record = schema.record.c
_SOURCE: sa.BindParameter[str] = sa.bindparam("source", type_=sa.Text())
_SEQ: sa.BindParameter[str] = sa.bindparam("seq", type_=sa.Text())
_UNDER = Prepared(
    sa.select(_record.position)
    .where(_record.rally == RALLY, _record.source == _SOURCE, _record.source_seq == _SEQ)
    .order_by(_record.position)
    .limit(1)
)


def position_under(connection: sa.Connection, rally: str, key: Key, part: int = 0) -> int | None:
    """Where the first record stands that was made under a key; None where none was."""
    for (found,) in _UNDER.run(connection, rally=rally, source=key.source, seq=key.part(part)):
        return int(found)
    return None


def must_be_new(connection: sa.Connection, rally: str, key: Key) -> None:
    """Check that nothing was done yet under a key.

    Raises:
        KeyTaken: something was.
    """
    if (found := position_under(connection, rally, key)) is not None:
        raise taken(key, found)


def taken(key: Key, position: int) -> KeyTaken:
    """That another act has a key."""
    return KeyTaken(
        f"The key {key.text} is that of #{position}, and this act says something else.",
        hint=f"`rally show {position}` tells what was done under it; another act has another key.",
        position=position,
    )

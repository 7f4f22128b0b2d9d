"""Provenance: every site at which an occurrence was recorded, with its number there.

The header of a record names the site from which it came first. The same occurrence may come from
another one too, where both took in the same file. It is not appended twice, but the number that it
has there is kept beside the record: otherwise it would look as if that site had lost one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from ledger import schema
from ledger.grouping import grouped
from ledger.prepared import Prepared, PreparedForSome
from ledger.record import MOST, Origin
from ledger.selection import RALLY

SOME = 500
_SITE: sa.BindParameter[str] = sa.bindparam("site", type_=sa.Text())


def _highest_in(table: sa.Table) -> Prepared:
    """The highest number of a site that can be counted on from: none beyond its bounds."""
    number = table.c.site_position
    query = sa.select(sa.func.max(number)).where(number <= sa.literal_column(str(MOST)))
    return Prepared(query.where(table.c.rally == RALLY, table.c.site == _SITE))


_HIGHEST = _highest_in(schema.record)
_HIGHEST_BESIDE = _highest_in(schema.provenance)


_beside = schema.provenance.c
_AT = PreparedForSome(
    lambda keys: sa.select(_beside.position, _beside.site, _beside.site_position).where(
        _beside.rally == RALLY,
        _beside.position.in_(keys),
        _beside.known_from <= sa.bindparam("until"),
    )
)


_behind = sa.select(_beside.position, _beside.site, _beside.site_position).where(
    _beside.rally == RALLY, _beside.position > sa.bindparam("after")
)
_BEHIND = Prepared(_behind)
_BETWEEN = Prepared(
    _behind.where(
        _beside.position <= sa.bindparam("until"), _beside.known_from <= sa.bindparam("until")
    )
)


class Known(NamedTuple):
    """An occurrence that the log holds: at which position, and from where."""

    position: int
    origins: frozenset[Origin]


def known(
    connection: sa.Connection, rally: str, ids: Iterable[str], also: Mapping[int, Sequence[Origin]]
) -> dict[str, Known]:
    """Which of these occurrences the log holds, by id; `also` is where else records come from."""
    columns, wanted = schema.record.c, sorted(set(ids))
    positions: dict[str, int] = {}
    origins: dict[int, set[Origin]] = defaultdict(set)
    for start in range(0, len(wanted), SOME):
        some = wanted[start : start + SOME]
        rows = connection.execute(
            sa.select(columns.id, columns.position, columns.site, columns.site_position)
            .where(columns.rally == rally, columns.id.in_(some))
            .order_by(columns.position)
        )
        for identity, position, site, number in rows:
            origins[positions.setdefault(identity, position)].add((site, number))
    for position, more in also.items():
        if position in origins:
            origins[position].update(more)
    return {each: Known(at, frozenset(origins[at])) for each, at in positions.items()}


def further(
    connection: sa.Connection, rally: str, after: int = 0, until: int | None = None
) -> dict[int, tuple[Origin, ...]]:
    """Where else records come from, by position, as it was known at a position of the log.

    The ledger must have a table of that.
    """
    query = _BEHIND if until is None else _BETWEEN
    rows = query.run(connection, rally=rally, after=after, until=until)
    found = grouped((position, (site, number)) for position, site, number in rows)
    return {position: tuple(sorted(origins)) for position, origins in found.items()}


def further_at(
    connection: sa.Connection, rally: str, positions: Sequence[int], until: int
) -> dict[int, tuple[Origin, ...]]:
    """The same of the records at these positions."""
    parts = _AT.run(connection, positions, rally=rally, until=until)
    found = grouped((position, (site, number)) for part in parts for position, site, number in part)
    return {position: tuple(sorted(origins)) for position, origins in found.items()}


def note(
    connection: sa.Connection,
    rally: str,
    origins: Iterable[tuple[str, Sequence[Origin]]],
    known_from: int,
) -> None:
    """Note where else occurrences of the log (by id) come from; what is known already stays."""
    wanted: dict[str, set[Origin]] = defaultdict(set)
    for identity, more in origins:
        wanted[identity].update(more)
    schema.ensure(connection, schema.provenance)
    rows = [
        {
            "rally": rally,
            "position": held.position,
            "site": site,
            "site_position": number,
            "known_from": known_from,
        }
        for identity, held in known(connection, rally, wanted, further(connection, rally)).items()
        for site, number in sorted(wanted[identity] - held.origins)
    ]
    if rows:
        connection.execute(sa.insert(schema.provenance), rows)
        _seal(connection, rally)


def _seal(connection: sa.Connection, rally: str) -> None:
    """Keep the digest of what stands beside the records, so that damage to it shows."""
    schema.ensure(connection, schema.setting)
    name = _SEAL.format(rally)
    connection.execute(sa.delete(schema.setting).where(schema.setting.c.name == name))
    digest = digest_of(_every(connection, rally))
    connection.execute(sa.insert(schema.setting).values(name=name, value=digest))


def amiss(connection: sa.Connection, rally: str) -> bool:
    """Whether what is kept beside the records is not what was noted there.

    Of what an earlier version noted nobody can tell.
    """
    sealed = None
    if schema.has(connection, schema.setting):
        columns = schema.setting.c
        query = sa.select(columns.value).where(columns.name == _SEAL.format(rally))
        sealed = connection.scalar(query)
    if not schema.has(connection, schema.provenance):
        return sealed is not None
    return sealed is not None and sealed != digest_of(_every(connection, rally))


def _every(connection: sa.Connection, rally: str) -> list[tuple[Any, ...]]:
    query = sa.select(*(sa.type_coerce(each, sa.types.NULLTYPE) for each in schema.provenance.c))
    rows = connection.execute(query.where(schema.provenance.c.rally == rally))
    return [tuple(row) for row in rows]


def digest_of(rows: Iterable[tuple[Any, ...]]) -> str:
    """The digest of rows, in whatever order they come."""
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


_SEAL = "provenance of {}"


def last_number(connection: sa.Connection, rally: str, site: str, *, further: bool) -> int:
    """The highest number that the log knows of a site; 0 if it knows none.

    `further` says whether numbers are kept beside records at all.
    """
    own = _only(_HIGHEST.run(connection, rally=rally, site=site))
    if not further:
        return own
    return max(own, _only(_HIGHEST_BESIDE.run(connection, rally=rally, site=site)))


def _only(rows: Iterable[tuple[int | None]]) -> int:
    ((highest,),) = rows
    return max(highest or 0, 0)

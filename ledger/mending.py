"""What can be made anew from a log that verifies: indexes, tags, tiles, columns of a record.

A record follows from the bytes of its occurrence, its site and number there, and its time of
receipt. On SQLite the log is appended anew from these, read without any index, to a new file; where
its root is the one that the head tells, nothing else can have been the log, and the new file takes
the place of the old one, page by page and while nobody else has it open. PostgreSQL makes its
indexes anew itself, and the tags are written again.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from ledger import schema
from ledger.database import file_of, open_engine, shown, told_plainly, writing
from ledger.errors import LedgerError, Tampered, Unavailable
from ledger.log import Log
from ledger.merkle import Frontier
from ledger.record import Arrival, arrival_of
from ledger.verify import Flaw, verify
from ledger.vocabulary import decode

BATCH = 2000
_BESIDE = (schema.setting, schema.provenance, schema.opening)


class Mended(NamedTuple):
    """What was found and made anew, and what is left, since it does not follow from the log."""

    made_anew: list[Flaw]
    left: list[Flaw]

    def json(self) -> dict[str, Any]:
        """Both as programs read them, where there is anything to say."""
        found = {"made_anew": self.made_anew, "left": self.left}
        return {
            name: [{"position": each.position, "message": each.message} for each in flaws]
            for name, flaws in found.items()
            if flaws
        }


def mend(log: Log) -> Mended:
    """Make anew what is damaged and follows from the log; nothing where nothing is.

    Raises:
        Tampered: the log itself does not verify. Unavailable: it can't be written.
    """
    found = verify(log).findings
    if not found:
        return Mended([], [])
    if log.recorder.engine.dialect.name == "sqlite":
        _mend_sqlite(log.recorder.engine, log)
    else:
        _mend_postgresql(log.recorder.engine, log)
    left = verify(log).findings
    return Mended([each for each in found if each not in left], left)


def _not_proved(rally: str, why: str) -> Tampered:
    return Tampered(
        f"The log of {rally} does not verify: {why} Nothing was made anew.",
        hint="`rally verify` says what is wrong. Restore a backup, or import an export of the log.",
    )


# -- SQLite ----------------------------------------------------------------------------------------


def _mend_sqlite(engine: sa.Engine, log: Log) -> None:
    file = file_of(str(engine.url))
    if file is None or "immutable" in engine.url.query:
        raise Unavailable(
            f"{shown(engine.url)} can't be written, so nothing was made anew.",
            hint="Check who may write the file and its folder.",
        )
    engine.dispose()  # whoever replaces a file must be alone with it
    with (
        told_plainly(str(file)),
        contextlib.closing(sqlite3.connect(file, isolation_level=None)) as old,
        TemporaryDirectory(prefix="rally-") as folder,
    ):
        _be_alone(old, file)
        new = Path(folder, "new.db")
        made = open_engine(str(new))
        try:
            _append_anew(old, made, log)
        finally:
            made.dispose()
        old.execute("COMMIT")
        with contextlib.closing(sqlite3.connect(new)) as anew:
            anew.backup(old)


def _be_alone(old: sqlite3.Connection, file: Path) -> None:
    """Keep everybody else out until the connection is closed, also between transactions."""
    try:
        old.execute("PRAGMA locking_mode=EXCLUSIVE")
        old.execute("PRAGMA synchronous=FULL")
        old.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise Unavailable(
            f"Somebody else has {file} open, so nothing was made anew.",
            hint="Close it there (`rally follow` as well), then try again.",
        ) from None


def _append_anew(old: sqlite3.Connection, made: sa.Engine, log: Log) -> None:
    heads = old.execute("SELECT rally, site, size, frontier FROM log_head NOT INDEXED").fetchall()
    for rally, site, size, frontier in heads:
        again = Log(made, rally, log.clock, site)
        try:
            for some in _in_parts(_arrivals(old, rally)):
                again.append(some, verbatim=True)
            same = Frontier.from_bytes(size, frontier).root() == again.head().root()
        except (LedgerError, sqlite3.DatabaseError, TypeError, ValueError) as error:
            raise _not_proved(rally, f"{error}") from None
        if again.head().size != size or not same:
            raise _not_proved(rally, "its records do not give the root of its head.")
    with writing(made) as connection:
        for table in _BESIDE:
            schema.ensure(connection, table)
            for row in _rows(old, table):
                connection.execute(sa.insert(table).values(row))


def _arrivals(old: sqlite3.Connection, rally: str) -> Iterator[Arrival]:
    """The records of a log in the order in which they were written, read without an index."""
    rows = old.execute(
        "SELECT data, site, site_position, received_at FROM record NOT INDEXED "
        "WHERE rally = ? ORDER BY rowid",
        (rally,),
    )
    for data, site, number, received_at in rows:
        yield msgspec.structs.replace(
            arrival_of(decode(data)), site=site, site_position=number, received_at=received_at
        )


def _in_parts(arrivals: Iterator[Arrival]) -> Iterator[list[Arrival]]:
    some: list[Arrival] = []
    for each in arrivals:
        some.append(each)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def _rows(old: sqlite3.Connection, table: sa.Table) -> list[dict[str, Any]]:
    known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    if not old.execute(known, (table.name,)).fetchone():
        return []
    names = [each.name for each in table.c]
    rows = old.execute(_EVERY.format(", ".join(names), table.name))
    return [dict(zip(names, row, strict=True)) for row in rows]


_EVERY = "SELECT {} FROM {} NOT INDEXED"


# -- PostgreSQL ------------------------------------------------------------------------------------


def _mend_postgresql(engine: sa.Engine, log: Log) -> None:
    with told_plainly(shown(engine.url)):
        with writing(engine) as connection:
            for table in schema.metadata.sorted_tables:
                if schema.has(connection, table):
                    connection.exec_driver_sql(f"REINDEX TABLE {table.name}")
        found = verify(log)
        if wrong := [each for each in found.findings if each.proof and not each.anew]:
            raise _not_proved(log.rally, wrong[0].message)
        if any(each.anew for each in found.findings):
            with writing(engine) as connection:
                _write_tags(connection, log)


def _write_tags(connection: sa.Connection, log: Log) -> None:
    tags = schema.record_tag
    connection.exec_driver_sql(f"ALTER TABLE {tags.name} DISABLE TRIGGER USER")
    connection.execute(sa.delete(tags).where(tags.c.rally == log.rally))
    for each in log.read():
        kind = each.occurrence().type_name()
        rows = [
            {"rally": log.rally, "tag": tag, "type": kind, "position": each.position}
            for tag in dict.fromkeys(each.header.tags)
        ]
        if rows:
            connection.execute(sa.insert(tags), rows)
    connection.exec_driver_sql(f"ALTER TABLE {tags.name} ENABLE TRIGGER USER")

"""Nobody changes the log unnoticed: triggers refuse it, and the proof finds what got past them."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ledger import schema
from ledger.database import open_engine
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.verify import verify
from tests.conftest import NOW, Rally, Ticking
from tests.examples import in_turn
from tests.looked import some_of
from tests.store.conftest import databases
from tests.store.flips import in_use
from tests.store.samples import RALLY, constituted, remark, some, withdrew

MIDDLE = 130
SIZE = 520  # two full tiles and a few records
record, tile, head, tags = schema.record, schema.tile, schema.log_head, schema.record_tag


def _filled(log: Log) -> Log:
    log.append([constituted(), *some(SIZE - 2), withdrew("1", "SS1")])
    return log


@pytest.fixture
def filled(log: Log) -> Log:
    """A log with two full tiles and a few records."""
    return _filled(log)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of such a log on SQLite, to be copied."""
    file = tmp_path_factory.mktemp("good") / "rally.db"
    engine = open_engine(str(file))
    _filled(Log(engine, RALLY, Ticking(), "main"))
    engine.dispose()
    return file.read_bytes()


@pytest.fixture
def on_sqlite(good: bytes, tmp_path: Path) -> Iterator[tuple[sa.Engine, Log]]:
    """The same log in a file of its own."""
    file = tmp_path / "rally.db"
    file.write_bytes(good)
    engine = open_engine(str(file))
    yield engine, Log(engine, RALLY, Ticking(), "main")
    engine.dispose()


# -- triggers and settings -------------------------------------------------------------------------


def test_triggers_refuse_changes(engine: sa.Engine, filled: Log) -> None:
    """A plain SQL client that updates or deletes what is on record is refused by the database."""
    acts = ("UPDATE {} SET rally = 'other'", "DELETE FROM {}")
    for act, table in some_of(itertools.product(acts, schema.IMMUTABLE)):
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), engine.begin() as connection:
            connection.exec_driver_sql(act.format(table))
    assert [] == verify(filled).findings


def test_triggers_refuse_truncation(postgresql: str, clock: Ticking) -> None:
    """PostgreSQL empties no table of the log either."""
    with databases(postgresql) as new:
        engine = open_engine(new())
        log = _filled(Log(engine, RALLY, clock, "main"))
        for table in schema.IMMUTABLE:
            act = sa.text(f"TRUNCATE {table}")
            with pytest.raises(sa.exc.DBAPIError, match="never changed"), engine.begin() as writing:
                writing.execute(act)
        assert [] == verify(log).findings
        engine.dispose()


def test_settings_of_sqlite(tmp_path: Path) -> None:
    """Every connection to a SQLite ledger is durable and strict."""
    engine = open_engine(str(tmp_path / "rally.db"))
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "trusted_schema": 0,
        "cell_size_check": 1,
    }
    for _ in range(2):
        with engine.connect() as first, engine.connect() as second:
            for connection in (first, second):
                for name, value in some_of(expected.items()):
                    found = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                    assert (name, value) == (name, found)
        engine.dispose()


# -- the proof -------------------------------------------------------------------------------------


def _put(where: int, /, **values: Any) -> sa.Update:
    """Overwrite columns of a record."""
    return sa.update(record).where(record.c.position == where).values(**values)


def _flip(column: sa.Column[Any], place: int = 3) -> Callable[[sa.Connection], None]:
    """Turn over one bit of a binary column of the record in the middle."""

    def tamper(connection: sa.Connection) -> None:
        at = record.c.position == MIDDLE
        stored = bytearray(connection.scalars(sa.select(column).where(at)).one())
        stored[place] ^= 1
        connection.execute(_put(MIDDLE, **{column.name: bytes(stored)}))

    return tamper


def _swapped(connection: sa.Connection) -> None:
    """Two records change places, with everything that is indexed beside them."""
    for before, after in ((MIDDLE, -1), (MIDDLE + 2, MIDDLE), (-1, MIDDLE + 2)):
        connection.execute(_put(before, position=after))
        connection.execute(sa.update(tags).where(tags.c.position == before).values(position=after))


def _flipped_frontier(connection: sa.Connection) -> None:
    stored = bytearray(connection.scalars(sa.select(head.c.frontier)).one())
    stored[0] ^= 128
    connection.execute(sa.update(head).values(frontier=bytes(stored)))


def _copied(connection: sa.Connection) -> None:
    """A record behind the last one, which the head does not count."""
    columns = [each.name for each in record.c]
    taken = sa.select(
        *(sa.literal(SIZE + 1) if each.name == "position" else each for each in record.c)
    ).where(record.c.position == MIDDLE)
    connection.execute(sa.insert(record).from_select(columns, taken))


def _forged(connection: sa.Connection) -> None:
    """Other content, with the id, leaf and columns that it would have had from the beginning."""
    from ledger.record import Header, arrival_of

    arrival = arrival_of(remark("forged"))
    row = connection.execute(sa.select(record).where(record.c.position == MIDDLE)).one()
    leaf = Header(row.rally, MIDDLE, arrival.id, row.received_at, row.site, MIDDLE, ()).leaf()
    connection.execute(
        _put(MIDDLE, id=arrival.id, data=arrival.data, leaf=leaf, tags="[]", type=arrival.type)
    )
    connection.execute(sa.delete(tags).where(tags.c.position == MIDDLE))


Tampering = Callable[[sa.Connection], object] | sa.Executable
TAMPERINGS: dict[str, Tampering] = {
    "a bit of the content": _flip(record.c.data),
    "the first bit of the content": _flip(record.c.data, 0),
    "a bit of the leaf": _flip(record.c.leaf),
    "a leaf that is cut off": _put(MIDDLE, leaf=b"abc"),
    "no content": _put(MIDDLE, data=b""),
    "content that is no JSON": _put(MIDDLE, data=b"\xff\x00{"),
    "content that is deep": _put(MIDDLE, data=b"[" * 100_000),
    "the tags": _put(MIDDLE, tags='["crew:99"]'),
    "tags that are no JSON": _put(MIDDLE, tags="["),
    "tags of another kind": _put(MIDDLE, tags='{"crew": 3}'),
    "the time of receipt": _put(MIDDLE, received_at=NOW),
    "a huge time of receipt": _put(MIDDLE, received_at=(1 << 63) - 1),
    "the site": _put(MIDDLE, site="elsewhere"),
    "the position at the site": _put(MIDDLE, site_position=7),
    "the id": _put(MIDDLE, id="0" * 64),
    "the column type": _put(MIDDLE, type="CrewEntered"),
    "the column schema": _put(MIDDLE, schema=2),
    "the column fact_at": _put(MIDDLE, fact_at=NOW),
    "the column recorded_at": _put(MIDDLE, recorded_at=None),
    "the column source": _put(MIDDLE, source="elsewhere"),
    "the column source_seq": _put(MIDDLE, source_seq="1"),
    "another rally": _put(MIDDLE, rally="other"),
    "a forged record": _forged,
    "a missing first record": sa.delete(record).where(record.c.position == 1),
    "a missing record in the middle": sa.delete(record).where(record.c.position == MIDDLE),
    "a missing last record": sa.delete(record).where(record.c.position == SIZE),
    "no records": sa.delete(record),
    "swapped records": _swapped,
    "a record behind the head": _copied,
    "a tile": sa.update(tile).where(tile.c.index == 1).values(hash=b"\0" * 32),
    "a missing tile": sa.delete(tile).where(tile.c.index == 0),
    "a tile of another number": sa.update(tile).where(tile.c.index == 1).values(index=5),
    "a tile too many": sa.insert(tile).values(rally=RALLY, level=0, index=9, hash=b""),
    "a level of tiles too many": sa.insert(tile).values(rally=RALLY, level=4, index=0, hash=b""),
    "the tree of the head": _flipped_frontier,
    "a tree that is cut off": sa.update(head).values(frontier=b"abc"),
    "no tree": sa.update(head).values(frontier=b""),
    "a smaller head": sa.update(head).values(size=SIZE - 1),
    "a larger head": sa.update(head).values(size=SIZE + 1),
    "a negative head": sa.update(head).values(size=-SIZE),
    "a head at the beginning": sa.update(head).values(size=0, frontier=b""),
    "no head": sa.delete(head),
    "a tag too many": sa.insert(tags).values(
        rally=RALLY, tag="crew:99", type="RemarkMade", position=MIDDLE
    ),
    "a tag of a missing record": sa.insert(tags).values(
        rally=RALLY, tag="crew:99", type="RemarkMade", position=SIZE + 7
    ),
    "a missing tag": sa.delete(tags).where(tags.c.position == MIDDLE),
    "the type beside a tag": sa.update(tags)
    .where(tags.c.position == MIDDLE)
    .values(type="CrewEntered"),
}
ON_SQLITE = {
    "content as text": "UPDATE record SET data = replace(data, 'remark', 'REMARK') "
    f"WHERE position = {MIDDLE}",
    "the same content as text": "UPDATE record SET data = CAST(data AS TEXT) "
    f"WHERE position = {MIDDLE}",
    "a leaf as text": f"UPDATE record SET leaf = 'abc' WHERE position = {MIDDLE}",
    "a leaf as a number": f"UPDATE record SET leaf = 7 WHERE position = {MIDDLE}",
    "tags as bytes": f"UPDATE record SET tags = x'5b5d' WHERE position = {MIDDLE}",
    "tags that are no UTF-8": f"UPDATE record SET tags = CAST(x'ff' AS TEXT) WHERE position = "
    f"{MIDDLE}",
    "a site that is no UTF-8": f"UPDATE record SET site = CAST(x'ff' AS TEXT) WHERE position = "
    f"{MIDDLE}",
    "a type that is no UTF-8": f"UPDATE record SET type = CAST(x'ff' AS TEXT) WHERE position = "
    f"{MIDDLE}",
    "a site as bytes": f"UPDATE record SET site = x'ff' WHERE position = {MIDDLE}",
    "a fractional time of receipt": "UPDATE record SET received_at = received_at + 0.5 "
    f"WHERE position = {MIDDLE}",
    "a time of receipt as text": f"UPDATE record SET received_at = 'soon' WHERE position = "
    f"{MIDDLE}",
    "a position as text": f"UPDATE record SET position = 'first' WHERE position = {MIDDLE}",
    "a fractional position": f"UPDATE record SET position = 1.5 WHERE position = {MIDDLE}",
    "a tag's position as text": f"UPDATE record_tag SET position = 'x' WHERE position = {MIDDLE}",
    "a tag as bytes": f"UPDATE record_tag SET tag = x'ff' WHERE position = {MIDDLE}",
    "a tag that is no UTF-8": "UPDATE record_tag SET tag = CAST(x'ff' AS TEXT) "
    f"WHERE position = {MIDDLE}",
    "a tile as text": "UPDATE tile SET hash = 'abc' WHERE \"index\" = 1",
    "a tile's number as text": 'UPDATE tile SET "index" = \'x\' WHERE "index" = 1',
    "a tree as text": "UPDATE log_head SET frontier = 'abc'",
    "a size as text": "UPDATE log_head SET size = 'many'",
    "a fractional size": "UPDATE log_head SET size = size + 0.5",
}


def _take_guards_away(connection: sa.Connection) -> None:
    for name in sorted(schema.trigger_names(connection.dialect.name)):
        table = name.split("_refuses_")[0]
        on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


def _without_triggers(engine: sa.Engine, tampering: Tampering) -> None:
    """Tamper as somebody does who may do everything, and put the guards back afterwards."""
    with engine.begin() as connection:
        _take_guards_away(connection)
        if callable(tampering):
            tampering(connection)
        else:
            connection.execute(tampering)
        schema.guard(connection)


@pytest.mark.parametrize("what", TAMPERINGS)
def test_verify_finds(on_sqlite: tuple[sa.Engine, Log], what: str) -> None:
    """Whatever is altered behind the ledger's back shows, and verifying never breaks off."""
    engine, log = on_sqlite
    _without_triggers(engine, TAMPERINGS[what])
    assert verify(log).findings


@pytest.mark.slow
def test_verify_finds_all_of_it_on_postgresql(postgresql: str, clock: Ticking) -> None:
    """The same there, one after another, each time from the same good log."""
    with databases(postgresql) as new:
        engine = open_engine(new())
        _all_of_it_shows(engine, _filled(Log(engine, RALLY, clock, "main")))
        engine.dispose()


def _all_of_it_shows(engine: sa.Engine, filled: Log) -> None:
    tables = schema.metadata.sorted_tables
    with engine.connect() as connection:
        rows = [connection.execute(sa.select(table)).mappings().all() for table in tables]

    def restored(connection: sa.Connection) -> None:
        for table, kept in zip(tables, rows, strict=True):
            connection.execute(sa.delete(table))
            if kept:
                connection.execute(sa.insert(table), [dict(row) for row in kept])

    unnoticed = []
    for what, tampering in TAMPERINGS.items():
        _without_triggers(engine, tampering)
        if verify(filled).ok:
            unnoticed.append(what)
        _without_triggers(engine, restored)
    assert [] == unnoticed
    assert [] == verify(filled).findings


def test_verify_finds_nothing_where_nothing_is(engine: sa.Engine, filled: Log) -> None:
    """Taking the guards away and putting them back leaves no trace; nor does an empty log."""
    _without_triggers(engine, lambda _: None)
    assert [] == verify(filled).findings
    assert [] == verify(Log(engine, "empty", lambda: NOW, "main")).findings


@pytest.mark.parametrize("what", ON_SQLITE)
def test_verify_finds_values_of_a_strange_kind(on_sqlite: tuple[sa.Engine, Log], what: str) -> None:
    """SQLite keeps any value in any column; that shows too, and never breaks the proof off."""
    engine, log = on_sqlite
    _without_triggers(engine, sa.text(ON_SQLITE[what]))
    assert verify(log).findings


def test_verify_finds_every_missing_guard(engine: sa.Engine, log: Log) -> None:
    """A database without one of its triggers does not verify, and the finding names it."""
    log.append([constituted(), withdrew("1", "SS1")])
    names = sorted(schema.trigger_names(engine.dialect.name))
    for count, name in some_of(enumerate(names, 1)):
        table = name.split("_refuses_")[0]
        on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")
        messages = [flaw.message for flaw in verify(log).findings]
        assert count == len(messages)
        assert any(name in message for message in messages)


@pytest.mark.law
def test_verify_finds_a_bit_anywhere_in_the_content(engine: sa.Engine, log: Log) -> None:
    """Every byte of an occurrence counts: one bit turned over in any of them shows.

    It is tried on one in thirty; with RALLY_EXAMPLES=1 on each of them.
    """
    log.append([constituted(), remark("Überquerung des Flusses", "7", "SS3"), withdrew("7")])
    data = list(log.read())[1].data
    with engine.begin() as connection:
        _take_guards_away(connection)
    for place in in_turn(range(len(data)), 0, 31):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        with engine.begin() as connection:
            connection.execute(_put(2, data=bytes(changed)))
        assert 2 in [flaw.position for flaw in verify(log).findings]
    with engine.begin() as connection:
        connection.execute(_put(2, data=data))
        schema.guard(connection)
    assert [] == verify(log).findings


@pytest.mark.slow
def test_a_bit_flipped_anywhere_in_the_file(tmp_path: Path) -> None:
    """One bit of the SQLite file turned over; with RALLY_EXAMPLES=1 at every seventh byte in use.

    Otherwise at one in four of those. In what no page uses, it is done at fewer places. Either it
    shows, as a finding or as a plain error, or every record is as it was.
    """
    whole = tmp_path / "whole.db"
    engine = open_engine(str(whole))
    log = Log(engine, RALLY, Ticking(), "main")
    log.append([constituted(), remark("Überquerung des Flusses", "7", "SS3"), *some(20)])
    expected = list(log.read())
    engine.dispose()
    with sqlite3.connect(whole) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    stored, path, unnoticed = whole.read_bytes(), tmp_path / "flipped.db", 0
    places = sorted({*in_use(stored)[::7], *range(0, len(stored), 331)})
    for place in in_turn(places, 0, 4):
        changed = bytearray(stored)
        changed[place] ^= 1 << place % 8
        for old in tmp_path.glob(f"{path.name}*"):
            old.unlink()
        path.write_bytes(changed)
        try:
            flipped = open_engine(str(path))
        except LedgerError:
            continue
        try:
            other = Log(flipped, RALLY, Ticking(), "main")
            if verify(other).ok:
                unnoticed += 1
                assert expected == list(other.read()), f"the bit at {place} went unnoticed"
        except LedgerError:
            pass
        finally:
            flipped.dispose()
    assert 0 < unnoticed, "bits in unused pages do no harm, so some go unnoticed"


# -- through the command line ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "what", ["a bit of the content", "a missing last record", "a tree that is cut off", "no head"]
)
def test_the_command_says_so(on_sqlite: tuple[sa.Engine, Log], rally: Rally, what: str) -> None:
    """`rally verify` ends with exit code 3 and says what it found, with no traceback."""
    _without_triggers(on_sqlite[0], TAMPERINGS[what])
    said = rally("verify")
    assert 3 == said.code
    assert "does NOT verify" in said.out


def test_the_command_says_that_nothing_is_wrong(
    on_sqlite: tuple[sa.Engine, Log], rally: Rally
) -> None:
    """Where nothing was altered it ends with 0."""
    del on_sqlite
    assert 0 == rally("verify").code


@pytest.mark.parametrize("what", ["content as text", "tags that are no UTF-8", "a tree as text"])
def test_the_command_says_so_of_strange_values(
    on_sqlite: tuple[sa.Engine, Log], rally: Rally, what: str
) -> None:
    """The same for values of a kind that no ledger writes."""
    _without_triggers(on_sqlite[0], sa.text(ON_SQLITE[what]))
    said = rally("verify")
    assert 3 == said.code
    assert "does NOT verify" in said.out

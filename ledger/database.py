"""The database of a ledger: opened, made if it is new, and its complaints told plainly.

SQLite is durable and strict here: write-ahead log, full synchronisation, and both are asserted.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from ledger import schema, servers
from ledger.errors import Tampered, Unavailable, Unreadable, Usage, how_to_install
from ledger.files import begin_private, why
from ledger.masking import masked, without_secrets
from ledger.prepared import Prepared
from ledger.read_only import may_write, reading_engine

BUSY_TIMEOUT_MS = 30_000
_WRITING = "ledger_writing"
_FULL = 2
_TRIES = 100
_PAUSE_SECONDS = 0.05
_ROOM_KIB = 32 * 1024
_LONG_LOG_PAGES = 8_000


def open_engine(url: str, *, new: bool = True, only_reads: bool = False) -> sa.Engine:
    """Open the ledger at a SQLite path or a SQLAlchemy URL; where it may be `new`, make it.

    Whatever is there is left as it is until something is written. Who `only_reads` is let do
    nothing else by the database itself.

    Raises:
        Unreadable: the file is no ledger, or there is none. Unavailable: it can't be opened, or no
            server answers.
    """
    with told_plainly(masked(url)):
        address = _address(url)
    name = shown(address)
    with told_plainly(name), _undoing(file_of(url) if new else None):
        engine = _engine(address, url, new=new)
        if only_reads:
            _let_only_read(engine)
        if _is_new(engine, name):
            if not new:
                engine.dispose()
                raise Unreadable(f"There is no ledger in {name}: it is empty.", hint=_BEGIN)
            _make_tables(engine)
    return engine


@contextlib.contextmanager
def _undoing(file: Path | None) -> Iterator[None]:
    """Where a new ledger does not come about, the file that was begun for it is gone again."""
    begins = file is not None and not file.exists()
    try:
        yield
    except Exception:
        if begins and file is not None:
            with contextlib.suppress(OSError):
                if not file.stat().st_size:
                    file.unlink()
        raise


_WHICH = "Name a ledger with --ledger, or a new file to start one."
_BEGIN = "Name one with --ledger, or try `rally demo` to make one."


def _engine(address: sa.URL, url: str, *, new: bool) -> sa.Engine:
    if address.get_backend_name() != "sqlite":
        engine = _connecting(address, url)
        servers.prepare(engine)
        return engine
    file = file_of(url)
    if file is not None and not file.exists():
        if not new:
            raise Unreadable(f"There is no ledger {masked(url)}.", hint=_BEGIN)
        begin_private(file)
    if file is not None and not address.query and not may_write(file):
        engine = reading_engine(file)
        _READ_ONLY.add(engine)
    else:
        engine = _connecting(address, url)
    _prepare_sqlite(engine)
    _must_be_somewhere(engine, url)
    return engine


_READ_ONLY: weakref.WeakSet[sa.Engine] = weakref.WeakSet()
"""Engines of files that can't be written."""
_AHEAD: weakref.WeakSet[sa.Engine] = weakref.WeakSet()
"""Engines that keep a write-ahead log, as was asserted before they wrote anything."""


def _connecting(address: sa.URL, url: str) -> sa.Engine:
    try:
        # No value ever stands in the words of an error: it may be a private one.
        return sa.create_engine(address, hide_parameters=True, poolclass=sa.pool.QueuePool)
    except (sa.exc.ArgumentError, ValueError, TypeError) as error:
        reason = without_secrets(str(error).split("\n")[0], url)
        raise Unreadable(f"{masked(url)!r} names no ledger: {reason}.", hint=_WHICH) from None


def shown(address: sa.URL) -> str:
    """How a ledger is named to people: its file, or its URL without the password."""
    if address.get_backend_name() != "sqlite":
        return without_secrets(servers.named(address))
    return unquote((address.database or "").removeprefix("file:"))


def _must_be_somewhere(engine: sa.Engine, url: str) -> None:
    """Refuse a database that is in no file, however it is spelled: it would be gone with its log.

    SQLite itself tells: such a one has no file, or keeps its journal in memory.
    """
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        (_, _, file) = cursor.execute("PRAGMA database_list").fetchone()
        (journal,) = cursor.execute("PRAGMA journal_mode").fetchone()
        cursor.close()
    if not file or journal == "memory":
        engine.dispose()
        raise Unreadable(
            f"{url!r} is no place to keep a ledger: nothing of it would be left.", hint=_WHICH
        )


def _is_new(engine: sa.Engine, name: str) -> bool:
    """Whether the database is empty; another program's is left exactly as it is."""
    with engine.connect() as connection:
        tables = schema.tables(connection)
    if tables and not tables.issuperset(schema.FIRST):
        raise Unreadable(f"{name} is a database, but not a ledger.", hint=_WHICH)
    return not tables


def _make_tables(engine: sa.Engine) -> None:
    # Another process may make the tables at the same time; either one will do.
    already = (sa.exc.IntegrityError, sa.exc.ProgrammingError)
    with contextlib.suppress(*already), writing(engine) as connection:
        if not schema.has(connection, schema.log_head):
            schema.create(connection)


def _address(url: str) -> sa.URL:
    said = masked(url)
    if "://" not in url:
        return _of_a_path(url)
    try:
        address = servers.address_of(url)
        kind = address.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        raise Unreadable(f"{said!r} is not a database URL.", hint=_WHICH) from None
    if kind == "postgresql":
        if url.partition("?")[0].count("@") > 1:  # what is behind the first would be the host
            raise Unreadable(
                f"{said!r} is not a database URL.", hint="Within a password write %40 for @."
            )
        return address.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise Unreadable(f"A ledger can't be kept on {kind}.", hint="Use SQLite or PostgreSQL.")
    return _of_a_file(said, address)


def _of_a_path(url: str) -> sa.URL:
    if _LIKE_A_URL.match(url):
        raise Unreadable(
            f"{masked(url)!r} is not a database URL.",
            hint="Write postgresql://USER@HOST/NAME, or a file as ./FILE.",
        )
    path = Path(url)
    if url == ":memory:" or (url.startswith("file:") and not path.exists()):
        database = url.removeprefix("file:").partition("?")[0]
        raise Unreadable(
            f"{url!r} names no file in which a ledger could be kept.",
            hint=f"Write the file alone: {database}." if ":" not in database else _WHICH,
        )
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "a pipe or a device"
        raise Unreadable(f"{url} is {what}, not a ledger.", hint=_WHICH)
    if not path.parent.exists():
        raise Unavailable(f"There is no folder {path.parent}.", hint="Make it first.")
    return sa.URL.create("sqlite", database=str(path))


_LIKE_A_URL = re.compile(r"postgres(ql)?(\+\w+)?(:(?!//)|/+.*@)", re.IGNORECASE)
"""What somebody types who means a server, and forgets a part."""


def _of_a_file(url: str, address: sa.URL) -> sa.URL:
    """A URL of SQLite as SQLite itself reads it, or none: what it does not read would be lost."""
    if address.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise Unreadable(f"{url!r} needs a driver of its own.", hint="Write sqlite:///FILE.")
    asked = sa.util.asbool(address.query.get("uri", False))
    if (address.database or "").startswith("file:") != asked or (address.query and not asked):
        raise Unreadable(
            f"{url!r} is read as it stands by nobody.",
            hint="Write sqlite:///FILE, or with options sqlite:///file:FILE?…&uri=true.",
        )
    return address


def file_of(url: str) -> Path | None:
    """The file in which the ledger at a path or a URL is kept; None where a server keeps it."""
    named = url
    if _LIKE_A_URL.match(url):
        return None
    if "://" in url:
        try:
            address = servers.address_of(url)
        except (sa.exc.ArgumentError, Unreadable, ValueError):
            return None
        of_sqlite = address.get_backend_name() == "sqlite"
        named = (address.database or "") if of_sqlite else ""
        if named.startswith("file:"):
            named = unquote(named.removeprefix("file:").partition("?")[0].partition("#")[0])
    path = Path(named.removeprefix("//localhost"))
    return path if path.name else None


@contextlib.contextmanager
def told_plainly(what: str) -> Iterator[None]:
    """Turn the database's own complaints into sentences for a person."""
    try:
        yield
    except sa.exc.TimeoutError:
        raise Unavailable(
            f"The ledger {what} can't be used: too many ask it at once.", hint="Try again."
        ) from None
    except (sa.exc.DBAPIError, sqlite3.Error, OSError) as error:
        reason = reason_of(error)
        if "not a database" in reason or "malformed" in reason or "encrypted" in reason:
            raise Unreadable(f"{what} is not a ledger: {reason}.", hint=_WHICH) from None
        if "decode to UTF-8" in reason:
            raise Unreadable(
                f"{what} is damaged: a text in it is no UTF-8.", hint="`rally verify` looks where."
            ) from None
        hint = what_to_do(reason)
        raise Unavailable(f"The ledger {what} can't be used: {reason}.", hint=hint) from None
    except UnicodeEncodeError as error:
        raise Usage(
            f"{error.object!a} is no text: it holds half a character.", hint="Type it in UTF-8."
        ) from None
    except UnicodeDecodeError:  # even the words in which SQLite complains can be damaged
        raise Unreadable(f"{what} is not a ledger: it is damaged.", hint=_WHICH) from None
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"{what} needs the module {error.name}.", hint=how_to_install("postgresql")
        ) from None


def what_to_do(reason: str) -> str:
    """What to do about a complaint of the database."""
    if "read-only" in reason:
        return "A standby answers: name the primary as well, or make it one: rally help postgresql."
    if "readonly" in reason or "unable to open" in reason or "ermission" in reason:
        return "Check who may write the file and its folder."
    if "full" in reason or "disk I/O" in reason or "No space" in reason:
        return "Make room and try again."
    if "connection" in reason:
        return "Is the server running, and are its address and the name of the ledger right?"
    return "Another process is writing; try again." if "locked" in reason else "Try again."


def reason_of(error: BaseException) -> str:
    """What the database complains of, in a line without secrets and without a full stop."""
    found = getattr(error, "orig", None) or error
    if isinstance(found, OSError):
        return why(found)
    return without_secrets(str(found).strip().split("\n")[0].removesuffix("."))


def _prepare_sqlite(engine: sa.Engine) -> None:
    """Strict, and durable at every commit: asserted at open, not hoped for."""

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA trusted_schema=OFF")
        cursor.execute("PRAGMA cell_size_check=ON")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten in the file
        cursor.execute("PRAGMA synchronous=FULL")
        (synchronous,) = cursor.execute("PRAGMA synchronous").fetchone()
        if synchronous != _FULL:
            raise sqlite3.OperationalError("SQLite does not synchronise as a ledger needs")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get(_WRITING)
        # Said to the driver itself: by way of SQLAlchemy it takes as long as to insert a record.
        connection.connection.cursor().execute("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _let_only_read(engine: sa.Engine) -> None:
    """From now on every connection refuses to write, whatever is asked of it."""
    of_sqlite = engine.dialect.name == "sqlite"
    said = "PRAGMA query_only=ON" if of_sqlite else "SET default_transaction_read_only = on"
    engine.dispose()  # those that were made before may write

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(said)
        cursor.close()
        connection.commit()


def _write_ahead(engine: sa.Engine) -> None:
    """Keep a write-ahead log, as the file then remembers; asserted, since safety rests on it.

    Raises:
        Unavailable: SQLite can't keep one there.
    """
    mode = None
    for _ in range(_TRIES):
        try:
            with engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                assert raw is not None
                for pragma in ("PRAGMA journal_mode", "PRAGMA journal_mode=WAL"):
                    (mode,) = raw.cursor().execute(pragma).fetchone()
                    if mode == "wal":
                        return
        except (sqlite3.OperationalError, sa.exc.OperationalError) as error:
            if "locked" not in str(error):
                raise
        time.sleep(_PAUSE_SECONDS)  # another process is making the same ledger
    raise Unavailable(
        f"SQLite keeps {shown(engine.url)} without a write-ahead log ({mode}).",
        hint="Keep the ledger on a local disk.",
    )


@contextlib.contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that writes: all of it is kept, or nothing."""
    if engine.dialect.name == "sqlite" and engine not in _AHEAD and engine not in _READ_ONLY:
        _write_ahead(engine)
        _AHEAD.add(engine)
    with engine.connect().execution_options(**{_WRITING: True}) as connection:
        with connection.begin():
            yield connection
        servers.waited(connection)


def overwrites_what_failed(connection: sa.Connection) -> None:
    """Write anew where a commit that failed may have been left: what is seen is so for good.

    A commit whose synchronisation failed stands in SQLite's write-ahead log in full: whoever opens
    the file after a crash would take it for kept. The next commit is written over it. A server
    keeps its own log in order, but may show what its standby has not.
    """
    servers.settles(connection)
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        (version,) = cursor.execute("PRAGMA user_version").fetchone()
        cursor.execute(f"PRAGMA user_version={version:d}")


def expect_many(connection: sa.Connection) -> None:
    """Prepare SQLite for very many rows in one transaction.

    Without room in memory it writes the pages of an index again and again as rows scatter over it;
    with a short write-ahead log it copies them into the file after every transaction.
    """
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA cache_size=-{_ROOM_KIB}")
        cursor.execute(f"PRAGMA wal_autocheckpoint={_LONG_LOG_PAGES}")


def leaves_no_trace(engine: sa.Engine) -> bool:
    """Take what was overwritten out of SQLite's write-ahead log; False where that can't be done.

    Others may still read it, or the disk be full. A server keeps its own log and its own backups;
    what it does with them is up to who runs it.
    """
    if engine.dialect.name != "sqlite":
        return True
    try:
        with engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            (busy, _, _) = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except (sqlite3.Error, sa.exc.DBAPIError):
        return False  # what was erased is on record; that much is true already
    return not busy


def copy_to(engine: sa.Engine, file: Path) -> None:
    """Copy a ledger into a file that is there and empty, as it is at one moment.

    Raises:
        Usage: it is kept by a server. Unavailable: one of the two can't be read or written.
    """
    if engine.dialect.name != "sqlite":
        raise Usage(
            f"{shown(engine.url)} is backed up by its server.",
            hint="Use pg_basebackup or pg_dump, and look at the copy by `rally verify --root`.",
        )
    with (
        told_plainly(f"{shown(engine.url)}, or its copy {file},"),
        engine.connect() as connection,
        contextlib.closing(sqlite3.connect(file)) as copy,
    ):
        raw: Any = connection.connection.dbapi_connection
        raw.backup(copy)  # at once: in steps it would begin anew whenever somebody writes
        copy.execute("PRAGMA journal_mode=WAL").fetchone()


def named_site(connection: sa.Connection) -> str:
    """The name that was given to this ledger as a site; empty if it has none."""
    if not schema.has(connection, schema.setting):
        return ""
    return next((value for (value,) in _NAMED.run(connection)), "")


_SITE = "site"
_NAMED = Prepared(sa.select(schema.setting.c.value).where(schema.setting.c.name == _SITE))


def name_site(engine: sa.Engine, name: str) -> None:
    """Give the ledger a name as a site: it writes all of its logs under it from now on."""
    with told_plainly(shown(engine.url)), writing(engine) as connection:
        schema.ensure(connection, schema.setting)
        connection.execute(sa.delete(schema.setting).where(schema.setting.c.name == _SITE))
        connection.execute(sa.insert(schema.setting).values(name=_SITE, value=name))
        connection.execute(sa.update(schema.log_head).values(site=name))


def rallies(engine: sa.Engine) -> list[str]:
    """The codes of the rallies that a ledger holds, in alphabetical order.

    Raises:
        Tampered: what the database keeps of them is damaged.
    """
    with told_plainly(shown(engine.url)), engine.connect() as connection:
        held = {_a_code(rally, "") for rally, _ in _HEADS.run(connection)}
        # Records whose head was taken away have to come to light, too; each step is one look-up.
        last = ""
        while (found := _NEXT.run(connection, last=last)[0][0]) is not None:
            last = _a_code(found, last)
            held.add(last)
    return sorted(held)


_HEADS = Prepared(sa.select(schema.log_head.c.rally, schema.log_head.c.size))
"""With a column that no index has, so that it is read from the table itself."""
_code = schema.record.c.rally
_NEXT = Prepared(sa.select(sa.func.min(_code)).where(_code > sa.bindparam("last")))


def _a_code(read: object, last: str) -> str:
    """The code of a rally as it was read, which comes behind the last one in an index."""
    if isinstance(read, str) and read > last:
        return read
    raise Tampered(
        "The list of the rallies in this ledger is damaged.",
        hint="`rally --rally CODE verify` looks where, `rally --rally CODE rebuild` mends indexes.",
    )

"""Reading a ledger that may not be written: all that is in it, or a sentence that says why not.

SQLite keeps the last records of a ledger that is open in its write-ahead log, a file beside it, and
finds its way in that by a third. All three are read where they are there. A ledger that was closed
has neither, and could make none here: then the file alone is read, and it is looked at whether it
was written meanwhile. Each connection looks anew, so who follows such a ledger sees what comes.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import sqlalchemy as sa

from ledger.errors import Changing, Unavailable

_TRIES = 5


def may_write(file: Path) -> bool:
    """Whether who runs this may write a ledger and the files that lie beside it."""
    place = file.resolve()
    return os.access(place, os.W_OK) and os.access(place.parent, os.W_OK)


class _State(NamedTuple):
    """By what it shows that a file was written."""

    inode: int
    size: int
    modified_at: int


def reading_engine(file: Path) -> sa.Engine:
    """An engine that reads a file of SQLite and all that is pending beside it."""
    place = file.resolve()
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(file)),
        creator=lambda: _open(place),
        poolclass=sa.pool.NullPool,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine, "rollback")
    def _was_it_whole(connection: sa.Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        if isinstance(raw, _Alone) and raw.seen != _state(place):
            raise Changing(f"{file} was written while it was being read.", hint="Ask again.")

    return engine


class _Alone(sqlite3.Connection):
    """A connection that reads the file alone, as it was seen when it was opened."""

    seen: _State


def _open(file: Path) -> sqlite3.Connection:
    pending, ways, journal = (Path(f"{file}{end}") for end in ("-wal", "-shm", "-journal"))
    for _ in range(_TRIES):
        seen = _state(file)
        if closed := next((each for each in (pending, ways) if not _may_read(each)), None):
            raise Unavailable(
                f"The last records of {file} stand in {pending.name}, and {closed.name} can't be "
                "read.",
                hint="Ask who owns it to let you read it as well.",
            )
        if (pending.exists() and ways.exists()) or journal.exists():
            connection = _connected(file, "mode=ro")
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlite3.OperationalError:
                connection.close()
                if not _holds(pending) and not journal.exists():
                    continue  # who wrote it has closed it meanwhile
                raise
            return connection
        if _holds(pending):
            raise Unavailable(
                f"{file} can't be written, and its last records stand in {pending.name}, "
                f"which can't be read without {ways.name}.",
                hint="Copy all of its files to a folder of your own and open the copy.",
            )
        alone = _connected(file, "mode=ro&immutable=1", _Alone)
        assert isinstance(alone, _Alone)
        alone.seen = seen
        if not _holds(pending) and seen == _state(file):
            return alone
        alone.close()
    raise Changing(f"{file} is being written all the time.", hint="Ask again.")


def _connected(
    file: Path, how: str, kind: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    address = f"file:{quote(str(file))}?{how}"
    return sqlite3.connect(address, uri=True, check_same_thread=False, factory=kind)


def _holds(file: Path) -> bool:
    """Whether a file is there and has something in it."""
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:
        return False


def _may_read(file: Path) -> bool:
    return os.access(file, os.R_OK) or not file.exists()


def _state(file: Path) -> _State:
    found = file.stat()
    return _State(found.st_ino, found.st_size, found.st_mtime_ns)

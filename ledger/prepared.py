"""Statements in the words of a database's driver, composed once.

SQLAlchemy composes a statement anew whenever it is run, looks at every value of every row on its
way, and keeps accounts of each call. SQLite keeps a record in less time than that takes. What every
append says is composed once for each kind of database instead, and SQLite is told without a detour.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import sqlalchemy as sa

Values = tuple[Any, ...]


class _Spoken(NamedTuple):
    """The words for one kind of database: the parameters in their order, and what stands firm.

    What must be given never stands firm: a value forgotten is an error and not a silent NULL.
    """

    words: str
    names: tuple[str, ...]
    firm: dict[str, Any]


class Prepared:
    """A statement whose parameters have names. Its errors are those of SQLAlchemy."""

    def __init__(self, statement: sa.ClauseElement) -> None:
        self._statement = statement
        self._spoken: dict[str, _Spoken] = {}

    def run(self, connection: sa.Connection, **values: Any) -> Sequence[Values]:
        """Run it with these values, and answer its rows as the driver gives them.

        A value that it does not name is left out.
        """
        words, names, firm = self._in_words_of(connection.dialect)
        given = tuple([values[name] if name in values else firm[name] for name in names])
        if connection.dialect.name == "sqlite":
            cursor = connection.connection.cursor()
            rows: list[Values] = _told(
                connection, words, lambda: cursor.execute(words, given).fetchall()
            )
            return rows
        answer = connection.exec_driver_sql(words, given)
        return [tuple(row) for row in answer] if answer.returns_rows else ()

    def run_each(self, connection: sa.Connection, rows: Sequence[Values]) -> None:
        """Run it for each of these rows: the values of its parameters in their order."""
        if not rows:
            return
        words = self._in_words_of(connection.dialect).words
        if connection.dialect.name == "sqlite":
            cursor = connection.connection.cursor()
            _told(connection, words, lambda: cursor.executemany(words, rows))
        else:
            connection.exec_driver_sql(words, list(rows))

    def _in_words_of(self, dialect: sa.Dialect) -> _Spoken:
        spoken = self._spoken.get(dialect.name)
        if spoken is None:
            style = "qmark" if dialect.name == "sqlite" else "format"
            positional: Any = type(dialect)
            compiled: Any = self._statement.compile(dialect=positional(paramstyle=style))
            firm = {
                name: value
                for name, value in compiled.params.items()
                if not compiled.binds[name].required
            }
            spoken = _Spoken(compiled.string, tuple(compiled.positiontup), firm)
            self._spoken[dialect.name] = spoken
        return spoken


LENGTHS = (1, 10, 128, 500)
"""For so many keys a statement is composed: as many as there are, or the next more.

A page of the log has a hundred records, and asks for one more.
"""


class PreparedForSome:
    """A statement about several keys, in parts of as many as one statement may name.

    A key has `width` values: it is a tuple of them where it has more than one.
    """

    def __init__(self, about: Callable[[Sequence[Any]], sa.ClauseElement], width: int = 1) -> None:
        self._about = about
        self._width = width
        self._prepared: dict[int, Prepared] = {}

    def run(
        self, connection: sa.Connection, keys: Sequence[Any], **values: Any
    ) -> Iterator[Sequence[Values]]:
        """Run it for these keys, and answer its rows, part by part."""
        for first in range(0, len(keys), LENGTHS[-1]):
            some = keys[first : first + LENGTHS[-1]]
            length = next(each for each in LENGTHS if each >= len(some))
            # A key that is named twice finds nothing more.
            every = [*some, *([some[-1]] * (length - len(some)))]
            flat = every if self._width == 1 else chain.from_iterable(every)
            named = {f"key_{place}": value for place, value in enumerate(flat)}
            yield self._for(length).run(connection, **named, **values)

    def _for(self, length: int) -> Prepared:
        if length not in self._prepared:
            count, width = length * self._width, self._width
            flat: list[sa.BindParameter[Any]]
            flat = [sa.bindparam(f"key_{place}") for place in range(count)]
            wide = [tuple(flat[place : place + width]) for place in range(0, count, width)]
            self._prepared[length] = Prepared(self._about(flat if width == 1 else wide))
        return self._prepared[length]


def insert_into(table: sa.Table) -> Prepared:
    """The insert of whole rows, their values in the order of the table's columns."""
    return Prepared(sa.insert(table).inline())


def _told(connection: sa.Connection, words: str, run: Callable[[], Any]) -> Any:
    """Run something on SQLite, with its complaints as SQLAlchemy passes them on, without values."""
    try:
        return run()
    except sqlite3.Error as error:
        raise sa.exc.DBAPIError.instance(
            words, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error

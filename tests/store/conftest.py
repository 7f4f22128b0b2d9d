"""New ledgers on SQLite and on a private PostgreSQL server, which the tests start and remove."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.database import open_engine
from ledger.log import Log
from ledger.store import Recorder
from tests.conftest import Ticking
from tests.store.servers import NoServer, a_server

RALLY = "test"
NewUrl = Callable[[], str]
NewLog = Callable[[], Log]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of our own; skipped where there is none to start."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(a_server())
        except NoServer as why:
            pytest.skip(str(why))
        yield server.address


@contextlib.contextmanager
def databases(address: str) -> Iterator[NewUrl]:
    """Gives the URLs of new databases, which are dropped at the end."""
    numbers, made = itertools.count(1), list[str]()
    admin = sa.create_engine(
        sa.make_url(f"{address}/postgres").set(drivername="postgresql+psycopg"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )

    def new() -> str:
        name = f"ledger_{next(numbers)}"
        with admin.connect() as connection:
            by_files = (connection.dialect.server_version_info or ()) >= (15,)
            copied = " STRATEGY FILE_COPY" if by_files else ""  # half the work; the only way before
            connection.exec_driver_sql(f"CREATE DATABASE {name}{copied}")
        made.append(name)
        return f"{address}/{name}"

    try:
        yield new
    finally:
        with admin.connect() as connection:
            for name in made:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewUrl]:
    """Gives the URL of a new, empty database each time it is called, on either kind."""
    if request.param == "sqlite":
        numbers = itertools.count(1)
        yield lambda: str(tmp_path / f"ledger_{next(numbers)}.db")
    else:
        with databases(request.getfixturevalue("postgresql")) as new:
            yield new


@pytest.fixture
def url(new_url: NewUrl) -> str:
    """A new, empty database."""
    return new_url()


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """A new ledger, opened."""
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def recorder(engine: sa.Engine, clock: Ticking) -> Recorder:
    """The recorder of a rally in a new ledger."""
    return Recorder(engine, RALLY, clock)


@pytest.fixture
def log(engine: sa.Engine, clock: Ticking) -> Log:
    """The log of a rally in a new ledger."""
    return Log(engine, RALLY, clock, "main")

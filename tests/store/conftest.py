"""New ledgers on SQLite and on a private PostgreSQL server, which the tests start and remove."""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ledger.database import open_engine
from ledger.log import Log
from ledger.store import Recorder
from tests.conftest import Ticking

RALLY = "test"
STARTING_SECONDS = 30
SUPERVISED = '"$@" & cat > /dev/null; kill -INT $!; wait $!; rm -rf "$PWD"'
"""Runs a server until the tests end, however they end: then its standard input is closed."""
NewUrl = Callable[[], str]
NewLog = Callable[[], Log]


def _program(name: str) -> str | None:
    """Where a program of PostgreSQL lies: the newest installed one, or the one on the path."""
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = sorted(installed, key=lambda path: (len(path.parts[4]), path.parts[4]))
    return str(newest[-1]) if newest else shutil.which(name)


def _account() -> dict[str, Any]:
    """Under which account the server runs: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    pytest.skip("PostgreSQL does not run as root, and there is no account postgres or nobody")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _answers(address: str) -> bool:
    import psycopg

    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address):
        return True
    return False


@contextlib.contextmanager
def _server(folder: Path, account: dict[str, Any]) -> Iterator[str]:
    """A server in that folder, on loopback alone, until the end of the block."""
    postgres, initdb = _program("postgres"), _program("initdb")
    assert postgres
    assert initdb
    made = subprocess.run(
        [initdb, "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **account,
    )
    if made.returncode:
        pytest.skip(f"initdb failed: {made.stderr.strip()}")
    port = _free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
    }
    words = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "server.log").open("wb") as heard:
        server = subprocess.Popen(
            ["sh", "-c", SUPERVISED, "sh", postgres, "-D", "data", "-p", str(port), *words],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=heard,
            stderr=heard,
            **account,
        )
    try:
        address = f"postgresql://postgres@127.0.0.1:{port}"
        until = time.monotonic() + STARTING_SECONDS
        while not _answers(f"{address}/postgres"):
            if time.monotonic() > until:
                pytest.fail(f"PostgreSQL: {(folder / 'server.log').read_text(errors='replace')}")
            time.sleep(0.05)
        yield address
    finally:
        assert server.stdin
        server.stdin.close()
        server.wait(STARTING_SECONDS)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server of our own; skipped where there is none to start."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    for name in ("postgres", "initdb"):
        if _program(name) is None:
            pytest.skip(f"PostgreSQL is not installed: there is no program {name}")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="rally-postgresql-"))
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        with _server(folder, account) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
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

"""Private PostgreSQL servers on loopback: alone, or a primary with a synchronous standby.

They are started for a test and removed behind it, however it ends. PostgreSQL refuses to run as
root; a test that does runs them as `postgres` or `nobody`.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

STARTING_SECONDS = 60
SURE_SECONDS = 2
SUPERVISED = '"$@" & read -r _ || { kill -INT $!; wait $!; rm -rf "$PWD"; }; wait $!'
"""Runs a server until it was stopped and a line says so, or the tests end, however they end."""
QUICK = {"fsync": "off", "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
"""On loopback alone. Processes are killed here, machines are not: what is written is there."""
Mode = Literal["fast", "immediate"]


class NoServer(Exception):
    """No server can be started here, and why."""


def program(name: str) -> str:
    """Where a program of PostgreSQL lies: the newest installed one, or the one on the path.

    Raises:
        NoServer: there is none.
    """
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = sorted(installed, key=lambda path: (len(path.parts[4]), path.parts[4]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise NoServer(f"PostgreSQL is not installed: there is no program {name}")
    return found


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise NoServer("PostgreSQL does not run as root, and there is no account postgres or nobody")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Server:
    """A server whose data lie in a folder of their own; started and stopped as often as need be."""

    def __init__(self, folder: Path, name: str, account: Mapping[str, Any]) -> None:
        self.folder, self.name, self._account = folder, name, account
        self.port = _free_port()
        self.data = folder / name
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Its URL, without a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}"

    def run(self, name: str, *words: str) -> None:
        """Run a program of PostgreSQL to its end.

        Raises:
            NoServer: it failed.
        """
        done = subprocess.run(
            [program(name), *words],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self._account,
        )
        if done.returncode:
            raise NoServer(f"{name} failed: {done.stdout.strip()}")

    def make(self, settings: Mapping[str, str]) -> None:
        """Make its folder of data, empty, with settings that hold whoever starts it."""
        words = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        self.run("initdb", "-D", str(self.data), *words)
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def start(self, **settings: str) -> None:
        """Run it until it is stopped or the tests end."""
        settings["port"] = str(self.port)
        words = [f"--{name}={value}" for name, value in settings.items()]
        with self._heard.open("ab") as heard:
            self._process = subprocess.Popen(
                ["sh", "-c", SUPERVISED, "sh", program("postgres"), "-D", self.data, *words],
                cwd=self.folder,
                stdin=subprocess.PIPE,
                start_new_session=True,  # what ends the tests leaves it to end in order
                stdout=heard,
                stderr=heard,
                **self._account,
            )
        begun = time.monotonic()
        while not self.answers():
            waited = time.monotonic() - begun
            if waited > STARTING_SECONDS or (waited > SURE_SECONDS and not self._runs()):
                raise NoServer(f"PostgreSQL: {self._heard.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    def _runs(self) -> bool:
        try:
            self.run("pg_ctl", "status", "-D", str(self.data))
        except NoServer:
            return False
        return True

    @property
    def _heard(self) -> Path:
        return self.folder / f"{self.name}.log"

    def answers(self) -> bool:
        """Whether it lets anybody in."""
        import psycopg

        with (
            contextlib.suppress(psycopg.OperationalError),
            psycopg.connect(f"{self.address}/postgres", connect_timeout=5),
        ):
            return True
        return False

    def ask(self, query: str) -> Any:
        """The first value that it answers, in a connection of its own."""
        import psycopg

        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            answer = connection.execute(query.encode())
            row = answer.fetchone() if answer.description else None
        return row[0] if row else None

    def signal(self, mode: Mode) -> None:
        """Tell it to stop, and wait for nothing."""
        master = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(master, signal.SIGINT if mode == "fast" else signal.SIGQUIT)

    def stop(self, mode: Mode = "fast") -> None:
        """Stop it: `fast` by its own shutdown, `immediate` as if it crashed."""
        if self._process is None:
            return
        with contextlib.suppress(NoServer):  # it may have ended by itself
            self.run("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-t", "60")
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate(b"\n", STARTING_SECONDS)
        self._process = None


@contextlib.contextmanager
def a_folder() -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """A folder for servers and the account under which they run; removed at the end.

    Raises:
        NoServer: no server can be started here.
    """
    try:
        import psycopg  # noqa: F401
    except ModuleNotFoundError:
        raise NoServer("psycopg is not installed") from None
    program("postgres")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="rally-postgresql-"))
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        yield folder, account
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def a_server() -> Iterator[Server]:
    """A server of our own, with nothing in it.

    Raises:
        NoServer: none can be started here.
    """
    with a_folder() as (folder, account):
        server = Server(folder, "data", account)
        server.make({**QUICK, "full_page_writes": "off"})
        try:
            server.start()
            yield server
        finally:
            server.stop()

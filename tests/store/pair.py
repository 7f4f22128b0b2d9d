"""A primary and its synchronous standby on loopback, that change places as often as need be."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator

from tests.store.servers import QUICK, NoServer, Server, a_folder

SETTINGS = {
    **QUICK,
    "hot_standby": "on",
    "wal_log_hints": "on",  # the old primary is rewound, where it wrote more than the standby has
    "max_wal_senders": "10",
    "wal_keep_size": "256MB",
    "synchronous_commit": "on",
    "wal_receiver_timeout": "5s",
    "wal_retrieve_retry_interval": "200ms",
    "max_connections": "60",
}
CATCHING_UP_SECONDS = 60


class Pair:
    """Two servers. `primary` writes, `standby` has every commit before it is acknowledged."""

    def __init__(self, primary: Server, standby: Server) -> None:
        self.primary, self.standby = primary, standby

    def url(self, name: str, *, reading: bool = False) -> str:
        """The URL of a database that names both; the standby answers `reading` where it can."""
        ports = sorted((self.primary.port, self.standby.port))
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
        which = "?target_session_attrs=prefer-standby" if reading else ""
        return f"postgresql://postgres@{hosts}/{name}{which}"

    def begin(self) -> None:
        """Start both, synchronous."""
        self.primary.make(SETTINGS)
        self.primary.start()
        self._copy()
        self._follow()

    def promote(self) -> None:
        """The standby becomes the primary and writes alone; the old one has been stopped before."""
        self.primary, self.standby = self.standby, self.primary
        self.primary.run("pg_ctl", "promote", "-D", str(self.primary.data), "-w")
        self._wait_for("")
        self.primary.ask("CHECKPOINT")  # only from here on its files tell on which timeline it is

    def follow_again(self) -> None:
        """The old primary is rewound, or made anew where that fails, and is synchronous again."""
        self.standby.stop("immediate")
        source = f"{self._source} dbname=postgres"
        try:
            self.standby.run(
                *("pg_rewind", "--no-sync", f"--source-server={source}"),
                f"--target-pgdata={self.standby.data}",
            )
            self._follow()
        except NoServer:
            self.standby.stop("immediate")
            shutil.rmtree(self.standby.data)
            self._copy()
            self._follow()

    @property
    def _source(self) -> str:
        return f"host=127.0.0.1 port={self.primary.port} user=postgres"

    def _copy(self) -> None:
        self.standby.run(
            *("pg_basebackup", "-D", str(self.standby.data), "-X", "stream", "-c", "fast", "-N"),
            *("-d", self._source),
        )

    def _follow(self) -> None:
        self.standby.run("touch", str(self.standby.data / "standby.signal"))
        conninfo = f"{self._source} application_name=standby"
        self.standby.start(primary_conninfo=conninfo)
        self._wait_for("standby")
        until = time.monotonic() + CATCHING_UP_SECONDS
        while self.state() != "sync":
            if time.monotonic() > until:
                raise NoServer("the standby does not become synchronous")
            time.sleep(0.05)

    def _wait_for(self, names: str) -> None:
        """Let the primary wait for a standby of that name; for none, if it is empty."""
        self.primary.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.primary.ask("SELECT pg_reload_conf()")

    def state(self) -> str | None:
        """How the primary sees the standby: `sync`, once it waits for it."""
        found = self.primary.ask("SELECT sync_state FROM pg_stat_replication")
        return None if found is None else str(found)

    def caught_up(self) -> None:
        """Wait until the standby shows everything that the primary has."""
        end = self.primary.ask("SELECT pg_current_wal_lsn()::text")
        until = time.monotonic() + CATCHING_UP_SECONDS
        while not self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{end}'::pg_lsn"):
            if time.monotonic() > until:
                raise NoServer("the standby does not catch up")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop both."""
        for server in (self.standby, self.primary):
            server.stop("immediate")


@contextlib.contextmanager
def a_pair() -> Iterator[Pair]:
    """A primary and its synchronous standby, with nothing in them.

    Raises:
        NoServer: none can be started here.
    """
    with a_folder() as (folder, account):
        pair = Pair(*(Server(folder, name, account) for name in ("first", "second")))
        try:
            pair.begin()
            yield pair
        finally:
            pair.stop()

"""A ledger on PostgreSQL: several servers under one URL, and commits that wait for a standby.

A primary writes, a standby has every commit before it is acknowledged. One URL names both; where
the primary changes, a new connection finds the other one.
"""

from __future__ import annotations

import re
import time
import weakref
from typing import Any

import sqlalchemy as sa

from ledger.errors import Unavailable, Unreadable

PATIENCE_SECONDS = 30.0
"""So long a connection to one of several servers is tried while none of them takes writes."""
_PAUSE_SECONDS = 0.25
_SEVERAL = re.compile(
    r"(?P<scheme>postgresql(?:\+\w+)?)://(?P<account>[^/?#]*@)?(?P<hosts>[^/?#@]*,[^/?#@]*)"
    r"(?P<database>/[^?#]*)?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
_HOST = re.compile(r"(?P<host>\[[^\]]+\]|[^:]*)(?::(?P<port>\d*))?")
_ON_SEVERAL = {
    "target_session_attrs": "read-write",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
"""How one of several servers is found, and how soon one that is gone is noticed (libpq)."""
_CANCELLED, _ASKED = "ledger_wait_cancelled", "ledger_standby_asked"
_WAITS = "SyncRepWaitForLSN"
_NOT_WAITING = "('off', 'local', 'remote_write')"


def address_of(url: str) -> sa.URL:
    """The address at a URL, also one that names several servers, as libpq takes it.

    Raises:
        sqlalchemy.exc.ArgumentError: it is none. Unreadable: one of several servers can't be read.
    """
    several = _SEVERAL.fullmatch(url)
    if several is None:
        return sa.make_url(url)
    hosts, ports = [], []
    for each in several["hosts"].split(","):
        found = _HOST.fullmatch(each)
        if found is None or not found["host"]:
            raise Unreadable(
                f"{each!r} names no server.",
                hint="Write postgresql://USER@HOST:PORT,HOST:PORT/NAME.",
            )
        hosts.append(found["host"].strip("[]"))
        ports.append(found["port"] or "5432")
    alone = f"{several['scheme']}://{several['account'] or ''}{several['database'] or '/'}"
    address = sa.make_url(f"{alone}?{several['query']}" if several["query"] else alone)
    where = {"host": ",".join(hosts), "port": ",".join(ports)}
    return address.set(query={**_ON_SEVERAL, **address.query, **where})


def names_several(address: sa.URL) -> bool:
    """Whether an address names several servers: somebody counts on one taking over."""
    return "," in str(address.query.get("host", ""))


def named(address: sa.URL) -> str:
    """An address as people write it: several servers in front of the ledger, and no password."""
    if not names_several(address):
        return str(address)
    query = dict(address.query)
    hosts, ports = (str(query.pop(name)).split(",") for name in ("host", "port"))
    hosts = [f"[{host}]" if ":" in host else host for host in hosts]
    where = ",".join(f"{host}:{port}" for host, port in zip(hosts, ports, strict=True))
    asked = {name: each for name, each in query.items() if _ON_SEVERAL.get(name) != each}
    plain = sa.URL.create("postgresql", address.username, host="*", database=address.database)
    return str(plain.set(query=asked)).replace("*", where, 1)


def prepare(engine: sa.Engine) -> None:
    """Let connections wait for a standby, hear where that wait was cancelled, and be patient."""

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, record: Any) -> None:
        def hear(notice: Any) -> None:
            # The name of the function is in no language: the words of the warning are.
            if notice.source_function == _WAITS:
                record.info[_CANCELLED] = True

        connection.add_notice_handler(hear)
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            f"WHERE current_setting('synchronous_commit') IN {_NOT_WAITING}"
        )
        connection.commit()

    if names_several(engine.url):
        _wait_for_a_new_primary(engine)


def _wait_for_a_new_primary(engine: sa.Engine) -> None:
    """Try again for a while where none of several servers takes writes, once one of them did.

    What fails from the beginning is a wrong name or password, and told at once.
    """
    connected = False

    @sa.event.listens_for(engine, "do_connect")
    def _patiently(dialect: Any, _record: Any, words: Any, options: Any) -> Any:
        nonlocal connected
        until = time.monotonic() + (PATIENCE_SECONDS if connected else 0)
        while True:
            try:
                connection = dialect.connect(*words, **options)
            except dialect.dbapi.OperationalError:
                if time.monotonic() >= until:
                    raise
                time.sleep(_PAUSE_SECONDS)
            else:
                connected = True
                return connection


def waited(connection: sa.Connection) -> None:
    """Make sure that what was just committed is on the standby, where there is one.

    Raises:
        Unavailable: the wait for the standby was cancelled: the commit is on this server alone, and
            gone where another one takes over.
    """
    if connection.dialect.name != "postgresql":
        return
    if connection.info.pop(_CANCELLED, False):
        raise Unavailable(
            "The wait for the standby was cancelled: this is on one server alone, if at all."
        )
    if names_several(connection.engine.url) and _ASKED not in connection.info:
        connection.info[_ASKED] = True
        with connection.begin():
            names = connection.exec_driver_sql("SHOW synchronous_standby_names").scalar_one()
        _ALONE[connection.engine] = not names.strip()


def settles(connection: sa.Connection) -> None:
    """Let this transaction wait until everything that it sees is on the standby as well.

    A commit whose wait was cancelled, and any commit before a crash, is seen on this server though
    no other has it. What is written last is on the standby with all that was written before.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_logical_emit_message(true, 'ledger', '')")


def writes_alone(engine: sa.Engine) -> bool:
    """Whether one of several servers was written to that has no standby: its disk alone has it."""
    return _ALONE.get(engine, False)


_ALONE: weakref.WeakKeyDictionary[sa.Engine, bool] = weakref.WeakKeyDictionary()

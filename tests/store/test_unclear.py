"""An append whose commit fails, or is broken off: the ledger looks what became of it."""

from __future__ import annotations

import contextlib
import re
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

import ledger.unclear
from ledger.database import open_engine
from ledger.errors import Interrupted, LedgerError, Unavailable, Unclear
from ledger.log import Log
from ledger.verify import verify
from ledger.watch import Watch
from tests.conftest import NOW, Ticking
from tests.store.conftest import RALLY, NewUrl
from tests.store.samples import remark

Breaks = Callable[[], None]


class Heard(Watch):
    """Writes down what is kept."""

    def __init__(self) -> None:
        self.positions: list[int] = []

    def kept(self, first: int, last: int, identity: str) -> None:
        """The positions of what was kept."""
        assert identity
        self.positions += range(first, last + 1)


@pytest.fixture
def heard(log: Log, monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What is kept in the log; a ledger that does not answer is asked once."""
    monkeypatch.setattr(ledger.unclear, "PATIENCE_SECONDS", 0)
    found = Heard()
    monkeypatch.setattr(log.recorder, "_watch", found)
    return found


@contextlib.contextmanager
def commits(log: Log, around: Callable[[Breaks], None]) -> Iterator[None]:
    """Every commit of a ledger in the block is what `around` makes of it."""
    dialect = type(log.recorder.engine.dialect)
    usual = dialect.do_commit

    def commit(self: sa.Dialect, connection: Any) -> None:
        around(lambda: usual(self, connection))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dialect, "do_commit", commit)
        yield


def once(error: BaseException, *, kept: bool) -> Callable[[Breaks], None]:
    """The first commit raises an error, when it was kept or before."""
    left = [error]

    def around(commit: Breaks) -> None:
        if kept or not left:
            commit()
        if left:
            raise left.pop()

    return around


def lost(log: Log) -> Exception:
    """What a database says when its commit fails."""
    if log.recorder.engine.dialect.name == "sqlite":
        return sqlite3.OperationalError("disk I/O error")
    import psycopg

    return psycopg.OperationalError("server closed the connection unexpectedly")


def texts(log: Log) -> list[str]:
    """What the log says, in its order."""
    return [record.occurrence().words().removeprefix("Remark: ") for record in log.read()]


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("first", [0, 3])
def test_a_commit_that_fails(log: Log, heard: Heard, first: int, *, kept: bool) -> None:
    """What is there is answered as any other; what is not is refused, and was not appended."""
    before = [str(each) for each in range(first)]
    for each in before:
        log.append([remark(each)])
    with commits(log, once(lost(log), kept=kept)):
        if kept:
            assert first + 2 == log.append([remark("a"), remark("b")])
        else:
            with pytest.raises(Unavailable, match="can't be used") as refused:
                log.append([remark("a"), remark("b")])
            assert "Nothing was appended." in refused.value.hint
    assert [*before, *(("a", "b") if kept else ())] == texts(log)
    assert [*range(1, log.head().size + 1)] == heard.positions
    assert log.head().size + 1 == log.append([remark("again")])
    assert [] == verify(log).findings


def test_what_another_put_in_its_place(log: Log, new_url: NewUrl, heard: Heard) -> None:
    """A commit failed, and before anybody looks somebody else appends: that is not ours."""
    other = Log(log.recorder.engine, RALLY, Ticking(), "main")

    def around(commit: Breaks) -> None:
        if not left:
            commit()
        elif left.pop() == "ours":
            raise lost(log)

    left = ["ours"]
    usual = ledger.unclear._is_there

    def late(engine: sa.Engine, attempt: ledger.unclear.Attempt) -> bool:
        other.append([remark("theirs")])
        return usual(engine, attempt)

    with pytest.MonkeyPatch.context() as patched, commits(log, around):
        patched.setattr(ledger.unclear, "_is_there", late)
        with pytest.raises(Unavailable, match="can't be used"):
            log.append([remark("ours")])
    assert ["theirs"] == texts(log)
    assert [] == heard.positions


@pytest.mark.parametrize("kept", [False, True])
def test_a_ledger_that_can_not_be_asked(log: Log, heard: Heard, *, kept: bool) -> None:
    """Then nothing is guessed: it may have been appended, as what is said."""

    def around(commit: Breaks) -> None:
        if kept and not failed:
            commit()
        failed.append(True)
        raise lost(log)

    log.append([remark("before")])
    failed: list[bool] = []
    with commits(log, around), pytest.raises(Unclear) as told:
        log.append([remark("a")])
    assert "It may have been appended as" in told.value.message
    assert told.value.id[:10] in told.value.message
    assert "unclear" == told.value.kind
    assert 5 == told.value.exit_code
    found = [record.id for record in log.read(after=1)]
    assert found == ([told.value.id] if kept else [])
    assert [1] == heard.positions


@pytest.mark.parametrize("kept", [False, True])
def test_broken_off_in_the_commit(log: Log, heard: Heard, *, kept: bool) -> None:
    """Ctrl-C in the midst of a commit: whoever broke off hears what became of it."""
    with commits(log, once(KeyboardInterrupt(), kept=kept)), pytest.raises(Interrupted) as told:
        log.append([remark("a"), remark("b")])
    if kept:
        assert re.fullmatch(
            r"Interrupted, but it was appended: #1 to #2 [0-9a-f]{10}\.", str(told.value)
        )
    else:
        assert "Interrupted; nothing was appended." == str(told.value)
    assert (["a", "b"] if kept else []) == texts(log)
    assert [] == verify(log).findings


def test_broken_off_twice(log: Log, heard: Heard) -> None:
    """Who breaks off the look as well is told that it was not looked up."""

    def around(commit: Breaks) -> None:
        commit()
        raise KeyboardInterrupt

    with commits(log, around), pytest.raises(Interrupted, match="It may have been appended as"):
        log.append([remark("a")])
    assert ["a"] == texts(log)


def test_broken_off_before_the_commit(
    log: Log, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while records are written: nothing of them is kept, and nobody has to look."""

    def broken_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    log.append([remark("before")])
    monkeypatch.setattr("ledger.store.write", broken_off)
    with pytest.raises(KeyboardInterrupt) as told:
        log.append([remark("a")])
    assert not isinstance(told.value, Interrupted)
    assert ["before"] == texts(log)
    assert [1] == heard.positions


class Cable:
    """Leads to a server, and is cut at its next COMMIT: before the server hears it, or after.

    `for_good` nobody gets through afterwards; else a new connection does.
    """

    def __init__(self, to: tuple[str, int], *, heard: bool, for_good: bool = False) -> None:
        self._to, self._heard, self._for_good = to, heard, for_good
        self.armed = self._closed = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            client, _ = self._listening.accept()
            if self._closed:
                client.close()
                continue
            server, cut = socket.create_connection(self._to), threading.Event()
            for work in (self._there, self._back):
                threading.Thread(target=work, args=(client, server, cut), daemon=True).start()

    def _there(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(1 << 16):
                if self.armed and b"COMMIT" in data:
                    self.armed, self._closed = False, self._for_good
                    cut.set()
                    if not self._heard:
                        break
                server.sendall(data)
        self._end(client, server)

    def _back(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while (data := server.recv(1 << 16)) and not cut.is_set():
                client.sendall(data)
        self._end(client, server)

    def _end(self, *ends: socket.socket) -> None:
        for each in ends:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("heard_it", [False, True])
@pytest.mark.parametrize("for_good", [False, True])
def test_a_connection_that_is_cut(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    *,
    heard_it: bool,
    for_good: bool,
) -> None:
    """A server is cut off at the commit, before or after it heard of it; then it is asked anew."""
    from tests.store.conftest import databases

    monkeypatch.setattr(ledger.unclear, "PATIENCE_SECONDS", 0.5)
    with databases(request.getfixturevalue("postgresql")) as new:
        url = sa.make_url(new())
        assert url.host
        assert url.port
        cable = Cable((url.host, url.port), heard=heard_it, for_good=for_good)
        log = Log(
            open_engine(url.set(port=cable.port).render_as_string(hide_password=False)),
            RALLY, lambda: NOW, "main",
        )  # fmt: skip
        straight = Log(open_engine(str(url)), RALLY, lambda: NOW, "main")
        log.append([remark("before")])
        cable.armed = True
        try:
            assert 2 == log.append([remark("a")])
            answer = "kept"
        except LedgerError as error:
            answer = error.kind
        assert ("unclear" if for_good else "kept" if heard_it else "unavailable") == answer
        assert ["before", *(["a"] if heard_it else [])] == texts(straight)
        for each in (log, straight):
            each.recorder.engine.dispose()

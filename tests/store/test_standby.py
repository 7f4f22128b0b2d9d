"""A ledger on a primary and its standby, set up as `rally help postgresql` says."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli.commands.help import pages
from ledger.database import open_engine, shown
from ledger.errors import LedgerError, Unavailable, Unclear, Unreadable
from ledger.log import Log
from ledger.servers import address_of, writes_alone
from ledger.verify import verify
from tests.conftest import Ticking
from tests.store.pair import SETTINGS, Pair, a_pair
from tests.store.samples import RALLY, constituted, remark, some
from tests.store.servers import NoServer, Server

LEDGER = "ledger"
RALLY_IN = (sys.executable, "-m", "cli")
IMPATIENT = """
from cli.main import main
from ledger import servers

servers.PATIENCE_SECONDS = 1.0
main()
"""
"""The command, which soon tells that it waits for a server; it is half a minute in earnest."""
_BLOCK = re.compile(
    r"^```(?P<kind>\w+)(?: (?P<name>\w+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks() -> dict[str, str]:
    """The blocks of the page that are to be run: settings, and what is said to the database."""
    found = _BLOCK.finditer(pages()["postgresql"])
    return {each["name"] or each["kind"]: each["text"] for each in found}


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A pair that has a ledger with the tables and roles of the page."""
    with contextlib.ExitStack() as stack:
        try:
            started = stack.enter_context(a_pair())
        except NoServer as why:
            pytest.skip(str(why))
        started.primary.ask(f"CREATE DATABASE {LEDGER}")
        with opened(started.url(LEDGER)) as log:
            log.append([constituted()])
        run_sql(started.primary, blocks()["owner"])
        yield started


@contextlib.contextmanager
def opened(url: str) -> Iterator[Log]:
    engine = open_engine(url)
    try:
        yield Log(engine, RALLY, Ticking(), "main")
    finally:
        engine.dispose()


def run_sql(server: Server, text: str, user: str = "postgres") -> None:
    """Say something to the ledger's database, as somebody."""
    url = f"postgresql://{user}@127.0.0.1:{server.port}/{LEDGER}"
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in filter(str.strip, text.split(";")):
            connection.execute(statement.encode())


def as_user(pair: Pair, user: str, *, reading: bool = False) -> str:
    if reading:
        pair.caught_up()  # a standby that does not know the role or the database yet is passed over
    return pair.url(LEDGER, reading=reading).replace("postgres@", f"{user}@")


# -- how it is set up ------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_settings_of_the_page_are_those_that_are_tried(pair: Pair) -> None:
    """Each setting of the page holds on the servers of the tests, save how much room they take."""
    told = dict(re.findall(r"^(\w+) = (\w+)", blocks()["conf"], re.MULTILINE))
    assert len(told) > 4
    for name, value in told.items():
        if not value.endswith(("GB", "s", "10")):
            assert value == SETTINGS[name] == pair.primary.ask(f"SHOW {name}")
    assert "sync" == pair.state()


@pytest.mark.slow
def test_a_writer_can_only_append(pair: Pair) -> None:
    """What it appends is on record; what is on record it can't change, take away or make anew."""
    with opened(as_user(pair, "writer")) as log:
        before = log.head().size
        assert before + 300 == log.append(some(300))
        assert [] == verify(log).findings
    for act in (
        "DELETE FROM record",
        "UPDATE record SET site = 'elsewhere'",
        "TRUNCATE record",
        "DELETE FROM log_head",
        "DELETE FROM opening",
        "DROP TABLE record",
        "ALTER TABLE record DISABLE TRIGGER ALL",
        "CREATE TABLE mine (x int)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run_sql(pair.primary, act, "writer")


@pytest.mark.slow
def test_a_reader_can_only_read(pair: Pair) -> None:
    """It reads and verifies, and an act of its own is refused with a sentence."""
    with opened(as_user(pair, "reader")) as log:
        assert [] == verify(log).findings
        with pytest.raises(Unavailable, match="permission denied"):
            log.append([remark("may I?")])
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run_sql(pair.primary, "INSERT INTO setting VALUES ('a', 'b')", "reader")


@pytest.mark.slow
def test_every_question_may_go_to_the_standby(pair: Pair) -> None:
    """A desk that only reads, and reads there; what it may not do is told with what to do."""
    url = as_user(pair, "reader", reading=True)
    for words in (("log",), ("anomalies",), ("check",), ("verify",), ("follow", "--once")):
        answer = _rally(url, *words)
        found = 1 if words[0] in ("anomalies", "check") else 0  # what others remarked on is told
        assert answer.returncode in (0, found), answer.stderr
    refused = _rally(url, *_remarked("there"))
    assert 5 == refused.returncode
    assert "Traceback" not in refused.stderr
    assert "read-only" in refused.stderr
    assert "A standby answers" in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["off", "local", "remote_write"])
def test_nobody_acknowledges_before_the_standby_has_it(pair: Pair, setting: str) -> None:
    """A role whose own settings do not wait for the standby waits for it all the same."""
    pair.primary.ask(f"ALTER ROLE writer SET synchronous_commit = '{setting}'")
    engine = open_engine(as_user(pair, "writer"))
    with engine.connect() as connection:
        assert "on" == connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    engine.dispose()
    pair.primary.ask("ALTER ROLE writer RESET synchronous_commit")


# -- reading from the standby ----------------------------------------------------------------------


@pytest.mark.slow
def test_the_standby_shows_a_prefix(pair: Pair) -> None:
    """Who reads there while others append sees the log up to some record, and no hole in it."""
    url, until, more = pair.url(LEDGER), threading.Event(), threading.Semaphore(0)
    ended: list[int] = []

    def write() -> None:
        with opened(url) as log:
            while more.acquire() and not until.is_set():
                ended.append(log.append(some(7)))

    at_the_standby = as_user(pair, "reader", reading=True)
    writing = threading.Thread(target=write)
    writing.start()
    seen = []
    try:
        with opened(at_the_standby) as log:
            with log.recorder.engine.connect() as connection:
                assert connection.exec_driver_sql("SELECT pg_is_in_recovery()").scalar_one()
            for _ in range(20):
                more.release(5)  # meanwhile; the log is proved again each time, and stays short
                records = list(log.read())
                assert [each.position for each in records] == list(range(1, len(records) + 1))
                proof = verify(log)
                assert [] == proof.findings
                seen.append(proof.size)
    finally:
        until.set()
        more.release()
        writing.join()
    with opened(at_the_standby) as log:
        assert seen == sorted(seen)
        assert seen[0] < seen[-1] <= ended[-1]
        with pytest.raises(LedgerError, match="read-only"):
            log.append([remark("on the standby")])


# -- commits whose wait is cancelled ---------------------------------------------------------------


@pytest.mark.slow
def test_a_cancelled_wait_is_not_acknowledged(pair: Pair) -> None:
    """The server says that its disk alone has the commit: it is unclear, and found later."""
    pair.standby.stop()
    said, until = remark("while the standby is away"), threading.Event()

    def cancel() -> None:
        while not until.wait(0.1):
            pair.primary.ask(CANCEL)

    cancelling = threading.Thread(target=cancel)
    cancelling.start()
    try:
        with opened(pair.url(LEDGER)) as log:
            before = log.head().size
            with pytest.raises(Unclear) as unclear:
                log.append([said])
            assert "may have been appended" in unclear.value.message
    finally:
        until.set()
        cancelling.join()
        pair.follow_again()
    with opened(pair.url(LEDGER)) as log:
        (found,) = log.read(after=before)
        assert found.occurrence() == said


CANCEL = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


# -- fail-over and backup --------------------------------------------------------------------------


def _remarked(text: str) -> tuple[str, ...]:
    """A remark on a rally of long ago, under a key of its own."""
    return ("record", "RemarkMade", f"text={text}", "--key", text, "--clock-is-right")


def _rally(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    signed = {"RALLY_BY": "Ann", "RALLY_ROLE": "secretary", "RALLY_LEDGER": url}
    return subprocess.run(
        [*RALLY_IN, *words],
        env={**os.environ, **signed},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_who_follows_goes_on_after_a_fail_over(pair: Pair, tmp_path: Path) -> None:
    """`rally follow` waits for the new primary and tells every record once; it writes alone."""
    url = pair.url(LEDGER)
    with opened(url) as log:
        begun = log.head().size
        assert not writes_alone(log.recorder.engine)
    followed = tmp_path / "followed.jsonl"
    with followed.open("wb") as out, (tmp_path / "err").open("wb") as err:
        following = subprocess.Popen(
            [
                *(sys.executable, "-c", IMPATIENT),
                *("--ledger", url, "follow", "--json", "--since", f"#{begun}"),
            ],
            stdout=out,
            stderr=err,
        )
    try:
        act = _rally(url, *_remarked("before"))
        assert (0, "") == (act.returncode, act.stderr)
        _until(lambda: followed.read_bytes().count(b"\n") == 1)
        pair.primary.stop("immediate")
        _until(lambda: b"Waiting" in (tmp_path / "err").read_bytes())
        pair.promote()
        alone = _rally(url, *_remarked("alone"))
        assert 0 == alone.returncode, alone.stderr
        assert "no standby" in alone.stderr
        _until(lambda: followed.read_bytes().count(b"\n") == 2)
        pair.follow_again()
        again = _rally(url, *_remarked("again"))
        assert (0, "") == (again.returncode, again.stderr)
        _until(lambda: followed.read_bytes().count(b"\n") == 3)
    finally:
        following.kill()
        following.wait()
    told = [json.loads(each)["words"] for each in followed.read_text().splitlines()]
    assert ["Remark: before", "Remark: alone", "Remark: again"] == told


def _until(what: object) -> None:
    until = time.monotonic() + 60
    while not what():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.slow
def test_what_the_page_says_after_a_promotion(pair: Pair) -> None:
    """The new primary takes what the page tells it, and waits for nobody."""
    run_statements = [each.strip() for each in blocks()["promoted"].split(";") if each.strip()]
    try:
        for each in run_statements:
            pair.primary.ask(each)
        _until(lambda: pair.primary.ask("SHOW synchronous_standby_names") == "")
    finally:
        for each in blocks()["primary"].split(";"):
            if each.strip():
                pair.primary.ask(each)
    _until(lambda: pair.state() == "sync")


@pytest.mark.slow
def test_a_backup_is_checked_by_its_root(pair: Pair) -> None:
    """A base backup is started as a server of its own; it holds the root that was kept."""
    with opened(pair.url(LEDGER)) as log:
        head = log.head()
    copy = Server(pair.primary.folder, "backup", pair.primary._account)
    source = f"host=127.0.0.1 port={pair.primary.port} user=postgres"
    copy.run("pg_basebackup", "-D", str(copy.data), "-X", "stream", "-c", "fast", "-d", source)
    copy.run("pg_verifybackup", str(copy.data))
    copy.start(synchronous_standby_names="")
    try:
        with opened(f"postgresql://reader@127.0.0.1:{copy.port}/{LEDGER}") as log:
            assert [] == verify(log).findings
            assert head.root() == log.recorder.root_at(head.size)
        url = f"postgresql://reader@127.0.0.1:{copy.port}/{LEDGER}"
        kept = f"{head.root().hex()}@{head.size}"
        assert 0 == _rally(url, "verify", "--root", kept).returncode
        other = _rally(url, "verify", "--root", f"{'0' * 64}@{head.size}")
        assert 3 == other.returncode
        assert "Traceback" not in other.stderr
    finally:
        copy.stop()


# -- how several servers are named -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://ann@one:5433,two/ledger", "one,two", "5433,5432"),
        ("postgresql://ann:p%40ss@one,[::1]:7/ledger?sslmode=require", "one,::1", "5432,7"),
        ("postgresql+psycopg://one,two", "one,two", "5432,5432"),
    ],
)
def test_a_url_may_name_several_servers(url: str, host: str, port: str) -> None:
    """As libpq writes them; what is not said finds the one that takes writes."""
    address = address_of(url)
    assert (host, port) == (address.query["host"], address.query["port"])
    assert "read-write" == address.query["target_session_attrs"]
    assert "p%40ss" not in shown(address)
    assert shown(address) == shown(address_of(shown(address)))


@pytest.mark.parametrize("url", ["postgresql://one,,two/l", "postgresql://one:x,two/l"])
def test_a_server_without_a_name_is_told(url: str) -> None:
    """A list of servers with a mistake in it is no ledger, and the part that is wrong is named."""
    with pytest.raises(Unreadable, match="names no server"):
        address_of(url)


def test_what_is_asked_of_reads_stands() -> None:
    """Who asks for the standby gets it."""
    asked = address_of("postgresql://a@one,two/ledger?target_session_attrs=prefer-standby")
    assert "prefer-standby" == asked.query["target_session_attrs"]

"""Damage to the files of a ledger shows in `verify`, and what follows from the log is made anew."""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger import schema
from ledger.database import open_engine
from ledger.errors import Tampered
from ledger.log import Log
from ledger.mending import mend
from ledger.verify import verify
from tests.command_line.conftest import behind_its_back
from tests.conftest import Ticking
from tests.examples import share_of
from tests.store.conftest import databases
from tests.store.flips import EVERY_KIND, answers, asked, closed, pages_of, unseen
from tests.store.samples import RALLY, constituted, some

SEED, FLIPS = 13, 2
MANY = 40


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small ledger that has every kind of page."""
    return closed(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, stored: bytes) -> list[tuple[int, str]]:
    """What it answers as long as nothing is wrong with it."""
    file = tmp_path_factory.mktemp("asked") / "rally.db"
    file.write_bytes(stored)
    return answers(file, [])


@pytest.fixture
def small(tmp_path: Path, stored: bytes) -> Path:
    """A copy of it."""
    file = tmp_path / "rally.db"
    file.write_bytes(stored)
    return file


def put(file: Path, changed: bytes) -> None:
    """Put other bytes in the place of a ledger, with nothing left of what was written to it."""
    gc.collect()
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    file.write_bytes(changed)


def test_every_kind_of_page_is_there(small: Path, stored: bytes) -> None:
    """The small ledger has pages of each kind, else one would not be tried; and it verifies."""
    _, pages = pages_of(stored)
    assert set(EVERY_KIND) == {kind for kind, there in pages.items() if there}
    for rally in (RALLY, "other"):
        assert (0, "") == asked(small, f"verify --rally {rally}")[::2]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_bit_on_any_page(tmp_path: Path, stored: bytes, kind: str) -> None:
    """Either `rally verify` says that something is wrong, or every answer is what it was."""
    assert [] == unseen(tmp_path, stored, kind, SEED, FLIPS)


@pytest.mark.slow
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_many_bits_on_any_page(tmp_path: Path, stored: bytes, kind: str) -> None:
    """The same with many more bits: forty with RALLY_EXAMPLES=1."""
    assert [] == unseen(tmp_path, stored, kind, SEED + 1, share_of(MANY))


def _in_an_index(stored: bytes, words: bytes) -> list[int]:
    """Where words stand in the leaves of indexes and of tables that are indexes themselves."""
    size, pages = pages_of(stored)
    found = []
    for page in pages["index leaf"]:
        at = stored.find(words, page * size, (page + 1) * size)
        while at >= 0:
            found.append(at)
            at = stored.find(words, at + 1, (page + 1) * size)
    return found


def test_the_index_of_the_rallies(small: Path, stored: bytes) -> None:
    """A bit of where its entries lie: who names no rally is told, and never by a traceback."""
    with contextlib.closing(sqlite3.connect(small)) as connection:
        query = "SELECT pgoffset FROM dbstat WHERE name LIKE 'sqlite_autoindex_log_head%'"
        [begin] = [int(at) for (at,) in connection.execute(query)]
    assert 0 == asked(small, "verify --rally other")[0]
    codes = set()
    for bit in range(0, 32, 5):  # two entries, each two bytes behind the header of the page
        changed = bytearray(stored)
        changed[begin + 8 + bit // 8] ^= 1 << bit % 8
        put(small, bytes(changed))
        codes.add(asked(small, "site", rally="")[0])
        assert asked(small, "verify", rally="")[0]
    assert codes <= {0, 1, 2, 3, 5}


@pytest.mark.slow
def test_an_index_that_leaves_something_out(tmp_path: Path, small: Path, stored: bytes) -> None:
    """A letter in an index: the plan of a stage is no longer found, `verify` says so, it is mended.

    The records are as they were, and so are root and answers once the indexes are made anew.
    """
    question = "log --type StageScheduled --json"
    expected, root = asked(small, question), json.loads(asked(small, "verify --json")[1])["root"]
    missed = 0
    for place in _in_an_index(stored, b"StageScheduled"):
        changed = bytearray(stored)
        changed[place] ^= 1
        put(small, bytes(changed))
        missed += asked(small, question) != expected
        code, out, _ = asked(small, "verify --json")
        told = json.loads(out)
        assert (code, told["ok"]) in ((1, False), (3, False))
        code, out, _ = asked(small, "rebuild --json")
        assert (code, bool(json.loads(out)["made_anew"])) == (0, True)
        assert expected == asked(small, question)
        assert root == json.loads(asked(small, "verify --json")[1])["root"]
        assert 0 == asked(small, "verify")[0]
    assert missed


@pytest.mark.slow
@pytest.mark.parametrize("fill", [b"\0", b"\xff", b"\x0d"])
def test_a_page_of_an_index_that_is_lost(
    small: Path, stored: bytes, answered: list[tuple[int, str]], fill: bytes
) -> None:
    """A whole page of an index is overwritten: records are read without it, it is mended."""
    size, pages = pages_of(stored)
    mended = 0
    lost = (pages["index leaf"] + pages["index interior"])[::6]
    for page in lost:
        changed = bytearray(stored)
        changed[page * size : (page + 1) * size] = fill * size
        put(small, bytes(changed))
        code, _, err = asked(small, "verify")
        assert code in (1, 3, 5), err
        code, out, err = asked(small, "rebuild")
        if code == 0:
            assert "Made anew: " in out
            assert 0 == asked(small, "verify")[0]
            assert answered == answers(small, [])
            mended += 1
        else:  # what stands in no record, as a name or where else one was recorded, can be lost
            assert code in (1, 3, 5), err
    assert mended > len(lost) // 2


FOLLOWS = {
    "a tag too many": "INSERT INTO record_tag VALUES ('test', 'crew:99', 'RemarkMade', 40)",
    "no tags": "DELETE FROM record_tag",
    "a tile": "UPDATE tile SET hash = x'00'",
    "no tiles": "DELETE FROM tile",
    "the column type": "UPDATE record SET type = 'CrewEntered' WHERE position = 40",
    "the id": "UPDATE record SET id = 'x' WHERE position = 40",
    "the leaf": "UPDATE record SET leaf = x'00' WHERE position = 40",
    "the tags": "UPDATE record SET tags = '[' WHERE position = 40",
    "the index of times": "UPDATE recorded_until SET recorded_at = 1",
    "the time of the head": "UPDATE log_head SET received_at = 253402300799000",
    "a table of somebody else": "CREATE TABLE notes (text)",
    "a guard": "DROP TRIGGER record_refuses_delete",
}


AT_ONCE = ("a tag too many", "the id")
"""These stand for all where it has to be quick."""


@pytest.mark.parametrize(
    "what",
    [each if each in AT_ONCE else pytest.param(each, marks=pytest.mark.slow) for each in FOLLOWS],
)
def test_what_follows_from_the_log_is_made_anew(
    small: Path, answered: list[tuple[int, str]], what: str
) -> None:
    """`verify` finds it, `rebuild` tells what it made anew, and every answer is what it was."""
    if what == "a guard":
        with contextlib.closing(sqlite3.connect(small)) as connection:
            connection.execute(FOLLOWS[what])
    else:
        behind_its_back(small, (FOLLOWS[what], ()))
    assert asked(small, "verify")[0] in (1, 3)
    code, out, err = asked(small, "rebuild")
    assert (code, "Made anew: " in out) == (0, True), err
    assert 0 == asked(small, "verify")[0]
    assert answered == answers(small, [])


LOST = {
    "content": "UPDATE record SET data = x'7b7d' WHERE position = 40",
    "a record": "DELETE FROM record WHERE position = 40",
    "the last record": "DELETE FROM record WHERE position = (SELECT max(position) FROM record)",
    "the site": "UPDATE record SET site = 'x' WHERE position = 40",
    "the time of receipt": "UPDATE record SET received_at = received_at + 1 WHERE position = 40",
    "the tree": "UPDATE log_head SET frontier = x'00'",
}


@pytest.mark.parametrize("what", LOST)
def test_what_is_lost_is_not_made_up(small: Path, what: str) -> None:
    """A log that does not verify is left exactly as it is, and the answer says so."""
    behind_its_back(small, (LOST[what], ()))
    before = small.read_bytes()
    assert 3 == asked(small, "verify")[0]
    code, _, err = asked(small, "rebuild")
    assert (code, "Nothing was made anew." in err) == (3, True)
    assert before == small.read_bytes()


BESIDE = {
    "where else it was recorded": "UPDATE provenance SET site = 'awaz'",
    "nowhere else": "DELETE FROM provenance",
    "the name of the site": "UPDATE setting SET value = 'cortrol' WHERE name = 'site'",
    "the site of the head": "UPDATE log_head SET site = 'cortrol'",
}


@pytest.mark.parametrize("what", BESIDE)
def test_what_no_hash_of_a_record_covers(small: Path, what: str) -> None:
    """What a ledger keeps beside its records shows, too; it does not follow from them and stays."""
    behind_its_back(small, (BESIDE[what], ()))
    assert 1 == asked(small, "verify")[0]
    code, _, err = asked(small, "rebuild")
    assert (code, "Left as it is: " in err) == (1, True)


def test_nobody_else_has_it_open(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that somebody is reading is not replaced under him; it says what to do."""
    behind_its_back(small, ("DELETE FROM record_tag", ()))
    with sqlite3.connect(small) as reading, monkeypatch.context() as impatient:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM record").fetchone()
        impatient.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, timeout=0.1))
        code, _, err = asked(small, "rebuild")
    reading.close()
    assert (code, "Somebody else has" in err) == (5, True), err
    assert 0 == asked(small, "rebuild")[0]


def test_nothing_is_made_anew_where_nothing_is_wrong(small: Path) -> None:
    """Then only the timeline is made anew."""
    code, out, _ = asked(small, "rebuild")
    assert (code, out) == (0, f"The timeline was made anew from {out.split()[-2]} records.\n")


# -- PostgreSQL ------------------------------------------------------------------------------------


@pytest.fixture(params=["amcheck", "by reading"])
def on_postgresql(
    postgresql: str, clock: Ticking, request: pytest.FixtureRequest
) -> Iterator[tuple[sa.Engine, Log]]:
    """A log of some hundred records, with and without the extension amcheck."""
    with databases(postgresql) as new:
        engine = open_engine(new())
        if request.param == "amcheck":
            with engine.begin() as connection:
                try:
                    connection.exec_driver_sql("CREATE EXTENSION amcheck")
                except sa.exc.DBAPIError as error:
                    pytest.skip(f"PostgreSQL has no amcheck here: {error.orig}")
        log = Log(engine, RALLY, clock, "main")
        log.append([constituted(), *some(300)])
        yield engine, log
        engine.dispose()


INDEXES = ("record_by_id", "record_by_type", "record_by_site", "record_tag_pkey")


def test_an_index_of_postgresql(on_postgresql: tuple[sa.Engine, Log]) -> None:
    """An index that lacks its last records shows and is made anew."""
    engine, log = on_postgresql
    assert [] == verify(log).findings
    ready = sa.text(
        "UPDATE pg_index SET indisready = :on, indisvalid = :on "
        "WHERE indexrelid = ANY(CAST(:names AS regclass[]))"
    )
    with engine.begin() as connection:
        connection.execute(ready, {"on": False, "names": [*INDEXES]})
    engine.dispose()
    log.append(some(310)[300:])
    with engine.begin() as connection:
        connection.execute(ready, {"on": True, "names": [*INDEXES]})
    engine.dispose()
    told = [each.message for each in verify(log).findings]
    for index in INDEXES:
        assert any(index in each for each in told), index
    assert mend(log).made_anew
    assert [] == verify(log).findings


def test_tags_of_postgresql(on_postgresql: tuple[sa.Engine, Log]) -> None:
    """Tags that were taken away are written again; content that was altered is not made up."""
    engine, log = on_postgresql

    def behind(statement: sa.Executable) -> None:
        with engine.begin() as connection:
            for name in ("record", "record_tag"):
                connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            connection.execute(statement)
            for name in ("record", "record_tag"):
                connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")

    tag, record = schema.record_tag, schema.record
    behind(sa.delete(tag).where(tag.c.position < 50))
    assert verify(log).findings
    assert mend(log).made_anew
    assert [] == verify(log).findings
    behind(sa.update(record).where(record.c.position == 7).values(data=b"{}"))
    with pytest.raises(Tampered):
        mend(log)

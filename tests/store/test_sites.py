"""Sites in the store: every site numbers its own records without gaps, in whatever log they lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ledger import schema
from ledger.database import open_engine, writing
from ledger.intake.jsonl import Arrived, export, read_jsonl, take_in_jsonl
from ledger.log import Ledger, Log
from ledger.verify import verify
from tests.conftest import Ticking
from tests.store.conftest import NewUrl
from tests.store.samples import RALLY, constituted, entry, remark

LATER = (schema.setting, schema.provenance, schema.opening)


@contextmanager
def opened(url: str, name: str = "") -> Iterator[Ledger]:
    """A ledger, with a name as a site if one is given."""
    ledger = Ledger(url, Ticking())
    if name:
        ledger.name_site(name)
    yield ledger
    ledger.close()


def take_in(ledger: Ledger, *logs: Log) -> Log:
    """Merge the exports of logs into a ledger, one after another."""
    for log in logs:
        lines = [line.encode() for line in export(log)]
        take_in_jsonl(
            ledger, [each for each in read_jsonl("x", lines) if isinstance(each, Arrived)]
        )
    return ledger.log(RALLY)


def numbered(log: Log, site: str) -> list[int]:
    """The numbers of a site in the order of the log."""
    return [each.header.site_position for each in log.read() if each.header.site == site]


def test_a_site_numbers_its_own_records(new_url: NewUrl) -> None:
    """A laptop restores the log, is named, and begins at 1; race control goes on where it was.

    An export of the merged log restores everything as it was, and goes on under its first site.
    """
    with opened(new_url()) as control, opened(new_url(), "finish") as laptop:
        home = control.log(RALLY)
        home.append([constituted(), remark("a")])
        away = take_in(laptop, home)
        away.append([remark("b"), remark("c")])
        home.append([remark("d")])
        take_in(control, away)
        home.append([remark("e")])
        away.append([remark("f")])
        assert ([1, 2, 3, 4], [1, 2]) == (numbered(home, "main"), numbered(home, "finish"))
        assert ([1, 2], [1, 2, 3]) == (numbered(away, "main"), numbered(away, "finish"))
        with opened(new_url()) as copy, opened(new_url(), "spare") as spare:
            restored, other = take_in(copy, home), take_in(spare, home)
            assert list(home.read()) == list(restored.read()) == list(other.read())
            assert home.head() == restored.head()
            assert ("", "spare") == (restored.site(), other.site())
            other.append([remark("g")])
            assert [1] == numbered(other, "spare")
            assert verify(other).ok
            take_in(spare, away)
            spare.name_site("finish")  # the laptop broke: this one goes on where its numbers end
            other.append([remark("h")])
            assert [1, 2, 3, 4] == numbered(other, "finish")


def test_one_number_for_two_records(new_url: NewUrl) -> None:
    """A laptop is replaced by one that begins again at 1: nothing is lost when both are merged."""
    with opened(new_url()) as control, opened(new_url(), "x") as one, opened(new_url(), "x") as two:
        for ledger, words in ((one, "one"), (two, "two")):
            ledger.log(RALLY).append([remark(words)])
        merged = take_in(control, one.log(RALLY), two.log(RALLY))
        assert [1, 1] == numbered(merged, "x")
        assert verify(merged).ok


def test_a_record_of_two_sites_keeps_both_numbers(new_url: NewUrl) -> None:
    """What two sites took in is there once, with its number at each; exports hand both on."""
    with opened(new_url(), "a") as one, opened(new_url(), "b") as two, opened(new_url()) as third:
        one.log(RALLY).append([remark("both")])
        two.log(RALLY).append([remark("own"), remark("both")])
        home = take_in(one, two.log(RALLY), two.log(RALLY))
        both = {("a", 1), ("b", 2)}
        assert [both, {("b", 1)}] == [set(each.origins) for each in home.read()]
        assert 2 == home.head().size
        further = take_in(third, two.log(RALLY), home)
        assert [{("b", 1)}, both] == [set(each.origins) for each in further.read()]
        assert list(export(further)) == list(export(take_in(third, home)))
        with opened(new_url(), "c") as fourth:
            fourth.log(RALLY).append([remark("other")])
            assert both in [set(each.origins) for each in take_in(fourth, home).read()]
        # It is known only from where it was learnt on, so that an earlier answer stays as it was.
        assert [1] == [len(each.origins) for each in home.read(until=1)]
        with opened(new_url()) as copy:
            assert list(export(home)) == list(export(take_in(copy, home)))
        one.name_site("b")
        home.append([remark("next")])
        assert [1, 3] == numbered(home, "b")


@pytest.mark.parametrize("writes", [False, True])
def test_an_older_ledger(new_url: NewUrl, writes: bool) -> None:
    """A ledger without the later tables is read as it is; they are made when they are needed."""
    url = new_url()
    with opened(url) as old:
        old.log(RALLY).append([constituted()])
    engine = open_engine(url)
    with writing(engine) as connection:
        for table in LATER:
            table.drop(connection)
    engine.dispose()
    with opened(url) as old, opened(new_url(), "x") as other:
        log = old.log(RALLY)
        assert ({}, {}) == (log.recorder.openings(), log.recorder.erased())
        assert "" == old.site()
        assert verify(log).ok
        if writes:
            log.act(lambda: entry("1", "Li"))
            other.log(RALLY).append([constituted(), remark("x")])
            take_in(old, other.log(RALLY))
            old.name_site("finish")
            assert ("finish", 3) == (old.log(RALLY).site(), log.head().size)
            assert {("main", 1), ("x", 1)} == set(next(log.read()).origins)
        with engine.connect() as connection:
            present = [schema.has(connection, table) for table in LATER]
        assert [writes, writes, False] == present


def test_what_is_typed_carries_the_name(new_url: NewUrl) -> None:
    """Acts at a site that has a name carry it; those of a ledger without one carry none."""
    with opened(new_url(), "finish") as named, opened(new_url()) as plain:
        for ledger, name in ((named, "finish"), (plain, "")):
            log = ledger.log(RALLY)
            log.append([constituted()])
            (record,) = log.act(lambda: entry("1", "Li"))
            assert name == record.occurrence().site
            assert "" == log.at(1).occurrence().site

"""Several machines write at once: nothing is lost, nothing is doubled, nobody is overtaken."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from ledger.log import Log
from ledger.verify import verify
from tests.looked import some_of
from tests.store.conftest import NewUrl
from tests.store.samples import constituted
from tests.store.workers import (
    appends,
    appends_until_told,
    at_once,
    enters,
    opened,
    opens,
    remarks_at,
    signal,
    working,
)

WRITERS = 4


@pytest.mark.slow
def test_four_writers_lose_nothing(url: str, log: Log) -> None:
    """Four processes append; every append that was acknowledged is there, once, in its place.

    Their clocks run backwards and differ; the times of receipt never do.
    """
    rounds = 30
    answers = at_once(appends, [(url, who, rounds) for who in range(WRITERS)])
    acknowledged = sorted(kept for answer in answers for kept in answer)
    found = list(log.read())
    assert [(record.position, record.id) for record in found] == acknowledged
    assert WRITERS * (10 * 5 + 20) == len(found)
    assert list(range(1, len(found) + 1)) == [record.position for record in found]
    assert len(found) == len({record.id for record in found})
    received = [record.header.received_at for record in found]
    assert sorted(received) == received
    assert [] == verify(log).findings


@pytest.mark.slow
def test_a_reader_never_skips_a_record(url: str, log: Log) -> None:
    """Who reads on from the last position seen, while others append, sees every record."""
    rounds = 20
    seen: list[int] = []
    total = WRITERS * (7 * 5 + 13)
    with working(appends, [(url, who, rounds) for who in range(WRITERS)]) as team:
        while team.busy():
            seen += [record.position for record in log.read(after=len(seen))]
            assert list(range(1, len(seen) + 1)) == seen
            assert len(seen) <= log.head().size
        assert total == sum(len(answer) for answer in team.answers())
    seen += [record.position for record in log.read(after=len(seen))]
    assert list(range(1, total + 1)) == seen


def test_verify_while_others_append(url: str, log: Log) -> None:
    """A log that grows while it is verified is whole all the same: no false alarm."""
    sizes, enough = set[int](), signal()
    with working(appends_until_told, [(url, who, enough) for who in range(2)]) as team:
        while len(sizes) < 4 and team.busy():
            proof = verify(log)
            assert [] == proof.findings
            sizes.add(proof.size)
        enough.set()
        assert sum(team.answers()) == log.head().size
    assert 4 == len(sizes)


def test_a_new_ledger_opened_by_several_at_once(new_url: NewUrl) -> None:
    """Processes that open a ledger which does not exist yet, at the same moment, all succeed."""
    urls = [new_url() for _ in range(6)]
    answers = at_once(opens, [(urls, who) for who in range(3)])
    for url, *positions in some_of(zip(urls, *answers, strict=True)):
        assert [1, 2, 3] == sorted(positions)
        with opened(url) as log:
            assert [] == verify(log).findings


def test_one_number_goes_to_one_crew(url: str, log: Log) -> None:
    """Four secretaries enter different drivers under one number: one succeeds, three are told."""
    log.append([constituted()])
    numbers = [str(number) for number in range(101, 109)]
    answers = at_once(enters, [(url, numbers, who) for who in range(WRITERS)])
    for number, *outcomes in zip(numbers, *answers, strict=True):
        assert 1 == outcomes.count("entered")
        (record,) = log.read(types=["CrewEntered"], tags=[f"crew:{number}"])
        winner = f"driver {outcomes.index('entered')}"
        refusal = f"refused: The number {number} belongs to {winner}."
        assert WRITERS - 1 == outcomes.count(refusal)
        assert winner == getattr(record.occurrence(), "driver")  # noqa: B009 - a union by its type
    assert 1 + len(numbers) == log.head().size
    assert [] == verify(log).findings


def test_an_expected_position_is_taken_once(url: str, log: Log) -> None:
    """Four officials decide on the log as it stands at one position: one decision is recorded.

    The others hear of a conflict, even though nothing that was recorded bears on their act.
    """
    log.append([constituted()])
    positions = list(range(1, 9))
    answers = at_once(remarks_at, [(url, positions, who) for who in range(WRITERS)])
    for outcomes in zip(*answers, strict=True):
        assert 1 == outcomes.count("recorded")
        assert WRITERS - 1 == outcomes.count("conflict")
    assert 1 + len(positions) == log.head().size


def test_rallies_in_one_ledger_do_not_mix(engine: sa.Engine) -> None:
    """Two rallies in one ledger have positions, roots and readers of their own."""
    from tests.conftest import NOW
    from tests.store.samples import remark

    first, second = (Log(engine, name, lambda: NOW, "main") for name in ("test", "other"))
    for count in range(3):
        first.append([remark(f"first {count}")])
    assert 3 == first.head().size
    assert 0 == second.head().size
    assert [] == list(second.read())
    assert "" == second.identity()

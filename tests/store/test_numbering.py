"""Several officials post at once: every document gets a number of its own, and none is left out."""

from __future__ import annotations

import functools
from threading import Barrier

import pytest

from ledger.commands.desk import IssueDecision
from ledger.commands.publish import PostDocument, post
from ledger.commands.record import RecordOccurrence
from ledger.errors import Refused
from ledger.log import Log
from ledger.verify import verify
from ledger.vocabulary import (
    ClassificationPublished,
    DecisionIssued,
    DecisionRescinded,
    DocumentPosted,
)
from projections.desk.judging import judge
from tests.store.samples import AT, RALLY, constituted
from tests.store.workers import PATIENCE_SECONDS, at_once, opened

WRITERS, TYPISTS, ROUNDS = 8, 4, 4


def classification(who: int, kind: str = "amended") -> ClassificationPublished:
    """A classification as one of the writers computed it."""
    return ClassificationPublished(
        rally=RALLY,
        recorded_at=AT,
        by=f"writer {who}",
        role="results-office",
        document="",
        kind=kind,  # type: ignore[arg-type]
        scope={"kind": "overall"},
        position=1,
        rows=({"place": 1, "number": "101"},),
    )


def posts(barrier: Barrier, url: str, who: int) -> list[tuple[str, int | None]]:
    """Publish an amended classification in each round; answer its number and its amendment's."""
    given = []
    with opened(url) as log:
        for _ in range(ROUNDS):
            barrier.wait(PATIENCE_SECONDS)
            (record,) = post(log, lambda: PostDocument([classification(who)], judge))
            said = record.occurrence()
            assert isinstance(said, ClassificationPublished)
            given.append((said.document, said.amendment))
    return given


def decision(who: int, series: str, number: int = 1) -> DecisionIssued:
    """A decision as one of the writers drew it up; its number is given when it is issued."""
    return DecisionIssued(
        rally=RALLY,
        recorded_at=AT,
        by=f"writer {who}",
        role="stewards" if series == "stewards" else "clerk-of-the-course",
        series=series,  # type: ignore[arg-type]
        decision=number,
    )


def decides(barrier: Barrier, url: str, who: int) -> list[tuple[str, int | str]]:
    """Issue a decision in each round, by turns of the clerk and of the stewards."""
    given: list[tuple[str, int | str]] = []
    with opened(url) as log:
        for turn in range(ROUNDS):
            series = "clerk" if (who + turn) % 2 else "stewards"
            barrier.wait(PATIENCE_SECONDS)
            said = decision(who, series)
            (record,) = post(log, functools.partial(IssueDecision, said, judge))
            issued = record.occurrence()
            assert isinstance(issued, DecisionIssued)
            given.append((issued.series, issued.decision))
    return given


def types_a_number(barrier: Barrier, url: str, who: int) -> list[str]:
    """Type the same number as everybody else, half of them for another kind of document."""
    outcomes = []
    with opened(url) as log:
        for number in map(str, range(1, ROUNDS + 1)):
            other = DocumentPosted(
                rally=RALLY, recorded_at=AT, role="secretary", document=number, title=f"{who}"
            )
            barrier.wait(PATIENCE_SECONDS)
            try:
                if who % 2:
                    log.act(lambda other=other: RecordOccurrence(other, judge))  # type: ignore[misc]
                else:
                    said = classification(who, "provisional")
                    post(log, lambda n=number, s=said: PostDocument([s], judge, n))  # type: ignore[misc]
                outcomes.append("posted")
            except Refused as refused:
                outcomes.append(refused.message)
    return outcomes


@pytest.mark.slow
def test_eight_who_post_at_once(url: str, log: Log) -> None:
    """Each document has a number of its own, from 1 without gaps; so have the amendments."""
    log.append([constituted()])
    post(log, lambda: PostDocument([classification(0, "provisional")], judge))
    answers = at_once(posts, [(url, who) for who in range(WRITERS)])
    documents, amendments = zip(*(each for answer in answers for each in answer), strict=True)

    assert [str(n) for n in range(2, WRITERS * ROUNDS + 2)] == sorted(documents, key=int)
    assert list(range(1, WRITERS * ROUNDS + 1)) == sorted(amendments)
    # The order of the numbers is the order of the records.
    posted = [record.occurrence() for record in log.read(types=["ClassificationPublished"])]
    numbers = [each.document for each in posted if isinstance(each, ClassificationPublished)]
    assert [str(n) for n in range(1, WRITERS * ROUNDS + 2)] == numbers
    assert [] == verify(log).findings


def test_one_number_goes_to_one_document(url: str, log: Log) -> None:
    """Four type the same number: one has it, the others hear who took it."""
    log.append([constituted()])
    answers = at_once(types_a_number, [(url, who) for who in range(TYPISTS)])
    for number, *outcomes in zip(range(1, ROUNDS + 1), *answers, strict=True):
        assert 1 == outcomes.count("posted")
        (record,) = log.read(tags=[f"document:{number}"])
        refusal = f"The document number {number} is taken. {record.occurrence().words()}"
        assert TYPISTS - 1 == outcomes.count(refusal)
    assert 1 + ROUNDS == log.head().size


def test_an_expected_position_is_not_waited_for(log: Log) -> None:
    """Who names the position at which the log has to be is not served at another."""
    log.append([constituted()])
    with pytest.raises(Exception, match="somebody appended first"):
        post(log, lambda: PostDocument([classification(0, "partial")], judge), expect=0)
    assert 1 == log.head().size


@pytest.mark.slow
def test_eight_who_decide_at_once(url: str, log: Log) -> None:
    """Each series has numbers from 1 without gaps or doubles, in the order of the records."""
    log.append([constituted()])
    answers = at_once(decides, [(url, who) for who in range(WRITERS)])
    given = [each for answer in answers for each in answer]
    half = WRITERS * ROUNDS // 2
    expected = [(series, n) for series in ("clerk", "stewards") for n in range(1, half + 1)]

    assert expected == sorted(given)
    issued = [record.occurrence() for record in log.read(types=["DecisionIssued"])]
    for series in ("clerk", "stewards"):
        numbers = [
            each.decision
            for each in issued
            if isinstance(each, DecisionIssued) and each.series == series
        ]
        assert list(range(1, half + 1)) == numbers
    assert [] == verify(log).findings


def test_a_decision_that_was_taken_back_keeps_its_number(log: Log) -> None:
    """The next one has the next number; a number that is typed has to be that."""
    log.append([constituted()])
    (first,) = log.act(lambda: IssueDecision(decision(0, "clerk"), judge))
    taken_back = DecisionRescinded(
        rally=RALLY, recorded_at=AT, role="clerk-of-the-course", target=first.id
    )
    log.act(lambda: RecordOccurrence(taken_back, judge))
    (second,) = log.act(lambda: IssueDecision(decision(1, "clerk"), judge, 2))

    assert 2 == getattr(second.occurrence(), "decision")  # noqa: B009 - a union by its type
    with pytest.raises(Refused, match="The next decision of the series clerk has the number 3"):
        log.act(lambda: IssueDecision(decision(2, "clerk"), judge, 5))

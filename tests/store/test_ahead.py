"""Several acts as one append: decided on the log ahead, whoever appends meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.ahead import Ahead
from ledger.commands.record import RecordOccurrence
from ledger.errors import Conflict, KeyTaken, Refused
from ledger.keys import Key
from ledger.log import Log
from ledger.verify import verify
from ledger.vocabulary import CrewEntered, Occurrence
from projections.desk.judging import judge
from tests.store.samples import constituted, entered, remark, withdrew

K = Key("k-1")
Decide = Callable[[Ahead], None]


def act(said: Occurrence) -> Callable[[], RecordOccurrence]:
    """The act of an official who says something."""
    return lambda: RecordOccurrence(said, judge)


def deciding(*said: Occurrence) -> Decide:
    """All of this, each as an act of its own."""

    def decide(ahead: Ahead) -> None:
        for each in said:
            ahead.decide(act(each))

    return decide


def words(log: Log) -> list[str]:
    """What the log holds."""
    return [each.occurrence().words() for each in log.read()]


def test_an_act_sees_what_was_decided_before_it(log: Log) -> None:
    """A crew that is entered ahead can withdraw, and its number is taken; all is one append."""
    log.append([constituted()])
    records = log.act_ahead(deciding(entered("101", "Vera Sand"), withdrew("101")))
    assert [2, 3] == [each.position for each in records]
    with pytest.raises(Refused, match="belongs to Omar Wadi"):
        log.act_ahead(deciding(entered("102", "Omar Wadi"), entered("102", "Lin Gobi")))
    assert 3 == log.head().size
    assert [] == verify(log).findings


def test_what_is_read_ahead_is_what_will_be_on_record(log: Log) -> None:
    """By type, by tag, by position, from the end, or as a whole."""
    log.append([constituted(), entered("101", "Vera Sand"), remark("fog", "101")])
    ahead = Ahead(log)
    deciding(entered("102", "Omar Wadi"), remark("dust", "102"), remark("rain", "101"))(ahead)
    log.append(ahead.decided)
    for query in (
        {},
        {"types": ["RemarkMade"]},
        {"types": ["CrewEntered", "RemarkMade"], "tags": ["crew:101"]},
        {"tags": ["crew:102"]},
        {"after": 2, "until": 5},
        {"types": ["RemarkMade"], "after": 3},
    ):
        assert [e.id for e in log.read(**query)] == [e.id for e in ahead.read(**query)]
    for types, tags in ((["RemarkMade"], []), ([], ["crew:101"]), ([], [])):
        found = [each.newest(2, types=types, tags=tags) for each in (log, ahead)]
        assert [e.id for e in found[0]] == [e.id for e in found[1]]
    last = log.at(6)
    assert last.id == ahead.at(6).id == ahead.find(last.id[:10]).id
    assert log.head().size == ahead.head().size


def test_what_is_refused_within_was_never_decided(log: Log) -> None:
    """What is to be all or nothing leaves nothing behind; the rest stands."""
    log.append([constituted()])

    def decide(ahead: Ahead) -> None:
        deciding(entered("101", "Vera Sand"))(ahead)
        with pytest.raises(Refused, match="No crew 999"), ahead.all_or_nothing():
            deciding(entered("102", "Omar Wadi"), withdrew("999"))(ahead)
        deciding(entered("102", "Lin Gobi"))(ahead)

    assert [2, 3] == [each.position for each in log.act_ahead(decide)]
    assert "Lin Gobi" in words(log)[-1]


def meanwhile(log: Log, said: Occurrence, decide: Decide) -> tuple[Decide, list[int]]:
    """The same; and somebody appends once it was decided for the first time."""
    times: list[int] = []

    def deciding_while(ahead: Ahead) -> None:
        decide(ahead)
        if not times:
            log.append([said])
        times.append(len(ahead.decided))

    return deciding_while, times


def test_what_bears_on_none_of_it_is_no_conflict(log: Log) -> None:
    """Nothing is decided anew: it is appended behind what came in between."""
    log.append([constituted()])
    decide, times = meanwhile(log, remark("fog"), deciding(entered("101", "Vera Sand")))
    assert [3] == [each.position for each in log.act_ahead(decide)]
    assert [1] == times


def test_what_bears_on_any_of_it_has_all_of_it_decided_anew(log: Log) -> None:
    """The number was given away in between: a rule says no by now."""
    log.append([constituted()])
    decide, times = meanwhile(
        log, entered("102", "Lin Gobi"), deciding(entered("101", "Vera"), entered("102", "Omar"))
    )
    with pytest.raises(Refused, match="belongs to Lin Gobi"):
        log.act_ahead(decide)
    assert (2, [2]) == (log.head().size, times)
    decide, times = meanwhile(log, entered("104", "Una"), deciding(entered("103", "Vera")))
    assert 4 == log.act_ahead(decide)[0].position
    assert [1] == times


def test_a_position_that_is_expected(log: Log) -> None:
    """Whoever says where the log ends hears that it does not."""
    log.append([constituted(), remark("fog")])
    with pytest.raises(Conflict):
        log.act_ahead(deciding(remark("rain")), expect=1)
    assert 3 == log.act_ahead(deciding(remark("rain")), expect=2)[0].position


def test_several_acts_under_a_key_are_done_once(log: Log) -> None:
    """Each record has its part of the key; the same again answers with them."""
    log.append([constituted()])
    both = deciding(entered("101", "Vera Sand"), withdrew("101"))
    first = log.keyed(K).act_ahead(both)
    assert ["k-1", "k-1 +1"] == [each.occurrence().source.seq for each in first]
    with pytest.raises(Refused):  # as its number is taken by now
        log.keyed(K).act_ahead(both)
    done = log.keyed(K).done()
    assert first == done
    assert first == log.keyed(K).again(done).act_ahead(both)
    for other in (deciding(entered("101", "Vera Sand")), deciding(remark("a"), remark("b"))):
        with pytest.raises(KeyTaken, match="k-1 is that of #2"):
            log.keyed(K).again(done).act_ahead(other)
    assert 3 == log.head().size
    assert isinstance(first[0].occurrence(), CrewEntered)

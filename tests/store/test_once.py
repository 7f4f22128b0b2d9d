"""The same act again is the same record: by one process after another, or by several at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from ledger.commands.found import FoundRally
from ledger.commands.record import RecordOccurrence
from ledger.errors import Conflict, KeyTaken, Refused
from ledger.intake.jsonl import export, read_jsonl, take_in_jsonl
from ledger.keys import Key
from ledger.log import Ledger, Log
from ledger.prepared import Prepared
from ledger.times import Instant
from ledger.verify import verify
from ledger.vocabulary import CrewEntered, Occurrence, RegulationsAdopted
from projections.desk.judging import judge
from projections.state.facts import fold
from tests.conftest import NOW, Ticking
from tests.store.conftest import RALLY, NewUrl
from tests.store.samples import constituted, entered, remark
from tests.store.test_unclear import commits, lost, once, texts
from tests.store.workers import at_once, remarks_once

K = Key("k-1")


def recorded(said: Occurrence) -> Callable[[], RecordOccurrence]:
    """The act of an official who says something."""
    return lambda: RecordOccurrence(said, judge)


def later(said: Any) -> Any:
    """The same, recorded a minute later."""
    return msgspec.structs.replace(said, recorded_at=Instant(NOW + 60_000, 480))


def test_the_same_again(log: Log) -> None:
    """It answers with the first record, wherever the log ends and whatever a rule says by now."""
    log.append([constituted()])
    act = recorded(entered("101", "Vera Sand"))
    (first,) = log.keyed(K).once(act, expect=1)
    log.append([remark("in between")])
    with pytest.raises(Refused, match="belongs to Vera Sand"):
        log.once(act)
    (again,) = log.keyed(K).once(recorded(later(entered("101", "Vera Sand"))), expect=1)
    assert first == again
    assert first.occurrence().source.seq == "k-1"
    assert 3 == log.head().size
    assert [] == verify(log).findings


def test_another_act_under_the_key(log: Log) -> None:
    """It is told what has the key, whether a rule would allow it or not."""
    log.append([constituted()])
    log.keyed(K).once(recorded(entered("101", "Vera Sand")))
    for other in (entered("102", "Vera Sand"), entered("101", "Omar Wadi"), remark("fog")):
        with pytest.raises(KeyTaken, match="The key k-1 is that of #2"):
            log.keyed(K).once(recorded(other))
    with pytest.raises(KeyTaken):
        log.append([remark("fog")], key=K)
    assert 2 == log.head().size


def test_the_key_is_looked_up_before_the_position(log: Log) -> None:
    """A log that goes on makes no conflict of what was done already; of what was not, it does."""
    log.append([constituted(), remark("a")])
    with pytest.raises(Conflict):
        log.keyed(K).once(recorded(remark("b")), expect=1)
    log.keyed(K).once(recorded(remark("b")), expect=2)
    assert 3 == log.keyed(K).once(recorded(remark("b")), expect=1)[0].position


def test_an_act_of_several_records(log: Log) -> None:
    """Its records have keys of their own, and answer together."""
    adopted = RegulationsAdopted(
        rally=RALLY, recorded_at=constituted().recorded_at, by="Secretary", role="secretary",
        rulebook="silk-way-2016", parameters={},
    )  # fmt: skip

    def found(title: str = "Test Rally") -> Callable[[], FoundRally]:
        said = msgspec.structs.replace(constituted(), title=title)
        return lambda: FoundRally(said, adopted)

    first = log.keyed(K).once(found())
    log.append([remark("in between")])
    assert first == log.keyed(K).once(found())
    assert ["k-1", "k-1 +1"] == [each.occurrence().source.seq for each in first]
    with pytest.raises(KeyTaken):
        log.keyed(K).once(found("Another Rally"))
    assert 2 == len(fold(log.read(until=2)).facts().told)
    assert 3 == log.head().size


@pytest.mark.parametrize("kept", [False, True])
def test_what_was_not_acknowledged(
    log: Log, monkeypatch: pytest.MonkeyPatch, *, kept: bool
) -> None:
    """An act whose answer was lost is done again: it is there once."""
    monkeypatch.setattr("ledger.unclear._looked_up", _fails)
    log.append([constituted()])
    act = recorded(entered("101", "Vera Sand"))
    with commits(log, once(lost(log), kept=kept)), pytest.raises(Exception, match="may have been"):
        log.keyed(K).once(act)
    assert 2 == log.keyed(K).once(act)[0].position == log.head().size


def _fails(*_: object) -> bool:
    raise Conflict("nobody answers")


def test_several_do_the_same_at_once(url: str, log: Log) -> None:
    """Four processes do every act under the same key: each hears of the one record."""
    log.append([constituted()])
    keys = [f"key-{number}" for number in range(10)]
    answers = at_once(remarks_once, [(url, keys, who) for who in range(4)])
    for number, *positions in zip(range(2, 12), *answers, strict=True):
        assert {number} == {*positions}
    assert [f"seen {key}" for key in keys] == texts(log)[1:]
    assert [] == verify(log).findings


def test_what_two_sites_did_under_one_key(new_url: NewUrl) -> None:
    """Merged, both are in the log; what they say alike counts once, and what not is told."""
    here, there = (Ledger(new_url(), Ticking(), site) for site in ("main", "finish"))
    for ledger, text in ((here, "fog"), (there, "snow")):
        log = ledger.log(RALLY)
        log.append([constituted()])
        log.keyed(K).once(recorded(entered("101", "Vera Sand")))
        log.keyed(Key("k-2")).once(recorded(remark(text)))
    lines = [line.encode() for line in export(there.log(RALLY))]
    arrived: list[Any] = list(read_jsonl("there", lines))
    take_in_jsonl(here, arrived)
    log = here.log(RALLY)
    facts = fold(log.read()).facts()
    assert 1 == len(facts.of(CrewEntered))
    assert ["source-conflict"] == [each.kind for each in facts.findings]
    assert "two different things under k-2" in facts.findings[0].message
    assert [] == verify(log).findings
    for each in (here, there):
        each.close()


def test_one_statement_more(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an append under a key costs beside one without: it is looked up, and that is all."""
    heard: list[str] = []
    for name in ("run", "run_each"):
        usual = getattr(Prepared, name)

        def say(self: Any, *given: Any, usual: Any = usual, **named: Any) -> Any:
            heard.append("a statement")
            return usual(self, *given, **named)

        monkeypatch.setattr(Prepared, name, say)
    counts = []
    log.append([remark("before")])
    for key in (None, K):
        heard.clear()
        log.append([remark("a")], key=key)
        counts.append(len(heard))
    assert counts[0] + 1 == counts[1]

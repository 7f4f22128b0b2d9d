"""The same act again, under its key, is the same record: every act of the table, whatever it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.office.acts import ACTS
from cli.office.desk import Signature
from cli.office.overall import Said
from ledger.errors import KeyTaken, LedgerError, Refused
from ledger.log import Ledger
from tests.conftest import NOW
from tests.examples import one_in
from tests.office.test_acts import CASES, CLERK, SECRETARY, desk

LATER_MS = 90_000


def ended(ledger: Path) -> int:
    """How many records the log holds."""
    return Ledger(str(ledger), lambda: NOW).log("loop").head().size


def told(outcome: Any) -> dict[str, Any]:
    """What an act answers, as JSON."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(outcome.json()))
    return document


@pytest.fixture
def ledger(before: Path, tmp_path: Path) -> Path:
    """The small rally in which every act can be done."""
    return Path(shutil.copy(before, tmp_path / "once.db"))


def remark(ledger: Path, text: str = "in between", key: str = "") -> None:
    """Somebody else records something."""
    given = {"kind": "RemarkMade", "fields": (f"text={text}",)}
    ACTS["record"].carry_out(desk(ledger, Signature(*SECRETARY, key=key)), given)


@pytest.mark.parametrize("name", one_in(3, CASES))
def test_an_act_again_is_the_same_record(ledger: Path, name: str) -> None:
    """Later, with others' records behind it, and with an expectation that holds no more."""
    who, given, _ = CASES[name]
    first = ended(ledger)
    signature = Signature(*who, key="k-1", expect=first)
    came = ACTS[name].carry_out(desk(ledger, signature), given)
    size = ended(ledger)
    assert size == first + len(came)
    remark(ledger)
    again = ACTS[name].carry_out(desk(ledger, signature, LATER_MS), given)

    assert ended(ledger) == size + 1
    for one, other in zip(came, again, strict=True):
        assert isinstance(one, Said)
        assert isinstance(other, Said)
        assert {**told(one), "already_known": True} == told(other)
        assert (one.position, one.id, "k-1") == (other.position, other.id, told(one)["key"])


@pytest.mark.parametrize("name", one_in(10, CASES))
def test_another_act_under_its_key_is_a_conflict(ledger: Path, name: str) -> None:
    """Whatever says something else, be it the reason alone, is not what was done."""
    who, given, _ = CASES[name]
    by, role, _ = who
    ACTS[name].carry_out(desk(ledger, Signature(*who, key="k-1")), given)
    size = ended(ledger)
    other = Signature(by, role, "another reason", key="k-1")
    with pytest.raises(KeyTaken, match=f"The key k-1 is that of #{size}") as taken:
        ACTS[name].carry_out(desk(ledger, other, LATER_MS), given)
    assert (1, "conflict", size) == (taken.value.exit_code, taken.value.kind, taken.value.position)
    with pytest.raises(KeyTaken):
        remark(ledger, key="k-1")
    assert size == ended(ledger)


def test_without_a_key_equal_acts_are_two_records(ledger: Path) -> None:
    """Nobody said that they are one."""
    first = ended(ledger)
    remark(ledger)
    remark(ledger)
    assert first + 2 == ended(ledger)


def test_a_refusal_stays_one(ledger: Path) -> None:
    """A rule that says no is not asked whether something was done under the key."""
    given = {"kind": "CrewEntered", "fields": ("number=101", "driver=X", "category=cars")}
    with pytest.raises(Refused, match="belongs to"):
        ACTS["record"].carry_out(desk(ledger, Signature(*SECRETARY, key="k-1")), given)


def test_the_key_of_a_source_is_its_own(ledger: Path) -> None:
    """Two devices count from one: their readings are two, and each again is the same."""
    first, at = ended(ledger), "--source"
    for device in ("gps: A", "gps: B", "gps: A", "gps: B"):
        given = {"kind": "RemarkMade", "fields": ("text=seen",), "source": device}
        ACTS["record"].carry_out(desk(ledger, Signature(*SECRETARY, key="7")), given)
    assert first + 2 == ended(ledger), at


def test_what_was_only_tried_under_a_key_is_not_done(ledger: Path) -> None:
    """It is done afterwards; and tried again it says that it is."""
    given = {"kind": "RemarkMade", "fields": ("text=seen",)}
    tried = Signature(*SECRETARY, dry_run=True, key="k-1")
    size = ended(ledger)
    for position, known in ((None, False), (size + 1, True)):
        (came,) = ACTS["record"].carry_out(desk(ledger, tried), given)
        found = told(came)
        assert (position, known) == (found["position"], found.get("already_known", False))
        ACTS["record"].carry_out(desk(ledger, tried._replace(dry_run=False)), given)
    assert size + 1 == ended(ledger)


def test_private_values_are_compared(ledger: Path) -> None:
    """They are part of what is said, though no two commitments are alike."""
    signature = Signature(*SECRETARY, key="k-1")

    def record(phone: str) -> dict[str, Any]:
        given = {"kind": "RemarkMade", "fields": ("text=seen", f"private.phone={phone}")}
        (came,) = ACTS["record"].carry_out(desk(ledger, signature), given)
        return told(came)

    assert record("1")["id"] == record("1")["id"]
    with pytest.raises(KeyTaken):
        record("2")


@pytest.mark.parametrize("key", ["", "  ", "x" * 201, "a +2", "a\u200bb", "a\nb", "a\x1b[2J"])
def test_what_is_no_key(ledger: Path, key: str) -> None:
    """A key that can't be told from another is refused before anything is done."""
    from ledger.keys import key_typed

    with pytest.raises(LedgerError):
        key_typed(key)
    assert ended(ledger) > 0


def test_a_decision_by_others_in_between(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen when it was first signed is not asked again: what was said is what counts."""
    who, given, _ = CASES["decide disqualify"]
    signature = Signature(*who, key="k-1")
    from cli.office.desk import Desk

    usual = Desk.carry_out

    def late(self: Desk, make: Any) -> Any:
        if not self.signature.dry_run and not seen:
            seen.append(True)
            fields = ("number=101", "stage=SS1", "amount_ms=0:09:00")
            given = {"kind": "PenaltyGiven", "fields": fields}
            ACTS["record"].carry_out(desk(ledger, Signature(*CLERK)), given)
        return usual(self, make)

    seen: list[bool] = []
    monkeypatch.setattr(Desk, "carry_out", late)
    (one,) = ACTS["decide disqualify"].carry_out(desk(ledger, signature), given)
    (other,) = ACTS["decide disqualify"].carry_out(desk(ledger, signature, LATER_MS), given)
    assert told(one)["id"] == told(other)["id"]
    assert told(other)["already_known"]

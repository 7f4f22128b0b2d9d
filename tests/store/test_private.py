"""Private values in the store: kept with their record or not at all, and erased without a trace."""

from __future__ import annotations

import random
import zlib
from functools import partial
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ledger import schema, withheld
from ledger.chain import chain_of
from ledger.commands.amend import CorrectOccurrence, Envelope, VoidOccurrence
from ledger.commands.forget import ForgetPrivate
from ledger.commands.record import RecordOccurrence
from ledger.database import leaves_no_trace, open_engine, writing
from ledger.errors import Refused
from ledger.intake.jsonl import Arrived, ArrivedOpening, export, read_jsonl, take_in_jsonl
from ledger.intake.lines import BadLine
from ledger.log import Ledger, Log
from ledger.openings import SALT_BYTES, Opening, commit, opens
from ledger.record import Record
from ledger.verify import verify
from projections.desk.judging import judge
from tests.conftest import Ticking
from tests.store.conftest import NewUrl
from tests.store.samples import AT, RALLY, constituted, entered

SHOWS_COPIES = 17
"""The seed of an order of things in which SQLite alone would leave a copy of what was erased."""
WHY = Envelope(RALLY, AT, "Secretary", "secretary", "asked to")


def opening(value: str, salt: int = 1) -> Opening:
    """A value with a salt that a test knows."""
    return Opening(random.Random(salt).randbytes(SALT_BYTES), value)


def enter(log: Log, number: str, **private: str) -> Record:
    """A crew is entered, with private values."""
    openings = {name: opening(value, zlib.crc32(value.encode())) for name, value in private.items()}
    said = msgspec.structs.replace(
        entered(number, "Li"), private={name: each.commitment for name, each in openings.items()}
    )
    (record,) = log.act(partial(RecordOccurrence, said, judge, tuple(openings.values())))
    return record


def forget(log: Log, record: Record, *fields: str) -> Record:
    """Private values of a record are erased."""
    (erasure,) = log.act(partial(ForgetPrivate, record.occurrence(), fields, WHY))
    return erasure


def values(log: Log) -> set[str]:
    """What is kept beside the log."""
    return {each.value for each in log.recorder.openings().values()}


def deliver(ledger: Ledger, lines: list[str]) -> list[BadLine]:
    """Take in lines of an export, and answer those that could not be read."""
    read = list(read_jsonl("x", [line.encode() for line in lines]))
    take_in_jsonl(
        ledger,
        [each for each in read if isinstance(each, Arrived)],
        [each for each in read if isinstance(each, ArrivedOpening)],
    )
    return [each for each in read if isinstance(each, BadLine)]


@given(
    st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES), st.text(), st.text(), st.binary(max_size=8)
)
def test_an_opening_opens_one_commitment(salt: bytes, value: str, other: str, raw: bytes) -> None:
    """Nothing but the value and the salt opens it; what is stored in their place is no opening."""
    commitment = commit(salt, value)
    assert opens(commitment, salt, value.encode())
    assert (value == other) == opens(commitment, salt, other.encode())
    assert not opens(commitment, salt[::-1] + b"x", value.encode())
    assert not opens(commitment, raw, value.encode())
    assert not opens(commitment, salt, 10**9)
    assert value not in repr(Opening(salt, value)) or len(value) < 9


def test_kept_with_its_record_or_not_at_all(
    ledger_at: tuple[Ledger, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the opening can't be written, the record is not appended either; the other way, too."""
    _, log = ledger_at

    def broken(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, Exception("disk I/O error"))

    with monkeypatch.context() as patched:
        patched.setattr(withheld, "keep", broken)
        with pytest.raises(Exception, match="disk"):
            enter(log, "1", phone="+33")
    assert (1, set()) == (log.head().size, values(log))
    with monkeypatch.context() as patched:
        patched.setattr(withheld, "erased", broken)
        with pytest.raises(Exception, match="disk"):
            enter(log, "1", phone="+33")
    assert (1, set()) == (log.head().size, values(log))
    enter(log, "1", phone="+33")
    assert (2, {"+33"}) == (log.head().size, values(log))


def test_forgetting(ledger_at: tuple[Ledger, Log]) -> None:
    """An erasure is on record and final; only what is named goes, and the log still verifies."""
    _, log = ledger_at
    record = enter(log, "1", phone="+33", licence="FR-1")
    forget(log, record, "phone")
    assert {"FR-1"} == values(log)
    for fields in (["phone"], ["licence", "phone"], ["blood"]):
        with pytest.raises(Refused):
            forget(log, record, *fields)
    assert {"FR-1"} == values(log)
    erasure = forget(log, record, "licence")
    assert set() == values(log)
    for amend in (VoidOccurrence, partial(CorrectOccurrence, changes={"reason": "x"}, judge=judge)):
        with pytest.raises(Refused, match="can't be brought back"):
            log.act(lambda a=amend: a(erasure.id, chain_of(log, erasure), WHY))  # type: ignore[misc]
    other, marshal = enter(log, "2", a="b"), Envelope(RALLY, AT, "Li", "marshal", "no")
    with pytest.raises(Refused, match="may not record"):
        log.act(partial(ForgetPrivate, other.occurrence(), ["a"], marshal))
    proof = verify(log)
    assert (True, 1) == (proof.ok, proof.checked["openings"])


def test_erasures_and_openings_arrive_in_any_order(
    ledger_at: tuple[Ledger, Log], new_url: NewUrl
) -> None:
    """What is forgotten at one site is forgotten wherever that log is merged, and stays so."""
    _, log = ledger_at
    record = enter(log, "1", phone="+33", licence="FR-1")
    before = list(export(log, private=True))
    assert (2, {"+33", "FR-1"}) == (sum('"opening"' in line for line in before), values(log))
    forget(log, record, "phone")
    after = list(export(log))
    assert not any('"opening"' in line for line in after)
    deliveries = ([before, after], [after, before], [before[1:2], before, after[::-1], before])
    for order in (*deliveries, [after[::-1], before], [[*before, *after]]):
        there = Ledger(new_url(), Ticking())
        for lines in order:
            assert [] == deliver(there, lines)
        assert {"FR-1"} == values(there.log(RALLY)), order
        assert verify(there.log(RALLY)).ok
        there.close()


def test_lines_that_open_nothing(ledger_at: tuple[Ledger, Log], new_url: NewUrl) -> None:
    """An opening that was altered, is cut off or belongs to no record is not kept, nor shown."""
    _, log = ledger_at
    enter(log, "1", phone="+3312345678")
    *records, good = export(log, private=True)
    stray = good.replace("+3312345678", "+3399999999")
    there = Ledger(new_url(), Ticking())
    bad = deliver(there, [*records, stray, good[:-9], good[30:], good.replace(RALLY, "other")])
    assert [4, 5, 6] == sorted(int(each.where[2:]) + 1 for each in bad)
    assert "33" not in repr(bad)
    assert set() == values(there.log(RALLY)) == values(there.log("other"))
    assert [] == deliver(there, [good])
    assert {"+3312345678"} == values(there.log(RALLY))
    there.close()


def test_what_verify_says_of_openings(ledger_at: tuple[Ledger, Log], engine_of: sa.Engine) -> None:
    """Strange openings are findings that leave the proof whole; they never show a value."""
    _, log = ledger_at
    record = enter(log, "1", phone="+33", licence="FR-1")
    kept = {each.value: each for each in log.recorder.openings().values()}
    forget(log, record, "phone")
    rows = {
        "erased": (kept["+33"].commitment, kept["+33"].salt, b"+33"),
        "of no record": (opening("secret").commitment, opening("secret").salt, b"secret"),
        "wrong": ("f" * 64, b"salt", b"secret"),
    }
    for what, (commitment, salt, value) in rows.items():
        with writing(engine_of) as connection:
            connection.execute(
                sa.insert(schema.opening).values(
                    rally=RALLY, commitment=commitment, salt=salt, value=value
                )
            )
        proof = verify(log)
        assert (False, True, 1) == (proof.ok, proof.proved, len(proof.findings)), what
        assert commitment[:10] in proof.findings[0].message
        assert value.decode() not in repr(proof.findings)
        with writing(engine_of) as connection:
            connection.execute(
                sa.delete(schema.opening).where(schema.opening.c.commitment == commitment)
            )
    assert verify(log).ok


def test_nothing_is_left_in_the_files(tmp_path: Path) -> None:
    """Of what was erased, neither value nor salt is found in any file of the ledger."""
    ledger = Ledger(str(tmp_path / "rally.db"), Ticking())
    log = ledger.log(RALLY)
    log.append([constituted()])
    for number in range(8):
        mark, other = f"<{number}>", f"({number})"
        record = enter(log, str(number), phone=mark * 10 ** (number % 4), licence=other)
        (salt,) = (o.salt for o in log.recorder.openings().values() if o.value.startswith(mark))
        assert mark.encode() in stored(tmp_path)
        forget(log, record, "phone")
        assert mark.encode() not in stored(tmp_path)
        assert salt not in stored(tmp_path)
        assert other.encode() in stored(tmp_path)
    ledger.close()


def test_no_copies_are_left_in_rearranged_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite alone leaves copies of rows in pages that it rearranges, as happens here."""
    dice, held, gone = random.Random(SHOWS_COPIES), dict[str, Opening](), dict[str, Opening]()
    monkeypatch.setattr(withheld, "erased", lambda *_: gone)
    engine = open_engine(str(tmp_path / "rally.db"))
    for number in range(1, 300):
        with writing(engine) as connection:
            if held and dice.random() < 0.4:
                commitment = dice.choice(sorted(held))
                gone[commitment] = held.pop(commitment)
                assert 1 == withheld.erase(connection, RALLY)
            else:
                new = Opening(dice.randbytes(32), f"<{number}>" * dice.choice([1, 3, 20, 120]))
                held[new.commitment] = new
                withheld.keep(connection, RALLY, [new])
    assert leaves_no_trace(engine)
    marks = [f"{each.value.split('>')[0]}>".encode() for each in gone.values()]
    assert [] == [each for each in marks if each in stored(tmp_path)]
    assert not any(each.salt in stored(tmp_path) for each in gone.values())
    with engine.connect() as connection:
        assert held == withheld.held(connection, RALLY)
    engine.dispose()


def stored(folder: Path) -> bytes:
    """Every byte of every file of a ledger."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.fixture
def ledger_at(new_url: NewUrl) -> tuple[Ledger, Log]:
    """A ledger with a rally that is constituted."""
    ledger = Ledger(new_url(), Ticking())
    log = ledger.log(RALLY)
    log.append([constituted()])
    return ledger, log


@pytest.fixture
def engine_of(ledger_at: tuple[Ledger, Log]) -> sa.Engine:
    """The database of that ledger."""
    return ledger_at[0]._engine

"""Laws of short lines: what was read back is what is on record, whatever is typed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.context import Settings
from cli.main import run
from cli.office.lines.asks import Seat
from cli.office.lines.batch import BATCH
from cli.office.lines.context import NOWHERE, Context, context_read
from cli.office.lines.forms import FORMS, read
from cli.office.lines.read_back import read_back
from cli.office.office import Office
from ledger.errors import LedgerError
from ledger.log import Ledger
from ledger.spelling import entered
from ledger.times import Instant, format_duration
from ledger.vocabulary import TYPES, Occurrence
from tests.conftest import NOW
from tests.examples import examples
from tests.laws.short_lines import BY_FORM, OFFSET, PLAN, Says, Written
from tests.looked import some_of, when

MOMENT = Instant(NOW, OFFSET)
ANN = ("Ann", "clerk-of-the-course")


def typed(ledger: Path, *words: str) -> int:
    """Type a command at a ledger, at the one moment of these laws."""
    signed = ("--by", ANN[0], "--role", ANN[1])
    return run(["--ledger", str(ledger), *words, *signed], Settings(lambda: NOW, lambda _: OFFSET))


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with the plan, and nothing that was seen on the road."""
    folder = tmp_path_factory.mktemp("planned")
    ledger, plan = folder / "rally.db", folder / "plan.txt"
    plan.write_text(PLAN, encoding="utf-8")
    assert 0 == typed(ledger, "new", "loop", "--title", "Loop", "--timezone", "+08:00")
    assert 0 == typed(ledger, "record", "--lines", str(plan), "--strict")
    with sqlite3.connect(ledger) as whole:  # all of it in the one file that is copied
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole.close()
    return ledger


def seat_at(ledger: Path) -> Seat:
    office = Office(Ledger(str(ledger), lambda: NOW))
    return Seat(office, office.log(), *ANN, lambda: MOMENT, bytes)


@pytest.fixture(scope="module")
def seat(planned: Path) -> Seat:
    """Ann at a desk: what is only tried leaves no trace, so all laws may share it."""
    return seat_at(planned)


def test_every_form_has_its_lines() -> None:
    """A form that is added to the table is held by these laws as well."""
    assert [each.written for each in FORMS] == [*BY_FORM]


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.written)
@given(data=st.data())
@examples(150)
def test_a_line_means_what_its_read_back_said(seat: Seat, form: Any, data: st.DataObject) -> None:
    """From what is drawn to a line, read again to the same; and the words hold all of it."""
    written = data.draw(BY_FORM[form.written])
    ask = read(written.line, context_read(written.place, seat), seat, MOMENT)
    done = ask.carry_out(seat, dry_run=True)
    back = read_back(done, seat)
    assert len(written.says) == len(ask.each) == len(done) == len(back.says)
    for says, each, words in zip(written.says, done, back.says, strict=True):
        said = occurrence(says, enter=form.written == "12")
        assert said == each.said  # type: ignore[attr-defined]
        assert f"rew {says.fields['number']}" in words
        if at := said.fact_at:
            assert f"{at.datetime.day} Jul 2016 {at.clock()} +08:00" in words
        if elapsed := says.fields.get("elapsed_ms"):
            assert format_duration(elapsed) in words
    assert written.says[0].fields["number"] == back.number


def occurrence(says: Says, *, enter: bool) -> Occurrence:
    """What is on record where Ann says so here and now."""
    envelope: dict[str, Any] = {
        "rally": "loop",
        "recorded_at": MOMENT,
        "by": ANN[0],
        "role": ANN[1],
        "reason": says.reason,
    }
    if at := MOMENT if enter else says.at:
        envelope["fact_at"] = at
    if says.source:
        envelope["source"] = {"kind": says.source}
    return entered(TYPES[says.kind], envelope | dict(says.fields))


@given(data=st.data())
@examples(100)
def test_a_line_and_the_command_give_the_same_bytes(
    planned: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """`rally record TYPE FIELD=VALUE … --at …` of what a line says is that very record."""
    written = data.draw(st.one_of(*BY_FORM.values()))
    folder = tmp_path_factory.mktemp("bytes")
    by_line, by_command = copies(planned, folder)
    seat = seat_at(by_line)
    asks = read(written.line, context_read(written.place, seat), seat, MOMENT).each
    for place, ask in enumerate(asks):
        ask.carry_out(seat, key=f"key-{place}")
        given = ask.given
        words = ["record", given["kind"], *given["fields"], "--key", f"key-{place}"]
        words += ["--at", ask.at.iso()] if ask.at else []
        words += ["--reason", ask.reason] if ask.reason else []
        words += ["--source", given["source"]] if "source" in given else []
        assert 0 == typed(by_command, *words)
    assert [*data_of(by_line)] == [*data_of(by_command)]


def copies(ledger: Path, folder: Path) -> tuple[Path, Path]:
    return Path(shutil.copy(ledger, folder / "a.db")), Path(shutil.copy(ledger, folder / "b.db"))


def data_of(ledger: Path) -> Iterator[bytes]:
    log = Ledger(str(ledger), lambda: NOW).log("loop")
    return (each.data for each in log.read())


def batches(lines: list[Written]) -> bytes:
    """Lines as a file has them, each behind its place."""
    return "".join(f"at {each.place}\n{each.line}\n" for each in lines).encode()


NO_LINES = st.sampled_from([Written("TC3", each, ()) for each in ("12 9:72", "zz", "99 r", "12 i")])
TIMED = [each for written, each in BY_FORM.items() if written != "12"]


@given(st.lists(st.one_of(*TIMED, NO_LINES), min_size=1, max_size=8))
@examples(100)
def test_a_batch_is_the_lines_one_by_one(
    planned: Path, tmp_path_factory: pytest.TempPathFactory, lines: list[Written]
) -> None:
    """The same records in the same order, and the same lines refused for the same reason."""
    folder = tmp_path_factory.mktemp("batch")
    at_once, one_by_one = copies(planned, folder)
    seat = seat_at(at_once)
    given = {"lines": tuple(batches(lines).splitlines()), "quarantine": folder / "kept.jsonl"}
    (batch,) = BATCH.carry_out(seat.desk(), given)
    refused = [(each.line // 2 - 1, each.reason) for each in batch.refused]  # type: ignore[attr-defined]
    alone, errors = seat_at(one_by_one), []
    for place, each in enumerate(lines):
        try:
            read(each.line, context_read(each.place, alone), alone, None).carry_out(alone)
        except LedgerError as error:
            errors.append((place, error.message))
    assert errors == refused
    assert [*data_of(one_by_one)] == [*data_of(at_once)]
    assert bool(refused) == (folder / "kept.jsonl").exists()


ODD = st.sampled_from(
    [*"\x00\x1b\u202e\u200f\ud800\udcff\xa0\u2028\ufeff", "12", "@", "+", ";", '"', ",", "#"]
)
ANYTHING = st.one_of(
    st.text(),
    st.text(st.characters(codec=None, categories=None), max_size=40),
    st.lists(ODD | st.sampled_from([*"-rxpifwscn", "TYPE", "=", ":", "10:31", " "])).map("".join),
    st.integers(1, 10_000).map(lambda many: f"12 r {'x' * many}"),
    st.integers(1, 10_000).map(lambda many: "12," * many),
)
PLACES = ["", "SS3 start", "SS3 finish", "SS3 finish elapsed", "SS1 WP1", "TC3", "SS3 cards"]


def came_of(do: Callable[[], Any]) -> Any:
    """What came of something, or the message of the error by which it was refused."""
    try:
        return do()
    except LedgerError as error:
        return error.message


@given(text=ANYTHING, behind=st.booleans(), place=st.sampled_from(PLACES))
@examples(1500)
def test_no_line_whatever_makes_a_traceback(
    seat: Seat, text: str, behind: bool, place: str
) -> None:
    """Any text, alone or behind a number, is understood or refused with what to do."""
    context = context_read(place, seat) if place else NOWHERE
    line = f"12 {text}" if behind else text
    came = came_of(lambda: read(line, context, seat, MOMENT).carry_out(seat, dry_run=True))
    if isinstance(came, str):
        assert 0 < len(came) < 12_000
    else:
        assert read_back(came, seat).says


@given(text=ANYTHING | st.sampled_from(["ss3 finish", "SS3", "SS3 finish elapsed clock"]))
@examples(300)
def test_no_place_whatever_makes_a_traceback(seat: Seat, text: str) -> None:
    """The same of what says where an official sits; what is understood is typed again so."""
    came = came_of(lambda: context_read(text, seat))
    if when(isinstance(came, Context)):
        assert came == context_read(came.words().replace(",", ""), seat)
    else:
        assert came


@pytest.mark.parametrize("name", TYPES)
def test_every_type_can_be_reached(seat: Seat, name: str) -> None:
    """By its name, with the crew of the line where it is about one."""
    assert name == read(name.lower(), NOWHERE, seat, None).given["kind"]
    own = {field.partition("=")[0] for field in read(name, NOWHERE, seat, None).given["fields"]}
    assert not own
    came = came_of(lambda: read(f"12 {name}", NOWHERE, seat, None).given["fields"])
    assert came in (("number=12",), f"{name} is about no crew.")


def test_examples_of_the_table_can_be_read(seat: Seat) -> None:
    """What a page shows is what can be typed, at a place for which it is meant."""
    for form in some_of(FORMS):
        place = "SS3 cards" if form.places == ("cards",) else "SS3 finish"
        line = form.example.replace("WP4", "WP1").replace("TC4", "TC1")
        assert read(line, context_read(place, seat), seat, MOMENT).each

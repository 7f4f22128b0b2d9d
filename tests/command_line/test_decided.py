"""`--decided-by`: how it stood as decided by a time, in the sample and typed in afterwards."""

# ruff: noqa: E501 - lines are as wide as the tables

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from cli.office.asking import Cuts
from ledger.times import parse_instant
from ledger.vocabulary import canonical, decode
from tests.command_line.conftest import answer
from tests.command_line.pdf import attached, text
from tests.command_line.test_comparing import line_of_a_penalty, place
from tests.command_line.test_decide import CHAIR
from tests.command_line.test_transcripts import seen, shown
from tests.conftest import Rally
from tests.office.goldens import DEMO
from tests.office.test_reads import typed
from tests.spec import entered_afterwards

BEFORE, AFTER = "2016-07-21T20:00+08:00", "2016-07-21T20:20+08:00"
SECOND = (2, (2 * 60 + 55) * 1000)
FOURTH = (4, (4 * 3600 + 2 * 60 + 55) * 1000)


@pytest.fixture
def typed_in(silk_way: Rally, tmp_path: Path) -> Rally:
    """The sample in another ledger, into which somebody put it in one evening of the winter."""
    assert 0 == silk_way("export", "jsonl", "log.jsonl").code
    lines = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    records = [(each["id"], decode(json.dumps(each["occurrence"]).encode())) for each in told]
    later = b"\n".join(canonical(said) for _, said in entered_afterwards(records))
    (tmp_path / "later.jsonl").write_bytes(later + b"\n")
    (tmp_path / "rally.db").unlink()
    said = silk_way("import", "jsonl", "later.jsonl")
    assert 0 == said.code, said
    return silk_way


def test_before_and_after_the_decision_of_leg_12(silk_way: Rally) -> None:
    """At eight Loeb is second as decided by then, though he had missed the waypoints at noon."""
    assert SECOND == place(silk_way, "--decided-by", BEFORE)
    assert FOURTH == place(silk_way, "--decided-by", AFTER)
    assert FOURTH == place(silk_way, "--effective-at", BEFORE)
    assert SECOND == place(silk_way, "--decided-by", AFTER, "--known-at", "#148")


def test_a_rally_that_was_typed_in_afterwards(typed_in: Rally) -> None:
    """Nothing was known that evening, and by what had happened it was so at noon; this tells it."""
    assert SECOND == place(typed_in, "--decided-by", BEFORE)
    assert FOURTH == place(typed_in, "--decided-by", AFTER)
    assert FOURTH == place(typed_in, "--effective-at", BEFORE)
    said = typed_in("standings", "--known-at", BEFORE, "--json")
    assert [] == json.loads(said.out).get("rows", [])


def test_what_is_shown(silk_way: Rally) -> None:
    """The heading says as decided by when; the register holds what had been decided."""
    expected = """
        Silk Way Rally 2016 Moscow – Beijing · Decisions · as of #192, received 24 Jul 13:00 +03:00; as decided by 2016-07-21T15:14:00+03:00
        None.
        """
    assert shown(expected) == seen(silk_way, "decisions", "--decided-by", "2016-07-21T20:14+08:00")
    expected = """
        Silk Way Rally 2016 Moscow – Beijing · Decisions · as of #192, received 24 Jul 13:00 +03:00; as decided by 2016-07-21T15:15:00+03:00
        Decision  Doc  Taken             No  Stage  What                     Effects                                             Status    Chain  Record
        clerk-1        21 Jul 15:15:00  102  SS12   time penalty of 4:00:00  Penalty given for crew 102 on SS12: amount 4:00:00  in force           #149
        """
    assert shown(expected) == seen(silk_way, "decisions", "--decided-by", "2016-07-21T20:15+08:00")


def test_the_log_as_decided_by_then(silk_way: Rally) -> None:
    """A decision is among what had been put right by then from when it was taken on."""
    about = ("log", "--crew", "102", "--stage", "SS12", "--type", "DecisionIssued")
    assert [] == answer(silk_way, *about, "--decided-by", BEFORE)["records"]
    (row,) = answer(silk_way, *about, "--decided-by", AFTER)["records"]
    assert 149 == row["position"]
    (row,) = answer(silk_way, *about, "--effective-at", BEFORE)["records"]
    assert 149 == row["position"]


def test_a_case_of_the_desk_that_was_typed_in_afterwards(dune: Rally) -> None:
    """Taken at nine, rescinded at noon, both put on record later: each answer as of in between."""
    day = "2016-07-21T{}+08:00".format
    taken, gone = ("--decided-at", day("09:00")), ("--at", day("12:00"))
    why = ("--reason", "typed in afterwards", *CHAIR)
    fact = ("--stage", "SS1", "--at", "2016-07-20T12:00+08:00")
    assert 0 == dune("decide", "penalty", "101", "0:10:00", *fact, *taken, *why).code
    assert 0 == dune("decide", "rescind", "stewards-1", *gone, *why).code

    def by(time: str) -> tuple[list[str], int, list[str]]:
        cut = ("--decided-by", day(time))
        register = [row["status"] for row in answer(dune, "decisions", *cut)["rows"]]
        given = answer(dune, "penalties", *cut)["rows"]
        lines = [row["status"] for row in given if row["amount_ms"] == 600_000]
        return register, answer(dune, "why", "101", *cut)["total_ms"], lines

    total = answer(dune, "why", "101")["total_ms"]
    assert ([], total, []) == by("08:59")
    assert (["in force"], total + 600_000, ["in force"]) == by("09:00") == by("11:59")
    assert (["rescinded"], total, ["rescinded"]) == by("12:00")
    moved = answer(dune, "diff", "0..@", "--decided-by", day("11:59"))["rows"]
    assert total + 600_000 in [each["total_ms"][1] for each in moved]
    history = answer(dune, "history", "101", "--decided-by", day("11:59"))["stages"]
    assert total + 600_000 == history[-1]["total_ms"]


@pytest.mark.parametrize(
    "every", [pytest.param(8, id="one in eight"), pytest.param(1, marks=pytest.mark.slow, id="all")]
)
def test_every_read_takes_it_and_its_basis_gives_it_again(
    silk_way: Rally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    """Also after more was appended, and however long the log: a full replay tells it."""
    reads = list[list[str]]()
    for line in filter(None, DEMO.splitlines()):
        words = shlex.split(line.replace("#", "\\#"))
        params = typed(list(words))[1]
        if "basis_file" in params and params.get("at") != "now" and not _is_cut(params):
            reads.append([*words, "--json"])
    assert len(reads) > 40
    asked = [(told, silk_way(*told, "--decided-by", BEFORE)) for told in reads[::every]]
    more = "".join(map(line_of_a_penalty, range(5)))
    (tmp_path / "more.jsonl").write_text(more, encoding="utf-8")
    assert 0 == silk_way("import", "jsonl", "more.jsonl").code
    monkeypatch.setattr("cli.office.view.A_SHORT_LOG", 0)
    for words, said in asked:
        document = json.loads(said.out)
        if said.code:
            assert "error" in document, words
            continue
        assert "2016-07-21T20:00:00+08:00" == document["basis"]["decided_by"], words
        assert document["basis"]["effective_at"] is None
        (tmp_path / "basis.json").write_text(said.out, encoding="utf-8")
        assert said.out == silk_way(*words, "--basis", "basis.json").out, words


def _is_cut(params: dict[str, Any]) -> bool:
    return any(params[each] for each in Cuts._fields)


def test_other_bases_do_not_name_it(silk_way: Rally) -> None:
    """It stands in a basis only where it was asked, so that answers of before keep their bytes."""
    assert "decided_by" not in answer(silk_way, "standings")["basis"]
    assert "decided_by" not in answer(silk_way, "standings", "--effective-at", BEFORE)["basis"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--effective-at", BEFORE),
            "What had happened by one time and what was decided by another",
        ),
        (("--basis", "x.json"), "--basis says the moment: leave out --known-at"),
    ],
)
def test_what_it_does_not_go_with(silk_way: Rally, words: tuple[str, ...], message: str) -> None:
    """Two cuts of the rally at once, or one beside a basis."""
    said = silk_way("standings", "--decided-by", BEFORE, *words)
    assert 2 == said.code
    assert message in said.err


def test_a_time_that_is_none(silk_way: Rally) -> None:
    """It is said how a time is written."""
    said = silk_way("standings", "--decided-by", "yesterday")
    assert 2 == said.code
    assert "yesterday" in said.err


def test_what_is_drawn_at_it(silk_way: Rally, tmp_path: Path) -> None:
    """Charts and sheets say as decided by when they show it, in words and in their data."""
    drawn: dict[str, list[str]] = {
        "classification": ["--after", "SS12", "--category", "cars"],
        "time-card": ["102"],
        "start-order": ["SS13"],
        "retirements": [],
    }
    for kind, words in drawn.items():
        for cut, told in (
            ("--decided-by", "As decided by"),
            ("--effective-at", "What had happened by"),
        ):
            said = silk_way("document", kind, *words, cut, BEFORE, "-o", "x.pdf")
            assert 0 == said.code, said
            pdf = (tmp_path / "x.pdf").read_bytes()
            name = cut.removeprefix("--").replace("-", "_")
            assert parse_instant(BEFORE).ms == parse_instant(attached(pdf)["basis"][name]).ms
            assert told.upper() in text(pdf).upper()
    said = silk_way("chart", "places", "--category", "cars", "--decided-by", BEFORE, "-o", "x.svg")
    assert 0 == said.code, said
    assert "as decided by 2016-07-21T15:00:00+03:00" in (tmp_path / "x.svg").read_text("utf-8")

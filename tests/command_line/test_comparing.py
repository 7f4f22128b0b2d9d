"""`rally diff`, `rally what-if` and `rally late`: the Silk Way Rally around one decision."""

# ruff: noqa: E501 - lines are as wide as the output

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.times import Instant
from ledger.vocabulary import PenaltyGiven, build, canonical
from tests.command_line.conftest import answer, size
from tests.command_line.test_transcripts import CLEO, seen, shown
from tests.conftest import Rally

AROUND = ("diff", "#148", "#149", "--after", "SS12", "--category", "cars")
WITHOUT = ("what-if", "--without", "#149", "--after", "SS12", "--category", "cars")
MINUTE = 60_000
DECISION = (
    "Clerk of the course's decision 1, crew 102 on SS12: time penalty of 4:00:00. "
    "(Race direction, 21 Jul 15:15 +03:00)"
)


def place(rally: Rally, *words: str) -> tuple[int, int]:
    """Loeb's place among the cars and his gap to the first."""
    rows = answer(rally, "standings", "--category", "cars", *words)["rows"]
    return next((each["place"], each["gap_ms"]) for each in rows if each["number"] == "102")


# -- diff ----------------------------------------------------------------------------------------


def test_loeb_falls_and_two_rise_because_of_one_record(silk_way: Rally) -> None:
    """Everybody who moved stands under the one record that moved them."""
    expected = f"""
        Silk Way Rally 2016 Moscow – Beijing · Overall after SS12 cars · what changed from #148 to #149 · as of #192, received 24 Jul 13:00 +03:00
        #149 xxxxxxxxxx  {DECISION}
               103 Yazeed Al-Rajhi: 3rd → 2nd, total 28:01:02, gap +0:30:30
               101 Vladimir Vasilyev: 4th → 3rd, total 28:19:36, gap +0:49:04
               102 Sébastien Loeb: 2nd → 4th, total 31:33:27 (+4:00:00), gap +4:02:55
        """
    assert shown(expected) == seen(silk_way, *AROUND)
    rows = answer(silk_way, "diff", "#148", "#149", "--after", "SS12")["rows"]
    assert "102" in {each["number"] for each in rows}
    assert {149} == {at for each in rows for at in each["because"]}


def test_the_contract(silk_way: Rally) -> None:
    """The basis first; rows with place, total and because, before and after."""
    document = answer(silk_way, *AROUND)
    assert "basis" == next(iter(document))
    assert [148, 149] == [each["position"] for each in document["between"]]
    loeb = document["rows"][-1]
    wanted = {"number": "102", "place": [2, 4], "because": [149]}
    assert wanted == {name: loeb[name] for name in wanted}
    assert 240 * MINUTE == loeb["total_ms"][1] - loeb["total_ms"][0]
    assert [149] == [each["position"] for each in document["records"]]


def test_a_day_of_racing(silk_way: Rally) -> None:
    """Where a stage moved everybody, its times are the cause together; none can be left out."""
    document = answer(silk_way, "diff", "SS12..SS13", "--category", "cars")
    because = {each["number"]: each["because"] for each in document["rows"]}
    assert [*range(157, 165)] == because["104"] == because["102"]
    assert [165] == because["105"]
    for left_in in because["104"]:
        without = [f"--without=#{each}" for each in because["104"] if each != left_in]
        rows = answer(silk_way, "what-if", *without, "--known-at", "SS13")["rows"]
        changed = {each["number"]: each["total_ms"][1] for each in rows}
        assert document["rows"][0]["total_ms"][0] != changed.get("104")


def test_backwards_and_nowhere(silk_way: Rally) -> None:
    """From the later to the earlier it is turned round; between equals nobody moved."""
    assert "102 Sébastien Loeb: 4th → 2nd, total 27:33:27 (-4:00:00), gap +0:02:55" in seen(
        silk_way, "diff", "#149", "#148", "--after", "SS12", "--category", "cars"
    )
    assert seen(silk_way, "diff", "#150", "#150").endswith("Nobody moved.\n")


def test_with_what_had_happened_by_then(silk_way: Rally) -> None:
    """That evening as it was known then, and as it is known now: two hours apart, one record."""
    evening = "2016-07-21T20:00+08:00"
    document = answer(
        silk_way, "diff", evening, "@", "--effective-at", evening, "--category", "cars"
    )
    assert {"102": [2, 4], "103": [3, 2], "101": [4, 3]} == {
        each["number"]: each["place"] for each in document["rows"]
    }
    assert {149} == {at for each in document["rows"] for at in each["because"]}


# -- what if -------------------------------------------------------------------------------------


def test_without_the_decision(silk_way: Rally) -> None:
    """Loeb second again, 2:55 behind; marked, and nothing is appended."""
    expected = f"""
        Silk Way Rally 2016 Moscow – Beijing · HYPOTHETICAL · Overall after SS12 cars · as of #192, received 24 Jul 13:00 +03:00
        HYPOTHETICAL. Nothing is appended.
        Without #149 xxxxxxxxxx  {DECISION}
               102 Sébastien Loeb: 4th → 2nd, total 27:33:27 (-4:00:00), gap +0:02:55
               103 Yazeed Al-Rajhi: 2nd → 3rd, total 28:01:02, gap +0:30:30
               101 Vladimir Vasilyev: 3rd → 4th, total 28:19:36, gap +0:49:04
        """
    before = size(silk_way)
    assert shown(expected) == seen(silk_way, *WITHOUT)
    document = answer(silk_way, *WITHOUT)
    assert {True} == {document["hypothetical"]}
    assert (2 * 60 + 55) * 1000 == document["rows"][0]["gap_ms"][1]
    said = silk_way(*WITHOUT, "--csv").out.splitlines()
    assert said[0].endswith(",hypothetical")
    assert all(line.endswith(",true") for line in said[1:])
    assert before == size(silk_way)


def test_it_is_as_if_the_record_had_never_come(silk_way: Rally) -> None:
    """What-if without the last record is the standings before it."""
    hypothetical = answer(silk_way, "what-if", "--without", "#149", "--known-at", "#149")
    before = answer(silk_way, "standings", "--known-at", "#148")
    after = answer(silk_way, "standings", "--known-at", "#149")
    moved = {each["number"]: (each["place"], each["total_ms"]) for each in hypothetical["rows"]}
    was = {each["number"]: (each["place"], each["total_ms"]) for each in before["rows"]}
    now = {each["number"]: (each["place"], each["total_ms"]) for each in after["rows"]}
    assert moved == {
        number: ([now[number][0], was[number][0]], [now[number][1], was[number][1]])
        for number in was
        if was[number] != now[number]
    }


def test_with_a_penalty_more(silk_way: Rally, tmp_path: Path) -> None:
    """A record in a file is supposed, the log does not take it."""
    said = silk_way(
        *("record", "PenaltyGiven", "number=104", "stage=SS12", "amount_ms=0:05:00"),
        *("--reason", "supposed", *CLEO),
    )
    assert 0 == said.code, said
    silk_way("export", "jsonl", "log.jsonl")
    last = (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    (tmp_path / "penalty.jsonl").write_text(last + "\n", encoding="utf-8")
    with_it = answer(silk_way, "what-if", "--with", "penalty.jsonl", "--known-at", "@-1")

    assert ["PenaltyGiven"] == [each["type"] for each in with_it["with"]]
    totals = {each["number"]: each["total_ms"] for each in with_it["rows"]}
    assert 5 * MINUTE == totals["104"][1] - totals["104"][0]
    # Where the log holds it already, supposing it changes nothing.
    assert [] == answer(silk_way, "what-if", "--with", "penalty.jsonl")["rows"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("what-if",), 2, "Say what to leave out, --without, or what to suppose, --with."),
        (("what-if", "--without", "#999"), 2, "There is no record #999."),
        (
            ("what-if", "--without", "#149", "--known-at", "#148"),
            2,
            "#149 is not known as of #148.",
        ),
        (("what-if", "--with", "none.jsonl"), 5, "none.jsonl can't be read: No such file"),
        (("diff", "#148", "#900"), 2, "There is no record #900 yet."),
        (("diff", "#1", "#2", "#3"), 2, "Two moments are compared: FROM and TO."),
        (("diff", "#1", "--after", "SS1", "--stage", "SS1"), 2, "--after and --stage exclude"),
        (("diff", "#1", "--category", "planes"), 2, "There is no category 'planes'."),
        (("late", "--by", "soon"), 2, "'soon' is not a duration."),
    ],
)
def test_what_is_wrong_is_said(
    silk_way: Rally, words: tuple[str, ...], code: int, message: str
) -> None:
    """What, where, and what to do."""
    said = silk_way(*words, "--json")
    error = json.loads(said.out)["error"]
    assert code == said.code
    assert error["message"].startswith(message)


# -- the evening of leg 12 -----------------------------------------------------------------------


def test_known_then_and_true_then(silk_way: Rally) -> None:
    """At eight in the evening nobody knew of the four hours; today's knowledge has them then."""
    evening = "2016-07-21T20:00+08:00"
    assert (2, (2 * 60 + 55) * 1000) == place(silk_way, "--known-at", evening)
    assert (4, (4 * 3600 + 2 * 60 + 55) * 1000) == place(silk_way, "--effective-at", evening)
    assert (2, (2 * 60 + 55) * 1000) == place(
        silk_way, "--effective-at", evening, "--known-at", evening
    )


# -- late ----------------------------------------------------------------------------------------


def test_what_came_late(silk_way: Rally) -> None:
    """By whom, from where, and what; plan and assumed instants do not count."""
    expected = """
        Silk Way Rally 2016 Moscow – Beijing · Late by 5h or more · as of #192, received 24 Jul 13:00 +03:00
        Source                      Records  Late   Median  Longest
        press: Public reports 2016        2     1  5:30:00  5:30:00

        Official       Records  Late   Median  Longest
        Sample editor        1     1  5:30:00  5:30:00

         #  Happened            Received              Delay  Source                      By             What
        45  9 Jul 02:30 +03:00  9 Jul 08:00 +03:00  5:30:00  press: Public reports 2016  Sample editor  Remark: John Purshouse's container went to Italy instead of Russia: his car was handed over in Moscow at 2:30 on the day of the start and driven to Kazan.

        Not counted as late: 41 of the plan, 149 whose instant is assumed.
        """
    assert shown(expected) == seen(silk_way, "late", "--by", "5h")
    assert [] == answer(silk_way, "late", "--by", "5h31m")["rows"]


def test_what_is_new_since(silk_way: Rally) -> None:
    """By 0 everything between two moments, in the order of the log."""
    document = answer(silk_way, "late", "--by", "0", "--since", "#147", "--until", "#149")
    assert [148, 149] == [each["position"] for each in document["rows"]]


# -- the basis -----------------------------------------------------------------------------------

READS: list[tuple[Any, ...]] = [
    ("standings", "--after", "SS12"),
    ("standings", "--effective-at", "2016-07-21T20:00+08:00"),
    ("standings", "--known-at", "#149"),
    ("retirements",),
    ("finishers",),
    ("penalties",),
    ("why", "102", "--after", "SS12"),
    ("history", "102"),
    AROUND,
    WITHOUT,
    ("diff", "#148", "--after", "SS12"),
    ("diff", "@-5..@-1"),
    ("diff", "SS12", "SS14"),
    ("late", "--by", "5h"),
    ("late", "--by", "0", "--since", "@-3"),
    ("log", "--since", "SS14"),
    ("history", "102", "--since", "SS12"),
    ("publications",),
    ("log", "--crew", "102"),
]


@pytest.mark.slow
def test_a_basis_gives_the_same_bytes_however_much_was_appended(
    silk_way: Rally, tmp_path: Path
) -> None:
    """Every answer is run again at its basis after 1,000 more records, byte for byte."""
    before = [silk_way(*words, "--json").out for words in READS]
    thousand = "".join(line_of_a_penalty(each) for each in range(1000))
    (tmp_path / "more.jsonl").write_text(thousand, encoding="utf-8")
    said = silk_way("import", "jsonl", "more.jsonl")
    assert 0 == said.code, said
    assert 1192 == size(silk_way)
    for words, answered in zip(READS, before, strict=True):
        (tmp_path / "basis.json").write_text(answered, encoding="utf-8")
        bare = _without_a_moment(words)
        assert answered == silk_way(*bare, "--json", "--basis", "basis.json").out, words
        if words[0] == "standings" and "--known-at" not in words:
            assert answered != silk_way(*words, "--json").out


def line_of_a_penalty(each: int) -> str:
    """One of many penalties for the leader, as a line of another ledger."""
    penalty = build(
        PenaltyGiven,
        {
            "rally": "silk-way-2016",
            "number": "104",
            "stage": "SS12",
            "amount_ms": 1000 + each,
            "reason": f"one of many, {each}",
            "recorded_at": Instant(1_469_400_000_000 + each, 480),
            "by": "Cleo",
            "role": "clerk-of-the-course",
        },
    )
    return canonical(penalty).decode() + "\n"


def _without_a_moment(words: tuple[Any, ...]) -> list[Any]:
    """A command without its cuts: the basis has them."""
    cut = [at for at, word in enumerate(words) if word in ("--known-at", "--effective-at")]
    return [word for at, word in enumerate(words) if at not in cut and at - 1 not in cut]

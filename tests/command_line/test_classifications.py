"""Categories that are not ranked with each other: what people read, what programs get, the board.

A stage was cancelled for the trucks alone: in one list they would stand before the cars.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from projections.desk import judging
from projections.state.totals import Overall
from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally

CLERK = ("--by", "Cleo", "--role", "clerk-of-the-course")
TIMED = ("--by", "Tim", "--role", "timekeeper")
CREWS = (("101", "cars", "Dune"), ("102", "cars", "Dune"), ("501", "trucks", "Dune"))
Begun = Callable[..., Rally]
UNEQUAL = "unequal-stages"


@pytest.fixture
def begun(rally: Rally, filled: Filling) -> Begun:
    """Three stages with two cars and two trucks; SS3 is cancelled for the trucks."""

    def fill(rulebook: str, *, cancelled: bool) -> None:
        def record(kind: str, *fields: str, who: tuple[str, ...] = CLERK) -> None:
            said = rally("record", kind, *fields, *who)
            assert 0 == said.code, said

        words = ("--title", "Desert Loop", "--timezone", "Asia/Riyadh", "--rulebook", rulebook)
        assert 0 == rally("new", "loop-2026", *words, *CLERK).code
        for order in (1, 2, 3):
            record("StageScheduled", f"stage=SS{order}", f"order={order}")
        for number, category, team in (*CREWS, ("502", "trucks", "Oasis")):
            crew = (f"number={number}", f"driver=Driver {number}", f"category={category}")
            record("CrewEntered", *crew, f"team={team}")
        for order in (1, 2, 3):
            for number, time in (
                ("101", "2:00"),
                ("102", "2:01"),
                ("501", "2:30"),
                ("502", "2:31"),
            ):
                where = (f"number={number}", f"stage=SS{order}")
                record("StageTimeRecorded", *where, f"elapsed_ms={time}:0{order}", who=TIMED)
        if cancelled:
            record("StageCancelled", "stage=SS3", "categories=trucks")

    def begin(rulebook: str = "cross-country", *, cancelled: bool = True) -> Rally:
        name = f"classifications, {rulebook}, {cancelled}"
        filled(name, lambda: fill(rulebook, cancelled=cancelled))
        return rally

    return begin


def blocks(text: str) -> dict[str, list[str]]:
    """The numbers in the table of each classification, by its heading, in their order."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines():
        words = line.split()
        if words in (["cars"], ["trucks"], ["cars", "+", "trucks"]):
            heading = line
        elif len(words) > 2 and words[0].isdecimal():
            found.setdefault(heading, []).append(f"{words[0]} {words[1]}")
    return found


APART = {"cars": ["1 101", "2 102"], "trucks": ["1 501", "2 502"]}
JOINT = {"": ["1 501", "2 502", "3 101", "4 102"]}


@pytest.mark.parametrize("rulebook", ["cross-country", "silk-way-2016"])
def test_tables_are_per_classification(begun: Begun, rulebook: str) -> None:
    """By the rulebook, or because not the same stages count; in one list when asked for."""
    rally = begun(rulebook)
    said = rally("standings")
    assert APART == blocks(said.out)
    assert UNEQUAL not in said.out
    why = "that of trucks lacks SS3." in said.out
    assert (rulebook == "silk-way-2016") == why

    joint = rally("standings", "--joint").out
    assert JOINT == blocks(joint)
    assert ["101", "102"] == [line.split()[1] for line in joint.splitlines() if UNEQUAL in line]
    for category, rows in APART.items():
        assert {"": rows} == blocks(rally("standings", "--category", category).out)


def test_where_the_rulebook_is_silent_equal_stages_make_one_list(begun: Begun) -> None:
    """As before: nobody is flagged, and the list may be posted."""
    rally = begun("silk-way-2016", cancelled=False)
    assert {"": ["1 101", "2 102", "3 501", "4 502"]} == blocks(rally("standings").out)
    found = answer(rally, "standings")
    assert [[]] * 4 == [row["flags"] for row in found["rows"]]
    assert "joint" not in found["scope"]
    assert 0 == rally("publish", "classification", "--kind", "provisional", *CLERK).code


def test_where_the_rulebook_says_so_all_are_one(begun: Begun) -> None:
    """The WRC has one overall: it is one list, flagged, and may be posted."""
    rally = begun("wrc-2019")
    said = rally("standings").out
    assert JOINT == blocks(said)
    assert 2 == said.count(UNEQUAL)
    assert "joint" not in answer(rally, "standings")["scope"]
    posted = answer(rally, "publish", "classification", "--kind", "provisional", *CLERK)
    assert ["reproduced"] == [e["status"] for e in answer(rally, "verify")["publications"]]
    rows = answer(rally, "show", f"#{posted['position']}")["record"]["occurrence"]["rows"]
    assert [[], [], [UNEQUAL], [UNEQUAL]] == [row["flags"] for row in rows]


def test_json_and_csv_keep_the_joint_list(begun: Begun) -> None:
    """One list, flagged; its scope says that nobody is ranked across it."""
    rally = begun()
    found = answer(rally, "standings")
    assert ["501", "502", "101", "102"] == [row["number"] for row in found["rows"]]
    assert [[], [], [UNEQUAL], [UNEQUAL]] == [row["flags"] for row in found["rows"]]
    assert found["scope"]["joint"] is True
    assert found == answer(rally, "standings", "--joint")
    lines = rally("standings", "--csv").out.splitlines()
    assert ["flags", "", "", UNEQUAL, UNEQUAL] == [line.rpartition(",")[2] for line in lines]
    for words in (("--category", "cars"), ("--after", "SS2", "--category", "trucks")):
        narrow = answer(rally, "standings", *words)
        assert "joint" not in narrow["scope"]
        assert [[]] * 2 == [row["flags"] for row in narrow["rows"]]
    equal = answer(rally, "standings", "--after", "SS2")
    assert [[]] * 4 == [row["flags"] for row in equal["rows"]]
    assert equal["scope"]["joint"] is True
    for read in ("teams", "diff #1 @", "chart gaps", "what-if --without #22"):
        assert answer(rally, *read.split())["scope"]["joint"] is True


def test_teams_are_per_classification(begun: Begun) -> None:
    """Two crews of a team count, of one classification; a sum across them is flagged."""
    rally = begun()
    said = rally("teams").out
    assert said.startswith("cars\n")
    assert "1  Dune  12:03:12                 101, 102" in said
    assert "1 of 2 crews entered" in said.partition("trucks")[2]
    (row,) = answer(rally, "teams")["rows"]
    assert (["501", "101"], [UNEQUAL]) == ([c["number"] for c in row["crews"]], row["flags"])


def test_history_is_per_classification(begun: Begun) -> None:
    """Who led each; and a crew among those with whom it is ranked."""
    rally = begun()
    cars, _, trucks = rally("history").out.partition("\ntrucks\n")
    assert ("SS3    101" in cars, "SS3    501" in trucks) == (True, True)
    assert ("501" in cars, "101 Driver" in trucks) == (False, False)
    told = rally("history", "101").out
    assert "SS3        1  6:00:06" in told
    assert [1, 1, 3] == [each["place"] for each in answer(rally, "history", "101")["stages"]]


def test_charts_are_per_classification(begun: Begun, tmp_path: Path) -> None:
    """One below the other in one file; of some crews only those that they are in."""
    rally = begun()

    def headings(*words: str) -> list[str]:
        assert 0 == rally("chart", *words, "-o", "c.svg").code
        root = ET.fromstring((tmp_path / "c.svg").read_text())
        return [e.text or "" for e in root.iter() if e.get("class") == "heading"]

    title = "Desert Loop · Places by stage"
    assert [f"{title} · cars", f"{title} · trucks"] == headings("places")
    assert [title] == headings("places", "--joint")
    assert [f"{title} · trucks"] == headings("places", "--crews", "501")
    gaps = "Desert Loop · Gaps to 101 by stage · cars"
    assert [gaps] == headings("gaps", "--rebase", "101")


def test_a_list_across_classifications_is_not_posted(begun: Begun) -> None:
    """It is refused with the commands for those that can be; so is drawing it up."""
    rally = begun()
    kind = ("--after", "SS2", "--kind", "provisional")
    said = rally("publish", "classification", *kind, *CLERK)
    assert 1 == said.code
    assert "cars and trucks are ranked apart" in said.err
    for category in ("cars", "trucks"):
        command = f"publish classification --after SS2 --category {category} --kind provisional"
        assert f"`rally {command}`" in said.err
        assert 0 == rally(*command.split(), *CLERK).code
    assert 1 == rally("draw-up", "classification", *kind, *CLERK).code
    assert 2 == len(answer(rally, "publications")["rows"])
    cars = ("draw-up", "classification", *kind, "--category", "cars")
    assert 0 == rally(*cars, *CLERK).code


def test_one_that_hangs_is_amended_as_it_is(begun: Begun) -> None:
    """It was posted while all had run the same stages; then SS3 is cancelled for the trucks."""
    rally = begun("silk-way-2016", cancelled=False)
    post = ("publish", "classification", "--after", "SS3", *CLERK, "--kind")
    assert 0 == rally(*post, "provisional").code
    assert 0 == rally("record", "StageCancelled", "stage=SS3", "categories=trucks", *CLERK).code
    assert 1 == rally(*post, "provisional").code
    assert 0 == rally(*post, "amended").code
    found = answer(rally, "verify")["publications"]
    assert ["reproduced", "reproduced"] == [each["status"] for each in found]
    assert ["drifted", "as published"] == [
        row["today"] for row in answer(rally, "publications")["rows"]
    ]


def test_one_that_was_posted_before_rows_were_flagged(
    begun: Begun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is reproduced and drawn as it hangs; its amendment flags them."""
    rally = begun("silk-way-2016")
    post = ("publish", "classification", *CLERK, "--kind")
    with monkeypatch.context() as patched:
        patched.setattr(Overall, "unlike_the_first", lambda *_: frozenset())
        patched.setattr(judging, "must_be_one_classification", lambda *_: None)
        assert 0 == rally(*post, "provisional").code
    assert ["reproduced"] == [e["status"] for e in answer(rally, "verify")["publications"]]
    assert ["as published"] == [row["today"] for row in answer(rally, "publications")["rows"]]
    assert 0 == rally("drift", "1").code
    amended = answer(rally, *post, "amended")
    rows = answer(rally, "show", f"#{amended['position']}")["record"]["occurrence"]["rows"]
    assert [[], [], [UNEQUAL], [UNEQUAL]] == [row["flags"] for row in rows]
    found = answer(rally, "verify")["publications"]
    assert ["reproduced", "reproduced"] == [each["status"] for each in found]


def test_what_an_act_moved_is_told_within_classifications(begun: Begun) -> None:
    """Not that a truck leads; for programs the joint list, as before."""
    rally = begun(cancelled=False)
    cancel = ("record", "StageCancelled", "stage=SS3", "categories=trucks", *CLERK)
    said = rally(*cancel, "--dry-run").out
    assert "Overall trucks: 501 stays 1st, total 5:00:03 (-2:30:03)" in said
    assert "101" not in said
    moved = answer(rally, *cancel)["changed"]
    assert ["501", "502", "101", "102"] == [each["number"] for each in moved]

    penalty = ("decide", "penalty", "101", "0:05:00", "--stage", "SS2", "--fact", "speeding")
    told = rally(*penalty, "--by", "A", "--role", "stewards", "--reason", "x", "--dry-run").out
    assert "Overall cars: 101 1st → 2nd, total 6:05:06 (+0:05:00), gap +0:02:00" in told
    assert "SS2 cars: 102 2nd → 1st" in told


def test_a_decision_binds_the_places_on_the_screen(begun: Begun) -> None:
    """Those of the classification in which somebody moves."""
    rally = begun()
    penalty = ("decide", "penalty", "101", "0:05:00", "--stage", "SS2", "--fact", "speeding")
    who = ("--by", "A", "--role", "stewards", "--reason", "x")
    position = answer(rally, *penalty, *who)["position"]
    seen = answer(rally, "show", f"#{position}")["record"]["occurrence"]["seen"]
    assert {"kind": "overall", "category": "cars"} == seen["scope"]
    assert [("102", [2, 1]), ("101", [1, 2])] == [(e["number"], e["place"]) for e in seen["moves"]]


def test_that_lists_are_apart_now_is_told_with_the_act(begun: Begun) -> None:
    """Where the rulebook is silent, the act that makes the difference says what it does."""
    rally = begun("silk-way-2016", cancelled=False)
    said = rally("record", "StageCancelled", "stage=SS3", "categories=trucks", *CLERK).out
    assert "Each category by itself, as not the same stages are in a total" in said
    said = rally("record", "RemarkMade", "text=tea", *CLERK).out
    assert "Each category" not in said


def test_differences_are_told_within_classifications(begun: Begun) -> None:
    """`diff`, `what-if`, `why` and the page of a crew speak of the places that there are."""
    rally = begun()
    apart = rally("diff", "#20", "@").out
    assert "501 Driver 501: stays 1st" in apart
    assert "501 Driver 501: 3rd → 1st" in rally("diff", "#20", "@", "--joint").out
    without = rally("what-if", "--without", "#22").out
    assert "501 Driver 501: stays 1st, total 7:30:06 (+2:30:03)" in without
    why = rally("why", "101").out
    assert why.startswith("Among cars, 1st: 0:03:00 ahead of 102.\n")
    assert UNEQUAL not in why
    assert [(3, True), (1, None)] == [
        (place["place"], place.get("joint")) for place in answer(rally, "why", "101")["places"]
    ]
    assert "Status      finished, place 1, total 6:00:06" in rally("crew", "101").out
    page = answer(rally, "crew", "101")
    assert (3, 1, True) == (page["place"], page["category_place"], page["apart"])


def test_a_bulletin_joins_categories(begun: Begun) -> None:
    """Cars and trucks form one classification by a bulletin: one list, one document."""
    rally = begun()
    bulletin = ("record", "BulletinIssued", "bulletin=3", "overall.classifications=cars + trucks")
    assert 0 == rally(*bulletin, *CLERK).code
    assert JOINT == blocks(rally("standings").out)
    assert "joint" not in answer(rally, "standings")["scope"]
    assert JOINT == blocks(rally("standings", "--category", "trucks + cars").out)


def test_a_rulebook_of_its_own_groups_categories(rally: Rally, tmp_path: Path) -> None:
    """Motorcycles and quads together, cars by themselves: a list, a document and a title each."""
    rules = (
        'extends = "cross-country"\n[overall.classifications]\nvalue = ["motorcycles + quads"]\n'
    )
    (tmp_path / "rules.toml").write_text(rules + 'source = "Regulations, article 5"\n')
    words = ("--title", "Loop", "--timezone", "UTC", "--rulebook", "rules.toml", *CLERK)
    assert 0 == rally("new", "loop", *words).code
    rally("record", "StageScheduled", "stage=SS1", "order=1", *CLERK)
    for number, category in (("1", "motorcycles"), ("2", "quads"), ("101", "cars")):
        crew = (f"number={number}", f"driver=D {number}", f"category={category}")
        assert 0 == rally("record", "CrewEntered", *crew, *CLERK).code
        time = (f"number={number}", "stage=SS1", f"elapsed_ms=2:0{number[-1]}:00")
        assert 0 == rally("record", "StageTimeRecorded", *time, *TIMED).code
    said = rally("standings").out
    assert said.startswith("motorcycles + quads\n")
    assert [["1", "1"], ["2", "2"]] == [line.split()[:2] for line in said.splitlines()[2:4]]
    assert "\ncars\n" in said

    refused = rally("publish", "classification", "--kind", "provisional", *CLERK)
    assert "--category 'motorcycles + quads' --kind provisional" in refused.err
    both = ("--category", "motorcycles + quads", "--kind", "provisional")
    assert 0 == rally("publish", "classification", *both, *CLERK).code
    (row,) = answer(rally, "publications")["rows"]
    assert ("Overall motorcycles + quads", "as published") == (row["title"], row["today"])
    assert ["reproduced"] == [e["status"] for e in answer(rally, "verify")["publications"]]
    assert 2 == rally("standings", "--category", "motorcycles + trucks").code


@pytest.mark.parametrize("value", ["one;each", "cars;cars", "cars + cars"])
def test_what_a_rulebook_can_not_say_of_classifications(begun: Begun, value: str) -> None:
    """A category in two of them, or a word beside lines, is refused when it is typed."""
    rally = begun(cancelled=False)
    words = ("record", "BulletinIssued", "bulletin=3", f"overall.classifications={value}")
    said = rally(*words, *CLERK)
    assert (2, True) == (said.code, "overall.classifications can't be" in said.err), said


def test_a_draft_across_classifications_is_drawn_when_asked_for(begun: Begun) -> None:
    """Otherwise it is said which can be drawn."""
    pytest.importorskip("typst")
    rally = begun()
    said = rally("document", "classification", "-o", "d.pdf")
    assert 1 == said.code
    assert "--category cars, --category trucks; or the list across them, --joint" in said.err
    assert 0 == rally("document", "classification", "-o", "d.pdf", "--joint").code
    assert 0 == rally("document", "classification", "-o", "d.pdf", "--category", "cars").code


def test_who_follows_reads_classifications(begun: Begun) -> None:
    """Moves and overall of each; as JSON the joint list, told as such."""
    rally = begun()
    words = ("follow", "--since", "#21", "--once", "--standings")
    said = rally(*words).out
    assert "Overall trucks: 501 stays 1st" in said
    assert APART == {k: v for k, v in blocks(said).items() if k}
    (line,) = rally(*words, "--json").out.splitlines()
    told: dict[str, Any] = json.loads(line)
    assert told["standings"]["scope"]["joint"] is True
    assert "501" == told["changed"][0]["number"]

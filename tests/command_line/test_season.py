"""`rally points` and `rally season`, as they are typed and as a browser shows them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from cli.office.view import View
from cli.web.once import arriving, get
from ledger.log import Ledger
from projections.results import given
from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally, Ticking
from tests.looked import some_of
from tests.web.conftest import served_from

BY = ("--by", "Ann", "--role", "clerk-of-the-course")
STEWARDS = ("--by", "Ann", "--role", "stewards")
SCALES = "overall before the last day: 9 8, only who is in the final classification, else the next"
RULES = (
    *(f"points.scales=overall: 25 18 15;{SCALES}", "points.scorers=everybody"),
    *("points.shared_place=each", "season.counting=all", "season.ties=places"),
    "points.manufacturers=best 2 of those nominated; others are skipped",
)


@pytest.fixture
def two(rally: Rally, filled: Filling) -> Rally:
    """A ledger of two rallies: Vera wins the first, Omar the second; Lin is third in both."""

    def fill() -> None:
        for code, day, minutes in (("dunes", "03", "012"), ("hills", "05", "102")):
            of = ("--rally", code)
            new = ("new", code, "--title", code.title(), "--timezone", "+00:00", *BY)
            assert 0 == rally(*new, "--rulebook", "cross-country").code
            stage = (f"first_start_at=2027-{day}-01T08:00+00:00", f"date=2027-{day}-01")
            told = [
                ("BulletinIssued", "bulletin=1", *RULES),
                ("StageScheduled", "stage=SS1", "order=1", *stage),
                *(
                    ("CrewEntered", f"number={n}", f"driver={name}", "category=cars")
                    for n, name in enumerate(("Vera", "Omar", "Lin"), 1)
                ),
                *(
                    ("StageTimeRecorded", f"number={n}", "stage=SS1", f"elapsed_ms=1:0{minute}:00")
                    for n, minute in enumerate(minutes, 1)
                ),
                ("StageClosed", "stage=SS1"),
            ]
            for each in told:
                assert 0 == rally("record", *each, *of, *BY).code, each

    filled("two-rounds", fill)
    return rally


def table(rally: Rally, *words: str) -> list[tuple[int, str, Any, dict[str, Any]]]:
    """The lines of the season."""
    rows = answer(rally, "season", *words)["rows"]
    return [(row["place"], row["name"], row["points"], row["rallies"]) for row in rows]


def test_a_season_over_two_rallies(two: Rally) -> None:
    """In the order of their first start, each with what it gave; who is level shares a place."""
    assert [
        (1, "Omar", 43, {"dunes": 18, "hills": 25}),
        (1, "Vera", 43, {"dunes": 25, "hills": 18}),
        (3, "Lin", 30, {"dunes": 15, "hills": 15}),
    ] == table(two)
    said = two("season")
    assert "dunes as of #" in said.err
    assert "1  Omar      43     18     25" in said.out
    rows = list(csv.reader(io.StringIO(two("season", "--csv").out)))
    columns = ["place", "name", "points", "dunes", "hills", "dropped", "category", "tied_by"]
    assert [*columns, "flags"] == rows[0]
    assert [(1, "Vera", 25, {"dunes": 25})] == table(two, "--rallies", "dunes")[:1]


def test_classifications_that_are_kept_apart_are_tables_of_their_own(
    two: Rally, tmp_path: Path
) -> None:
    """Nobody is placed across them: of each its own first, in the table and on the page."""
    apart = "overall.classifications=each"
    for code in ("dunes", "hills"):
        told = [
            ("BulletinIssued", "bulletin=2", apart),
            ("CrewEntered", "number=7", "driver=Mo", "category=moto"),
            ("StageTimeRecorded", "number=7", "stage=SS1", "elapsed_ms=0:50:00"),
        ]
        for each in told:
            assert 0 == two("record", *each, "--rally", code, *BY).code, each
    rows = answer(two, "season")["rows"]
    placed = [(row["category"], row["place"], row["name"]) for row in rows]
    moto = ("moto", 1, "Mo")
    assert [("cars", 1, "Omar"), ("cars", 1, "Vera"), ("cars", 3, "Lin"), moto] == placed
    said = two("season").out
    assert "cars\n" in said
    assert "\nmoto\n" in said
    rows = answer(two, "points", "--rally", "dunes")["rows"]
    placed = [(row["category"], row["place"], row["name"]) for row in rows]
    assert [("cars", 1, "Vera"), ("cars", 2, "Omar"), ("cars", 3, "Lin"), moto] == placed
    assert "\n\nmoto\n   Name" in two("points", "--rally", "dunes").out
    page = arriving(served_from(tmp_path / "rally.db"), "/season", {"accept": "text/html"})
    assert b"<h2><bdi>moto</bdi></h2>" in page.body


def test_a_ruling_in_one_rally_turns_the_table(two: Rally) -> None:
    """And at the moment before it the table is that of before, with the basis of each rally."""
    ruled = ("record", "CrewDisqualified", "number=2", "--rally", "hills", *STEWARDS)
    assert 0 == two(*ruled).code
    after = table(two)
    assert [(1, "Vera", 50), (2, "Lin", 33), (3, "Omar", 18)] == [each[:3] for each in after]
    assert [(1, "Omar", 43), (1, "Vera", 43)] == [
        each[:3] for each in table(two, "--known-at", "hills=@-1")[:2]
    ]
    basis = answer(two, "season", "--known-at", "hills=@-1")["basis"]["rallies"]
    (dunes, hills) = basis
    assert ("dunes", dunes["head"]) == (dunes["rally"], dunes["position"])
    assert ("hills", hills["head"] - 1) == (hills["rally"], hills["position"])
    assert 64 == len(hills["root"])


def test_an_answer_is_run_again_on_its_basis(two: Rally, tmp_path: Path) -> None:
    """To the same bytes, whatever was appended since; another ledger's is refused."""
    first = two("season", "--json")
    file = tmp_path / "season.json"
    file.write_text(first.out, encoding="utf-8")
    ruled = ("record", "CrewDisqualified", "number=2", "--rally", "hills", *STEWARDS)
    assert 0 == two(*ruled).code
    assert first.out == two("season", "--basis", file, "--json").out
    assert first.out != two("season", "--json").out
    of_one = two("points", "--rally", "dunes", "--json")
    file.write_text(of_one.out, encoding="utf-8")
    error = answer(two, "season", "--basis", file, code=5)["error"]
    assert "holds no basis of several rallies" in error["message"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--rallies", "lakes"), 2, "The ledger holds no rally lakes."),
        (("--known-at", "lakes=#3"), 2, "The ledger holds no rally lakes."),
        (("--known-at", "dunes=#999"), 2, "There is no record #999 yet."),
        (("--known-at", "dunes=#3", "--known-at", "dunes=#4"), 2, "said twice for dunes"),
        (("--rallies", "hills", "--known-at", "dunes=#3"), 2, "dunes, which is not asked for"),
        (("--table", "manufacturers"), 1, "dunes: Nobody was nominated to score"),
        (
            ("--table", "teams"),
            1,
            "dunes: The regulations cross-country do not define points.teams",
        ),
        (("--name", "Nobody"), 2, "Nobody has no points."),
        (("--category", "trucks"), 2, "There is no category 'trucks'."),
    ],
)
def test_what_cannot_be_answered_says_why(
    two: Rally, words: tuple[str, ...], code: int, said: str
) -> None:
    """What, where, and what to do; where nobody was nominated nothing is guessed."""
    error = answer(two, "season", *words, code=code)["error"]
    assert said in error["message"]
    assert error["hint"]


def test_points_from_elsewhere_come_in_with_their_source(two: Rally) -> None:
    """Before the rally in whose log they stand, or by their day; told where they come from."""
    carried = ("PointsCarriedIn", "of_rally=lakes", "table=drivers", "name=LIN", "points=30.5")
    said = ("held_on=2027-04-01", "document=the bulletin of the series", "--rally", "hills", *BY)
    assert 0 == two("record", *carried, *said).code
    found = answer(two, "season")
    assert ["dunes", "lakes", "hills"] == [each["rally"] for each in found["rallies"]]
    assert (1, "Lin", 60.5) == table(two)[0][:3]
    (lakes,) = [each for each in found["rallies"] if each["rally"] == "lakes"]
    assert "the bulletin of the series; in the log of hills" == lakes["source"]
    assert "carried in" == lakes["when"]


def test_why_one_has_the_points(two: Rally) -> None:
    """Each addend with its scale and place, and the rules with where they stand."""
    said = two("points", "--rally", "dunes", "--name", "omar")
    assert "Omar: 18 points" in said.out
    assert "overall: 25 18 15" in said.out
    assert "points.scales: Bulletin 1 (bulletin 1)" in said.out
    found = answer(two, "season", "--name", "Omar")
    assert [("dunes", 18), ("hills", 25)] == [(e["rally"], e["points"]) for e in found["scored"]]
    assert "18 for place 2 of overall" == found["scored"][0]["awards"][0]["words"]


def test_the_page_of_a_season(two: Rally, tmp_path: Path) -> None:
    """On the first page of several rallies; its twins are what the command prints."""
    served = served_from(tmp_path / "rally.db")
    page_too = {"accept": "text/html"}
    first = arriving(served, "/", page_too)
    assert b'<a href="/season">' in first.body
    page = arriving(served, "/season", page_too)
    assert (200, True) == (page.status, b"Vera" in page.body)
    for form in ("json", "csv"):
        twin = arriving(served, f"/season.{form}?table=drivers")
        assert two("season", f"--{form}").out.encode() == twin.body
    moved = get(served, "/season?known_at=hills%3DSS1", page_too)
    assert (302, True) == (moved.status, "dunes%3D%23" in moved.headers["location"])
    assert 200 == arriving(served, "/season?known_at=hills%3DSS1", page_too).status
    assert 404 == arriving(served, "/dunes/season", page_too).status
    assert 200 == arriving(served, "/dunes/points", page_too).status


# -- what is kept of it ----------------------------------------------------------------------------

NEW_SCALES = f"points.scales=overall: 10 5 1;{SCALES}"
REGISTERED = "points.scorers=registered; others are skipped"
LIN = ("number=3", "table=drivers")
LAKES = ("of_rally=lakes", "table=drivers", "name=Lin", "points=30.5")
MOVING: dict[str, tuple[str, ...]] = {
    "a ruling": ("record", "CrewDisqualified", "number=2", *STEWARDS),
    "it is void": ("void", "the last", "--reason", "another crew", *STEWARDS),
    "other scales": ("record", "BulletinIssued", "bulletin=2", NEW_SCALES, *BY),
    "only who is registered scores": ("record", "BulletinIssued", "bulletin=3", REGISTERED, *BY),
    "a registration": ("record", "CrewRegistered", "number=3", *BY),
    "points taken away": ("record", "PointsDocked", *LIN, "points=2", *STEWARDS),
    "points from elsewhere": ("record", "PointsCarriedIn", *LAKES, *BY),
    "what counts": ("record", "BulletinIssued", "bulletin=4", "season.counting=best 1", *BY),
}
"""What moves the table of a season, one after another."""


def test_nothing_is_kept_beyond_what_moves_it(two: Rally, tmp_path: Path) -> None:
    """Whatever comes in, the next answer is the one that is given where nothing was kept."""
    ledger = Ledger(str(tmp_path / "rally.db"), Ticking())
    dunes, hills = (ledger.log(code) for code in ("dunes", "hills"))
    before = two("season", "--json").out
    for what, words in some_of(MOVING.items()):
        last = str(hills.head().size)
        said = [last if word == "the last" else word for word in words]
        assert 0 == two(*said, "--rally", "hills").code, what
        after = two("season", "--json").out
        assert told(before) != told(after), what
        assert given.drop(dunes)
        assert given.drop(hills)
        assert two("season", "--json").out == after, what
        before = after
    ledger.close()


def test_a_correction_that_is_merged_moves_what_is_kept(two: Rally) -> None:
    """A laptop put a time right before the last records here, and is merged after them."""
    laptop = ("--ledger", "laptop.db", "--site", "finish")
    of = ("--rally", "hills")
    assert 0 == two("export", "jsonl", "hills.jsonl", *of).code
    assert 0 == two(*laptop, "import", "jsonl", "hills.jsonl").code
    records = answer(two, "log", *of)["records"]
    time = next(e["position"] for e in records if e["type"] == "StageTimeRecorded")
    right = ("correct", f"#{time}", "elapsed_ms=1:09:00", "--reason", "misread")
    assert 0 == two(*laptop, *right, *BY).code
    assert 0 == two("record", "RemarkMade", "text=a quiet day", *of, *BY).code
    assert [(1, "Omar", 43), (1, "Vera", 43)] == [each[:3] for each in table(two)[:2]]
    assert 0 == two(*laptop, "export", "jsonl", "laptop.jsonl").code
    assert 0 == two("import", "jsonl", "laptop.jsonl").code
    assert [(1, "Omar", 43), (2, "Vera", 40)] == [each[:3] for each in table(two)[:2]]


def test_only_the_rally_of_a_ruling_is_looked_at_again(
    two: Rally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the others it is kept what they give; at another moment it is computed of each."""
    seen: list[str] = []
    classified = View.__dict__["classified"]

    def looked_at(view: View) -> Any:
        seen.append(view.log.rally)
        return classified.func(view)

    assert 2 == len(table(two)) - 1
    monkeypatch.setattr(View, "classified", property(looked_at))
    assert ([], 43) == (seen, table(two)[0][2])
    assert 0 == two("record", "CrewDisqualified", "number=2", "--rally", "hills", *STEWARDS).code
    seen.clear()
    assert "Vera" == table(two)[0][1]
    assert {"hills"} == {*seen}
    seen.clear()
    assert "Vera" == table(two, "--name", "Vera")[0][1]
    assert [] == seen
    assert "Omar" == table(two, "--known-at", "hills=@-1")[0][1]
    assert {"hills"} == {*seen}


def told(said: str) -> Any:
    """What an answer says, without its basis."""
    return {name: value for name, value in json.loads(said).items() if name != "basis"}

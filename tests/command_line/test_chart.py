"""Charts: an SVG that stands on its own, can be read by anybody, and is the same every time."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cli.charts.drawing import Words, draw
from cli.charts.layout import shortened, spread, ticks, width_of
from cli.charts.style import PALETTE, PAPER, SMALL
from cli.charts.svg import clean
from ledger.errors import LedgerError
from ledger.times import precision_of
from ledger.vocabulary import Occurrence
from projections.results.chart import Column, Line, Point, Series, series
from tests.command_line.conftest import answer
from tests.command_line.test_transcripts import CLEO, seen, shown
from tests.conftest import Filling, Rally
from tests.examples import examples
from tests.laws.answers import state_of
from tests.laws.rallies import rallies

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("Dune Rally", "as of #28 · root 0123456789", {"basis": {"position": 28}})
SIZES = {"heading": 16, "small": 11, "made": 10, "time": 10, "tag": 10}
"""The sizes of texts by what they are; others have 12 pixels."""


def drawn(rally: Rally, *words: object) -> Element:
    """The chart that a command writes to standard output."""
    said = rally("chart", *words, "-o", "-")
    assert 0 == said.code, said
    return parsed(said.out.encode())


def parsed(svg: bytes) -> Element:
    """A chart as a program reads it."""
    root: Element = ElementTree.fromstring(svg)
    return root


def texts(root: Element, kind: str = "") -> list[Element]:
    """The texts of a chart: all of them, or those of a kind."""
    every = root.iter(f"{SVG}text")
    return [each for each in every if not kind or kind in each.get("class", "").split()]


def labelled(root: Element, kind: str = "name") -> list[str]:
    """What is written there."""
    return [each.text or "" for each in texts(root, kind)]


def lines(root: Element) -> dict[str, Element]:
    """The lines of a chart by what is said of them."""
    groups = [each for each in root.iter(f"{SVG}g") if "line" in each.get("class", "").split()]
    return {each.findtext(f"{SVG}title") or "": each for each in groups}


# -- what is drawn -------------------------------------------------------------------------------


def test_a_chart_is_written(dune: Rally, tmp_path: Path) -> None:
    """It is said what of, and as of when; the file holds it."""
    expected = """
        Dune Rally 2016 · Places by stage, car · as of #28, received 20 Jul 15:33 +08:00
        """
    assert shown(expected) == seen(dune, "chart", "places", "--category", "car", "-o", "p.svg")
    root = parsed((tmp_path / "p.svg").read_bytes())
    assert ["Dune Rally 2016 · Places by stage, car"] == labelled(root, "heading")
    assert ["101 Aino Salo  1", "102 Bruno Reis  2", "103 Chen Wei  3"] == labelled(root, "left")
    assert {"1  101 Aino Salo", "2  102 Bruno Reis", "× 103 Chen Wei, retired SS3"} == {
        *labelled(root)
    }.difference(labelled(root, "left"))
    assert ["SS1", "SS1", "SS2", "SS2", "SS3", "SS3"] == labelled(root, "code")
    assert [
        "101 Aino Salo / Petra Holm: 1. in 4:50:00",
        "102 Bruno Reis / Carla Reis: 2. in 4:52:00",
        "103 Chen Wei / Dai Lin: retired SS3: gearbox",
    ] == list(lines(root))


def test_on_what_it_rests(dune: Rally) -> None:
    """In a line below, and as data that --basis takes."""
    root = drawn(dune, "gaps")
    basis = answer(dune, "standings")["basis"]
    metadata = json.loads(root.findtext(f"{SVG}metadata") or "")
    footer = labelled(root, "small")[-1]

    assert (basis, "gaps") == (metadata["basis"], metadata["chart"])
    assert (
        "Dune Rally 2016 · as of #28, received 20 Jul 15:33 +08:00 · "
        f"root {basis['root'][:10]}" == footer
    )
    cut = "2016-07-19T12:00:00+08:00"
    footer = labelled(drawn(dune, "gaps", "--effective-at", cut), "small")[-1]
    assert f" · what had happened by {cut} · root " in footer


def test_a_moment_is_drawn_to_the_same_bytes(dune: Rally, tmp_path: Path) -> None:
    """Twice, however far the log went on behind it, and from the basis in the chart."""
    places = ("chart", "places", "-o", "-")
    first = dune(*places).out
    assert first == dune(*places).out
    assert 0 == dune("record", "RemarkMade", "text=tea", *CLEO).code
    assert first != dune(*places).out
    assert first == dune(*places, "--known-at", "#28").out
    basis = parsed(first.encode()).findtext(f"{SVG}metadata") or ""
    (tmp_path / "basis.json").write_text(basis)
    assert first == dune(*places, "--basis", "basis.json").out
    assert 0 == dune(*places[:-1], "p.svg", "--known-at", "#28").code
    assert first.encode() == (tmp_path / "p.svg").read_bytes()


def test_the_penalty_and_the_cancelled_stage(dune: Rally) -> None:
    """A square where a penalty came in, hatches over a stage, each with words to it."""
    root = drawn(dune, "places", "--category", "truck")
    assert ["cancelled"] == labelled(root, "made")
    assert 1 == len([e for e in root.iter(f"{SVG}path") if e.get("class") == "cancelled"])
    root = drawn(dune, "places", "--joint")
    assert ["cancelled*"] == labelled(root, "made")
    said = [each.text for each in root.iter(f"{SVG}title")]
    assert "SS3 was cancelled for truck." in said
    squares = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "dot"]
    assert ["103 Chen Wei, after SS2: 3. in 3:52:00, +0:12:00, new penalties +0:02:00"] == [
        each.findtext(f"{SVG}title") for each in squares
    ]
    assert [] == [e for e in root.iter(f"{SVG}path") if e.get("class") == "unknown"]
    assert 1 == len([e for e in root.iter(f"{SVG}path") if e.get("class") == "cross"])


def test_gaps_to_one_crew(dune: Rally) -> None:
    """Who is ahead of it stands above, with a minus."""
    root = drawn(dune, "gaps", "--rebase", "102", "--category", "car")
    assert "Dune Rally 2016 · Gaps to 102 by stage, car" in labelled(root, "heading")
    assert "-0:02:00  101 Aino Salo" in labelled(root)
    assert "+0:00:00  102 Bruno Reis" in labelled(root)
    height = {each.text: int(each.get("y", 0)) for each in texts(root, "name")}
    assert height["-0:02:00  101 Aino Salo"] < height["+0:00:00  102 Bruno Reis"]


@pytest.mark.parametrize(
    ("kind", "which"),
    [
        ("places", ("--category", "car")),
        ("gaps", ("--top", "9")),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in (
                *(("places", ()), ("places", ("--top", "9"))),
                *(("gaps", ()), ("gaps", ("--category", "car"))),
            )
        ),
    ],
)
def test_every_classified_crew_is_drawn_and_named(
    rally: Rally, filled: Filling, kind: str, which: tuple[str, ...]
) -> None:
    """Of many crews each has one line and its name at the end; no name lies on another one."""
    size = ("--crews", 45, "--stages", 6, "--points", 2, "--seed", 7)
    filled("many-crews", lambda: rally("simulate", *size))
    categories = which if which[:1] == ("--category",) else ()
    if categories:
        found = answer(rally, "standings")["rows"]
        categories = which = ("--category", found[0]["category"])
    classified = {
        row["number"]
        for stage in range(1, 7)
        for row in answer(rally, "standings", "--after", f"SS{stage}", *categories)["rows"]
    }
    root = drawn(rally, kind, *which)
    whose = [each.split()[0] for each in lines(root)]
    assert len(whose) == len(set(whose))
    assert set(whose) <= classified if "--top" in which else set(whose) == classified
    right = [each for each in texts(root, "name") if "left" not in each.get("class", "")]
    assert sorted(whose) == sorted(re.findall(r"(?:^|\s)(\d+) \S", e.text or "")[-1] for e in right)
    assert_readable(root)


def assert_readable(root: Element) -> None:
    """No text leaves the drawing, and none lies on another one; names have room between them."""
    _, _, width, height = map(int, root.get("viewBox", "").split())
    boxes: list[tuple[int, int, int, int, str | None]] = []
    for each in texts(root):
        kinds = each.get("class", "").split()
        size = next((SIZES[kind] for kind in kinds if kind in SIZES), 12)
        wide = cell_len(each.text or "") * size * 6 // 10
        start = int(each.get("x", 0)) - wide * ("left" in kinds)
        start -= wide // 2 * bool({"code", "made"} & set(kinds))
        assert start >= 0, each.text
        assert start + wide <= width, each.text
        y = int(each.get("y", 0))
        assert size <= y <= height, each.text
        boxes.append((start, start + wide, y - size, y, each.text))
    for one, other in combinations(boxes, 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
        assert apart, (one, other)
    for side in {each.get("x") for each in texts(root, "name")}:
        heights = sorted(int(e.get("y", 0)) for e in texts(root, "name") if e.get("x") == side)
        assert all(below - above >= 14 for above, below in pairwise(heights))


def test_it_needs_nothing_else(dune: Rally) -> None:
    """No script, no picture, no font and no address: it works in twenty years, and tells nobody."""
    said = dune("chart", "gaps", "-o", "-").out
    root = parsed(said.encode())
    assert {"svg", "title", "metadata", "style", "defs", "pattern", "rect", "text", "g", "path",
            "circle"} >= {each.tag.removeprefix(SVG) for each in root.iter()}  # fmt: skip
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"https?:[^\"\s]*", said)
    assert {"#hatch"} == set(re.findall(r"url\(([^)]*)\)", said))
    assert "@import" not in said
    attributes = {name for each in root.iter() for name in each.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert "prefers-color-scheme:dark" in said


NASTY = "<script>&\"'\x00\x1b[31m\n ]]>\ufdd0\ufffe\uffff 李明 \u202eabc"


def test_names_are_only_names(rally: Rally) -> None:
    """Whatever people call themselves, it stays a text."""
    assert 0 == rally("new", "dune", "--title", "A <b>&amp;", "--timezone", "UTC", *CLEO).code
    for words in (
        ("StageScheduled", "stage=<SS&1>", "order=1"),
        ("CrewEntered", 'number="1', "driver=<script>&\"' ]]> 李明", "category=<b>"),
        ("StageTimeRecorded", "stage=<SS&1>", 'number="1', "elapsed_ms=1:00:00"),
    ):
        assert 0 == rally("record", *words, *CLEO).code, words
    root = drawn(rally, "places")
    assert ["A <b>&amp; · Places by stage"] == labelled(root, "heading")
    assert ["<SS&1>", "<SS&1>"] == labelled(root, "code")
    assert ['"1 <script>&"\' ]]> 李明: 1. in 1:00:00'] == list(lines(root))
    assert_readable(root)


def test_characters_that_are_none() -> None:
    """What may not stand in XML, or would act on a screen, is spelled out."""
    points = (Point("SS1", 1, 3_600_000, 0, 0),)
    line = Line("1", NASTY, (NASTY,), NASTY, points, "retired", NASTY, NASTY)
    columns = (Column("SS1"), Column(NASTY, "cancelled", (NASTY,)))
    svg = draw([("", Series(columns, (line,)))], "gaps", Words(NASTY, NASTY, {"of": NASTY}))
    root = parsed(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", svg.decode())
    assert NASTY == json.loads(root.findtext(f"{SVG}metadata") or "")["of"]
    assert_readable(root)


# -- as data -------------------------------------------------------------------------------------


def test_the_series_themselves(dune: Rally) -> None:
    """For whoever draws it another way."""
    said = answer(dune, "chart", "gaps", "--rebase", "102", "--crews", "101; 102")
    assert ["basis", "chart", "scope", "rebase", "stages", "lines"] == list(said)
    assert ["SS1", "SS2", "SS3"] == [each["after"] for each in said["stages"]]
    assert {"101": [-300_000, 0, -120_000], "102": [0, 0, 0]} == {
        each["number"]: [point["gap_ms"] for point in each["points"]] for each in said["lines"]
    }
    expected = """
        number,driver,category,after,place,total_ms,gap_ms,penalised_ms
        103,Chen Wei,car,SS1,3,7800000,600000,0
        103,Chen Wei,car,SS2,3,13920000,720000,120000
        """
    assert shown(expected) == seen(dune, "chart", "places", "--crews", "103", "--csv")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("places",), 2, "Say where the chart goes: -o FILE.svg, or -o - for standard output."),
        (("places", "-o", "p.svg", "--json"), 2, "leave out -o"),
        (("places", "-o", "p.svg", "--csv"), 2, "leave out -o"),
        (("pies", "-o", "p.svg"), 2, "'pies' is not one of 'places', 'gaps'."),
        (("places", "-o", "p.svg", "--rebase", "102"), 2, "--rebase is for gaps"),
        (("gaps", "-o", "p.svg", "--rebase", "9"), 2, "There is no crew 9."),
        (("gaps", "-o", "p.svg", "--crews", "1 / 2"), 2, "A list of codes has ';' between them"),
        (("gaps", "-o", "p.svg", "--crews", "101;9"), 2, "There is no crew 9."),
        (("gaps", "-o", "p.svg", "--top", "0"), 2, "0 is not in the range"),
        (("gaps", "-o", "p.svg", "--category", "bike"), 2, "There is no category 'bike'."),
        (("gaps", "-o", "p.svg", "--known-at", "#3"), 2, "There is nothing to draw"),
        (("gaps", "-o", "no/such/p.svg"), 5, "no/such/p.svg can't be written"),
        (("gaps", "-o", "."), 5, ". can't be written"),
    ],
)
def test_what_can_not_be_drawn(
    dune: Rally, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    """An error, and no file."""
    refused = dune("chart", *words)
    assert code == refused.code
    assert said in (refused.out if "--json" in words else refused.err)
    assert not list(tmp_path.glob("*.svg"))


# -- for any rally -------------------------------------------------------------------------------


@examples(60)
@given(rallies(), st.sampled_from(["places", "gaps"]), st.booleans())
def test_any_rally_can_be_drawn(told: list[Occurrence], kind: Any, rebase: bool) -> None:
    """Whatever a log holds: a chart that can be read, or an error that says why there is none."""
    state = state_of(told)
    try:
        found = series(state, rebase=next(iter(state.facts.crews), None) if rebase else None)
    except LedgerError:
        return
    root = parsed(draw([("", found)], kind, WORDS))
    assert [e.number for e in found.lines] == [e.split(" ")[0] for e in lines(root)]
    assert_readable(root)


def test_one_crew_on_one_stage() -> None:
    """Nothing is divided by nothing."""
    line = Line("1", "A", (), "", (Point("SS1", 1, 0, 0, 0),))
    for kind in ("places", "gaps"):
        assert_readable(parsed(draw([("", Series((Column("SS1"),), (line,)))], kind, WORDS)))


@pytest.mark.parametrize("number", ["1", "100001"])
def test_crews_that_leave_and_come_at_one_place(number: str) -> None:
    """The numbers of both have room between the stages, and so has what was made of those."""
    columns = tuple(Column(f"SS{each}", "cancelled", ("car",)) for each in range(1, 21))
    first, *middle, last = (Point(each.after, 1, 3_600_000, 0, 0) for each in columns)
    lines = (
        Line(f"{number}2", "B", (), "car", (*middle, last)),
        Line("3", "C", (), "car", (first,)),
        Line(f"{number}4", "D", (), "car", (first,), "retired", "SS2"),
        Line(f"{number}5", "E", (), "car", tuple(middle[:5]), "retired", "SS6"),
        Line(f"{number}6", "F", (), "car", (*middle[6:], last)),
    )
    for kind in ("places", "gaps"):
        root = parsed(draw([("", Series(columns, lines))], kind, WORDS))
        assert_readable(root)
        looks = Counter(each.get("class", "").endswith(" left") for each in texts(root, "tag"))
        assert looks == {True: 3, False: 3}
        begin = min(int(each.get("x", 0)) for each in texts(root, "code"))
        for each in texts(root, "time"):
            assert int(each.get("x", 0)) + 6 * cell_len(each.text or "") < begin - 20


@given(st.lists(st.integers(-100, 3000), max_size=30), st.integers(1, 20))
def test_labels_lie_apart(wanted: list[int], apart: int) -> None:
    """In their order and within the bounds; where there is room, right where they are wanted."""
    wanted = sorted(wanted)
    high = 100 + apart * len(wanted)
    placed = spread(wanted, apart, 0, high)
    assert len(wanted) == len(placed)
    assert all(below - above >= apart for above, below in pairwise(placed))
    assert all(0 <= each <= high for each in placed)
    alone = [
        w for w in wanted if 0 <= w <= high and all(v == w or abs(v - w) >= 99 for v in wanted)
    ]
    if len(wanted) == len(set(wanted)) == len(alone) and apart <= 99:
        assert wanted == placed


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**10))
def test_times_at_the_axis_are_few_and_round(low: int, span: int) -> None:
    """Never more than fit, each within the axis, in one step."""
    found = ticks(low, low + span)
    assert len(found) <= 11
    assert all(low <= each <= low + span for each in found)
    assert len({after - before for before, after in pairwise(found)}) <= 1
    assert all(each % 1000 == 0 for each in found)
    if span >= 2000:
        assert found


@given(st.text(max_size=60), st.integers(2, 40))
def test_a_text_fits_its_cells(text: str, cells: int) -> None:
    """Cut off where it has to be, and marked so."""
    short = shortened(text, cells)
    assert cell_len(short) <= cells
    assert (short == clean(text)) == (cell_len(clean(text)) <= cells)
    assert short == clean(short)
    assert width_of(short) >= cell_len(short) * 12 * 6 // 10


def test_the_precision_of_times() -> None:
    """The coarsest that hides nothing."""
    assert [1000, 100, 10, 1, 1000] == [
        precision_of(each) for each in ([1000, 0], [1100, 2000], [1110], [1111], [])
    ]


@pytest.mark.parametrize("night", [0, 1])
def test_colours_can_be_read(night: int) -> None:
    """Names in the colour of their line have a contrast of 4.5 to the paper, day and night."""
    for colour in (*PALETTE, SMALL):
        lighter, darker = sorted((_light(colour[night]), _light(PAPER[night])), reverse=True)
        assert (lighter + 50) * 10 >= (darker + 50) * 45, colour


def _light(colour: str) -> int:
    """The relative luminance of a colour, in thousandths (WCAG 2)."""
    shares = []
    for index in (1, 3, 5):
        share = int(colour[index : index + 2], 16) / 255
        shares.append(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)
    return round(1000 * (0.2126 * shares[0] + 0.7152 * shares[1] + 0.0722 * shares[2]))

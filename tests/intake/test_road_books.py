"""Road books: OpenRally GPX as other programs export it becomes the plan of a stage."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import Unreadable
from ledger.intake import gpx
from ledger.intake.lines import BadLine, Line, Note, Whole
from ledger.intake.openrally import Stage, read_openrally
from ledger.times import Instant
from ledger.vocabulary import WaypointPlaced, ZonePlaced
from tests.command_line.conftest import answer, size
from tests.conftest import Rally
from tests.examples import examples

GPX = 'xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="?"'
SPACE = "http://www.openrally.org/xmlschemas/GpxExtensions"
SECRETARY = ("--by", "Bo", "--role", "secretary")
KM = "<o:distance>{}</o:distance>"

LOOP = [
    ("1", KM.format("0.0") + "<o:cap>12</o:cap><o:tulip><![CDATA[<svg>]]></o:tulip>"),
    ("2", KM.format("10.25") + '<o:dss open="200" clear="90"/>'),
    ("3", KM.format("12") + "<o:dz/><o:speed>50</o:speed>"),
    ("4", KM.format("12.5") + "<o:speed>30</o:speed>"),
    ("5", KM.format("13.1") + "<o:fz/>"),
    ("6", KM.format("20") + '<o:wpm open="800" clear="90" name="1"/><o:show_coordinates/>'),
    ("7", KM.format("25") + '<o:wpe clear="90"/><o:danger>2</o:danger>'),
    ("8", KM.format("30") + "<o:neutralization>900</o:neutralization><o:dz>40</o:dz>"),
    ("9", KM.format("31") + "<o:fn/><o:fz/>"),
    ("10", KM.format("40") + '<o:wps open="800" clear="20" name="K99"/>'),
    ("11", KM.format("50") + "<o:ass/><o:stop>3</o:stop>"),
]
"""A loop as Rally Navigator numbers and spells it."""


def book(points: list[tuple[str, str]], version: str = "v1.0.3", head: str = "") -> str:
    """A road book with one waypoint a line, the first in line 3."""
    each = "".join(
        f'<wpt lat="1.5" lon="2.5"><name>{name}</name><extensions>{said}</extensions></wpt>\n'
        for name, said in points
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        f'<gpx {GPX} xmlns:o="{SPACE}/{version}"><metadata><name>Loop</name>{head}</metadata>\n'
        f"{each}<trk><trkseg><trkpt lat='1' lon='2'/></trkseg></trk></gpx>\n"
    )


def read(
    tmp_path: Path, text: str | bytes, category: str = ""
) -> list[Line | BadLine | Note | Whole]:
    """What a road book says of SS3, which is scheduled."""
    path = tmp_path / "ss3.gpx"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return list(read_openrally(path, Stage("loop", "SS3", category, None, Instant(0, 0))))


def points(said: list[Line | BadLine | Note | Whole]) -> list[tuple[Any, ...]]:
    """The points that were placed: order, name, kind, distance, radii."""
    values = [each.occurrence for each in said if isinstance(each, Line)]
    return [
        (v.order, v.point, v.kind, v.at_m, v.open_m, v.clear_m)
        for v in values
        if isinstance(v, WaypointPlaced)
    ]


def zones(said: list[Line | BadLine | Note | Whole]) -> list[tuple[Any, ...]]:
    """The zones that were placed: code, from and to, limit, imposed time."""
    values = [each.occurrence for each in said if isinstance(each, Line)]
    return [
        (v.zone, v.from_m, v.to_m, v.limit_kmh, v.imposed_ms)
        for v in values
        if isinstance(v, ZonePlaced)
    ]


def complaints(said: list[Line | BadLine | Note | Whole]) -> list[str]:
    """What could not be used and what was noted, each with its line."""
    amiss = [each for each in said if isinstance(each, (BadLine, Note))]
    told = [each.reason if isinstance(each, BadLine) else each.message for each in amiss]
    lines = [each.where.rpartition("ss3.gpx")[2] for each in amiss]
    return [f"{line} {message}".strip() for line, message in zip(lines, told, strict=True)]


def test_a_road_book_is_taken_in_once(rally: Rally, tmp_path: Path) -> None:
    """The stage with its length, its points and zones; again, all is known; a change shows."""
    rally("record", "RallyConstituted", "title=Loop", "--rally", "loop", *SECRETARY)
    rally("record", "StageScheduled", "stage=SS1", "order=1", *SECRETARY)
    path = tmp_path / "ss3.gpx"
    path.write_text(book(LOOP), encoding="utf-8")
    importing = ("import", "gpx", "ss3.gpx", "--rally", "loop", "--stage", "SS3")
    said = rally(*importing)
    assert (0, 2 + 10) == (said.code, size(rally))
    assert "ss3.gpx: Not needed for results, so not read: cap (1), danger (1)" in said.err
    (stage,) = answer(rally, "log", "--type", "StageScheduled", "--stage", "SS3")["records"]
    found = stage["occurrence"]
    assert ("Loop", 2, 39_750) == (found["title"], found["order"], found["special_m"])

    document = answer(rally, *importing)
    assert (0, 9, 0) == tuple(document[k] for k in ("appended", "already_known", "conflicts"))
    path.write_text(book(LOOP).replace('name="K99"', 'name="K98"'), encoding="utf-8")
    path.write_text(book(LOOP).replace(">25<", ">26<"), encoding="utf-8")
    said = rally(*importing)
    assert 1 == said.code
    assert "ss3.gpx:9: differs from what is recorded under this key: at_m was 25000" in said.err
    assert 1 == answer(rally, *importing, "--as-corrections", "--reason", "surveyed")["appended"]


def test_points_and_zones(tmp_path: Path) -> None:
    """Names as the roads books show them, radii in metres; a limit on the way divides a zone."""
    said = read(tmp_path, book(LOOP))
    assert points(said) == [
        (2, "DSS", "dss", 10_250, 200, 90),
        (6, "WPM1", "wpm", 20_000, 800, 90),
        (7, "WPE7", "wpe", 25_000, None, 90),
        (10, "K99", "wps", 40_000, 800, 20),
        (11, "ASS", "ass", 50_000, None, None),
    ]
    assert zones(said) == [
        ("DZ1", 12_000, 12_500, 50, None),
        ("DZ2", 12_500, 13_100, 30, None),
        ("DZ3", 30_000, 31_000, 40, None),
        ("N1", 30_000, 31_000, None, 900_000),
    ]
    only = [
        each.occurrence for each in read(tmp_path, book(LOOP), "moto") if isinstance(each, Line)
    ]
    assert {"moto"} == {each.category for each in only if isinstance(each, WaypointPlaced)}
    assert {("moto",)} == {each.categories for each in only if isinstance(each, ZonePlaced)}


@pytest.mark.parametrize(
    "spelled",
    [
        b"\xef\xbb\xbf" + book(LOOP).encode(),
        b"\xef\xbb\xbf\r\n  " + book(LOOP).encode(),
        book(LOOP, "v1.0.2"),
        book(LOOP, "v1.0-Cross-Country-DRAFT"),
        book(LOOP).replace("o:", "openrally:").replace("xmlns:o=", "xmlns:openrally="),
        book(LOOP).replace(GPX, 'version="1.1"'),
        book(LOOP).replace("UTF-8", "UTF-16").encode("utf-16"),
    ],
)
def test_the_same_road_book_in_other_spellings(tmp_path: Path, spelled: str | bytes) -> None:
    """Versions, prefixes, marks and encodings of other programs make no difference."""
    plain = read(tmp_path, book(LOOP))
    other = read(tmp_path, spelled)
    assert points(plain) == points(other)
    assert zones(plain) == zones(other)
    assert not [each for each in other if isinstance(each, BadLine)]
    blank = isinstance(spelled, bytes) and b"\r\n  <?xml" in spelled
    (start, *_) = (each.where for each in other if isinstance(each, Line))
    assert start.endswith(f"ss3.gpx:{4 + blank}")


def test_miles_resets_and_missing_distances(tmp_path: Path) -> None:
    """Statute units are converted, a reset odometer counts on, what has no distance is placed."""
    said = read(
        tmp_path,
        book(
            [
                ("a_001", KM.format("10") + "<o:dss/><o:reset/>"),
                ("a_002", KM.format("1") + '<o:wpm open="100" clear="50"/>'),
                ("a_003", "<o:wpc/>"),
                ("a_004", KM.format("2") + "<o:dz/><o:speed kph='40'/>"),
                ("a_005", KM.format("3") + "<o:fz/><o:wpn/><o:dz>65</o:dz>"),
                ("a_006", KM.format("4") + "<o:fz/><o:neutralization/>"),
                ("a_006", KM.format("4.5") + "<o:neutralization/>"),
                ("a_007", KM.format("5") + "<o:checkpoint name='4'/><o:ass/>"),
            ],
            head="<extensions><o:units>statue</o:units></extensions>",
        ),
    )
    assert points(said) == [
        (1, "DSS", "dss", 16_093, None, None),
        (2, "WPM2", "wpm", 17_702, 91, 46),
        (3, "WPC3", "wpc", None, None, None),
        (5, "WPN5", "wpn", 20_921, None, None),
        (8, "ASS", "ass", 24_140, None, None),
    ]
    assert zones(said) == [
        ("DZ1", 19_312, 20_921, 64, None),
        ("DZ2", 20_921, 22_530, 105, None),
        ("N1", 22_530, None, None, None),
        ("N2", 23_335, None, None, None),
    ]
    assert complaints(said) == [
        ":10 ASS is also checkpoint; it is taken for ass.",
        "Not needed for results, so not read: reset (1).",
        "1 of 8 waypoints have no distance.",
    ]


def test_what_can_not_be_used_is_named(tmp_path: Path) -> None:
    """Each fault with its line and reason; what is unknown is told, nothing is dropped silently."""
    other = '<x:y xmlns:x="urn:other">1</x:y>'
    said = read(
        tmp_path,
        book(
            [
                ("1", KM.format("1") + "<o:checkpoint/>"),
                ("2", KM.format("2") + "<o:fz/><o:dss/><o:fn/>"),
                ("3", KM.format("1.5") + "<o:wpm/><o:dz/><o:wibble/>"),
                ("4", KM.format("3") + "<o:fz/><o:wpm name='3'/><o:wibble/>"),
                ("5", KM.format("far") + '<o:wpm open="-1"/>' + other),
                ("6", KM.format("5") + "<o:speed>60</o:speed><o:dt/>"),
                ("7", KM.format("6") + "<o:ass/><o:dz>50</o:dz>"),
                ("8", KM.format("7") + "<o:wpm/>"),
            ],
            version="v2.0",
        ),
    )
    assert ["DSS", "WPM3", "WPM5", "ASS"] == [point[1] for point in points(said)]
    assert [] == zones(said)
    assert sorted(complaints(said)) == sorted(
        [
            ":3 CP1 lies before the start and is no point of the section.",
            ":4 A speed zone ends here that never began (dz).",
            ":4 A neutralisation ends here that never began.",
            ":5 Its distance falls from km 2 to km 1.5.",
            ":5 A speed zone begins here without a limit (speed).",
            ":6 WPM3 stands in line 5 already.",
            ":7 'far' is not a figure.",
            ":7 '-1' is not a figure.",
            ":8 The limit of 60 km/h lies in no speed zone: not read.",
            ":9 The speed zone DZ1 has no end (fz).",
            ":10 WPM8 lies behind the finish in line 9 and is no point of the section.",
            "Not needed for results, so not read: dt (1).",
            ":5 The element wibble (2 times) is not known: not read.",
            ":7 The element {urn:other}y (once) is not known: not read.",
            "1 of 8 waypoints have no distance.",
            "OpenRally v2.0 is not known; it was read as v1.0.3.",
        ]
    )
    (kept,) = [each for each in said if isinstance(each, BadLine) and "already" in each.reason]
    assert kept.raw.startswith('<wpt lat="1.5" lon="2.5"><name>4</name>')


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (book([]), "holds a track or nothing, and no OpenRally waypoint."),
        (book([("WP1", ""), ("WP2", "")]), "holds 2 waypoints, and no OpenRally waypoint."),
        (book(LOOP)[:900], "not XML: "),
        ("stage,point\n", ":1: not XML: "),
        ("<kml><wpt/></kml>", ":1: not GPX: it begins with <kml>."),
        (
            book(LOOP).replace("<gpx", '<!DOCTYPE gpx [<!ENTITY a "a"><!ENTITY b "&a;&a;">]><gpx'),
            "defines a document type or entities",
        ),
        (f"<gpx>{'<a>' * 200}", ":1: its elements lie more than 100 deep."),
        (f"<gpx><!--{'x' * 20_000}--></gpx>", "too large for a road book"),
        (book(LOOP).replace("UTF-8", "x-none"), ": unknown encoding: x-none."),
        (
            book(LOOP, head="<extensions><o:units>verst</o:units></extensions>"),
            "the units 'verst' are not known.",
        ),
    ],
)
def test_what_is_no_road_book_is_refused(
    tmp_path: Path, text: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the line and the reason, before anything of it is taken in."""
    monkeypatch.setattr(gpx, "LARGEST", 20_000)
    with pytest.raises(Unreadable) as refused:
        read(tmp_path, text)
    assert refused.value.message.startswith(str(tmp_path / "ss3.gpx"))
    assert reason in refused.value.message
    with pytest.raises(Unreadable, match=r"ss4.gpx can't be read: No such file"):
        list(read_openrally(tmp_path / "ss4.gpx", Stage("loop", "SS4", "", 1, Instant(0, 0))))


tags = st.builds(
    "<o:{0}{1}>{2}</o:{0}>".format,
    st.sampled_from(["dz", "fz", "speed", "neutralization", "fn", "dss", "ass", "wpm", "checkpoint",
                     "distance", "reset", "zz"]),
    st.sampled_from(["", ' open="800"', ' clear="-1"', ' name="3"', ' name="&#10;"', ' kph="x"']),
    st.sampled_from(["", "0", "12.5", "1,5", "-3", "nan", "1e400", "99999999999", "٣", "&lt;"]),
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["", "1", "a_02"]), st.lists(tags).map("".join))))
@examples(60)
def test_whatever_a_road_book_says(said: list[tuple[str, str]]) -> None:
    """It is read, named or refused, the same each time; points ascend from start to finish."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            first = read(Path(folder), book(said))
        except Unreadable:
            assert not any("<o:" in tags for _, tags in said)
            return
        assert first == read(Path(folder), book(said))
    placed = points(first)
    assert [point[0] for point in placed] == sorted({point[0] for point in placed})
    assert len(placed) == len({point[1] for point in placed})
    kinds = [point[2] for point in placed]
    assert "dss" not in kinds[1:]
    assert "ass" not in kinds[:-1]
    codes = [zone[0] for zone in zones(first)]
    assert len(codes) == len(set(codes))


def test_a_rally_and_a_stage_are_named(rally: Rally, tmp_path: Path) -> None:
    """Without a ledger, without the rally, without a stage: said, with what to do; nothing made."""
    (tmp_path / "ss3.gpx").write_text(book(LOOP), encoding="utf-8")
    importing = ("import", "gpx", "ss3.gpx", "--rally", "loop")
    assert (5, True) == (
        (said := rally(*importing, "--stage", "SS3")).code,
        "no ledger" in said.err,
    )
    rally("record", "RallyConstituted", "title=Loop", "--rally", "loop", *SECRETARY)
    assert 2 == rally(*importing[:-1], "other", "--stage", "SS3").code
    assert 2 == rally(*importing).code
    assert 2 == rally(*importing, "--stage", " ").code
    assert 1 == size(rally)

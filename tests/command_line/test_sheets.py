"""Sheets as offices send them: in every way of writing them, with what is hidden or told twice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from cli.office.layout import empty_folder
from ledger.intake.sheet_tables import SHEETS as TABLES
from projections.control.alike import alike
from tests.command_line.conftest import Quarantined, answer, size
from tests.command_line.sheets import RECORDS, SHEETS, with_change, with_line, write_sheets
from tests.conftest import Rally
from tests.intake.test_workbooks import write
from tests.intake.workbooks import by_hand, shared_strings

IMPORT = ("import", "sheets", "sheets")
CSV = [name for name in SHEETS if name.endswith(".csv")]
Told = dict[str, int]


def told(rally: Rally, code: int = 0) -> tuple[dict[str, int], list[str]]:
    """The counts of an import of the folder, and all that was noted."""
    said = answer(rally, *IMPORT, code=code)
    counts = {name: said[name] for name in ("appended", "already_known", "conflicts", "unreadable")}
    return counts, [each["message"] for each in said["notes"]]


def rows(rally: Rally, *words: str) -> dict[str, tuple[int, int, int]]:
    """Time, penalty and total of the classified crews."""
    return {
        row["number"]: (row["time_ms"], row["penalty_ms"], row["total_ms"])
        for row in answer(rally, "standings", *words)["rows"]
    }


# -- how a file is written -------------------------------------------------------------------------

WAYS: dict[str, Callable[[str], bytes]] = {
    "tab": lambda text: text.replace(",", "\t").encode(),
    "sep=;": lambda text: f"sep=;\r\n{text.replace(',', ';')}".encode(),
    "sep=;, saved with commas behind": lambda t: f'"sep=;";;;\n{t.replace(",", ";")}'.encode(),
    "sep=tab": lambda text: f"sep=\t\n{text.replace(',', chr(9))}".encode(),
    "bars": lambda text: text.replace(",", "|").encode("utf-8-sig"),
    "UTF-16, tab, as Unicode text": lambda text: text.replace(",", "\t").encode("utf-16"),
    "UTF-16, big end first": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "UTF-16, without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "comments": lambda text: f"# one, two; three\n\n{text}# the end,\n".encode(),
    "quoted comments": lambda text: f'"# one, two",,\n{text}"# the ""end"""\n'.encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_in_every_way_of_writing_it(rally: Rally, tmp_path: Path, way: str) -> None:
    """Each gives the records of the plain one, by the same keys."""
    write_sheets(tmp_path / "sheets", {name: WAYS[way](SHEETS[name]) for name in CSV})
    assert RECORDS == told(rally)[0]["appended"]
    write_sheets(tmp_path / "sheets")
    assert {"appended": 0, "already_known": RECORDS, "conflicts": 0, "unreadable": 0} == told(
        rally
    )[0]


def test_each_file_of_a_folder_in_a_way_of_its_own(rally: Rally, tmp_path: Path) -> None:
    """Names in capitals, other endings; what is no table is told, with what may be meant."""
    folder = write_sheets(tmp_path / "sheets")
    for name, new in (("times.csv", "TIMES.TXT"), ("entries.csv", "entries.tsv")):
        (folder / name).unlink()
        (folder / new).write_bytes(SHEETS[name].replace(",", "\t").encode("utf-16"))
    (folder / "rally.toml").write_bytes(SHEETS["rally.toml"].encode("utf-16"))
    (folder / "penaltys.csv").write_text("stage\n", encoding="utf-8")
    (folder / "times.ods").write_bytes(b"PK")
    (folder / "readme.txt").write_text("Hello\n", encoding="utf-8")
    counts, notes = told(rally)
    assert RECORDS == counts["appended"]
    assert [
        "It bears no table's name: not read; did you mean penalties.csv?",
        "Files .ods are not read: save it as .xlsx or CSV.",
    ] == notes


def test_a_table_in_two_files_is_refused(rally: Rally, tmp_path: Path) -> None:
    """Whatever they end in."""
    folder = write_sheets(tmp_path / "sheets")
    (folder / "times.tsv").write_text(SHEETS["times.csv"], encoding="utf-8")
    said = rally(*IMPORT)
    assert (5, True) == (said.code, "The table times stands in two places" in said.err)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"sep=:\nstage:number\n", "times.csv:1: 'sep=:' names no separator that can be read."),
        (b"sep=;x\n", "times.csv:1: 'sep=;x' names no separator"),
        (b"sep=;\n", "times.csv is empty."),
        (b"sep=;\nstage,number\n", "times.csv:2: the column 'stage' is missing."),
        (b"\xff\xfes\0t\0a", "times.csv begins as UTF-16, but is none at byte 6."),
        (b"# nothing yet\n", "times.csv is empty."),
    ],
)
def test_what_can_not_be_read_is_refused_for_its_reason(
    rally: Rally, tmp_path: Path, data: bytes, reason: str
) -> None:
    """And not for a column that only seems to be missing."""
    write_sheets(tmp_path / "sheets", {"times.csv": data})
    said = rally(*IMPORT)
    assert (5, True) == (said.code, reason in said.err), said.err


def test_lines_keep_their_numbers_behind_comments(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """As an editor shows them."""
    text = f"sep=,\n# a comment\n{SHEETS['times.csv']}# another\nSS1,101,,soon,,gps\n"
    write_sheets(tmp_path / "sheets", {"times.csv": text})
    assert 5 == rally(*IMPORT).code
    (kept,) = quarantined()
    line = text.splitlines().index("SS1,101,,soon,,gps") + 1
    assert (f":{line}", "SS1,101,,soon,,gps") == (kept["where"][-3:], kept["raw"])


# -- workbooks -------------------------------------------------------------------------------------


def test_what_a_workbook_hides_is_read_and_told(rally: Rally, tmp_path: Path) -> None:
    """Rows, columns, sheets; a sheet that is no table says that it is hidden."""
    folder = write_sheets(tmp_path / "sheets", {"penalties.csv": None})
    with xlsxwriter.Workbook(folder / "more.xlsx") as book:
        sheet = book.add_worksheet("penalties")
        for number, row in enumerate(
            [
                ["stage", "number", "penalty", "reason"],
                ["SS1", "101", "0:00:10", "a"],
                ["SS1", "102", "0:00:20", "b"],
                ["SS1", "103", "0:00:30", "c"],
                ["SS2", "101", "0:00:40", "d"],
            ]
        ):
            sheet.write_row(number, 0, row)
        for number in (1, 2, 4, 9):
            sheet.set_row(number, None, None, {"hidden": True})
        sheet.set_column(3, 5, None, None, {"hidden": True})
        book.add_worksheet("scratch").hide()
    counts, notes = told(rally)
    assert RECORDS - 1 + 4 == counts["appended"]
    assert [
        "It bears no table's name: not read. It is hidden.",
        "Hidden and read all the same: rows 2 to 3, 5.",
        "Hidden and read all the same: the column 'reason' (D).",
    ] == notes


def test_a_hidden_table_is_read_and_told(rally: Rally, tmp_path: Path) -> None:
    """It may be the copy that somebody put away."""
    folder = write_sheets(tmp_path / "sheets", {"penalties.csv": None})
    with xlsxwriter.Workbook(folder / "more.xlsx") as book:
        book.add_worksheet("front")
        sheet = book.add_worksheet("penalties")
        sheet.write_row(0, 0, ["# a comment", "of several cells"])
        sheet.write_row(1, 0, ["stage", "number", "penalty"])
        sheet.write_row(2, 0, ["SS1", "101", "0:00:10"])
        sheet.very_hidden()
    assert "The sheet is hidden; it was read." in told(rally)[1]
    assert 10_000 == rows(rally, "--after", "SS1")["101"][1]


def test_a_merged_cell_is_not_taken_for_an_empty_one(
    rally: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """An empty point would be the finish; the row is kept with the cells that are meant."""
    folder = write_sheets(tmp_path / "sheets", {"times.csv": None})
    with xlsxwriter.Workbook(folder / "times.xlsx") as book:
        sheet = book.add_worksheet("times")
        for number, row in enumerate(
            [
                ["stage", "number", "point", "elapsed"],
                ["SS1", "101", "WP1", "1:01:00"],
                ["SS1", "102", "", "1:02:00"],
                ["SS1", "103", "", "2:10:00"],
            ]
        ):
            sheet.write_row(number, 0, row)
        sheet.merge_range("C2:C3", "WP1")
    assert 5 == told(rally, 5)[0]["unreadable"] + 4
    (kept,) = quarantined()
    assert kept["where"].endswith("sheet times, row 3, cell C3")
    assert "It is merged with C2, so it says nothing itself: split and fill it." == kept["reason"]
    assert ["103"] == list(rows(rally, "--after", "SS1"))


# -- crews and their rankings ----------------------------------------------------------------------


def test_trophies(rally: Rally, tmp_path: Path) -> None:
    """A crew runs in one category and in any number of trophies."""
    text = re.sub(r"^(101.*)$", r'\1,"juniors; rookies"', SHEETS["entries.csv"], flags=re.MULTILINE)
    text = re.sub(r"^(102.*)$", r"\1,juniors", text, flags=re.MULTILINE).replace(
        "team\n", "team,trophies\n"
    )
    text = re.sub(r"^((103|201).*)$", r"\1,", text, flags=re.MULTILINE)
    write_sheets(tmp_path / "sheets", {"entries.csv": text})
    assert RECORDS == told(rally)[0]["appended"]
    assert {"101", "102"} == set(rows(rally, "--after", "SS1", "--trophy", "juniors"))
    assert {"101"} == set(rows(rally, "--after", "SS1", "--trophy", "rookies"))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (with_change("entries.csv", "Petra Holm,car,", '"Petra Holm","car;open",'), "not in 'car;"),
        (
            with_line(
                "entries.csv", "101,Aino Salo,FIN,Petra Holm,open,T1,T1.1,Dromedar 4x4,Team North"
            ),
            "entries.csv:2 already, with another category. It runs in one:",
        ),
        (
            with_line(
                "entries.csv", "101,Aino Salo,FIN,Petra Holm,car,T1,T1.2,Dromedar 4x4,Team North"
            ),
            "entries.csv:2 already, with another class. It runs in one:",
        ),
    ],
)
def test_a_crew_in_two_categories_is_told_with_the_way(
    rally: Rally, tmp_path: Path, quarantined: Quarantined, changed: dict[str, str], reason: str
) -> None:
    """No correction: both are meant, and the other one is a trophy."""
    write_sheets(tmp_path / "sheets", changed)
    how = ("--as-corrections", "--reason", "as the office says")
    said = answer(rally, *IMPORT, *how, code=5)
    assert (1, 0, {}) == (said["unreadable"], said["conflicts"], said["corrected"])
    (kept,) = quarantined()
    assert reason in kept["reason"]
    assert "trophies" in kept["reason"]


def test_a_stage_that_is_not_scheduled_is_told_once(rally: Rally, tmp_path: Path) -> None:
    """With all of its lines, before the anomalies one by one; a scheduled one is no news."""
    lines = "".join(f"SS9,{number},,1:00:00,,official\n" for number in (101, 102, 103, 201))
    write_sheets(tmp_path / "sheets", {"times.csv": SHEETS["times.csv"] + lines})
    notes = told(rally)[1]
    assert (
        "SS9 is not scheduled, so 4 lines of it give no result: schedule it, or correct the stage."
        in notes
    )
    assert 1 == len(notes)


def test_a_category_beside_nearly_the_same_is_told(rally: Rally, tmp_path: Path) -> None:
    """At import and by `check`: of crews, and of what is directed for none of them."""
    entries = SHEETS["entries.csv"].replace("Dai Lin,car,", "Dai Lin,cars,")
    direction = SHEETS["direction.csv"].replace("truck", "Trucks")
    write_sheets(tmp_path / "sheets", {"entries.csv": entries, "direction.csv": direction})
    cancelled = "SS3 was cancelled for Trucks: sandstorm."
    expected = {
        "The category 'cars' (crew 103) may be 'car' (crews 101, 102).",
        f"No crew is in the category 'Trucks'; there is 'truck': {cancelled}",
    }
    assert expected == set(told(rally)[1])
    checked = json.loads(rally("check", "--json").out)["findings"]
    assert expected == {row["message"] for row in checked if row["kind"] == "names-alike"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("car", "cars", True),
        ("Truck", "truck ", True),
        ("moto", "motto", True),
        ("SSV", "S.S.V.", True),
        ("été", "ete", True),
        ("T1", "T1S", False),
        ("WRC2", "WRC3", False),
        ("junior", "senior", False),
        ("moto", "auto", False),
        ("-", "+", False),
    ],
)
def test_which_names_may_be_one(one: str, other: str, same: bool) -> None:
    """Either way round; codes with figures only but for case and signs."""
    assert (same, same) == (alike(one, other), alike(other, one))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("moto;quad", ["moto", "quad"]),
        (" moto ; quad ;", ["moto", "quad"]),
        ("moto,quad", ["moto", "quad"]),
        ("Car / SSV;", ["Car / SSV"]),
        ("Car, open;truck", ["Car, open", "truck"]),
    ],
)
def test_a_list_in_a_cell_is_read_as_one_that_is_typed(
    rally: Rally, tmp_path: Path, typed: str, expected: list[str]
) -> None:
    """With `;` between, the same in a sheet and in `record`."""
    header, rest = SHEETS["entries.csv"].split("\n", 1)
    first, *others = rest.splitlines()
    lines = [f"{header},trophies", f'{first},"{typed}"', *(f"{each}," for each in others), ""]
    write_sheets(tmp_path / "sheets", {"entries.csv": "\n".join(lines)})
    assert 0 == rally(*IMPORT).code
    typing = ("record", "CrewEntered", "number=301", "driver=A", "category=car")
    assert 0 == rally(*typing, f"trophies={typed}", *ANN).code
    records = answer(rally, "log", "--type", "CrewEntered")["records"]
    found = [each["occurrence"].get("trophies") for each in records]
    assert [expected, expected] == [each for each in found if each]


def test_codes_with_a_stroke_between_are_refused(
    dune: Rally, tmp_path: Path, quarantined: Quarantined
) -> None:
    """Typed or in a cell: taken as one code, it would do nothing in silence."""
    typed = ("record", "StageCancelled", "stage=SS2", "categories=car / truck", "--by", "Ann")
    said = dune(*typed, "--role", "clerk-of-the-course")
    assert (2, True) == (said.code, 'Hint: Write "car;truck"' in said.err)
    write_sheets(tmp_path / "sheets", with_line("direction.csv", "SS2,cancelled,car / truck,,,"))
    assert 5 == dune(*IMPORT).code
    (kept,) = quarantined()
    assert "A list of codes has ';' between them, not '/': 'car / truck'." == kept["reason"]


def test_names_have_either_between(rally: Rally, tmp_path: Path) -> None:
    """As they stand on the door, or as every list."""
    write_sheets(
        tmp_path / "sheets",
        with_change("entries.csv", "Fedor Ilin / Gleb Orlov", '"Ilin, Fedor;Gleb Orlov"'),
    )
    assert 0 == rally(*IMPORT).code
    typed = ("record", "CrewEntered", "number=301", "driver=A", "category=car")
    by = ("--by", "Ann", "--role", "secretary")
    assert 0 == rally(*typed, "codrivers=Ilin, Fedor; Gleb Orlov", *by).code
    records = answer(rally, "log", "--type", "CrewEntered")["records"]
    found = [each["occurrence"].get("codrivers") for each in records]
    assert [["Ilin, Fedor", "Gleb Orlov"]] * 2 == found[-2:]


# -- times that hold their penalty -----------------------------------------------------------------

PENALTIES = """\
stage,number,penalty,reason,article,applies_to,document
SS2,103,0:02:00,speeding in a village,41.2,stage,12
SS2,103,0:00:30,waypoint,,,
SS2,103,0:10:00,late,,road,
SS2,101,0:05:00,in the paddock,,overall,
"""
GIVEN = SHEETS["times.csv"].replace("SS2,103,,1:40:00", "SS2,103,,1:42:30")
ALL = SHEETS["rally.toml"].replace("[[stage]]", "times_include_penalties = true\n[[stage]]", 1)
ONE = SHEETS["rally.toml"].replace('"SS2"\n', '"SS2"\ntimes_include_penalties = true\n')
SAID = GIVEN.replace("source\n", "source,includes_penalties\n").replace(",official", ",official,")
SAID = SAID.replace(",gps\n", ",gps,\n").replace("1:42:30,,official,", "1:42:30,,official,yes")


@pytest.mark.parametrize(
    "changed",
    [
        {"rally.toml": ALL, "times.csv": GIVEN},
        {"rally.toml": ONE, "times.csv": GIVEN},
        {"times.csv": SAID},
        {"rally.toml": ALL, "times.csv": SAID},
    ],
    ids=["rally", "stage", "row", "both"],
)
def test_a_time_that_holds_its_penalty_counts_it_once(
    rally: Rally, tmp_path: Path, changed: dict[str, str | bytes | None]
) -> None:
    """The stage gives what the office gave, time and penalties each where they belong."""
    write_sheets(tmp_path / "sheets", {**changed, "penalties.csv": PENALTIES})
    assert 0 == told(rally)[0]["unreadable"]
    minute = 60_000
    stage = rows(rally, "--stage", "SS2")
    assert (100 * minute, 150_000, 102 * minute + 30_000) == stage["103"]
    assert (100 * minute, 0, 100 * minute) == stage["101"]
    why = answer(rally, "why", "103", "--stage", "SS2")
    assert {"time": 100 * minute, "penalty": 150_000} == {
        kind: sum(each["ms"] for each in why["addends"] if each["kind"] == kind)
        for kind in ("time", "penalty")
    }
    (time,) = [r for each in why["addends"] if each["kind"] == "time" for r in each["records"]]
    assert "derived" == time["standing"]
    assert "held the penalties of the stage; they are taken off" in time["note"]
    assert {"appended": 0, "conflicts": 0} == {
        name: told(rally)[0][name] for name in ("appended", "conflicts")
    }


def test_a_later_penalty_in_a_time_that_holds_it_moves_no_time(
    rally: Rally, tmp_path: Path
) -> None:
    """The office gives both anew: the penalty is appended, and the time is what it was."""
    write_sheets(tmp_path / "sheets", {"rally.toml": ALL, "penalties.csv": None})
    told(rally)
    write_sheets(
        tmp_path / "sheets", {"rally.toml": ALL, "times.csv": GIVEN.replace("1:42:30", "1:42:00")}
    )
    counts, _ = told(rally)
    assert (1, 0) == (counts["appended"], counts["conflicts"])
    assert (6_000_000, 120_000, 6_120_000) == rows(rally, "--stage", "SS2")["103"]


def test_a_penalty_that_no_sheet_has_is_not_taken_off_and_told(
    rally: Rally, tmp_path: Path
) -> None:
    """Whether the time of the office holds it, only people know."""
    write_sheets(tmp_path / "sheets", {"times.csv": None})
    told(rally)
    given = ("record", "PenaltyGiven", "number=103", "stage=SS2", "amount_ms=0:01:00")
    clerk = ("--by", "Cleo", "--role", "clerk-of-the-course", "--reason", "speeding")
    assert 0 == rally(*given, *clerk).code
    write_sheets(tmp_path / "sheets", {"rally.toml": ALL, "times.csv": GIVEN})
    (note,) = told(rally)[1]
    assert "the penalty #16 of crew 103 on SS2, so it counts besides." in note


@pytest.mark.parametrize(
    ("times", "penalties", "reason"),
    [
        (
            "SS2,103,,0:01:00,,official,yes",
            "SS2,103,0:02:00,,,,",
            "It can't hold the penalties of crew 103 on SS2: they are 0:02:00, more than the time.",
        ),
        ("SS2,103,,1:40:00,,official,oui", "", "'oui' is neither yes nor no."),
        ("SS1,103,WP1,1:00:00,,gps,yes", "", "Only the time of a whole stage can hold its penalt"),
        (
            "SS2,103,,1:40:00,,official,yes",
            "SS2,103,much,,,,",
            "It holds the penalties of crew 103 on SS2, one of which can't be read.",
        ),
    ],
)
def test_a_time_that_can_not_hold_a_penalty_is_kept_apart(
    rally: Rally, tmp_path: Path, quarantined: Quarantined, times: str, penalties: str, reason: str
) -> None:
    """Nothing is taken off that is not known."""
    heads = (f"{SAID.splitlines()[0]}\n", f"{PENALTIES.splitlines()[0]}\n")
    changed = {"times.csv": f"{heads[0]}{times}\n", "penalties.csv": f"{heads[1]}{penalties}\n"}
    write_sheets(tmp_path / "sheets", changed)
    assert 5 == rally(*IMPORT).code
    assert any(each["reason"].startswith(reason) for each in quarantined())


# -- an empty folder -------------------------------------------------------------------------------

NEW = ("new", "loop", "--title", 'The "Loop"', "--timezone", "+03:00", "--sheets", "folder/of it")
ANN = ("--by", "Ann", "--role", "secretary")


def test_an_empty_folder_is_laid_out(rally: Rally, tmp_path: Path) -> None:
    """Imported at once it says what is still to be filled in; nothing in it is unknown."""
    said = answer(rally, *NEW, *ANN)
    folder = tmp_path / "folder" / "of it"
    assert sorted(each.name for each in folder.iterdir()) == sorted(
        Path(each).name for each in said["sheets"]
    )
    said = answer(rally, "import", "sheets", str(folder))
    assert (0, 0) == (said["appended"], said["unreadable"])
    assert ["It has no stage yet."] + ["It has no rows yet."] * len(TABLES) == [
        each["message"] for each in said["notes"]
    ]


def test_what_its_comments_say_can_be_read(rally: Rally, tmp_path: Path) -> None:
    """With the marks taken away every key and column is read, and nothing else is there."""
    assert 0 == rally(*NEW, *ANN).code
    folder = tmp_path / "folder" / "of it"
    for path in folder.glob("*.csv"):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert 1 < sum(not line.startswith(("#", '"#')) for line in lines) + 1
        lines[-1] = lines[-1].removeprefix("# ")
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    description = folder / "rally.toml"
    text = re.sub(
        r"^# (\[\[|\w+ = )", r"\1", description.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    description.write_text(text, encoding="utf-8")
    said = answer(rally, "import", "sheets", str(folder))
    assert (7, 0, []) == (said["appended"], said["unreadable"], said["notes"])
    assert 'The "Loop"' in rally("standings").err


def test_nothing_is_overwritten(rally: Rally, tmp_path: Path) -> None:
    """And nothing is on record or written where it is refused, or only tried."""
    folder = tmp_path / "folder" / "of it"
    assert 0 == rally(*NEW, *ANN, "--dry-run").code
    assert not folder.exists()
    folder.mkdir(parents=True)
    (folder / "times.csv").write_text("mine", encoding="utf-8")
    said = rally(*NEW, *ANN)
    assert (1, True) == (said.code, "times.csv is there already." in said.err)
    assert ["times.csv"] == [each.name for each in folder.iterdir()]
    (folder / "times.csv").unlink()
    assert 1 == rally(*NEW, "--by", "Ann", "--role", "marshal").code
    assert [] == list(folder.iterdir())
    assert 0 == rally(*NEW, *ANN).code


def test_a_rulebook_of_ones_own_is_found_from_the_folder(rally: Rally, tmp_path: Path) -> None:
    """It lies where it was named."""
    (tmp_path / "own.toml").write_text('extends = "cross-country"\n', encoding="utf-8")
    assert 0 == rally(*NEW, *ANN, "--rulebook", "own.toml").code
    assert 0 == answer(rally, "import", "sheets", "folder/of it")["unreadable"]


def test_page_and_folder_name_every_column(rally: Rally) -> None:
    """The page, the comments and the header come from the table by which rows are read."""
    page = rally("help", "sheets").out
    files = empty_folder("x", "X", "UTC", "cross-country")
    for sheet in TABLES:
        section = page.partition(f"## {sheet.name}: ")[2].partition("\n## ")[0]
        text = files[f"{sheet.name}.csv"]
        assert ",".join(sheet.known) in text.splitlines()
        for column in sheet.columns:
            mark = "*" if column.needed else ""
            assert re.search(
                rf"^ +{column.name}{re.escape(mark)} +{re.escape(column.says)}",
                section,
                re.MULTILINE,
            )
            assert f"# {column.name}" in text
    assert len(TABLES) == page.count("\n## ") - 1


def test_a_workbook_has_comments_too(rally: Rally, tmp_path: Path) -> None:
    """A laid-out table that was pasted into a workbook, comments and all."""
    write_sheets(tmp_path / "sheets")
    times = [line.split(",") for line in SHEETS["times.csv"].splitlines()]
    write(tmp_path / "sheets", by_hand, {"times": [["# what it is"], *times, ["# the end", "x"]]})
    assert 0 == told(rally)[0]["unreadable"]


TITLED = """\
Desert Loop;;;;;;
"Results, version 3";;;;;;

stage;number;point;elapsed;;at;source
SS1;101;;2:02:11;see Ann;;official
SS1;102;;2:03:11;;;official
"""


def test_a_title_above_the_header_and_a_column_without_one_are_told(
    rally: Rally, tmp_path: Path
) -> None:
    """In CSV and in a workbook: the table is read, and what is read by nobody is said."""
    folder = write_sheets(tmp_path / "sheets", {"times.csv": TITLED, "penalties.csv": None})
    table = [line.split(";") for line in TITLED.replace('"', "").splitlines() if line]
    expected = [
        "It stands above the header and was not read: 'Desert Loop'.",
        'It stands above the header and was not read: \'"Results, version 3"',
    ]
    said = rally("import", "sheets", "sheets")
    assert 0 == said.code, said
    assert all(f"times.csv: {each}" in said.err for each in expected), said.err
    column = "has no title: what stands there was not read."
    assert f"times.csv: The column 5 {column}" in said.err
    known = size(rally)
    times = [
        each for each in answer(rally, "log")["records"] if each["type"] == "StageTimeRecorded"
    ]
    assert [("101", 7_331_000), ("102", 7_391_000)] == [
        (each["occurrence"]["number"], each["occurrence"]["elapsed_ms"]) for each in times
    ]

    (folder / "times.csv").unlink()
    shared_strings(folder / "times.xlsx", {"Sheet1": table})
    said = rally("import", "sheets", "sheets")
    assert (0, known) == (said.code, size(rally)), said
    assert all(f"sheet Sheet1: {each}" in said.err for each in expected), said.err
    assert f"sheet Sheet1: The column E {column}" in said.err


def test_separators_behind_every_line_are_no_column(rally: Rally, tmp_path: Path) -> None:
    """An empty column without a title holds nothing that could be lost."""
    lines = "stage;number;elapsed;\nSS1;101;2:02:11;\n"
    write_sheets(tmp_path / "sheets", {"times.csv": lines, "penalties.csv": None})
    said = rally("import", "sheets", "sheets")
    assert (0, False) == (said.code, "title" in said.err)


def test_of_what_kind_a_stage_is(rally: Rally, tmp_path: Path) -> None:
    """The power stage is told by rally.toml; a kind that there is not is refused with its stage."""
    as_power_stage = SHEETS["rally.toml"] + 'kind = "power-stage"\n'
    write_sheets(tmp_path / "sheets", {"rally.toml": as_power_stage})
    assert 0 == rally(*IMPORT).code
    stages = answer(rally, "log", "--type", "StageScheduled")["records"]
    kinds = [each["occurrence"].get("kind", "") for each in stages]
    assert ["", "", "power-stage"] == kinds
    write_sheets(tmp_path / "sheets", {"rally.toml": as_power_stage.replace("power-", "power")})
    said = rally(*IMPORT)
    assert (5, True) == (said.code, "Invalid enum value 'powerstage' in kind" in said.err)

"""Rulebooks: shown, checked, compared and inherited; the rules in force; a rally that begins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from projections.rules.rulebook import SCHEMA
from projections.rules.templates import template, template_names
from tests.command_line.conftest import answer, size
from tests.command_line.sheets import RECORDS, with_change, write_sheets
from tests.command_line.test_transcripts import seen, shown
from tests.conftest import Rally

STEWARDS = ("--by", "The stewards", "--role", "stewards")
SECRETARY = ("--by", "Bo", "--role", "secretary")

TOLERANCE = "timing.tolerance_ms"
OWN = """\
extends = "dakar-2020"

[timing.tolerance_ms]
value = 500
document = "Supplementary regulations"
edition = 2
article = "12.3"
page = 14

[start.false_start_ms]
value = [10000, 60000]
assumed = true
because = "as last year"
"""


CITED = """\
document = "Supplementary regulations"
edition = 2
article = "12.3"
page = 14
"""
SOURCE = "Supplementary regulations, ed. 2, 12.3, p. 14"


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Files of rulebooks in a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def values(document: Any) -> dict[str, Any]:
    """The values of the parameters that are defined."""
    return {each["name"]: each["value"] for each in document["parameters"]}


def test_a_rulebook_inherits(rally: Rally, tmp_path: Path) -> None:
    """What it does not say itself it has from its parent, with where it comes from; two deep."""
    grandchild = 'extends = "../own.toml"\n\n[ties.chain]\nvalue = ["stage-times"]\nsource = "9"\n'
    write(tmp_path, {"own.toml": OWN, "of/day.toml": grandchild})
    document = answer(rally, "rulebook", "show", "of/day.toml")
    assert ("day", "own") == (document["rulebook"], document["extends"])
    told = {each["name"]: each for each in document["parameters"]}
    parent = template("dakar-2020")
    own = {TOLERANCE: 500, "ties.chain": ["stage-times"], "start.false_start_ms": [10_000, 60_000]}
    assert json.loads(json.dumps({**parent.parameters, **own})) == values(document)
    assert ["", "inherited from own", "inherited from dakar-2020"] == [
        told[name]["origin"] for name in ("ties.chain", TOLERANCE, "timing.sources")
    ]
    false_start = told["start.false_start_ms"]
    assert (True, "assumed: as last year") == (false_start["assumed"], false_start["provenance"])
    assert parent.provenance["timing.sources"] == told["timing.sources"]["provenance"]
    assert SCHEMA[TOLERANCE].meaning == told[TOLERANCE]["meaning"]
    defined, undefined = set(told), {each["name"] for each in document["undefined"]}
    assert (set(SCHEMA), set()) == (defined | undefined, defined & undefined)


def test_a_rulebook_for_a_person(rally: Rally, tmp_path: Path) -> None:
    """Value, meaning and provenance of each parameter; then what is not defined."""
    only = '[overall.unfinished_stage_ms]\nvalue = 180000000\nsource = "Art. 20"\n'
    write(tmp_path, {"own.toml": OWN, "only.toml": only})
    text = seen(rally, "rulebook", "show", "only.toml")
    expected = """
        only:

        overall.unfinished_stage_ms = 50:00:00
          What an unfinished stage costs a crew that goes on, instead of a stage time or on top of the maximum time, or of the time of another.
          From: Art. 20

        Not defined (an error where one is needed):
          timing.counted_precision_ms
            A stage time is cut down to this precision before it is added to a total.
        """  # noqa: E501 - as it stands on the screen
    assert text.startswith(shown(expected))
    text = seen(rally, "rulebook", "show", "own.toml")
    assert text.startswith("own, which extends dakar-2020:\n")
    assert "\nstart.false_start_ms = 0:00:10 / 0:01:00\n" in text
    assert "  (inherited from dakar-2020)\n" in text


OPEN = """\
[overall.unfinished_stage]
value = "fixed-penalty"
assumed = true
because = "as last year"

[overall.unfinished_stage_limit]
value = 1
assumed = true
because = "as last year"
"""
WORDED = """\
[{}]
value = ["{}"]
assumed = true
because = "as last year"
"""
FAULTS = [
    *(
        (WORDED.format(parameter, line), parameter, message)
        for parameter, line, message in (
            ("points.scales", "overal: 25 18", "'overal' is no stage, if 'overall' is meant."),
            (
                "points.scales",
                "overall: 25 18, onyl cars",
                "'onyl cars' is no condition of points.",
            ),
            ("start_order.rule", "prologe, reversed", "is no stage, if 'prologue' is meant."),
            ("start_order.rule", "overall, reverst", "'reverst' does nothing to an order."),
            ("start_order.intervals", "rest x 1 min", "can't be 'rest x 1 min'."),
            ("tariffs.waypoints", "WPN 1:00:00", "'WPN 1:00:00' says not what costs what."),
            ("overall.coefficients", "prologe x 5", "says not how many times what counts."),
        )
    ),
    (OWN.replace("500", "-5"), TOLERANCE, "can't be -5."),
    (OWN.replace("500", '"soon"'), TOLERANCE, "can't be 'soon'."),
    (OWN.replace("tolerance_ms", "tolerans_ms"), "timing.tolerans_ms", "is not known."),
    (OWN.replace(CITED, ""), TOLERANCE, "has no provenance."),
    (OWN.replace(CITED, "source = 12"), TOLERANCE, "has no provenance."),
    (OWN.replace("document =", "dokument ="), TOLERANCE, "says 'dokument', which is not known."),
    ("[timing]\ntolerance_ms = 5\n", TOLERANCE, "has no value."),
    (OWN.replace("page = 14", "page = 1.4"), TOLERANCE, "page is no text."),
    (OWN.replace("page = 14", "assumed = true"), TOLERANCE, "is assumed and has a source."),
    (OWN.replace("page = 14", "because = 'so'"), TOLERANCE, "is assumed and has a source."),
    (OWN.replace("value = 500", "value = 500\nsince = '2024'"), TOLERANCE, "which is no day."),
    (OWN.replace("value = 500", "value = 500\nwanted = 'p. 3'"), TOLERANCE, "page is wanted"),
    ("[ties.chain]\nwanted = 5\n", "ties.chain", "does not say which page is wanted"),
    ("[[ties.chain]]\nvalue = []\nassumed = true\n" * 2, "ties.chain", "two values from one day"),
    ("[[article]]\ntext = 'Nobody.'\n", "article", "an article can't be read"),
    ('title = "ours"\n', "title", "is no group of parameters."),
    ('extends = "dakar-1979"\n', "extends", "There is no rulebook 'dakar-1979'."),
    ('extends = "gone.toml"\n', "extends", "can't be read: No such file"),
    ('extends = "own.toml"\n', "extends", "own.toml → own.toml goes in a circle."),
    ('extends = "other.toml"\n', "extends", "own.toml → other.toml → own.toml goes in a circle."),
    ("extends = 5\n", "extends", "it is not a text."),
    ('without = ["ties.chain"]\n', "without", "'ties.chain' leaves nothing open."),
    ('extends = "wrc-2019"\nwithout = ["ties"]\n', "without", "'ties' leaves nothing open."),
    (
        OPEN,
        "overall.unfinished_stage_ms",
        "is not defined, and overall.unfinished_stage = fixed-penalty needs it.",
    ),
]


@pytest.mark.parametrize(("text", "parameter", "message"), FAULTS)
def test_a_fault_is_named(
    rally: Rally, tmp_path: Path, text: str, parameter: str, message: str
) -> None:
    """With the file and the parameter; every use of the file says the same and does nothing."""
    write(tmp_path, {"own.toml": text, "other.toml": 'extends = "./own.toml"\n'})
    (finding,) = answer(rally, "rulebook", "check", "own.toml", code=1)["findings"]
    assert parameter == finding["parameter"]
    assert message in finding["message"]
    assert finding["hint"] or "circle" in message or "No such file" in message
    said = rally("rulebook", "check", "own.toml")
    assert (1, "") == (said.code, said.err)
    assert said.out.startswith(finding["message"])
    if "needs it" not in message:
        assert 5 == rally("rulebook", "show", "own.toml").code
        new = ("new", "loop", "--title", "Loop", "--timezone", "+03:00", "--rulebook", "own.toml")
        assert 5 == rally(*new, *SECRETARY).code
        assert not (tmp_path / "rally.db").exists()


def test_what_a_rulebook_leaves_open(rally: Rally, tmp_path: Path) -> None:
    """It does not say what the one that it extends says; it may say it anew."""
    text = 'extends = "cross-country"\nwithout = ["ties.chain", "teams.counting"]\n'
    own = '[teams.counting]\nvalue = 3\nsource = "Art. 9"\n'
    write(tmp_path, {"own.toml": text + own})
    said = answer(rally, "rulebook", "show", "own.toml")["parameters"]
    before = answer(rally, "rulebook", "show", "cross-country")["parameters"]
    named = [{each["name"] for each in several} for several in (said, before)]
    assert named[0] == named[1] - {"ties.chain"}
    assert [3] == [each["value"] for each in said if each["name"] == "teams.counting"]


def test_check(rally: Rally, tmp_path: Path) -> None:
    """Silent and 0 when clean, all faults at once, 5 for what can't be read, 2 for no such name."""
    write(tmp_path, {"own.toml": OWN, "two.toml": "a = 1\nb = 2\n", "no.toml": "[timing"})
    (tmp_path / "latin.toml").write_bytes(b'[a.b]\nvalue = "\xe9"')
    for name in ("own.toml", *template_names()):
        assert (0, "", "") == rally("rulebook", "check", name), name
    assert (0, "", "") == rally("rulebook", "check")
    every = answer(rally, "rulebook", "check")["rulebooks"]
    assert template_names() == [each["rulebook"] for each in every]
    assert 2 == len(answer(rally, "rulebook", "check", "two.toml", code=1)["findings"])
    for name, code in (("no.toml", 5), ("latin.toml", 5), ("gone.toml", 5), ("nothing", 2)):
        assert code == rally("rulebook", "check", name).code, name


UNSOURCED = [
    ("source = 'Art. 12.3'", "names no document, edition, article and page"),
    ("document = 'SR'\narticle = '12.3'", "names no edition and no page"),
    ("document = 'SR'\nedition = 1\narticle = '12.3'", "names no page"),
    ("assumed = true", "is assumed and does not say why"),
]


@pytest.mark.parametrize(("source", "message"), UNSOURCED)
def test_a_value_that_nobody_can_look_up(
    rally: Rally, tmp_path: Path, source: str, message: str
) -> None:
    """It may be adopted, and is no law: each version of a value is checked by itself."""
    versions = f"[[{TOLERANCE}]]\nvalue = 1\n{CITED}\n[[{TOLERANCE}]]\nvalue = 2\n"
    write(tmp_path, {"own.toml": f"{versions}since = 2024-01-01\n{source}\n"})
    (finding,) = answer(rally, "rulebook", "check", "own.toml", code=1)["findings"]
    assert TOLERANCE == finding["parameter"]
    told = f"The rulebook own: {TOLERANCE} since 2024-01-01 {message}."
    assert (told, True) == (finding["message"], "document, edition" in finding["hint"])
    assert 0 == rally("rulebook", "show", "own.toml").code


DATED = f"""\
[[{TOLERANCE}]]
value = 100
{CITED}
[[{TOLERANCE}]]
since = 2015-01-01
value = 200
{CITED}
[[{TOLERANCE}]]
since = 2018-01-01
value = 300
{CITED}
"""


@pytest.mark.parametrize(
    ("first_day", "before", "since"),
    [
        ("2013-01-01", 100, 100),
        ("2013-11-30", 100, 200),
        ("2014-12-31", 100, 200),
        ("2015-01-01", 200, 200),
        ("2017-06-01", 200, 200),
    ],
)
def test_a_rule_that_changes_on_a_day(
    rally: Rally, tmp_path: Path, first_day: str, before: int, since: int
) -> None:
    """A rally adopts what is in force on its first day; later facts are judged by what came then.

    Not by what is too far off to be reached. By day it is that of the rally's own clocks.
    """
    write(tmp_path, {"own.toml": DATED})
    new = ("new", "loop", "--title", "Loop", "--timezone", "+03:00", "--rulebook", "own.toml")
    days = ("--starts-on", first_day, "--clock-is-right")
    assert 0 == rally(*new, *days, *SECRETARY).code

    def asked(at: str, *words: str) -> Any:
        told = answer(rally, "rulebook", "show", "--effective-at", at, *words)
        return values(told)[TOLERANCE]

    assert before == asked("2014-12-31T23:59:59+03:00")
    assert since == asked("2015-01-01T00:00+03:00")
    assert since == asked("2017-12-31T00:00+03:00")
    text = rally("rulebook", "show", "--effective-at", "2015-01-01T00:00+03:00").out
    assert (before != since) == ("(by version own since 2015-01-01)" in text)


DAYS = "14 days from end-of-competition"
HOURS = "96 h from end-of-competition; stewards may extend by 24 h"


@pytest.mark.parametrize(
    ("book", "day", "time", "later"),
    [
        ("wrc-2019", date(2019, 3, 7), DAYS, []),
        ("wrc-2022", date(2023, 11, 16), DAYS, [HOURS]),
        ("wrc-2024", date(2024, 1, 25), HOURS, []),
    ],
)
def test_the_time_for_a_review_by_the_year(
    book: str, day: date, time: str, later: list[str]
) -> None:
    """Fourteen days until 2023, ninety-six hours since: a season takes what holds on its day."""
    adopted = template(book).adopted(day)
    assert time == adopted["parameters"]["reviews.time"]
    assert later == [each.value for each in adopted.get("later", ())]


def test_a_bulletin_stands_above_a_later_version(rally: Rally, tmp_path: Path) -> None:
    """What the rally set for itself is not undone by a new edition of the code below it."""
    write(tmp_path, {"own.toml": DATED})
    new = ("new", "loop", "--title", "Loop", "--timezone", "+03:00", "--rulebook", "own.toml")
    assert 0 == rally(*new, "--starts-on", "2014-12-01", "--clock-is-right", *SECRETARY).code
    set_at = "effective_at=2014-12-05T12:00"
    bulletin = ("record", "BulletinIssued", "bulletin=1", f"{TOLERANCE}=50", set_at)
    assert 0 == rally(*bulletin, *STEWARDS).code
    told = [
        answer(rally, "rulebook", "show", "--effective-at", f"{day}T12:00+03:00")
        for day in ("2014-12-04", "2014-12-05", "2015-01-02")
    ]
    assert [100, 50, 50] == [values(each)[TOLERANCE] for each in told]


def test_what_is_left_open_with_the_page_wanted(rally: Rally, tmp_path: Path) -> None:
    """A read that needs it names the page; one that does not needs nothing."""
    page = "NCR 2026, ed. 11, ch. 13, p. 447"
    own = f'extends = "dakar-2020"\n\n[ties.chain]\nwanted = "{page}"\n'
    write_sheets(tmp_path / "sheets", with_change("rally.toml", '"dakar-2020"', '"own.toml"'))
    write(tmp_path / "sheets", {"own.toml": own})
    assert 0 == rally("import", "sheets", "sheets").code
    shown_ = answer(rally, "rulebook", "show")["undefined"]
    assert [page] == [each["wanted"] for each in shown_ if each["name"] == "ties.chain"]
    assert f"    Wanted: {page}\n" in rally("rulebook", "show").out
    first, second = (row["number"] for row in answer(rally, "standings")["rows"][:2])
    gap = answer(rally, "standings")["rows"][1]["gap_ms"]
    level = ("record", "PenaltyGiven", f"number={first}", "stage=SS1", f"amount_ms={gap}")
    assert 0 == rally(*level, "--reason", "level", *STEWARDS).code
    said = rally("standings")
    assert (1, True) == (said.code, f"ties.chain; the page wanted is {page}." in said.err), second
    ruled = ("record", "BulletinIssued", "bulletin=1", "ties.chain=", "from_stage=SS1")
    assert 0 == rally(*ruled, *STEWARDS).code
    assert [1, 1] == [row["place"] for row in answer(rally, "standings")["rows"][:2]]


def test_what_no_text_says_is_told_once_where_it_is_written(rally: Rally) -> None:
    """All rulebooks in one call: each with its counts, what it says itself, and where the rest is.

    Why it is assumed, or which page is wanted, stands with each; nothing is told of a rulebook that
    its parent told already.
    """
    whole = {each["rulebook"]: each for each in answer(rally, "rulebook", "check")["rulebooks"]}
    told = answer(rally, "rulebook", "check", "--left")["rulebooks"]
    lines = rally("rulebook", "check", "--left").out.splitlines()
    assert len(lines) == sum(1 + len(each["left"]) for each in told)
    for each in told:
        values = whole[each["rulebook"]]["values"]
        left = [one for one in values if one["state"] != "text"]
        assert each["left"] == [e for e in left if e["written_in"] == each["rulebook"]]
        assert len(left) == len(each["left"]) + sum(each["left_to"].values())
        assert {state: sum(e["state"] == state for e in values) for state in each["counts"]} == (
            each["counts"]
        )
        for one in each["left"]:
            assert any(one["parameter"] in line and one["told"] in line for line in lines), one
    assert "w2rc-fia" == next(e["extends"] for e in told if e["rulebook"] == "w2rc-fim")
    alone = rally("rulebook", "check", "w2rc-fim", "--left").out.splitlines()
    assert all(line in lines for line in alone)
    assert ["  points.scales", "  points.manufacturers"] == [
        line.partition("  (wanted: ")[0] for line in alone[1:]
    ]
    rows = rally("rulebook", "check", "--left", "--csv").out.splitlines()
    assert len(rows) == 1 + sum(len(each["left"]) for each in told)


def test_diff(rally: Rally, tmp_path: Path) -> None:
    """The parameters that differ, with both values; what one does not define is told."""
    write(tmp_path, {"own.toml": OWN, "less.toml": OWN.partition("[start")[0]})
    rows = answer(rally, "rulebook", "diff", "own.toml", "less.toml")["rows"]
    before = template("dakar-2020").parameters.get("start.false_start_ms")
    inherited = None if before is None else list(before)  # type: ignore[arg-type]
    assert rows == [{"parameter": "start.false_start_ms", "values": [[10_000, 60_000], inherited]}]
    text = seen(rally, "rulebook", "diff", "dakar-2020", "less.toml")
    tolerance = template("dakar-2020").parameters[TOLERANCE]
    assert 0 == tolerance
    assert text == f"{TOLERANCE}\n  dakar-2020: 0:00:00\n  less: 0:00:00.500\n"
    assert "They do not differ.\n" == rally("rulebook", "diff", "own.toml", "own.toml").out


def test_the_rules_in_force(dune: Rally) -> None:
    """By the time of the fact and by the stage; bulletins that do not hold are named, too."""
    bulletin = ("record", "BulletinIssued")
    dune(*bulletin, "bulletin=1", f"{TOLERANCE}=0:00:02", "from_stage=SS2", *STEWARDS)
    later = ("effective_at=2016-07-19T12:00", "ties.chain=stage-times", "--reason", "Art. 3")
    assert "ties.chain = stage-times" in dune(*bulletin, "bulletin=2", *later, *STEWARDS).out

    def asked(*words: str) -> tuple[Any, Any, list[str], list[str]]:
        document = answer(dune, "rulebook", "show", *words)
        found = values(document)
        names = [[e["name"] for e in document[key]] for key in ("bulletins", "not_in_force")]
        return found[TOLERANCE], found["ties.chain"], sorted(names[0]), sorted(names[1])

    one, two = "bulletin 1", "bulletin 2"
    noon = ("--effective-at", "2016-07-19T12:00")
    assert (2000, ["stage-times"], [one, two], []) == asked()
    assert (0, [], [], []) == asked("--known-at", str(RECORDS))
    assert (0, ["stage-times"], [two], [one]) == asked("--stage", "SS1")
    assert (2000, ["stage-times"], [one, two], []) == asked("--stage", "SS2")
    assert (0, [], [], [one, two]) == asked("--effective-at", "2016-07-19T11:59")
    assert (0, ["stage-times"], [two], [one]) == asked(*noon)
    assert (2000, ["stage-times"], [one, two], []) == asked(*noon, "--stage", "SS3")
    text = seen(dune, "rulebook", "show")
    assert f"\n{TOLERANCE} = 0:00:02  (by bulletin 1)\n" in text
    assert "\n  From: Art. 3\n" in text
    assert answer(dune, "rulebook", "show")["basis"]["position"] == RECORDS + 2
    for words, code in (
        (("rulebook", "show", "--stage", "SS9"), 2),
        (("rulebook", "show", "dakar-2020", "--stage", "SS1"), 2),
        ((*bulletin, "bulletin=3", f"{TOLERANCE}=soon", *STEWARDS), 2),
        ((*bulletin, "bulletin=3", "timing.tolerans_ms=1", *STEWARDS), 2),
        ((*bulletin, "bulletin=3", "points.scales=overal: 25 18", *STEWARDS), 2),
        ((*bulletin, "bulletin=3", f"{TOLERANCE}=1", f"{TOLERANCE}=2", *STEWARDS), 2),
    ):
        assert code == dune(*words).code, words
    assert RECORDS + 2 == size(dune)


def test_a_rule_that_names_a_stage_that_there_is_not_is_told(dune: Rally) -> None:
    """Once it is recorded, as a slip may be; and for as long as it stands, by `rally check`."""
    words = ("record", "BulletinIssued", "bulletin=1", "start_order.rule=SS99 to SS100", *STEWARDS)
    told = "No stage SS99 is scheduled, and start_order.rule says 'SS99 to SS100'."
    said = dune(*words)
    assert (0, True) == (said.code, told in said.out + said.err)
    assert told in dune("check").out


def test_a_file_is_adopted(dune: Rally, tmp_path: Path) -> None:
    """Under the name of the file, in full, with what is changed in the same breath."""
    write(tmp_path, {"own.toml": OWN})
    adopt = ("record", "RegulationsAdopted", "rulebook=own.toml", "timing.sources_wanted=1")
    assert 0 == dune(*adopt, *SECRETARY).code
    (tmp_path / "own.toml").unlink()
    document = answer(dune, "rulebook", "show")
    assert ("own", 500, 1) == (
        document["rulebook"],
        values(document)[TOLERANCE],
        values(document)["timing.sources_wanted"],
    )
    told = {each["name"]: each["provenance"] for each in document["parameters"]}
    assert (SOURCE, "Adopted so with own.toml") == (told[TOLERANCE], told["timing.sources_wanted"])


def test_regulations_are_adopted_anew(dune: Rally, tmp_path: Path) -> None:
    """From their instant on they take the place of the first, and of bulletins before them."""
    write(tmp_path, {"new.toml": "[ties.chain]\nvalue = []\nsource = 'Art. 7'\n"})
    bulletin = ("bulletin=1", f"{TOLERANCE}=0:00:02", "effective_at=2016-07-18T12:00")
    assert 0 == dune("record", "BulletinIssued", *bulletin, *STEWARDS).code
    at = ("--at", "2016-07-19T08:00")
    assert 0 == dune("record", "RegulationsAdopted", "rulebook=new.toml", *at, *SECRETARY).code
    before = answer(dune, "rulebook", "show", "--effective-at", "2016-07-19T07:59")
    after = answer(dune, "rulebook", "show", "--effective-at", "2016-07-19T08:00")
    assert ("dakar-2020", 2000) == (before["rulebook"], values(before)[TOLERANCE])
    assert ("new", {"ties.chain": []}) == (after["rulebook"], values(after))
    assert ["bulletin 1", "regulations new"] == [each["name"] for each in after["bulletins"]]
    assert ["Art. 7"] == [each["provenance"] for each in after["parameters"]]


# -- a rally begins --------------------------------------------------------------------------------

NEW = ("new", "loop-2027", "--title", "Desert Loop", "--timezone", "Asia/Riyadh")


def test_a_rally_begins(rally: Rally) -> None:
    """Two records or none, and what to do next; once only."""
    days = ("--starts-on", "2027-03-01", "--ends-on", "2027-03-02", "--clock-is-right")
    said = rally(*NEW, *days, *SECRETARY)
    assert 0 == said.code
    first, second = said.out.splitlines()
    assert first.endswith("  Desert Loop was constituted.")
    count = len(template("cross-country").parameters)
    assert second.endswith(f"  Regulations cross-country were adopted ({count} parameters).")
    assert "  rally import gpx ROADBOOK.gpx --stage SS1\n" in said.err
    (record, _) = answer(rally, "log")["records"]
    assert ("Asia/Riyadh", "2027-03-01", "2027-03-02") == tuple(
        record["occurrence"][name] for name in ("timezone", "starts_on", "ends_on")
    )
    assert 1 == rally(*NEW, *SECRETARY).code
    assert 2 == size(rally)
    beside = answer(rally, "new", "other", *NEW[2:], "--rulebook", "dakar-2020", *SECRETARY)
    assert [1, 2] == [each["position"] for each in beside["records"]]
    assert "rally --rally third " in rally("new", "third", *NEW[2:], *SECRETARY).err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("new", " ", *NEW[2:], *SECRETARY), 2),
        ((*NEW[:4], "--timezone", "Mars/Olympus", *SECRETARY), 2),
        ((*NEW, "--starts-on", "soon", *SECRETARY), 2),
        ((*NEW, "--starts-on", "2027-03-02", "--ends-on", "2027-03-01", *SECRETARY), 2),
        ((*NEW, "--rulebook", "dakar-1979", *SECRETARY), 2),
        ((*NEW, "--by", "Ann", "--role", "marshal"), 1),
        ((*NEW, "--expect", "7", *SECRETARY), 4),
        ((*NEW, "--dry-run", *SECRETARY), 0),
    ],
)
def test_a_rally_does_not_begin(rally: Rally, words: tuple[str, ...], code: int) -> None:
    """Refused or only tried: nothing is on record."""
    assert code == rally(*words).code
    assert "holds no rally" in rally("standings").err or "no ledger" in rally("standings").err


def test_sheets_for_a_rally_that_was_begun(rally: Rally, tmp_path: Path) -> None:
    """The sheets fill it; what founds it stands already and is told, not doubled."""
    write_sheets(tmp_path / "sheets")
    rally("new", "dune-2016", "--title", "Dune", "--timezone", "Asia/Shanghai", *SECRETARY)
    said = rally("import", "sheets", "sheets")
    assert (0, RECORDS) == (said.code, size(rally))
    told = "rally.toml: Already on record: #1 Dune was constituted. "
    assert f"{told}Not read: Dune Rally 2016 was constituted.\n" in said.err
    assert "cross-country" == answer(rally, "standings")["basis"]["rulebook"]
    assert 0 == answer(rally, "import", "sheets", "sheets")["appended"]


def test_sheets_with_a_rulebook_beside_them(rally: Rally, tmp_path: Path) -> None:
    """A rally.toml may name a file of its own folder."""
    write_sheets(tmp_path / "sheets", with_change("rally.toml", '"dakar-2020"', '"own.toml"'))
    write(tmp_path / "sheets", {"own.toml": OWN})
    assert 0 == rally("import", "sheets", "sheets").code
    assert "own" == answer(rally, "standings")["basis"]["rulebook"]


def test_times_by_the_clocks_of_the_rally(dune: Rally) -> None:
    """Without an offset a time is meant by the time zone that the rally was given."""
    keeper = ("--by", "Tim", "--role", "timekeeper")
    start = ("record", "StageStarted", "number=102", "stage=SS1", "--at", "2016-07-18T08:05")
    assert 0 == dune(*start, *keeper).code
    assert "2016-07-18T08:05:00+08:00" in dune("show", f"#{RECORDS + 1}").out
    said = dune(*start[:-1], "soon", *keeper)
    assert (2, True) == (said.code, "'soon' is not a moment." in said.err)
    assert 0 == dune("record", "RallyConstituted", "title=X", "--rally", "x", *SECRETARY).code
    said = dune(*start, "--rally", "x", *keeper)
    assert (2, True) == (said.code, "has no UTC offset." in said.err)

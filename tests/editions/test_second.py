"""What edition 2 said is said for ever: documents stand as posted, answers hold or are refused.

`second/README.md` tells what these files are and how they were made.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.documents.rendering import made_with
from cli.evidence import check
from ledger.log import Ledger, Log
from ledger.vocabulary import ClassificationPublished, DocumentPosted
from projections.desk.publications import posted_content
from tests.command_line.conftest import answer
from tests.conftest import Rally, Ticking

SECOND = Path(__file__).with_name("second")
ROOT = "1d1cc8d515e07f16d65155f1f0d3d4c8d388b902bf086973ef30ba0365bde148"
STANDS = "of edition 2, as posted"
TIE = "In a tie, who has no time of its own on a stage is on it behind who drove it."
RULING = "A ruling outranks reports and allocations, whatever their fact times."
OFFICE = ("--by", "Results", "--role", "results-office")
TOLD_OTHERWISE = {"7", "10", "11", "14"}
"""The documents that rest on a ruling which an allocation or a report defeated."""
OF_A_FATE = {"13"}
"""The document that has no place for crew 106, which was refused and disqualified."""
UNCHANGED = (
    *("standings-trucks", "before-the-case", "start-order-ss2"),
    *("why-102", "diff", "what-if"),
)
"""The answers on which no rule bears that changed."""
CHANGED = ("standings-ss2", "standings-cars", "stage-ss2", "stage-ss3")
ASKED = {
    name: words
    for name, *words in map(shlex.split, (SECOND / "asked.txt").read_text().splitlines()[1:])
}


@pytest.fixture
def second(rally: Rally, tmp_path: Path) -> Rally:
    """The command `rally` on the ledger of then."""
    shutil.copy(SECOND / "loop.sqlite3", tmp_path / "rally.db")
    return rally


def log(folder: Path) -> Log:
    """The log of the ledger in a folder."""
    return Ledger(str(folder / "rally.db"), Ticking()).log("loop-2016")


def document(folder: Path, number: str) -> ClassificationPublished:
    """A classification that was posted."""
    kind = ClassificationPublished.type_name()
    (found,) = log(folder).read(types=[kind], tags=[f"document:{number}"])
    said = found.occurrence()
    assert isinstance(said, ClassificationPublished)
    return said


def drawn_as_then(folder: Path) -> None:
    """Skip where sheets are drawn by other versions than they were."""
    then = document(folder, "5").made_with
    if then != made_with():
        pytest.skip(f"the sheets were made with {then}; this is {made_with()}")


# -- documents -------------------------------------------------------------------------------------


def test_every_document_stands(second: Rally) -> None:
    """Each is reproduced or stands as it was posted; that the rules are others is no finding."""
    proof = answer(second, "verify")
    told = {each["document"]: (each["status"], each["edition"]) for each in proof["publications"]}

    assert (ROOT, True, []) == (proof["root"], proof["ok"], proof["findings"])
    assert {"2", "3", "5", "7", "8", "9", "10", "11", "13", "14"} == told.keys()
    stands = {number for number, said in told.items() if said == (STANDS, 2)}
    assert told.keys() - stands == {n for n, said in told.items() if said == ("reproduced", 2)}
    assert stands <= TOLD_OTHERWISE | OF_A_FATE


def test_what_the_rules_of_today_give_otherwise_stands_as_posted(second: Rally) -> None:
    """The rule that changed is named; where the edition alone is another, it is reproduced."""
    told = {each["document"]: each for each in answer(second, "verify")["publications"]}

    stands = {number for number, each in told.items() if each["status"] == STANDS}
    assert TOLD_OTHERWISE == stands - OF_A_FATE
    assert all(f"Since edition 3: {RULING}" in told[each]["message"] for each in TOLD_OTHERWISE)
    both = f"Since edition 3: {RULING} Since edition 3: {TIE}"
    assert f"#50: Document 7 {STANDS}. {both}\n" in second("verify").out


def test_every_sheet_is_drawn_again_to_the_same_bytes(second: Rally, tmp_path: Path) -> None:
    """Classifications from their stored rows, decisions with the edition of then in their foot."""
    drawn_as_then(tmp_path)
    sheets = answer(second, "verify")["documents"]

    assert {"reproduced"} == {each["status"] for each in sheets}
    assert 12 == len(sheets)
    for kind, named, number in (
        *(("classification", number, number) for number in ("5", "7", "9")),
        *(("decision", named, "4") for named in ("doc:4", "stewards-1")),
    ):
        assert 0 == second("document", kind, named, "-o", "again.pdf").code
        then = (SECOND / f"document-{number}.pdf").read_bytes()
        assert then == (tmp_path / "again.pdf").read_bytes()


def test_a_sheet_says_by_which_edition_it_was_made(second: Rally, tmp_path: Path) -> None:
    """A decision that is posted today is bound with today's edition, on record and on the sheet."""
    drawn_as_then(tmp_path)
    eva = ("--by", "Eva Ink", "--role", "secretary")
    assert 0 == second("publish", "decision", "stewards-2", *eva, "--clock-is-right").code
    posted = [each.occurrence() for each in log(tmp_path).read(types=["DocumentPosted"])]

    assert [0, 0, 3] == [each.edition for each in posted if isinstance(each, DocumentPosted)]
    assert {"reproduced"} == {e["status"] for e in answer(second, "verify")["documents"]}


def test_a_sheet_that_edition_2_did_not_draw(second: Rally, tmp_path: Path) -> None:
    """What stands under the rows follows from today's rules: it is named, and no finding."""
    drawn_as_then(tmp_path)
    other = msgspec.structs.replace(document(tmp_path, "8"), document="15", file="ab" * 32)
    log(tmp_path).append([other])
    (sheet,) = [e for e in answer(second, "verify")["documents"] if e["document"] == "15"]

    assert "not checked" == sheet["status"]
    assert "It is of edition 2 of the computing rules; this is 3." == sheet["message"]
    said = second("document", "classification", "15", "-o", "other.pdf")
    assert 1 == said.code
    assert "That is of edition 2 of the computing rules; this is 3." in said.err


def test_rows_that_do_not_fit_their_digest_never_stand(second: Rally, tmp_path: Path) -> None:
    """Nor does a document whose root is not that of its records, whatever edition it names."""
    said = document(tmp_path, "8")
    rows = tuple({**row, "total_ms": 1} for row in said.rows)
    altered = msgspec.structs.replace(said, document="15", rows=rows)
    elsewhere = msgspec.structs.replace(said, document="16", root="cd" * 32)
    later = msgspec.structs.replace(_with_another_total(said), document="17", edition=4)
    unsaid = msgspec.structs.replace(_with_another_total(said), document="18", edition=0)
    log(tmp_path).append([altered, elsewhere, later, unsaid])
    told = answer(second, "verify", code=3)["publications"][-4:]

    assert ["not reproduced"] * 4 == [each["status"] for each in told]
    assert "It is of edition 4 of the computing rules; this is 3." == told[2]["message"]


def _with_another_total(said: ClassificationPublished) -> ClassificationPublished:
    """A document as other rules would have made it."""
    first, *others = said.rows
    rows = ({**first, "total_ms": int(str(first["total_ms"])) - 60_000}, *others)
    changed = msgspec.structs.replace(said, rows=rows, file="", made_with="")
    return msgspec.structs.replace(changed, digest=posted_content(changed).digest())


# -- drift -----------------------------------------------------------------------------------------


def test_drift_names_the_rule_that_changed(second: Rally) -> None:
    """On SS2 the ruling on 102 counts now: it alone moved, by the rule, and no record did it."""
    told = answer(second, "drift", "7")
    moved = {row["number"]: row for row in told["rows"]}

    assert (STANDS, "drifted") == (told["reproduced"], told["today"])
    of_102, of_all = told["rules"]
    assert (RULING, ["102"]) == (of_102["title"], of_102["crews"])
    assert TIE == of_all["title"]  # it may bear on whoever is level, and moved nobody
    assert (True, [RULING, TIE]) == (moved["102"]["by_rules"], moved["102"]["rules"])
    assert [6_300_000, 5_880_000] == [
        total - first
        for total, first in zip(moved["102"]["time_ms"], (7_110_000,) * 2, strict=True)
    ]
    said = second("drift", "7").out
    assert f"Overall after SS2 cars, provisional: #50 on cut-off #49, {STANDS}.\n" in said
    assert f"Edition 3: {RULING} It bears on 102.\n" in said


def test_drift_tells_rules_from_records(second: Rally, tmp_path: Path) -> None:
    """Of a document that other rules made, records explain only what moved since then."""
    log(tmp_path).append([_with_another_total(document(tmp_path, "8"))])
    posted = log(tmp_path).head().size
    minute = ("number=202", "stage=SS2", "amount_ms=0:10:00", "applies_to=stage")
    stewards = ("--by", "A. Chair", "--role", "stewards", "--reason", "speeding")
    assert 0 == second("record", "PenaltyGiven", *minute, *stewards).code
    told = answer(second, "drift", f"#{posted}")
    moved = {row["number"]: row for row in told["rows"]}

    assert STANDS == told["reproduced"]
    assert (True, [posted + 1]) == (moved["202"]["by_rules"], moved["202"]["because"])
    assert (False, [posted + 1]) == (moved["201"]["by_rules"], moved["201"]["because"])


# -- answers ---------------------------------------------------------------------------------------


def asked(name: str) -> list[str]:
    """A read without its moment, which its basis says."""
    words = iter(ASKED[name])
    moment = ("--known-at", "--effective-at")
    return [each for each in words if each not in moment or not next(words)]


def then(name: str) -> Any:
    """What a read printed."""
    return json.loads((SECOND / "answers" / f"{name}.json").read_text())


def holds(was: Any, now: Any) -> bool:
    """Whether everything that was said is said again with the same value; there may be more."""
    if isinstance(was, dict) and isinstance(now, dict):
        return all(name in now and holds(value, now[name]) for name, value in was.items())
    if isinstance(was, list) and isinstance(now, list):
        return len(was) == len(now) and all(map(holds, was, now))
    return type(was) is type(now) and bool(was == now)


@pytest.mark.parametrize("name", UNCHANGED)
def test_an_unchanged_answer_gives_every_field_that_it_had(second: Rally, name: str) -> None:
    """With the same value, that of the edition that gave it first included."""
    file = SECOND / "answers" / f"{name}.json"
    assert holds(then(name), answer(second, *asked(name), "--basis", file))


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_answer_is_refused_by_its_edition(second: Rally, name: str) -> None:
    """The edition, what is another now, and the rule that changed."""
    file = SECOND / "answers" / f"{name}.json"
    said = second(*asked(name), "--csv", "--basis", file)

    assert (1, "") == (said.code, said.out)
    assert "was computed by edition 2 of the rules; this is 3, and " in said.err
    assert f"Edition 3: {RULING}" in said.err


@pytest.mark.parametrize("name", sorted(ASKED.keys() - {"verify"}))
def test_no_answer_is_another_in_silence(second: Rally, name: str) -> None:
    """Each holds, or is refused by the edition that gave it."""
    words = iter(ASKED[name])
    asked = [
        each for each in words if each not in ("--known-at", "--effective-at") or not next(words)
    ]
    said = second(*asked, "--json", "--basis", SECOND / "answers" / f"{name}.json")

    told = json.loads(said.out)

    if "error" in told:
        assert (1, "refused") == (said.code, told["error"]["kind"])
        assert "was computed by edition 2 of the rules; this is 3" in told["error"]["message"]
    else:
        assert holds(then(name), told)


@pytest.mark.parametrize(
    ("where", "now"),
    [
        (("rows", 0, "total_ms"), "rows[0].total_ms is 7230000 in place of 1"),
        (("rows", 0, "flags"), "rows[0].flags is 0 entries in place of 1"),
        (("scope", "after"), 'scope.after is "SS1" in place of 1'),
        (("formerly",), "it says nothing of formerly: another answer, or one to another question"),
    ],
)
def test_one_value_that_is_another_is_enough(
    second: Rally, tmp_path: Path, where: tuple[Any, ...], now: str
) -> None:
    """As if edition 2 had said something else there."""
    told = inside = then("standings-ss1")
    *path, last = where
    for each in path:
        inside = inside[each]
    inside[last] = 1
    (tmp_path / "then.json").write_text(json.dumps(told))
    said = second("standings", "--after", "SS1", "--basis", "then.json")

    assert 1 == said.code
    assert f"then.json was computed by edition 2 of the rules; this is 3, and {now}." in said.err


def test_a_list_that_is_shorter_is_another_answer(second: Rally, tmp_path: Path) -> None:
    """A row too few or too many."""
    told = then("standings-ss1")
    del told["rows"][-1]
    (tmp_path / "then.json").write_text(json.dumps(told))
    said = second("standings", "--after", "SS1", "--basis", "then.json", "--csv")

    assert (1, "") == (said.code, said.out)
    assert "rows is 8 entries in place of 7 entries." in said.err


def test_a_field_that_is_new_is_no_other_answer(second: Rally, tmp_path: Path) -> None:
    """There may be more than there was."""
    told = then("standings-ss1")
    del told["rows"][0]["driver"], told["unclassified"]
    (tmp_path / "then.json").write_text(json.dumps(told))

    assert holds(told, answer(second, "standings", "--after", "SS1", "--basis", "then.json"))


def test_a_basis_alone_is_run_where_no_rule_that_changed_bears_on_it(
    second: Rally, tmp_path: Path
) -> None:
    """Up to #31 nothing was ruled or scheduled twice; at the end of the rally it was."""
    for name in ("before-the-case", "standings-ss1"):
        (tmp_path / f"{name}.json").write_text(json.dumps(then(name)["basis"]))
    said = second("standings", "--basis", "before-the-case.json", "--json")
    assert (0, (SECOND / "answers" / "before-the-case.json").read_text()) == (said.code, said.out)

    for alone in (then("standings-ss1")["basis"], {"basis": then("standings-ss1")["basis"]}):
        (tmp_path / "standings-ss1.json").write_text(json.dumps(alone))
        refused = second("standings", "--after", "SS1", "--basis", "standings-ss1.json")
        assert 1 == refused.code, refused
    assert (1, "") == (refused.code, refused.out)
    assert "edition 2 of the rules; this is 3, and the answer may be another." in refused.err
    assert f"Edition 3: {RULING}" in refused.err


@pytest.mark.parametrize("edition", [1, 4])
def test_a_basis_alone_of_an_edition_of_which_nothing_is_told(
    second: Rally, tmp_path: Path, edition: int
) -> None:
    """An older one may differ in anything, a later one is not known here."""
    basis = then("before-the-case")["basis"] | {"edition": edition}
    (tmp_path / "basis.json").write_text(json.dumps(basis))
    said = second("standings", "--basis", "basis.json")

    assert 1 == said.code
    assert f"was computed by edition {edition} of the rules; this is 3" in said.err


# -- evidence --------------------------------------------------------------------------------------


def test_an_evidence_file_of_then_is_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the checker of today, and by the one that it carries."""
    assert 0 == check.main([str(SECOND / "stewards-1.zip"), "--root", ROOT])
    assert capsys.readouterr().out.startswith("ACCEPTED.")

    zipfile.ZipFile(SECOND / "stewards-1.zip").extract("check.py", tmp_path)
    command = [sys.executable, "-I", "-S", "check.py", str(SECOND / "stewards-1.zip")]
    own = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, check=False)
    assert (0, b"") == (own.returncode, own.stderr)
    assert own.stdout.startswith(b"ACCEPTED.")

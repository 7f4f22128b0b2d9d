"""The checker of evidence files: one file, no environment, no byte that it does not look at."""

from __future__ import annotations

import ast
import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from cli.evidence import check
from cli.evidence.bundle import Bundle
from ledger.vocabulary import Corrected, CourtDecisionIssued, Effect
from tests.evidence.story import CARD, RECORDING, Story, kept_apart, story
from tests.evidence.test_forgeries import anew
from tests.examples import in_turn, share_of

FLIPS = share_of(1000)
"""A thousand where RALLY_EXAMPLES is 1."""


def said_of(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Exit code and words of the checker about these bytes."""
    path = tmp_path / "evidence.zip"
    path.write_bytes(data)
    capsys.readouterr()
    code = check.main([str(path)])
    return code, capsys.readouterr().out


def run_alone(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """The checker as a court runs it: the extracted file, isolated, without any environment."""
    command = [sys.executable, "-I", "-S", "check.py", *(str(each) for each in words)]
    return subprocess.run(
        command, cwd=folder, env={}, capture_output=True, encoding="utf-8", check=False
    )


# -- alone -----------------------------------------------------------------------------------------


def test_it_accepts_in_an_empty_environment(made: Bundle, folder: Path, tmp_path: Path) -> None:
    """The zip and the folder that it was extracted to; it says what it checked, and the root."""
    (tmp_path / "evidence.zip").write_bytes(made.data)
    root = made.case.seen.log.root_at(made.case.seen.position)
    for said in (
        run_alone(tmp_path / "evidence.zip", "--root", root, folder=folder),
        run_alone(".", "--root", root[:12].upper(), folder=folder),
    ):
        assert (0, "") == (said.returncode, said.stderr)
        first, left, *lines, digest, last = said.stdout.splitlines()
        assert first == "ACCEPTED. It is consistent in itself; whose it is was not checked."
        assert last == f"Root of the 28 records: {root}"
        assert left.startswith(
            "Not checked: README.txt: its text; bearing.json: records (that none is missing),"
            " records.words"
        )
        assert digest == f"SHA-256 of the file: {check.sha256(made.data)}"
        assert "  28 records without a gap: ids, leaf hashes, and the root over them" in lines
        assert any(line.endswith("is that of records 1 to 28") for line in lines)
        assert not any("Note" in line for line in lines)


def test_it_is_one_file_and_needs_nothing_but_the_standard_library(made: Bundle) -> None:
    """It imports no other module of this project, nor one that has to be installed."""
    source = made.files["check.py"]
    assert Path(check.__file__).read_bytes() == source
    imported = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert (0, True) == (node.level, bool(node.module))
            imported.add(str(node.module).partition(".")[0])
    assert set() == imported - sys.stdlib_module_names


def test_a_root_of_a_document_vouches_for_the_records_up_to_it(
    made: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A root that was printed then; with another one it is refused, and the first digits do."""
    path = tmp_path / "evidence.zip"
    path.write_bytes(made.data)
    log = made.case.seen.log
    assert 0 == check.main([str(path), "--root", log.root_at(20)[:10], "--root", log.root_at(3)])
    said = capsys.readouterr().out
    assert "is that of records 1 to 20; the 8 after them are not covered by it" in said
    assert "is that of records 1 to 3; the 25 after" in said
    for wrong in ("0" * 64, log.root_at(0), log.root_at(20)[:9], "no root"):
        assert 1 == check.main([str(path), "--root", wrong])
        assert "root" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["nothing", "empty", "text", "folder", "other.zip"])
def test_what_is_no_evidence_file_is_refused(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is not there, an empty one, another one, a folder, another zip."""
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    elif what == "other.zip":
        with zipfile.ZipFile(path, "w") as other:
            other.writestr("a.txt", "a")
    elif what != "nothing":
        path.write_bytes(b"" if what == "empty" else b"PK\3\4 is how a zip begins")
    assert (2 if what == "nothing" else 1) == check.main([str(path)])
    heard = capsys.readouterr()
    assert ("can't be read" if what == "nothing" else "REFUSED") in heard.out + heard.err


# -- the bytes -------------------------------------------------------------------------------------


def test_any_program_opens_it_and_nothing_in_it_tells_when_it_was_made(made: Bundle) -> None:
    """A plain zip: not compressed, every date 1 January 1980, every name plain."""
    with zipfile.ZipFile(io.BytesIO(made.data)) as opened:
        assert opened.testzip() is None
        assert dict(made.files) == {each: opened.read(each) for each in opened.namelist()}
        assert sorted(made.files) == opened.namelist()
        assert {(1980, 1, 1, 0, 0, 0)} == {each.date_time for each in opened.infolist()}
        assert {zipfile.ZIP_STORED} == {each.compress_type for each in opened.infolist()}


def test_no_byte_of_it_can_be_changed(
    made: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One bit anywhere: refused, with the file that it is in, and of the records the line."""
    chance = random.Random(5)
    ends, at = [], 0
    for name in sorted(made.files):
        start = at + 30 + len(name)
        at = start + len(made.files[name])
        ends.append((name, start, at))
    anywhere = [chance.randrange(len(made.data)) for _ in range(FLIPS)]
    directory = [chance.randrange(at, len(made.data)) for _ in range(FLIPS // 8)]
    heads = [start - 1 - chance.randrange(30 + len(name)) for name, start, _ in ends]
    for offset in (*anywhere, *directory, *heads, 0, len(made.data) - 1):
        data = bytearray(made.data)
        data[offset] ^= 1 << chance.randrange(8)
        code, words = said_of(bytes(data), tmp_path, capsys)
        assert (1, True) == (code, words.startswith("REFUSED")), offset
        for name, start, end in ends:
            if start <= offset < end:
                assert name in words, (offset, words)
                if name == "records.jsonl":
                    line = made.data.count(b"\n", start, offset) + 1
                    assert f"records.jsonl line {line}" in words, (offset, words)


def test_no_part_of_it_can_be_cut_off_or_added(
    made: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends where it ends, and nothing stands before it."""
    chance = random.Random(6)
    cuts = [made.data[: chance.randrange(1, len(made.data))] for _ in range(20)]
    for data in (*cuts, made.data[:-1], made.data[1:], made.data + b"\0", b"\0" + made.data):
        code, words = said_of(data, tmp_path, capsys)
        assert (1, True) == (code, words.startswith("REFUSED")), len(data)


def test_no_file_of_the_folder_can_be_changed_missing_or_too_many(
    made: Bundle, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Extracted, it is checked as well: file by file.

    Each in one way by turns; where RALLY_EXAMPLES is 1 in each.
    """
    for turn, (name, content) in enumerate(made.files.items()):
        path = folder / name
        for changed in in_turn((content + b" ", b"", None), turn % 3, 3):
            if changed is None:
                path.unlink()
            else:
                path.write_bytes(changed)
            assert 1 == check.main([str(folder)]), name
            assert name in capsys.readouterr().out
        path.write_bytes(content)
    assert 0 == check.main([str(folder)])
    (folder / "more.txt").write_text("more")
    capsys.readouterr()
    assert 1 == check.main([str(folder)])
    assert "more.txt: it is not in the manifest" in capsys.readouterr().out


# -- what is in it ---------------------------------------------------------------------------------


def test_the_same_log_gives_the_same_bytes(case: Story, made: Bundle) -> None:
    """Twice, whoever it is named by: the number, the record, an appeal against it."""
    assert made.data == case.bundle().data
    assert made.data == case.bundle(decision=f"#{case.position}").data
    assert made.data == case.bundle(decision="#28").data


def test_restricted_exhibits_are_left_out(case: Story, made: Bundle) -> None:
    """Of what is for others only digest and title; whom it is for gets it; others' are not here."""
    contents = set(made.files.values())
    assert (True, False) == (CARD in contents, RECORDING in contents)
    assert RECORDING not in made.data
    states = [(each["title"], each["state"]) for each in made.exhibits]
    assert [("Card", "included"), ("hearing", "withheld")] == states
    assert {"title", "digest"} <= made.exhibits[1].keys()
    for parties in (("102",), ("court", "stewards")):
        whole = case.bundle(*parties)
        assert {CARD, RECORDING} <= set(whole.files.values())
        assert [] == check.checked(whole.files).findings
    assert RECORDING not in case.bundle("101", "court").data


def test_the_records_that_bear_on_it_are_there_in_words(made: Bundle) -> None:
    """The report, the decision, its notification, the times of the crew, the appeal: and why."""
    words = made.files["words.txt"].decode()
    for line in (
        "A report was filed on crew 102 on SS2: missed a waypoint.",
        "Here because: #21 names it as its matter",
        "Here because: it binds an exhibit to #20.",
        "Here because: it is the decision;",
        "Crew 102 SS2: 1:58:00 (measured).",
        "Document 7 was published: Overall after SS2 cars, provisional.",
    ):
        assert line in words
    moves = made.files["moves.txt"].decode()
    assert "Overall after SS2, cars: with → without the decision" in moves
    assert "    102 Driver 102: 2. 5:11:00 → 1. 5:06:00 (#21)" in moves


def test_a_list_across_classifications_says_so(made: Bundle, tmp_path: Path) -> None:
    """Cars and trucks are kept apart: whoever reads who moved across them reads that as well."""
    told = "Overall so far (a list across classifications that are kept apart: nobody is ranked"
    assert "(a list" not in made.files["moves.txt"].decode()
    apart = kept_apart(tmp_path).bundle()
    assert [] == check.checked(apart.files).findings
    moves = apart.files["moves.txt"].decode()
    assert f"{told} in it): with → without the decision" in moves
    assert "Overall so far, cars: with → without the decision" in moves
    assert "Overall so far: before → after the decision" in moves, "the bulletin came later"
    name = "classifications/overall/difference-without.json"
    no_verdict = "joint is no true or false"
    for forged, said in ((False, "joint list"), (1, no_verdict), (None, no_verdict)):
        altered = {**json.loads(apart.files[name]), "joint": forged}
        files = {**apart.files, name: check.canonical(altered)}
        parts = {n: json.loads(data) for n, data in files.items() if n.endswith(".json")}
        files["moves.txt"] = check.moves_of(parts)
        found = check.checked(check.unpacked(anew(files)))
        assert any(said in each for each in map(str, found.findings)), forged


def test_a_decision_as_it_was_known_before(case: Story) -> None:
    """The evidence file of an earlier moment has the log up to then, and no later step."""
    made = case.bundle(known_at="#22")
    assert [] == check.checked(made.files).findings
    assert 22 == made.files["records.jsonl"].count(b"\n")
    assert [] == made.exhibits


def test_a_court_and_what_it_varied_are_one_case(tmp_path: Path) -> None:
    """By either decision: both are in the register, and without the first there is no second."""
    told = story(tmp_path)
    decision = told.log.at(told.position)
    effect = Effect(
        act="PenaltyGiven", fields={"number": "102", "stage": "SS2", "amount_ms": 60_000}
    )
    said = decision.occurrence()
    court = CourtDecisionIssued(
        rally=said.rally,
        recorded_at=said.recorded_at,
        by="Registry",
        role="court",
        target=decision.id,
        case="3/2016",
        outcome="varied",
        effects=(effect,),
    )
    told.log.append([court])
    for name in ("stewards-1", "court-3/2016"):
        made = told.bundle(decision=name)
        assert [] == check.checked(made.files).findings
        assert (name, 1) == (made.case.name, len(made.case.chain))
    without = json.loads(told.bundle().files["classifications/overall/without.json"])
    assert [told.position, 29] == without["without"]
    assert ["102", "101"] == [row["number"] for row in without["rows"]][:2]


def test_a_correction_to_what_cannot_be_changes_nothing(tmp_path: Path) -> None:
    """No instant is of one number: the ledger leaves such a correction aside, and so does this."""
    told = story(tmp_path)
    for kind in ("DecisionIssued", "AppealIntentionNotified", "ReportFiled"):
        about = next(told.log.read(types=[kind]))
        said = about.occurrence()
        changes: dict[str, Any] = {"fact_at": (1,), "number": "101"}
        told.log.append(
            [
                Corrected(
                    rally=said.rally,
                    recorded_at=said.recorded_at,
                    by="Ann",
                    role="timekeeper",
                    target=about.id,
                    changes=changes,
                )
            ]
        )
    made = told.bundle()
    assert [] == check.checked(made.files).findings

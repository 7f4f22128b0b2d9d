"""Start orders as documents: posted, amended, posted anew, drawn and proved as any other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ledger.times import Instant
from ledger.vocabulary import StartOrderPublished, StartSlot
from tests.command_line.conftest import answer, behind_its_back
from tests.command_line.pdf import attached, text
from tests.command_line.test_documents import append, digest, drawn, sheets
from tests.conftest import Filling, Rally, Said

WHO = ("--by", "Ann Lee", "--role", "clerk-of-the-course")
MOVED = ("record", "StartOrderAmended", "number=103", "stage=SS1", "place=1", *WHO)
ORDER = ("publish", "start-order", "SS1", *WHO)


@pytest.fixture
def loop(rally: Rally, filled: Filling) -> Rally:
    """Three cars and two trucks are entered; SS1 and SS2 are planned."""

    def fill() -> None:
        founded = ("new", "loop-2026", "--title", "Desert Loop", "--timezone", "Asia/Riyadh", *WHO)
        assert 0 == rally(*founded).code
        for order in (1, 2):
            first = f"first_start_at=2026-03-0{order}T08:00"
            words = (f"stage=SS{order}", f"order={order}", "special_m=210000", first)
            assert 0 == rally("record", "StageScheduled", *words, *WHO).code
        for category, numbers in (("cars", (101, 102, 103)), ("trucks", (201, 202))):
            for number in numbers:
                crew = (f"number={number}", f"driver=Driver {number}", f"category={category}")
                assert 0 == rally("record", "CrewEntered", *crew, *WHO).code

    filled("start-orders", fill)
    return rally


def dues(rally: Rally, *words: str) -> dict[str, str]:
    """When each crew starts, as hour and minute, in the order of the places."""
    groups = answer(rally, "start-order", "SS1", *words)["groups"]
    return {row["number"]: row["due_at"][11:16] for group in groups for row in group["rows"]}


def register(rally: Rally, *words: str) -> list[str]:
    """The register of publications: number, kind, title and status."""
    rows = answer(rally, "publications", *words)["rows"]
    return [f"{r['document']} {r['title']} {r['amendment']} {r['status']}" for r in rows]


def test_a_start_order_is_a_document(loop: Rally) -> None:
    """It has a digest, a root and a sheet; the log proves both, and counts them."""
    assert 0 == loop(*ORDER).code
    (cars, trucks) = answer(loop, "publications")["rows"]
    assert ("1", "1") == (cars["document"], trucks["document"])
    assert 64 == len(cars["digest"]) == len(cars["root"])
    assert cars["digest"] != trucks["digest"]
    pdf = drawn(loop, "start-order", "SS1")
    (record,) = {
        r["occurrence"]["file"]
        for r in answer(loop, "log", "--type", "StartOrderPublished")["records"]
    }
    assert record == digest(pdf) == digest(drawn(loop, "start-order", "doc:1"))
    assert (
        "It is the sheet that was posted, byte for byte."
        in loop("document", "start-order", "SS1", "-o", "drawn.pdf").err
    )
    proof = answer(loop, "verify")
    assert (2, 1) == (proof["checked"]["publications"], proof["checked"]["documents"])
    assert {"reproduced"} == {each["status"] for each in proof["publications"]}
    assert [("1", "reproduced")] == sheets(loop)


def test_an_amended_order_is_posted_as_a_sheet_of_its_own(loop: Rally) -> None:
    """Amendment 1 takes the place of document 1, which stays as it was, byte for byte."""
    assert 0 == loop(*ORDER).code
    first = drawn(loop, "start-order", "SS1")
    refused = loop(*ORDER)
    assert (1, True) == (refused.code, "publish it again" in refused.err)
    told = loop(*MOVED)
    assert "What hangs as document 1 stays as it was posted; `rally publish start-order SS1`" in (
        told.err
    )
    # Until it is posted, what stands is a draft: it has no number of the board.
    draft = drawn(loop, "start-order", "SS1")
    assert ("", True) == (attached(draft)["document"], attached(draft)["draft"])
    assert "amended" == answer(loop, "publications")["rows"][0]["today"]
    said = loop(*ORDER)
    assert "was published as document 2, amendment 1 (3 crews)." in said.out
    expected = [
        "1 Start order of SS1 cars None superseded",
        "1 Start order of SS1 trucks None superseded",
        "2 Start order of SS1 cars 1 in force",
        "2 Start order of SS1 trucks 1 in force",
    ]
    assert expected == register(loop)
    assert "start order, amendment 1" in loop("publications").out
    second = drawn(loop, "start-order", "SS1")
    assert "AMENDMENT 1" in text(second)
    assert "IN THE PLACE OF DOCUMENT 1" in text(second).upper()
    assert first == drawn(loop, "start-order", "doc:1") != second
    assert second == drawn(loop, "start-order", "doc:2")
    assert [("1", "reproduced"), ("2", "reproduced")] == sheets(loop)
    assert (
        0 == loop("record", "StartOrderAmended", "number=102", "stage=SS1", "starts=no", *WHO).code
    )
    assert "document 3, amendment 2 (2 crews)" in loop(*ORDER, "--category", "cars").out
    assert first == drawn(loop, "start-order", "doc:1")


def test_the_times_follow_the_places(loop: Rally) -> None:
    """Who is moved starts at the time of the place, and whoever it moves on; or as it is given."""
    assert 0 == loop(*ORDER, "--category", "cars").code
    assert {"101": "08:00", "102": "08:03", "103": "08:06"} == dues(loop, "--category", "cars")
    assert 0 == loop(*MOVED).code
    assert {"103": "08:00", "101": "08:03", "102": "08:06"} == dues(loop, "--category", "cars")
    later = ("record", "StartOrderAmended", "number=101", "stage=SS1", "due_at=2026-03-01T08:20")
    assert 0 == loop(*later, *WHO).code
    assert {"103": "08:00", "101": "08:20", "102": "08:06"} == dues(loop, "--category", "cars")


def test_a_number_means_one_sheet_for_ever(loop: Rally) -> None:
    """As a moment it is where the whole sheet hangs; nothing later is posted under it."""
    assert 0 == loop(*ORDER).code
    at = answer(loop, "standings", "--known-at", "doc:1")["basis"]["position"]
    posted = answer(loop, "publications")["rows"]
    assert at == max(row["position"] for row in posted)
    groups = answer(loop, "start-order", "SS1", "--known-at", "doc:1")["groups"]
    assert [True, True] == [group["published"] for group in groups]
    assert 0 == loop(*MOVED).code
    for words in (
        (*ORDER, "--document", "1"),
        (*MOVED[:-4], "document=01", *WHO),
        ("publish", "start-order", "SS2", "--document", "1", *WHO),
    ):
        refused = loop(*words)
        assert (1, True) == (refused.code, "is taken." in refused.err), refused
    assert 0 == loop(*ORDER).code
    for moment in ("doc:1", "doc:01", "DOC: 1"):
        told = answer(loop, "standings", "--known-at", moment)
        assert at == told["basis"]["position"]


def test_an_amendment_may_say_by_which_document_it_is_made_known(loop: Rally) -> None:
    """That number is left to the sheet: doc:9 means nothing until it hangs, then that for ever."""
    assert 0 == loop(*ORDER).code
    for number, place in (("103", 1), ("102", 2)):
        words = (f"number={number}", "stage=SS1", f"place={place}", "document=9")
        assert 0 == loop("record", "StartOrderAmended", *words, *WHO).code
    assert 2 == loop("standings", "--known-at", "doc:9").code
    assert "as document 9, amendment 1" in loop(*ORDER, "--document", "9").out
    posted = answer(loop, "publications")["rows"][-1]
    assert (
        posted["position"] == answer(loop, "standings", "--known-at", "doc:9")["basis"]["position"]
    )
    refused = loop("publish", "start-order", "SS2", "--document", "9", *WHO)
    assert (1, True) == (refused.code, "is taken." in refused.err), refused


def test_a_repositioning_after_the_publication_says_so(loop: Rally) -> None:
    """At entry, in the register and by the check: what hangs changes by an amendment alone."""
    moved = ("record", "CrewRepositioned", "number=103", "stage=SS1", "place=1", *WHO)
    assert "" == loop(*moved, "--dry-run").err
    assert 0 == loop(*ORDER).code
    said = loop(*moved, "--reason", "to open the road")
    assert (
        "The start order of SS1 as document 1 was published before and does not change" in said.err
    )
    assert "`rally record StartOrderAmended number=103 stage=SS1 place=1` changes it" in said.err
    (cars, trucks) = answer(loop, "publications")["rows"]
    assert "as published; repositioned since: 103 (#12)" == cars["today"]
    assert "as published" == trucks["today"]
    assert ["repositioned-too-late"] == [e["kind"] for e in answer(loop, "anomalies")["rows"]]
    assert {"101": "08:00", "102": "08:03", "103": "08:06"} == dues(loop, "--category", "cars")
    decided = ("decide", "reposition", "102", "1", "--stage", "SS1", "--reason", "unfair")
    told = loop(*decided, *WHO).out
    assert "because document 1 published the start order of SS1 before" in told
    # Dealt with by amendments: nothing is left to say.
    for number in ("103", "102"):
        words = (f"number={number}", "stage=SS1", "place=1")
        assert 0 == loop("record", "StartOrderAmended", *words, *WHO).code
    assert [] == answer(loop, "anomalies")["rows"]
    assert 0 == loop(*ORDER).code
    assert {"as published"} == {r["today"] for r in answer(loop, "publications")["rows"][-2:]}


def test_drift_of_a_start_order(loop: Rally) -> None:
    """Who starts elsewhere than it says, and by which records; superseded it is told as well."""
    assert 0 == loop(*ORDER).code
    assert "Today's answer equals it." in loop("drift", "1").out
    assert 0 == loop(*MOVED).code
    found = answer(loop, "drift", "1")
    assert ("start order", "drifted", "reproduced") == (
        found["kind"],
        found["today"],
        found["reproduced"],
    )
    rows = {row["number"]: row for row in found["rows"]}
    assert [3, 1] == rows["103"]["place"]
    assert ["08:06", "08:00"] == [each[11:16] for each in rows["103"]["due_at"]]
    assert [[12]] * 3 == [row["because"] for row in found["rows"]]
    assert "3 → 1" in loop("drift", "doc:1").out
    header = loop("drift", "1", "--csv").out.splitlines()[0]
    assert header.endswith(",start_before,start_after")
    assert 0 == loop(*ORDER).code
    assert "Today's answer equals it." in loop("drift", "2").out
    assert [12, 13] == answer(loop, "drift", "1")["because"]


def test_an_amended_order_that_is_withdrawn(loop: Rally) -> None:
    """The first hangs again, with what was amended in it; the next amendment has a number anew."""
    assert 0 == loop(*ORDER, "--category", "cars").code
    assert 0 == loop(*MOVED).code
    assert 0 == loop(*ORDER, "--category", "cars").code
    gone = ("record", "PublicationWithdrawn", "target=doc:2", "--by", "S", "--role", "stewards")
    assert 0 == loop(*gone, "--reason", "wrong").code
    expected = ["1 Start order of SS1 cars None in force", "2 Start order of SS1 cars 1 withdrawn"]
    assert expected == register(loop)
    assert {"103": "08:00", "101": "08:03", "102": "08:06"} == dues(loop, "--category", "cars")
    assert "document 3, amendment 2" in loop(*ORDER, "--category", "cars").out
    assert [("1", "reproduced"), ("2", "reproduced"), ("3", "reproduced")] == sheets(loop)


def test_a_start_order_of_an_old_log(loop: Rally, tmp_path: Path) -> None:
    """It has no digest: it is read as it was, and its number means its first record, as ever."""
    said = [
        StartOrderPublished(
            rally="loop-2026",
            recorded_at=Instant(1_469_000_100_000 + place, 180),
            by="Ann Lee",
            role="clerk-of-the-course",
            stage="SS1",
            category=category,
            slots=(StartSlot(1, numbers[0]), StartSlot(2, numbers[1])),
            position=9,
            document="1",
        )
        for place, (category, numbers) in enumerate(
            {"cars": ("102", "101"), "trucks": ("202", "201")}.items()
        )
    ]
    append(tmp_path / "rally.db", said)
    assert 10 == answer(loop, "standings", "--known-at", "doc:1")["basis"]["position"]
    data = attached(drawn(loop, "start-order", "SS1"))
    assert ("1", False, 2) == (data["document"], data["draft"], len(data["groups"]))
    proof = answer(loop, "verify")
    assert (True, []) == (proof["ok"], proof["publications"])
    assert [] == answer(loop, "anomalies")["rows"]
    # Amended, it is published again as any other; what hung keeps its number.
    assert 0 == loop(*MOVED, "--at", "2026-02-28T20:00+03:00").code
    assert "as document 2, amendment 1" in loop(*ORDER).out
    assert 10 == answer(loop, "standings", "--known-at", "doc:1")["basis"]["position"]
    assert "1" == attached(drawn(loop, "start-order", "doc:1"))["document"]


def test_what_was_altered_is_found(loop: Rally, tmp_path: Path) -> None:
    """An order that does not follow from its prefix is not reproduced, and `verify` fails."""
    assert 0 == loop(*ORDER).code
    out = loop("export", "jsonl", "out.jsonl")
    assert 0 == out.code, out
    lines = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    (posted,) = [
        each["occurrence"]
        for each in lines
        if each.get("occurrence", {}).get("category") == "cars"
        and each["occurrence"]["type"] == "StartOrderPublished"
    ]
    data = json.dumps(posted, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert data.count('"number":"101","place":1') == 1
    other = data.replace('"number":"101","place":1', '"number":"103","place":1')
    behind_its_back(
        tmp_path / "rally.db",
        ("UPDATE record SET data = ? WHERE data = ?", (other.encode(), data.encode())),
    )
    proof = answer(loop, "verify", code=3)
    found = {each["position"]: each for each in proof["publications"]}
    assert "not reproduced" in {each["status"] for each in found.values()}
    assert any("do not have the digest" in each["message"] for each in found.values())


def test_two_sites_gave_one_number(loop: Rally, tmp_path: Path) -> None:
    """Race control's document 1 is a letter, the laptop's a start order: it is told."""
    assert 0 == loop("export", "jsonl", "plan.jsonl").code
    laptop = ("--ledger", "laptop.db")
    assert 0 == loop(*laptop, "import", "jsonl", "plan.jsonl").code
    assert 0 == loop(*laptop, "site", "laptop").code
    assert 0 == loop(*laptop, *ORDER).code
    assert 0 == loop(*laptop, "export", "jsonl", "laptop.jsonl").code
    words = ("document=1", "title=Convoy", "--by", "S", "--role", "secretary")
    assert 0 == loop("record", "DocumentPosted", *words).code
    before = answer(loop, "standings", "--known-at", "doc:1")["basis"]["position"]
    merged = loop("import", "jsonl", "laptop.jsonl")
    assert merged.code in (0, 1), merged
    assert before == answer(loop, "standings", "--known-at", "doc:1")["basis"]["position"]
    kinds = [each["kind"] for each in answer(loop, "anomalies")["rows"]]
    assert 1 == kinds.count("document-number-twice")
    # The other sheet is named by its kind or its record, and not by another's.
    sheet = drawn(loop, "start-order", "doc:1")
    assert "Start order of SS1" in text(sheet)
    orders = answer(loop, "log", "--type", "StartOrderPublished")["records"]
    assert 2 == len(orders), "the cars and the trucks are on one sheet"
    for each in orders:
        assert sheet == drawn(loop, "start-order", f"#{each['position']}")
    assert 2 == loop("document", "start-order", "#1", "-o", "x.pdf").code
    assert "2" == _next(loop)


def test_the_number_of_a_sheet_with_several_orders_is_corrected(loop: Rally) -> None:
    """Both sites posted the cars and the trucks of SS1 as document 1: one sheet gets another."""
    assert 0 == loop("export", "jsonl", "plan.jsonl").code
    laptop = ("--ledger", "laptop.db")
    assert 0 == loop(*laptop, "import", "jsonl", "plan.jsonl").code
    assert 0 == loop(*laptop, "site", "laptop").code
    assert 0 == loop(*laptop, *ORDER).code
    assert 0 == loop(*laptop, "export", "jsonl", "laptop.jsonl").code
    assert 0 == loop(*ORDER).code
    assert loop("import", "jsonl", "laptop.jsonl").code in (0, 1)
    (told,) = answer(loop, "anomalies")["rows"]
    assert "document-number-twice" == told["kind"]
    *_, one, other = told["positions"]
    words = ("document=7", "--reason", "given twice", *WHO)
    assert 0 == loop("correct", f"#{one}", *words).code
    assert "document-number-twice" in loop("anomalies").out, "half a sheet"
    assert 0 == loop("correct", f"#{other}", *words).code
    assert [] == answer(loop, "anomalies")["rows"]
    taken = loop("correct", f"#{told['positions'][0]}", *words)
    assert (1, True) == (taken.code, "number 7 is taken" in taken.err)


def _next(rally: Rally) -> str:
    """The number that the next document gets."""
    said: Said = rally("publish", "start-order", "SS2", *WHO, "--dry-run")
    found: Any = said.out.partition("as document ")[2].partition(" ")[0]
    return str(found)


def test_an_order_without_times_says_so(loop: Rally) -> None:
    """Nothing says when SS3 begins: told with the order that is shown or posted, until it does."""
    assert 0 == loop("record", "StageScheduled", "stage=SS3", "order=3", *WHO).code
    told = "It gives no times: no first start of SS3 is planned, or given by --first-at."
    assert told in loop("start-order", "SS3").err
    publish = ("publish", "start-order", "SS3", *WHO)
    assert told in loop(*publish, "--dry-run").err
    first = ("--first-at", "2026-03-03T08:00")
    for said in (loop("start-order", "SS3", *first), loop(*publish, *first)):
        assert (0, True) == (said.code, "It gives no times" not in said.err)
    shown = loop("start-order", "SS3")
    assert "1  101  Driver 101  3 Mar 08:00:00" in shown.out
    assert "It gives no times" not in shown.err


def test_a_stage_that_is_cancelled_for_a_category(loop: Rally) -> None:
    """Its trucks are in no order of it; when that of the cars hangs, there is nothing to post."""
    cancelled = ("record", "StageCancelled", "stage=SS1", "categories=trucks", *WHO)
    assert 0 == loop(*cancelled).code
    assert "trucks (not published; cancelled)\nNone.\n" in loop("start-order", "SS1").out
    posted = loop(*ORDER)
    assert (0, 1) == (posted.code, posted.out.count("was published"))
    again = loop(*ORDER)
    assert (1, True) == (again.code, "reads as it was, or nobody starts" in again.err)


def test_one_crew_is_one_crew(loop: Rally) -> None:
    """Words count as people do."""
    assert 0 == loop("record", "CrewWithdrew", "number=202", *WHO).code
    said = loop(*ORDER)
    assert ("(3 crews)", "(1 crew)") == tuple(re.findall(r"\(\d crews?\)", loop("log").out)), said


def test_an_order_that_rests_on_the_log_of_another_site(loop: Rally) -> None:
    """It is drawn where it was posted; elsewhere it is said why not, and no file is written."""
    site = ("--ledger", "finish.db")
    assert 0 == loop("export", "jsonl", "plan.jsonl").code
    assert 0 == loop(*site, "import", "jsonl", "plan.jsonl").code
    assert 0 == loop(*site, "site", "finish").code
    for number, elapsed in (("101", "1:02:00"), ("102", "1:01:00"), ("103", "1:00:00")):
        time = (f"number={number}", "stage=SS1", f"elapsed_ms={elapsed}")
        timed = ("record", "StageTimeRecorded", *time, "--by", "Bo", "--role", "timekeeper")
        assert 0 == loop(*site, *timed).code
    assert 0 == loop(*site, "publish", "start-order", "SS2", "--category", "cars", *WHO).code
    assert 0 == loop(*site, "export", "jsonl", "out.jsonl").code
    for text_ in ("one", "two", "three", "four"):
        assert 0 == loop("record", "RemarkMade", f"text={text_}", *WHO).code
    assert 0 == loop("import", "jsonl", "out.jsonl").code
    Path("drawn.pdf").unlink(missing_ok=True)
    for reference in ("doc:1", _position(loop)):
        said = loop("document", "start-order", reference, "-o", "drawn.pdf")
        assert 1 == said.code, said
        assert "Document 1 rests on #12 of the log of finish, which this log does not" in said.err
        assert not Path("drawn.pdf").exists()
    assert 0 == loop(*site, "document", "start-order", "doc:1", "-o", "drawn.pdf").code
    assert digest(Path("drawn.pdf").read_bytes()) in said.err


def _position(rally: Rally) -> str:
    """The record by which a start order was posted, as it is named."""
    (order,) = answer(rally, "log", "--type", "StartOrderPublished")["records"]
    return f"#{order['position']}"

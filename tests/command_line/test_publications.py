"""Publications from the command line: posted once, reproduced for ever, compared with today."""

# ruff: noqa: E501 - lines are as wide as the tables, what is expected stands on the left

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import msgspec
import pytest

from ledger.log import Ledger, Log
from ledger.vocabulary import ClassificationPublished, decode
from ledger.vocabulary.base import NO_SOURCE
from projections.desk.publications import posted_content
from projections.state.rally import EDITION
from tests.command_line.conftest import answer, behind_its_back, size
from tests.conftest import Rally, Said, Ticking

OFFICE = ("--by", "Results", "--role", "results-office")
CLERK = ("--by", "Cleo", "--role", "clerk-of-the-course")
CLASSIFICATION = ("publish", "classification")
AFTER_SS2 = (*CLASSIFICATION, "--after", "SS2", *OFFICE)
OTHER_SITE = ("--ledger", "laptop.db")


def publish(rally: Rally, *words: object, code: int = 0) -> Any:
    """Publish the overall after SS2, or what else is asked for."""
    return answer(rally, *AFTER_SS2, *words, code=code)


def penalise(rally: Rally, number: int, stage: str = "SS2") -> Any:
    """Ten minutes on a stage."""
    words = (f"number={number}", f"stage={stage}", "amount_ms=10:00", "--reason", "speeding")
    return answer(rally, "record", "PenaltyGiven", *words, *CLERK)


def register(rally: Rally, *words: object) -> list[dict[str, Any]]:
    """The register of publications."""
    rows: list[dict[str, Any]] = answer(rally, "publications", *words)["rows"]
    return rows


def statuses(rally: Rally, *words: object, code: int = 0) -> list[str]:
    """What `rally verify` says of each publication."""
    return [each["status"] for each in answer(rally, "verify", *words, code=code)["publications"]]


def seen(said: Said, code: int = 0) -> str:
    """What a terminal shows, without ids, roots and digests."""
    assert code == said.code, said
    return re.sub(r"\b([0-9a-f]{64}|[0-9a-f]{10})\b", "x" * 10, said.err + said.out)


def shown(text: str) -> str:
    """A text as it stands in a test, at the margin."""
    return dedent(text).removeprefix("\n")


@contextmanager
def opened(path: Path) -> Iterator[Log]:
    """The log of the Dune Rally in a ledger, for what no command does."""
    ledger = Ledger(str(path), Ticking())
    yield ledger.log("dune-2016")
    ledger.close()


# -- what is posted --------------------------------------------------------------------------------


def test_a_classification_is_posted_with_all_it_rests_on(dune: Rally) -> None:
    """Kind, number, scope, cut-off, root, rulebook, edition, rows as the standings have, digest."""
    before = answer(dune, "standings", "--after", "SS2", "--category", "car")
    posted = publish(dune, "--category", "car", "--kind", "provisional")
    said = answer(dune, "show", f"#{posted['position']}")["record"]["occurrence"]

    assert (29, "1", "provisional") == (posted["position"], posted["document"], posted["kind"])
    assert ([], None) == (posted["changed"], posted["amendment"])
    assert {"kind": "overall", "after": "SS2", "category": "car"} == said["scope"]
    basis = before["basis"]
    expected = (basis["position"], basis["root"], basis["rulebook"], basis["edition"])
    assert expected == (said["position"], said["root"], said["rulebook"], said["edition"])
    assert (before["rows"], before["unclassified"]) == (said["rows"], said.get("unclassified", []))
    assert posted["digest"] == said["digest"]
    assert re.fullmatch("[0-9a-f]{64}", said["digest"])


def test_a_document_on_an_earlier_cut_off(dune: Rally) -> None:
    """It says what the log said there, and the standings as of its cut-off are its rows."""
    penalise(dune, 101)
    old = publish(dune, "--kind", "unofficial", "--known-at", "28")
    new = publish(dune, "--kind", "provisional")

    assert (28, 30) == (old["cut_off"], new["cut_off"])
    for posted in (old, new):
        rows = answer(dune, "show", f"#{posted['position']}")["record"]["occurrence"]["rows"]
        cut = ("--after", "SS2", "--known-at", f"#{posted['cut_off']}")
        assert rows == answer(dune, "standings", *cut)["rows"]
        # The place where it was published is a moment too.
        at = answer(dune, "standings", "--known-at", f"doc:{posted['document']}")
        assert posted["position"] == at["basis"]["position"]
    assert old["digest"] != new["digest"]


def test_a_dry_run_posts_nothing(dune: Rally) -> None:
    """It shows number, kind and rows as they would be posted, for people and for programs."""
    tried = publish(dune, *FINAL, "--dry-run")
    assert (None, True, "1") == (tried["position"], tried["dry_run"], tried["document"])
    assert ["101", "102", "103", "201"] == [row["number"] for row in tried["rows"]]
    said = dune(*AFTER_SS2, *FINAL, "--dry-run").out
    posted = "Document 1 was published: Overall after SS2, final, subject to appeal."
    assert f"Not appended (dry run):  {posted}\n" in said
    assert "Aino Salo / Petra Holm" in said
    assert [] == register(dune)
    assert 28 == size(dune)


def test_until_when_protests_may_be_lodged(dune: Rally) -> None:
    """Where the official says so, it stands in the document; the time is that of the rally."""
    until = ("--protests-until", "2016-07-19T18:30")
    posted = publish(dune, "--kind", "provisional", *until)
    assert "2016-07-19T18:30:00+08:00" == posted["protests_until"]
    assert [posted["protests_until"]] == [row["protests_until"] for row in register(dune)]
    said = dune(*AFTER_SS2, "--kind", "amended", *until)
    assert "       Protests until 2016-07-19T18:30:00+08:00.\n" in said.out


def test_amendments_are_counted_by_scope(dune: Rally) -> None:
    """The second amendment of a classification is amended 2; another scope counts for itself."""
    car = ("--category", "car")
    publish(dune, "--kind", "provisional")
    publish(dune, "--kind", "provisional", *car)
    numbers = [publish(dune, "--kind", "amended")["amendment"] for _ in range(2)]
    assert [1, 2] == numbers
    assert 1 == publish(dune, "--kind", "amended", *car)["amendment"]
    kinds = [(row["kind"], row["amendment"]) for row in register(dune)]
    assert [*[("provisional", None)] * 2, ("amended", 1), ("amended", 2), ("amended", 1)] == kinds


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--kind", "amended"), 1, "there is none to amend"),
        (("--kind", "final", "--known-at", "99"), 2, "There is no record #99 yet."),
        (("--kind", "final", "--known-at", "0"), 2, "There is no stage SS2."),
        (("--kind", "final", "--known-at", "12"), 1, "There is nobody in this classification."),
        (("--kind", "final", "--category", "quad"), 2, "There is no category 'quad'."),
        (("--kind", "final", "--stage", "SS1"), 2, "--after and --stage exclude each other."),
        (("--kind", "best"), 2, "'best' is not one of"),
        (
            ("--kind", "provisional", "--document", "7\n8"),
            2,
            "without spaces around it in document",
        ),
        (("--kind", "final", "--role", "marshal"), 1, "may not record ClassificationPublished"),
        (("--kind", "provisional", "--expect", "27"), 4, "The log is at #28, not at #27"),
    ],
)
def test_what_can_not_be_posted(dune: Rally, words: tuple[str, ...], code: int, told: str) -> None:
    """Nonsense is refused with a reason, and nothing is appended."""
    said = dune(*AFTER_SS2, *words)
    assert (code, True) == (said.code, told in said.err), said
    assert 28 == size(dune)


FINAL = ("--kind", "final", "--subject-to-appeal")
"""Final although the time for protests runs."""


def test_all_documents_share_one_running_number(dune: Rally) -> None:
    """Start orders, classifications and others; a number that was typed moves it on."""
    assert 0 == dune("publish", "start-order", "SS3", "--category", "car", *CLERK).code
    assert "2" == publish(dune, "--kind", "provisional")["document"]
    post = ("record", "DocumentPosted", "title=Convoy", "--by", "S", "--role", "secretary")
    assert 0 == dune(*post, "document=7").code
    assert "8" == publish(dune, "--kind", "amended")["document"]
    assert "11" == publish(dune, "--kind", "amended", "--document", "11")["document"]
    assert "A-1" == publish(dune, "--kind", "amended", "--document", "A-1")["document"]
    assert "12" == publish(dune, *FINAL)["document"]
    # A penalty only refers to a document; the one of SS2 names document 12.
    assert ["1", "2", "7", "8", "11", "A-1", "12"] == [row["document"] for row in register(dune)]

    at = size(dune)
    for words in (
        (*AFTER_SS2, *FINAL, "--document", "7"),
        (*AFTER_SS2, *FINAL, "--document", "07"),
        ("publish", "start-order", "SS1", "--category", "truck", "--document", "2", *CLERK),
        (*post, "document=12"),
    ):
        said = dune(*words)
        assert 1 == said.code, said
        assert re.search(r"Error: The document number \d+ is taken\. Document \d+ was p", said.err)
        assert "Hint: The next free number is 13.\n" in said.err
    assert at == size(dune)


def test_a_number_is_not_given_twice_by_itself(dune: Rally) -> None:
    """What was withdrawn keeps its number, and so does what is void: doc:3 is one sheet for ever."""
    for _ in range(3):
        publish(dune, "--kind", "provisional")
    withdrawn = ("record", "PublicationWithdrawn", "target=#30", "--by", "S", "--role", "stewards")
    assert 0 == dune(*withdrawn, "--reason", "wrong stage").code
    assert 0 == dune("void", "#31", "--reason", "posted twice", *OFFICE).code
    assert "4" == publish(dune, *FINAL)["document"]
    assert 1 == dune(*AFTER_SS2, *FINAL, "--document", "2").code
    refused = dune(*AFTER_SS2, *FINAL, "--document", "3")
    assert (1, True) == (refused.code, "It is void, and its number stays with it." in refused.err)
    assert 31 == answer(dune, "standings", "--known-at", "doc:3")["basis"]["position"]
    # Nor is it given by a correction.
    taken = dune("correct", "#34", "document=03", "--reason", "mistyped", *OFFICE)
    assert (1, True) == (taken.code, "The document number 03 is taken." in taken.err), taken


def test_the_categories_of_a_stage_stand_on_one_sheet(dune: Rally) -> None:
    """A start order is one document with all of its categories; what is posted later is another."""
    said = dune("publish", "start-order", "SS2", *CLERK)
    assert "The start order of car of SS2 was published as document 1 (3 crews)." in said.out
    both = [(row["title"], row["document"]) for row in register(dune)]
    assert [("Start order of SS2 car", "1"), ("Start order of SS2 truck", "1")] == both
    for category, code in (("truck", 0), ("car", 1)):
        words = ("--category", category, "--document", "5")
        assert code == dune("publish", "start-order", "SS1", *words, *CLERK).code
    assert 0 == dune("publish", "start-order", "SS3", *CLERK).code
    assert ["1", "1", "5", "6"] == [row["document"] for row in register(dune)]
    assert "7" == publish(dune, *FINAL)["document"]


# -- the register ----------------------------------------------------------------------------------


def test_the_register(dune: Rally) -> None:
    """In force, superseded or withdrawn; as published, or drifted by a later penalty."""
    dune("publish", "start-order", "SS3", "--category", "car", *CLERK)
    publish(dune, "--kind", "provisional")
    publish(dune, "--kind", "provisional", "--category", "truck")
    penalise(dune, 101)
    publish(dune, "--kind", "amended")
    post = ("document=9", "title=Convoy to the bivouac", "--by", "S", "--role", "secretary")
    dune("record", "DocumentPosted", *post)
    dune("record", "PublicationWithdrawn", "target=#31", "--by", "S", "--role", "stewards")
    dune("record", "StartOrderAmended", "number=101", "stage=SS3", "place=1", *CLERK)
    expected = f"""
        Dune Rally 2016 · Publications · as of #36, received 20 Jul 15:33 +08:00
        Doc  Kind           What                     Posted               By       Cut-off  Root        Edition  Digest      Status           Today         Record
          1  start order    Start order of SS3 car   20 Jul 15:33 +08:00  Cleo         #28  xxxxxxxxxx        {EDITION}  xxxxxxxxxx  in force         amended          #29
          2  provisional    Overall after SS2        20 Jul 15:33 +08:00  Results      #29  xxxxxxxxxx        {EDITION}  xxxxxxxxxx  superseded by 4  drifted          #30
          3  provisional    Overall after SS2 truck  20 Jul 15:33 +08:00  Results      #30  xxxxxxxxxx        {EDITION}  xxxxxxxxxx  withdrawn        as published     #31
          4  amended 1      Overall after SS2        20 Jul 15:33 +08:00  Results      #32  xxxxxxxxxx        {EDITION}  xxxxxxxxxx  in force         as published     #33
          9  communication  Convoy to the bivouac    20 Jul 15:33 +08:00  S                                                  in force                          #34
        """
    assert shown(expected) == seen(dune("publications"))
    # As it was known before the penalty, all was as published and in force.
    early = [(row["status"], row["today"]) for row in register(dune, "--known-at", "31")]
    assert [("in force", "as published")] * 3 == early
    csv = dune("publications", "--csv").out.splitlines()
    assert csv[0].startswith("document,kind,amendment,title,posted_at,by,role,cut_off,root,")
    assert 1 + 5 == len(csv)


def test_a_correction_does_not_touch_what_was_posted(dune: Rally) -> None:
    """The number and the kind can be set right; the rows and what they rest on are as posted."""
    posted = publish(dune, "--kind", "provisional")
    for change in ("document=17", "kind=partial", "digest=", "position=3", "edition=1"):
        said = dune("correct", "#29", change, "--reason", "mistyped", *OFFICE)
        assert 0 == said.code, said
    (row,) = register(dune)
    expected = ("17", "partial", posted["digest"], posted["cut_off"], "as published")
    names = ("document", "kind", "digest", "cut_off", "today")
    assert expected == tuple(row[name] for name in names)
    assert ["reproduced"] == statuses(dune)
    final = dune("correct", "#29", "kind=final", "--reason", "mistyped", *OFFICE)
    assert (1, True) == (final.code, "It may not become final" in final.err), final
    assert "18" == publish(dune, *FINAL)["document"]


# -- verify ----------------------------------------------------------------------------------------


def test_every_publication_is_computed_again(dune: Rally) -> None:
    """Whatever is appended later, corrected or voided, each is reproduced from its prefix."""
    publish(dune, "--kind", "provisional")
    publish(dune, "--kind", "provisional", "--category", "truck", "--known-at", "26")
    penalise(dune, 101)
    dune("correct", "#21", "elapsed_ms=1:30:00", "--reason", "mistyped", *CLERK)
    dune("void", "#29", "--reason", "posted twice", *OFFICE)
    answer(dune, *CLASSIFICATION, "--stage", "SS1", "--kind", "partial", *OFFICE)
    proof = answer(dune, "verify")
    assert (True, []) == (proof["ok"], proof["findings"])
    assert 3 == proof["checked"]["publications"]
    found = [
        {name: each[name] for name in ("document", "position", "status")}
        for each in proof["publications"]
    ]
    assert found == [
        {"document": "1", "position": 29, "status": "reproduced"},
        {"document": "2", "position": 30, "status": "reproduced"},
        {"document": "3", "position": 34, "status": "reproduced"},
    ]
    said = dune("verify").out.splitlines()
    expected = ["3 publications reproduced from the log.", "3 sheets reproduced byte for byte."]
    assert expected == said[1:]


def _altered(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def alter(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new)

    return alter


ALTERED = {
    "a time": (21, _altered(b'"elapsed_ms":5700000', b'"elapsed_ms":5600000'), "root"),
    "a note that no classification reads": (27, _altered(b"gearbox", b"gearbux"), "root"),
    "the rows that were posted": (
        29,
        _altered(b'"total_ms":13200000', b'"total_ms":13100000'),
        "digest",
    ),
    "the digest that was posted": (29, _altered(b'"digest":"', b'"digest":"0'), "digest"),
    "the cut-off that was posted": (29, _altered(b'"position":28', b'"position":27'), "root"),
    "what can't be read": (21, lambda _: b"{", "can't be read"),
    "the publication itself": (29, lambda _: b"{", "not reproduced"),
}


@pytest.mark.parametrize("what", ALTERED)
def test_what_was_altered_behind_its_back(dune: Rally, tmp_path: Path, what: str) -> None:
    """Bytes changed in the database, before the cut-off or in the publication.

    The log does not verify, and neither does the publication: exit code 3.
    """
    publish(dune, "--kind", "provisional")
    position, alter, told = ALTERED[what]
    connection = sqlite3.connect(tmp_path / "rally.db")
    (data,) = connection.execute(
        "SELECT data FROM record WHERE position = ?", [position]
    ).fetchone()
    connection.close()
    statement = "UPDATE record SET data = ? WHERE position = ?"
    behind_its_back(tmp_path / "rally.db", (statement, (alter(data), position)))

    proof = answer(dune, "verify", code=3)
    (publication,) = proof["publications"]
    assert "not reproduced" == publication["status"]
    assert told in f"{publication['status']}. {publication['message']}"
    assert {position, 29} <= {each["position"] for each in proof["findings"]}
    assert "The log does NOT verify: " in dune("verify").out


def test_a_history_rewritten_with_all_its_hashes(dune: Rally, tmp_path: Path) -> None:
    """A ledger forged from the first record on, every hash of it right: only the publication tells.

    The log as it stands proves itself; but it is not the one on which the document was posted.
    """
    publish(dune, "--kind", "provisional")
    old, new = b'"elapsed_ms":5700000', b'"elapsed_ms":5600000'
    with opened(tmp_path / "rally.db") as log:
        told = [record.data for record in log.read()]
    assert 1 == sum(old in data for data in told)
    with opened(tmp_path / "forged.db") as log:
        log.append([decode(data.replace(old, new)) for data in told])
    proof = answer(dune, "--ledger", "forged.db", "verify", code=3)
    assert ["not reproduced"] == [each["status"] for each in proof["publications"]]
    (finding,) = proof["findings"]
    assert 29 == finding["position"]
    assert "It rests on a log with the root " in finding["message"]
    said = dune("verify", "--ledger", "forged.db")
    assert 3 == said.code
    assert "The log does NOT verify: 1 finding.\n" in said.out


def _posted(path: Path) -> ClassificationPublished:
    with opened(path) as log:
        (record,) = log.read(types=["ClassificationPublished"])
    said = record.occurrence()
    assert isinstance(said, ClassificationPublished)
    return msgspec.structs.replace(said, source=NO_SOURCE)  # what is like it is another act


def _with_rows_of(said: ClassificationPublished, ahead_ms: int) -> ClassificationPublished:
    """The same with another total of the first, and the digest that goes with it."""
    first, *others = said.rows
    total = first["total_ms"]
    assert isinstance(total, int)
    rows = ({**first, "total_ms": total - ahead_ms}, *others)
    changed = msgspec.structs.replace(said, rows=rows, document="2")
    return msgspec.structs.replace(changed, digest=posted_content(changed).digest())


def test_a_document_that_never_followed_from_the_log(dune: Rally, tmp_path: Path) -> None:
    """Posted by another program with other rows: the log verifies, the document does not."""
    publish(dune, "--kind", "provisional")
    other = _with_rows_of(_posted(tmp_path / "rally.db"), 60_000)
    later = msgspec.structs.replace(other, document="3", position=500, root="")
    typed = msgspec.structs.replace(other, document="4", digest="", file="", made_with="")
    with opened(tmp_path / "rally.db") as log:
        log.append([other, later, typed])
    proof = answer(dune, "verify", code=1)
    expected = ["reproduced", "not reproduced", "not reproduced", "not computed"]
    assert expected == [each["status"] for each in proof["publications"]]
    assert [30, 31] == [each["position"] for each in proof["findings"]]
    said = seen(dune("verify"), code=1)
    expected_text = """
        #30: Document 2 is not reproduced. The log up to #28 gives other rows.
        #31: Document 3 is not reproduced. It says that it rests on #500, which came after it.
        The log verifies, but 2 findings.
        1 publication reproduced from the log.
        #32: Document 4 not computed.
        1 sheet reproduced byte for byte.
        """
    assert shown(expected_text) == said


def test_an_edition_of_the_rules(dune: Rally, tmp_path: Path) -> None:
    """A document of former rules stands as posted where those of today give other rows.

    Where both editions give the same rows, it is reproduced. Which rules changed is said, as far as
    they can bear on it: since edition 2 two for stages that count for some, of edition 1 nothing is told.
    """
    publish(dune, "--kind", "provisional")
    same = msgspec.structs.replace(_posted(tmp_path / "rally.db"), document="3", edition=2)
    unbound = msgspec.structs.replace(_with_rows_of(same, 60_000), file="", made_with="")
    other = msgspec.structs.replace(unbound, edition=2)
    older = msgspec.structs.replace(unbound, document="4", edition=1)
    with opened(tmp_path / "rally.db") as log:
        log.append([same, other, older])
    former = ["of edition 2, as posted", "of edition 1, as posted"]
    assert ["reproduced", "reproduced", *former] == statuses(dune)
    flagged = "A row is flagged where other stages count for the crew than for the first."
    cancelled = "Crews for whom a stage was cancelled are cancelled on it and do not start."
    untold = "What this edition changed is not told."
    _, _, second, first, *_ = dune("verify").out.splitlines()
    assert second.startswith("#31: Document 2 of edition 2, as posted. Since edition 3: ")
    assert first.startswith(f"#32: Document 4 of edition 1, as posted. Since edition 2: {untold} ")
    for told in (first, second):
        assert f"Since edition 3: {flagged}" in told
        assert f"Since edition 3: {cancelled}" in told
    drifted = dune("drift", "4").out
    assert "101" in next(line for line in drifted.splitlines() if f"edition {EDITION}" in line)
    assert (
        "Edition 2: What this edition changed is not told. It bears on 101, 102, 103, 201.\n"
        in drifted
    )
    assert f"Edition 3: {flagged}" in dune("drift", "2").out


def test_a_document_of_another_site(dune: Rally) -> None:
    """What race control posted is proved there; a laptop that took it in later says whose it is.

    What it had when it began is proved by its own log as well.
    """
    publish(dune, "--kind", "provisional")
    dune("site", "finish-ss3", *OTHER_SITE)

    def hand_over(from_: str, to: str) -> None:
        dune("export", "jsonl", "out.jsonl", "--ledger", from_)
        assert 0 == dune("import", "jsonl", "out.jsonl", "--ledger", to).code

    hand_over("rally.db", "laptop.db")
    keeper = ("--by", "Li", "--role", "timekeeper")
    assert 0 == dune("record", "RemarkMade", "text=Dust.", *keeper, *OTHER_SITE).code
    penalise(dune, 101)
    publish(dune, "--kind", "amended")
    hand_over("rally.db", "laptop.db")
    hand_over("laptop.db", "rally.db")

    assert ["reproduced", "reproduced"] == statuses(dune)
    assert ["reproduced", "rests on another log"] == statuses(dune, *OTHER_SITE)
    said = dune("verify", *OTHER_SITE).out.splitlines()
    expected = "#32: Document 2 rests on another log. It rests on #30 of the log of main."
    sheet = "1 sheet reproduced byte for byte."
    assert ["1 publication reproduced from the log.", expected, sheet] == said[1:]
    # Both registers tell the same: what was posted, and whether it still holds.
    told = [("provisional", "drifted"), ("amended", "as published")]
    for where in ((), OTHER_SITE):
        assert told == [(row["kind"], row["today"]) for row in register(dune, *where)]


# -- drift -----------------------------------------------------------------------------------------


def test_drift_of_the_silk_way(rally: Rally) -> None:
    """Posted on leg 12 before the decision on Loeb: his four hours alone explain who moved."""
    assert 0 == rally("demo").code
    (decision,) = answer(rally, "log", "--type", "DecisionIssued", "--crew", "102")["records"]
    assert 149 == decision["position"]
    cars = ("--after", "SS12", "--category", "cars", "--kind", "provisional", *OFFICE)
    posted = f"""
        Its time of receipt is not usable: it repeats that of an earlier record, whose clock was ahead.
        #193 xxxxxxxxxx  Document 1 was published: Overall after SS12 cars, provisional.
               4 crews; cut-off #148, digest xxxxxxxxxx; silk-way-2016, edition {EDITION}
               The digest of its sheet is xxxxxxxxxx.
        """
    said = rally(*CLASSIFICATION, *cars, "--known-at", "#148")
    assert shown(posted) == seen(said)
    drifted = """
        Silk Way Rally 2016 Moscow – Beijing · Drift of document 1 · as of #193, received 24 Jul 13:00 +03:00
        Overall after SS12 cars, provisional: #193 on cut-off #148, reproduced.

         No  Driver             Place  Total                Also  Because of
        103  Yazeed Al-Rajhi    3 → 2  28:01:02                   #149
        101  Vladimir Vasilyev  4 → 3  28:19:36                   #149
        102  Sébastien Loeb     2 → 4  27:33:27 → 31:33:27        #149

        Not classified  Driver                   Status                  Also  Because of
                   100  Stéphane Peterhansel     unclassified → running        #166
                   105  Harry Hunt               unclassified → running        #165 #178
                   190  Aidyn Rakhimbayev        unclassified → running        #179
                   191  Bauyrzhan Issabayev      unclassified → running        #183
                   192  Han Wei                  unclassified → running        #180
                   194  not named in the source  unclassified → running        #181
                   195  not named in the source  unclassified → running        #182

        Record  By              What
          #149  Race direction  Clerk of the course's decision 1, crew 102 on SS12: time penalty of 4:00:00.
        """
    assert shown(drifted) == seen(rally("drift", "1"))
    document = answer(rally, "drift", "1")
    assert [149] == document["because"]
    assert {(149,)} == {tuple(row["because"]) for row in document["rows"]}
    assert ["#149"] == [f"#{each['position']}" for each in document["records"]]
    loeb = next(row for row in document["rows"] if row["number"] == "102")
    assert ([2, 4], [99_207_000, 113_607_000]) == (loeb["place"], loeb["total_ms"])
    assert ["reproduced"] == statuses(rally)


def test_no_drift(dune: Rally) -> None:
    """Where today's answer is what was posted, that is all that is said; at an earlier cut too."""
    publish(dune, "--kind", "provisional")
    penalise(dune, 101)
    expected = """
        Dune Rally 2016 · Drift of document 1 · as of #29 of 30, received 20 Jul 15:33 +08:00
        Overall after SS2, provisional: #29 on cut-off #28, reproduced.
        Today's answer equals it.
        """
    assert shown(expected) == seen(dune("drift", "1", "--known-at", "29"))
    document = answer(dune, "drift", "01")
    assert "basis" == next(iter(document))
    assert ("drifted", "reproduced", [30]) == (
        document["today"],
        document["reproduced"],
        document["because"],
    )
    assert document["rows"] == answer(dune, "drift", "#29")["rows"]
    csv = dune("drift", "1", "--csv").out.splitlines()
    assert csv[0].startswith("number,driver,place_before,place_after,time_before_ms,time_after_ms,")
    assert csv[0].endswith(",status_before,status_after,other,because,by_rules,rules")
    assert not any("(" in line for line in csv)
    for wanted in ("7", "#28", "A-1"):
        said = dune("drift", wanted)
        assert (2, True) == (said.code, f"published as document {wanted}." in said.err)
        assert "Published: 1." in said.err


def test_drift_of_what_never_followed_from_the_log(dune: Rally, tmp_path: Path) -> None:
    """That it does not come out at its own cut-off is said first; no record can explain it."""
    publish(dune, "--kind", "provisional")
    other = _with_rows_of(_posted(tmp_path / "rally.db"), 60_000)
    with opened(tmp_path / "rally.db") as log:
        log.append([other])
    said = dune("drift", "2")
    assert 1 == said.code
    assert said.out.startswith("It is NOT reproduced at its own cut-off. The log up to #28 gives")
    document = answer(dune, "drift", "2", code=1)
    assert ("not reproduced", []) == (document["reproduced"], document["because"])
    assert ["101"] == [row["number"] for row in document["rows"]]

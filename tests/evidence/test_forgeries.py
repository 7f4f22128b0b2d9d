"""Forgeries: who makes the whole file anew after a change is found out by what it contradicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from cli.evidence import check
from cli.evidence.bundle import Bundle
from cli.office.view import View
from ledger.times import Instant
from ledger.vocabulary import TYPES, Corrected, Effect, StartOrderPublished, StartSlot
from ledger.vocabulary.publication import BETWEEN
from projections.desk.publications import posted_content
from projections.state.rally import EDITION
from tests.conftest import NOW
from tests.evidence.story import Story, story
from tests.examples import examples
from tests.looked import some_of, when

Files = dict[str, bytes]
Change = Callable[[Any], None]
AFTER, OVERALL = "classifications/after-SS2-cars", "classifications/overall"
DECISION = 21


def anew(files: Files, **manifest: Any) -> bytes:
    """The evidence file of these files, with a manifest and a zip that fit them."""
    said = {**check.read_json(files["manifest.json"]), **manifest}
    others = {name: each for name, each in files.items() if name != "manifest.json"}
    del said["files"]
    return check.packed({**others, "manifest.json": check.manifest_of(said, others)})


def findings(data: bytes, tmp_path: Path, *roots: str) -> list[str]:
    """What the checker finds."""
    path = tmp_path / "evidence.zip"
    path.write_bytes(data)
    files, form = check.files_of(path)
    return check.checked(files, roots, form).findings


def changed(made: Bundle, name: str, *changes: Change) -> Files:
    """The files with changes in one document."""
    document = json.loads(made.files[name])
    for change in changes:
        change(document)
    return {**made.files, name: json.dumps(document, ensure_ascii=False, indent=1).encode()}


def setting(*path: Any, to: Any) -> Change:
    """A change that sets the value at a path."""

    def change(document: Any) -> None:
        at = document
        for each in path[:-1]:
            at = at[each]
        at[path[-1]] = to

    return change


def removing(*path: Any) -> Change:
    """A change that takes out the value at a path."""

    def change(document: Any) -> None:
        at = document
        for each in path[:-1]:
            at = at[each]
        del at[path[-1]]

    return change


def faster(document: Any) -> None:
    """A crew is faster by a minute, in everything that depends on it."""
    row = document["rows"][1]
    for each in ("time_ms", "total_ms", "gap_ms", "interval_ms"):
        row[each] -= 60_000


def moving(first: int, second: int) -> Change:
    """A change that moves a minute from one addend to another; the total stays as it is."""

    def change(document: Any) -> None:
        for each, ms in ((first, -60_000), (second, 60_000)):
            document["addends"][each]["ms"] += ms
            document["addends"][each]["parts"][0]["ms"] += ms

    return change


def out_of_order(document: Any) -> None:
    """Two crews change places, and everything that depends on it, but for their times."""
    first, second, third = document["rows"]
    document["rows"] = [second, first, third]
    for place, row in enumerate(document["rows"], 1):
        row["place"] = place
        row["gap_ms"] = row["total_ms"] - second["total_ms"]
        before = document["rows"][place - 2] if place > 1 else row
        row["interval_ms"] = row["total_ms"] - before["total_ms"]


def twice(document: Any) -> None:
    """A crew is there twice."""
    document["rows"].append(document["rows"][0])


def cheaper(document: Any) -> None:
    """The penalty is a minute less, and so is all that it is added to."""
    document["addends"][2]["ms"] -= 60_000
    document["addends"][2]["parts"][0]["ms"] -= 60_000
    for each in ("penalty_ms", "total_ms"):
        document[each] -= 60_000


def counted(index: int, ms: int) -> Change:
    """An addend adds so much, by its status."""

    def change(document: Any) -> None:
        each = document["addends"][index]
        each |= {"ms": ms, "status": "in force" if ms else "withdrawn"}
        each["parts"] = [{**each["parts"][0], "ms": ms}]
        each["records"][0]["counts"] = bool(ms)

    return change


def added_up(document: Any) -> None:
    """The sums of an explanation follow its addends."""
    addends = document["addends"]
    total = sum(each["ms"] for each in addends)
    charged = sum(each["ms"] for each in addends if each["kind"] == "penalty")
    document |= {"total_ms": total, "penalty_ms": charged, "time_ms": total - charged}


def again_counted(index: int) -> Change:
    """An addend is there twice."""
    return lambda document: document["addends"].append(document["addends"][index])


def more(**addend: Any) -> Change:
    """One addend more, that rests on no record."""
    lists: dict[str, Any] = {
        each: [] for each in ("positions", "parts", "records", "rules", "notes")
    }
    made_of = {"what": "started late", "article": "", **lists}
    common = {"ms": 0, "kind": "penalty", "stage": "SS1", "status": "in force", **made_of}
    return lambda document: document["addends"].append({**common, **addend})


LATER = "2016-07-20T10:00:00+03:00"
WHY = "why/overall/102.json"
UNFOUNDED: list[tuple[Change, str]] = [
    (counted(2, 0), "#21 counts for crew 102, and no addend counts it"),
    (again_counted(2), "#21 counts more than once"),
    (again_counted(0), "addend 4: SS1 twice"),
    (setting("addends", 0, "parts", 0, "positions", to=[]), "does not rest on one record"),
    (setting("addends", 0, "parts", 0, "positions", to=[12]), "#12, its reading, does not count"),
    (setting("addends", 0, "stage", to="SS9"), "#11 is no time of crew 102 on SS9"),
    (setting("addends", 0, "records", 0, "counts", to=False), "#11, its reading, does not count"),
    (setting("addends", 0, "parts", 0, "what", to="worked out"), "no reading, but worked out"),
    (setting("addends", 0, "kind", to="carried-in"), "#11 carries nothing in for it there"),
    (setting("addends", 0, "kind", to="gift"), "there is no addend of the kind gift"),
    (setting("addends", 0, "kind", to="missing"), "a missing has the status no value"),
    (setting("addends", 0, "status", to="x"), "a time has the status in force"),
    (setting("addends", 2, "status", to="x"), "addend 3: x, and adds something"),
    (setting("addends", 2, "kind", to="time"), "addend 3: SS2 twice"),
    (setting("addends", 2, "stage", to="SS1"), "#21 gives it no penalty there"),
    (setting("addends", 2, "records", to=[]), "addend 3: it rests on no record"),
    (
        lambda it: it["addends"][2]["records"].reverse(),
        "#21 counts for crew 102, and no addend counts",
    ),
    (more(), "addend 4: it rests on no record"),
    (
        more(kind="joker", ms=1, stage="SS2", parts=[{"ms": 1, "what": "", "positions": []}]),
        "a joker is not",
    ),
    (
        lambda it: it["addends"][0]["parts"].append({**it["addends"][0]["parts"][0], "ms": 0}),
        "only its first part is a reading",
    ),
]


@pytest.mark.parametrize(("change", "what"), UNFOUNDED, ids=[what for _, what in UNFOUNDED])
def test_an_addend_that_no_record_bears_out_is_refused(
    made: Bundle, tmp_path: Path, change: Change, what: str
) -> None:
    """Counted or not, twice, of another crew, stage or kind, or on nothing: whatever it adds."""
    files = changed(made, WHY, change, added_up)
    found = findings(anew(files), tmp_path)
    assert any(what in each for each in found), found


def test_a_decision_that_is_not_in_force_counts_for_nothing(
    all_of_them: list[Bundle], tmp_path: Path
) -> None:
    """Varied, and yet in a total; and the one of the court, which has to be in it."""
    varied = [each for each in all_of_them if WHY in each.files][-1]
    found = findings(anew(changed(varied, WHY, counted(2, 300_000), added_up)), tmp_path)
    assert any("addend 3: #21 gives it no penalty there that is in force" in e for e in found)
    found = findings(anew(changed(varied, WHY, counted(3, 0), added_up)), tmp_path)
    assert any("counts for crew 102, and no addend counts it" in e for e in found), found


def test_a_penalty_that_may_be_withdrawn_is_told_and_not_refused(tmp_path: Path) -> None:
    """By another decision, whose effects are not followed here: it may count, or not."""
    told = story(tmp_path)
    position = told.log.head().size
    (first,) = told.log.read(after=DECISION - 1, until=DECISION)
    said = first.occurrence()
    taken_back = Effect(act="PenaltyWithdrawn", fields={"target": first.id})
    told.log.append([msgspec.structs.replace(said, decision=9, effects=(taken_back,))])
    assert told.log.head().size == position + 1
    found = check.checked(told.bundle().files)
    assert [] == found.findings
    words = f"the penalty of 0:05:00 by #{DECISION} does not count"
    assert any(each.startswith(WHY) and words in each for each in found.not_applied)


FORGERIES: list[tuple[str, Change, str]] = [
    (f"{AFTER}/with.json", setting("rows", 1, "total_ms", to=1), f"{AFTER}/with.json row 2: time"),
    (f"{AFTER}/before.json", setting("rows", 0, "place", to=2), "before.json row 1: its place"),
    (f"{AFTER}/after.json", setting("rows", 2, "gap_ms", to=0), "after.json row 3: the gap"),
    (f"{AFTER}/without.json", faster, "without.json row 3: the gap to the row above"),
    (f"{OVERALL}/with.json", setting("cut", "root", to="0" * 64), "another root"),
    (f"{OVERALL}/with.json", setting("cut", "position", to=20), "it is as of #20"),
    (f"{OVERALL}/without.json", setting("without", to=[22]), "it is not the one without #21"),
    (f"{OVERALL}/without.json", setting("without", to=[22, 21]), "what is left out is out of ord"),
    (f"{AFTER}/difference-without.json", removing("rows", 0), "those who differ are 101, 102"),
    (f"{AFTER}/difference-record.json", setting("rows", 0, "because", to=[20]), "#21 does not ex"),
    (f"{AFTER}/difference-record.json", setting("rows", 0, "place", to=[1, 2]), "row 1: its fig"),
    ("why/overall/102.json", setting("addends", 0, "ms", to=0), "102.json: its addends sum to"),
    ("why/overall/102.json", setting("addends", 0, "parts", 0, "ms", to=0), "addend 1: its parts"),
    ("why/overall/102.json", moving(0, 1), "addend 1: no record says 11220000 ms"),
    ("why/overall/102.json", cheaper, "addend 3: no record says 240000 ms"),
    ("why/overall/102.json", setting("place", to=1), "has other figures for 102"),
    ("time-cards/102.json", setting("total_ms", to=1), "its sums are not those of the overall"),
    ("decision.json", setting("entry", "ruling", to="A warning"), "entry of #21: ruling is 'A w"),
    ("decision.json", setting("entry", "effects", to=[]), "entry of #21: effects is []"),
    ("decision.json", setting("entry", "decided_at", to=LATER), "entry of #21: decided_at"),
    ("decision.json", setting("entry", "number", to="103"), "entry of #21: number is '103'"),
    ("decision.json", removing("entry", "steps", 2), "the step #28 is missing"),
    ("decision.json", lambda e: e["chain"].append(e["entry"]), "a decision is in it twice"),
    ("docket.json", setting("rows", to=[]), "docket.json: it has no row of it"),
    ("docket.json", setting("rows", 0, "matters", 0, "number", to="101"), "matter #28: it was lod"),
    ("bearing.json", setting("records", 3, "bytes", to="{}"), "bearing.json row 4: these are not"),
    ("bearing.json", setting("records", 3, "words", to="Nothing."), "words.txt: it does not say"),
    ("bearing.json", setting("records", 3, "by", to="Me"), "bearing.json row 4: it is by another"),
    ("bearing.json", setting("records", 4, "id", to="0" * 64), "row 5: record #19 is not 0000"),
    ("time-cards/102.json", setting("stages", 0, "lines", 0, "positions", to=[99]), "record #99"),
    ("decision.json", setting("entry", "steps", 0, "type", to="Voided"), "step #22 is none"),
    ("decision.json", setting("entry", "steps", 0, "by", to="Me"), "a step is by somebody else"),
    ("decision.json", setting("entry", "positions", to=[99]), "positions is [99]; by the records"),
    (
        "docket.json",
        setting("rows", 0, "matters", 0, "lodged_at", to=LATER),
        "it was not lodged then",
    ),
    ("bearing.json", lambda each: each["records"].reverse(), "row 2: it is out of order"),
    ("bearing.json", setting("records", 4, "type", to="Voided"), "row 5: it is a Classification"),
    ("bearing.json", removing("records", -1), "bearing.json: record #28 is missing"),
    ("publications.json", setting("publications", 0, "document", to="9"), "posted as document 7"),
    ("exhibits.json", setting("exhibits", 0, "restricted_to", to=["102"]), "for other parties"),
    (f"{AFTER}/with.json", out_of_order, "with.json row 2: it is faster than the row above it"),
    (f"{AFTER}/difference-record.json", twice, "difference-record.json: a crew is in it twice"),
    (f"{AFTER}/difference-record.json", setting("records", 0, "type", to="Voided"), "is no Voided"),
    ("why/overall/102.json", setting("penalty_ms", to=0), "its penalties sum to 300000 ms"),
    ("why/overall/102.json", setting("time_ms", to=0), "its times sum to 18360000 ms"),
    ("why/overall/102.json", setting("classified", to=False), "it stands otherwise in the class"),
    ("why/overall/102.json", setting("addends", 0, "records", 0, "by", to="Me"), "somebody else"),
    ("time-cards/102.json", setting("stages", 0, "penalty_ms", to=1), "SS1: its penalties sum to"),
    ("time-cards/102.json", setting("penalty_ms", to=1), "102.json: its penalties are others"),
    ("publications.json", setting("publications", 0, "rows", 0, "place", to=2), "of document 7"),
    (
        "publications.json",
        setting("publications", 0, "digest", to="0" * 64),
        "row 1: its digest is",
    ),
    (
        "exhibits.json",
        setting("exhibits", 0, "digest", to="0" * 64),
        "row 1: its digest is another",
    ),
    ("exhibits.json", removing("exhibits", 0), "the exhibit of #23 is missing"),
    ("exhibits.json", setting("exhibits", 1, "state", to="included"), "for other parties"),
    ("rules.json", setting("parameters", 0, "value", to=-1), "rules.json row 1: no record sets"),
]


@pytest.mark.parametrize(
    ("name", "change", "where"), FORGERIES, ids=[f"{name} {where}" for name, _, where in FORGERIES]
)
def test_a_document_that_contradicts_the_others_is_refused(
    made: Bundle, tmp_path: Path, name: str, change: Change, where: str
) -> None:
    """One value in one document: refused, saying where, though every digest fits."""
    assert [] == findings(anew({**made.files}), tmp_path)
    found = findings(anew(changed(made, name, change)), tmp_path)
    assert any(where in each for each in found), found
    assert not any("manifest" in each or "zip" in each for each in found), found


def test_a_classification_says_what_was_published_on_the_same_records(
    case: Story, tmp_path: Path
) -> None:
    """A flag, which nothing else in it contradicts but what hung on the board."""
    made = case.bundle(decision="stewards-2")
    change = setting("rows", 0, "flags", to=["notional"])
    found = findings(anew(changed(made, f"{AFTER}/after.json", change)), tmp_path)
    assert [f"{AFTER}/after.json: it is not what document 8 (#26) says"] == found


def test_a_swapped_decision_is_refused(case: Story, made: Bundle, tmp_path: Path) -> None:
    """The register entry of another decision, also when the manifest names that one."""
    other = case.bundle(decision="stewards-2")
    assert [] == findings(other.data, tmp_path)
    entry = {"decision.json": other.files["decision.json"]}
    assert ["decision.json: its entry is not the one of #21"] == [
        each for each in findings(anew({**made.files, **entry}), tmp_path) if "decision.j" in each
    ]
    named = check.read_json(other.files["manifest.json"])["decision"]
    found = findings(anew({**made.files, **entry}, decision=named), tmp_path)
    assert any("it is not the one without #25" in each for each in found), found
    swapped = changed(made, "decision.json", setting("entry", "id", to=named["id"]))
    assert any("decision.json" in each for each in findings(anew(swapped), tmp_path))


@pytest.mark.parametrize(
    ("said", "becomes", "what"),
    [
        (b'"position":5,', b'"position": 5,', "it is not spelled as a record is"),
        (b'"position":5,', b'"position":5,"proof":1,', "a record has no proof"),
        (b'"leaf":"', b'"leaf":"0', "it does not have the leaf hash 0"),
        (b'"id":"', b'"id":"0', "its content does not have the id 0"),
        (b'"site_position":5', b'"site_position":6', "it does not have the leaf hash"),
        (b'"tags":[', b'"tags":["crew:7",', "it does not have the leaf hash"),
        (b'"type":', b'"a":1.5,"type":', "it is no record (1.5 is no whole number)"),
        (b'"occurrence":{', b'"occurrence":[{', "it is no record"),
        (b'"position":5,', b'"position":' + b"[" * 20_000, "it is no record"),
    ],
)
def test_a_line_that_is_not_as_a_record_is_spelled_is_refused(
    made: Bundle, tmp_path: Path, said: bytes, becomes: bytes, what: str
) -> None:
    """Space, more fields, another id, leaf, place or index, a fraction, no end: it says which."""
    lines = made.files["records.jsonl"].splitlines(keepends=True)
    assert 1 == lines[4].count(said)
    lines[4] = lines[4].replace(said, becomes)
    found = findings(anew({**made.files, "records.jsonl": b"".join(lines)}), tmp_path)
    assert any(each.startswith(f"records.jsonl line 5: {what}") for each in found), found


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"recorded_at": "2016-07-10"}, "its recorded_at is no instant"),
        ({"recorded_at": [1, True]}, "its recorded_at is no instant"),
        ({"by": 5}, "its by is no text"),
        ({"type": "SiteLimited"}, "a SiteLimited has no of_site"),
        ({"type": "StartOrderPublished"}, "a StartOrderPublished has no slots"),
    ],
)
def test_a_record_that_lacks_what_it_says_in_any_case_is_refused(
    made: Bundle, tmp_path: Path, said: dict[str, Any], what: str
) -> None:
    """By its line, though its id and its leaf fit."""
    lines = made.files["records.jsonl"].splitlines(keepends=True)
    told = json.loads(lines[4])
    told["occurrence"] |= said
    lines[4] = again(told, 5)
    found = findings(anew({**made.files, "records.jsonl": b"".join(lines)}), tmp_path)
    assert f"records.jsonl line 5: {what}" in found


def test_what_records_of_a_type_always_say_is_what_they_have_to_say() -> None:
    """No record that the ledger takes in is refused for what it may lack."""
    for name, fields in some_of(check._ALWAYS.items()):
        has = {each.name: each.required for each in msgspec.structs.fields(TYPES[name])}
        assert all(has[field] for field in fields), name


def test_records_that_no_log_holds_are_refused(made: Bundle, tmp_path: Path) -> None:
    """Received before the one above; twice; of another rally; ending in the middle of a line."""
    lines = made.files["records.jsonl"].splitlines(keepends=True)
    for change, what in (
        ({"received_at": 1}, "line 28: it was received before the one above it"),
        ({"occurrence": json.loads(lines[4])["occurrence"]}, "line 28: it is there twice"),
    ):
        last = again({**json.loads(lines[27]), **change}, 28)
        data = b"".join([*lines[:27], last])
        assert f"records.jsonl {what}" in findings(
            anew({**made.files, "records.jsonl": data}), tmp_path
        )
    cut = {**made.files, "records.jsonl": made.files["records.jsonl"] + b"{"}
    assert "records.jsonl line 29: it ends in the middle of a line" in findings(anew(cut), tmp_path)


@pytest.mark.parametrize(
    ("claim", "what"),
    [
        ({"format": "rally evidence file 0"}, "manifest.json: it is not of the format"),
        ({"basis": {"ledger": "0" * 16}}, "manifest.json: it names another ledger"),
        ({"basis": {"rally": "another"}}, "records.jsonl line 1: it is of another rally"),
        ({"basis": {"received_at": None}}, "manifest.json: it names another time"),
        ({"basis": {"head": 29}}, "records.jsonl: it holds 28 records, and the manifest says"),
        ({"decision": {"name": "stewards-2"}}, "manifest.json: it names another decision"),
        ({"for": ["102"]}, ""),
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(
    made: Bundle, tmp_path: Path, claim: dict[str, Any], what: str
) -> None:
    """What it is of and what it rests on is what the records say; whom it is for, it may say."""
    held = check.read_json(made.files["manifest.json"])
    joined = {
        n: {**held[n], **each} if isinstance(each, dict) else each for n, each in claim.items()
    }
    found = findings(anew({**made.files}, **joined), tmp_path)
    assert found[:1] == [each for each in found[:1] if each.startswith(what)]
    assert bool(what) == bool(found)


def test_a_manifest_has_each_file_once_and_in_order(made: Bundle, tmp_path: Path) -> None:
    """One statement has one spelling."""
    held = check.read_json(made.files["manifest.json"])
    first, *others = held["files"]
    for listed in ([*others, first], [first, first, *others]):
        said = check.canonical({**held, "files": listed}) + b"\n"
        found = findings(check.packed({**made.files, "manifest.json": said}), tmp_path)
        assert found[0] == "manifest.json: its files are not in the order of their names"


def test_a_name_that_leads_elsewhere_is_refused(made: Bundle, tmp_path: Path) -> None:
    """A file that would be extracted beside or above the folder."""
    for name in ("../more.json", "/etc/more", "a\\b", "why/../x"):
        found, *_ = findings(anew({**made.files, name: b""}), tmp_path)
        assert f"{name}: it has no plain name" == found


@pytest.mark.parametrize("line", [1, 10, DECISION, 28])
def test_a_removed_record_is_refused(made: Bundle, tmp_path: Path, line: int) -> None:
    """With the manifest made anew, and with every position after it made to fit."""
    lines = made.files["records.jsonl"].splitlines(keepends=True)
    gone = [*lines[: line - 1], *lines[line:]]
    (found, *_) = findings(anew({**made.files, "records.jsonl": b"".join(gone)}), tmp_path)
    if line < 28:
        assert f"records.jsonl line {line}: it is record #{line + 1}: a record is missing" in found
    moved = [again(json.loads(each), position) for position, each in enumerate(gone, 1)]
    found = findings(anew({**made.files, "records.jsonl": b"".join(moved)}), tmp_path)[0]
    assert "it holds 27 records, and the manifest says 28" in found


def again(told: dict[str, Any], position: int) -> bytes:
    """A record made to fit: its position, its id and its leaf."""
    said = told["occurrence"]
    told |= {"position": position, "id": check.sha256(check.canonical(said))}
    told["tags"] = check.tags_of(said)
    header = {each: told[each] for each in ("position", "id", "received_at", "site", "tags")}
    header |= {"rally": said["rally"], "site_position": told["site_position"]}
    told["leaf"] = check.sha256(b"\0" + check.canonical(header))
    return check.canonical(told) + b"\n"


def test_tags_that_are_not_those_of_the_content_are_refused(made: Bundle, tmp_path: Path) -> None:
    """By them a record is found: one that hides whom it is about has another leaf, and fits it."""
    lines = made.files["records.jsonl"].splitlines(keepends=True)
    told = json.loads(lines[DECISION - 1])
    told["tags"] = told["tags"][1:]
    header = {each: told[each] for each in check._HEADER if each != "rally"}
    header["rally"] = told["occurrence"]["rally"]
    told["leaf"] = check.sha256(b"\0" + check.canonical(header))
    lines[DECISION - 1] = check.canonical(told) + b"\n"
    found = findings(anew({**made.files, "records.jsonl": b"".join(lines)}), tmp_path)[0]
    assert f"records.jsonl line {DECISION}: its tags are not those of its content" in found


def test_a_changed_record_is_refused_by_its_root(made: Bundle, tmp_path: Path) -> None:
    """Changed in one digit; with its id; with its leaf; and with the root in the manifest.

    Then other records name an id that is not there, and the root is none that anybody holds.
    """
    lines = made.files["records.jsonl"].splitlines(keepends=True)
    told = json.loads(lines[DECISION - 1])
    told["occurrence"]["effects"][0]["fields"]["amount_ms"] = 1
    line = check.canonical(told) + b"\n"
    told_anew = again(told, DECISION)

    def found(line: bytes, *roots: str, **manifest: Any) -> list[str]:
        changed = b"".join([*lines[: DECISION - 1], line, *lines[DECISION:]])
        data = anew({**made.files, "records.jsonl": changed}, **manifest)
        return findings(data, tmp_path, *roots)

    assert "records.jsonl line 21: its content does not have the id" in found(line)[0]
    assert "records.jsonl: its root is" in found(told_anew)[0]
    basis = check.read_json(made.files["manifest.json"])["basis"]
    root = found(told_anew)[0].split()[4].rstrip(",")
    given = {"basis": {**basis, "root": root}}
    assert any("decision.json" in each for each in found(told_anew, **given))
    assert any("line 26, document 8: the log up to #25" in e for e in found(told_anew, **given))
    refused = f"records.jsonl: no beginning of it has the root {basis['root']}"
    assert refused in found(told_anew, basis["root"], **given)


def test_another_log_of_the_same_case_is_refused_by_its_root(made: Bundle, tmp_path: Path) -> None:
    """A ledger that was made up and an evidence file of it: only a root from elsewhere tells."""
    (tmp_path / "other").mkdir()
    other = story(tmp_path / "other", amount="0:01:00")
    data = other.bundle().data
    assert [] == findings(data, tmp_path)
    root = made.case.seen.log.root_at(28)
    assert [f"records.jsonl: no beginning of it has the root {root}"] == findings(
        data, tmp_path, root
    )


@pytest.mark.parametrize(
    ("claim", "what"),
    [
        ({"root": "0" * 64}, "the log up to #25 does not have the root that it names"),
        ({"digest": "0" * 64}, "its rows have another digest"),
        ({"position": 40}, "the log up to #40 does not have the root that it names"),
    ],
)
def test_a_publication_in_the_log_that_claims_what_is_not_so_is_found(
    tmp_path: Path, claim: dict[str, Any], what: str
) -> None:
    """A document on another log, with other rows, or of a time to come."""
    told = story(tmp_path)
    (posted,) = (each for each in told.log.read(after=25, until=26))
    said = msgspec.structs.replace(posted.occurrence(), document="9", **claim)
    told.log.append([said])
    found = check.checked(told.bundle().files).findings
    assert [f"records.jsonl line 29, document 9: {what}"] == found[:1]


def ordered(case: Story, **changed: Any) -> Bundle:
    """The evidence of a case in whose log a start order was posted that says this of itself."""
    seen = View(case.log)
    slots = (StartSlot(1, "102", Instant(NOW, 180)), StartSlot(2, "101", Instant(NOW + 500, 180)))
    said = StartOrderPublished(
        rally=case.log.rally,
        recorded_at=Instant(NOW, 180),
        by="Results",
        role="results-office",
        stage="SS3",
        category="cars",
        slots=(*slots, StartSlot(3, "103")),
        document="9",
        position=seen.position,
        root=case.log.root_at(seen.position),
        edition=EDITION,
    )
    said = msgspec.structs.replace(said, digest=posted_content(said).digest())
    case.log.append([msgspec.structs.replace(said, **changed)])
    return case.bundle()


def test_the_digest_of_a_start_order_is_computed_again(tmp_path: Path) -> None:
    """Of its stage, category and slots, whatever a record says; its root is that of its cut-off."""
    (tmp_path / "right").mkdir()
    made = ordered(story(tmp_path / "right"))
    assert [] == findings(made.data, tmp_path)
    told = check.checked(made.files, (), "zip").done
    assert any("2 published classifications and 1 start orders" in each for each in told)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"digest": "0" * 64}, "document 9: its rows have another digest"),
        ({"slots": (StartSlot(1, "101"),)}, "document 9: its rows have another digest"),
        ({"category": ""}, "document 9: its rows have another digest"),
        ({"root": "0" * 64}, "does not have the root that it names"),
    )
    for number, (changed, finding) in enumerate(wrong):
        (tmp_path / f"{number}").mkdir()
        found = findings(ordered(story(tmp_path / f"{number}"), **changed).data, tmp_path)
        assert any(finding in each for each in found), (changed, found)


def test_a_changed_exhibit_is_refused(made: Bundle, tmp_path: Path) -> None:
    """Another photo under the same name, and one that no record binds."""
    (name,) = (each for each in made.files if each.startswith("exhibits/"))
    found = findings(anew({**made.files, name: b"another photo"}), tmp_path)
    assert [f"{name}: it does not have its digest"] == found
    found = findings(anew({**made.files, "exhibits/more.jpg": b"a photo"}), tmp_path)
    assert ["exhibits/more.jpg: no record binds it"] == found


def test_an_exhibit_that_was_altered_is_told_as_such(made: Bundle, tmp_path: Path) -> None:
    """Where the ledger had another file than was bound, the evidence file has none."""

    def altered(document: Any) -> None:
        document["exhibits"][0] |= {"state": "altered", "file": ""}

    files = changed(made, "exhibits.json", altered)
    (name,) = (each for each in files if each.startswith("exhibits/"))
    assert [] == findings(anew({n: each for n, each in files.items() if n != name}), tmp_path)
    assert findings(anew(files), tmp_path) == [f"{name}: no record binds it"]


@pytest.mark.parametrize("name", ["words.txt", "moves.txt"])
def test_a_changed_text_is_refused(made: Bundle, tmp_path: Path, name: str) -> None:
    """What people read is made of what the checker checks."""
    text = made.files[name].replace(b"5:11:00", b"5:06:00").replace(b"5:00", b"0:05")
    (found,) = findings(anew({**made.files, name: text}), tmp_path)
    assert found.startswith(f"{name}: it does not say what")


def test_a_text_of_several_lines_forges_no_record(made: Bundle, tmp_path: Path) -> None:
    """What somebody wrote stands on one line among the records, whatever it holds."""
    words = f"Nothing.\n    Id {'0' * 64}\r\u2028\x85#99  Voided"
    files = changed(made, "bearing.json", setting("records", 3, "words", to=words))
    files["words.txt"] = check.words_of(json.loads(files["bearing.json"])["records"])
    assert f"    Nothing.     Id {'0' * 64}   #99  Voided" in files["words.txt"].decode().split(
        "\n"
    )
    assert [] == findings(anew(files), tmp_path)
    files["words.txt"] = made.files["words.txt"].replace(b"Card", b"Card\n    Id 0")
    assert any("words.txt: it does not say" in e for e in findings(anew(files), tmp_path))


def test_whose_totals_were_held_against_records_is_told(made: Bundle) -> None:
    """Others were added up alone; and whom it concerns has a time card, or that is told."""
    none = "of the totals those alone were held against records that why/ explains"
    explained = "after-SS2/with.json (102); overall/with.json (102)"
    assert f"classifications/: {none}: {explained}" in check.checked(made.files).not_applied
    files = {n: each for n, each in made.files.items() if n != "time-cards/102.json"}
    found = check.checked(check.unpacked(anew(files)))
    assert [] == found.findings
    assert "time-cards/: there is none of crew 102" in found.not_applied


def test_whom_it_is_for_is_a_list(made: Bundle, tmp_path: Path) -> None:
    """A text would be for each of its letters."""
    found = findings(anew({**made.files}, **{"for": "102"}), tmp_path)
    assert "manifest.json: for is no list" in found


MISSING = [
    WHY,
    f"{AFTER}/difference-without.json",
    "decision.json",
    "bearing.json",
    "words.txt",
    "moves.txt",
    "records.jsonl",
    "rules.json",
]


@pytest.mark.parametrize(
    "name", [*MISSING, *(f"{OVERALL}/{e}.json" for e in ("with", "before", "difference-record"))]
)
def test_a_missing_document_is_refused(made: Bundle, tmp_path: Path, name: str) -> None:
    """Taken out, and out of the manifest, too."""
    files = {each: content for each, content in made.files.items() if each != name}
    found = findings(anew(files), tmp_path)
    assert any(name in each and "is missing" in each for each in found), found


def test_the_overall_is_never_left_out(made: Bundle, tmp_path: Path) -> None:
    """A whole folder taken out, where no other document names what was in it."""
    gone = (OVERALL, "why/overall", "time-cards")
    files = {each: held for each, held in made.files.items() if not each.startswith(gone)}
    assert f"{OVERALL}/with.json: it is missing" in findings(anew(files), tmp_path)
    of_the_stage = (AFTER, "why/after-SS2")
    files = {each: held for each, held in made.files.items() if not each.startswith(of_the_stage)}
    assert f"{AFTER}/with.json: it is missing" in findings(anew(files), tmp_path)


# -- the desk --------------------------------------------------------------------------------------

LODGED = ("docket.json", "rows", 0, "matters", 0)
OF_THE_DESK: list[tuple[Any, ...]] = [
    (*LODGED, "admissible", False),
    (*LODGED, "why_not", "it was announced too late"),
    (*LODGED, "due_at", "2016-07-10T18:35:00+03:00"),
    (*LODGED, "confirm_by", None),
    (*LODGED, "suspensive", True),
    (*LODGED, "step", "lapsed"),
    (*LODGED, "outcome", "upheld"),
    (*LODGED, "open", False),
    (*LODGED, "ended_at", "2016-07-14T18:40:00+03:00"),
    ("docket.json", "rows", 0, "appeal_until", "2016-07-10T19:35:00+03:00"),
    ("docket.json", "rows", 0, "review_until", "2016-07-24T23:59:59.999+03:00"),
    ("docket.json", "rows", 0, "protest_until", "2016-07-10T19:35:00+03:00"),
    ("docket.json", "rows", 0, "next_at", None),
    ("docket.json", "rows", 0, "status", "execution suspended"),
    ("docket.json", "rows", 0, "appealable", False),
    ("decision.json", "entry", "status", "quashed"),
    ("decision.json", "entry", "positions", [28]),
    ("decision.json", "entry", "superseded_by", "stewards-2"),
    ("decision.json", "entry", "notified_at", None),
    ("decision.json", "entry", "acknowledged_at", "2016-07-10T18:05:00+03:00"),
    ("decision.json", "entry", "driver", "Driver 103"),
    ("decision.json", "entry", "concerns", ["102", "103"]),
    ("decision.json", "entry", "document", "7"),
    ("decision.json", "entry", "effects", 0, "status", "quashed"),
    ("decision.json", "entry", "effects", 0, "in_force", False),
    ("rules.json", "rulebook", "dakar-2020"),
    ("rules.json", "parameters", 3, "provenance", "Art. 1"),
    ("rules.json", "parameters", 3, "set_by", "bulletin 1"),
    ("rules.json", "infringement", "Art. 1"),
    ("rules.json", "for", "stage", "SS1"),
]


@pytest.mark.parametrize("edit", OF_THE_DESK, ids=[".".join(map(str, e)) for e in OF_THE_DESK])
def test_what_follows_from_the_records_is_computed_again(
    made: Bundle, tmp_path: Path, edit: tuple[Any, ...]
) -> None:
    """Deadlines, what was lodged, statuses, the rules: each edit of one is refused."""
    name, *path, value = edit
    found = findings(anew(changed(made, name, setting(*path, to=value))), tmp_path)
    assert any(each.startswith(name) for each in found), found


def test_what_cannot_be_computed_again_is_named(tmp_path: Path) -> None:
    """Two corrections of one notice stand side by side: the report says so, and what is left."""
    told = story(tmp_path)
    notice = next(told.log.read(types=["DecisionNotified"]))
    said = notice.occurrence()
    for how in ("by mail", "by phone"):
        told.log.append(
            [
                Corrected(
                    rally=said.rally,
                    recorded_at=said.recorded_at,
                    by="Ann",
                    role="secretary",
                    target=notice.id,
                    changes={"how": how},
                )
            ]
        )
    found = check.checked(told.bundle().files)
    accepted, left, *lines = check.report(found)
    assert accepted.startswith("ACCEPTED.")
    assert "rows.appeal_until" in left
    assert "entry.status" in left
    assert (
        "  Note: Statuses and deadlines were not computed again: corrections of #22 stand side by"
        " side." in lines
    )


# -- anything --------------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=3,
)


@examples(300)
@given(st.data())
def test_any_other_value_is_refused_or_named(
    all_of_them: list[Bundle], data: st.DataObject
) -> None:
    """One value that was changed, wherever it stands: it is refused, or named as not checked."""
    made = data.draw(st.sampled_from(all_of_them))
    documents = sorted(each for each in made.files if each.endswith(".json"))
    name = data.draw(st.sampled_from([each for each in documents if each != "manifest.json"]))
    document = json.loads(made.files[name])
    ways = sorted(_ways(document), key=str)
    *path, last = data.draw(st.sampled_from(ways))
    at = document
    for each in path:
        at = at[each]
    other = data.draw(_others(at[last]))
    at[last] = other
    files = {**made.files, name: check.canonical(document)}
    try:
        files |= {"words.txt": check.words_of(json.loads(files["bearing.json"])["records"])}
        parts = {each: json.loads(files[each]) for each in documents}
        files |= {"moves.txt": check.moves_of(parts)}
    except check.NOT_LAID_OUT:
        event("a text can't be made of it")
    found = check.checked(check.unpacked(anew(files)))
    if when(not found.findings):
        field = ".".join(each for each in (*path, last) if isinstance(each, str))
        kinds = [fields for kind, fields in found.not_checked().items() if fnmatch(name, kind)]
        named = [each for fields in kinds for each in fields]
        event("named")
        assert any(field == each or field.startswith(f"{each}.") for each in named), field


COURT = ("decision.json", "entry")
STRUCTURE: list[tuple[str, tuple[Any, ...], Change, str]] = [
    *(
        ("court-3/2016", COURT, setting(name, to=value), f"{name} is {value!r}")
        for name, value in (
            ("fact", "x"),
            ("infringement", "Art. 1"),
            ("addressee", "x"),
            ("series", "stewards"),
            ("appealable", False),
            ("seen", {}),
        )
    ),
    ("court-3/2016", COURT, setting("competitor", to="x"), "no record says team 'x'"),
    ("stewards-1", ("decision.json", "entry", "steps"), list.reverse, "steps are out of order"),
    ("stewards-1", (f"{OVERALL}/with.json", "rows"), list.pop, "crew 201 is missing"),
    ("stewards-1", (f"{OVERALL}/difference-without.json", "records"), list.clear, "its records"),
    (
        "stewards-1",
        (f"{OVERALL}/difference-without.json", "rows", 0, "because"),
        lambda each: each.append(each[-1]),
        "what explains it is out of order",
    ),
    ("stewards-1", ("why/overall/102.json", "places"), list.clear, "its places are missing"),
    (
        "stewards-1",
        ("why/overall/102.json", "places", 1),
        setting("category", to=None),
        "it has a place twice",
    ),
    (
        "stewards-1",
        ("why/overall/102.json", "places", 0),
        setting("category", to="cars"),
        "its first place is not the one among all",
    ),
    ("stewards-1", ("rules.json", "for"), setting("x", to=1), "it says more of what it is for"),
    (
        "stewards-1",
        ("rules.json", "not_in_force", 0),
        setting("x", to=1),
        "what is not_in_force is not what is on record",
    ),
    (
        "stewards-1",
        (f"{OVERALL}/without.json", "scope"),
        setting("group", to="T1"),
        "difference-without.json: it is of another scope",
    ),
]


@pytest.mark.parametrize(
    ("decision", "where", "change", "what"),
    STRUCTURE,
    ids=[f"{'.'.join(map(str, each[1]))} {each[3]}" for each in STRUCTURE],
)
def test_what_is_left_out_put_in_or_moved_is_refused(
    all_of_them: list[Bundle],
    tmp_path: Path,
    decision: str,
    where: tuple[Any, ...],
    change: Change,
    what: str,
) -> None:
    """Of a list or of an entry; also what a court's decision has no word of."""
    made = next(
        e
        for e in all_of_them[1:]
        if check.read_json(e.files["manifest.json"])["decision"]["name"] == decision
    )
    name, *path = where

    def at(document: Any) -> None:
        for each in path:
            document = document[each]
        change(document)

    files = changed(made, name, at)
    assert files != made.files
    documents = {n: json.loads(each) for n, each in files.items() if n.endswith(".json")}
    files["moves.txt"] = check.moves_of(documents)
    found = findings(anew(files), tmp_path)
    assert any(what in each for each in found), found


def test_a_name_that_is_there_twice_is_refused(made: Bundle, tmp_path: Path) -> None:
    """Who reads the first of them reads something else than who reads the last."""
    once = made.files["decision.json"]
    twice = once.replace(b'"status":', b'"status": "quashed", "status":', 1)
    assert once != twice
    found = findings(anew({**made.files, "decision.json": twice}), tmp_path)
    assert any("decision.json" in each and "a name is there twice" in each for each in found)


def test_what_the_program_chose_is_named(made: Bundle) -> None:
    """That no publication and no record that bears on it was left out, nothing tells."""
    named = check.checked(made.files).not_checked()
    assert "records (that none is missing)" in named["bearing.json"]
    assert "publications (that none is missing)" in named["publications.json"]
    assert "chain (that none is missing)" in named["decision.json"]


def test_a_place_among_categories_that_are_ranked_together(tmp_path: Path) -> None:
    """As the rulebook says; with the ranks of each, and by the words of the vocabulary."""
    told = story(tmp_path)
    first: dict[str, Any] = {
        name: next(told.log.read(types=[name])).occurrence()
        for name in ("RegulationsAdopted", "CrewEntered")
    }
    together = f"cars{BETWEEN}trucks"
    ranked = {"overall.classifications": [together, "quads"]}
    rules = {**first["RegulationsAdopted"].parameters, **ranked}
    told.log.append(
        [
            msgspec.structs.replace(
                first["RegulationsAdopted"], parameters=rules, recorded_at=Instant(NOW, 180)
            ),
            msgspec.structs.replace(first["CrewEntered"], number="301", category="quads"),
        ]
    )
    made = told.bundle()
    document = check.read_json(made.files["why/overall/102.json"])
    assert [None, together] == [each["category"] for each in document["places"]]
    assert [] == check.checked(made.files).findings
    for index, of in enumerate((None, "cars", "quads", f"motos{BETWEEN}quads")):
        files = changed(made, "why/overall/102.json", setting("places", 1, "category", to=of))
        assert findings(anew(files), tmp_path), (index, of)


def _ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value that holds no others."""
    if isinstance(value, (dict, list)) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in items:
            yield from _ways(each, (*way, key))
    else:
        yield way


def _others(value: Any) -> st.SearchStrategy[Any]:
    """Other values than that: near it, of its kind, or of none."""
    others: list[Any] = [None, "x", "", [], 1, not value]
    any_kind = [each for each in others if each != value]
    match value:
        case bool():
            near: list[Any] = [not value]
        case str():
            near = [f"{value}x", "x" if value != "x" else ""]
        case int():
            near = [value + 1, value - 1000]
        case _:
            near = any_kind
    return st.sampled_from(near) | st.sampled_from(any_kind)


@examples(150)
@given(st.data())
def test_nothing_that_stands_in_it_breaks_the_checker(made: Bundle, data: st.DataObject) -> None:
    """Any value anywhere in any document: it is accepted or refused, and never breaks off."""
    documents = sorted(each for each in made.files if each.endswith(".json"))
    name = data.draw(st.sampled_from([*documents, "records.jsonl"]))
    lines = made.files[name].split(b"\n") if name == "records.jsonl" else [made.files[name]]
    which = data.draw(st.integers(0, len(lines) - 1 - (name == "records.jsonl")))
    at: Any = {"it": json.loads(lines[which])}
    root, key = at, cast(Any, "it")
    while isinstance(at[key], (dict, list)) and at[key] and data.draw(st.integers(0, 5)):
        at = at[key]
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
    at[key] = data.draw(values)
    lines[which] = check.canonical(root["it"])
    files = {**made.files, name: b"\n".join(lines)}
    remade = files if name == "manifest.json" else check.unpacked(anew(files))
    assert list(check.report(check.checked(remade, ["0123456789"])))

"""The verifier of one HTML file says what the checker in Python says, on vectors and on edits."""

from __future__ import annotations

import functools
import json
import operator
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from cli.evidence import check
from cli.evidence.bundle import Bundle
from cli.evidence.page import page, specification
from ledger.completeness import Subject, beside, same_lines
from ledger.powers import Powers
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.complete import proving
from ledger.proofs.disclosed import disclosing
from ledger.proofs.origins import Origin
from ledger.proofs.papers import RecordProof
from ledger.proofs.signatures import signed
from ledger.proofs.spelling import spelled
from ledger.proofs.sshsig import made as signature_of_ssh
from ledger.proofs.sshsig import namespace_of, signed_over
from ledger.proofs.tree import inclusion
from ledger.record import arrival_of
from ledger.times import Instant
from ledger.vocabulary import ActsSigned, CheckpointKept, KeyRegistered, KeyReportedLost, Occurrence
from tests.evidence.javascript import Javascript, javascript
from tests.evidence.mutations import edited, made_anew
from tests.evidence.story import Story, story
from tests.evidence.test_forgeries import UNFOUNDED, WHY, added_up, anew, changed
from tests.examples import share_of
from tests.looked import some_of
from tests.proofs.keys import key_of
from tests.proofs.mutations import Bench, ours
from tests.proofs.test_verifier import in_short, must_agree, theirs
from tests.proofs.trees import Grown
from tests.proofs.vectors import FOLDER

__all__ = ["javascript"]
EMPTY: Mapping[str, bytes] = MappingProxyType({})
FEW, MANY = 8, share_of(200)
_SLIP = re.compile(r"(?<!\.)\bundefined\b(?! is )|\bNaN\b|\[object")
"""What JavaScript says where nothing is there; rows of the docket have a field `undefined`."""
FILES, MANY_FILES = 300, share_of(10_000)
"""200 and 10,000 where RALLY_EXAMPLES is 1; ten times as many where it is 10."""


def vectors(name: str) -> list[dict[str, Any]]:
    """The vectors of a kind."""
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def in_python(
    data: bytes, trusted: str = "", papers: Mapping[str, bytes] = EMPTY
) -> dict[str, Any]:
    """What the checker in Python says of an evidence file, as the other one says it."""
    files = check.unpacked(data)
    try:
        form = check.difference(data, files) and "it differs"
    except ValueError as error:
        form = str(error)
    found = check.checked(files, (), form, trusted, papers)
    if found.findings:
        return {"findings": found.findings}
    left = [[kind, [*each]] for kind, each in found.not_checked().items()]
    remarks = [each for each in found.remarks if "another one than the one" not in each]
    told = {"done": found.done, "remarks": remarks, "keys": sorted(found.of_keys)}
    return {
        "findings": [],
        "left": left,
        "rules": found.rules_left,
        "applied": found.not_applied,
        **told,
    }


def in_javascript(
    javascript: Javascript, data: bytes, trusted: str = "", papers: Mapping[str, bytes] = EMPTY
) -> dict[str, Any]:
    """What the verifier says of it."""
    texts = {name: each.decode() for name, each in papers.items()}
    asked = {"fingerprint": trusted, "papers": texts}
    found: dict[str, Any] = javascript.ask("evidence", data=data, asked=asked)["found"]
    assert not (slips := _SLIP.findall(json.dumps(found, ensure_ascii=False))), (slips, found)
    if found["findings"]:
        return {"findings": found["findings"]}
    return {**found, "keys": sorted(found["keys"]["notChecked"])}


# -- vectors ---------------------------------------------------------------------------------------


def test_it_finds_what_the_vectors_say(javascript: Javascript) -> None:
    """Trees of any size, and files under keys; where it takes one, it says what ours says."""
    for each in some_of(vectors("trees.json")):
        tree = {name: value for name, value in each.items() if name != "holds"}
        assert each["holds"] is javascript.ask("tree", **tree)["ok"], each
    for each in some_of(vectors("files.json")):
        asked = each["kind"], each["file"].encode(), each["keys"], each.get("old", "").encode()
        found = theirs(javascript, *asked)
        assert each["holds"] is (found is not None), each
        assert found == in_short(each["kind"], ours(*asked))


def test_it_finds_what_the_vectors_say_of_signatures(javascript: Javascript) -> None:
    """Signatures over acts, and the namespaces for which they are made."""
    for each in some_of(vectors("signatures.json")):
        asked = {name: value for name, value in each.items() if name not in ("holds", "what")}
        assert each["holds"] is javascript.ask("signature", **asked)["ok"], each
        of = check.namespace_of(each["office"], each["rally"])
        assert each["holds"] is (check.namespace_signed({**each, "targets": each["ids"]}) == of)
    for each in some_of(vectors("namespaces.json")):
        asked = {name: each[name] for name in ("office", "rally")}
        assert each["namespace"] == javascript.ask("namespace", **asked)["found"]
        assert each["namespace"] == check.namespace_of(**asked)


@pytest.mark.parametrize("many", [FILES, pytest.param(MANY_FILES, marks=pytest.mark.slow)])
def test_no_changed_file_is_taken_that_says_something_else(
    javascript: Javascript, many: int
) -> None:
    """Checkpoints, proofs and signatures with bytes or parts changed: both take the same ones."""
    must_agree(javascript, 17, many)
    for mutant in some_of(Bench(18, ["signature"]).mutants(many // 3)):
        _, data, [key, namespace], message = mutant.asked
        told = javascript.ask("signed", data=data, key=key, namespace=namespace, message=message)
        assert told["ok"] is (ours(*mutant.asked) is not None), mutant


# -- evidence files --------------------------------------------------------------------------------


def test_it_says_what_the_checker_in_python_says(javascript: Javascript, made: Bundle) -> None:
    """Of an evidence file: accepted, by the same checks, with the same left out."""
    found = in_javascript(javascript, made.data)
    assert found == in_python(made.data)
    assert found["findings"] == []


@pytest.mark.slow
def test_it_says_the_same_of_every_decision(
    javascript: Javascript, all_of_them: list[Bundle]
) -> None:
    """Of those of the case to its end: varied, superseded, suspended, of a court."""
    for each in some_of(all_of_them):
        found = in_javascript(javascript, each.data)
        assert found == in_python(each.data)
        assert found["findings"] == []


def test_both_refuse_the_same_edited_files(javascript: Javascript, made: Bundle) -> None:
    """Values, structures, records, whole files and bits: one verdict, and of what was changed."""
    _must_agree(javascript, made, seed=17, many=FEW)


@pytest.mark.slow
def test_both_refuse_the_same_edited_files_of_every_decision(
    javascript: Javascript, all_of_them: list[Bundle]
) -> None:
    """The same, of many more."""
    for seed, made in enumerate(all_of_them):
        _must_agree(javascript, made, seed, MANY // len(all_of_them))


def test_both_refuse_what_no_record_bears_out(javascript: Javascript, made: Bundle) -> None:
    """Addends that count twice, for another crew or stage, or rest on nothing: in one wording."""
    for change, what in some_of(UNFOUNDED):
        data = anew(changed(made, WHY, change, added_up))
        assert both_say(javascript, what, data) == in_javascript(javascript, data), what


def _must_agree(javascript: Javascript, made: Bundle, seed: int, many: int) -> None:
    for what, data in some_of(edited({**made.files}, seed, many)):
        both_say(javascript, what, data)


def both_say(javascript: Javascript, what: str, data: bytes) -> dict[str, Any]:
    """What both say of an edited file: one verdict, and something of it in the same place."""
    found, known = in_javascript(javascript, data), in_python(data)
    assert bool(found["findings"]) is bool(known["findings"]), (what, found, known)
    if known["findings"]:
        assert places(found) & places(known), (what, found, known)
    else:
        assert found == known, what
    return known


def test_an_exhibit_that_is_not_at_hand_is_told(javascript: Javascript, tmp_path: Path) -> None:
    """Altered since it was bound, or bound with no size: both tell it, and refuse nothing."""
    told = story(tmp_path)
    bound: Any = next(told.log.read(types=["ExhibitBound"])).occurrence()
    more = msgspec.structs.replace(bound, title="The same again", size=None)
    told.log.append([more])
    (told.exhibits.folder / bound.digest).write_bytes(b"another photo")
    made = told.bundle()
    assert [each["state"] for each in made.exhibits] == ["altered", "withheld", "altered"]
    assert both_say(javascript, "altered", made.data)["findings"] == []


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("bearing.json", ("records", 0, "why"), "x"),
        ("bearing.json", ("records", 0, "words"), None),
        ("bearing.json", ("records", 0, "position"), True),
        ("rules.json", ("parameters", 0), "x"),
        ("decision.json", ("entry", "steps", 0), "x"),
        ("classifications/overall/difference-record.json", ("refused",), []),
        ("classifications/overall/without.json", ("refused",), []),
        ("classifications/overall/with.json", ("rows", 0, "gap_ms"), False),
        ("classifications/overall/with.json", ("rows", 0, "place"), True),
    ],
)
def test_a_value_of_another_kind_is_refused_by_both(
    javascript: Javascript, made: Bundle, name: str, path: tuple[Any, ...], value: Any
) -> None:
    """To Python true is 1, and a text is what it holds; texts are drawn anew around it."""
    document = json.loads(made.files[name])
    *inner, last = path
    functools.reduce(operator.getitem, inner, document)[last] = value
    said = both_say(javascript, str(path), made_anew({**made.files}, name, document))
    assert places(said) & {name, "words.txt", "moves.txt"}


def places(said: dict[str, Any]) -> set[str]:
    """The files in which something does not fit."""
    return {re.split("[: ]", each)[0] for each in said["findings"]}


def test_both_say_what_signatures_are_worth(javascript: Javascript, tmp_path: Path) -> None:
    """Of each state one: vouched for or not, in its term or lost, of another office, or bad."""
    told, root = signed_story(tmp_path)
    made = told.bundle()
    for trusted in ("", root, key_of("other").public.fingerprint):
        found = in_javascript(javascript, made.data, trusted)
        assert found == in_python(made.data, trusted)
        assert (trusted == root) is any("which is trusted" in each for each in found["done"])
    assert any(each.startswith("8 signatures over 8 acts hold") for each in found["done"])
    for words in some_of(check.WORTH.values()):
        assert any(words in each for each in found["remarks"]), words


def test_signatures_are_worth_what_the_ledger_says(tmp_path: Path) -> None:
    """Of each over each act; a report that a key was lost, unsigned, ends no key."""
    told, _ = signed_story(tmp_path)
    records = [*told.log.read()]
    ids = {each.id: each.position for each in records}
    powers = Powers({each.id: each.occurrence() for each in records})
    known = {(ids[act], ids[each.id], each.state) for act in ids for each in powers.signatures(act)}
    lines = check.unpacked(told.bundle().data)[check.RECORDS].splitlines()
    read = [check.record_of(line, at) for at, line in enumerate(lines, 1)]
    found = check.Signatures(read, check.Powers(read).idle).found
    assert {(each.of, each.by, each.state) for each in found} == known
    assert len({state for *_, state in known}) == len(check.WORTH) + 1


def signed_story(folder: Path) -> tuple[Story, str]:
    """The case with keys of office and signatures, and the fingerprint of the organiser's key."""
    told = story(folder)
    decision = told.log.at(told.position)
    at = decision.occurrence().recorded_at
    common = {"rally": told.log.rally, "recorded_at": at, "by": "Org", "role": "organiser"}

    def add(kind: type[Occurrence], **fields: Any) -> str:
        said = kind(**{**common, **fields})
        told.log.append([said])
        return arrival_of(said).id

    def sign(name: str, *targets: str, message: bytes = b"") -> None:
        office = "organiser" if name == "organiser" else "stewards"
        namespace, key = namespace_of(office, told.log.rally), key_of(name)
        blob = signature_of_ssh(key, namespace, message or signed_over(targets))
        fingerprint = key.public.fingerprint
        add(ActsSigned, targets=targets, key=fingerprint, signature=spelled(blob))

    ids = {"organiser": add(KeyRegistered, office="organiser", key=key_of("organiser").public.line)}
    sign("organiser", ids["organiser"])
    for name, until in (
        ("chair", None),
        ("ann", at),
        ("lost", None),
        ("gone", None),
        ("odd", None),
    ):
        line = key_of(name).public.line
        ids[name] = add(KeyRegistered, office="stewards", key=line, until_at=until)
    sign("organiser", *(ids[each] for each in ("chair", "ann", "lost", "gone")))
    for name, since in (("lost", Instant(at.ms + 1, at.offset)), ("gone", at)):
        lost = add(KeyReportedLost, fingerprint=key_of(name).public.fingerprint, since=since)
        sign("organiser", lost)
    unsigned = add(KeyReportedLost, fingerprint=key_of("chair").public.fingerprint, since=at)
    sign("odd", unsigned)
    for name in ids:
        sign(name, decision.id)
    sign("chair", decision.id, message=signed_over([ids["ann"]]))
    return told, key_of("organiser").public.fingerprint


def test_both_say_what_papers_show(javascript: Javascript, tmp_path: Path) -> None:
    """Checkpoints and proofs, kept outside or on record: of this log or none, signed or not."""
    told, key = story(tmp_path), key_of("log")
    log = told.log
    origin = Origin(log.at(1).leaf.hex()[:16], log.rally, "main").text

    def at(size: int, root: str) -> Checkpoint:
        return signed(Checkpoint(origin, size, bytes.fromhex(root)), key)

    right, fork, ahead = at(20, log.root_at(20)), at(20, "00" * 32), at(99, "11" * 32)
    tree = Grown([each.leaf for each in log.read()])
    hashes = tuple(inclusion(4, 20, tree.subtree))
    proof = RecordProof(right, 4, hashes, disclosing(log.at(5), key.public))
    records = [*log.read()]
    said = {each.id: each.occurrence() for each in records}
    named = {each.id: beside(said[each.id], each.header.tags) for each in records}
    again = same_lines(enumerate(said.values(), 1))
    whole = proving(right, Subject("stage", "SS2"), records[:20], named, again, key.public)
    now = log.at(1).occurrence().recorded_at
    for each in (right, fork):
        text = each.to_bytes().decode()
        log.append([CheckpointKept(rally=log.rally, recorded_at=now, by="Org", checkpoint=text)])
    made = told.bundle()
    papers = {"right": right.to_bytes(), "ahead": ahead.to_bytes(), "proof": proof.to_bytes()}
    papers["whole"] = whole.to_bytes()
    for trusted in ("", key.public.line, key.public.fingerprint, key_of("other").public.line):
        found = in_javascript(javascript, made.data, trusted, papers)
        assert found == in_python(made.data, trusted, papers)
        by_the_log = trusted in (key.public.line, key.public.fingerprint)
        assert by_the_log is any("right: it is signed" in each for each in found["done"])
        assert "proof: it proves record #5" in found["done"]
        assert any(each.startswith("whole: ") and "complete: " in each for each in found["done"])
        assert any("not the history that was there" in each for each in found["remarks"])
    for wrong in some_of((fork.to_bytes(), proof.to_bytes()[:-9], b"", b"no paper\n")):
        found = in_javascript(javascript, made.data, "", {"it": wrong})
        known = in_python(made.data, "", {"it": wrong})
        assert places(found) == places(known) == {"it"}


# -- one specification -----------------------------------------------------------------------------


def test_both_are_written_from_one_specification(javascript: Javascript) -> None:
    """Who may record what stands in it, and both have it from there; so with what is compared."""
    tables = javascript.ask("tables")["found"]
    assert tables["may"] == {
        offices: " ".join(kinds.split()) for offices, kinds in check._MAY.items()
    }
    assert set(tables["anybody"]) == check._NO_ACTS
    assert tables["checked"] == check.CHECKED
    assert tables["computed"] == check.COMPUTED
    assert tables["chosen"] == check.CHOSEN
    [block] = re.findall(r"```shapes\n(.*?)```", specification().decode(), re.DOTALL)
    assert tables["shapes"] == check.SHAPES.replace("\n  ", " ") == block
    [block] = re.findall(r"```powers\n(.*?)```", specification().decode(), re.DOTALL)
    stated = dict(line.split(": ", 1) for line in block.splitlines())
    assert set(stated.pop("anybody").split()) == check._NO_ACTS
    assert stated == tables["may"]
    [block] = re.findall(r"```compared\n(.*?)```", specification().decode(), re.DOTALL)
    rows = dict(line.split(": ", 1) for line in block.splitlines())
    compared = {name: " ".join(fields) for name, fields in check.CHECKED.items()}
    settled = {f"settled {name}": " ".join(fields) for name, fields in check.COMPUTED.items()}
    assert rows == compared | settled


# -- one file --------------------------------------------------------------------------------------


class _Read(HTMLParser):
    """What a page asks for, and its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.policy = ""

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.asked += [str(found[each]) for each in ("src", "href", "action") if each in found]
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(found["content"])


def test_the_page_is_one_file_that_asks_for_no_other(made: Bundle) -> None:
    """No source but its own, a policy that lets nothing else run, and the evidence as it is."""
    for data in (page(), page(made.data)):
        read = _Read()
        read.feed(data.decode())
        assert read.asked == []
        assert read.policy.startswith("default-src 'none'; script-src 'sha256-")
        assert b"innerHTML" not in data
    assert made.files["verify.html"] == page()
    assert page(made.data) == page(made.data)


def test_the_specification_lies_in_every_evidence_file(made: Bundle) -> None:
    """As it is published, with the form of a proof that nothing was left out."""
    path = Path(check.__file__).with_name("specification.md")
    assert made.files["specification.md"] == specification()
    assert specification().startswith(path.read_bytes())

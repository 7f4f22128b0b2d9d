"""Papers by themselves: both checkers say of them what `rally verify` says, with no evidence file.

Checkpoints, proofs of a record, of growth, and that nothing was left out for a crew, a decision or
a stage; under keys and policies of witnesses that come from outside.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.evidence import check
from cli.evidence.page import specification
from cli.office.handed import Handed, Outcome, judging
from ledger.errors import LedgerError
from ledger.proofs.policy import read_policy
from ledger.proofs.signatures import attesting, cosigned, key_of_log, key_of_witness, signed
from tests.evidence.javascript import Javascript, javascript
from tests.looked import some_of, when
from tests.proofs.changed import mutants
from tests.proofs.keys import key_of
from tests.proofs.mutations import Bench
from tests.proofs.test_complete import _ours as ours
from tests.proofs.vectors import FOLDER
from tests.proofs.whole import START, WITNESS, whole

__all__ = ["javascript"]
GOLDEN = Path(__file__).parents[1] / "laws" / "golden" / "occurrences.jsonl"
Found = dict[str, Any]


def in_python(papers: Mapping[str, bytes], trusted: str = "", policy: str = "") -> Found:
    """What the checker in Python says of papers by themselves."""
    found = check.checked_alone(papers, trusted, policy.encode() if policy else None)
    return {"findings": found.findings, "done": found.done, "left": found.of_keys}


def in_javascript(
    javascript: Javascript, papers: Mapping[str, bytes], trusted: str = "", policy: str = ""
) -> Found:
    """What the page says of them."""
    texts = {name: each.decode() for name, each in papers.items()}
    asked = {"papers": texts, "fingerprint": trusted, "policy": policy}
    found = javascript.ask("papers", asked=asked)["found"]
    return {**{n: found[n] for n in ("findings", "done")}, "left": found["keys"]["notChecked"]}


def shown(data: bytes) -> Found | None:
    """What the checker in Python takes a proof to show that nothing was left out."""
    try:
        proof = check.read_paper("it", data).whole
        found = check.shown_by(proof) if proof else None
    except check.Wrong:
        return None
    if not (proof and found):
        return None
    return {"subject": {"kind": proof.kind, "of": proof.of}, **found._asdict()}


def vectors() -> Iterator[Found]:
    """Proofs that nothing was left out, such that hold and such that must not be taken."""
    yield from json.loads((FOLDER / "complete.json").read_text(encoding="utf-8"))


# -- that nothing was left out ---------------------------------------------------------------------


def test_both_find_what_the_vectors_say(javascript: Javascript) -> None:
    """What each shows, and of those that are bad the same words."""
    for each in some_of(vectors()):
        data = each["file"].encode()
        theirs = javascript.ask("complete", data=data, keys=each["keys"])
        assert theirs.get("found") == each.get("found"), each.get("why")
        papers = {"it": data}
        told = in_python(papers)
        assert told == in_javascript(javascript, papers)
        if when(each.get("why") != "it is not signed"):
            assert shown(data) == each.get("found"), each.get("why")
            assert bool(told["findings"]) is not each["holds"]


def test_labels_of_each_type_are_those_of_the_text(javascript: Javascript) -> None:
    """Whoever reads the specification derives the same tags, and the same beside them."""
    for line in some_of(GOLDEN.read_bytes().splitlines()):
        said = json.loads(line)["occurrence"]
        tags = check.tags_of(said)
        told = {"tags": tags, "beside": check.beside_of(said, tags)}
        assert javascript.ask("labels", said=said)["found"] == told


def test_what_is_changed_is_found_by_both_checkers(javascript: Javascript) -> None:
    """What the ledger takes they take for the same, and nothing else."""
    must_agree(javascript, 3, 6)


def must_agree(javascript: Javascript, seed: int, many: int) -> int:
    """Change proofs in so many rounds; answers how many changed ones there were."""
    draw, good = random.Random(seed), [each for each in vectors() if each["holds"]]
    tried = 0
    for _ in some_of(range(many)):
        each = draw.choice(good)
        for how, data in some_of(mutants(draw, each["file"].encode())):
            known = ours(data, each["keys"])
            theirs = javascript.ask("complete", data=data, keys=each["keys"]).get("found")
            assert known == theirs, how
            found = shown(data)
            assert known in (None, found), how
            # A signature below it is not asked for there: only that may be what is wrong.
            assert found is None or known or ours(data, []) == found, how
            tried += 1
    return tried


# -- as `rally verify` has it ----------------------------------------------------------------------


def policies() -> Iterator[tuple[str, str]]:
    """Policies from outside, and what of them is told."""
    log, club, other = whole(), key_of("club").public, key_of("other").public
    club_key, other_key = (
        key_of_witness(WITNESS, club).text,
        key_of_witness("x.example", other).text,
    )
    both = f"witness club {club_key}\nwitness other {other_key}\n"
    yield "", ""
    yield "one", f"witness club {club_key}\nquorum club\n"
    yield "any", f"log {log.keys[0]}\n{both}group g any club other\nquorum g\n"
    yield "all", f"{both}# two\ngroup g all club other\nquorum g\n"
    yield "none", f"{both}quorum none\n"


def judged(folder: Path, data: bytes, trusted: str, policy: str) -> Outcome | None:
    """What `rally verify --proof` finds; None where it can't read it."""
    proof, of = folder / "proof", folder / "policy"
    proof.write_bytes(data)
    of.write_text(policy)
    asked = Handed(
        proof=proof, trust=(trusted,) if trusted else (), witnesses=of if policy else None
    )
    try:
        return judging(asked)(None)
    except LedgerError:
        return None


def test_both_judge_a_proof_as_rally_verify_does(javascript: Javascript, tmp_path: Path) -> None:
    """Under no key, the right one and another; by policies that are met, and that are not."""
    log = whole()
    text = [
        log.proof("crew", "102").to_bytes(),
        log.proof("crew", "103", blind=True).to_bytes(),
        log.proof("stage", "SS1", attested=True).to_bytes(),
        log.proof("crew", "103").to_bytes().replace(b'"driver":"Cy"', b'"driver":"Di"'),
    ]
    by = dict(policies())
    cases = [
        *(("", each) for each in by),
        ("log", ""),
        ("log", "any"),
        ("other", ""),
        ("other", "none"),
    ]
    for at, (data, (name, which)) in some_of(enumerate(itertools.product(text, cases))):
        key, policy, case = key_of(name).public, by[which], (name, which)
        vkey = key_of_log(log.checkpoint.origin, key).text
        trusted, line = (key.line, vkey) if at % 2 else (key.fingerprint, key.fingerprint)
        if not name:
            trusted = line = ""
        told, known = in_python({"it": data}, trusted, policy), judged(tmp_path, data, line, policy)
        assert told == in_javascript(javascript, {"it": data}, trusted, policy), case
        if known is None:
            assert told["findings"], case
            continue
        assert bool(told["findings"]) is bool(known.findings), (case, told, known.findings)
        if not known.findings:
            _must_say_the_same(told, known)


def _must_say_the_same(told: Found, known: Outcome) -> None:
    [judged], said = known.judged, "\n".join(told["done"])
    assert bool(judged.whose.by) is ("it is signed by the key" in said)
    assert ("Proven: " in said) is bool(judged.whose.by)
    enough = bool(judged.witnessed and judged.witnessed.enough)
    assert enough is ("witnessed as the policy asks" in said)
    attested = bool(known.attested and known.attested.cosigned)
    assert attested is ("all tags are attested by" in said)
    left = "\n".join(told["left"])
    for unchecked in known.unchecked:
        if when("record" in unchecked.what):
            assert unchecked.what in left


def test_an_attestation_that_does_not_hold_is_refused(javascript: Javascript) -> None:
    """One over another text, by the key of a witness that the policy names."""
    log, policy = whole(), dict(policies())["one"]
    by = attesting("another text\n", WITNESS, key_of("club"), START // 1000)
    data = log.proof("crew", "102")._replace(attested=(by,)).to_bytes()
    told = in_python({"it": data}, "", policy)
    assert told == in_javascript(javascript, {"it": data}, "", policy)
    [finding] = told["findings"]
    assert finding == f"it: The signature of {WITNESS} by which it attests does not hold."


def test_papers_are_held_against_each_other(javascript: Javascript) -> None:
    """A fork, and growth from a checkpoint that lies beside, or does not."""
    bench = Bench(1, ["growth", "checkpoint", "record"])
    growth, record = (
        next(e for e in bench.files if e.kind == kind) for kind in ("growth", "record")
    )
    papers = {"new": growth.data, "old": growth.old}
    told = in_python(papers)
    assert told == in_javascript(javascript, papers)
    assert any("goes on from old" in each for each in told["done"])
    told = in_python({"one": record.data})
    assert told == in_javascript(javascript, {"one": record.data})
    assert any("If its checkpoint is right: #1 of loop-2026, " in each for each in told["done"])
    told = in_python({"new": growth.data})
    assert told == in_javascript(javascript, {"new": growth.data})
    assert any(each.startswith("from where new goes on") for each in told["left"])
    log = whole()
    other = log.checkpoint._replace(root=bytes(32), signatures=())
    fork = {"one": log.checkpoint.to_bytes(), "other": signed(other, key_of("log")).to_bytes()}
    told = in_python(fork)
    assert told == in_javascript(javascript, fork)
    assert all("this is a fork" in each for each in told["findings"])
    late = cosigned(log.checkpoint, "y.example", key_of("club"), 2**62)
    vkey = key_of_witness("y.example", key_of("club").public).text
    asked = {"it": late.to_bytes()}, "", f"witness y {vkey}\nquorum y\n"
    assert in_python(*asked) == in_javascript(javascript, *asked)


# -- policies --------------------------------------------------------------------------------------


def test_policies_are_read_alike(javascript: Javascript) -> None:
    """What the ledger takes for a policy both take, and nothing else."""
    draw, taken = random.Random(7), 0
    texts = [text.encode() for _, text in policies() if text]
    bench = Bench(7, ["checkpoint"])
    for _ in range(300):
        data = bench.in_a_byte(draw.choice(texts))
        if draw.random() < 0.4:
            lines = data.splitlines(keepends=True)
            lines.insert(draw.randrange(len(lines) + 1), lines.pop(draw.randrange(len(lines))))
            data = b"".join(lines)
        known = _takes(lambda said: read_policy(said, "It"), data)
        assert known is _takes(check.read_policy, data), data
        assert known is javascript.ask("policy", data=data)["ok"], data
        taken += known
    assert 0 < taken < 300


def _takes(read: Any, data: bytes) -> bool:
    try:
        read(data)
    except (LedgerError, check.Wrong):
        return False
    return True


# -- the command -----------------------------------------------------------------------------------


def test_the_checker_takes_a_proof_for_its_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A proof instead of an evidence file, a key, and a policy, each of them in a file."""
    log, proof = whole(), tmp_path / "crew.proof"
    proof.write_bytes(log.proof("crew", "102").to_bytes())
    key, policy = tmp_path / "log.pub", tmp_path / "policy"
    key.write_text(key_of("log").public.line + "\n")
    policy.write_text(dict(policies())["one"])
    assert check.main([str(proof)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("ACCEPTED. It is consistent in itself; whose it is was not checked.")
    assert "If its checkpoint is right: crew 102 and 202 up to #21, complete: " in said
    assert check.main([str(proof), "--trust", str(key), "--trust", str(policy)]) == 0
    said = capsys.readouterr().out
    assert "Proven: crew 102 and 202 up to #21, complete: " in said
    assert "it is witnessed as the policy asks" in said
    assert check.main([str(proof), "--trust", str(key), "--trust", str(key)]) == 2
    assert "is a second key" in capsys.readouterr().err
    assert check.main([str(proof), "--trust", "policy.txt"]) == 2
    assert "policy.txt is no fingerprint" in capsys.readouterr().err
    proof.write_bytes(proof.read_bytes().replace(b'"number":"202"', b'"number":"203"'))
    assert check.main([str(proof), "--trust", str(key)]) == 1
    assert capsys.readouterr().out.startswith("REFUSED. What was handed over does not hold")


# -- one specification -----------------------------------------------------------------------------


def test_both_name_by_effects_what_the_text_says(javascript: Javascript) -> None:
    """The acts by the fields in which they name crews and records stand in the specification."""
    [block] = re.findall(r"```acts\n(.*?)```", specification().decode(), re.DOTALL)
    stated = dict(line.split(": ", 1) for line in block.splitlines())
    assert {fields.replace("nothing", ""): acts for fields, acts in stated.items()} == check.ACTS
    assert javascript.ask("tables")["found"]["acts"] == check.ACTS

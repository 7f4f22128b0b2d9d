"""Laws of proofs that nothing was left out: of drawn rallies, for whatever subject, and changed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from cli.evidence import check
from ledger.completeness import Subject, beside, may_name_beside, same_lines
from ledger.concerned import concerned
from ledger.errors import LedgerError
from ledger.merkle import Frontier
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.complete import Complete, CompleteProof, complete, proving, read_complete
from ledger.proofs.origins import Origin
from ledger.proofs.signatures import signed
from ledger.record import Record
from ledger.vocabulary import (
    Corrected,
    CourtDecisionIssued,
    DecisionIssued,
    Occurrence,
    Voided,
    decode,
)
from projections.results.standings import standings
from tests.examples import examples
from tests.laws.answers import records_of, state_of
from tests.laws.rallies import Rally, cases, identity, rallies, unique
from tests.laws.words import CODE
from tests.looked import some_of, when
from tests.proofs.changed import mutants
from tests.proofs.keys import key_of

KINDS = (DecisionIssued, CourtDecisionIssued)


class Kept(NamedTuple):
    """A log of drawn occurrences, its checkpoint, and what stands beside the tags."""

    told: dict[str, Occurrence]
    records: list[Record]
    checkpoint: Checkpoint
    beside: dict[str, tuple[str, ...]]

    def proof(self, subject: Subject, *, blind: bool = False) -> CompleteProof:
        """The proof that nothing was left out for a subject."""
        again = same_lines(enumerate(self.told.values(), 1))
        return proving(self.checkpoint, subject, self.records, self.beside, again, blind=blind)

    def subjects(self) -> Iterator[Subject]:
        """All crews, stages and decisions, and a crew and a stage that are not on record."""
        tags = {tag for each in self.records for tag in each.header.tags}
        yield from (Subject("crew", e.removeprefix("crew:")) for e in tags if e.startswith("crew:"))
        yield from (Subject("stage", e[6:]) for e in tags if e.startswith("stage:"))
        yield from (
            Subject("decision", e) for e, said in self.told.items() if isinstance(said, KINDS)
        )
        yield from (Subject("crew", "9999"), Subject("stage", "SS99"))


def kept(rally: Rally) -> Kept:
    """The log of a rally that was drawn."""
    told = {identity(each): each for each in unique(rally)}
    records, tree = records_of(told.values()), Frontier()
    tree.extend([each.leaf for each in records])
    origin = Origin("0" * 16, CODE, "main").text
    found = {each.id: beside(each.occurrence(), each.header.tags) for each in records}
    end = signed(Checkpoint(origin, tree.size, tree.root()), key_of("log"))
    return Kept(told, records, end, found)


drawn = st.one_of(rallies(), cases()).map(kept)


@given(drawn, st.randoms(use_true_random=False))
@examples(20)
def test_what_is_proven_is_what_bears_on_the_subject(log: Kept, draw: random.Random) -> None:
    """For any crew, stage and decision: written, read, and held; whom it names is told twice."""
    subjects = sorted(log.subjects())
    for subject in some_of(draw.sample(subjects, min(4, len(subjects)))):
        proof = log.proof(subject)
        read = read_complete(proof.to_bytes(), "proof")
        assert proof == read
        found = complete(read, "proof")
        shown = {each.id for each in found.records}
        assert len(log.records) == len(shown) + found.withheld
        if when(subject.kind == "crew"):
            assert {*_about_a_crew(log, subject.of)} <= shown
        if when(subject.kind == "decision"):
            assert {*_about(log, subject.of)} <= shown
        blinded = complete(read_complete(log.proof(subject, blind=True).to_bytes(), "it"), "it")
        assert found[:4] == blinded[:4]
        assert (0, found.withheld) == (blinded.withheld, blinded.blinded)


@given(drawn)
@examples(20)
def test_what_is_shown_is_enough_to_add_up_a_crew(log: Kept) -> None:
    """A crew that is classified has the same time and penalties by what the proof shows alone.

    Its place, and whether it is classified, hang on the others as well.
    """
    whole = standings(state_of(log.told.values())).rows
    for row in some_of(whole[:2]):
        found = complete(log.proof(Subject("crew", row.number)), "it")
        alone = standings(state_of(each.occurrence() for each in found.records)).rows
        sums = {each.number: (each.time_ms, each.penalty_ms) for each in alone}
        assert (row.time_ms, row.penalty_ms) == sums.get(row.number)


def _about_a_crew(log: Kept, number: str) -> Iterator[str]:
    """The records that concern a crew, as the register has it; and what amends them, to the tip."""
    own = {i for i, said in log.told.items() if number in concerned(said, log.told.get).crews}
    own |= {each.id for each in log.records if f"crew:{number}" in each.header.tags}
    yield from own
    for each in own:
        yield from _about(log, each)


def _about(log: Kept, about: str) -> Iterator[str]:
    """A record, and what corrects or voids it, as far as that leads."""
    yield about
    for identity_, said in log.told.items():
        if isinstance(said, (Corrected, Voided)) and said.target == about:
            yield from _about(log, identity_)


@given(drawn)
@examples(20)
def test_the_other_types_name_nothing_beside_their_tags(log: Kept) -> None:
    """So nobody looks for it when a proof is made."""
    types = may_name_beside()
    for each in some_of(log.records):
        if when(log.told[each.id].type_name() not in types):
            assert () == log.beside[each.id]


@given(drawn, st.integers(0, 2**32))
@examples(30)
def test_what_was_changed_is_found(log: Kept, seed: int) -> None:
    """Whatever is taken for whole says what the log itself would have said, or says that it is not.

    A checkpoint and an attestation are signed, so neither can be changed; here that is compared.
    """
    draw = random.Random(seed)
    subjects = sorted(log.subjects())
    for _ in some_of(range(3)):
        proof = log.proof(draw.choice(subjects))
        data = proof.to_bytes()
        for how, changed in some_of(mutants(draw, data)):
            found = _accepted(changed, proof) if changed != data else None
            if found is None:
                continue
            with_all = complete(log.proof(found.subject), "it")
            if when(not found.blinded):
                assert with_all == found, how
            else:
                assert with_all != found, how


def _accepted(data: bytes, original: CompleteProof) -> Complete | None:
    """What a changed proof shows to who knows its checkpoint and what was attested of that."""
    try:
        proof = read_complete(data, "it")
        found = complete(proof, "it")
    except LedgerError as error:
        assert error.message  # noqa: PT017
        return None
    if proof.checkpoint != original.checkpoint:
        return None
    attested = found.blinded or proof.derived.text == original.derived.text
    return found if attested else None


def test_labels_are_those_of_the_text() -> None:
    """Of each type that there is: a checker that reads `complete.md` derives them from the JSON."""
    golden = Path(__file__).with_name("golden") / "occurrences.jsonl"
    for line in some_of(golden.read_bytes().splitlines()):
        said = json.loads(line)["occurrence"]
        occurrence = decode(json.dumps(said, ensure_ascii=False).encode())
        assert [*occurrence.tags()] == check.tags_of(said)
        assert [*beside(occurrence, occurrence.tags())] == check.beside_of(said, occurrence.tags())


@given(drawn)
@examples(20)
def test_labels_of_what_is_drawn_are_those_of_the_text(log: Kept) -> None:
    """Decisions with all their effects, corrections of whatever field."""
    for each in some_of(log.records):
        said = json.loads(each.data)
        assert [*each.header.tags] == check.tags_of(said)
        assert [*log.beside[each.id]] == check.beside_of(said, each.header.tags)

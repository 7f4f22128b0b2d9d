"""By when a record was there: what proofs on record show, as a policy counts who had signed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.papers import RecordProof
from ledger.proofs.proven import proven_by
from ledger.proofs.signatures import cosigned, key_of_log, key_of_witness, signed
from ledger.proofs.spelling import bytes_of, spelled
from ledger.proofs.stamps import read_stamp
from ledger.times import Instant
from ledger.vocabulary import CheckpointKept, ProofKept, TimeStampTaken
from tests.examples import examples
from tests.proofs.authority import Authority
from tests.proofs.keys import key_of
from tests.proofs.vectors import RALLY, Signing

LOG = Signing()
NAMES = ("club", "delegate", "federation")
WHEN = Instant(1_772_200_000_000, 180)
POLICY = "\n".join(
    [
        f"log {key_of_log(LOG.origin, LOG.key.public).text}",
        *(f"witness {each} {key_of_witness(each, key_of(each).public).text}" for each in NAMES),
        "group both 2 club delegate",
        "group enough any both federation",
        "quorum enough",
        "",
    ]
)
Cosigned = tuple[str, int]


def _checkpoint(*by: Cosigned, size: int = 20) -> Checkpoint:
    found = signed(Checkpoint(LOG.origin, size, LOG.tree.roots[size]), LOG.key)
    for name, at_s in by:
        found = cosigned(found, name, key_of(name), at_s)
    return found


def _proof(*by: Cosigned) -> ProofKept:
    bare = LOG.of_record(7, 20)
    proof = RecordProof(_checkpoint(*by), bare.at, bare.hashes, bare.extra)
    return _kept(proof.to_bytes().decode())


def _kept(proof: str, target: str = LOG.records[6].id) -> ProofKept:
    return ProofKept(rally=RALLY, recorded_at=WHEN, target=target, proof=proof)


def _beside(checkpoint: Checkpoint) -> CheckpointKept:
    text = checkpoint.to_bytes().decode()
    return CheckpointKept(rally=RALLY, recorded_at=WHEN, checkpoint=text)


@pytest.mark.parametrize(
    ("by", "at_s"),
    [
        ([], None),
        ([("club", 100)], None),
        ([("club", 100), ("delegate", 250)], 250),
        ([("club", 100), ("delegate", 250), ("federation", 200)], 200),
        ([("federation", 300), ("club", 100), ("delegate", 250)], 250),
        ([("stranger", 1), ("club", 100)], None),
    ],
)
def test_it_was_there_when_enough_had_signed(by: list[Cosigned], at_s: int | None) -> None:
    """Two of opposed interests, or the federation: the last of those who were needed tells it."""
    assert proven_by(_proof(*by), POLICY) == (at_s and at_s * 1000 + 999)


def test_nothing_is_proven_where_nobody_is_asked_for() -> None:
    """`quorum none` asks for nobody, and then nothing counts as witnessed."""
    by = [("club", 100), ("delegate", 200)]
    none = POLICY.replace("quorum enough", "quorum none")

    assert proven_by(_proof(*by), POLICY) is not None
    assert proven_by(_proof(*by), none) is None
    assert proven_by(_proof(*by), "") is None


def test_a_proof_shows_its_own_record_alone() -> None:
    """Of another record, altered, of a log that did not sign, or no proof: it shows nothing."""
    by = [("club", 100), ("delegate", 200)]
    good = _proof(*by)
    other_log = POLICY.replace(
        key_of_log(LOG.origin, LOG.key.public).text,
        key_of_log(LOG.origin, key_of("thief").public).text,
    )

    assert proven_by(good, POLICY) is not None
    assert proven_by(_kept(good.proof, LOG.records[7].id), POLICY) is None
    assert proven_by(_kept(good.proof.replace("index 6", "index 5")), POLICY) is None
    assert proven_by(_kept(_checkpoint(*by).to_bytes().decode()), POLICY) is None
    assert proven_by(_kept("\udcff"), POLICY) is None
    assert proven_by(good, other_log) is None


@examples(60)
@given(
    st.lists(
        st.lists(
            st.tuples(st.sampled_from(NAMES), st.integers(1, 9)),
            max_size=3,
            unique_by=lambda each: each[0],
        ),
        min_size=1,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_signatures_of_one_checkpoint_unite(notes: Sequence[list[Cosigned]], mixed: Random) -> None:
    """Wherever they are kept and in whatever order they came, the earliest of each counts."""
    first, *others = notes
    beside = [_beside(_checkpoint(*by)) for by in others]
    beside.append(_beside(_checkpoint(("federation", 1), size=21)))  # of another, and no help
    at: dict[str, int] = {}
    for name, at_s in (each for by in notes for each in by):
        at[name] = min(at_s, at.get(name, at_s))
    ways = [at["federation"]] if "federation" in at else []
    ways += [max(at["club"], at["delegate"])] if {"club", "delegate"} <= at.keys() else []

    mixed.shuffle(beside)
    assert proven_by(_proof(*first), POLICY, beside) == (min(ways) * 1000 + 999 if ways else None)


def test_a_time_stamp_shows_it_where_its_authority_is_named(tmp_path: Path) -> None:
    """Over the checkpoint of the proof, by a root that the rules name; whoever signed that note.

    Of another authority, over another checkpoint, or over no checkpoint it shows nothing.
    """
    authority = Authority(tmp_path)
    proof, note = _proof(), _checkpoint()

    def taken(of: str, over: str) -> TimeStampTaken:
        token = spelled(read_stamp(authority.reply(data=over.encode())).token)
        return TimeStampTaken(rally=RALLY, recorded_at=WHEN, of=of, token=token)

    text = note.to_bytes().decode()
    stamp = taken(text, text)
    own, another = (named(each) for each in (authority.root, authority.other))
    at_ms = read_stamp(bytes_of(stamp.token, "it")).latest_ms

    assert proven_by(proof, "", [stamp], [own]) == at_ms
    assert proven_by(proof, "", [stamp], [another, own]) == at_ms
    assert proven_by(proof, "", [stamp], [another]) is None
    assert proven_by(proof, "", [stamp], []) is None
    assert proven_by(proof, "", [stamp], ["no certificate"]) is None
    assert proven_by(proof, "", [taken(text, f"{text}x")], [own]) is None
    longer = _checkpoint(size=21).to_bytes().decode()
    assert proven_by(proof, "", [taken(longer, longer)], [own]) is None
    assert proven_by(proof, "", [taken("none", "none")], [own]) is None
    assert proven_by(_proof(("federation", 9)), POLICY, [stamp], [own]) == 9_999


def named(certificate: bytes) -> str:
    """A certificate as rules name it: what PEM has between its lines."""
    return "".join(each for each in certificate.decode().splitlines() if "-----" not in each)

"""Who has to have seen the log, as a rulebook says it: a policy, and what rests on it.

The policy is that of the C2SP (c2sp.org/tlog-policy), a line each: the key of the log, witnesses,
groups of opposed interests, and how many of whom have to have signed a checkpoint. Whoever does
not trust the log takes it from outside, from the regulations that were printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, get_args

from ledger.errors import LedgerError
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.policy import Policy, read_policy
from ledger.proofs.proven import witnessed_at_s
from ledger.proofs.stamps import must_be_a_certificate
from ledger.vocabulary import CheckpointKept
from ledger.vocabulary.publication import ClassificationKind
from ledger.wanted import POLICY, STAMPS
from projections.rules.parameter import Parameter

if TYPE_CHECKING:
    from projections.rules.rulebook import Rulebook

WITNESSED = "documents.classification_witnessed"


def _authority(text: str) -> str:
    """A certificate that is trusted.

    Raises:
        ValueError: it is none.
    """
    try:
        must_be_a_certificate(text)
    except LedgerError as error:
        raise ValueError(error.message.rstrip(".")) from None
    return text


def _kind(text: str) -> str:
    """A kind of classification.

    Raises:
        ValueError: it is none.
    """
    if text not in get_args(ClassificationKind):
        raise ValueError(f"there is no {text!r} classification")
    return text


SCHEMA: Mapping[str, Parameter] = {
    POLICY: Parameter(
        tuple,
        "Which witnesses have to have signed a checkpoint, in groups of opposed interests, and by "
        "which key the log signs: the lines of a policy of the C2SP.",
        example="quorum none",
    ),
    STAMPS: Parameter(
        tuple,
        "Which authorities' time-stamps (RFC 3161) over a checkpoint on record show that it was "
        "there by then, beside the witnesses: their root certificates, each in base64 as PEM has "
        "it between its lines. Where nothing is said, none.",
        reads=_authority,
    ),
    WITNESSED: Parameter(
        tuple,
        "The kinds of classifications that are posted only on a checkpoint on record which the "
        "witnesses have signed.",
        reads=_kind,
        example="final",
    ),
}


class Lacking(NamedTuple):
    """Why so much of the log is not witnessed, and what to do about it."""

    why: str
    hint: str


def policy_text(lines: Iterable[str]) -> str:
    """The policy as a file has it."""
    return "".join(f"{each}\n" for each in lines)


def must_be_a_policy(lines: Iterable[str]) -> None:
    """Refuse lines that are none.

    Raises:
        ValueError: they are none, and why.
    """
    try:
        read_policy(policy_text(lines).encode(), "the policy")
    except LedgerError as error:
        raise ValueError(error.message.rstrip(".")) from None


def policy_of(rules: Rulebook) -> str:
    """The policy in force, as a file has it; "" where the rules name none."""
    return policy_text(rules.texts(POLICY)) if rules.defines(POLICY) else ""


def what_lacks(
    rules: Rulebook, kept: Iterable[CheckpointKept], position: int, root: str
) -> Lacking | None:
    """What lacks until so much of the log is witnessed; None where nothing does."""
    asked = _asked(policy_of(rules))
    if asked is None or not asked.quorum:
        return Lacking(
            "The policy asks for no witness, and so nothing counts as witnessed.",
            f"A bulletin names them: `rally rulebook explain {POLICY}`.",
        )
    of_it = [
        each for each in _checkpoints(kept) if (each.size, each.root.hex()) == (position, root)
    ]
    for origin in {each.origin for each in of_it}:
        notes = [each for each in of_it if each.origin == origin]
        if witnessed_at_s(policy_of(rules), notes) is not None:
            return None
    return Lacking(
        f"The checkpoint of #{position} is not on record with the signatures of {asked.asked}.",
        f"`rally checkpoint --known-at '#{position}' -o FILE`, have it signed (`rally witness`), "
        "`rally keep FILE`, and post on it.",
    )


def _asked(policy: str) -> Policy | None:
    try:
        return read_policy(policy.encode(), "The policy")
    except LedgerError:
        return None


def _checkpoints(kept: Iterable[CheckpointKept]) -> Iterable[Checkpoint]:
    for each in kept:
        try:
            yield read_checkpoint(each.checkpoint.encode())
        except (LedgerError, UnicodeEncodeError):
            continue

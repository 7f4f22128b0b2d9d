"""What was handed over, checkpoints and proofs, judged: does it hold, whose is it, who saw it.

Without a ledger it is held against itself and what is trusted; with one, against its log as well.
What was asked for and could not be checked is told as such, and never as if it held.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from cli.office.asking import Word
from cli.office.checkpoints import data_of, read, told
from cli.office.trusting import Whose, offered_beside, trusted
from ledger.errors import LedgerError, Tampered, Usage
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.complete import (
    Complete,
    CompleteProof,
    complete,
    is_complete_proof,
    read_complete,
)
from ledger.proofs.disclosed import Disclosed, disclosed
from ledger.proofs.ed25519 import PublicKey
from ledger.proofs.papers import GrowthProof, RecordProof, read_proof
from ledger.proofs.policy import Policy, read_policy
from ledger.proofs.signatures import Signed, attested, signature_of
from ledger.proofs.vkeys import VerifierKey
from ledger.times import within_the_years
from ledger.vocabulary.base import many


class OfALog(NamedTuple):
    """The log that is here: its origin, and why a checkpoint is none of it ("" where it is one)."""

    origin: str
    not_of: Callable[[Checkpoint], str]


class Handed(NamedTuple):
    """What was handed over, and whom who asks trusts."""

    checkpoint: Annotated[
        tuple[Path, ...], Word("Also that this checkpoint is one of the log.", "FILE")
    ] = ()
    proof: Annotated[
        Path | None, Word("Check this proof (rally prove), without a ledger.", "FILE")
    ] = None
    trust: Annotated[
        tuple[str, ...], Word("A key that may have signed, from outside.", "VKEY|FINGERPRINT|FILE")
    ] = ()
    witnesses: Annotated[
        Path | None,
        Word("A policy: which witnesses have to have signed; that of the log itself.", "FILE|own"),
    ] = None


NOTHING = Handed()
Proof = RecordProof | GrowthProof | CompleteProof
OWN = "own"
"""Names the policy in force by the rulebook of the log that is here."""
_OWN_POLICY = (
    "It is that of the log's own rulebook, which is for the house. Whoever does not trust the log "
    "names one from outside: --witnesses FILE."
)


class Unchecked(NamedTuple):
    """What was not checked, and why; whether somebody asked for it."""

    what: str
    why: str
    asked: bool = True

    def json(self) -> dict[str, str]:
        """It as JSON has it."""
        return {"what": self.what, "why": self.why}


class Witnessed(NamedTuple):
    """Which witnesses of a policy have signed a checkpoint, and whether they are enough."""

    asked: str
    enough: bool
    cosigned: tuple[Signed, ...]

    def json(self) -> dict[str, Any]:
        """It as JSON has it."""
        signed = [
            {"name": each.by.name, "vkey": each.by.text, "at": when_signed(each)}
            for each in self.cosigned
        ]
        return {"asked": self.asked, "witnessed": self.enough, "cosigned": signed}


class Judged(NamedTuple):
    """A checkpoint of a file: whose it is and who saw it, as far as that was asked."""

    file: str
    checkpoint: Checkpoint
    whose: Whose
    witnessed: Witnessed | None
    complaints: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """It as JSON has it."""
        by = self.whose.by
        return {
            "file": self.file,
            **told(self.checkpoint),
            "signed_by": {"vkey": by.text, "fingerprint": by.fingerprint} if by else None,
            "witnesses": self.witnessed.json() if self.witnessed else None,
            "findings": list(self.complaints),
        }


class Outcome(NamedTuple):
    """What came of all that was handed over."""

    judged: tuple[Judged, ...] = ()
    proof: Proof | None = None
    record: Disclosed | None = None
    complete: Complete | None = None
    attested: Witnessed | None = None
    """Which witnesses attest the tags of what is withheld."""
    findings: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    grown: bool = False
    """Whether a proof of growth holds, from a checkpoint that was handed over too."""

    @property
    def exit_code(self) -> int:
        """3 where something does not fit, 1 where what was asked for was not checked."""
        return 3 if self.findings else 1 if any(each.asked for each in self.unchecked) else 0

    @property
    def ok(self) -> bool:
        """Whether all that was asked for was checked, and holds."""
        return self.exit_code == 0

    def json(self) -> dict[str, Any]:
        """It as a part of a document; what was not checked stands in `not_checked`."""
        document: dict[str, Any] = {"checkpoints": [each.json() for each in self.judged]}
        if isinstance(self.proof, GrowthProof):
            about = {"old": self.proof.old, **told(self.proof.checkpoint)}
            document["growth"] = {**about, "shown": self.grown}
        if self.record:
            document["record"] = self.record.record.as_json()
        if self.complete:
            records = [each.as_json() for each in self.complete.records]
            attested = self.attested.json() if self.attested else None
            beside = {"attested": attested, "records": records}
            document["complete"] = self.complete.json() | beside
        return document


NOTHING_JUDGED = Outcome()


def judging(
    handed: Handed, own: Callable[[], str] | None = None
) -> Callable[[OfALog | None], Outcome]:
    """Take in what was handed over; what is answered judges it, against the log that is here.

    `own` is the policy in force there.

    Raises:
        Unreadable: a file can't be read. Usage: nothing was handed over that could be trusted.
    """
    if not handed.checkpoint and handed.proof is None:
        if handed._replace(trust=()) != NOTHING:
            raise Usage(
                "--witnesses is about a checkpoint, and none is named.",
                hint="Name it with --checkpoint FILE, or a proof with --proof FILE.",
            )
        return lambda _: NOTHING_JUDGED
    taken = _Taken(handed, own)
    return lambda here: _Judging(taken, here).outcome()


class _Item(NamedTuple):
    """A checkpoint, the file in which it stands, and keys that lie there."""

    file: str
    checkpoint: Checkpoint
    offered: tuple[PublicKey, ...]


class _Taken:
    """What was handed over, read from its files."""

    def __init__(self, handed: Handed, own: Callable[[], str] | None) -> None:
        self.handed = handed
        self.by_its_own = str(handed.witnesses) == OWN
        self.policy = _own_policy(own) if self.by_its_own else _policy(handed.witnesses)
        outside = () if self.by_its_own or self.policy is None else self.policy.logs
        self.trust = trusted(handed.trust, outside)
        self.record: Disclosed | None = None
        self.complete: Complete | None = None
        self.amiss = ""
        """What does not fit in a proof by itself."""
        self.proof: Proof | None = None
        self.items: list[_Item] = []
        if handed.proof is not None:
            self._take_proof(handed.proof)
        for file in handed.checkpoint:
            self.items.append(_Item(str(file), read(file), tuple(offered_beside(file))))

    def _take_proof(self, file: Path) -> None:
        data, key = data_of(file), None
        proof: Proof
        if is_complete_proof(data):
            proof = read_complete(data, str(file))
            key = proof.key
        else:
            proof = read_proof(data, str(file))
        try:
            if isinstance(proof, CompleteProof):
                self.complete = complete(proof, str(file))
            elif isinstance(proof, RecordProof):
                self.record = disclosed(proof, str(file))
                key = self.record.key
        except Tampered as error:
            self.amiss = error.message
        offered = (*offered_beside(file), *([key] if key else []))
        self.items.append(_Item(str(file), proof.checkpoint, offered))
        self.proof = proof

    @property
    def is_judged_without_a_log(self) -> bool:
        """Whether there is more than one file, or something to hold the one against."""
        handed = self.handed
        others = handed.proof, handed.trust, handed.witnesses
        return any(others) or len(handed.checkpoint) > 1


def _policy(file: Path | None) -> Policy | None:
    return None if file is None else read_policy(data_of(file), str(file))


def _own_policy(own: Callable[[], str] | None) -> Policy:
    """The policy in force by the rulebook of the log that is here.

    Raises:
        Usage: no log is here, or its rulebook names none.
    """
    text = own() if own else ""
    if not text:
        lacks = "The rulebook of this log names no policy." if own else "No log is asked."
        raise Usage(lacks, hint="Name one from outside: --witnesses FILE.")
    return read_policy(text.encode(), "The policy of the rulebook")


class _Judging:
    """What comes of it, piece by piece."""

    def __init__(self, taken: _Taken, here: OfALog | None) -> None:
        self._taken = taken
        self._here = here
        self._findings: list[str] = []
        self._unchecked: list[Unchecked] = []
        self._grown = False

    def outcome(self) -> Outcome:
        """What comes of it all."""
        taken = self._taken
        judged = tuple(map(self._judged, taken.items))
        self._findings += (
            f"{each.file}: {complaint}" for each in judged for complaint in each.complaints
        )
        if isinstance(taken.proof, GrowthProof):
            self._must_grow(taken.proof)
        who = None
        if isinstance(taken.proof, CompleteProof) and taken.complete:
            who = self._attested(taken.proof, taken.complete)
        self._must_fit(judged)
        if taken.by_its_own:
            self._leave("the policy itself", _OWN_POLICY, asked=False)
        if self._here is None and not taken.is_judged_without_a_log:
            self._leave("the log", "No ledger is named, and none is here.")
        findings, unchecked = tuple(self._findings), tuple(self._unchecked)
        return Outcome(
            judged,
            taken.proof,
            taken.record,
            taken.complete,
            who,
            findings,
            unchecked,
            grown=self._grown,
        )

    def _leave(self, what: str, why: str, *, asked: bool = True) -> None:
        self._unchecked.append(Unchecked(what, why, asked))

    def _judged(self, item: _Item) -> Judged:
        taken = self._taken
        whose = taken.trust.whose(item.checkpoint, item.offered)
        if whose.unchecked:
            asked = bool(taken.handed.trust)
            self._leave(f"whose {item.file} is", whose.unchecked, asked=asked)
        of_the_proof = taken.amiss if item.file == str(taken.handed.proof) else ""
        complaints = [each for each in (of_the_proof, whose.complaint) if each]
        if self._here and (amiss := self._here.not_of(item.checkpoint)):
            against = _against(whose) if item.checkpoint.origin == self._here.origin else ""
            complaints.append(f"It is no checkpoint of this log. {amiss}{against}")
        witnessed = None
        if taken.policy:
            witnessed, lacking = self._witnessed(item, taken.policy)
            complaints += lacking
        return Judged(item.file, item.checkpoint, whose, witnessed, tuple(complaints))

    def _attested(self, proof: CompleteProof, found: Complete) -> Witnessed | None:
        """Who of a policy attests the tags of what is withheld; what rests on the log's word."""
        policy, held = self._taken.policy, dict[str, Signed]()
        if policy:
            held, amiss = _signed(policy, lambda key: attested(key, proof.derived))
            self._findings += (f"{self._taken.handed.proof}: {each}" for each in amiss)
        by = Witnessed(policy.asked, policy.witnessed(held), (*held.values(),)) if policy else None
        if found.withheld and not (by and by.enough):
            why = "That they are those of the contents rests on the word of the log"
            why += (
                ": no policy names who could attest it." if proof.attested and not policy else "."
            )
            self._leave(f"the tags of {many(found.withheld, 'withheld record')}", why, asked=False)
        if found.blinded:
            why = f"Whether one bears on {found.subject.words} nobody can tell who has no log."
            self._leave(many(found.blinded, "blinded record"), why)
        return by

    def _witnessed(self, item: _Item, policy: Policy) -> tuple[Witnessed, list[str]]:
        """Who of a policy has signed, and what is amiss with that."""
        signed, amiss = _signed(policy, lambda key: signature_of(key, item.checkpoint))
        held = {name: each for name, each in signed.items() if not each.unchecked}
        enough = policy.witnessed(held)
        if policy.quorum and not enough:
            unsure = [each for each in signed.values() if each.unchecked]
            if policy.witnessed(signed):
                what = f"the signature of {unsure[0].by.name} below {item.file}"
                self._leave(what, f"{unsure[0].unchecked}.")
            else:
                by = ", ".join(held) or "nobody"
                amiss.append(f"It is not witnessed: {policy.asked} had to sign, and {by} did.")
        return Witnessed(policy.asked, enough, tuple(held.values())), amiss

    def _must_grow(self, proof: GrowthProof) -> None:
        """Hold a proof of growth against the earlier checkpoint."""
        file, end = self._taken.handed.proof, proof.checkpoint.size
        others = self._taken.items[1:]
        earlier = [e for e in others if e.checkpoint.size < end or proof.old == end]
        if not earlier:
            why = f"Its checkpoint of #{proof.old} is to be named with --checkpoint."
            self._leave(f"from where {file} goes on", why)
        self._grown = bool(earlier)
        for each in earlier:
            try:
                proof.must_hold(each.checkpoint)
            except Tampered as error:
                self._grown = False
                self._findings.append(f"{file} does not fit {each.file}. {error.message}")

    def _must_fit(self, judged: Sequence[Judged]) -> None:
        """Hold checkpoints of one origin against each other."""
        for a, b in pairwise(sorted(judged, key=lambda each: each.checkpoint[:2])):
            one, other = a.checkpoint, b.checkpoint
            both = f"{a.file} against {b.file}"
            if one.origin != other.origin:
                self._leave(both, f"They are of two logs, {one.origin} and {other.origin}.")
            elif one.size == other.size:
                if one.root != other.root:
                    self._findings.append(_fork(a, b))
            elif self._here is None and not self._is_shown(one, other):
                self._leave(
                    both, "They are of two sizes: the log or a proof (rally prove --since) tells."
                )

    def _is_shown(self, one: Checkpoint, other: Checkpoint) -> bool:
        """Whether a proof of growth is about these two; whether it holds is told apart."""
        proof, sizes = self._taken.proof, (one.size, other.size)
        return isinstance(proof, GrowthProof) and (proof.old, proof.checkpoint.size) == sizes


def _signed(
    policy: Policy, of: Callable[[VerifierKey], Signed | None]
) -> tuple[dict[str, Signed], list[str]]:
    """The signatures of the witnesses of a policy, and those that do not hold."""
    signed, amiss = dict[str, Signed](), list[str]()
    for name, key in policy.witnesses.items():
        try:
            found = of(key)
        except LedgerError as error:
            amiss.append(error.message)
        else:
            signed |= {name: found} if found else {}
    return signed, amiss


def _against(whose: Whose) -> str:
    """What the signature of a checkpoint that does not fit is good for."""
    if whose.by is None:
        return ""
    return f" It is signed by {key_of(whose)}: with this log that is the proof of a fork."


def _fork(a: Judged, b: Judged) -> str:
    """Two checkpoints of one size with two roots, in words."""
    one, other = a.checkpoint, b.checkpoint
    said = (
        f"{a.file} and {b.file} are a fork: {one.origin} has two roots at #{one.size}, "
        f"{one.root.hex()[:16]} and {other.root.hex()[:16]}."
    )
    if a.whose.by and a.whose.by == b.whose.by:
        return f"{said} Both are signed by {key_of(a.whose)}: that is the proof against its holder."
    return f"{said} Whose both signatures are was not checked."


def key_of(whose: Whose) -> str:
    """The key that signed, in words."""
    assert whose.by
    return f"the key {whose.by.fingerprint}"


def when_signed(signed: Signed) -> str | None:
    """When a witness says that it signed; None of a log, which does not say."""
    return None if signed.at_s is None else within_the_years(signed.at_s * 1000, 0).iso()

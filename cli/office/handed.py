"""What was handed over, checkpoints and proofs, judged: does it hold, whose is it, who saw it.

Without a ledger it is held against itself and what is trusted; with one, against its log as well.
What was asked for and could not be checked is told as such, and never as if it held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from cli.office.asking import Word
from cli.office.checkpoints import data_of, read, told
from cli.office.trusting import Trust, Whose, offered_beside, trusted
from ledger.errors import LedgerError, Tampered, Usage
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.disclosed import Disclosed, disclosed
from ledger.proofs.ed25519 import PublicKey
from ledger.proofs.papers import GrowthProof, RecordProof, read_proof
from ledger.proofs.policy import Policy, read_policy
from ledger.proofs.signatures import Signed, signature_of
from ledger.times import within_the_years

NotOf = Callable[[Checkpoint], str]
"""Why a checkpoint is none of the log that is here; "" where it is one."""


class Handed(NamedTuple):
    """What was handed over, and whom who asks trusts."""

    checkpoint: Annotated[
        tuple[Path, ...], Word("Also that this checkpoint is one of the log.", "FILE")
    ] = ()
    proof: Annotated[
        Path | None, Word("Check this proof, of a record or of growth, without a ledger.", "FILE")
    ] = None
    trust: Annotated[
        tuple[str, ...], Word("A key that may have signed, from outside.", "VKEY|FINGERPRINT|FILE")
    ] = ()
    witnesses: Annotated[
        Path | None, Word("A policy: which witnesses have to have signed.", "FILE")
    ] = None


NOTHING = Handed()


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
            {"name": each.by.name, "vkey": each.by.text, "at": _when(each)}
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
    proof: RecordProof | GrowthProof | None = None
    record: Disclosed | None = None
    findings: tuple[str, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()

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
            document["growth"] = {"old": self.proof.old, **told(self.proof.checkpoint)}
        if self.record:
            document["record"] = self.record.record.as_json()
        return document


NOTHING_JUDGED = Outcome()


def judge(handed: Handed, not_of: NotOf | None = None) -> Outcome:
    """What comes of what was handed over; `not_of` holds a checkpoint against the log that is here.

    Raises:
        Unreadable: a file can't be read. Usage: nothing was handed over that could be trusted.
    """
    if not handed.checkpoint and handed.proof is None:
        if handed != NOTHING:
            raise Usage(
                "--trust and --witnesses are about a checkpoint, and none is named.",
                hint="Name it with --checkpoint FILE, or a proof with --proof FILE.",
            )
        return NOTHING_JUDGED
    return _Judging(handed, not_of).outcome()


class _Item(NamedTuple):
    """A checkpoint, the file in which it stands, and keys that lie there."""

    file: str
    checkpoint: Checkpoint
    offered: tuple[PublicKey, ...]


class _Judging:
    def __init__(self, handed: Handed, not_of: NotOf | None) -> None:
        self._handed = handed
        self._not_of = not_of
        self._policy = _policy(handed.witnesses)
        self._trust: Trust = trusted(handed.trust, self._policy.logs if self._policy else ())
        self._findings: list[str] = []
        self._unchecked: list[Unchecked] = []
        self._record: Disclosed | None = None
        self._amiss = ""
        """What does not fit in a proof of a record."""
        self._proof = self._read_proof()

    def outcome(self) -> Outcome:
        """What comes of it all."""
        items = [*self._items()]
        judged = tuple(map(self._judged, items))
        self._findings += (
            f"{each.file}: {complaint}" for each in judged for complaint in each.complaints
        )
        if isinstance(self._proof, GrowthProof):
            self._must_grow(self._proof, items)
        self._must_fit(judged)
        if self._not_of is None and not self._is_judged_otherwise():
            why = "No ledger is named, and none is here."
            self._unchecked.append(Unchecked("the log", why))
        return Outcome(
            judged, self._proof, self._record, tuple(self._findings), tuple(self._unchecked)
        )

    def _is_judged_otherwise(self) -> bool:
        """Whether more than one file is handed over, or something to hold it against."""
        handed = self._handed
        others = handed.proof, handed.trust, handed.witnesses
        return any(others) or len(handed.checkpoint) > 1

    def _read_proof(self) -> RecordProof | GrowthProof | None:
        file = self._handed.proof
        if file is None:
            return None
        proof = read_proof(data_of(file), str(file))
        if isinstance(proof, RecordProof):
            try:
                self._record = disclosed(proof, str(file))
            except LedgerError as error:
                if error.exit_code != Tampered.exit_code:
                    raise
                self._amiss = error.message
        return proof

    def _items(self) -> Iterator[_Item]:
        if self._proof is not None and self._handed.proof is not None:
            key = self._record.key if self._record else None
            offered = [*offered_beside(self._handed.proof), *([key] if key else [])]
            yield _Item(str(self._handed.proof), self._proof.checkpoint, tuple(offered))
        for file in self._handed.checkpoint:
            yield _Item(str(file), read(file), tuple(offered_beside(file)))

    def _judged(self, item: _Item) -> Judged:
        whose = self._trust.whose(item.checkpoint, item.offered)
        if whose.unchecked:
            asked = bool(self._handed.trust)
            self._unchecked.append(Unchecked(f"whose {item.file} is", whose.unchecked, asked))
        of_the_proof = self._amiss if item.file == str(self._handed.proof) else ""
        complaints = [each for each in (of_the_proof, whose.complaint) if each]
        if self._not_of and (amiss := self._not_of(item.checkpoint)):
            complaints.append(f"It is no checkpoint of this log. {amiss}{_against(whose)}")
        witnessed = None
        if self._policy:
            witnessed, lacking = self._witnessed(item, self._policy)
            complaints += lacking
        return Judged(item.file, item.checkpoint, whose, witnessed, tuple(complaints))

    def _witnessed(self, item: _Item, policy: Policy) -> tuple[Witnessed, list[str]]:
        """Who of a policy has signed, and what is amiss with that."""
        signed, amiss = dict[str, Signed](), list[str]()
        for name, key in policy.witnesses.items():
            try:
                found = signature_of(key, item.checkpoint)
            except LedgerError as error:
                amiss.append(error.message)
            else:
                signed |= {name: found} if found else {}
        held = {name: each for name, each in signed.items() if not each.unchecked}
        enough = policy.witnessed(held)
        if policy.quorum and not enough:
            unsure = [each for each in signed.values() if each.unchecked]
            if policy.witnessed(signed):
                what = f"the signature of {unsure[0].by.name} below {item.file}"
                self._unchecked.append(Unchecked(what, f"{unsure[0].unchecked}."))
            else:
                by = ", ".join(held) or "nobody"
                amiss.append(f"It is not witnessed: {policy.asked} had to sign, and {by} did.")
        return Witnessed(policy.asked, enough, tuple(held.values())), amiss

    def _must_grow(self, proof: GrowthProof, items: Sequence[_Item]) -> None:
        """Hold a proof of growth against the earlier checkpoint."""
        earlier = [
            each
            for each in items[1:]
            if each.checkpoint.size < proof.checkpoint.size or proof.old == proof.checkpoint.size
        ]
        if not earlier:
            why = f"Its checkpoint of #{proof.old} is to be named with --checkpoint."
            self._unchecked.append(Unchecked(f"from where {self._handed.proof} goes on", why))
        for each in earlier:
            try:
                proof.must_hold(each.checkpoint)
            except LedgerError as error:
                said = f"{self._handed.proof} does not fit {each.file}. {error.message}"
                self._findings.append(said)

    def _must_fit(self, judged: Sequence[Judged]) -> None:
        """Hold checkpoints of one origin against each other."""
        for a, b in pairwise(sorted(judged, key=lambda each: each.checkpoint[:2])):
            one, other = a.checkpoint, b.checkpoint
            if one.origin != other.origin:
                why = f"They are of two logs, {one.origin} and {other.origin}."
                self._unchecked.append(Unchecked(f"{a.file} against {b.file}", why))
            elif one.size == other.size:
                if one.root != other.root:
                    self._findings.append(_fork(a, b))
            elif self._not_of is None and not self._is_shown(one, other):
                why = "They are of two sizes: the log or a proof (rally prove --since) would tell."
                self._unchecked.append(Unchecked(f"{a.file} against {b.file}", why))

    def _is_shown(self, one: Checkpoint, other: Checkpoint) -> bool:
        """Whether a proof of growth is about these two; whether it holds is told apart."""
        proof = self._proof
        return isinstance(proof, GrowthProof) and (proof.old, proof.checkpoint.size) == (
            one.size,
            other.size,
        )


def _policy(file: Path | None) -> Policy | None:
    return None if file is None else read_policy(data_of(file), str(file))


def _against(whose: Whose) -> str:
    """What the signature of a checkpoint that does not fit is good for."""
    if whose.by is None:
        return ""
    return f" It is signed by {_key(whose)}: with this log that is the proof of a fork."


def _fork(a: Judged, b: Judged) -> str:
    """Two checkpoints of one size with two roots, in words."""
    one, other = a.checkpoint, b.checkpoint
    said = (
        f"{a.file} and {b.file} are a fork: {one.origin} has two roots at #{one.size}, "
        f"{one.root.hex()[:16]} and {other.root.hex()[:16]}."
    )
    if a.whose.by and a.whose.by == b.whose.by:
        return f"{said} Both are signed by {_key(a.whose)}: that is the proof against its holder."
    return f"{said} Whose both signatures are was not checked."


def _key(whose: Whose) -> str:
    assert whose.by
    return f"the key {whose.by.fingerprint}"


def _when(signed: Signed) -> str | None:
    return None if signed.at_s is None else within_the_years(signed.at_s * 1000, 0).iso()


def words_of(outcome: Outcome, *, against_a_log: bool) -> Iterable[str]:
    """What was found, in lines for people, the findings apart."""
    if outcome.record:
        record = outcome.record.record
        said = record.occurrence()
        received = record.received(said.recorded_at.offset)
        yield f"Proven: #{record.position} of {record.header.rally}. {said.words()}"
        yield (
            f"It says that {said.by or 'nobody named'} recorded it at {said.recorded_at.iso()}; "
            f"received at {received.iso()}; id {record.short_id}."
        )
    for each in outcome.judged:
        yield from _of_one(each, against_a_log=against_a_log)
    if isinstance(outcome.proof, GrowthProof) and outcome.exit_code != 3:
        new = outcome.proof.checkpoint
        yield f"The log of {new.words} begins with its first {outcome.proof.old} records."
    for unchecked in outcome.unchecked:
        if not unchecked.what.startswith("whose "):
            yield f"Not checked: {unchecked.what}. {unchecked.why}"


def _of_one(each: Judged, *, against_a_log: bool) -> Iterator[str]:
    fits = " It is one of this log." if against_a_log and not each.complaints else ""
    yield f"{each.file}: {each.checkpoint.words} of {each.checkpoint.origin}.{fits}"
    whose = each.whose
    if whose.by:
        yield f"It is signed by {_key(whose)}, which is trusted."
    elif whose.unchecked and not each.complaints:
        yield f"It is consistent in itself; whose it is was not checked. {whose.unchecked}"
    if each.witnessed:
        signed = ", ".join(f"{e.by.name} ({_when(e)})" for e in each.witnessed.cosigned)
        if each.witnessed.enough:
            yield f"It is witnessed ({each.witnessed.asked}): {signed}."
        else:
            by = f" Signed by {signed}." if signed else ""
            yield f"It is not witnessed: the policy asks for {each.witnessed.asked}.{by}"

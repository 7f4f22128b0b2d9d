"""Keys of office: which key signed for whom and when, and what each signature is worth.

All of it follows from what is on record: whose key it was, over which ids it signed, for which
office of which rally, and whether it was lost since. The term is judged by when an act was
recorded. A signature that does not hold is none: it adds nothing to an act, and takes nothing away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

from ledger.errors import LedgerError
from ledger.vocabulary import (
    ActsSigned,
    Hands,
    KeyRegistered,
    KeyReportedLost,
    KeyRevoked,
    Occurrence,
    canonical,
    occurrence_id,
)
from ledger.vocabulary.keys import DEVICE, ORGANISER, SITE, KeyEnded

State = Literal[
    "valid", "out-of-term", "revoked", "not-proven-before-loss", "wrong-office", "bad", "unchecked"
]
"""What a signature is worth; `unchecked` is by a key of which nothing on record tells."""
VALID: State = "valid"
UNSIGNED, NOT_COUNTERSIGNED = "unsigned", "not countersigned"
"""How an act is told of that has no effect for want of any signature, or of a second one."""
UNPROVEN: State = "not-proven-before-loss"
_FROM_THE_BEST: tuple[State, ...] = (
    VALID,
    UNPROVEN,
    "revoked",
    "out-of-term",
    "wrong-office",
    "unchecked",
    "bad",
)
WORDS: Mapping[State, str] = {
    "valid": "signed",
    "out-of-term": "signed with a key out of its term",
    "revoked": "signed with a key that was revoked or lost by then",
    "not-proven-before-loss": "signed with a key that was lost later: not proven before the loss",
    "wrong-office": "signed with a key of another office",
    "unchecked": "signed with a key that is not on record",
    "bad": "signed with a signature that does not hold",
}
KEYS: tuple[type[Occurrence], ...] = (KeyRegistered, KeyRevoked, KeyReportedLost)
"""What says whose keys there are."""
Proven = Callable[[str, int], bool]
"""Whether a record is proven to have been there before an instant (UTC ms)."""
_REMEMBERED = 1 << 15


def nothing_is_proven(_identity: str, _before_ms: int) -> bool:
    """Where no proofs are kept."""
    return False


@lru_cache(_REMEMBERED)
def namespace_signed(signature: str, key: str, targets: tuple[str, ...]) -> str:
    """For what a key signed these ids; "" where the signature does not hold.

    Each is checked once: what holds is so for good.
    """
    from ledger.proofs.spelling import bytes_of
    from ledger.proofs.sshsig import read_signature, signed_over

    try:
        found = read_signature(bytes_of(signature, "The signature"))
        if found.key.fingerprint != key or not found.verifies(signed_over(targets)):
            return ""
    except LedgerError:
        return ""
    return found.namespace


@lru_cache(_REMEMBERED)
def _namespace(signs_for: str, rally: str) -> str:
    from ledger.proofs.sshsig import namespace_of

    return namespace_of(signs_for, rally)


class Holding(NamedTuple):
    """A key in its term: for what it signs, from when and until when (UTC ms), and whose it is.

    `by` is the record that says so.
    """

    signs_for: str
    from_ms: int
    until_ms: int | None
    holder: str
    by: str

    def holds(self, ms: int) -> bool:
        """Whether what was recorded at an instant is in its term."""
        return self.from_ms <= ms and (self.until_ms is None or ms < self.until_ms)


def signers_of(said: Occurrence | Hands) -> frozenset[str]:
    """Who signs an act: its office, or the site or the device that it comes from."""
    site = [f"{SITE}{said.site}"] if said.site else []
    device = [f"{DEVICE}{said.source.name}"] if said.source.name else []
    return frozenset([*([said.role] if said.role else []), *site, *device])


class SignedBy(msgspec.Struct, frozen=True):
    """A signature as programs read it: with which key, for which office, and its worth."""

    key: str
    office: str
    state: State


def in_short(found: Iterable[SignedBy | Signature]) -> str:
    """By which offices something is signed, or what its best signature is: "signed as stewards"."""
    several = [*found]
    best = min((each.state for each in several), key=_FROM_THE_BEST.index, default=None)
    if best is None:
        return ""
    offices = ", ".join(dict.fromkeys(e.office for e in several if e.state == best and e.office))
    return f"{WORDS[best]}{f' as {offices}' if offices else ''}"


class Signature(NamedTuple):
    """A signature over an act: with which key, for which office, by whose hand, and its worth.

    `office` and `holder` are as they are registered; `id` is the record of the signature.
    """

    id: str
    key: str
    office: str
    holder: str
    state: State

    @property
    def told(self) -> SignedBy:
        """It as programs read it; whose hand it was may be a private value."""
        return SignedBy(self.key, self.office, self.state)

    def words(self) -> str:
        """It in words: "signed as stewards by Ann Lee with SHA256:…"."""
        who = f" by {self.holder}" if self.holder else ""
        office = f" as {self.office}" if self.office else ""
        return f"{WORDS[self.state]}{office}{who}, {self.key}"


class SupposedSigned(ActsSigned, frozen=True, kw_only=True, tag=ActsSigned.type_name()):
    """A signature of an office that is only supposed, to show what an act does once it is signed.

    No bytes are ever read as one: what a log holds is a signature that holds, or none.
    """


def supposed_signature(said: Occurrence) -> SupposedSigned:
    """That an act was signed as what takes it."""
    ids = (occurrence_id(canonical(said)),)
    return SupposedSigned(
        rally=said.rally,
        recorded_at=said.recorded_at,
        role=said.role,
        targets=ids,
        key=f"SHA256:{'A' * 43}",
        signature="AAAA",
    )


class Keyring:
    """The keys on record, and what was lost of them."""

    def __init__(
        self,
        rally: str = "",
        registered: Iterable[tuple[str, KeyRegistered]] = (),
        ended: Iterable[KeyEnded] = (),
        lost: Mapping[str, int] | None = None,
    ) -> None:
        self.rally = rally
        self.keys: dict[str, list[Holding]] = {}
        self.lost: dict[str, int] = {**(lost or {})}
        """Since when a key signs for nobody (UTC ms); `lost` are those that are known already."""
        said = [*registered]
        for identity, each in said:
            from_ms = (each.from_at or each.recorded_at).ms
            ends = [
                (other.from_at or other.recorded_at).ms
                for _, other in said
                if other.replaces == each.fingerprint and other.signs_for == each.signs_for
            ]
            if each.until_at is not None:
                ends.append(each.until_at.ms)
            until_ms = min(ends, default=None)
            holding = Holding(each.signs_for, from_ms, until_ms, each.holder, identity)
            self.keys.setdefault(each.fingerprint, []).append(holding)
        for end in ended if lost is None else ():
            since = self.lost.get(end.fingerprint, end.since_ms)
            self.lost[end.fingerprint] = min(since, end.since_ms)

    def terms(self) -> Iterator[tuple[str, Holding]]:
        """Each key with each of its terms, which end where it was lost."""
        for key, held in self.keys.items():
            lost = self.lost.get(key)
            for each in held:
                ends = [end for end in (each.until_ms, lost) if end is not None]
                yield key, each._replace(until_ms=min(ends, default=None))

    @property
    def steps(self) -> set[int]:
        """When a signature may begin or cease to be worth something, by when an act is recorded."""
        terms = [each for held in self.keys.values() for each in held]
        ends = {each.until_ms for each in terms if each.until_ms is not None}
        return {each.from_ms for each in terms} | ends | {*self.lost.values()}

    def signature(
        self,
        identity: str,
        said: ActsSigned,
        act: Occurrence,
        proven: Proven,
        offices: frozenset[str] | None,
    ) -> Signature:
        """What a signature over an act is worth, as one of these; None is whatever it is of."""
        if isinstance(said, SupposedSigned):
            state: State = VALID if offices is None or said.role in offices else "wrong-office"
            return Signature(identity, said.key, said.role, "", state)
        for_what = namespace_signed(said.signature, said.key, said.targets)
        return self.judged(identity, said.key, for_what, act, proven, offices)

    def judged(
        self,
        identity: str,
        key: str,
        for_what: str,
        act: Occurrence,
        proven: Proven,
        offices: frozenset[str] | None,
    ) -> Signature:
        """The same of a signature of which is known for what it was made; "" is one that is bad."""
        known = self.keys.get(key, [])
        if not for_what or not known:
            return Signature(identity, key, "", "", "unchecked" if for_what else "bad")
        meant = [e for e in known if _namespace(e.signs_for, self.rally) == for_what]
        if not meant:
            first = known[0]
            return Signature(identity, key, first.signs_for, first.holder, "wrong-office")
        state, held = self._best(key, meant, act, offices, identity, proven)
        return Signature(identity, key, held.signs_for, held.holder, state)

    def would(self, key: str, act: Occurrence, offices: frozenset[str]) -> State:
        """What a signature over an act would be worth that is made with a key now."""
        known = self.keys.get(key, [])
        if not known:
            return "unchecked"
        return self._best(key, known, act, offices, "", nothing_is_proven)[0]

    def _best(
        self,
        key: str,
        known: Sequence[Holding],
        act: Occurrence,
        offices: frozenset[str] | None,
        identity: str,
        proven: Proven,
    ) -> tuple[State, Holding]:
        judged = ((self._state(key, each, act, offices, identity, proven), each) for each in known)
        return min(judged, key=lambda each: _FROM_THE_BEST.index(each[0]))

    def _state(
        self,
        key: str,
        held: Holding,
        act: Occurrence,
        offices: frozenset[str] | None,
        identity: str,
        proven: Proven,
    ) -> State:
        at_ms = act.recorded_at.ms
        if offices is not None and held.signs_for not in offices:
            return "wrong-office"
        if not held.holds(at_ms):
            return "out-of-term"
        if (lost := self.lost.get(key)) is not None:
            if at_ms >= lost:
                return "revoked"
            if not proven(identity, lost):
                return UNPROVEN
        return VALID


def by_target(
    told: Mapping[str, Occurrence], over: Set[str]
) -> dict[str, list[tuple[str, ActsSigned]]]:
    """The signatures over each of these records, by its id, each with its own."""
    found: dict[str, list[tuple[str, ActsSigned]]] = {}
    for identity, said in told.items():
        if isinstance(said, ActsSigned):  # of a batch it may sign many that nobody asks for
            for each in over & {*said.targets}:
                found.setdefault(each, []).append((identity, said))
    return found


def root_of(
    registered: Iterable[tuple[str, KeyRegistered]],
    signatures: Mapping[str, Sequence[tuple[str, ActsSigned]]],
) -> str:
    """The first key of a rally: the organiser's, which signed itself. Its record; "" without one.

    Of several it is the one that was recorded first.
    """
    signed = (
        (said.recorded_at.ms, identity)
        for identity, said in registered
        if said.office == ORGANISER
        and any(
            each.key == said.fingerprint
            and namespace_signed(each.signature, each.key, each.targets)
            == _namespace(ORGANISER, said.rally)
            for _, each in signatures.get(identity, ())
        )
    )
    return min(signed, default=(0, ""))[1]

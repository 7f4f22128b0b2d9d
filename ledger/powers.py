"""Who could take which act: judged from what is on record alone, so that every copy agrees.

An act counts where the office in which it was taken may take it, where the person held that office
when it was recorded (if anybody did: else the office is taken on trust), and where the site at
which it was recorded is not limited to other offices. Otherwise it has no effect, unless somebody
who may adopts it. What is typed is refused by the same rules, so what was not refused counts.

Observations and reports count whoever made them, and so does what the results office delivers from
a declared source: that is a report of an act which somebody else took. A record that names no
office is nobody's act, and has none where the rally was founded in one.

Offices are held by the clock: the appointments recorded by then say who acts. Of appointments in
the same millisecond as an act, none stands against it.

Where an organiser registered a key, what the rules ask to be signed (`ledger.wanted`) counts only
with a signature that holds (`ledger.keyring`), and so does, whatever they ask, what says whose keys
there are, and what amends those rules. An amendment is asked for as what it amends is. A signature
may come later, and whoever brings it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from ledger.amendments import settle
from ledger.authority import AMENDING, MAY_RECORD, Refusal, delivered, must_be_allowed, refused_to
from ledger.errors import Refused
from ledger.grouping import grouped
from ledger.keyring import (
    KEYS,
    NOT_COUNTERSIGNED,
    UNPROVEN,
    UNSIGNED,
    VALID,
    WORDS,
    Keyring,
    Signature,
    by_target,
    nothing_is_proven,
    root_of,
    signers_of,
)
from ledger.vocabulary import (
    TYPES,
    ActAdopted,
    ActsSigned,
    DocumentDrawnUp,
    KeyRegistered,
    Occurrence,
    OfficialAppointed,
    OfficialReplaced,
    ProofKept,
    RallyConstituted,
    SiteLimited,
    Voided,
)
from ledger.vocabulary.keys import ORGANISER, KeyEnded
from ledger.vocabulary.proofs import PAPERS
from ledger.wanted import COUNTERSIGNED, RULES, WANTED, Asked, Wanted, is_of_signatures

ACTS: frozenset[type[Occurrence]] = frozenset(
    kind for kind in TYPES.values() if kind.nature == "act" or kind.is_act is not Occurrence.is_act
)
"""What is an act, or may be one: then it needs somebody who may take it."""
OFFICIAL: tuple[type[Occurrence], ...] = (OfficialAppointed, OfficialReplaced, SiteLimited, *KEYS)
"""What says who may act, where, and whose keys there are."""
PROOFS: tuple[type[Occurrence], ...] = (ProofKept, *PAPERS)
"""What shows that a record was there by some time."""
WHO_MAY: tuple[type[Occurrence], ...] = (RallyConstituted, *OFFICIAL, *RULES, ActsSigned, *PROOFS)
"""What tells who may act, what is signed by whom, and what was there by when."""
SAID_OF_OFFICIALS: tuple[type[Occurrence], ...] = (RallyConstituted, *OFFICIAL, *RULES)
"""The same without signatures and proofs: these are looked up for the acts that are at hand."""
BEARING: tuple[type[Occurrence], ...] = (*WHO_MAY, *AMENDING)
"""What tells whether an act counts, beside the act."""


def with_bearing(*kinds: type[Occurrence]) -> list[str]:
    """The names of these types and of those that tell what of them counts: to read them."""
    return [each.type_name() for each in dict.fromkeys((*kinds, *BEARING))]


Holders = dict[str, frozenset[str]]
Limits = dict[str, frozenset[str]]
_NOBODY: frozenset[str] = frozenset()


class _Term(NamedTuple):
    """Who held offices from a moment on (UTC ms), and who may have at that very moment.

    `held` are the offices that somebody held just before: any other is open to all at that moment.
    """

    since: int
    holders: Holders
    then: Holders
    held: frozenset[str]


class Powers:
    """Who held which office when, and to which offices sites are limited.

    Of all that is told it looks at `acts`, where those are known already.
    """

    def __init__(
        self, told: Mapping[str, Occurrence], acts: Mapping[str, Occurrence] | None = None
    ) -> None:
        self._told = told
        self._acts = acts_among(told) if acts is None else acts
        self._roots: dict[str, str] = {}
        self._in_offices = any(
            type(each) is RallyConstituted and each.role for each in self._acts.values()
        )
        registered = [(i, e) for i, e in self._acts.items() if isinstance(e, KeyRegistered)]
        self.keyed = bool(registered)
        """Whether any key of office is on record."""
        self._signatures = by_target(told, told.keys()) if registered else {}
        self.root = root_of(registered, self._signatures)
        """The record of the organiser's key, of which all others come; "" where there is none."""
        official = {i: each for i, each in self._acts.items() if self._is_official(each)}
        self.limits: Limits = {}
        self.keys = Keyring()
        self.asked = Asked()
        self._terms: list[_Term] = []
        self._starts: list[int] = []
        self._counting = set[tuple[object, ...]]()
        self._judged: dict[str, Refusal | None] = {}
        """Of what says who may act, why it is refused itself."""
        if official:
            self._learn_once(official)

    def _is_official(self, said: Occurrence) -> bool:
        about = said if not isinstance(said, AMENDING) else self.original(said)
        return isinstance(about, OFFICIAL) or (
            bool(self.root) and about is not None and is_of_signatures(about)
        )

    def original(self, amending: Occurrence) -> Occurrence | None:
        """What an amendment or an adoption is about in the end; None where it is not told."""
        return self._told.get(self._root(amending))

    def _root(self, said: Occurrence) -> str:
        """The id of what an amendment is about in the end, where that is told, else ""."""
        if not isinstance(said, AMENDING):
            return ""
        path: list[str] = []
        at = str(getattr(said, "target", ""))
        while at not in self._roots:
            path.append(at)
            named = self._told.get(at)
            if not isinstance(named, AMENDING):
                self._roots[at] = at if named else ""
                break
            at = str(getattr(named, "target", ""))
        root = self._roots[at]
        self._roots.update(dict.fromkeys(path, root))
        return root

    # -- who held which office -------------------------------------------------------------------

    def _over(self, identity: str) -> list[tuple[str, type[ActsSigned]]]:
        """The signatures over a record: their ids, and whether they are only supposed."""
        return [(i, type(each)) for i, each in self._signatures.get(identity, ())]

    def _learn_once(self, official: Mapping[str, Occurrence]) -> None:
        """Take in what says who may act, or remember what came of the same.

        It is the same from act to act, and an id says all that is in a record: what comes of it
        follows from what is said, which signatures are over that, and what proves those.
        """
        over = {signature for each in official for signature in self._over(each)}
        papers = [i for i, each in self._told.items() if isinstance(each, PROOFS)] if over else []
        same = frozenset(official), frozenset(over), frozenset(papers), self._in_offices
        if (learnt := LEARNT.get(same)) is None:
            self._learn(official)
            learnt = _Learnt(
                self._terms, self._starts, self._judged, self.limits, self.keys, self.asked, set()
            )
            if len(LEARNT) >= _REMEMBERED:
                LEARNT.clear()
            LEARNT[same] = learnt
        self._terms, self._starts, self._judged, self.limits, self.keys, self.asked = learnt[:-1]
        self._counting = learnt.counting

    def _learn(self, official: Mapping[str, Occurrence]) -> None:
        """Take in, in the order of recording, what says who may act.

        Of some of it holds for all that was recorded, also before: since when a key is lost, what
        term it has, what the rules ask, to which offices a site is limited. Each is found by what
        held when it was said, one after the other, and stands fixed while the rest is found anew.
        """
        fixed = _Fixed()
        if self.root:
            walk = self._walk(fixed, official)
            if walk.keys.lost:
                fixed = self._fixed(fixed._replace(lost=walk.keys.lost), (KeyEnded,), official)
                walk = self._walk(fixed, official)
            fixed = self._fixed(fixed._replace(keys=walk.keys), KEYS, official)
            walk = self._walk(fixed, official)
            fixed = self._fixed(fixed._replace(asked=walk.asked), RULES, official)
        walk = self._walk(fixed, official)
        if walk.limits:
            fixed = self._fixed(fixed._replace(limits=walk.limits), (SiteLimited,), official)
            self._walk(fixed, official)

    def _fixed(
        self, found: _Fixed, kinds: tuple[type[Occurrence], ...], official: Mapping[str, Occurrence]
    ) -> _Fixed:
        """What is fixed, with how what says so was judged in the last walk."""
        judged = {
            identity: self._judged[identity]
            for identity, said in official.items()
            if isinstance(self.original(said) if isinstance(said, AMENDING) else said, kinds)
        }
        return found._replace(judged={**found.judged, **judged})

    def _walk(self, fixed: _Fixed, official: Mapping[str, Occurrence]) -> _Walk:
        walk = _Walk(self, official, fixed)
        by_time: dict[int, list[str]] = defaultdict(list)
        for identity in sorted(official):
            by_time[official[identity].recorded_at.ms].append(identity)
        self._terms = [walk.take(since, by_time[since]) for since in sorted(by_time)]
        self._starts = [each.since for each in self._terms]
        self._judged = {each: walk.refused.get(each) for each in official}
        self.limits, self.keys, self.asked = walk.limits, walk.keys, walk.asked
        return walk

    @property
    def appoints(self) -> bool:
        """Whether anybody was ever appointed."""
        return any(each.then for each in self._terms)

    def holders(self, office: str, at_ms: int) -> frozenset[str]:
        """Who held an office at a moment (UTC ms), as far as was said by then."""
        at = bisect_left(self._starts, at_ms + 1) - 1
        return self._terms[at].holders.get(office, _NOBODY) if at >= 0 else _NOBODY

    def holds(self, office: str, by: str, at_ms: int) -> bool:
        """Whether somebody could act in an office at a moment: he held it, or nobody did."""
        at = bisect_left(self._starts, at_ms)
        if at < len(self._terms) and self._starts[at] == at_ms:
            term = self._terms[at]
            return office not in term.held or by in term.then.get(office, _NOBODY)
        held = self._terms[at - 1].holders.get(office, _NOBODY) if at else _NOBODY
        return not held or by in held

    def held(self, office: str, by: str, first_ms: int, last_ms: int) -> bool:
        """Whether somebody could act in an office at every moment from one to another (UTC ms)."""
        between = (each for each in self._starts if first_ms <= each <= last_ms)
        moments = {first_ms, last_ms, *(at for each in between for at in (each, each + 1))}
        return all(self.holds(office, by, each) for each in moments if each <= last_ms)

    # -- what is refused -------------------------------------------------------------------------

    def refusal(self, identity: str, said: Occurrence) -> Refusal | None:
        """Why an act has no effect by itself; None where it has, and of what is no act."""
        if not said.is_act:
            return None
        # By the same that is said of officials, and the same that it is about and that signs it, an
        # act was looked at with the same outcome.
        rests_on = identity, self._root(said), *self._over(identity)
        if rests_on in self._counting:
            return None
        why = self.refusal_by(identity, said, self.holds, self.limits, self.keys, self.asked)
        if why is None and len(self._counting) < _ACTS:
            self._counting.add(rests_on)
        return why

    def refusal_by(
        self,
        identity: str,
        said: Occurrence,
        holds: Callable[[str, str, int], bool],
        limits: Limits,
        keys: Keyring,
        asked: Asked,
    ) -> Refusal | None:
        """The same, by who holds offices, what limits and keys there are, and what is asked."""
        why = self._refused_by_office(said, holds, limits)
        if why is not None or not self.root:
            return why
        return self._unsigned(identity, said, keys, asked)

    def _refused_by_office(
        self, said: Occurrence, holds: Callable[[str, str, int], bool], limits: Limits
    ) -> Refusal | None:
        limit = limits.get(said.site)
        original = self.original(said) if isinstance(said, AMENDING) else None
        if limit is not None and said.role not in limit:
            return Refusal(_limited(said, said.site), _who_may(original or said))
        if delivered(said):
            return None
        if not said.role:
            who = Refusal("It names no office in which it was done.", _who_may(original or said))
            return who if self._in_offices else None
        amended = self._told.get(str(getattr(said, "target", ""))) if original else None
        if (refused := refused_to(said, original, amended)) is not None:
            return refused
        if not holds(said.role, said.by, said.recorded_at.ms):
            held = self.holders(said.role, said.recorded_at.ms)
            return Refusal(_not_appointed(said), ", ".join(sorted(held)))
        return None

    # -- what is signed --------------------------------------------------------------------------

    def signatures(self, identity: str) -> list[Signature]:
        """The signatures over a record, each with its worth: as one of those who are to sign it."""
        said = self._told.get(identity)
        if said is None or identity not in self._signatures:
            return []
        if isinstance(said, DocumentDrawnUp):  # whoever signs it does so in his own office
            return self._signatures_of(identity, said, self.keys, self.asked, None)
        about = self._about(said)
        second = self.asked.at(said.recorded_at.ms).second(said, about)
        signers = signers_of(said) | self._signers(said, about) | second
        return self._signatures_of(identity, said, self.keys, self.asked, signers)

    def told(self, identity: str) -> Occurrence | None:
        """What was recorded under an id; None where it is not told."""
        return self._told.get(identity)

    def _signatures_of(
        self,
        identity: str,
        said: Occurrence,
        keys: Keyring,
        asked: Asked,
        offices: frozenset[str] | None,
    ) -> list[Signature]:
        def proven(signature: str, before_ms: int) -> bool:
            return self._is_proven(signature, before_ms, asked.at(before_ms))

        found = self._signatures.get(identity, ())
        return [keys.signature(i, each, said, proven, offices) for i, each in found]

    def _is_proven(self, signature: str, before_ms: int, by: Wanted) -> bool:
        """Whether a signature is proven to have been there before an instant, by whom rules name.

        An act that was there unsigned may have been signed by whoever found the key.
        """
        if not (by.policy or by.authorities) or signature not in self._proofs:
            return False
        from ledger.proofs.proven import proven_by

        shown = (
            proven_by(each, by.policy, self._papers, by.authorities)
            for each in self._proofs[signature]
        )
        return any(at is not None and at < before_ms for at in shown)

    @cached_property
    def _proofs(self) -> Mapping[str, list[ProofKept]]:
        kept = (each for each in self._told.values() if isinstance(each, ProofKept))
        return grouped((each.target, each) for each in kept)

    @cached_property
    def _papers(self) -> list[Occurrence]:
        return [each for each in self._told.values() if isinstance(each, PAPERS)]

    def is_signed(self, identity: str, said: Occurrence, keys: Keyring) -> bool:
        """Whether a record is signed with a key that may, by the keys that there are."""
        signers = self._signers(said, self._about(said)) | {ORGANISER}
        found = self._signatures_of(identity, said, keys, Asked(), signers)
        return any(each.state == VALID for each in found)

    def _about(self, said: Occurrence) -> Occurrence:
        """What an act amends in the end, where that is told; else itself."""
        return (self.original(said) if isinstance(said, AMENDING) else None) or said

    def _signers(self, said: Occurrence, about: Occurrence) -> frozenset[str]:
        """Who signs an act so that it counts: its office alone, whose hand no laptop can lend it.

        What is delivered is signed by the source or the site as well, what says whose keys there
        are by any office that may say so. `about` is what it amends, or itself.
        """
        if isinstance(about, KEYS):
            return frozenset({ORGANISER}) | MAY_RECORD[about.type_name()]
        if said.role and not delivered(said):
            return frozenset({said.role})
        return signers_of(said)

    def _unsigned(
        self, identity: str, said: Occurrence, keys: Keyring, asked: Asked
    ) -> Refusal | None:
        """Why an act has no effect that is to be signed: by nobody, or by none that holds."""
        if identity == self.root:
            return None

        def of(offices: frozenset[str]) -> list[Signature]:
            return self._signatures_of(identity, said, keys, asked, offices)

        return self._lacking(said, self._about(said), asked, of)

    def is_signed_enough(
        self, said: Occurrence, about: Occurrence, made: Iterable[tuple[str, str]]
    ) -> bool:
        """Whether an act lacks no signature, of which is known with which keys, and for what.

        `about` is what it amends in the end, or itself. It is no act that says who may act, and
        nothing is proven to have been there by some time.
        """
        signatures = [*made]

        def of(offices: frozenset[str]) -> list[Signature]:
            judged = self.keys.judged
            return [judged("", *each, said, nothing_is_proven, offices) for each in signatures]

        return not self.root or self._lacking(said, about, self.asked, of) is None

    @cached_property
    def steps(self) -> list[int]:
        """When what is asked to be signed may change, and by which keys (UTC ms)."""
        return sorted(self.keys.steps | self.asked.steps)

    def _lacking(
        self,
        said: Occurrence,
        about: Occurrence,
        asked: Asked,
        signatures: Callable[[frozenset[str]], list[Signature]],
    ) -> Refusal | None:
        """What an act lacks that is to be signed; `signatures` are those of some offices."""
        itself, wanted = _is_always_signed(said, about), asked.at(said.recorded_at.ms)
        if not (itself or wanted.signed(said, about)):
            return None
        enough = {VALID, UNPROVEN} if wanted.with_reserve and not itself else {VALID}
        signers = self._signers(said, about)
        found = signatures(signers)
        good = [each for each in found if each.state in enough]
        if not good:
            by = ", ".join(sorted(signers))
            worth = {each.state for each in found}
            how = next((WORDS[state] for state in WORDS if state in worth), "")
            asks = _why_always(about) if itself else f"the rules ask for it ({WANTED})"
            why = f"It is {how or 'not signed'}, and {asks}: with a key of {by}."
            return Refusal(why, _who_may(about), how or UNSIGNED)
        for office in sorted(wanted.second(said, about)):
            second = signatures(frozenset({office}))
            if not any(
                _another(one, each) for each in second if each.state in enough for one in good
            ):
                return Refusal(
                    f"It is not countersigned by a second person as {office}, and the rules ask "
                    f"for it ({COUNTERSIGNED}).",
                    _who_may(about),
                    NOT_COUNTERSIGNED,
                )
        return None

    def must_be_signed(self, said: Occurrence, key: str) -> None:
        """Refuse what is to be signed, where no key is at hand that may: it would have no effect.

        `key` is the fingerprint of the key that will sign it; "" where there is none.

        Raises:
            Refused: with what to do.
        """
        about, wanted = self._about(said), self.asked.at(said.recorded_at.ms)
        if not self.root or not (_is_always_signed(said, about) or wanted.signed(said, about)):
            return
        signers = self._signers(said, about)
        state = self.keys.would(key, said, signers) if key else None
        if state not in (VALID, UNPROVEN):
            how = "not signed" if state is None else WORDS[state]
            raise Refused(
                f"It would be {how}, and so without effect.",
                hint=f"Sign it with a key of {', '.join(sorted(signers))}: RALLY_KEY=FILE, or "
                "`agent`. `rally key list` tells whose keys there are.",
            )

    def must_hold(
        self,
        said: Occurrence,
        site: str = "",
        original: Occurrence | None = None,
        amended: Occurrence | None = None,
        key: str = "",
    ) -> None:
        """Refuse what an office, a person or a site may not do, whatever it is.

        `key` is the fingerprint of the key that will sign it, if one will.

        Raises:
            Refused: with the offices that may, or the persons who hold it.
        """
        must_be_allowed(said, original, amended)
        self.must_be_signed(said, key)
        at_ms = said.recorded_at.ms
        if not self.holds(said.role, said.by, at_ms):
            held = ", ".join(sorted(self.holders(said.role, at_ms)))
            raise Refused(_not_appointed(said), hint=f"Appointed: {held}.")
        limit = self.limits.get(site)
        if limit is not None and said.role not in limit and said.is_act:
            offices = ", ".join(sorted(limit)) or "none"
            raise Refused(_limited(said, site), hint=f"Offices that may act there: {offices}.")

    @cached_property
    def _refused(self) -> dict[str, Refusal]:
        """The acts that have no effect by themselves, by id, each with why."""
        refused: dict[str, Refusal] = {}
        passed = set[tuple[type[Occurrence], str]]()
        for identity, said in self._acts.items():
            # Where nothing is said of officials, one look at each kind of act and office will do.
            kind = type(said), said.role
            if kind in passed and not self._terms:
                continue
            why = (
                self._judged[identity] if identity in self._judged else self.refusal(identity, said)
            )
            if why is not None:
                refused[identity] = why
            elif said.role and not isinstance(said, AMENDING) and not delivered(said):
                passed.add(kind)
        return refused

    @cached_property
    def idle(self) -> dict[str, Refusal]:
        """The acts that have no effect, by id, each with why: those that nobody adopted."""
        return self.idle_by(None)

    def idle_by(self, instant: int | None) -> dict[str, Refusal]:
        """The same as adoptions were decided by an instant (UTC ms); None is whenever."""
        refused = self._refused
        if not refused or not any(type(each) is ActAdopted for each in self._acts.values()):
            return refused
        told = {
            identity: said
            for identity, said in self._acts.items()
            if instant is None or type(said) is not ActAdopted or (said.instant or 0) <= instant
        }
        left = not_adopted(refused, told)
        return {identity: why for identity, why in refused.items() if identity in left}


class _Learnt(NamedTuple):
    """What came of all that is said of officials, sites, keys and rules on signatures."""

    terms: list[_Term]
    starts: list[int]
    judged: dict[str, Refusal | None]
    limits: Limits
    keys: Keyring
    asked: Asked
    counting: set[tuple[object, ...]]
    """The acts that are refused by none of this, each with what it is about and what signs it."""


_ACTS = 1 << 14
"""Of so many acts it is remembered at most."""
_REMEMBERED = 1 << 6
LEARNT: dict[tuple[object, ...], _Learnt] = {}
"""What was learnt, by all that it follows from: nothing of it can be out of date."""


class _Fixed(NamedTuple):
    """What was found already of what holds for all that was recorded; None of what was not.

    `judged` are the acts that say so, each with why it is refused.
    """

    lost: Mapping[str, int] | None = None
    keys: Keyring | None = None
    asked: Asked | None = None
    limits: Limits | None = None
    judged: Mapping[str, Refusal | None] = MappingProxyType({})


class _Walk:
    """What was said of officials, sites and keys up to a moment, and who may act by it."""

    def __init__(self, powers: Powers, official: Mapping[str, Occurrence], fixed: _Fixed) -> None:
        self._powers = powers
        self._official = official
        self._fixed = fixed
        self._taken: dict[str, Occurrence] = {}
        self.refused: dict[str, Refusal] = {}
        self._amended = False
        self._holders: Holders = {}
        self.limits: Limits = fixed.limits or {}
        self._of_keys: dict[str, Occurrence] = {}
        """What stands of what is said of keys and of signatures."""
        self.keys = fixed.keys or Keyring()
        self.asked = fixed.asked or Asked()

    def take(self, since: int, ids: Sequence[str]) -> _Term:
        """Take in what was recorded at a moment."""
        before, named = self._holders, defaultdict[str, set[str]](set)
        pending = list(ids)

        def holds(office: str, by: str, _: int) -> bool:
            held = before.get(office, _NOBODY)
            return not held or by in held or by in named[office]

        # Whoever is appointed at the same moment may act in the office: nothing says who was first.
        # A key that is registered at that moment may sign at it, too.
        while accepted := {each for each in pending if self._refusal(each, holds) is None}:
            pending = [each for each in pending if each not in accepted]
            for each in accepted:
                for office, name in _appointed(self._official[each]):
                    named[office].add(name)
            self._stands({each: self._official[each] for each in accepted})
        for each in pending:
            if (why := self._refusal(each, holds)) is not None:
                self.refused[each] = why
        new = {each: self._official[each] for each in ids}
        self._taken |= new
        self._amended |= any(isinstance(each, AMENDING) for each in new.values())
        if self._amended:
            left = not_adopted(self.refused, self._taken)
            idle = {each: why for each, why in self.refused.items() if each in left}
            standing = {each.id: each.value for each in settle(self._taken, idle=idle).standing}
            counts = [*standing.values()]
            self._holders, limits = _in_order(counts, {}, {})
            self._of_keys = {}
            self._stands(standing)
        else:
            counts = [said for identity, said in new.items() if identity not in self.refused]
            self._holders, limits = _in_order(counts, before, self.limits)
        self.limits = limits if self._fixed.limits is None else self._fixed.limits
        then = {
            office: before.get(office, _NOBODY) | named[office] | self._holders.get(office, _NOBODY)
            for office in {*before, *named, *self._holders}
        }
        held = frozenset(office for office, persons in before.items() if persons)
        return _Term(since, self._holders, then, held)

    def _stands(self, said: Mapping[str, Occurrence]) -> None:
        """Take in what stands of keys and signatures."""
        root, fixed = self._powers.root, self._fixed
        of_keys = {i: e for i, e in said.items() if isinstance(e, KEYS) or is_of_signatures(e)}
        if not root or not of_keys:
            return
        self._of_keys |= of_keys
        now = self._of_keys.items()
        if fixed.keys is None:
            registered = [(i, each) for i, each in now if isinstance(each, KeyRegistered)]
            ended = [each for _, each in now if isinstance(each, KeyEnded)]
            self.keys = Keyring(self._official[root].rally, registered, ended, fixed.lost)
        if fixed.asked is None:
            rules = ((i, each) for i, each in now if is_of_signatures(each))
            self.asked = Asked((each, self._is_signed(i, each)) for i, each in rules)

    def _is_signed(self, identity: str, rules: Occurrence) -> bool:
        return self._powers.is_signed(identity, rules, self.keys)

    def _refusal(self, identity: str, holds: Callable[[str, str, int], bool]) -> Refusal | None:
        if identity in self._fixed.judged:
            return self._fixed.judged[identity]
        return self._powers.refusal_by(
            identity, self._official[identity], holds, self.limits, self.keys, self.asked
        )


def _is_always_signed(said: Occurrence, about: Occurrence) -> bool:
    """Whether an act is signed whatever the rules ask; `about` is what it amends, or itself.

    So is what says whose keys there are, and what would take back what the rules ask.
    """
    return isinstance(about, KEYS) or (said is not about and is_of_signatures(about))


def _why_always(about: Occurrence) -> str:
    says = "says so" if isinstance(about, KEYS) else "amends those rules"
    return f"what {says} is signed"


def _another(one: Signature, other: Signature) -> bool:
    """Whether two signatures are of two persons, as far as can be told."""
    return one.key != other.key and not (one.holder and one.holder == other.holder)


def _appointed(said: Occurrence) -> Iterable[tuple[str, str]]:
    """Who gets an office by an occurrence."""
    if isinstance(said, OfficialAppointed):
        yield said.office, said.official
    elif isinstance(said, OfficialReplaced) and said.successor:
        yield said.office, said.successor


def _in_order(
    counts: Iterable[Occurrence], holders: Holders, limits: Limits
) -> tuple[Holders, Limits]:
    """Who holds offices and what limits there are after these, in the order of recording."""
    holders, limits = dict(holders), dict(limits)
    for said in sorted(counts, key=_recorded):
        if isinstance(said, SiteLimited):
            limits[said.of_site] = frozenset(said.offices)
        elif isinstance(said, (OfficialAppointed, OfficialReplaced)):
            gone = {said.official} if isinstance(said, OfficialReplaced) else _NOBODY
            come = {name for _, name in _appointed(said)}
            holders[said.office] = (holders.get(said.office, _NOBODY) - gone) | come
    return holders, limits


def _recorded(said: Occurrence) -> tuple[int, str, str]:
    """The order of recording; at one moment, an appointment comes before what ends one."""
    return said.recorded_at.ms, said.type_name(), said.words()


def acts_among(told: Mapping[str, Occurrence]) -> dict[str, Occurrence]:
    """The acts among what is told."""
    return {i: said for i, said in told.items() if type(said) in ACTS and said.is_act}


def not_adopted(refused: Iterable[str], told: Mapping[str, Occurrence]) -> set[str]:
    """Of what was refused, what nobody adopted who may, by an adoption that stands.

    An id is the hash of its content, so nothing leads back to itself.
    """
    by_itself = {*refused}
    adopting = _by_target(told, ActAdopted)
    if not adopting:
        return by_itself
    voiding = _by_target(told, Voided)
    works: dict[str, bool] = {}
    for start in by_itself:
        path = [start]
        while path:
            at = path[-1]
            ahead = (*adopting.get(at, ()), *voiding.get(at, ()))
            pending = [each for each in ahead if each not in works]
            if pending:
                path.extend(pending)
                continue
            path.pop()
            taken = at not in by_itself or any(works[each] for each in adopting.get(at, ()))
            works[at] = taken and not any(works[each] for each in voiding.get(at, ()))
    return {each for each in by_itself if not any(works[a] for a in adopting.get(each, ()))}


def _by_target(
    told: Mapping[str, Occurrence], kind: type[ActAdopted] | type[Voided]
) -> dict[str, list[str]]:
    return grouped((each.target, i) for i, each in told.items() if isinstance(each, kind))


def _limited(said: Occurrence, site: str) -> str:
    office = f"as {said.role}" if said.role else "in no office"
    return f"At the site {site}, nobody may act {office}."


def _not_appointed(said: Occurrence) -> str:
    return f"{said.by or 'Nobody'} is not appointed {said.role} of this rally."


def _who_may(said: Occurrence) -> str:
    """The offices that may take an act, or amend it."""
    return ", ".join(sorted(MAY_RECORD[said.type_name()]))

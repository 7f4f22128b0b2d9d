"""Correct and void: what stands on record is amended by adding to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from eventsourcing.dcb.domain import Selector

from ledger.amendments import apply_changes, settle, tips_of, voided_ids
from ledger.authority import AMENDING, Refusal
from ledger.commands.judge import OF_THE_DESK, Judge, boundary_of
from ledger.commands.known import Known, must_refer_to_what_exists, of_office
from ledger.commands.numbering import must_take_a_free_number
from ledger.commands.sense import must_make_sense
from ledger.errors import Refused, Unreadable
from ledger.log import Act, selector
from ledger.powers import Powers
from ledger.times import Instant
from ledger.vocabulary import ActAdopted, Corrected, Occurrence, OpeningErased, Voided, short_id
from ledger.vocabulary.amendments import ChangedValue


class Amendment(Act):
    """An act on one occurrence: the boundary is its whole chain of corrections and voids.

    `chain` is every occurrence of that chain as it stood when the act was prepared, by id; the
    boundary watches each of them, so that two officials can't amend the same thing unawares.
    """

    def __init__(self, target: str, chain: Mapping[str, Occurrence], envelope: Envelope) -> None:
        self.target = target
        self.envelope = envelope
        self.chain = dict(chain)
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """The offices, and whatever amends any link of the chain."""
        watched = [selector(AMENDING, f"ref:{each}") for each in self.chain]
        return [*watched, *of_office(self.envelope.role)]

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in what amends the chain, and the offices."""
        self.known.learn(identity, said)

    def original(self) -> Occurrence:
        """What the chain is about."""
        at = self.chain[self.target]
        while isinstance(at, AMENDING):
            at = self.chain[getattr(at, "target", "")]
        return at

    def about(self, original: Occurrence) -> dict[str, Any]:
        """What an amendment copies of what it is about, to be found with it."""
        names = ("number", "stage", "office")
        return {name: getattr(original, name, "") for name in names}

    @property
    def powers(self) -> Powers:
        """Who may act."""
        return Powers(self.everything())

    @property
    def idle(self) -> Mapping[str, Refusal]:
        """What of the chain has no effect, as nobody took it who may."""
        return self.powers.idle

    def is_void(self, identity: str) -> bool:
        """Whether somebody who may has voided a link of the chain."""
        everything, idle = self.everything(), self.idle
        void = voided_ids(everything, idle)
        return any(
            isinstance(each, Voided) and each.target == identity and by not in void
            for by, each in everything.items()
        )

    def check(self, amendment: Occurrence) -> None:
        """Refuse what the office may not do, or what comes on top of a link already amended."""
        if isinstance(self.original(), OpeningErased) and not isinstance(amendment, ActAdopted):
            raise Refused(
                "What was erased can't be brought back.",
                hint="Record it anew if it has to be kept.",
            )
        original, amended = self.original(), self.chain[self.target]
        self.powers.must_hold(amendment, self.site, original, amended, self.signs_with)

    def everything(self) -> dict[str, Occurrence]:
        """The chain and what has come to it since."""
        return {**self.chain, **self.known.all}


class Envelope(NamedTuple):
    """Who amends, in which office, when and why."""

    rally: str
    recorded_at: Instant
    by: str
    role: str
    reason: str
    fact_at: Instant | None = None


class CorrectOccurrence(Amendment):
    """Give the right value of a fact. The correction points at the tip of the chain.

    No correction makes of an act of the desk one that the judge would have refused.
    """

    def __init__(
        self,
        target: str,
        chain: Mapping[str, Occurrence],
        envelope: Envelope,
        changes: Mapping[str, ChangedValue],
        judge: Judge,
    ) -> None:
        super().__init__(target, chain, envelope)
        self.changes = dict(changes)
        self.judge = judge

    def consistency_boundary(self) -> list[Selector]:
        """The chain, and what the corrected value would refer to."""
        try:
            wanted = boundary_of([apply_changes(self.original(), self.changes)])
        except Unreadable:
            wanted = []  # refused below
        return [*super().consistency_boundary(), *wanted]

    def execute(self) -> None:
        """Refuse an empty, impossible or ambiguous correction; else record it at the tip."""
        original = self.original()
        if not self.changes:
            raise Refused("A correction changes at least one field.", hint="Write field=value.")
        if isinstance(self.chain[self.target], Voided):
            raise Refused("A void can't be corrected.", hint="Void the void instead.")
        root = self.target
        while isinstance(link := self.chain[root], Corrected):
            root = link.target
        everything, idle = self.everything(), self.idle
        if root in idle:
            raise Refused(
                f"{short_id(root)} has no effect. {idle[root].why}",
                hint=f"Adopt it first: `rally adopt {short_id(root)}`.",
            )
        if self.is_void(root):
            raise Refused(
                f"{short_id(root)} is void.", hint="Void the void first, to restore what it voided."
            )
        tips = tips_of(root, everything, idle)
        if len(tips) > 1 and self.target not in tips:
            ends = ", ".join(short_id(each) for each in tips)
            raise Refused(
                f"{short_id(root)} has {len(tips)} corrections side by side.",
                hint=f"Correct or void one of them: {ends}.",
            )
        self._must_change(root, everything)
        amendment = Corrected(
            **self.envelope._asdict(),
            target=self.target if self.target in tips else tips[0],
            changes=self.changes,
            **self.about(original),
        )
        self.check(amendment)
        self.decide(amendment)

    def _must_change(self, root: str, everything: Mapping[str, Occurrence]) -> None:
        """Refuse what the occurrence can't say, or says already."""
        standing = settle(everything, idle=self.idle).standing
        value = next(each.value for each in standing if each.id == root)
        try:
            changed = apply_changes(value, self.changes)
        except Unreadable as error:
            raise Refused(error.message, hint=error.hint) from None
        if changed == value:
            raise Refused(f"{short_id(root)} reads so already.", hint=f"It says: {value.words()}")
        must_refer_to_what_exists(changed, self.known, before=value)
        must_take_a_free_number(root, value, changed, self.known)
        if self._makes_sense(value):  # if not, the correction is not to blame
            must_make_sense(changed, self.known)
        if type(changed) in OF_THE_DESK:
            others = {i: each for i, each in self.known.all.items() if i != root}
            if self._allowed(others, value):
                self.judge(others, changed)

    def _makes_sense(self, value: Occurrence) -> bool:
        try:
            must_make_sense(value, self.known)
        except Refused:
            return False
        return True

    def _allowed(self, others: Mapping[str, Occurrence], value: Occurrence) -> bool:
        """Whether it could be said anew as it reads now; if not, the correction is not to blame."""
        try:
            self.judge(others, value)
        except Refused:
            return False
        return True


class VoidOccurrence(Amendment):
    """Say that an occurrence should never have been entered."""

    def execute(self) -> None:
        """Refuse to void what is void already; else record it."""
        if self.is_void(self.target):
            raise Refused(
                f"{short_id(self.target)} is already void.", hint="`rally show` tells by what."
            )
        original = self.original()
        amendment = Voided(**self.envelope._asdict(), target=self.target, **self.about(original))
        self.check(amendment)
        self.decide(amendment)

"""Forget: the openings of private values are erased, and that is itself on record."""

from __future__ import annotations

from collections.abc import Sequence

from eventsourcing.dcb.domain import Selector

from ledger.commands.amend import Envelope
from ledger.commands.known import Known, of_office
from ledger.errors import Refused
from ledger.log import Act, selector
from ledger.vocabulary import Occurrence, OpeningErased, canonical, occurrence_id, short_id


class ForgetPrivate(Act):
    """Erase private values of an occurrence for good. Their commitments stay in the log.

    The log erases the openings in the transaction in which this is appended, here and in every
    other ledger into which it is merged.
    """

    def __init__(self, about: Occurrence, fields: Sequence[str], envelope: Envelope) -> None:
        self.about = about
        self.target = occurrence_id(canonical(about))
        self.fields = tuple(dict.fromkeys(fields))
        self.envelope = envelope
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """What was erased of this occurrence already, and the holders of the office."""
        erased = selector([OpeningErased], f"ref:{self.target}")
        return [erased, *of_office(self.envelope.role)]

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in what was erased, and the offices."""
        self.known.learn(identity, said)

    def execute(self) -> None:
        """Refuse what is not private or is erased already; else put the erasure on record."""
        private, idle = self.about.private, self.known.powers.idle
        for name in self.fields:
            if name not in private:
                held = ", ".join(sorted(private)) or "none"
                raise Refused(
                    f"{short_id(self.target)} has no private value {name!r}.",
                    hint=f"Its private values: {held}.",
                )
            for identity, each in self.known.all.items():
                if identity in idle:  # it is pending, and erased nothing
                    continue
                if isinstance(each, OpeningErased) and name in each.fields:
                    raise Refused(
                        f"{name} of {short_id(self.target)} is erased already.",
                        hint=f"`rally show {short_id(identity)}` tells by whom and why.",
                    )
        erasure = OpeningErased(
            **self.envelope._asdict(),
            target=self.target,
            fields=self.fields,
            number=getattr(self.about, "number", ""),
        )
        self.known.powers.must_hold(erasure, self.site, key=self.signs_with)
        self.decide(erasure)

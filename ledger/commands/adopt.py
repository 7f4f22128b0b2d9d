"""Adopt: an official makes an act his own that was taken where, or by whom, it may not be."""

from __future__ import annotations

from ledger.commands.amend import Amendment
from ledger.errors import Refused
from ledger.vocabulary import ActAdopted, OpeningErased, short_id


class AdoptAct(Amendment):
    """Adopt an act that has no effect; it then counts as if the official had taken it."""

    def execute(self) -> None:
        """Refuse to adopt what needs it not; else put the adoption on record."""
        said = self.chain[self.target]
        if self.is_void(self.target):
            raise Refused(
                f"{short_id(self.target)} is void.", hint="Void the void first, to restore it."
            )
        standing = (
            each
            for identity, each in self.everything().items()
            if isinstance(each, ActAdopted) and each.target == self.target
            if identity not in self.idle and not self.is_void(identity)
        )
        already = next(standing, None)
        # An erasure from elsewhere is carried out when it is adopted, whoever took it.
        needed = self.target in self.idle or isinstance(said, OpeningErased)
        if already is not None or not needed:
            raise Refused(
                f"{short_id(self.target)} has its effect already.",
                hint=already.words() if already else "Nothing has to be adopted.",
            )
        adoption = ActAdopted(
            **self.envelope._asdict(), target=self.target, **self.about(self.original())
        )
        self.check(adoption)
        self.decide(adoption)

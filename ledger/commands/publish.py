"""Publish: a document goes on the notice board, under a number that no other document has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from eventsourcing.dcb.domain import Selector

from ledger.commands.judge import Judge, boundary_of
from ledger.commands.known import Known, must_refer_to_what_exists
from ledger.commands.numbering import must_be_free, next_number
from ledger.errors import Conflict, Refused, Unreadable, Usage
from ledger.log import Act, Log
from ledger.record import Record
from ledger.vocabulary import (
    ClassificationPublished,
    Occurrence,
    PublicationWithdrawn,
    StartOrderPublished,
    canonical,
    decode,
)
from ledger.vocabulary.publication import scope_key

PATIENCE = 10
"""How often a post is tried anew when others are posting at the same moment."""


class PostDocument(Act):
    """Post one document: a classification, or the start orders of a stage by category.

    Without a number the next free one is taken; an amended classification gets the number of the
    amendment, and so does an amended start order. `bind` adds to what stands on one sheet what
    follows from its number, as the digest of the sheet. The boundary is everything that was ever
    posted, so two who post at once never get the same number, and all that the judge asks of it: a
    protest that is lodged in the meantime is heard.
    """

    def __init__(
        self,
        said: Sequence[Occurrence],
        judge: Judge,
        number: str = "",
        bind: Callable[[Sequence[Occurrence]], Sequence[Occurrence]] | None = None,
    ) -> None:
        self.said = tuple(said)
        self.number = number.strip()
        self.judge = judge
        self.bind = bind or (lambda posted: posted)
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """The desk with every number that was given, the office, and what is referred to."""
        return boundary_of(self.said)

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in what was posted, and what bears on the act."""
        self.known.learn(identity, said)

    def execute(self) -> None:
        """Refuse what an office may not post or a number that is taken; else post it."""
        self.known.must_be_constituted(self.said[0].rally)
        number = self.number or next_number(self.known)
        if self.number:
            must_be_free(self.number, self.said, self.known)
        sheet = []
        for each in self.said:
            self.known.powers.must_hold(each, self.site, key=self.signs_with)
            must_refer_to_what_exists(each, self.known)
            posted = _well_formed(msgspec.structs.replace(each, document=number))
            if isinstance(posted, ClassificationPublished):
                posted = self._classified(posted)
            if isinstance(posted, StartOrderPublished):
                posted = self._ordered(posted)
            self.judge(self.known.all, posted)
            sheet.append(posted)
        self._must_be_news(sheet)
        for bound in self.bind(sheet):
            self.decide(bound)

    def _classified(self, said: ClassificationPublished) -> ClassificationPublished:
        """The classification with the number of its amendment.

        Raises:
            Refused: it has no rows.
        """
        if not said.rows:
            raise Refused(
                "There is nobody in this classification.",
                hint="`rally standings` shows who is not classified, and why.",
            )
        if said.kind != "amended":
            return said
        amended = [
            each.amendment or 1
            for each in self.known.standing(ClassificationPublished)
            if each.kind == "amended" and scope_key(each.scope) == scope_key(said.scope)
        ]
        return msgspec.structs.replace(said, amendment=max([len(amended), *amended]) + 1)

    def _ordered(self, said: StartOrderPublished) -> StartOrderPublished:
        """The start order with the number of its amendment, where another hangs already.

        Raises:
            Refused: another was posted in the meantime.
        """
        hanging = self._hanging(said)
        if hanging and said.amendment is None:
            raise Refused(
                f"It was published already. {hanging[-1].words()}",
                hint="Record StartOrderAmended to change it for a crew, then publish it again.",
            )
        if said.amendment is None:
            return said
        # One that was withdrawn keeps the number of its amendment.
        ever = self._orders(said).values()
        last = max((each.amendment or 0 for each in ever), default=0)
        return msgspec.structs.replace(said, amendment=last + 1)

    def _must_be_news(self, sheet: Sequence[Occurrence]) -> None:
        """Refuse an amended start order that says what the one that hangs says."""
        orders = [each for each in sheet if isinstance(each, StartOrderPublished)]
        if orders and all(
            (hanging := self._hanging(each)) and hanging[-1].slots == each.slots for each in orders
        ):
            raise Refused(
                f"It reads as it hangs on the board. {self._hanging(orders[0])[-1].words()}",
                hint="Record StartOrderAmended to change it for a crew, then publish it again.",
            )

    def _hanging(self, said: StartOrderPublished) -> list[StartOrderPublished]:
        """The orders of its stage and category that were posted and not withdrawn, in order."""
        withdrawn = {each.target for each in self.known.standing(PublicationWithdrawn)}
        found = [e for identity, e in self._orders(said).items() if identity not in withdrawn]
        return sorted(found, key=lambda each: (each.amendment or 0, each.recorded_at.ms))

    def _orders(self, said: StartOrderPublished) -> dict[str, StartOrderPublished]:
        """The orders of its stage and category that were ever posted, by their ids."""
        return {
            identity: each
            for identity, each in self.known.counting.items()
            if isinstance(each, StartOrderPublished)
            and (each.stage, each.category) == (said.stage, said.category)
        }


def post(log: Log, make: Callable[[], Act], *, expect: int | None = None) -> list[Record]:
    """Post a document, however many others post at the same moment.

    Raises:
        Refused: a rule said no. Conflict: the log is not at the expected position.
    """
    for patience in range(PATIENCE, -1, -1):
        try:
            return log.act(make, expect=expect)
        except Conflict:
            if expect is not None or not patience:
                raise
    raise AssertionError("the last try answers or raises")


def _well_formed(said: Occurrence) -> Occurrence:
    """The same as it will be read; a number that nobody could read again is refused."""
    try:
        return decode(canonical(said))
    except Unreadable as error:
        raise Usage(error.message, hint=error.hint) from None

"""Publish: a document goes on the notice board, under a number that no other document has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
from eventsourcing.dcb.domain import Selector

from ledger.authority import must_hold_office
from ledger.commands.known import (
    AMENDMENTS,
    Known,
    bearing_on,
    must_refer_to_what_exists,
    of_office,
)
from ledger.commands.numbering import NUMBERED, must_be_free, next_number
from ledger.commands.signing import SIGNING, must_be_signed
from ledger.errors import Conflict, Refused, Unreadable, Usage
from ledger.log import Act, Log, selector
from ledger.record import Record
from ledger.vocabulary import (
    ClassificationPublished,
    Occurrence,
    RallyConstituted,
    canonical,
    decode,
)

PATIENCE = 10
"""How often a post is tried anew when others are posting at the same moment."""


class PostDocument(Act):
    """Post one document: a classification, or the start orders of a stage by category.

    Without a number the next free one is taken; an amended classification gets the number of the
    amendment. `signatures` are the offices that have to sign it first; `bind` adds to it what
    follows from its number, as the digest of its sheet. The boundary is everything that was ever
    posted, so two who post at once never get the same number.
    """

    def __init__(
        self,
        said: Sequence[Occurrence],
        number: str = "",
        signatures: Sequence[str] = (),
        bind: Callable[[Occurrence], Occurrence] | None = None,
    ) -> None:
        self.said = tuple(said)
        self.number = number.strip()
        self.signatures = tuple(signatures)
        self.bind = bind or (lambda posted: posted)
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """The rally, the office, every number that was given, and what is referred to."""
        referred = [part for each in self.said for part in bearing_on(each)]
        if self.signatures or any(getattr(each, "drawn_up", "") for each in self.said):
            referred.append(selector(SIGNING))
        posted = selector([*NUMBERED, *AMENDMENTS])
        return [selector([RallyConstituted]), of_office(self.said[0].role), posted, *referred]

    def learn(self, occurrence: Occurrence) -> None:
        """Take in what was posted, and what bears on the act."""
        self.known.learn(occurrence)

    def execute(self) -> None:
        """Refuse what an office may not post or a number that is taken; else post it."""
        self.known.must_be_constituted(self.said[0].rally)
        number = self.number or next_number(self.known)
        if self.number:
            must_be_free(self.number, self.said, self.known)
        for each in self.said:
            must_hold_office(each, self.known.holders(each.role))
            must_refer_to_what_exists(each, self.known)
            must_be_signed(each, self.signatures, self.known)
            posted = msgspec.structs.replace(each, document=number)
            if isinstance(posted, ClassificationPublished):
                posted = self._classified(posted)
            self.decide(_well_formed(self.bind(posted)))

    def _classified(self, said: ClassificationPublished) -> ClassificationPublished:
        """The classification with the number of its amendment.

        Raises:
            Refused: it has no rows, or amends what was never published.
        """
        if not said.rows:
            raise Refused(
                "There is nobody in this classification.",
                hint="`rally standings` shows who is not classified, and why.",
            )
        if said.kind != "amended":
            return said
        before = [
            each
            for each in self.known.standing(ClassificationPublished)
            if _named(each.scope) == _named(said.scope)
        ]
        if not before:
            raise Refused(
                "No classification of this scope was published, so there is none to amend.",
                hint="Publish it as --kind provisional; `rally publications` lists what there is.",
            )
        amended = [each.amendment or 1 for each in before if each.kind == "amended"]
        return msgspec.structs.replace(said, amendment=max([len(amended), *amended]) + 1)


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


def _named(scope: Mapping[str, str]) -> dict[str, str]:
    """A scope without what it leaves open."""
    return {name: value for name, value in scope.items() if value and name != "kind"}

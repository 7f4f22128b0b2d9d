"""Numbering: documents of all kinds share one running number, and no two have the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.commands.known import Known
from ledger.errors import Refused
from ledger.vocabulary import (
    TAKES_BACK,
    Occurrence,
    PublicationWithdrawn,
    StartOrderAmended,
    StartOrderPublished,
)
from ledger.vocabulary.publication import number_key

NUMBERED: tuple[type[Occurrence], ...] = (*TAKES_BACK[PublicationWithdrawn], StartOrderAmended)
"""What is posted under a number. Elsewhere, as in a penalty, a document is only referred to."""
_START_ORDERS = (StartOrderPublished, StartOrderAmended)


def next_number(known: Known) -> str:
    """The number after the highest that stands, and that nothing ever had."""
    standing = {number_of(each) for kind in NUMBERED for each in known.standing(kind)}
    ever = {
        number_key(number_of(each)) for each in known.all.values() if isinstance(each, NUMBERED)
    }
    figures = (each for each in standing if each.isascii() and each.isdecimal())
    number = max(map(int, figures), default=0) + 1
    while str(number) in ever:
        number += 1
    return str(number)


def must_be_free(number: str, said: Sequence[Occurrence], known: Known) -> None:
    """Refuse a number under which something else stands; what is void has given its number back.

    Raises:
        Refused: with what has the number, and the next that is free.
    """
    for each in _holding(number, known):
        if not _one_sheet(each, said):
            raise Refused(
                f"The document number {number} is taken. {each.words()}",
                hint=f"The next free number is {next_number(known)}.",
            )


def number_of(said: Occurrence) -> str:
    """Under which number it was posted; empty where it has none."""
    return str(getattr(said, "document", ""))


def _holding(number: str, known: Known) -> Iterator[Occurrence]:
    """What stands under a number; a document that was withdrawn keeps its own."""
    for kind in NUMBERED:
        for each in known.standing(kind):
            if number_key(number_of(each)) == number_key(number):
                yield each


def _one_sheet(other: Occurrence, said: Sequence[Occurrence]) -> bool:
    """Whether all are start orders of one stage: category by category they stand on one sheet."""
    return isinstance(other, _START_ORDERS) and all(
        isinstance(each, _START_ORDERS) and each.stage == other.stage for each in said
    )

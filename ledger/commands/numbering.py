"""Numbering: documents of all kinds share one running number, decisions have one in each series.

No two documents have the same, and a number stays with the sheet that was posted under it, also
when that is withdrawn or void: whoever reads "document 7" years later means one sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.commands.known import Known
from ledger.errors import Refused
from ledger.vocabulary import DecisionIssued, Occurrence, StartOrderAmended, StartOrderPublished
from ledger.vocabulary.judicial import DecisionNumber, decision_key
from ledger.vocabulary.publication import SHEETS, number_key, posted_together

NUMBERED: tuple[type[Occurrence], ...] = (*SHEETS, StartOrderAmended)
"""What bears a number of the board. Elsewhere, as in a penalty, a document is only referred to."""
_START_ORDERS = (StartOrderPublished, StartOrderAmended)


# -- documents -------------------------------------------------------------------------------------


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


def must_be_free(number: str, said: Sequence[Occurrence], known: Known, besides: str = "") -> None:
    """Refuse a number under which something was ever posted, whatever became of it.

    Amendments of a start order that say by which document they are made known leave the number to
    the sheet that is posted for them, and start orders on one sheet share its number. `besides` is
    the id of what is given a number itself.

    Raises:
        Refused: with what has the number, and the next that is free.
    """
    for each, stands in _holding(number, known, besides):
        together = all(posted_together(each, other) for other in said)
        if not together and not _made_known_by(each, said):
            void = "" if stands else " It is void, and its number stays with it."
            raise Refused(
                f"The document number {number} is taken. {each.words()}{void}",
                hint=f"The next free number is {next_number(known)}.",
            )


def number_of(said: Occurrence) -> str:
    """Under which number it was posted; empty where it has none."""
    return str(getattr(said, "document", ""))


def _holding(number: str, known: Known, besides: str) -> Iterator[tuple[Occurrence, bool]]:
    """What ever had a number, as it was said or as it was corrected, and whether it stands."""
    for identity, each in known.all.items():
        stands = known.counting.get(identity)
        if identity == besides or not isinstance(each, NUMBERED):
            continue
        if stands is None and not isinstance(each, SHEETS):
            continue
        for read in (stands, each):
            if read is not None and number_key(number_of(read)) == number_key(number):
                yield read, stands is not None
                break


def _made_known_by(other: Occurrence, said: Sequence[Occurrence]) -> bool:
    """Whether it is an amendment of a start order, and these are of the same stage."""
    return isinstance(other, StartOrderAmended) and all(
        isinstance(each, _START_ORDERS) and each.stage == other.stage for each in said
    )


# -- decisions -------------------------------------------------------------------------------------


def next_decision(series: str, known: Known) -> int:
    """The next plain number of a series: one more than the highest ever given, void or not."""
    given = (each.decision for each in _ever(known) if each.series == series)
    return max((each for each in given if isinstance(each, int)), default=0) + 1


def decision_must_be_free(
    series: str, number: DecisionNumber, known: Known, besides: str = ""
) -> None:
    """Refuse a number that a decision of the series ever had.

    Raises:
        Refused: with the decision that has it.
    """
    for each in _ever(known, besides):
        if each.series == series and decision_key(each.decision) == decision_key(number):
            raise Refused(
                f"The number {series}-{number} is taken. {each.words()}",
                hint=f"The next plain number of the series is {next_decision(series, known)}.",
            )


def _ever(known: Known, besides: str = "") -> Iterator[DecisionIssued]:
    """Every decision as it was issued, void ones too, and as it was corrected."""
    for identity, each in known.all.items():
        if identity != besides and isinstance(each, DecisionIssued):
            yield each
            read = known.counting.get(identity)
            if isinstance(read, DecisionIssued) and read is not each:
                yield read


# -- what is corrected -----------------------------------------------------------------------------


def must_take_a_free_number(
    root: str, before: Occurrence, changed: Occurrence, known: Known
) -> None:
    """Refuse a correction that gives a document or a decision the number of another.

    Raises:
        Refused: with what has the number.
    """
    if isinstance(changed, NUMBERED):
        number = number_of(changed)
        if number and number_key(number) != number_key(number_of(before)):
            must_be_free(number, [changed], known, root)
    if isinstance(changed, DecisionIssued) and isinstance(before, DecisionIssued):
        was, now = ((e.series, decision_key(e.decision)) for e in (before, changed))
        if was != now:
            decision_must_be_free(changed.series, changed.decision, known, root)

"""Time cards that are closed, and the draw of those that are read a second time.

What was keyed from cards is a passing, a start or a time as any other: its source says so.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.vocabulary.base import (
    Code,
    Digest,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    Whole,
    many,
    on,
)
from ledger.vocabulary.publication import Position

Throw = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[1-6]+\Z")]
"""The eyes of dice in the order in which they lie, as "35162"."""


class CardCell(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A cell of a time card that one person had keyed, as it stood when the cards were closed.

    `cell` names it ("101 TC3"), `keyed` is the record, `read_ms` what it said: the instant (UTC ms)
    or the duration, and when the crew was due where the card tells it. What was closed stays so,
    whatever becomes of the record: it is no reference that is followed.
    """

    cell: Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
    keyed: Digest
    read_ms: tuple[Whole | None, ...]


class CardsClosed(Occurrence, frozen=True, kw_only=True, tag="CardsClosed"):
    """The time cards of a stage or a control, or all, are keyed: some are read a second time.

    `cells` are those that one person had keyed and nobody else, of the log up to `position`, whose
    `root` it names; `wanted` says how many of them are to be drawn. Which ones follows from the
    root and from dice that two offices throw after it: see `DiceThrown`. What is keyed later is not
    among them.
    """

    position: Position
    root: Code
    cells: tuple[CardCell, ...]
    wanted: Annotated[int, msgspec.Meta(ge=0, le=10**6)]
    stage: OptionalCode = ""
    control: OptionalCode = ""

    def words(self) -> str:
        where = f" of {self.control}" if self.control else on(self.stage)
        single = many(len(self.cells), "cell")
        return f"The cards{where} are closed: of {single} keyed once {self.wanted} are read again."


class DiceThrown(Occurrence, frozen=True, kw_only=True, tag="DiceThrown"):
    """An office threw dice to draw which cells of closed cards are read a second time.

    The first throw of each of the first two offices counts, of two persons. With the root of the
    closing they give the seed: the SHA-256 of the root, then of each office and its throw, in the
    order of the names of the offices, a line each. Cells come in the order of the SHA-256 of the
    seed, a blank and their name.
    """

    target: OccurrenceId
    throw: Throw

    def words(self) -> str:
        who = self.role.replace("-", " ") or self.by or "somebody"
        return f"Dice for the second reading of cards {self.target[:10]}: {who} threw {self.throw}."

"""A line that was typed, what it asks, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cli.desk.saying import Shown
from cli.office.lines.asks import Ask
from cli.office.lines.context import Context
from ledger.amendments import apply_changes
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import Corrected, Occurrence


class Step(NamedTuple):
    """One act that a line asks, under its key: sent again it is the same record."""

    ask: Ask
    key: str


@dataclass
class Entry:
    """A line with the context in which it was typed and the instant of the Enter behind it.

    `steps` are there once it was understood. It `waits` for an answer to its warnings, or to be
    sent again where nobody answered: `was_sent` says that it may be on record all the same. `shown`
    is what was read back, `undoes` the deed that it takes back.
    """

    text: str
    context: Context
    entered: Instant
    steps: tuple[Step, ...] = ()
    shown: tuple[Shown, ...] = ()
    undoes: Deed | None = None
    unsent: bool = False
    was_sent: bool = False

    @property
    def waits_for(self) -> str:
        """What it waits for, in words."""
        return "to be sent again" if self.unsent else "for your answer"


@dataclass
class Deed:
    """What an official put on record by one line, in this sitting, as far as it stands."""

    entry: Entry
    records: list[Record]

    def without(self, gone: Collection[str]) -> bool:
        """Take out what was undone (by id); whether nothing of it is left."""
        self.records = [each for each in self.records if each.id not in gone]
        return not self.records


class Stands(NamedTuple):
    """A record of this sitting, and what it says as it was corrected here since."""

    record: Record
    said: Occurrence


def standing(deeds: Sequence[Deed]) -> list[Stands]:
    """What was put on record in a sitting and not taken back, in its order."""
    found: dict[str, Stands] = {}
    roots: dict[str, str] = {}
    for record in (each for deed in deeds for each in deed.records):
        said = record.occurrence()
        if not isinstance(said, Corrected):
            found[record.id] = Stands(record, said)
            continue
        root = roots[record.id] = roots.get(said.target, said.target)
        if root in found:  # else it is of another sitting
            found[root] = found[root]._replace(said=apply_changes(found[root].said, said.changes))
    return [*found.values()]


class Tally(NamedTuple):
    """How much was put on record in a sitting: lines, those undone, the first and last position."""

    lines: int = 0
    undone: int = 0
    first: int = 0
    last: int = 0

    def one_more(self, positions: Sequence[int]) -> Tally:
        """With a line that was put on record at these positions."""
        return Tally(self.lines + 1, self.undone, self.first or min(positions), max(positions))

    def one_undone(self) -> Tally:
        """With a line that was undone."""
        return self._replace(undone=self.undone + 1)

    def words(self) -> str:
        """ "12 lines recorded, #58 to #69; 2 of them undone", as a sentence."""
        if not self.lines:
            return "Nothing was recorded."
        many = "1 line" if self.lines == 1 else f"{self.lines} lines"
        where = f"#{self.first}" if self.first == self.last else f"#{self.first} to #{self.last}"
        undone = f"; {self.undone} of them undone" if self.undone else ""
        return f"{many} recorded, {where}{undone}."


class Reply(NamedTuple):
    """What is to be shown of a line: whether it asks for an answer, whether the sitting ends.

    `appended` are the positions of what it put on record.
    """

    lines: tuple[Shown, ...] = ()
    appended: tuple[int, ...] = ()
    waits: bool = False
    ends: bool = False
    refused: bool = False

"""A batch of lines, out of a file or pasted: all that can be read is one append.

There are the lines of a desk, `at PLACE` among them, blank ones, and comments behind "# ". A file
has no Enter: a time stands in each line, with its hour. What can't be read, or a rule refuses, is
told by its line and kept in the quarantine file; or nothing of the batch is appended (`strict`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cli.office.acts import Act
from cli.office.desk import Desk
from cli.office.lines.asks import Ask
from cli.office.lines.context import NOWHERE, Context, context_read
from cli.office.lines.forms import is_remark, read
from cli.office.lines.plan import Plan, Planned, called
from cli.office.lines.read_back import in_full
from cli.office.lines.together import carried_out, decide_one
from cli.office.lines.twice import said_before
from cli.office.overall import MovedOverall, Recorded
from cli.office.private import without_values
from ledger.ahead import Ahead
from ledger.errors import LedgerError, NotFound, Refused, Undefined, Unreadable, Usage
from ledger.intake.quarantine import Problem, keeping
from ledger.record import Record
from ledger.vocabulary import Occurrence
from projections.control.check import Suspicion

REFUSED = "refused"
"""The kind of a line in the quarantine file that can't be read, or that a rule refuses."""
OF_THE_DESK = frozenset({"u", "e", "who", "log", "n", "q", "?"})
"""Commands of a desk, which a file has not: what is wrong in it is put right in it."""


class Refusal(NamedTuple):
    """A line that was not appended: its number in the batch, as it stood, why, what to do."""

    line: int
    text: str
    reason: str
    hint: str


class Twice(NamedTuple):
    """A line that says what its official recorded before, and the id of that record."""

    line: int
    id: str


@dataclass(frozen=True)
class Batch:
    """What came of a batch: each record, the number of its line, and the lines refused.

    `moved` is what all of it moved in the overall. `read` counts the lines that say something.
    `twice` are the lines that say what their official recorded before, with the record.
    """

    parts: tuple[Recorded, ...]
    lines: tuple[int, ...]
    refused: tuple[Refusal, ...]
    twice: tuple[Twice, ...]
    read: int
    rally: str
    plan: Plan
    quarantine_file: str | None = None
    dry_run: bool = False
    warnings: tuple[Suspicion, ...] = field(default=(), kw_only=True)
    handle: str = field(default="", kw_only=True)
    key: str = field(default="", kw_only=True)
    already_known: bool = field(default=False, kw_only=True)
    notes: tuple[str, ...] = ()

    @property
    def record(self) -> Record | None:
        """Its first record; None where there is none."""
        return self.parts[0].record if self.parts else None

    @property
    def says(self) -> Iterator[str]:
        """What each record says, with its instants in full."""
        return (in_full(each.said, self.plan) for each in self.parts)

    @property
    def moved(self) -> MovedOverall | None:
        """What it moved in the overall; None where nothing came of it."""
        return self.parts[-1].moved if self.parts else None

    @property
    def exit_code(self) -> int:
        """5 where a line was refused."""
        return Unreadable.exit_code if self.refused else 0

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""
        records = [
            {"line": line, "position": each.position, "id": each.id, "type": each.said.type_name()}
            for line, each in zip(self.lines, self.parts, strict=True)
        ]
        told = {
            "key": self.key,
            "already_known": self.already_known,
            "dry_run": self.dry_run,
            "quarantine_file": self.quarantine_file,
        }
        return {
            "rally": self.rally,
            "read": self.read,
            "appended": 0 if self.dry_run else len(self.parts),
            "refused": [each._asdict() for each in self.refused],
            "twice": [each._asdict() for each in self.twice],
            "records": records,
            "changed": self.moved.moved if self.moved else [],
            "warnings": self.warnings,
            **{name: each for name, each in told.items() if each},
        }


def in_batch(
    desk: Desk,
    quarantine: Path,
    lines: tuple[bytes, ...] = (),
    at_place: str = "",
    source: str = "",
    strict: bool = False,
) -> Batch:
    """Put a batch of lines on record, or only try it: what is refused is kept in a quarantine file.

    The lines begin `at_place`; `source` is whence they are known, where a line does not say it.

    Raises:
        Unreadable: `strict`, and a line is refused. Usage: an instant is given for all of them.
    """
    said = desk.signature
    if said.at is not None:
        raise Usage("--at is of one record.", hint="Write the time in each line: 12 @10:31:12.")
    readings: list[_Reading] = []
    with ExitStack() as keeping_what_is_refused:

        def decide(ahead: Ahead) -> None:
            reading = _Reading(desk, ahead, at_place, source)
            for number, line in enumerate(lines, 1):
                reading.take(number, line)
            if strict and reading.refused:
                raise _not_strictly(reading.refused)
            if not said.dry_run:
                keeping_what_is_refused.enter_context(keeping(quarantine, reading.problems()))
            readings.append(reading)

        done = carried_out(desk, decide)
    return readings[-1].batch(done, str(quarantine))


BATCH = Act("lines.batch", "in_batch")
"""The act of a batch, which is done at a desk and signed like any other."""


def _not_strictly(refused: Sequence[Refusal]) -> Unreadable:
    first, more = refused[0], len(refused) - 1
    return Unreadable(
        f"line {first.line}: {first.reason}" + (f" (and {more} more)" if more else ""),
        hint=f"{first.hint} Nothing was appended (--strict).".lstrip(),
    )


class _Reading:
    """A batch as it is read on the log ahead, line by line, each at the place of the last `at`."""

    def __init__(self, desk: Desk, ahead: Ahead, at_place: str, source: str) -> None:
        self._desk = desk
        self._ahead = ahead
        self._source = source
        self._place = Planned(ahead)
        self._context: Context | None = NOWHERE
        if at_place:
            self._context = context_read(at_place, self._place)
        self.refused: list[Refusal] = []
        self._twice: list[Twice] = []
        self._lines: list[int] = []
        self._read = 0

    def take(self, number: int, line: bytes) -> None:
        """Take a line in: what it says is decided, or why it is refused is noted."""
        try:
            text = line.decode().strip()
        except UnicodeDecodeError:
            text = line.decode(errors="backslashreplace").strip()
            self._read += 1
            self._refuse(number, text, Usage("It is not UTF-8.", hint="Save the file as UTF-8."))
            return
        if not text or is_remark(text, self._place.plan):
            return
        self._read += 1
        try:
            with self._ahead.all_or_nothing():
                made = self._take(text)
        except (Usage, Refused, NotFound, Undefined, Unreadable) as error:
            self._refuse(number, text, error)
        else:
            self._lines += [number] * len(made)
            self._compare(number, made)

    def _compare(self, number: int, made: Sequence[Occurrence]) -> None:
        """Note where a line says what is on record already."""
        first = self._ahead.head().size - len(made) + 1
        for position, said in enumerate(made, first):
            if found := said_before(said, self._ahead, position):
                self._twice.append(Twice(number, found.id))

    def _take(self, text: str) -> Sequence[Occurrence]:
        """Decide what a line says, each record that it makes."""
        word, _, rest = text.partition(" ")
        command, crews = word.casefold(), self._place.plan.crews
        if called(word, crews) not in crews:
            if command == "at":
                self._context = None  # until the place can be read, nothing happens anywhere
                self._context = context_read(rest, self._place)
                return ()
            if command in OF_THE_DESK:
                raise Usage(f"{word!r} is of the desk.", hint="Put the line itself right.")
        if self._context is None:
            raise Usage("The place before it can't be read.", hint="Put its `at` line right.")
        asks = read(text, self._context, self._place, None).each
        return [
            said for ask in asks for said in decide_one(self._desk, self._ahead, self._known(ask))
        ]

    def _known(self, ask: Ask) -> Ask:
        """An ask with the source of the batch, where it names none of its own."""
        if not self._source or ask.act != "record":
            return ask
        return ask._replace(given={"source": self._source, **ask.given})

    def _refuse(self, number: int, text: str, error: LedgerError) -> None:
        told = Refusal(number, without_values(text), error.message, error.hint)
        self.refused.append(told)

    def problems(self) -> list[Problem]:
        """The lines refused, as they are kept in the quarantine file."""
        return [
            Problem(f"line {each.line}", each.text, f"{each.reason} {each.hint}".rstrip(), REFUSED)
            for each in self.refused
        ]

    def batch(self, done: tuple[Recorded, ...], quarantine: str) -> Batch:
        """What came of it."""
        dry_run = self._desk.signature.dry_run
        return Batch(
            done,
            tuple(self._lines),
            tuple(self.refused),
            tuple(self._twice),
            self._read,
            self._desk.log.rally,
            self._place.plan,
            quarantine if self.refused and not dry_run else None,
            dry_run,
        )

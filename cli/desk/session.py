"""An official's sitting at the desk: it takes what is typed and answers what is to be shown.

It keeps the context, what waits for an answer, and what was done in this sitting. There is no
terminal in it: a face hands in each line with the instant of the Enter behind it, and shows the
reply. One thread uses it at a time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from cli.desk import side, start_list
from cli.desk.entry import Deed, Entry, Reply, Step, Tally, standing
from cli.desk.others import Others
from cli.desk.saying import How, Shown, Wording
from cli.office.awaited import who_is_missing
from cli.office.lines.asks import Ask, Seat
from cli.office.lines.context import NOWHERE, Context, context_read
from cli.office.lines.forms import is_remark, read
from cli.office.lines.read_back import read_back
from cli.office.view import View
from ledger.errors import LedgerError, Unavailable, Usage
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import StageStarted
from projections.control.absent import Absent, Absentee, Place


class Session:
    """One official at one desk.

    `own` is everything that was put on record in this sitting, by id; `deeds` what of it can still
    be undone, the last one last. `left` are lines that were typed behind the end.
    """

    def __init__(self, seat: Seat, wording: Wording | None = None) -> None:
        self.seat = seat
        self.context: Context = NOWHERE
        self.waiting: list[Entry] = []
        self.deeds: list[Deed] = []
        self.own: dict[str, Record] = {}
        self.left: list[str] = []
        self.tally = Tally()
        self.wording = wording or Wording()
        self._view: View | None = None
        self._absent: tuple[int, Context, Absent] | None = None
        self._others = Others(seat.log)

    def take(self, text: str, entered: Instant, *, answers: bool = True) -> Reply:
        """Take a line as it was typed; `entered` is the instant of its Enter.

        Where somebody `answers`, warnings ask once more. Else, as for what is pasted or piped, the
        line is recorded and they are told, and an empty line means nothing.
        """
        from cli.desk.commands import Call, command_called

        typed = text.strip()
        word, _, rest = typed.partition(" ")
        try:
            if not typed:
                return self._enter(entered) if answers else Reply()
            if typed.startswith("#") and is_remark(typed, self.seat.plan):
                return self.told("A remark: nothing is recorded.")
            if command := command_called(word):
                return command.does(self, Call(rest.strip(), entered, answers))
        except LedgerError as error:
            return self.refuse(error)
        return self.attempt(Entry(typed, self.context, entered), answers=answers)

    def _enter(self, entered: Instant) -> Reply:
        """Enter alone: records what waits, else walks along the start list."""
        if self.waiting:
            entry = self.waiting.pop()
            never_asked = entry.unsent and not entry.was_sent
            return self.attempt(entry) if never_asked else self.carry_out(entry, ())
        if self.context.kind == "start":
            return self._walk(entered)
        return self.told(f"Nothing waits. {self.next_words()}")

    def _walk(self, entered: Instant) -> Reply:
        following = self.next_here()
        if following is None:
            return self.told("Everybody has started, or is on record as not.")
        due = following.since and self.seat.plan.shown(following.since)
        line = f"#{following.number} @{due.iso()}" if due else f"#{following.number}"
        ask = read(line, self.context, self.seat, entered)
        shown = f"{following.number} {due.clock()}" if due else following.number
        return self.attempt(Entry(shown, self.context, entered, (self.step(ask),)))

    # -- from a line to the log --------------------------------------------------------------------

    def attempt(self, entry: Entry, *, answers: bool = True) -> Reply:
        """Understand a line, read it back, and record it unless it warns somebody who answers."""
        shown, warned = entry.shown, list[Shown]()
        try:
            if not entry.steps:
                ask = read(entry.text, entry.context, self.seat, entry.entered)
                entry.steps = (self.step(ask),)
            if answers:
                shown, warned = self._read_back(entry)
        except Unavailable as error:
            return self._keep(entry, error)
        except LedgerError as error:
            return self.refuse(self._perhaps_a_place(entry, error), shown)
        if not warned:
            return self.carry_out(entry, shown)
        entry.shown = (*shown, *warned)
        return self.ask(entry)

    def _perhaps_a_place(self, entry: Entry, error: LedgerError) -> LedgerError:
        """Why a line was not understood; of a place without its `at`, with that as what to do."""
        with contextlib.suppress(LedgerError):
            context_read(entry.text, self.seat)
            return Usage(error.message, hint=f"To sit there: at {entry.text}.")
        return error

    def step(self, ask: Ask) -> Step:
        """An act under a key of its own."""
        return Step(ask, self.seat.randomness(8).hex())

    def _read_back(self, entry: Entry) -> tuple[tuple[Shown, ...], list[Shown]]:
        """What a line means, and its warnings, by trying it."""
        tried: list[Any] = []
        for step in entry.steps:
            tried += step.ask.carry_out(self.seat, dry_run=True)
        told = read_back(tried, self.seat)
        shown = entry.shown or tuple(self.wording.meant(told))
        return shown, [*self.wording.warned(told, "asked")]

    def ask(self, entry: Entry) -> Reply:
        """Let a line wait for an answer to its warnings."""
        self.waiting.append(entry)
        does = "sends it again" if entry.unsent else "records it all the same"
        asked = f"Record `{entry.text}`? Enter {does}, n drops it."
        return Reply((*entry.shown, self.show(asked, "asked")), waits=True)

    def ask_again(self) -> Reply:
        """Show the question that stands, as it could not be read before it was answered."""
        if not self.waiting:
            return self.told("Nothing waits any more.")
        return self.ask(self.waiting.pop())

    def _keep(self, entry: Entry, error: Unavailable) -> Reply:
        """Keep a line that could not be sent, or of which nobody knows whether it was."""
        entry.unsent = True
        self.waiting.append(entry)
        told = f"{error.message} `{entry.text}` is kept: Enter sends it again, once."
        return Reply((self.show(told, "refused"),), waits=True, refused=True)

    def carry_out(self, entry: Entry, shown: Sequence[Shown]) -> Reply:
        """Put a line on record: it is acknowledged once it is in the log.

        Its acts have keys, so that one which is sent again is not doubled.
        """
        came: list[Any] = []
        entry.was_sent = True
        try:
            for step in entry.steps:
                came += step.ask.carry_out(self.seat, key=step.key)
        except Unavailable as error:
            self._note(entry, came)
            return self._keep(entry, error)
        except LedgerError as error:
            self._note(entry, came)
            return self.refuse(error, shown)
        self._note(entry, came)
        return Reply(
            (*shown, *self._acknowledged(came, entry, read_back_too=not shown)),
            tuple(each.position for each in came),
        )

    def _note(self, entry: Entry, came: Sequence[Any]) -> None:
        """Note what was put on record, so that it can be undone; and what was undone by it."""
        records = [each.record for each in came]
        self.own |= {each.id: each for each in records}
        if entry.undoes is not None:
            if entry.undoes.without({each.said.target for each in came}):
                self.deeds.remove(entry.undoes)
                self.tally = self.tally.one_undone()
        elif records:
            self.deeds.append(Deed(entry, records))
            self.tally = self.tally.one_more([each.position for each in records])

    def _acknowledged(
        self, came: Sequence[Any], entry: Entry, *, read_back_too: bool
    ) -> Iterator[Shown]:
        """What came of a line: where it stands, what it moved, what `check` finds since."""
        where = ", ".join(f"#{each.position}" for each in came)
        what = "was on record already" if came[-1].already_known else "recorded"
        if entry.undoes is not None:
            what = f"recorded: `{entry.undoes.entry.text}` is undone"
        try:
            told = read_back(came, self.seat)
        except LedgerError as error:  # it is on record all the same
            yield self.show(f"{where} {what}. {error.message}", "done")
            return
        if read_back_too and not entry.shown:
            yield from self.wording.meant(told)
        yield from self.wording.came(f"{where} {what}.", told)
        asked = {each.text for each in entry.shown}
        yield from (e for e in self.wording.warned(told, "told") if e.text not in asked)

    def show(self, text: str, how: How = "told") -> Shown:
        """A text as people read it."""
        return self.wording.show(text.rstrip(), how)

    def told(self, text: str) -> Reply:
        """A reply that tells something and does nothing."""
        return Reply((self.show(text),))

    def refuse(self, error: LedgerError, shown: Sequence[Shown] = ()) -> Reply:
        """A reply that says what was not done, why, and what to do."""
        return Reply((*shown, self.wording.refused(error)), refused=True)

    # -- what a face shows besides -----------------------------------------------------------------

    @property
    def question(self) -> Entry | None:
        """What Enter alone would record, or send again."""
        return self.waiting[-1] if self.waiting else None

    def what_waits(self) -> Iterator[Shown]:
        """Every line that waits, so that none is lost in silence."""
        for each in self.waiting:
            place = each.context.words()
            yield self.show(f"Waits {each.waits_for}: `{each.text}` (at {place}).", "asked")

    def ending(self) -> Iterator[Shown]:
        """What is told at the end: what was recorded, and what was not."""
        yield self.show(self.tally.words())
        for each in self.waiting:
            perhaps = " It may be on record: nobody told." if each.unsent and each.was_sent else ""
            place = each.context.words()
            yield self.show(f"Not recorded: `{each.text}` (at {place}).{perhaps}", "refused")
        for line in filter(None, self.left):
            yield self.show(f"Not recorded, as it came behind the end: `{line}`.", "refused")

    def absent(self) -> Absent:
        """Who is missing here, as the log lies now."""
        head = self.seat.log.head().size
        if self._absent is None or self._absent[:2] != (head, self.context):
            place = Place(self.context.kind, self.context.stage, self.context.place)
            found = who_is_missing(self._lying(), place, self.seat.now())
            if place.kind == "start":
                found = start_list.with_times(found, self._lying())
            self._absent = (head, self.context, found)
        return self._absent[2]

    def next_here(self) -> Absentee | None:
        """Who is next here: at a control who is due first, at a start behind who started last."""
        if self.context.kind not in ("start", "control"):
            return None
        due = side.due(self.absent())
        last = self._walked_ms() if self.context.kind == "start" else 0
        ahead = (each for each in due if each.since is None or each.since.ms > last)
        return next(ahead, due[0] if due else None)

    def _walked_ms(self) -> int:
        """When the crew was to start whose start was recorded here last; 0 before any."""
        for each in reversed(standing(self.deeds)):
            if isinstance(said := each.said, StageStarted) and said.stage == self.context.stage:
                return (said.due_at or said.happened).ms
        return 0

    def next_words(self) -> str:
        """Who is next here, in words; nothing where nobody is."""
        if (found := self.next_here()) is None:
            return ""
        at = f" at {self.seat.plan.shown(found.since).clock()}" if found.since else ""
        if self.context.kind == "start":
            return f"Enter starts {found.number} {found.driver}{at or ' now'}."
        return f"Due next: {found.number} {found.driver}{at}."

    def news(self) -> tuple[Shown, ...]:
        """What others appended since it was asked last, as far as it bears on this desk."""
        found = self._others.since(self.own, standing(self.deeds), self.seat, self.context)
        return tuple(self.show(each, "news") for each in found.words(self.seat.plan))

    def _lying(self) -> View:
        """The log as it lies now."""
        if self._view is None or self._view.position != self.seat.log.head().size:
            self._view = self.seat.office.view(self.seat.log)
        return self._view

"""The site: every question answered, by the office of one ledger that is open to be read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cli.names import naming_of
from cli.office.answer import Answer
from cli.office.asking import Cuts
from cli.office.basis import Basis, Former
from cli.office.needs import Needs, Work, work_of
from cli.office.office import Office
from cli.office.reads import READS
from cli.office.view import REPLAYED_US, NeedsReplay, View
from cli.office.views import Views
from cli.web import forms
from cli.web.asked import Asked, Question, address, parameters
from cli.web.build import BUILD
from cli.web.frame import lacks, shown
from ledger.errors import LedgerError, Usage
from ledger.log import Log
from ledger.rally_time import is_of_its_day
from ledger.times import parse_instant
from projections.state.rally import EDITION

MEDIA = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "js": "text/javascript",
}
LOOK_ASIDE = frozenset({"verify", "exhibit list", "exhibit check", "site", "alike"})
"""Reads that look at more than the log: what they found is not kept."""
AXES = ("board", "road", "both", "decided")
"""What was known; how it stood on the road, by all that is known or was known; as decided."""
MOST_KEPT, LARGEST_KEPT = 4096, 64 * 1024 * 1024


class Reply(NamedTuple):
    """What is answered, byte for byte, and what it is."""

    body: bytes
    media: str


class Settled(NamedTuple):
    """A question with every moment in it settled; `moved` is where it is asked so, if elsewhere.

    `other_build` says that the address was of another build than this one.
    """

    question: Question
    moved: str = ""
    other_build: bool = False


class Site:
    """One ledger, answered for as long as it is served; several threads may ask at once."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.kept = Kept(MOST_KEPT, LARGEST_KEPT)
        self._logs: dict[str, Log] = {}

    def rallies(self) -> list[str]:
        """The rallies of the ledger."""
        return self.office.ledger.rallies()

    def log(self, rally: str) -> Log:
        """The log of a rally.

        Raises:
            NotFound: there is none.
        """
        if rally not in self._logs:
            self._logs[rally] = self.office.log(rally)
        return self._logs[rally]

    def make_ready(self, rally: str) -> None:
        """Carry the timeline of a long log to its end, which takes a while the first time."""
        seen = self.office.view(self.log(rally))
        if not seen.is_short:
            _ = seen.timeline

    def settled(self, asked: Asked) -> Settled:
        """A question as it is asked so that it means the same for ever, where it is absolute.

        Raises:
            NotFound: there is no such moment. Usage: it is none.
        """
        question = asked.question
        if not question.rally:
            return self._settled_over_all(question)
        paged = question.form in ("html", "svg", "pdf") and question.cuts.known_at is not None
        if not (question.absolute or paged):
            return Settled(question)
        seen = self.office.view(self.log(question.rally), *question.cuts)
        instants = (each.iso() if each else None for each in (seen.effective_at, seen.decided_by))
        given = {**question.given}
        for each in parameters(question.read):
            value = given.get(each.name)
            if isinstance(value, str) and is_of_its_day(value):
                given[each.name] = _held(seen, each.word.metavar, value)
        cuts = Cuts(str(seen.position), *instants)
        found = msgspec.structs.replace(question, cuts=cuts, given=given, absolute=True)
        if found == question and asked.build == BUILD:
            return Settled(found)
        other = asked.build not in (None, BUILD)
        return Settled(found, address(found), other)

    def _settled_over_all(self, question: Question) -> Settled:
        """A page over all rallies: its moments are positions of each log, where any is said."""
        if question.form != "html" or question.cuts.known_at is None:
            return Settled(question)
        found = msgspec.structs.replace(question, cuts=self._views(question).settled)
        return Settled(found, "" if found == question else address(found))

    def at_moment(self, question: Question, moment: str, axis: str) -> Question:
        """A question at a moment as it was typed, on an axis: see `AXES`.

        On the board it is what was known then. On the road it is how it stood at the time of that
        moment, by all that is known, or by what was known then; or as it was decided by then.

        Raises:
            NotFound: there is no such moment. Usage: it is none, or there is no such axis.
        """
        if axis not in AXES:
            raise Usage(f"There is no axis {axis!r}.", hint=f"It is one of: {', '.join(AXES)}.")
        log = self.log(question.rally)
        if axis == "board":
            return question.at(self.office.view(log, moment or None).position)
        seen = self.office.view(log)
        instant = seen.instant(moment) if moment and _is_a_time(moment) else None
        position = self.office.view(log, moment or None).position
        if instant is None:
            if not position:
                raise Usage("Nothing was on the road yet.", hint="Name a later moment.")
            instant = log.at(position).occurrence().recorded_at
        known = position if axis == "both" else seen.position
        name = "decided_by" if axis == "decided" else "effective_at"
        cuts = Cuts(**{name: instant.iso()})
        return msgspec.structs.replace(question, cuts=cuts).at(known)

    def view(self, question: Question) -> View:
        """The log at the cut of a question."""
        log = self.log(question.rally)
        if question.position is None:
            return self.office.view(log, *question.cuts)
        known, effective, decided = question.cuts
        position = int(known or 0)
        # Only these are looked at; what the basis tells besides is found anew from the log.
        basis = Basis("", log.rally, position, position, "", None, effective, "", EDITION, decided)
        return self.office.view(log, before=Former(Path("basis"), basis, None))

    def _views(self, question: Question) -> Views:
        """All logs, each at its cut of a question."""
        return self.office.views(question.cuts)

    def _seen(self, question: Question) -> View | Views | None:
        """What a question is asked of."""
        read = READS.get(question.read)  # a tile is of a log, and no read
        if read is not None and read.of_a_ledger:
            return self._views(question)
        return self.view(question) if read is None or read.of_a_log else None

    def ask(self, question: Question, seen: View | Views | None = None) -> Answer[Any]:
        """The answer of the read.

        Raises:
            LedgerError: it can't be answered. NeedsReplay: it can't be answered here.
        """
        return READS[question.read].ask(seen or self._seen(question), question.given)

    def reply(self, question: Question) -> Reply:
        """The answer in the form that is asked for.

        Raises:
            LedgerError: it can't be answered. NeedsReplay: it takes long, and is not done here.
        """
        key = self.key(question)
        if (found := self.kept.get(key)) is None:
            seen = self._seen(question)
            if not self.office.replays and (ahead := self.ahead(question, seen)).is_awaited:
                raise NeedsReplay(ahead)
            found = Reply(self._body(question, seen), MEDIA[question.form])
            self.keep(question, key, found)
        return found

    def ahead(self, question: Question, seen: View | Views | None) -> Work:
        """What an answer has to do that is asked of this, and about how long that takes.

        Raises:
            LedgerError: it can't be answered.
        """
        read, given = READS[question.read], question.given
        if question.form == "pdf":  # a sheet rests on the log up to its cut-off, replayed
            return work_of(Needs.REPLAY, REPLAYED_US, self.view(question), {})
        if question.form == "html":
            if lacks(question):
                return Work(Needs.RECORDS)
            given = shown(question)
        return read.work(seen, given)

    def key(self, question: Question) -> Hashable:
        """By what an answer is kept: of which rally, at which position, of which question."""
        at: Hashable = question.position if question.absolute else self._ends(question.rally)
        given = tuple(sorted((name, str(each)) for name, each in question.given.items()))
        told = (question.rally, question.read, question.form, question.absolute, question.now)
        return (at, *told, question.cuts, given)

    def _ends(self, rally: str) -> Hashable:
        """Where the log of a rally ends, or every log."""
        if rally:
            return self.log(rally).head().size
        return tuple((each, self.log(each).head().size) for each in self.rallies())

    def keep(self, question: Question, key: Hashable, reply: Reply) -> None:
        """Keep an answer, if nothing but the log has a part in it."""
        if question.read not in LOOK_ASIDE and not _by_the_clock(question):
            self.kept.put(key, reply)

    def _naming(self, rally: str) -> Callable[[int | None], Callable[[str], str]]:
        """How texts that hold ids of records are read by people; over several logs, as they are."""
        if not rally:
            return _as_it_is
        log = self.log(rally)
        return lambda until: naming_of(lambda: log, until)

    def _body(self, question: Question, seen: View | Views | None) -> bytes:
        if question.form == "html":
            from cli.web.render import page, page_over_all

            at = seen if isinstance(seen, View) else None
            over_all = not question.rally
            drawn_as = page_over_all(self, question) if over_all else page(self, question, seen=at)
            return drawn_as.encode()
        if question.form == "js":
            from cli.web.tiles import drawn

            return drawn(self, question)
        answer = self.ask(question, seen)
        if question.form == "pdf":
            from cli.web.files import SHEETS

            return SHEETS[question.read](answer, question.given)
        return forms.told(answer, question.form, self._naming(question.rally))


def _as_it_is(_until: int | None) -> Callable[[str], str]:
    return str


def _held(seen: View, metavar: str | None, text: str) -> str:
    """A moment by the clock, or of a day that is not said, as it is meant now and from now on."""
    if metavar == "MOMENT":
        return str(seen.moment(text))
    instant = seen.instant(text)
    return instant.iso() if instant else text


def _is_a_time(text: str) -> bool:
    """Whether a moment is typed as a time, and not as a place in the log."""
    if is_of_its_day(text):
        return True
    try:
        parse_instant(text, UTC)
    except LedgerError:
        return False
    return True


def _by_the_clock(question: Question) -> bool:
    """Whether the clock of this machine has a part in the answer."""
    values = (*question.given.values(), *question.cuts)
    return any(isinstance(each, str) and is_of_its_day(each) for each in values)


class Kept:
    """What was answered, the last asked for longest; so many answers, and so many bytes."""

    def __init__(self, most: int, largest: int) -> None:
        self._most, self._largest, self._bytes = most, largest, 0
        self._held: OrderedDict[Hashable, Reply] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Reply | None:
        """What was answered, if it is still kept."""
        with self._lock:
            if (found := self._held.get(key)) is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: Hashable, reply: Reply) -> None:
        """Keep an answer."""
        with self._lock:
            if key in self._held:
                return
            self._held[key] = reply
            self._bytes += len(reply.body)
            while self._held and (len(self._held) > self._most or self._bytes > self._largest):
                _, gone = self._held.popitem(last=False)
                self._bytes -= len(gone.body)

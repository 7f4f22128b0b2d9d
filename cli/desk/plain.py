"""The desk in plain lines: for screen readers, pipes and paste, and where there is no terminal.

A line in, a few lines out. Nothing moves a cursor and nothing is coloured; every sign is a word.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable

from cli.desk import side
from cli.desk.entry import Reply
from cli.desk.saying import Shown
from cli.desk.session import Session
from cli.waiting import Stopped, Waiting
from ledger.errors import LedgerError

Write = Callable[[str], None]
FEW = 3
"""So many who are missing are named behind each line; `who` names all."""


class PlainDesk:
    """A sitting over lines of text; somebody `answers`, or they come out of a pipe.

    Whoever answers is told who is missing after each line, and what others appended.
    """

    def __init__(
        self, session: Session, read: Callable[[], str], write: Write, *, answers: bool
    ) -> None:
        self._session = session
        self._read = read
        self._write = write
        self._answers = answers
        self._waiting = Waiting(0, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
        self._refused = False

    def sit(self) -> int:
        """Take line after line until the last or `q`; answers the exit code."""
        code = 0
        with self._waiting.listening():
            try:
                while not self._next():
                    pass
            except Stopped as stopped:
                code = stopped.exit_code
        self._tell(self._session.ending())
        return code or (1 if self._refused and not self._answers else 0)

    def _next(self) -> bool:
        """Take one more line; whether it was the last. Ctrl-C drops the line that is typed."""
        try:
            line = self._read()
        except Stopped as stopped:
            self._must_go_on(stopped)
            self._write("What was being typed is dropped; q ends.")
            return False
        try:
            return not line or self._take(line)
        except Stopped as stopped:  # it came in the midst of it, and the line was told
            self._must_go_on(stopped)
            return False

    def _must_go_on(self, stopped: Stopped) -> None:
        if not self._answers or stopped.number != signal.SIGINT:
            raise stopped

    def _take(self, line: str) -> bool:
        entered = self._session.seat.now()
        with self._waiting.while_busy():
            reply = self._session.take(line, entered, answers=self._answers)
            self._refused |= reply.refused
            self._tell(reply.lines)
            if self._answers:
                self._look_around(reply)
        return reply.ends

    def _look_around(self, reply: Reply) -> None:
        """Tell what others appended; behind a record who is still missing, and who is next."""
        session = self._session
        try:
            self._tell(session.news())
            if reply.appended and session.context.kind != "nowhere":
                rows = side.listed(session.absent(), session.seat.now(), FEW)
                self._tell(map(session.show, (*rows, session.next_words())))
        except LedgerError as error:
            self._tell([session.wording.refused(error)])

    def _tell(self, lines: Iterable[Shown]) -> None:
        for each in lines:
            if each.text:
                self._write(each.text)

"""The desk on a terminal: the line at the bottom, who is missing at the side, the context on top.

What is typed goes to the session line by line, in a thread of its own, so that the next one can be
typed meanwhile; each has the instant of its Enter. What others append is looked for between lines
and never touches the one that is being typed. Only keys that every terminal tells apart are used.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    ConditionalContainer,
    Float,
    FloatContainer,
    HSplit,
    Layout,
    VSplit,
    Window,
)
from prompt_toolkit.layout.controls import BufferControl, FormattedTextControl
from prompt_toolkit.layout.menus import CompletionsMenu
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import get_cwidth

from cli.desk import side
from cli.desk.completion import meant
from cli.desk.entry import Entry, Reply
from cli.desk.saying import Shown, figures_in_words
from cli.desk.session import Session
from cli.office.lines.context import Context
from cli.office.lines.plan import Plan
from cli.terminal import styled
from ledger.errors import LedgerError
from ledger.times import Instant
from projections.control.absent import Absent

SIDE = 26
"""So many columns has the list of who is missing."""
NARROW = 70
"""In fewer columns it is left out: `who` lists them."""
AROUND = 5
"""So many rows stand above and below the lines: two with the context, three to type."""
KEPT = 1000
"""So many lines can be paged back to."""
LOOK_S = 0.5
INDENT = "  "
ANSWERS = frozenset({"", "n", "N"})
"""What answers a question."""
KEYS = " ? help  u undo  e correct  n drop  who  log  q end   Tab completes  PgUp/PgDn"
STYLE = Style.from_dict(
    {
        "place": "reverse bold",
        "who": "reverse",
        "typed": "bold",
        "asked": "bold ansiyellow",
        "refused": "bold ansired",
        "done": "ansigreen",
        "news": "bold ansimagenta",
        "question": "reverse bold",
        "keys": "reverse",
    }
)
"""Colours beside the words: each of these lines says in words what it is."""


class Typed(NamedTuple):
    """A line with the instant of its Enter, and the question that stood on the screen then."""

    text: str
    entered: Instant
    answers: bool
    question: Entry | None


class Picture(NamedTuple):
    """What is shown besides the lines: as it was after the last line, or the last look."""

    context: Context
    absent: Absent | None = None
    hint: str = ""
    question: Entry | None = None
    waiting: int = 0
    away: bool = False
    plan: Plan | None = None


class Terminal:
    """A sitting on a terminal."""

    def __init__(self, session: Session, heading: str) -> None:
        self._session = session
        self._heading = heading
        self._lines: list[Shown] = []
        self._back = 0
        self._picture = Picture(session.context)
        self._queue: asyncio.Queue[Typed] = asyncio.Queue()
        self._worker = ThreadPoolExecutor(1, "desk")
        self._busy = 0
        self._exit_code = 0
        self._buffer = Buffer(
            multiline=False,
            history=InMemoryHistory(),
            completer=_Completer(lambda: self._picture),
            accept_handler=self._accept,
        )
        self._app: Application[None] = Application(
            Layout(self._laid_out(), focused_element=self._buffer),
            key_bindings=self._keys(),
            style=STYLE,
            output=create_output(styled(sys.stdout)),
            full_screen=True,
            min_redraw_interval=0.05,
        )

    def sit(self) -> int:
        """Sit until `q`, Ctrl-D or a request to end; answers the exit code."""
        self._look()
        try:
            asyncio.run(self._sit())
        except (EOFError, OSError):  # the terminal is gone
            self._exit_code = self._exit_code or 128 + signal.SIGHUP
        finally:
            self._worker.shutdown()
        return self._exit_code

    async def _sit(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end, 128 + number)
        loop.add_signal_handler(signal.SIGINT, self._buffer.reset)
        work = [asyncio.create_task(each) for each in (self._take_lines(), self._look_around())]
        for each in work:
            each.add_done_callback(self._done)
        try:
            await self._app.run_async(handle_sigint=False)
        finally:
            for each in work:
                each.cancel()
            await asyncio.gather(*work, return_exceptions=True)

    def _done(self, work: asyncio.Task[None]) -> None:
        """What goes wrong in the background ends the sitting, and is told as anywhere else."""
        error = None if work.cancelled() else work.exception()
        if error is not None and self._app.is_running and not self._app.is_done:
            self._app.exit(exception=error)

    def _end(self, code: int) -> None:
        """End behind the lines that were entered; asked again, at once."""
        if self._exit_code:
            self._leave()
        self._exit_code = code
        self._put("q", answers=True)

    def _leave(self) -> None:
        if self._app.is_running and not self._app.is_done:
            self._app.exit()

    # -- what is typed -----------------------------------------------------------------------------

    def _accept(self, buffer: Buffer) -> bool:
        self._put(buffer.text, answers=True)
        return False

    def _put(self, text: str, *, answers: bool) -> None:
        self._back = 0
        self._busy += 1
        now = self._session.seat.now()
        self._queue.put_nowait(Typed(text, now, answers, self._picture.question))

    def _paste(self, event: KeyPressEvent) -> None:
        """Pasted lines: each that is whole is entered, the rest stays to be typed on."""
        buffer = event.current_buffer
        *whole, rest = event.data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if whole:
            whole[0] = buffer.document.text_before_cursor + whole[0]
            rest += buffer.document.text_after_cursor
            buffer.reset()
        for each in whole:
            buffer.history.append_string(each)
            self._put(each, answers=False)
        buffer.insert_text(rest)

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        empty = Condition(lambda: not self._buffer.text)

        @keys.add("c-c")
        def _drop(_event: KeyPressEvent) -> None:
            self._buffer.reset()

        @keys.add("c-d", filter=empty)
        def _quit(_event: KeyPressEvent) -> None:
            self._put("q", answers=True)

        @keys.add("pageup")
        def _page_up(_event: KeyPressEvent) -> None:
            self._back += 10

        @keys.add("pagedown")
        def _page_down(_event: KeyPressEvent) -> None:
            self._back = max(self._back - 10, 0)

        keys.add(Keys.BracketedPaste)(self._paste)
        return keys

    async def _take_lines(self) -> None:
        while True:
            typed = await self._queue.get()
            try:
                reply = await self._in_turn(partial(self._take, typed))
            finally:
                self._busy -= 1
            if reply.ends:
                while not self._queue.empty():
                    self._session.left.append(self._queue.get_nowait().text)
                self._leave()
                return
            self._app.invalidate()

    async def _look_around(self) -> None:
        """Look for what others append, whenever no line is on its way; and let the time pass."""
        shown: tuple[object, ...] = ()
        while True:
            if not self._busy:
                await self._in_turn(self._look)
                minute = self._session.seat.now().ms // side.MINUTE_MS
                if shown != (shown := (self._picture, len(self._lines), minute)):
                    self._app.invalidate()
            await asyncio.sleep(LOOK_S)

    async def _in_turn(self, do: Callable[[], Any]) -> Any:
        """Do it in the thread of the session: what was begun there is done before the end."""
        doing = asyncio.get_running_loop().run_in_executor(self._worker, do)
        return await asyncio.shield(doing)

    # -- in the thread of the session --------------------------------------------------------------

    def _take(self, typed: Typed) -> Reply:
        session = self._session
        if typed.text.strip():
            self._lines.append(session.wording.show(f"> {typed.text.strip()}", "typed"))
        if typed.text.strip() in ANSWERS and typed.question is not session.question:
            # It was pressed before the question could be read: it answers nothing.
            reply = session.ask_again()
        else:
            reply = session.take(typed.text, typed.entered, answers=typed.answers)
        self._lines += reply.lines
        del self._lines[:-KEPT]
        if self._busy <= 1:
            self._look()
        return reply

    def _look(self) -> None:
        """Look at the log as it lies: what others appended, and who is missing."""
        session = self._session
        question, waiting = session.question, len(session.waiting)
        try:
            self._lines += session.news()
            found = session.absent() if session.context.kind != "nowhere" else None
            self._picture = Picture(
                session.context,
                found,
                session.next_words(),
                question,
                waiting,
                plan=session.seat.plan,
            )
        except LedgerError:
            self._picture = self._picture._replace(
                context=session.context, question=question, waiting=waiting, away=True
            )

    # -- what is shown -----------------------------------------------------------------------------

    def _laid_out(self) -> FloatContainer:
        wide = Condition(lambda: self._columns() >= NARROW)
        lines = Window(FormattedTextControl(self._told))
        pane = VSplit(
            [Window(width=1, char="│"), Window(FormattedTextControl(self._missing), width=SIDE)]
        )
        typing = BufferControl(self._buffer, input_processors=[BeforeInput("> ", "class:typed")])
        body = HSplit(
            [
                Window(FormattedTextControl(self._place), height=1, style="class:place"),
                Window(FormattedTextControl(self._heading_shown), height=1, style="class:who"),
                VSplit([lines, ConditionalContainer(pane, wide)]),
                Window(FormattedTextControl(self._hint), height=1),
                Window(typing, height=1),
                Window(FormattedTextControl(self._state), height=1, style="class:keys"),
            ]
        )
        menu = CompletionsMenu(max_height=8)
        return FloatContainer(body, [Float(menu, xcursor=True, ycursor=True)])

    def _columns(self) -> int:
        return self._app.output.get_size().columns

    def _told(self) -> StyleAndTextTuples:
        """The last lines, broken at words; or so many rows before them, where one pages back."""
        size = self._app.output.get_size()
        width = size.columns - (SIDE + 1 if size.columns >= NARROW else 0)
        room = max(size.rows - AROUND, 1)
        rows: list[tuple[str, str]] = []  # from the last up
        for each in reversed([*self._lines]):
            rows += [(each.how, row) for row in reversed([*broken(each.text, width)])]
            if len(rows) >= room + self._back:
                break
        self._back = min(self._back, max(len(rows) - room, 0))
        found: StyleAndTextTuples = []
        for how, row in reversed(rows[self._back : self._back + room]):
            found += [(f"class:{how}", row), ("", "\n")]
        return found

    def _missing(self) -> str:
        picture, now = self._picture, self._session.seat.now()
        if picture.absent is None:
            return "Say where you are:\nat SS1 finish"
        height = max(self._app.output.get_size().rows - AROUND, 1)
        return "\n".join(side.pane(picture.absent, now, SIDE - 1, height, get_cwidth))

    def _place(self) -> str:
        context = self._picture.context
        return f" At {context.words()}. {figures_in_words(context)}"

    def _heading_shown(self) -> str:
        return f" {self._heading}"

    def _hint(self) -> StyleAndTextTuples:
        picture = self._picture
        told: StyleAndTextTuples = []
        if picture.away:
            told.append(("class:refused", "The ledger does not answer. "))
        if picture.question:
            does = "sends it again" if picture.question.unsent else "records it"
            more = f" ({picture.waiting} wait)" if picture.waiting > 1 else ""
            text = f"WAITS: {picture.question.text}  Enter {does}, n drops it{more}"
            return [*told, ("class:question", text)]
        if told:
            return told
        if self._busy:
            return [("", "Recording …")]
        return [("", picture.hint)]

    def _state(self) -> str:
        return f" {self._back} rows back; PgDn goes on." if self._back else KEYS


def broken(text: str, width: int) -> Iterator[str]:
    """A text in rows of so many columns, broken between words where that is possible."""
    row = ""
    for word in text.split(" "):
        if row and get_cwidth(f"{row} {word}") > width:
            yield row
            row = INDENT
        row = f"{row} {word}" if row.strip() else f"{row}{word}"
        while get_cwidth(row) > width:
            fits = max(n for n in range(1, len(row) + 1) if get_cwidth(row[:n]) <= width)
            yield row[:fits]
            row = INDENT + row[fits:]
    yield row


class _Completer(Completer):
    """Completion out of the plan as it was seen last."""

    def __init__(self, picture: Callable[[], Picture]) -> None:
        self._picture = picture

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        picture = self._picture()
        if picture.plan is None:
            return
        for each in meant(document.text_before_cursor, picture.context, picture.plan):
            yield Completion(each.text, -each.letters, display_meta=each.about)

"""A terminal of 80 x 24 at which a test sits: it types, counts its keys, and looks at it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyte

PATIENCE_S = 60
ENTER, BACKSPACE, TAB, UP, CTRL_C, CTRL_D = "\r", "\x7f", "\t", "\x1b[A", "\x03", "\x04"
PAGE_UP = "\x1b[5~"
PROGRAM = ("-m", "cli", "desk")
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


class Sitting:
    """`rally desk` on a pseudo-terminal. `keys` counts every key that was pressed, Enter too."""

    def __init__(
        self,
        *words: str,
        folder: Path,
        env: dict[str, str],
        columns: int = 80,
        rows: int = 24,
        program: Sequence[str] = PROGRAM,
    ) -> None:
        self.keys = 0
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._terminal, side = pty.openpty()
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(side, termios.TIOCSWINSZ, size)
        clean = {name: each for name, each in os.environ.items() if not name.startswith("RALLY_")}
        self.process = subprocess.Popen(
            [sys.executable, *program, *words],
            stdin=side,
            stdout=side,
            stderr=side,
            cwd=folder,
            env={**clean, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **env},
            start_new_session=True,
        )
        os.close(side)

    def press(self, key: str, times: int = 1) -> None:
        """Press one key, or the same one several times."""
        self.keys += times
        self._write(key * times)

    def type(self, text: str) -> None:
        """Type a line without its Enter: as many keys as it has signs."""
        self.keys += len(text)
        self._write(text)

    def enter(self, text: str = "") -> None:
        """Type a line and Enter."""
        self.type(text)
        self.press(ENTER)

    def paste(self, text: str) -> None:
        """Paste a text, as a terminal hands it in: bracketed, and no key is pressed."""
        self._write(f"{PASTE}{text}{PASTED}")

    def _write(self, text: str) -> None:
        rest = text.encode()
        while rest:
            rest = rest[os.write(self._terminal, rest) :]
            self._read(0)

    def _read(self, patience_s: float) -> bool:
        """Take in what was shown meanwhile; whether anything was."""
        if not select.select([self._terminal], [], [], patience_s)[0]:
            return False
        try:
            shown = os.read(self._terminal, 65536)
        except OSError:  # nobody is there any more
            return False
        self._stream.feed(shown)
        return bool(shown)

    @property
    def _drawing(self) -> bool:
        """Whether the screen is being drawn: the cursor is hidden from its beginning to its end."""
        return bool(self.screen.cursor.hidden)

    @property
    def lines(self) -> list[str]:
        """The lines of the screen as they stand now."""
        return [each.rstrip() for each in self.screen.display]

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    def see(self, *texts: str) -> str:
        """Wait until all of this stands on the screen, and answer it as it is then."""
        return self.until(lambda: all(each in self.text for each in texts), str(texts))

    def until(self, there: Callable[[], bool], what: str) -> str:
        """Wait until something is there to be seen, on a screen that is drawn to its end."""
        end = time.monotonic() + PATIENCE_S
        while self._drawing or not there():
            self._read(0.05)
            if time.monotonic() > end or (self.process.poll() is not None and not self._read(0.2)):
                if there():
                    break
                raise AssertionError(f"{what} was not seen:\n{self.text}")
        return self.text

    def end(self) -> int:
        """Wait for its end, and answer the exit code."""
        end = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < end:
            self._read(0.05)
        while self._read(0.2):
            pass
        return self.process.wait(1)

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self._terminal)

    def put_away(self) -> None:
        """End it, whatever it does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        with contextlib.suppress(OSError):
            os.close(self._terminal)


@contextlib.contextmanager
def sitting(*words: str, folder: Path, **how: Any) -> Iterator[Sitting]:
    """Sit at a desk in a folder, as Ann, a timekeeper."""
    at = Sitting(*words, folder=folder, env={"RALLY_BY": "Ann", "RALLY_ROLE": "timekeeper"}, **how)
    try:
        yield at
    finally:
        at.put_away()

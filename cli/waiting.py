"""Waiting for more, and being told to stop: never in the middle of something."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from types import FrameType

ASKING = (signal.SIGINT, signal.SIGTERM)
"""Ctrl-C, and a request to terminate."""


class Stopped(BaseException):
    """Somebody asked the command to end; carries the exit code of that."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
        self.exit_code = 128 + number


class Waiting:
    """Between two looks at a log. A request to stop is heard at once, save `while_busy`.

    Asked a second time, even what is under way is given up. `signals` are what asks for it.
    """

    def __init__(self, seconds: float, signals: Sequence[int] = ASKING) -> None:
        self._seconds = seconds
        self._signals = signals
        self._busy = False
        self._asked = 0

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Hear Ctrl-C and requests to terminate; what ignores them goes on ignoring them."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self._hear)
            for number in self._signals
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def while_busy(self) -> Iterator[None]:
        """What is not to be done by halves."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
        asked, self._asked = self._asked, 0
        if asked:
            raise Stopped(asked)

    def a_moment(self) -> None:
        """Wait until it is worth looking again."""
        time.sleep(self._seconds)

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if not self._busy or self._asked:
            raise Stopped(number)
        self._asked = number

"""The way out: everything that is written to standard output or error passes through here.

Names and words come from sheets, from other ledgers and from whoever types. What in them would act
on a terminal, turn a line about or not be seen is spelled out, so that nobody is shown what is not
there. What a program reads, bytes, leaves as it is, unless it goes to a terminal.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from ledger.errors import Unavailable
from ledger.files import why
from ledger.signs import ODD, all_seen, spelled_out, unseen

_LINES = "\n\t"
"""What lays words out, and acts on nothing else."""


def harmless(text: str) -> str:
    """The text, its lines as they are, with what would act on a terminal spelled out."""
    if all_seen(text.replace("\n", "")):  # as nearly everything is
        return text
    return spelled_out(text, but=_LINES)


def json_text(document: Any, indent: int | None = None) -> str:
    """A document as JSON, in which what would act on a terminal, or not be seen, is escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=indent) if indent else _line(document)
    return text if _is_seen(text) else _as_escaped(text)


def json_bytes(document: Any) -> bytes:
    """A document as a command writes it where no terminal reads it."""
    text = _line(document)
    # Of most documents all is seen, and they are long: they are looked through once.
    told = f"{text}\n" if _is_seen(text) else harmless(f"{_as_escaped(text)}\n")
    return told.encode("utf-8", "backslashreplace")


def _line(document: Any) -> str:
    """A document as JSON on one line, as the standard library writes it."""
    import msgspec

    try:  # a quarter of the time; no answer holds fractions, of which it writes some otherwise
        return msgspec.json.format(msgspec.json.encode(document), indent=0).decode()
    except (TypeError, ValueError, OverflowError):  # half of a character, a number without end
        return json.dumps(document, ensure_ascii=False)


def _is_seen(text: str) -> bool:
    """Whether nothing in a text would act on a terminal, or not be seen."""
    return all_seen(text.replace("\n", ""))


def _as_escaped(json_told: str) -> str:
    """JSON, with what would do so escaped."""
    if json_told.isascii():
        return json_told.replace("\x7f", "\\u007f")
    # JSON itself has escaped what is below a blank; the joiners that scripts need stay as they are.
    return ODD.sub(_in_json, json_told)


def _in_json(odd: re.Match[str]) -> str:
    each = odd[0]
    return json.dumps(each)[1:-1] if unseen(each) and each != "\n" else each


class Unheard(Unavailable):
    """What was to be said can't be written."""


class Outlet(io.TextIOBase):
    """A stream of words on its way out; `buffer` takes the bytes, `styled` what styles itself."""

    def __init__(self, stream: TextIO) -> None:
        self.styled = stream
        self.buffer = _Bytes(self)

    def write(self, text: str) -> int:
        """Write words, harmless, and in letters that the stream has."""
        said = harmless(text)
        with contextlib.suppress(LookupError):
            letters = self.encoding or "utf-8"
            said = said.encode(letters, "backslashreplace").decode(letters)
        with _told():
            self.styled.write(said)
        return len(text)

    def flush(self) -> None:
        """Have written what was."""
        with _told():
            self.styled.flush()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """In which letters the stream is written."""
        return getattr(self.styled, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """What is done with a letter that the stream has not."""
        return getattr(self.styled, "errors", None) or "strict"

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self.styled.isatty()

    def fileno(self) -> int:
        """The file of the system that it is."""
        return self.styled.fileno()

    def writable(self) -> bool:
        """It is written."""
        return True


class _Bytes(io.RawIOBase):
    """The bytes of an outlet: as they are to a program, harmless to a terminal."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def write(self, data: Any) -> int:
        """Write bytes behind the words that were written before."""
        stream = self._outlet.styled
        if stream.isatty():
            self._outlet.write(bytes(data).decode("utf-8", "backslashreplace"))
        else:
            with _told():
                stream.flush()
                stream.buffer.write(data)
        return len(data)

    def flush(self) -> None:
        """Have written what was."""
        self._outlet.flush()
        buffer = getattr(self._outlet.styled, "buffer", None)
        if buffer is not None:
            with _told():
                buffer.flush()

    def writable(self) -> bool:
        """It is written."""
        return True


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unheard(
            f"The answer can't be written: {why(error)}.", hint="Make room where it goes."
        ) from None


@contextlib.contextmanager
def outlets() -> Iterator[None]:
    """What is said meanwhile leaves by outlets."""
    was = sys.stdout, sys.stderr
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # where one is closed
            sys.stdout, sys.stderr = (Outlet(each or nowhere) for each in was)
            yield
    finally:
        sys.stdout, sys.stderr = was


def styled(stream: TextIO) -> TextIO:
    """The stream itself, for who makes its words harmless and styles them."""
    found: TextIO = getattr(stream, "styled", stream)
    return found


def nobody_listens() -> None:
    """Nothing more is written to standard output, not even what was held back."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """Standard output, for bytes that a program reads."""
    yield sys.stdout.buffer
    sys.stdout.flush()

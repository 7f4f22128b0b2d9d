"""The lines of a long file, found again without holding them: a season's log is larger than memory.

Each is read when it is asked for. A stream, which can be read once only, is put aside first, in a
file without a name that nobody else can read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, overload

from ledger.errors import Unreadable
from ledger.files import why

LONGEST = 64 << 20
"""No record is longer, in bytes."""
_IN_MEMORY = 8 << 20
_MARK = b"\xef\xbb\xbf"


class Lines(Sequence[bytes]):
    """The lines of a file of bytes in UTF-8, without its mark and with their ends."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name = name
        self._file = file
        self._begins = array("Q")
        file.seek(len(_MARK) if file.read(len(_MARK)) == _MARK else 0)
        while True:
            begins = file.tell()
            if not self._next():
                return
            self._begins.append(begins)

    def _next(self) -> bytes:
        line = self._file.readline(LONGEST + 1)
        if len(line) > LONGEST:
            raise Unreadable(
                f"{self._name}:{len(self._begins) + 1} is longer than {LONGEST >> 20} MB.",
                hint="It is no record: is it a file of records, one a line?",
            )
        return line

    def __len__(self) -> int:
        return len(self._begins)

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> list[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | list[bytes]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        self._file.seek(self._begins[at])
        return self._next()

    def __iter__(self) -> Iterator[bytes]:
        return (self[each] for each in range(len(self)))


def lines_of_stream(name: str, file: BinaryIO) -> Lines:
    """The lines of what is open there: a file, or a stream.

    Raises:
        Unreadable: it can't be read.
    """
    try:
        if file.seekable():
            return Lines(name, file)
        aside = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        shutil.copyfileobj(file, aside)
        aside.seek(0)
        return Lines(name, aside)  # type: ignore[arg-type]
    except OSError as error:
        raise Unreadable(f"{name} can't be read: {why(error)}.") from None


def lines_in(file: Path) -> Lines:
    """The lines of a file, or of a pipe, until nobody writes to it any more.

    Raises:
        Unreadable: it can't be read.
    """
    try:
        opened = os.fdopen(os.open(file, os.O_RDONLY), "rb")
    except (OSError, ValueError) as error:
        raise Unreadable(f"{file} can't be read: {why(error)}.") from None
    return lines_of_stream(str(file), opened)

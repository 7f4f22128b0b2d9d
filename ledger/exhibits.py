"""Exhibits: the files that records bind by their digest, kept outside the log in a folder.

Each lies under its digest, so it can't be replaced by another without being found, and the same
file bound twice is kept once.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from ledger.database import file_of
from ledger.errors import Altered, NotFound, Unavailable, Unreadable
from ledger.files import of_a_file, why

DEFAULT_FOLDER = "rally.exhibits"
_SOME_BYTES = 1 << 20

State = Literal["here", "missing", "altered"]


class Kept(NamedTuple):
    """A file as a record binds it: its SHA-256 in hex, and its size in bytes."""

    digest: str
    size: int


def folder_of(ledger: str, chosen: str | None = None) -> Path:
    """Where the exhibits of a ledger lie: beside its file; for a server, the chosen folder."""
    file = file_of(ledger)
    return Path(chosen or DEFAULT_FOLDER) if file is None else Path(f"{file}.exhibits")


class Exhibits:
    """The folder of the exhibits of a ledger, each file under its digest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def measure(self, file: Path) -> Kept:
        """The digest and the size of a file, without keeping it.

        Raises:
            Unreadable: it can't be read.
        """
        with _told(file), of_a_file(file) as source:
            return _copied(source, None)

    def keep(self, file: Path) -> Kept:
        """Copy a file into the folder, under its digest; safe on the disk when it answers.

        Raises:
            Unreadable: it can't be read. Unavailable: the folder can't be written.
        """
        with _told(file), of_a_file(file) as source:
            with _written(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-")
            try:
                with _written(self.folder), os.fdopen(handle, "wb") as copy:
                    kept = _copied(source, copy)
                    copy.flush()
                    os.fsync(copy.fileno())
                with _written(self.folder):
                    Path(name).replace(self._path(kept.digest))
            finally:
                Path(name).unlink(missing_ok=True)
        return kept

    def read(self, digest: str) -> bytes:
        """The bytes of an exhibit.

        Raises:
            NotFound, Altered, Unreadable: see `opened`.
        """
        with self.opened(digest) as file, _told(self._path(digest)):
            return file.read()

    def opened(self, digest: str) -> BinaryIO:
        """An exhibit to be read from its beginning, once all of it was found to be what was bound.

        Raises:
            NotFound: it is not in the folder. Altered: what lies there has another digest.
            Unreadable: it can't be read.
        """
        path = self._path(digest)
        if not path.is_file():
            raise NotFound(
                f"The exhibit {digest[:10]} is not in {self.folder}.",
                hint="Put the file back: `rally exhibit check` lists what is missing.",
            )
        with contextlib.ExitStack() as unless_returned, _told(path):
            file = unless_returned.enter_context(path.open("rb"))
            if _copied(file, None).digest != digest:
                raise Altered(
                    f"The exhibit {digest[:10]} in {self.folder} was altered: it has another "
                    "digest.",
                    hint="Ask for the file that was bound from who brought it, and add it again.",
                )
            file.seek(0)
            unless_returned.pop_all()
            return file

    def state(self, digest: str) -> State:
        """Whether an exhibit is there and has its digest."""
        path = self._path(digest)
        if not path.is_file():
            return "missing"
        return "here" if self.measure(path).digest == digest else "altered"

    def _path(self, digest: str) -> Path:
        return self.folder / digest


def _copied(source: BinaryIO, copy: BinaryIO | None) -> Kept:
    digest, size = hashlib.sha256(), 0
    while some := source.read(_SOME_BYTES):
        digest.update(some)
        size += len(some)
        if copy is not None:
            copy.write(some)
    return Kept(digest.hexdigest(), size)


@contextlib.contextmanager
def _told(file: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise Unreadable(f"{file} can't be read: {why(error)}.") from None


@contextlib.contextmanager
def _written(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"{folder} can't be written: {why(error)}.",
            hint="The exhibits lie beside the ledger, or in $RALLY_EXHIBITS if it is on a server.",
        ) from None

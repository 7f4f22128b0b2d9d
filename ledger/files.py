"""Files that the ledger writes: the whole of one or none, and private where it says so."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600
"""Only who owns the file may read and write it."""
_PRIVATE_FOLDER = 0o700
USUAL = 0o666
"""Who may read a new file is as whoever runs this has it."""


@contextlib.contextmanager
def replacing(file: Path, *, private: bool = False, lasting: bool = True) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there once it is whole and safe on the disk.

    One that need not be `lasting` stands when the process stops, not when the machine does.

    Where that fails, what stood there before stands there still. A device or a pipe is written as
    it is. Who may read the file is as before, or as is usual; nobody else, if it is `private`.

    Raises:
        OSError: it can't be written.
    """
    place = file.resolve()
    before = place.stat().st_mode if place.exists() else None
    if before is not None and not stat.S_ISREG(before):
        with place.open("wb") as there:
            yield there
        return
    beside = place.with_name(f".new-{secrets.token_hex(8)}")
    try:
        made = os.open(beside, _NEW, PRIVATE if private else USUAL)
        with os.fdopen(made, "wb") as new:
            yield new
            new.flush()
            if lasting:
                os.fsync(new.fileno())
        if before is not None and not private:
            beside.chmod(stat.S_IMODE(before))
        beside.replace(place)
        if lasting:
            _have_the_name(place.parent)
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """Make a folder beside its place, and put it there once it is whole and safe on the disk.

    Only its owner may look into it, and read the files in it. Where it fails nothing is there.

    Raises:
        FileExistsError: there is something already. OSError, ValueError: it can't be written.
    """
    if folder.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    beside = folder.with_name(f".new-{secrets.token_hex(8)}")
    try:
        beside.mkdir(_PRIVATE_FOLDER)
        yield beside
        for each in beside.iterdir():
            each.chmod(PRIVATE)
            lasting(each)
        beside.rename(folder)
        _have_the_name(folder.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def lasting(file: Path) -> None:
    """Have a file on the disk, whatever happens to the machine.

    Raises:
        OSError: it can't be written.
    """
    handle = os.open(file, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _have_the_name(folder: Path) -> None:
    """Have on the disk which files a folder holds: a name is not there by what it names."""
    if not hasattr(os, "O_DIRECTORY"):  # where folders are no files, the system does it itself
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def have_all_on_the_disk() -> None:
    """Have on the disk whatever was written so far: of many files at once, not one by one."""
    if hasattr(os, "sync"):
        os.sync()


def appending(file: Path) -> BinaryIO:
    """A file that grows, private where it is new.

    Raises:
        OSError: it can't be written.
    """
    return os.fdopen(os.open(file, os.O_APPEND | os.O_CREAT | os.O_WRONLY, PRIVATE), "ab")


def begin_private(file: Path) -> None:
    """Make an empty file that only its owner may read, unless it is there.

    Raises:
        OSError: it can't be made.
    """
    with contextlib.suppress(FileExistsError):
        take_private(file)


def take_private(file: Path) -> None:
    """Make an empty file that only its owner may read.

    Raises:
        FileExistsError. OSError: it can't be made.
    """
    os.close(os.open(file, _NEW, PRIVATE))


_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY


def of_a_file(file: Path) -> BinaryIO:
    """A file to be read, which is one: a pipe may never end, and is not there to be read again.

    Raises:
        OSError: it can't be read, or is a folder, a pipe or a device.
    """
    # Without waiting for somebody who writes to a pipe.
    opened = _opened(file)
    if stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
        return opened
    opened.close()
    raise OSError("it is a pipe or a device, not a file")


def _opened(file: Path) -> BinaryIO:
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    return os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")


def bytes_of(file: Path, most: int | None = None) -> bytes:
    """What a file holds, or a pipe to which somebody writes now; `most` so many bytes.

    Raises:
        OSError: it can't be read, or holds more.
    """
    with _opened(file) as opened:
        os.set_blocking(opened.fileno(), True)
        data = opened.read(-1 if most is None else most + 1)
    if most is not None and len(data) > most:
        raise OSError(f"it holds more than {most >> 20} MB")
    return data


LARGEST = 64 << 20
"""As many bytes as a file may hold that says something of a rally and is no table nor log."""


def is_folder(path: Path) -> bool:
    """Whether there is a folder of that name; of no name that the system does not take."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether there is anything of that name; of no name that the system does not take."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def why(error: OSError | ValueError) -> str:
    """Why a file can't be read or written, in the words of the system."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number else str(error)

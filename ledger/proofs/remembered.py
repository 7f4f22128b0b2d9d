"""What was seen or signed last of each log, in a folder: on the disk before anybody is told.

Nobody else looks or keeps meanwhile, so that two can't go on from one checkpoint.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from ledger.errors import Unavailable, Unreadable
from ledger.files import LARGEST, bytes_of, replacing, why
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint

SEEN = ".checkpoint"
_LOCK = "lock"


class Remembered:
    """The last checkpoint of each origin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file_of(self, origin: str) -> Path:
        """Where the last checkpoint of a log is kept."""
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}{SEEN}"

    def last(self, origin: str) -> Checkpoint | None:
        """The last checkpoint of a log; None where there was none.

        Raises:
            Unreadable: it can't be read, and nothing may be signed.
        """
        file = self.file_of(origin)
        try:
            found = read_checkpoint(bytes_of(file, LARGEST), str(file))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreadable(f"{file} can't be read: {why(error)}.") from None
        if found.origin != origin:
            raise Unreadable(f"{file} is of another log.")
        return found

    def keep(self, checkpoint: Checkpoint) -> None:
        """Have it on the disk.

        Raises:
            Unavailable: it can't be written.
        """
        self.write(self.file_of(checkpoint.origin), checkpoint.to_bytes())

    def write(self, file: Path, data: bytes) -> None:
        """Have a file of the folder on the disk, whole.

        Raises:
            Unavailable: it can't be written.
        """
        with told(file), replacing(file, private=True) as there:
            there.write(data)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else goes on from what is remembered here meanwhile.

        Raises:
            Unavailable: it can't be written.
        """
        import fcntl

        lock = self._folder / _LOCK
        with told(lock):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = lock.open("ab")
        with held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield


@contextlib.contextmanager
def told(what: Path) -> Iterator[None]:
    """What can't be written is told as such.

    Raises:
        Unavailable: it can't be.
    """
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        raise Unavailable(f"{what} can't be written: {why(error)}.") from None

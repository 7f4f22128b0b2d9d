"""The quarantine: the file beside a ledger where lines lie that were not appended, and why."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from ledger.errors import Unavailable
from ledger.files import appending, why
from ledger.vocabulary import canonical


class Problem(NamedTuple):
    """A line that was not appended: where, as it stood, why, and of which kind.

    Of a conflict `key` is its key at its source, `type` what it is, and `way` how it differs:
    `differs`, `withdrawn` (a whole answer no longer holds it) or `returned`. One that is not
    `recordable` is no matter of a correction by the source.
    """

    where: str
    raw: str
    reason: str
    kind: str
    key: str = ""
    type: str = ""
    way: str = ""
    recordable: bool = False

    @property
    def withdrawn(self) -> bool:
        """Whether it is no line of the delivery, but one that it no longer holds."""
        return self.way == "withdrawn"


class _Kept(msgspec.Struct):
    where: str
    kind: str
    reason: str
    raw: str


@contextlib.contextmanager
def keeping(quarantine: Path, problems: Sequence[Problem]) -> Iterator[str | None]:
    """Put what is not appended into the quarantine file, each line once; gives its name.

    Where what is done meanwhile fails, the file is as it was: nothing came of the delivery.

    Raises:
        Unavailable: the file can't be written.
    """
    if not problems:
        yield None
        return
    size = -1  # there is no such file
    try:
        before = quarantine.read_bytes() if quarantine.exists() else None
        size = -1 if before is None else len(before)
        new = _new(problems, before or b"")
        first = next(new, None)
        if first is not None:
            with appending(quarantine) as file:
                file.write(first)
                file.writelines(new)  # one after another: there may be very many
    except (OSError, ValueError) as error:
        _as_it_was(quarantine, size)
        raise Unavailable(
            f"The quarantine file {quarantine} can't be written: {why(error)}.",
            hint="Nothing was appended. Make room or name another ledger folder.",
        ) from None
    try:
        yield str(quarantine)
    except BaseException:
        _as_it_was(quarantine, size)
        raise


def _new(problems: Sequence[Problem], before: bytes) -> Iterator[bytes]:
    """The lines that are not there yet, each once."""
    already = {hashlib.sha256(line).digest() for line in before.splitlines()}
    for each in problems:
        line = canonical(_Kept(each.where, each.kind, each.reason, _spelled(each.raw)))
        if (known := hashlib.sha256(line).digest()) not in already:
            already.add(known)
            yield line + b"\n"


def keep(quarantine: Path, problems: Sequence[Problem]) -> str | None:
    """Put what is not appended into the quarantine file, whatever comes of the rest."""
    with keeping(quarantine, problems) as kept:
        return kept


def _as_it_was(quarantine: Path, size: int) -> None:
    with contextlib.suppress(OSError):
        if size < 0:
            quarantine.unlink(missing_ok=True)
        elif quarantine.stat().st_size > size:
            with quarantine.open("rb+") as file:
                file.truncate(size)


def _spelled(raw: str) -> str:
    r"""The line with bytes that are no UTF-8 written as \xNN, so that none is lost."""
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

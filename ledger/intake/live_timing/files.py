"""The files of saved answers: each as it is needed, and what can't be read kept with the reason."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from ledger.errors import Unreadable
from ledger.files import bytes_of, why
from ledger.intake.lines import BadLine, Note
from ledger.intake.live_timing.answers import Answer

RowKind = TypeVar("RowKind", bound=Answer)


class Read(NamedTuple):
    """A row of an answer with the place where it stands."""

    where: str
    row: Any


class Files:
    """The answers of one rally; `bad` is what could not be read of them."""

    def __init__(self, rally: Path) -> None:
        self.rally = rally
        self.stages = rally.parent.parent / "stages"
        self.bad: list[BadLine | Note] = []
        self._rows: dict[str, Any] = {}

    def of_stage(self, stage: int, name: str) -> Path:
        """The file of that name under a stage."""
        return self.stages / str(stage) / name

    def rows(self, path: Path, kind: type[RowKind], *, needed: bool = False) -> Iterator[Read]:
        """The rows of a list, without those that can't be read.

        Raises:
            Unreadable: the list is needed and can't be read at all.
        """
        if is_missing(path) and not needed:
            self.bad.append(Note(str(path), "This answer is missing."))
            return
        try:
            rows = content_of(path, list)
        except Unreadable as error:
            if needed:
                raise
            self.keep(path, error.message)
            return
        yield from self.parts(str(path), rows, kind)

    def parts(self, where: str, rows: Iterable[Any] | None, kind: type[RowKind]) -> Iterator[Read]:
        """The parts of an answer, without those that can't be read."""
        for index, row in enumerate(rows or ()):
            place = f"{where}[{index}]"
            self._rows[place] = row
            try:
                read = msgspec.convert(row, kind, strict=False)
                if not read.in_parts:
                    self.raw(place).encode()
            except msgspec.ValidationError as error:
                self.bad.append(BadLine(place, self.raw(place), f"{error}."))
            except UnicodeEncodeError as error:
                self.bad.append(BadLine(place, json.dumps(row), f"{_reason(error)}."))
            else:
                yield Read(place, read)

    def raw(self, where: str, otherwise: str = "") -> str:
        """A row as it was read."""
        known = where in self._rows
        return json.dumps(self._rows[where], ensure_ascii=False) if known else otherwise

    def keep(self, path: Path, message: str) -> None:
        """Put a file that can't be read aside as it stands."""
        raw = ""  # of what nobody may read nothing can be kept
        with contextlib.suppress(OSError):
            raw = bytes_of(path).decode("utf-8", "surrogateescape")
        self.bad.append(BadLine(*_placed(path, raw, message)))


def is_missing(path: Path) -> bool:
    """Whether there is no such file; one in a folder that nobody may open is there."""
    try:
        return not path.exists()
    except OSError:
        return False


def one(path: Path, kind: type[RowKind]) -> RowKind:
    """An answer that is one object.

    Raises:
        Unreadable: the file can't be read, or is not such an answer.
    """
    try:
        return msgspec.convert(content_of(path, dict), kind, strict=False)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise Unreadable(f"{path}: {_reason(error)}.", hint="Save the answer again.") from None


def content_of(path: Path, kind: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """What a file holds; an empty one, `null` and `{}` are an empty answer.

    Raises:
        Unreadable: the file can't be read, or holds something else.
    """
    try:
        found = json.loads(bytes_of(path).decode("utf-8-sig") or "null")
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"{path}:{error.lineno}: not JSON at column {error.colno}: {error.msg}.",
            hint="The file may be cut; save the answer again.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path}: {error}.", hint="Save the answer again.") from None
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {why(error)}.") from None
    found = kind() if found is None or found == {} else found
    if not isinstance(found, kind):
        raise Unreadable(f"{path}: not a {kind.__name__}.", hint="Save the answer again.")
    return found


def _reason(error: Exception) -> str:
    """Why something can't be read."""
    if isinstance(error, UnicodeEncodeError):
        return f"{error.object[error.start]!a} is half a character"
    return str(error)


def _placed(path: Path, raw: str, message: str) -> tuple[str, str, str]:
    """Where in a file that can't be read, the file as it stands, and why, each said once."""
    found = re.fullmatch(rf"({re.escape(str(path))}(?::\d+)?):? (.*)", message, re.DOTALL)
    where, reason = found.groups() if found else (str(path), message)
    return where, raw, reason

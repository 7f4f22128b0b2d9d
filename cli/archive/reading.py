"""Reading an archive: what it showed at a position, out of its files and of nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from cli.archive.layout import ARCHIVE, MANIFEST, digest, handed_over, is_inside, tile_file
from ledger.errors import LedgerError, NotFound, Tampered, Unreadable, Usage
from ledger.files import LARGEST, bytes_of, why
from ledger.times import Instant, by_clocks_of, within_the_years, zone_of
from ledger.vocabulary.publication import categories_of
from projections.replay.lookup import FORMAT, Tile, listed, names_at, received_at, rulebook_at

HINT = "Name the folder that `rally export archive` wrote."
PUBLISH = "Publish it again with `rally export archive`, or take a copy that is whole."


class Manifest(NamedTuple):
    """What an archive says of itself: on what it rests, and the digest of each of its files.

    `build` is the edition of the rules and that of the pages by which it was drawn.
    """

    basis: Mapping[str, Any]
    files: Mapping[str, str]
    build: str


def manifest_of(folder: Path) -> Manifest:
    """The manifest of an archive.

    Raises:
        Unreadable: there is none, or it is none.
    """
    try:
        told = json.loads(bytes_of(folder / MANIFEST, LARGEST))
    except FileNotFoundError:
        raise Unreadable(f"{folder} holds no archive: no {MANIFEST}.", hint=HINT) from None
    except (OSError, ValueError, RecursionError) as error:
        reason = why(error) if isinstance(error, OSError) else "it is no JSON"
        raise Unreadable(f"{folder / MANIFEST} can't be read: {reason}.", hint=HINT) from None
    if isinstance(told, dict) and told.get("format", FORMAT) != FORMAT:
        raise Unreadable(
            f"{folder} was written in format {told['format']!r}; this is {FORMAT}.",
            hint="Read it with the version that wrote it.",
        )
    if not _is_a_manifest(told):
        raise Unreadable(f"{folder / MANIFEST} is no manifest of an archive.", hint=HINT)
    return Manifest(told["basis"], told["files"], told.get("build", ""))


_TEXTS, _FIGURES = ("ledger", "rally", "root", "rulebook"), ("position", "edition")


def _is_a_manifest(told: Any) -> bool:
    basis, files = (told.get("basis"), told.get("files")) if isinstance(told, dict) else (0, 0)
    return (
        isinstance(basis, dict)
        and isinstance(files, dict)
        and isinstance(told.get("build", ""), str)
        and all(isinstance(basis.get(name), str) for name in _TEXTS)
        and all(type(basis.get(name)) is int and basis[name] >= 0 for name in _FIGURES)
        and all(is_inside(path) and isinstance(held, str) for path, held in files.items())
    )


class Replayed(NamedTuple):
    """A list as it stood at a position of the log, with the basis of the archive it is from."""

    archive: Mapping[str, Any]
    title: str
    zone: str
    position: int
    received: int | None
    rulebook: str
    found: Mapping[str, Any]

    def json(self) -> dict[str, Any]:
        """It as one JSON document; the root is known of the archive's own position alone."""
        of = self.archive
        whole = self.position == of["position"]
        at = None if self.received is None else within_the_years(self.received, 0).iso()
        basis = {
            "ledger": of["ledger"],
            "rally": of["rally"],
            "position": self.position,
            "head": of["position"],
            "root": of["root"] if whole else None,
            "received_at": at,
            "effective_at": None,
            "rulebook": self.rulebook,
            "edition": of["edition"],
        }
        return {"basis": basis, **self.found, "archive": dict(of)}

    def heading(self) -> str:
        """Of which rally it is, and as of when."""
        told = f"{self.title} · as of #{self.position} of {self.archive['position']}"
        if self.received is None:
            return told
        at = within_the_years(self.received, 0)
        return f"{told}, received {self._by_its_clocks(at).short()}"

    def _by_its_clocks(self, at: Instant) -> Instant:
        try:
            return by_clocks_of(zone_of(self.zone), at) if self.zone else at
        except LedgerError:
            return at


class Archive:
    """An archive in a folder; whatever is read of it is held against its manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = manifest_of(folder)

    def replay(self, position: str, category: str | None = None) -> Replayed:
        """A list as it stood at a position: of all crews, or of a category.

        Raises:
            Usage, NotFound: there is no such position or category. Tampered: a file is another one.
        """
        at = self.position(position)
        try:
            return self._replayed(at, category)
        except (LookupError, TypeError, ValueError, AttributeError, StopIteration) as error:
            told = f"{self.folder}: what it holds of #{at} is no tile ({error!r})."
            raise Unreadable(told, hint=PUBLISH) from None

    def _replayed(self, at: int, category: str | None) -> Replayed:
        about = self._about
        tile = self.tile(at // about["size"])
        found = self._listed(tile, at, category)
        if "error" in found:
            raise _told_again(found["error"])
        told = received_at(tile, at), rulebook_at(tile, at)
        return Replayed(self.manifest.basis, about["title"], about["zone"], at, *told, found)

    def position(self, text: str) -> int:
        """A position as it is typed: `148`, `#148`; `@` is the last, `@-1` the one before.

        Raises:
            Usage: it is none. NotFound: the archive ends before.
        """
        last = int(self.manifest.basis["position"])
        said = text.strip().removeprefix("#")
        at = last if said == "@" else None
        digits = said.removeprefix("@-")
        if digits.isascii() and digits.isdecimal() and len(digits) < _FIGURES_AT_MOST:
            at = int(said) if said == digits else last - int(digits)
        if at is None:
            raise Usage(
                f"{text!r} is no position.", hint="An archive is read at 148, '#148', @ or @-1."
            )
        if not 0 <= at <= last:
            raise NotFound(f"There is no record #{at}.", hint=f"The archive has #1 to #{last}.")
        return at

    def tile(self, number: int) -> Tile:
        """A tile of the replay.

        Raises:
            Tampered: it is not the one of the manifest. Unreadable: it is none.
        """
        found: Tile = self._document("tile", tile_file(number))
        return found

    def bytes(self, path: str) -> bytes:
        """A file of the archive.

        Raises:
            Tampered: it is not the one of the manifest, or is not there.
        """
        held = self.manifest.files.get(path)
        if held is None:
            raise Tampered(f"{self.folder}: the manifest names no {path}.", hint=PUBLISH)
        try:
            data = bytes_of(self.folder / path, LARGEST)
        except (OSError, ValueError) as error:
            told = f"{self.folder / path} can't be read: {why(error)}."
            raise Tampered(told, hint=PUBLISH) from None
        if digest(data) != held:
            raise Tampered(
                f"{self.folder / path} is not the file that the manifest names.", hint=PUBLISH
            )
        return data

    def _document(self, call: str, path: str) -> Any:
        data = self.bytes(path)
        try:
            told = handed_over(call, data)
        except (ValueError, RecursionError) as error:
            told = {"format": f"unreadable, {error}"}
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            said = told.get("format") if isinstance(told, dict) else None
            raise Unreadable(
                f"{self.folder / path} is of format {said!r}; this reads {FORMAT}.",
                hint="Read it with the version that wrote it.",
            )
        return told

    @cached_property
    def _about(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._document("archive", ARCHIVE)
        return found

    def _listed(self, tile: Tile, at: int, category: str | None) -> Mapping[str, Any]:
        found = None if category == "" else listed(tile, category or "", at)
        if found is not None or category is None:
            return found or {}
        joint = listed(tile, "", at) or {}
        lines = [*joint.get("rows", ()), *joint.get("unclassified", ())]
        if "error" not in joint and not lines:  # nobody is entered yet
            return {**joint, "scope": {**joint["scope"], "category": category}}
        entered = {line["category"] for line in lines}
        for each in () if category in entered else categories_of(category) or (category,):
            if each not in entered:
                hint = f"The crews are of: {_named(entered)}."
                raise NotFound(f"There is no category {each!r}.", hint=hint)
        hint = f"It has those of: {_named(names_at(tile, at))}."
        raise NotFound(f"The archive has no list of {category}.", hint=hint)


_FIGURES_AT_MOST = 16


def _named(lists: Iterable[str]) -> str:
    return ", ".join(sorted(filter(None, lists))) or "none"


def _told_again(error: Mapping[str, Any]) -> LedgerError:
    """What kept the ledger from telling a list, as it told it."""

    class Told(LedgerError):
        kind, exit_code = error["kind"], error["exit_code"]

    return Told(error["message"], hint=error["hint"])

"""Checking an archive: whether each file is there as the manifest names it, and no other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cli.archive.layout import MANIFEST, digest
from cli.archive.reading import Manifest, manifest_of
from ledger.files import of_a_file, why


class Checked(NamedTuple):
    """What came of it: how many files the manifest names, on what they rest, and what was found."""

    folder: Path
    manifest: Manifest
    findings: list[str]
    against: str = ""
    """Against which ledger it was held; none, and its files were held against its manifest."""
    not_drawn: str = ""
    """Why its pages were not drawn again, where the ledger was to tell them."""

    def json(self) -> dict[str, Any]:
        """It as JSON has it."""
        return {
            "ok": not self.findings,
            "files": len(self.manifest.files),
            "basis": dict(self.manifest.basis),
            "ledger": self.against or None,
            "not_checked": [{"what": "the pages", "why": self.not_drawn}] if self.not_drawn else [],
            "findings": self.findings,
        }


def check(folder: Path) -> Checked:
    """Hold every file of an archive against its manifest.

    Raises:
        Unreadable: there is no manifest.
    """
    manifest = manifest_of(folder)
    return Checked(folder, manifest, list(_findings(folder, manifest)))


def _findings(folder: Path, manifest: Manifest) -> Iterator[str]:
    there = set(files_in(folder))
    for path, held in sorted(manifest.files.items()):
        if path not in there:
            yield f"{path} is missing."
        elif told := _unlike(folder / path, held):
            yield f"{path} {told}."
    for path in sorted(there - manifest.files.keys() - {MANIFEST}):
        yield f"{path} is no file of the archive."


def _unlike(file: Path, held: str) -> str:
    try:
        if file.is_symlink():
            return "is a link, and no file"
        with of_a_file(file) as opened:
            data = opened.read()
    except (OSError, ValueError) as error:
        return f"can't be read: {why(error)}"
    return "" if digest(data) == held else "is not the file that the manifest names"


def files_in(folder: Path) -> Iterator[str]:
    """The paths of everything in a folder that is no folder itself; links are not followed."""
    for here, folders, files in os.walk(folder):
        links = [each for each in folders if (Path(here) / each).is_symlink()]
        for name in (*files, *links):
            yield (Path(here) / name).relative_to(folder).as_posix()

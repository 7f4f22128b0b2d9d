"""The folder of an archive: what is published is put there file by file, the manifest last.

A new archive is made beside its place and appears whole. In one that is there only what changed is
written, each file beside its place and then put there, in an order in which whoever reads meanwhile
is shown what is right: a tile that goes further first, then what tells of it.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cli.archive.checking import check, files_in
from cli.archive.layout import MANIFEST, digest, written
from cli.archive.publication import Publication, must_draw
from cli.archive.reading import Manifest, manifest_of
from cli.archive.remembered import Remembered
from cli.office.forms import plain
from ledger.errors import Refused, Unavailable, Unreadable
from ledger.files import LARGEST, bytes_of, have_all_on_the_disk, is_there, replacing, why
from ledger.log import Log
from projections.replay.lookup import FORMAT

_BESIDE = re.compile(r"(.*/)?\.new-[0-9a-f]{16}")


class Published(NamedTuple):
    """What was published: its basis, how many files, which were written and which taken away."""

    basis: dict[str, Any]
    files: int
    written: list[str]
    removed: list[str]


def publish(
    publication: Publication, folder: Path, progress: Callable[[int], None] = lambda _: None
) -> Published:
    """Write an archive into a folder, new or with an earlier archive of this rally.

    `progress` is told how many files are done. Where the archive that is there is what this ledger
    published last, of the same and unaltered, nothing is made a second time.

    Raises:
        Refused: something else is there, or the archive of another log. Unavailable: the files
        can't be written, or what draws the pages is not installed.
    """
    must_draw()
    log = publication.seen.log
    try:
        before = _before(folder, log)
        if before is not None:
            if _is_as_published(publication, folder):
                return Published(plain(publication.basis), len(before.files), [], [])
            return _Folder(folder, before).take(publication, progress)
        with _to_be(folder) as beside:
            return _Folder(beside, None).take(publication, progress)
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"{folder} can't be written: {why(error)}.", hint="Make room, or name another folder."
        ) from None


def _is_as_published(publication: Publication, folder: Path) -> bool:
    """Whether a folder holds just what this ledger published last, and would publish again."""
    remembered = Remembered(publication.seen.log)
    manifest = digest(bytes_of(folder / MANIFEST, LARGEST))
    return remembered.published(publication.made_of, manifest) and not check(folder).findings


def _before(folder: Path, log: Log) -> Manifest | None:
    """The manifest of the archive that is there; None where nothing is."""
    if not is_there(folder) or (folder.is_dir() and not any(folder.iterdir())):
        return None
    other = f"{folder} holds something else than an archive"
    if not folder.is_dir():
        raise Refused(f"{other}.", hint="Name another folder.")
    try:
        found = manifest_of(folder)
    except Unreadable as error:
        raise Refused(
            f"{other}: {error.message}", hint="Name another folder, or an empty one."
        ) from None
    basis = found.basis
    same = (basis["ledger"], basis["rally"]) == (log.identity(), log.rally)
    position = basis["position"]
    if not same or position > log.head().size or log.root_at(position) != basis["root"]:
        raise Refused(
            f"{folder} is the archive of another log: {basis['rally']} of {basis['ledger']}, "
            f"#{position} with the root {basis['root'][:16]}.",
            hint="Name another folder.",
        )
    return found


@contextlib.contextmanager
def _to_be(folder: Path) -> Iterator[Path]:
    """A folder beside the one to be, which takes its place once nothing went wrong."""
    place = folder.resolve()
    beside = place.parent / f".new-{secrets.token_hex(8)}"
    beside.mkdir(mode=0o700, parents=False)
    try:
        yield beside
        if place.is_dir():  # an empty one, of which who may read it stays as it is
            beside.chmod(place.stat().st_mode & 0o777)
        beside.replace(place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


class _Folder:
    """A folder that is written; `before` is what the archive in it says of itself."""

    def __init__(self, folder: Path, before: Manifest | None) -> None:
        self._folder = folder
        self._before = before
        self._mode = folder.stat().st_mode & 0o777
        self._written: list[str] = []

    def take(self, publication: Publication, progress: Callable[[int], None]) -> Published:
        """Write what is published, and take away what is no more."""
        for path in [each for each in files_in(self._folder) if _BESIDE.fullmatch(each)]:
            (self._folder / path).unlink()  # of a publication that was broken off
        made: dict[str, str] = {}
        for path, data in publication.files(self._held):
            made[path] = digest(data)
            self._put(path, data)
            progress(len(made))
        basis = plain(publication.basis)
        told = {"format": FORMAT, "basis": basis, "build": publication.build}
        told["files"] = dict(sorted(made.items()))
        gone = sorted((self._before.files.keys() if self._before else set()) - made.keys())
        manifest = written(told) + b"\n"
        have_all_on_the_disk()  # what it vouches for is there before it is
        self._put(MANIFEST, manifest, lasting=True)
        remembered = Remembered(publication.seen.log)
        remembered.take_published(publication.made_of, digest(manifest))
        remembered.keep()
        removed = [path for path in gone if self._remove(path)]
        return Published(basis, len(made), self._written, removed)

    def _held(self, path: str) -> bytes | None:
        file = self._folder / path
        if file.is_symlink() or not file.is_file():
            return None
        try:
            return bytes_of(file, LARGEST)
        except OSError:
            return None

    def _put(self, path: str, data: bytes, *, lasting: bool = False) -> None:
        if self._held(path) == data:
            return
        file = self._folder / path
        self._make_room(path)
        with replacing(file, private=True, lasting=lasting) as out:
            out.write(data)
        # Who may read the folder may read what is published in it, also what is new.
        file.chmod(self._mode & 0o666)
        self._written.append(path)

    def _make_room(self, path: str) -> None:
        """Have the folders in which a file stands, and nothing that leads elsewhere."""
        at = self._folder
        *folders, name = path.split("/")
        for part in folders:
            at /= part
            if at.is_symlink() or (at.exists() and not at.is_dir()):
                at.unlink()
            if not at.exists():
                at.mkdir(mode=self._mode)
                at.chmod(self._mode)
        if (at / name).is_symlink():
            (at / name).unlink()

    def _remove(self, path: str) -> bool:
        file = self._folder / path
        if any(each.is_symlink() for each in [file, *file.parents][: path.count("/") + 1]):
            return False
        try:
            file.unlink()
        except OSError:
            return False
        with contextlib.suppress(OSError):
            for parent in list(file.parents)[: path.count("/")]:
                parent.rmdir()
        return True

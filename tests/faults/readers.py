"""Readers who may not write: what they are shown is the state as it is, or they are told why not.

The ledger is read by an account that may only read, through a link, with its last records still in
the write-ahead log; in a folder that it may write or not.
"""

from __future__ import annotations

import itertools
import json
import os
import pwd
import random
import shutil
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import msgspec

from tests.faults.ledgers import SAMPLE, Child, Said, expect_no_traceback, opened, said, sample
from tests.faults.table import Counts, Skipped
from tests.store.samples import remark

MARK = "the last word"
OLD = 192
"""Records of the sample; one more is in the write-ahead log."""


class Case(NamedTuple):
    """How the ledger lies there, and how it is named."""

    linked: str
    """Through no link, a link to the file, or a link to its folder."""
    writer: str
    """Whoever wrote last still has it open, died with it open, or closed it."""
    folder_mode: int

    def words(self) -> str:
        """The case for a person."""
        return f"{self.linked} link, writer {self.writer}, folder {self.folder_mode:o}"


CASES = [
    Case(*each)
    for each in itertools.product(
        ("no", "file", "folder"), ("is there", "died", "closed"), (0o755, 0o555)
    )
]
QUESTIONS: tuple[tuple[str, ...], ...] = (
    ("log",),
    ("standings", "--json"),
    ("log", "--json"),
    ("follow", "--once", "--since", "#192"),
)


def readers(seed: int, tries: int, folder: Path) -> Counts:
    """The row: so many cases, read by an account that may read and nothing else."""
    nobody = _nobody()
    counts, chance = Counts(), random.Random(seed)
    folder.chmod(0o755)
    for parent in folder.parents:
        if parent.name.startswith("rally-faults-"):
            parent.chmod(0o755)
    begun = sample(folder / "sample.db")
    for words in QUESTIONS:
        said(begun, *words)  # imports what it needs: that may lie where nobody else may read
    cases = list(itertools.islice(itertools.cycle(chance.sample(CASES, len(CASES))), tries))
    for number, case in enumerate(cases):
        named, writer = _laid_out(folder / f"case-{number}", begun, case)
        try:
            for words in QUESTIONS:
                child = Child(_reads, nobody, named, words)
                answer: Said = child.told()
                child.end()
                _look(counts, answer, words, case)
        finally:
            writer.kill()
        counts.tried += 1
    return counts


def _nobody() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        raise Skipped("only root can read as somebody who may not write")
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Skipped("there is no account nobody") from None


def _laid_out(place: Path, begun: Path, case: Case) -> tuple[Path, Child]:
    """A ledger with one more record than the sample, and the process that wrote it."""
    real = place / "real"
    real.mkdir(parents=True)
    file = Path(shutil.copy(begun, real / "rally.db"))
    writer = Child(_writes, file, case.writer == "closed")
    writer.told()
    if case.writer != "is there":
        writer.kill()
    for each in real.iterdir():
        each.chmod(0o644)
    real.chmod(case.folder_mode)
    named = file
    if case.linked == "file":
        named = place / "link.db"
        named.symlink_to(file)
    elif case.linked == "folder":
        (place / "link").symlink_to(real)
        named = place / "link" / file.name
    return named, writer


def _writes(tell: Connection, file: Path, close: bool) -> None:
    with opened(file) as log:
        log.append([msgspec.structs.replace(remark(MARK), rally=SAMPLE)])
        if not close:
            tell.send("written")
            while True:
                time.sleep(60)
    tell.send("written")


def _reads(tell: Connection, who: pwd.struct_passwd, named: Path, words: tuple[str, ...]) -> None:
    os.setgroups([])
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)
    tell.send(said(named, *words))


def _look(counts: Counts, answer: Said, words: tuple[str, ...], case: Case) -> None:
    about = f"{' '.join(words)}, {case.words()}"
    if not expect_no_traceback(counts, answer, about) or answer.code:
        return
    if words[0] == "standings":
        newest = json.loads(answer.out)["basis"]["position"] == OLD + 1
    else:
        newest = MARK in answer.out
    if not newest:
        counts.find("unseen", f"{about}: an old state, and nobody says so")

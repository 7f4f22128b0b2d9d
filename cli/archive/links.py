"""Addresses within a folder: of the pages that are in it, from one file to another.

What the folder has no page of has no address: it stands there as text. Other moments of the log
are those of the replay.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import escape

from cli.archive.contents import Contents
from cli.archive.layout import INDEX
from cli.web.asked import Question, subject_of
from cli.web.frame import Links
from ledger.record import Record

NOWHERE = ""
AT_THE_END_ALONE = frozenset({"why"})
"""What explains the figures of the archive's moment, and of no other one."""


class LinksOfFiles(Links):
    """Addresses on a page of the folder."""

    at_will = False

    def __init__(
        self, question: Question, contents: Contents, path: str, sheets: Collection[str] = ()
    ) -> None:
        super().__init__(question)
        self._asked, self._contents, self._path = question, contents, path
        self._sheets = sheets

    def file(self, path: str) -> str:
        """A file of the folder."""
        return quote(posixpath.relpath(path, posixpath.dirname(self._path) or "."))

    def to(self, read: str, **given: Any) -> str:
        """Another page: as of the moment of the archive."""
        told = {name: each for name, each in given.items() if each not in (None, "")}
        on_the_road = self._asked.cuts.effective_at is not None
        page = self._contents.find(read, **told)
        if page is None or (on_the_road and read in AT_THE_END_ALONE):
            return NOWHERE
        return self.file(page.path("html"))

    def in_markup(self, read: str, several: Sequence[Any], **given: Any) -> list[str]:
        """Pages of a read: those that are in the folder."""
        subject = subject_of(read)
        about = [{subject.name: each} if subject else {} for each in several]
        return [str(escape(self.to(read, **given, **each))) for each in about]

    def here(self, **given: Any) -> str:
        """This page, asked otherwise."""
        return self.to(self._asked.read, **{**self._asked.given, **given})

    def record(self, position: int) -> str:
        """A record: its page, else where it stands in the log."""
        if own := self.to("show", record=str(position)):
            return own
        page = self._contents.of_the_log(position)
        return f"{self.file(page.path('html'))}#r{position}" if page else NOWHERE

    def older(self, rows: Sequence[Record], more: bool) -> str:
        """The part of the log before what stands on this page."""
        return self._beside_in_the_log(rows[-1].position - 1)

    def newer(self, rows: Sequence[Record]) -> str:
        """The part of the log behind what stands on this page."""
        return self._beside_in_the_log(rows[0].position + 1)

    def _beside_in_the_log(self, position: int) -> str:
        page = self._contents.of_the_log(position)
        there = page is not None and position <= int(self._asked.cuts.known_at or 0)
        return self.file(page.path("html")) if page and there else NOWHERE

    def twin(self, form: str) -> str:
        """This page in another form."""
        return self.file(f"{posixpath.splitext(self._path)[0]}.{form}")

    def sheet(self, document: str) -> str:
        """A document as PDF, as it was posted, where the archive has it."""
        page = self._contents.find("publications", document=document)
        path = page.path("pdf") if page else NOWHERE
        return self.file(path) if path in self._sheets else NOWHERE

    def exhibit(self, digest: str) -> str:
        """The file of an exhibit: it is not handed out with the archive."""
        return NOWHERE

    def moment(self, position: int) -> str:
        """The replay at a moment."""
        return f"{self.file(INDEX)}#at={position}"

    def moment_of(self, read: str, position: int) -> str:
        """The replay at a moment."""
        return self.moment(position)

"""Addresses within a folder: of the pages that are in it, from one file to another.

What the folder has no page of has no address: it stands there as text. Other moments of the log
are those of the replay.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import escape

from cli.archive.contents import Contents
from cli.archive.layout import INDEX
from cli.web.asked import Question, subject_of
from cli.web.frame import Links

NOWHERE = ""
AT_THE_END_ALONE = frozenset({"why"})
"""What explains the figures of the archive's moment, and of no other one."""


class LinksOfFiles(Links):
    """Addresses on a page of the folder."""

    at_will = False

    def __init__(self, question: Question, contents: Contents, path: str) -> None:
        super().__init__(question)
        self._asked, self._contents, self._path = question, contents, path

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

    def twin(self, form: str) -> str:
        """This page in another form."""
        return self.file(posixpath.splitext(self._path)[0] + ".json") if form == "json" else NOWHERE

    def sheet(self, document: str) -> str:
        """A document to be printed: the archive draws none."""
        return NOWHERE

    def exhibit(self, digest: str) -> str:
        """The file of an exhibit: it is not handed out with the archive."""
        return NOWHERE

    def moment(self, position: int) -> str:
        """The replay at a moment."""
        return f"{self.file(INDEX)}#at={position}"

    def moment_of(self, read: str, position: int) -> str:
        """The replay at a moment."""
        return self.moment(position)

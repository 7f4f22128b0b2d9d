"""The answers of the ledger at the position of an archive: each as a page, and as JSON beside it.

The JSON is what `rally NAME --basis manifest.json --json` prints in that ledger, byte for byte, and
the page is that which `rally serve` shows at that position. What can't be told says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cli.archive.asking import Asking
from cli.archive.contents import Contents, contents_of
from cli.archive.layout import MARKS, ROAD
from cli.archive.road import At, instants
from cli.names import for_programs, naming_of
from cli.office.view import View
from cli.terminal import json_bytes
from cli.web.asked import Question
from cli.web.replies import error_of
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from cli.archive.drawing import Drawing


class Pages:
    """The pages of an archive."""

    def __init__(self, seen: View) -> None:
        self._seen = seen
        self.asking = Asking(seen)
        self._named = naming_of(lambda: seen.log, seen.position)

    @cached_property
    def contents(self) -> Contents:
        """Which pages there are."""
        return contents_of(self._seen)

    @cached_property
    def _drawing(self) -> Drawing:
        from cli.archive.drawing import Drawing

        return Drawing(self.asking, self.contents)

    def told(self) -> Iterator[tuple[str, bytes]]:
        """Every answer as JSON, with its path."""
        for page in self.contents:
            question = self.asking.question(page.read, page.given)
            yield page.path("json"), json_bytes(self._document(question))
        for at in self._instants:
            yield at.path("json"), json_bytes(self._document(self._on_the_road(at)))

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every page with its path, its JSON before it; and those that lead to them."""
        drawing, asking, several = self._drawing, self.asking, self._instants
        for page in self.contents:
            question = asking.question(page.read, page.given)
            document = self._document(question)
            yield page.path("json"), json_bytes(document)
            yield page.path("html"), drawing.page(question, page.path("html"), document)
        for before, at, after in zip((None, *several), several, (*several[1:], None), strict=False):
            question = self._on_the_road(at)
            document = self._document(question)
            yield at.path("json"), json_bytes(document)
            yield at.path("html"), drawing.on_the_road(question, document, at, before, after)
        yield ROAD, drawing.road(several)
        yield MARKS, drawing.marks()

    @cached_property
    def _instants(self) -> list[At]:
        return instants(self._seen)

    def _on_the_road(self, at: At) -> Question:
        return self.asking.question("standings", {}, at.instant.iso())

    def _document(self, question: Question) -> dict[str, Any]:
        """An answer as a command prints it as JSON, or why there is none."""
        try:
            told = self.asking.ask(question).json()
        except LedgerError as error:
            return {"error": error_of(error, self._seen.log)}
        return for_programs(told, lambda _: self._named)

"""The answers of the ledger at the position of an archive: each as a page, and its other forms.

JSON and CSV are what `rally NAME --basis manifest.json` prints in that ledger, byte for byte, and
the page is that which `rally serve` shows at that position. What can't be told says why.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.archive.asking import Asking
from cli.archive.contents import Contents, Page, contents_of
from cli.archive.layout import MARKS, ROAD
from cli.archive.road import At, instants
from cli.names import for_programs, naming_of
from cli.office.view import View
from cli.terminal import json_bytes
from cli.web.asked import FORMS, Question, has_form
from cli.web.forms import told
from cli.web.replies import error_of
from ledger.errors import LedgerError

if TYPE_CHECKING:
    from cli.archive.drawing import Drawing


class Pages:
    """The pages of an archive; `sheets` are the paths of the documents that it has as PDF."""

    def __init__(self, seen: View, sheets: Collection[str] = ()) -> None:
        self._seen, self._sheets = seen, sheets
        self.asking = Asking(seen)
        self._named = naming_of(lambda: seen.log, seen.position)

    @cached_property
    def contents(self) -> Contents:
        """Which pages there are."""
        return contents_of(self._seen)

    @cached_property
    def _drawing(self) -> Drawing:
        from cli.archive.drawing import Drawing

        return Drawing(self.asking, self.contents, self._sheets)

    def told(self) -> Iterator[tuple[str, bytes]]:
        """Every answer in its forms, each with its path."""
        for page in self.contents:
            question = self.asking.question(page.read, page.given)
            yield from self._answered(question).files(page)
        for at in self._instants:
            yield from self._answered(self._on_the_road(at)).files(at)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every page with its path, its other forms before it; and those that lead to them."""
        drawing, asking, several = self._drawing, self.asking, self._instants
        for page in self.contents:
            question = asking.question(page.read, page.given)
            said = self._answered(question)
            yield from said.files(page)
            yield page.path("html"), drawing.page(question, page.path("html"), *said)
        for before, at, after in zip((None, *several), several, (*several[1:], None), strict=False):
            question = self._on_the_road(at)
            said = self._answered(question)
            yield from said.files(at)
            yield at.path("html"), drawing.on_the_road(question, *said, at, before, after)
        yield ROAD, drawing.road(several)
        yield MARKS, drawing.marks()

    @cached_property
    def _instants(self) -> list[At]:
        return instants(self._seen)

    def _on_the_road(self, at: At) -> Question:
        return self.asking.question("standings", {}, at.instant.iso())

    def _answered(self, question: Question) -> _Answered:
        """An answer as a command gives it, or why there is none."""
        try:
            answer = self.asking.ask(question)
            document = for_programs(answer.json(), lambda _: self._named)
        except LedgerError as error:
            document = {"error": error_of(error, self._seen.log)}
            return _Answered(document, {"json": json_bytes(document)})
        forms = {"json": json_bytes(document)}
        for form in FORMS:
            if has_form(question.read, form) and form not in ("json", "pdf"):
                with contextlib.suppress(LedgerError):  # what has no table, or can't be drawn
                    forms[form] = told(answer, form, lambda _: self._named)
        return _Answered(document, forms)


class _Answered(NamedTuple):
    """An answer: as its JSON tells it, and in each of its forms."""

    document: dict[str, Any]
    forms: dict[str, bytes]

    def files(self, place: Page | At) -> Iterator[tuple[str, bytes]]:
        """Its forms as files."""
        for form, data in self.forms.items():
            yield place.path(form), data

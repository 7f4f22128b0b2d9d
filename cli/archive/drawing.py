"""The pages of an archive, drawn as `rally serve` draws them: one renderer, other addresses.

They need no server and no script. It takes Jinja2, which comes with the extra `web`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, cached_property, partial
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from cli.archive.asking import Asking
from cli.archive.contents import Contents
from cli.archive.layout import MANIFEST, MARKS, ROAD
from cli.archive.links import LinksOfFiles
from cli.archive.road import At
from cli.office.moments import STAGE, STEPS, Marks
from cli.web import strip
from cli.web.asked import Question
from cli.web.render import Place, drawn_by, framed
from cli.web.render import page as rendered
from cli.web.static_files import static_file
from ledger.errors import LedgerError

STYLE = "style"
LOOKS = ("app.css", "chart.css", "icon.svg")


@cache
def templates() -> Environment:
    """Templates of a folder; what is not another one there is that of the pages served."""
    served = PackageLoader("cli.web")
    own = PackageLoader("cli.archive")
    return drawn_by(ChoiceLoader([own, served, PrefixLoader({"served": served})]))


def looks() -> Iterator[tuple[str, bytes]]:
    """The files that say how pages look."""
    for name in LOOKS:
        yield f"{STYLE}/{name}", static_file(name)


class Drawing:
    """The pages of one archive."""

    def __init__(self, asking: Asking, contents: Contents, sheets: Collection[str]) -> None:
        self._asking, self._contents, self._sheets = asking, contents, sheets

    def page(
        self,
        question: Question,
        path: str,
        document: dict[str, Any],
        forms: Iterable[str],
        **beside: Any,
    ) -> bytes:
        """The page of a question, which lies at a path: of its answer as JSON tells it, or why not.

        `forms` are the other forms in which it lies beside the page; `beside` is what the templates
        need besides.
        """
        links = self._links(question, path)
        twins = [(each.upper(), links.twin(each)) for each in forms]
        place, beside = self._place(path), {"document": document, "twins": twins, **beside}
        said = {**self._beside(path), **beside}
        try:
            return _told(rendered(self._asking, question, place, **said))
        except LedgerError as error:
            return self.drawn("refused.html", question, path, error=error, **beside)

    def drawn(self, template: str, question: Question, path: str, **beside: Any) -> bytes:
        """A page by a template of its own, in the frame of a question."""
        place, seen = self._place(path), self._asking.view(question)
        said = {**framed(self._asking, question, seen, place), **self._beside(path), **beside}
        return _told(place.templates().get_template(template).render(said))

    def on_the_road(
        self,
        question: Question,
        document: dict[str, Any],
        forms: Iterable[str],
        at: At,
        before: At | None,
        after: At | None,
    ) -> bytes:
        """How it stood at an instant; from there one goes to the one before and the next one."""
        path = at.path("html")
        links = self._links(question, path)
        around = (("◀ Before on the road", before), ("Later on the road ▶", after))
        also = [(title, links.file(each.path("html"))) for title, each in around if each]
        return self.page(question, path, document, forms, also_at=also)

    def road(self, several: Sequence[At]) -> bytes:
        """Which instants there are, and for what each matters."""
        return self.drawn(
            "road.html", self._asking.question("standings", {}), ROAD, instants=several
        )

    def marks(self) -> bytes:
        """The marks along the log: each leads to the replay at it."""
        marked, page = self._asking.question("marks", {}), self._asking.question("standings", {})
        place = self._place(MARKS)
        return _told(strip.drawn(self._asking, marked, page, place, **self._beside(MARKS)))

    def _place(self, path: str) -> Place:
        return Place(partial(self._links, path=path), templates)

    def _links(self, question: Question, path: str) -> LinksOfFiles:
        return LinksOfFiles(question, self._contents, path, self._sheets)

    def _beside(self, path: str) -> dict[str, Any]:
        links = self._links(self._asking.question("standings", {}), path)
        return {
            "files": f"{links.file(STYLE)}/",
            "manifest": links.file(MANIFEST),
            "along_the_log": links.file(MARKS),
            "before": [(kind, links.moment(at)) for kind, at in self._before],
        }

    @cached_property
    def _before(self) -> list[tuple[str, int]]:
        """The last mark of each kind, which is where a step back leads from the archive's end."""
        found: Marks = self._asking.ask(self._asking.question("marks", {})).found
        last = {each.kind: each.position for each in found.marks}
        last |= {STAGE: found.stages[-1].position} if found.stages else {}
        return [(kind, last[kind]) for kind in STEPS if kind in last]


def _told(markup: str) -> bytes:
    """A page as a file; what is an anchor without an address is text."""
    # No text of the log can be this: in an attribute or beside one its quotes are escaped.
    return markup.replace(' href=""', "").encode("utf-8", "backslashreplace")

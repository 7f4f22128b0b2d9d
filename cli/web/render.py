"""A page: the answer of a read in the frame of its moment, as HTML; nothing of HTTP is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
from jinja2 import BaseLoader, ChainableUndefined, Environment, PackageLoader

from cli.names import for_programs
from cli.office.answer import Answer
from cli.office.forms import plain
from cli.office.reads import READS
from cli.office.results import Ranked
from cli.office.view import View
from cli.web import cells, charts, tables
from cli.web.asked import Question, address
from cli.web.build import BUILD
from cli.web.frame import Frame, Links
from cli.web.pages import Table, page_of
from cli.web.words import Times, Words
from ledger.errors import LedgerError
from ledger.times import spelled
from ledger.vocabulary.publication import scope_title

if TYPE_CHECKING:
    from cli.web.site import Site

Part = tuple[str, dict[str, Any]]
"""A list that people read, under its heading."""
FILES = "/-/"
"""Where the files lie that every page needs: how it looks, and what acts on it."""


@cache
def templates() -> Environment:
    """The templates of what is served."""
    return drawn_by(PackageLoader("cli.web"))


def drawn_by(loader: BaseLoader) -> Environment:
    """Templates, wherever they lie; whatever they are given is text, and never markup."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"shown": tables.shown, "every": tables.every, "column": tables.column}
    made.globals |= {"shown_of": _shown_of, "told": _told}
    made.globals |= {"table": _table, "times_of": Times, "build": BUILD}
    made.globals |= {n: getattr(cells, n) for n in ("cell", "crew", "records", "flags", "text")}
    made.globals |= {"files": FILES}
    made.globals["grid"] = getattr(made.get_template("grid.html").module, "grid")  # noqa: B009
    return made


class Answering(Protocol):
    """Who answers what a page asks: one ledger that is served, or one moment that is put down."""

    def view(self, question: Question) -> View:
        """The log at the cut of a question."""

    def ask(self, question: Question, seen: View | None = None) -> Answer[Any]:
        """The answer of the read."""


class Place(NamedTuple):
    """Where pages stand: by which addresses they lead to others, and in which templates."""

    links: Callable[[Question], Links]
    templates: Callable[[], Environment]


SERVED = Place(Links, templates)


def page(site: Answering, question: Question, place: Place = SERVED, **beside: Any) -> str:
    """The page of a question; `beside` is what the templates of a place need besides.

    Where the document of the answer is at hand, it is among that.

    Raises:
        LedgerError: it can't be answered. NeedsReplay: it can't be answered here.
    """
    seen = site.view(question)
    said = {**framed(site, question, seen, place), **beside}
    frame, words = said["frame"], said["words"]
    if frame.lacks:
        return place.templates().get_template("asking.html").render(said)
    given = {**dict(frame.page.unless_said), **question.given}
    answer = site.ask(msgspec.structs.replace(question, given=given), seen)
    document = beside.get("document") or document_of(answer, words)
    said |= {
        "answer": answer,
        "document": document,
        "parts": parts_of(answer, document),
        "notes": answer.notes,
    }
    if question.read == "chart":
        said["drawing"] = charts.inline(answer, words)
    template = place.templates().get_template(frame.page.template)
    return template.render(said | also(site, frame, said))


def framed(
    site: Answering, question: Question, seen: View, place: Place = SERVED
) -> dict[str, Any]:
    """What every template needs: the frame of the page, the words of the rally, the addresses."""
    told = site.ask(Question(question.rally, "moment", {}, question.cuts), seen)
    words = Words(seen.log, seen.position)
    frame = Frame(question, seen, told.found, words, place.links(question))
    return {"frame": frame, "words": words, "links": frame.links}


def document_of(answer: Answer[Any], words: Words) -> dict[str, Any]:
    """The answer as its JSON tells it."""
    return for_programs(answer.json(), lambda _: words.named)


def parts_of(answer: Answer[Any], document: dict[str, Any]) -> list[Part]:
    """What people read: the one list, or each classification by itself under its heading."""
    found = answer.found
    if callable(getattr(found, "apart", None)):
        found = found.apart()
    if not isinstance(found, Ranked):
        return [("", document)]
    return [(heading, _plain(each)) for heading, each in found.parts]


def _plain(found: Any) -> dict[str, Any]:
    told: dict[str, Any] = plain(found._asdict() if hasattr(found, "_asdict") else found)
    return told


def also(site: Answering, frame: Frame, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a page tells besides, of other reads at the same moment."""
    if frame.question.read == "standings":
        return {"posted": _places_posted(site, frame, said["parts"])}
    if frame.question.read == "show":
        return {"canonical": said["answer"].found.record.data.decode()}
    if frame.question.read == "crew":
        return {"chart": _of_the_crew(site, frame, said["document"])}
    return {}


def _places_posted(
    site: Answering, frame: Frame, parts: Sequence[Part]
) -> dict[str, dict[str, Any]]:
    """What the last sheet of the same scope on the board says, by the heading of each list."""
    on_the_board = {each.title: each for each in frame.moment.board}
    found = {}
    for heading, part in parts:
        named = {name: value for name, value in part["scope"].items() if value}
        if (sheet := on_the_board.get(scope_title(named))) is not None:
            record = site.ask(_beside(frame, "show", record=str(sheet.position))).document["record"]
            rows = record["occurrence"].get("rows", ())
            places = {row["number"]: row["place"] for row in rows if row.get("place")}
            found[heading] = {"document": sheet.document, "places": places}
    return found


def _of_the_crew(site: Answering, frame: Frame, document: Mapping[str, Any]) -> str:
    """The places of a crew along the stages, drawn; nothing where it has none."""
    question = _beside(frame, "chart", kind="places", crews=document["number"])
    try:
        return charts.inline(site.ask(question), frame.words)
    except LedgerError:
        return ""  # nobody is classified yet, and the page says that


def _beside(frame: Frame, read: str, **given: Any) -> Question:
    asked = frame.question
    cuts = asked.cuts._replace(known_at=str(frame.position))
    return Question(asked.rally, read, given, cuts, "html", asked.absolute)


def _table(read: str, document: Mapping[str, Any]) -> list[tables.Shown]:
    """The tables of a page, or whatever lists the answer has."""
    wanted = page_of(read).tables
    return [tables.shown(each, document) for each in wanted] or tables.every(document)


def _shown_of(
    rows: str, document: Mapping[str, Any], columns: Sequence[str], title: str
) -> tables.Shown:
    return tables.shown(Table(rows, tuple(columns), title), document)


def _told(name: str, value: Any) -> Any:
    """A field of an occurrence as people read it; what has parts stays what it is."""
    if isinstance(value, dict) or (isinstance(value, list) and any(map(_has_parts, value))):
        return value
    return spelled(name, value)


def _has_parts(value: Any) -> bool:
    return isinstance(value, (dict, list))


def waiting_page(site: Site, question: Question, records: int, seconds: float) -> str:
    """The page of what takes long: how long, and where it is begun."""
    now = address(msgspec.structs.replace(question, now=True))
    about = f"{seconds:.0f} seconds" if seconds < _A_MINUTE else f"{seconds / 60:.0f} minutes"
    said = {**framed(site, question, site.view(question)), "do_it": now}
    return (
        templates()
        .get_template("waiting.html")
        .render(said, records_asked=f"{records:,}", seconds=about)
    )


_A_MINUTE = 90


def first_page(site: Site) -> str:
    """The rallies of the ledger."""
    rows = []
    for rally in site.rallies():
        seen = site.office.view(site.log(rally))
        moment = READS["moment"].ask(seen, {}).found
        links = Frame(
            Question(rally, "standings", {}), seen, moment, Words(seen.log, seen.position)
        )
        rows.append(links)
    return templates().get_template("rallies.html").render(rallies=rows)


def error_page(status: int, message: str, hint: str, back: str = "/") -> str:
    """A page that says what went wrong, and what to do."""
    return (
        templates()
        .get_template("error.html")
        .render(status=status, message=message, hint=hint, back=back)
    )

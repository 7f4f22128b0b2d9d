"""A page: the answer of a read in the frame of its moment, as HTML; nothing of HTTP is known."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import msgspec
from jinja2 import BaseLoader, ChainableUndefined, Environment, PackageLoader

from cli.names import for_programs
from cli.office.answer import Answer
from cli.office.forms import plain
from cli.office.moments import Posted
from cli.office.needs import Work
from cli.office.reads import READS
from cli.office.records import Listed
from cli.office.results import Ranked
from cli.office.view import NeedsReplay, View
from cli.web import cells, charts, ranking, tables
from cli.web.asked import Question, address
from cli.web.board import name_of, papers
from cli.web.build import BUILD
from cli.web.columns import by_column
from cli.web.frame import Frame, Links, shown
from cli.web.pages import Table, page_of
from cli.web.words import Times, Words, bytes_of
from ledger.errors import LedgerError
from ledger.signs import spelled_out
from ledger.times import spelled
from ledger.vocabulary.publication import scope_title
from projections.desk.publications import Register

if TYPE_CHECKING:
    from cli.web.site import Site

OF_ALL = tuple(name for name, read in READS.items() if read.of_a_ledger)
"""What is asked over all rallies."""
_OF_CELLS = (
    "crew",
    "rule",
    "records",
    "flags",
    "text",
    "called",
    "rows",
    "options",
    "log_rows",
    "signed",
)
AS_FOUND = frozenset({"standings", "log"})
"""Reads whose pages are drawn from what was found: no document is made first."""
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
        auto_reload=False,  # they are part of the program
    )
    made.globals |= {"shown": tables.shown, "every": tables.every, "column": tables.column}
    made.globals |= {"shown_of": _shown_of, "told": _told}
    made.globals |= {"table": _table, "times_of": Times, "build": BUILD}
    made.globals |= {n: getattr(cells, n) for n in _OF_CELLS}
    made.globals |= {"ranked_rows": ranking.ranked_rows, "bytes_of": bytes_of, "files": FILES}
    for macro, file in (("grid", "grid.html"), ("exhibits", "exhibits.html")):
        made.globals[macro] = getattr(made.get_template(file).module, macro)
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


def page(
    site: Answering,
    question: Question,
    place: Place = SERVED,
    seen: View | None = None,
    **beside: Any,
) -> str:
    """The page of a question; `beside` is what the templates of a place need besides.

    Where the document of the answer is at hand, it is among that; `seen` is the log at its cut,
    where that is.

    Raises:
        LedgerError: it can't be answered. NeedsReplay: it can't be answered here.
    """
    seen = seen or site.view(question)
    said = {**framed(site, question, seen, place), **beside}
    frame, words = said["frame"], said["words"]
    if frame.lacks:
        return place.templates().get_template("asking.html").render(said)
    answer = site.ask(msgspec.structs.replace(question, given=shown(question)), seen)
    told = beside.get("document")
    parts = parts_of(answer, words, told)
    said |= {"answer": answer, "parts": parts, "notes": answer.notes}
    if question.read not in AS_FOUND:
        is_all = len(parts) == 1 and "basis" in parts[0][1]
        said["document"] = parts[0][1] if is_all else told or document_of(answer, words)
    if question.read == "chart":
        said["drawing"] = charts.inline(answer, words)
    template = place.templates().get_template(frame.page.template)
    return template.render(said | also(site, frame, said))


def framed(
    site: Answering, question: Question, seen: View, place: Place = SERVED
) -> dict[str, Any]:
    """What every template needs: the frame of the page, the words of the rally, the addresses."""
    told = site.ask(Question(question.rally, "moment", {}, question.cuts), seen)
    words = Words(seen)
    frame = Frame(question, seen, told.found, words, place.links(question))
    return {"frame": frame, "words": words, "links": frame.links}


def document_of(answer: Answer[Any], words: Words) -> dict[str, Any]:
    """The answer as its JSON tells it."""
    return for_programs(answer.json(), lambda _: words.named)


def parts_of(answer: Answer[Any], words: Words, told: dict[str, Any] | None = None) -> list[Part]:
    """What people read: the one list, or each classification by itself under its heading.

    `told` is the answer as its JSON tells it, where that was made before.
    """
    found = answer.found
    if callable(getattr(found, "apart", None)):
        found = found.apart()
    if isinstance(found, Listed):
        return []
    if not isinstance(found, Ranked):
        return [("", told or document_of(answer, words))]
    return [(heading, _plain(each)) for heading, each in found.parts]


def _plain(found: Any) -> dict[str, Any]:
    told = found._asdict() if hasattr(found, "_asdict") else msgspec.structs.asdict(found)
    return {name: by_column(each) for name, each in told.items()}


def also(site: Answering, frame: Frame, said: Mapping[str, Any]) -> dict[str, Any]:
    """What a page tells besides, of other reads at the same moment."""
    if frame.question.read == "standings":
        return {"posted": _places_posted(site, frame, said["parts"])}
    if frame.question.read == "show":
        record = said["answer"].found.record
        return {
            "canonical": spelled_out(record.data.decode()),
            "exhibits_of_it": _exhibits(site, frame, record.position),
            "refs": [
                each.removeprefix(_REF) for each in record.header.tags if each.startswith(_REF)
            ],
        }
    if frame.question.read == "decisions" and "rests_on" in said["document"]:
        position = said["answer"].found[0].position
        return {"exhibits_of_it": _exhibits(site, frame, position)}
    if frame.question.read == "publications":
        return _of_the_board(site, frame, said["answer"])
    if frame.question.read == "crew":
        return {"chart": _of_the_crew(site, frame, said["document"])}
    return {}


_REF = "ref:"


def _exhibits(site: Answering, frame: Frame, position: int) -> list[dict[str, Any]]:
    """The files that are bound to a record."""
    question = _beside(frame, "exhibit list", record=f"#{position}")
    rows: list[dict[str, Any]] = site.ask(question).document["rows"]
    return rows


def _of_the_board(site: Answering, frame: Frame, answer: Answer[Register]) -> dict[str, Any]:
    """What hangs on the board as papers; of one decision that was posted, also which it is."""
    rows = answer.found.rows
    board = site.ask(_beside(frame, "publications")).found.rows if frame.subject else rows
    bound = site.ask(_beside(frame, "exhibit list")).document["rows"]
    about = ""
    if frame.subject and rows and rows[0].kind == "decision":
        shown = site.ask(_beside(frame, "show", record=rows[0].id)).found
        about = getattr(shown.record.occurrence(), "about", "")
    return {"papers": papers(rows, board, bound), "about": about}


def _places_posted(
    site: Answering, frame: Frame, parts: Sequence[Part]
) -> dict[str, dict[str, Any]]:
    """What the last sheet of the same scope on the board says, by the heading of each list."""
    on_the_board = {each.title: each for each in frame.moment.board}
    stages = frame.moment.stages
    found = {}
    for heading, part in parts:
        named = {name: value for name, value in part["scope"].items() if value}
        if (sheet := _last_sheet(on_the_board, named, stages)) is not None:
            record = site.ask(_beside(frame, "show", record=str(sheet.position))).document["record"]
            rows = record["occurrence"].get("rows", ())
            places = {row["number"]: row["place"] for row in rows if row.get("place")}
            name = name_of(sheet.position)
            found[heading] = {"sheet": sheet, "name": name, "places": places}
    return found


def _last_sheet(
    board: Mapping[str, Posted], scope: Mapping[str, Any], stages: Sequence[str]
) -> Posted | None:
    """The last sheet of a list; of the overall as it stands, the last overall that was posted."""
    sheet = board.get(scope_title(scope))
    if sheet is not None or not scope.keys().isdisjoint(ranking.OF_STAGES):
        return sheet
    titles = {scope_title({**scope, "after": stage}) for stage in stages}
    sheets = (each for each in board.values() if each.title in titles)
    return max(sheets, key=lambda each: each.position, default=None)


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
    if isinstance(value, (bool, dict)) or (isinstance(value, list) and any(map(_has_parts, value))):
        return value
    return spelled(name, value)


def _has_parts(value: Any) -> bool:
    return isinstance(value, (dict, list))


def waiting_page(site: Site, question: Question, ahead: Work) -> str:
    """The page of what takes long: how long, and where it is begun."""
    seconds, now = ahead.seconds, address(msgspec.structs.replace(question, now=True))
    about = f"{seconds:.0f} seconds" if seconds < _A_MINUTE else f"{seconds / 60:.0f} minutes"
    said: dict[str, Any] = {"do_it": now, "seconds": "a second" if seconds < _TWO else about}
    said |= {"ahead": ahead, "records_asked": f"{ahead.records:,}", "question": question}
    with contextlib.suppress(NeedsReplay):  # by which rules it was held may take a replay, too
        seen = site.view(question)
        around = framed(site, question, seen)
        seen.basis()
        said |= around
    return templates().get_template("waiting.html").render(said)


_TWO = 1.5
_A_MINUTE = 90


def page_over_all(site: Site, question: Question) -> str:
    """The page of what is asked over all rallies."""
    answer = site.ask(question)
    assert answer.over is not None
    said = {
        "document": plain(answer.document),
        "moments": {code: view.position for code, view in answer.over.each.items()},
        "page": page_of(question.read),
        "forms": [(form.upper(), address(question.turned(form))) for form in ("json", "csv")],
        "standing": lambda rally: address(Question(rally, "standings", {})),
        "choosing": lambda **given: address(question.giving(**given)),
        "scoring": lambda rally, **given: address(Question(rally, "points", given)),
        "spelled": lambda text: spelled_out(str(text), but="\n"),
    }
    return templates().get_template(page_of(question.read).template).render(said)


def first_page(site: Site) -> str:
    """The rallies of the ledger."""
    rows = []
    for rally in site.rallies():
        seen = site.office.view(site.log(rally))
        moment = READS["moment"].ask(seen, {}).found
        links = Frame(Question(rally, "standings", {}), seen, moment, Words(seen))
        rows.append(links)
    over_all = [(page_of(each).title, address(Question("", each, {}))) for each in OF_ALL]
    said = {"rallies": rows, "over_all": over_all if len(rows) > 1 else []}
    return templates().get_template("rallies.html").render(said)


def error_page(status: int, message: str, hint: str, rally: str = "") -> str:
    """A page that says what went wrong, and what to do; it leads back to the rally, if it has one.

    What is told may name whatever was asked: it stands there as the log's own texts do.
    """
    back = address(Question(rally, "standings", {})) if rally else ""
    said = {"status": status, "message": spelled_out(message), "hint": spelled_out(hint)}
    return templates().get_template("error.html").render(said, back=back)

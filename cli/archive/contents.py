"""The contents of an archive: which pages there are, of which reads, and where they lie."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cli.archive.layout import Names
from cli.office.moments import KINDS
from cli.office.reads import READS
from cli.office.register import reference
from cli.office.view import View
from projections.results.points import points_by_table
from projections.rules.scales import DRIVERS

WHOLE = (
    *("standings", "teams", "retirements", "finishers", "penalties", "publications", "decisions"),
    *("docket", "protest-clock", "due", "proposals", "incidents", "outstanding", "cards", "late"),
    *("check", "anomalies", "history", "rulebook show"),
)
"""The reads that are asked without a subject."""
CHARTS = ("places", "gaps")
OF_A_CREW = ("crew", "why", "time-card")
PART = 200
"""The log is shown in parts of so many positions, always the same ones."""


class Page(NamedTuple):
    """A page: where it lies, of what it is one, what it is called, and what is asked for it.

    `stem` is the path of its files without their ending. What is of no group is not listed: other
    pages lead to it.
    """

    stem: str
    group: str
    title: str
    read: str
    given: Mapping[str, Any]

    def path(self, form: str) -> str:
        """The path of the page in a form: html, json."""
        return f"{self.stem}.{form}"


class Contents:
    """The pages of an archive in their order, found by what is asked."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._pages: dict[Hashable, Page] = {}
        for page in pages:
            self._pages.setdefault(_key(page.read, page.given), page)
        self._parts = {
            int(page.given["since"]) // PART: page
            for page in self
            if page.read == "log" and "since" in page.given
        }

    def __iter__(self) -> Iterator[Page]:
        return iter(self._pages.values())

    def find(self, read: str, **given: Any) -> Page | None:
        """The page that answers a question at the moment of the archive, if it has one."""
        return self._pages.get(_key(read, given))

    def groups(self) -> dict[str, list[Page]]:
        """The pages by what they are of."""
        found: dict[str, list[Page]] = {}
        for page in self:
            if page.group:
                found.setdefault(page.group, []).append(page)
        return found

    def of_the_log(self, position: int) -> Page | None:
        """The part of the log in which a record stands."""
        return self._parts.get((position - 1) // PART)


def _key(read: str, given: Mapping[str, Any]) -> Hashable:
    return read, frozenset((name, str(value)) for name, value in given.items())


def contents_of(seen: View) -> Contents:
    """The pages of the archive of a view."""
    return Contents(_Planned(seen).pages())


class _Planned:
    """The pages that an archive is to have, each with a path of its own."""

    def __init__(self, seen: View) -> None:
        self._seen, self._names = seen, Names()

    def pages(self) -> Iterator[Page]:
        yield from self._of_the_rally()
        for stage in (each.stage for each in self._seen.classified.stages):
            yield from self._of_a_stage(stage)
        for number in self._seen.classified.facts.crews:
            for read in OF_A_CREW:
                title = f"{read.replace('-', ' ')} {number}"
                yield self._page("Crews", title, read, number, number=number)
        yield from self._of_the_desk()
        yield from self._of_the_log()

    def _page(self, group: str, title: str, read: str, *parts: str, **given: Any) -> Page:
        called = read.split(" ") if read != "show" else ["record"]
        stem = self._names.path(*called, *parts, ending="")
        return Page(stem, group, title, read, given)

    def _of_the_rally(self) -> Iterator[Page]:
        for read in WHOLE:
            yield self._page("The rally", read.replace("-", " "), read)
        for table, found in points_by_table(self._seen.classified).items():
            if not isinstance(found, str):
                given = {"table": table} if table != DRIVERS else {}
                yield self._page("Points", f"points of {table}", "points", table, **given)
        for kind in CHARTS:
            yield self._page("The rally", f"chart of {kind}", "chart", kind, kind=kind)
        crews = self._seen.classified.facts.crews.values()
        for each in sorted({crew.value.category for crew in crews}):
            yield self._page("Categories", each, "standings", "category", each, category=each)

    def _of_a_stage(self, stage: str) -> Iterator[Page]:
        overall = f"overall after {stage}"
        yield self._page("Stages", overall, "standings", "after", stage, after=stage)
        yield self._page("Stages", f"result of {stage}", "standings", "stage", stage, stage=stage)
        yield self._page("Stages", f"start order of {stage}", "start-order", stage, stage=stage)

    def _of_the_desk(self) -> Iterator[Page]:
        seen = self._seen
        for row in READS["decisions"].ask(seen, {}).found:
            named = reference(row)
            title = f"{named}: {row.title}"
            yield self._page("Decisions", title, "decisions", named, decision=named)
        for sheet in READS["publications"].ask(seen, {}).found.rows:
            title = f"{sheet.document}: {sheet.title}" if sheet.document else sheet.title
            at = sheet.position
            yield self._page("Documents", title, "publications", str(at), document=f"#{at}")
        # Decisions and documents stand above under their names: this is what is on record of them.
        types = [each.type_name() for each in (*KINDS["decision"], *KINDS["publication"])]
        for record in seen.log.read(until=seen.position, types=types):
            said, at = record.occurrence(), str(record.position)
            title = f"#{at}: {getattr(said, 'title', '') or said.words()}"
            yield self._page("Records", title, "show", at, record=at)

    def _of_the_log(self) -> Iterator[Page]:
        last = self._seen.position
        yield self._page("The rally", "log", "log", newest=PART)
        for since in range(0, last, PART):
            cut = {"since": str(since), "until": str(min(since + PART, last)), "newest": PART}
            title = f"log from #{since + 1} to #{cut['until']}"
            yield self._page("", title, "log", str(since + 1), **cut)

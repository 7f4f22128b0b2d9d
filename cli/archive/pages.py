"""The answers of the ledger at the position of an archive: each as the command gives it.

They are what `rally NAME --basis manifest.json --json` prints in that ledger, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cli.archive.layout import Names
from cli.names import naming_of, with_names
from cli.office.moments import KINDS
from cli.office.reads import READS
from cli.office.view import View
from cli.terminal import json_text
from ledger.errors import LedgerError

WHOLE = (
    *("standings", "teams", "retirements", "finishers", "penalties", "publications", "decisions"),
    *("docket", "protest-clock", "incidents", "outstanding", "check", "anomalies", "history"),
)
"""The reads that are asked without a subject."""


class Page(NamedTuple):
    """A page: its path, what it is called, the read that is asked, and what it is given."""

    path: str
    title: str
    read: str
    given: Mapping[str, Any]


class Pages:
    """The pages of an archive; `groups` are those that were written, by what they are of."""

    def __init__(self, seen: View) -> None:
        self._seen = seen
        self._named = naming_of(lambda: seen.log, seen.position)
        self.groups: dict[str, list[Page]] = {}

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every page with its path; without those that the rules or the log do not tell."""
        for group, page in self._all():
            try:
                document = READS[page.read].ask(self._seen, page.given).json()
            except LedgerError:
                continue
            self.groups.setdefault(group, []).append(page)
            yield page.path, self._bytes(document)

    def _bytes(self, document: dict[str, Any]) -> bytes:
        """A document as a command prints it."""
        told = with_names(document, self._named) | {"basis": document["basis"]}
        return f"{json_text(told)}\n".encode()

    def _all(self) -> Iterator[tuple[str, Page]]:
        names, seen = Names(), self._seen
        for read in WHOLE:
            yield "The rally", Page(names.path(read), read.replace("-", " "), read, {})
        categories = {crew.value.category for crew in seen.classified.facts.crews.values()}
        for each in sorted(categories):
            path = names.path("standings", "category", each)
            yield "Categories", Page(path, each, "standings", {"category": each})
        for stage in (each.stage for each in seen.classified.stages):
            of: dict[str, tuple[str, str, dict[str, Any]]] = {
                f"overall after {stage}": ("after", "standings", {"after": stage}),
                f"result of {stage}": ("stage", "standings", {"stage": stage}),
                f"start order of {stage}": ("", "start-order", {"stage": stage}),
            }
            for title, (kind, read, given) in of.items():
                path = names.path(*filter(None, (read, kind)), stage)
                yield "Stages", Page(path, title, read, given)
        for number in seen.classified.facts.crews:
            for read in ("crew", "why", "time-card"):
                title = f"{read.replace('-', ' ')} {number}"
                yield "Crews", Page(names.path(read, number), title, read, {"number": number})
        for group, kinds in (("Decisions", KINDS["decision"]), ("Documents", KINDS["publication"])):
            types = [each.type_name() for each in kinds]
            for record in seen.log.read(until=seen.position, types=types):
                said, at = record.occurrence(), str(record.position)
                title = getattr(said, "title", "") or said.words()
                yield group, Page(names.path("record", at), title, "show", {"record": f"#{at}"})

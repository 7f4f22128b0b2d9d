"""The papers of a case: what was posted, the rules in force, and the exhibits."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import PurePath
from typing import Any, NamedTuple

from cli.evidence.case import Case, stages_named
from cli.office.forms import plain
from cli.office.rules import in_order
from ledger.errors import Altered, NotFound, Unreadable
from ledger.exhibits import Exhibits
from ledger.vocabulary import (
    ClassificationPublished,
    DocumentPosted,
    ExhibitBound,
    Occurrence,
    StartOrderPublished,
)
from ledger.vocabulary.publication import last_named
from projections.desk.publications import posted_content, publications
from projections.rules.in_force import rules_in_force
from projections.rules.rulebook import SCHEMA

INCLUDED, WITHHELD, MISSING, ALTERED = "included", "withheld", "missing", "altered"


def posted(case: Case, crews: Collection[str]) -> list[dict[str, Any]]:
    """The publications that bear on it: with its crews, of its stages or later ones; and itself."""
    orders = case.state.orders
    first = min((orders[each] for each in stages_named(case)), default=0)
    found = []
    for row in publications(case.state).rows:
        said = case.state.facts.told[row.id]
        if not _bears(case, said, crews, first):
            continue
        shown = plain(row)
        if isinstance(said, ClassificationPublished):
            shown |= plain(posted_content(said))
        found.append(shown)
    return found


def _bears(case: Case, said: Occurrence, crews: Collection[str], first: int) -> bool:
    orders = case.state.orders
    if isinstance(said, ClassificationPublished):
        stage = last_named(said.scope)
        named = {row.get("number") for row in (*said.rows, *said.unclassified)}
        return orders.get(stage, first) >= first and not named.isdisjoint(crews)
    if isinstance(said, StartOrderPublished):
        named = {slot.number for slot in said.slots}
        return orders.get(said.stage, first) >= first and not named.isdisjoint(crews)
    return isinstance(said, DocumentPosted) and said.about in {each.id for each in case.entries}


def rules(case: Case) -> dict[str, Any]:
    """The rules as they hold for the fact that was decided about, by reference to their sources."""
    said = case.fact.value
    named = stages_named(case)
    order = case.state.orders[named[0]] if named else None
    found = rules_in_force(case.state.facts, said.happened.ms, order)
    return {
        "rulebook": found.name,
        "for": {"at": said.happened.iso(), "stage": named[0] if named else None},
        "infringement": getattr(said, "infringement", ""),
        "parameters": [
            {
                "name": name,
                "value": plain(value),
                "meaning": SCHEMA[name].meaning if name in SCHEMA else "",
                "provenance": found.provenance.get(name, ""),
                "set_by": found.changed_by.get(name, ""),
            }
            for name, value in in_order(found.parameters)
        ],
        "applied": [each._asdict() for each in found.applied],
        "not_in_force": [each._asdict() for each in found.waiting],
    }


class Bound(NamedTuple):
    """The exhibits of a case as they are listed, and those files that may be seen."""

    rows: list[dict[str, Any]]
    files: dict[str, bytes]


def exhibits(
    case: Case, bearing: Collection[str], store: Exhibits, parties: Collection[str]
) -> Bound:
    """The exhibits of the records that bear on it; of what is for others, digest and title."""
    rows: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    facts = sorted(case.state.facts.of(ExhibitBound), key=lambda each: each.position)
    for fact in (each for each in facts if each.value.target in bearing):
        said = fact.value
        state, name = WITHHELD, ""
        if not said.restricted_to or not set(said.restricted_to).isdisjoint(parties):
            state, name = INCLUDED, f"exhibits/{said.digest}{_ending(said.file)}"
            try:
                files[name] = store.read(said.digest)
            except (NotFound, Unreadable):
                state, name = MISSING, ""
            except Altered:
                state, name = ALTERED, ""
        shown = {"position": fact.position, "id": fact.id, "target": said.target, "state": state}
        shown |= {"digest": said.digest, "title": said.title}
        shown["restricted_to"] = list(said.restricted_to)
        if state != WITHHELD:
            shown |= {"media": said.media, "size": said.size, "called": said.file, "file": name}
        rows.append(shown)
    return Bound(rows, files)


def _ending(name: str) -> str:
    """The ending of the name that a file had: behind its digest it opens with a click."""
    ending = PurePath(name).suffix
    return ending.lower() if ending[1:].isascii() and ending[1:].isalnum() else ""

"""Why: what a crew's total, place and status rest on, down to the records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cli.office.answer import Answer
from cli.office.asking import EVERYTHING, Number, Over
from cli.office.forms import plain
from cli.office.results import scope_of, title_of
from cli.office.view import View
from ledger.log import Log
from projections.explain.grounds import Grounds
from projections.explain.told import Why
from projections.explain.why import explain

COLUMNS = ("ms", "what", "positions", "article", "kind", "stage", "status")


def why(seen: View, number: Number, over: Over = EVERYTHING) -> Answer[Why]:
    """Each time and penalty with the records behind it; the addends sum to the total, always."""
    state = seen.about(number)
    found = explain(Grounds(state), number, scope_of(lambda: state, over))
    of = title_of(found.scope)
    title = f"Why {found.number} {found.driver}, {of[0].lower()}{of[1:]}"
    document = plain(found)
    _tell_received([*_evidence(document)], seen.log)
    return Answer(seen, found, title, document, found.addends, COLUMNS)


def _evidence(value: Any) -> Iterator[dict[str, Any]]:
    """The records that a document names as evidence."""
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _evidence(each)
    elif isinstance(value, dict):
        yield from _evidence([*value.values()])
        if "standing" in value and "position" in value:
            yield value


def _tell_received(evidence: Sequence[dict[str, Any]], log: Log) -> None:
    """Tell of each record when this log took it in."""
    at = log.received({each["position"] for each in evidence})
    for each in evidence:
        each["received_at"] = at[each["position"]].iso()

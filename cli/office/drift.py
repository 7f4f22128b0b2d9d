"""Drift: a published classification beside today's answer, and why they differ."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.compared import in_columns, two_columns
from cli.office.forms import plain
from cli.office.view import View
from ledger.vocabulary import ClassificationPublished
from projections.comparing.drift import Drift, Without, by_rules, drift, published_as
from projections.desk.publications import as_posted
from projections.desk.reproduction import ELSEWHERE, Reproduction, reproductions
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.state.recorded import Fact

BOTH = {
    "place": "place_{}",
    "time_ms": "time_{}_ms",
    "penalty_ms": "penalty_{}_ms",
    "total_ms": "total_{}_ms",
    "flags": "flags_{}",
    "status": "status_{}",
}
"""What is told of the document and of today, and the names of its two columns."""
COLUMNS = ("number", "driver", *two_columns(BOTH), "other", "because", "by_rules", "rules")


class Drifted(NamedTuple):
    """What has drifted, what came of computing the document again, and the records behind it."""

    drift: Drift
    again: Reproduction
    records: list[dict[str, Any]]


def drifted(
    seen: View, document: Annotated[str, Word("The document.", "DOCUMENT", subject=True)]
) -> Answer[Drifted]:
    """Who moved since a classification was published, and by which records."""
    fact = published_as(seen.state, document)
    again = _again(seen, fact)
    said, rules = as_posted(seen.state, fact), None
    if again.as_posted:
        rules = by_rules(said, RallyState(fold(seen.log.read(until=said.position)).facts()))
    why = Without(said, seen.log.read(until=seen.position), seen.cut, rules)
    # The positions of another log say nothing about the records of this one.
    is_ours = again.status != ELSEWHERE
    found = drift(seen.state, fact, why.explain if is_ours else lambda _: (), rules)
    records = _records(seen, found)
    told = {
        **plain(found),
        "reproduced": again.status,
        "message": again.message,
        "records": records,
    }
    rows = [in_columns(row, BOTH) for row in found.rows]
    title = f"Drift of document {found.document}"
    code = 1 if again.failed else 0
    return Answer(seen, Drifted(found, again, records), title, told, rows, COLUMNS, exit_code=code)


def _again(seen: View, fact: Fact[ClassificationPublished]) -> Reproduction:
    """What comes of computing the document again at its own cut-off."""
    record = seen.log.at(fact.position)
    said = record.occurrence()
    until = min(getattr(said, "position", 0), seen.head)
    (found,) = reproductions([record], seen.log.read(until=until), seen.log.head().site)
    return found


def _records(seen: View, answer: Drift) -> list[dict[str, Any]]:
    """The records that explain it, as an official wants to see them."""
    found = [seen.log.at(position) for position in answer.because]
    return [
        {
            "position": each.position,
            "id": each.id,
            "recorded_at": each.occurrence().recorded_at.iso(),
            "by": each.occurrence().by,
            "words": each.occurrence().words(),
        }
        for each in found
    ]

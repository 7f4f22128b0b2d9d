"""Drift: what was published beside today's answer, and why they differ."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, cast

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.compared import in_columns, two_columns
from cli.office.forms import plain
from cli.office.naming import posted_named
from cli.office.view import View
from ledger.vocabulary import StartOrderPublished
from projections.comparing.drift import Drift, StarterMoved, Without, by_rules, drift, together
from projections.desk.publications import PUBLISHED, Published, as_posted, cut_off
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
OF_STARTERS = {"due_at": "start_{}"}
"""What is told of a start order as well."""
COLUMNS = ("number", "driver", *two_columns(BOTH), "other", "because", "by_rules", "rules")


class Drifted(NamedTuple):
    """What has drifted, what came of computing the document again, and the records behind it."""

    drift: Drift
    again: Reproduction
    records: list[dict[str, Any]]


def drifted(
    seen: View, document: Annotated[str, Word("The document.", "DOCUMENT", subject=True)]
) -> Answer[Drifted]:
    """Who moved since something was published, and by which records."""
    facts = seen.with_papers.facts.by_id
    sheet = posted_named(seen.log, document, PUBLISHED, seen.position, facts)
    several = [_drifted(seen, cast("Fact[Published]", facts[e.id])) for e in sheet if e.id in facts]
    found = together([each for each, _ in several])
    again = next((each for _, each in several if each.failed), several[0][1])
    records = _records(seen, found)
    told = {
        **plain(found),
        "reproduced": again.status,
        "message": again.message,
        "records": records,
    }
    of_starters = any(isinstance(row, StarterMoved) for row in found.rows)
    both = {**BOTH, **OF_STARTERS} if of_starters else BOTH
    rows = [in_columns(row, both) for row in found.rows]
    title = f"Drift of document {found.document}"
    columns = (*COLUMNS, *two_columns(OF_STARTERS)) if of_starters else COLUMNS
    code = 1 if again.failed else 0
    return Answer(seen, Drifted(found, again, records), title, told, rows, columns, exit_code=code)


def _drifted(seen: View, fact: Fact[Published]) -> tuple[Drift, Reproduction]:
    """What has drifted of one publication, and what came of computing it again."""
    again = _again(seen, fact)
    # The starts that an order follows are among the readings of the road.
    of_starters = isinstance(fact.value, StartOrderPublished)
    state = seen.state if of_starters else seen.with_papers
    said, rules = as_posted(state, fact), None
    if again.as_posted:
        rules = by_rules(said, RallyState(fold(seen.log.read(until=cut_off(said))).facts()))
    why = Without(said, seen.log.read(until=seen.position), seen.cut, rules)
    # The positions of another log say nothing about the records of this one.
    is_ours = again.status != ELSEWHERE
    return drift(state, fact, why.explain if is_ours else lambda _: (), rules), again


def _again(seen: View, fact: Fact[Published]) -> Reproduction:
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

"""The cover of an evidence file: a decision with its chain, and the classifications around it.

It is an index in print of what `rally export evidence` gives as data: the register entry, every
step since, and both classifications side by side with the records that explain their difference.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cli.documents.cards import Moment
from cli.documents.heading import head, sheet, subject_of
from cli.documents.rendering import Sheet
from cli.evidence.case import Case, crews_named, scopes
from cli.office.forms import plain
from ledger.errors import LedgerError
from projections.comparing.compare import compare
from projections.comparing.what_if import Alternatives, between
from projections.results.standings import Scope, Standings, standings
from projections.state.rally import RallyState


def evidence(case: Case, moment: Moment) -> Sheet:
    """The cover of the evidence file of a decision, as the case stands at a moment of the log."""
    state, position = case.state, case.fact.position
    logs = between(state.facts, position - 1, position)
    before, after = RallyState(logs.facts(frozenset(logs.edits))), RallyState(logs.facts())
    wanted = scopes(case, crews_named(case))
    narrow = [each for each in wanted.values() if each.category] or list(wanted.values())
    data = head(
        state.facts, moment.rally, title="Evidence file", subject=case.entry.title, at=moment.at
    )
    data |= {
        "entry": msgspec.to_builtins(case.entry),
        "grounds": _grounds(case),
        "related": [msgspec.to_builtins(each) for each in case.chain],
        "positions": [position - 1, position],
        "classifications": _once([_beside(logs, before, after, each) for each in narrow]),
        "basis": moment.basis(state),
    }
    return sheet("evidence", data, state.facts)


def _grounds(case: Case) -> list[dict[str, Any]]:
    """What it was decided on: the matter and the evidence that the decision names."""
    said, by_id = case.fact.value, case.state.facts.by_id
    named = dict.fromkeys([*getattr(said, "matter", ()), *getattr(said, "evidence", ())])
    return [
        {"position": fact.position, "words": fact.value.words(), "by": fact.value.by}
        for each in named
        if (fact := by_id.get(each)) is not None
    ]


def _beside(
    logs: Alternatives, before: RallyState, after: RallyState, scope: Scope
) -> dict[str, Any]:
    """Both classifications of a scope side by side, and what explains their difference."""
    was, now = _lines(before, scope), _lines(after, scope)
    try:
        moved = compare(logs, scope, after).rows
    except LedgerError:  # nobody is classified, on either side
        moved = ()
    wanted = {each for row in moved for each in row.because}
    because = [each for each in logs.told.values() if each.position in wanted]
    return {
        "title": subject_of({name: value for name, value in plain(scope).items() if value}),
        "rows": [_row(number, was.get(number), now.get(number)) for number in {**now, **was}],
        "moved": [row.number for row in moved],
        "because": [
            {"position": each.position, "words": each.value.words(), "by": each.value.by}
            for each in because
        ],
    }


def _once(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same classification under several names is shown once."""
    shown: list[dict[str, Any]] = []
    for each in found:
        same = next((other for other in shown if other["rows"] == each["rows"]), None)
        if same is None:
            shown.append(each)
        else:
            same["title"] = f"{same['title']}; {each['title']}"
    return shown


def _lines(state: RallyState, scope: Scope) -> dict[str, dict[str, Any]]:
    """What a classification says of each crew: those with a place first, in its order."""
    try:
        answer: Standings = standings(state, scope)
    except LedgerError:  # the rules or the plan do not suffice for one
        return {}
    rows: list[dict[str, Any]] = [*plain(answer.rows), *plain(answer.unclassified)]
    return {row["number"]: row for row in rows}


def _row(number: str, was: dict[str, Any] | None, now: dict[str, Any] | None) -> dict[str, Any]:
    names = ("place", "total_ms", "gap_ms", "status")
    sides = [{name: (side or {}).get(name) for name in names} for side in (was, now)]
    return {"number": number, "driver": (now or was or {}).get("driver", ""), "sides": sides}

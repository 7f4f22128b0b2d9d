"""Why: what a crew's total, place and status rest on, down to the records."""

from __future__ import annotations

from typing import Annotated, Any

from cli.office.answer import Answer
from cli.office.asking import Number, Word
from cli.office.forms import plain
from cli.office.results import scope_of
from cli.office.view import View
from ledger.log import Log
from projections.explain.grounds import Grounds
from projections.explain.told import Why
from projections.explain.why import explain

COLUMNS = ("ms", "what", "positions", "article", "kind", "stage", "status")


def why(
    seen: View,
    number: Number,
    after: Annotated[
        str | None, Word("In the overall after this stage.", "STAGE", of="stage")
    ] = None,
    stage: Annotated[str | None, Word("In the result of this stage.", "STAGE", of="stage")] = None,
) -> Answer[Why]:
    """Each time and penalty with the records behind it; the addends sum to the total, always."""
    found = explain(Grounds(seen.about(number)), number, scope_of(after, stage))
    of = f"stage {found.scope.stage}" if found.scope.stage else "overall"
    until = f" after {found.scope.after}" if found.scope.after else ""
    title = f"Why {found.number} {found.driver}, {of}{until}"
    return Answer(seen, found, title, _received(plain(found), seen.log), found.addends, COLUMNS)


def _received(value: Any, log: Log) -> Any:
    """The document with the time at which this log took in each record that is named."""
    if isinstance(value, (list, tuple)):
        return [_received(each, log) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _received(each, log) for name, each in value.items()}
    if "standing" in found and "position" in found:
        found["received_at"] = log.at(found["position"]).received(0).iso()
    return found

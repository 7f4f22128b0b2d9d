"""Classifications: of crews and of teams, and places and gaps along the stages."""

from __future__ import annotations

from typing import Annotated, Literal

from cli.office.answer import Answer
from cli.office.asking import EVERYBODY, After, Among, OfStage, Word
from cli.office.forms import plain
from cli.office.view import View
from ledger.errors import Usage
from projections.results.chart import Series, series
from projections.results.standings import Scope, Standings, standings
from projections.results.teams import Teams, teams

CREWS = (
    *("place", "number", "driver", "codrivers", "nationality", "category", "class", "vehicle"),
    *("team", "time_ms", "penalty_ms", "total_ms", "gap_ms", "interval_ms", "flags"),
)
TEAMS = ("place", "team", "total_ms", "gap_ms", "interval_ms", "crews")
LINES = ("number", "driver", "category", "after", "place", "total_ms", "gap_ms", "penalised_ms")


def scope_of(after: str | None, stage: str | None, among: Among = EVERYBODY) -> Scope:
    """The classification that is meant: the overall, after a stage or so far, or a stage's result.

    Raises:
        Usage: both are named.
    """
    if after is not None and stage is not None:
        raise Usage("--after and --stage exclude each other.")
    kind: Literal["overall", "stage"] = "overall" if stage is None else "stage"
    return Scope(kind, after, stage, *among)


def of_crews(
    seen: View, after: After = None, stage: OfStage = None, among: Among = EVERYBODY
) -> Answer[Standings]:
    """The overall, or the result of one stage; without either, of everything that counts so far."""
    scope = scope_of(after, stage, among)
    found = standings(seen.classified, scope)
    what = f"Stage {stage}" if stage else "Overall"
    parts = (what, f"after {after}" if after else "", *among)
    title = " ".join(part for part in parts if part)
    return Answer(seen, found, title, plain(found), found.rows, CREWS)


def of_teams(
    seen: View,
    after: After = None,
    category: Annotated[
        str | None, Word("Only crews of this category.", "CATEGORY", of="category")
    ] = None,
) -> Answer[Teams]:
    """The teams by the sum of the totals of their best crews."""
    found = teams(seen.classified, Scope(after=after, category=category))
    parts = ("Teams", f"after {after}" if after else "", category)
    title = " ".join(part for part in parts if part)
    rows = [{**plain(row), "crews": [crew.number for crew in row.crews]} for row in found.rows]
    return Answer(seen, found, title, plain(found), rows, TEAMS)


def along_the_stages(
    seen: View,
    kind: Annotated[str, Word(choices=("places", "gaps"), subject=True)],
    among: Among = EVERYBODY,
    crews: Annotated[
        str | None, Word("Only these numbers, with commas between.", "NUMBERS")
    ] = None,
    top: Annotated[int | None, Word("Only the first N of them.", "N", least=1)] = None,
    rebase: Annotated[
        str | None, Word("Gaps to this crew, not to the leader.", "NUMBER", of="number")
    ] = None,
) -> Answer[Series]:
    """The places or the gaps of crews after each stage, from the first to the last."""
    if rebase is not None and kind == "places":
        raise Usage("--rebase is for gaps: a place is not relative to a crew.")
    scope = Scope("overall", None, None, *among)
    numbers = [each.strip() for each in (crews or "").split(",") if each.strip()]
    found = series(seen.classified, scope, numbers=numbers, top=top, rebase=rebase)
    document = {
        "chart": kind,
        "scope": scope,
        "rebase": rebase,
        "stages": found.columns,
        "lines": found.lines,
    }
    rows = [
        {"number": line.number, "driver": line.driver, "category": line.category, **plain(point)}
        for line in found.lines
        for point in line.points
    ]
    what = "Places by stage" if kind == "places" else f"Gaps to {rebase or 'the leader'} by stage"
    title = ", ".join(part for part in (what, *among) if part)
    return Answer(seen, found, title, document, rows, LINES)

"""The classification of teams: each one's best crews of the overall, their totals added.

How many crews count is the rulebook's. A team with fewer classified crews has no place; equal sums
share one.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from ledger.grouping import grouped
from projections.results.standings import UNEQUAL, Row, Scope, closed_up, standings
from projections.state.rally import RallyState


class TeamCrew(msgspec.Struct, frozen=True):
    """A crew that counts for its team: its place in the overall and its total."""

    number: str
    place: int
    total_ms: int


class Team(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: a team, the sum of the crews that count, and those crews.

    It is flagged where one of them has run other stages than the first of the overall.
    """

    place: int
    team: str
    total_ms: int
    gap_ms: int
    interval_ms: int
    crews: tuple[TeamCrew, ...]
    flags: tuple[str, ...] = ()


class TeamNotClassified(msgspec.Struct, frozen=True):
    """A team with fewer classified crews than have to count, and why."""

    team: str
    entered: int
    classified: tuple[str, ...]
    reason: str


class Teams(msgspec.Struct, frozen=True):
    """The teams in their places, and those without one; `counting` crews of each count."""

    scope: Scope
    counting: int | None
    rows: tuple[Team, ...]
    unclassified: tuple[TeamNotClassified, ...]


def teams(state: RallyState, scope: Scope | None = None) -> Teams:
    """The classification of the teams over that of the crews of a scope.

    Raises:
        NotFound: no such stage or category. Undefined: the rulebook does not say how many count.
    """
    scope = scope or Scope()
    overall = standings(state, scope)
    crews = (crew.value for crew in state.facts.crews.values())
    entered = Counter(crew.team for crew in crews if crew.team and scope.holds(crew))
    if not entered:
        return Teams(scope, None, (), ())
    rules = state.rulebook if scope.until is None else state.rules_of(scope.until)
    counting = rules.number("teams.counting")
    classified = grouped((row.team, row) for row in overall.rows)
    sums = [
        (sum(row.total_ms for row in best), team, best)
        for team in entered
        if len(best := classified[team][:counting]) == counting
    ]
    rows = _placed(sorted(sums, key=lambda each: each[:2]))
    short = [team for team in entered if len(classified[team]) < counting]
    return Teams(
        scope,
        counting,
        closed_up(rows) if overall.closes_up else rows,
        tuple(_short(team, entered[team], classified[team], counting) for team in sorted(short)),
    )


def _placed(sums: list[tuple[int, str, list[Row]]]) -> tuple[Team, ...]:
    rows: list[Team] = []
    for index, (total, team, best) in enumerate(sums):
        before = rows[-1] if rows else None
        shared = before is not None and before.total_ms == total
        rows.append(
            Team(
                before.place if before and shared else index + 1,
                team,
                total,
                total - sums[0][0],
                total - (before.total_ms if before else total),
                tuple(TeamCrew(row.number, row.place, row.total_ms) for row in best),
                (UNEQUAL,) if any(UNEQUAL in row.flags for row in best) else (),
            )
        )
    return tuple(rows)


def _short(team: str, entered: int, rows: list[Row], counting: int) -> TeamNotClassified:
    held = len(rows)
    if entered < counting:
        reason = f"{entered} of {counting} crews entered"
    else:
        reason = f"{held} of {counting} crews classified"
    return TeamNotClassified(team, entered, tuple(row.number for row in rows), reason)

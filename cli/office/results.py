"""Classifications: of crews and of teams, and places and gaps along the stages."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

from cli.office.answer import Answer
from cli.office.asking import EVERYBODY, EVERYTHING, Among, Over, Word
from cli.office.forms import plain
from cli.office.pending import without_effect
from cli.office.view import View
from ledger.errors import NotFound, Usage, told_as
from ledger.lists import codes
from ledger.vocabulary.publication import scope_title
from projections.results.chart import Series, series
from projections.results.classifications import Rankings, rankings
from projections.results.days import stages_of_day
from projections.results.standings import Scope, Standings
from projections.results.teams import Teams, teams
from projections.state.rally import RallyState

Found = TypeVar("Found")
Joint = Annotated[bool, Word("One list for people too, where the classifications are kept apart.")]
CREWS = (
    *("place", "number", "driver", "codrivers", "nationality", "category", "class", "vehicle"),
    *("team", "time_ms", "penalty_ms", "total_ms", "gap_ms", "interval_ms", "flags"),
)
TEAMS = ("place", "team", "total_ms", "gap_ms", "interval_ms", "crews", "flags")
LINES = ("number", "driver", "category", "after", "place", "total_ms", "gap_ms", "penalised_ms")


class Ranked(Generic[Found]):
    """What people read of a scope: a list, or each classification by itself under its heading.

    `why` says what keeps them apart where the regulations do not name them. The lists are made when
    somebody reads them: programs have the one across all.
    """

    def __init__(self, parts: Iterable[tuple[str, Found]], why: str = "") -> None:
        self._parts, self.why = parts, why

    @cached_property
    def parts(self) -> tuple[tuple[str, Found], ...]:
        """The lists with their headings; "" for the one list."""
        return tuple(self._parts)


def ranked(
    of: Rankings, one: Found, each: Iterable[Found], *, joint: bool = False
) -> Ranked[Found]:
    """The one list, or those of the classifications where they are apart."""
    if joint or not of.apart:
        return Ranked((("", one),))
    headings = (scope.category or "" for scope in of.scopes)
    return Ranked(zip(headings, each, strict=True), of.why)


def overalls(of: Rankings) -> Ranked[Standings]:
    """The classifications as people read them."""
    return ranked(of, of.joint, of.lists)


def told(found: Any, of: Rankings) -> dict[str, Any]:
    """An answer by its fields: its scope says where the list is one that is not ranked."""
    document = {**msgspec.structs.asdict(found), "scope": plain(found.scope)}
    if not document.get("closes_up"):
        document.pop("closes_up", None)
    if of.is_joint:
        document["scope"]["joint"] = True
    return document


def scope_of(
    state: Callable[[], RallyState], over: Over = EVERYTHING, among: Among = EVERYBODY
) -> Scope:
    """The classification that is meant: the overall, after a stage or so far, a range, or a stage.

    A day is the range of its stages, by the plan; the state is asked for only where a day is named.

    Raises:
        Usage: more than one of them is named, or half a range. NotFound: the plan has no such day.
    """
    after, stage, first, last, day = over
    named = ("--after", after), ("--stage", stage), ("--from", first or last), ("--day", day)
    several = [name for name, value in named if value is not None]
    if len(several) > 1:
        raise Usage(f"{several[0]} and {several[1]} exclude each other.")
    if day is not None:
        stages = stages_of_day(state(), day)
        first, last = stages[0].stage, stages[-1].stage
    if (first is None) is not (last is None):
        raise Usage(
            "--from and --to go together: a range has a first stage and a last one.",
            hint="The overall up to a stage is --after STAGE.",
        )
    if first is not None and last is not None:
        return Scope("range", None, None, *among, first=first, last=last)
    kind: Literal["overall", "stage"] = "overall" if stage is None else "stage"
    return Scope(kind, after, stage, *among)


def title_of(scope: Scope) -> str:
    """What a classification is of: "Overall after SS12 cars"."""
    return scope_title({name: value for name, value in plain(scope).items() if value})


def of_crews(
    seen: View, over: Over = EVERYTHING, among: Among = EVERYBODY, joint: Joint = False
) -> Answer[Ranked[Standings]]:
    """The overall, a range or one stage; without any of them, of everything that counts so far."""
    scope = scope_of(lambda: seen.classified, over, among)
    of = rankings(seen.classified, scope)
    found = of.joint
    title = title_of(scope)
    shown = Ranked((("", found),)) if joint else overalls(of)
    notes = without_effect(seen.classified)
    return Answer(seen, shown, title, told(found, of), found.rows, CREWS, notes=notes)


def of_teams(
    seen: View,
    over: Over = EVERYTHING,
    category: Annotated[
        str | None, Word("Only crews of this category.", "CATEGORY", of="category")
    ] = None,
    joint: Joint = False,
) -> Answer[Ranked[Teams]]:
    """The teams by the sum of the totals of their best crews."""
    scope = scope_of(lambda: seen.classified, over, Among(category))
    found, of = teams(seen.classified, scope), rankings(seen.classified, scope)
    each = (teams(seen.classified, one) for one in of.scopes)
    title = f"Teams · {title_of(scope)}"
    rows = [
        {**plain(row), "crews": [crew.number for crew in row.crews], "flags": row.flags}
        for row in found.rows
    ]
    shown = ranked(of, found, each, joint=joint)
    notes = without_effect(seen.classified)
    return Answer(seen, shown, title, told(found, of), rows, TEAMS, notes=notes)


def along_the_stages(
    seen: View,
    kind: Annotated[str, Word(choices=("places", "gaps"), subject=True)],
    among: Among = EVERYBODY,
    crews: Annotated[str | None, Word('Only these numbers, with ";" between.', "NUMBERS")] = None,
    top: Annotated[int | None, Word("Only the first N of them.", "N", least=1)] = None,
    rebase: Annotated[
        str | None, Word("Gaps to this crew, not to the leader.", "NUMBER", of="number")
    ] = None,
    joint: Joint = False,
) -> Answer[Ranked[Series]]:
    """The places or the gaps of crews after each stage, from the first to the last."""
    if rebase is not None and kind == "places":
        raise Usage("--rebase is for gaps: a place is not relative to a crew.")
    scope = Scope("overall", None, None, *among)
    with told_as(Usage, "--crews: "):
        numbers = codes(crews or "")
    of = rankings(seen.classified, scope)

    def drawn(scope: Scope) -> Series:
        return series(seen.classified, scope, numbers=numbers, top=top, rebase=rebase)

    found = drawn(scope)
    shown = Ranked((("", found),))
    if of.apart and not joint:
        shown = Ranked(tuple(_where_there_are_lines(of, drawn)), of.why)
    document = {
        "chart": kind,
        "scope": told(of.joint, of)["scope"],
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
    return Answer(seen, shown, title, document, rows, LINES)


def _where_there_are_lines(
    of: Rankings, drawn: Callable[[Scope], Series]
) -> Iterator[tuple[str, Series]]:
    """The series of each classification that has any of the crews that are asked for."""
    for scope in of.scopes:
        with contextlib.suppress(NotFound):
            yield scope.category or "", drawn(scope)

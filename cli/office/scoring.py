"""Points of the championship: of one rally, and of a season over the rallies of a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, NamedTuple, TypeVar

from cli.office.answer import Answer
from cli.office.asking import Category, Word
from cli.office.forms import plain
from cli.office.view import View
from cli.office.views import Views
from ledger.errors import NotFound
from projections.explain.told import Rule
from projections.results.points import Points, Scorer, points
from projections.results.season import Season, SeasonRow, added_up
from projections.rules.regulations import Applied
from projections.rules.scales import BEST, DRIVERS, SCALES, SCORERS, TABLES

Table = Annotated[str, Word("Which table of the championship.", choices=TABLES)]
OfName = Annotated[str | None, Word("Only this name, and why it has its points.", "NAME")]
LINES = ("place", "name", "points", "category", "numbers", "what", "awarded", "rank", "scale")


class Scored(NamedTuple):
    """The points of a rally on their way to a person: the lines asked for, and the rules."""

    points: Points
    rows: Sequence[Scorer]
    rules: Sequence[Rule]
    name: str | None = None


class Standing(NamedTuple):
    """A season on its way to a person; with a name, what it scored in each rally."""

    season: Season
    rows: Sequence[SeasonRow]
    rules: Sequence[Rule]
    name: str | None = None
    scored: Sequence[tuple[str, Scorer]] = ()


def of_a_rally(
    seen: View, table: Table = DRIVERS, category: Category = None, name: OfName = None
) -> Answer[Scored]:
    """The points that a rally gives in a table, each with what it is for."""
    from cli.office.pending import without_effect
    from projections.explain.grounds import Grounds  # a season needs neither where it is kept

    found = points(seen.classified, table, category)
    rows = _named(found.rows, name)
    by = BEST.get(table, SCORERS)
    applied = (Applied(each, None, None) for each in (SCALES, by))
    rules = Grounds(seen.classified).rules(*applied)
    document = {
        "table": table,
        "category": category,
        "when": found.when,
        "rows": [_worded(row) for row in rows],
        "without": found.without,
        "rules": rules,
    }
    lines = [
        {
            **{each: value for each, value in plain(row).items() if each != "awards"},
            "what": award.what,
            "awarded": award.points,
            "rank": award.rank,
            "scale": award.scale,
        }
        for row in rows
        for award in row.awards
    ]
    title = ", ".join(filter(None, (f"Points, {table}", category, name)))
    shown = Scored(found, rows, rules, name)
    notes = without_effect(seen.classified)
    return Answer(seen, shown, title, document, lines, LINES, notes=notes)


def of_a_season(
    several: Views,
    rallies: Annotated[
        tuple[str, ...], Word("Only these rallies (default: all of the ledger).", "CODE")
    ] = (),
    table: Table = DRIVERS,
    category: Category = None,
    name: OfName = None,
) -> Answer[Standing]:
    """The table of a season: the points of its rallies added, in the order of their first start."""
    views = several.of(rallies)
    given = {code: view.gives(table) for code, view in views.each.items()}
    found = added_up(given, table, category)
    rows = _named(found.rows, name)
    rules = given[found.ruled_by].rules.told if given else ()
    codes = [each.rally for each in found.rounds]
    document: dict[str, Any] = {
        "table": table,
        "category": category,
        "counting": found.counting,
        "rallies": found.rounds,
        "rows": rows,
        "rules": rules,
    }
    names = {each.name for each in rows} if name is not None else set[str]()
    scored = [(code, row) for code, of in found.scored.items() for row in of if row.name in names]
    if name is not None:
        document["scored"] = [{"rally": code, **_worded(row)} for code, row in scored]
    lines = [
        {"place": row.place, "name": row.name, "points": row.points}
        | {code: row.rallies.get(code) for code in codes}
        | {"dropped": row.dropped, "category": row.category}
        | {"tied_by": row.tied_by, "flags": row.flags}
        for row in rows
    ]
    columns = ("place", "name", "points", *codes, "dropped", "category", "tied_by", "flags")
    title = ", ".join(filter(None, (f"Season, {table}", category, name)))
    shown = Standing(found, rows, rules, name, scored)
    return Answer(None, shown, title, document, lines, columns, over=views)


def _worded(row: Scorer) -> dict[str, Any]:
    """A line as JSON has it, each of its awards in words as well."""
    told: dict[str, Any] = plain(row)
    awards = zip(told["awards"], row.awards, strict=True)
    return told | {"awards": [{**each, "words": award.words()} for each, award in awards]}


Line = TypeVar("Line", Scorer, SeasonRow)


def _named(rows: Iterable[Line], name: str | None) -> list[Line]:
    """The lines of a name, or all of them.

    Raises:
        NotFound: nobody of that name scored.
    """
    every = list(rows)
    if name is None:
        return every
    wanted = name.casefold()
    exactly = [each for each in every if each.name.casefold() == wanted]
    found = exactly or [each for each in every if wanted in each.name.casefold()]
    if not found:
        listed = ", ".join(each.name for each in every[:_FEW])
        raise NotFound(f"{name} has no points.", hint=f"There are: {listed or 'none'}.")
    return found


_FEW = 12

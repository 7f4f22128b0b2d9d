"""`rally season`: the points of several rallies of the ledger, added."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click

from cli.commands.points import by_category, rules, why
from cli.office.answer import Answer
from cli.office.scoring import Standing
from cli.output import print_section, print_table
from cli.reading import OF_EACH, reading
from projections.results.season import SeasonRow


@reading("season", OF_EACH)
def command(answer: Answer[Standing]) -> None:
    """Show the table of a championship over the rallies of the ledger.

    They stand in the order of their first start; points of rallies that the ledger does not hold
    come in by PointsCarriedIn, with their source. Each rally may be asked at a moment of its own,
    as --known-at CODE=MOMENT; a moment without a code is meant for all others. How many results
    count, and what breaks ties, is told by the rules of the last rally. Where categories score
    apart, each is a table of its own.

    \b
    Examples:
      rally season
      rally season --table manufacturers --rallies chile-2019 --rallies mexico-2019
      rally season --known-at 'chile-2019=SS12' --name Ogier
    """
    found = answer.found
    season, codes = found.season, [each.rally for each in found.season.rounds]
    by_category(found.rows, partial(_table, codes))
    for code, row in found.scored:
        click.echo("")
        why([row], code)
    if found.name is not None:
        rules(found.rules)
    print_section(
        "",
        ("Rally", "Title", "First start", "Points"),
        [
            (each.rally, each.title, each.starts_at or "", each.source or each.when)
            for each in season.rounds
        ],
    )


def _table(codes: Sequence[str], rows: Sequence[SeasonRow]) -> None:
    print_table(
        ("", "Name", "Points", *codes, "Dropped", "Tie broken by", "Notes"),
        [
            (
                str(row.place),
                row.name,
                str(row.points),
                *(str(row.rallies.get(code, "")) for code in codes),
                ", ".join(row.dropped),
                row.tied_by,
                ", ".join(row.flags),
            )
            for row in rows
        ],
        figures=("", "Points", *codes),
    )

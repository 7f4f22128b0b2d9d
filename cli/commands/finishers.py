"""`rally finishers`: how many crews of each category are in each status."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.options import at_a_moment, of_ledger, output, pass_settings
from cli.output import Column, plain, print_csv, print_json, print_table
from cli.reading import view
from projections.finishers import Counts, finishers


@click.command(name="finishers")
@at_a_moment
@output
@of_ledger
@pass_settings
def command(
    settings: Settings, known_at: str | None, effective_at: str | None, as_json: bool, as_csv: bool
) -> None:
    """Count the crews: entered, starters, retired, running, finishers.

    At every cut entered = withdrawn + refused + not started + starters, and starters = retired +
    disqualified + unclassified + running + finishers.
    """
    seen = view(settings, known_at, effective_at)
    answer = finishers(seen.state)
    if as_json:
        print_json({"basis": seen.basis(), **plain(answer)})
    elif as_csv:
        print_csv([plain(row) for row in answer.rows], Counts.__struct_fields__)
    else:
        seen.say("Finishers")
        titles = [name.replace("_", " ").capitalize() for name in Counts.__struct_fields__]
        rows = [*answer.rows, answer.total]
        print_table(
            [Column(title, figures=index > 0) for index, title in enumerate(titles)],
            [
                [
                    "All" if row is answer.total else row.category or "–",
                    *(str(n) for n in list(plain(row).values())[1:]),
                ]
                for row in rows
            ],
        )

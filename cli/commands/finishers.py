"""`rally finishers`: how many crews of each category are in each status."""

from __future__ import annotations

import click

from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from projections.finishers import Counts, Finishers, finishers


@click.command(name="finishers")
@reading
def command(seen: View) -> Answer:
    """Count the crews: entered, starters, retired, running, finishers.

    At every cut entered = withdrawn + refused + not started + starters, and starters = retired +
    disqualified + unclassified + running + finishers.
    """
    answer = finishers(seen.classified)
    columns = Counts.__struct_fields__
    return Answer("Finishers", plain(answer), answer.rows, columns, lambda: _table(answer))


def _table(answer: Finishers) -> None:
    titles = [name.replace("_", " ").capitalize() for name in Counts.__struct_fields__]
    rows = [(row.category or "–", row) for row in answer.rows]
    print_table(
        [Column(title, figures=index > 0) for index, title in enumerate(titles)],
        [
            [name, *(str(count) for count in list(plain(row).values())[1:])]
            for name, row in [*rows, ("All", answer.total)]
        ],
    )

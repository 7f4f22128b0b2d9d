"""`rally finishers`: how many crews of each category are in each status."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.office.forms import plain
from cli.output import print_table
from cli.reading import reading
from projections.results.finishers import Counts, Finishers


@reading("finishers")
def command(answer: Answer[Finishers]) -> None:
    """Count the crews: entered, starters, retired, running, finishers.

    At every cut entered = withdrawn + refused + not started + starters, and starters = retired +
    disqualified + unclassified + running + finishers.
    """
    titles = [name.replace("_", " ").capitalize() for name in Counts.__struct_fields__]
    rows = [(row.category or "–", row) for row in answer.found.rows]
    print_table(
        titles,
        [
            [name, *(str(count) for count in list(plain(row).values())[1:])]
            for name, row in [*rows, ("All", answer.found.total)]
        ],
        figures=titles[1:],
    )

"""What `rally diff` and `rally what-if` share: how moves are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from cli.office.moving import move
from cli.output import visible
from ledger.grouping import grouped
from ledger.times import precision_of
from ledger.vocabulary import short_id
from projections.comparing.compare import Comparison
from projections.comparing.what_if import Alternatives

SHOWN = 4
"""Of a cause of more records than this and one, so many are named and the others counted."""


def print_moves(
    comparison: Comparison, logs: Alternatives, nobody: str, *, hypothetical: bool = False
) -> None:
    """The moves under the records that explain them: what moved several crews is said once.

    Where they are hypothetical, it is also said what else is left out or supposed.
    """
    for side, refusal in zip(("before", "after"), comparison.refused, strict=True):
        if refusal:
            click.echo(f"There is no classification {side}: {visible(refusal)}")
    causes = grouped((row.because, row) for row in comparison.rows)
    records = _Records(logs, hypothetical)
    if hypothetical:
        records.say(sorted({*logs.positions(logs.edits)}.difference(*causes)))
    if not comparison.rows:
        click.echo(nobody)
    precision = precision_of(time for row in comparison.rows for time in row.total_ms)
    for count, because in enumerate(sorted(causes)):
        if count:
            click.echo()
        records.say(because)
        for row in causes[because]:
            said = move(row.place, row.total_ms, row.gap_ms, row.status, precision)
            click.echo(f"       {row.number} {visible(row.driver)}: {said}")


class _Records:
    """The records of a comparison, in words; of many, the first."""

    def __init__(self, logs: Alternatives, hypothetical: bool) -> None:
        self._edits = logs.edits
        self._hypothetical = hypothetical
        self._told = {told.position: (each, told.value) for each, told in logs.told.items()}

    def say(self, positions: Sequence[int]) -> None:
        """A line each; behind a few, how many there are of which type."""
        named = positions if len(positions) <= SHOWN + 1 else positions[:SHOWN]
        for position in named:
            identity, said = self._told[position]
            supposed = ("With " if self._edits[identity] else "Without ") * self._hypothetical
            who = f"{visible(said.by)}, " if said.by else ""
            click.echo(
                f"{supposed}#{position} {short_id(identity)}  {visible(said.words())} "
                f"({who}{visible(said.recorded_at.short())})"
            )
        if rest := positions[len(named) :]:
            kinds = Counter(self._told[position][1].type_name() for position in rest)
            counted = ", ".join(f"{many} {kind}" for kind, many in kinds.most_common())
            click.echo(f"and {len(rest)} more, #{rest[0]} to #{rest[-1]}: {counted}")

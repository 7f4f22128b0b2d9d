"""`rally diff`: which crews moved between two moments, and because of which records."""

from __future__ import annotations

import click

from cli.comparing import CSV, csv_rows, explained, of_a_scope, print_moves, title_of
from cli.reading import Answer, View, reading
from ledger.times import Instant
from projections.compare import Comparison, compare
from projections.standings import Scope
from projections.what_if import between


@click.command(name="diff")
@click.argument("moments", metavar="FROM [TO]", nargs=-1, required=True)
@of_a_scope
@reading
def command(seen: View, moments: tuple[str, ...], scope: Scope) -> Answer:
    """Show who moved between two moments of the log, and because of which records.

    FROM and TO are moments (#149, @-1, SS10, doc:7, a timestamp), also written FROM..TO; TO is the
    end of what is known where it is not named. Under each cause stand the crews that it moved:
    without its records they stand as before, and none of the records can be left out.

    With --effective-at, how the rally stood at that moment is compared: as it was known then, and
    as it was known later.

    \b
    Examples:
      rally diff '#148' '#149' --after SS12 --category cars
      rally diff SS9..SS10
      rally diff 2016-07-21T18:00+08:00 @ --effective-at 2016-07-21T18:00+08:00
    """
    first, last = (seen.moment(each) for each in _two(moments))
    early, late = sorted((first, last))
    cut = seen.effective_at.ms if seen.effective_at else None
    logs = between(seen.state.facts, early, late, cut)
    known = seen.state if late == seen.position else None
    comparison = compare(logs, scope, known)
    if first > last:
        comparison = comparison.turned()
    title = f"{title_of(scope)} · what changed from #{first} to #{last}"
    document = {
        "between": [_moment(seen, first), _moment(seen, last)],
        "scope": comparison.scope,
        "refused": comparison.refused,
        "rows": comparison.rows,
        "records": explained(comparison, logs),
    }
    return Answer(
        title,
        document,
        csv_rows(comparison.rows),
        CSV,
        lambda: print_moves(comparison, logs, _nobody(comparison)),
    )


def _two(moments: tuple[str, ...]) -> tuple[str, str]:
    """FROM and TO, in two words or in one with ".." between."""
    if len(moments) == 1:
        first, _, last = moments[0].partition("..")
        return first.strip() or "0", last.strip() or "@"
    if len(moments) == 2:
        return moments[0], moments[1]
    raise click.UsageError("Two moments are compared: FROM and TO.")


def _moment(seen: View, position: int) -> dict[str, object]:
    received = seen.log.at(position).header.received_at if position else None
    return {
        "position": position,
        "root": seen.log.root_at(position),
        "received_at": None if received is None else Instant(received, 0).iso(),
    }


def _nobody(comparison: Comparison) -> str:
    return "" if any(comparison.refused) else "Nobody moved."

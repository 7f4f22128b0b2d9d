"""`rally publications`: the register of everything that was posted."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.output import print_table
from cli.reading import reading
from ledger.times import parse_instant
from ledger.vocabulary import short_id
from projections.desk.publications import Publication, Register


@reading("publications")
def command(answer: Answer[Register]) -> None:
    """Show everything that was posted: start orders, classifications and other documents.

    With DOCUMENT, its number or its record, show that sheet alone.

    The cut-off says on how much of the log a document rests; `rally standings --known-at` with it
    gives its rows, and `rally standings --known-at doc:7` the standings where document 7 was
    posted. Under Today stands whether today's answer still equals what was posted: `rally drift 7`
    explains the difference. `rally verify` computes every classification and start order again.

    A number means one sheet for ever: the first that this log has under it, also when it is
    withdrawn or void, or another site gave the number as well (`rally check` tells that).

    \b
    Examples:
      rally publications 7
      rally publications --known-at 2016-07-22T08:00+08:00
      rally standings --after SS12 --category cars --known-at '#148'
    """
    titles = ("Doc", "Kind", "What", "Posted", "By", "Cut-off", "Root", "Edition", "Digest")
    print_table(
        (*titles, "Status", "Today", "Record"),
        [_cells(row) for row in answer.found.rows],
        figures=("Doc", "Cut-off", "Edition", "Record"),
    )


def _cells(row: Publication) -> tuple[str, ...]:
    return (
        row.document,
        row.kind_in_full,
        row.title,
        parse_instant(row.posted_at).short(),
        row.by,
        "" if row.cut_off is None else f"#{row.cut_off}",
        short_id(row.root),
        str(row.edition or ""),
        short_id(row.digest),
        f"{row.status} by {row.superseded_by}" if row.superseded_by else row.status,
        row.today,
        f"#{row.position}",
    )

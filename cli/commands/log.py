"""`rally log`: the records, one by one."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.office.records import Amended, Listed
from cli.output import print_table
from cli.reading import reading
from ledger.record import Record


@reading("log")
def command(answer: Answer[Listed]) -> None:
    """Show the records in the order of the log, with what was corrected or voided marked.

    ~ stands before an instant that no source gives: the end of the stage or day stands in for it.

    \b
    Examples:
      rally log --crew 102 --stage SS12
      rally log --type PenaltyGiven --since SS10
    """
    print_table(
        ("#", "Id", "Happened", "Recorded", "By", "What", ""),
        [_cells(record, answer.found.amended) for record in answer.found.records],
        figures=("#",),
    )


def _cells(record: Record, amended: Amended) -> tuple[str, ...]:
    said = record.occurrence()
    mark = ""
    if record.id in amended.voided:
        mark = f"void by #{amended.voided[record.id]}"
    elif record.id in amended.corrected:
        mark = f"corrected by #{amended.corrected[record.id]}"
    return (
        str(record.position),
        record.short_id,
        f"{'~' * said.fact_assumed}{said.fact_at.spelled()}" if said.fact_at else "",
        said.recorded_at.short(),
        said.by,
        said.words(),
        mark,
    )

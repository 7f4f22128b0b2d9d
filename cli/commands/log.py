"""`rally log`: the records, one by one."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.office.records import Amended, Listed
from cli.output import print_table
from cli.reading import reading
from ledger.record import Record
from ledger.vocabulary import Occurrence


@reading("log")
def command(answer: Answer[Listed]) -> None:
    """Show the records in the order of the log, with what was corrected or voided marked.

    So is what has no effect, as nobody took it who may or signed it, and who signed what counts.

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


def _happened(said: Occurrence) -> str:
    """When, as finely as it is known; an instant that no source gives is marked, and not fine."""
    if said.fact_at is None:
        return ""
    return f"~{said.fact_at.short()}" if said.fact_assumed else said.fact_at.spelled()


def _cells(record: Record, amended: Amended) -> tuple[str, ...]:
    said = record.occurrence()
    return (
        str(record.position),
        record.short_id,
        _happened(said),
        said.recorded_at.short(),
        said.by,
        said.words(),
        amended.mark(record),
    )

"""`rally marks`: what is to be seen along the log."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.office.moments import Marks
from cli.output import print_section, print_table
from cli.reading import reading


@reading("marks")
def command(answer: Answer[Marks]) -> None:
    """Show what is to be seen along the log: stages, cancellations, decisions, who left, documents.

    Each is a record of the log, whatever became of it since; what has no effect, as nobody took it
    who may, says so. A stage begins with the first record that tells of somebody on it.

    \b
    Examples:
      rally marks
      rally marks --kind decision --known-at SS12
    """
    found = answer.found
    print_table(
        ("#", "Kind", "Stage", "What"),
        [(str(each.position), each.kind, each.stage, each.told) for each in found.marks],
        figures=("#",),
    )
    print_section(
        "Stages",
        ("#", "Stage"),
        [(str(each.position), each.stage) for each in found.stages],
        figures=("#",),
    )

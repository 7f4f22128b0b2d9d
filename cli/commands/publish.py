"""`rally publish`: post on the notice board what the ledger computes."""

from __future__ import annotations

import click

from cli.acting import acts
from cli.changes import named, show
from cli.commands.standings import table
from cli.office.overall import Recorded
from cli.output import counted, visible
from ledger.vocabulary import ClassificationPublished, DocumentPosted, StartOrderPublished


def _tell(posted: Recorded) -> None:
    said = posted.said
    if not isinstance(said, ClassificationPublished):
        show(posted)
        if isinstance(said, DocumentPosted):
            _say_sheet(said.digest)
        if isinstance(said, StartOrderPublished):
            _say_sheet(said.file)
        return
    crews = counted(len(said.rows), "crew")
    rules = f"{said.rulebook or 'no rulebook'}, edition {said.edition}"
    click.echo(named(posted.position, said, posted.handle))
    click.echo(f"       {crews}; cut-off #{said.position}, digest {said.digest[:10]}; {rules}")
    if said.protests_until_at:
        click.echo(visible(f"       Protests until {said.protests_until_at.iso()}."))
    _say_sheet(said.file)
    if posted.record is None and posted.answer is not None:
        table(posted.answer)


def _say_sheet(digest: str) -> None:
    """Which sheet it is that hangs on the board."""
    if digest:
        click.echo(f"       The digest of its sheet is {digest[:10]}.")


command = acts(
    "publish",
    """Post on the notice board what the ledger computes. What was posted stays as it was posted.

    Documents of all kinds share one running number: without --document the next free one is taken,
    also when several people post at the same moment.
    """,
    {
        "classification": """\
        Publish a classification as `rally standings` shows it, with everything that it rests on.

        It keeps its rows, its cut-off in the log with the root there, the rulebook, the edition of
        the computing rules and the digest of what it says. Later facts never change it: `rally
        publications` tells whether today's answer still equals it, `rally drift` why not, and
        `rally verify` computes it again. An amended one gets the number of the amendment. The
        digest of its sheet is bound as well: `rally document classification` with its number draws
        the sheet.

        What it showed is shown by `rally standings --known-at` with its cut-off, and where it was
        published by doc:NUMBER as a moment.

        \b
        Examples:
          rally publish classification --after SS12 --category cars --kind provisional \\
            --by "Results" --role results-office
          rally publish classification --stage SS12 --kind amended --document 74 --dry-run \\
            --by "Results" --role results-office
          rally publish classification --from SS9 --to SS14 --category cars --kind provisional \\
            --by "Results" --role results-office --dry-run
          rally standings --after SS12 --category cars --known-at '#148'
        """,
        "start-order": """\
        Publish the start order of a stage as `rally start-order` shows it, category by category.

        The categories stand in one document. From then on it is frozen: later results, penalties
        and places do not move it. To change it, record StartOrderAmended for a crew, whom its time
        follows to its place; published again, the order is a document of its own, amendment 1, in
        the place of the first. What hung before stays as it was: `rally document start-order
        doc:NUMBER` draws it, `rally drift` tells what moved, and `rally verify` computes it again.

        \b
        Examples:
          rally publish start-order SS3
          rally record StartOrderAmended number=103 stage=SS3 place=1
          rally publish start-order SS3
        """,
        "decision": """Post the sheet of a decision: it is notified by that, if it was not before.

        DECISION is its series and number, or its record. The digest of the sheet is bound.

        \b
        Example:
          rally publish decision stewards-7 --by "Ann Lee" --role secretary
        """,
    },
    _tell,
)

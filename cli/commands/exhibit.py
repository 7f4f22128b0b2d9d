"""`rally exhibit`: files that belong to a record, bound to it by their digest."""

from __future__ import annotations

import click

from cli.acting import acts
from cli.changes import show
from cli.context import Settings
from cli.office.answer import Answer
from cli.office.asking import Cuts
from cli.office.exhibits import Rows, named
from cli.office.view import View
from cli.options import at_a_moment, of_ledger
from cli.output import print_table, visible, write_out
from cli.reading import reading
from ledger.vocabulary import short_id

command = acts(
    "exhibit",
    """Bind files to records: a photo of a time card, a read-out, the recording of a hearing.

    The log holds the digest of each, so that none can be replaced; the files themselves lie beside
    the ledger in FILE.exhibits, or in $RALLY_EXHIBITS (./rally.exhibits) if it is on a server.
    """,
    {
        "add": """Bind a file to a record, and keep a copy of it.

        \b
        Examples:
          rally exhibit add '#149' card.jpg --title "Time card of 102, leg 12" \\
            --by "The stewards" --role stewards
          rally exhibit add '#151' hearing.mp3 --title "Recording" --for stewards --for 102 \\
            --by "The stewards" --role stewards
        """
    },
    show,
)


# -- reads -----------------------------------------------------------------------------------------


@reading("exhibit list")
def listed(answer: Answer[Rows]) -> None:
    """List the exhibits, or those of one record."""
    print_table(
        ("#", "Of", "Digest", "Title", "File", "Bytes", "Only for"),
        [
            (
                str(row["position"]),
                f"#{row['target_position']}" if row["target_position"] else short_id(row["target"]),
                row["digest"][:10],
                row["title"],
                row["file"],
                "" if row["size"] is None else str(row["size"]),
                ", ".join(row["restricted_to"]),
            )
            for row in answer.found
        ],
        figures=("#", "Bytes"),
    )


@reading("exhibit check")
def check(answer: Answer[Rows]) -> None:
    """Check that every exhibit is there and has its digest; exit code 1 if one is not."""
    wrong = [row for row in answer.found if row["stored"] != "here"]
    for row in wrong:
        where = f"#{row['position']} {row['digest'][:10]}"
        click.echo(f"{where}  {visible(row['title'])}: {row['stored']}")
    count = len(answer.found)
    click.echo(f"{count - len(wrong)} of {count} exhibits are there, unaltered.")


for each in (listed, check):
    command.add_command(each)


@command.command(name="get")
@click.argument("exhibit", metavar="DIGEST-OR-POSITION")
@click.option("-o", "--output", metavar="FILE", required=True, help="Where it goes; - is stdout.")
@at_a_moment
@of_ledger
def get(settings: Settings, exhibit: str, output: str, at: Cuts) -> None:
    """Write an exhibit to a file, if it is still the one that was bound."""
    seen = View(settings.open_log(), *at)
    said = named(seen, exhibit).value
    data = settings.exhibits().read(said.digest)
    if said.restricted_to:
        click.echo(f"It is for {', '.join(said.restricted_to)} only.", err=True)
    write_out(output, data, private=True)
    if output != "-":
        click.echo(f"{visible(said.title)}: {len(data)} bytes written to {output}.", err=True)

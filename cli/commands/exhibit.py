"""`rally exhibit`: files that belong to a record, bound to it by their digest."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.changes import show
from cli.context import Settings
from cli.deciding import desk_of
from cli.office.answer import Answer
from cli.office.exhibits import Rows, named
from cli.office.naming import record_named
from cli.office.recording import carry_out
from cli.office.view import View
from cli.options import Signature, at_a_moment, of_ledger, pass_settings, signed
from cli.output import Column, print_table, visible
from cli.reading import reading
from ledger.authority import OFFICES
from ledger.commands.record import RecordOccurrence
from ledger.errors import Refused, Unavailable
from ledger.log import Log
from ledger.vocabulary import CrewEntered, ExhibitBound, short_id
from projections.desk.judging import judge


@click.group(name="exhibit")
def command() -> None:
    """Bind files to records: a photo of a time card, a read-out, the recording of a hearing.

    The log holds the digest of each, so that none can be replaced; the files themselves lie beside
    the ledger in FILE.exhibits, or in $RALLY_EXHIBITS (./rally.exhibits) if it is on a server.
    """


@command.command(name="add")
@click.argument("record", metavar="POSITION-OR-ID")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--title", required=True, help='What it is: "photo of the time card".')
@click.option(
    "--for",
    "parties",
    multiple=True,
    metavar="PARTY",
    help="Only for this office or crew. Repeatable; without it, it is for everybody.",
)
@click.option("--media", default="", help="What kind of file (default: by its name).")
@signed
@pass_settings
def add(
    settings: Settings,
    record: str,
    file: Path,
    title: str,
    parties: tuple[str, ...],
    media: str,
    signature: Signature,
) -> None:
    """Bind a file to a record, and keep a copy of it.

    \b
    Examples:
      rally exhibit add '#149' card.jpg --title "Time card of 102, leg 12" \\
        --by "The stewards" --role stewards
      rally exhibit add '#151' hearing.mp3 --title "Recording" --for stewards --for 102 \\
        --by "The stewards" --role stewards
    """
    log = settings.open_log()
    target = record_named(log, record)
    must_be_parties(log, parties)
    store = settings.exhibits()
    kept = store.measure(file)
    said = ExhibitBound(
        rally=log.rally,
        fact_at=signature.at,
        recorded_at=settings.now(),
        by=signature.by,
        role=signature.role,
        reason=signature.reason,
        target=target.id,
        digest=kept.digest,
        title=title,
        file=file.name,
        media=media or _media(file),
        size=kept.size,
        restricted_to=tuple(dict.fromkeys(parties)),
        number=getattr(target.occurrence(), "number", ""),
    )
    if not signature.dry_run and store.keep(file) != kept:
        raise Unavailable(f"{file} was changed while it was read.", hint="Try again.")
    desk = desk_of(settings, signature, log)
    done = carry_out(desk, lambda: RecordOccurrence(said, judge))
    show(done.said, done.record, done.moved, as_json=signature.as_json)


def _media(file: Path) -> str:
    """The kind of a file by its name, by the table that comes with Python alone."""
    return mimetypes.MimeTypes().guess_type(file.name)[0] or ""


def must_be_parties(log: Log, parties: Sequence[str]) -> None:
    """Refuse who is neither an office nor a crew.

    Raises:
        Refused: with the offices that there are.
    """
    records = log.read(types=[CrewEntered.type_name()])
    crews = {getattr(each.occurrence(), "number", "") for each in records}
    for each in parties:
        if each not in OFFICES and each not in crews:
            raise Refused(
                f"There is no party {each!r}.",
                hint=f"A crew by its number, or an office: {', '.join(sorted(OFFICES))}.",
            )


# -- reads -----------------------------------------------------------------------------------------


@reading("exhibit list")
def listed(answer: Answer[Rows]) -> None:
    """List the exhibits, or those of one record."""
    _table(answer.found)


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
@pass_settings
def get(
    settings: Settings, exhibit: str, output: str, known_at: str | None, effective_at: str | None
) -> None:
    """Write an exhibit to a file, if it is still the one that was bound."""
    seen = View(settings.open_log(), known_at, effective_at)
    said = named(seen, exhibit).value
    data = settings.exhibits().read(said.digest)
    if said.restricted_to:
        click.echo(f"It is for {', '.join(said.restricted_to)} only.", err=True)
    if output == "-":
        click.echo(data, nl=False)
        return
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        raise Unavailable(
            f"{output} can't be written: {error.strerror}.", hint="Name another file with -o."
        ) from None
    click.echo(f"{visible(said.title)}: {len(data)} bytes written to {output}.", err=True)


def _table(rows: Sequence[dict[str, Any]]) -> None:
    columns = [Column("#", figures=True), Column("Of"), Column("Digest"), Column("Title")]
    columns += [Column("File"), Column("Bytes", figures=True), Column("Only for")]
    print_table(
        columns,
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
            for row in rows
        ],
    )

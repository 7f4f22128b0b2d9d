"""`rally exhibit`: files that belong to a record, bound to it by their digest."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.changes import show
from cli.context import Settings
from cli.deciding import desk_of
from cli.office.naming import record_named
from cli.office.recording import carry_out
from cli.options import Signature, at_a_moment, of_ledger, pass_settings, signed
from cli.output import Column, print_table, visible
from cli.reading import Answer, View, reading
from ledger.authority import OFFICES
from ledger.commands.record import RecordOccurrence
from ledger.errors import NotFound, Refused, Unavailable
from ledger.exhibits import Exhibits, folder_of
from ledger.log import Log
from ledger.vocabulary import CrewEntered, ExhibitBound, short_id
from projections.judging import judge
from projections.state.facts import Fact

CSV = ("position", "digest", "title", "file", "media", "size", "restricted_to", "target", "stored")
LEAST_DIGITS = 6


@click.group(name="exhibit")
def command() -> None:
    """Bind files to records: a photo of a time card, a read-out, the recording of a hearing.

    The log holds the digest of each, so that none can be replaced; the files themselves lie beside
    the ledger in FILE.exhibits, or in $RALLY_EXHIBITS (./rally.exhibits) if it is on a server.
    """


def store_of(settings: Settings) -> Exhibits:
    """The folder of the exhibits of the ledger that is meant."""
    return Exhibits(folder_of(settings.ledger_name, os.environ.get("RALLY_EXHIBITS")))


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
    store = store_of(settings)
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


@command.command(name="list")
@click.argument("record", metavar="[POSITION-OR-ID]", required=False)
@reading
def listed(seen: View, record: str | None) -> Answer:
    """List the exhibits, or those of one record."""
    target = record_named(seen.log, record).id if record else ""
    rows = [_row(seen, each) for each in _bound(seen) if target in ("", each.value.target)]
    return Answer("Exhibits", {"rows": rows}, rows, CSV, lambda: _table(rows))


@command.command(name="check")
@reading
def check(seen: View) -> Answer:
    """Check that every exhibit is there and has its digest; exit code 1 if one is not."""
    store = _store()
    rows = [{**_row(seen, each), "stored": store.state(each.value.digest)} for each in _bound(seen)]
    wrong = [row for row in rows if row["stored"] != "here"]

    def say() -> None:
        for row in wrong:
            where = f"#{row['position']} {row['digest'][:10]}"
            click.echo(f"{where}  {visible(row['title'])}: {row['stored']}")
        click.echo(f"{len(rows) - len(wrong)} of {len(rows)} exhibits are there, unaltered.")

    document = {"ok": not wrong, "rows": rows}
    return Answer("Exhibits", document, rows, CSV, say, 1 if wrong else 0)


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
    said = _named(seen, exhibit).value
    data = store_of(settings).read(said.digest)
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


def _bound(seen: View) -> list[Fact[ExhibitBound]]:
    return sorted(seen.state.facts.of(ExhibitBound), key=lambda each: each.position)


def _named(seen: View, exhibit: str) -> Fact[ExhibitBound]:
    """The exhibit of a digest, or of the record that binds it."""
    bound, digits = _bound(seen), exhibit.strip().lower()
    found = [each for each in bound if each.value.digest.startswith(digits)]
    if len(digits) >= LEAST_DIGITS and len({each.value.digest for each in found}) == 1:
        return found[0]
    record = seen.log.find(exhibit)
    for each in bound:
        if each.id == record.id:
            return each
    raise NotFound(
        f"#{record.position} binds no exhibit.", hint="`rally exhibit list` shows those there are."
    )


def _store() -> Exhibits:
    return store_of(click.get_current_context().find_object(Settings) or Settings())


def _row(seen: View, fact: Fact[ExhibitBound]) -> dict[str, Any]:
    said, positions = fact.value, seen.state.facts.positions
    return {
        "position": fact.position,
        "id": fact.id,
        "target": said.target,
        "target_position": positions.get(said.target),
        "digest": said.digest,
        "title": said.title,
        "file": said.file,
        "media": said.media,
        "size": said.size,
        "restricted_to": list(said.restricted_to),
        "bound_at": (said.fact_at or said.recorded_at).iso(),
        "by": said.by,
    }


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

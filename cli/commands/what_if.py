"""`rally what-if`: how a classification would be without some records, or with others."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cli.comparing import CSV, csv_rows, explained, of_a_scope, print_moves, title_of
from cli.office.naming import record_named
from cli.reading import Answer, View, reading
from ledger.errors import NotFound, Unreadable
from ledger.intake.jsonl import Arrived, read_jsonl
from ledger.intake.lines import BadLine
from ledger.record import Record
from ledger.vocabulary import Occurrence, decode
from projections.compare import compare
from projections.standings import Scope
from projections.what_if import supposing

_BOM = b"\xef\xbb\xbf"


@click.command(name="what-if")
@click.option(
    "--without", multiple=True, metavar="POSITION-OR-ID", help="Leave out this record. Repeatable."
)
@click.option(
    "--with",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE.jsonl",
    help="Suppose these records or occurrences, one a line, too. Repeatable.",
)
@of_a_scope
@reading
def command(seen: View, without: tuple[str, ...], files: tuple[Path, ...], scope: Scope) -> Answer:
    """Show who would move if records were left out, or others were there. HYPOTHETICAL.

    Nothing is appended, and nothing of it can be published. What corrects or voids a record that is
    left out has nothing to work on. A supposed record that the log holds already changes nothing;
    one that is left out as well stays.

    \b
    Examples:
      rally what-if --without '#149' --after SS12 --category cars
      rally what-if --with penalty.jsonl
    """
    if not (without or files):
        raise click.UsageError("Say what to leave out, --without, or what to suppose, --with.")
    gone = [_known(seen, each) for each in without]
    supposed = [each for file in files for each in _read(file, seen.log.rally)]
    cut = seen.effective_at.ms if seen.effective_at else None
    logs = supposing(seen.state.facts, [each.id for each in gone], supposed, cut)
    comparison = compare(logs, scope, None if logs.edits else seen.state)
    document = {
        "hypothetical": True,
        "without": [logs.told[each].position for each, there in logs.edits.items() if not there],
        "with": [
            {"position": told.position, "id": each, "type": told.value.type_name()}
            for each, told in logs.told.items()
            if logs.edits.get(each)
        ],
        "scope": comparison.scope,
        "refused": comparison.refused,
        "rows": comparison.rows,
        "records": explained(comparison, logs),
    }
    rows = [{**row, "hypothetical": True} for row in csv_rows(comparison.rows)]

    def table() -> None:
        click.echo("HYPOTHETICAL. Nothing is appended.")
        print_moves(comparison, logs, "Nobody would move.", hypothetical=True)

    title = f"HYPOTHETICAL · {title_of(scope)}"
    return Answer(title, document, rows, (*CSV, "hypothetical"), table)


def _known(seen: View, reference: str) -> Record:
    found = record_named(seen.log, reference)
    if found.position > seen.position:
        raise NotFound(f"#{found.position} is not known as of #{seen.position}.")
    return found


def _read(file: Path, rally: str) -> Iterator[tuple[str, Occurrence]]:
    """The occurrences of a file by id; openings of private values move nobody.

    Raises:
        Unreadable: there is no such file, a line can't be read, or it is of another rally.
    """
    try:
        data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Unreadable(f"{file} can't be read: {os.strerror(error.errno or 0)}.") from None
    for each in read_jsonl(str(file), data.removeprefix(_BOM).split(b"\n")):
        if isinstance(each, BadLine):
            raise Unreadable(f"{each.where}: {each.reason}", hint="`rally types` lists the fields.")
        if each.rally != rally:
            raise Unreadable(f"{each.where}: it is of the rally {each.rally}, not of {rally}.")
        if isinstance(each, Arrived):
            yield each.arrival.id, decode(each.arrival.data)

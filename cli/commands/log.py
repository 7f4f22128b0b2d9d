"""`rally log`: the records, one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import click

from cli.options import complete_number, complete_stage
from cli.output import Column, print_table
from cli.reading import Answer, View, reading
from ledger.amendments import voided_ids
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import Corrected, Occurrence, Voided, type_named

CSV = (
    "position",
    "id",
    "type",
    "fact_at",
    "recorded_at",
    "received_at",
    "recorded_by",
    "role",
    "source",
    "site",
    "voided_by",
    "corrected_by",
    "words",
)


class Amended:
    """Which records of a log are void or corrected at a cut, and by what."""

    def __init__(self, amendments: Iterable[Record]) -> None:
        held: dict[str, Occurrence] = {}
        self._positions: dict[str, int] = {}
        for record in amendments:
            held[record.id] = record.occurrence()
            self._positions[record.id] = record.position
        void = voided_ids(held)
        self.voided: dict[str, int] = {}
        self.corrected: dict[str, int] = {}
        for identity, said in held.items():
            if identity not in void and isinstance(said, (Corrected, Voided)):
                by = self.voided if isinstance(said, Voided) else self.corrected
                by[said.target] = self._positions[identity]


def record_json(record: Record, amended: Amended) -> dict[str, Any]:
    """A record as programs read it."""
    said, header = record.occurrence(), record.header
    return {
        "position": record.position,
        "id": record.id,
        "type": said.type_name(),
        "fact_at": said.fact_at.iso() if said.fact_at else None,
        "recorded_at": said.recorded_at.iso(),
        "received_at": Instant(header.received_at, 0).iso(),
        "recorded_by": said.by,
        "role": said.role,
        "source": said.source.name or said.source.kind,
        "site": header.site,
        "tags": list(header.tags),
        "voided_by": amended.voided.get(record.id),
        "corrected_by": amended.corrected.get(record.id),
        "words": said.words(),
        "occurrence": json.loads(record.data),
        "leaf": record.leaf.hex(),
    }


@click.command(name="log")
@click.option(
    "--crew", metavar="NUMBER", help="Only about this crew.", shell_complete=complete_number
)
@click.option(
    "--stage", metavar="STAGE", help="Only about this stage.", shell_complete=complete_stage
)
@click.option("--type", "kind", metavar="TYPE", help="Only of this type (`rally types`).")
@click.option("--since", metavar="MOMENT", help="Only what came after this moment.")
@reading
def command(
    seen: View, crew: str | None, stage: str | None, kind: str | None, since: str | None
) -> Answer:
    """Show the records in the order of the log, with what was corrected or voided marked.

    ~ stands before an instant that no source gives: the end of the stage or day stands in for it.

    \b
    Examples:
      rally log --crew 102 --stage SS12
      rally log --type PenaltyGiven --since SS10
    """
    records = list(_records(seen, crew, stage, kind, since))
    names = [Corrected.type_name(), Voided.type_name()]
    amended = Amended(seen.log.read(types=names, until=seen.position))
    rows = [record_json(record, amended) for record in records]
    return Answer("Log", {"records": rows}, rows, CSV, lambda: _table(records, amended))


def _table(records: list[Record], amended: Amended) -> None:
    columns = [
        Column("#", figures=True),
        Column("Id"),
        Column("Happened"),
        Column("Recorded"),
        Column("By"),
        Column("What"),
        Column(""),
    ]
    print_table(columns, [_cells(record, amended) for record in records])


def _records(
    seen: View, crew: str | None, stage: str | None, kind: str | None, since: str | None
) -> Iterator[Record]:
    tags = [f"crew:{crew}"] if crew else []
    tags += [f"stage:{stage}"] if stage else []
    types = [] if kind is None else [type_named(kind).type_name()]
    after = seen.moment(since) if since else 0
    for record in seen.log.read(after=after, until=seen.position, types=types, tags=tags):
        instant = record.occurrence().instant
        if seen.effective_at is None or instant is None or instant <= seen.effective_at.ms:
            yield record


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
        f"{'~' * said.fact_assumed}{said.fact_at.short()}" if said.fact_at else "",
        said.recorded_at.short(),
        said.by,
        said.words(),
        mark,
    )

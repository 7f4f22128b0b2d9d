"""The description of the tables: a Frictionless Data Package, by version 2 of its standard.

It names no licence: what may be done with the results of a rally is for its organiser to say.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.tables.table import Column, Kind, Table, Written

NAME = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: dict[Kind, str] = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "texts": "array",
    "integers": "array",
    "object": "object",
    "objects": "array",
}
_MEDIA = {
    ".sqlite": ("sqlite", "application/vnd.sqlite3"),
    ".parquet": ("parquet", "application/vnd.apache.parquet"),
}
_SOME_BYTES = 1 << 20


def described(
    title: str, basis: Mapping[str, Any], written: Sequence[Written], folder: Path
) -> bytes:
    """The description of tables that were written into a folder, as JSON that a person can read.

    `basis` says on which log they rest.

    Raises:
        OSError: a file can't be read again.
    """
    files = {each.file: _measured(folder / each.file) for each in written}
    document = {
        "$schema": PROFILE,
        "name": re.sub(r"[^a-z0-9._-]+", "-", basis["rally"].lower()),
        "title": title,
        "description": (
            f"Read tables of the rally {basis['rally']}, from its ledger up to record "
            f"#{basis['position']}, as `rally export tables` writes them. All of it follows from "
            f"the log that has the root {basis['root']} there. Durations are in milliseconds."
        ),
        "basis": dict(basis),
        "resources": [_resource(each, files[each.file]) for each in written],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _measured(file: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while some := opened.read(_SOME_BYTES):
            digest.update(some)
    return {"bytes": file.stat().st_size, "hash": f"sha256:{digest.hexdigest()}"}


def _resource(written: Written, measured: Mapping[str, Any]) -> dict[str, Any]:
    table = written.table
    kind, media = _MEDIA[Path(written.file).suffix]
    # In a database all tables are one file; of the others each has its own.
    dialect = {"dialect": {"table": table.name}} if kind == "sqlite" else {}
    return {
        "name": table.name,
        "type": "table",
        "path": written.file,
        "title": table.title,
        "description": table.words,
        "format": kind,
        "mediatype": media,
        **measured,
        "rows": written.rows,
        **dialect,
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    references = [
        {"fields": [e.column], "reference": {"resource": e.table, "fields": [e.names]}}
        for e in table.references
    ]
    return {
        "fields": list(_fields(table.columns, table.key)),
        # An empty text is a text; what is missing is null in both formats.
        "missingValues": [],
        "primaryKey": list(table.key),
        **({"foreignKeys": references} if references else {}),
    }


def _fields(columns: Iterable[Column], key: Sequence[str]) -> Iterable[dict[str, Any]]:
    for each in columns:
        needed = each.needed or each.name in key
        yield {
            "name": each.name,
            "type": _TYPES[each.kind],
            "description": each.words,
            **({"unit": each.unit} if each.unit else {}),
            **({"constraints": {"required": True}} if needed else {}),
        }

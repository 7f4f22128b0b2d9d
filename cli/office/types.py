"""Types: every occurrence that can be recorded, documented from the code."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import msgspec

from cli.fields import own_fields
from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.view import View
from ledger.authority import MAY_RECORD
from ledger.vocabulary import GROUPS, TYPES, Occurrence, type_named


def types(
    _: View | None,
    name: Annotated[str | None, Word("One of them.", "[TYPE]", of="type", subject=True)] = None,
) -> Answer[list[dict[str, Any]]]:
    """Every occurrence that can be recorded, or one: its fields, and who may record it."""
    found = [_described(each) for each in ([type_named(name)] if name else TYPES.values())]
    return Answer(None, found, "", {"types": found})


def _described(kind: type[Occurrence]) -> dict[str, Any]:
    fields = [
        {"name": name, "needed": field.required, "type": _type_name(name, field.type)}
        for name, field in own_fields(kind).items()
    ]
    return {
        "name": kind.type_name(),
        "group": next(group for group, kinds in GROUPS.items() if kind in kinds),
        "meaning": inspect.getdoc(kind) or "",
        "version": 1,
        "nature": kind.nature,
        "may_record": sorted(MAY_RECORD[kind.type_name()]),
        "fields": fields,
    }


def _type_name(name: str, kind: Any) -> str:
    """A field's type in a word or two, from its name and its JSON schema."""
    if name.endswith("_ms"):
        return "time, as 4:57:46 or in milliseconds"
    if name.endswith("_m"):
        return "distance in metres"
    schema = msgspec.json.schema(kind)
    if "anyOf" in schema:
        found = [_schema_name(each) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(found))
    return _schema_name(schema)


def _schema_name(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"] if each != "")
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].casefold()
    names = {"string": "text", "integer": "number", "boolean": "yes/no", "array": "list"}
    return names.get(str(schema.get("type")), str(schema.get("type", "any")))

"""`rally types`: every occurrence that can be recorded, documented from the code."""

from __future__ import annotations

import inspect
from typing import Any

import click
import msgspec

from cli.fields import own_fields
from cli.output import print_json
from ledger.authority import MAY_RECORD
from ledger.vocabulary import GROUPS, TYPES, Occurrence, type_named


@click.command(name="types")
@click.argument("name", metavar="[TYPE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def command(name: str | None, as_json: bool) -> None:
    """List every occurrence that can be recorded, or explain one."""
    if as_json:
        chosen = [type_named(name)] if name else list(TYPES.values())
        print_json({"types": [_described(kind) for kind in chosen]})
    elif name:
        _explain(type_named(name))
    else:
        for group, kinds in GROUPS.items():
            click.echo(f"{group}:")
            for kind in kinds:
                fields = ", ".join(_title(f) for f in _described(kind)["fields"])
                click.echo(f"  {kind.type_name():<20} {_first_line(kind)}")
                click.echo(f"  {'':<20} {fields}")
        click.echo("\n* needed. `rally types TYPE` explains one.")


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


def _title(field: dict[str, Any]) -> str:
    return f"{field['name']}{'*' if field['needed'] else ''}"


def _first_line(kind: type[Occurrence]) -> str:
    return (inspect.getdoc(kind) or "").split("\n")[0]


def _explain(kind: type[Occurrence]) -> None:
    said = _described(kind)
    click.echo(f"{said['name']} (version {said['version']}, {said['group']})\n")
    click.echo(f"{said['meaning']}\n")
    for field in said["fields"]:
        click.echo(f"  {_title(field):<16} {field['type']}")
    click.echo(f"\nMay be recorded by: {', '.join(said['may_record'])}.")

"""What the site can be asked, described for programs: made from the office's table of reads."""

from __future__ import annotations

from typing import Any

from cli.office.asking import Parameter
from cli.office.moments import STEPS
from cli.office.reads import READS, Read
from cli.web.asked import DRAWN, FORMS, PAGE_OF, key_of, parameters, parts_of
from cli.web.build import BUILD
from cli.web.pages import page_of
from cli.web.site import LOOK_ASIDE, MEDIA

__all__ = ["LOOK_ASIDE", "document"]
ERRORS = {
    "404": "There is no such rally, page, moment, record, crew or stage.",
    "409": "What lies beside the ledger is not what was bound, or somebody wrote first.",
    "422": "The question is not well put, or a rule says no.",
    "503": "The ledger can't be read, or too much is asked at once: ask again later.",
}


def document() -> dict[str, Any]:
    """The description, in OpenAPI 3.1."""
    paths: dict[str, Any] = {}
    for read in READS.values():
        for form in ("html", *FORMS):
            if form != "svg" or read.name in DRAWN:
                paths |= _paths(read, form)
    paths |= {
        "/healthz": {"get": _operation("health", "How far each log goes.", "json")},
        "/openapi.json": {"get": _operation("openapi", "This description.", "json")},
        "/{rally}/follow": {"get": _follow()},
        "/{rally}/step": {"get": _step()},
        "/{rally}/tiles": {"get": _tiles()},
        "/{rally}/tiles/{number}.js": {"get": _tile()},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rally ledger",
            "version": BUILD,
            "description": "A rally at any moment. Without `at` a page is live; with `at` and `v` "
            "its bytes never change, and with `at` alone it leads to that address.",
        },
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR, "Answer": _ANSWER}},
    }


_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["kind", "message", "hint"],
            "properties": {
                "kind": {"type": "string"},
                "message": {"type": "string"},
                "hint": {"type": "string"},
                "position": {"type": "integer"},
            },
        }
    },
}
_ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "basis": {
            "type": "object",
            "description": "On what the answer rests.",
            "properties": {
                **{n: {"type": "string"} for n in ("ledger", "rally", "root", "rulebook")},
                **{n: {"type": "integer"} for n in ("position", "head", "edition")},
                **{n: {"type": ["string", "null"]} for n in ("received_at", "effective_at")},
            },
        }
    },
}


def _paths(read: Read, form: str) -> dict[str, Any]:
    """The paths of a read in a form: without what it is about, where that can be, and with it."""
    asked = parameters(read.name)
    subject = next((each for each in asked if each.word.subject), None)
    page = PAGE_OF.get(read.name, read.name.replace(" ", "/"))
    ending = "" if form == "html" else f".{form}"
    others = [_query(each) for each in asked if each is not subject]
    found = {}
    if subject is None or not subject.required:
        found[f"/{{rally}}/{page}{ending}"] = {"get": _of(read, form, others, "")}
    if subject is not None:
        own = {
            "name": key_of(subject),
            "in": "path",
            "required": True,
            "description": _said(subject),
            "schema": _schema(subject, alone=True),
        }
        path = f"/{{rally}}/{page}/{{{key_of(subject)}}}{ending}"
        found[path] = {"get": _of(read, form, [own, *others], "_of")}
    return found


def _of(read: Read, form: str, asked: list[dict[str, Any]], suffix: str) -> dict[str, Any]:
    name = f"{read.name.replace(' ', '_').replace('-', '_')}{suffix}_{form}"
    operation = _operation(name, read.help, form)
    operation["tags"] = [page_of(read.name).group]
    operation["parameters"] = [_RALLY, *asked, *_CUTS]
    return operation


def _operation(name: str, summary: str, form: str) -> dict[str, Any]:
    media = MEDIA.get(form, form).partition(";")[0]
    schema = {"$ref": "#/components/schemas/Answer"} if form == "json" else {"type": "string"}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    refused = {
        status: {
            "description": words,
            "content": error | ({"text/html": {}} if form == "html" else {}),
        }
        for status, words in ERRORS.items()
    }
    return {
        "operationId": name,
        "summary": summary,
        "responses": {
            "200": {"description": summary, "content": {media: {"schema": schema}}},
            "302": {"description": "The same at an address that means it for ever."},
            "304": {"description": "It is as it was."},
            **refused,
        },
    }


def _query(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": key_of(parameter),
        "in": "query",
        "required": parameter.required,
        "description": _said(parameter),
        "schema": _schema(parameter),
    }


def _said(parameter: Parameter) -> str:
    parts = " ".join(parts_of(parameter)) if parameter.several else ""
    return f"{parameter.word.help} {parts}".strip()


def _schema(parameter: Parameter, *, alone: bool = False) -> dict[str, Any]:
    kinds: dict[type, dict[str, Any]] = {
        str: {"type": "string", "minLength": 1},
        int: {"type": "integer", "minimum": parameter.word.least or 0, "maximum": 999_999_999},
        bool: {"type": "boolean"},
    }
    schema = dict(kinds[parameter.kind])
    if parameter.word.choices:
        schema["enum"] = list(parameter.word.choices)
    if parameter.several and not alone:
        return {"type": "array", "items": schema}
    return schema


_RALLY = {
    "name": "rally",
    "in": "path",
    "required": True,
    "description": "The code of the rally.",
    "schema": {"type": "string", "minLength": 1},
}
_CUTS = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "description": said,
        "schema": {"type": "string"},
    }
    for name, said in (
        ("at", "What the log held: a position, @-1, a stage, doc:7, a timestamp. It is absolute."),
        ("v", "The build of an absolute address, as the redirect gives it."),
        ("known_at", "The same as `at`, of the log as it is now: `head` is where it ends."),
        ("effective_at", "What had happened by then, as it is known."),
        ("decided_by", "What had happened and been decided by then."),
    )
]


def _follow() -> dict[str, Any]:
    found = _operation(
        "follow", "Each record as it comes, with what it moved.", "text/event-stream"
    )
    since = {
        "name": "since",
        "in": "query",
        "required": False,
        "description": "Begin behind this position; a browser that comes back says Last-Event-ID.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    }
    return {**found, "parameters": [_RALLY, since]}


def _step() -> dict[str, Any]:
    found = _operation("step", "From a moment to the next or the previous one of a kind.", "html")
    ways = [f"{way}-{what}" for what in STEPS for way in ("next", "prev")]
    asked = (
        ("from", "A position, or another moment.", {"type": "string", "minLength": 1}),
        ("to", "Where to.", {"type": "string", "enum": ways}),
    )
    parameters_ = [
        {"name": name, "in": "query", "required": True, "description": said, "schema": schema}
        for name, said, schema in asked
    ]
    return {**found, "parameters": [_RALLY, *parameters_]}


def _tiles() -> dict[str, Any]:
    found = _operation("tiles", "How far the tiles of the replay go, and where steps lead.", "json")
    return {**found, "parameters": [_RALLY]}


def _tile() -> dict[str, Any]:
    found = _operation("tile", "A tile of the replay, as an archive has it.", "js")
    number: dict[str, Any] = {
        "name": "number",
        "in": "path",
        "required": True,
        "description": "The tile, from 0.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    }
    at = {**_CUTS[0], "description": "How far it goes: its last position, or the last known one."}
    return {**found, "parameters": [_RALLY, number, at, _CUTS[1]]}

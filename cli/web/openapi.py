"""What the site can be asked, described for programs: made from the office's table of reads."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple

import msgspec

from cli.office.asking import Parameter
from cli.office.basis import Basis
from cli.office.moments import STEPS
from cli.office.reads import READS, Read
from cli.web.asked import FORMS, LARGEST, PAGE_OF, has_form, key_of, parameters, parts_of
from cli.web.build import BUILD
from cli.web.pages import page_of
from cli.web.site import AXES, LOOK_ASIDE, MEDIA
from ledger import errors
from ledger.errors import LedgerError

__all__ = ["LOOK_ASIDE", "document"]
ERRORS = {
    404: "There is no such rally, page, moment, record, crew or stage.",
    409: "What is stored is not what was appended or bound, or somebody wrote first.",
    422: "The question is not well put, or a rule says no.",
    503: "The ledger can't be read, or too much is asked at once: ask again later.",
}


def document() -> dict[str, Any]:
    """The description, in OpenAPI 3.1."""
    paths: dict[str, Any] = {}
    for read in READS.values():
        for form in ("html", *FORMS):
            if has_form(read.name, form):
                paths |= _paths(read, form)
    paths |= {path: {"get": _beside(path, each)} for path, each in BESIDES.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rally ledger",
            "version": BUILD,
            "description": "A rally at any moment. Without `at` a page is live; with `at` and `v` "
            "its bytes never change, and with `at` alone it leads to that address.",
        },
        "paths": paths,
        "components": {"schemas": {**_OF_A_LOG, "Error": _ERROR, "Answer": _ANSWER}},
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
_, _OF_A_LOG = msgspec.json.schema_components([Basis], ref_template="#/components/schemas/{name}")
_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["basis"],
    "properties": {"basis": {"$ref": "#/components/schemas/Basis"}},
}


def _paths(read: Read, form: str) -> dict[str, Any]:
    """The paths of a read in a form: without what it is about, where that can be, and with it."""
    asked = parameters(read.name)
    subject = next((each for each in asked if each.word.subject), None)
    page = PAGE_OF.get(read.name, read.name.replace(" ", "/"))
    ending = "" if form == "html" else f".{form}"
    others = [_query(each) for each in asked if each is not subject]
    found = {}
    if read.of_a_ledger:
        return {f"/{page}{ending}": {"get": _of(read, form, others, "")}}
    if subject is None or (form != "pdf" and not subject.required):
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
    of_a_log = read.of_a_cut and not read.of_a_ledger
    schema = {"$ref": "#/components/schemas/Answer"} if of_a_log else {"type": "object"}
    return {
        "operationId": name,
        "summary": read.help,
        "tags": [page_of(read.name).group],
        "parameters": [*asked, *_CUTS_OF_ALL] if read.of_a_ledger else [_RALLY, *asked, *_CUTS],
        "responses": {
            "200": _answered(read.help, form, schema),
            "302": _MOVED,
            "304": {"description": "It is as it was."},
            **_refused(form == "html"),
        },
    }


def _answered(said: str, form: str, schema: dict[str, Any]) -> dict[str, Any]:
    media = MEDIA.get(form, form).partition(";")[0]
    of_it = schema if form == "json" else {"type": "string"}
    return {"description": said, "content": {media: {"schema": of_it}}}


def _refused(is_page: bool) -> dict[str, Any]:
    """What is answered where the question can't be: to a browser that asks for a page, as one."""
    found = {}
    for status, words in ERRORS.items():
        kind = {"properties": {"kind": {"enum": kinds_of(status)}}}
        schema = {
            "allOf": [{"$ref": "#/components/schemas/Error"}, {"properties": {"error": kind}}]
        }
        content: dict[str, Any] = {"application/json": {"schema": schema}}
        if is_page:
            content["text/html"] = {"schema": {"type": "string"}}
        found[str(status)] = {"description": words, "content": content}
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            found[str(status)]["headers"] = {"Retry-After": _SECONDS}
    return found


def kinds_of(status: int) -> list[str]:
    """The kinds of the ledger's errors that are told with a status."""
    every = [each for each in vars(errors).values() if isinstance(each, type)]
    told = [each for each in every if issubclass(each, LedgerError) and each is not LedgerError]
    return sorted({each.kind for each in told if each.http_status == status})


_SECONDS = {
    "description": "After so many seconds.",
    "schema": {"type": "string", "pattern": "^[0-9]+$"},
}
_MOVED = {
    "description": "The same at an address that means it for ever.",
    "headers": {
        "Location": {
            "description": "That address.",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
        }
    },
}


def _query(parameter: Parameter) -> dict[str, Any]:
    found = {
        "name": key_of(parameter),
        "in": "query",
        "required": parameter.required,
        "allowEmptyValue": not parameter.required,  # a field that was left empty is not asked
        "description": _said(parameter),
        "schema": _schema(parameter),
    }
    return found | _examples(parameter.word.metavar)


def _examples(metavar: str | None) -> dict[str, Any]:
    """How a moment may be written, by the example."""
    written = _WRITTEN.get(metavar or "", ())
    return {"examples": {each: {"value": each} for each in written}} if written else {}


_WRITTEN = {
    "MOMENT": ("148", "@-1", "SS12", "doc:1", "149^", "2016-07-21T20:00+08:00"),
    "TIME": ("2016-07-21T20:00+08:00", "2016-07-21T20:00", "20:00"),
}


def _said(parameter: Parameter) -> str:
    parts = " ".join(parts_of(parameter)) if parameter.several else ""
    return f"{parameter.word.help} {parts}".strip()


def _schema(parameter: Parameter, *, alone: bool = False) -> dict[str, Any]:
    kinds: dict[type, dict[str, Any]] = {
        str: {"type": "string", **({"minLength": 1} if alone else {})},
        int: {"type": "integer", "minimum": parameter.word.least or 0, "maximum": LARGEST},
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
        "allowEmptyValue": True,
        "description": said,
        "schema": {"type": "string"},
        **_examples(metavar),
    }
    for name, metavar, said in (
        (
            "at",
            "MOMENT",
            "What the log held: a position, @-1, a stage, doc:7, a timestamp. It is absolute.",
        ),
        ("v", None, "The build of an absolute address, as the redirect gives it."),
        ("known_at", "MOMENT", "The same as `at`, of the log as it is now: `@` is where it ends."),
        ("effective_at", "TIME", "What had happened by then, as it is known."),
        ("decided_by", "TIME", "What had happened and been decided by then."),
    )
]


_CUTS_OF_ALL = [
    {**each, "description": "What the log of a rally held: [CODE=]MOMENT, with ; between."}
    if each["name"] == "known_at"
    else each
    for each in _CUTS
    if each["name"] not in ("at", "v")
]


# -- what is there besides the reads ---------------------------------------------------------------


class Beside(NamedTuple):
    """A resource that is no read: its name, what it is for, and in which form it answers."""

    name: str
    said: str
    form: str = ""
    schema: dict[str, Any] = {}  # noqa: RUF012  # nobody writes to it
    asked: tuple[dict[str, Any], ...] = ()
    leads: bool = False


def _asked(name: str, said: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": said,
        "schema": schema,
    }


_TEXT: dict[str, Any] = {"type": "string"}
_PAGE = _asked("page", "The page on which one is: standings, crew/102 …", _TEXT)
_SINCE = _asked(
    "since",
    "Begin behind this position; a browser that comes back says Last-Event-ID.",
    {"type": "integer", "minimum": 0, "maximum": LARGEST},
)
_FROM = _asked("from", "A position, or another moment.", _TEXT | {"minLength": 1}, required=True)
_WAYS = [f"{way}-{what}" for what in STEPS for way in ("next", "prev")]
_HEADS = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
_HEALTH = {
    "type": "object",
    "required": ["ok", "position", "rallies"],
    "properties": {
        "ok": {"const": True},
        "position": {"type": "integer", "minimum": 0},
        "rallies": _HEADS,
    },
}
_EXHIBIT = {
    "name": "exhibit",
    "in": "path",
    "required": True,
    "description": "Its digest, or the record that binds it.",
    "schema": _TEXT | {"minLength": 1},
}
_NUMBER = {
    "name": "number",
    "in": "path",
    "required": True,
    "description": "The tile, from 0.",
    "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST},
}
_HOW_FAR = "How far it goes: its last position, or the last known one."
BESIDES = {
    "/": Beside("first", "The rallies; where there is one alone, it.", "html", leads=True),
    "/healthz": Beside("health", "How far each log goes.", "json", _HEALTH),
    "/openapi.json": Beside("openapi", "This description.", "json", {"type": "object"}),
    "/{rally}/": Beside("home", "To the standings.", leads=True),
    "/{rally}/follow": Beside(
        "follow",
        "Each record as it comes, with what it moved.",
        "text/event-stream",
        asked=(_SINCE,),
    ),
    "/{rally}/step": Beside(
        "step",
        "From a moment to the next or the previous one of a kind, on the same page.",
        asked=(_FROM, _asked("to", "Where to.", _TEXT | {"enum": _WAYS}, required=True), _PAGE),
        leads=True,
    ),
    "/{rally}/go": Beside(
        "go",
        "To a moment as it is typed, on an axis.",
        asked=(
            _asked("moment", "As `at` takes it; where it is empty, the head.", _TEXT),
            _asked("axis", "What is meant by it.", _TEXT | {"enum": list(AXES)}),
            _PAGE,
        ),
        leads=True,
    ),
    "/{rally}/exhibit/get/{exhibit}": Beside(
        "exhibit_get",
        "The file of an exhibit, as it may be had today: none that is for some parties only.",
        "application/octet-stream",
        asked=(_EXHIBIT,),
    ),
    "/{rally}/tiles": Beside(
        "tiles",
        "How far the tiles of the replay go, and where steps lead.",
        "json",
        {"type": "object"},
    ),
    "/{rally}/tiles/{number}.js": Beside(
        "tile",
        "A tile of the replay, as an archive has it.",
        "js",
        asked=(_NUMBER, _CUTS[0] | {"description": _HOW_FAR}, _CUTS[1]),
        leads=True,
    ),
    "/{rally}/marks/strip": Beside(
        "strip",
        "The marks along the log, drawn, each a link to the page at it.",
        "html",
        asked=(_PAGE, *_CUTS[:2]),
        leads=True,
    ),
}
"""Addresses that are no read of the office, and lead to them or are about them."""


def _beside(path: str, beside: Beside) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    if beside.form:
        answers["200"] = _answered(beside.said, beside.form, beside.schema)
        answers["304"] = {"description": "It is as it was."}
    if beside.leads:
        answers["302"] = _MOVED
    return {
        "operationId": beside.name,
        "summary": beside.said,
        "parameters": [*([_RALLY] if "{rally}" in path else []), *beside.asked],
        "responses": {**answers, **_refused(beside.form == "html" or beside.leads)},
    }

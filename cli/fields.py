"""FIELD=VALUE: what an official types becomes the fields of an occurrence."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import FieldInfo

from cli.clocks import parse_rally_time
from ledger.amendments import ENVELOPE
from ledger.errors import LedgerError, Usage
from ledger.log import Log
from ledger.times import parse_duration
from ledger.vocabulary import Occurrence, Source, plainly

_YES_NO = {"yes": "true", "no": "false"}
ENVELOPE_FIELDS = ENVELOPE | {"fact_at", "fact_assumed", "reason"}


def own_fields(kind: type[Occurrence]) -> dict[str, FieldInfo]:
    """The fields of a type besides those that every occurrence has, by their names in JSON."""
    return {
        field.encode_name: field
        for field in msgspec.structs.fields(kind)
        if field.encode_name not in ENVELOPE_FIELDS
    }


def parse_fields(
    kind: type[Occurrence], words: Sequence[str], log: Log, *, amending: bool = False
) -> dict[str, Any]:
    """The values of FIELD=VALUE words for a type, as they stand in JSON.

    Times may be written as 4:57:46, lists with " / " or ";" between, records as #5127.

    Raises:
        Usage: no "=", an unknown field, or a value that the field can't have.
    """
    known = own_fields(kind)
    if amending:
        extra = ("fact_at", "reason")
        known |= {f.encode_name: f for f in msgspec.structs.fields(kind) if f.encode_name in extra}
    found: dict[str, Any] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals:
            raise Usage(f"{word!r} is not FIELD=VALUE.", hint=f"Fields: {', '.join(known)}.")
        if name in found:
            raise Usage(f"{name} is given twice.", hint="Give each field once.")
        if name not in known:
            raise _unknown(kind, name, known)
        found[name] = None if amending and not text else _value(kind, known[name], text, log)
    return found


def _unknown(kind: type[Occurrence], name: str, known: dict[str, FieldInfo]) -> Usage:
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    return Usage(
        f"{kind.type_name()} has no field {name!r}.",
        hint=f"{meant}Its fields: {', '.join(known) or 'none'}.",
    )


def _value(kind: type[Occurrence], field: FieldInfo, text: str, log: Log) -> Any:
    name = field.encode_name
    try:
        if name == "target":
            return log.find(text).id
        if name.endswith("_at"):
            instant = parse_rally_time(text, lambda: log)
            return [instant.ms, instant.offset]
        if name.endswith("_ms") and ":" in text:
            return parse_duration(text)
        if "tuple" in str(field.type):
            codes = name in {"categories", "numbers", "parties", "trophies"}
            text = text.replace(",", ";") if codes else text  # names of persons hold commas
            parts = [part.strip() for part in text.replace(" / ", ";").split(";")]
            found = [part for part in parts if part]
            return [log.find(each).id for each in found] if name == "evidence" else found
        wanted = field.type
        text = _YES_NO.get(text.casefold(), text) if wanted is bool else text
        if "str" in str(wanted) and "int" not in str(wanted):
            return text
        return msgspec.to_builtins(msgspec.convert(text, wanted, strict=False))
    except msgspec.ValidationError as error:
        raise Usage(
            f"{name}={text}: {plainly(error)}.", hint=f"`rally types {kind.type_name()}`."
        ) from None
    except LedgerError as error:
        raise Usage(f"{name}={text}: {error.message}", hint=error.hint) from None


def source_of(text: str) -> Source:
    """A source as it is typed: its kind, or "kind: name"."""
    kind, _, name = text.partition(":")
    return Source(kind=kind.strip(), name=name.strip())

"""FIELD=VALUE: what an official types becomes the fields of an occurrence."""

from __future__ import annotations

import difflib
import functools
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from cli.clocks import parse_rally_time
from cli.office.naming import record_named
from ledger.amendments import ENVELOPE
from ledger.effects import ACTS
from ledger.errors import LedgerError, Usage, told_as
from ledger.lists import codes, names, phrases
from ledger.log import Log
from ledger.naming import CREWS, RECORDS, fields_naming
from ledger.spelling import composed, entered, must_be_seen, normal_form
from ledger.times import meant_as_duration, parse_duration
from ledger.vocabulary import SANCTIONS, TYPES, DecisionIssued, Effect, Occurrence, Source, plainly
from ledger.vocabulary.judicial import EffectValue

Kind = TypeVar("Kind", bound=Occurrence)
_YES_NO = {"yes": "true", "no": "false"}
ENVELOPE_FIELDS = ENVELOPE | {"fact_at", "fact_assumed", "reason"}


@functools.cache
def own_fields(kind: type[Occurrence]) -> Mapping[str, FieldInfo]:
    """The fields of a type besides those that every occurrence has, by their names in JSON."""
    return {
        field.encode_name: field
        for field in msgspec.structs.fields(kind)
        if field.encode_name not in ENVELOPE_FIELDS
    }


def choices_of(wanted: Any) -> Iterator[str]:
    """The words that a field can have, where these are listed."""
    if get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    arguments = get_args(wanted)
    if arguments and all(isinstance(each, str) for each in arguments):
        yield from filter(None, arguments)


def parse_fields(
    kind: type[Occurrence],
    words: Sequence[str],
    log: Log,
    *,
    amending: bool = False,
    about: Sequence[str] = (),
) -> dict[str, Any]:
    """The values of FIELD=VALUE words for a type, as they stand in JSON.

    `about` are words of what is known besides: of which stage a time of day is.

    Times may be written as 4:57:46, lists with ";" between (`ledger.lists`), records as #5127.

    Raises:
        Usage: no "=", an unknown field, or a value that the field can't have.
    """
    known = dict(own_fields(kind))
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
        taken_away = amending and not text
        found[name] = (
            None
            if taken_away
            else normal_form(_value(kind, known[name], text, log, (*about, *words)))
        )
    with told_as(Usage):
        must_be_seen(kind, found)
    return found


def as_typed(kind: type[Kind], fields: dict[str, Any]) -> Kind:
    """An occurrence of fields that were typed.

    Raises:
        Usage: one of them can't have its value; what is typed is a question of usage, not of input.
    """
    with told_as(Usage):
        return entered(kind, fields)


def _unknown(kind: type[Occurrence], name: str, known: Mapping[str, FieldInfo]) -> Usage:
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"Did you mean {near[0]}? " if near else ""
    return Usage(
        f"{kind.type_name()} has no field {name!r}.",
        hint=f"{meant}Its fields: {', '.join(known) or 'none'}.",
    )


def _value(
    kind: type[Occurrence], field: FieldInfo, text: str, log: Log, words: Sequence[str]
) -> Any:
    name = field.encode_name
    try:
        if field.name in fields_naming(kind, *RECORDS):
            return _ids(field, text, log)
        if name == "effects":
            return [msgspec.to_builtins(parse_effect(each, log)) for each in phrases(text)]
        if name.endswith("_at"):
            instant = parse_rally_time(text, lambda: log, words)
            return [instant.ms, instant.offset]
        if name.endswith("_ms") and (":" in text or meant_as_duration(text)):
            return parse_duration(text)
        return _plain_value(field.type, text)
    except msgspec.ValidationError as error:
        raise Usage(
            f"{name}={text}: {plainly(error)}.", hint=f"`rally types {kind.type_name()}`."
        ) from None
    except LedgerError as error:
        raise Usage(f"{name}={text}: {error.message}", hint=error.hint) from None


def _plain_value(wanted: Any, text: str) -> Any:
    """A value that is no instant, duration or record: a list, a text, a number, yes or no."""
    if "tuple" in str(wanted):
        if "str" not in str(wanted):  # numbers, as the speeds that were read
            return msgspec.to_builtins(msgspec.convert(codes(text), wanted, strict=False))
        return codes(text) if "pattern=" in str(wanted) else names(text)
    text = _YES_NO.get(text.casefold(), text) if wanted is bool else text
    if get_origin(wanted) is Literal:  # one of a few words, in capitals or not
        folded = {each.casefold(): each for each in get_args(wanted)}
        text = folded.get(text.casefold(), text)
    if "str" in str(wanted) and "int" not in str(wanted):
        return text
    if {int, str} <= {get_args(each)[0] for each in get_args(wanted) if get_args(each)}:
        # a number that may be a text, as that of a decision: 12, 12.4
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else text
    return msgspec.to_builtins(msgspec.convert(text, wanted, strict=False))


def parse_effect(text: str, log: Log) -> Effect:
    """What a decision does, as it is typed: an act and its fields, as in the hint below.

    Raises:
        Usage: no such act, or a field that it does not have or that can't have the value.
    """
    try:
        act, *words = shlex.split(composed(text))
    except ValueError:
        raise Usage(f"{text!r} is no effect.", hint=f"Write {_EFFECT}.") from None
    named = {name.casefold(): name for name in ACTS}
    if act.casefold() not in named:
        near = difflib.get_close_matches(act.casefold(), named, n=1)
        meant = f"Did you mean {named[near[0]]}? " if near else ""
        raise Usage(
            f"A decision can't bring about {act!r}.", hint=f"{meant}It can: {', '.join(ACTS)}."
        )
    name = named[act.casefold()]
    if name in SANCTIONS:
        pairs = [word.partition("=") for word in words]
        crews = fields_naming(DecisionIssued, *CREWS)  # a race number is a text: "007"
        return Effect(name, {k: _of_a_sanction(k, v, log, is_crew=k in crews) for k, _, v in pairs})
    fields = parse_fields(TYPES[name], words, log)
    return Effect(name, {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()})


def _of_a_sanction(name: str, text: str, log: Log, *, is_crew: bool) -> EffectValue:
    """A field of a sanction that moves no result: a figure, an instant, or a text."""
    if name.endswith("_at"):
        at = parse_rally_time(text, lambda: log)
        return at.ms, at.offset
    return int(text) if text.isdecimal() and len(text) < 20 and not is_crew else text


def _ids(field: FieldInfo, text: str, log: Log) -> str | list[str]:
    """The ids of the records that are named by position or by the first digits of their ids."""
    if get_origin(field.type) is tuple:
        return [record_named(log, each).id for each in codes(text)]
    return record_named(log, text).id if text else ""


_EFFECT = '"PenaltyGiven amount_ms=0:05:00 stage=SS10"'


def source_of(text: str) -> Source:
    """A source as it is typed: its kind, or "kind: name"."""
    kind, _, name = text.partition(":")
    return Source(kind=kind.strip(), name=name.strip())

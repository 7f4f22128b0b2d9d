"""Completion for the shell: values from the ledger, and FIELD=VALUE behind `rally record TYPE`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import click

from cli.context import Settings
from cli.fields import choices_of, own_fields
from cli.options import NAMED, PROPOSAL, PROPOSED
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.naming import CREWS, RECORDS, fields_naming
from ledger.vocabulary import (
    TYPES,
    BulletinIssued,
    ControlScheduled,
    CrewEntered,
    Occurrence,
    RegulationsAdopted,
    StageScheduled,
    WaypointPlaced,
    ZonePlaced,
    type_named,
)

_FROM_THE_LOG: dict[str, tuple[type[Occurrence], str]] = {
    "stage": (StageScheduled, "stage"),
    "from_stage": (StageScheduled, "stage"),
    "control": (ControlScheduled, "control"),
    "from_control": (ControlScheduled, "control"),
    "point": (WaypointPlaced, "point"),
    "zone": (ZonePlaced, "zone"),
    "category": (CrewEntered, "category"),
    "categories": (CrewEntered, "category"),
}
"""Which records give the values of a field, and by which field of theirs."""


_ASKED = {"class": "crew_class", "trophy": "trophies"}
"""What is asked for under another name than that of the field of an entry."""


def complete_value(what: str, ctx: click.Context, begun: str) -> list[str]:
    """Values of a kind; nothing if the ledger can't be read."""
    if what == "field":
        return _fields(ctx, begun)
    if what == "type":
        return [name for name in TYPES if name.casefold().startswith(begun.casefold())]
    try:
        return _starting(begun, _named(what, _log(ctx)))
    except (LedgerError, OSError):
        return []


def _named(what: str, log: Log) -> Iterable[str]:
    """What a log has names for: records, proposed sanctions, stages, or what entries say."""
    if what in PROPOSED:
        from cli.office.proposing import names_of_proposals

        acts = names_of_records(log) if what != PROPOSAL else ()
        return chain(names_of_proposals(log), acts)
    if what in NAMED:
        return sorted(names_of_records(log, *NAMED[what]))
    of_the_plan = what in ("stage", "control")
    kind, field = _FROM_THE_LOG[what] if of_the_plan else (CrewEntered, _ASKED.get(what, what))
    return _held(log, kind, field)


def _log(ctx: click.Context) -> Log:
    """The log that is meant by the command whose line is completed."""
    settings = ctx.find_object(Settings) or Settings()
    root = ctx.find_root().params
    settings.choose(root.get("ledger"), root.get("rally"))
    return settings.open_log()


def _held(log: Log, kind: type[Occurrence], field: str) -> list[str]:
    """What the records of a type say in a field, each once."""
    found = (getattr(each.occurrence(), field, "") for each in log.read(types=[kind.type_name()]))
    listed = (each if isinstance(each, tuple) else (each,) for each in found)
    return sorted({each for several in listed for each in several if each})


def _fields(ctx: click.Context, begun: str) -> list[str]:
    """The fields of the type that was named; behind a field its values, as far as they are known.

    A shell may hand over `number=1` as one word, or as three: what is completed is the last.
    """
    words = [*(ctx.params.get("fields") or ()), begun]
    try:
        kind = type_named(ctx.params.get("kind") or "")
        if "=" in words[-2:]:
            name = words[-2] if begun == "=" else words[-3] if len(words) > 2 else ""
            return _starting("" if begun == "=" else begun, _values(ctx, kind, name))
        name, equals, text = begun.partition("=")
        if equals:
            return [f"{name}={each}" for each in _starting(text, _values(ctx, kind, name))]
        given = {word.partition("=")[0] for word in words[:-1]}
        return _starting(begun, (f"{each}=" for each in _names(kind) if each not in given))
    except (LedgerError, OSError):
        return []


def _starting(begun: str, values: Iterable[str]) -> list[str]:
    return [each for each in dict.fromkeys(values) if each.startswith(begun)]


def _names(kind: type[Occurrence]) -> Iterator[str]:
    yield from own_fields(kind)
    if kind in (BulletinIssued, RegulationsAdopted):
        from projections.rules.rulebook import SCHEMA

        yield from SCHEMA


def _values(ctx: click.Context, kind: type[Occurrence], name: str) -> Iterator[str]:
    field = own_fields(kind).get(name)
    if field is None:
        return
    choices = [*choices_of(field.type)]
    if choices or field.type is bool:
        yield from choices or ("yes", "no")
        return
    yield from _known(_log(ctx), kind, field.name)


def names_of_records(log: Log, *words: str) -> Iterator[str]:
    """What records of a log are called: decisions as the register prints them, else by handle.

    `words` are those of the handles that are meant, and "decision"; none named means all of them.
    """
    from cli.office.handles import handles
    from cli.office.naming import register_of

    if not words or "decision" in words:
        yield from (each.value.name for each in register_of(log).values())
    for handle in handles(log, log.head().size).values():
        if not words or handle.rpartition("-")[0] in words:
            yield handle


def _known(log: Log, kind: type[Occurrence], name: str) -> Iterator[str]:
    """The crews, places and records of a log that a field may name."""
    if name in fields_naming(kind, *RECORDS):
        yield from names_of_records(log)
        return
    of_a_crew = name in fields_naming(kind, *CREWS)
    if of_a_crew or name in _FROM_THE_LOG:
        yield from _held(log, *((CrewEntered, "number") if of_a_crew else _FROM_THE_LOG[name]))

"""Whom and what an occurrence names: its crews and its records, as the types of its fields tell it.

The vocabulary says of each field what it names (`ledger.vocabulary.base.Names`). Effects name what
the fields of their acts do; what a sanction says means what it means in a decision.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin

import msgspec

from ledger.vocabulary import DECIDABLE, TYPES, Corrected, DecisionIssued, Effect, Occurrence
from ledger.vocabulary.base import Names

Kind = TypeVar("Kind", bound=Occurrence)
CREWS: tuple[Names, ...] = ("crew", "party")
"""Every crew that is named."""
RECORDS: tuple[Names, ...] = ("record", "evidence")
"""Every record that is named."""


class Naming(NamedTuple):
    """A field that names something, or several things; `of` are such fields of its parts."""

    field: str
    names: Names | None
    several: bool
    of: tuple[Naming, ...] = ()


@functools.cache
def naming(kind: type[msgspec.Struct]) -> tuple[Naming, ...]:
    """The fields of a type that name crews or records, those of its parts within them."""
    return tuple(_namings(kind))


def _namings(kind: type[msgspec.Struct]) -> Iterator[Naming]:
    for field in msgspec.structs.fields(kind):
        several = get_origin(field.type) is tuple
        one = get_args(field.type)[0] if several else field.type
        if names := _names(one):
            yield Naming(field.name, names, several)
        elif several and isinstance(one, type) and issubclass(one, msgspec.Struct) and naming(one):
            yield Naming(field.name, None, several, naming(one))


def _names(kind: Any) -> Names | None:
    metas = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    said = [each.extra["names"] for each in metas if isinstance(each, msgspec.Meta) and each.extra]
    return said[0] if said else None


def fields_naming(kind: type[msgspec.Struct], *what: Names) -> tuple[str, ...]:
    """The fields of a type that name any of this, one or several."""
    return tuple(each.field for each in naming(kind) if each.names in what)


def act_type(effect: Effect) -> type[Occurrence]:
    """The type that tells what the fields of an effect mean."""
    kind = TYPES.get(effect.act)
    return kind if kind in DECIDABLE else DecisionIssued


def on_everybody(effect: Effect) -> bool:
    """Whether it is an act on a stage that names no crew."""
    single = any(not each.several for each in naming(act_type(effect)) if each.names in CREWS)
    return not single and not any(by_effect(effect, *CREWS))


def own(said: msgspec.Struct, *what: Names) -> Iterator[str]:
    """What an occurrence names in its own fields, in their order.

    Neither what its effects name, nor the crews of a list that was posted.
    """
    for field, names, several, _ in naming(type(said)):
        if names in what:
            value = getattr(said, field)
            yield from filter(None, value if several else (value,))


def by_effect(effect: Effect, *what: Names) -> Iterator[str]:
    """What an effect names, as far as its fields are what they should be."""
    for field, names, several, _ in naming(act_type(effect)):
        value = effect.fields.get(field)
        if names in what and isinstance(value, tuple) is several:
            yield from _names_in(value)


def _names_in(value: Any) -> Iterator[str]:
    """The names in a value that nobody has checked: a race number may stand there as a figure."""
    for each in value if isinstance(value, tuple) else (value,):
        if each and type(each) in (str, int):
            yield str(each)


def named(said: Occurrence, *what: Names) -> Iterator[str]:
    """What an occurrence names anywhere: in its own fields, and in its effects."""
    yield from own(said, *what)
    for effect in getattr(said, "effects", ()):
        yield from by_effect(effect, *what)


@functools.cache
def _meant() -> dict[str, Names]:
    """What a field names, by how it is called: the same in every type that has it."""
    every = (each for kind in TYPES.values() for each in naming(kind))
    return {each.field: each.names for each in every if each.names}


def changed(said: Corrected, *what: Names) -> Iterator[str]:
    """What a correction names by the values that it puts in the place of others."""
    for field, value in said.changes.items():
        if _meant().get(field) in what:
            yield from _names_in(value)


def renamed(said: Kind, what: tuple[Names, ...], name: Callable[[str], str]) -> Kind:
    """The occurrence with another name for each of these that it names, also in its effects."""
    if not _may_name(type(said), what):
        return said
    changed = _renamed(said, what, name)
    if effects := getattr(said, "effects", ()):
        other = tuple(_effect_renamed(each, what, name) for each in effects)
        if other != effects:
            changed["effects"] = other
    return msgspec.structs.replace(said, **changed) if changed else said


@functools.cache
def _may_name(kind: type[msgspec.Struct], what: tuple[Names, ...]) -> bool:
    """Whether an occurrence of a type may name any of this: nearly all readings name no record."""
    return "effects" in kind.__struct_fields__ or any(
        each.names in what or any(_may_name_within(each, what)) for each in naming(kind)
    )


def _may_name_within(field: Naming, what: tuple[Names, ...]) -> Iterator[bool]:
    for each in field.of:
        yield each.names in what
        yield from _may_name_within(each, what)


def _renamed(
    said: msgspec.Struct, what: tuple[Names, ...], name: Callable[[str], str]
) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for field, names, several, of in naming(type(said)):
        if not (of or names in what) or not (value := getattr(said, field)):
            continue
        if of:
            other: Any = tuple(
                msgspec.structs.replace(each, **_renamed(each, what, name)) for each in value
            )
        else:
            other = tuple(map(name, value)) if several else name(value)
        if other != value:
            changed[field] = other
    return changed


def _effect_renamed(effect: Effect, what: tuple[Names, ...], name: Callable[[str], str]) -> Effect:
    fields = dict(effect.fields)
    for field, names, several, _ in naming(act_type(effect)):
        value = fields.get(field)
        if names in what and value and isinstance(value, tuple if several else str):
            fields[field] = tuple(map(name, map(str, value))) if several else name(str(value))
    return msgspec.structs.replace(effect, fields=fields)

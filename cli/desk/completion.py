"""Completion at the desk: what a word of a line may be, from the plan, the entries and the forms.

The numbers come with their drivers. It knows no terminal: a face shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cli.desk.commands import COMMANDS
from cli.fields import choices_of, own_fields
from cli.office.lines.context import CLOCK, ELAPSED, PLACES, Context
from cli.office.lines.forms import FORMS
from cli.office.lines.plan import Plan, called
from ledger.errors import LedgerError
from ledger.vocabulary import TYPES, Occurrence, type_named


class Meant(NamedTuple):
    """What a word may be, and what that is; it takes the place of so many letters before it."""

    text: str
    about: str
    letters: int


def meant(before: str, context: Context, plan: Plan) -> Iterator[Meant]:
    """What the word that ends a line may be."""
    *words, begun = before.split(" ")
    words = [each for each in words if each]
    known = _known(words, begun, context, plan)
    folded = begun.casefold()
    for text, about in known:
        if text.casefold().startswith(folded) and text != begun:
            yield Meant(text, about, len(begun))


def _known(words: list[str], begun: str, context: Context, plan: Plan) -> Iterable[tuple[str, str]]:
    if not words:
        yield from _numbers(plan)
        yield from ((word, each.says) for word, each in COMMANDS.items())
        yield from ((name, "") for name in TYPES)
    elif words[0].casefold() == "at":
        yield from _places(words[1:], plan)
    elif words[0].casefold() == "e" and len(words) == 1:
        yield from _numbers(plan)
    elif kind := _kind(words):
        yield from _fields(kind, begun, plan)
    elif len(words) == 1 or (len(words) == 2 and words[0].casefold() == "e"):
        yield from ((each.letters, each.says) for each in FORMS if each.letters not in ("", "TYPE"))
        yield from ((name, "") for name in TYPES)
    else:
        yield from _of_the_course(context, plan)


def _numbers(plan: Plan) -> Iterator[tuple[str, str]]:
    yield from ((number, crew.driver) for number, crew in plan.crews.items())


def _places(words: list[str], plan: Plan) -> Iterator[tuple[str, str]]:
    if not words:
        yield from ((each, "stage") for each in plan.stages)
        yield from ((each, "control") for each in plan.controls)
    elif len(words) == 1 and (stage := called(words[0], plan.stages)) in plan.stages:
        yield from ((each, "") for each in PLACES)
        yield from ((each, "point") for each in plan.points(stage))
    else:
        yield from ((each, "what a figure is") for each in (CLOCK, ELAPSED))


def _of_the_course(context: Context, plan: Plan) -> Iterator[tuple[str, str]]:
    yield from ((each, "control") for each in plan.controls)
    yield from ((each, "point") for each in plan.points(context.stage))
    yield from ((each, "zone") for each in plan.zones(context.stage))
    yield from ((each, "stage") for each in plan.stages)


def _kind(words: list[str]) -> type[Occurrence] | None:
    for each in words[:2]:
        if len(each) > 1 and each.isalpha():
            try:
                return type_named(each)
            except LedgerError:
                continue
    return None


def _fields(kind: type[Occurrence], begun: str, plan: Plan) -> Iterator[tuple[str, str]]:
    own = own_fields(kind)
    name, equals, _ = begun.partition("=")
    if not equals:
        yield from ((f"{each}=", "field") for each in own)
    elif name in own:
        values: Iterable[str] = choices_of(own[name].type)
        if name in ("stage", "control"):
            values = plan.stages if name == "stage" else plan.controls
        yield from ((f"{name}={each}", "") for each in values)

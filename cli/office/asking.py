"""How a read is asked, or an act: its parameters, told by the annotations of its function.

A parameter is a text, a whole number, yes or no, or several texts; of an act also a file. Where it
has no default it must be given. What a person needs to know of it stands beside its type, as a
`Word`.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple

from ledger.errors import Usage


class Word(NamedTuple):
    """How a parameter is asked for: what it says, and what of the rally it names.

    `name` is its name where the sport's own is no name in Python (a class); `of` what of the ledger
    it names, so that a face can offer those that there are; `subject` says that it is what the read
    is about, which is said first and without its name.
    """

    help: str = ""
    metavar: str | None = None
    name: str = ""
    of: str = ""
    choices: Sequence[str] = ()
    least: int | None = None
    subject: bool = False


class Parameter(NamedTuple):
    """A parameter: its name, what it may be (`str`, `int`, `bool`, `Path`), and its default."""

    name: str
    kind: type
    word: Word
    default: Any
    required: bool
    several: bool

    @property
    def asked_as(self) -> str:
        """Its name in the words of the sport: "class", "first-at"."""
        return self.word.name or self.name.replace("_", "-")


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of a read or an act besides what it is asked of; or the fields of a class."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    own = parameters if isinstance(function, type) else parameters[1:]
    return tuple(_parameter(each, hints[each.name]) for each in own)


def _parameter(parameter: inspect.Parameter, hint: Any) -> Parameter:
    word, kind = Word(), hint
    if typing.get_origin(hint) is Annotated:
        kind, word = typing.get_args(hint)
    required = parameter.default is inspect.Parameter.empty
    several = typing.get_origin(kind) is tuple
    if isinstance(kind, UnionType) or several:  # str | None, tuple[str, ...]
        kind = typing.get_args(kind)[0]
    if typing.get_origin(kind) is Literal:
        kind, word = str, word._replace(choices=typing.get_args(kind))
    kind = typing.get_origin(kind) or kind  # Iterable[bytes]
    default = None if required else parameter.default
    return Parameter(parameter.name, kind, word, default, required, several)


def must_suit(given: Mapping[str, Any], parameters: Sequence[Parameter], meaning: str = "") -> None:
    """Refuse what a read or an act can't be asked; `meaning` says what it is for.

    Raises:
        Usage: with what it can be asked.
    """
    known = {each.name: each for each in parameters}
    for name in given:
        if name not in known:
            hint = f"It may be: {', '.join(known)}." if known else "There is nothing to be said."
            raise Usage(f"Nothing is asked by {name!r}.", hint=hint)
    for each in parameters:
        value = given.get(each.name, each.default)
        if each.required and (value is None or value == ()):
            raise Usage(f"{each.asked_as} has to be said.", hint=each.word.help or meaning)
        if each.several and not isinstance(value, tuple):
            raise Usage(f"{each.asked_as} can't be {value!r}.", hint="Several may be said.")
        for one in value if each.several else () if value is None else (value,):
            _must_be(each, one)


def _must_be(parameter: Parameter, value: Any) -> None:
    word, what, kind = parameter.word, parameter.asked_as, parameter.kind
    if not isinstance(value, kind) or isinstance(value, bool) is not (kind is bool):
        raise Usage(f"{what} can't be {value!r}.", hint=word.help)
    if word.choices and value not in word.choices:
        raise Usage(f"{what} can't be {value!r}.", hint=f"It may be: {', '.join(word.choices)}.")
    if word.least is not None and isinstance(value, int) and value < word.least:
        raise Usage(f"{what} can't be {value}.", hint=f"It is at least {word.least}.")


After = Annotated[str | None, Word("The overall after this stage.", "STAGE", of="stage")]
OfStage = Annotated[str | None, Word("The result of this stage.", "STAGE", of="stage")]
OnStage = Annotated[str | None, Word("Only on this stage.", "STAGE", of="stage")]
OfCrew = Annotated[str | None, Word("Only of this crew.", "NUMBER", of="number")]
Number = Annotated[str, Word("The crew.", of="number", subject=True)]
OfKind = Annotated[str | None, Word("Only this kind.", "KIND")]
At = Annotated[
    str | None, Word("For this moment, or `now` (default: the moment of the cut).", "TIME")
]
Category = Annotated[str | None, Word("Only this category.", "CATEGORY", of="category")]
Class = Annotated[str | None, Word("Only this class.", "CLASS", name="class", of="class")]
Group = Annotated[str | None, Word("Only this group.", "GROUP", of="group")]
Team = Annotated[str | None, Word("Only this team.", "TEAM", of="team")]
Trophy = Annotated[str | None, Word("Only this trophy.", "TROPHY", of="trophy")]

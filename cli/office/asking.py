"""How a read is asked, or an act: its parameters, told by the annotations of its function.

A parameter is a text, a whole number, yes or no, or several texts; of an act also a file. Where it
has no default it must be given. What a person needs to know of it stands beside its type, as a
`Word`. Parameters that belong together are the fields of a named tuple, which the function takes as
one.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple

from ledger.authority import OFFICES
from ledger.errors import Usage
from ledger.vocabulary.judicial import MEANS, PARTIES


class Word(NamedTuple):
    """How a parameter is asked for: what it says, and what of the rally it names.

    `name` is its name where the sport's own is no name in Python (a class); `of` what of the ledger
    it names, so that a face can offer those that there are; `subject` says that it is what the read
    is about, which is said first and without its name; `opens` that it shows what is kept from
    others, so that only who holds the ledger itself may ask by it.
    """

    help: str = ""
    metavar: str | None = None
    name: str = ""
    of: str = ""
    choices: Sequence[str] = ()
    least: int | None = None
    subject: bool = False
    opens: bool = False


class Cuts(NamedTuple):
    """The cuts as they are asked for: what was known, and by when of the rally."""

    known_at: str | None = None
    effective_at: str | None = None
    decided_by: str | None = None


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


@cache
def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of a read or an act besides what it is asked of; or the fields of a class."""
    return tuple(
        each
        for one, hint in _own(function)
        for each in (parameters_of(hint) if _is_several(hint) else (_parameter(one, hint),))
    )


def gathered(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of the parameters of a function, as it takes them."""
    found = {}
    for one, hint in _own(function):
        if _is_several(hint):
            found[one.name] = hint(**gathered(hint, given))
        elif one.name in given:
            found[one.name] = given[one.name]
    return found


@cache
def _own(function: Callable[..., Any]) -> list[tuple[inspect.Parameter, Any]]:
    """The parameters besides what is asked, with what is said of their types."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    own = parameters if isinstance(function, type) else parameters[1:]
    return [(each, hints[each.name]) for each in own]


def _is_several(hint: Any) -> bool:
    """Whether a type is a named tuple of parameters."""
    return isinstance(hint, type) and hasattr(hint, "_fields")


def _parameter(parameter: inspect.Parameter, hint: Any) -> Parameter:
    word, kind = Word(), hint
    if typing.get_origin(hint) is Annotated:
        kind, word = typing.get_args(hint)
    required = parameter.default is inspect.Parameter.empty
    several = typing.get_origin(kind) is tuple
    if typing.get_origin(kind) in (UnionType, typing.Union) or several:  # str | None, tuple[str, …]
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


Text = str | None
After = Annotated[Text, Word("The overall after this stage.", "STAGE", of="stage")]
OfStage = Annotated[Text, Word("The result of this stage.", "STAGE", of="stage")]
OnStage = Annotated[Text, Word("Only on this stage.", "STAGE", of="stage")]
OfCrew = Annotated[Text, Word("Only of this crew.", "NUMBER", of="number")]
Number = Annotated[str, Word("The crew.", of="number", subject=True)]
Stage = Annotated[str, Word("The stage.", of="stage", subject=True)]
FirstAt = Annotated[Text, Word("When the first crew starts, if the plan does not say.", "TIME")]
OfKind = Annotated[Text, Word("Only this kind.", "KIND")]
At = Annotated[Text, Word("For this moment, or `now` (default: the moment of the cut).", "TIME")]
Category = Annotated[Text, Word("Only this category.", "CATEGORY", of="category")]


class Among(NamedTuple):
    """Among which crews; without any of these, among all."""

    category: Category = None
    crew_class: Annotated[Text, Word("Only this class.", "CLASS", name="class", of="class")] = None
    group: Annotated[Text, Word("Only this group.", "GROUP", of="group")] = None
    team: Annotated[Text, Word("Only this team.", "TEAM", of="team")] = None
    trophy: Annotated[Text, Word("Only this trophy.", "TROPHY", of="trophy")] = None


EVERYBODY = Among()


class Over(NamedTuple):
    """Over which stages; without any of these, over everything so far."""

    after: After = None
    stage: OfStage = None
    first: Annotated[
        Text, Word("Of a range of stages, from this one.", "STAGE", name="from", of="stage")
    ] = None
    last: Annotated[Text, Word("To this one, in it too.", "STAGE", name="to", of="stage")] = None
    day: Annotated[Text, Word("The stages of a day: its date, its number, or `last`.", "DAY")] = (
        None
    )


EVERYTHING = Over()


# -- what acts are asked ---------------------------------------------------------------------------

AboutStage = Annotated[str, Word("The stage it is about.", "STAGE", of="stage")]
ADecision = Annotated[str, Word("The decision.", "DECISION", subject=True)]
ARecord = Annotated[str, Word("The record.", "POSITION-OR-ID", subject=True)]
OnTheBoard = Annotated[str, Word("Its number on the board.", "NUMBER")]
Suspended = Annotated[str, Word("Suspend it on condition.", "CONDITION")]
OnCondition = Annotated[
    tuple[str, ...],
    Word("What else it does, which alone --suspended suspends. Repeatable.", "EFFECT"),
]
UntilThen = Annotated[Text, Word("Until when the condition runs.", "TIME")]
FeePaid = Annotated[bool, Word("The fee was paid.")]


class Handing(NamedTuple):
    """With whom something was handed in, and by which means."""

    lodged_with: Annotated[
        Text, Word("The office it was lodged with.", "OFFICE", name="with", choices=(*OFFICES,))
    ] = None
    received_by: Annotated[Text, Word("Who of that office took it in.", "NAME")] = None
    means: Annotated[
        Text, Word("By which means.", choices=tuple(each for each in MEANS if each))
    ] = None

    def fields(self) -> dict[str, str]:
        """What was said of it, as a record has it."""
        return {name: value for name, value in self._asdict().items() if value}


HANDED = Handing()
WhichParty = Annotated[
    Text, Word("What kind of party it is, where it is no competitor.", choices=(*PARTIES,)[2:])
]

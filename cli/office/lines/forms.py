"""The forms of lines: one table, which the help shows and by which a line is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import zip_longest
from textwrap import wrap
from typing import NamedTuple

from cli.fields import own_fields
from cli.office.lines import befell, seen
from cli.office.lines.asks import Ask, together
from cli.office.lines.choosing import listed
from cli.office.lines.context import Context, context_read
from cli.office.lines.line import Line
from cli.office.lines.plan import Place, Plan, called
from cli.office.lines.typed import LONGEST, Typed, crews_in_front, near, quoted, taken_apart
from ledger.errors import Usage
from ledger.spelling import composed
from ledger.times import Instant
from ledger.vocabulary import TYPES, type_named

__all__ = ["FORMS", "Form", "Line", "context_read", "explained", "read"]

Reading = Callable[[Line], Iterator[Ask]]


class Form(NamedTuple):
    """A form of lines: how it is written, an example, what it says, and how it is read.

    `letters` is the word behind the number that tells it; a form without letters is told by what
    its figure looks like. `places` are the kinds of contexts in which it can be read, if not all;
    `also` what people write where the letters belong, and are told so.
    """

    letters: str
    written: str
    example: str
    says: str
    read: Reading
    places: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def _in_full(line: Line) -> Iterator[Ask]:
    name, *fields = line.words
    kind = type_named(name)
    own = own_fields(kind)
    if line.number and "number" not in own:
        raise Usage(f"{kind.type_name()} is about no crew.", hint=f"Write it as: {name} FIELD=…")
    given = {}
    for each in fields:
        field, equals, text = each.partition("=")
        if not equals:
            raise Usage(f"{quoted(each)} is not FIELD=VALUE.", hint=f"Fields: {', '.join(own)}.")
        if field in given:
            raise Usage(f"{field} is given twice.", hint="Give each field once.")
        given[field] = text
    yield line.says(kind, line.at, **given)


FORMS: tuple[Form, ...] = (
    Form("", "12", "12", "It was here at the instant of that Enter.", seen.on_enter, seen.TIMED),
    Form(
        "",
        "12 FIGURE",
        "12 10:31:12",
        "It was here then, as the context reads figures.",
        seen.figure,
        seen.TIMED,
    ),
    Form(
        "",
        "12 +ELAPSED",
        "12 +4:57:46",
        "It was here so long after its start.",
        seen.since_its_start,
        seen.ON_THE_STAGE,
    ),
    Form(
        "",
        "12 @TIME",
        "12 @10:31:12.4",
        "It was here at that time of the day.",
        seen.on_enter,
        seen.TIMED,
    ),
    Form(
        "",
        "12 PLACE TIME …",
        "12 TC3 10:31 TC4 11:02 SS3 start 11:10",
        "What its time card says, place by place: all of it or nothing.",
        seen.cells,
        ("cards",),
    ),
    Form(
        "-",
        "12 - [WORDS]",
        "12 -",
        "It did not start.",
        befell.not_started,
        also=("dns", "not-started", "absent"),
    ),
    Form(
        "r",
        "12 r [CAUSE] [restart] [WORDS]",
        "12 r mech gearbox",
        f"It retired: {listed(befell.CAUSES)}; with `restart` it may start again.",
        befell.retired,
        also=("retired", "ret", "dnf", "out", "abandoned"),
    ),
    Form(
        "x",
        "12 x [over|missed] [WORDS]",
        "12 x over",
        "It did not finish the stage: gave up, ran over the time, missed the finish.",
        befell.not_finished,
        also=("dnf", "unfinished", "not-finished"),
    ),
    Form(
        "p",
        "12 p [COUNT] [WORDS]",
        "12 p 2",
        "It had a puncture, or several.",
        befell.puncture,
        also=("puncture", "flat"),
    ),
    Form(
        "i",
        "12 i KIND [WORDS]",
        "12 i sos km 214",
        f"It had an incident: {listed(befell.INCIDENTS)}.",
        befell.incident,
        also=("incident", *befell.INCIDENTS),
    ),
    Form(
        "f", "12 f [SECONDS]", "12 f 0.4", "It made a false start, by so much.", befell.false_start
    ),
    Form("w", "12 w POINT …", "12 w WP4", "Its tracking lacks a waypoint.", befell.missed),
    Form(
        "s",
        "12 s ZONE [IMPULSES [HIGHEST]]",
        "12 s DZ1 3 62",
        "Its tracking was read in a speed zone: how often over the limit, at most how fast (km/h).",
        befell.speed,
    ),
    Form(
        "c",
        "12 c [lost|duplicate] [WORDS]",
        "12 c",
        "Its time card was handed in, is lost, or was replaced.",
        befell.card,
    ),
    Form(
        "n",
        "12 n ZONE in|out [TIME]",
        "12 n NZ1 in 10:31",
        "It entered or left a neutralisation.",
        befell.neutralised,
    ),
    Form(
        "TYPE",
        "[12] TYPE FIELD=VALUE …",
        "12 PenaltyGiven amount_ms=0:02:00 ; speeding",
        "Anything of the vocabulary; crew and place are those of the line unless they are given.",
        _in_full,
    ),
)
"""Every form of lines, in the order in which the help shows them."""
_ENTER, _FIGURE, _SINCE, _AT, _CARD_ROW = FORMS[:5]
_IN_FULL = FORMS[-1]
_LETTERS = {each.letters: each for each in FORMS[5:-1]}
_TYPES = frozenset(name.casefold() for name in TYPES)
_BY_WORD = dict.fromkeys(_TYPES, _IN_FULL) | _LETTERS
_BY_LOOK = {"+": _SINCE} | dict.fromkeys("0123456789", _FIGURE)


def explained() -> str:
    """The forms as a page has them: how each is written, what it says, and an example."""
    return in_columns(
        (each.written, each.says + ("" if each.example == each.written else f" ({each.example})"))
        for each in FORMS
    )


def in_columns(rows: Iterable[tuple[str, str]]) -> str:
    """What is written beside what it says, as a page has it."""
    told = [*rows]
    width = max(len(written) for written, _ in told)
    return "\n".join(
        f"    {name:<{width}}  {part}"
        for written, says in told
        for name, part in zip_longest([written], wrap(says, _WIDE - width), fillvalue="")
    )


_WIDE = 94
"""How wide a line of a page is behind its margin."""


def is_remark(text: str, plan: Plan) -> bool:
    """Whether a line is nothing but a remark: "#12" is the crew, "# 12" is not."""
    if not text.startswith("#"):
        return False
    number = text[1:].partition(" ")[0].partition(",")[0]
    return not number[:1].isdigit() and called(number, plan.crews) not in plan.crews


def read(text: str, context: Context, seat: Place, entered: Instant | None) -> Ask:
    """What a line asks, in its context; `entered` is the instant of the Enter behind it.

    A line of a file has no Enter: what needs its instant can't be read there. A line about several
    crews, or with several cells of a time card, asks for all of it or nothing.

    Raises:
        LedgerError: with what can't be read, where, and what may be meant.
    """
    if len(text) > LONGEST:
        raise Usage(f"A line has at most {LONGEST} characters.", hint="Write it as several.")
    plan, log = seat.plan, copy(seat.log)
    if entered is not None:
        log.clock = lambda: entered.ms
    typed, numbers = _line(composed(text), plan)
    about = Line("", typed.words, None, typed.reason, context, plan, log, entered)
    form = _form(about, is_about_a_crew=bool(numbers), at=bool(typed.at))
    _must_be_readable_there(form, about)
    if typed.at:
        about = about._replace(at=about.instant(typed.at))
    asks = [ask for number in numbers or ("",) for ask in form.read(about._replace(number=number))]
    return together(asks)


def _line(text: str, plan: Plan) -> tuple[Typed, tuple[str, ...]]:
    """The words of a line, and the crews that it is about: none where it begins with a type.

    Raises:
        Usage: it begins with neither.
    """
    if not text.strip():
        raise Usage("Nothing is written.", hint=_HOW)
    crews, end = crews_in_front(text)
    known = {each.casefold(): each for each in plan.crews}
    if len(crews) == 1 and crews[0].casefold() in _TYPES and crews[0].casefold() not in known:
        return taken_apart(text), ()
    if not crews:
        raise Usage("The line begins with no race number.", hint=_HOW)
    numbers = tuple(_number(each, known) for each in crews)
    for each in numbers:
        if numbers.count(each) > 1:
            raise Usage(f"Crew {each} is named twice.", hint="Name each crew once.")
    return taken_apart(text, end), numbers


def _number(text: str, known: Mapping[str, str]) -> str:
    """The race number that is meant: one on record in capitals or not, else any as it is typed.

    Raises:
        Usage: it is a word, and nobody's number.
    """
    if (meant := known.get(text.casefold())) is not None:
        return meant
    number = text.removeprefix("#")
    number = known.get(number.casefold(), number)
    if number in known.values() or number[:1].isdigit():
        return number
    hint = near(text, (*known, *TYPES)) or _HOW
    raise Usage(f"{quoted(text)} is no race number and no type of the vocabulary.", hint=hint)


def _form(line: Line, *, is_about_a_crew: bool, at: bool) -> Form:
    """The form of a line: by the word behind the number, or by what its figure looks like.

    Raises:
        Usage: no form is written so.
    """
    if not is_about_a_crew:
        return _IN_FULL
    if not line.words:
        return _AT if at else _ENTER
    first, on_cards = line.words[0].casefold(), line.context.kind == "cards"
    places = (*line.plan.controls, *line.plan.stages) if on_cards else ()
    form = None if first in map(str.casefold, places) else _BY_WORD.get(first)
    form = form or (_CARD_ROW if on_cards else _BY_LOOK.get(first[0]))
    if form is not _IN_FULL:
        _must_have_no_fields(line.words)
    if form is None:
        raise Usage(
            f"{quoted(line.words[0])} is no letter of a line and no type of the vocabulary.",
            hint=_meant(first)
            or near(first, TYPES)
            or f"Letters: {', '.join(_LETTERS)}; or a time, or a type.",
        )
    return form


def _meant(word: str) -> str:
    """A hint with the letters for which people write a word; empty for any other."""
    meant = [e for e in FORMS if word.casefold() in e.also]
    written = " or ".join(f"{each.letters} ({each.example})" for each in meant)
    return f"Did you mean {written}?" if written else ""


def _must_have_no_fields(words: Sequence[str]) -> None:
    """Refuse a field where no type stands: it would be taken for a free word.

    Raises:
        Usage: there is one; what was typed behind its name is not shown.
    """
    for each in words:
        name, equals, _ = each.partition("=")
        if equals:
            raise Usage(
                f"{quoted(name)} is a field, and no type stands before it.",
                hint="Write it as: 12 RetirementReported cause=fuel.",
            )


def _must_be_readable_there(form: Form, line: Line) -> None:
    """Refuse a form at a place where it says nothing.

    Raises:
        Usage: it does.
    """
    if not form.places or line.context.kind in form.places:
        return
    here = line.context.words().partition(",")[0]
    if line.context.kind == "nowhere":
        raise Usage("Where it was is not said.", hint="Say where you are: at SS3 finish elapsed.")
    if form is _SINCE:
        raise Usage(f"At {here} there is no elapsed time.", hint="Write the time of day: 12 10:31.")
    raise Usage(
        f"At {here} a line has places and their times.", hint=f"Write it as: {_CARD_ROW.example}."
    )


_HOW = "Write a number and a time, as 12 31:12, or a type: StageClosed stage=SS3."

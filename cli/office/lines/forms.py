"""The forms of lines: one table, which the help shows and by which a line is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import zip_longest
from textwrap import wrap
from typing import NamedTuple, get_args

from cli.fields import own_fields
from cli.office.lines import figures
from cli.office.lines.asks import Ask, together
from cli.office.lines.context import Context, context_read
from cli.office.lines.plan import Place, Plan, called
from cli.office.lines.typed import LONGEST, Typed, crews_in_front, near, quoted, taken_apart
from ledger.errors import Usage
from ledger.log import Log
from ledger.spelling import composed
from ledger.times import Instant
from ledger.vocabulary import (
    TYPES,
    ControlPassed,
    CrewNotStarted,
    FalseStartObserved,
    IncidentReported,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    RetirementReported,
    SpeedZoneRead,
    StageNotFinished,
    StageStarted,
    TimeCardHandled,
    WaypointMissed,
    type_named,
)

__all__ = ["FORMS", "Form", "Line", "context_read", "explained", "read"]

CARD = "card"
"""The kind of the source of what a time card says."""
_SHORTEST = 3
"""So many letters of a word are enough where it stands before free words."""


class Line(NamedTuple):
    """A line about one crew, or about none, taken apart: its words, and where it is typed.

    `at` is the instant that stands in it; `entered` that of the Enter behind it, if there is one.
    """

    number: str
    words: tuple[str, ...]
    at: Instant | None
    reason: str
    context: Context
    plan: Plan
    log: Log
    entered: Instant | None

    def instant(self, text: str) -> Instant:
        """A time with its hour, as people say it at a rally."""
        return figures.instant(text, self.context, self.log, self.plan)

    def when(self) -> Instant:
        """The instant that stands in it, else that of its Enter.

        Raises:
            Usage: there is neither.
        """
        if (at := self.at or self.entered) is None:
            raise Usage("When it was is not said.", hint="Write the time: @10:31:12.")
        return at

    def says(
        self, kind: type[Occurrence], at: Instant | None = None, source: str = "", /, **fields: str
    ) -> Ask:
        """What it puts on record: its crew and its place stand in it where the type has them."""
        own = own_fields(kind)
        known = {"number": self.number, **self.context.fields()}
        filled = {name: text for name, text in known.items() if text and name in own} | fields
        given = {"kind": kind.type_name(), "fields": tuple(f"{k}={v}" for k, v in filled.items())}
        return Ask("record", given | ({"source": source} if source else {}), at, self.reason)

    def because(self, words: Sequence[str]) -> Line:
        """The same with free words as its reason, before those behind the semicolon."""
        told = "; ".join(each for each in (" ".join(words), self.reason) if each)
        return self._replace(reason=told)

    def must_end(self, words: Sequence[str]) -> None:
        """Refuse words behind what can be read.

        Raises:
            Usage: there are some.
        """
        if words:
            raise Usage(
                f"{quoted(' '.join(words))} can't be read.", hint="Words stand behind a semicolon."
            )


Reading = Callable[[Line], Iterator[Ask]]


class Form(NamedTuple):
    """A form of lines: how it is written, an example, what it says, and how it is read.

    `letters` is the word behind the number that tells it; a form without letters is told by what
    its figure looks like. `places` are the kinds of contexts in which it can be read, if not all.
    """

    letters: str
    written: str
    example: str
    says: str
    read: Reading
    places: tuple[str, ...] = ()


# -- when a crew was seen --------------------------------------------------------------------------

_TIMED = ("start", "finish", "point", "control")
_ON_THE_STAGE = ("finish", "point")


def _seen(line: Line, at: Instant | None, elapsed: str = "", source: str = "") -> Ask:
    """A crew at the place of the context: at an instant, or after a time since its start."""
    if line.context.kind == "start":
        due = line.plan.due(line.context.stage, line.number, at)
        return line.says(StageStarted, at, source, **({"due_at": due.iso()} if due else {}))
    if line.context.kind == "control":
        return line.says(ControlPassed, at, source)
    after = {"elapsed_ms": elapsed} if elapsed else {}
    return line.says(PassingRecorded, at, source, **after)


def _enter(line: Line) -> Iterator[Ask]:
    yield _seen(line, line.when())


def _bare(line: Line) -> Iterator[Ask]:
    figure, *rest = line.words
    line.must_end(rest)
    found = figures.bare(figure, line.context, line.log, line.plan, line.entered)
    if isinstance(found, Instant):
        if line.at:
            raise Usage(f"{quoted(figure)} and the moment behind the @ are two.", hint="Write one.")
        yield _seen(line, found)
    else:
        yield _seen(line, line.at, found)


def _since_its_start(line: Line) -> Iterator[Ask]:
    figure, *rest = line.words
    line.must_end(rest)
    yield _seen(line, line.at, figures.elapsed(figure.removeprefix("+")))


def _cells(line: Line) -> Iterator[Ask]:
    """A row of a time card: places, each with its time."""
    if line.at:
        raise Usage("A time card has a time behind each place.", hint="12 TC3 10:31 TC4 11:02")
    words, stage = list(line.words), line.context.stage
    while words:
        here, many = _place(words, stage, line.plan)
        stage = here.stage or stage
        figure = words[many] if many < len(words) else ""
        if not figure[:1].isdigit() and figure[:1] not in ("+", "@"):
            raise Usage(
                f"No time stands behind {' '.join(words[:many])}.", hint="12 TC3 10:31 TC4 11:02"
            )
        yield _cell(line._replace(context=here), figure)
        words = words[many + 1 :]


def _cell(line: Line, figure: str) -> Ask:
    if figure.startswith("+"):
        if line.context.kind not in _ON_THE_STAGE:
            raise Usage(f"At {line.context.words()} there is no elapsed time.", hint="Write 10:31.")
        return _seen(line, None, figures.elapsed(figure[1:]), CARD)
    at = figures.bare(figure, line.context, line.log, line.plan, None)
    assert isinstance(at, Instant)  # by the clock
    return _seen(line, at, source=CARD)


def _place(words: Sequence[str], stage: str, plan: Plan) -> tuple[Context, int]:
    """The place of a cell, of the stage before it where it names none, and of how many words."""
    if (control := called(words[0], plan.controls)) in plan.controls:
        return Context("control", "", control), 1
    many = 0
    if (named := called(words[0], plan.stages)) in plan.stages:
        stage, many = named, 1
    where = words[many] if many < len(words) else ""
    if stage and where.casefold() == "start":
        return Context("start", stage), many + 1
    if stage and where.casefold() == "finish":
        return Context("finish", stage), many + 1
    if (point := called(where, plan.points(stage))) in plan.points(stage):
        return Context("point", stage, point), many + 1
    there = (*plan.controls, *plan.stages, "start", "finish", *plan.points(stage))
    raise Usage(
        f"{quoted(where or words[0])} is no place on a time card.",
        hint=near(where, there) or "Write a control, or SS3 start, SS3 finish.",
    )


# -- what befell a crew ----------------------------------------------------------------------------


def _choice(text: str, known: Sequence[str]) -> str:
    """The one of some words that begins so; empty where none does.

    Raises:
        Usage: several do.
    """
    folded = text.casefold()
    if folded in known:
        return folded
    found = [each for each in known if folded and each.startswith(folded)]
    if len(found) > 1:
        raise Usage(f"{quoted(text)} may be {' or '.join(found)}.", hint="Write more of it.")
    return found[0] if found else ""


def _chosen(what: str, text: str, known: Sequence[str]) -> str:
    """The same, where one has to be said.

    Raises:
        Usage: none begins so, or several do.
    """
    if not (found := _choice(text, known)):
        said = f"{quoted(text)} is no {what}" if text else f"Which {what} is not said"
        hint = (near(text, known) + " " if near(text, known) else "") + f"It may be: {_list(known)}"
        raise Usage(f"{said}.", hint=f"{hint}.")
    return found


def _list(known: Sequence[str]) -> str:
    return ", ".join(known)


def _perhaps(words: Sequence[str], known: Sequence[str]) -> tuple[str, Sequence[str]]:
    """What the first of free words chooses, if it does, and the words behind it.

    Raises:
        Usage: it may choose several, or is a slip of one.
    """
    first = words[0] if words else ""
    if first.casefold() not in known and len(first) < _SHORTEST:
        return "", words
    if found := _choice(first, known):
        return found, words[1:]
    if hint := near(first, known, many=len(first)):
        raise Usage(
            f"{quoted(first)} is none of {_list(known)}.",
            hint=f"{hint} Free words stand behind a semicolon.",
        )
    return "", words


def _words_of(kind: type[Occurrence], field: str) -> tuple[str, ...]:
    """The words that a field may be."""
    return tuple(each for each in get_args(own_fields(kind)[field].type) if each)


CAUSES = _words_of(RetirementReported, "cause")
UNFINISHED = _words_of(StageNotFinished, "kind")
INCIDENTS = _words_of(IncidentReported, "kind")
CARDS = _words_of(TimeCardHandled, "kind")
SIDES = {"in": "entered", "out": "left"}
RESTART, HANDED_IN = "restart", "submitted"


def _not_started(line: Line) -> Iterator[Ask]:
    yield line.because(line.words[1:]).says(CrewNotStarted, line.at)


def _retired(line: Line) -> Iterator[Ask]:
    cause, words = _perhaps(line.words[1:], CAUSES)
    again, words = _perhaps(words, (RESTART,))
    fields = {"cause": cause} if cause else {}
    if again:
        fields["definitive"] = "false"
    yield line.because(words).says(RetirementReported, line.at, **fields)


def _not_finished(line: Line) -> Iterator[Ask]:
    chosen, words = _perhaps(line.words[1:], UNFINISHED)
    kind = {"kind": chosen} if chosen else {}
    yield line.because(words).says(StageNotFinished, line.at, **kind)


def _puncture(line: Line) -> Iterator[Ask]:
    count, words = _count(line.words[1:])
    yield line.because(words).says(
        IncidentReported, line.at, kind="puncture", **({"count": count} if count else {})
    )


def _count(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    if words and words[0].isascii() and words[0].isdecimal():
        return words[0], words[1:]
    return "", words


def _incident(line: Line) -> Iterator[Ask]:
    _, *words = line.words
    kind = _chosen("incident", words[0] if words else "", INCIDENTS)
    yield line.because(words[1:]).says(IncidentReported, line.at, kind=kind)


def _false_start(line: Line) -> Iterator[Ask]:
    _, *words = line.words
    line.must_end(words[1:])
    by = {"by_ms": figures.seconds(words[0])} if words else {}
    yield line.says(FalseStartObserved, line.at, **by)


def _missed(line: Line) -> Iterator[Ask]:
    _, *words = line.words
    if not words:
        raise Usage("Which point was missed is not said.", hint="Write it as: 12 w WP4.")
    for each in words:
        point = called(each, line.plan.points(line.context.stage))
        yield line.says(WaypointMissed, line.at, point=point)


def _zone(line: Line, kind: str, example: str) -> tuple[str, Sequence[str]]:
    _, *words = line.words
    if not words:
        raise Usage(f"Which {kind} is not said.", hint=f"Write it as: {example}.")
    return called(words[0], line.plan.zones(line.context.stage)), words[1:]


def _speed(line: Line) -> Iterator[Ask]:
    zone, words = _zone(line, "zone", "12 s DZ1 3 62")
    impulses, words = _count(words)
    highest, words = _count(words)
    line.must_end(words)
    read = {"impulses": impulses, "highest_kmh": highest}
    yield line.says(SpeedZoneRead, line.at, zone=zone, **{k: n for k, n in read.items() if n})


def _card(line: Line) -> Iterator[Ask]:
    chosen, words = _perhaps(line.words[1:], CARDS)
    yield line.because(words).says(TimeCardHandled, line.at, kind=chosen or HANDED_IN)


def _neutralised(line: Line) -> Iterator[Ask]:
    zone, words = _zone(line, "zone", "12 n NZ1 in 10:31")
    side = _chosen("side", words[0] if words else "", (*SIDES, *SIDES.values()))
    line.must_end(words[2:])
    at = line.instant(words[1]) if len(words) > 1 else line.when()
    yield line.says(NeutralisationPassed, at, zone=zone, side=SIDES.get(side, side))


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
            raise Usage(f"{quoted(each)} is not FIELD=VALUE.", hint=f"Fields: {_list([*own])}.")
        if field in given:
            raise Usage(f"{field} is given twice.", hint="Give each field once.")
        given[field] = text
    yield line.says(kind, line.at, **given)


FORMS: tuple[Form, ...] = (
    Form("", "12", "12", "It was here at the instant of that Enter.", _enter, _TIMED),
    Form(
        "",
        "12 FIGURE",
        "12 10:31:12",
        "It was here then, as the context reads figures.",
        _bare,
        _TIMED,
    ),
    Form(
        "",
        "12 +ELAPSED",
        "12 +4:57:46",
        "It was here so long after its start.",
        _since_its_start,
        _ON_THE_STAGE,
    ),
    Form("", "12 @TIME", "12 @10:31:12.4", "It was here at that time of the day.", _enter, _TIMED),
    Form(
        "",
        "12 PLACE TIME …",
        "12 TC3 10:31 TC4 11:02 SS3 start 11:10",
        "What its time card says, place by place: all of it or nothing.",
        _cells,
        ("cards",),
    ),
    Form("-", "12 - [WORDS]", "12 -", "It did not start.", _not_started),
    Form(
        "r",
        "12 r [CAUSE] [restart] [WORDS]",
        "12 r mech gearbox",
        f"It retired: {_list(CAUSES)}; with `restart` it may start again.",
        _retired,
    ),
    Form(
        "x",
        "12 x [over|missed] [WORDS]",
        "12 x over",
        "It did not finish the stage: gave up, ran over the time, missed the finish.",
        _not_finished,
    ),
    Form("p", "12 p [COUNT] [WORDS]", "12 p 2", "It had a puncture, or several.", _puncture),
    Form(
        "i",
        "12 i KIND [WORDS]",
        "12 i sos km 214",
        f"It had an incident: {_list(INCIDENTS)}.",
        _incident,
    ),
    Form("f", "12 f [SECONDS]", "12 f 0.4", "It made a false start, by so much.", _false_start),
    Form("w", "12 w POINT …", "12 w WP4", "Its tracking lacks a waypoint.", _missed),
    Form(
        "s",
        "12 s ZONE [IMPULSES [HIGHEST]]",
        "12 s DZ1 3 62",
        "Its tracking was read in a speed zone: how often over the limit, at most how fast (km/h).",
        _speed,
    ),
    Form(
        "c",
        "12 c [lost|duplicate] [WORDS]",
        "12 c",
        "Its time card was handed in, is lost, or was replaced.",
        _card,
    ),
    Form(
        "n",
        "12 n ZONE in|out [TIME]",
        "12 n NZ1 in 10:31",
        "It entered or left a neutralisation.",
        _neutralised,
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
        raise Usage(f"{quoted(text.strip())} begins with no race number.", hint=_HOW)
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
    if form is None:
        raise Usage(
            f"{quoted(line.words[0])} is no letter of a line and no type of the vocabulary.",
            hint=near(first, TYPES) or f"Letters: {', '.join(_LETTERS)}; or a time, or a type.",
        )
    return form


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

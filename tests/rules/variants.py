"""A value of a parameter, changed by one unit: every way in which it may be a little wrong."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from ledger.ordinals import ordinal
from ledger.times import format_duration, parse_duration
from ledger.vocabulary.rally import ParameterValue
from projections.rules.asked import DEAD
from projections.rules.cases import cases_of
from projections.rules.deadlines import INSTANTS, NOT_NEEDED, NOT_OPEN
from projections.rules.procedure import AFTER, AT_ONCE, CONFIRM, DURING, NEVER, SUSPENDS
from projections.rules.regularity import FROM_BEFORE, FROM_START, PRICE
from projections.rules.rulebook import SCHEMA, checked
from projections.rules.tariffs import SCHEMA as TARIFFS
from projections.state.ties import BEST, COUNT_BACK

_NUMBER = re.compile(r"(?<=first )\d+|(?<=next )\d+")
PATTERNS = ("controls.in_stage", "controls.in_next_stage")
SOURCES = "timing.sources"
CLERK = ("clerk-of-the-course",)
CLUB = (
    "witness club club.example+485720d7+BI4ZK73EZhKxYGo0lfJd63cgpJn5jKhMQoYddYm1VJuj",
    "quorum club",
)
AUTHORITY = cases_of("witnesses.time_stamps")[0].figures[1].value
"""A certificate, which nobody types."""
LISTS: dict[str, tuple[ParameterValue, ParameterValue]] = {
    "start_order.categories": (("trucks", "cars"), ()),
    "overall.classifications": (("one",), ("each",)),
    "documents.classification_signatures": (CLERK, ()),
    "documents.decision_signatures": (CLERK, ()),
    "documents.classification_witnessed": (("final",), ()),
    "witnesses.policy": (("quorum none",), CLUB),
    "witnesses.time_stamps": (AUTHORITY, ()),
    "appeals.not_appealable": (("PenaltyGiven",), ()),
    "courts.national": (("National Court",), ()),
    "courts.international": (("International Court of Appeal",), ()),
    "points.classifications": (("one",), ("each",)),
    "signatures.wanted": (("any act of stewards",), ()),
    "signatures.countersigned": (("any act of stewards by stewards",), ()),
}
"""What a list is changed to of which there is no next one, and that in its turn."""


WORDED: dict[str, tuple[str, ...]] = {
    "points.manufacturers": ("are skipped", "keep their places"),
    "points.teams": ("are skipped", "keep their places"),
    "season.counting": ("all", "best 1"),
}
"""What a text may say in place of each other, besides another figure."""


Lines = tuple[str, ...]


def variants(name: str, value: ParameterValue, unit: int = 1) -> Iterator[ParameterValue]:
    """The values one unit away, or what else may be chosen."""
    for each in _variants(name, value, unit):
        if each != value:
            yield checked("a variant", name, each)


def _variants(name: str, value: ParameterValue, unit: int) -> Iterator[ParameterValue]:
    parameter = SCHEMA[name]
    if parameter.kind is bool:
        yield not value
    elif isinstance(value, int):
        yield value + unit
        if value - unit >= parameter.least:
            yield value - unit
    elif name in TARIFFS:
        yield from _readable(name, _figures(_lines(value), _FIGURE, _one_more))
    elif name in PATTERNS:
        yield "" if value else r"TC(?P<stage>\d+)[A-Z]*"
    elif name == PRICE:
        yield from _prices(str(value))
    elif name in WORDED:
        yield from _worded(name, str(value))
    elif isinstance(value, str) and parameter.reads is not None:
        yield from _times(name, value)
    elif isinstance(value, str):
        yield from sorted(parameter.choices)
    elif name == SUSPENDS:
        yield from _suspended(_lines(value))
    elif name == "points.scales":
        yield from _figures(_lines(value), _POINTS, _one_more)
    elif name == "start_order.intervals":
        yield from _figures(_lines(value), _FIGURE, _one_more)
    elif name == "start_order.rule":
        yield from [*_figures(_lines(value), _NUMBER, _one_off)] or [()]
    elif parameter.of is int:
        numbers = tuple(each for each in value if isinstance(each, int))
        for place, figure in enumerate(numbers):
            yield (*numbers[:place], figure + unit, *numbers[place + 1 :])
    elif name == SOURCES:
        yield (*value[1:], *value[:1]) if len(value) > 1 else ("beam", *value)
    elif name in LISTS:
        yield from LISTS[name]
    else:
        for each in sorted(parameter.choices - DEAD.get(name, {}).keys()):
            if (each, *value[:1]) == (BEST, COUNT_BACK):
                continue  # who has the better best place has more of those than the other
            yield tuple(e for e in value if e != each) if each in value else (each, *value)


Others = Callable[[str], Iterable[str]]
"""What stands in the place of a figure, one unit away."""


def _figures(lines: Sequence[str], pattern: re.Pattern[str], others: Others) -> Iterator[Lines]:
    """The lines with one of their figures changed, each in its turn."""
    for place, line in enumerate(lines):
        for found in pattern.finditer(line):
            for other in others(found[0]):
                changed = f"{line[: found.start()]}{other}{line[found.end() :]}"
                yield (*lines[:place], changed, *lines[place + 1 :])


def _one_more(figure: str) -> Iterator[str]:
    """A time by a second, an ordinal, or a number."""
    if ":" in figure:
        yield format_duration(parse_duration(figure) + 1000)
    elif figure[-1].isalpha():
        yield ordinal(int(figure[:-2]) + 1)
    else:
        yield str(int(figure) + 1)


def _one_off(figure: str) -> Iterator[str]:
    """A number one more and, as far as it is not nothing then, one less."""
    yield str(int(figure) + 1)
    if int(figure) > 1:
        yield str(int(figure) - 1)


def _readable(name: str, lines: Iterable[Lines]) -> Iterator[Lines]:
    """Those that can still be read as a value of the parameter."""
    reads = SCHEMA[name].reads
    assert reads is not None
    for each in lines:
        with contextlib.suppress(ValueError):
            for line in each:
                reads(line)
            yield each


_FIGURE = re.compile(r"\d+:\d\d:\d\d|\d+(?:st|nd|rd|th)\b|\d+")
_SECONDS = re.compile(r"\d+(?= s)")
_POINTS = re.compile(r"(?<!% of )\b\d+\b(?! %| stages| km)(?!.*: )")
"""A figure of a scale behind what it is of: not what its conditions count."""


def _prices(value: str) -> Iterator[str]:
    """A price with one of its figures a second more or less, or counted from elsewhere."""
    yield from (line for (line,) in _figures((value,), _SECONDS, _one_off))
    start, _, since = value.rpartition("; ")
    yield f"{start}; {FROM_START if since == FROM_BEFORE else FROM_BEFORE}"


def _lines(value: ParameterValue) -> Lines:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


# -- what is worded --------------------------------------------------------------------------------

_LENGTH = re.compile(r"\b(\d+) (min|h|days?)\b")
_OFFICE = re.compile(r"[a-z-]+(?= may extend)")
_NAMES = tuple(INSTANTS)


def _times(name: str, text: str) -> Iterator[str]:
    """A time, worded otherwise in one place; what is no time, as another."""
    if text in (NOT_OPEN, NOT_NEEDED):
        yield SCHEMA[name].example
    yield NOT_OPEN
    if name in CONFIRM.values():
        yield NOT_NEEDED
    for pattern, others in ((_LENGTH, _lengths), (_OFFICE, lambda _: ("medical",))):
        yield from (line for (line,) in _figures((text,), pattern, others))
    yield from _starts(text)
    for one, other in ((" before ", " after "), ("the first of", "the last of")):
        if one in text:
            yield text.replace(one, other)
    if "; " in text:
        yield text.rpartition("; ")[0]


def _lengths(said: str) -> Iterator[str]:
    """A length of time and one unit more or less; of an hour, a minute."""
    figure, unit = said.split(" ")
    amount = int(figure)
    if (amount, unit) == (1, "h"):
        amount, unit = 60, "min"
    yield f"{amount + 1} {unit}"
    if amount > 1:
        yield f"{amount - 1} {unit}"


def _starts(text: str) -> Iterator[str]:
    """A time that runs from another instant, or from one of several alone."""
    found = re.search(r"from (?:the (?:first|last) of )?([a-z-]+(?:, [a-z-]+)*)", text)
    if found is None:
        return
    named = found[1].split(", ")
    place = _NAMES.index(named[0])
    alone = named if len(named) > 1 else [_NAMES[place - 1], _NAMES[(place + 1) % len(_NAMES)]]
    for each in alone:
        yield f"{text[: found.start()]}from {each}{text[found.end() :]}"


def _suspended(value: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What an appeal suspends, with a line that says another time, or is not there."""
    for place, each in enumerate(value):
        for when in (AT_ONCE, NEVER, DURING, AFTER):
            said = f"{each.rpartition(': ')[0]}: {when}"
            yield (*value[:place], said, *value[place + 1 :])
        if not each.endswith(f": {NEVER}"):  # without it nothing is suspended either
            yield (*value[:place], *value[place + 1 :])


def _worded(name: str, value: str) -> Iterator[ParameterValue]:
    """The text with its figure one more or less, and with other words."""
    yield from (line for (line,) in _figures((value,), _FIGURE, _one_off))
    one, other = WORDED[name]
    yield value.replace(one, other) if one in value else value.replace(other, one)

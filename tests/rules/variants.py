"""A value of a parameter, changed by one unit: every way in which it may be a little wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.times import format_duration, parse_duration
from ledger.vocabulary.rally import ParameterValue
from projections.rules.rulebook import SCHEMA, checked
from projections.rules.tariffs import ordinal

PATTERNS = ("controls.in_stage", "controls.in_next_stage")
SOURCES = "timing.sources"
CLERK = ("clerk-of-the-course",)
LISTS: dict[str, tuple[ParameterValue, ParameterValue]] = {
    "start_order.categories": (("trucks", "cars"), ()),
    "overall.classifications": (("one",), ("each",)),
    "documents.classification_signatures": (CLERK, ()),
    "documents.decision_signatures": (CLERK, ()),
    "appeals.not_appealable": (("PenaltyGiven",), ()),
}
"""What a list is changed to of which there is no next one, and that in its turn."""


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
    elif parameter.reads is not None and parameter.kind is tuple:
        yield from _reworded(name, tuple(map(str, value)) if isinstance(value, tuple) else ())
    elif name in PATTERNS:
        yield "" if value else r"TC(?P<stage>\d+)[A-Z]*"
    elif isinstance(value, str):
        yield from sorted(parameter.choices)
    elif name == "start_order.intervals":
        yield from _intervals(tuple(map(str, value)))
    elif parameter.of is int:
        numbers = tuple(each for each in value if isinstance(each, int))
        for place, figure in enumerate(numbers):
            yield (*numbers[:place], figure + unit, *numbers[place + 1 :])
    elif name == SOURCES:
        yield (*value[1:], *value[:1]) if len(value) > 1 else ("beam", *value)
    elif name in LISTS:
        yield from LISTS[name]
    else:
        for each in sorted(parameter.choices - {"disqualification"}):  # it always removes
            yield tuple(e for e in value if e != each) if each in value else (*value, each)


_FIGURE = re.compile(r"\d+:\d\d:\d\d|\d+(?:st|nd|rd|th)\b|\d+")


def _reworded(name: str, lines: tuple[str, ...]) -> Iterator[ParameterValue]:
    """Each figure of each line one more, as far as the line can still be read."""
    reads = SCHEMA[name].reads
    for place, line in enumerate(lines):
        for found in _FIGURE.finditer(line):
            other = f"{line[: found.start()]}{_one_more(found[0])}{line[found.end() :]}"
            try:
                assert reads is not None
                reads(other)
            except ValueError:
                continue
            yield (*lines[:place], other, *lines[place + 1 :])


def _one_more(figure: str) -> str:
    """A time by a second, an ordinal, or a number."""
    if ":" in figure:
        return format_duration(parse_duration(figure) + 1000)
    return ordinal(int(figure[:-2]) + 1) if figure[-1].isalpha() else str(int(figure) + 1)


def _intervals(value: tuple[str, ...]) -> Iterator[ParameterValue]:
    for place, each in enumerate(value):
        count, _, time = each.partition(" x ")
        later = format_duration(parse_duration(time) + 1000)
        yield (*value[:place], f"{count} x {later}", *value[place + 1 :])
        if count != "rest":
            yield (*value[:place], f"{int(count) + 1} x {time}", *value[place + 1 :])

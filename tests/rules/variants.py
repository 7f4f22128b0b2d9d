"""A value of a parameter, changed by one unit: every way in which it may be a little wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ledger.times import format_duration, parse_duration
from ledger.vocabulary.rally import ParameterValue
from projections.rules.rulebook import SCHEMA, checked

_NUMBER = re.compile(r"(?<=first )\d+|(?<=next )\d+")
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
    elif name in PATTERNS:
        yield "" if value else r"TC(?P<stage>\d+)[A-Z]*"
    elif isinstance(value, str):
        yield from sorted(parameter.choices)
    elif name == "start_order.intervals":
        yield from _intervals(tuple(map(str, value)))
    elif name == "start_order.rule":
        yield from _lines(tuple(map(str, value)))
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


def _lines(value: tuple[str, ...]) -> Iterator[ParameterValue]:
    """Every number of a rule one more and one less; without any, no rule at all."""
    found = [(place, each) for place, line in enumerate(value) for each in _NUMBER.finditer(line)]
    for place, number in found:
        for other in {int(number[0]) + 1, max(int(number[0]) - 1, 1)}:
            line = value[place]
            changed = f"{line[: number.start()]}{other}{line[number.end() :]}"
            yield (*value[:place], changed, *value[place + 1 :])
    if not found:
        yield ()


def _intervals(value: tuple[str, ...]) -> Iterator[ParameterValue]:
    for place, each in enumerate(value):
        count, _, time = each.partition(" x ")
        later = format_duration(parse_duration(time) + 1000)
        yield (*value[:place], f"{count} x {later}", *value[place + 1 :])
        if count != "rest":
            yield (*value[:place], f"{int(count) + 1} x {time}", *value[place + 1 :])

"""Names in the rules that nothing in the rally bears: a line that says so never holds.

A scale of points for a category in which nobody is entered, or a start order that rests on a stage
that there is not, is most likely a slip; it shows nowhere else until somebody misses points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import partial
from typing import NamedTuple

from ledger.vocabulary.publication import categories_of
from projections.control.anomaly import Anomaly
from projections.results.start_basis import RULE
from projections.rules import scales, starting, tariffs
from projections.rules.rulebook import CLASSIFICATIONS, EACH, ONE
from projections.state.rally import RallyState

ALIKE = 0.75
"""From how alike on a name is taken for another one: "carz" for "cars"."""


class Names(NamedTuple):
    """What a line of a rule names of the rally."""

    stages: Iterable[str] = ()
    categories: Iterable[str] = ()


def misnamed(state: RallyState) -> Iterator[Anomaly]:
    """Stages that rules name and the plan lacks, and categories that are nearly one that there is.

    Rules may name categories of which nobody came, as those of a championship do.
    """
    entered = {each.category for each in state.facts.crews.entries.values()}
    for parameter, names in _NAMES.items():
        texts = state.rulebook.texts(parameter) if state.rulebook.defines(parameter) else ()
        at = _set_at(state, parameter)
        for text in texts:
            named = names(text)
            for stage in named.stages if state.orders else ():
                if stage not in state.orders:
                    message = f"No stage {stage} is scheduled, and {parameter} says {text!r}."
                    yield Anomaly("unknown-stage", at, message, "", stage)
            for category in {*named.categories} - entered:
                if near := get_close_matches(category, entered, 1, ALIKE):
                    message = (
                        f"Nobody is entered in {category}, but some are in {near[0]}, and "
                        f"{parameter} says {text!r}."
                    )
                    yield Anomaly("unknown-category", at, message)


def _set_at(state: RallyState, parameter: str) -> tuple[int, ...]:
    """The position of the record that gave a parameter its latest value."""
    regulations = state.regulations
    setting = (e.position for e in reversed(regulations.changes) if parameter in e.parameters)
    return (next(setting, regulations.position),)


def _of_scale(text: str) -> Names:
    scale = scales.read(text)
    named = scale.of in (scales.AFTER, scales.RANGE, scales.STAGE)
    return Names(scale.stages if named else (), scale.categories)


def _of_order(text: str) -> Names:
    line = starting.read(text)
    where = (line.where.first, line.where.last) if line.where else ()
    return Names(filter(None, dict.fromkeys((*where, *line.stages))), line.categories)


def _of_tariff(read: Callable[[str], tariffs.Worded | tariffs.Coefficient], text: str) -> Names:
    line = read(text)
    return Names(categories=() if isinstance(line, tariffs.Most) else line.categories)


def _of_groups(text: str) -> Names:
    return Names(categories={*categories_of(text)} - {ONE, EACH})


_NAMES: dict[str, Callable[[str], Names]] = {
    scales.SCALES: _of_scale,
    scales.GROUPED: _of_groups,
    CLASSIFICATIONS: _of_groups,
    RULE: _of_order,
    tariffs.COEFFICIENTS: partial(_of_tariff, tariffs.read_coefficient),
    **{each: partial(_of_tariff, read) for each, read in tariffs.READ.items()},
}

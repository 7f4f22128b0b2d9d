"""Which categories a rulebook ranks with each other: the classifications of a rally.

Where adopted rules say nothing on it, nothing follows from here: rallies that began before there
was such a rule are read as they were (see `results/classifications.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.vocabulary.publication import categories_of
from projections.rules.rulebook import CLASSIFICATIONS, EACH, ONE, Rulebook, if_known

Groups = tuple[tuple[str, ...], ...]
"""The categories of each classification."""


def groups_of(
    rules: Rulebook, categories: Iterable[str], by: str = CLASSIFICATIONS
) -> Groups | None:
    """The classifications of these categories, those that are named first; None: it is not said.

    A category that is not named with others has a classification of its own. `by` is the parameter
    that names them.
    """
    left = sorted(set(categories))
    said = if_known(rules.texts, by)
    if said is None:
        return None
    named = [tuple(left)] if ONE in said else [categories_of(e) for e in said if e != EACH]
    found = []
    for group in named:
        found.append(tuple(each for each in left if each in group))
        left = [each for each in left if each not in group]
    return (*(group for group in found if group), *((each,) for each in left))

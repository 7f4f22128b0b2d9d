"""The rules in force layer by layer: what was adopted, what its code changed, and each bulletin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.vocabulary.rally import Article, ParameterValue
from projections.rules.regulations import Regulations

_EVER = 1 << 62


class Laid(NamedTuple):
    """A rule in a layer, what it took the place of, and what took its own; "" where nothing did."""

    name: str
    value: ParameterValue
    provenance: str
    replaced: ParameterValue | None = None
    replaced_of: str = ""
    replaced_by: str = ""


class Layer(NamedTuple):
    """A layer: what gave it in which record, from when on, its rules and its articles.

    `since` is an instant (UTC ms), None where it holds from a stage or from the beginning.
    """

    title: str
    position: int
    since: int | None
    from_order: int | None
    rules: tuple[Laid, ...]
    articles: tuple[Article, ...]
    wanted: Mapping[str, str]


def layers(
    regulations: Regulations, instant: int | None = None, order: int | None = None
) -> tuple[Layer, ...]:
    """The layers that hold for a fact of an instant (UTC ms), on the stage of a number.

    Without either, all that was ever adopted or amended counts. Regulations that were adopted anew
    are a layer that took the place of all before it.
    """
    base = regulations.base
    first = Layer(
        f"regulations {base.name}",
        regulations.position,
        None,
        None,
        _laid(base.parameters(), regulations.provenance, {}),
        regulations.articles,
        base.wanted,
    )
    found = [first] if base.name or base.parameters() else []
    everything = instant is None and order is None
    when = _EVER if instant is None else instant
    for change in regulations.changes if everything else regulations.applied(when, order):
        before = {each.name: (layer.title, each.value) for layer in found for each in layer.rules}
        gone = before if change.whole else change.parameters
        found = [_under(layer, gone, change.title) for layer in found]
        found.append(
            Layer(
                change.title,
                change.position,
                None if change.from_order is not None else change.since,
                change.from_order,
                _laid(change.parameters, change.provenance, before),
                change.articles,
                change.wanted,
            )
        )
    return tuple(found)


def _laid(
    parameters: Mapping[str, ParameterValue],
    provenance: Mapping[str, str],
    before: Mapping[str, tuple[str, ParameterValue]],
) -> tuple[Laid, ...]:
    found = []
    for name, value in parameters.items():
        title, was = before.get(name, ("", None))
        found.append(Laid(name, value, provenance.get(name, ""), was, title))
    return tuple(found)


def _under(layer: Layer, gone: Mapping[str, object], by: str) -> Layer:
    """A layer, of which another one took the place of these rules."""
    rules = tuple(
        each._replace(replaced_by=each.replaced_by or by) if each.name in gone else each
        for each in layer.rules
    )
    return layer._replace(rules=rules)

"""The sheet of the rules in force: layer by layer, with what each layer took the place of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cli.documents.cards import Moment
from cli.documents.heading import head, holders, place, sheet
from cli.documents.rendering import Sheet
from ledger.errors import NotFound
from ledger.times import iso, spelled
from ledger.vocabulary.rally import ParameterValue
from projections.rules.layers import Laid, Layer, layers
from projections.rules.rulebook import SCHEMA
from projections.state.rally import RallyState

SIGN = ("clerk-of-the-course", "stewards")
"""Who signs the rules in force: who directs by them, and who judges by them."""


def rules_in_layers(state: RallyState, moment: Moment, stage: str | None = None) -> Sheet:
    """The rules that hold, for all that happens by a moment or on a stage.

    Raises:
        NotFound: no such stage, or no regulations were adopted.
    """
    if stage is not None and stage not in state.orders:
        known = ", ".join(state.orders) or "none"
        raise NotFound(f"No stage {stage} is scheduled.", hint=f"There are: {known}.")
    order = None if stage is None else state.orders[stage]
    instant = moment.effective_at or moment.decided_by
    found = layers(state.regulations, instant.ms if instant else None, order)
    if not found:
        raise NotFound("No regulations were adopted.", hint="`rally record RegulationsAdopted`.")
    facts = state.facts
    data = head(
        facts,
        moment.rally,
        title="Rules in force",
        subject=f"On {stage}" if stage else "",
        at=moment.at,
    )
    data |= {
        "drawn_at": moment.at.iso(),
        "stage": stage or "",
        "layers": [_layer(state, each) for each in found],
        "open": _open(found),
        "signatures": [place(", ".join(holders(facts, each)), each) for each in SIGN],
        "basis": moment.basis(state),
    }
    return sheet("rulebook", data, facts)


def _layer(state: RallyState, layer: Layer) -> dict[str, Any]:
    codes = {order: code for code, order in state.orders.items()}
    since = "" if layer.from_order is None else codes.get(layer.from_order, "")
    places = {name: place for place, name in enumerate(SCHEMA)}
    rules = sorted(layer.rules, key=lambda each: (places.get(each.name, len(places)), each.name))
    return {
        "title": layer.title,
        "position": layer.position,
        "since": None if layer.since is None else iso(layer.since),
        "from_stage": since,
        "rules": [_rule(each) for each in rules],
        "articles": [
            {"article": each.article, "text": each.text, "page": each.page}
            for each in layer.articles
        ],
    }


def _rule(each: Laid) -> dict[str, Any]:
    return {
        "name": each.name,
        "value": each.value,
        "shown": _shown(each.name, each.value),
        "provenance": each.provenance,
        "replaced": each.replaced,
        "replaced_shown": "" if each.replaced is None else _shown(each.name, each.replaced),
        "replaced_of": each.replaced_of,
        "replaced_by": each.replaced_by,
    }


def _shown(name: str, value: ParameterValue) -> str:
    return spelled(name, value) or "nothing"


def _open(found: Sequence[Layer]) -> list[dict[str, str]]:
    """What no layer defines, and the page that is wanted where one is known."""
    said = {each.name for layer in found for each in layer.rules}
    wanted = {name: page for layer in found for name, page in layer.wanted.items()}
    return [{"name": name, "wanted": wanted.get(name, "")} for name in SCHEMA if name not in said]


def lines_of(data: dict[str, Any]) -> Iterator[str]:
    """The same sheet as text."""
    yield f"{data['rally_title']} · {data['title']}{data['subject'] and ' · ' + data['subject']}"
    for layer in data["layers"]:
        since = layer["from_stage"] or layer["since"] or ""
        begins = f" from {since} on" if since else ""
        yield f"\n{layer['title']}{begins} (#{layer['position']})"
        for each in layer["rules"]:
            gone = f"  [replaced by {each['replaced_by']}]" if each["replaced_by"] else ""
            yield f"  {each['name']} = {each['shown']}{gone}"
            if each["provenance"]:
                yield f"    {each['provenance']}"
            if each["replaced_of"]:
                yield f"    instead of {each['replaced_shown']}, {each['replaced_of']}"
        for each in layer["articles"]:
            page = f", p. {each['page']}" if each["page"] else ""
            yield f"  article {each['article']}{page}: {each['text']}"
    if data["open"]:
        yield "\nNot defined"
    for each in data["open"]:
        yield f"  {each['name']}" + (f" (wanted: {each['wanted']})" if each["wanted"] else "")
    yield "\nSigned"
    for each in data["signatures"]:
        yield f"  ____________________  {each['name']} ({each['office']})"
    basis = data["basis"]
    yield f"\nLog {data['rally']}, record #{basis['position']}, root {basis['root']}"

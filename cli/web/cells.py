"""Cells: what stands in a table, as markup. Every text in one is escaped, and every name isolated.

They are made here and not in a template because a page has thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from cli.web.frame import Frame, Links
from cli.web.tables import Column
from cli.web.words import Times, Words
from ledger.signs import spelled_out
from ledger.times import spelled

MOST_RECORDS = 6
_PAIRS = frozenset({"place", "time", "gap", "when", "status"})
_NOTHING = Markup()


def crew(number: str, links: Links) -> Markup:
    """The number of a crew, which leads to its page."""
    return Markup('<a class="no" href="{}"><bdi>{}</bdi></a>').format(
        links.to("crew", number=number), spelled_out(number)
    )


def records(value: int | Sequence[int], links: Links) -> Markup:
    """Records by their positions; of very many the first."""
    several = [value] if isinstance(value, int) else list(value or ())
    one = Markup('<a class="record" href="{}">#{}</a>')
    told = [one.format(links.record(each), each) for each in several[:MOST_RECORDS]]
    if (more := len(several) - MOST_RECORDS) > 0:
        told.append(Markup('<span class="more">and {} more</span>').format(more))
    return Markup(" ").join(told)


def flags(value: Iterable[str]) -> Markup:
    """Flags as badges, in words."""
    badge = Markup('<span class="badge">{}</span>')
    return Markup(" ").join(badge.format(each.replace("-", " ")) for each in value)


def text(value: Any, words: Words) -> Markup:
    """Whatever it is, in words."""
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return escape("yes" if value else "no")
    if isinstance(value, str):
        return Markup("<bdi>{}</bdi>").format(words.text(value))
    if isinstance(value, Mapping):
        pair = Markup('<span class="pair"><span class="key">{}</span> {}</span>')
        return Markup(" ").join(
            pair.format(called(str(name)), text(_typed(str(name), each), words))
            for name, each in value.items()
            if each not in (None, "", [], {})
        )
    if isinstance(value, (list, tuple)):
        return _several(value, words)
    return escape(value)


def _several(value: Sequence[Any], words: Words) -> Markup:
    """Several: beside each other, or below where each of them has parts."""
    if any(isinstance(each, Mapping) and "words" not in each for each in value):
        item = Markup('<span class="item">{}</span>')
        return Markup().join(item.format(_told(each, words)) for each in value)
    return Markup(", ").join(_told(each, words) for each in value)


def called(name: str) -> str:
    """The name of a field as people say it."""
    return name.removesuffix("_ms").removesuffix("_at").replace("_", " ")


def _typed(name: str, value: Any) -> Any:
    """A duration within something as it is typed, and several; all else as it is."""
    several = value if isinstance(value, (list, tuple)) else (value,)
    figures = name.endswith("_ms") and all(isinstance(each, int) for each in several)
    return spelled(name, value) if figures else value


def _told(value: Any, words: Words) -> Markup:
    """One of several; of what has words, these."""
    of = value.get("words") if isinstance(value, Mapping) else None
    return text(of or value, words)


def cell(column: Column, row: Mapping[str, Any], frame: Frame, times: Times) -> Markup:
    """What stands in a column of a row."""
    value = row.get(column.names[0])
    if column.kind == "decision":
        return _decision(row, value, frame.links)
    if column.kind in _PAIRS and isinstance(value, (list, tuple)) and len(value) == 2:
        made = _both(column.kind, value, frame, times)
    else:
        made = _one(column.kind, value, frame, times)
    also = Markup('<span class="with"> / <bdi>{}</bdi></span>')
    for name in column.names[1:]:
        more = row.get(name) or ()
        for each in (more,) if isinstance(more, str) else more:
            made += also.format(frame.words.text(each))
    return made


def _decision(row: Mapping[str, Any], value: Any, links: Links) -> Markup:
    named = f"{row['series']}-{row['decision']}" if "series" in row else str(value or "")
    if not named:
        return _NOTHING
    link = Markup('<a href="{}"><bdi>{}</bdi></a>')
    return link.format(links.to("decisions", decision=named), named)


def _both(kind: str, value: Sequence[Any], frame: Frame, times: Times) -> Markup:
    """What it was and what it is; once where that is the same."""
    was, now = (_one(kind, each, frame, times) for each in value)
    if was == now:
        return now
    change = Markup('<span class="was">{}</span> <span class="to">→</span> {}')
    return change.format(was or "–", now or "–")


def _crews(value: Any, links: Links, times: Times) -> Markup:
    """The number of a crew or of several, with what one brings in where that is told."""
    if isinstance(value, Mapping):
        told = Markup('<span class="pair">{} {}</span>')
        return told.format(crew(value["number"], links), times.time(value.get("total_ms")))
    if isinstance(value, (list, tuple)):
        return Markup(" ").join(_crews(each, links, times) for each in value)
    return crew(str(value), links)


def _one(kind: str, value: Any, frame: Frame, times: Times) -> Markup:  # noqa: PLR0911
    words, links = frame.words, frame.links
    if value is None or value == "":
        return _NOTHING
    match kind:
        case "crew" | "crews":
            return _crews(value, links, times)
        case "name":
            several = (value,) if isinstance(value, str) else value
            name = Markup("<bdi>{}</bdi>")
            return Markup(" / ").join(name.format(words.text(each)) for each in several)
        case "records":
            return records(value, links)
        case "flags" if all(isinstance(each, str) for each in value):
            return flags(value)
        case "time":
            return escape(times.time(value))
        case "gap":
            return escape(times.gap(value) if value else "")
        case "when":
            return Markup('<time datetime="{}">{}</time>').format(value, words.when(value))
        case "status" if isinstance(value, str):
            return Markup('<span class="status">{}</span>').format(words.text(value))
    return text(value, words)

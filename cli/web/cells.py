"""Cells: what stands in a table, as markup. Every text in one is escaped, and every name isolated.

They are made here and not in a template because a page has thousands: column by column, where it is
looked at once what a column holds, and what stands in it several times is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby, repeat
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from cli.web.columns import are_lists_of_texts
from cli.web.frame import Frame, Links
from cli.web.tables import Column, Shown
from cli.web.words import Times, Words, by_itself
from ledger.keyring import SignedBy, in_short
from ledger.signs import spelled_out
from ledger.times import spelled

if TYPE_CHECKING:
    from cli.office.records import Amended, Listed
    from ledger.record import Record

MOST_RECORDS = 6
_PAIRS = frozenset({"place", "time", "gap", "when", "status"})
_SHORT, _REMEMBERED = 200, 1 << 14
"""Texts up to that length are remembered as markup, the last so many of them."""
Row = Mapping[str, Any]
Makes = Callable[[Any], str]
"""The markup of a value. What is called markup here is text that was escaped."""
Cells = Callable[[Shown], Sequence[str]]
"""The markup of what stands in a column of a table, row by row."""


# -- markup, as templates call for it -----------------------------------------------------------


def crew(number: str, links: Links) -> Markup:
    """The number of a crew, which leads to its page."""
    return Markup(_crew(number, links))  # noqa: S704


def rule(parameter: str, links: Links) -> Markup:
    """A parameter of the rules, which leads to its explanation."""
    name = escaped(str(parameter))
    if not links.at_will:
        return Markup(f"<code>{name}</code>")  # noqa: S704
    href = escape(links.to("rulebook explain", parameter=parameter))
    return Markup(f'<a href="{href!s}"><code>{name}</code></a>')  # noqa: S704


def records(value: int | Sequence[int], links: Links) -> Markup:
    """Records by their positions; of very many the first."""
    return Markup(_records(value, links))  # noqa: S704


def flags(value: Iterable[str]) -> Markup:
    """Flags as badges, in words."""
    return Markup(_flags(value))  # noqa: S704


def text(value: Any, words: Words) -> Markup:
    """Whatever it is, in words."""
    return Markup(_text(value, words))  # noqa: S704


def rows(
    shown: Shown,
    frame: Frame,
    times: Times,
    own: Mapping[str, tuple[str, Cells]] | None = None,
    name: str = "",
) -> Markup:
    """The rows of a table.

    `own` are columns that are told otherwise, by the first of their names, each with its class;
    each row says in `data-…` what stands under `name`.
    """
    ahead, parts = "<tr>", list[Iterable[str]]()
    if name:
        parts += repeat(f'<tr data-{name}="'), [escaped(str(e)) for e in shown.column(name)]
        ahead = '">'
    own = own or {}
    for of_texts, columns in groupby(shown.columns, lambda each: _is_of_texts(each, own)):
        together = tuple(columns)
        if of_texts and (whole := _texts(together, shown)) is not None:
            parts += repeat(ahead), whole
            ahead = ""
            continue
        for each in together:
            if each.names[0] in own:
                kind, cells = own[each.names[0]]
                told, behind = cells(shown), "</td>\n"
            else:
                kind, told, behind = _kind(each), _of_column(each, shown, frame, times), "</td>"
            parts += repeat(f"{ahead}{_cell(kind)}"), told
            ahead = behind
    parts.append([f"{ahead}</tr>\n"] * len(shown.rows))
    # What stands between the cells is the same in every row, and no row is put together by itself.
    return Markup("".join(chain.from_iterable(zip(*parts, strict=False))))  # noqa: S704


def _cell(kind: str) -> str:
    return f'<td class="{kind}">' if kind else "<td>"


def _kind(column: Column) -> str:
    return (
        "fig"
        if column.is_figure
        else column.kind
        if column.kind in ("words", "name", "when")
        else ""
    )


def options(choices: Iterable[tuple[str, str]], chosen: str, words: Words) -> Markup:
    """What may be chosen in a form, after nothing: several hundred crews."""
    told = [
        _option(value, label, value == chosen)
        or _as_option(value, words.text(label), value == chosen)
        for value, label in choices
    ]
    return Markup("".join(['<option value="">–</option>', *told]))  # noqa: S704


@lru_cache(_REMEMBERED)
def _option(value: str, label: str, is_chosen: bool) -> str | None:
    alone = by_itself(label)
    return None if alone is None else _as_option(value, alone, is_chosen)


def _as_option(value: str, told: str, is_chosen: bool) -> str:
    selected = " selected" if is_chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(told)}</option>'


def log_rows(found: Listed, frame: Frame) -> Markup:
    """The rows of a page of the log."""
    several = [_of_the_log(each, found.amended, frame) for each in found.records]
    return Markup("".join(several))  # noqa: S704


def signed(found: Iterable[Mapping[str, Any]]) -> str:
    """By which offices a record is signed; nothing where it is not."""
    return in_short(SignedBy(**each) for each in found)


_VOID = ' class="void"'


def _of_the_log(record: Record, amended: Amended, frame: Frame) -> str:
    words, links = frame.words, frame.links
    void = amended.voided.get(record.id)
    why, amending = (
        ("void by", void) if void else ("corrected by", amended.corrected.get(record.id))
    )
    if amending:
        since = f'<span class="badge">{why}</span> {_records(amending, links)}'
    elif (refused := amended.idle(record)) is not None:
        since = f'<span class="badge">without effect</span> {_text(refused.why, words)}'
    else:
        since = in_short(amended.signatures(record))
    said, position = amended.said(record), record.position
    happened = words.at(said.fact_at) if said.fact_at else ""
    return (
        f'<tr id="r{position}"{_VOID if void else ""}>'
        f'<td class="fig">{_record(position, links)}</td>'
        f'<td class="when">{"~" if said.fact_assumed else ""}{happened}</td>'
        f'<td class="words">{_name(said.words(), words)}</td><td>{_name(said.by, words)}</td>'
        f'<td class="when">{words.at(said.recorded_at)}</td><td>{since}</td></tr>\n'
    )


# -- texts that were escaped --------------------------------------------------------------------


def escaped(value: str) -> str:
    """A text as it stands in markup."""
    return _remembered(value) if len(value) <= _SHORT else str(escape(value))


@lru_cache(_REMEMBERED)
def _remembered(value: str) -> str:
    return str(escape(value))


@lru_cache(_REMEMBERED)
def _spelled_out(number: str) -> str:
    return str(escape(spelled_out(number)))


def _crew(number: str, links: Links) -> str:
    (told,) = _of_crews((number,), links)
    return told


def _records(value: int | Sequence[int], links: Links) -> str:
    several = [value] if isinstance(value, int) else list(value or ())
    told = [_record(each, links) for each in several[:MOST_RECORDS]]
    if (more := len(several) - MOST_RECORDS) > 0:
        told.append(f'<span class="more">and {more} more</span>')
    return " ".join(told)


def _record(position: int, links: Links) -> str:
    return f'<a class="record" href="{escape(links.record(position))!s}">#{position}</a>'


def _flags(value: Iterable[str]) -> str:
    return " ".join(
        [f'<span class="badge">{escaped(each.replace("-", " "))}</span>' for each in value]
    )


def _text(value: Any, words: Words) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _name(value, words)
    if isinstance(value, Mapping):
        return " ".join(
            f'<span class="pair"><span class="key">{escaped(called(str(name)))}</span> '
            f"{_text(_typed(str(name), each), words)}</span>"
            for name, each in value.items()
            if each not in (None, "", [], {})
        )
    if isinstance(value, (list, tuple)):
        return _several(value, words)
    return escaped(str(value))


def _several(value: Sequence[Any], words: Words) -> str:
    """Several: beside each other, or below where each of them has parts."""
    told = [_told(each, words) for each in value]
    if any(isinstance(each, Mapping) and "words" not in each for each in value):
        return "".join([f'<span class="item">{each}</span>' for each in told])
    return ", ".join(told)


def called(name: str) -> str:
    """The name of a field as people say it."""
    return name.removesuffix("_ms").removesuffix("_at").replace("_", " ")


def _typed(name: str, value: Any) -> Any:
    """A duration within something as it is typed, and several; all else as it is."""
    several = value if isinstance(value, (list, tuple)) else (value,)
    figures = name.endswith("_ms") and all(isinstance(each, int) for each in several)
    return spelled(name, value) if figures else value


def _name(value: Any, words: Words) -> str:
    text = str(value)
    alone = _by_itself(text) if len(text) <= _SHORT else None
    return f"<bdi>{escaped(words.text(text))}</bdi>" if alone is None else alone


@lru_cache(_REMEMBERED)
def _by_itself(text: str) -> str | None:
    alone = by_itself(text)
    return None if alone is None else f"<bdi>{escape(alone)!s}</bdi>"


def _told(value: Any, words: Words) -> str:
    """One of several; of what has words, these."""
    of = value.get("words") if isinstance(value, Mapping) else None
    return _text(of or value, words)


# -- texts of a row -----------------------------------------------------------------------------


def _is_of_texts(column: Column, own: Container[str]) -> bool:
    return column.kind in ("name", "text") and column.names[0] not in own


def _texts(columns: tuple[Column, ...], of: Shown) -> list[str] | None:
    """The cells of neighbouring columns of texts, row by row: who a crew is, at any moment.

    None where something else stands in one of them, or a text that is told by the log.
    """
    held = map(of.column, chain.from_iterable(each.names for each in columns))
    try:
        found = [*map(_teller(columns), zip(*held, strict=True))]
    except TypeError:  # something that has parts can't be remembered
        return None
    whole = [each for each in found if each is not None]
    return whole if len(whole) == len(found) else None


@lru_cache
def _teller(columns: tuple[Column, ...]) -> Callable[[tuple[Any, ...]], str | None]:
    """What tells the cells of a row in these columns, and remembers them."""

    def cells(row: tuple[Any, ...]) -> str | None:
        left, found = iter(row), list[str]()
        for column in columns:
            first, *others = (next(left) for _ in column.names)
            also = (each if isinstance(each, tuple) else [each] for each in others if each)
            name = "" if first == "" else _alone(first)
            beside = [_alone(each) for each in chain.from_iterable(also)]
            if name is None or None in beside:
                return None
            found.append(
                f"{_cell(_kind(column))}{name}{''.join(map(_beside, map(str, beside)))}</td>"
            )
        return "".join(found)

    return lru_cache(_REMEMBERED)(cells)


def _alone(text: Any) -> str | None:
    """A text as markup if it is the same in any log, at any moment."""
    return _by_itself(text) if isinstance(text, str) and len(text) <= _SHORT else None


# -- columns --------------------------------------------------------------------------------------


def _of_column(column: Column, of: Shown, frame: Frame, times: Times) -> list[str]:
    """The markup of a column, row by row."""
    first, *others = column.names
    if column.kind == "decision":
        return [_decision(row, row.get(first), frame.links) for row in of.rows]
    values, kind = of.column(first), column.kind
    kinds = {*map(type, values)}
    if kind == "crew" and kinds == {str} and all(values):
        told = _of_crews(values, frame.links)
    elif kind in _DURATIONS and kinds <= _FIGURES:
        told = times.times(values) if kind == "time" else times.gaps(values)
    else:
        told = _each_made(values, _one(kind, frame, times), paired=kind in _PAIRS)
    for name in others:
        also = [_with(each, frame.words) for each in of.column(name)]
        told = [f"{each}{more}" for each, more in zip(told, also, strict=True)]
    return told


def _with(value: Any, words: Words) -> str:
    """Who or what stands in a column with another."""
    if not value:
        return ""
    several = (value,) if isinstance(value, str) else value
    return "".join([_beside(_name(each, words)) for each in several])


def _beside(name: str) -> str:
    return f'<span class="with"> / {name}</span>'


def _of_crews(numbers: Sequence[str], links: Links) -> list[str]:
    """The numbers of crews that lead to their pages."""
    return [
        f'<a class="no" href="{href}"><bdi>{_spelled_out(number)}</bdi></a>'
        for number, href in zip(numbers, links.in_markup("crew", numbers), strict=True)
    ]


def _each_made(values: Sequence[Any], make: Makes, *, paired: bool) -> list[str]:
    """The markup of each of these values; what stands among them several times is made once.

    They may be `paired`: what it was and what it is.
    """
    kinds = {*map(type, values)}
    if kinds <= _PLAIN:
        made = {each: make(each) for each in {*values}}
        return [made[each] for each in values]
    if paired:
        make = _of_a_pair(make)
    if are_lists_of_texts(kinds, values):
        several = [*map(tuple, values)]
        made = {each: make(each) if each else "" for each in {*several}}
        return [made[each] for each in several]
    return ["" if each == [] else make(each) for each in values]


_DURATIONS, _FIGURES = {"time", "gap"}, {int, type(None)}
_PLAIN = {str, int, type(None)}
"""What is alike if it is equal."""


def _of_a_pair(make: Makes) -> Makes:
    """What makes the markup of a value, or of a pair: of what it was and of what it is."""

    def made(value: Any) -> str:
        is_pair = isinstance(value, (list, tuple)) and len(value) == 2
        return _both(value, make) if is_pair else make(value)

    return made


def _decision(row: Row, value: Any, links: Links) -> str:
    named = f"{row['series']}-{row['decision']}" if "series" in row else str(value or "")
    if not named:
        return ""
    href = escape(links.to("decisions", decision=named))
    return f'<a href="{href!s}"><bdi>{escaped(named)}</bdi></a>'


def _both(value: Sequence[Any], make: Makes) -> str:
    """What it was and what it is; once where that is the same."""
    was, now = (make(each) for each in value)
    if was == now:
        return now
    return f'<span class="was">{was or "–"}</span> <span class="to">→</span> {now or "–"}'


def _crews(value: Any, links: Links, times: Times) -> str:
    """The number of a crew or of several, with what one brings in where that is told."""
    if isinstance(value, Mapping):
        brought = escaped(times.time(value.get("total_ms")))
        return f'<span class="pair">{_crew(value["number"], links)} {brought}</span>'
    if isinstance(value, (list, tuple)):
        return " ".join([_crews(each, links, times) for each in value])
    return _crew(str(value), links)


def _one(kind: str, frame: Frame, times: Times) -> Makes:
    """What makes the markup of one value of a kind."""
    if kind == "time":
        return times.time  # digits and colons need no escape
    if kind == "gap":
        return times.gap
    words, links = frame.words, frame.links

    def in_words(value: Any) -> str:
        return _text(value, words)

    def names(value: Any) -> str:
        if isinstance(value, str):
            return _name(value, words)
        return " / ".join([_name(each, words) for each in value])

    def badges(value: Any) -> str:
        of_texts = all(isinstance(each, str) for each in value)
        return _flags(value) if of_texts else in_words(value)

    def status(value: Any) -> str:
        if not isinstance(value, str):
            return in_words(value)
        return f'<span class="status">{escaped(words.text(value))}</span>'

    def when(value: Any) -> str:
        return f'<time datetime="{escaped(value)}">{escaped(words.when(value))}</time>'

    making: dict[str, Makes] = {
        "crew": lambda value: _crews(value, links, times),
        "crews": lambda value: _crews(value, links, times),
        "name": names,
        "records": lambda value: _records(value, links),
        "flags": badges,
        "rule": lambda value: rule(value, links),
        "when": when,
        "status": status,
    }
    make = making.get(kind, in_words)
    return lambda value: "" if value is None or value == "" else make(value)

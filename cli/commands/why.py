"""`rally why`: why a crew has its total, its place and its status, down to the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from cli.office.answer import Answer
from cli.output import visible
from cli.reading import reading
from ledger.keyring import in_short
from ledger.times import format_duration, parse_instant, precision_of, spelled
from projections.explain.told import GONE, Addend, Evidence, Rule, Struck, Why
from projections.results.standings import UNEQUAL
from projections.state.rulings import IN_FORCE

ASSUMED = "assumed"


@reading("why")
def command(answer: Answer[Why]) -> None:
    """Show why a crew has its total, its place and its status.

    Each time and penalty stands with the records behind it: who put it on record and when, what was
    corrected, voided or withdrawn in it, and the rules that were applied. The addends sum to the
    total, always. A crew that is not in the classification is explained as well.

    \b
    Examples:
      rally why 102 --after SS12
      rally why 104 --stage SS12 --known-at '#148'
      rally why 104 --from SS9 --to SS14
      rally why 100 --effective-at 2016-07-13T20:00+06:00
    """
    found = answer.found
    ranked = [place for place in found.places if not place.joint]
    for place in ranked:
        among = f"Among {place.category}, " if place.category else ""
        click.echo(visible(f"{among}{place.words}"))
    tree = _Tree(found)
    for place in ranked[:1]:
        for tie in place.ties:
            tree.records(tie.records)
            tree.rules(tie.rules)
    click.echo(visible(found.status.words))
    tree.records(found.status.records)
    tree.rules(found.status.rules)
    if found.addends:
        click.echo()
    for each in _together(found.addends):
        tree.addend(each)
    click.echo(f"{tree.time(found.total_ms)}  {visible(_sum(found, tree))}")


def _sum(answer: Why, tree: _Tree) -> str:
    what = "total" if answer.classified else "so far, and not classified"
    if answer.penalty_ms:
        what += f": times {tree.short(answer.time_ms)}, penalties {tree.short(answer.penalty_ms)}"
    # In its own classification a crew has run what the others have: the flag is of the joint list.
    apart = any(place.joint for place in answer.places)
    flags = [each for each in answer.flags if each != UNEQUAL or not apart]
    return what + (f" ({', '.join(flags)})" if flags else "")


def _together(addends: Iterable[Addend]) -> Iterator[tuple[Addend, ...]]:
    """The addends one by one; stages of which nothing at all is known together."""
    blank: list[Addend] = []
    for each in addends:
        if each.kind == "missing" and not each.records:
            blank.append(each)
            continue
        if blank:
            yield tuple(blank)
            blank = []
        yield (each,)
    if blank:
        yield tuple(blank)


class _Tree:
    """The tree as lines: times to the right in one column, what they rest on further in."""

    def __init__(self, answer: Why) -> None:
        times = [answer.total_ms]
        for each in answer.addends:
            times += [each.ms, *(part.ms for part in each.parts)]
        self._precision = precision_of(times)
        self._cited: list[Rule] = []
        self._width = max(len(self.short(each)) for each in times)

    def short(self, ms: int) -> str:
        return format_duration(ms, self._precision)

    def time(self, ms: int) -> str:
        return self.short(ms).rjust(self._width)

    def _line(self, text: str, depth: int = 1) -> None:
        click.echo(f"{' ' * self._width}{'  ' * depth}{visible(text)}".rstrip())

    def addend(self, several: tuple[Addend, ...]) -> None:
        each = several[0]
        what = each.what
        if len(several) > 1:
            what = f"no time on {', '.join(one.stage for one in several)}"
        if each.kind == "penalty" and each.status != IN_FORCE:
            what = f"~~{what}~~ {each.status}"
        article = f" [{each.article}]" if each.article else ""
        notes = f" ({'; '.join(each.notes)})" if each.notes else ""
        click.echo(f"{self.time(each.ms)}  {visible(f'{what}{article}{notes}')}")
        if len(each.parts) > 1:
            for part in each.parts:
                at = "".join(f" #{position}" for position in part.positions)
                self._line(f"{self.time(part.ms)}  {part.what}{at}")
        self.records(each.records)
        self.rules(each.rules)

    def records(self, records: Iterable[Evidence]) -> None:
        for each in records:
            why = f" ({each.why})" if each.why not in ("", "counts") else ""
            gone = any(one.stands and one.now in GONE and _is_of(one, each) for one in each.struck)
            words = f"~~{each.words}~~" if gone else each.words
            told = f"{_by(each)}{_signed(each)}{_source(each)}"
            self._line(f"#{each.position}  {words}{why} · {told}")
            if each.counts and each.standing == ASSUMED and each.note:
                self._line(f"assumed: {each.note}", 3)
            for struck in each.struck:
                self._line(_struck(struck, each), 3)

    def rules(self, rules: Iterable[Rule]) -> None:
        """The rules; where one comes from is told once."""
        for each in rules:
            value = spelled(each.parameter, each.value)
            source = "" if each in self._cited else f" · {each.provenance or 'no source'}"
            self._cited.append(each)
            self._line(f"rule {each.parameter} = {value} · {each.set_by} #{each.position}{source}")


def _by(told: Evidence | Struck) -> str:
    """Who put it on record, in which office and when."""
    who = f"{told.by}{f' ({told.role})' if told.role else ''}"
    return ", ".join(each for each in (who, parse_instant(told.recorded_at).short()) if each)


def _signed(told: Evidence) -> str:
    signed = in_short(told.signatures)
    return f" · {signed}" if signed else ""


def _source(told: Evidence) -> str:
    parts = ", ".join(each for each in (told.source, told.standing) if each)
    return f" · {parts}" if parts else ""


def _is_of(struck: Struck, told: Evidence) -> bool:
    """Whether the record itself was struck, and not what amends it."""
    return struck.position == told.position


def _struck(struck: Struck, told: Evidence) -> str:
    """What was done to a record: what stood before, by which record, by whom, when and why."""
    before = f"~~{struck.said}~~ "
    if struck.now in GONE:
        before = "" if _is_of(struck, told) else f"~~#{struck.position}~~ "
    reason = f": {struck.reason}" if struck.reason else ""
    effect = "" if struck.stands else ", without effect"
    return f"{before}→ #{struck.struck_by} {struck.now}{effect} · {_by(struck)}{reason}"

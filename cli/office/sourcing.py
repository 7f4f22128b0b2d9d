"""Sources of rulebooks: what stands in a text, what is assumed and why, which page is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, NamedTuple

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.rules import in_order
from cli.office.view import View
from ledger.errors import NotFound
from ledger.times import spelled
from ledger.vocabulary.rally import ParameterValue
from projections.rules.rulebook import SCHEMA
from projections.rules.sources import Source
from projections.rules.templates import (
    Problem,
    Rules,
    examined,
    incomplete,
    template_names,
    unsourced,
)

FROM_TEXT, ASSUMED, WANTED, UNSOURCED = "text", "assumed", "wanted", "unsourced"
STATES = (FROM_TEXT, ASSUMED, WANTED, UNSOURCED)
COLUMNS = ("rulebook", "parameter", "since", "value", "state", "told", "written_in")


class Entry(NamedTuple):
    """A value of a parameter, or one that is left open: on what it rests.

    `told` is where it stands, why it is assumed, or the page that is wanted; `written_in` the
    rulebook that says so, itself or one that it extends.
    """

    parameter: str
    since: str | None
    value: ParameterValue | None
    state: str
    told: str
    written_in: str

    def shown(self) -> str:
        """The value as people read it: a duration as they type it."""
        return "" if self.value is None else spelled(self.parameter, self.value)


class Sourced(NamedTuple):
    """A rulebook with what is wrong with it, and on what each of its values rests.

    `extends` is the one whose parameters it has too, "" where there is none.
    """

    rulebook: str
    extends: str
    problems: Sequence[Problem]
    entries: Sequence[Entry]

    def counts(self) -> dict[str, int]:
        """How many values there are by what they rest on."""
        found = Counter(each.state for each in self.entries)
        return {state: found[state] for state in STATES}

    def left(self) -> list[Entry]:
        """What no text says and it says itself: assumed, wanted, or with neither."""
        return [each for each in self._left() if each.written_in == self.rulebook]

    def left_to(self) -> dict[str, int]:
        """How much of that the rulebooks say that it extends, by their names."""
        others = (e.written_in for e in self._left() if e.written_in != self.rulebook)
        return dict(sorted(Counter(others).items()))

    def _left(self) -> Iterator[Entry]:
        return (each for each in self.entries if each.state != FROM_TEXT)

    def document(self, *, left: bool) -> dict[str, Any]:
        """The same as JSON: every value, or only what is `left`, where it is written."""
        entries = self.left() if left else self.entries
        told = [{**each._asdict(), "shown": each.shown()} for each in entries]
        return {
            "rulebook": self.rulebook,
            "extends": self.extends or None,
            "ok": not self.problems,
            "findings": [each._asdict() for each in self.problems],
            "counts": self.counts(),
            **({"left": told, "left_to": self.left_to()} if left else {"values": told}),
        }


def sourced(name: str) -> Sourced:
    """A rulebook of that name or in that file, value by value.

    Raises:
        NotFound: there is none. Unreadable: the file can't be read, or is no TOML.
    """
    rules, problems = examined(name)
    found = [*problems, *incomplete(rules), *unsourced(rules)]
    return Sourced(rules.name, rules.extends, found, tuple(_entries(rules)))


def _entries(rules: Rules) -> Iterator[Entry]:
    values = {name: several[-1].value for name, several in rules.versions.items()}
    for name, _ in in_order(values):
        for each in rules.versions[name]:
            since = each.since.isoformat() if each.since else None
            told, written_in = each.source.told(), rules.written_in[name]
            yield Entry(name, since, each.value, _state(each.source), told, written_in)
    for name in (each for each in SCHEMA if each in rules.wanted):
        yield Entry(name, None, None, WANTED, rules.wanted[name], rules.written_in[name])


def _state(source: Source) -> str:
    if source.lacks():
        return UNSOURCED
    return ASSUMED if source.assumed else FROM_TEXT


def on_sources(
    _: View | None,
    rulebook: Annotated[
        tuple[str, ...],
        Word("Some of those that come with the ledger.", "[RULEBOOK]", subject=True),
    ] = (),
) -> Answer[Sequence[Sourced]]:
    """On what the values of the rulebooks that come with the ledger rest, or of some of them."""
    names = template_names()
    for each in rulebook:
        if each not in names:  # no file is read that somebody names from afar
            hint = f"There are: {', '.join(names)}."
            raise NotFound(f"There is no rulebook {each!r}.", hint=hint)
    return answer_of([sourced(each) for each in rulebook or names], alone=len(rulebook) == 1)


def answer_of(
    found: Sequence[Sourced], *, alone: bool, left: bool = False
) -> Answer[Sequence[Sourced]]:
    """The answer on rulebooks, or on one that was asked for alone; or only on what is left."""
    told = [each.document(left=left) for each in found]
    fine = all(not each.problems for each in found)
    document = told[0] if alone else {"ok": fine, "rulebooks": told}
    rows = [
        {"rulebook": of.rulebook, **each._asdict()}
        for of in found
        for each in (of.left() if left else of.entries)
    ]
    return Answer(None, found, "", document, rows, COLUMNS, exit_code=0 if fine else 1)

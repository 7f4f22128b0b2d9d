"""Drift: a publication beside the same scope as it is computed now.

A published document stays as it was posted; what became known since makes another answer. Drift
says which crews it moved, and by which records that the document could not know. Where it is of an
earlier edition of the computing rules, these may make another answer of the same records: drift
says which crews that moved, and which rules that changed may have done it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from ledger.errors import LedgerError
from ledger.record import Record
from ledger.vocabulary import Occurrence
from ledger.vocabulary.publication import Line, posted_together
from projections.desk.publications import (
    AS_PUBLISHED,
    DRIFTED,
    Content,
    Published,
    as_posted,
    computed_content,
    cut_off,
    kind_of,
    posted_content,
    read_of,
    title_of,
)
from projections.editions import Bearing, bearing
from projections.read_by import reads
from projections.state.cuts import AsOf
from projections.state.entries import by_number
from projections.state.facts import Fold
from projections.state.participation import CLASSIFIED
from projections.state.rally import EDITION, RallyState
from projections.state.recorded import Fact

SHOWN = ("place", "time_ms", "penalty_ms", "total_ms", "flags", "status", "due_at")
"""What a move shows before and after; the rest is only named."""
FOLLOWING = ("gap_ms", "interval_ms")
"""What follows from the other rows, and is no change of a row by itself."""
Because = Callable[[str], tuple[int, ...]]
"""Gives the positions of the records that explain why a crew moved."""


class ByRules(NamedTuple):
    """What today's rules make of the records that a document of an earlier edition rests on.

    `changed` are the rules that changed since and can bear on these records.
    """

    content: Content
    changed: tuple[Bearing, ...]

    def titles(self, number: str) -> tuple[str, ...]:
        """The rules that may have moved a crew: those that bear on it, else on one that it met."""
        own = [each.title for each in self.changed if number in each.crews]
        return tuple(own or [each.title for each in self.changed])


class Moved(msgspec.Struct, frozen=True):
    """A crew of which the document says something else than today's answer: before and after.

    `place`, the times and the flags are None where it is not in the rows; `status` is `classified`
    there, the status among those without a place, or empty where the scope does not have the crew.
    `other` names what else differs: a driver, a team. `because` are positions of records, `rules`
    what changed in the computing rules; `by_rules` says that the crew would be another by the
    records of the document alone.
    """

    number: str
    driver: str
    place: tuple[int | None, int | None]
    time_ms: tuple[int | None, int | None]
    penalty_ms: tuple[int | None, int | None]
    total_ms: tuple[int | None, int | None]
    flags: tuple[tuple[str, ...] | None, tuple[str, ...] | None]
    status: tuple[str, str]
    other: tuple[str, ...]
    because: tuple[int, ...] = ()
    by_rules: bool = False
    rules: tuple[str, ...] = ()


class StarterMoved(Moved, frozen=True):
    """A crew whose place or time in a start order is another; `due_at` is the time, or None."""

    due_at: tuple[str | None, str | None] = (None, None)


class Drift(msgspec.Struct, frozen=True):
    """A document and what has moved since.

    `rows` are the crews that have a place in the document or today, `unclassified` those that have
    none in either and another status. `because` are all records that explain the rows, in order,
    `rules` what changed in the computing rules and can bear on what the document rests on.
    """

    document: str
    kind: str
    amendment: int | None
    title: str
    position: int
    cut_off: int
    today: str
    rows: tuple[Moved, ...]
    unclassified: tuple[Moved, ...]
    because: tuple[int, ...]
    rules: tuple[Bearing, ...] = ()


def by_rules(said: Published, prefix: RallyState) -> ByRules | None:
    """What today's rules make of a document of an earlier edition; None where they make the same.

    `prefix` is the rally as it was known at the cut-off of the document.

    Raises:
        LedgerError: there is no such answer by today's rules.
    """
    content = computed_content(prefix, said)
    if said.edition == EDITION or content.digest() == said.digest:
        return None
    return ByRules(content, bearing(prefix.facts, said.edition, read_of(said)))


def drift(
    state: RallyState, fact: Fact[Published], because: Because, rules: ByRules | None = None
) -> Drift:
    """What the document says against what its scope says in a state.

    Raises:
        LedgerError: there is no such answer now: a rule that is not defined any more.
    """
    said = as_posted(state, fact)
    now = computed_content(state, said)
    moved = moves(posted_content(said), rules.content) if rules else ()
    others = {each.number for each in moved}
    found = tuple(
        msgspec.structs.replace(
            _named(state, each),
            because=because(each.number),
            by_rules=each.number in others,
            rules=rules.titles(each.number) if rules and each.number in others else (),
        )
        for each in moves(posted_content(said), now)
    )
    rows = tuple(each for each in found if CLASSIFIED in each.status)
    return Drift(
        said.document,
        kind_of(said),
        said.amendment,
        title_of(said),
        fact.position,
        cut_off(said),
        DRIFTED if found else AS_PUBLISHED,
        rows,
        tuple(each for each in found if each not in rows),
        tuple(sorted({position for each in rows for position in each.because})),
        rules.changed if rules else (),
    )


def together(several: Sequence[Drift]) -> Drift:
    """The drift of one sheet that several publications stand on, category by category."""
    first = several[0]
    if len(several) == 1:
        return first
    because = {position for each in several for position in each.because}
    rules = dict.fromkeys(rule for each in several for rule in each.rules)
    return msgspec.structs.replace(
        first,
        title=", ".join(each.title for each in several),
        today=next((each.today for each in several if each.today != AS_PUBLISHED), first.today),
        rows=tuple(row for each in several for row in each.rows),
        unclassified=tuple(row for each in several for row in each.unclassified),
        because=tuple(sorted(because)),
        rules=tuple(rules),
    )


def _named(state: RallyState, moved: Moved) -> Moved:
    """The move with the driver, whom a start order does not name."""
    crew = state.facts.crews.get(moved.number)
    if moved.driver or crew is None:
        return moved
    return msgspec.structs.replace(moved, driver=crew.value.driver)


def moves(was: Content, now: Content) -> tuple[Moved, ...]:
    """The crews of which two classifications say different things, as they stand now, then others.

    A gap that changes because the leader does is no change of its own. Where nothing else explains
    why the two are not the same, the gaps are looked at as well.
    """
    if was.digest() == now.digest():
        return ()
    before, after = _lines(was), _lines(now)
    numbers = [*after, *sorted(before.keys() - after.keys(), key=by_number)]
    pairs = [(number, before.get(number, {}), after.get(number, {})) for number in numbers]
    for apart in (FOLLOWING, ()):
        if found := [_moved(*pair, apart) for pair in pairs if _differing(*pair[1:], apart)]:
            return tuple(found)
    return ()


class Without:
    """Why crews moved: a smallest set of records without which each would stand as published.

    None of them can be left out: with any one of them back in the log, the crew stands otherwise.
    `records` are the log as it is known, by position, read once anything has moved; only those
    after the cut-off are asked, and of them only those of types that it reads. `as_of` is the cut
    by a moment of the rally. `rules` say what the document would be by today's rules, where it is
    of others: records explain only what moved since then.
    """

    def __init__(
        self,
        said: Published,
        records: Iterable[Record],
        as_of: AsOf = None,
        rules: ByRules | None = None,
    ) -> None:
        self._said = said
        self._read = reads(read_of(said))
        self._published = _lines(rules.content if rules else posted_content(said))
        self._records = records
        self._as_of = as_of
        self._rules = rules
        self._known: dict[frozenset[int], dict[str, Line] | None] = {}
        self._found: list[tuple[int, ...]] = []

    @cached_property
    def _told(self) -> list[tuple[int, str, Occurrence]]:
        return [(each.position, each.id, each.occurrence()) for each in self._records]

    def explain(self, number: str) -> tuple[int, ...]:
        """The positions of the records that explain why a crew moved; none where none do."""

        def stands_as_published(left_out: Sequence[int]) -> bool:
            lines = self._lines_without(frozenset(left_out))
            if lines is None:
                return False
            was, now = self._published.get(number, {}), lines.get(number, {})
            return not _differing(was, now, FOLLOWING)

        asked = (
            position
            for position, _, said in self._told
            if position > cut_off(self._said)
            and type(said) in self._read
            and said != self._said
            and not posted_together(said, self._said)
        )
        if self._rules is not None and stands_as_published(()):
            return ()  # the rules alone moved it
        # What moved one crew has often moved the others as well.
        for candidates in (*self._found, tuple(asked)):
            if stands_as_published(candidates):
                found = smallest(candidates, stands_as_published)
                if found not in self._found:
                    self._found.append(found)
                return found
        return ()

    def _lines_without(self, left_out: frozenset[int]) -> dict[str, Line] | None:
        """What is said of each crew in a log without these records; None where nothing can be."""
        if left_out not in self._known:
            folded = Fold()
            for position, identity, said in self._told:
                if position not in left_out:
                    folded.take(identity, position, said)
            state = RallyState(folded.facts(self._as_of))
            try:
                self._known[left_out] = _lines(computed_content(state, self._said))
            except LedgerError:
                self._known[left_out] = None
        return self._known[left_out]


def smallest(candidates: Sequence[int], holds: Callable[[Sequence[int]], bool]) -> tuple[int, ...]:
    """A part of the candidates that still holds, and of which nothing can be left out.

    All of them together hold. Halves are tried, then their complements, then quarters and so on
    (delta debugging), so that few of many are found with few questions.
    """
    found, parts = tuple(candidates), 2
    while len(found) > 1:
        size = -(-len(found) // parts)
        some = [found[start : start + size] for start in range(0, len(found), size)]
        others = [tuple(each for each in found if each not in part) for part in some]
        tried = (each for each in (*some, *others) if len(each) < len(found))
        smaller = next((each for each in tried if holds(each)), None)
        if smaller is not None:
            found, parts = smaller, 2
        elif size == 1:
            break
        else:
            parts = min(len(found), parts * 2)
    return found


def _lines(content: Content) -> dict[str, Line]:
    """What is said of each crew, by number; first those with a place."""
    found: dict[str, Line] = {}
    for row in content.rows:
        found.setdefault(str(row.get("number", "")), {**row, "status": CLASSIFIED})
    for row in content.unclassified:
        found.setdefault(str(row.get("number", "")), row)
    return found


def _differing(was: Line, now: Line, apart: Iterable[str]) -> list[str]:
    names = dict.fromkeys([*now, *was])
    return [each for each in names if each not in apart and _plain(was, each) != _plain(now, each)]


def _plain(line: Line, name: str) -> Any:
    """A value as it is compared: a list is a list whether it was read or computed."""
    value = line.get(name)
    return tuple(value) if isinstance(value, (list, tuple)) else value


def _moved(number: str, was: Line, now: Line, apart: Iterable[str]) -> Moved:
    def both(name: str) -> tuple[Any, Any]:
        return _plain(was, name), _plain(now, name)

    in_both = was and now and was.get("status") == now.get("status")
    other = _differing(was, now, (*SHOWN, *apart)) if in_both else []
    told = (
        number,
        str(now.get("driver") or was.get("driver") or ""),
        both("place"),
        both("time_ms"),
        both("penalty_ms"),
        both("total_ms"),
        both("flags"),
        (str(was.get("status", "")), str(now.get("status", ""))),
        tuple(other),
    )
    starts = {*was, *now} >= {"due_at"}
    return StarterMoved(*told, due_at=both("due_at")) if starts else Moved(*told)

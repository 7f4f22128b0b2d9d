"""History: how a crew moved, or the lead, along the rally and along the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any, NamedTuple, TypeVar

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.forms import plain
from cli.office.results import Joint, Ranked
from cli.office.view import View
from ledger.errors import LedgerError
from ledger.vocabulary.publication import named_together
from projections.comparing.history import (
    READ,
    Lead,
    Leading,
    Turn,
    Where,
    along_the_rally,
    history,
    leaders_after,
    leading,
    leads,
    led,
    turns,
    where,
)
from projections.results.classifications import Rankings, rankings
from projections.results.crew import entry_of
from projections.results.standings import Scope, Standings, standings
from projections.timeline.replayed import Replay
from projections.timeline.steps import steps

Found = TypeVar("Found")
Ranks = Callable[[int], Rankings]
"""Answers the classifications as they were known at a position; asked in their order."""
MOST_INDEXED, MOST_REPLAYED = 1000, 200
"""How many positions are asked for where nobody says since when: each takes milliseconds where the
timeline tells of it, and a replay of the facts where it does not."""
TYPES_READ = sorted(each.type_name() for each in READ)
OF_A_RECORD = ("type", "words", "by", "role", "recorded_at", "received_at", "id")
OF_A_CREW = ("axis", "after", "position", "place", "total_ms", "gap_ms", "status", *OF_A_RECORD)
OF_THE_LEAD = (
    *("axis", "after", "position", "leaders", "drivers", "total_ms", "ahead_ms"),
    *OF_A_RECORD,
)


class History(NamedTuple):
    """How it stood after each stage, and each record that changed it; of a crew, or of the lead."""

    number: str | None
    stages: Sequence[Any]
    changes: list[dict[str, Any]]


class Once:
    """Asks for each position once, and remembers what several want to know of it."""

    def __init__(self, evaluate: Ranks, **wanted: Callable[[Rankings], Any]) -> None:
        self._evaluate = evaluate
        self._wanted = wanted
        self._found: dict[str, dict[int, Any]] = {name: {} for name in wanted}

    def __call__(self, position: int) -> Standings:
        """The list across all categories at a position."""
        ranked = self._evaluate(position)
        for name, ask in self._wanted.items():
            with suppress(LedgerError):  # there is no such classification yet
                self._found[name][position] = ask(ranked)
        return ranked.joint

    def of(self, name: str, nothing: Found) -> Callable[[int], Found]:
        """What was wanted by that name at each position; nothing where there was no answer."""
        return lambda position: self._found[name].get(position, nothing)


def moved(
    seen: View,
    number: Annotated[str | None, Word("The crew.", of="number", subject=True)] = None,
    category: Annotated[str | None, Word("Places among these crews only.", of="category")] = None,
    after: Annotated[
        str | None, Word("In the overall after this stage.", "STAGE", of="stage")
    ] = None,
    since: Annotated[str | None, Word("Only what was put on record after this.", "MOMENT")] = None,
    until: Annotated[str | None, Word("Only what was put on record up to this.", "MOMENT")] = None,
    joint: Joint = False,
) -> Answer[Ranked[History]]:
    """How a crew moved in the overall; without a number, how the lead did."""
    scope = Scope(after=after, category=category)
    of = rankings(
        seen.classified, scope
    )  # a stage or category that there is not is refused at once
    if number is not None:
        entry_of(seen.classified, number)
    replay = Replay(seen.log, TYPES_READ, seen.cut)

    def evaluate(position: int) -> Rankings:
        state = replay.state(seen.timeline, position)
        return of._replace(state=state, joint=standings(state, scope))

    part = part_of(seen, since, until)
    if number is None:
        answer = _of_the_lead(seen, of, evaluate, part, joint=joint)
    else:
        answer = _of_a_crew(seen, of, number, evaluate, part, joint=joint)
    return answer if part.complete else answer._replace(notes=(part.words(),))


class Part(NamedTuple):
    """The part of the log that is looked at: its bounds, its positions, whether it is all asked.

    `steps` are those of the positions at which anything may become another: the others are not
    asked for. Nearly all of a long log are passings along the way.
    """

    since: int
    until: int
    positions: Sequence[int]
    complete: bool
    steps: Sequence[int]

    def bounds(self) -> dict[str, Any]:
        """Which part it is, as it stands in the answer."""
        return {"since": self.since, "until": self.until, "complete": self.complete}

    def words(self) -> str:
        """What is said of a part that leaves out what lies before."""
        return (
            f"Along the log only the last {len(self.positions)} records that can change a "
            f"classification are looked at, those after #{self.since}: name a --since MOMENT for "
            "more."
        )


def part_of(seen: View, since: str | None, until: str | None) -> Part:
    """The part of the log that is looked at, given since when and until when, where that is said.

    Raises:
        NotFound: a moment was not known then. Usage: one is none, or they are the wrong way.
    """
    first, last = seen.part(since, until)
    if since is not None:
        found = seen.log.positions(TYPES_READ, after=first, until=last)
        return Part(first, last, found, True, _steps(seen, found, last))
    instant = seen.cut.instant if seen.cut else None
    told = seen.decided_by is None and seen.timeline.serves(last, instant)
    most = MOST_INDEXED if told else MOST_REPLAYED
    found = []
    first, back = last, most
    while first and len(found) <= most:
        before = max(first - back, 0)
        found = [*seen.log.positions(TYPES_READ, after=before, until=first), *found]
        first, back = before, 2 * back
    if len(found) <= most:
        return Part(0, last, found, True, _steps(seen, found, last))
    since_then, found = found[-most - 1], found[-most:]
    return Part(since_then, last, found, False, _steps(seen, found, last))


def _steps(seen: View, positions: list[int], last: int) -> list[int]:
    """Those of these positions at which a classification may become another."""
    if seen.decided_by is not None:  # of which no timeline tells
        return positions
    return sorted({*steps(seen.timeline, last)}.intersection(positions))


def _with_record(seen: View, change: Turn | Lead) -> dict[str, Any]:
    """A change with the record that made it."""
    record = seen.log.at(change.position)
    said = record.occurrence()
    return {
        **plain(change),
        "type": said.type_name(),
        "words": said.words(),
        "by": said.by or " ".join(e for e in (said.source.kind, said.source.name) if e),
        "role": said.role,
        "recorded_at": said.recorded_at.iso(),
        "received_at": record.received(0).iso(),
        "id": record.id,
    }


def _of_a_crew(
    seen: View, of: Rankings, number: str, evaluate: Ranks, part: Part, *, joint: bool
) -> Answer[Ranked[History]]:
    scope, entry = of.joint.scope, entry_of(seen.classified, number)
    apart = of.apart and not joint
    group = next((each for each in of.groups if entry.category in each), ())
    own = {"own": lambda ranked: where(ranked.among(group), number)} if apart else {}
    once = Once(evaluate, **own)
    changes = [_with_record(seen, each) for each in history(once, part.steps, number, part.since)]
    stages = along_the_rally(seen.classified, number, scope.category)
    document = {
        "number": number,
        "driver": entry.driver,
        "category": scope.category,
        "after": scope.after,
        "stages": stages,
        **part.bounds(),
        "changes": changes,
    }
    rows = [{"axis": "rally", **plain(each)} for each in stages]
    for each in changes:
        now = {name: each[name][1] for name in ("place", "total_ms", "gap_ms", "status")}
        rows.append({"axis": "log", **each, **now})
    shown = Ranked((("", History(number, stages, changes)),))
    if apart:
        told = turns(once.of("own", Where()), part.steps, part.since)
        moves = [_with_record(seen, each) for each in told]
        stages = along_the_rally(seen.classified, number, named_together(group))
        shown = Ranked(((named_together(group), History(number, stages, moves)),), of.why)
    title = f"History of {number} {entry.driver}{_of(scope)}"
    return Answer(seen, shown, title, document, rows, OF_A_CREW)


def _of_the_lead(
    seen: View, of: Rankings, evaluate: Ranks, part: Part, *, joint: bool
) -> Answer[Ranked[History]]:
    scope = of.joint.scope
    groups = of.groups if of.apart and not joint else ()
    once = Once(evaluate, **{named_together(each): _ahead_in(each) for each in groups})
    found = [_with_record(seen, each) for each in leads(once, part.steps, part.since)]
    stages = leaders_after(seen.classified, scope.category)
    document = {
        "category": scope.category,
        "after": scope.after,
        "stages": stages,
        **part.bounds(),
        "leads": found,
    }
    rows = [{"axis": "rally", **plain(each)} for each in stages]
    rows += [{"axis": "log", **each} for each in found]
    shown = Ranked((("", History(None, stages, found)),))
    if groups:
        names = map(named_together, groups)
        shown = Ranked(tuple((each, _led_in(seen, each, once, part)) for each in names), of.why)
    title = f"Who led{_of(scope)}"
    return Answer(seen, shown, title, document, rows, OF_THE_LEAD)


def _ahead_in(group: tuple[str, ...]) -> Callable[[Rankings], Leading]:
    return lambda ranked: leading(ranked.among(group))


def _led_in(seen: View, categories: str, once: Once, part: Part) -> History:
    """Who led a classification, by what was asked for the list of all."""
    found = led(once.of(categories, leading(None)), part.steps, part.since)
    stages = leaders_after(seen.classified, categories)
    return History(None, stages, [_with_record(seen, each) for each in found])


def _of(scope: Scope) -> str:
    among = f", among {scope.category}" if scope.category else ""
    return f"{among}, overall after {scope.after}" if scope.after else among

"""Publications: what was posted on the notice board, what became of it, and whether it still holds.

A published classification keeps the rows that it was posted with, a start order its places and
times. Each is in force until it is withdrawn or a newer one of the same scope is posted; beside
stands whether today's answer still equals it. The sheet of a decision shows what became of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar, cast

import msgspec

from ledger.errors import LedgerError, Unreadable
from ledger.vocabulary import (
    ClassificationPublished,
    DocumentPosted,
    Occurrence,
    StartOrderPublished,
    canonical,
    occurrence_id,
)
from ledger.vocabulary.publication import Line, scope_title
from projections.results.standings import UNEQUAL, Row, Scope, Standings, standings
from projections.results.start_order import start_order, unheeded
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.rulings import IN_FORCE, SUPERSEDED

AS_PUBLISHED, DRIFTED, AMENDED = "as published", "drifted", "amended"
WITHDRAWN = "withdrawn"
START_ORDER = "start order"

COLUMNS = (
    *("place", "number", "driver", "codrivers", "nationality", "category", "class", "vehicle"),
    *("team", "time_ms", "penalty_ms", "total_ms", "gap_ms", "interval_ms", "flags"),
)
"""What a publication holds of each row. Digests rest on it: another column is another edition."""


Published = ClassificationPublished | StartOrderPublished
"""What a ledger computed, and posted with what it rests on."""
PUBLISHED = (ClassificationPublished, StartOrderPublished)


class Content(msgspec.Struct, frozen=True):
    """What a publication says: of what it is, its rows, and who has no place in it."""

    scope: Mapping[str, str]
    rows: tuple[Line, ...]
    unclassified: tuple[Line, ...]

    def digest(self) -> str:
        """The SHA-256 of its canonical bytes, in hex.

        When it was posted, by whom, of which kind and on which cut-off plays no part in it.
        """
        return occurrence_id(canonical(self))


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """One document of the register. `cut_off` is how much of the log it rests on.

    `today` says of a classification whether today's answer equals it, of a start order whether it
    was amended; it is empty for what no ledger computed. `superseded_by` is the document number of
    what was posted in its place.
    """

    document: str
    kind: str
    amendment: int | None = None
    title: str
    posted_at: str
    by: str
    role: str
    cut_off: int | None = None
    root: str = ""
    rulebook: str = ""
    edition: int = 0
    digest: str = ""
    protests_until: str | None = None
    status: str
    superseded_by: str
    today: str = ""
    position: int
    id: str

    @property
    def kind_in_full(self) -> str:
        """Its kind as it stands over the rows: "provisional", "amended 2"."""
        if self.kind == START_ORDER and self.amendment:
            return f"{self.kind}, amendment {self.amendment}"
        return f"{self.kind} {self.amendment}" if self.amendment else self.kind


class Register(msgspec.Struct, frozen=True):
    """Everything that was posted, in the order in which it was posted."""

    rows: tuple[Publication, ...]


def publications(state: RallyState) -> Register:
    """The register of everything that was posted, as it stands at the cut."""
    facts = state.facts
    posted: list[Fact[Any]] = [
        *facts.of(StartOrderPublished),
        *facts.of(ClassificationPublished),
        *facts.of(DocumentPosted),
    ]
    posted.sort(key=_in_order)
    newer, today = _superseding(state, posted), _Today(state)
    return Register(tuple(_row(state, each, newer, today) for each in posted))


def _in_order(fact: Fact[Any]) -> tuple[int, int, int, str, str]:
    """By when it was posted; the categories of one sheet as they start, or by their names."""
    slots = fact.value.slots if isinstance(fact.value, StartOrderPublished) else ()
    first = min((slot.due_at.ms for slot in slots if slot.due_at), default=0)
    instant, recorded_ms, identity = fact.order()
    return instant, recorded_ms, first, getattr(fact.value, "category", ""), identity


# -- what a publication says -----------------------------------------------------------------------

Posted = TypeVar("Posted", ClassificationPublished, StartOrderPublished, Published)


def as_posted(state: RallyState, fact: Fact[Posted]) -> Posted:
    """A publication with the rows and on the basis that it was posted with.

    A correction may set its number or its kind right; what hung on the board it can't change.
    """
    told: Any = state.facts.told.get(fact.id)
    if not isinstance(told, PUBLISHED):
        return fact.value
    names = {"document", "kind", "amendment"} & {*told.__struct_fields__}
    right: Any = msgspec.structs.replace(told, **{n: getattr(fact.value, n) for n in names})
    return cast(Posted, right)


def is_computed(said: Published) -> bool:
    """Whether it claims that a ledger computed it; one that was only written down does not."""
    return bool(said.digest)


def title_of(said: Published) -> str:
    """What it is of: "Overall after SS12 cars", "Start order of SS3 cars"."""
    if isinstance(said, StartOrderPublished):
        return f"Start order of {said.stage} {said.category}".rstrip()
    return scope_title(said.scope)


def kind_of(said: Published) -> str:
    """Its kind in the register."""
    return START_ORDER if isinstance(said, StartOrderPublished) else said.kind


def read_of(said: Published) -> str:
    """The read that gives today's answer to it."""
    return "start-order" if isinstance(said, StartOrderPublished) else "standings"


def cut_off(said: Published) -> int:
    """How much of the log it rests on."""
    return said.position or 0


def content_of(answer: Standings) -> Content:
    """A classification as it is published."""
    scope = {n: v for n, v in msgspec.to_builtins(answer.scope).items() if v is not None}
    return _content(answer, scope)


def posted_content(said: Published) -> Content:
    """What a publication said when it was posted."""
    if isinstance(said, StartOrderPublished):
        slots = [(e.place, e.number, e.due_at.iso() if e.due_at else None) for e in said.slots]
        return _order(said, slots)
    return Content(said.scope, said.rows, said.unclassified)


def computed_content(state: RallyState, said: Published) -> Content:
    """What a publication of the same scope says as computed from a state.

    Raises:
        LedgerError: there is none: no such stage or category, or a rule that is not defined.
    """
    if isinstance(said, StartOrderPublished):
        groups = start_order(state, said.stage, first_at=said.first_at).groups
        rows = [row for each in groups if each.category == said.category for row in each.rows]
        return _order(said, [(row.place, row.number, row.due_at) for row in rows])
    answer = standings(state, scope_of(said.scope))
    if not flags_unequal(said.rows):
        # It may have been posted before rows were flagged so: what hangs stays as it is.
        answer = msgspec.structs.replace(answer, rows=tuple(map(_not_flagged, answer.rows)))
    return _content(answer, said.scope)


def _not_flagged(row: Row) -> Row:
    if UNEQUAL not in row.flags:
        return row
    return msgspec.structs.replace(row, flags=tuple(each for each in row.flags if each != UNEQUAL))


def flags_unequal(crews: Iterable[Line]) -> bool:
    """Whether one of these rows says that other stages count for it than for the first."""
    flags = (each.get("flags") for each in crews)
    return any(UNEQUAL in each for each in flags if isinstance(each, (tuple, list)))


def _order(said: StartOrderPublished, slots: Iterable[tuple[int, str, str | None]]) -> Content:
    scope = {"kind": START_ORDER, "stage": said.stage, "category": said.category}
    rows: tuple[Line, ...] = tuple(
        {"place": place, "number": number, "due_at": due_at} for place, number, due_at in slots
    )
    return Content({name: value for name, value in scope.items() if value}, rows, ())


def _content(answer: Standings, scope: Mapping[str, str]) -> Content:
    rows = ({name: row[name] for name in COLUMNS} for row in msgspec.to_builtins(answer.rows))
    return Content(scope, tuple(rows), tuple(msgspec.to_builtins(answer.unclassified)))


def scope_of(said: Mapping[str, str]) -> Scope:
    """The scope that a publication names.

    Raises:
        Unreadable: it names something that no classification is made by.
    """
    named = {name: value for name, value in said.items() if value}
    kind = "stage" if "stage" in named else "range" if "from" in named else "overall"
    try:
        if named.keys() <= set(Scope.__struct_encode_fields__):
            return msgspec.convert({"kind": kind, **named}, Scope)
    except msgspec.ValidationError:
        pass
    raise Unreadable(f"No classification is computed by {', '.join(sorted(named))}.")


# -- the register ----------------------------------------------------------------------------------


class _Today:
    """Today's answer to each scope, computed once."""

    def __init__(self, state: RallyState) -> None:
        self._state = state
        self._digests: dict[Hashable, str] = {}

    def of(self, said: ClassificationPublished) -> str:
        """Whether today's answer equals what was posted; or why there is none."""
        if not is_computed(said):
            return ""
        key = _scope_key(said), flags_unequal(said.rows)
        try:
            if key not in self._digests:
                self._digests[key] = computed_content(self._state, said).digest()
        except LedgerError as error:
            return error.message
        return AS_PUBLISHED if self._digests[key] == said.digest else DRIFTED


def _scope_key(said: ClassificationPublished) -> Hashable:
    return tuple(sorted(said.scope.items()))


def _superseding(state: RallyState, posted: list[Fact[Any]]) -> dict[str, Fact[Any]]:
    """What was posted in the place of each, by the id of the older; withdrawn ones replace none."""
    found: dict[str, Fact[Any]] = {}
    older: dict[Hashable, list[str]] = {}
    for each in posted:
        match each.value:
            case ClassificationPublished():
                key: Hashable = _scope_key(as_posted(state, each))
            case StartOrderPublished():
                said = as_posted(state, each)
                key = START_ORDER, said.stage, said.category
            case _:
                continue
        if each.id not in state.facts.taken_back:
            found |= dict.fromkeys(older.pop(key, ()), each)
        older.setdefault(key, []).append(each.id)
    return found


def _row(
    state: RallyState, fact: Fact[Any], newer: Mapping[str, Fact[Any]], today: _Today
) -> Publication:
    said: Occurrence = fact.value
    withdrawn = fact.id in state.facts.taken_back
    superseded = fact.id in newer and not withdrawn
    common: dict[str, Any] = {
        "posted_at": said.happened.iso(),
        "by": said.by,
        "role": said.role,
        "status": WITHDRAWN if withdrawn else SUPERSEDED if superseded else _now(state, said),
        "superseded_by": newer[fact.id].value.document if superseded else "",
        "position": fact.position,
        "id": fact.id,
    }
    return Publication(**common, **_described(state, fact, today))


def _now(state: RallyState, said: Occurrence) -> str:
    """What became of it: the sheet of a decision is worth what the decision is."""
    about = said.about if isinstance(said, DocumentPosted) and said.kind == "decision" else ""
    ruling = state.facts.rulings.all.get(about)
    return ruling.status if ruling else IN_FORCE


def _described(state: RallyState, fact: Fact[Any], today: _Today) -> dict[str, Any]:
    """What it is, by its kind."""
    match fact.value:
        case ClassificationPublished():
            said = as_posted(state, fact)
            until = said.protests_until_at
            ends = {"protests_until": until.iso() if until else None}
            return _published(said, today.of(said)) | ends
        case StartOrderPublished():
            order = as_posted(state, fact)
            return _published(order, _start_order_today(state, fact))
        case said:
            told = {"document": said.document, "kind": said.kind, "title": said.title}
            return {**told, "edition": said.edition}


def _published(said: Published, today: str) -> dict[str, Any]:
    return {
        "document": said.document,
        "kind": kind_of(said),
        "amendment": said.amendment,
        "title": title_of(said),
        "cut_off": said.position,
        "root": said.root,
        "rulebook": said.rulebook,
        "edition": said.edition,
        "digest": said.digest,
        "today": today,
    }


def _start_order_today(state: RallyState, fact: Fact[StartOrderPublished]) -> str:
    """Whether the list reads as it was posted; it changes by amendment only.

    Who is to start in another place by what was recorded later, and does not yet, is named.
    """
    listed = {slot.number: slot for slot in fact.value.slots}.values()
    posted = sorted(listed, key=lambda slot: (slot.place, slot.number))
    stands = state.timing.start_lists.slots(fact)
    same = [(s.number, s.due_at) for s in posted] == [(s.number, s.due_at) for s in stands]
    waiting = [
        f"{each.moved.value.number} (#{each.moved.position})"
        for each in unheeded(state, fact.value.stage)
        if each.order.id == fact.id
    ]
    today = AS_PUBLISHED if same else AMENDED
    return f"{today}; repositioned since: {', '.join(waiting)}" if waiting else today

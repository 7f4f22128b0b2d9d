"""The protest clock: per classification that was posted, the time for protests and what is open.

Whether a classification may become final is answered for a moment that is named; the clock of this
machine plays no part in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ledger.concerned import concerned
from ledger.vocabulary import (
    ClassificationPublished,
    DecisionIssued,
    ReportFiled,
    ResultsQualified,
    SummonsIssued,
)
from ledger.vocabulary.publication import scope_title
from projections.docket import iso, title_of
from projections.state.facts import Fact, Facts
from projections.state.matters import (
    WINDOW,
    Matter,
    lacks_window,
    matters,
    published,
    window_closes,
)
from projections.state.rally import RallyState
from projections.state.rulings import GONE


class Clock(msgspec.Struct, frozen=True):
    """The protest clock of one publication.

    `closes_at` is null for one that opens no time for protests. `open` says in words what keeps it
    from becoming final apart from the time, `positions` where that is on record. `may_become_final`
    is null where nobody says for which moment it is asked and all that is lacking is the time.
    """

    document: str
    kind: str
    title: str
    opens_at: str
    closes_at: str | None
    over: bool | None
    open: tuple[str, ...]
    positions: tuple[int, ...]
    may_become_final: bool | None
    why_not: tuple[str, ...]
    position: int
    id: str


class Clocks(msgspec.Struct, frozen=True):
    """The clocks of the classifications that were posted, in their order."""

    rows: tuple[Clock, ...]


class Open(msgspec.Struct, frozen=True):
    """Something that is not settled yet: in words, and where it is on record."""

    words: str
    position: int


def protest_clock(state: RallyState, now: int | None = None) -> Clocks:
    """The protest clocks at the cut, asked for a moment (UTC ms; None: for none)."""
    facts = state.facts
    every = [each for each in matters(facts) if each.is_open]
    posted = published(facts)
    newest = {_scope(each): each.id for each in posted}
    rows = (
        _clock(facts, each, every, now, newest=newest[_scope(each)] == each.id) for each in posted
    )
    return Clocks(tuple(rows))


def _scope(fact: Fact[ClassificationPublished]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(fact.value.scope.items()))


def _clock(
    facts: Facts,
    fact: Fact[ClassificationPublished],
    every: list[Matter],
    now: int | None,
    *,
    newest: bool,
) -> Clock:
    said, closes = fact.value, window_closes(facts, fact)
    posted = said.fact_at or said.recorded_at
    lacking = lacks_window(facts, fact)
    waiting = [*_open_matters(facts, fact, every), *_enquiries(facts, fact)]
    if lacking:
        waiting.insert(0, Open(f"the rules do not define {WINDOW}", fact.position))
    over = None if now is None or closes is None else now > closes
    why_not = [each.words for each in waiting]
    if said.kind == "final":
        why_not.insert(0, "it is final already")
    elif closes is None and not lacking:
        why_not.insert(0, f"it is {said.kind_in_full}: no time for protests runs")
    elif not newest:
        why_not.insert(0, "a newer classification of the same scope was posted")
    elif over is False:
        why_not.insert(0, f"protests may be lodged until {iso(closes, posted.offset)}")
    return Clock(
        said.document,
        said.kind_in_full,
        scope_title(said.scope),
        posted.iso(),
        iso(closes, posted.offset),
        over,
        tuple(each.words for each in waiting),
        tuple(each.position for each in waiting),
        False if why_not else over,
        tuple(why_not),
        fact.position,
        fact.id,
    )


def _open_matters(
    facts: Facts, fact: Fact[ClassificationPublished], every: list[Matter]
) -> Iterator[Open]:
    """The protests, reviews and appeals that may still move somebody in it."""
    for each in every:
        about = each.about
        if about is not None and isinstance(about.value, ClassificationPublished):
            concerns = about.id == fact.id or about.value.scope == fact.value.scope
        else:
            named = about.value if about is not None else each.fact.value
            whom = concerned(named, facts.value)
            concerns = whom.everybody or _is_in(fact.value, *whom.crews)
        if concerns:
            whose = each.fact.value.number or each.fact.value.competitor
            late = "" if each.admissible else f", {each.why_not}"
            against = f" against {title}" if (title := title_of(about)) else ""
            words = f"the {each.kind} of {whose or 'a competitor'}{against} is {each.step}{late}"
            yield Open(words, each.fact.position)


def _enquiries(facts: Facts, fact: Fact[ClassificationPublished]) -> Iterator[Open]:
    """Reports and hearings on which nobody decided, and results that are under investigation."""
    decided = {
        each
        for decision in facts.recorded(DecisionIssued)
        if facts.rulings.all[decision.id].status not in GONE
        for each in (*decision.value.matter, *decision.value.evidence)
    }
    brought: list[Fact[ReportFiled] | Fact[SummonsIssued]] = [
        *facts.recorded(ReportFiled),
        *facts.recorded(SummonsIssued),
    ]
    for each in brought:
        settled = each.id in decided or decided.intersection(getattr(each.value, "matter", ()))
        if not settled and _is_in(fact.value, *concerned(each.value, facts.value).crews):
            what = "report" if isinstance(each.value, ReportFiled) else "summons"
            whom = f" on crew {each.value.number}" if each.value.number else ""
            yield Open(f"nobody has decided on the {what}{whom}", each.position)
    stands: dict[tuple[str, str], Fact[ResultsQualified]] = {}
    for qualified in facts.of(ResultsQualified):
        stands[qualified.value.number, qualified.value.stage] = qualified
    for (number, _), qualified in stands.items():
        said = qualified.value
        if said.kind == "under-investigation" and not said.ended and _is_in(fact.value, number):
            whose = f" of crew {number}" if number else ""
            yield Open(f"the results{whose} are under investigation", qualified.position)


def _is_in(said: ClassificationPublished, *crews: str) -> bool:
    """Whether any of these crews stands in a classification; what names none may concern any."""
    rows = (*said.rows, *said.unclassified)
    named = {each for each in crews if each}
    return not named or not rows or any(row.get("number") in named for row in rows)

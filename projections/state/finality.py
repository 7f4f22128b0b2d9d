"""Finality: what keeps a classification that was posted from becoming final.

A final one rests on another that everybody could protest against: the time for that has to be over,
as the times to appeal against the decisions in it, its stage closed, and nothing may wait for the
stewards or a court. The protest clock tells it, and who posts a final one is held to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ledger.concerned import concerned
from ledger.times import Instant
from ledger.vocabulary import (
    ClassificationPublished,
    CourtDecisionIssued,
    Occurrence,
    ResultsQualified,
    StageScheduled,
    short_id,
)
from ledger.vocabulary.publication import categories_of, last_named, scope_key
from projections.state.course import Course
from projections.state.deadlines import Running, moment_of
from projections.state.facts import Facts
from projections.state.matters import Matter, deadlines, lacks_window, matters, published, window
from projections.state.recorded import Fact
from projections.state.rulings import IN_FORCE, SUSPENDED, Ruling


class Open(NamedTuple):
    """Something that is not settled yet: in words, and where it is on record."""

    words: str
    position: int


class Finality:
    """What is open on the classifications of a rally, asked for a moment (UTC ms; None: for none).

    Without a moment the end of no time is told.
    """

    def __init__(self, facts: Facts, now: int | None = None) -> None:
        self._facts = facts
        self._now = now
        self._course = Course(facts)
        self._waiting = [each for each in matters(facts) if each.is_open]

    def posted(self, scope: Mapping[str, str]) -> Fact[ClassificationPublished] | None:
        """The newest classification of a scope that is not final: what a final one rests on."""
        same = [
            each
            for each in published(self._facts)
            if each.value.kind != "final" and scope_key(each.value.scope) == scope_key(scope)
        ]
        return same[-1] if same else None

    def open(self, fact: Fact[ClassificationPublished]) -> list[Open]:
        """What waits for somebody and may still move a crew in it."""
        return [*self._matters(fact), *self._reservations(fact)]

    def not_yet(self, fact: Fact[ClassificationPublished]) -> Iterator[str]:
        """What has to be over before, in words."""
        running, offset = window(self._facts, fact), moment_of(fact).offset
        if name := lacks_window(self._facts, fact):
            yield f"the rules do not define {name}"
        elif running is None:
            yield f"it is {fact.value.kind_in_full}: no time for protests runs"
        elif running.until is None and running.time.open:
            yield "the time for protests has not begun"
        elif running.until is not None and self._runs(running.until):
            yield f"protests may be lodged until {Instant(running.until, offset).iso()}"
        stage = last_stage(self._course, fact.value.scope)
        if stage is not None and stage.stage not in self._course.closed:
            yield f"{stage.stage} is not closed"
        for ruling in self._facts.rulings.all.values():
            counts = ruling.status in (IN_FORCE, SUSPENDED)
            if counts and self._concerns(ruling.fact.value, fact):
                yield from self._may_be_contested(ruling)

    def _runs(self, until: int | None) -> bool:
        return until is not None and self._now is not None and self._now <= until

    def _may_be_contested(self, ruling: Ruling) -> Iterator[str]:
        """The times that run against a decision, or will once it is made known."""
        fact, appeals = ruling.fact, self._facts.rulings.appeals
        ends = deadlines(self._facts, fact)
        notified = appeals.notified(fact.id)
        if notified is None and isinstance(fact.value, CourtDecisionIssued):
            return  # the parties know of that
        offset = moment_of(notified or fact).offset
        for running in (ends.appeal, ends.protest):
            if running is None or not running.is_defined or not running.time.open:
                continue
            if running.until is None and notified is None:
                done = "appealed" if running.kind == "appeal" else "protested"
                yield f"{fact.value.name} has to be notified: it may still be {done} against"
                return
            yield from self._contests(fact, running, offset)

    def _contests(self, fact: Fact[Any], running: Running, offset: int) -> Iterator[str]:
        """A time that runs against a decision, or that has not begun though it is known."""
        appeal = running.kind == "appeal"
        what = f"{'an appeal' if appeal else 'a protest'} against {fact.value.name}"
        if running.until is None:
            yield f"the time for {what} has not begun"
        elif self._runs(running.until):
            done = "announced" if appeal else "lodged"
            yield f"{what} may be {done} until {Instant(running.until, offset).iso()}"

    def _matters(self, fact: Fact[ClassificationPublished]) -> Iterator[Open]:
        """What was lodged, or brought before the stewards, and may still move somebody in it."""
        for each in self._waiting:
            about = each.about
            if about is not None and isinstance(about.value, ClassificationPublished):
                against = getattr(each.fact.value, "against", "")
                concerns = scope_key(about.value.scope) == scope_key(fact.value.scope) or (
                    bool(against) and _is_in(fact.value, against)
                )
            else:
                named = about.value if about is not None else each.fact.value
                concerns = self._concerns(named, fact)
            if concerns:
                yield Open(_in_words(each), each.fact.position)

    def _concerns(self, said: Occurrence, fact: Fact[ClassificationPublished]) -> bool:
        """Whether something may move a crew in a classification."""
        whom = concerned(said, self._facts.value)
        return whom.everybody or _is_in(fact.value, *whom.crews)

    def _reservations(self, fact: Fact[ClassificationPublished]) -> Iterator[Open]:
        """The results in it that are under investigation."""
        stands: dict[tuple[str, str], Fact[ResultsQualified]] = {}
        for qualified in self._facts.of(ResultsQualified):
            stands[qualified.value.number, qualified.value.stage] = qualified
        for (number, _), qualified in stands.items():
            said = qualified.value
            if said.kind == "under-investigation" and not said.ended and _is_in(fact.value, number):
                whose = f" of crew {number}" if number else ""
                yield Open(f"the results{whose} are under investigation", qualified.position)


def last_stage(course: Course, scope: Mapping[str, str]) -> StageScheduled | None:
    """The stage that completes a classification: the last of those in it that counts."""
    categories = categories_of(scope.get("category", "")) or ("",)
    for each in reversed(stages_of(course, scope)):
        if not all(course.cancelled(each.stage, category) for category in categories):
            return each
    return None


def stages_of(course: Course, scope: Mapping[str, str]) -> list[StageScheduled]:
    """The stages that a classification is of, whether they count or not."""
    if only := scope.get("stage"):
        return [each for each in course.stages if each.stage == only]
    begins = course.orders.get(scope.get("from", ""))
    until = course.orders.get(last_named(scope))
    return [
        each
        for each in course.stages
        if (begins is None or begins <= each.order) and (until is None or each.order <= until)
    ]


def title_of(about: Fact[Any] | None) -> str:
    """What a matter is directed against: "stewards-7", "document 12", or a record."""
    if about is None:
        return ""
    if hasattr(about.value, "effects"):
        return str(about.value.name)
    document = getattr(about.value, "document", "")
    return f"document {document}" if document else short_id(about.id)


def _in_words(matter: Matter) -> str:
    said = matter.fact.value
    if matter.kind in ("report", "summons"):
        whom = f" on crew {said.number}" if said.number else ""
        return f"nobody has decided on the {matter.kind}{whom}"
    late = "" if matter.admissible else f", {matter.why_not}"
    against = f" against {title}" if (title := title_of(matter.about)) else ""
    whose = said.number or said.competitor or "a competitor"
    return f"the {matter.kind} of {whose}{against} is {matter.step}{late}"


def _is_in(said: ClassificationPublished, *crews: str) -> bool:
    """Whether any of these crews stands in a classification; what names none may concern any."""
    rows = (*said.rows, *said.unclassified)
    named = {each for each in crews if each}
    return not named or not rows or any(row.get("number") in named for row in rows)

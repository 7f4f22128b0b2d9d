"""What is due: what lapses, and what may be done next, at a moment that is named.

Nothing happens by itself as time passes. Where a time is over, this says which act puts that on
record; until somebody does, everything stands as it stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ledger.times import iso
from ledger.vocabulary import (
    ActAdopted,
    ActsSigned,
    ClassificationPublished,
    DocumentDrawnUp,
    DocumentPosted,
    FinePaid,
    FineReturned,
    HearingHeld,
    PenaltyGiven,
    SummonsIssued,
)
from projections.desk.fines import to_return, unpaid
from projections.desk.judging import signed_in
from projections.desk.pending import pending
from projections.desk.proposals import waiting
from projections.desk.protest_clock import protest_clock
from projections.state.finality import title_of
from projections.state.matters import (
    LODGED,
    Matter,
    deadlines,
    lacks_window,
    matters,
    window_closes,
)
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.rulings import CONDITIONAL, GONE, SUSPENDED, Ruling

_MAY = {
    "appeal": "an appeal may be announced",
    "review": "a review may be petitioned for",
    "protest": "a protest may be lodged",
}
AHEAD, DUE, OVER = "ahead", "due", "over"


class Item(msgspec.Struct, frozen=True):
    """Something that ends or waits.

    `state` is "ahead" while a time still runs, "over" when it has run out, and "due" for what waits
    for somebody whatever the time. `act` says how it is put on record. `at` is null where no time
    runs.
    """

    at: str | None
    state: str
    what: str
    about: str
    act: str
    position: int
    id: str


class DueList(msgspec.Struct, frozen=True):
    """What is due, by when; what has no time comes first."""

    rows: tuple[Item, ...]


def due(state: RallyState, now: int | None = None) -> DueList:
    """What is due at a moment (UTC ms); without one, the end of no time is told."""
    desk = _Desk(state, now)
    lying = (
        *(desk.decisions(), desk.fines(), desk.matters(), desk.proposals()),
        *(desk.publications(), desk.papers(), desk.acts()),
    )
    rows = [each for several in lying for each in several]
    return DueList(
        tuple(sorted(rows, key=lambda each: (each.at or "", each.about, each.what, each.id)))
    )


class _Desk:
    """What lies on the stewards' desk at a moment."""

    def __init__(self, state: RallyState, now: int | None) -> None:
        self.state = state
        self.facts = state.facts
        self.now = now

    def item(
        self, fact: Fact[Any], what: str, about: str, act: str = "", at: int | None = None
    ) -> Item:
        """One line; without an instant it waits for somebody."""
        over = at is not None and self.now is not None and self.now > at
        state = DUE if at is None else OVER if over else AHEAD
        return Item(
            iso(at, fact.value.happened.offset), state, what, about, act, fact.position, fact.id
        )

    def decisions(self) -> Iterator[Item]:
        """Decisions that nobody was told of, their deadlines, and suspended sanctions."""
        for ruling in self.facts.rulings.all.values():
            if ruling.status in GONE:
                continue
            about = title_of(ruling.fact)
            if self.facts.rulings.appeals.notified(ruling.fact.id) is None:
                yield self.item(ruling.fact, "has to be notified", about, "DecisionNotified")
            ends = deadlines(self.facts, ruling.fact)
            for running in ends.running():
                at, what = running.until, _MAY[running.kind]
                if at is not None and not (self.now is not None and self.now > at):
                    yield self.item(ruling.fact, what, about, at=at)
            for name in ends.undefined:
                what = f"a time is not known: the rules do not define {name}"
                yield self.item(ruling.fact, what, about, "BulletinIssued")
            yield from self._conditions(ruling, about)
            appeals = self.facts.rulings.appeals.against(ruling.fact.id)
            if ruling.status == SUSPENDED and not any(each.ended is None for each in appeals):
                what = "is suspended, and no appeal is open"
                yield self.item(ruling.fact, what, about, "ExecutionResumed")
            for claims in self.facts.rulings.contested(ruling.fact.id):
                what = f"claims to supersede {about}, and is not the only one"
                yield self.item(claims, what, title_of(claims), "SupersedingDetermined")

    def _conditions(self, ruling: Ruling, about: str) -> Iterator[Item]:
        for each in ruling.effects:
            if each.status == CONDITIONAL and each.effect.until_at is not None:
                what, until = "the suspended sanction lapses", each.effect.until_at.ms
                yield self.item(ruling.fact, what, about, "SuspensionLapsed", until)

    def fines(self) -> Iterator[Item]:
        """Fines that are owed and not paid, by their time if there is one; money to give back."""
        for fact, row, by in unpaid(self.facts):
            what = f"a fine has to be paid: {row.open} {row.currency}".rstrip()
            at = by.ms if by else None
            yield self.item(fact, what, title_of(fact), FinePaid.type_name(), at)
        for fact, row in to_return(self.facts):
            what = f"what was paid has to be given back: {row.to_return} {row.currency}".rstrip()
            yield self.item(fact, what, title_of(fact), FineReturned.type_name())

    def matters(self) -> Iterator[Item]:
        """Protests, petitions, appeals, reports and summonses that wait for somebody."""
        for each in matters(self.facts):
            if each.is_open:
                yield from getattr(self, f"_{each.kind}")(each)

    def _protest(self, matter: Matter) -> Iterator[Item]:
        late = "" if matter.admissible else f" ({matter.why_not})"
        what = "has to be admitted or found inadmissible" if matter.step == LODGED else "is open"
        about = f"protest against {title_of(matter.about) or matter.fact.value.against}"
        yield self.item(matter.fact, f"{what}{late}", about, "ProtestDecided")

    def _review(self, matter: Matter) -> Iterator[Item]:
        late = "" if matter.admissible else f" ({matter.why_not})"
        step = "has to be admitted or rejected" if matter.step == LODGED else "has to be decided"
        about = f"petition for a review of {title_of(matter.about)}"
        yield self.item(matter.fact, f"{step}{late}", about, "ReviewDecided")

    def _appeal(self, matter: Matter) -> Iterator[Item]:
        about = f"appeal against {title_of(matter.about)}"
        if not matter.admissible:
            yield self.item(
                matter.fact, f"is inadmissible: {matter.why_not}", about, "AppealLapsed"
            )
        elif matter.waits_for_confirmation:
            what, at = "has to be confirmed", matter.confirm_by
            over = at is not None and self.now is not None and self.now > at
            act = "AppealLapsed" if over else "AppealConfirmed"
            yield self.item(matter.fact, "was not confirmed" if over else what, about, act, at)
        else:
            late = " (it was confirmed too late)" if matter.confirmed_in_time is False else ""
            before = matter.before
            act = "DecisionIssued" if before == "the stewards" else "CourtDecisionIssued"
            yield self.item(matter.fact, f"is before {before}{late}", about, act)

    def _report(self, matter: Matter) -> Iterator[Item]:
        number = matter.fact.value.number
        about = f"{matter.kind}{f' on crew {number}' if number else ''}"
        yield self.item(matter.fact, "waits for a decision", about, "DecisionIssued")

    _summons = _report

    def acts(self) -> Iterator[Item]:
        """Acts on record that have no effect: a signature lacks, or who may has to adopt them."""
        for each in pending(self.facts):
            act = ActsSigned.type_name() if each.lacks else ActAdopted.type_name()
            what = f"has no effect until it is {each.until}: {each.why.removesuffix('.')}"
            about = each.words.removesuffix(".")
            yield Item(None, DUE, what, about, act, each.position, each.id)

    def proposals(self) -> Iterator[Item]:
        """What a tariff proposes, until an office adopts or declines it."""
        for each in waiting(self.state):
            fact = each.about.counted
            what = f"a sanction is proposed ({each.about.tariff})"
            about = f"{each.name}: {fact.value.words().removesuffix('.')}"
            yield self.item(fact, what, about, PenaltyGiven.type_name())

    def publications(self) -> Iterator[Item]:
        """The ends of times for protests, and what may become final."""
        for clock in protest_clock(self.state, self.now).rows:
            fact: Fact[Any] = self.facts.by_id[clock.id]
            about = f"document {clock.document}"
            closes = window_closes(self.facts, fact)
            if clock.may_become_final:
                yield self.item(fact, "may become final", about, "ClassificationPublished", closes)
            elif closes is not None and not clock.over and clock.why_not:
                yield self.item(fact, "protests may be lodged", about, at=closes)
            elif name := lacks_window(self.facts, fact):
                what = f"the time for protests is not known: the rules do not define {name}"
                yield self.item(fact, what, about, "BulletinIssued")

    def papers(self) -> Iterator[Item]:
        """Hearings that are set, and documents that were drawn up and not posted."""
        posted = {each.value.drawn_up for each in self.facts.of(ClassificationPublished)}
        posted |= {each.value.drawn_up for each in self.facts.of(DocumentPosted)}
        for drawn in self.facts.of(DocumentDrawnUp):
            if drawn.id not in posted:
                signed = signed_in(self.facts, drawn.id)
                what = "is signed, and not posted" if signed else "has to be signed"
                about = drawn.value.words().removesuffix(".")
                yield self.item(drawn, what, about, "DocumentSigned")
        held = {each for hearing in self.facts.of(HearingHeld) for each in hearing.value.matter}
        for summons in self.facts.of(SummonsIssued):
            said = summons.value
            if said.hearing_at and summons.id not in held and not held & {*said.matter}:
                about = f"crew {said.number}" if said.number else "a party"
                at = said.hearing_at.ms
                yield self.item(summons, "a hearing is set", about, "HearingHeld", at)

"""Group G: the stewards' desk. A decision has a life of its own, and each step of it is a record.

What a decision does stands in its effects, as acts that the vocabulary has anyway; whether they
count at a moment follows from the records about it, never from a change of it. Who acts late is
recorded all the same: the deadlines of the rulebook say what it is worth.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

from ledger.times import Instant
from ledger.vocabulary.base import (
    Code,
    Digest,
    EvidenceId,
    Name,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    OptionalCrew,
    OptionalId,
    Text,
    Whole,
    on,
    short_id,
)
from ledger.vocabulary.publication import Place, Position

Series = Literal["clerk", "stewards"]
Outcome = Literal["upheld", "quashed", "varied", "inadmissible", "no-jurisdiction"]
EffectValue = Whole | str | bool | tuple[str | Whole, ...] | None
Ordinal = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
GivenNumber = Annotated[
    str, msgspec.Meta(max_length=20, pattern=r"^(?![0-9]+\Z)[0-9A-Za-z]+([./-][0-9A-Za-z]+)*\Z")
]
"""A number of a decision that is no plain one, as its sheet bears it: "12.4"."""
DecisionNumber = Ordinal | GivenNumber


def decision_key(number: int | str) -> tuple[tuple[int, int, str], ...]:
    """A number of a decision as it is compared and ordered: 9, 12, 12.4, 12.10; "12A" is 12a."""
    parts = re.findall(r"[0-9]+|[A-Za-z]+|[./-]", str(number).casefold())
    # No sheet bears a longer one, and what is typed is only looked up.
    return tuple((1, int(e), "") if e.isdecimal() and len(e) <= 20 else (0, 0, e) for e in parts)


SANCTIONS = ("Warning", "Reprimand", "Fine", "Obligation", "Licence")
"""What a decision may impose that moves no result, from the mildest on."""
COURT = "court"
"""The series of what courts decided; their cases have numbers of their own."""
SERIES_TITLES = {"clerk": "Clerk of the course's decision", "stewards": "Stewards' decision"}


class Effect(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing that a decision does.

    `act` is an act of the vocabulary that takes place by the decision (PenaltyGiven,
    TimeCreditGranted, CrewDisqualified, StageCancelled …), or a sanction that moves no result
    (Warning, Reprimand, Fine, Obligation, Licence). `fields` are those of the act; crew and stage
    are those of the decision where they are not named. A Fine has `amount`, `currency` and
    `pay_by_at`; a Licence `what`, `whose`, `name`, `from_at` and `to_at`. One with a `condition` is
    suspended: it does nothing until its suspension is activated, and can no more be activated after
    `until_at`.
    """

    act: Name
    fields: dict[Name, EffectValue] = msgspec.field(default_factory=dict)
    condition: Text = ""
    until_at: Instant | None = None


class Moved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a crew would move: places and totals in milliseconds, before and after."""

    number: Code
    place: tuple[Place | None, Place | None]
    total_ms: tuple[Whole | None, Whole | None]


class Seen(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the signers had before them: the basis on the screen, and what the decision would do.

    `position` and `root` say how much of the log it was, `rulebook` and `edition` by which rules it
    was computed, `scope` which classification was looked at, `moves` who would move in it.
    """

    position: Position
    root: OptionalCode = ""
    rulebook: OptionalCode = ""
    edition: Whole = 0
    scope: dict[Name, str] = msgspec.field(default_factory=dict)
    moves: tuple[Moved, ...] = ()


def _tags_of(effects: tuple[Effect, ...]) -> list[str]:
    """The crews and stages that effects are about."""
    return [
        f"{label}:{value}"
        for each in effects
        for field, label in (("number", "crew"), ("stage", "stage"))
        if isinstance(value := each.fields.get(field), str) and value
    ]


def _unique(*tags: str) -> list[str]:
    return list(dict.fromkeys(tags))


class ReportFiled(Occurrence, frozen=True, kw_only=True, tag="ReportFiled"):
    """An official reports a fact to the clerk of the course or the stewards: not a penalty yet.

    `fact` is what was observed, `evidence` the records that show it, `article` what it goes against
    where the report says so: a tariff may price that.
    """

    nature = "report"
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    addressee: Text = ""
    fact: Text
    evidence: tuple[EvidenceId, ...] = ()
    document: OptionalCode = ""
    article: OptionalCode = ""

    def words(self) -> str:
        whom = f" on crew {self.number}" if self.number else ""
        return f"A report was filed{whom}{on(self.stage)}: {self.fact.rstrip('.')}."


class SummonsIssued(Occurrence, frozen=True, kw_only=True, tag="SummonsIssued"):
    """Somebody is summoned to a hearing, about a matter that a record brought up."""

    number: OptionalCrew = ""
    stage: OptionalCode = ""
    hearing_at: Instant | None = None
    place: Text = ""
    matter: tuple[OccurrenceId, ...] = ()
    document: OptionalCode = ""

    def words(self) -> str:
        whom = f"Crew {self.number}" if self.number else "A party"
        when = f" for {self.hearing_at.spelled()}" if self.hearing_at else ""
        where = f", {self.place}" if self.place else ""
        return f"{whom} was summoned{on(self.stage)} to a hearing{when}{where}."


class HearingHeld(Occurrence, frozen=True, kw_only=True, tag="HearingHeld"):
    """A hearing took place: who was present, and what was said, in short."""

    nature = "report"
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    present: tuple[Text, ...] = ()
    statements: Text = ""
    matter: tuple[OccurrenceId, ...] = ()

    def words(self) -> str:
        whom = f" of crew {self.number}" if self.number else ""
        present = f", present: {', '.join(self.present)}" if self.present else ""
        return f"A hearing{whom} was held{on(self.stage)}{present}."


class DecisionIssued(Occurrence, frozen=True, kw_only=True, tag="DecisionIssued"):
    """The clerk of the course or the stewards decided: fact, infringement, decision and reason.

    It has a number of its own in its series: a plain one, of which there are no gaps, or one that
    it was given elsewhere ("12.4"), which stands outside the sequence. `fact_at` is when the fact
    happened that it is about, `decided_at` when it was taken; `ruling` is the decision in words,
    `effects` what it does, the envelope's `reason` why. `supersedes` names an earlier decision that
    it replaces from the beginning, or only from the stage `supersedes_from` on; `matter` the
    report, protest or petition that it decides. `immediate` means that no appeal suspends it.
    `seen` is what the signers had before them.
    """

    series: Series
    decision: DecisionNumber
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    decided_at: Instant | None = None
    sender: Text = ""
    addressee: Text = ""
    competitor: Text = ""
    fact: Text = ""
    infringement: Text = ""
    ruling: Text = ""
    signed_by: tuple[Text, ...] = ()
    effects: tuple[Effect, ...] = ()
    appealable: bool = True
    immediate: bool = False
    supersedes: OptionalId = ""
    supersedes_from: OptionalCode = ""
    matter: tuple[OccurrenceId, ...] = ()
    evidence: tuple[EvidenceId, ...] = ()
    seen: Seen | None = None
    document: OptionalCode = ""

    def tags(self) -> list[str]:
        """It is found by its number, by what it replaces and decides, and by whom it concerns."""
        named = [f"decision:{self.series}-{self.decision}"]
        named += [f"ref:{each}" for each in (self.supersedes, *self.matter) if each]
        return _unique(*super().tags(), *named, *_tags_of(self.effects))

    @property
    def name(self) -> str:
        """How it is named where it is referred to: "stewards-7"."""
        return f"{self.series}-{self.decision}"

    @property
    def title(self) -> str:
        """Its series and number: "Stewards' decision 7"."""
        return f"{SERIES_TITLES[self.series]} {self.decision}"

    def words(self) -> str:
        whom = f", crew {self.number}" if self.number else ""
        ruling = self.ruling or "; ".join(each.act for each in self.effects) or "no action"
        article = f", {self.infringement}" if self.infringement else ""
        return f"{self.title}{whom}{on(self.stage)}: {ruling.rstrip('.')}{article}."


class DecisionNotified(Occurrence, frozen=True, kw_only=True, tag="DecisionNotified"):
    """A decision was made known to whom it concerns: from now on the time for an appeal runs."""

    target: OccurrenceId
    number: OptionalCrew = ""
    how: Literal["", "hearing", "hand", "electronic", "notice-board"] = ""
    to: Text = ""

    def words(self) -> str:
        how = {"": "", "hearing": " at the hearing", "hand": " by hand"}.get(self.how)
        told = f" by {self.how.replace('-', ' ')}" if how is None else how
        whom = f" to {self.to}" if self.to else ""
        return f"The decision {short_id(self.target)} was notified{whom}{told}."


class DecisionAcknowledged(Occurrence, frozen=True, kw_only=True, tag="DecisionAcknowledged"):
    """Whom a decision concerns confirmed to have received it."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        whom = f"Crew {self.number}" if self.number else self.by or "The party"
        return f"{whom} acknowledged the decision {short_id(self.target)}."


class DecisionRescinded(Occurrence, frozen=True, kw_only=True, tag="DecisionRescinded"):
    """Who decided took the decision back: it counts as never taken, and stays in the register."""

    target: OccurrenceId
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    document: OptionalCode = ""

    def words(self) -> str:
        return f"The decision {short_id(self.target)} was rescinded."


class SupersedingDetermined(Occurrence, frozen=True, kw_only=True, tag="SupersedingDetermined"):
    """A ruling which of several decisions replaces the one that they all claim to replace.

    `target` is the decision that was claimed, `heir` the one that takes its place; without an heir
    none does.
    """

    target: OccurrenceId
    heir: OptionalId = ""
    number: OptionalCrew = ""

    def words(self) -> str:
        if not self.heir:
            return f"It was ruled that the decision {short_id(self.target)} was never superseded."
        return (
            f"It was ruled that {short_id(self.heir)} supersedes the decision "
            f"{short_id(self.target)}."
        )


class SuspensionActivated(Occurrence, frozen=True, kw_only=True, tag="SuspensionActivated"):
    """The condition of a suspended sanction came about: it has its effect from now on.

    A `stage` says from which stage on, where the decision does not; `decision` is the one that
    found it.
    """

    target: OccurrenceId
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    decision: OptionalId = ""

    def words(self) -> str:
        return f"The suspended sanction of {short_id(self.target)} was activated{on(self.stage)}."


class SuspensionLapsed(Occurrence, frozen=True, kw_only=True, tag="SuspensionLapsed"):
    """The time of a suspended sanction is over: it can no more be activated."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"The suspended sanction of {short_id(self.target)} lapsed."


PartyKind = Literal["", "competitor", "federation", "fia", "organiser", "official"]
"""Who lodges something: a competitor, unless it is said; its name is the `competitor`."""
Means = Literal["", "hand", "electronic", "post", "hearing", "oral"]
PARTIES: dict[str, str] = {
    "": "a competitor",
    "competitor": "a competitor",
    "federation": "a federation",
    "fia": "the FIA",
    "organiser": "the organiser",
    "official": "an official concerned",
}
MEANS: dict[str, str] = {
    "": "",
    "hand": "by hand",
    "electronic": "electronically",
    "post": "by post",
    "hearing": "at the hearing",
    "oral": "by word of mouth",
}


class HandedIn(Occurrence, frozen=True, kw_only=True):
    """What is handed in: with which office and which person of it, by which means."""

    lodged_with: OptionalCode = ""
    received_by: Text = ""
    means: Means = ""

    @property
    def where(self) -> str:
        """With whom and how it was lodged: ", with the secretary, electronically"."""
        office = f"with the {self.lodged_with.replace('-', ' ')}" if self.lodged_with else ""
        return "".join(f", {each}" for each in (office, MEANS[self.means]) if each)


class Lodged(HandedIn, frozen=True, kw_only=True):
    """What a party hands in; `party` says of which kind it is, where it is no competitor."""

    number: OptionalCrew = ""
    competitor: Text = ""
    party: PartyKind = ""

    @property
    def who(self) -> str:
        """Who lodges it, at the beginning of a sentence."""
        named = f"Crew {self.number}" if self.number else self.competitor
        kind = PARTIES[self.party]
        if named and self.party not in ("", "competitor"):
            return named if self.party == "fia" else f"{named} ({kind.partition(' ')[2]})"
        return named or f"{kind[0].upper()}{kind[1:]}"


class ProtestLodged(Lodged, frozen=True, kw_only=True, tag="ProtestLodged"):
    """A competitor protests: against a classification, a decision of the clerk, or another crew.

    `target` is the publication or the record that it is directed against, `against` the crew.
    """

    target: OptionalId = ""
    against: OptionalCrew = ""
    stage: OptionalCode = ""
    grounds: Text = ""
    fee_paid: bool = False
    document: OptionalCode = ""

    def tags(self) -> list[str]:
        """It is also about the crew that it is directed against."""
        against = [f"crew:{self.against}"] if self.against else []
        return _unique(*super().tags(), *against)

    def words(self) -> str:
        what = f" against crew {self.against}" if self.against else ""
        if self.target:
            what += f" against {short_id(self.target)}"
        grounds = f": {self.grounds.rstrip('.')}" if self.grounds else ""
        return f"{self.who} lodged a protest{what}{on(self.stage)}{self.where}{grounds}."


class ProtestDecided(Occurrence, frozen=True, kw_only=True, tag="ProtestDecided"):
    """A step of a protest: it was admitted to a hearing, or ended by one of three outcomes."""

    target: OccurrenceId
    number: OptionalCrew = ""
    outcome: Literal["admitted", "inadmissible", "upheld", "rejected"]
    decision: OptionalId = ""
    document: OptionalCode = ""

    def words(self) -> str:
        is_what = {"inadmissible": "found inadmissible"}.get(self.outcome, self.outcome)
        return f"The protest {short_id(self.target)} was {is_what}."


class ProtestWithdrawn(Occurrence, frozen=True, kw_only=True, tag="ProtestWithdrawn"):
    """Who protested withdrew the protest; it is closed."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"The protest {short_id(self.target)} was withdrawn."


class ReviewPetitioned(Lodged, frozen=True, kw_only=True, tag="ReviewPetitioned"):
    """A petition that the stewards review a decision, because of an element that is new."""

    target: OccurrenceId
    new_element: Text = ""
    deposit_paid: bool = False
    document: OptionalCode = ""

    def words(self) -> str:
        named = self.number or self.competitor or self.party
        who = self.who if named else "A party"
        new = f": {self.new_element.rstrip('.')}" if self.new_element else ""
        return f"{who} petitioned for a review of {short_id(self.target)}{self.where}{new}."


class ReviewDecided(Occurrence, frozen=True, kw_only=True, tag="ReviewDecided"):
    """One of the two steps of a review.

    The petition is admitted or rejected; once it is admitted, the decision stays unaltered or is
    taken anew (`decision` names the new one, which supersedes the other).
    """

    target: OccurrenceId
    number: OptionalCrew = ""
    outcome: Literal["admitted", "rejected", "unaltered", "redecided"]
    decision: OptionalId = ""
    document: OptionalCode = ""

    def words(self) -> str:
        said = {
            "admitted": "was admitted",
            "rejected": "was rejected",
            "unaltered": "left the decision as it is",
            "redecided": "led to a new decision",
        }
        return f"The petition for review {short_id(self.target)} {said[self.outcome]}."


class AppealIntentionNotified(Lodged, frozen=True, kw_only=True, tag="AppealIntentionNotified"):
    """A party announced an appeal against a decision; it has to be confirmed."""

    target: OccurrenceId
    fee_paid: bool = False

    def words(self) -> str:
        return f"{self.who} gave notice of an appeal against {short_id(self.target)}{self.where}."


class AppealConfirmed(HandedIn, frozen=True, kw_only=True, tag="AppealConfirmed"):
    """An announced appeal was confirmed to the court."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"The appeal {short_id(self.target)} was confirmed{self.where}."


class AppealLapsed(Occurrence, frozen=True, kw_only=True, tag="AppealLapsed"):
    """An announced appeal was not confirmed in time: it was found to have lapsed."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"The appeal {short_id(self.target)} lapsed."


class AppealWithdrawn(Occurrence, frozen=True, kw_only=True, tag="AppealWithdrawn"):
    """Who appealed withdrew the appeal."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"The appeal {short_id(self.target)} was withdrawn."


class DeadlineExtended(Occurrence, frozen=True, kw_only=True, tag="DeadlineExtended"):
    """Somebody who may extends a time: of what, until when; the envelope's `reason` says why.

    `target` is the decision or the classification that may be contested so much longer, or the
    appeal that has to be confirmed; `deadline` says which of its times is meant.
    """

    target: OccurrenceId
    deadline: Literal["appeal", "review", "protest", "confirmation"]
    until_at: Instant
    number: OptionalCrew = ""

    def words(self) -> str:
        what = {
            "appeal": f"to announce an appeal against {short_id(self.target)}",
            "review": f"to petition for a review of {short_id(self.target)}",
            "protest": f"to protest against {short_id(self.target)}",
            "confirmation": f"to confirm the appeal {short_id(self.target)}",
        }[self.deadline]
        return f"The time {what} was extended until {self.until_at.spelled()}."


class CompetitionEnded(Occurrence, frozen=True, kw_only=True, tag="CompetitionEnded"):
    """The competition is over, as its code defines that: times run from here, and effects change.

    Of several the last counts.
    """

    def words(self) -> str:
        return "The competition ended."


class PrizeGivingSet(Occurrence, frozen=True, kw_only=True, tag="PrizeGivingSet"):
    """When the prizes are given: of the rally, or of the championship that it counts towards."""

    prizes_at: Instant

    def words(self) -> str:
        return f"The prizes are given on {self.prizes_at.spelled()}."


class ExecutionSuspended(Occurrence, frozen=True, kw_only=True, tag="ExecutionSuspended"):
    """It was ordered that a decision is not carried out for the time being."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"The execution of {short_id(self.target)} was suspended."


class ExecutionResumed(Occurrence, frozen=True, kw_only=True, tag="ExecutionResumed"):
    """A decision is carried out again, whatever suspended it before."""

    target: OccurrenceId
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"The execution of {short_id(self.target)} was resumed."


class CourtDecisionIssued(Occurrence, frozen=True, kw_only=True, tag="CourtDecisionIssued"):
    """A court of appeal decided about a decision, or about that of a court below.

    `quashed`: it counts as never taken. `varied`: it is replaced from the beginning by these
    effects. `upheld`, `inadmissible` and `no-jurisdiction` end the appeal and leave it as it is.
    `appeal` names the announced appeal that it ends; without, every appeal against its target.
    `decided_at` is when it was given.
    """

    target: OccurrenceId
    appeal: OptionalId = ""
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    court: Text = ""
    case: Text = ""
    outcome: Outcome
    decided_at: Instant | None = None
    ruling: Text = ""
    effects: tuple[Effect, ...] = ()
    signed_by: tuple[Text, ...] = ()
    document: OptionalCode = ""

    def tags(self) -> list[str]:
        """It is found by what it decides about, and by whom it concerns."""
        also = [f"ref:{self.appeal}"] if self.appeal else []
        return _unique(*super().tags(), *also, *_tags_of(self.effects))

    @property
    def name(self) -> str:
        """How it is named where it is referred to: "court-3/2016"."""
        return f"{COURT}-{self.case}" if self.case else COURT

    @property
    def title(self) -> str:
        """The court and its case: "Court of appeal, case 3/2016"."""
        return f"{self.court or 'The court'}{f', case {self.case}' if self.case else ''}"

    def words(self) -> str:
        said = {
            "inadmissible": "the appeal is inadmissible",
            "no-jurisdiction": "the court has no jurisdiction",
        }.get(self.outcome, f"the decision {short_id(self.target)} is {self.outcome}")
        ruling = f": {self.ruling.rstrip('.')}" if self.ruling else ""
        return f"{self.title}: {said}{ruling}."


class ExhibitBound(Occurrence, frozen=True, kw_only=True, tag="ExhibitBound"):
    """An exhibit belongs to a record: a photo of a time card, a read-out, a recording.

    The log holds its digest, the exhibit itself lies outside. It may be for some parties only:
    offices, or crews by their numbers.
    """

    nature = "report"
    target: OccurrenceId
    digest: Digest
    title: Text
    file: Text = ""
    media: OptionalCode = ""
    size: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] | None = None
    restricted_to: tuple[Code, ...] = ()
    number: OptionalCrew = ""

    def words(self) -> str:
        whom = f" (for {', '.join(self.restricted_to)} only)" if self.restricted_to else ""
        title = self.title.rstrip(".")
        return f"An exhibit was bound to record {short_id(self.target)}: {title}{whom}."

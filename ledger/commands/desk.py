"""The stewards' desk: a decision gets the next number of its series, and acts are about something.

Only what no official could mean is refused: a decision that supersedes what is superseded
already, an effect that can't take place, an appeal against nothing. What comes late is put on
record; whether it was in time follows from the rulebook.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from eventsourcing.dcb.domain import Selector

from ledger.amendments import settle
from ledger.authority import must_hold_office
from ledger.commands.known import (
    AMENDMENTS,
    Known,
    bearing_on,
    must_refer_to_what_exists,
    of_office,
)
from ledger.effects import act_of
from ledger.errors import Refused, Unreadable
from ledger.log import Act, selector
from ledger.vocabulary import (
    ABOUT,
    AppealConfirmed,
    AppealLapsed,
    AppealWithdrawn,
    CourtDecisionIssued,
    DecisionAcknowledged,
    DecisionIssued,
    DecisionRescinded,
    Occurrence,
    ProtestWithdrawn,
    RallyConstituted,
    canonical,
    decode,
    short_id,
)

ONCE = (DecisionAcknowledged, AppealConfirmed, AppealLapsed, AppealWithdrawn, ProtestWithdrawn)
"""What is said of a thing once only."""
ENDS_PROTEST = ("inadmissible", "upheld", "rejected")


def about_boundary(said: Occurrence) -> list[Selector]:
    """The part of the log that an act of the desk rests on: what it is about, what amends that."""
    if (kinds := ABOUT.get(type(said))) is None:
        return []
    target = f"ref:{getattr(said, 'target', '')}"
    return [selector(kinds), selector([*AMENDMENTS, DecisionRescinded, type(said)], target)]


def must_be_about_something(said: Occurrence, known: Known) -> None:
    """Refuse an act of the desk about what is not there, or what was said of it before.

    Raises:
        Refused: with what it can be about.
    """
    if (kinds := ABOUT.get(type(said))) is None:
        return
    target = str(getattr(said, "target", ""))
    standing = {each.id: each.value for each in settle(known.all).standing}
    if not isinstance(standing.get(target), kinds):
        names = [kind.type_name() for kind in kinds]
        raise Refused(
            f"{short_id(target)} is no {' or '.join(names)} that stands.",
            hint=f"`rally log --type {names[0]}` lists them.",
        )
    if isinstance(said, ONCE):
        for identity, other in standing.items():
            if type(other) is type(said) and getattr(other, "target", "") == target:
                raise Refused(f"{short_id(identity)} says so already. {other.words()}")
    if isinstance(said, CourtDecisionIssued):
        effects_must_take_place(said)
        _must_fit_the_outcome(said)


def _must_fit_the_outcome(said: CourtDecisionIssued) -> None:
    if said.outcome == "varied" and not said.effects:
        raise Refused(
            "A decision that is varied needs what is put in its place.",
            hint="Give --effect, as often as needed; or quash it.",
        )
    if said.outcome != "varied" and said.effects:
        raise Refused(
            f"A court that finds {said.outcome!r} puts no effects in the place of the decision.",
            hint="Use varied, or leave the effects out.",
        )


def effects_must_take_place(said: DecisionIssued | CourtDecisionIssued) -> None:
    """Refuse effects that can't take place: no such act, or fields that it can't have.

    Raises:
        Refused: with the act and the field.
    """
    for each in said.effects:
        try:
            act_of(each, said, said)
        except Unreadable as error:
            raise Refused(error.message, hint=error.hint) from None


class IssueDecision(Act):
    """Issue a decision under the next number of its series.

    The boundary is every decision that was ever issued, so that two who decide at once never get
    the same number and no number is left out; and what the decision and its effects refer to. A
    `number` is one that its sheet bears already: it has to be the next.
    """

    def __init__(self, said: DecisionIssued, number: int | None = None) -> None:
        self.said = said
        self.number = number
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """The rally, the office, the decisions, and what this one refers to."""
        parts = [
            selector([RallyConstituted]),
            selector([DecisionIssued]),
            of_office(self.said.role),
        ]
        parts += [part for each in (self.said, *self._acts()) for part in bearing_on(each)]
        if self.said.supersedes:
            amending = [*AMENDMENTS, DecisionRescinded, CourtDecisionIssued]
            parts.append(selector(amending, f"ref:{self.said.supersedes}"))
        return parts

    def learn(self, occurrence: Occurrence) -> None:
        """Take in what bears on the act."""
        self.known.learn(occurrence)

    def execute(self) -> None:
        """Refuse what can't be decided; else issue it under its number."""
        said, known = self.said, self.known
        known.must_be_constituted(said.rally)
        must_hold_office(said, known.holders(said.role))
        effects_must_take_place(said)
        for each in (said, *self._acts()):
            must_refer_to_what_exists(each, known)
        if said.supersedes:
            self._must_supersede_once()
        number = next_decision(said.series, list(known.all.values()))
        if self.number not in (None, number):
            raise Refused(
                f"The next decision of the series {said.series} has the number {number}.",
                hint="Leave the number out: it is given when the decision is issued.",
            )
        self.decide(decode(canonical(msgspec.structs.replace(said, decision=number))))

    def _acts(self) -> list[Occurrence]:
        """What its effects bring about, as far as they can."""
        found = []
        for each in self.said.effects:
            try:
                act = act_of(each, self.said, self.said)
            except Unreadable:
                continue  # refused when it is executed
            if act is not None:
                found.append(act)
        return found

    def _must_supersede_once(self) -> None:
        """Refuse to supersede what is no decision, or is superseded already.

        Raises:
            Refused: with the decision that supersedes it.
        """
        target = self.said.supersedes
        rescinded = {each.target for each in self.known.standing(DecisionRescinded)}
        standing = {
            each.id: each.value
            for each in settle(self.known.all).standing
            if isinstance(each.value, DecisionIssued) and each.id not in rescinded
        }
        if target not in standing:
            raise Refused(
                f"{short_id(target)} is no decision that stands.",
                hint="`rally decisions` lists them.",
            )
        for court in self.known.standing(CourtDecisionIssued):
            if court.target == target and court.outcome in ("quashed", "varied"):
                raise Refused(
                    f"{standing[target].title} was {court.outcome} by a court.",
                    hint="Decide without superseding it.",
                )
        for each in standing.values():
            if each.supersedes == target:
                raise Refused(
                    f"{standing[target].title} is superseded already, by {each.title}.",
                    hint="Supersede that one instead.",
                )


def next_decision(series: str, held: Sequence[Occurrence]) -> int:
    """The next number of a series: one more than the highest ever given, void ones included."""
    given = (
        each.decision for each in held if isinstance(each, DecisionIssued) and each.series == series
    )
    return max(given, default=0) + 1

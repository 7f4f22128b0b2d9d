"""The stewards' desk: a decision gets the next number of its series, and acts are about something.

What is no such thing as it claims, and effects that can't take place, are refused here; what the
register already rules out is refused by the judge. What comes late is put on record; whether it was
in time follows from the rulebook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from eventsourcing.dcb.domain import Selector

from ledger.commands.judge import Judge, boundary_of
from ledger.commands.known import Known, must_refer_to_what_exists
from ledger.commands.numbering import decision_must_be_free, next_decision
from ledger.commands.sense import must_make_sense
from ledger.effects import act_of
from ledger.errors import Refused, Unreadable
from ledger.log import Act
from ledger.vocabulary import (
    ABOUT,
    TAKES_BACK,
    AppealIntentionNotified,
    CourtDecisionIssued,
    DecisionAcknowledged,
    DecisionIssued,
    Occurrence,
    ProtestLodged,
    ReviewPetitioned,
    canonical,
    decode,
    short_id,
)
from ledger.vocabulary.judicial import DecisionNumber

Decided = DecisionIssued | CourtDecisionIssued


_PARTIES = (ReviewPetitioned, AppealIntentionNotified)
"""What a party lodges: as a rule the crew that a decision is about, but anybody concerned may."""


def shared_with(
    kind: type[Occurrence], about: Occurrence, given: Mapping[str, Any], team: str
) -> dict[str, str]:
    """The crew and the stage of what an act is about, which are its own where it names no others.

    Whoever lodges something stays who lodges it: a petition of the federation is not the crew's,
    nor is a protest by another competitor. `team` is that of the crew.
    """
    shared = ({"number", "stage"} & {*kind.__struct_fields__}) - given.keys()
    party = given.get("competitor", "")
    of_crew = party in ("", team, getattr(about, "competitor", ""))
    of_crew = of_crew and given.get("party", "") in ("", "competitor")
    if kind is ProtestLodged or (kind in _PARTIES and not of_crew):
        shared -= {"number"}
    return {name: getattr(about, name, "") for name in shared}


def must_be_about_something(said: Occurrence, known: Known) -> None:
    """Refuse an act of the desk about what is not there.

    Raises:
        Refused: with what it can be about.
    """
    if (kinds := ABOUT.get(type(said))) is None:
        return
    target = str(getattr(said, "target", ""))
    known.must_stand(target, kinds)
    if isinstance(said, DecisionAcknowledged):
        for identity, other in known.counting.items():
            if isinstance(other, DecisionAcknowledged) and other.target == target:
                raise Refused(f"{short_id(identity)} says so already. {other.words()}")
    if isinstance(said, CourtDecisionIssued):
        effects_must_take_place(said, known)
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


def effects_must_take_place(said: Decided, known: Known) -> None:
    """Refuse effects that can't take place: no such act, fields that it can't have, nothing there.

    What would say nothing if it were recorded alone says nothing as an effect.

    Raises:
        Refused: with the act and the field.
    """
    for each in said.effects:
        try:
            act = act_of(each, said, said)
        except Unreadable as error:
            raise Refused(error.message, hint=error.hint) from None
        if act is not None:
            must_make_sense(act, known)
            must_refer_to_what_exists(act, known)
            if type(act) in TAKES_BACK:
                known.must_stand(getattr(act, "target", ""), TAKES_BACK[type(act)])


def acts_by(said: Occurrence) -> Iterator[Occurrence]:
    """What the effects of a decision bring about, as far as they can."""
    for each in said.effects if isinstance(said, Decided) else ():
        try:
            act = act_of(each, said, said)
        except Unreadable:
            continue  # refused when it is executed
        if act is not None:
            yield act


class IssueDecision(Act):
    """Issue a decision under the next number of its series.

    The boundary holds every decision that was ever issued, so that two who decide at once never get
    the same number and no number is left out; and what the decision and its effects refer to. A
    `number` is one that its sheet bears already: a plain one has to be the next; any other, as
    12.4, stands outside the sequence, and no other decision of the series has it.
    """

    def __init__(
        self, said: DecisionIssued, judge: Judge, number: DecisionNumber | None = None
    ) -> None:
        self.said = said
        self.judge = judge
        self.number = number
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """The desk, the office, and what this one and its effects refer to."""
        return boundary_of((self.said, *acts_by(self.said)))

    def learn(self, identity: str, said: Occurrence) -> None:
        """Take in what bears on the act."""
        self.known.learn(identity, said)

    def execute(self) -> None:
        """Refuse what can't be decided; else issue it under its number."""
        said, known = self.said, self.known
        known.must_be_constituted(said.rally)
        known.powers.must_hold(said, self.site, key=self.signs_with)
        must_refer_to_what_exists(said, known)
        effects_must_take_place(said, known)
        number: DecisionNumber = next_decision(said.series, known)
        if isinstance(self.number, str):
            number = self.number
            decision_must_be_free(said.series, number, known)
        elif self.number not in (None, number):
            raise Refused(
                f"The next decision of the series {said.series} has the number {number}.",
                hint="Leave the number out: it is given when the decision is issued. What its "
                f"sheet bears outside the sequence is a text, as {self.number}/2022.",
            )
        issued = decode(canonical(msgspec.structs.replace(said, decision=number)))
        self.judge(known.all, issued)
        self.decide(issued)

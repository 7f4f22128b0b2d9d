"""Steps of a case: what follows a decision, what is lodged against it, what is found on that."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from cli.office.asking import (
    HANDED,
    AboutStage,
    ADecision,
    FeePaid,
    Handing,
    OnCondition,
    OnTheBoard,
    Suspended,
    Text,
    UntilThen,
    WhichParty,
    Word,
)
from cli.office.desk import Desk, Lodged, Outcome
from cli.office.drafting import suspending, typed_effects
from cli.office.naming import posted_named, record_named
from ledger.errors import Usage
from ledger.vocabulary import (
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    ClassificationPublished,
    CourtDecisionIssued,
    DeadlineExtended,
    DecisionAcknowledged,
    DecisionNotified,
    DecisionRescinded,
    DocumentDrawnUp,
    ExecutionResumed,
    ExecutionSuspended,
    FinePaid,
    FineReturned,
    Occurrence,
    ProtestDecided,
    ProtestLodged,
    ProtestWithdrawn,
    ReviewDecided,
    ReviewPetitioned,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
)
from ledger.vocabulary.judicial import Outcome as Ruled
from projections.desk.fines import fined_in

How = Literal["hearing", "hand", "electronic", "notice-board"]
Protest = Annotated[str, Word("The protest.", "PROTEST", subject=True)]
Appeal = Annotated[str, Word("The appeal.", "APPEAL-OR-DECISION", subject=True)]

# -- what follows a decision -----------------------------------------------------------------------


def notify(
    desk: Desk,
    decision: ADecision,
    how: Annotated[How, Word("How it was made known.")] = "hand",
    to: Annotated[str, Word("Whom it was given to.")] = "",
) -> Outcome:
    """A decision was made known to whom it concerns: the times for an appeal run from here."""
    return desk.record(DecisionNotified, desk.decision(decision), how=how, to=to)


def acknowledge(desk: Desk, decision: ADecision) -> Outcome:
    """Whom a decision concerns confirmed to have received it."""
    return desk.record(DecisionAcknowledged, desk.decision(decision))


def rescind(desk: Desk, decision: ADecision) -> Outcome:
    """Take a decision back: it counts as never taken, and stays in the register."""
    return desk.record(DecisionRescinded, desk.decision(decision))


def activate(
    desk: Desk,
    decision: ADecision,
    stage: AboutStage = "",
    by_decision: Annotated[Text, Word("The decision that found the breach.", "DECISION")] = None,
) -> Outcome:
    """The condition of a suspended sanction came about: it has its effect from now on."""
    found = desk.decision(by_decision).id if by_decision else ""
    return desk.record(SuspensionActivated, desk.decision(decision), stage=stage, decision=found)


def lapse_condition(desk: Desk, decision: ADecision) -> Outcome:
    """The time of a suspended sanction is over: it can no more be activated."""
    return desk.record(SuspensionLapsed, desk.decision(decision))


def fine_paid(
    desk: Desk,
    decision: ADecision,
    amount: Annotated[int, Word("How much was received.", least=1, subject=True)],
    currency: Annotated[str, Word("In which currency (default: that of the fine).")] = "",
    received_by: Annotated[str, Word("Who took the money.")] = "",
) -> Outcome:
    """A fine was paid, or a part of it. --at says when."""
    about = desk.decision(decision)
    of = _currency(desk, about.id, currency)
    return desk.record(FinePaid, about, amount=amount, currency=of, received_by=received_by)


def fine_returned(
    desk: Desk,
    decision: ADecision,
    amount: Annotated[int, Word("How much was given back.", least=1, subject=True)],
    currency: Annotated[str, Word("In which currency (default: that of the fine).")] = "",
    to: Annotated[str, Word("Who has the money.")] = "",
) -> Outcome:
    """What was paid for a fine that is owed no more was given back. --at says when."""
    about = desk.decision(decision)
    of = _currency(desk, about.id, currency)
    return desk.record(FineReturned, about, amount=amount, currency=of, to=to)


def _currency(desk: Desk, decision: str, said: str) -> str:
    """The currency that is said, else the only one in which a decision fines."""
    known = fined_in(desk.facts.rulings.all[decision])
    return said or (known.pop() if len(known) == 1 else "")


def succession(
    desk: Desk,
    decision: ADecision,
    heir: Annotated[Text, Word("The one that supersedes it.", "[HEIR]", subject=True)] = None,
) -> Outcome:
    """Rule which of several decisions supersedes one that they all claim to supersede.

    Without an heir none does, and the decision stands.
    """
    chosen = desk.decision(heir).id if heir else ""
    return desk.record(SupersedingDetermined, desk.decision(decision), heir=chosen)


def suspend(desk: Desk, decision: ADecision) -> Outcome:
    """It is ordered that the decision is not carried out for now."""
    return desk.record(ExecutionSuspended, desk.decision(decision))


def resume(desk: Desk, decision: ADecision) -> Outcome:
    """The decision is carried out again, whatever suspended it."""
    return desk.record(ExecutionResumed, desk.decision(decision))


# -- protests, reviews, appeals --------------------------------------------------------------------


def protest(
    desk: Desk,
    *,
    number: Annotated[str, Word("The crew that protests.", of="number")] = "",
    competitor: Annotated[str, Word("Who protests (default: the crew's team).")] = "",
    document: Annotated[Text, Word("The classification it is against.", "NUMBER")] = None,
    decision: Annotated[Text, Word("The decision of the clerk it is against.", "DECISION")] = None,
    record: Annotated[Text, Word("Any other record it is against.", "POSITION-OR-ID")] = None,
    against: Annotated[str, Word("The crew it is against.", "NUMBER", of="number")] = "",
    stage: AboutStage = "",
    grounds: Annotated[str, Word("On what it rests.")],
    fee_paid: FeePaid = False,
    party: WhichParty = None,
    handed: Handing = HANDED,
) -> Outcome:
    """A competitor protests, against one thing. --at says when it was handed in."""
    named = [each for each in (document, decision, record) if each]
    if len(named) > 1:
        raise Usage(
            "A protest is against one thing.", hint="Give one of --document, --decision, --record."
        )
    target = ""
    if document:
        target = _posted(desk, document)
    elif decision:
        target = desk.decision(decision).id
    elif record:
        target = record_named(desk.log, record).id
    return desk.record(
        ProtestLodged,
        number=number,
        competitor=competitor or desk.team(number),
        target=target,
        against=against,
        stage=stage,
        grounds=grounds,
        fee_paid=fee_paid,
        party=party or "",
        **handed.fields(),
    )


def _posted(desk: Desk, document: str) -> str:
    """The id of the classification that was posted under a number.

    Raises:
        NotFound: there is none.
    """
    kinds = (ClassificationPublished,)
    return posted_named(desk.log, document, kinds, desk.position, desk.facts.by_id)[0].id


def petition(
    desk: Desk,
    decision: ADecision,
    *,
    number: Annotated[str, Word("The crew that petitions.", of="number")] = "",
    competitor: Annotated[str, Word("Who petitions.")] = "",
    new_element: Annotated[str, Word("The element that is new.", name="new")],
    deposit_paid: Annotated[bool, Word("The deposit was paid.")] = False,
    party: WhichParty = None,
    handed: Handing = HANDED,
) -> Outcome:
    """A party asks for a review, because of an element that is new. --at says when."""
    return desk.record(
        ReviewPetitioned,
        desk.decision(decision),
        competitor=competitor,
        new_element=new_element,
        deposit_paid=deposit_paid,
        party=party or "",
        **({"number": number} if number else {}),
        **handed.fields(),
    )


def announce(
    desk: Desk,
    decision: ADecision,
    number: Annotated[str, Word("The crew that appeals.", of="number")] = "",
    competitor: Annotated[str, Word("Who appeals.")] = "",
    fee_paid: FeePaid = False,
    party: WhichParty = None,
    handed: Handing = HANDED,
) -> Outcome:
    """A party gives notice of an appeal."""
    return desk.record(
        AppealIntentionNotified,
        desk.decision(decision),
        competitor=competitor,
        fee_paid=fee_paid,
        party=party or "",
        **({"number": number} if number else {}),
        **handed.fields(),
    )


def extend(
    desk: Desk,
    about: Annotated[
        str, Word("The decision, doc:NUMBER, or the appeal.", "DECISION", subject=True)
    ],
    deadline: Annotated[
        Literal["appeal", "review", "protest", "confirmation"],
        Word("Which of its times.", subject=True),
    ],
    *,
    until: Annotated[str, Word("Until when.", "TIME")],
) -> Outcome:
    """A time is extended: it has effect where the rules let the office extend it, so far."""
    label, _, number = about.strip().partition(":")
    if deadline == "confirmation":
        record = desk.lodged(about, AppealIntentionNotified)
    elif label.lower() == "doc":
        record = desk.log.find(_posted(desk, number))
    else:
        record = desk.decision(about)
    return desk.record(DeadlineExtended, record, deadline=deadline, until_at=desk.instant(until))


def found_on(
    desk: Desk,
    reference: str,
    lodged: type[Lodged],
    kind: type[Occurrence],
    outcome: str,
    decision: str | None = None,
    document: str = "",
) -> Outcome:
    """What was found on a protest or a petition; `decision` is the one that was taken on it."""
    about = desk.lodged(reference, lodged)
    taken = desk.decision(decision).id if decision else ""
    return desk.record(kind, about, outcome=outcome, decision=taken, document=document)


def decide_protest(
    desk: Desk,
    protest: Protest,
    outcome: str,
    decision: Annotated[Text, Word("The decision that was taken on it.", "DECISION")] = None,
    document: OnTheBoard = "",
) -> Outcome:
    """A step of a protest: admitted, or found inadmissible, upheld or rejected."""
    return found_on(desk, protest, ProtestLodged, ProtestDecided, outcome, decision, document)


def decide_review(
    desk: Desk,
    petition: Annotated[str, Word("The petition.", "PETITION-OR-DECISION", subject=True)],
    outcome: str,
    decision: Annotated[Text, Word("The decision that was taken anew.", "DECISION")] = None,
    document: OnTheBoard = "",
) -> Outcome:
    """A step of a review: admitted or rejected, then unaltered or redecided."""
    return found_on(desk, petition, ReviewPetitioned, ReviewDecided, outcome, decision, document)


def withdraw_protest(desk: Desk, protest: Protest) -> Outcome:
    """Who protested withdrew the protest."""
    return desk.record(ProtestWithdrawn, desk.lodged(protest, ProtestLodged))


def confirm(desk: Desk, appeal: Appeal, handed: Handing = HANDED) -> Outcome:
    """The appeal was confirmed to the court."""
    about = desk.lodged(appeal, AppealIntentionNotified)
    return desk.record(AppealConfirmed, about, **handed.fields())


def lapse(desk: Desk, appeal: Appeal) -> Outcome:
    """The appeal is found to have lapsed: it was not confirmed in time, or was inadmissible."""
    return desk.record(AppealLapsed, desk.lodged(appeal, AppealIntentionNotified))


def withdraw_appeal(desk: Desk, appeal: Appeal) -> Outcome:
    """Who appealed withdrew the appeal."""
    return desk.record(AppealWithdrawn, desk.lodged(appeal, AppealIntentionNotified))


def court(
    desk: Desk,
    decision: ADecision,
    outcome: Annotated[Ruled, Word("What it decided.", subject=True)],
    court: Annotated[str, Word("Which court.")] = "",
    case: Annotated[str, Word("Its case.", "NUMBER")] = "",
    ruling: Annotated[str, Word("The decision in words.")] = "",
    effects: Annotated[
        tuple[str, ...],
        Word(
            "What is put in the place of the decision, where it is varied. Repeatable.",
            "EFFECT",
            name="effect",
        ),
    ] = (),
    suspended: Suspended = "",
    on_condition: OnCondition = (),
    until: UntilThen = None,
    appeal: Annotated[
        Text, Word("The appeal that it ends (default: all of them).", "APPEAL")
    ] = None,
    decided_at: Annotated[Text, Word("When it was given.", "TIME")] = None,
    signed_by: Annotated[tuple[str, ...], Word("A judge who signs. Repeatable.")] = (),
    document: OnTheBoard = "",
) -> Outcome:
    """What a court decided about a decision, or about that of a court below."""
    fields: dict[str, Any] = {
        "outcome": outcome,
        "court": court,
        "case": case,
        "ruling": ruling,
        "signed_by": signed_by,
        "document": document,
        "effects": suspending(
            desk, typed_effects(desk, effects), typed_effects(desk, on_condition), suspended, until
        ),
    }
    about = desk.decision(decision)
    if appeal:
        fields["appeal"] = desk.lodged(appeal, AppealIntentionNotified).id
    if (given := desk.instant(decided_at) or desk.signature.at) is not None:
        fields["decided_at"] = given
    return desk.record(CourtDecisionIssued, about, **fields)


# -- papers ----------------------------------------------------------------------------------------


def draw_up_decision(desk: Desk, decision: ADecision) -> Outcome:
    """Draw up the sheet of a decision."""
    about = desk.decision(decision)
    title = getattr(about.occurrence(), "title", "Decision")
    return desk.record(DocumentDrawnUp, subject="decision", title=title, about=about.id)

"""Matters: what waits for the stewards or a court, with its deadlines and where it stands.

Protests, petitions for review and appeals, and the reports and summonses that were brought before
the stewards. What came late is on record like the rest; whether it was in time follows from the
instants on record and the rulebook in force when the time began to run. What is directed against a
decision that counts as never taken is moot: it ends with its decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from ledger.grouping import grouped
from ledger.vocabulary import (
    AppealConfirmed,
    AppealLapsed,
    AppealWithdrawn,
    ClassificationPublished,
    CourtDecisionIssued,
    DecisionIssued,
    PenaltyGiven,
    ProtestDecided,
    ProtestLodged,
    ProtestWithdrawn,
    ReportFiled,
    ReviewDecided,
    ReviewPetitioned,
    SanctionDeclined,
    SummonsIssued,
)
from projections.rules.procedure import (
    AGAINST_DECISION,
    CLERK,
    CONFIRM,
    NATIONAL,
    PROTEST_WITH,
    REVIEW,
    REVIEW_WITH,
    SUSPENDS,
    TO,
    lacking,
)
from projections.state.appeals import Appeal
from projections.state.deadlines import Running, Times, instant_of
from projections.state.facts import Facts
from projections.state.lodging import RIGHT, Lodging, lodging
from projections.state.recorded import Fact
from projections.state.rulings import GONE, UNDONE

Kind = Literal["protest", "review", "appeal", "report", "summons"]
ANNOUNCED, CONFIRMED, ADMITTED = "announced", "confirmed", "admitted"
LODGED, WITHDRAWN, LAPSED = "lodged", "withdrawn", "lapsed"
UNDECIDED, DECIDED, MOOT = "undecided", "decided", "moot"


class Matter(NamedTuple):
    """Something that waits for the stewards or a court, or did.

    `about` is the decision or publication that it is directed against, where one is named. `time`
    is that in which it had to be lodged, `to_confirm` that in which it has to be confirmed; None
    where there is none. `step` is where it stands, `outcome` how it ended; `remark` is what is to
    be said of where it was lodged, or of rules that lack, though it is admissible.
    """

    kind: Kind
    fact: Fact[Any]
    about: Fact[Any] | None
    time: Running | None
    admissible: bool
    why_not: str
    suspensive: bool
    step: str
    to_confirm: Running | None
    confirmed: Fact[AppealConfirmed] | None
    ended: Fact[Any] | None
    outcome: str
    remark: str = ""

    @property
    def due(self) -> int | None:
        """Until when it had to be lodged (UTC ms); None where no time runs."""
        return self.time.until if self.time else None

    @property
    def confirm_by(self) -> int | None:
        """Until when it has to be confirmed (UTC ms); None where no time runs."""
        return self.to_confirm.until if self.to_confirm else None

    @property
    def waits_for_confirmation(self) -> bool:
        """Whether it is announced only; what the rules let be lodged at once never does."""
        needed = self.to_confirm is not None and self.to_confirm.time.needed
        return needed and self.confirmed is None

    @property
    def before(self) -> str:
        """Who hears an appeal."""
        of_clerk = self.time is not None and self.time.time.parameter == TO[CLERK]
        return "the stewards" if of_clerk else "the court"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for something."""
        return self.ended is None

    @property
    def confirmed_in_time(self) -> bool | None:
        """Whether an appeal was confirmed in time.

        None while it is not confirmed, and where no rule says until when.
        """
        if self.confirmed is None or self.confirm_by is None:
            return None
        return instant_of(self.confirmed) <= self.confirm_by


def matters(facts: Facts) -> list[Matter]:
    """Everything that was lodged, in the order of the facts."""
    lodged = [*_protests(facts), *_reviews(facts), *_appeals(facts)]
    known = (_unless_not_known(_unless_moot(facts, each)) for each in lodged)
    found = [*known, *_brought(facts)]
    return sorted(found, key=lambda each: each.fact.order())


def _unless_moot(facts: Facts, matter: Matter) -> Matter:
    """A matter that nothing else ended, ended by what made its decision count as never taken."""
    ruling = facts.rulings.all.get(matter.about.id) if matter.about else None
    if matter.ended is not None or ruling is None or ruling.status not in GONE:
        return matter
    by = facts.by_id[ruling.because[0]]
    return matter._replace(ended=by, step=MOOT, outcome=MOOT)


def _unless_not_known(matter: Matter) -> Matter:
    """A matter of which no rule says until when it could be lodged: that belongs beside it."""
    if not matter.admissible or matter.time is None or not matter.time.lacks:
        return matter
    known = f"no rule says until when ({matter.time.lacks})"
    return matter._replace(remark="; ".join(each for each in (matter.remark, known) if each))


def _brought(facts: Facts) -> Iterator[Matter]:
    """The reports and summonses: one is settled by a decision on it, or on what it is about.

    So is what led to a summons by a decision on that, and what a decision settled by the one that
    supersedes it. What a court made of the decision settled it as well; one that was taken back
    leaves it open.
    """
    decided = grouped(
        (each, decision)
        for decision in facts.rulings.decisions
        if facts.rulings.all[decision.id].status not in UNDONE
        for each in _settled(facts, decision)
    )
    for given in _on_proposals(facts):
        for each in {*given.value.evidence}:
            decided.setdefault(each, []).append(given)
    brought: list[Fact[ReportFiled] | Fact[SummonsIssued]] = [
        *facts.recorded(ReportFiled),
        *facts.recorded(SummonsIssued),
    ]
    for fact in brought:
        named = fact.id, *getattr(fact.value, "matter", ())
        ended = _first(*(by for each in named for by in decided.get(each, ())))
        yield Matter(
            "report" if isinstance(fact.value, ReportFiled) else "summons",
            fact,
            None,
            None,
            admissible=True,
            why_not="",
            suspensive=False,
            step=DECIDED if ended else UNDECIDED,
            to_confirm=None,
            confirmed=None,
            ended=ended,
            outcome=DECIDED if ended else "",
        )


def _on_proposals(facts: Facts) -> list[Fact[Any]]:
    """What was given or declined where a tariff had priced what a report says."""
    adopted = (each for each in facts.recorded(PenaltyGiven) if each.value.proposed_ms is not None)
    standing = [each for each in adopted if each.id not in facts.taken_back]
    return [*standing, *facts.recorded(SanctionDeclined)]


def _settled(facts: Facts, decision: Fact[Any]) -> set[str]:
    """What a decision names, with what that is about and what the decision replaces, by id."""
    found: set[str] = set()
    ahead = [decision.value]
    while ahead:
        said = ahead.pop()
        for each in (
            *getattr(said, "matter", ()),
            *(getattr(said, "evidence", ()) if isinstance(said, DecisionIssued) else ()),
            getattr(said, "supersedes", ""),
        ):
            if each in facts.by_id and each not in found:
                found.add(each)
                ahead.append(facts.by_id[each].value)
    return found


def published(facts: Facts) -> list[Fact[ClassificationPublished]]:
    """The classifications that were posted and not withdrawn."""
    return facts.standing(ClassificationPublished)


def times_of(facts: Facts) -> Times:
    """The times in which decisions and classifications may be contested."""
    return facts.rulings.appeals.times


def window(facts: Facts, fact: Fact[ClassificationPublished]) -> Running | None:
    """The time in which a classification may be protested against; None where there is none.

    The document itself may say until when. There is none against an unofficial or a final one.
    """
    said = fact.value
    if said.protests_until_at is None and said.kind in WITHOUT_A_TIME:
        return None
    return times_of(facts).classification(fact)


def window_closes(facts: Facts, fact: Fact[ClassificationPublished]) -> int | None:
    """Until when a classification may be protested against (UTC ms); None where no time runs."""
    running = window(facts, fact)
    return running.until if running else None


def lacks_window(facts: Facts, fact: Fact[ClassificationPublished]) -> str:
    """The rule that lacks, where protests may be lodged against it and none says until when."""
    running = window(facts, fact)
    return running.lacks if running else ""


def not_known_in_time(facts: Facts, matter: Matter) -> str:
    """Why nobody can say whether a matter was lodged in time, the rule that lacks; else ""."""
    about = matter.about
    if about is None or matter.time is None or not matter.time.lacks:
        return ""
    posted = isinstance(about.value, ClassificationPublished)
    rules = facts.regulations.at(instant_of(about)) if posted else times_of(facts).rules(about)
    return rules.lacks(matter.time.lacks)


class Deadlines(NamedTuple):
    """The times in which something may be done against a decision; None where it may not.

    `undefined` are the rules that are lacking.
    """

    appeal: Running | None
    review: Running | None
    protest: Running | None
    undefined: tuple[str, ...] = ()

    def running(self) -> list[Running]:
        """Those that there are."""
        return [each for each in (self.appeal, self.review, self.protest) if each is not None]


def deadlines(facts: Facts, fact: Fact[Any]) -> Deadlines:
    """The times that run against a decision, as far as there are rules."""
    appeals, times = facts.rulings.appeals, times_of(facts)
    series = getattr(fact.value, "series", "")
    appeal = times.appeal(fact) if appeals.is_appealable(fact) else None
    review = times.review(fact) if series else None
    protest = times.protest(fact) if series == "clerk" else None
    needed = [TO.get(times.instance(fact), TO[NATIONAL])] if appeal else []
    needed += [REVIEW] if review else []
    needed += [AGAINST_DECISION] if protest else []
    if appeals.against(fact.id):
        needed += [CONFIRM.get(times.instance(fact), CONFIRM[NATIONAL]), SUSPENDS]
    known = times.notified(fact.id) is not None
    undefined = lacking(times.rules(fact), needed) if known else ()
    return Deadlines(appeal, review, protest, undefined)


WITHOUT_A_TIME = ("unofficial", "final")
"""The kinds of classification that nobody protests against."""


def _protests(facts: Facts) -> Iterator[Matter]:
    for fact in facts.recorded(ProtestLodged):
        about: Fact[Any] | None = facts.by_id.get(fact.value.target)
        time, why_not = _against(facts, about)
        if not why_not and time is not None and not time.time.open:
            why_not = "no protest against it is open"
        if not why_not and time is not None and time.is_over(instant_of(fact)):
            why_not = "it was lodged too late"
        where = _lodged(facts, about, PROTEST_WITH, fact)
        why_not, remark = _with_remark(why_not, where)
        steps = _steps(facts.recorded(ProtestDecided), fact.id)
        final = next((each for each in steps if each.value.outcome != ADMITTED), None)
        ended = _first(final, *_steps(facts.recorded(ProtestWithdrawn), fact.id))
        step = ADMITTED if steps else LODGED
        yield Matter(
            "protest",
            fact,
            about,
            time,
            not why_not,
            why_not,
            suspensive=False,
            step=_outcome(ended) or step,
            to_confirm=None,
            confirmed=None,
            ended=ended,
            outcome=_outcome(ended),
            remark=remark,
        )


def _against(facts: Facts, about: Fact[Any] | None) -> tuple[Running | None, str]:
    """The time for a protest by what it is against, and why there is no protest against it.

    A decision of the clerk may be protested against in time, one of the stewards never.
    """
    match about.value if about else None:
        case None | CourtDecisionIssued():
            return None, ""
        case ClassificationPublished():
            assert about is not None
            return window(facts, about), ""
        case DecisionIssued(series="stewards"):
            return None, "the stewards do not review their decisions through a protest"
    assert about is not None
    return times_of(facts).protest(about), ""


def _lodged(facts: Facts, about: Fact[Any] | None, parameter: str, fact: Fact[Any]) -> Lodging:
    """Whether it was lodged with whom the rules name."""
    if about is None:
        return lodging(facts.regulations.at(instant_of(fact)), parameter, fact.value)
    return lodging(times_of(facts).rules(about), parameter, fact.value)


def _with_remark(why_not: str, where: Lodging = RIGHT) -> tuple[str, str]:
    """Why something is inadmissible, and what is to be said of it though it is not."""
    if not why_not and where.inadmissible:
        return where.remark, ""
    return why_not, "" if why_not else where.remark


def _reviews(facts: Facts) -> Iterator[Matter]:
    known = {each.id: each for each in facts.rulings.decisions}
    for fact in facts.recorded(ReviewPetitioned):
        about = known.get(fact.value.target)
        time, why_not = deadlines(facts, about).review if about else None, ""
        if time is not None and not time.time.open:
            why_not = "no review of it is open"
        elif time is not None and time.is_over(instant_of(fact)):
            why_not = "it was petitioned for too late"
        why_not, remark = _with_remark(why_not, _lodged(facts, about, REVIEW_WITH, fact))
        steps = _steps(facts.recorded(ReviewDecided), fact.id)
        ended = next((each for each in steps if each.value.outcome != ADMITTED), None)
        yield Matter(
            "review",
            fact,
            about,
            time,
            not why_not,
            why_not,
            suspensive=False,
            step=_outcome(ended) or (ADMITTED if steps else LODGED),
            to_confirm=None,
            confirmed=None,
            ended=ended,
            outcome=_outcome(ended),
            remark=remark,
        )


def _appeals(facts: Facts) -> Iterator[Matter]:
    rulings = facts.rulings
    decided: Sequence[Fact[Any]] = [*rulings.decisions, *rulings.of_courts]
    for about in decided:
        for appeal in rulings.appeals.against(about.id):
            yield _appeal(facts, about, appeal)


def _appeal(facts: Facts, about: Fact[Any], appeal: Appeal) -> Matter:
    appeals = facts.rulings.appeals
    confirmed = next(iter(_steps(facts.recorded(AppealConfirmed), appeal.fact.id)), None)
    suspends = appeal.admissible and not getattr(about.value, "immediate", False)
    to_confirm = appeals.times.confirmation(appeal.fact, about)
    announced = ANNOUNCED if to_confirm.time.needed else LODGED
    return Matter(
        "appeal",
        appeal.fact,
        about,
        appeal.running,
        appeal.admissible,
        appeal.why_not,
        suspensive=suspends and appeals.suspends(about),
        step=_outcome(appeal.ended) or (CONFIRMED if confirmed else announced),
        to_confirm=to_confirm,
        confirmed=confirmed,
        ended=appeal.ended,
        outcome=_outcome(appeal.ended),
        remark=appeal.remark,
    )


def _outcome(ended: Fact[Any] | None) -> str:
    """How a matter ended, in one word; empty while it is open."""
    match ended.value if ended else None:
        case None:
            return ""
        case ProtestWithdrawn() | AppealWithdrawn():
            return WITHDRAWN
        case AppealLapsed():
            return LAPSED
        case DecisionIssued():
            return DECIDED
        case said:
            return str(said.outcome)


def _steps(facts: Sequence[Fact[Any]], target: str) -> list[Fact[Any]]:
    return [each for each in facts if each.value.target == target]


def _first(*facts: Fact[Any] | None) -> Fact[Any] | None:
    return min((each for each in facts if each is not None), key=Fact.order, default=None)

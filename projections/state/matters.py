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
    DecisionIssued,
    ProtestDecided,
    ProtestLodged,
    ProtestWithdrawn,
    ReportFiled,
    ReviewDecided,
    ReviewPetitioned,
    SummonsIssued,
)
from projections.rules.rulebook import if_known
from projections.state.appeals import CONFIRMATION, INTENTION, SUSPENSIVE, Appeal, instant_of
from projections.state.facts import Facts
from projections.state.recorded import Fact
from projections.state.rulings import GONE, UNDONE

Kind = Literal["protest", "review", "appeal", "report", "summons"]
ANNOUNCED, CONFIRMED, ADMITTED = "announced", "confirmed", "admitted"
LODGED, WITHDRAWN, LAPSED = "lodged", "withdrawn", "lapsed"
UNDECIDED, DECIDED, MOOT = "undecided", "decided", "moot"


class Matter(NamedTuple):
    """Something that waits for the stewards or a court, or did.

    `about` is the decision or publication that it is directed against, where one is named. `due` is
    until when it had to be lodged, `confirm_by` until when it has to be confirmed (UTC ms; None
    where no time runs). `step` is where it stands, `outcome` how it ended.
    """

    kind: Kind
    fact: Fact[Any]
    about: Fact[Any] | None
    due: int | None
    admissible: bool
    why_not: str
    suspensive: bool
    step: str
    confirm_by: int | None
    confirmed: Fact[AppealConfirmed] | None
    ended: Fact[Any] | None
    outcome: str

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
    found = [*(_unless_moot(facts, each) for each in lodged), *_brought(facts)]
    return sorted(found, key=lambda each: each.fact.order())


def _unless_moot(facts: Facts, matter: Matter) -> Matter:
    """A matter that nothing else ended, ended by what made its decision count as never taken."""
    ruling = facts.rulings.all.get(matter.about.id) if matter.about else None
    if matter.ended is not None or ruling is None or ruling.status not in GONE:
        return matter
    by = facts.by_id[ruling.because[0]]
    return matter._replace(ended=by, step=MOOT, outcome=MOOT)


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
            confirm_by=None,
            confirmed=None,
            ended=ended,
            outcome=DECIDED if ended else "",
        )


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


def window_closes(facts: Facts, fact: Fact[ClassificationPublished]) -> int | None:
    """Until when a classification may be protested against (UTC ms); None where no time runs.

    It runs from the posting, by the rulebook of that moment, unless the document itself says. None
    runs from an unofficial or a final one, nor where the rule for it is lacking.
    """
    said = fact.value
    if said.protests_until_at is not None:
        return said.protests_until_at.ms
    if said.kind in WITHOUT_A_TIME:
        return None
    posted = instant_of(fact)
    window = if_known(facts.regulations.at(posted).number, WINDOW)
    return None if window is None else posted + window


def lacks_window(facts: Facts, fact: Fact[ClassificationPublished]) -> bool:
    """Whether protests may be lodged against it, and no rule says until when."""
    said = fact.value
    opens = said.protests_until_at is None and said.kind not in WITHOUT_A_TIME
    return opens and window_closes(facts, fact) is None


class Deadlines(NamedTuple):
    """Until when what may be done against a decision (UTC ms); None where no time runs.

    `undefined` are the rules that are lacking.
    """

    appeal: int | None
    review: int | None
    protest: int | None
    undefined: tuple[str, ...] = ()


def deadlines(facts: Facts, fact: Fact[Any]) -> Deadlines:
    """The deadlines that run from the notification of a decision, as far as there are rules."""
    appeals = facts.rulings.appeals
    if appeals.notified(fact.id) is None:
        return Deadlines(None, None, None)
    series = getattr(fact.value, "series", "")
    asked = {
        INTENTION: appeals.is_appealable(fact),
        REVIEW: bool(series),
        AGAINST_DECISION: series == "clerk",
    }
    appeal, review, protest = (
        appeals.due(fact, name) if runs else None for name, runs in asked.items()
    )
    needed = [name for name, runs in asked.items() if runs]
    if appeals.against(fact.id):
        needed += [CONFIRMATION, SUSPENSIVE]
    return Deadlines(appeal, review, protest, appeals.undefined(fact, *needed))


WITHOUT_A_TIME = ("unofficial", "final")
"""The kinds of classification that nobody protests against."""
WINDOW, AGAINST_DECISION = "protests.window_ms", "protests.against_decision_ms"
REVIEW = "reviews.window_ms"


def _protests(facts: Facts) -> Iterator[Matter]:
    for fact in facts.recorded(ProtestLodged):
        about: Fact[Any] | None = facts.by_id.get(fact.value.target)
        due, why_not = None, ""
        if about is not None and isinstance(about.value, ClassificationPublished):
            due = window_closes(facts, about)
        elif about is not None and isinstance(about.value, DecisionIssued):
            due, why_not = _against_decision(facts, about)
        if not why_not and due is not None and instant_of(fact) > due:
            why_not = "it was lodged too late"
        steps = _steps(facts.recorded(ProtestDecided), fact.id)
        final = next((each for each in steps if each.value.outcome != ADMITTED), None)
        ended = _first(final, *_steps(facts.recorded(ProtestWithdrawn), fact.id))
        step = ADMITTED if steps else LODGED
        yield Matter(
            "protest",
            fact,
            about,
            due,
            not why_not,
            why_not,
            suspensive=False,
            step=_outcome(ended) or step,
            confirm_by=None,
            confirmed=None,
            ended=ended,
            outcome=_outcome(ended),
        )


def _against_decision(facts: Facts, about: Fact[DecisionIssued]) -> tuple[int | None, str]:
    """A decision of the clerk may be protested against in time, one of the stewards never."""
    if about.value.series == "stewards":
        return None, "the stewards do not review their decisions through a protest"
    return deadlines(facts, about).protest, ""


def _reviews(facts: Facts) -> Iterator[Matter]:
    known = {each.id: each for each in facts.rulings.decisions}
    for fact in facts.recorded(ReviewPetitioned):
        about = known.get(fact.value.target)
        due = deadlines(facts, about).review if about else None
        late = due is not None and instant_of(fact) > due
        steps = _steps(facts.recorded(ReviewDecided), fact.id)
        ended = next((each for each in steps if each.value.outcome != ADMITTED), None)
        yield Matter(
            "review",
            fact,
            about,
            due,
            not late,
            "it was petitioned for too late" if late else "",
            suspensive=False,
            step=_outcome(ended) or (ADMITTED if steps else LODGED),
            confirm_by=None,
            confirmed=None,
            ended=ended,
            outcome=_outcome(ended),
        )


def _appeals(facts: Facts) -> Iterator[Matter]:
    rulings = facts.rulings
    decided: Sequence[Fact[Any]] = [*rulings.decisions, *rulings.of_courts]
    for about in decided:
        for appeal in rulings.appeals.against(about.id):
            yield _appeal(facts, about, appeal)


def _appeal(facts: Facts, about: Fact[Any], appeal: Appeal) -> Matter:
    rules = facts.rulings.appeals.procedure(about)
    confirmed = next(iter(_steps(facts.recorded(AppealConfirmed), appeal.fact.id)), None)
    suspends = appeal.admissible and not getattr(about.value, "immediate", False)
    return Matter(
        "appeal",
        appeal.fact,
        about,
        appeal.due,
        appeal.admissible,
        appeal.why_not,
        suspensive=suspends and bool(if_known(rules.flag, SUSPENSIVE)),
        step=_outcome(appeal.ended) or (CONFIRMED if confirmed else ANNOUNCED),
        confirm_by=facts.rulings.appeals.confirm_by(appeal.fact, about),
        confirmed=confirmed,
        ended=appeal.ended,
        outcome=_outcome(appeal.ended),
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
        case said:
            return str(said.outcome)


def _steps(facts: Sequence[Fact[Any]], target: str) -> list[Fact[Any]]:
    return [each for each in facts if each.value.target == target]


def _first(*facts: Fact[Any] | None) -> Fact[Any] | None:
    return min((each for each in facts if each is not None), key=Fact.order, default=None)

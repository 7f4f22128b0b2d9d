"""What the stewards of a synthetic rally decide under a number, and what becomes of it.

A decision is notified; some are appealed against, in time or too late, some of these appeals are
confirmed and reach a court, the others lapse. Some decisions are rescinded or taken anew. None acts
on a time or a stage: what does is left to a full replay, and a large rally is to be quick.
"""

from __future__ import annotations

from ledger.samples.simulation.day import Day
from ledger.samples.simulation.desk import COURT, SECRETARY, STEWARDS, Key, Link
from ledger.samples.simulation.plan import DAY, HOUR, MINUTE, SECOND
from ledger.samples.simulation.road import Run
from ledger.vocabulary import (
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    Corrected,
    CourtDecisionIssued,
    DecisionIssued,
    DecisionNotified,
    DecisionRescinded,
    Effect,
    SuspensionActivated,
)
from ledger.vocabulary.judicial import EffectValue

APPEALED, RESCINDED, RETAKEN, AMENDED = 3, 8, 8, 12
"""One in so many decisions: appealed against, rescinded, taken anew, with a slip of the pen."""
ON_CONDITION, ACTIVATED = 10, 2
"""One in so many penalties is suspended on condition; one in so many of these is activated."""
TOO_LATE, CONFIRMED = 4, 2
"""One in so many appeals: announced too late; of the others, confirmed."""
OUTCOMES = ("quashed", "varied", "upheld", "upheld", "inadmissible")
LAPSES_AFTER = 5 * DAY
"""When the stewards find that an announced appeal was never confirmed."""
STEWARDS_NAMES = ("Inês Prado", "Karl Lind", "Ольга Седова")


def penalise(
    day: Day,
    run: Run,
    label: str,
    at: int,
    amount_ms: int,
    why: str,
    evidence: Key = (),
    /,
    **fields: str,
) -> None:
    """A time penalty by a decision of the stewards, with what becomes of it."""
    rng = day.judges
    effect = _penalty(label, amount_ms, fields)
    conditional = rng.randrange(ON_CONDITION) == 0
    if conditional:
        effect = Effect(effect.act, effect.fields, "no further breach of the kind")
    minutes = f"{amount_ms // MINUTE} minutes"
    key = _decided(day, run, label, at, effect, minutes, why, evidence)
    if conditional:
        if rng.randrange(ACTIVATED) == 0:
            later, about = at + 30 * HOUR, {"number": run.crew.number}
            day.act(SuspensionActivated, later, STEWARDS, later, Link(target=key), **about)
        return
    _followed(day, run, label, key, at, _penalty(label, max(amount_ms // 2, SECOND), fields))


def disqualify(day: Day, run: Run, at: int, why: str) -> None:
    """A disqualification by a decision of the stewards; the crew may appeal."""
    effect = Effect("CrewDisqualified", {})
    key = _decided(day, run, "disqualified", at, effect, "disqualification", why, ())
    if day.judges.randrange(APPEALED) == 0:
        _appealed(day, run, key, at + 10 * MINUTE, effect)


def _penalty(label: str, amount_ms: int, fields: dict[str, str]) -> Effect:
    act: dict[str, EffectValue] = {"kind": label, "amount_ms": amount_ms, **fields}
    return Effect("PenaltyGiven", act)


def _decided(
    day: Day,
    run: Run,
    label: str,
    at: int,
    effect: Effect,
    ruling: str,
    why: str,
    evidence: Key,
    *,
    supersedes: Key = (),
) -> Key:
    """The decision and its notification ten minutes later; answers its key."""
    key = ("decision", label, day.stage.code, run.crew.number, *supersedes[:1])
    fact = run.start + run.driven // 2
    said = {
        **day.about(run),
        "series": "stewards",
        "sender": "The stewards",
        "addressee": f"The competitor of {run.crew.number}",
        "fact": why,
        "infringement": "Supplementary regulations",
        "ruling": ruling,
        "signed_by": STEWARDS_NAMES,
        "effects": (effect,),
        "reason": why,
    }
    day.act(DecisionIssued, at, STEWARDS, fact, Link((), evidence, key, supersedes), **said)
    told, how = at + 10 * MINUTE, day.judges.choice(("hearing", "hand", "electronic"))
    notice = {"number": run.crew.number, "how": how}
    day.act(DecisionNotified, told, SECRETARY, told, Link(target=key), **notice)
    return key


def _followed(day: Day, run: Run, label: str, key: Key, at: int, milder: Effect) -> None:
    """What becomes of a decision: an appeal, or second thoughts the next morning, or neither."""
    rng, about = day.judges, day.about(run)
    morning = max(at + HOUR, day.hour(32) + rng.randrange(4 * 3600) * SECOND)
    if rng.randrange(APPEALED) == 0:
        _appealed(day, run, key, at + 10 * MINUTE, milder)
    elif rng.randrange(RESCINDED) == 0:
        about |= {"reason": "the crew was heard"}
        day.act(DecisionRescinded, morning, STEWARDS, morning, Link(target=key), **about)
    elif rng.randrange(RETAKEN) == 0:
        why = "a new element was heard"
        _decided(day, run, label, morning, milder, "half of it", why, (), supersedes=key)
    elif rng.randrange(AMENDED) == 0:
        changes = {"infringement": "Supplementary regulations, article 12"}
        about |= {"reason": "the article was lacking", "changes": changes}
        day.act(Corrected, morning, STEWARDS, None, Link(target=key), **about)


def _appealed(day: Day, run: Run, key: Key, told: int, milder: Effect) -> None:
    """An appeal: announced, and then confirmed and decided by a court, or found to have lapsed."""
    rng, about = day.judges, {"number": run.crew.number}
    late = rng.randrange(TOO_LATE) == 0
    at = told + (rng.randrange(65, 120) if late else rng.randrange(15, 59)) * MINUTE
    appeal = ("appeal", *key)
    day.act(AppealIntentionNotified, at, SECRETARY, at, Link(target=key, key=appeal), **about)
    if late or rng.randrange(CONFIRMED):
        lapsed = at + (12 * HOUR if late else LAPSES_AFTER)
        day.act(AppealLapsed, lapsed, STEWARDS, lapsed, Link(target=appeal), **about)
        return
    confirmed = at + rng.randrange(12, 80) * HOUR
    day.act(AppealConfirmed, confirmed, SECRETARY, confirmed, Link(target=appeal), **about)
    outcome = rng.choice(OUTCOMES)
    heard = confirmed + rng.randrange(24, 72) * HOUR
    said = {**day.about(run), "outcome": outcome, "court": "Court of appeal"}
    if outcome == "varied":
        said["effects"] = (milder,)
    day.act(CourtDecisionIssued, heard, COURT, heard, Link(target=key, appeal=appeal), **said)

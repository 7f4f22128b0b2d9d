"""The sheet of a decision: as the field lays it out, and as it was when it was taken.

It rests on the log up to the record of the decision (or of its last correction before it was
posted). What became of the decision later stands in the register, not on this sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.documents.heading import basis, head, holders, offices_to_sign, place, sheet
from cli.documents.rendering import Sheet
from ledger.times import Instant
from ledger.vocabulary import (
    SANCTIONS,
    CourtDecisionIssued,
    DecisionIssued,
    Effect,
    HearingHeld,
    Occurrence,
    ProtestLodged,
    ReportFiled,
    ReviewPetitioned,
    SummonsIssued,
)
from ledger.vocabulary.publication import scope_title
from projections.desk.decisions import effect_in_words
from projections.rules.articles import versioned
from projections.rules.procedure import (
    AGAINST_DECISION,
    CONFIRM,
    CONFIRMATION,
    INTENTION,
    NATIONAL,
    OLDER,
    REVIEW,
    SUSPENSIVE,
    TO,
    time_of,
)
from projections.rules.rulebook import Rulebook, if_known
from projections.state.rally import EDITION, RallyState
from projections.state.recorded import Fact

SENDERS = {"clerk": "The Clerk of the Course", "stewards": "The Stewards"}
LIMITS = {
    "appeal_ms": INTENTION,
    "confirmation_ms": CONFIRMATION,
    "review_ms": OLDER[REVIEW],
    "protest_ms": OLDER[AGAINST_DECISION],
}


def decision(
    fact: Fact[Any],
    prefix: RallyState,
    position: int,
    root: str,
    document: str = "",
    edition: int = EDITION,
) -> Sheet:
    """The sheet of a decision as it stands in a state, which is that of the log at a position.

    `document` is the number under which it is posted; without one, that of the decision itself.
    `edition` is the one of the computing rules that its foot names.
    """
    said, shown = fact.value, fact.as_shown
    decided: Instant = shown.decided_at or shown.recorded_at
    rules = prefix.facts.regulations.at((said.decided_at or said.recorded_at).ms)
    crew = prefix.facts.crews.get(said.number)
    data = head(prefix.facts, said.rally, title=said.title, subject="", at=decided)
    data |= {
        "document": document or said.document,
        "name": said.name,
        "from": _sender(said),
        "to": _addressee(said, prefix),
        "decided_at": decided.iso(),
        "decided_assumed": said.recorded_assumed and decided == shown.recorded_at,
        "opening": _opening(fact, prefix),
        "number": said.number,
        "driver": crew.value.driver if crew else "",
        "codrivers": list(crew.value.codrivers) if crew else [],
        "competitor": getattr(said, "competitor", "") or (crew.value.team if crew else ""),
        "fact_at": shown.fact_at.iso() if shown.fact_at else None,
        "fact_assumed": said.fact_assumed,
        "stage": said.stage,
        "fact": getattr(said, "fact", ""),
        "infringement": versioned(
            prefix.facts.regulations,
            getattr(said, "infringement", ""),
            said.instant,
            prefix.orders.get(said.stage),
        ),
        "outcome": getattr(said, "outcome", ""),
        "ruling": said.ruling,
        "effects": [_effect(each, said) for each in said.effects],
        "replaces": _replaces(said, prefix),
        "reason": said.reason,
        "limits": _limits(fact, prefix, rules),
        "signatures": list(_signatures(said, prefix, rules)),
        "seen": _seen(said),
        "source": _source(said),
        "id": fact.id,
        "basis": basis(position, root, rules.name, edition),
    }
    return sheet("decision", data, prefix.facts, edition)


def _sender(said: Any) -> str:
    if isinstance(said, CourtDecisionIssued):
        return said.court or "The court"
    return said.sender or SENDERS[said.series]


def _addressee(said: Any, prefix: RallyState) -> str:
    if addressee := getattr(said, "addressee", ""):
        return str(addressee)
    crew = prefix.facts.crews.get(said.number)
    named_crew = f"Crew {said.number}" if said.number else ""
    whose = (crew.value.team or crew.value.driver) if crew else getattr(said, "competitor", "")
    return ", ".join(each for each in (named_crew, whose) if each) or "All competitors"


def _effect(effect: Effect, said: Any) -> dict[str, Any]:
    return {
        "words": effect_in_words(effect, said.number, said.stage),
        "until": effect.until_at.iso() if effect.until_at else None,
        "act": effect.act,
        "fields": dict(effect.fields),
        "condition": effect.condition,
        "moves_results": effect.act not in SANCTIONS,
    }


def _replaces(said: Any, prefix: RallyState) -> str:
    """The decision that it replaces, or that a court decided about."""
    target = said.supersedes if isinstance(said, DecisionIssued) else said.target
    fact = prefix.facts.by_id.get(target)
    title = str(getattr(fact.value, "title", "")) if fact else ""
    since = getattr(said, "supersedes_from", "")
    return f"{title}, from {since} on" if title and since else title


# -- the sentence at the beginning -----------------------------------------------------------------


def _opening(fact: Fact[Any], prefix: RallyState) -> str:
    """What it was decided on: "The Stewards, having received a report from …"."""
    said = fact.value
    if isinstance(said, CourtDecisionIssued):
        about = _replaces(said, prefix)
        against = f" against {about}" if about else ""
        return f"{_sender(said)}, having examined the appeal{against}, decides as follows:"
    received = list(_received(said, prefix))
    heard = [each for each in _hearings(said, prefix) if each]
    parts = [f"having received {' and '.join(received)}"] if received else []
    parts += [f"having heard {', '.join(heard)}"] if heard else []
    many = said.series == "stewards"
    have = ("have", "determine") if many else ("has", "determines")
    whose = ", ".join([_sender(said), *parts])
    comma = "," if parts else ""
    return f"{whose}{comma} {have[0]} considered the following matter and {have[1]} the following:"


def _received(said: DecisionIssued, prefix: RallyState) -> Iterator[str]:
    for each in said.matter:
        fact = prefix.facts.by_id.get(each)
        match fact.value if fact else None:
            case ReportFiled() as report:
                yield f"a report from {_who(report)}"
            case ProtestLodged() as protest:
                yield f"a protest of {_party(protest)}"
            case ReviewPetitioned() as petition:
                yield f"a petition for review of {_party(petition)}"
            case SummonsIssued() | HearingHeld() | None:
                continue
            case other:
                yield f"the record of {_who(other)}"


def _hearings(said: DecisionIssued, prefix: RallyState) -> Iterator[str]:
    """Who was present at the hearings on the matter."""
    matter = set(said.matter)
    for hearing in prefix.facts.recorded(HearingHeld):
        if hearing.id in matter or matter.intersection(hearing.value.matter):
            yield from hearing.value.present


def _who(said: Occurrence) -> str:
    office = said.role.replace("-", " ")
    if said.by and office:
        return f"{said.by} ({office})"
    return said.by or (f"the {office}" if office else "an official")


def _party(said: ProtestLodged | ReviewPetitioned) -> str:
    crew = f"crew {said.number}" if said.number else ""
    return ", ".join(each for each in (said.competitor, crew) if each) or "a competitor"


# -- what follows it -------------------------------------------------------------------------------


def _limits(fact: Fact[Any], prefix: RallyState, rules: Rulebook) -> dict[str, Any]:
    """The right of appeal with its time limits by the rulebook; null where it states none."""
    said = fact.value
    series = getattr(said, "series", "")
    limits: dict[str, Any] = {name: if_known(rules.number, rule) for name, rule in LIMITS.items()}
    if worded := [*_worded(series, prefix, fact, rules)]:
        limits["worded"] = worded
    return limits | {
        "series": series,
        "appealable": prefix.facts.rulings.appeals.is_appealable(fact),
        "immediate": bool(getattr(said, "immediate", False)),
        "suspensive": if_known(rules.flag, SUSPENSIVE),
    }


_MAY = {
    "appeal": "An appeal may be announced",
    "confirmation": "An appeal has to be confirmed",
    "protest": "A protest against it may be lodged",
    "review": "A review because of a new element may be petitioned for",
}


def _worded(
    series: str, prefix: RallyState, fact: Fact[Any], rules: Rulebook
) -> Iterator[dict[str, str]]:
    """The times whose rule is worded, each with the rule and its parameter."""
    instance = prefix.facts.rulings.appeals.times.instance(fact)
    names = {"review": REVIEW} if series else {}
    if prefix.facts.rulings.appeals.is_appealable(fact):
        names |= {
            "appeal": TO.get(instance, TO[NATIONAL]),
            "confirmation": CONFIRM.get(instance, CONFIRM[NATIONAL]),
        }
    if series == "clerk":
        names["protest"] = AGAINST_DECISION
    for what in (each for each in _MAY if each in names):
        time = time_of(rules, names[what])
        if time.parameter == names[what] and time.deadline is not None:
            rule = rules.text(time.parameter)
            yield {"what": _MAY[what], "rule": rule, "parameter": time.parameter}


def _signatures(said: Any, prefix: RallyState, rules: Rulebook) -> Iterator[dict[str, Any]]:
    """Who signs: those whom it names in their order, and the offices that the rulebook wants."""
    names = said.signed_by or tuple(each for each in (said.by,) if each)
    office = "steward" if getattr(said, "series", "") == "stewards" else said.role
    for each in names:
        yield place(each, office)
    for wanted in offices_to_sign(rules, "documents.decision_signatures"):
        if wanted != said.role:
            yield place(", ".join(holders(prefix.facts, wanted)), wanted)


def _seen(said: Any) -> dict[str, Any] | None:
    """What was on the screen of the signers: which classification, of how much of the log."""
    seen = getattr(said, "seen", None)
    if seen is None:
        return None
    what = scope_title(seen.scope) if seen.scope else ""
    return {"scope": what, "position": seen.position, "root": seen.root, "moves": len(seen.moves)}


def _source(said: Occurrence) -> str:
    """Where it was taken from, where it was not typed at the desk."""
    source = said.source
    named = ", ".join(each for each in (source.name, source.standing) if each)
    return "; ".join(each for each in (named, source.note) if each)

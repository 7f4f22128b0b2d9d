"""The penalties in a total: each that counts, and each that adds nothing, with why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ledger.errors import LedgerError
from ledger.times import Instant, by_clocks_of, format_duration
from ledger.vocabulary import (
    ControlPassed,
    FalseStartObserved,
    PenaltyGiven,
    SanctionDeclined,
    StageCancelled,
    StageReinstated,
    StageStarted,
)
from ledger.vocabulary.base import Ranking
from projections.desk.infringements import PRICED
from projections.explain.grounds import Fallen, Grounds
from projections.explain.times import once
from projections.explain.told import Addend, Evidence, Rule, addend
from projections.rules.regulations import Applied
from projections.state.charges import CANCELLED, Charge
from projections.state.clocks import SOURCES, Seen, by_source
from projections.state.course import ACTS, NO_STAGE, AtStage, is_for
from projections.state.recorded import Fact
from projections.state.road import COMPUTED, Visit
from projections.state.rulings import IN_FORCE, SUSPENDED
from projections.state.totals import Span

DECLINED = "declined"
OF_A_PENALTY = (PenaltyGiven, FalseStartObserved, ControlPassed)
"""What penalties are, or follow from."""


def in_overall(
    grounds: Grounds, number: str, since: int, over: Span, ranking: Ranking
) -> Iterator[tuple[int | None, Addend]]:
    """The penalties in a total over a span, with the number of the stage each belongs to.

    Those of the stages that a carried-in total covers are in that.
    """

    def status(order: int | None, _: str, charge: Charge | None) -> str | None:
        if order is not None and order <= over.behind:
            return None
        if order is not None and order <= since and (charge is None or charge.in_force):
            return "in the carried-in total"
        if over.until is not None and (order is None or order > over.until):
            return None
        return _standing(charge, ranking)

    return _told(grounds, number, status)


def on_stage(
    grounds: Grounds, number: str, stage: str, ranking: Ranking
) -> Iterator[tuple[int | None, Addend]]:
    """The penalties in the result of a stage; those of the road have no part in it."""

    def status(_: int | None, where: str, charge: Charge | None) -> str | None:
        if where != stage:
            return None
        if charge and charge.in_force and charge.applies_to != "stage":
            return "counts in the overall only"
        return _standing(charge, ranking)

    return _told(grounds, number, status)


def _standing(charge: Charge | None, ranking: Ranking) -> str:
    """Whether a penalty counts in classifications of this kind, or why not."""
    return charge.status_in(ranking) if charge else IN_FORCE


def _told(
    grounds: Grounds, number: str, status: Callable[[int | None, str, Charge | None], str | None]
) -> Iterator[tuple[int | None, Addend]]:
    """The penalties of a crew, each with its status here; None leaves one out."""
    by_id = grounds.facts.by_id
    charges = [each for each in grounds.state.charges if each.number == number]
    for charge in sorted(charges, key=lambda each: by_id[each.ids[0]].order()):
        if (stands := status(charge.order, charge.stage, charge)) is not None:
            yield charge.order, _penalty(grounds, charge, stands)
    for order, each_declined in _declined(grounds, number):
        if status(order, each_declined.stage, None) is not None:
            yield order, each_declined
    for each in grounds.fallen(number, OF_A_PENALTY):
        order, stage = _place_of(grounds, each)
        if status(order, stage, None) is not None:
            yield order, _fallen(grounds, stage, each)


def _penalty(grounds: Grounds, charge: Charge, status: str) -> Addend:
    stage = charge.stage
    where = f" on {stage}" if stage else ""
    why = charge.reason or charge.kind
    if charge.basis == COMPUTED:
        what = f"penalty: {why}"
    else:
        amount = "" if status == IN_FORCE else f" of {format_duration(charge.amount_ms)}"
        what = f"penalty{amount}{where}{f': {why}' if why else ''}{_by(grounds, charge)}"
    visit = _visit(grounds, charge)
    return addend(
        charge.amount_ms if status == IN_FORCE else 0,
        what,
        "penalty",
        stage,
        records=_records(grounds, charge),
        article=_article(grounds, charge),
        status=status,
        rules=_rules(grounds, charge, status),
        notes=_due(grounds, visit) if visit else _proposed(grounds, charge),
    )


def _proposed(grounds: Grounds, charge: Charge) -> tuple[str, ...]:
    """What a tariff proposed, where an office adopted that or gave another amount."""
    given = grounds.facts.by_id[charge.ids[0]].value
    proposed = getattr(given, "proposed_ms", None)
    if proposed is None:
        return ()
    told = grounds.facts.told
    about = (type(told[each]) for each in getattr(given, "evidence", ()) if each in told)
    tariff = next((PRICED[each] for each in about if each in PRICED), "the tariff")
    return (f"proposed by {tariff}: {format_duration(proposed)}",)


def _declined(grounds: Grounds, number: str) -> Iterator[tuple[int | None, Addend]]:
    """What was proposed for a crew and declined: it adds nothing, and is disclosed."""
    for each in grounds.facts.recorded(SanctionDeclined):
        said = each.value
        if said.number == number:
            much = "" if said.proposed_ms is None else f" of {format_duration(said.proposed_ms)}"
            where = f" on {said.stage}" if said.stage else ""
            about = [e for e in dict.fromkeys(said.evidence) if e in grounds.facts.told]
            order = grounds.state.orders.get(said.stage)
            yield (
                order,
                addend(
                    0,
                    f"penalty{much}{where} declined: {said.reason}",
                    "penalty",
                    "" if order is None else said.stage,
                    records=[
                        grounds.evidence(each.id, DECLINED, counts=False),
                        *grounds.several(about, "what it would have rested on", counts=False),
                    ],
                    status=DECLINED,
                ),
            )


def _article(grounds: Grounds, charge: Charge) -> str:
    """What a penalty cites, each article in the version in force at its fact."""
    said = grounds.facts.value(charge.ids[0]) if charge.ids else None
    return grounds.article(charge.article, said.instant, charge.order) if said else charge.article


def _records(grounds: Grounds, charge: Charge) -> list[Evidence]:
    """The penalty or the decision that gave it, what it rests on, and what let it fall away."""
    facts, (identity, *because) = grounds.facts, charge.ids
    given = facts.by_id[identity].value
    if grounds.is_decision(identity):
        why = "" if charge.status == charge.became.status else charge.status
        records = [grounds.evidence(identity, why), *grounds.because(because, charge.status)]
    else:
        records = grounds.several(charge.ids)
    rests_on = dict.fromkeys((*getattr(given, "matter", ()), *getattr(given, "evidence", ())))
    known = [each for each in rests_on if each in facts.told]
    records += grounds.several(known, "what it rests on")
    records += grounds.several(charge.became.acts, charge.status)
    records += grounds.several(_reinstating(grounds, charge), "reinstates the stage")
    if charge.basis == COMPUTED and charge.in_force:
        records += _lateness(grounds, charge)[0]
    return once([*records, *_clocks(grounds, charge)[0]])


def _reinstating(grounds: Grounds, charge: Charge) -> list[str]:
    """The acts by which a penalty on a stage counts although the stage was cancelled."""
    if not charge.in_force or charge.applies_to != "stage":
        return []
    category = grounds.state.category(charge.number)
    revoking = grounds.state.reinstating(charge.stage, category, charge.number)
    return [each for each, was_cancelled in revoking.items() if was_cancelled]


def _rules(grounds: Grounds, charge: Charge, status: str) -> list[Rule]:
    """The rules by which it was computed, and by which it counts or does not, as it is told."""
    state, applied = grounds.state, list[Applied]()
    if status == IN_FORCE:
        fact = grounds.facts.by_id[charge.ids[0]]
        applied += state.applied_to(fact, charge.order, *charge.tariff)
        applied += _lateness(grounds, charge)[1] if charge.basis == COMPUTED else ()
    if status == charge.status:
        applied += state.applied_on(charge.stage, *charge.became.rules)
        applied += [*_by_appeals(grounds, charge), *_clocks(grounds, charge)[1]]
        decision = _decision(grounds, charge)
        if decision and status in (IN_FORCE, SUSPENDED):
            applied += grounds.facts.rulings.appeals.applied(decision)
    return grounds.rules(*applied)


def _clocks(grounds: Grounds, charge: Charge) -> tuple[list[Evidence], list[Applied]]:
    """What puts right when it was given, and when its stage was cancelled or reinstated."""
    given = grounds.facts.by_id[charge.ids[0]]
    read: list[Fact[Any]] = [given, *grounds.acts(charge.stage, charge.number)]
    if isinstance(given.value, FalseStartObserved):  # it costs more after another that counts
        for other in grounds.facts.of(FalseStartObserved):
            if other.value.number == charge.number:
                read += [other, *grounds.acts(other.value.stage, charge.number)]
    return grounds.clocks(read)


def _by_appeals(grounds: Grounds, charge: Charge) -> list[Applied]:
    """The rules by which appeals keep back, or fail to, what cancels its stage or reinstates it."""
    acting = {*charge.became.acts, *_reinstating(grounds, charge)}
    applied = grounds.by_appeals(ACTS, lambda act, _: act.id in acting)
    if charge.applies_to != "stage" or charge.status not in (IN_FORCE, CANCELLED):
        return applied
    kept_back = StageCancelled if charge.in_force else StageReinstated
    category = grounds.state.category(charge.number)
    return applied + grounds.by_appeals(
        (kept_back,),
        lambda act, status: (
            status == SUSPENDED
            and act.value.stage == charge.stage
            and is_for(act.value, category, charge.number)
        ),
    )


def _decision(grounds: Grounds, charge: Charge) -> Fact[Any] | None:
    """The decision by which a penalty was given."""
    identity = charge.ids[0]
    return grounds.facts.rulings.all[identity].fact if grounds.is_decision(identity) else None


def _by(grounds: Grounds, charge: Charge) -> str:
    decision = _decision(grounds, charge)
    return f" ({decision.value.name})" if decision else ""


# -- what was computed --------------------------------------------------------------------------


def _lateness(grounds: Grounds, charge: Charge) -> tuple[list[Evidence], list[Applied]]:
    """What says when the crew was due and when it was there, and what costs more or less."""
    fact, timing, road = grounds.facts.by_id[charge.ids[0]], grounds.timing, grounds.road
    records = grounds.several(charge.before, "a false start before it")
    records += grounds.several(charge.spared, "one before it fell away")
    told: Sequence[Seen[Any]] = ()
    read: list[Fact[Any]] = []
    if visit := _visit(grounds, charge):
        told = road.told[visit.number, visit.control]
        allowed = road.allowances(visit.number, visit.control) if (visit.late_ms or 0) > 0 else ()
        due_by = road.due_by(visit)
        known = (grounds.facts.by_id[each] for each in due_by)
        # Which time to it holds hangs on what came first, a change of it or the crew.
        read = [fact, *known, *road.changes_of_target(visit.control)]
        records += grounds.several(due_by, "when it was due")
        seen = timing.facts.of(ControlPassed)
        at_it = (each for each in seen if each.value.control == visit.control)
        records += grounds.distrusted(at_it, "", visit.number)
        records += grounds.several((each.id for each in allowed), "allows for it")
    elif isinstance(fact.value, StageStarted):
        key = fact.value.stage, charge.number
        told, read = timing.told_starts[key], [fact]
        records += grounds.distrusted(timing.facts.of(StageStarted), *key)
        records += grounds.several(timing.official_by(*key), "the official start")
    others = (each.fact.id for each in told if each.fact.id != fact.id)
    records += grounds.several(others, "does not count beside it", counts=False)
    behind = [grounds.evidence(fact.id), *records]
    records += grounds.of_cards(charge.number, behind, lambda _: False)
    clocks, rules = grounds.clocks(read)
    if by_source(told):
        rules += grounds.state.applied_on(getattr(fact.value, "stage", ""), SOURCES)
    return [*records, *clocks], rules


def _visit(grounds: Grounds, charge: Charge) -> Visit | None:
    """The control that a computed penalty is for."""
    visits = grounds.road.visits.get(charge.number, ()) if charge.basis == COMPUTED else ()
    return next((each for each in visits if each.fact.id == charge.ids[0]), None)


def _due(grounds: Grounds, visit: Visit) -> tuple[str, ...]:
    """When a crew was due at a control and when it was there, by the clocks of the rally."""
    if visit.due_ms is None:
        return ()
    rally = grounds.state.facts.rally
    zone = rally.time_zone if rally else None
    due, actual = (
        by_clocks_of(zone, Instant(each, visit.offset)).clock()
        for each in (visit.due_ms, visit.actual_ms)
    )
    allowed = f", {format_duration(visit.allowance_ms)} allowed" if visit.allowance_ms else ""
    return (f"due {due}, there at {actual}{allowed}",)


# -- what fell ----------------------------------------------------------------------------------


def _place_of(grounds: Grounds, fallen: Fallen) -> AtStage:
    """The stage in which something that fell would count."""
    said: Any = fallen.said
    stage, control = getattr(said, "stage", ""), getattr(said, "control", "")
    for each in getattr(said, "effects", ()):
        if each.act == PenaltyGiven.type_name():
            stage = str(each.fields.get("stage") or stage)
            control = str(each.fields.get("control") or "")
    try:
        return grounds.state.stage_at(stage, control, said.instant)
    except LedgerError:  # no rule says so, and nothing that counts needs one
        return NO_STAGE


def _fallen(grounds: Grounds, stage: str, fallen: Fallen) -> Addend:
    said = fallen.said
    article = getattr(said, "article", "") or getattr(said, "infringement", "")
    order = grounds.state.orders.get(stage)
    return addend(
        0,
        said.words().removesuffix("."),
        "penalty",
        stage,
        records=grounds.of_fallen([fallen]),
        article=grounds.article(article, said.instant, order),
        status=fallen.why,
    )

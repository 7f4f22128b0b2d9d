"""The plan, entries and offices: what stands there twice, leads nowhere, or serves itself."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ledger.amendments import ENVELOPE, WITHOUT_AUTHORITY
from ledger.authority import delivered
from ledger.commands.known import planned_as
from ledger.grouping import grouped
from ledger.powers import acts_among
from ledger.vocabulary import (
    ActAdopted,
    ControlScheduled,
    Occurrence,
    OfficialAppointed,
    OfficialReplaced,
    OpeningErased,
    RallyConstituted,
    TargetTimeChanged,
    TieBreakDisapplied,
    TieSettled,
    WaypointPlaced,
    ZonePlaced,
)
from ledger.vocabulary.base import on
from projections.control.anomaly import Anomaly, positions_of
from projections.state.persons import name_key
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.totals import Overall, Span, stage_total

_ASIDE = ENVELOPE | {"fact_at", "fact_assumed", "reason"}


_ONCE: tuple[tuple[type[Occurrence], str], ...] = (
    (ControlScheduled, "first"),
    (WaypointPlaced, "last"),
    (ZonePlaced, "last"),
)
"""What there is once under a name, and which record counts where there are several."""
OF_AUTHORITY = frozenset(
    {
        *(WITHOUT_AUTHORITY, "not-appointed", "constituted-twice"),
        *("site-number-of-no-record", "erased-elsewhere"),
    }
)
"""What a merge tells first: somebody acted who may not, or of whom nothing is on record."""


def planned_twice(state: RallyState) -> Iterator[Anomaly]:
    """Controls, points and zones of one name that were planned in different ways."""
    for what, counting in _ONCE:
        by_name = grouped((planned_as(fact.value), fact) for fact in state.facts.of(what))
        for facts in by_name.values():
            if any(_own(fact.value) != _own(facts[0].value) for fact in facts):
                counts = facts[0 if counting == "first" else -1].value
                message = (
                    f"It is planned {len(facts)} times, in different ways; the {counting} recorded "
                    f"counts: {counts.words()}"
                )
                positions = positions_of(state, *(fact.id for fact in facts))
                yield Anomaly("planned-twice", positions, message, "", getattr(counts, "stage", ""))


def _own(said: Occurrence) -> dict[str, Any]:
    """What an occurrence says, whoever says it."""
    return {name: value for name, value in said.as_dict().items() if name not in _ASIDE}


def targets_from_nothing(state: RallyState) -> Iterator[Anomaly]:
    """Target times of controls that count from no control."""
    told: list[Fact[ControlScheduled | TargetTimeChanged]] = [
        *state.facts.of(ControlScheduled),
        *state.facts.of(TargetTimeChanged),
    ]
    for fact in told:
        code = fact.value.control
        planned = state.controls.get(code)
        if fact.value.target_ms is None or planned is None or planned.is_start:
            continue
        if isinstance(fact.value, ControlScheduled) and fact.value is not planned:
            continue  # the one that counts is told
        before = state.control_before[code]
        if before in state.controls:
            continue
        why = (
            f"no control {before} is scheduled"
            if before
            else f"it is the first control{on(planned.stage)}, and names none from which it runs"
        )
        message = f"The target time of {code} counts from nothing: {why}."
        yield Anomaly("target-from-nothing", (fact.position,), message, "", planned.stage)


def falling_distances(state: RallyState) -> Iterator[Anomaly]:
    """Points of a stage that lie nearer to its start than the one before them."""
    by_stage: dict[str, dict[str, dict[str, Fact[WaypointPlaced]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for fact in state.facts.of(WaypointPlaced):
        by_stage[fact.value.stage][fact.value.category][fact.value.point] = fact
    for stage, by_category in by_stage.items():
        for category in by_category:
            points = (by_category.get("", {}) | by_category[category]).values()
            line = sorted(
                (each for each in points if each.value.at_m is not None),
                key=lambda each: (each.value.order, each.id),
            )
            for before, after in itertools.pairwise(line):
                there, here = before.value, after.value
                if here.order > there.order and (here.at_m or 0) < (there.at_m or 0):
                    message = (
                        f"The distance falls on {stage} from km {(there.at_m or 0) / 1000:g} at "
                        f"{there.point} to km {(here.at_m or 0) / 1000:g} at {here.point}."
                    )
                    positions = positions_of(state, before.id, after.id)
                    yield Anomaly("falling-distance", positions, message, "", stage)


def persons_twice(state: RallyState) -> Iterator[Anomaly]:
    """Persons in two crews, as the crews are now; not of crews that were kept from the start.

    What stands in three crews and more is nobody's name: "to be announced".
    """
    for several in state.facts.crews.namesakes:
        numbers = several
        if not state.reported_kept.keys().isdisjoint(several):  # as nearly none is
            numbers = {n: each for n, each in several.items() if n not in state.kept_from_start}
        if len(numbers) == 2:
            one, other = sorted(numbers)
            message = f"{numbers[one]} is in the crews {one} and {other}."
            entries = (state.facts.crews[each].id for each in numbers)
            yield Anomaly("person-twice", positions_of(state, *entries), message, other)


def appointed_by_themselves(state: RallyState) -> Iterator[Anomaly]:
    """Officials who gave an office to themselves."""
    acts: list[Fact[OfficialAppointed | OfficialReplaced]] = [
        *state.facts.of(OfficialAppointed),
        *state.facts.of(OfficialReplaced),
    ]
    for fact in acts:
        said = fact.value
        given = said.official if isinstance(said, OfficialAppointed) else said.successor
        if said.by and name_key(given) == name_key(said.by):
            role = f" ({said.role})" if said.role else ""
            message = f"{said.by}{role} gave the office to themselves: {said.words()}"
            yield Anomaly("appointed-by-oneself", (fact.position,), message)


def not_appointed(state: RallyState) -> Iterator[Anomaly]:
    """Stewards whom nobody appointed, where officials were appointed."""
    acts = acts_among(state.facts.told)
    powers = state.facts.powers
    if not powers.appoints:
        return
    found: dict[str, list[str]] = defaultdict(list)
    for identity, said in acts.items():
        judges = said.role == "stewards" and not delivered(said)
        held = judges and powers.holders(said.role, said.recorded_at.ms)
        if judges and not held and identity not in state.facts.idle:
            found[said.by].append(identity)
    for by, ids in found.items():
        records = "1 record" if len(ids) == 1 else f"{len(ids)} records"
        message = (
            f"{by or 'Somebody'} acts as stewards in {records}, and nobody appointed stewards."
        )
        yield Anomaly("not-appointed", positions_of(state, *ids), message)


def constituted_twice(state: RallyState) -> Iterator[Anomaly]:
    """Several constitutions of one rally; the first recorded counts."""
    several = state.facts.recorded(RallyConstituted)
    if len(several) > 1:
        counts = several[0].value
        message = (
            f"The rally was constituted {len(several)} times; the first recorded counts: "
            f"{_by(counts)}{counts.words()}"
        )
        positions = positions_of(state, *(each.id for each in several))
        yield Anomaly("constituted-twice", positions, message)


def numbers_of_no_record(state: RallyState) -> Iterator[Anomaly]:
    """Numbers of sites that no record can have: they are counted from 1."""
    for site, numbers in sorted(state.facts.numbers.items()):
        wrong = sorted(each for each in numbers if each < 1)
        if wrong:
            listed = ", ".join(f"#{each}" for each in wrong[:3]) + (" …" if len(wrong) > 3 else "")
            message = f"The site {site} counts from #1, and {listed} is no number of a record."
            ids = [identity for each in wrong for identity in numbers[each]]
            yield Anomaly("site-number-of-no-record", positions_of(state, *ids), message)


def erased_elsewhere(state: RallyState) -> Iterator[Anomaly]:
    """Erasures that were recorded at another site than what they erase, and that nobody adopted."""
    adopted = {each.value.target for each in state.facts.recorded(ActAdopted)}
    for fact in state.facts.recorded(OpeningErased):
        about = state.facts.told.get(fact.value.target)
        if about is None or about.site == fact.value.site or fact.id in adopted:
            continue
        message = (
            f"{_by(fact.value)}{fact.value.words()} That was recorded at another site: where the "
            "value was recorded it stays until the erasure is adopted."
        )
        number = getattr(about, "number", "")
        yield Anomaly("erased-elsewhere", (fact.position,), message, number)


def _by(said: Occurrence) -> str:
    """ "Ann (secretary, at finish-ss3): ", as far as it says so."""
    where = f"at {said.site}" if said.site else ""
    office = ", ".join(each for each in (said.role, where) if each)
    who = f"{said.by} ({office})" if office else said.by
    return f"{who}: " if said.by else ""


def ties_not_level(state: RallyState) -> Iterator[Anomaly]:
    """Rulings on the place of crews which are level in no classification."""
    several = [
        *((each.position, each.value.numbers) for each in state.facts.of(TieBreakDisapplied)),
        *((each.position, each.value.numbers) for each in state.facts.of(TieSettled)),
    ]
    for position, named in several:
        numbers = tuple(dict.fromkeys(named))
        if not any(_level(totals) for totals in _totals(state, numbers)):
            message = f"Crews {' and '.join(numbers)} are not level in any classification."
            yield Anomaly("tie-not-level", (position,), message, numbers[0])


def _level(totals: Sequence[int | None]) -> bool:
    return None not in totals and len(set(totals)) == 1


def _totals(state: RallyState, numbers: Iterable[str]) -> Iterator[list[int | None]]:
    """The totals of crews in every classification that there is: so far, and stage by stage."""
    known = [each for each in numbers if each in state.facts.crews]
    for until in (None, *(each.order for each in state.stages)):
        overall = Overall(state, Span(until))
        yield [total.total_ms if (total := overall.total(each)) else None for each in known]
    for stage in state.stages:
        yield [
            total.total_ms if (total := stage_total(state, stage, each)) else None for each in known
        ]

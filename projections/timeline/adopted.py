"""What the regulations decide for the timeline: forks, when rules change, what it does not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from ledger.amendments import Rank
from ledger.vocabulary import (
    PLACING,
    TYPES,
    BulletinIssued,
    ClockOffsetDeclared,
    CourtDecisionIssued,
    CrewDisqualified,
    CrewRepositioned,
    DecisionIssued,
    FitnessDecided,
    MovedOutsideClassification,
    NumberReallocated,
    PenaltyGiven,
    PenaltyWithdrawn,
    PointsDocked,
    RegulationsAdopted,
    StartPutBack,
)
from projections.state.facts import Facts, rank_by
from projections.state.road import COMPUTED
from projections.state.true_times import is_about, shown_by
from projections.timeline.light import Light, at_moment
from projections.timeline.versions import FOREVER, Along, Taken, Version, entangled

ADOPTED = (RegulationsAdopted, BulletinIssued)
OF_A_CREW = (
    PenaltyGiven,
    PenaltyWithdrawn,
    CrewDisqualified,
    CrewRepositioned,
    MovedOutsideClassification,
    PointsDocked,
    StartPutBack,
    *PLACING,
)
"""What a decision may do without touching a time: looked up with the facts of a moment."""
_CONTROLS = "controls.penalties"


class Ranks:
    """The order of sources at any position of the log."""

    def __init__(self, light: Light) -> None:
        self._light = light
        self._amended: list[Version] = []
        self._ranks: dict[int, Rank] = {}

    def learn(self, members: Sequence[Sequence[Taken]]) -> None:
        """Take in amended regulations: how those rank that amend them, nothing says."""
        for several in members:
            if any(isinstance(each.value, ADOPTED) for each in several):
                self._amended += entangled(several, lambda _: lambda _: 0, ())

    def _adopted(self) -> list[Version]:
        return [*self._amended, *(each for kind in ADOPTED for each in self._light.of(kind))]

    def steps(self) -> list[int]:
        """The positions at which the order may change."""
        return sorted({step for each in self._adopted() for step in (each.since, each.until)})

    def at(self, position: int) -> Rank:
        """The order at a position."""
        step = max((each for each in self.steps() if each <= position), default=0)
        if step not in self._ranks:
            facts = Facts(at_moment(self._adopted(), step, FOREVER), [], {})
            self._ranks[step] = rank_by(facts)
        return self._ranks[step]


def rules_change(light: Light) -> bool:
    """Whether rules change in the course of the rally, so that it matters when stages begin."""
    adopted = light.of(RegulationsAdopted)
    dated = any(getattr(each.fact.value, "later", ()) for each in adopted)
    return bool(light.of(BulletinIssued)) or len(adopted) > 1 or dated


def judges_cards(light: Light) -> bool:
    """Whether some rules leave penalties for starts and at controls to be computed.

    Rules that say nothing about it may need it said: whoever asks for a penalty is told then.
    """
    said = [getattr(each.fact.value, "parameters", {}) for each in light.of(RegulationsAdopted)]
    changed = (getattr(each.fact.value, "parameters", {}) for each in light.of(BulletinIssued))
    said += [each for each in changed if _CONTROLS in each]
    said += [
        {later.parameter: later.value}
        for each in light.of(RegulationsAdopted)
        for later in getattr(each.fact.value, "later", ())
        if later.parameter == _CONTROLS
    ]
    return any(each.get(_CONTROLS, COMPUTED) == COMPUTED for each in said)


def left_to_a_replay(light: Light) -> list[tuple[int, int]]:
    """The parts of the log of which the timeline does not tell."""
    parts = [(each.since, each.until) for each in light.of(NumberReallocated)]
    parts += _cleared(light)
    parts += _decided_on_times(light)
    parts += _clocks_of_more_than_readings(light)
    # Where cards are judged, what was stamped before any rules held is found to lack them.
    return parts if judges_cards(light) else [*parts, *_without_rules(light)]


def _without_rules(light: Light) -> Iterator[tuple[int, int]]:
    """Where no rules are adopted, and a crew that was late can't be told what that costs."""
    adopted = [each for kind in ADOPTED for each in light.of(kind)]
    steps = sorted({0, FOREVER}.union(*((each.since, each.until) for each in adopted)))
    for since, until in pairwise(steps):
        facts = Facts(at_moment(adopted, since, FOREVER), [], {})
        if _CONTROLS not in facts.regulations.base.parameters():
            yield since, until


def _cleared(light: Light) -> Iterator[tuple[int, int]]:
    """Where crews that were unfit were cleared again.

    What the stage cost them that they left depends on whether they were seen on it at all.
    """
    for one, other in combinations(light.of(FitnessDecided), 2):
        first, then = one.fact.value, other.fact.value
        assert isinstance(first, FitnessDecided)
        assert isinstance(then, FitnessDecided)
        since, until = max(one.since, other.since), min(one.until, other.until)
        if first.number == then.number and first.fit != then.fit and since < until:
            yield since, until


def clocks_along(light: Light) -> Along:
    """What was declared of the clocks of devices, by which readings are put right."""
    declared = light.of(ClockOffsetDeclared)
    return Along(e for e in declared if not getattr(e.fact.value, "of_site", ""))


def _clocks_of_more_than_readings(light: Light) -> Iterator[tuple[int, int]]:
    """Where a clock was put right by which more was told than readings, as that of a site is."""
    declared = light.of(ClockOffsetDeclared)
    if not declared:
        return
    dated = [
        shown_by(said)
        for kind in light.kinds()
        for each in light.of(kind)
        if (said := each.fact.value).fact_at is not None
    ]
    for each in declared:
        said = each.fact.value
        assert isinstance(said, ClockOffsetDeclared)
        if said.of_site or any(is_about(said, clock) for clock in dated):
            yield each.since, each.until


def _decided_on_times(light: Light) -> Iterator[tuple[int, int]]:
    """Where decisions act on stages and times, and may fall with all that they did."""
    for each in (*light.of(DecisionIssued), *light.of(CourtDecisionIssued)):
        said = each.fact.value
        assert isinstance(said, (DecisionIssued, CourtDecisionIssued))
        if any(e.act in TYPES and TYPES[e.act] not in OF_A_CREW for e in said.effects):
            yield each.since, each.until

"""Which answers a parameter of the rules can move, and which other parameters it works with.

A law changes each parameter over made-up rallies, and over its worked cases: nothing moves but what
is named here, and every parameter moves something.
"""

from __future__ import annotations

from typing import NamedTuple

from projections.rules.procedure import WITH


class Asked(NamedTuple):
    """The answers that ask for a parameter, and the parameters that bear on the same figure."""

    answers: frozenset[str]
    beside: tuple[str, ...] = ()


_FINDINGS = frozenset({"anomalies", "check"})
_SCORING = frozenset({"points", "season"})
_TOTALS = _SCORING | {"standings", "teams", "penalties", "time-cards", "start-order", "decisions"}
"""What is added up, and what follows from it; the register says what a decision moves."""
_TIMES = _TOTALS | _FINDINGS | {"finishers", "outstanding", "publications", "proposals"}
"""A time that is there or not makes a finisher, and may be wanted or doubted."""
_CARDS = frozenset({"cards"})
"""As finely as the cell of a card is read, persons who keyed it agree."""
_PROPOSED = frozenset({"proposals", "due", "outstanding"})
"""What is proposed is told as such, and waits for an office; it counts in no total."""
_FATES = _TIMES | {"retirements", "docket", "due", "protest-clock"}
"""Whether a crew is in the classification bears on everything that is told of it."""
_ROAD = _TOTALS | _FINDINGS | {"incidents", "outstanding", "publications", "precedents"}
"""A penalty that is reckoned answers a report, stands in the totals and beside like ones."""
_SHEETS = _SCORING | {"standings", "publications"}
_DEADLINES = frozenset({"docket", "due", "protest-clock"})
"""Until when something may be lodged, and what that keeps from becoming final."""
_SUSPENDED = _FATES | _DEADLINES | {"precedents"}
"""An appeal that counts keeps a decision back, and with it whatever the decision does."""

_WHOEVER = _FATES | _ROAD | _CARDS | _PROPOSED | _SHEETS
"""An act that counts or not bears on whatever acts bear on."""

_UNFINISHED = ("overall.unfinished_stage_ms", "overall.unfinished_stage_limit", "overall.max_time")
_COMPUTED = ("controls.penalties",)
_SUSPENSION = ("appeals.suspends",)
_COURTS = ("courts.national", "courts.international")
_TO = ("appeals.to_stewards", "appeals.to_court", "appeals.to_international_court")
_LODGED_WITH = ("protests.lodged_with", "reviews.lodged_with", *WITH.values())

ASKED: dict[str, Asked] = {
    "timing.counted_precision_ms": Asked(_TIMES | _CARDS),
    "timing.sources": Asked(_TIMES | {"due"}, ("timing.tolerance_ms",)),
    "timing.tolerance_ms": Asked(_TIMES, ("timing.sources",)),
    "timing.last_point_is_finish": Asked(_FATES, ("timing.sources",)),
    "timing.sources_wanted": Asked(frozenset({"outstanding"})),
    "timing.site_clock": Asked(_FATES | _CARDS | {"incidents", "precedents"}),
    "start.late_ms_per_minute": Asked(_ROAD, (*_COMPUTED, "start.lateness_from")),
    "start.lateness_from": Asked(_ROAD, (*_COMPUTED, "controls.lateness_from")),
    "start.false_start_ms": Asked(_ROAD, _COMPUTED),
    "controls.in_stage": Asked(_FATES | _CARDS | {"incidents"}, ("controls.in_next_stage",)),
    "controls.in_next_stage": Asked(_FATES | _CARDS | {"incidents"}, ("controls.in_stage",)),
    "controls.penalties": Asked(
        _ROAD | {"precedents"}, ("controls.lateness", "controls.precision_ms")
    ),
    "controls.precision_ms": Asked(_ROAD | _CARDS, (*_COMPUTED, "controls.lateness_from")),
    "controls.lateness_from": Asked(_ROAD | _CARDS, (*_COMPUTED, "controls.precision_ms")),
    "controls.late_ms_per_minute": Asked(_ROAD, (*_COMPUTED, "controls.lateness")),
    "controls.early_ms_per_minute": Asked(_ROAD, _COMPUTED),
    "controls.lateness": Asked(_ROAD, (*_COMPUTED, "controls.late_ms_per_minute")),
    "controls.late_limit_ms": Asked(_ROAD, (*_COMPUTED, "controls.not_visited_ms")),
    "controls.not_visited_ms": Asked(_ROAD, (*_COMPUTED, "controls.late_limit_ms")),
    "bonus.opening_ms_per_km": Asked(_TIMES, ("timing.counted_precision_ms",)),
    "regularity.price": Asked(_FATES, ("regularity.jokers",)),
    "regularity.jokers": Asked(_TIMES, ("regularity.price",)),
    "regularity.jokers_over": Asked(_TIMES, ("regularity.jokers",)),
    "regularity.unfinished": Asked(_FATES, ("regularity.price", "overall.unfinished_stage")),
    "stopping.methods": Asked(frozenset({"check"}), ("notional.time",)),
    "notional.time": Asked(frozenset({"check"}), ("stopping.methods",)),
    "shortening.penalties_beyond": Asked(_ROAD),
    "cancellation.road_penalties": Asked(_ROAD),
    "overall.classifications": Asked(_SCORING | {"publications", "protest-clock", "check"}),
    "overall.removed_by": Asked(_FATES, ("overall.unfinished_stage_limit",)),
    "overall.coefficients": Asked(_TIMES, ("timing.counted_precision_ms",)),
    "overall.max_time": Asked(_FATES, ("overall.unfinished_stage",)),
    "overall.unfinished_stage": Asked(_FATES, _UNFINISHED),
    "overall.unfinished_stage_ms": Asked(_TIMES, ("overall.unfinished_stage",)),
    "overall.unfinished_stage_most_ms": Asked(_TIMES, ("overall.unfinished_stage",)),
    "overall.unfinished_stage_limit": Asked(_FATES, ("overall.unfinished_stage",)),
    "overall.not_started_stage": Asked(
        _FATES, ("overall.not_started_stage_ms", "overall.max_time")
    ),
    "overall.not_started_stage_ms": Asked(_TIMES, ("overall.not_started_stage",)),
    "overall.outside_in_stage_results": Asked(_SHEETS | {"start-order", "penalties", "time-cards"}),
    "ties.chain": Asked(_SHEETS | {"teams", "start-order", "decisions"}),
    "ties.shared_place": Asked(_SHEETS | {"teams", "decisions"}, ("ties.chain",)),
    "overall.reclassified": Asked(_SHEETS | {"teams"}),
    "sanctions.same_place": Asked(_SHEETS | {"decisions", "teams"}),
    "start_order.rule": Asked(
        _FINDINGS | {"start-order", "publications", "decisions"}, ("start_order.intervals",)
    ),
    "start_order.intervals": Asked(
        frozenset({"start-order", "time-cards", "outstanding", "publications"})
        | {"penalties", "standings", *_FINDINGS, *_SCORING}
    ),
    "start_order.categories": Asked(
        frozenset({"start-order", "publications"}), ("start_order.category_gap_ms",)
    ),
    "start_order.category_gap_ms": Asked(
        frozenset({"start-order", "publications"}), ("start_order.intervals",)
    ),
    "tariffs.waypoints": Asked(_PROPOSED),
    "tariffs.speed": Asked(_PROPOSED),
    "tariffs.components": Asked(_PROPOSED),
    "tariffs.reports": Asked(_PROPOSED),
    "reviews.time": Asked(_DEADLINES),
    "reviews.window_ms": Asked(_DEADLINES),
    "reviews.lodged_with": Asked(_DEADLINES, ("lodging.elsewhere",)),
    "protests.time_classification": Asked(_DEADLINES),
    "protests.window_ms": Asked(_DEADLINES),
    "protests.time_decision": Asked(_DEADLINES),
    "protests.against_decision_ms": Asked(_DEADLINES),
    "protests.time_other": Asked(_DEADLINES),
    "protests.lodged_with": Asked(_DEADLINES, ("lodging.elsewhere",)),
    "lodging.elsewhere": Asked(_SUSPENDED, _LODGED_WITH),
    "appeals.to_stewards": Asked(_SUSPENDED, _SUSPENSION),
    "appeals.to_court": Asked(_SUSPENDED, _SUSPENSION),
    "appeals.to_international_court": Asked(_SUSPENDED, (*_SUSPENSION, *_COURTS)),
    "appeals.intention_ms": Asked(_SUSPENDED, _SUSPENSION),
    "appeals.confirm_to_stewards": Asked(_SUSPENDED, _SUSPENSION),
    "appeals.confirm_to_court": Asked(_SUSPENDED, _SUSPENSION),
    "appeals.confirm_to_international_court": Asked(_SUSPENDED, (*_SUSPENSION, *_COURTS)),
    "appeals.confirmation_ms": Asked(_SUSPENDED, _SUSPENSION),
    "appeals.lodged_with_stewards": Asked(_SUSPENDED, ("lodging.elsewhere",)),
    "appeals.lodged_with_court": Asked(_SUSPENDED, ("lodging.elsewhere",)),
    "appeals.lodged_with_international_court": Asked(_SUSPENDED, ("lodging.elsewhere", *_COURTS)),
    "appeals.suspends": Asked(_SUSPENDED, _TO),
    "appeals.suspensive": Asked(_SUSPENDED, _TO),
    "appeals.not_appealable": Asked(_SUSPENDED, _SUSPENSION),
    "courts.national": Asked(_SUSPENDED, ("appeals.to_international_court",)),
    "courts.international": Asked(_SUSPENDED, ("appeals.to_international_court",)),
    "signatures.wanted": Asked(_WHOEVER, ("signatures.countersigned",)),
    "signatures.countersigned": Asked(_WHOEVER, ("signatures.wanted",)),
    "signatures.not_proven": Asked(_WHOEVER, ("signatures.wanted",)),
    "documents.classification_signatures": Asked(frozenset()),
    "documents.decision_signatures": Asked(frozenset()),
    "documents.classification_witnessed": Asked(frozenset(), ("witnesses.policy",)),
    "witnesses.policy": Asked(frozenset(), ("documents.classification_witnessed",)),
    "witnesses.time_stamps": Asked(_WHOEVER, ("signatures.wanted", "signatures.not_proven")),
    "points.scales": Asked(_SCORING, ("points.scorers", "points.shared_place")),
    "points.scorers": Asked(_SCORING, ("points.scales",)),
    "points.classifications": Asked(_SCORING, ("overall.classifications",)),
    "points.shared_place": Asked(_SCORING, ("points.scales", "ties.chain")),
    "points.manufacturers": Asked(_SCORING, ("points.scales",)),
    "points.teams": Asked(_SCORING, ("points.scales",)),
    "season.counting": Asked(frozenset({"season"})),
    "season.ties": Asked(frozenset({"season"}), ("season.counting",)),
    "teams.counting": Asked(frozenset({"teams"})),
    "check.fastest_kmh": Asked(frozenset({"check"})),
    "check.far_ahead_percent": Asked(frozenset({"check"})),
}
"""By parameter. What signs a document is asked when it is posted (`ACTS`), and by no answer."""

ACTS: dict[str, tuple[str, ...]] = {
    "overall.classifications": ("publish classification", "draw-up"),
    "documents.classification_signatures": ("publish classification", "document classification"),
    "documents.decision_signatures": ("publish decision", "document decision"),
    "documents.classification_witnessed": ("publish classification",),
    "witnesses.policy": ("publish classification", "verify"),
}
"""The acts that a parameter can rule out, and the sheets on which it stands."""
DEAD: dict[str, dict[str, str]] = {
    "overall.removed_by": {"disqualification": "a disqualification always takes a crew out"}
}
"""The choices of parameters that move nothing, and why; of parameters themselves there is none."""
EVERYWHERE = ("why", "diff", "what-if", "drift", "history", "crew", "rulebook show")
"""The answers that are made of others, or show the rules themselves: they move with them."""


def asked(parameter: str) -> Asked:
    """Which answers ask for a parameter."""
    return ASKED[parameter]

"""True times: what every instant truly was that a clock gave which was declared wrong.

They are put right once, where facts are made of records, and everything that follows reads the
true ones: cuts, orders, times, who left before he came back. What the clock showed stays on record.

A clock of a device or a kind of source gave the instants of facts. That of a site gave these and
when things were put on record there; a decision that was taken as it was put on record, by the same
clock, with them. A correction of an instant is by the clock of who corrects. Declarations are
chosen by what clocks showed, as they say it themselves, so that none moves itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from ledger.amendments import Settled, Settlement, apply_changes, chains
from ledger.errors import Unreadable
from ledger.times import Instant, earlier_by
from ledger.vocabulary import ClockOffsetDeclared, Corrected, Occurrence
from ledger.vocabulary.timing import OfASource
from projections.rules.regulations import Regulations
from projections.state.recorded import Fact

SITE_CLOCK, APPLIED = "timing.site_clock", "applied"
Declared = Fact[ClockOffsetDeclared]
Applies = Callable[[str, int], bool]
"""Whether the regulations apply the clock of a site: on a stage, at an instant (UTC ms)."""


class Shown(NamedTuple):
    """A clock that showed something: of which site, kind of source and device, where and when."""

    site: str
    kind: str
    device: str
    stage: str
    at_ms: int


def shown_by(said: Occurrence, at: Instant | None = None, about: Occurrence | None = None) -> Shown:
    """The clock that a record was read from; what it showed, where it is not when it happened.

    `about` is what it is about as it stands: a correction may say that it was another stage.
    """
    source, stage = said.source, str(getattr(about or said, "stage", ""))
    return Shown(said.site, source.kind, source.name, stage, (at or said.happened).ms)


def is_about(said: OfASource, clock: Shown) -> bool:
    """Whether a declaration is about the clock, the stage and the time of what was shown."""
    return (
        said.kind in ("", clock.kind)
        and said.device in ("", clock.device)
        and said.of_site in ("", clock.site)
        and said.stage in ("", clock.stage)
        and (said.since_at is None or said.since_at.ms <= clock.at_ms)
        and (said.until_at is None or clock.at_ms <= said.until_at.ms)
    )


def may_be_about(said: OfASource, told: Occurrence) -> bool:
    """Whether it is about the clock of a record, whatever the stage and the time."""
    source = told.source
    return (
        said.of_site in ("", told.site)
        and said.kind in ("", source.kind)
        and said.device in ("", source.name)
    )


def closeness(said: OfASource) -> int:
    """How closely a declaration names the clock."""
    return sum(bool(each) for each in (said.kind, said.device, said.of_site, said.stage))


def closest(declared: Iterable[Declared], clock: Shown) -> Declared | None:
    """The declaration that holds for what a clock showed; None where there is none.

    Of several it is the one that names the clock most closely, of such the latest.
    """
    about = [each for each in declared if is_about(each.value, clock)]
    return max(about, key=_preference, default=None)


def _preference(declared: Declared) -> tuple[int, int, int, str]:
    said = declared.as_shown
    return closeness(said), said.happened.ms, said.recorded_at.ms, declared.id


class Offsets:
    """Declarations that are known together, and whether the regulations apply those of sites."""

    def __init__(self, declared: Iterable[Declared], applies: Applies) -> None:
        self.declared = tuple(declared)
        self._of_sites = tuple(e for e in self.declared if _is_of_a_site_alone(e.value))
        self._applies = applies

    def true(self, said: Occurrence, about: Occurrence | None = None) -> Occurrence:
        """A record with the instants that it truly gives; itself, where none was wrong.

        `about` is the fact that it tells or corrects, as it stands.
        """
        changed: dict[str, Any] = {}
        recorded = self._moved(said, said.recorded_at, about, self._of_sites)
        if recorded != said.recorded_at:
            changed["recorded_at"] = recorded
            # What was decided at the very millisecond was dated by the same clock, not by hand.
            if getattr(said, "decided_at", None) == said.recorded_at:
                changed["decided_at"] = recorded
        if said.fact_at is not None:
            happened = self._moved(said, said.fact_at, about, self.declared)
            if happened != said.fact_at:
                changed["fact_at"] = happened
        if isinstance(said, Corrected) and (given := _given(said)) is not None:
            right = self._moved(said, given, about, self.declared)
            if right != given:
                changed["changes"] = {**said.changes, "fact_at": (right.ms, right.offset)}
        return msgspec.structs.replace(said, **changed) if changed else said

    def _moved(
        self, said: Occurrence, at: Instant, about: Occurrence | None, among: tuple[Declared, ...]
    ) -> Instant:
        clock = shown_by(said, at, about)
        declared = closest(among, clock)
        if declared is None:
            return at
        true = earlier_by(at, declared.value.ahead_ms)
        if declared.value.of_site and not self._applies(clock.stage, true.ms):
            return at
        return true

    def moved(self, told: Mapping[str, Occurrence], shown: Settlement) -> dict[str, Occurrence]:
        """The records whose instants were truly others, by id, with these.

        `shown` is what stands of all that is told, with the instants that clocks showed.
        """
        found: dict[str, Occurrence] = {}
        if not self.declared:
            return found
        standing = {each.id: each.value for each in shown.standing}
        stands_for: dict[str, str] | None = None
        for identity, said in told.items():
            if not any(may_be_about(each.value, said) for each in self.declared):
                continue
            root, at = identity, said
            while isinstance(at, Corrected) and at.target in told:
                root, at = at.target, told[at.target]
            if root not in standing:
                stands_for = chains(told).stands_for if stands_for is None else stands_for
                root = stands_for.get(root, root)
            true = self.true(said, standing.get(root))
            if true is not said:
                found[identity] = true
        return found


def _is_of_a_site_alone(said: ClockOffsetDeclared) -> bool:
    """Whether it is about the clock by which a site puts things on record."""
    return bool(said.of_site) and not (said.kind or said.device)


def _given(said: Corrected) -> Instant | None:
    """The instant that a correction gives, if it can be read."""
    try:
        return msgspec.convert(said.changes.get("fact_at"), Instant | None)
    except msgspec.ValidationError:
        return None


def by_rules(regulations: Regulations) -> bool | None:
    """Whether the clocks of sites are applied throughout a rally; None where that changes."""
    said = {regulations.base.parameters().get(SITE_CLOCK)}
    for change in regulations.changes:
        if change.whole or SITE_CLOCK in change.parameters:
            said.add(change.parameters.get(SITE_CLOCK))
    return APPLIED in said if len(said) == 1 or APPLIED not in said else None


def always(_: str, __: int) -> bool:
    """The clock of every site is applied."""
    return True


def never(_: str, __: int) -> bool:
    """The clocks of sites are only noted."""
    return False


def as_shown(stands: Settled, told: Mapping[str, Occurrence]) -> Occurrence:
    """What stands, with the instants that the clocks showed: as it was told and corrected."""
    said, value = told[stands.id], stands.value
    for each in stands.amended_by:
        try:
            said = apply_changes(said, getattr(told[each], "changes", {}))
        except Unreadable:
            continue
    fields = {"fact_at": said.fact_at, "recorded_at": said.recorded_at}
    if hasattr(value, "decided_at"):
        fields["decided_at"] = getattr(said, "decided_at", None)
    return msgspec.structs.replace(value, **fields)

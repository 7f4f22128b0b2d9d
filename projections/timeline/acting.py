"""Who acted: from where on in a log something has no effect, as nobody did it who may.

Of a log in which that never happens the timeline tells without looking at every act again: it keeps
by whom, in which office and where acts were taken, and over what time, and holds that against what
is said of officials and sites. From where one may be refused, the log is left to a replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from ledger.authority import AMENDING, delivered, refused_to
from ledger.powers import OFFICIAL, Powers
from ledger.vocabulary import (
    KeyRegistered,
    Occurrence,
    RallyConstituted,
    canonical,
    decode,
    occurrence_id,
)
from ledger.wanted import is_of_signatures
from projections.timeline.versions import FOREVER, Taken

MOST = 200
"""So many records about officials and sites at most are held against who acted."""


class Acted(msgspec.Struct, array_like=True):
    """Somebody who acted in an office at a site: from when to when (UTC ms, by their clock)."""

    role: str
    by: str
    site: str
    delivered: bool
    first_ms: int
    last_ms: int


class Acting(msgspec.Struct, array_like=True, dict=True):
    """Who acted, and what is said of officials and sites, up to a position of the log."""

    acted: list[Acted] = []
    official: list[bytes] = []
    refused_from: int = FOREVER
    founded_from: int = FOREVER
    """From where the rally is founded in an office, so that nobody acts in none."""
    without_office_from: int = FOREVER
    asked_from: int = FOREVER
    """From where the rules ask for signatures, which they do where there are keys."""
    keyed_from: int = FOREVER

    @property
    def idle_from(self) -> int:
        """The position from which an act may have no effect."""
        return min(
            self.refused_from,
            max(self.founded_from, self.without_office_from),
            max(self.asked_from, self.keyed_from),
        )

    def take(self, told: Iterable[Taken], known: Mapping[str, Taken]) -> None:
        """Take in what was told, in the order of positions; `known` is what it may be about."""
        fresh: dict[tuple[str, str, str, bool], int] = {}
        for each in sorted(told, key=lambda each: each.position):
            said, position = each.value, each.position
            if not said.is_act:
                continue
            original = _original(said, known)
            if isinstance(original or said, OFFICIAL):
                self._hold_against(fresh)
                self._learn(said, position)
                fresh = dict.fromkeys(self._by_key, position)
            if is_of_signatures(said):
                self.asked_from = min(self.asked_from, position)
            if isinstance(said, KeyRegistered):
                self.keyed_from = min(self.keyed_from, position)
            if isinstance(said, RallyConstituted) and said.role:
                self.founded_from = min(self.founded_from, position)
            if not said.role and not delivered(said):
                self.without_office_from = min(self.without_office_from, position)
            elif not delivered(said):
                about = known.get(getattr(said, "target", "")) if original else None
                if refused_to(said, original, about.value if about else None):
                    self.refused_from = min(self.refused_from, position)
            key = said.role, said.by, said.site, delivered(said)
            self._note(key, said.recorded_at.ms)
            fresh.setdefault(key, position)
        self._hold_against(fresh)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str, bool], Acted]:
        return {(each.role, each.by, each.site, each.delivered): each for each in self.acted}

    def _note(self, key: tuple[str, str, str, bool], at_ms: int) -> None:
        held = self._by_key.get(key)
        if held is None:
            held = self._by_key[key] = Acted(*key, at_ms, at_ms)
            self.acted = [*self.acted, held]
        held.first_ms, held.last_ms = min(held.first_ms, at_ms), max(held.last_ms, at_ms)

    def _learn(self, said: Occurrence, position: int) -> None:
        """Take in what is said of officials and sites."""
        data = canonical(said)
        if data in self.official:
            return
        self.official = [*self.official, data]
        self.__dict__.pop("_powers", None)
        if len(self.official) > MOST or self._powers.idle:
            self.refused_from = min(self.refused_from, position)

    @cached_property
    def _powers(self) -> Powers:
        return Powers({occurrence_id(data): decode(data) for data in self.official})

    def _hold_against(self, fresh: Mapping[tuple[str, str, str, bool], int]) -> None:
        """Hold who acted against who may, as it was known where they did."""
        if not self.official or len(self.official) > MOST:
            return
        for key, position in fresh.items():
            if position < self.refused_from and not self._might(self._by_key[key]):
                self.refused_from = position

    def _might(self, acted: Acted) -> bool:
        limit = self._powers.limits.get(acted.site)
        if limit is not None and acted.role not in limit:
            return False
        return (
            acted.delivered
            or not acted.role
            or self._powers.held(acted.role, acted.by, acted.first_ms, acted.last_ms)
        )


def _original(said: Occurrence, known: Mapping[str, Taken]) -> Occurrence | None:
    """What an amendment is about in the end, as far as it is known."""
    at: Occurrence | None = said
    while isinstance(at, AMENDING):
        found = known.get(getattr(at, "target", ""))
        at = found.value if found else None
    return None if at is said else at

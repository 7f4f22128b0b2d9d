"""Who acted: from where on in a log something has no effect, as nobody did it who may.

Of a log in which that never happens the timeline tells without looking at every act again: it keeps
by whom, in which office, where and with which signatures acts were taken, and over what time, and
holds that against what is said of officials, sites and keys. From where one may be refused, the log
is left to a replay; one that is only signed later, until it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

import msgspec

from ledger.authority import AMENDING, delivered, refused_to
from ledger.grouping import grouped
from ledger.keyring import namespace_signed
from ledger.powers import OFFICIAL, Powers
from ledger.scan import Scanned
from ledger.times import Instant
from ledger.vocabulary import (
    ActsSigned,
    Occurrence,
    ProofKept,
    RallyConstituted,
    canonical,
    decode,
    occurrence_id,
)
from ledger.vocabulary.keys import KeyEnded
from ledger.wanted import is_of_signatures
from projections.timeline.versions import FOREVER, Taken

MOST = 200
"""So many records about officials and sites at most are held against who acted."""
_SIGNATURE = ActsSigned.type_name()


Made = tuple[str, str]
"""With which key a signature was made, and for what."""
Signing = Callable[[Sequence[str]], Iterable[Scanned]]
"""The rows of the signatures over records, by their ids, wherever they stand in the log."""
Key = tuple[str, str, str, bool, str, str, str, str, tuple[Made, ...]]


class Acted(msgspec.Struct, array_like=True, dict=True):
    """Somebody who acted in an office at a site: from when to when (UTC ms, by their clock).

    They are acts of one type and one source that bear the same signatures, on acts of one type and
    office if they amend any; `sample` is one of them, `amended` what that is about, if it is.
    """

    role: str
    by: str
    site: str
    delivered: bool
    first_ms: int
    last_ms: int
    sample: bytes
    made: tuple[Made, ...] = ()
    amended: bytes = b""

    @cached_property
    def act(self) -> Occurrence:
        """One of them."""
        return decode(self.sample)

    @cached_property
    def about(self) -> Occurrence:
        """What that amends in the end, or itself."""
        return decode(self.amended) if self.amended else self.act


class Lacking(msgspec.Struct, array_like=True):
    """An act that lacks a signature so far: where it stands, and what it bears."""

    position: int
    act: bytes
    made: list[Made]
    amended: bytes = b""


class Acting(msgspec.Struct, array_like=True, dict=True):
    """Who acted, and what is said of officials and sites, up to a position of the log."""

    acted: list[Acted] = []
    official: list[bytes] = []
    signing: list[bytes] = []
    """The signatures over what is said of officials and sites."""
    lacking: dict[str, Lacking] = {}
    waited: list[tuple[int, int]] = []
    """The parts of the log in which an act lacked a signature that came later."""
    signed_from: int = FOREVER
    """From where anything is signed."""
    refused_from: int = FOREVER
    founded_from: int = FOREVER
    """From where the rally is founded in an office, so that nobody acts in none."""
    without_office_from: int = FOREVER
    lost_from: int = FOREVER
    """From where a key is lost; what was signed with it may be proven to be older."""
    proven_from: int = FOREVER

    @property
    def replayed(self) -> list[tuple[int, int]]:
        """The parts of the log in which an act may have no effect."""
        idle_from = min(
            self.refused_from,
            max(self.founded_from, self.without_office_from),
            max(self.lost_from, self.proven_from),
            *(each.position for each in self.lacking.values()),
        )
        return [*self.waited, *([(idle_from, FOREVER)] if idle_from < FOREVER else [])]

    def take(
        self, told: Iterable[Taken], known: Mapping[str, Taken], after: int, signing: Signing
    ) -> None:
        """Take in what was told, in the order of positions; `known` is what it may be about.

        What stands up to the position `after` was told before.
        """
        fresh: dict[Key, int] = {}
        in_order = sorted(told, key=lambda each: each.position)
        over = self._signatures(in_order, signing)
        for each in in_order:
            if isinstance(each.value, ActsSigned):
                fresh = self._learn_signature(each.value, each.position, fresh)
            elif isinstance(each.value, ProofKept):
                self.proven_from = min(self.proven_from, each.position)
            if each.value.is_act:
                # What an act bears that was told before, it bears where this is told.
                last = each.position if each.position > after else in_order[-1].position
                borne = [signature for at, signature in over.get(each.id, ()) if at <= last]
                original = _original(each.value, known)
                self._look_at(each, original, known)
                fresh = self._take_act(each, original or each.value, borne, fresh)
        self._hold_against(fresh)

    def _take_act(
        self, told: Taken, about: Occurrence, borne: Sequence[ActsSigned], fresh: dict[Key, int]
    ) -> dict[Key, int]:
        """Take in an act with the signatures that it bears; answers what is to be looked at now."""
        said, position = told.value, told.position
        made = tuple(dict.fromkeys(filter(None, map(_made, borne))))
        is_official = isinstance(about, OFFICIAL) or is_of_signatures(about)
        if is_official:
            self._hold_against(fresh)
            self.signing = [*self.signing, *map(canonical, borne)]
            self._learn(said, position)
            fresh = dict.fromkeys(self._by_key, position)
        if is_official or self._powers.is_signed_enough(said, about, made):
            fresh.setdefault(self._note(said, about, made), position)
        elif told.id not in self.lacking:
            found = Lacking(position, canonical(said), [*made], _amended(said, about))
            self.lacking = {**self.lacking, told.id: found}
        return fresh

    def _look_at(
        self, told: Taken, original: Occurrence | None, known: Mapping[str, Taken]
    ) -> None:
        """Look at what of an act tells by itself that something may have no effect."""
        said, position = told.value, told.position
        if isinstance(said, KeyEnded):
            self.lost_from = min(self.lost_from, position)
        if isinstance(said, RallyConstituted) and said.role:
            self.founded_from = min(self.founded_from, position)
        if not said.role and not delivered(said):
            self.without_office_from = min(self.without_office_from, position)
        elif not delivered(said):
            amended = known.get(getattr(said, "target", "")) if original else None
            if refused_to(said, original, amended.value if amended else None):
                self.refused_from = min(self.refused_from, position)

    def _signatures(
        self, told: Sequence[Taken], signing: Signing
    ) -> Mapping[str, list[tuple[int, ActsSigned]]]:
        """The signatures over what was told, by its id, with the positions of each."""
        firsts = (each.position for each in told if isinstance(each.value, ActsSigned))
        self.signed_from = min([self.signed_from, *firsts])
        if self.signed_from == FOREVER:
            return {}
        acts = [each.id for each in told if each.value.is_act]
        rows = {each.position: each for each in signing(acts) if each.type == _SIGNATURE}
        wanted, last = {*acts}, max((each.position for each in told), default=0)
        return grouped(
            (identity, (position, said))
            for position, row in sorted(rows.items())
            if position <= last and isinstance(said := decode(row.data, row.type), ActsSigned)
            for identity in wanted.intersection(said.targets)
        )

    @cached_property
    def _by_key(self) -> dict[Key, Acted]:
        return {_key(each.act, each.about, each.made): each for each in self.acted}

    def _note(self, said: Occurrence, about: Occurrence, made: tuple[Made, ...]) -> Key:
        key, at_ms = _key(said, about, made), said.recorded_at.ms
        held = self._by_key.get(key)
        if held is None:
            amended = _amended(said, about)
            held = Acted(*key[:4], at_ms, at_ms, canonical(said), made, amended)
            self._by_key[key] = held
            self.acted = [*self.acted, held]
        held.first_ms, held.last_ms = min(held.first_ms, at_ms), max(held.last_ms, at_ms)
        return key

    def _learn(self, said: Occurrence, position: int) -> None:
        """Take in what is said of officials and sites."""
        data = canonical(said)
        if data in self.official:
            return
        self.official = [*self.official, data]
        self._judge(position)

    def _learn_signature(
        self, said: ActsSigned, position: int, fresh: dict[Key, int]
    ) -> dict[Key, int]:
        """Take in a signature over what was told before; answers what is to be looked at now."""
        for identity in self.lacking.keys() & {*said.targets}:
            held = self.lacking[identity]
            held.made.extend(filter(None, [_made(said)]))
            act = decode(held.act)
            about = decode(held.amended) if held.amended else act
            if self._powers.is_signed_enough(act, about, held.made):
                self.lacking = {i: each for i, each in self.lacking.items() if i != identity}
                self.waited = [*self.waited, (held.position, position)]
                made = tuple(dict.fromkeys(held.made))
                fresh.setdefault(self._note(act, about, made), position)
        if self._official_ids.isdisjoint(said.targets):
            return fresh
        self._hold_against(fresh)
        self.signing = [*self.signing, canonical(said)]
        self._judge(position)
        return dict.fromkeys(self._by_key, position)

    def _judge(self, position: int) -> None:
        """Look whether all that is said of officials and sites counts, as it is known now."""
        for each in ("_powers", "_official_ids"):
            self.__dict__.pop(each, None)
        if len(self.official) > MOST or self._powers.idle:
            self.refused_from = min(self.refused_from, position)

    @cached_property
    def _powers(self) -> Powers:
        told = dict.fromkeys([*self.official, *self.signing])
        return Powers({occurrence_id(data): decode(data) for data in told})

    @cached_property
    def _official_ids(self) -> frozenset[str]:
        return frozenset(map(occurrence_id, self.official))

    def _hold_against(self, fresh: Mapping[Key, int]) -> None:
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
        return self._are_signed(acted) and (
            acted.delivered
            or not acted.role
            or self._powers.held(acted.role, acted.by, acted.first_ms, acted.last_ms)
        )

    def _are_signed(self, acted: Acted) -> bool:
        """Whether none of them lacks a signature, whenever between its bounds it was recorded."""
        powers, first, last = self._powers, acted.first_ms, acted.last_ms
        if not powers.root or isinstance(acted.act, OFFICIAL) or is_of_signatures(acted.act):
            return True
        steps = powers.steps[bisect_right(powers.steps, first) : bisect_right(powers.steps, last)]
        return all(
            powers.is_signed_enough(act, acted.about if acted.amended else act, acted.made)
            for act in (_recorded(acted.act, ms) for ms in (first, *steps))
        )


def _amended(said: Occurrence, about: Occurrence) -> bytes:
    """What an act amends, if it does."""
    return b"" if about is said else canonical(about)


def _key(said: Occurrence, about: Occurrence, made: tuple[Made, ...]) -> Key:
    """What acts have in common that are judged as one."""
    by = said.role, said.by, said.site, delivered(said)
    return *by, said.type_name(), said.source.name, about.type_name(), about.role, made


def _made(said: ActsSigned) -> Made | None:
    """With which key a signature was made, and for what; None where it does not hold."""
    for_what = namespace_signed(said.signature, said.key, said.targets)
    return (said.key, for_what) if for_what else None


def _recorded(said: Occurrence, ms: int) -> Occurrence:
    """An act as if it were recorded at another instant."""
    return msgspec.structs.replace(said, recorded_at=Instant(ms, said.recorded_at.offset))


def _original(said: Occurrence, known: Mapping[str, Taken]) -> Occurrence | None:
    """What an amendment is about in the end, as far as it is known."""
    at: Occurrence | None = said
    while isinstance(at, AMENDING):
        found = known.get(getattr(at, "target", ""))
        at = found.value if found else None
    return None if at is said else at

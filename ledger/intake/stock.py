"""What a log holds of a source: under each key what it said, and what of that counts.

What a source says of one key is a row of statements: the first under the key itself, the n-th
further one under "KEY ~n". A further one corrects, voids (the key was withdrawn), voids such a void
(the key returned), or is said anew. So a key has one state, whatever the order of arrival.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import count
from typing import NamedTuple

from ledger.amendments import apply_changes, chains, seen, settle
from ledger.errors import Unreadable
from ledger.log import Log
from ledger.powers import Powers, with_bearing
from ledger.spelling import composed
from ledger.vocabulary import TAKES_BACK, Corrected, Occurrence, Voided, decode, occurrence_id

NTH = " ~"
"""Stands between a key and the number of a further statement about it."""


class Held(NamedTuple):
    """A record that stands under a key, or stood there.

    `said` is the record as its source said it last; `stands` is it with what anybody amended, were
    it not that its source withdrew it (None: somebody else voided it). It is `withdrawn` by voids
    that are in force (`withdrawn_by`), unless somebody restored it. `tip` is where a further
    correction points; `taken_back` says that an office took the record back.
    """

    root: str
    said: Occurrence
    stands: Occurrence | None
    tip: str
    withdrawn: bool
    withdrawn_by: tuple[str, ...]
    taken_back: bool

    @property
    def counts(self) -> bool:
        """Whether the record counts for something."""
        return self.stands is not None and not self.withdrawn_by and not self.taken_back


class Stock:
    """What the log holds of each source by key, looked up once per source."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._held: dict[str, dict[str, tuple[Held, ...]]] = {}
        self._numbers: dict[tuple[str, str], Iterator[int]] = {}
        self._amending: dict[str, Occurrence] | None = None

    def of(self, source: str) -> Mapping[str, tuple[Held, ...]]:
        """What is held of a source, by key."""
        if source not in self._held:
            self._held[source] = self._load(source)
        return self._held[source]

    def about(self, said: Occurrence) -> tuple[Held, ...]:
        """What is held that a line is about; of several under its key what tells of the same.

        Of such what counts; where none of them tells of it, all are meant.
        """
        held = self.of(said.source.name).get(composed(said.source.seq), ())
        alike = tuple(each for each in held if seen(each.said) == seen(said))
        return tuple(each for each in alike if each.counts) or alike or held

    def numbers(self, source: str, key: str) -> Iterator[int]:
        """The numbers of further statements about a key."""
        return self._numbers[source, key]

    def _amendments(self) -> dict[str, Occurrence]:
        """What corrects, voids or takes back, whoever said it, and who may."""
        if self._amending is None:
            kinds = with_bearing(*TAKES_BACK)
            self._amending = {each.id: each.occurrence() for each in self._log.read(types=kinds)}
        return self._amending

    def _load(self, name: str) -> dict[str, tuple[Held, ...]]:
        rows = self._log.recorder.from_source(name)
        if not rows:
            return {}
        told = {occurrence_id(data): decode(data) for _, data in rows}
        everything = {**told, **self._amendments()}
        idle = Powers(everything).idle
        stands_for, voids, _, void = chains(everything, idle=idle)
        own = {each: said for each, said in told.items() if stands_for.get(each) == each}
        counting = settle(everything, idle=idle).standing
        taken_back = {
            getattr(each.value, "target", "") for each in counting if type(each.value) in TAKES_BACK
        }
        voided = {each for each, said in told.items() if isinstance(said, Voided)}
        kept = {each: said for each, said in everything.items() if each not in voided}
        of_them = {each: why for each, why in idle.items() if each in kept}
        settled = {each.id: each for each in settle(kept, idle=of_them).standing}
        held: dict[str, tuple[Held, ...]] = {}
        for key, statements in _by_key(own).items():
            self._numbers[name, key] = count(max(nth for nth, _ in statements) + 1)
            found: list[tuple[int, Held]] = []
            for nth, root, said in _said_last(statements, everything, stands_for):
                withdrawals = sorted(each for each in voids.get(root, ()) if each in own)
                stands = settled.get(root)
                held_now = Held(
                    root,
                    said,
                    stands.value if stands else None,
                    stands.amended_by[-1] if stands and stands.amended_by else root,
                    any(voided.isdisjoint(voids.get(each, ())) for each in withdrawals),
                    tuple(each for each in withdrawals if each not in void),
                    root in taken_back,
                )
                found.append((nth, held_now))
            anew = max((nth for nth, _ in found), default=0)
            # What was said anew takes the place of what was withdrawn for it.
            held[key] = tuple(each for nth, each in found if nth == anew or not each.withdrawn_by)
        return held


def _by_key(told: Mapping[str, Occurrence]) -> dict[str, list[tuple[int, str]]]:
    """The statements about each key by their numbers."""
    keys = {composed(said.source.seq) for said in told.values()}
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for identity, said in told.items():
        seq = composed(said.source.seq)
        key, _, nth = seq.rpartition(NTH)
        further = key in keys and nth.isdecimal()
        if further or not isinstance(said, (Corrected, Voided)):
            found[key if further else seq].append((int(nth) if further else 0, identity))
    return {key: sorted(statements) for key, statements in found.items()}


def _said_last(
    statements: list[tuple[int, str]],
    everything: Mapping[str, Occurrence],
    stands_for: Mapping[str, str],
) -> list[tuple[int, str, Occurrence]]:
    """The records under a key: the number of each, and its value as its source said it last."""
    roots: dict[tuple[str, ...], tuple[int, str]] = {}
    for nth, identity in statements:
        said = everything[identity]
        if not isinstance(said, (Corrected, Voided)):
            roots[seen(said)] = nth, identity
    values = {root: everything[root] for _, root in roots.values()}
    for _, identity in statements:
        root, said = identity, everything[identity]
        while isinstance(amending := everything.get(root), (Corrected, Voided)):
            root = stands_for.get(amending.target, amending.target)
        if isinstance(said, Corrected) and root in values:
            try:
                values[root] = apply_changes(values[root], said.changes)
            except Unreadable:  # what an earlier log corrected impossibly counts for nothing
                continue
    return [(nth, root, values[root]) for nth, root in roots.values()]

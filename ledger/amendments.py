"""What stands after corrections and voids: which occurrences count, and with which values.

Corrections are additions, so what counts is computed here from the set of occurrences alone; the
order in which they arrived plays no part. A void that is itself voided has no effect; a correction
that is voided restores what it corrected; two corrections of one thing at once are a fork, settled
by the order of sources, then the latest instant, then the id, and always reported.

One line of a source may reach a ledger twice under different ids (imported at two sites). Equal
content counts once; different content under one key counts as it was first recorded, and is
reported. Readings under one key of other crews or points are other readings: all of them count.

What somebody may not do has no effect (see `powers.py`): it counts as little as what is void.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from ledger.authority import Refusal
from ledger.errors import Unreadable
from ledger.grouping import grouped
from ledger.naming import RECORDS, renamed
from ledger.vocabulary import (
    ControlPassed,
    Corrected,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    StageStarted,
    StageTimeRecorded,
    Voided,
    build,
)

ENVELOPE = frozenset(
    {
        *("type", "rally", "v", "recorded_at", "recorded_assumed", "by", "role", "site"),
        *("source", "private"),
    }
)
"""What a correction can't change: who put what on record, and when, stays as it was."""

NOTHING: frozenset[str] = frozenset()
NO_REFUSAL: Mapping[str, Refusal] = {}
WITHOUT_AUTHORITY = "act-without-authority"
"""What is found where somebody acted who may not."""
KEYS_AGAIN = "source-keys-again"
"""What is found where a source used its keys for several readings."""
Rank = Callable[[Occurrence], int]
"""Smaller is preferred: the place of an occurrence's source in the rulebook's order of sources."""


class Settled(NamedTuple):
    """An occurrence that counts, with the value that counts and what amended it."""

    id: str
    value: Occurrence
    amended_by: tuple[str, ...]


class Finding(NamedTuple):
    """Something about the log that does not fit together, for an official to look at."""

    kind: str
    ids: tuple[str, ...]
    message: str


class Settlement(NamedTuple):
    """What counts, and what was found in the course of finding it."""

    standing: list[Settled]
    findings: list[Finding]


def content(occurrence: Occurrence) -> tuple[Any, ...]:
    """What a line of a source says, apart from who recorded it and when: type, fact time, data.

    An instant that was assumed is no part of it: it may move as more of the rally becomes known.
    """
    fields = type(occurrence).__struct_fields__
    left_out = _NOT_CONTENT | {"fact_at"} if occurrence.fact_assumed else _NOT_CONTENT
    values = (getattr(occurrence, name) for name in fields if name not in left_out)
    return (occurrence.type_name(), *values)


_NOT_CONTENT = frozenset({"v", "recorded_at", "recorded_assumed", "by", "role", "site", "private"})


def settle(
    occurrences: Mapping[str, Occurrence],
    rank: Rank = lambda _: 0,
    idle: Mapping[str, Refusal] = NO_REFUSAL,
) -> Settlement:
    """What counts of these occurrences (by id), whatever the order in which they came.

    `idle` are those that have no effect because nobody took them who may, each with why.
    """
    findings: list[Finding] = []
    alias, voids, corrections, void = chains(occurrences, findings, idle)
    findings += _without_authority(occurrences, idle, voids, void)
    for target, amending in (*voids.items(), *corrections.items()):
        if target not in occurrences:
            message = f"It amends {target[:10]}, which this log does not hold."
            dangling = [each for each in amending if each not in void]
            findings += [Finding("dangling-reference", (each,), message) for each in dangling]
    copied = any(identity != counts for identity, counts in alias.items())
    standing: list[Settled] = []
    for identity, each in occurrences.items():
        counts = alias.get(identity) == identity and identity not in void
        if counts and not isinstance(each, (Voided, Corrected)):
            stands = Settled(identity, each, ())
            if identity in corrections:
                stands = _corrected(identity, occurrences, corrections, void, rank, findings)
            if copied:
                value = _by_what_counts(stands.value, alias)
                stands = stands if value is stands.value else stands._replace(value=value)
            standing.append(stands)
    return Settlement(standing, findings)


def _without_authority(
    occurrences: Mapping[str, Occurrence],
    idle: Mapping[str, Refusal],
    voids: Mapping[str, list[str]],
    void: set[str],
) -> Iterator[Finding]:
    """The acts that nobody took who may; not those that an official has dealt with by a void."""
    for identity, refused in idle.items():
        if all(each in void for each in voids.get(identity, ())):
            said = occurrences[identity]
            who = f"{said.by}: " if said.by else ""
            until = f"It has no effect until it is {refused.until} ({refused.may})"
            message = f"{refused.why} {until}: {who}{said.words()}"
            yield Finding("act-without-authority", (identity,), message)


class Chains(NamedTuple):
    """What amends what: `voids` and `corrections` by the id that they are about, and what is void.

    What is idle stands among the void.

    `stands_for` leads from each id to the one that counts of equal lines of a source; what a source
    said otherwise under the same line is set aside and is missing from it.
    """

    stands_for: dict[str, str]
    voids: dict[str, list[str]]
    corrections: dict[str, list[str]]
    void: set[str]


def chains(
    occurrences: Mapping[str, Occurrence],
    findings: list[Finding] | None = None,
    idle: Collection[str] = NOTHING,
) -> Chains:
    """What amends what among these occurrences; lines that differ are added to the findings."""
    told_twice: list[Finding] = []
    alias, again = _one_line_once(occurrences, told_twice, idle)
    voids: dict[str, list[str]] = defaultdict(list)
    corrections: dict[str, list[str]] = defaultdict(list)
    for identity, each in occurrences.items():
        if isinstance(each, (Voided, Corrected)) and alias.get(identity) == identity:
            target = alias.get(each.target, each.target)
            (voids if isinstance(each, Voided) else corrections)[target].append(identity)
    void = _voided(voids, idle)
    if findings is not None:
        # What an official has voided needs him no more.
        findings += [
            each
            for each in told_twice
            if any(identity not in alias and identity not in void for identity in each.ids)
        ]
        findings += _keys_again(again, occurrences, alias, void)
    return Chains(alias, voids, corrections, void)


def _one_line_once(
    occurrences: Mapping[str, Occurrence], findings: list[Finding], idle: Collection[str]
) -> tuple[dict[str, str], list[list[str]]]:
    """Each id to the one that stands for it (what is set aside is missing), and keys used again."""
    alias: dict[str, str] = {}
    first: dict[tuple[str, str], str] = {}
    lines: dict[tuple[str, str], list[str]] = {}
    for identity, each in occurrences.items():
        alias[identity] = identity
        source = each.source
        if source.seq and identity not in idle:
            line = source.name, source.seq
            if (known := first.setdefault(line, identity)) is not identity:
                lines.setdefault(line, [known]).append(identity)
    for ids in lines.values():
        for identity in ids:
            del alias[identity]
    # A correction follows what it corrects, so that copies of both are seen to agree.
    again: list[list[str]] = []
    for name, seq in sorted(lines, key=lambda line: (line[0], len(line[1]), line[1])):
        ids = lines[name, seq]
        ids.sort(key=lambda identity: (occurrences[identity].recorded_at.ms, identity))
        told: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for identity in ids:
            told[seen(occurrences[identity])].append(identity)
        for several in told.values():
            _agreed(name, seq, several, occurrences, alias, findings)
        if len(told) > 1:
            again.append(ids)
    return alias, again


def _keys_again(
    again: Iterable[Sequence[str]],
    occurrences: Mapping[str, Occurrence],
    alias: Mapping[str, str],
    void: set[str],
) -> Iterator[Finding]:
    """The sources that used keys for several readings which are not void, each told once."""
    by_source: dict[str, list[Sequence[str]]] = defaultdict(list)
    for ids in again:
        stand = [each for each in ids if alias.get(each, each) not in void]
        if len({seen(occurrences[each]) for each in stand}) > 1:
            by_source[occurrences[ids[0]].source.name].append(stand)
    for name, keys in by_source.items():
        of_them = "1 key" if len(keys) == 1 else f"{len(keys)} keys"
        message = (
            f"{_told_by(name)} used {of_them} for different crews or points; all of it is kept."
        )
        yield Finding(KEYS_AGAIN, tuple(sorted(each for ids in keys for each in ids)), message)


_SEEN: tuple[type[Occurrence], ...] = (
    StageStarted,
    PassingRecorded,
    ControlPassed,
    NeutralisationPassed,
    StageTimeRecorded,
)


def seen(said: Occurrence) -> tuple[str, ...]:
    """Which crew was seen where, of a reading; nothing tells other lines of a source apart.

    A source that counts on from the same number in two copies of a log uses its keys for different
    passings: these are not two tellings of one.
    """
    if not isinstance(said, _SEEN):
        return ()
    places = ("number", "stage", "point", "control", "zone", "kind")
    return (said.type_name(), *(str(getattr(said, each, "")) for each in places))


def _agreed(
    name: str,
    seq: str,
    ids: Sequence[str],
    occurrences: Mapping[str, Occurrence],
    alias: dict[str, str],
    findings: list[Finding],
) -> None:
    """Of several tellings of one thing, in the order of recording, which one stands for all."""
    said = _resolved(occurrences[ids[0]], alias)
    same = [each for each in ids if _resolved(occurrences[each], alias) == said]
    # The smallest id stands for all that say the same, so it does not matter who was first.
    alias.update(dict.fromkeys(same, min(same)))
    if len(same) < len(ids):
        message = (
            f"{_told_by(name)} says two different things under {seq}; the first recorded counts."
        )
        findings.append(Finding("source-conflict", tuple(sorted(ids)), message))


def _told_by(name: str) -> str:
    """Who used a key: a source, or who did acts under keys of their own."""
    return name or "Who acts"


def _resolved(occurrence: Occurrence, alias: Mapping[str, str]) -> tuple[Any, ...]:
    """The content, with the copies that count of what it points at."""
    return content(_by_what_counts(occurrence, alias))


def _by_what_counts(said: Occurrence, alias: Mapping[str, str]) -> Occurrence:
    """A withdrawal or an appeal may name any copy of a line; it is about the one that counts."""
    return renamed(said, RECORDS, lambda named: alias.get(named, named))


def _voided(voids: Mapping[str, list[str]], idle: Collection[str] = NOTHING) -> set[str]:
    """The ids that are void: a void has effect unless it is void itself, or idle.

    An id is the hash of its content, so no chain of voids can lead back to itself.
    """
    state = dict.fromkeys(idle, True)
    for start in voids:
        path = [start]
        while path:
            pending = [each for each in voids.get(path[-1], ()) if each not in state]
            if pending:
                path.extend(pending)
            else:
                done = path.pop()
                state[done] = done in idle or any(not state[each] for each in voids.get(done, ()))
    return {identity for identity, is_void in state.items() if is_void}


def _corrected(
    identity: str,
    occurrences: Mapping[str, Occurrence],
    corrections: Mapping[str, list[str]],
    void: set[str],
    rank: Rank,
    findings: list[Finding],
) -> Settled:
    value = occurrences[identity]
    tips: list[tuple[str, ...]] = []
    branches: list[tuple[str, tuple[str, ...]]] = [(identity, ())]
    while branches:
        at, path = branches.pop()
        further = [
            (each, path if each in void else (*path, each)) for each in corrections.get(at, ())
        ]
        branches.extend(further)
        if path and path[-1] == at and not _in_force_below(at, corrections, void):
            tips.append(path)
    if not tips:
        return Settled(identity, value, ())

    def preferred(path: tuple[str, ...]) -> tuple[int, int, str]:
        tip = occurrences[path[-1]]
        instant = tip.fact_at.ms if tip.fact_at else tip.recorded_at.ms
        return rank(tip), -instant, path[-1]

    tips.sort(key=preferred)
    if len(tips) > 1:
        ends = tuple(sorted(path[-1] for path in tips))
        message = f"{len(tips)} corrections of {identity[:10]} stand side by side."
        findings.append(Finding("fork", (identity, *ends), message))
    for each in tips[0]:
        correction = occurrences[each]
        assert isinstance(correction, Corrected)
        try:
            value = apply_changes(value, correction.changes)
        except Unreadable as error:
            findings.append(Finding("impossible-correction", (each,), error.message))
    return Settled(identity, value, tips[0])


def _in_force_below(at: str, corrections: Mapping[str, list[str]], void: set[str]) -> bool:
    """Whether a correction in force stands on top of this one, directly or over void ones."""
    stack = list(corrections.get(at, ()))
    while stack:
        each = stack.pop()
        if each not in void:
            return True
        stack.extend(corrections.get(each, ()))
    return False


def apply_changes(value: Occurrence, changes: Mapping[str, Any]) -> Occurrence:
    """The occurrence with these fields changed; `None` takes a value back to its default.

    Raises:
        Unreadable: a field does not exist, can't be changed, or can't have that value.
    """
    locked = ENVELOPE & changes.keys()
    if locked:
        raise Unreadable(f"A correction can't change {', '.join(sorted(locked))}.")
    fields = msgspec.to_builtins(value)
    del fields["type"]
    for name, changed in changes.items():
        if changed is None:
            fields.pop(name, None)
        else:
            fields[name] = changed
    return build(type(value), fields)


def tips_of(
    target: str, occurrences: Mapping[str, Occurrence], idle: Collection[str] = NOTHING
) -> list[str]:
    """The ends of the chain of corrections on an occurrence: what a new correction points at."""
    void = voided_ids(occurrences, idle)
    corrections = _by_target(occurrences.items(), Corrected)
    ends, stack = [], [target]
    while stack:
        at = stack.pop()
        following = corrections.get(at, [])
        if at not in void and not _in_force_below(at, corrections, void):
            ends.append(at)
        stack.extend(following)
    return sorted(ends)


def voided_ids(occurrences: Mapping[str, Occurrence], idle: Collection[str] = NOTHING) -> set[str]:
    """Which ids are void among these occurrences, those that are idle among them."""
    return _voided(_by_target(occurrences.items(), Voided), idle)


def _by_target(
    items: Iterable[tuple[str, Occurrence]], kind: type[Voided] | type[Corrected]
) -> dict[str, list[str]]:
    return grouped((each.target, identity) for identity, each in items if isinstance(each, kind))

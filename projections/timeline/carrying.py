"""Carrying the timeline forward: what was appended is taken in, and only what it touches is redone.

A record touches the cell of its crew and stage; an act of race direction touches its stage; what
amends another record touches what that one touched. What bears on the whole rally, such as a
bulletin, makes the index anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from ledger.scan import Scan, Scanned
from ledger.vocabulary import (
    ControlPassed,
    CrewRestarted,
    PassingRecorded,
    StageStarted,
    TargetTimeChanged,
    decode,
)
from projections.timeline.adopted import (
    Ranks,
    clocks_along,
    judges_cards,
    left_to_a_replay,
    rules_change,
)
from projections.timeline.beginnings import is_dated, starts_of, times_of
from projections.timeline.cards import Cards
from projections.timeline.cells import Cell, cells_of
from projections.timeline.earliest import Earliest, Entry
from projections.timeline.ends import is_never_the_end, is_unsure, learn_ends
from projections.timeline.frames import Frame
from projections.timeline.held import Key
from projections.timeline.indexed import Index
from projections.timeline.own import KEEPING_FROM_START, Own, control_of, key_of, on_the_road
from projections.timeline.sift import ON_THE_ROAD, PASSING, TIMING, Sift, place_of
from projections.timeline.touched import Touched
from projections.timeline.versions import FOREVER, Along, Taken, Version, alone, entangled, groups

Item = TypeVar("Item")
Group = tuple[int, ...]
"""The positions of records that amend each other, or tell one line again."""
_TIMING = [each.type_name() for each in TIMING]
_READINGS = sorted({*_TIMING, *(each.type_name() for each in ON_THE_ROAD)})


class Carrying:
    """One step: an index at a position, and the part of the log that it takes in."""

    def __init__(self, scan: Scan, index: Index, until: int) -> None:
        self._scan = scan
        self._index = index
        self._after = index.position
        self._until = until
        self._own: Own = {}
        self._stamps: Own = {}
        """The same for controls: taken in where their times are judged."""
        self._touched = Touched()
        self._ranks = Ranks(index.light)
        self._clocks = Along()
        self._settled: dict[Group, list[Version]] = {}

    def take_in(self) -> bool:
        """Bring the index to the new position; False where it has to be made anew."""
        index, sift = self._index, Sift()
        sift.take(self._scan.rows(self._after, self._until))
        for several in self._scan.recorded_again(self._after):
            index.again.update(several[1:])
        self._learn_told(sift, [each for each in sift.told if each.position not in index.again])
        if self._after and self._touched.everything:
            return False  # half carried: whoever asked makes a new index and drops this one
        # In this order: which points matter follows from the plan, which passings are read from the
        # points, when stages begin from the passings, and what rules hold from when they begin.
        self._learn_stages(sift)
        self._learn_passings(sift)
        if self._judges:
            self._learn_stamps(sift)
            self._note(self._stamps)
        self._note(self._own)
        self._learn_beginnings()
        if self._after:
            self._read_again(sift)
        else:
            learn_ends(index, self._own, self._own, self._frame, self._after)
        self._learn_crews_in_doubt()
        index.replayed = left_to_a_replay(index.light)
        index.replayed += [part for each in index.agreements.values() for part in each.untold]
        index.replayed += index.acting.replayed
        keys = self._touched.keys if self._after else self._own
        index.values.put({key: self._cells(key) for key in keys if not control_of(key)})
        index.charged.put(dict(self._charged() if self._judges else ()))
        index.position = self._until
        return True

    # -- what is told ----------------------------------------------------------------------------

    def _learn_told(self, sift: Sift, new: Sequence[Taken]) -> None:
        """Take in what was decoded, together with what it amends or repeats."""
        index = self._index
        # Groups first: what belongs to one may not be taken in as standing alone, and the order of
        # sources, by which forks are settled, may itself be among what is amended.
        members = list(self._together(sift, {each.id: each for each in new}))
        known = {each.id: each for several in members for each in several}
        every = {**{each.id: each for each in new}, **known}.values()
        index.acting.take(every, known, self._after, self._scan.signing)
        for several in members:
            group = tuple(each.position for each in several)
            index.light.forget({*group})
            for each in several:
                index.entangled[each.position] = group
                self._touched.note(each.value, index)
                self._touched.note_amended(each.value)
        single = [each for each in new if each.position not in index.entangled]
        # Clocks come before all that they gave; what is of no crew is left to a replay if it moves.
        others, readings = _parted(single, lambda told: key_of(told.value) is None)
        for told in others:
            self._learn(alone(told))
        self._ranks.learn(members)
        others_amended, amended = _parted(members, lambda several: not _tell_of_readings(several))
        self._learn_groups(others_amended)
        self._clocks = clocks_along(index.light)
        for told in readings:
            for version in self._clocks.alone(told):
                self._learn(version)
        self._learn_groups(amended)

    def _learn_groups(self, several_groups: Iterable[Sequence[Taken]]) -> None:
        """Take in what is amended or told again, group by group."""
        index = self._index
        for several in several_groups:
            for version in self._settle(several):
                self._learn(version)
                if (key := key_of(version.fact.value)) is not None:
                    group = index.entangled[several[0].position]
                    index.moved.setdefault(key, set()).add(group)

    def _learn(self, version: Version) -> None:
        """Take in a version, and note what it touches."""
        said = version.fact.value
        self._touched.note(said, self._index)
        key = key_of(said)
        if key is None:
            self._index.light.learn(version)
        elif isinstance(said, TIMING):
            self._own.setdefault(key, []).append(version)
        elif isinstance(said, ControlPassed):
            self._stamps.setdefault(key, []).append(version)
            index = self._index
            index.carded_from = min(index.carded_from, version.since)
            if said.stage or said.due_at:
                index.card_stages.setdefault(said.control, set()).add(said.stage)

    def _together(self, sift: Sift, told: dict[str, Taken]) -> Iterator[list[Taken]]:
        """The occurrences that belong together, group by group, where something new is in it."""
        index = self._index
        links: list[Sequence[str]] = list(sift.targets.items())
        again = [
            [each for each in several if each <= self._until and each not in index.again]
            for several in self._scan.lines_told_again(self._after)
        ]
        # Looked up, since of passings and stamps only the places in the log are told.
        awaited = self._scan.with_ids(index.dangling.keys()) if index.dangling else ()
        known = {each.id for each in awaited if self._after < each.position <= self._until}
        named = [position for identity in known for position in index.dangling[identity]]
        at = {row.position: row for row in self._scan.at(named + [p for a in again for p in a])}
        links += [[at[each].id for each in lines] for lines in again]
        links += [
            [identity, *(at[each].id for each in index.dangling[identity])] for identity in known
        ]
        self._add(told, at.values())
        self._add(told, self._scan.with_ids({e for link in links for e in link} - told.keys()))
        links += self._linked_before(told)
        for together in groups(links):
            members = sorted(told[each] for each in together if each in told)
            # In a merge an amendment may arrive before what it amends: that is awaited by its id.
            for absent in (each for each in together if each not in told):
                naming_it = {m.position for m in members if _target(m) == absent}
                index.dangling.setdefault(absent, set()).update(naming_it)
            yield members

    def _add(self, told: dict[str, Taken], rows: Iterable[Scanned]) -> None:
        """Add these rows to what is told, as far as it goes."""
        for row in rows:
            known = row.id in told or row.position in self._index.again
            if row.position <= self._until and not known:
                told[row.id] = _told(row)

    def _linked_before(self, told: dict[str, Taken]) -> list[Sequence[str]]:
        """How these occurrences were linked with others before, which are added to them."""
        entangled_before = self._index.entangled
        links: list[Sequence[str]] = []
        known = [each.position for each in told.values() if each.position in entangled_before]
        held = self._read({entangled_before[each] for each in known})
        for members in held.values():
            told.update((each.id, each) for each in members)
            links.append([each.id for each in members])
            links += [(each.id, target) for each in members if (target := _target(each))]
        return links

    def _read(self, several: Collection[Group]) -> dict[Group, list[Taken]]:
        """The members of these groups, in the order of the log."""
        at = {row.position: _told(row) for row in self._scan.at({p for g in several for p in g})}
        return {group: [at[position] for position in group] for group in several}

    def _settle(self, members: Sequence[Taken]) -> list[Version]:
        """The versions of a group."""
        group = tuple(each.position for each in members)
        if group not in self._settled:
            clocks = self._clocks if _tell_of_readings(members) else None
            steps = self._ranks.steps()
            self._settled[group] = list(entangled(members, self._ranks.at, steps, clocks))
        return self._settled[group]

    # -- stages ----------------------------------------------------------------------------------

    def _learn_stages(self, sift: Sift) -> None:
        """Take in from when something is known of each stage, and which of its points matter."""
        index = self._index
        firsts = [(stage, positions[0]) for (stage, _), positions in sift.passings.items()]
        firsts += [(stage, min(v.since for v in held)) for (stage, _), held in self._own.items()]
        for stage, first in firsts:
            index.known_from[stage] = min(index.known_from.get(stage, FOREVER), first)
        for stage in self._touched.frames(index):
            index.frames.pop(stage, None)
        before = dict(index.points)
        for stage in self._touched.directed:
            index.points.pop(stage, None)
        for stage in index.known_from.keys() - index.points.keys():
            first, frame = index.known_from[stage], self._frame(stage)
            firm, perhaps = frame.points(first), frame.perhaps(first)
            index.perhaps.pop(stage, None)
            if perhaps:  # what is firm for one category may be left to times for another
                index.perhaps[stage] = perhaps - firm
            index.points[stage] = firm | perhaps if is_dated(stage, index.light) else None
            if stage in before and before[stage] != index.points[stage]:
                self._look_through(stage)

    def _look_through(self, stage: str) -> None:
        """Look for what the cells of a stage are made of, now that other points matter on it."""
        made_of = self._index.made_of
        # All of them again, and not the new points alone: what was read at a point that matters no
        # more would stay in the cells for good.
        for key in [each for each in made_of if each[0] == stage]:
            del made_of[key]
        rows = self._scan.tagged([f"stage:{stage}"], _TIMING, self._after)
        self._note(self._own_of(row for row in rows if self._row_bears(row)))
        self._touched.stages.add(stage)

    def _note(self, own: Own) -> None:
        """Note what the cells are made of, but for what was amended or told again."""
        index = self._index
        for key, versions in own.items():
            told_at = [each.fact.position for each in versions]
            found = [each for each in told_at if each not in index.entangled]
            index.made_of.setdefault(key, []).extend(found)

    def _frame(self, stage: str) -> Frame:
        frames = self._index.frames
        if stage not in frames:
            index = self._index
            frames[stage] = Frame(index.light, (stage,), index.beginnings, index.agreements)
        return frames[stage]

    def _learn_passings(self, sift: Sift) -> None:
        """Take in the passings that bear on times, of those that are new."""
        wanted = sorted(
            position
            for (stage, point), positions in sift.passings.items()
            if self._index.bears(stage, point)
            for position in positions
        )
        for version in self._alone(self._scan.at(wanted)):
            self._learn(version)

    @cached_property
    def _judges(self) -> bool:
        """Whether penalties follow from time cards; asked only once the rules are taken in."""
        return judges_cards(self._index.light)

    def _learn_stamps(self, sift: Sift) -> None:
        """Take in when crews were at controls."""
        for version in self._alone(self._scan.at(sift.controls)):
            self._learn(version)

    def _alone(self, rows: Iterable[Scanned]) -> Iterator[Version]:
        """The versions of those rows that nothing amends or repeats."""
        index = self._index
        for row in rows:
            if row.position not in index.entangled and row.position not in index.again:
                yield from self._clocks.alone(_told(row))

    def _learn_beginnings(self) -> None:
        """Take in when stages begin; where a record of it was amended, all are looked at again."""
        index = self._index
        for stage in {stage for stage, _ in self._own} | self._touched.restarted:
            anew = bool(self._after) and stage in self._touched.restarted
            dated = index.points.get(stage) is not None
            own = self._own
            if anew:
                types = [StageStarted.type_name()] if dated else _TIMING
                rows = self._scan.tagged([f"stage:{stage}"], types, self._until)
                own = self._own_of(rows, [key for key in index.moved if key[0] == stage])
            versions = [each for key, held in own.items() if key[0] == stage for each in held]
            changed = _learn(index.beginnings.started, stage, starts_of(versions), anew=anew)
            if not dated:
                times = times_of(versions)
                changed |= _learn(index.beginnings.timed, stage, times, anew=anew)
            if changed:
                index.frames.pop(stage, None)
                if rules_change(index.light):
                    self._touched.stages.add(stage)

    # -- what is read again ----------------------------------------------------------------------

    def _read_again(self, sift: Sift) -> None:
        """Read all that bears on the cells that are touched, what was known and what is new."""
        index, touched = self._index, self._touched
        self._touch_all()
        if unsure := {key for key in touched.keys if is_unsure(index, key[0])}:
            own = self._read_own(unsure)
            touched.stages |= learn_ends(index, unsure, own, self._frame, self._after)
            self._touch_all()
        needed = {*touched.keys, *(self._cards.needed if self._judges else ())}
        read = self._read_own(needed)
        self._own = {key: held for key, held in read.items() if not control_of(key)}
        self._stamps = {key: held for key, held in read.items() if control_of(key)}
        if self._index.on_the_road:
            seen = [*sift.controls, *(p for several in sift.passings.values() for p in several)]
            readings = (key_of(each.fact.value) for each in self._alone(self._scan.at(seen)))
            self._touched.crews |= {key[1] for key in (*readings, *self._touched.keys) if key}

    def _touch_all(self) -> None:
        """Touch what is known on the stages, and of the crews, that are touched."""
        index, touched = self._index, self._touched
        if touched.stages or touched.crews:
            every = index.made_of.keys() | index.moved.keys()
            touched.keys |= {
                each for each in every if each[0] in touched.stages or each[1] in touched.crews
            }

    def _read_own(self, keys: Collection[Key]) -> Own:
        """All that bears on these cells."""
        made_of = self._index.made_of
        positions = [each for key in keys for each in made_of.get(key, ())]
        return self._own_of(self._scan.at(positions), keys)

    def _own_of(self, rows: Iterable[Scanned], moved: Collection[Key] = ()) -> Own:
        """The versions of these rows, with those in these cells of what was amended."""
        found: Own = {}
        for version in self._alone(rows):
            if (key := key_of(version.fact.value)) is not None:
                found.setdefault(key, []).append(version)
        for key, version in self._moved(moved):
            if isinstance(version.fact.value, (*TIMING, ControlPassed)):
                found.setdefault(key, []).append(version)
        return found

    def _row_bears(self, row: Scanned) -> bool:
        if row.type != PASSING:
            return True
        place = place_of(row.data)
        return self._index.bears(place.stage, place.point)

    def _moved(self, keys: Collection[Key]) -> Iterator[tuple[Key, Version]]:
        """The versions in these cells of what was amended or told again."""
        entangled_now, moved = self._index.entangled, self._index.moved
        of = {key: {entangled_now[each[0]] for each in moved[key]} for key in keys if key in moved}
        unsettled = {group for several in of.values() for group in several} - self._settled.keys()
        for members in self._read(unsettled).values():
            self._settle(members)
        for key, several in of.items():
            for version in (v for group in several for v in self._settled[group]):
                if key_of(version.fact.value) == key:
                    yield key, version

    def _learn_crews_in_doubt(self) -> None:
        """Take in when those crews were on the road of whom it was said that they did not start."""
        light = self._index.light
        doubts = [each for kind in KEEPING_FROM_START for each in light.of(kind)]
        for number in {_number(each) for each in doubts}:
            if self._after and number not in self._touched.crews:
                continue
            rows = self._scan.tagged([f"crew:{number}"], _READINGS, self._until)
            versions = list(self._alone(rows))
            moved = [key for key in self._index.moved if key[1] == number]
            versions += [version for _, version in self._moved(moved)]
            versions += [each for each in light.of(CrewRestarted) if _number(each) == number]
            self._index.on_the_road[number] = on_the_road(versions, light)

    # -- cells -----------------------------------------------------------------------------------

    def _cells(self, key: Key) -> list[Cell]:
        """The cells of a crew on a stage."""
        stage, number = key
        changes = self._index.light.of(TargetTimeChanged)
        # Which maximum time holds for a crew is told by its start where the time was changed.
        retimed = any(getattr(each.fact.value, "stage", "") == stage for each in changes)
        own = [each for each in self._own.get(key, ()) if self._is_on_time(each)]
        return cells_of(stage, number, own, self._frame(stage), starts=retimed)

    # -- charges ---------------------------------------------------------------------------------

    @cached_property
    def _cards(self) -> Cards:
        return Cards(self._index, self._touched, self._frame)

    def _charged(self) -> Iterator[tuple[Key, list[Cell]]]:
        """The cells of what crews are charged, of those that are touched."""
        cards = self._cards
        own = {k: [e for e in held if self._is_on_time(e)] for k, held in self._own.items()}
        for key in cards.touched if self._after else cards.all_of(own, self._stamps):
            yield key, cards.cells(key, own, self._stamps)

    def _is_on_time(self, version: Version) -> bool:
        """Whether a fact bears on times: amended passings are told wherever they were."""
        said = version.fact.value
        if not isinstance(said, PassingRecorded):
            return True
        never = is_never_the_end(self._index, said.stage, said.point)
        return not never and self._index.bears(said.stage, said.point)


def _learn(known: dict[str, Earliest], stage: str, entries: Iterable[Entry], *, anew: bool) -> bool:
    """Take in entries of a stage; answers whether anything came of it."""
    before = known.get(stage, Earliest())
    after = Earliest(entries) if anew else Earliest([*before, *entries])
    known[stage] = after
    return list(before) != list(after)


def _tell_of_readings(members: Sequence[Taken]) -> bool:
    """Whether a group tells of what crews' cells are made of."""
    return any(key_of(each.value) is not None for each in members)


def _parted(several: Iterable[Item], which: Callable[[Item], bool]) -> tuple[list[Item], ...]:
    """Those of which it is so, and the others."""
    found: tuple[list[Item], list[Item]] = [], []
    for each in several:
        found[not which(each)].append(each)
    return found


def _told(row: Scanned) -> Taken:
    return Taken(row.position, row.id, decode(row.data))


def _target(told: Taken) -> str:
    return str(getattr(told.value, "target", ""))


def _number(version: Version) -> str:
    return str(getattr(version.fact.value, "number", ""))

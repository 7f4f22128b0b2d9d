"""Told at entry: what an act makes `rally check` find that it did not find before.

Nothing is refused because of it, and an observation least of all. It is the rule of `check` itself,
asked of the log before and after the act, about the crews and stages that the act touches. Of a
long log only what bears on those is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from cli.office.blind import hidden_from
from cli.office.desk import Desk
from cli.office.held import EVERYTHING, NO_READINGS, READ, Some
from cli.office.overall import Said, would_be_signed
from cli.office.view import A_SHORT_LOG
from ledger.chain import amended_from, held_in
from ledger.commands.desk import acts_by
from ledger.concerned import concerned
from ledger.log import Log
from ledger.naming import CREWS, named
from ledger.powers import OFFICIAL
from ledger.vocabulary import (
    PLACING,
    BulletinIssued,
    ClassificationPublished,
    ClockOffsetDeclared,
    ControlPassed,
    ControlScheduled,
    DecisionIssued,
    DocumentDrawnUp,
    DocumentPosted,
    DocumentSigned,
    NumberReallocated,
    Occurrence,
    RegulationsAdopted,
    SourceDeclaredUnreliable,
    StageTimeRecorded,
    TimeDetermined,
    canonical,
    occurrence_id,
)
from projections.control.anomaly import Anomaly
from projections.control.check import OF_REPORTS, Suspicion
from projections.control.news import About, news
from projections.rules.recording import NOT_ITS_TIME, has_its_time
from projections.state.clocks import ReadFromClock
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.state.recorded import READINGS
from projections.state.sharing import Since

COMPARED: tuple[type[Occurrence], ...] = (*READINGS, TimeDetermined)
"""What is compared with the times of other crews."""
ON_ALL: tuple[type[Occurrence], ...] = (
    RegulationsAdopted,
    BulletinIssued,
    ClockOffsetDeclared,
    SourceDeclaredUnreliable,
    *PLACING,
    *OFFICIAL,
)
"""What bears on the readings of every crew, or is judged by those of all."""
PAPERS = (ClassificationPublished, DocumentDrawnUp, DocumentSigned, DocumentPosted)
"""What tells how it stands and changes nothing of it: it bears on no reading."""


class Touched(NamedTuple):
    """The crews and stages that an act is about; `all` where it bears on every one.

    `others` says that it bears on the times of other crews on these stages, or rests on them.
    """

    crews: frozenset[str]
    stages: frozenset[str]
    others: bool
    all: bool


def of_its_clock(done: Said, desk: Desk) -> Iterator[str]:
    """What belongs beside an act by a clock that is in doubt, or behind one that was wrong."""
    if desk.signature.dry_run and (doubt := desk.doubt()):
        yield f"{doubt} To append it needs --clock-is-right."
    if done.record and not has_its_time(done.record, done.record.header.site):
        yield NOT_ITS_TIME


def told(desk: Desk, done: Sequence[Said]) -> tuple[Suspicion, ...]:
    """What `check` finds since an act that it did not find before, on what the act touches."""
    if not done:  # every line of a batch was refused
        return ()
    log, first = desk.log, done[0].record
    until = desk.position if first is None else first.position - 1
    about = _touched(log, [each.said for each in done])
    hides = hidden_from(log, [each.said for each in done])
    lay = desk.held.folded(log, until, *_bearing_on(until, about), hides)
    before = lay.facts()
    for each in done:
        lay.take(each.id, each.position or 0, each.said)
    for tried in would_be_signed(desk, [each.said for each in done]) if first is None else ():
        lay.take(occurrence_id(canonical(tried)), 0, tried)
    own = frozenset(each.position or 0 for each in done)
    was = RallyState(before)
    found = news(
        was,
        _since(was, lay, [each.said for each in done]),
        None if about.all else About(about.crews, about.stages, own),
        lambda each: _what(each, about),
        OF_REPORTS,
    )
    return tuple(_placed(each) for each in found if _is_told(each, done))


def _since(was: RallyState, lay: Fold, said: Sequence[Occurrence]) -> RallyState:
    """How it stands since an act: where it is of readings alone, what they do not touch is shared.

    `lay` is the log with it, which gave the facts of before last.
    """
    joined = lay.joined(alone=True)
    readings = [each for each in said if isinstance(each, (ReadFromClock, StageTimeRecorded))]
    if joined is None or len(readings) < len(said):
        return RallyState(joined or lay.facts())
    return Since(was, joined, {(each.stage, each.number) for each in readings})


def _placed(found: Suspicion) -> Suspicion:
    """A finding with the records that there are: what was only tried has no place in the log."""
    places = tuple(each for each in found.positions if each)
    return msgspec.structs.replace(found, position=found.position or None, positions=places)


def _what(found: Anomaly, about: Touched) -> tuple[object, ...]:
    """What makes a finding that finding: of a crew that is not touched not how it is worded.

    That another crew has its time by now changes the words about this one, and is no news of it.
    """
    others = found.number and not about.all and found.number not in about.crews
    words = "" if others else found.message
    return found.kind, words, found.number, found.stage, found.positions


def _is_told(found: Suspicion, done: Sequence[Said]) -> bool:
    """Whether it is told at entry: which of its effects do nothing, a decision says itself."""
    decides = any(isinstance(each.said, DecisionIssued) for each in done)
    return not (decides and found.kind == "no-effect")


def _touched(log: Log, said: Sequence[Occurrence]) -> Touched:
    """The crews that occurrences name, and the stages; also of the records that they are about."""
    known = held_in(log)
    crews = {number for each in said for number in concerned(each, known).crews}
    stages: set[str] = set()
    others = everything = False
    for each in said:
        for link in (*amended_from(each, known), *acts_by(each)):
            if isinstance(link, PAPERS):
                continue
            everything |= isinstance(link, ON_ALL)
            others |= isinstance(link, COMPARED) or not any(named(link, *CREWS))
            tags = [tag.partition(":") for tag in link.tags()]
            crews.update(value for label, _, value in tags if label == "crew")
            stages.update(value for label, _, value in tags if label == "stage")
            if control := getattr(link, "control", ""):
                stages.update(_stage_of(log, control))
    numbers = frozenset(_renumbered(log, crews))
    return Touched(numbers, frozenset(stages), others, everything)


def _stage_of(log: Log, control: str) -> Iterator[str]:
    """The stages for which a control was ever scheduled."""
    for each in log.read(types=[ControlScheduled.type_name()]):
        said = each.occurrence()
        if isinstance(said, ControlScheduled) and said.control == control and said.stage:
            yield said.stage


def _renumbered(log: Log, crews: set[str]) -> set[str]:
    """Crews under all numbers that they ever bore."""
    given = [each.occurrence() for each in log.read(types=[NumberReallocated.type_name()])]
    pairs = [{e.number, e.new_number} for e in given if isinstance(e, NumberReallocated)]
    found = set(crews)
    while more := {n for pair in pairs if not found.isdisjoint(pair) for n in pair} - found:
        found |= more
    return found


def _bearing_on(until: int, about: Touched) -> tuple[list[Some], list[Some]]:
    """The parts of a log up to a position that bear on what is touched: of a short log all.

    Those that bear on whatever is touched there, and those of the crews.
    """
    if until <= A_SHORT_LOG or about.all:
        return [EVERYTHING], []
    parts = [Some(NO_READINGS)]
    stages = sorted(about.stages) if about.others else ()
    if stages:  # how fast everybody is on other stages, by which a time is judged
        parts.append(Some((StageTimeRecorded.type_name(),)))
    parts += [Some(READ, f"stage:{each}") for each in stages]
    if stages and not about.crews:  # at a control a stage need not be named
        parts.append(Some((ControlPassed.type_name(),)))
    return parts, [Some(READ, f"crew:{each}") for each in about.crews]

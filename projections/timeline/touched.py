"""What new records touch: cells, crews, stages, or everything."""

from __future__ import annotations

from ledger.vocabulary import (
    ClockOffsetDeclared,
    ControlPassed,
    ControlScheduled,
    CrewEntered,
    CrewReclassified,
    CrewRestarted,
    DelayAllowanceGranted,
    NumberReallocated,
    Occurrence,
    SourceDeclaredUnreliable,
    StageCancelled,
    StageClosed,
    StageOpened,
    StageReinstated,
    StageShortened,
    StageStopped,
    TargetTimeChanged,
)
from projections.timeline.adopted import judges_cards, rules_change
from projections.timeline.frames import (
    FRAMING,
    OF_A_SECTION,
    OF_A_STAGE,
    OF_THE_RALLY,
    is_regularity,
)
from projections.timeline.held import Key
from projections.timeline.indexed import Index
from projections.timeline.own import KEEPING_FROM_START, at_control, control_of, key_of
from projections.timeline.sift import TIMING

OF_EVERYTHING: tuple[type[Occurrence], ...] = (*OF_THE_RALLY, NumberReallocated)
OF_A_CREW = (CrewEntered, CrewReclassified, *KEEPING_FROM_START)


class Touched:
    """What has to be looked at again."""

    def __init__(self) -> None:
        self.keys: set[Key] = set()
        self.crews: set[str] = set()
        self.stages: set[str] = set()
        self.everything = False
        self.directed: set[str] = set()
        """The stages whose plan or direction is another."""
        self.retimed: set[str] = set()
        """The controls to which crews have another time."""
        self.restarted: set[str] = set()
        """The stages of which a record of a start or a time was amended, or its clock put right."""
        self._frames = False

    def note(self, said: Occurrence, index: Index) -> None:
        """Note what a new or an amended occurrence touches."""
        key = key_of(said)
        if isinstance(said, FRAMING) and not isinstance(said, OF_A_STAGE):
            self._frames = True
        if key is not None:
            if isinstance(said, (*TIMING, ControlPassed)):
                self.keys.add(key)
            if key[1] in index.on_the_road:
                self.crews.add(key[1])
        else:
            self._note_light(said, index)
            if isinstance(said, OF_A_SECTION) and is_regularity(index.light, said.stage):
                self._note_of_a_section(said)

    def _note_light(self, said: Occurrence, index: Index) -> None:
        number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
        if isinstance(said, OF_EVERYTHING):
            self.everything = True
        elif isinstance(said, ControlScheduled):
            self.everything |= judges_cards(index.light)
        elif isinstance(said, (ClockOffsetDeclared, SourceDeclaredUnreliable)):
            # Of which crews and stages a clock was read that is named by its kind, only a look at
            # every reading would tell: it is quicker to take the log in anew.
            self.everything |= not stage
            self.stages.add(stage)
            if isinstance(said, ClockOffsetDeclared):
                self.restarted.add(stage)
            self.crews |= index.on_the_road.keys()
        elif isinstance(said, OF_A_STAGE):
            self.directed.add(stage)
            if not _changes_no_time(said, index):
                self.stages.add(stage)
        elif isinstance(said, TargetTimeChanged):
            self.stages.add(stage)
            self.retimed.add(said.control)
        elif isinstance(said, DelayAllowanceGranted):
            self.keys.add(at_control(said.control, number))
        elif isinstance(said, OF_A_CREW) or (
            isinstance(said, CrewRestarted) and number in index.on_the_road
        ):
            self.crews.add(number)

    def _note_of_a_section(self, said: StageClosed | DelayAllowanceGranted) -> None:
        self.directed.add(said.stage)
        if isinstance(said, StageClosed):
            self.stages.add(said.stage)
        else:
            self.keys.add((said.stage, said.number))

    def note_amended(self, said: Occurrence) -> None:
        """Note what a record touches that is amended, or told again."""
        key = key_of(said)
        if key is not None and not control_of(key):
            self.restarted.add(key[0])

    def frames(self, index: Index) -> set[str]:
        """The stages whose frames are other ones now."""
        return set(index.frames) if self._frames else self.directed


def _changes_no_time(said: Occurrence, index: Index) -> bool:
    """Whether an act on a stage leaves the times on it as they are."""
    if isinstance(said, StageOpened):
        return not rules_change(index.light)
    acts = [*index.light.of(StageShortened), *index.light.of(StageStopped)]
    on_the_stage = any(getattr(each.fact.value, "stage", "") == said.stage for each in acts)  # type: ignore[attr-defined]
    return isinstance(said, (StageCancelled, StageReinstated)) and not on_the_stage

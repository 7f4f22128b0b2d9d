"""WRC live timing: a folder of saved answers of the service, JSON by JSON.

`results.json` files are the organisers' answers and are never read. Instants come from the data:
a measured finish is the start of the splits plus the elapsed time; where no instant is known, the
end of the stage stands in and is marked as assumed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ledger.controls import ControlRule
from ledger.intake.lines import NOTHING, Delivery, Note, Template, Whole
from ledger.intake.live_timing.announced import OF_THE_PLAN, announced, founding
from ledger.intake.live_timing.answers import (
    Control,
    Entry,
    Penalty,
    Retirement,
    Split,
    Stage,
    StageTime,
)
from ledger.intake.live_timing.figures import after, duration_ms, instant
from ledger.intake.live_timing.plan import Plan
from ledger.intake.live_timing.saved import Saved
from ledger.intake.live_timing.writing import SOURCE, Fact, Writer
from ledger.intake.whole import whole_answer
from ledger.times import Instant

WHOLE = {"penalties.json": ("penalty/",), "retirements.json": ("retirement/", "rejoined/")}
"""The answers about the whole rally, and the keys that they cover."""
OVER = ("Completed", "Interrupted", "Cancelled")
"""What the itinerary says of a stage that is no longer running."""
BASES = {"": "measured", "default": "measured", "assessed": "assessed", "notional": "notional"}
"""What the source of a stage time says of it; where none is given, it was measured."""
STATUSES = ("Permanent", "Temporary", "Rejoined")
_LAST = Instant(1 << 46, 0)


class Timed(NamedTuple):
    """A stage time: where it stands, how long, on what basis, and the finish where it is known."""

    where: str
    said: StageTime
    elapsed_ms: int
    basis: str
    finish: Instant | None


def read_wrc_live(
    saved: Saved, template: Template, recorded_at: Instant, *, adopted: bool = False
) -> Delivery:
    """What the answers of a saved rally say, under the rules that it adopts or has `adopted`."""
    return _Reader(saved, template, recorded_at, adopted).deliver()


class _Reader:
    """Reads one rally; what is read of one file is kept for those that need it."""

    def __init__(
        self, saved: Saved, template: Template, recorded_at: Instant, adopted: bool
    ) -> None:
        self.files = saved.files
        parameters = template.parameters
        rule = ControlRule(
            str(parameters.get("controls.in_stage", "")),
            str(parameters.get("controls.in_next_stage", "")),
        )
        self.plan = Plan(saved, rule)
        self.stages = self.plan.stages
        self.line = (writer := Writer(saved.code, saved.files, recorded_at)).line
        self.founding = founding(saved, template, writer, adopted=adopted)
        self.entries = saved.entries
        self.numbers = {
            each.row.entry_id: str(each.row.identifier).strip() for each in self.entries
        }
        self.announced = announced(saved, self.plan, self.entries, self.numbers, writer)
        self.starts: dict[tuple[int, int], Instant] = {}
        self.seen: dict[tuple[int, int], Instant] = {}
        """When a crew was last seen on a stage for which it has no time."""
        self.ends: dict[int, Instant | None] = {}
        self.last_times: dict[int, Instant] = {}
        self.unknown: Counter[tuple[str, str]] = Counter()
        """Words of the service that are not known: the file, and how they were taken."""

    def deliver(self) -> Delivery:
        """The plan first, then the facts in the order in which they happened."""
        yield from self.founding
        yield from (fact.line for fact in self.announced)
        facts: list[Fact] = [*self._running(), *self._penalties(), *self._retirements()]
        facts += [*self._absences(), *self._direction()]
        for fact in sorted(facts, key=lambda fact: (fact.at or _LAST).ms):
            yield fact.line
        yield from self.files.bad
        for (where, message), times in self.unknown.items():
            yield Note(where, f"{message} ({times} of them)." if times > 1 else f"{message}.")
        yield from self._whole()

    def _whole(self) -> Delivery:
        """The answers that say all there is; the times of a stage do when it is over.

        So does the itinerary of what became of a stage: one that is run was not cancelled.
        """
        for name, keys in WHOLE.items():
            yield whole_answer(self.files.rally / name, SOURCE, keys)
        itinerary = str(self.files.rally / "itinerary.json")
        for identity, stage in self.stages.items():
            if stage.status and stage.status != "Cancelled":
                yield Whole(itinerary, SOURCE, ("StageCancelled/",), stage.code)
            if stage.status in OVER:
                path = self.files.of_stage(identity, "stagetimes.json")
                yield whole_answer(path, SOURCE, ("time/",), stage.code)

    def _running(self) -> Iterable[Fact]:
        for identity, stage in self.stages.items():
            yield from self._splits(identity, stage)
            yield from self._stage_times(identity, stage)

    def _splits(self, identity: int, stage: Stage) -> Iterable[Fact]:
        for read in self.files.rows(self.files.of_stage(identity, "splittimes.json"), Split):
            split: Split = read.row
            number = self._number(split.entry_id)
            start = instant(split.start_date_time_local, split.start_date_time)
            passed = instant(split.split_date_time_local, split.split_date_time)
            if passed:
                before = self.seen.get((identity, split.entry_id), passed)
                self.seen[identity, split.entry_id] = max(before, passed)
            if start and (identity, split.entry_id) not in self.starts:
                self.starts[identity, split.entry_id] = start
                yield from self.line(
                    read.where,
                    "StageStarted",
                    f"start/{identity}/{split.entry_id}",
                    start,
                    number=number,
                    stage=stage.code,
                )
            yield from self.line(
                read.where,
                "PassingRecorded",
                f"split/{split.split_point_time_id}",
                passed,
                number=number,
                stage=stage.code,
                point=str(split.split_point_id),
                elapsed_ms=duration_ms(split.elapsed_duration_ms, split.elapsed_duration),
            )

    def _stage_times(self, identity: int, stage: Stage) -> Iterable[Fact]:
        times = list(self._timed(identity, self.files.of_stage(identity, "stagetimes.json")))
        finishes = [each.finish for each in times if each.finish]
        end = max(finishes, default=self.plan.due(identity))
        # An interrupted stage may have few known finishes, but it ends after the one before it.
        earlier = [each for each in self.ends.values() if each]
        end = max([*earlier, end]) if end else max(earlier, default=None)
        self.ends[identity] = end
        if times and end:
            all_known = len(finishes) == len(times)
            self.last_times[identity] = max(finishes) if all_known else end
        for each in times:
            yield from self.line(
                each.where,
                "StageTimeRecorded",
                f"time/{each.said.stage_time_id}",
                each.finish or end,
                is_assumed=each.finish is None,
                number=self._number(each.said.entry_id),
                stage=stage.code,
                elapsed_ms=each.elapsed_ms,
                basis=each.basis,
            )

    def _timed(self, identity: int, path: Path) -> Iterator[Timed]:
        """The times of a stage; one that was not measured is no finish, wherever it may lead."""
        for read in self.files.rows(path, StageTime):
            said: StageTime = read.row
            elapsed_ms = duration_ms(said.elapsed_duration_ms, said.elapsed_duration)
            if elapsed_ms is None:
                continue
            self.seen.pop((identity, said.entry_id), None)
            basis = BASES.get((said.source or "").strip().casefold())
            if basis is None:
                taken = f"The source {said.source!r} is not known: taken as assessed"
                self.unknown[str(path), taken] += 1
            start = self.starts.get((identity, said.entry_id))
            finish = after(start, elapsed_ms) if basis == "measured" else None
            yield Timed(read.where, said, elapsed_ms, basis or "assessed", finish)

    def _penalties(self) -> Iterable[Fact]:
        for read in self.files.rows(self.files.rally / "penalties.json", Penalty):
            penalty: Penalty = read.row
            control = self.plan.controls.get(penalty.control_id or 0)
            decision = re.search(r"stewards'? decision", penalty.reason or "", re.IGNORECASE)
            yield from self.line(
                read.where,
                "PenaltyGiven",
                f"penalty/{penalty.penalty_id}",
                self._end_at(control),
                is_assumed=True,
                derived=OF_THE_PLAN,
                number=self._number(penalty.entry_id),
                amount_ms=duration_ms(penalty.penalty_duration_ms, penalty.penalty_duration),
                applies_to="overall",
                reason=penalty.reason,
                stage=self.plan.code(self.plan.stage_of(control)),
                control=control.code if control else "",
                document=(penalty.reason or "").strip()[:80] if decision else "",
            )

    def _retirements(self) -> Iterable[Fact]:
        path = self.files.rally / "retirements.json"
        for read in self.files.rows(path, Retirement):
            said: Retirement = read.row
            if said.status not in STATUSES:
                taken = f"The status {said.status!r} is not known: taken as not for good"
                self.unknown[str(path), taken] += 1
            control = self.plan.controls.get(said.control_id or 0)
            reported = instant(said.retirement_date_time_local, said.retirement_date_time)
            at = self._retired_at(said.entry_id, control, reported)
            late = reported is not None and at != reported
            number = self._number(said.entry_id)
            yield from self.line(
                read.where,
                "RetirementReported",
                f"retirement/{said.retirement_id}",
                at,
                is_assumed=reported is None or late,
                note=f"reported at {reported.iso()}" if late and reported else "",
                derived=OF_THE_PLAN | {"source"},
                number=number,
                reason=(said.reason or "").strip(),
                stage=self.plan.code(self.plan.stage_of(control)),
                control=control.code if control else "",
                place=control.location if control else "",
                cause=_cause(said.reason or ""),
                definitive=said.status == "Permanent",
            )
            if said.status == "Rejoined":
                yield from self._rejoined(read.where, said, reported or at, number)

    def _retired_at(
        self, entry: int, control: Control | None, reported: Instant | None
    ) -> Instant | None:
        """By the end of the stage of its control: a report may come in hours after.

        A crew without a time for the stage may have been seen on it even later.
        """
        end = self._end_at(control)
        if control is None or end is None or reported is None:
            return reported or end
        on = self.plan.counts_in(control) or 0
        return min(reported, max(end, self.seen.get((on, entry), end)))

    def _rejoined(
        self, where: str, said: Retirement, at: Instant | None, number: str
    ) -> Iterable[Fact]:
        """The crew came back: at its next start that the splits know, else right after."""
        starts = [
            (start, stage)
            for (stage, entry), start in self.starts.items()
            if entry == said.entry_id and at and start > at
        ]
        back, stage = min(starts, default=(at, None))
        yield from self.line(
            where,
            "CrewRestarted",
            f"rejoined/{said.retirement_id}",
            back,
            is_assumed=not starts,
            assumed=NOTHING if starts else OF_THE_PLAN,
            number=number,
            stage=self.plan.code(stage),
        )

    def _absences(self) -> Iterable[Fact]:
        """Crews that the entries call non-starters, or not authorised to start."""
        kinds = {"NonStarter": "CrewNotStarted", "NotAuthorised": "StartRefused"}
        for read in self.entries:
            entry: Entry = read.row
            if kind := kinds.get(entry.status or ""):
                yield from self.line(
                    read.where,
                    kind,
                    f"absence/{entry.entry_id}",
                    self.plan.first_due(),
                    is_assumed=True,
                    number=self.numbers[entry.entry_id],
                )

    def _direction(self) -> Iterable[Fact]:
        acts = {
            "Cancelled": ("StageCancelled",),
            "Interrupted": ("StageInterrupted", "StageClosed"),
            "Completed": ("StageClosed",),
        }
        where = str(self.files.rally / "itinerary.json")
        for identity, stage in self.stages.items():
            for kind in acts.get(stage.status or "", ()):
                cancelled = kind == "StageCancelled"
                at = self.plan.due(identity) if cancelled else self.ends.get(identity)
                yield from self.line(
                    where, kind, f"{kind}/{identity}", at, is_assumed=True, stage=stage.code
                )

    # -- places ----------------------------------------------------------------------------------

    def _number(self, entry: int) -> str:
        return self.numbers.get(entry, f"entry-{entry}")

    def _end_at(self, control: Control | None) -> Instant | None:
        """The end of the stage in which a control counts; after the last one, the last's end.

        Where nothing tells the stage, that is the end of the rally: it counts in the final result.

        A straggler may finish when the next stage is over: that end comes first, so that what
        counts from a stage on is there when any later one ends.
        """
        order = self.plan.order_of(control)
        numbers = {identity: stage.number for identity, stage in self.stages.items()}
        if order is None:
            order = max(numbers.values(), default=0) + 1
        ended = [end for identity, end in self.ends.items() if end and numbers[identity] <= order]
        later = [end for identity, end in self.last_times.items() if numbers[identity] >= order]
        return min([ended[-1], *later]) if ended else None


def _cause(reason: str) -> str:
    said = reason.casefold()
    if "mechanic" in said or "technical" in said:
        return "mechanical"
    return "accident" if "accident" in said or "off road" in said else ""

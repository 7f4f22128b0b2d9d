"""WRC live timing: a folder of saved answers of the service, JSON by JSON.

`results.json` files are the organisers' answers and are never read. Instants come from the data:
a measured finish is the start of the splits plus the elapsed time; where no instant is known, the
end of the stage stands in and is marked as assumed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from ledger.controls import ControlRule
from ledger.errors import LedgerError, Unreadable
from ledger.intake.lines import BadLine, Delivery, Line, Note, Template
from ledger.intake.live_timing.answers import (
    Answer,
    Control,
    Entry,
    Itinerary,
    Penalty,
    Person,
    Retirement,
    Split,
    Stage,
    StageDetail,
    StageTime,
)
from ledger.intake.whole import whole_answer
from ledger.spelling import entered
from ledger.times import Instant, instant_of
from ledger.vocabulary import TYPES

SOURCE = "wrc-live"
WHOLE = {"penalties.json": ("penalty/",), "retirements.json": ("retirement/", "rejoined/")}
"""The answers about the whole rally, and the keys that they cover."""
OVER = ("Completed", "Interrupted", "Cancelled")
"""What the itinerary says of a stage that is no longer running."""
PRECISIONS = {"Minute": 60_000, "Second": 1000, "Tenth": 100, "Hundredth": 10, "Thousandth": 1}


RowKind = TypeVar("RowKind", bound=Answer)
_Fact = tuple[Instant | None, Line]


class _Read(NamedTuple):
    """A row of an answer with the place where it stands."""

    where: str
    row: Any


def read_wrc_live(folder: Path, template: Template, recorded_at: Instant) -> tuple[str, Delivery]:
    """The code of the rally saved in a folder, and what its answers say.

    Raises:
        Unreadable: the folder holds no rally, or its entries or itinerary can't be read.
    """
    if not folder.is_dir():
        raise Unreadable(f"There is no folder {folder}.", hint="Name the folder of the answers.")
    found = sorted(folder.glob("events/*/rallies/*/itinerary.json"))
    if not found:
        raise Unreadable(
            f"{folder} holds no events/…/rallies/…/itinerary.json.",
            hint="Name the folder of one rally's saved answers.",
        )
    code = f"{folder.resolve().name}-2019"
    reader = _Reader(code, found[0].parent, template, recorded_at)
    return code, reader.deliver()


class _Reader:
    """Reads one rally; what is read of one file is kept for those that need it."""

    def __init__(self, code: str, folder: Path, template: Template, recorded_at: Instant) -> None:
        self.code = code
        self.folder = folder
        self.stages_folder = folder.parent.parent / "stages"
        self.template = template
        self.recorded_at = recorded_at
        self.bad: list[BadLine | Note] = []
        self.raws: dict[str, str] = {}
        parameters = template.parameters
        self.rule = ControlRule(
            str(parameters.get("controls.in_stage", "")),
            str(parameters.get("controls.in_next_stage", "")),
        )
        self.itinerary = self._one(folder / "itinerary.json", Itinerary)
        sections = [s for leg in self.itinerary.itinerary_legs for s in leg.itinerary_sections]
        stages = {each.stage_id: each for section in sections for each in section.stages}
        self.stages = dict(sorted(stages.items(), key=lambda each: each[1].number))
        self.controls = {each.control_id: each for section in sections for each in section.controls}
        self.entries = list(self._rows(folder / "entries.json", Entry, needed=True))
        self.numbers = {
            each.row.entry_id: str(each.row.identifier).strip() for each in self.entries
        }
        self.starts: dict[tuple[int, int], Instant] = {}
        self.seen: dict[tuple[int, int], Instant] = {}
        """When a crew was last seen on a stage for which it has no time."""
        self.ends: dict[int, Instant | None] = {}
        self.last_times: dict[int, Instant] = {}

    def deliver(self) -> Delivery:
        """The plan first, then the facts in the order in which they happened."""
        yield from self._plan()
        facts: list[_Fact] = [*self._running(), *self._penalties(), *self._retirements()]
        facts += [*self._absences(), *self._direction()]
        last = Instant(1 << 46, 0)
        for _, line in sorted(facts, key=lambda fact: (fact[0] or last).ms):
            yield line
        yield from self.bad
        yield from self._whole()

    def _whole(self) -> Delivery:
        """The answers that say all there is; the times of a stage do when it is over."""
        for name, keys in WHOLE.items():
            yield whole_answer(self.folder / name, SOURCE, keys)
        for identity, stage in self.stages.items():
            if stage.status in OVER:
                path = self._stage_file(identity, "stagetimes.json")
                yield whole_answer(path, SOURCE, ("time/",), stage.code)

    # -- files -----------------------------------------------------------------------------------

    def _json(self, path: Path, kind: type[list[Any]] | type[dict[str, Any]]) -> Any:
        try:
            found = json.loads(path.read_bytes().decode("utf-8-sig") or "null") or kind()
        except json.JSONDecodeError as error:
            raise Unreadable(
                f"{path}:{error.lineno}: not JSON at column {error.colno}: {error.msg}.",
                hint="The file may be cut; save the answer again.",
            ) from None
        except (UnicodeDecodeError, RecursionError) as error:
            raise Unreadable(f"{path}: {error}.", hint="Save the answer again.") from None
        except OSError as error:
            raise Unreadable(f"{path} can't be read: {error.strerror}.") from None
        if not isinstance(found, kind):
            raise Unreadable(f"{path}: not a {kind.__name__}.", hint="Save the answer again.")
        return found

    def _one(self, path: Path, kind: type[RowKind]) -> RowKind:
        try:
            return msgspec.convert(self._json(path, kind=dict), kind, strict=False)
        except msgspec.ValidationError as error:
            raise Unreadable(f"{path}: {error}.", hint="Save the answer again.") from None

    def _rows(self, path: Path, kind: type[RowKind], *, needed: bool = False) -> Iterator[_Read]:
        if not path.exists() and not needed:
            self.bad.append(Note(str(path), "This answer is missing."))
            return
        try:
            rows = self._json(path, kind=list)
        except Unreadable as error:
            if needed:
                raise
            raw = path.read_bytes().decode("utf-8", "surrogateescape")
            self.bad.append(BadLine(*_placed(path, raw, error.message)))
            return
        for index, row in enumerate(rows):
            where = f"{path}[{index}]"
            self.raws[where] = json.dumps(row, ensure_ascii=False)
            try:
                yield _Read(where, msgspec.convert(row, kind, strict=False))
            except msgspec.ValidationError as error:
                self.bad.append(BadLine(where, self.raws[where], f"{error}."))

    def _stage_file(self, stage: int, name: str) -> Path:
        return self.stages_folder / str(stage) / name

    # -- occurrences -----------------------------------------------------------------------------

    def _line(
        self, where: str, name: str, seq: str, at: Instant | None = None, /, **fields: Any
    ) -> list[_Fact]:
        assumed = fields.pop("assumed", False)
        note = fields.pop("note", "")
        said: dict[str, Any] = {
            "rally": self.code,
            "recorded_at": self.recorded_at,
            "by": "WRC live timing",
            "role": "results-office",
            "source": {"kind": "live-timing", "name": SOURCE, "seq": seq, "note": note},
            **{name: value for name, value in fields.items() if value not in (None, "")},
        }
        if at is not None:
            said["fact_at"] = at
            if assumed:
                said["fact_assumed"] = True
        try:
            return [(at, Line(where, self.raws.get(where, seq), entered(TYPES[name], said)))]
        except LedgerError as error:
            self.bad.append(BadLine(where, self.raws.get(where, seq), error.message))
            return []

    def _plan(self) -> Delivery:
        where = str(self.folder / "itinerary.json")
        days = sorted(leg.leg_date for leg in self.itinerary.itinerary_legs if leg.leg_date)
        name = self.code.removesuffix("-2019").replace("-", " ").title()
        facts = self._line(
            where,
            "RallyConstituted",
            "rally",
            title=f"{name} 2019",
            starts_on=days[0] if days else "",
            ends_on=days[-1] if days else "",
        )
        facts += self._line(
            where,
            "RegulationsAdopted",
            "regulations",
            rulebook=self.template.name,
            parameters=self.template.parameters,
            provenance=self.template.provenance,
        )
        for stage in self.stages.values():
            facts += self._line(
                where,
                "StageScheduled",
                f"stage/{stage.stage_id}",
                stage=stage.code,
                order=stage.number,
                title=stage.name,
                special_m=_metres(stage.distance),
                precision_ms=PRECISIONS.get(stage.timing_precision or ""),
            )
            facts += self._points(stage)
        for control in self.controls.values():
            facts += self._line(
                where,
                "ControlScheduled",
                f"control/{control.control_id}",
                control=control.code,
                stage=self._code(control.stage_id),
                kind=control.type,
                location=control.location,
                due_at=_instant(control.first_car_due_date_time_local),
            )
        for read in self.entries:
            facts += self._entry(read)
        yield from (line for _, line in facts)

    def _points(self, stage: Stage) -> list[_Fact]:
        path = self.stages_folder / f"{stage.stage_id}.json"
        if not path.exists():
            self.bad.append(Note(str(path), "This answer is missing."))
            return []
        try:
            points = self._one(path, StageDetail).split_points or ()
        except Unreadable as error:
            raw = path.read_bytes().decode("utf-8", "surrogateescape")
            self.bad.append(BadLine(*_placed(path, raw, error.message)))
            return []
        along = sorted(points, key=lambda point: (point.distance or 0, point.split_point_id))
        return [
            fact
            for order, point in enumerate(along, 1)
            for fact in self._line(
                str(path),
                "WaypointPlaced",
                f"point/{point.split_point_id}",
                stage=stage.code,
                point=str(point.split_point_id),
                order=order,
                at_m=_metres(point.distance),
                kind="split",
            )
        ]

    def _entry(self, read: _Read) -> list[_Fact]:
        entry: Entry = read.row
        driver, codriver = entry.driver or Person(), entry.codriver or Person()
        codrivers = [codriver.full_name] if codriver.full_name else None
        classes = [each.name for each in entry.event_classes or () if each.name]
        make = entry.manufacturer.name if entry.manufacturer else None
        return self._line(
            read.where,
            "CrewEntered",
            f"entry/{entry.entry_id}",
            number=self.numbers[entry.entry_id],
            driver=driver.full_name or "?",
            codrivers=codrivers,
            nationality=driver.country.iso3 if driver.country else None,
            category=(entry.group.name or "").strip() if entry.group else "",
            vehicle=" ".join(part for part in (make, entry.vehicle_model) if part),
            team=entry.entrant.name if entry.entrant else None,
            **{"class": (classes[0] or "").strip() if classes else ""},
        )

    def _running(self) -> Iterable[_Fact]:
        for identity, stage in self.stages.items():
            yield from self._splits(identity, stage)
            yield from self._stage_times(identity, stage)

    def _splits(self, identity: int, stage: Stage) -> Iterable[_Fact]:
        for read in self._rows(self._stage_file(identity, "splittimes.json"), Split):
            split: Split = read.row
            number = self._number(split.entry_id)
            start = _instant(split.start_date_time_local)
            passed = _instant(split.split_date_time_local)
            if passed:
                before = self.seen.get((identity, split.entry_id), passed)
                self.seen[identity, split.entry_id] = max(before, passed)
            if start and (identity, split.entry_id) not in self.starts:
                self.starts[identity, split.entry_id] = start
                yield from self._line(
                    read.where,
                    "StageStarted",
                    f"start/{identity}/{split.entry_id}",
                    start,
                    number=number,
                    stage=stage.code,
                )
            yield from self._line(
                read.where,
                "PassingRecorded",
                f"split/{split.split_point_time_id}",
                passed,
                number=number,
                stage=stage.code,
                point=str(split.split_point_id),
                elapsed_ms=split.elapsed_duration_ms,
            )

    def _stage_times(self, identity: int, stage: Stage) -> Iterable[_Fact]:
        path = self._stage_file(identity, "stagetimes.json")
        reads = [r for r in self._rows(path, StageTime) if r.row.elapsed_duration_ms is not None]
        finishes: dict[int, Instant] = {}
        for read in reads:
            time: StageTime = read.row
            self.seen.pop((identity, time.entry_id), None)
            start = self.starts.get((identity, time.entry_id))
            if start and time.source != "Assessed":
                finish = start.ms + (time.elapsed_duration_ms or 0)
                finishes[time.stage_time_id] = Instant(finish, start.offset)
        end = max(finishes.values(), default=self._due(identity))
        # An interrupted stage may have few known finishes, but it ends after the one before it.
        earlier = [each for each in self.ends.values() if each]
        end = max([*earlier, end]) if end else max(earlier, default=None)
        self.ends[identity] = end
        if reads and end:
            all_known = len(finishes) == len(reads)
            self.last_times[identity] = max(finishes.values()) if all_known else end
        for read in reads:
            time = read.row
            known = finishes.get(time.stage_time_id)
            assessed = time.source == "Assessed"
            yield from self._line(
                read.where,
                "StageTimeRecorded",
                f"time/{time.stage_time_id}",
                known or end,
                assumed=known is None,
                number=self._number(time.entry_id),
                stage=stage.code,
                elapsed_ms=time.elapsed_duration_ms,
                basis="assessed" if assessed else "measured",
            )

    def _penalties(self) -> Iterable[_Fact]:
        for read in self._rows(self.folder / "penalties.json", Penalty):
            penalty: Penalty = read.row
            control = self.controls.get(penalty.control_id or 0)
            decision = re.search(r"stewards'? decision", penalty.reason or "", re.IGNORECASE)
            yield from self._line(
                read.where,
                "PenaltyGiven",
                f"penalty/{penalty.penalty_id}",
                self._end_at(control),
                assumed=True,
                number=self._number(penalty.entry_id),
                amount_ms=penalty.penalty_duration_ms,
                applies_to="overall",
                reason=penalty.reason,
                stage=self._code(control.stage_id) if control else "",
                control=control.code if control else "",
                document=(penalty.reason or "").strip()[:80] if decision else "",
            )

    def _retirements(self) -> Iterable[_Fact]:
        for read in self._rows(self.folder / "retirements.json", Retirement):
            said: Retirement = read.row
            control = self.controls.get(said.control_id or 0)
            reported = _instant(said.retirement_date_time_local)
            at = self._retired_at(said.entry_id, control, reported)
            late = reported is not None and at != reported
            number = self._number(said.entry_id)
            yield from self._line(
                read.where,
                "RetirementReported",
                f"retirement/{said.retirement_id}",
                at,
                assumed=reported is None or late,
                note=f"reported at {reported.iso()}" if late and reported else "",
                number=number,
                reason=(said.reason or "").strip(),
                stage=self._code(control.stage_id) if control else "",
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
        return min(reported, max(end, self.seen.get((control.stage_id or 0, entry), end)))

    def _rejoined(
        self, where: str, said: Retirement, at: Instant | None, number: str
    ) -> Iterable[_Fact]:
        """The crew came back: at its next start that the splits know, else right after."""
        starts = [
            (start, stage)
            for (stage, entry), start in self.starts.items()
            if entry == said.entry_id and at and start > at
        ]
        back, stage = min(starts, default=(at, None))
        yield from self._line(
            where,
            "CrewRestarted",
            f"rejoined/{said.retirement_id}",
            back,
            assumed=not starts,
            number=number,
            stage=self._code(stage),
        )

    def _absences(self) -> Iterable[_Fact]:
        """Crews that the entries call non-starters, or not authorised to start."""
        kinds = {"NonStarter": "CrewNotStarted", "NotAuthorised": "StartRefused"}
        dues = [_instant(each.first_car_due_date_time_local) for each in self.controls.values()]
        first = min((due for due in dues if due), default=None)
        for read in self.entries:
            entry: Entry = read.row
            if kind := kinds.get(entry.status or ""):
                yield from self._line(
                    read.where,
                    kind,
                    f"absence/{entry.entry_id}",
                    first,
                    assumed=True,
                    number=self.numbers[entry.entry_id],
                )

    def _direction(self) -> Iterable[_Fact]:
        acts = {
            "Cancelled": ("StageCancelled",),
            "Interrupted": ("StageInterrupted", "StageClosed"),
            "Completed": ("StageClosed",),
        }
        where = str(self.folder / "itinerary.json")
        for identity, stage in self.stages.items():
            for kind in acts.get(stage.status or "", ()):
                cancelled = kind == "StageCancelled"
                at = self._due(identity) if cancelled else self.ends.get(identity)
                yield from self._line(
                    where, kind, f"{kind}/{identity}", at, assumed=True, stage=stage.code
                )

    # -- places ----------------------------------------------------------------------------------

    def _number(self, entry: int) -> str:
        return self.numbers.get(entry, f"entry-{entry}")

    def _code(self, stage: int | None) -> str:
        return self.stages[stage].code if stage in self.stages else ""

    def _due(self, stage: int) -> Instant | None:
        """When the first car was due at the start of a stage."""
        of_stage = [each for each in self.controls.values() if each.stage_id == stage]
        of_stage.sort(key=lambda control: control.type != "StageStart")
        dues = [_instant(each.first_car_due_date_time_local) for each in of_stage]
        return next((due for due in dues if due), None)

    def _end_at(self, control: Control | None) -> Instant | None:
        """The end of the stage in which a control counts; after the last one, the last's end.

        A straggler may finish when the next stage is over: that end comes first, so that what
        counts from a stage on is there when any later one ends.
        """
        order = None
        if control is not None:
            stage = self.stages.get(control.stage_id or 0)
            order = stage.number if stage else self.rule.stage_order(control.code)
        if order is None:
            return None
        numbers = {identity: stage.number for identity, stage in self.stages.items()}
        ended = [end for identity, end in self.ends.items() if end and numbers[identity] <= order]
        later = [end for identity, end in self.last_times.items() if numbers[identity] >= order]
        return min([ended[-1], *later]) if ended else None


def _placed(path: Path, raw: str, message: str) -> tuple[str, str, str]:
    """Where in a file that can't be read, the file as it stands, and why, each said once."""
    found = re.fullmatch(rf"({re.escape(str(path))}(?::\d+)?):? (.*)", message, re.DOTALL)
    where, reason = found.groups() if found else (str(path), message)
    return where, raw, reason


def _instant(local: str | None) -> Instant | None:
    """The instant that the service gives with the offset shown there."""
    try:
        return instant_of(datetime.fromisoformat(local)) if local else None
    except ValueError:
        return None


def _metres(km: float | None) -> int | None:
    return None if km is None else round(km * 1000)


def _cause(reason: str) -> str:
    said = reason.casefold()
    if "mechanic" in said or "technical" in said:
        return "mechanical"
    return "accident" if "accident" in said or "off road" in said else ""

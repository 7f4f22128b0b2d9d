"""The plan of a chart: where everything lies on it, and what stands beside the lines."""

from __future__ import annotations

from typing import Literal

from cli.charts.layout import shortened, ticks, told, width_of
from ledger.times import format_duration, precision_of
from projections.results.chart import Column, Line, Point, Series
from projections.state.participation import CLASSIFIED, RUNNING

Kind = Literal["places", "gaps"]
A_LINE, A_STAGE, LEAST_HEIGHT = 16, 56, 360
HEAD, FOOT, MARGIN, MANY = 76, 92, 16, 12
GUTTERS = (22, 72)
"""Between names and lines; names of many crews lie further from where the lines are."""
NAME_CELLS, CODE_CELLS, WORD_CELLS, TAG_CELLS = 26, 12, 40, 6
MADE_SIZE, TAG_SIZE, TIME_SIZE, TAG_SPACE = 10, 10, 10, 7


class Plan:
    """Coordinates are whole pixels from the upper left; heights follow places or gaps."""

    def __init__(self, found: Series, kind: Kind, least_width: int) -> None:
        self.found = found
        self.kind = kind
        every = [point for line in found.lines for point in line.points]
        values = [self.value(each) for each in every]
        self.low, self.high = min([*values, 1 if kind == "places" else 0]), max([*values, 1])
        self._precision = precision_of(point.total_ms for point in every)
        self.height = max(len(found.lines) * A_LINE, LEAST_HEIGHT)
        self.bottom = HEAD + self.height
        seen = {line.points[0].after for line in found.lines}
        self.first = next(each.after for each in found.columns if each.after in seen)
        self.last = found.columns[-1].after
        left = max(width_of(self.name_left(each)) for each in found.lines if self.begins(each))
        right = max(width_of(self.name_right(each)) for each in found.lines)
        self.gutter = GUTTERS[len(found.lines) > MANY if kind == "gaps" else 0]
        self.left = MARGIN + left + self.gutter
        self.ticks = ticks(self.low, self.high) if kind == "gaps" else []
        axis = max((width_of(told(each), TIME_SIZE) for each in self.ticks), default=0)
        beside = self.left + axis + self.gutter + right + MARGIN
        self.stage_width = max(
            self._least_stage(), (least_width + 2 * MARGIN - beside) // len(found.columns)
        )
        self.width = max(beside + self.stage_width * len(found.columns), least_width + 2 * MARGIN)
        self.right = self.left + axis + self.stage_width * len(found.columns)
        begin = self.left + axis + self.stage_width // 2
        self.order = {column.after: index for index, column in enumerate(found.columns)}
        self.x = {
            column.after: begin + self.stage_width * index
            for index, column in enumerate(found.columns)
        }

    def _least_stage(self) -> int:
        """The least room for a stage: its words, and a number behind the end of a line."""
        code = max(width_of(code_of(each.after)) for each in self.found.columns)
        made = max(width_of(made_of(each), MADE_SIZE) for each in self.found.columns)
        tag = max(width_of(tag_of(each), TAG_SIZE) for each in self.found.lines)
        return max(A_STAGE, code + 8, made + 2, (tag + 2 * TAG_SPACE) * 5 // 3)

    # -- where things lie ------------------------------------------------------------------------

    def value(self, point: Point) -> int:
        """What the height of a point stands for: a place, or a gap in milliseconds."""
        return point.place if self.kind == "places" else point.gap_ms

    def y(self, point: Point) -> int:
        """The height of a point."""
        return self.at(self.value(point))

    def at(self, value: int) -> int:
        """The height of a place or a gap: the best is above."""
        return HEAD + (value - self.low) * self.height // max(self.high - self.low, 1)

    def begins(self, line: Line) -> bool:
        """Whether a line begins where the chart begins."""
        return line.points[0].after == self.first

    def stub(self) -> int:
        """How far a line goes on behind its last point where it ends within the chart."""
        return self.stage_width * 2 // 5

    def ends(self, line: Line) -> bool:
        """Whether a line goes on to the end of the chart."""
        return line.points[-1].after == self.last

    # -- what is written -------------------------------------------------------------------------

    def name_left(self, line: Line) -> str:
        """The name of a line where it begins: "104 Cyril Despres  2"."""
        return f"{_name(line)}  {self._short(line.points[0])}"

    def name_right(self, line: Line) -> str:
        """The name of a line at the end of the chart, or why it does not go on to there."""
        if self.ends(line):
            return f"{self._short(line.points[-1])}  {_name(line)}"
        why = " ".join(each for each in (line.status, line.stage) if each)
        return f"{'×' if is_out(line) else '…'} {_name(line)}, {shortened(why, WORD_CELLS)}"

    def _short(self, point: Point) -> str:
        return str(point.place) if self.kind == "places" else told(point.gap_ms, self._precision)

    def sentence(self, line: Line) -> str:
        """What becomes of a crew, in a sentence."""
        crew, last = " / ".join((line.driver, *line.codrivers)), line.points[-1]
        if line.status == CLASSIFIED:
            return f"{line.number} {crew}: {last.place}. in {self._total(last)}"
        where = f" {line.stage}" if line.stage else ""
        why = f": {line.reason}" if line.reason else ""
        return f"{line.number} {crew}: {line.status}{where}{why}"

    def of_point(self, line: Line, point: Point) -> str:
        """Where a crew stands after a stage, in a sentence."""
        gap = f", {told(point.gap_ms, self._precision)}" if point.gap_ms else ""
        more = f", new penalties {told(point.penalised_ms)}" if point.penalised_ms else ""
        when = "now" if point.after is None else f"after {point.after}"
        where = f"{point.place}. in {self._total(point)}{gap}{more}"
        return f"{line.number} {line.driver}, {when}: {where}"

    def _total(self, point: Point) -> str:
        return format_duration(point.total_ms, self._precision)


def is_out(line: Line) -> bool:
    """Whether a crew is out of the classification, and not only still under way."""
    return line.status not in {CLASSIFIED, RUNNING}


def code_of(after: str | None) -> str:
    """A stage as it stands at the axis; behind the last one, everything that counts now."""
    return "now" if after is None else shortened(after, CODE_CELLS)


def made_of(column: Column) -> str:
    """What race direction made of a stage; with a star if not for all that are in the chart."""
    return f"{column.made}{'*' if column.categories else ''}"


def tag_of(line: Line) -> str:
    """The number of a crew where its line begins or ends within the chart."""
    return shortened(line.number, TAG_CELLS)


def _name(line: Line) -> str:
    return shortened(f"{line.number} {line.driver}", NAME_CELLS)

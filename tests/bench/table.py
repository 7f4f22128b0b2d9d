"""The table: its lines, what is asked of them, and whether that is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click

from cli.output import print_json, print_table

TITLES = ("What", "Here", "Against", "There", "Ratio", "From – to", "Target", "", "Note")


class Target(NamedTuple):
    """What is asked: of the ratio where a line has one, otherwise of the figure itself.

    `unless` says where it is not asked, `excused` that this is so here.
    """

    bound: float
    at_most: bool = False
    unless: str = ""
    excused: bool = False

    def met(self, value: float) -> bool:
        """Whether a value is good enough."""
        return self.excused or (value <= self.bound if self.at_most else value >= self.bound)


class Line(NamedTuple):
    """One thing that was measured. `value` is None for what could not be, as the note says."""

    what: str
    value: float | None
    unit: str
    against: str = ""
    other: float | None = None
    ratio: float | None = None
    spread: tuple[float, float] | None = None
    target: Target | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or where nothing was measured."""
        judged = self.value if self.ratio is None else self.ratio
        if self.target is None or judged is None:
            return None
        return self.target.met(judged)

    def cells(self) -> tuple[str, ...]:
        """The line as a person reads it."""
        sign = " ×" if self.ratio is not None or self.value is None else f" {self.unit}"
        target, verdict, spread = "", "", ""
        if self.target is not None:
            least = "≤" if self.target.at_most else "≥"
            target = f"{least} {figure(self.target.bound)}{sign}{self.target.unless}"
            verdict = _VERDICTS[self.met]
        if self.spread is not None:
            spread = " – ".join(figure(each) for each in self.spread)
        return (
            self.what,
            f"{figure(self.value)} {self.unit}" if self.value is not None else "–",
            self.against,
            f"{figure(self.other)} {self.unit}" if self.other is not None else "",
            f"{figure(self.ratio)} ×" if self.ratio is not None else "",
            spread,
            target,
            verdict,
            self.note,
        )

    def as_json(self) -> dict[str, Any]:
        """The line with its figures in full."""
        target = None if self.target is None else self.target._asdict()
        return {**self._asdict(), "target": target, "met": self.met}


_VERDICTS = {True: "met", False: "NOT MET", None: "not measured"}


def figure(value: float) -> str:
    """A figure with as many digits as mean something."""
    for least, digits in ((100, 0), (10, 1), (0.1, 2)):
        if abs(value) >= least:
            return f"{value:,.{digits}f}"
    return f"{value:.3f}"


def show(lines: Sequence[Line]) -> None:
    """Print the table."""
    print_table(
        TITLES,
        [line.cells() for line in lines],
        figures=("Here", "There", "Ratio", "From – to", "Target"),
    )


def tell(lines: Sequence[Line], as_json: bool, machine: Mapping[str, Any] | None = None) -> None:
    """Print the table, or all of it as JSON, with the machine on which it was measured."""
    if as_json:
        of = {"machine": dict(machine)} if machine else {}
        print_json({**of, "lines": [each.as_json() for each in lines]})
    else:
        if machine:
            click.echo(" · ".join(f"{name} {value}" for name, value in machine.items()))
        show(lines)

"""Scales of points as a rulebook words them: what is classified, what its places score, for whom.

A scale is one line that an official reads: "overall: 25 18 15 12 10 8 6 4 2 1", "overall before the
last day: 18 15 13, only who is in the final classification, else the next", "power stage: 5 4 3,
for drivers and co-drivers". Behind the points of the places may stand those of all lower ones, and
of who started and is not classified: "overall: 30 25 20, below 2, not classified 1".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, get_args

from ledger.vocabulary.championship import PointsTable
from projections.rules.parameter import Parameter, must_be_no_slip

TABLES: tuple[str, ...] = get_args(PointsTable)
DRIVERS, CO_DRIVERS, MANUFACTURERS, TEAMS = TABLES
Number = int | float
"""So many points: whole, or with a fraction where they were halved or multiplied."""

SCALES, SCORERS, SHARED = "points.scales", "points.scorers", "points.shared_place"
GROUPED = "points.classifications"
BEST = {MANUFACTURERS: "points.manufacturers", TEAMS: "points.teams"}
"""Which of its nominated crews score for a name."""
COUNTING, TIES = "season.counting", "season.ties"
EVERYBODY, OTHERS_SKIPPED = "everybody", "registered; others are skipped"
OTHERS_KEEP = "registered; others keep their places"
EACH_OF_THEM, DIVIDED = "each", "divided"
PLACES, THAT_COUNT, LATEST = "places", "places-that-count", "latest-place"

OVERALL, AFTER, BEFORE_LAST_DAY = "overall", "overall after", "overall before the last day"
LAST_DAY, RANGE, STAGE = "last day", "range", "stage"
POWER_STAGE, EACH_STAGE = "power stage", "each stage"
EACH_POWER_STAGE, EACH_OTHER_STAGE = "each power stage", "each stage but power stages"

_FIGURE = r"\d{1,4}(?:\.\d{1,2})?"
_POINTS = re.compile(rf"{_FIGURE}(?: {_FIGURE})*")
_BELOW, _LACKING = "below", "not classified"
_FIGURES = re.compile(rf"({_BELOW}|{_LACKING}) ({_FIGURE})")
_CODE = r"[^\s:;,]+"
_LONGER = r"(?: of more than (\d{1,4}) km)?"
_OF = (
    (BEFORE_LAST_DAY, re.compile(BEFORE_LAST_DAY)),
    (AFTER, re.compile(rf"overall after ({_CODE})")),
    (LAST_DAY, re.compile(LAST_DAY)),
    (POWER_STAGE, re.compile(POWER_STAGE)),
    (EACH_POWER_STAGE, re.compile(EACH_POWER_STAGE)),
    (EACH_OTHER_STAGE, re.compile(rf"{EACH_OTHER_STAGE}{_LONGER}")),
    (EACH_STAGE, re.compile(rf"{EACH_STAGE}{_LONGER}")),
    (OVERALL, re.compile(OVERALL)),
    (RANGE, re.compile(rf"({_CODE}) to ({_CODE})")),
    (STAGE, re.compile(rf"({_CODE})")),
)
_TIMES = re.compile(rf"x ({_FIGURE})(?: where (.+))?")
_MORE = re.compile(r"more than (\d{1,3}) stages were run")
_AT_MOST = re.compile(r"at most (\d{1,3}) % of the distance was run")
_IN_THE_FINAL, _ELSE_THE_NEXT = "only who is in the final classification", "else the next"
_BEST = re.compile(r"best (\d{1,2}) of those nominated; others (are skipped|keep their places)")
_BEST_RESULTS = re.compile(r"best (\d{1,3})")
ALL_RESULTS = "all"


class Multiplied(NamedTuple):
    """By how much points are multiplied, and where: always, or by what of the rally was run."""

    by: Number
    more_than_stages: int | None = None
    at_most_percent: int | None = None


class Scale(NamedTuple):
    """What is classified, and what its places score.

    `stages` are those that it names, of `each stage` the kilometres that it has to be longer than;
    `categories` those to which it is limited. `below` is what every lower place scores, `lacking`
    what those do who started and are not classified. With `in_the_final` only who is in the final
    classification scores, and with `passed_on` the points of who is not go to the next. `text` is
    how it is worded.
    """

    of: str
    stages: tuple[str, ...]
    points: tuple[Number, ...]
    text: str
    below: Number = 0
    lacking: Number = 0
    in_the_final: bool = False
    passed_on: bool = False
    tables: tuple[str, ...] = TABLES
    categories: tuple[str, ...] = ()
    multiplied: tuple[Multiplied, ...] = ()

    def of_place(self, place: int) -> Number:
        """What a place scores, counted from 1 among those who score."""
        return self.points[place - 1] if place <= len(self.points) else self.below


class Best(NamedTuple):
    """How many nominated crews score for one name, and whether its others keep their places."""

    crews: int
    others_keep: bool


def read(text: str) -> Scale:
    """The scale that a line words.

    Raises:
        ValueError: it is worded otherwise.
    """
    head, *clauses = text.split(", ")
    of, colon, said = head.partition(": ")
    if not colon:
        raise ValueError(f"{head!r} does not say of what the points are")
    kind, stages = _what(of)
    if _POINTS.fullmatch(said) is None:
        raise ValueError(f"{said!r} are no points of the places")
    scale = Scale(kind, stages, tuple(map(number, said.split())), text)
    for each in clauses:
        scale = _with(scale, each)
    return scale


def best(text: str) -> Best:
    """Which nominated crews score for a name.

    Raises:
        ValueError: it is worded otherwise.
    """
    found = _BEST.fullmatch(text)
    if found is None or not int(found[1]):
        raise ValueError(f"{text!r} does not say how many of those nominated score")
    return Best(int(found[1]), found[2] == "keep their places")


def best_results(text: str) -> int | None:
    """How many results of a season count; None where all of them do.

    Raises:
        ValueError: it is worded otherwise.
    """
    if text == ALL_RESULTS:
        return None
    found = _BEST_RESULTS.fullmatch(text)
    if found is None or not int(found[1]):
        raise ValueError(f"{text!r} does not say how many results count")
    return int(found[1])


def number(text: str) -> Number:
    """Points as they are written."""
    return tidy(float(text))


def tidy(points: float) -> Number:
    """Points without what a computer adds to a fraction; whole ones as such."""
    rounded = round(points, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def added(several: Iterable[Number]) -> Number:
    """Points together."""
    return tidy(sum(several))


def _what(of: str) -> tuple[str, tuple[str, ...]]:
    for kind, pattern in _OF:
        if found := pattern.fullmatch(of):
            if kind == STAGE:
                must_be_no_slip(of, (OVERALL,))
            return kind, tuple(each for each in found.groups() if each)
    raise ValueError(f"{of!r} is nothing that is classified")


def _with(scale: Scale, clause: str) -> Scale:
    """The scale with one more condition."""
    if clause == _IN_THE_FINAL:
        return scale._replace(in_the_final=True)
    if clause == _ELSE_THE_NEXT and scale.in_the_final:
        return scale._replace(passed_on=True)
    if found := _FIGURES.fullmatch(clause):
        figure = number(found[2])
        below = found[1] == _BELOW
        return scale._replace(below=figure) if below else scale._replace(lacking=figure)
    if clause.startswith(_IN):
        return scale._replace(categories=tuple(clause.removeprefix(_IN).split(_AND)))
    if clause.startswith(_FOR):
        return scale._replace(tables=_tables(clause.removeprefix(_FOR).split(_AND)))
    return scale._replace(multiplied=(*scale.multiplied, _multiplied(clause)))


_FOR, _IN, _AND = "for ", "in ", " and "


def _tables(named: Sequence[str]) -> tuple[str, ...]:
    for each in named:
        if each not in TABLES:
            raise ValueError(f"{each!r} is none of the tables {', '.join(TABLES)}")
    return tuple(named)


def _multiplied(clause: str) -> Multiplied:
    if (found := _TIMES.fullmatch(clause)) is None:
        raise ValueError(f"{clause!r} is no condition of points")
    by, where = number(found[1]), found[2] or ""
    more, most = _MORE.fullmatch(where), _AT_MOST.fullmatch(where)
    if where and not (more or most):
        raise ValueError(f"{where!r} is nothing by which points are multiplied")
    return Multiplied(by, int(more[1]) if more else None, int(most[1]) if most else None)


SCHEMA: dict[str, Parameter] = {
    SCALES: Parameter(
        tuple,
        "What scores points of the championship, a line each: of what, how many for which place, "
        "and on which conditions.",
        reads=read,
        example="overall before the last day: 18 15 13, only who is in the final classification, "
        "else the next",
    ),
    SCORERS: Parameter(
        str,
        "Who scores: everybody, or who is registered, where others are skipped or keep the places "
        "that they have.",
        frozenset({EVERYBODY, OTHERS_SKIPPED, OTHERS_KEEP}),
    ),
    GROUPED: Parameter(
        tuple,
        "Which categories score with each other, in words as those of a classification; where "
        "nothing is said, those that are classified together.",
    ),
    SHARED: Parameter(
        str,
        "What those score who share a place: each what the place gives, or what their places give "
        "together, divided among them.",
        frozenset({EACH_OF_THEM, DIVIDED}),
    ),
    BEST[MANUFACTURERS]: Parameter(
        str,
        "How many of the crews nominated for a manufacturer score, the best of them, and whether "
        "its others are skipped or keep their places.",
        reads=best,
        example="best 2 of those nominated; others are skipped",
    ),
    BEST[TEAMS]: Parameter(
        str,
        "How many of the crews nominated for a team score, the best of them, and whether its "
        "others are skipped or keep their places.",
        reads=best,
        example="best 2 of those nominated; others are skipped",
    ),
    COUNTING: Parameter(
        str,
        "How many results of a season count: all, or the best of them.",
        reads=best_results,
        example="best 6",
    ),
    TIES: Parameter(
        tuple,
        "What breaks equal points of a season, in order: most first places, then second ones and "
        "so on, of all rallies or of those whose points count, or the place in the latest rally.",
        frozenset({PLACES, THAT_COUNT, LATEST}),
    ),
}

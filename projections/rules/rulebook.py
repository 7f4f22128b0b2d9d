"""Rulebooks: the rules of a rally as data, each parameter with where it comes from.

A rally adopts one (see `templates`) as an occurrence that carries every parameter, so editing the
file later changes no old answer. A parameter that is needed and undefined is an error that names
it, never a silent default.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_args

from ledger.controls import ControlRule
from ledger.errors import LedgerError, Undefined, Unreadable
from ledger.times import parse_duration
from ledger.vocabulary.direction import StopMethod
from ledger.vocabulary.publication import categories_of
from ledger.vocabulary.rally import ParameterValue
from ledger.wanted import POLICY
from projections.rules import starting
from projections.rules.parameter import Parameter
from projections.rules.procedure import SCHEMA as PROCEDURE
from projections.rules.regularity import SCHEMA as REGULARITY
from projections.rules.scales import GROUPED
from projections.rules.scales import SCHEMA as POINTS
from projections.rules.signatures import SCHEMA as SIGNATURES
from projections.rules.tariffs import SCHEMA as TARIFFS
from projections.rules.witnesses import SCHEMA as WITNESSES
from projections.rules.witnesses import must_be_a_policy

Known = TypeVar("Known")


SHARED_PLACE, NEXT_FOLLOWS = "ties.shared_place", "1-1-2"
INTERVALS = "start_order.intervals"
CLASSIFICATIONS = "overall.classifications"
"""The parameter that says which categories form one classification with each other."""
ONE, EACH = "one", "each"
UNFINISHED = frozenset(
    {
        *("not-classified", "fixed-penalty", "max-time-plus-penalty"),
        *("slowest-plus-penalty", "best-plus-penalty"),
    }
)
"""What may become of a crew without a time: out, a cost alone, or on top of the maximum time or of
the time of another, the slowest or the best of its class."""

SCHEMA: dict[str, Parameter] = {
    "timing.counted_precision_ms": Parameter(
        int, "A stage time is cut down to this precision before it is added to a total.", least=1
    ),
    "timing.sources": Parameter(
        tuple, "Kinds of sources in the order in which they are believed; others come after them."
    ),
    "timing.tolerance_ms": Parameter(
        int, "Measured times of one passing that differ by more are flagged for verification."
    ),
    "timing.last_point_is_finish": Parameter(
        bool, "Whether a passing at the point where a stage ends is a record of the finish."
    ),
    "timing.sources_wanted": Parameter(
        int, "How many kinds of sources a time should rest on before it is published.", least=1
    ),
    "timing.site_clock": Parameter(
        str,
        "What becomes of the declared offset of a site's clock: times are shifted, or it is noted.",
        frozenset({"applied", "noted"}),
    ),
    "start.late_ms_per_minute": Parameter(
        int, "What each minute or fraction costs by which a crew starts a stage late."
    ),
    "start.lateness_from": Parameter(
        str,
        "From what lateness at a start counts; where nothing is said, as at a control.",
        frozenset({"minute", "second"}),
    ),
    "start.false_start_ms": Parameter(
        tuple, "What a crew's first, second … false start costs; the last figure goes on.", of=int
    ),
    "controls.in_stage": Parameter(
        str, "Controls that count in the stage whose number the pattern captures."
    ),
    "controls.in_next_stage": Parameter(
        str, "Controls that count in the stage after the one whose number the pattern captures."
    ),
    "controls.penalties": Parameter(
        str,
        "Whether lateness at controls and starts is computed from what is recorded, or only the "
        "penalties that are given count.",
        frozenset({"computed", "given"}),
    ),
    "controls.precision_ms": Parameter(
        int, "The clock of a time control is read cut down to this.", least=1
    ),
    "controls.lateness_from": Parameter(
        str,
        "From what lateness counts: from the minute, so that the seconds of the clock are cut off "
        "first, or from the second, so that each begun minute is one. Where nothing is said, from "
        "what the clock is read to.",
        frozenset({"minute", "second"}),
    ),
    "controls.late_ms_per_minute": Parameter(
        int, "What each minute or fraction costs by which a crew is late at a control."
    ),
    "controls.early_ms_per_minute": Parameter(
        int, "What each minute or fraction costs by which a crew is early at a control."
    ),
    "controls.lateness": Parameter(
        str,
        "Whether lateness at a control costs anything; where nothing is said, it does. A code may "
        "leave it to the regulations of the rally to say so.",
        frozenset({"penalised", "free"}),
    ),
    "controls.late_limit_ms": Parameter(
        int, "A crew that is later than this has not visited the control."
    ),
    "controls.not_visited_ms": Parameter(int, "What a control costs that was not visited."),
    "bonus.opening_ms_per_km": Parameter(
        tuple,
        "What opening the route earns per kilometre, for the first, second … on the road.",
        of=int,
    ),
    "stopping.methods": Parameter(
        tuple,
        "The methods by which a stage may be classified that was stopped; any, where nothing is "
        "said.",
        frozenset(get_args(StopMethod)),
    ),
    "notional.time": Parameter(
        str,
        "Which time is allocated to a crew that could not run a stage at speed: the fastest or the "
        "slowest that was measured in its category; where nothing is said, one that is fair.",
        frozenset({"fastest", "slowest"}),
    ),
    "shortening.penalties_beyond": Parameter(
        str,
        "What becomes of penalties for what lies beyond the point to which a stage is shortened.",
        frozenset({"dropped", "kept"}),
    ),
    "cancellation.road_penalties": Parameter(
        str,
        "What becomes of the road penalties of a cancelled stage, where the act does not say.",
        frozenset({"keep", "void"}),
    ),
    CLASSIFICATIONS: Parameter(
        tuple,
        'Which categories form one classification: "each" its own, all of them "one", or those '
        'that are named together, as "motorcycles + quads", and any other its own.',
    ),
    "overall.removed_by": Parameter(
        tuple,
        "What takes a crew out of the overall from its stage on; a disqualification always does.",
        frozenset({"definitive-retirement", "any-retirement", "disqualification"}),
    ),
    "overall.max_time": Parameter(
        str,
        "What a time over the maximum time of a stage is: the stage is not finished, the maximum "
        "time counts instead, or the maximum is ignored.",
        frozenset({"unfinished", "maximum", "ignored"}),
    ),
    "overall.unfinished_stage": Parameter(
        str, "What becomes of a crew without a time in a counted stage.", UNFINISHED
    ),
    "overall.unfinished_stage_ms": Parameter(
        int,
        "What an unfinished stage costs a crew that goes on, instead of a stage time or on top of "
        "the maximum time, or of the time of another.",
    ),
    "overall.unfinished_stage_most_ms": Parameter(
        int,
        "What a stage costs at most that was not finished or not started, however it is priced; "
        "where nothing is said, there is no such limit.",
    ),
    "overall.unfinished_stage_limit": Parameter(
        int,
        "How many stages a crew may leave unfinished or not start at that cost; where nothing is "
        "said, any number.",
    ),
    "overall.not_started_stage": Parameter(
        str, "What becomes of a crew that did not start a counted stage and goes on.", UNFINISHED
    ),
    "overall.not_started_stage_ms": Parameter(
        int,
        "What a stage costs that was not started, alone, or on top of the maximum time or of the "
        "time of another.",
    ),
    "overall.outside_in_stage_results": Parameter(
        bool, "Whether a crew outside the classification still shows in the results of stages."
    ),
    "overall.reclassified": Parameter(
        str,
        "Whether a crew that is moved to another class in the course of the rally is in the "
        "overall of that class, with all its stages; in results of stages it is in any case.",
        frozenset({"all-stages", "not-classified"}),
    ),
    "ties.chain": Parameter(
        tuple,
        "What breaks equal totals, in order; when nothing does, the place is shared. The times on "
        "the stages one after another, or from the longest stage on; the best place on a stage; "
        "by count-back the most first places on stages, then second ones …; the race number.",
        frozenset(
            {
                *("stage-times", "stage-times-without-super-specials", "longest-stage"),
                *("best-stage", "count-back", "race-number"),
            }
        ),
    ),
    SHARED_PLACE: Parameter(
        str,
        "Which place comes behind one that several share: as many on as share it, or the next one; "
        "where nothing is said, 1, 1, 3.",
        frozenset({"1-1-3", NEXT_FOLLOWS}),
    ),
    "sanctions.same_place": Parameter(
        str,
        "Which of several crews that are put back to one place has it, the slower or the faster; "
        "the others stand next to it, the slower then directly behind the faster.",
        frozenset({"slower", "faster"}),
    ),
    "start_order.rule": Parameter(
        tuple,
        "On what the order of a stage rests and what moves crews in it: the first line that holds "
        "for the stage and the category. Where nothing is said, on the last stage that counted.",
        reads=starting.read,
        example="last day for cars: overall after the day before, first 15 reversed",
    ),
    INTERVALS: Parameter(
        tuple,
        'How far apart crews start, as "10 x 0:03:00", the last as "rest x 0:01:00"; those of some '
        'categories by themselves as "trucks: rest x 0:02:00".',
    ),
    "start_order.categories": Parameter(
        tuple, "The categories in the order in which they start; others come after them."
    ),
    "start_order.category_gap_ms": Parameter(
        int, "The time between the last crew of a category and the first of the next."
    ),
    "protests.window_ms": Parameter(
        int, "How long after its posting a classification may be protested against."
    ),
    "protests.against_decision_ms": Parameter(
        int, "How long after its notification a decision of the clerk may be protested against."
    ),
    "reviews.window_ms": Parameter(
        int, "How long after its notification a review of a decision may be petitioned for."
    ),
    "appeals.intention_ms": Parameter(
        int, "How long after its notification an appeal against a decision may be announced."
    ),
    "appeals.confirmation_ms": Parameter(
        int, "How long after its announcement an appeal has to be confirmed."
    ),
    "appeals.suspensive": Parameter(
        bool, "Whether an appeal that was announced in time suspends the decision."
    ),
    "appeals.not_appealable": Parameter(
        tuple, "The acts and sanctions against which no appeal is open."
    ),
    "documents.classification_signatures": Parameter(
        tuple, "The offices that sign a classification before it is posted."
    ),
    "documents.decision_signatures": Parameter(
        tuple, "The offices that sign a decision before it is posted."
    ),
    "teams.counting": Parameter(int, "How many crews of a team count, the best of them.", least=1),
    "check.fastest_kmh": Parameter(
        int, "An average speed above this on a stage is worth a second look.", least=1
    ),
    "check.far_ahead_percent": Parameter(
        int, "A stage time that is shorter than the next one by more is worth a second look."
    ),
    **POINTS,
    **REGULARITY,
    **TARIFFS,
    **PROCEDURE,
    **SIGNATURES,
    **WITNESSES,
}


class Rulebook:
    """The parameters in force, read by name and kind."""

    def __init__(
        self,
        name: str,
        parameters: Mapping[str, ParameterValue],
        wanted: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._parameters = dict(parameters)
        self.wanted = {each: at for each, at in (wanted or {}).items() if each not in parameters}
        """Where those parameters would stand that are not defined, as far as that is known."""
        self._checked: dict[str, ParameterValue] = {}

    def _value(self, name: str) -> Any:
        if name not in self._parameters:
            lacks = self.lacks(name)
            raise Undefined(lacks[0].upper() + lacks[1:] + ".", hint=SCHEMA[name].meaning)
        if name not in self._checked:
            self._checked[name] = checked(self.name, name, self._parameters[name])
        return self._checked[name]

    def number(self, name: str) -> int:
        """A whole number: milliseconds or a count."""
        return int(self._value(name))

    def text(self, name: str) -> str:
        """A text: a choice or a pattern."""
        return str(self._value(name))

    def flag(self, name: str) -> bool:
        """Yes or no."""
        return bool(self._value(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, in its order."""
        return tuple(self._value(name))

    def numbers(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers, in its order."""
        return tuple(self._value(name))

    def lacks(self, name: str) -> str:
        """That a rule is not defined, in words, and where it would stand if that is known."""
        wanted = self.wanted.get(name)
        at = f"; the page wanted is {wanted}" if wanted else ""
        return f"the regulations {self.name or '(none adopted)'} do not define {name}{at}"

    def defines(self, name: str) -> bool:
        """Whether the regulations say anything on this: for checks that they may do without."""
        return name in self._parameters

    def parameters(self) -> dict[str, ParameterValue]:
        """Every parameter that is defined, by name."""
        return dict(self._parameters)

    def controls(self) -> ControlRule:
        """Which stage a control counts in."""
        return ControlRule(self.text("controls.in_stage"), self.text("controls.in_next_stage"))


def if_known(ask: Callable[[str], Known], name: str) -> Known | None:
    """What a rulebook says of a parameter, asked by its kind; None where it says nothing readable.

    For a figure without which an answer still stands: it is unknown, and nothing else.
    """
    try:
        return ask(name)
    except LedgerError:
        return None


def checked(name: str, where: str, value: Any) -> ParameterValue:
    """The value of a parameter, if it is one that the parameter can have.

    Raises:
        Unreadable: an unknown parameter, or a value of another kind.
    """
    must_be_known(name, where)
    parameter = SCHEMA[where]
    if parameter.kind is tuple:
        fits = isinstance(value, (list, tuple)) and all(
            type(each) is parameter.of and (not isinstance(each, int) or each >= 0)
            for each in value
        )
        value = tuple(value) if fits else value
        chosen = set(value) if fits else set()
    else:
        fits = type(value) is parameter.kind and (
            not isinstance(value, int) or value >= parameter.least
        )
        chosen = {value} if fits else set()
    if not fits or (parameter.choices and not chosen <= parameter.choices):
        named = ", ".join(sorted(parameter.choices))
        allowed = f"one of {named}" if named else _KINDS[parameter.kind]
        raise Unreadable(
            f"The rulebook {name}: {where} can't be {value!r}.", hint=f"Use {allowed}."
        )
    if where == INTERVALS:
        _check_intervals(name, where, value)
    if where in {CLASSIFICATIONS, GROUPED}:
        _check_classifications(name, where, value)
    if where == POLICY:
        _check_policy(name, where, value)
    if where in {"controls.in_stage", "controls.in_next_stage"} and value:
        _check_pattern(name, where, str(value))
    if parameter.reads is not None:
        _check_worded(name, where, parameter, value)
    result: ParameterValue = value
    return result


def must_be_known(name: str, where: str) -> None:
    """Refuse a parameter that there is not, with those that may be meant."""
    if where not in SCHEMA:
        near = difflib.get_close_matches(where, SCHEMA, n=2)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        raise Unreadable(
            f"The rulebook {name}: {where} is not known.",
            hint=f"{meant}`rally rulebook show` lists the parameters.",
        )


def _check_worded(name: str, where: str, parameter: Parameter, value: Any) -> None:
    """A text, or each of several, is worded by the grammar of its parameter."""
    assert parameter.reads is not None
    for each in value if isinstance(value, tuple) else (value,):
        try:
            parameter.reads(each)
        except ValueError as error:
            raise Unreadable(
                f"The rulebook {name}: {where} can't be {each!r}: {error}.",
                hint=f'Write it as "{parameter.example}".',
            ) from None


_KINDS: dict[Any, str] = {
    int: "a whole number, times in milliseconds",
    str: "a text",
    bool: "true or false",
    tuple: "a list",
}
_INTERVAL = re.compile(
    r"(?:(?P<of>[^:]+): )?(?P<count>[1-9]\d{0,4}|rest) x (?P<time>\d+:\d\d:\d\d)"
)


def _check_intervals(name: str, where: str, value: tuple[str, ...]) -> None:
    for each in value:
        if not _INTERVAL.fullmatch(each):
            raise Unreadable(
                f"The rulebook {name}: {where} can't be {each!r}.",
                hint='Write "10 x 0:03:00", and "rest x 0:01:00" for all further crews.',
            )


def _check_classifications(name: str, where: str, value: tuple[str, ...]) -> None:
    """A word alone, or lines of which none is empty and no two name the same category."""
    listed = [each for line in value for each in categories_of(line)]
    alone = {ONE, EACH}.isdisjoint(value) or len(value) == 1
    if not (value and alone and all(map(categories_of, value)) and len(set(listed)) == len(listed)):
        raise Unreadable(
            f"The rulebook {name}: {where} can't be {list(value)!r}.",
            hint='Use "each", "one", or a line a classification: "motorcycles + quads", "cars".',
        )


def _check_policy(name: str, where: str, value: tuple[str, ...]) -> None:
    try:
        must_be_a_policy(value)
    except ValueError as error:
        raise Unreadable(
            f"The rulebook {name}: {where} can't be {list(value)!r}: {error}.",
            hint="Write a policy of the C2SP, a line each: `witness NAME KEY`, `group NAME 2 A B`, "
            "`quorum NAME`, or `quorum none`.",
        ) from None


def intervals_of(rules: Rulebook, category: str) -> tuple[str, ...]:
    """The intervals between the crews of a category: its own, else those that name none.

    Raises:
        Undefined: the regulations say nothing of intervals.
    """
    told = [(_INTERVAL.fullmatch(each), each) for each in rules.texts(INTERVALS)]
    named = [(found["of"] or "", each) for found, each in told if found]
    own = [each for of, each in named if category in categories_of(of)]
    return tuple(own or [each for of, each in named if not of])


def interval_after(intervals: tuple[str, ...], place: int) -> int:
    """The time between the crew that starts in this place and the next, in milliseconds."""
    last = 0
    for each in intervals:
        found = _INTERVAL.fullmatch(each)
        assert found is not None, "intervals are checked when they are read"
        last += 10**9 if found["count"] == "rest" else int(found["count"])
        if place <= last:
            return parse_duration(found["time"])
    return 0


def _check_pattern(name: str, where: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise Unreadable(f"The rulebook {name}: {where} is no pattern: {error}.") from None
    if "stage" not in groups:
        raise Unreadable(
            f"The rulebook {name}: {where} captures no stage.", hint=r"Write (?P<stage>\d+)."
        )

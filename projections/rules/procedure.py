"""The rules of procedure: until when, to whom and with what effect decisions are contested.

Each is worded for a lawyer: a time by `deadlines`, what an appeal suspends by the lines below. The
parameters of before, one time for every decision and every court, are read here as what they said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.authority import OFFICES
from ledger.vocabulary import DECIDABLE, SANCTIONS
from projections.rules.deadlines import (
    ANNOUNCEMENT,
    MILLISECONDS,
    NOT_DEFINED,
    NOT_NEEDED,
    NOT_OPEN,
    NOTIFICATION,
    POSTING,
    PUBLICATION,
    Deadline,
    Span,
    read_or_not_needed,
)
from projections.rules.parameter import Parameter

if TYPE_CHECKING:
    from projections.rules.rulebook import Rulebook

_REMEMBERED = 1 << 10
"""What so many rules say is remembered, the last that were asked for."""
CLERK, STEWARDS = "clerk", "stewards"
NATIONAL, INTERNATIONAL = "national court", "international court"
"""Who decides, from the first instance on: an appeal goes to the next one."""

REVIEW = "reviews.time"
WINDOW = "protests.time_classification"
AGAINST_DECISION = "protests.time_decision"
AGAINST_ACT = "protests.time_other"
TO: dict[str, str] = {
    CLERK: "appeals.to_stewards",
    STEWARDS: "appeals.to_court",
    NATIONAL: "appeals.to_international_court",
}
"""Until when a decision of an instance may be appealed against."""
CONFIRM: dict[str, str] = {
    CLERK: "appeals.confirm_to_stewards",
    STEWARDS: "appeals.confirm_to_court",
    NATIONAL: "appeals.confirm_to_international_court",
}
WITH: dict[str, str] = {
    CLERK: "appeals.lodged_with_stewards",
    STEWARDS: "appeals.lodged_with_court",
    NATIONAL: "appeals.lodged_with_international_court",
}
"""With whom an appeal against a decision of an instance is lodged."""
PROTEST_WITH, REVIEW_WITH = "protests.lodged_with", "reviews.lodged_with"
ELSEWHERE = "lodging.elsewhere"
SUSPENDS = "appeals.suspends"
OF_A_NATIONAL, OF_AN_INTERNATIONAL = "courts.national", "courts.international"
NOT_APPEALABLE = "appeals.not_appealable"

INTENTION, CONFIRMATION = "appeals.intention_ms", "appeals.confirmation_ms"
SUSPENSIVE = "appeals.suspensive"
_REVIEW, _WINDOW = "reviews.window_ms", "protests.window_ms"
_AGAINST_DECISION = "protests.against_decision_ms"
OLDER: dict[str, str] = {
    REVIEW: _REVIEW,
    WINDOW: _WINDOW,
    AGAINST_DECISION: _AGAINST_DECISION,
    **dict.fromkeys(TO.values(), INTENTION),
    **dict.fromkeys(CONFIRM.values(), CONFIRMATION),
    SUSPENDS: SUSPENSIVE,
}
"""What a rule was called when one time held for every decision and every court."""
_STARTED: dict[str, tuple[str, ...]] = {_WINDOW: (PUBLICATION,), CONFIRMATION: (ANNOUNCEMENT,)}
"""From what the times of before ran; any other from when a decision was made known."""

# -- what an appeal suspends -----------------------------------------------------------------------

AT_ONCE, NEVER = "at once", "never"
DURING, AFTER = "during the competition", "after the competition"
_INSTANCE = f"{CLERK}|{STEWARDS}|{NATIONAL}|{INTERNATIONAL}"
_ACTS = frozenset({*SANCTIONS, *(kind.type_name() for kind in DECIDABLE)})
_LINE = re.compile(
    r"(any decision|[A-Z][A-Za-z]+(?: and [A-Z][A-Za-z]+)*)"
    rf" of (anybody|(?:{_INSTANCE})(?: and (?:{_INSTANCE}))*): "
    rf"({AT_ONCE}|{NEVER}|{DURING}|{AFTER})"
)


class Suspends(NamedTuple):
    """A line on what an appeal suspends: which acts of which instances, and when.

    Without acts or instances all are meant.
    """

    acts: frozenset[str]
    instances: frozenset[str]
    when: str

    def fits(self, act: str, instance: str) -> bool:
        """Whether it tells of this act of this instance; "" is a decision that does nothing."""
        return (not self.acts or act in self.acts) and (
            not self.instances or instance in self.instances
        )

    def holds(self, *, ended: bool) -> bool:
        """Whether it suspends, before or after the end of the competition."""
        return {AT_ONCE: True, NEVER: False, DURING: not ended, AFTER: ended}[self.when]


def read_suspends(text: str) -> Suspends:
    """A line on what an appeal suspends.

    Raises:
        ValueError: it is worded otherwise.
    """
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} says not what is suspended, and when")
    acts = [] if found[1] == "any decision" else found[1].split(" and ")
    for each in acts:
        if each not in _ACTS:
            raise ValueError(f"{each} is nothing that a decision does")
    whose = () if found[2] == "anybody" else found[2].split(" and ")
    return Suspends(frozenset(acts), frozenset(whose), found[3])


class Suspension(NamedTuple):
    """What the rules say on what an appeal suspends: the parameter, and its lines in order."""

    parameter: str
    lines: tuple[Suspends, ...]

    def suspends(self, act: str, instance: str, *, ended: bool) -> bool:
        """Whether an appeal keeps an act of an instance back: by the first line that fits."""
        line = next((each for each in self.lines if each.fits(act, instance)), None)
        return line is not None and line.holds(ended=ended)


@lru_cache(_REMEMBERED)
def suspension(rules: Rulebook) -> Suspension:
    """What an appeal suspends by the rules; nothing, where they say nothing that can be read."""
    from projections.rules.rulebook import if_known

    name = named(rules, SUSPENDS)
    if name == SUSPENDS:
        lines = if_known(rules.texts, SUSPENDS) or ()
        return Suspension(name, tuple(map(read_suspends, lines)))
    always = bool(if_known(rules.flag, SUSPENSIVE))
    everything = Suspends(frozenset(), frozenset(), AT_ONCE if always else NEVER)
    return Suspension(name, (everything,))


# -- times -----------------------------------------------------------------------------------------


class Time(NamedTuple):
    """What the rules say on a time: by which parameter.

    `deadline` is None where they say nothing that can be read, and where it is not `open`.
    """

    parameter: str
    deadline: Deadline | None
    open: bool = True
    needed: bool = True

    @property
    def without(self) -> str:
        """Why there is no such time; "" where there is."""
        if self.deadline is not None:
            return ""
        if not self.open:
            return NOT_OPEN
        return NOT_DEFINED if self.needed else NOT_NEEDED


@lru_cache(_REMEMBERED)
def time_of(rules: Rulebook, name: str) -> Time:
    """The time of this name by the rules, as they word it or as they said it before."""
    from projections.rules.rulebook import if_known

    parameter = named(rules, name)
    if parameter == name:
        text = if_known(rules.text, name)
        if text is None:
            return Time(name, None)
        deadline = read_or_not_needed(text)
        needed = text != NOT_NEEDED
        return Time(name, deadline, open=deadline is not None or not needed, needed=needed)
    length = if_known(rules.number, parameter)
    starts = _STARTED.get(parameter, (NOTIFICATION, POSTING))
    span = None if length is None else Span(length, MILLISECONDS)
    return Time(parameter, None if span is None else Deadline(span, starts))


def named(rules: Rulebook, name: str) -> str:
    """The parameter by which the rules say this: its own, or the one that said it before.

    Where they say neither, it is told by the name that the rest of them goes by.
    """
    older = OLDER.get(name)
    if older is None or rules.defines(name):
        return name
    return name if not rules.defines(older) and _is_worded(rules) else older


def _is_worded(rules: Rulebook) -> bool:
    return any(rules.defines(each) for each in OLDER)


def amended(parameters: Mapping[str, Any], by: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters, amended by others: who sets a time for every decision sets it for each."""
    gone = {name for name, older in OLDER.items() if older in by and name not in by}
    return {**{name: value for name, value in parameters.items() if name not in gone}, **by}


# -- the parameters --------------------------------------------------------------------------------


def _by_offices(text: str) -> Deadline | None:
    """The time that a rule words, if those who may extend it are offices.

    Raises:
        ValueError: it is worded otherwise, or names an office that there is not.
    """
    deadline = read_or_not_needed(text)
    for each in sorted(deadline.extended_by - OFFICES.keys()) if deadline else ():
        raise ValueError(f"there is no office {each!r}")
    return deadline


def _needed(text: str) -> Deadline | None:
    """The same of a time that there has to be, if it is open at all.

    Raises:
        ValueError: it is worded otherwise.
    """
    if text == NOT_NEEDED:
        raise ValueError("it is a time, and no step of its own")
    return _by_offices(text)


def _time(meaning: str, example: str) -> Parameter:
    return Parameter(str, meaning, reads=_needed, example=example)


def _confirmation(to: str) -> Parameter:
    return Parameter(
        str,
        f'Until when an appeal to {to} has to be confirmed; "{NOT_NEEDED}" where it need not be.',
        reads=_by_offices,
        example="96 h from announcement",
    )


def _with(what: str) -> Parameter:
    return Parameter(tuple, f"The offices with which {what} is lodged.", frozenset(OFFICES))


_COURT = "the court that hears appeals from the stewards"
_KNOWN = "1 h from the first of notification, posting"

SCHEMA: dict[str, Parameter] = {
    REVIEW: _time(
        "Until when a review of a decision may be petitioned for.",
        "96 h from end-of-competition; stewards may extend by 24 h",
    ),
    WINDOW: _time(
        "Until when a classification may be protested against.", "30 min from publication"
    ),
    AGAINST_DECISION: _time(
        "Until when a decision of the clerk may be protested against.",
        "30 min from the first of notification, posting",
    ),
    AGAINST_ACT: _time(
        "Until when anything else that is on record may be protested against.", "1 h from act"
    ),
    TO[CLERK]: _time("Until when a decision of the clerk may be appealed against.", _KNOWN),
    TO[STEWARDS]: _time(
        "Until when an appeal against a decision of the stewards may be announced.", _KNOWN
    ),
    TO[NATIONAL]: _time(
        "Until when a decision of a national court may be appealed against.",
        "7 days from notification",
    ),
    CONFIRM[CLERK]: _confirmation("the stewards"),
    CONFIRM[STEWARDS]: _confirmation(_COURT),
    CONFIRM[NATIONAL]: _confirmation("the international court"),
    WITH[CLERK]: _with("an appeal to the stewards"),
    WITH[STEWARDS]: _with(f"an appeal to {_COURT}"),
    WITH[NATIONAL]: _with("an appeal to the international court"),
    PROTEST_WITH: _with("a protest"),
    REVIEW_WITH: _with("a petition for review"),
    ELSEWHERE: Parameter(
        str,
        "What becomes of what was lodged with another official than the one it is lodged with.",
        frozenset({"inadmissible", "admitted"}),
    ),
    SUSPENDS: Parameter(
        tuple,
        "What an appeal in time suspends, line by line: the first that fits a sanction counts.",
        reads=read_suspends,
        example="any decision of stewards: after the competition",
    ),
    OF_A_NATIONAL: Parameter(
        tuple, "The courts whose decisions may be appealed against before the international court."
    ),
    OF_AN_INTERNATIONAL: Parameter(tuple, "The courts above which there is none."),
}
"""The parameters of procedure, by name."""


def lacking(rules: Rulebook, names: Iterable[str]) -> tuple[str, ...]:
    """Which of these the rules do not define, by the names under which they could."""
    wanted = [named(rules, each) for each in names]
    return tuple(each for each in dict.fromkeys(wanted) if not rules.defines(each))

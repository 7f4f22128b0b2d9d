"""Which acts the rules ask to be signed, and which to be countersigned: line by line, as worded.

The rules stand in the log with every parameter, so each copy of it answers alike, and whoever reads
who may act needs no rulebook beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ledger.authority import OFFICES
from ledger.vocabulary import TYPES, BulletinIssued, Occurrence, RegulationsAdopted
from ledger.vocabulary.rally import ParameterValue

WANTED, COUNTERSIGNED = "signatures.wanted", "signatures.countersigned"
"""The parameters that say which acts are signed, and which by a second official as well."""
UNPROVEN = "signatures.not_proven"
"""The parameter that says what becomes of what was signed, unproven, before a key was lost."""
NO_EFFECT, WITH_RESERVE = "no effect", "counts with reserve"
POLICY = "witnesses.policy"
STAMPS = "witnesses.time_stamps"
"""The parameters that say whose word it is that something was there by then."""
NAMES = frozenset({WANTED, COUNTERSIGNED, UNPROVEN, POLICY, STAMPS})
RULES: tuple[type[Occurrence], ...] = (RegulationsAdopted, BulletinIssued)
"""What carries the rules."""
_REMEMBERED = 1 << 10
_EVER = -(1 << 62)
_ANY_ACT, _ANYBODY = "any act", "anybody"
_LINE = re.compile(
    r"(any act|[A-Z][A-Za-z]+(?: and [A-Z][A-Za-z]+)*)"
    r" of ([a-z-]+(?: and [a-z-]+)*)(?: by ([a-z-]+))?"
)


class Line(NamedTuple):
    """Which acts of which offices are meant; none named are all. `by` is who countersigns them."""

    acts: frozenset[str]
    offices: frozenset[str]
    by: str = ""

    def fits(self, said: Occurrence, about: Occurrence) -> bool:
        """Whether it is about this act, or about that which the act amends."""
        return any(
            (not self.acts or each.type_name() in self.acts)
            and (not self.offices or each.role in self.offices)
            for each in (said, about)
        )


def read_wanted(text: str) -> Line:
    """A line on what is signed: "any act of stewards", "DecisionIssued of anybody".

    Raises:
        ValueError: it is worded otherwise.
    """
    line = _read(text)
    if line.by:
        raise ValueError(f"{text!r} says who countersigns: that is {COUNTERSIGNED}")
    return line


def read_countersigned(text: str) -> Line:
    """A line on what is countersigned, and by whom: "DecisionIssued of stewards by stewards".

    Raises:
        ValueError: it is worded otherwise.
    """
    line = _read(text)
    if not line.by:
        raise ValueError(f"{text!r} says not by which office it is countersigned")
    return line


def _read(text: str) -> Line:
    found = _LINE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} says not which acts of whom are signed")
    acts = [] if found[1] == _ANY_ACT else found[1].split(" and ")
    for each in acts:
        if each not in TYPES or TYPES[each].nature != "act":
            raise ValueError(f"{each} is no act")
    offices = [] if found[2] == _ANYBODY else found[2].split(" and ")
    for each in (*offices, *([found[3]] if found[3] else [])):
        if each not in OFFICES:
            raise ValueError(f"there is no office {each}")
    return Line(frozenset(acts), frozenset(offices), found[3] or "")


@lru_cache(_REMEMBERED)
def _lines(texts: tuple[str, ...], *, countersigned: bool) -> tuple[Line, ...]:
    """The lines that can be read; another one asks for nothing, as `rulebook check` tells."""
    found = []
    for each in texts:
        try:
            found.append(read_countersigned(each) if countersigned else read_wanted(each))
        except ValueError:
            continue
    return tuple(found)


class Wanted(NamedTuple):
    """What is to be signed by the rules at some time."""

    lines: tuple[Line, ...] = ()
    countersigned: tuple[Line, ...] = ()
    with_reserve: bool = False
    """Whether what is not proven before the loss of a key counts all the same."""
    policy: str = ""
    """By which witnesses it is proven, as a file has it."""
    authorities: tuple[str, ...] = ()
    """By whose time-stamps it is as well: certificates, each in base64."""

    def signed(self, said: Occurrence, about: Occurrence) -> bool:
        """Whether an act is to be signed; what is to be countersigned is.

        `about` is what it amends in the end, or itself: nobody alters with an unsigned correction
        what has to be signed, nor makes it his own.
        """
        fits = any(each.fits(said, about) for each in self.lines)
        return fits or bool(self.second(said, about))

    def second(self, said: Occurrence, about: Occurrence) -> frozenset[str]:
        """The offices that are to countersign an act; `about` is as for `signed`."""
        return frozenset(each.by for each in self.countersigned if each.fits(said, about))


NOTHING = Wanted()


def is_of_signatures(said: Occurrence) -> bool:
    """Whether it is rules that say what is to be signed."""
    parameters = getattr(said, "parameters", {}) if isinstance(said, RULES) else {}
    return not NAMES.isdisjoint(parameters)


class _Change(NamedTuple):
    """Rules on signatures from an instant on (UTC ms): anew as a `whole`, or some of them."""

    since: int
    whole: bool
    signed: bool
    says: Mapping[str, ParameterValue]


class Asked:
    """What the rules ask to be signed, by when an act was recorded.

    The first regulations that ask for it hold from the beginning, a bulletin from its day on; one
    that holds from a stage on asks from the instant on at which it was issued. What says nothing of
    signatures changes nothing of them. Rules that are signed take the place of those before; such
    as are not only add to what is asked, so nobody rids himself of it without a key; whose witness
    it takes then say those that came first.
    """

    def __init__(self, rules: Iterable[tuple[Occurrence, bool]] = ()) -> None:
        changes: list[_Change] = []
        of_them = (each for each in rules if is_of_signatures(each[0]))
        for said, signed in sorted(of_them, key=lambda each: _in_order(each[0])):
            if isinstance(said, RegulationsAdopted):
                since = said.happened.ms if changes else _EVER
                changes.append(_Change(since, True, signed, said.parameters))
            elif isinstance(said, BulletinIssued):
                since = (said.effective_at or said.happened).ms
                changes.append(_Change(since, False, signed, said.parameters))
        self._changes = sorted(changes, key=lambda each: each.since)
        self._known: dict[int, Wanted] = {}

    @property
    def steps(self) -> set[int]:
        """When what is asked changes (UTC ms)."""
        return {each.since for each in self._changes}

    def at(self, ms: int) -> Wanted:
        """What is to be signed of what is recorded at an instant (UTC ms)."""
        held = sum(each.since <= ms for each in self._changes)
        if held not in self._known:
            self._known[held] = _united(self._changes[:held])
        return self._known[held]


def _united(changes: Sequence[_Change]) -> Wanted:
    """What is asked after these changes."""
    signed: dict[str, ParameterValue] = {}
    more: list[Mapping[str, ParameterValue]] = []
    for each in changes:
        own = {name: each.says[name] for name in NAMES if name in each.says}
        if each.signed:
            signed = own if each.whole else signed | own
        else:
            more.append(own)
    ruled = any(each.signed for each in changes)
    reserve = [signed] if ruled else [each for each in more if UNPROVEN in each]
    first = signed if ruled or not more else more[0]
    return Wanted(
        _lines(_all(WANTED, signed, *more), countersigned=False),
        _lines(_all(COUNTERSIGNED, signed, *more), countersigned=True),
        bool(reserve) and all(each.get(UNPROVEN) == WITH_RESERVE for each in reserve),
        "".join(f"{each}\n" for each in _texts(first.get(POLICY))),
        _texts(first.get(STAMPS)),
    )


def _all(name: str, *said: Mapping[str, ParameterValue]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for each in said for text in _texts(each.get(name))))


def _in_order(said: Occurrence) -> tuple[int, int, str]:
    return said.happened.ms, said.recorded_at.ms, said.words()


def _texts(value: ParameterValue | None) -> tuple[str, ...]:
    several = value if isinstance(value, tuple) else () if value is None else (value,)
    return tuple(str(each) for each in several)

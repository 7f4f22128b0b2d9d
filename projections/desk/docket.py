"""The docket: per decision its deadlines, and what was lodged against it, in time or not.

Deadlines run as the rulebook words them; that one is over changes nothing by itself. What lapses
is found by an act, and `rally due` lists what may be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from ledger.times import Instant, iso
from projections.desk.declined import DeclinedRow, disclosed
from projections.desk.fines import FineRow, fines
from projections.rules.deadlines import INSTANTS, NOT_DEFINED, NOT_NEEDED, NOT_OPEN
from projections.rules.procedure import OLDER
from projections.state.deadlines import Running, Times, moment_of
from projections.state.finality import title_of
from projections.state.matters import Deadlines, Matter, deadlines, matters
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.rulings import GONE


class ExtensionRow(msgspec.Struct, frozen=True):
    """An extension of a time: until when, and why it has no effect; "" where it has."""

    until: str
    by: str
    reason: str
    why_not: str
    position: int
    id: str


class DeadlineRow(msgspec.Struct, frozen=True):
    """A time in which something may be done, as it runs.

    `parameter` is the rule that says it, `amount` how long it is, or why there is no such time.
    `began_by` is the instant from which it runs, `began_at` when that was, both empty while it has
    not begun; `until` is its end by the clocks of the rally. `limited` says that the second limit
    of the rule ends it.
    """

    kind: str
    parameter: str
    amount: str
    began_by: str
    began_at: str | None
    until: str | None
    limited: bool
    extensions: tuple[ExtensionRow, ...]

    @property
    def is_to_begin(self) -> bool:
        """Whether there is such a time, and it has not begun."""
        return self.began_at is None and self.amount not in (NOT_OPEN, NOT_NEEDED, NOT_DEFINED)


class MatterRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A protest, a petition for review or an appeal, and where it stands.

    `due_at` is until when it had to be lodged, `confirm_by` until when it has to be confirmed; both
    are null where no time runs. `outcome` is empty while it is open. Who lodged it where it was no
    competitor, with whom and by which means, and what is to be said of that, is told where it is on
    record; and so are its times, and by which rule it suspends what it is about or does not, where
    the rules word that.
    """

    kind: str
    about: str
    number: str
    competitor: str
    lodged_at: str
    due_at: str | None
    admissible: bool
    why_not: str
    suspensive: bool
    step: str
    confirm_by: str | None
    confirmed_at: str | None
    confirmed_in_time: bool | None
    ended_at: str | None
    outcome: str
    open: bool
    position: int
    id: str
    party: str = ""
    lodged_with: str = ""
    means: str = ""
    remark: str = ""
    deadlines: tuple[DeadlineRow, ...] = ()
    suspends_by: str = ""


class DocketRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A decision with its deadlines; those of a time that does not run yet are null.

    `undefined` are the rules that are lacking, so that a deadline is not known. `deadlines` tells
    how each runs, where the rules word it.
    """

    decision: str
    title: str
    number: str
    status: str
    notified_at: str | None
    appealable: bool
    appeal_until: str | None
    review_until: str | None
    protest_until: str | None
    next_at: str | None
    next: str
    matters: tuple[MatterRow, ...]
    position: int
    id: str
    undefined: tuple[str, ...]
    deadlines: tuple[DeadlineRow, ...] = ()


class Docket(msgspec.Struct, frozen=True, omit_defaults=True):
    """Every decision in the order of the facts, and what is directed against no decision.

    What was proposed and declined is disclosed beside them, where there is any, and so are the
    fines that are not paid, and what was paid and is owed no more.
    """

    rows: tuple[DocketRow, ...]
    others: tuple[MatterRow, ...]
    declined: tuple[DeclinedRow, ...] = ()
    fines: tuple[FineRow, ...] = ()


def docket(state: RallyState, now: int | None = None) -> Docket:
    """The docket as it stands at the cut; what lapses next, counted from a moment (UTC ms)."""
    rulings, every = state.facts.rulings, matters(state.facts)
    decided = [each.fact for each in rulings.all.values()]
    ids = {each.id for each in decided}
    against = {each.id: [m for m in every if m.about and m.about.id == each.id] for each in decided}
    rows = [_row(state, each, against[each.id], now) for each in decided]
    others = [each for each in every if each.about is None or each.about.id not in ids]
    times = rulings.appeals.times
    return Docket(
        tuple(rows),
        tuple(matter_row(each, times) for each in others),
        disclosed(state.facts),
        tuple(each for each in fines(state.facts) if each.open or each.to_return),
    )


def matter_row(matter: Matter, times: Times) -> MatterRow:
    """A matter as it is shown, its instants with the offset of its lodging."""
    said, offset = matter.fact.value, moment_of(matter.fact).offset
    return MatterRow(
        matter.kind,
        title_of(matter.about),
        said.number,
        getattr(said, "competitor", ""),
        moment_of(matter.fact).iso(),
        iso(matter.due, offset),
        matter.admissible,
        matter.why_not,
        matter.suspensive,
        matter.step,
        iso(matter.confirm_by, offset),
        moment_of(matter.confirmed).iso() if matter.confirmed else None,
        matter.confirmed_in_time,
        moment_of(matter.ended).iso() if matter.ended else None,
        matter.outcome,
        matter.is_open,
        matter.fact.position,
        matter.fact.id,
        getattr(said, "party", ""),
        getattr(said, "lodged_with", ""),
        getattr(said, "means", ""),
        matter.remark,
        _worded((matter.time, matter.to_confirm), times, moment_of(matter.fact)),
        _suspends_by(matter, times),
    )


def _suspends_by(matter: Matter, times: Times) -> str:
    """The rule by which an appeal suspends a decision, or does not, where it is worded."""
    if matter.kind != "appeal" or matter.about is None:
        return ""
    parameter = times.suspension(matter.about).parameter
    return "" if parameter in _OLDER else parameter


def _worded(
    running: Iterable[Running | None], times: Times, at: Instant
) -> tuple[DeadlineRow, ...]:
    """How times run whose rule is worded; one of before is told by its end alone."""
    return tuple(
        deadline_row(each, times, at)
        for each in running
        if each is not None and each.time.parameter not in _OLDER
    )


_OLDER = frozenset(OLDER.values())


def deadline_row(running: Running, times: Times, at: Instant) -> DeadlineRow:
    """A time as it is shown, by the clocks of the rally; where none are told, by another's."""
    ran, deadline = running.ran, running.time.deadline
    return DeadlineRow(
        running.kind,
        running.time.parameter,
        deadline.span.words() if deadline else running.time.without,
        INSTANTS[ran.by] if ran else "",
        times.shown(ran.began, at).iso() if ran else None,
        times.shown(running.until, at).iso() if running.until is not None else None,
        bool(ran and ran.limited),
        tuple(
            ExtensionRow(
                each.fact.value.until_at.iso(),
                each.fact.value.by or each.fact.value.role,
                each.fact.value.reason,
                each.why_not,
                each.fact.position,
                each.fact.id,
            )
            for each in running.extensions
        ),
    )


def _row(state: RallyState, fact: Fact[Any], against: list[Matter], now: int | None) -> DocketRow:
    rulings, said = state.facts.rulings, fact.value
    notified = rulings.appeals.notified(fact.id)
    offset = moment_of(notified or fact).offset
    ends, times = deadlines(state.facts, fact), rulings.appeals.times
    appealable = bool(getattr(said, "appealable", True)) and times.appeal(fact).time.open
    if notified:
        appealable = rulings.appeals.is_appealable(fact)
    ahead = () if rulings.all[fact.id].status in GONE else _ahead(ends, against)
    at, what = min((e for e in ahead if now is None or e[0] >= now), default=(None, ""))
    return DocketRow(
        said.name,
        said.title,
        said.number,
        rulings.all[fact.id].status,
        moment_of(notified).iso() if notified else None,
        appealable,
        iso(_until(ends.appeal), offset),
        iso(_until(ends.review), offset),
        iso(_until(ends.protest), offset),
        iso(at, offset),
        what,
        tuple(matter_row(each, times) for each in against),
        fact.position,
        fact.id,
        ends.undefined,
        _worded(ends.running(), times, moment_of(notified or fact)),
    )


def _until(running: Running | None) -> int | None:
    return running.until if running else None


def _ahead(ends: Deadlines, against: list[Matter]) -> Iterator[tuple[int, str]]:
    """What ends, and when. Who appealed in time need not do so again, but has to confirm."""
    appealed = any(each.kind == "appeal" and each.admissible for each in against)
    for at, what in (
        (None if appealed else _until(ends.appeal), "the time to announce an appeal ends"),
        (_until(ends.review), "the time to petition for a review ends"),
        (_until(ends.protest), "the time to protest ends"),
    ):
        if at is not None:
            yield at, what
    for each in against:
        if each.confirm_by is not None and each.is_open and each.waits_for_confirmation:
            yield each.confirm_by, "an announced appeal has to be confirmed"

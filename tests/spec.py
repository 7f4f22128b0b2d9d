"""A small language for scenarios: given these records, when this happens, then these answers.

Every word makes an occurrence of the rally "desert-loop" that a steward would recognise; `Case`
keeps them like a log and gives the answers at its head or at a cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from ledger.naming import RECORDS, renamed
from ledger.times import Instant, format_duration, parse_duration, parse_instant
from ledger.vocabulary import TYPES, Occurrence, build, canonical, occurrence_id
from projections.control.anomalies import anomalies
from projections.control.check import check
from projections.control.outstanding import outstanding
from projections.desk.decisions import decisions
from projections.desk.docket import MatterRow, docket
from projections.desk.due import due as due_list
from projections.desk.incidents import incidents
from projections.desk.proposals import CHANGED, Proposal, proposals
from projections.desk.protest_clock import protest_clock
from projections.results.finishers import Counts, finishers
from projections.results.penalties import penalties
from projections.results.retirements import retirements
from projections.results.standings import Row, Scope, standings
from projections.results.start_order import start_order
from projections.rules.procedure import amended
from projections.rules.templates import template
from projections.state.cuts import Cut
from projections.state.facts import Fold
from projections.state.rally import RallyState

RALLY = "desert-loop"
CARS = ("101", "102", "103")


class Case:
    """A rally of three stages and a few crews, to which records are added one by one."""

    def __init__(self, rulebook: str = "silk-way-2016", **changed: Any) -> None:
        self.records: list[tuple[str, Occurrence]] = []
        self._minute = 0
        rules = template(rulebook)
        others = {name.replace("__", "."): value for name, value in changed.items()}
        parameters = amended(rules.parameters, others)
        self.record("RallyConstituted", title="Desert Loop", timezone="+08:00")
        wanted = {each: at for each, at in rules.wanted.items() if each not in parameters}
        self.record("RegulationsAdopted", rulebook=rulebook, parameters=parameters, wanted=wanted)
        self._stages = {
            f"SS{order}": self.record("StageScheduled", stage=f"SS{order}", order=order)
            for order in (1, 2, 3)
        }

    def plan(self, stage: str, **changes: Any) -> None:
        """The plan of a stage says so too: `special_m=411_000`, `max_time_ms="10:00:00"`."""
        for name, value in changes.items():
            if name.endswith("_ms") and isinstance(value, str):
                changes[name] = parse_duration(value)
        identity = self.record("Corrected", target=self._stages[stage], changes=changes)
        self._stages[stage] = identity

    def enter(self, *numbers: str, category: str = "cars", **entry: Any) -> None:
        """These crews are entered."""
        for number in numbers:
            driver = {"driver": f"Driver {number}"}
            self.record("CrewEntered", number=number, category=category, **(driver | entry))

    def record(
        self,
        kind: str,
        /,
        at: str = "",
        source: str = "",
        seq: str = "",
        recorded: str = "",
        **fields: Any,
    ) -> str:
        """Something is put on record; answers its id.

        `at` is when it happened; `recorded` when it was put on record, a minute later than the last
        one where nothing else is said.
        """
        self._minute += 1
        now = parse_instant(recorded) if recorded else Instant(self._minute * 60_000, 480)
        for name in [
            name for name in fields if name.endswith("_ms") and isinstance(fields[name], str)
        ]:
            fields[name] = parse_duration(fields[name])
        if at:
            fields["fact_at"] = parse_instant(at)
        if source or seq:
            name = "test" if seq else ""
            fields["source"] = {
                k: v for k, v in (("kind", source), ("name", name), ("seq", seq)) if v
            }
        occurrence = build(TYPES[kind], {"rally": RALLY, "recorded_at": now, **fields})
        identity = occurrence_id(canonical(occurrence))
        self.records.append((identity, occurrence))
        return identity

    def decide(
        self, decision: int | str, at: str = "", series: str = "stewards", **said: Any
    ) -> str:
        """The stewards, or the clerk, decide under a number; `at` is when the fact happened."""
        return self.record("DecisionIssued", at, series=series, decision=decision, **said)

    def times(self, stage: str, at: str = "", **by_number: str) -> None:
        """The crews set these times on a stage: `_101="3:10:00"`."""
        for number, time in by_number.items():
            self.record(
                "StageTimeRecorded", at, number=number.strip("_"), stage=stage, elapsed_ms=time
            )

    def state(
        self,
        known_at: int | None = None,
        effective_at: str | None = None,
        effective_at_ms: int | None = None,
        decided_by: str | None = None,
    ) -> RallyState:
        """The rally as of a record, or of a moment on the road or of what was decided, or both."""
        cut = Cut(parse_instant(decided_by).ms, as_decided=True) if decided_by else None
        if effective_at:
            effective_at_ms = parse_instant(effective_at).ms
        folded = Fold()
        for position, (identity, occurrence) in enumerate(self.records[:known_at], 1):
            folded.take(identity, position, occurrence)
        return RallyState(folded.facts(cut or effective_at_ms))

    def overall(
        self, after: str | None = None, *, category: str | None = None, **cut: Any
    ) -> list[str]:
        """The overall as a steward reads it: "1 101 3:10:00", penalties added."""
        rows = standings(self.state(**cut), Scope(after=after, category=category)).rows
        return [told(row) for row in rows]

    def stage(self, stage: str, *, category: str | None = None, **cut: Any) -> list[str]:
        """The result of a stage."""
        scope = Scope("stage", stage=stage, category=category)
        return [told(row) for row in standings(self.state(**cut), scope).rows]

    def range(self, first: str, last: str, *, category: str | None = None, **cut: Any) -> list[str]:
        """The classification over a range of stages."""
        scope = Scope("range", category=category, first=first, last=last)
        return [told(row) for row in standings(self.state(**cut), scope).rows]

    def flags(self, number: str, stage: str | None = None) -> tuple[str, ...]:
        """The flags of a crew in the overall, or in the result of a stage."""
        scope = Scope("stage", stage=stage) if stage else Scope()
        rows = standings(self.state(), scope).rows
        return next(row.flags for row in rows if row.number == number)

    def unclassified(self, after: str | None = None, **cut: Any) -> list[str]:
        """Who is not in the overall, and why: "103 retired SS2"."""
        rows = standings(self.state(**cut), Scope(after=after)).unclassified
        return [f"{row.number} {row.status} {row.stage}".rstrip() for row in rows]

    def retired(self, **cut: Any) -> list[str]:
        """The retirement list: "103 retired SS2"."""
        return [f"{r.number} {r.status} {r.stage}".rstrip() for r in retirements(self.state(**cut))]

    def counts(self, **cut: Any) -> Counts:
        """The finisher counts of all crews."""
        return finishers(self.state(**cut)).total

    def penalties(self, number: str | None = None, **cut: Any) -> list[str]:
        """The penalties list: "101 SS1 0:02:00 late-start, in force"."""
        return [
            f"{row.number} {row.stage} {format_duration(row.amount_ms)} {row.kind}, {row.status}"
            for row in penalties(self.state(**cut), number).rows
        ]

    def start_order(self, stage: str, category: str | None = None, **cut: Any) -> list[str]:
        """Who starts a stage in which place, and when: "1 101 10:00:00", notes behind."""
        return [
            " ".join(
                (
                    str(row.place),
                    row.number,
                    *((row.due_at or "")[11:19].split()),
                    *row.note.split(),
                )
            )
            for group in start_order(self.state(**cut), stage, category).groups
            for row in group.rows
        ]

    def still_out(self, stage: str | None = None, **cut: Any) -> list[str]:
        """Who is still out and where each was last seen: "SS1 102 CP1 gps"."""
        rows = outstanding(self.state(**cut), stage).still_out
        return [f"{r.stage} {r.number} {r.last_seen} {r.source}".rstrip() for r in rows]

    def missing(self, stage: str | None = None) -> list[str]:
        """What has not come in: "SS1 point CP1 CP2 of 101 102"."""
        return [
            " ".join((r.stage, r.kind, *r.what, "of", *r.numbers))
            for r in outstanding(self.state(), stage).missing
        ]

    def blockers(self, stage: str | None = None) -> list[str]:
        """What keeps results from being published: "SS1 crews-out 102 103"."""
        rows = outstanding(self.state(), stage).blockers
        return [" ".join((r.stage, r.kind, *r.numbers)) for r in rows]

    def incidents(self, **asked: str) -> list[str]:
        """What was observed and what came of it: "102 waypoint-missed open"."""
        return [
            " ".join(
                (r.number, r.kind, *(["open"] if r.open else []), *(["decided"] * len(r.decided)))
            )
            for r in incidents(self.state(), **asked)
        ]

    def proposals(self, *, status: str | None = None, **cut: Any) -> list[str]:
        """What tariffs propose: "101 WP1 0:15:00 open"; changed, with what was given."""
        return [
            " ".join(
                filter(
                    None,
                    (
                        r.number,
                        r.place,
                        "-" if r.amount_ms is None else format_duration(r.amount_ms),
                        r.state,
                        format_duration(r.adopted_ms or 0) if r.state == CHANGED else "",
                    ),
                )
            )
            for r in proposals(self.state(**cut), status=status)
        ]

    def propose(self, place: str, number: str = "101", **cut: Any) -> Proposal:
        """What is proposed for a crew at a place."""
        found = (r for r in proposals(self.state(**cut), number) if r.place == place)
        return next(found)

    def adopt(self, place: str, number: str = "101", amount: str = "", **said: Any) -> str:
        """An office gives what is proposed, or another amount."""
        row = self.propose(place, number)
        given: dict[str, Any] = {
            "number": number,
            "stage": row.stage,
            "amount_ms": amount or row.amount_ms,
            "proposed_ms": row.amount_ms,
            "evidence": row.rests_on,
            "point": place,
        }
        return self.record("PenaltyGiven", **(given | said))

    def decline(self, place: str, number: str = "101", reason: str = "no fault") -> str:
        """An office declines it."""
        row = self.propose(place, number)
        said: dict[str, Any] = {"proposed_ms": row.amount_ms, "evidence": row.rests_on}
        about = {"number": number, "stage": row.stage, "tariff": row.tariff}
        return self.record("SanctionDeclined", reason=reason, **about, **said)

    def register(self, **cut: Any) -> list[str]:
        """The register of decisions: "stewards-2 superseded by stewards-3"."""
        return [
            f"{_named(r.series, r.decision)} {r.status}"
            + (f" by {r.superseded_by}" if r.superseded_by else "")
            for r in decisions(self.state(**cut)).rows
        ]

    def effects(self, **cut: Any) -> list[str]:
        """What decisions do, and whether it counts: "stewards-2 Fine in force"."""
        return [
            f"{_named(r.series, r.decision)} {each.act} {each.status}"
            for r in decisions(self.state(**cut)).rows
            for each in r.effects
        ]

    def docket(self, now: str = "", **cut: Any) -> list[str]:
        """Each decision with what ends next, and what was lodged against it.

        "stewards-2 15:00 the time to announce an appeal ends", "appeal of 102 confirmed".
        """
        found = docket(self.state(**cut), _moment(now))
        told: list[str] = []
        for row in found.rows:
            told.append(" ".join(filter(None, (row.decision, _hour(row.next_at), row.next))))
            told += [_matter(each) for each in row.matters]
        return told + [_matter(each) for each in found.others]

    def due(self, now: str = "", **cut: Any) -> list[str]:
        """What is due at a moment: "15:00 ahead stewards-2: an appeal may be announced"."""
        return [
            " ".join((*_hour(r.at).split(), r.state, f"{r.about}: {r.what}"))
            for r in due_list(self.state(**cut), _moment(now)).rows
        ]

    def clocks(self, now: str = "", **cut: Any) -> list[str]:
        """The protest clocks: "73 until 15:00 may become final", or why it may not."""
        return [
            " ".join(
                (
                    row.document,
                    *([f"until {_hour(row.closes_at)}"] if row.closes_at else []),
                    "may become final" if row.may_become_final else "; ".join(row.why_not),
                )
            ).rstrip()
            for row in protest_clock(self.state(**cut), _moment(now)).rows
        ]

    def checked(self) -> list[str]:
        """The kinds of what looks wrong, each once."""
        return sorted({each.kind for each in check(self.state())})

    def anomalies(self) -> list[str]:
        """The kinds of what contradicts itself."""
        return [each.kind for each in anomalies(self.state())]

    def anomalies_told(self) -> list[str]:
        """The same in words."""
        return [each.message for each in anomalies(self.state())]


def entered_afterwards(told: Iterable[tuple[str, Occurrence]]) -> list[tuple[str, Occurrence]]:
    """The same put on record in one evening of the winter, second by second, in this order."""
    evening, now, found = parse_instant("2017-02-01T21:00+01:00"), dict[str, str](), []
    for number, (was, each) in enumerate(told):
        recorded = Instant(evening.ms + number * 1000, evening.offset)
        said = renamed(each, RECORDS, lambda name: now.get(name, name))
        said = msgspec.structs.replace(said, recorded_at=recorded)
        now[was] = occurrence_id(canonical(said))
        found.append((now[was], said))
    return found


def at(time: str) -> str:
    """An instant of the second day of the rally."""
    return f"2016-07-10T{time}+03:00"


def due(time: str) -> Instant:
    """When something is due that day."""
    return parse_instant(at(time))


def told(row: Row) -> str:
    """A line of a classification in a few words."""
    precision = 100 if row.total_ms % 1000 else 1000
    return f"{row.place} {row.number} {format_duration(row.total_ms, precision)}"


def effect(act: str, condition: str = "", until: str = "", **fields: Any) -> dict[str, Any]:
    """One thing that a decision does; durations as they are read: `amount_ms="4:00:00"`."""
    for name, value in fields.items():
        if name.endswith("_ms") and isinstance(value, str):
            fields[name] = parse_duration(value)
    suspended = {"condition": condition} if condition else {}
    return {
        "act": act,
        "fields": fields,
        **suspended,
        **({"until_at": parse_instant(until)} if until else {}),
    }


def _named(series: str, decision: str) -> str:
    return f"{series}-{decision}" if decision else series


def _moment(now: str) -> int | None:
    return parse_instant(now).ms if now else None


def _hour(instant: str | None) -> str:
    """ "15:00", with the day where it is another than that of the scenarios."""
    if instant is None:
        return ""
    day, hour = instant[:10], instant[11:16]
    return hour if day == at("")[:10] else f"{day[5:]} {hour}"


def _matter(row: MatterRow) -> str:
    late = f", {row.why_not}" if row.why_not else ""
    return f"{row.kind} of {row.number or row.competitor} {row.step}{late}"

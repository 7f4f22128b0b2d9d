"""Acts of the stewards' desk: tried first, with what they would change, then carried out.

A decision binds what the signers had before them: the basis on the screen and who would move. The
same is shown by `--dry-run`, and told again once the decision is on record.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import click

from cli.changes import move, precision_of
from cli.context import Settings
from cli.naming import decision_named, record_named
from cli.options import Signature, pass_settings, signed
from cli.output import print_json, visible
from ledger.commands.desk import shared_with
from ledger.commands.publish import post
from ledger.commands.record import RecordOccurrence
from ledger.errors import NotFound, Unreadable, Usage
from ledger.log import Act, Log
from ledger.record import Record
from ledger.times import Instant, format_gap
from ledger.vocabulary import (
    AppealIntentionNotified,
    DecisionIssued,
    Moved,
    Occurrence,
    ProtestLodged,
    ReviewPetitioned,
    Seen,
    build,
    canonical,
    occurrence_id,
    short_id,
)
from projections.compare import Moved as Move
from projections.judging import judge
from projections.preview import Preview, preview
from projections.state.facts import Facts, fold
from projections.state.rally import EDITION, RallyState

MOST_TOLD = 12
Kind = TypeVar("Kind", bound=Occurrence)
Lodged = AppealIntentionNotified | ProtestLodged | ReviewPetitioned


class Desk:
    """The log as it lies before an official, at one position."""

    def __init__(self, settings: Settings, signature: Signature) -> None:
        self.settings = settings
        self.signature = signature
        self.log: Log = settings.open_log()
        self.position = self.log.head().size
        self.facts: Facts = fold(self.log.read(until=self.position)).facts()

    def make(self, kind: type[Kind], about: Record | None = None, /, **fields: Any) -> Kind:
        """An occurrence that is recorded here and now; it shares crew and stage with its target.

        Raises:
            Usage: a field is of the wrong kind.
        """
        said = self.signature
        given: dict[str, Any] = {
            "rally": self.log.rally,
            "recorded_at": self.settings.now(),
            "by": said.by,
            "role": said.role,
            "reason": said.reason,
        }
        if said.at is not None:
            given["fact_at"] = said.at
        if about is not None:
            told = about.occurrence()
            crew = self.facts.crews.get(getattr(told, "number", ""))
            given |= shared_with(kind, told, fields, crew.value.team if crew else "")
            given["target"] = about.id
        try:
            return build(kind, given | fields)  # type: ignore[return-value]
        except Unreadable as error:  # what is typed is a question of usage, not of input
            raise Usage(error.message, hint=error.hint) from None

    def decision(self, reference: str) -> Record:
        """The decision that is meant: "stewards-7", a position or the first digits of an id.

        Raises:
            NotFound: there is none.
        """
        return decision_named(self.log, reference, self.position)

    def lodged(self, reference: str, kind: type[Lodged]) -> Record:
        """The appeal, protest or petition that is meant; by its decision, where there is one.

        Raises:
            NotFound: there is none, or there are several.
        """
        found = record_named(self.log, reference, self.position)
        if isinstance(found.occurrence(), kind):
            return found
        about = [each for each in self.facts.of(kind) if each.value.target == found.id]
        if len(about) == 1:
            return self.log.at(about[0].position)
        what = f"no {kind.type_name()}" if not about else "the target of several"
        raise NotFound(
            f"#{found.position} is {what}.", hint=f"`rally log --type {kind.type_name()}`."
        )

    def preview(self, said: Occurrence) -> Preview:
        """What an occurrence would change."""
        return preview(self.facts, [(occurrence_id(canonical(said)), said)])

    def seen(self, would: Preview) -> Seen:
        """What the signers had before them."""
        return Seen(
            position=self.position,
            root=self.log.root_at(self.position),
            rulebook=RallyState(self.facts).rulebook.name,
            edition=EDITION,
            scope={"kind": "overall"},
            moves=tuple(Moved(each.number, each.place, each.total_ms) for each in would.overall),
        )

    def record(self, said: Occurrence) -> None:
        """Put an occurrence on record, or only try it, and say what it changes."""
        self.carry_out(lambda: RecordOccurrence(said, judge))

    def carry_out(self, make: Callable[[], Act]) -> None:
        """Carry out an act, or only try it, and say what it changes."""
        if self.signature.dry_run:
            act, _ = self.log.prepare(make)
            (tagged,) = act.collect_events()
            self._say(tagged.decision, None)
            return
        (record,) = post(self.log, make, expect=self.signature.expect)
        if record.position > self.position + 1:  # others appended in between
            self.facts = fold(self.log.read(until=record.position - 1)).facts()
        self._say(record.occurrence(), record)

    def _say(self, said: Occurrence, record: Record | None) -> None:
        changes = self.preview(said)
        identity = occurrence_id(canonical(said))
        if self.signature.as_json:
            print_json(_document(said, identity, record, changes))
            return
        name = f"#{record.position} {short_id(identity)}" if record else "Not appended (dry run):"
        click.echo(f"{name}  {visible(said.words())}")
        for each in told(changes):
            click.echo(f"       {each}")


def _document(
    said: Occurrence, identity: str, record: Record | None, changes: Preview
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "position": record.position if record else None,
        "id": identity,
        "type": said.type_name(),
        "changed": [
            {"number": e.number, "place": e.place, "total_ms": e.total_ms, "gap_ms": e.gap_ms}
            for e in changes.overall
        ],
        "stages": changes.stages,
        "start_order": changes.start_order,
    }
    if isinstance(said, DecisionIssued):
        document |= {"series": said.series, "decision": said.decision}
    if record is None:
        document["dry_run"] = True
    return document


def told(changes: Preview) -> list[str]:
    """What an act changes, a line each: places, totals and gaps, and the next start order."""
    lines = _moves("Overall", changes.overall)
    for stage in changes.stages:
        lines += _moves(stage.stage, stage.rows)
    starters = [
        f"Start of {each.stage}: {each.number} {_place(each.place[0])} → {_place(each.place[1])}"
        for each in changes.start_order
    ]
    lines += _first(starters, "more starters")
    if why := changes.refused[1]:
        lines.append(f"There is no overall: {why}")
    return lines or ["Nothing changes in the standings or the next start order."]


def _moves(title: str, rows: Sequence[Move]) -> list[str]:
    precision = precision_of(time for row in rows for time in row.total_ms)
    lines = []
    for row in rows:
        said = move(row.place, row.total_ms, (None, None), row.status, precision)
        gap = row.gap_ms[1]
        behind = f", gap {format_gap(gap, precision)}" if gap else ""
        lines.append(f"{title}: {row.number} {said}{behind}")
    return _first(lines, "more crews")


def _first(lines: list[str], rest: str) -> list[str]:
    more = len(lines) - MOST_TOLD
    return lines[:MOST_TOLD] + ([f"… and {more} {rest}."] if more > 0 else [])


def _place(place: int | None) -> str:
    return "–" if place is None else str(place)


def outcomes(
    group: click.Group,
    metavar: str,
    lodged: type[Lodged],
    decided: type[Occurrence],
    decision_help: str,
    steps: Mapping[str, tuple[str, str]],
) -> None:
    """Commands that put on record what was found on something that was lodged.

    `steps` says by the name of a command which outcome it records, and what that means.
    """
    for name, (outcome, text) in steps.items():
        group.add_command(_found(name, outcome, text, metavar, lodged, decided, decision_help))


def _found(
    name: str,
    outcome: str,
    text: str,
    metavar: str,
    lodged: type[Lodged],
    decided: type[Occurrence],
    decision_help: str,
) -> click.Command:
    @click.command(name=name, help=text)
    @click.argument("reference", metavar=metavar)
    @click.option("--decision", metavar="DECISION", help=decision_help)
    @click.option("--document", default="", metavar="NUMBER", help="Its number on the board.")
    @signed
    @pass_settings
    def found(
        settings: Settings,
        /,
        signature: Signature,
        reference: str,
        decision: str | None,
        document: str,
    ) -> None:
        desk = Desk(settings, signature)
        about = desk.lodged(reference, lodged)
        taken = desk.decision(decision).id if decision else ""
        fields = {"outcome": outcome, "decision": taken, "document": document}
        desk.record(desk.make(decided, about, **fields))

    return found


def reasons(given: str, summary: Sequence[str], *, dry_run: bool) -> str:
    """The reasons of an act: as given, or as written in the editor that opens.

    Raises:
        Usage: none are given and nobody can be asked for them.
    """
    if given or dry_run:
        return given
    if not sys.stdin.isatty():
        raise Usage("A decision needs its reasons.", hint="Give them with --reason.")
    lines = ["", "", _SCISSORS, *(f"# {each}" for each in summary)]
    written = click.edit("\n".join(lines), extension=".txt") or ""
    kept = written.partition(_SCISSORS)[0].strip()
    if not kept:
        raise Usage("No reasons were written; nothing was put on record.", hint="Write some.")
    return kept


_SCISSORS = "# ---- The reasons stand above this line. What follows is left out. ----"


def instant(text: str | None, desk: Desk) -> Instant | None:
    """A time as it was typed, by the clocks of the rally."""
    from cli.clocks import parse_rally_time

    return None if text is None else parse_rally_time(text, lambda: desk.log)

"""`rally follow`: new records as others append them, and what each of them changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import click

from cli.changes import sentences
from cli.commands.standings import table
from cli.context import Settings
from cli.office.basis import Basis, basis_of
from cli.office.bookmark import read_bookmark, write_bookmark
from cli.office.forms import plain
from cli.options import of_ledger, pass_settings
from cli.output import visible
from cli.waiting import Stopped, Waiting
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.moment import resolve
from ledger.record import Record
from ledger.times import Instant
from projections.compare import Change, changes
from projections.reads import reads
from projections.standings import Row, Standings, standings
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline

TYPES_READ = sorted(each.type_name() for each in reads("standings"))
"""The types that can change the overall: after another record it is the same."""


@click.command(name="follow")
@click.option(
    "--since", metavar="MOMENT", help="Begin behind this moment; otherwise with what comes now."
)
@click.option(
    "--state",
    "state_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep there how far it came, and go on from there the next time.",
)
@click.option(
    "--standings", "with_standings", is_flag=True, help="The overall too, whenever it has changed."
)
@click.option("--once", is_flag=True, help="Tell what is new and stop.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.01, max=3600),
    default=0.5,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait before looking again.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document a line for each record.")
@of_ledger
@pass_settings
def command(
    settings: Settings,
    /,
    since: str | None,
    state_file: Path | None,
    with_standings: bool,
    once: bool,
    interval: float,
    as_json: bool,
) -> int:
    """Show records as other processes append them, and what each changed in the overall.

    A line tells a record's position, when it was received, and what it says. With --state it goes
    on where it stopped, however it was stopped: the file is written after each record is printed.
    --since then counts for the first time only. Ctrl-C ends it.

    \b
    Examples:
      rally follow --since SS10
      rally follow --state followed.json --once
      rally follow --json | grep PenaltyGiven
    """
    waiting = Waiting(interval)
    try:
        with waiting.listening():
            log = settings.open_log()
            left = read_bookmark(state_file, log) if state_file else None
            if left is None:
                left = log.head().size if since is None else resolve(since, log)
            follower = Follower(log, left, state_file, Telling(as_json, with_standings), waiting)
            if not (once or as_json):
                click.echo(f"Following {log.rally} behind #{left}; Ctrl-C ends it.", err=True)
            follower.catch_up()
            while not once:
                waiting.a_moment()
                follower.catch_up()
    except Stopped as stopped:
        return stopped.exit_code
    return 0


class Overall(NamedTuple):
    """The overall of everything at a position, by which rules; or why they do not suffice."""

    answer: Standings | None
    rulebook: str = ""
    complaint: str = ""

    @property
    def rows(self) -> dict[str, Row]:
        """Its rows by number."""
        return {row.number: row for row in self.answer.rows} if self.answer else {}


class Overalls:
    """Answers the overall at one position after another, carried along from record to record."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._folded, self._folded_until = Fold(), 0

    @cached_property
    def _timeline(self) -> Timeline:
        return Timeline.of(self._log)

    def at(self, position: int) -> Overall:
        """The overall as it was known at a position; asked in the order of positions."""
        if not position:
            return Overall(None)
        state = self._state(position)
        try:
            return Overall(standings(state), state.rulebook.name)
        except LedgerError as error:
            return Overall(None, state.rulebook.name, error.message)

    def carry(self, position: int) -> None:
        """Take in what was appended, up to a position, and keep it for others that ask."""
        self._timeline.carry(position)
        self._timeline.keep()

    def _state(self, position: int) -> RallyState:
        if not self._timeline.is_replayed(position):
            return self._timeline.at(position)
        ahead = self._log.read(after=self._folded_until, until=position, types=TYPES_READ)
        for record in ahead:
            self._folded.add(record)
        self._folded_until = position
        return RallyState(self._folded.facts())


class Told(NamedTuple):
    """A record with what it changed; `stands` is the overall where it is to be shown."""

    record: Record
    basis: Basis
    moved: list[Change]
    complaint: str
    stands: Standings | None


class Follower:
    """Follows one log from a position on."""

    def __init__(
        self, log: Log, left: int, state_file: Path | None, telling: Telling, waiting: Waiting
    ) -> None:
        self._log = log
        self._told = left
        self._state_file = state_file
        self._telling = telling
        self._waiting = waiting
        self._overalls = Overalls(log)
        self._was: Overall | None = None
        self._note(lasting=True)

    def catch_up(self) -> None:
        """Tell everything that was appended since the last time, each record once."""
        head = self._log.head().size
        if head <= self._told:
            return
        for told in self._news(head):
            with self._waiting.while_busy():
                self._telling.tell(told)
                self._told = told.record.position
                self._note()
        self._note(lasting=True)

    def _note(self, *, lasting: bool = False) -> None:
        if self._state_file:
            write_bookmark(self._state_file, self._log, self._told, lasting=lasting)

    def _news(self, head: int) -> Iterator[Told]:
        self._overalls.carry(head)
        was = self._was or self._overalls.at(self._told)
        anybody_moved = False
        for record in self._log.read(after=self._told, until=head):
            now = was
            if record.occurrence().type_name() in TYPES_READ:
                now = self._overalls.at(record.position)
            moved = changes(was.rows, now.rows)
            anybody_moved |= bool(moved)
            stands = now.answer if anybody_moved and record.position == head else None
            complaint = now.complaint if now.complaint != was.complaint else ""
            self._was = was = now
            basis = basis_of(self._log, record.position, record.position, None, now.rulebook)
            yield Told(record, basis, moved, complaint, stands)


class Telling(NamedTuple):
    """How a record is told: to a person or to a program, with the overall or without."""

    as_json: bool
    with_standings: bool

    def tell(self, told: Told) -> None:
        """Tell one record, in a line."""
        if not self.with_standings:
            told = told._replace(stands=None)
        if self.as_json:
            click.echo(json.dumps(_document(told), ensure_ascii=False))
        else:
            _for_a_person(told)


def _document(told: Told) -> dict[str, Any]:
    record, said = told.record, told.record.occurrence()
    document = {
        "basis": plain(told.basis),
        "position": record.position,
        "id": record.id,
        "type": said.type_name(),
        "words": said.words(),
        "changed": plain(told.moved),
    }
    if told.complaint:
        document["no_overall"] = told.complaint
    if told.stands:
        document["standings"] = plain(told.stands)
    return document


def _for_a_person(told: Told) -> None:
    record, said = told.record, told.record.occurrence()
    received = Instant(record.header.received_at, said.recorded_at.offset)
    click.echo(f"#{record.position}  {received.short()}  {visible(said.words())}")
    for each in sentences(told.moved):
        click.echo(f"       {each}")
    if told.complaint:
        click.echo(f"       There is no overall: {told.complaint}")
    if told.stands:
        click.echo(f"\nOverall as of #{record.position}:")
        table(told.stands)
        click.echo()

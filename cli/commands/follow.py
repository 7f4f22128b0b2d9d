"""`rally follow`: new records as others append them, and what each of them changed."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import click

from cli.commands.standings import by_classification, table
from cli.context import Settings
from cli.office.bookmark import read_bookmark, write_bookmark
from cli.office.following import Following, News
from cli.office.moving import sentences
from cli.office.results import overalls
from cli.office.timelines import Timelines
from cli.options import of_ledger
from cli.output import for_programs, visible
from cli.terminal import json_text
from cli.waiting import Stopped, Waiting
from ledger.errors import Changing, Unavailable
from ledger.log import Log
from ledger.moment import resolve
from projections.rules.recording import limits


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
    --since then counts for the first time only. A server that is gone is waited for; Ctrl-C ends
    it.

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
                left = log.head().size if since is None else _begin(since, log)
            follower = Follower(log, left, state_file, Telling(as_json, with_standings), waiting)
            if not (once or as_json):
                click.echo(f"Following {log.rally} behind #{left}; Ctrl-C ends it.", err=True)
            follower.catch_up()
            while not once:
                waiting.a_moment()
                follower.catch_up_again()
    except Stopped as stopped:
        return stopped.exit_code
    return 0


def _begin(since: str, log: Log) -> int:
    return resolve(since, log, apart_ms=limits().behind_ms)


class Follower:
    """Tells what is new in a log, and notes how far it came."""

    def __init__(
        self, log: Log, left: int, state_file: Path | None, telling: Telling, waiting: Waiting
    ) -> None:
        self._log = log
        self._told = left
        self._state_file = state_file
        self._telling = telling
        self._waiting = waiting
        self._gone = False
        self._following = Following(log, left, Timelines())
        self._note(lasting=True)

    def catch_up(self) -> None:
        """Tell everything that was appended since the last time, each record once."""
        before = self._told
        try:
            for news in self._following.news():
                with self._waiting.while_busy():
                    self._telling.tell(news)
                    self._told = news.record.position
                    self._note()
        except Changing:  # what was read of it may be of two states: it is followed anew
            self._following = Following(self._log, self._told, Timelines())
        if self._told > before:
            self._note(lasting=True)

    def catch_up_again(self) -> None:
        """The same; while nobody answers, that is told once and waited for."""
        try:
            self.catch_up()
            if self._gone:
                self._note(lasting=True)
                click.echo(f"It answers again: going on behind #{self._told}.", err=True)
            self._gone = False
        except Unavailable as error:
            if self._answers():
                raise  # it is the file of how far it came that can't be written
            if not self._gone:
                click.echo(visible(f"{error.message} Waiting behind #{self._told}."), err=True)
            self._gone = True

    def _answers(self) -> bool:
        try:
            self._log.head()
        except Unavailable:
            return False
        return True

    def _note(self, *, lasting: bool = False) -> None:
        if self._state_file:
            write_bookmark(self._state_file, self._log, self._told, lasting=lasting)


class Telling(NamedTuple):
    """How a record is told: to a person or to a program, with the overall or without."""

    as_json: bool
    with_standings: bool

    def tell(self, told: News) -> None:
        """Tell one record, in a line."""
        if not self.with_standings:
            told = told._replace(stands=None)
        if self.as_json:
            click.echo(json_text(for_programs(told.json())))
        else:
            _for_a_person(told)


def _for_a_person(told: News) -> None:
    record, said = told.record, told.record.occurrence()
    received = record.received(said.recorded_at.offset)
    click.echo(visible(f"#{record.position}  {received.short()}  {said.words()}"))
    for each in sentences(told.told):
        click.echo(f"       {visible(each)}")
    if told.complaint:
        click.echo(f"       There is no overall: {told.complaint}")
    if told.stands:
        click.echo(f"\nOverall as of #{record.position}:")
        by_classification(overalls(told.stands), table)
        click.echo()

"""A read: the log up to a moment, folded, with the basis that lets it be run again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cli.context import Settings
from cli.office.basis import Basis, basis_of, read_basis
from cli.options import at_a_moment, of_ledger, on_a_basis, pass_settings
from cli.output import plain, print_csv, print_json
from ledger.errors import Usage
from ledger.log import Log
from ledger.moment import resolve
from ledger.times import Instant, parse_instant, zone_of
from ledger.vocabulary import recorded_at
from projections.state.facts import Fold, fold
from projections.state.rally import RallyState

if TYPE_CHECKING:
    from projections.timeline.timeline import Timeline

A_SHORT_LOG = 3000
"""Up to so many records a full replay is as quick as looking up the timeline."""


class View:
    """The state of a rally at a cut, and on what it rests."""

    def __init__(
        self,
        log: Log,
        known_at: str | None = None,
        effective_at: str | None = None,
        before: Basis | None = None,
    ) -> None:
        self.log = log
        if before is not None:
            self.head, self.position = before.head, before.position
            self.effective_at = before.instant()
        else:
            self.head = log.head().size
            self.position = self.head if known_at is None else resolve(known_at, log)
            self.effective_at = self.instant(effective_at)

    def moment(self, text: str) -> int:
        """The position of a moment, in the log as it was at the cut.

        Raises:
            NotFound: it was not known then. Usage: it is no moment.
        """
        return resolve(text, self.log, self.position)

    def part(self, since: str | None, until: str | None) -> tuple[int, int]:
        """Behind which position and up to which one is asked; without a moment, all that is known.

        Raises:
            NotFound: a moment was not known then. Usage: one is none, or they are the wrong way.
        """
        last = self.position if until is None else self.moment(until)
        first = 0 if since is None else self.moment(since)
        if first > last:
            raise Usage(f"#{first} is behind #{last}.", hint="Give the earlier moment as --since.")
        return first, last

    @cached_property
    def folded(self) -> Fold:
        """The log up to the position, replayed."""
        return fold(self.log.read(until=self.position))

    @cached_property
    def state(self) -> RallyState:
        """The state by a full replay."""
        return RallyState(self.folded.facts(self._cut))

    @cached_property
    def classified(self) -> RallyState:
        """The state as classifications need it: of a long log, as the timeline tells it."""
        if self.position <= A_SHORT_LOG:
            return self.state
        return self._timeline.at(self.position, self._cut)

    @cached_property
    def _timeline(self) -> Timeline:
        from projections.timeline.timeline import Timeline

        timeline = Timeline.of(self.log)
        timeline.carry(self.log.head().size)
        timeline.keep()
        return timeline

    @property
    def _cut(self) -> int | None:
        return self.effective_at.ms if self.effective_at else None

    def instant(self, text: str | None) -> Instant | None:
        """A moment as it was typed; without an offset the zone of the rally applies."""
        if text is None:
            return None
        whole = self.position <= A_SHORT_LOG
        facts = self.folded.facts() if whole else self._timeline.at(self.position).facts
        zone = facts.rally.timezone if facts.rally else ""
        return parse_instant(text, zone_of(zone) if zone else None)

    def basis(self) -> Basis:
        """On what this answer rests: with it, it can be computed again to the same bytes."""
        rulebook = self.classified.rulebook.name
        return basis_of(self.log, self.position, self.head, self.effective_at, rulebook)

    def say(self, title: str) -> None:
        """The heading of a table: what it is, and as of when. Words go to standard error."""
        cut = f"as of #{self.position}"
        if self.position != self.head:
            cut += f" of {self.head}"
        if self.position:
            last = self.log.at(self.position)
            shown = recorded_at(last.data).offset
            cut += f", received {Instant(last.header.received_at, shown).short()}"
        if self.effective_at:
            cut += f"; what had happened by {self.effective_at.iso()}"
        rally = self.classified.facts.rally
        click.echo(f"{rally.title if rally else self.log.rally} · {title} · {cut}", err=True)


class Answer(NamedTuple):
    """An answer in the three forms in which it can be shown.

    Without a title there is nothing to say. `exit_code` is 1 for a check that found something.
    """

    title: str
    document: dict[str, Any]
    rows: Sequence[Any]
    columns: Sequence[str]
    table: Callable[[], None]
    exit_code: int = 0


def reading(function: Callable[..., Answer]) -> Callable[..., int]:
    """What every read takes; the command is given what it sees and gives back its answer."""

    @functools.wraps(function)
    def call(
        settings: Settings,
        /,
        known_at: str | None,
        effective_at: str | None,
        basis_file: Path | None,
        as_json: bool,
        as_csv: bool,
        **given: Any,
    ) -> int:
        if as_json and as_csv:
            raise click.UsageError("--json and --csv exclude each other.")
        if basis_file is not None and (known_at is not None or effective_at is not None):
            raise click.UsageError("--basis says the moment: leave out --known-at, --effective-at.")
        log = settings.open_log()
        before = None if basis_file is None else read_basis(basis_file, log)
        seen = View(log, known_at, effective_at, before)
        answer = function(seen, **given)
        if as_json:
            print_json({"basis": seen.basis(), **answer.document})
        elif as_csv:
            print_csv([plain(row) for row in answer.rows], answer.columns)
        elif answer.title:
            seen.say(answer.title)
            answer.table()
        return answer.exit_code

    csv = click.option("--csv", "as_csv", is_flag=True, help="One table of CSV.")
    form = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
    return at_a_moment(on_a_basis(form(csv(of_ledger(pass_settings(call))))))

"""A read: the log up to a moment, folded, with the basis that lets it be run again."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click

from cli.context import Settings
from cli.options import at_a_moment, of_ledger, pass_settings
from cli.output import plain, print_csv, print_json
from ledger.log import Log
from ledger.moment import resolve
from ledger.times import Instant, parse_instant, zone_of
from ledger.vocabulary import RallyConstituted
from projections.state.facts import Fold, fold
from projections.state.rally import EDITION, RallyState


class View:
    """The state of a rally at a cut, and on what it rests."""

    def __init__(
        self, log: Log, known_at: str | None = None, effective_at: str | None = None
    ) -> None:
        self.log = log
        self.head = log.head().size
        self.position = self.head if known_at is None else resolve(known_at, log)
        self.folded: Fold = fold(log.read(until=self.position))
        self.effective_at = self.instant(effective_at)
        self.state = RallyState(
            self.folded.facts(self.effective_at.ms if self.effective_at else None)
        )

    def instant(self, text: str | None) -> Instant | None:
        """A moment as it was typed; without an offset the zone of the rally applies."""
        if text is None:
            return None
        constituted = self.folded.facts().of(RallyConstituted)
        zone = constituted[0].value.timezone if constituted else ""
        return parse_instant(text, zone_of(zone) if zone else None)

    def basis(self) -> dict[str, Any]:
        """On what this answer rests: with it, it can be computed again to the same bytes."""
        received = self.log.at(self.position).header.received_at if self.position else None
        return {
            "ledger": self.log.identity(),
            "rally": self.log.rally,
            "position": self.position,
            "head": self.head,
            "root": self.log.root_at(self.position),
            "received_at": None if received is None else Instant(received, 0).iso(),
            "effective_at": self.effective_at.iso() if self.effective_at else None,
            "rulebook": self.state.rulebook.name,
            "edition": EDITION,
        }

    def say(self, title: str) -> None:
        """The heading of a table: what it is, and as of when. Words go to standard error."""
        cut = f"as of #{self.position}"
        if self.position != self.head:
            cut += f" of {self.head}"
        if self.position:
            last = self.log.at(self.position)
            shown = last.occurrence().recorded_at.offset
            cut += f", received {Instant(last.header.received_at, shown).short()}"
        if self.effective_at:
            cut += f"; what had happened by {self.effective_at.iso()}"
        rally = self.state.facts.rally
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
        as_json: bool,
        as_csv: bool,
        **given: Any,
    ) -> int:
        if as_json and as_csv:
            raise click.UsageError("--json and --csv exclude each other.")
        seen = View(settings.open_log(), known_at, effective_at)
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
    return at_a_moment(form(csv(of_ledger(pass_settings(call)))))

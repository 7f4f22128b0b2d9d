"""`rally decisions`: the register of decisions, or everything about one of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import click

from cli.changes import move, precision_of
from cli.commands.incidents import when
from cli.desk import desk
from cli.office.naming import HINT, record_named
from cli.options import complete_number
from cli.output import Column, plain, print_table, visible
from cli.reading import Answer, View, reading
from ledger.errors import LedgerError, NotFound
from ledger.vocabulary import Seen, short_id
from ledger.vocabulary.judicial import COURT
from ledger.vocabulary.publication import scope_title
from projections.decisions import Decision, EffectRow, decisions
from projections.state.rulings import (
    CONTESTED,
    IN_FORCE,
    QUASHED,
    RESCINDED,
    SET_ASIDE,
    SUPERSEDED,
    SUSPENDED,
    VARIED,
)

STATUSES = (IN_FORCE, SUSPENDED, QUASHED, VARIED, RESCINDED, SUPERSEDED, CONTESTED, SET_ASIDE)
MARK = "!"
"""Stands before what officials have to settle between themselves."""
CSV = (
    *("series", "decision", "document", "number", "driver", "stage", "decided_at", "ruling"),
    *("effects", "status", "positions", "supersedes", "superseded_by", "claimed_by"),
    *("notified_at", "position", "id"),
)


@click.command(name="decisions")
@click.argument("decision", required=False, metavar="[SERIES-NUMBER]")
@click.option(
    "--series",
    type=click.Choice(("clerk", "stewards", COURT)),
    help="Only of the clerk of the course, the stewards, or courts.",
)
@click.option("--number", metavar="CREW", help="Only on this crew.", shell_complete=complete_number)
@click.option(
    "--status",
    metavar="STATUS",
    type=click.Choice(STATUSES, case_sensitive=False),
    help=f"Only of this status: {', '.join(STATUSES)}.",
)
@reading
def command(
    seen: View, decision: str | None, series: str | None, number: str | None, status: str | None
) -> Answer:
    """Show the register of decisions, by series and number, each with its status at the cut.

    Nothing leaves it: what was quashed, superseded or rescinded stands there with what made it so.
    A ! marks decisions that contradict each other until a ruling says which of them counts. One
    decision, named by its series and number, its position or its id, is shown with everything: its
    effects, what the signers saw, and every step since.

    \b
    Examples:
      rally decisions --series stewards
      rally decisions stewards-7
      rally decisions --number 104 --status quashed
    """
    rows = decisions(desk(seen)).rows
    if decision is not None:
        if series or number or status:
            raise click.UsageError("One decision is named: leave out --series, --number, --status.")
        row = _named(seen, rows, decision)
        bases = _rests_on(seen, row)
        answer = _answer(row.title, [row], lambda: _page(row, bases))
        return answer._replace(document={**answer.document, "rests_on": bases})
    found = [
        row
        for row in rows
        if series in (None, row.series)
        and status in (None, row.status)
        and (number is None or number in _crews(row))
    ]
    title = f"Decisions on crew {number}" if number else "Decisions"
    return _answer(title, found, lambda: _table(found))


def _answer(title: str, rows: Sequence[Decision], table: Any) -> Answer:
    flat = [{**plain(row), "effects": [_words(e, row) for e in row.effects]} for row in rows]
    return Answer(title, {"rows": rows}, flat, CSV, table)


def reference(row: Decision) -> str:
    """How a decision is named: "stewards-7", "court-3/2016"."""
    return f"{row.series}-{row.decision}" if row.decision else row.series


def _named(seen: View, rows: Sequence[Decision], text: str) -> Decision:
    """The decision that is meant, by series and number, or by its record.

    Raises:
        NotFound: there is none.
    """
    try:
        record = record_named(seen.log, text, seen.position)
    except NotFound as error:
        message = error.message.replace("There is no record", "There is no decision")
        raise NotFound(message, hint=HINT) from None
    if record.position > seen.position:
        raise NotFound(f"#{record.position} is not known as of #{seen.position}.")
    for row in rows:
        if row.id == record.id:
            return row
    raise NotFound(f"#{record.position} is no decision that stands in the register.", hint=HINT)


def _rests_on(seen: View, row: Decision) -> list[dict[str, Any]]:
    """The records that a decision decides or rests on, as far as they are known at the cut."""
    said = seen.log.at(row.position).occurrence()
    named = (*getattr(said, "matter", ()), *getattr(said, "evidence", ()))
    found = []
    for identity in dict.fromkeys(named):
        with contextlib.suppress(LedgerError):
            record = seen.log.find(identity)
            if record.position <= seen.position:
                told = record.occurrence()
                about = {"position": record.position, "id": record.id, "type": told.type_name()}
                found.append({**about, "words": told.words()})
    return found


def _crews(row: Decision) -> Iterator[str]:
    """The crews that a decision is about, those of its effects among them."""
    yield row.number
    for effect in row.effects:
        for field in ("number", "helped", "numbers"):
            value = effect.fields.get(field, ())
            yield from (value,) if isinstance(value, str) else value


def _words(effect: EffectRow, row: Decision) -> str:
    """An effect with what became of it, where that is not what became of the whole."""
    return effect.words if effect.status == row.status else f"{effect.words} ({effect.status})"


def _table(rows: Sequence[Decision]) -> None:
    titles = ("Decision", "Doc", "Taken", "No", "Stage", "What", "Effects", "Status", "Chain")
    print_table(
        [
            *(Column(each, figures=each in ("Doc", "No")) for each in titles),
            Column("Record", figures=True),
        ],
        [
            (
                reference(row),
                row.document,
                when(row.decided_at),
                row.number,
                row.stage,
                row.ruling or row.outcome,
                "; ".join(_words(each, row) for each in row.effects),
                _status(row),
                "; ".join(_chain(row)),
                f"#{row.position}",
            )
            for row in rows
        ],
    )


def _status(row: Decision) -> str:
    """The status with the records that made it so; what is contested is marked."""
    mark = f"{MARK} " if row.status == CONTESTED or row.claimed_by else ""
    by = "".join(f" #{each}" for each in row.positions)
    return f"{mark}{row.status}{by}"


def _chain(row: Decision) -> Iterator[str]:
    if row.supersedes:
        yield f"{'on' if row.series == COURT else 'supersedes'} {row.supersedes}"
    if row.superseded_by:
        yield f"superseded by {row.superseded_by}"
    if row.claimed_by:
        yield f"claimed by {' and '.join(row.claimed_by)}"


# -- one decision --------------------------------------------------------------------------------


def _page(row: Decision, bases: Sequence[dict[str, Any]]) -> None:
    crew = " ".join(each for each in (row.number, row.driver) if each)
    for title, value in (
        ("Status", _status(row)),
        ("Chain", "; ".join(_chain(row))),
        ("Document", row.document),
        ("From", row.sender),
        ("To", row.addressee),
        ("Taken", when(row.decided_at)),
        ("Crew", crew),
        ("Competitor", row.competitor),
        ("Stage", row.stage),
        ("Of", when(row.fact_at)),
        ("Fact", row.fact),
        ("Infringement", row.infringement),
        ("Outcome", row.outcome),
        ("Decision", row.ruling),
        ("Reason", row.reason),
        ("Signed by", ", ".join(row.signed_by)),
        ("Appeal", "open to appeal" if row.appealable else "not open to appeal"),
        ("Notified", when(row.notified_at)),
        ("Acknowledged", when(row.acknowledged_at)),
        ("Record", f"#{row.position} {short_id(row.id)}"),
    ):
        if value:
            click.echo(f"{title:<13}{visible(value)}")
    if bases:
        click.echo("\nRests on")
        for base in bases:
            click.echo(f"  #{base['position']} {visible(base['words'])}")
    _effects(row)
    if row.seen is not None:
        basis, *moves = seen_in_words(row.seen)
        click.echo(f"\nSeen by the signers: {visible(basis)}")
        for each in moves:
            click.echo(f"  {visible(each)}")
    if row.steps:
        click.echo("\nSteps")
        print_table(
            [Column("Record", figures=True), Column("When"), Column("What"), Column("By")],
            [(f"#{each.position}", when(each.at), each.words, each.by) for each in row.steps],
        )
    if row.exhibits:
        click.echo("\nExhibits")
        for exhibit in row.exhibits:
            click.echo(f"  {visible(exhibit)}")


def _effects(row: Decision) -> None:
    if row.effects:
        click.echo("\nEffects")
        print_table(
            [Column("What"), Column("Until"), Column("Status")],
            [(each.words, when(each.until), each.status) for each in row.effects],
        )


def seen_in_words(seen: Seen) -> Iterator[str]:
    """What the signers had before them: the basis, and who would have moved, a line each."""
    root = f", root {short_id(seen.root)}" if seen.root else ""
    rules = f", rulebook {seen.rulebook}" if seen.rulebook else ""
    edition = f", edition {seen.edition}" if seen.edition else ""
    scope = f"{scope_title(seen.scope)}, " if seen.scope else ""
    yield f"{scope}as of #{seen.position}{root}{rules}{edition}"
    precision = precision_of(ms for each in seen.moves for ms in each.total_ms)
    for each in seen.moves:
        said = move(each.place, each.total_ms, precision_ms=precision)
        yield f"{each.number} {said}"
    if not seen.moves:
        yield "nobody would move"

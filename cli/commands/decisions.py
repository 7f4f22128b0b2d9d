"""`rally decisions`: the register of decisions, or everything about one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from cli.deciding import cited
from cli.declined import print_declined
from cli.fines import print_fines
from cli.office.answer import Answer
from cli.office.moving import move
from cli.office.register import effect_words, reference
from cli.output import print_fields, print_section, print_table, visible, when
from cli.pending import print_pending
from cli.reading import reading
from ledger.times import precision_of
from ledger.vocabulary import Seen, short_id
from ledger.vocabulary.judicial import COURT
from ledger.vocabulary.publication import scope_title
from projections.desk.decisions import Decision, EffectRow
from projections.state.rulings import CONTESTED

MARK = "!"
"""Stands before what officials have to settle between themselves."""


@reading("decisions")
def command(answer: Answer[Sequence[Decision]]) -> None:
    """Show the register of decisions, by series and number, each with its status at the cut.

    Nothing leaves it: what was quashed, superseded or rescinded stands there with what made it so.
    A ! marks decisions that contradict each other until a ruling says which of them counts. What
    has no effect, as it is not signed or nobody took it who may, stands below as pending. One
    decision, named by its series and number, its position or its id, is shown with everything: its
    effects, what the signers saw, and every step since.

    \b
    Examples:
      rally decisions --series stewards
      rally decisions stewards-7
      rally decisions --number 104 --status quashed
    """
    rows = answer.found
    if "rests_on" in answer.document:
        _page(rows[0], answer.document["rests_on"])
    else:
        _table(rows)
        print_declined(answer.document.get("declined", ()))
        fined = [each for row in rows for each in row.fines]
        print_fines(fined, answer.document.get("fines", ()))
        print_pending(answer.document.get("pending", ()))


def _became(effect: EffectRow) -> str:
    """The status of an effect, and why it does nothing where it is in force all the same."""
    if effect.no_effect is None:
        return effect.status
    by = cited(effect.no_effect.positions)
    return f"{effect.status}, no effect, because {effect.no_effect.why}{by}"


def _table(rows: Sequence[Decision]) -> None:
    titles = ("Decision", "Doc", "Taken", "No", "Stage", "What", "Effects", "Status", "Chain")
    print_table(
        (*titles, "Record"),
        [
            (
                reference(row),
                row.document,
                when(row.decided_at),
                row.number,
                row.stage,
                row.ruling or row.outcome,
                "; ".join(effect_words(each, row) for each in row.effects),
                _status(row),
                "; ".join(_chain(row)),
                f"#{row.position}",
            )
            for row in rows
        ],
        figures=("Doc", "No", "Record"),
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
    fields = (
        ("Status", _status(row)),
        ("Chain", "; ".join(_chain(row))),
        ("Document", row.document),
        ("From", row.sender),
        ("To", row.addressee),
        ("Taken", when(row.decided_at)),
        ("Crew", crew),
        ("Concerns", ", ".join(row.concerns) if row.concerns != (row.number,) else ""),
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
    )
    print_fields(fields, 13)
    if bases:
        click.echo("\nRests on")
        for base in bases:
            click.echo(f"  #{base['position']} {visible(base['words'])}")
    print_section(
        "Effects",
        ("What", "Until", "Status"),
        [(each.words, when(each.until), _became(each)) for each in row.effects],
    )
    print_fines(row.fines)
    if row.seen is not None:
        basis, *moves = seen_in_words(row.seen)
        click.echo(f"\nSeen by the signers: {visible(basis)}")
        for each in moves:
            click.echo(f"  {visible(each)}")
    print_section(
        "Steps",
        ("Record", "When", "What", "By"),
        [(f"#{each.position}", when(each.at), each.words, each.by) for each in row.steps],
        figures=("Record",),
    )
    if row.exhibits:
        click.echo("\nExhibits")
        for exhibit in row.exhibits:
            click.echo(f"  {visible(exhibit)}")


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

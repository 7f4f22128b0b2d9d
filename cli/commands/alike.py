"""`rally alike`: what was given before for the like of a decision, and what was not."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cli.office.alike import Found, amount, summary
from cli.office.answer import Answer
from cli.output import counted, print_section, visible, when
from cli.reading import reading
from projections.desk.likeness import Like


@reading("alike")
def command(answer: Answer[Found]) -> None:
    """Show what was given for the like of a decision, or of a draft, in all rallies of the ledger.

    Like is what cites the same article or rests on the same kind of fact. Near misses cite another
    article of its chapter, or were in another category or on another kind of stage. Facts on which
    nobody decided, and decisions that gave nothing, are listed beside what was given, each with
    what became of it on appeal. The other rallies are looked at as they are; with --known-at as
    they were then.

    \b
    Examples:
      rally alike stewards-7
      rally alike --article 48.3 --fact WaypointMissed
      rally alike --words phone --registers FOLDER
    """
    found = answer.found.alike
    _section("Given", found.given)
    print_section(
        "Amounts",
        ("What", "Outcome", "How often", "Least", "Median", "Most", "All"),
        [
            (
                each.act,
                each.outcome,
                str(each.count),
                *(amount(each, value) for value in (each.least, each.median, each.most)),
                ", ".join(amount(each, value) for value in each.amounts),
            )
            for each in found.amounts
        ],
        figures=("How often",),
    )
    _section("Nothing given", found.unpunished)
    _section("Near misses", found.near)
    click.echo()
    for line in summary(answer.found):
        click.echo(visible(line))
    for place in answer.found.places:
        where = f" ({place.file})" if place.file else ""
        click.echo(
            visible(
                f"  {place.rally}{where} up to #{place.up_to}: {place.searched}, "
                f"of them {counted(place.decisions, 'decision')}"
                f"{'; a register tells of decisions alone' if place.file else ''}"
            )
        )


def _section(title: str, rows: Sequence[Like]) -> None:
    print_section(
        title,
        ("Rally", "Record", "No", "Stage", "When", "What", "Given", "Outcome", "Alike by", "But"),
        [
            (
                like.rally,
                each.called,
                each.number,
                each.stage,
                when(each.at),
                each.what,
                "; ".join(
                    one.words if one.status == each.outcome else f"{one.words} ({one.status})"
                    for one in each.given
                ),
                each.outcome,
                "; ".join(like.by),
                "; ".join(like.differs),
            )
            for like in rows
            for each in (like.precedent,)
        ],
        figures=("No",),
    )

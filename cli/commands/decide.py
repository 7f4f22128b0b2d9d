"""`rally decide`: a decision of the clerk of the course or the stewards."""

from __future__ import annotations

import click

from cli.deciding import acting
from cli.drafting import deciding
from cli.options import complete_number, complete_stage
from ledger.effects import ACTS


@click.group(name="decide")
def command() -> None:
    """Issue a decision of the clerk of the course or the stewards, and what follows it.

    The templates below are the usual decisions; `effects` takes any. Each gets the next number of
    its series, binds the basis that was on the screen and what it would change, and says afterwards
    what it changed. --dry-run shows that before anybody signs. Without --reason an editor opens.
    """


# -- the usual decisions ---------------------------------------------------------------------------

_number = click.argument("number", shell_complete=complete_number)
_stage = click.option(
    "--stage",
    default="",
    metavar="STAGE",
    help="The stage it is about.",
    shell_complete=complete_stage,
)


@command.command(name="penalty")
@_number
@click.argument("amount", metavar="TIME")
@_stage
@click.option(
    "--applies-to",
    type=click.Choice(["stage", "overall", "road"]),
    default="stage",
    show_default=True,
    help="Which result carries it.",
)
@click.option("--not-in-start-order", is_flag=True, help="It does not move the next start order.")
@click.option("--point", default="", metavar="POINT", help="The point or zone it is for.")
@deciding("decide penalty")
def penalty() -> None:
    """A time penalty: on a stage, in the overall alone, or of the road.

    \b
    Example:
      rally decide penalty 104 0:05:00 --stage SS10 --infringement "article 12.3" \\
        --fact "did not stop at the neutralisation" --reason "seen by two marshals" \\
        --by "A. Chair" --role stewards --dry-run
    """


@command.command(name="credit")
@_number
@click.argument("amount", metavar="TIME")
@_stage
@click.option("--helped", default="", metavar="NUMBER", help="The crew that it stopped to help.")
@deciding("decide credit")
def credit() -> None:
    """Time given back on a stage: a crew stopped to help, or was held up by the rally."""


@command.command(name="disqualify")
@_number
@click.option(
    "--from",
    "since",
    default="",
    metavar="STAGE",
    help="From which stage on (default: the whole rally).",
    shell_complete=complete_stage,
)
@deciding("decide disqualify")
def disqualify() -> None:
    """Disqualification, from a stage on or from the whole rally."""


@command.command(name="reprimand")
@_number
@_stage
@deciding("decide reprimand")
def reprimand() -> None:
    """A reprimand."""


@command.command(name="fine")
@_number
@click.argument("amount", type=click.IntRange(1))
@click.argument("currency")
@_stage
@deciding("decide fine")
def fine() -> None:
    """A fine."""


@command.command(name="reposition")
@_number
@click.argument("place", type=click.IntRange(1))
@click.option(
    "--stage",
    required=True,
    metavar="STAGE",
    help="The stage that it starts.",
    shell_complete=complete_stage,
)
@deciding("decide reposition")
def reposition() -> None:
    """Another place in the start order of a stage."""


@command.command(name="cancel-stage")
@click.argument("stage", shell_complete=complete_stage)
@click.option("--category", "categories", multiple=True, help="Only this category. Repeatable.")
@deciding("decide cancel-stage")
def cancel_stage() -> None:
    """The cancellation of a stage, for all or for some categories."""


@command.command(name="reinstate-stage")
@click.argument("stage", shell_complete=complete_stage)
@click.option("--category", "categories", multiple=True, help="Only this category. Repeatable.")
@deciding("decide reinstate-stage")
def reinstate_stage() -> None:
    """The revocation of a cancellation, shortening or stop."""


@command.command(name="withdraw")
@click.argument("record", metavar="POSITION-OR-ID")
@deciding("decide withdraw")
def withdraw() -> None:
    """Take back a penalty or a time credit that was recorded alone."""


@command.command(name="no-action")
@click.argument("number", required=False, default="", shell_complete=complete_number)
@_stage
@deciding("decide no-action")
def no_action() -> None:
    """No further action; also that an earlier decision remains as it is."""


@command.command(name="effects")
@click.argument("effects", nargs=-1, required=True, metavar="EFFECT...")
@click.option(
    "--number",
    default="",
    metavar="NUMBER",
    help="The crew it is about.",
    shell_complete=complete_number,
)
@_stage
@deciding("decide effects")
def other() -> None:
    """Any other decision, effect by effect: an act of `rally types` and its fields.

    \b
    Example:
      rally decide effects "StageTimeRecorded number=102 elapsed_ms=4:10:00 basis=notional" \\
        --stage SS10 --by "Race direction" --role clerk-of-the-course --reason "held up"
    """


other.__doc__ = f"{other.__doc__}\n\nIt can bring about: {', '.join(ACTS)}."


# -- what follows a decision -----------------------------------------------------------------------


_decision = click.argument("decision", metavar="DECISION")


@command.command(name="notify")
@_decision
@click.option(
    "--how",
    type=click.Choice(["hearing", "hand", "electronic", "notice-board"]),
    default="hand",
    show_default=True,
    help="How it was made known.",
)
@click.option("--to", default="", help="Whom it was given to.")
@acting("decide notify")
def notify() -> None:
    """A decision was made known to whom it concerns: the times for an appeal run from here."""


@command.command(name="acknowledge")
@_decision
@acting("decide acknowledge")
def acknowledge() -> None:
    """Whom a decision concerns confirmed to have received it."""


@command.command(name="rescind")
@_decision
@acting("decide rescind")
def rescind() -> None:
    """Take a decision back: it counts as never taken, and stays in the register."""


@command.command(name="activate")
@_decision
@_stage
@click.option("--by-decision", metavar="DECISION", help="The decision that found the breach.")
@acting("decide activate")
def activate() -> None:
    """The condition of a suspended sanction came about: it has its effect from now on."""


@command.command(name="lapse")
@_decision
@acting("decide lapse")
def lapse() -> None:
    """The time of a suspended sanction is over: it can no more be activated."""


@command.command(name="succession")
@_decision
@click.argument("heir", metavar="[HEIR]", required=False)
@acting("decide succession")
def succession() -> None:
    """Rule which of several decisions supersedes one that they all claim to supersede.

    Without an heir none does, and the decision stands.
    """

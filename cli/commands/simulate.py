"""`rally simulate`: a synthetic rally of any size, the same one for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import click

from cli.context import DEFAULT_LEDGER, Settings
from cli.options import of_ledger
from cli.output import PATIENCE_S, counting, print_json
from ledger.errors import Refused
from ledger.log import Log
from ledger.record import Arrival
from ledger.samples.simulation import NOTHING, Amendment, Plan, Regulations, rules_of, simulate
from projections.state.road import COMPUTED

RULEBOOK, GENERAL = "silk-way-2016", "cross-country"
BEFORE = ("timing.sources", "timing.tolerance_ms")
"""What the first bulletin takes from the general rulebook: the clocks that a rally really has."""
MIDWAY = ("overall.unfinished_stage_ms", "overall.unfinished_stage_limit")
"""What the second bulletin takes from the other, from a stage in the middle of the rally on."""
BATCH = 5_000


def regulations(rulebook: str = RULEBOOK) -> Regulations:
    """The rules of a synthetic rally: a rulebook, with bulletins that take over from the other."""
    adopted = rules_of(rulebook)
    other = rules_of(RULEBOOK if rulebook == GENERAL else GENERAL)
    return Regulations(
        rulebook,
        adopted,
        NOTHING if rulebook == GENERAL else _some_of(other, BEFORE),
        _some_of(other, MIDWAY),
        judges_cards=adopted.parameters["controls.penalties"] == COMPUTED,
    )


def _some_of(other: Amendment, names: Iterable[str]) -> Amendment:
    return Amendment(
        {name: other.parameters[name] for name in names},
        {name: other.provenance[name] for name in names},
    )


@click.command(name="simulate")
@click.option("--crews", default=120, show_default=True, metavar="N", help="How many crews enter.")
@click.option("--stages", default=14, show_default=True, metavar="N", help="How many stages.")
@click.option(
    "--points", default=12, show_default=True, metavar="N", help="How many points each stage has."
)
@click.option(
    "--records", type=int, metavar="N", help="How many records the log gets; points follow from it."
)
@click.option("--seed", default=1, show_default=True, metavar="N", help="Which rally of them all.")
@click.option(
    "--rulebook",
    type=click.Choice((RULEBOOK, GENERAL)),
    default=RULEBOOK,
    show_default=True,
    help="Its rules: penalties at controls are given by officials, or follow from time cards.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def command(
    settings: Settings,
    crews: int,
    stages: int,
    points: int,
    records: int | None,
    seed: int,
    rulebook: str,
    as_json: bool,
) -> None:
    """Append a whole synthetic rally to a ledger: to try things out, and to measure.

    Stage by stage, with everything that makes a rally difficult: trackers read out at night or a
    day later, lines that come in twice, corrections and voids, retirements that were none, a stage
    cancelled, one shortened, one reinstated, a clock that is wrong, a source that is not to be
    trusted, penalties, decisions with their appeals, and bulletins. Under a rulebook that judges
    time cards there are target times, and crews that are early, late or never there. Its first
    record says that it is synthetic.

    The same figures and seed give the same bytes and the same root. The log is written as it grows:
    one that is interrupted is that of a rally which is not over.

    \b
    Example:
      rally simulate --crews 500 --records 1000000 --seed 7 --ledger big.db
    """
    code = settings.rally or f"synthetic-{seed}"
    plan = Plan(regulations(rulebook), crews, stages, points, seed, code, records)
    arrivals = (each.arrival() for each in simulate(plan))
    ledger = settings.open_ledger(new=True)
    if code in ledger.rallies():
        raise Refused(
            f"The ledger holds a rally {code} already.",
            hint="Name another one: --rally CODE, or write to another ledger: --ledger FILE.",
        )
    log = ledger.log(code)
    of = f" of {records}" if records else ""
    with counting(f"{of} records", PATIENCE_S) as progress:
        appended = _append(log, arrivals, progress)
    root = log.root_at(appended)
    if as_json:
        document = {"rally": code, "appended": appended, "seed": seed, "root": root}
        print_json({**document, "crews": crews, "stages": stages})
        return
    name = settings.ledger_name
    shown = "" if name == DEFAULT_LEDGER else f" in {'a database' if '://' in name else name}"
    click.echo(
        f"{code}{shown}: {appended} records of a synthetic rally, {crews} crews on {stages} stages "
        f"(seed {seed}); root {root}."
    )


def _append(log: Log, arrivals: Iterator[Arrival], progress: Callable[[int], None]) -> int:
    """Append in batches, each with the times at which its records reached the log."""
    appended = 0
    try:
        while batch := list(islice(arrivals, BATCH)):
            appended = log.append(batch, expect=appended, verbatim=True)
            progress(appended)
    except KeyboardInterrupt:
        ends = log.head().size  # also where it was broken off in the midst of a commit
        told = f"Interrupted: {log.rally} ends at #{ends}, a rally that is not over."
        click.echo(f"\n{told}", err=True)
        raise click.exceptions.Exit(130) from None
    return appended

"""`rally verify`: prove that the log is whole and unaltered."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.options import of_ledger, pass_settings
from cli.output import print_json
from ledger.verify import verify


@click.command(name="verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
@pass_settings
def command(settings: Settings, as_json: bool) -> int:
    """Recompute every hash from the stored bytes, and compare.

    Positions without gaps, the id and leaf of every record, the columns and tags beside them, the
    tiles, the root against the head, and the guards that refuse changes. Exit code 3 if anything
    does not verify. Private values that are kept beside the log are checked as well: that they open
    what the records commit to, and that nothing erased is still there (exit code 1).
    """
    proof = verify(settings.open_log())
    if as_json:
        findings = [{"position": each.position, "message": each.message} for each in proof.findings]
        print_json(
            {
                "ok": proof.ok,
                "size": proof.size,
                "root": proof.root,
                "checked": proof.checked,
                "findings": findings,
            }
        )
    elif proof.ok:
        click.echo(f"{proof.size} records verify; root {proof.root}.")
    else:
        for each in proof.findings[:50]:
            click.echo(f"{'' if each.position is None else f'#{each.position}: '}{each.message}")
        verdict = "The log verifies, but" if proof.proved else "The log does NOT verify:"
        count = len(proof.findings)
        click.echo(f"{verdict} {count} finding{'' if count == 1 else 's'}.")
    return 0 if proof.ok else 1 if proof.proved else 3

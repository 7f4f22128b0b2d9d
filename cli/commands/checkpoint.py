"""`rally checkpoint`: how long the log is and what its root is, signed, as a file."""

from __future__ import annotations

from pathlib import Path

import click

from cli.changes import show
from cli.context import Settings
from cli.keeping import KEEPING, put_on_record
from cli.office.checkpoints import must_go_on, stated
from cli.office.keys import public_file, signing
from cli.options import MOMENT, of_ledger, taking
from cli.output import print_json, visible, write_file, write_out
from cli.signing import ask_passphrase, with_key


@click.command(name="checkpoint")
@click.option("-o", "--output", metavar="FILE", help="Where it goes (default: standard output).")
@with_key
@taking(*KEEPING)
@taking(MOMENT[0])
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def command(
    settings: Settings,
    output: str | None,
    key_named: str | None,
    known_at: str | None,
    by: str,
    role: str,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    """Sign how long the log is and what its root is there, and write that as a file.

    Whoever keeps it can show later that the log is another one, or was cut off. It is a checkpoint
    as the C2SP has it, three lines and signatures, and is read by other programs. With --keep it is
    put on record, and goes to no file that is not named. It names ledger, rally and site: two
    checkpoints of one name that do not fit are a fork, and the signatures under them prove it
    against who signed. So a backup that was restored and is written to needs a name of its own
    first (`rally site NAME`): where FILE, a record, or what is remembered beside the key
    (KEY.signed) is a checkpoint that the key signed and that this log never had, nothing is signed
    (exit code 3).

    The key is best the ledger's own (--key, $RALLY_LEDGER_KEY): whoever holds an office changes.
    Beside FILE the public key goes to FILE.pub, for who knows its fingerprint. `rally witness
    cosign` is for who does not trust the log, `rally help proof` for who has to judge.

    \b
    Examples:
      rally checkpoint --key ledger.key -o evening.checkpoint
      rally checkpoint --key ledger.key --known-at SS10 -o ss10.checkpoint
      rally checkpoint --key ledger.key --keep --by Ann --role secretary
    """
    key = signing(key_named, ask_passphrase)
    office = settings.office()
    log = office.log(settings.rally)
    named = output not in (None, "-")
    file = Path(output or "-")
    if named:
        must_go_on(log, file)
    made = stated(office.view(log, known_at), key)
    if made.warning:
        click.echo(f"Warning: {made.warning}", err=True)
    data = made.checkpoint.to_bytes()
    kept = put_on_record(settings, log, data, "It", by, role) if keep else None
    if named:
        write_file(str(public_file(file)), f"{made.key.line}\n".encode())
        write_file(str(file), data)
    if as_json:
        print_json(made.json() | ({"kept": kept.json()} if kept else {}))
        return
    if output == "-" or (output is None and not kept):
        write_out("-", data)
        return
    by_whom = f"{made.checkpoint.origin} by the key {made.key.fingerprint}"
    if named:
        click.echo(visible(f"{output}: {made.checkpoint.words}, signed as {by_whom}."))
    if kept:
        show(kept)

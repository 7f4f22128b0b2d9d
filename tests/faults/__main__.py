"""`python -m tests.faults`: the whole matrix."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

import tests.faults
from cli.output import print_json
from tests.faults.rows import ROWS
from tests.faults.table import TOLD, Outcome, as_markdown, show, tried

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- the long form -->", "<!-- its end -->"


def _commit() -> str:
    asked = ["git", "rev-parse", "--short=10", "HEAD"]
    done = subprocess.run(asked, cwd=README.parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "0"


@click.command(help=tests.faults.__doc__.replace("\n\n", "\n\n\b\n"))
@click.option("--long", "long", is_flag=True, help="As often as the README's table says.")
@click.option("--row", "named", multiple=True, metavar="PART", help="Rows of that name only.")
@click.option("--seed", type=int, help="What repeats a run (default: drawn from the commit).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--write", is_flag=True, help="Write the table into the README of this folder.")
def main(
    *, long: bool, named: tuple[str, ...], seed: int | None, as_json: bool, write: bool
) -> None:
    """Try the rows, print the table, and say whether everything in it is 0."""
    # Where writes fail, a module that is imported just then would leave half of its bytecode.
    sys.dont_write_bytecode = True
    commit = _commit()
    seed = int(commit[:8], 16) if seed is None else seed
    rows = [row for row in ROWS if not named or any(part in row.name for part in named)]
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="rally-faults-") as folder:
        for outcome in tried(rows, seed, Path(folder), long=long):
            found.append(outcome)
            click.echo(f"{len(found):3} {outcome.row.name}, {outcome.seconds:.1f} s", err=True)
            for words in outcome.counts.found[:TOLD] if outcome.counts else ():
                click.echo(f"      {words}", err=True)
    if as_json:
        print_json({"commit": commit, "rows": [each.as_json() for each in found]})
    else:
        show(found)
    if write:
        _write(found, commit)
    raise SystemExit(0 if all(each.passed for each in found) else 1)


def _write(found: list[Outcome], commit: str) -> None:
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, behind = rest.partition(END)
    told = f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}:\n\n{as_markdown(found)}\n"
    README.write_text(f"{before}{BEGIN}\n{told}{END}{behind}", encoding="utf-8")


if __name__ == "__main__":
    main()

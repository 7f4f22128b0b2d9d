"""Reads on the command line: asked with options, answered as a table, as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from cli.office.answer import Answer
from cli.office.asking import Cuts
from cli.office.basis import read_bases, read_basis
from cli.office.reads import READS, Read
from cli.office.view import View
from cli.office.views import BETWEEN, Views
from cli.options import (
    BASIS,
    CSV,
    JSON,
    LEDGER,
    MOMENT,
    MOMENT_OF_EACH,
    Function,
    here,
    taking,
    typed,
    well_put,
)
from cli.output import print_json, visible

EVERY = (*MOMENT, *BASIS, *JSON, *CSV, *LEDGER)
"""At a moment or on the basis of an answer; in which forms; and of which ledger."""
OF_EACH = (*MOMENT_OF_EACH, *BASIS, *JSON, *CSV, *LEDGER[:1])
"""The same of what is asked of all rallies of a ledger: each at a moment of its own."""
Shows = Callable[[Answer[Any]], None]


def reading(
    name: str,
    forms: Sequence[click.Option] = EVERY,
    *,
    kinds: Mapping[str, click.ParamType[Any]] = MappingProxyType({}),
    more: Sequence[click.Option] = (),
    check: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Callable[[Shows], click.Command]:
    """The command of a read; what it is given lays the answer out for people, and explains it.

    Its options are the parameters of the read, and the forms in which it may be asked. `kinds` says
    how values are typed that are no plain ones; `more` are options that say where the answer goes,
    and `check` looks at everything that was typed.
    """

    def command(show: Shows) -> click.Command:
        read = READS[name]
        parameters = read.parameters()

        def answer(
            known_at: str | tuple[str, ...] | None = None,
            effective_at: str | None = None,
            decided_by: str | None = None,
            basis_file: Path | None = None,
            *,
            as_json: bool = False,
            as_csv: bool = False,
            **given: Any,
        ) -> int:
            if as_json and as_csv:
                raise click.UsageError("--json and --csv exclude each other.")
            if isinstance(known_at, tuple):
                known_at = BETWEEN.join(known_at) or None
            at = Cuts(known_at, effective_at, decided_by)
            if basis_file is not None and at != Cuts():
                raise click.UsageError(
                    "--basis says the moment: leave out --known-at, --effective-at, --decided-by."
                )
            check({**given, "as_json": as_json, "as_csv": as_csv})
            asked = {each.name: given[each.name] for each in parameters}
            found = _asked(read, asked, at, basis_file)
            for note in found.notes:
                click.echo(visible(note), err=True)
            if as_json:
                print_json(found.json())
            elif as_csv:
                until = found.seen.position if found.seen else None
                named = str if found.over else here().naming(until)
                click.echo(found.csv(named), nl=False)
            else:
                if found.title:
                    click.echo(visible(found.heading()), err=True)
                show(found)
            return found.exit_code

        return click.Command(
            name.rsplit(maxsplit=1)[-1],
            params=[*more, *(typed(each, kinds.get(each.name)) for each in parameters), *forms],
            callback=answer,
            help=show.__doc__,
        )

    return command


def asking(name: str) -> Callable[[Function], Function]:
    """The parameters of a read, for a command that does something else with what is asked."""
    return taking(*map(typed, READS[name].parameters()))


def _asked(read: Read, given: Mapping[str, Any], at: Cuts, basis_file: Path | None) -> Answer[Any]:
    seen: View | Views | None = None
    if read.of_a_log:
        office = here().office()
        log = office.log(here().rally)
        before = None if basis_file is None else read_basis(basis_file, log)
        seen = office.view(log, *at, before=before)
    elif read.of_a_ledger:
        office = here().office()
        here().without_a_ledger()  # words name no record: each log has its own
        several = {} if basis_file is None else read_bases(basis_file, office.log)
        seen = office.views(at, several)
    with well_put():
        return read.ask(seen, given)

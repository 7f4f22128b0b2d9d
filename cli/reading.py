"""Reads on the command line: asked with options, answered as a table, as JSON or as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from cli.office.answer import Answer
from cli.office.basis import read_basis
from cli.office.reads import READS, Read
from cli.options import BASIS, CSV, JSON, LEDGER, MOMENT, Function, here, taking, typed, well_put
from cli.output import print_json

EVERY = (*MOMENT, *BASIS, *JSON, *CSV, *LEDGER)
"""At a moment or on the basis of an answer; in which forms; and of which ledger."""
Shows = Callable[[Answer[Any]], None]
_HOW = ("known_at", "effective_at", "basis_file", "as_json", "as_csv")


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

        def answer(**given: Any) -> int:
            how = {each: given.get(each) for each in _HOW}
            _must_agree(**how)
            check(given)
            return _answer(read, {each.name: given[each.name] for each in parameters}, show, **how)

        asked = [typed(each, kinds.get(each.name)) for each in parameters]
        last = name.rsplit(maxsplit=1)[-1]
        return click.Command(
            last, params=[*more, *asked, *forms], callback=answer, help=show.__doc__
        )

    return command


def asking(name: str) -> Callable[[Function], Function]:
    """The parameters of a read, for a command that does something else with what is asked."""
    return taking(*map(typed, READS[name].parameters()))


def _must_agree(
    known_at: str | None,
    effective_at: str | None,
    basis_file: Path | None,
    as_json: bool | None,
    as_csv: bool | None,
) -> None:
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    if basis_file is not None and (known_at is not None or effective_at is not None):
        raise click.UsageError("--basis says the moment: leave out --known-at, --effective-at.")


def _answer(
    read: Read,
    parameters: Mapping[str, Any],
    show: Shows,
    known_at: str | None,
    effective_at: str | None,
    basis_file: Path | None,
    as_json: bool | None,
    as_csv: bool | None,
) -> int:
    settings, seen = here(), None
    if read.of_a_log:
        office = settings.office()
        log = office.log(settings.rally)
        before = None if basis_file is None else read_basis(basis_file, log)
        seen = office.view(log, known_at, effective_at, before)
    with well_put():
        answer = read.ask(seen, parameters)
    for note in answer.notes:
        click.echo(note, err=True)
    if as_json:
        print_json(answer.json())
    elif as_csv:
        click.echo(answer.csv(), nl=False)
    else:
        if answer.title:
            click.echo(answer.heading(), err=True)
        show(answer)
    return answer.exit_code

"""`rally what-if`: how a classification would be without some records, or with others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from cli.commands.standings import by_classification
from cli.comparing import print_moves
from cli.office.answer import Answer
from cli.office.compared import Compared, Supposed
from cli.options import lines_of
from cli.reading import reading
from projections.comparing.compare import Comparison


class Lines(click.ParamType[Supposed]):
    """A file of records that are supposed; `-` is standard input."""

    name = "path"
    _file = click.Path(path_type=Path, allow_dash=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Supposed:
        """The name of the file and its lines."""
        file = Path(str(self._file.convert(value, param, ctx)))
        return Supposed(str(file), list(lines_of(file)))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names of files."""
        return self._file.shell_complete(ctx, param, incomplete)


@reading("what-if", kinds={"supposed": Lines()})
def command(answer: Answer[Compared]) -> None:
    """Show who would move if records were left out, or others were there. HYPOTHETICAL.

    Nothing is appended, and nothing of it can be published. What corrects or voids a record that is
    left out has nothing to work on. A supposed record that the log holds already changes nothing;
    one that is left out as well stays.

    \b
    Examples:
      rally what-if --without '#149' --after SS12 --category cars
      rally what-if --with penalty.jsonl
    """
    found = answer.found
    click.echo("HYPOTHETICAL. Nothing is appended.")

    def table(each: Comparison) -> None:
        print_moves(each, found.logs, "Nobody would move.", hypothetical=True)

    by_classification(found.apart(), table)

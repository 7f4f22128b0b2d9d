"""The export: tables and their description, in a folder that is there once all of it is."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cli.names import naming_of
from cli.office.basis import Basis
from cli.office.forms import plain
from cli.office.view import View
from cli.tables.contents import filled
from cli.tables.description import NAME, described
from cli.tables.table import Written
from ledger.errors import Refused, Unavailable
from ledger.files import is_there, making, why


class Exported(NamedTuple):
    """Tables that were written: on what they rest, where they are, and how many rows each has."""

    basis: Basis
    folder: Path
    form: str
    written: Sequence[Written]

    def json(self) -> dict[str, Any]:
        """The same as one JSON document, the basis first."""
        return {
            "basis": plain(self.basis),
            "folder": str(self.folder),
            "format": self.form,
            "tables": [
                {"name": each.table.name, "file": each.file, "rows": each.rows}
                for each in self.written
            ],
        }


def export(
    seen: View, folder: Path, form: str, progress: Callable[[int], None] = lambda _: None
) -> Exported:
    """Write the tables of a log at its head, as it was then or is now, into a new folder.

    `form` is one of `FORMATS`; `progress` is told how many moments of the standings were looked at.

    Raises:
        Refused: the folder is there already. Unavailable: it can't be written, or what writes the
            format is not installed. Undefined: a rule is needed that is not defined.
    """
    if is_there(folder):
        raise Refused(
            f"{folder} is there already: an export overwrites nothing.", hint="Name a new folder."
        )
    writer = importlib.import_module(f"cli.tables.{form}")
    writer.must_be_there()
    basis, named = seen.basis(), naming_of(lambda: seen.log, seen.position)
    rally = seen.classified.facts.rally
    try:
        with making(folder) as beside:
            written = list(writer.write(filled(seen, named, progress), beside))
            title = rally.title if rally else seen.log.rally
            (beside / NAME).write_bytes(described(title, plain(basis), written, beside))
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"{folder} can't be written: {why(error)}.", hint="Make room, or name another folder."
        ) from None
    return Exported(basis, folder, form, written)

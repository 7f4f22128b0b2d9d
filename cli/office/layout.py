"""An empty folder of sheets, and the format in words: both from the tables of the reader."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ledger.errors import Refused, Unavailable
from ledger.files import is_folder, is_there, why
from ledger.intake.columns import Column
from ledger.intake.rally_toml import RALLY_KEYS, STAGE_KEYS
from ledger.intake.sheet_tables import SHEETS, Sheet

DESCRIPTION = "rally.toml"


def empty_folder(code: str, name: str, timezone: str, rulebook: str) -> dict[str, str]:
    """The files of an empty folder for a rally, by name: comments, headers, a line to copy."""
    given = {"code": code, "name": name, "timezone": timezone, "rulebook": rulebook}
    return {DESCRIPTION: _description(given)} | {
        f"{each.name}.csv": _table(each) for each in SHEETS
    }


def lay_out(folder: Path, files: dict[str, str]) -> list[str]:
    """Write the files into a folder, which is made if it is not there; nothing is overwritten.

    Raises:
        Unavailable: it can't be written.
    """
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            # A mark tells spreadsheets that a table is UTF-8.
            encoding = "utf-8" if name == DESCRIPTION else "utf-8-sig"
            with (folder / name).open("x", encoding=encoding, newline="\n") as file:
                made.append(folder / name)
                file.write(text)
    except OSError as error:
        for each in made:
            each.unlink(missing_ok=True)
        raise Unavailable(
            f"The sheets can't be laid out in {folder}: {why(error)}.", hint="Name another folder."
        ) from None
    return [str(folder / name) for name in files]


def must_be_free(folder: Path, files: dict[str, str]) -> None:
    """Refuse a folder in which one of the files lies already, and what is no folder.

    Raises:
        Refused: with the first of them.
    """
    there = next((folder / name for name in files if is_there(folder / name)), None)
    if there is not None:
        raise Refused(f"{there} is there already.", hint="Name a folder without sheets.")
    if is_there(folder) and not is_folder(folder):
        raise Refused(f"{folder} is no folder.", hint="Name a folder, or one that is to be made.")


def beside(folder: Path, rulebook: str) -> str:
    """How rally.toml names a rulebook: by its name, or a file from the folder on."""
    return os.path.relpath(rulebook, folder) if rulebook.endswith(".toml") else rulebook


def _description(given: dict[str, str]) -> str:
    lines = ["# What these sheets say of the rally. What stands behind # is not read.", ""]
    for each in RALLY_KEYS:
        if each.name in given:
            value = json.dumps(given[each.name], ensure_ascii=False)
            lines += [f"# {each.says}", f"{each.name} = {value}"]
        else:
            lines += [f"# {each.says}", f"# {each.name} = {each.example}"]
    lines += ["", "# One of these for each stage, in their order; take the # away.", "# [[stage]]"]
    for each in STAGE_KEYS:
        lines.append(f"# {f'{each.name} = {each.example}':<32} # {each.says}")
    return "\n".join([*lines, ""])


def _table(sheet: Sheet) -> str:
    """A table without rows: what its columns say, the header, and a line as it may look."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([f"# {sheet.name}: {sheet.says}. Lines that begin so are not read."])
    for each in sheet.columns:
        writer.writerow([f"# {each.name}{' (needed)' * each.needed}: {each.says}"])
    writer.writerow(sheet.known)
    first, *others = (each.example for each in sheet.columns)
    writer.writerow([f"# {first}", *others])
    return text.getvalue()


def explained() -> str:
    """What each file of a folder may hold, as a page has it: a line for each key and column."""
    return "\n\n".join(_explained())


def _explained() -> Iterator[str]:
    yield _listed(f"## {DESCRIPTION}: the rally", RALLY_KEYS)
    yield _listed("### [[stage]]: one for each stage, in their order", STAGE_KEYS)
    for sheet in SHEETS:
        yield _listed(f"## {sheet.name}: {sheet.says}", sheet.columns)


def _listed(title: str, columns: Sequence[Column]) -> str:
    width = max(len(each.name) for each in columns) + 1
    lines = []
    for each in columns:
        example = f" ({each.example})" if each.example else ""
        name = f"{each.name}{'*' if each.needed else ''}"
        lines.append(f"    {name:<{width}}  {each.says}{example}")
    return "\n".join([title, "", *lines])

"""The forms in which reads answer: what the README says of --json and --csv is so."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from cli.main import cli
from cli.office.reads import READS

README = Path(__file__).resolve().parents[2] / "README.md"
SAID = re.compile(r"Every read takes `--json`, and all but (.+?) take `--csv`", re.DOTALL)


def options(name: str) -> set[str]:
    """The options of the command of a read."""
    command: click.Command = cli
    for word in name.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None, name
        command = found
    return {option for each in command.params for option in each.opts}


@pytest.mark.parametrize("name", READS)
def test_the_forms_of_a_read(name: str) -> None:
    """Each takes --json; those that are named take no --csv, and all others do."""
    (said,) = SAID.findall(README.read_text(encoding="utf-8"))
    without = re.findall(r"`([^`]+)`", said)
    assert set(without) <= set(READS)
    assert "--json" in options(name)
    assert ("--csv" in options(name)) is (name not in without) is READS[name].has_table

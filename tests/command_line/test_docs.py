"""What the tool says of itself: help texts, the vocabulary, the offices; none of it may be missing.

A new command or type without its explanation fails here.
"""

from __future__ import annotations

import importlib
import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import ledger.vocabulary
from cli.main import COMMANDS
from ledger.authority import MAY_RECORD, OFFICES
from ledger.vocabulary import GROUPS, TYPES
from tests.command_line.conftest import answer
from tests.conftest import Rally
from tests.looked import some_of


def commands_of(name: str) -> list[click.Command]:
    """A command of the table, with those below it."""
    command = importlib.import_module(f"cli.commands.{COMMANDS[name].module}").command
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [command, *below]


def test_the_table_holds_every_command() -> None:
    """Each module in `cli/commands/` is one line of the table."""
    folder = Path(__file__).resolve().parents[2] / "cli" / "commands"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert modules == {entry.module for entry in COMMANDS.values()}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(rally: Rally, name: str) -> None:
    """A help text with sentences; every option and what is below it too."""
    for command in commands_of(name):
        assert command.help, command.name
        assert command.help.split("\n")[0].endswith((".", ":")), command.help
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name}: {parameter.name}"
                assert parameter.help.endswith((".", ").")), f"{name}: {parameter.help}"
    said = rally(name, "--help")
    assert (0, "") == (said.code, said.err)
    assert said.out.startswith(f"Usage: rally {name} ")
    assert "\\b" not in said.out
    assert max(map(len, said.out.splitlines())) <= 100


def test_the_help_lists_every_command_by_section(rally: Rally) -> None:
    """Name and one line each, under the section of the table; the exit codes at the end."""
    said = rally("--help")
    assert (0, "") == (said.code, said.err)
    sections = re.split(r"\n\n(\w+):\n", said.out)
    listed = dict(zip(sections[1::2], sections[2::2], strict=True))
    for name, entry in COMMANDS.items():
        assert re.search(
            rf"^  {name} +{re.escape(entry.help)}$", listed[entry.section], re.MULTILINE
        )
        assert entry.help.endswith(".")
    assert "Exit codes: 0 done, 1 refused or something found, 2 usage" in said.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(rally: Rally, shell: str) -> None:
    """For each shell a script that asks `rally` for what fits."""
    said = rally("completion", shell)
    assert (0, "") == (said.code, said.err)
    assert f"_RALLY_COMPLETE={shell}_complete" in said.out


def test_help_imports_no_database() -> None:
    """`rally --help` answers at once: nothing heavy is imported for it."""
    heavy = ("sqlalchemy", "rich", "eventsourcing", "cryptography", "cli.commands")
    code = (
        "import sys; from cli.main import run; run(['--help']); "
        f"print([m for m in sys.modules if m.startswith({heavy!r}) and m != 'cli.commands'])"
    )
    root = Path(__file__).resolve().parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert "[]" == ran.stdout.splitlines()[-1]


def test_every_type_is_listed_and_explained(rally: Rally) -> None:
    """`rally types` lists all; each has a docstring of its own that begins with a sentence."""
    listed = rally("types").out
    for group, kinds in some_of(GROUPS.items()):
        assert f"{group}:\n" in listed
        for kind in kinds:
            meaning = inspect.getdoc(kind) or ""
            assert kind.__doc__, kind
            first = meaning.split("\n")[0]
            assert first.endswith("."), first
            assert re.search(rf"^  {kind.type_name()} +{re.escape(first)}$", listed, re.MULTILINE)
            said = rally("types", kind.type_name()).out
            assert said.startswith(f"{kind.type_name()} (version 1, {group})\n\n{meaning}\n")


def test_the_page_on_the_vocabulary_names_every_type() -> None:
    """Its table leads from the words of the sport to every type, and to none that is gone."""
    page = Path(ledger.vocabulary.__file__).with_name("README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][a-z]+[A-Za-z]+)`", page))
    assert set(TYPES) == named


def test_types_as_json(rally: Rally) -> None:
    """For programs: name, group, meaning, who may record it, and the fields with their types."""
    types = answer(rally, "types")["types"]
    assert list(TYPES) == [each["name"] for each in types]
    for each in types:
        assert {"name", "group", "meaning", "version", "may_record", "fields"} <= set(each)
        assert each["may_record"] == sorted(MAY_RECORD[each["name"]])
        for field in each["fields"]:
            assert {"name", "needed", "type"} <= set(field)
            assert field["type"]
    (penalty,) = answer(rally, "types", "penaltygiven")["types"]
    assert "PenaltyGiven" == penalty["name"]
    assert ["number", "amount_ms"] == [f["name"] for f in penalty["fields"] if f["needed"]]


def test_every_type_has_offices_and_every_office_a_meaning() -> None:
    """Who may record what is said for every type, in offices that exist; none is idle."""
    assert set(TYPES) == set(MAY_RECORD)
    for name, offices in MAY_RECORD.items():
        assert offices, name
        assert offices <= set(OFFICES), name
    assert set(OFFICES) == {office for offices in MAY_RECORD.values() for office in offices}
    assert all(OFFICES.values())


EXAMPLES = [
    line
    for name in COMMANDS
    for command in commands_of(name)
    for line in re.findall(r"^ +(rally .*?)\\?$", command.help or "", re.MULTILINE)
]


def test_examples_in_help_can_be_typed() -> None:
    """Every example names commands and options that exist."""
    for line in some_of(EXAMPLES):
        words = line.split()
        assert words[1] in COMMANDS, line
        known = {o for c in commands_of(words[1]) for p in c.params for o in p.opts}
        given = {word for word in words if word.startswith("--")}
        assert given <= known, line


def test_the_four_questions_of_the_readme(rally: Rally) -> None:
    """Four commands on the sample, each with the answer that an appeal came for."""
    page = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    block = page.partition("<!-- questions -->\n```sh\n")[2].partition("\n```")[0]
    three = page.partition("Three cuts, three words.")[2]
    cuts = three.partition("```sh\n")[2].partition("\n```")[0]
    assert 0 == rally("demo").code
    said = []
    for line in (*block.splitlines(), *cuts.splitlines()):
        if words := shlex.split(line, comments=True):
            said.append(rally(*words[1:]))
            assert 0 == said[-1].code, (line, said[-1].err)
    board, why, changed, otherwise, known, true, decided = (each.out for each in said)
    assert "2  102  Sébastien Loeb" in board
    assert "4:00:00  penalty on SS12: two mandatory waypoints missed before CP3" in why
    assert "102 Sébastien Loeb: 2nd → 4th, total 31:33:27 (+4:00:00)" in changed
    assert "102 Sébastien Loeb: 4th → 2nd, total 27:33:27 (-4:00:00), gap +0:02:55" in otherwise
    on_the_board, truly = (2, "+0:02:55"), (4, "+4:02:55")
    for (place, gap), table in ((on_the_board, known), (truly, true), (on_the_board, decided)):
        (row,) = (line.split() for line in table.splitlines() if "Loeb" in line)
        assert [str(place), "102"] == row[:2]
        assert gap in row
        assert f"# Loeb {place}{'nd' if place == 2 else 'th'}, {gap}" in cuts


def test_the_tour_of_the_readme_runs(rally: Rally, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rally of one's own, from nothing to the final classification, as the README types it."""
    page = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    tour = page.partition("<!-- tour -->\n```sh\n")[2].partition("\n```")[0]
    said = {}
    for line in tour.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["export"]:
            for name, _, value in (word.partition("=") for word in words[1:]):
                monkeypatch.setenv(name, value)
        elif words:
            said[" ".join(words[1:3])] = ran = rally(*words[1:])
            assert 0 == ran.code, (line, ran.err)
    rows = [line.split() for line in said["standings"].out.splitlines()]
    assert ["1", "102", "Omar", "Wadi", "cars", "1:58:30", "+0:03:00", "2:01:30"] == rows[1]
    assert ["2", "101", "Vera", "Sand", "cars", "2:02:11", "+0:02:00", "2:04:11"] == rows[2][:8]
    assert "late at TC1" in said["time-card 102"].out

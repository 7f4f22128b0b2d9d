"""The table of reads: it names every one, and each is asked without a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cli.main import cli
from cli.office.asking import Cuts, parameters_of
from cli.office.office import Office
from cli.office.reads import READS
from ledger.errors import Usage
from ledger.log import Ledger
from tests.conftest import NOW
from tests.examples import in_turn, one_in
from tests.looked import some_of
from tests.office.conftest import LEDGERS, settings
from tests.office.goldens import differs, goldens, words_of

HOW = (*Cuts._fields, "basis_file", "as_json", "as_csv", "ledger", "rally")
"""What every read takes on the command line: the moment, the form, and which ledger is meant."""
ASIDE = {
    "chart": {"output"},  # where the drawing goes
    "rulebook show": {"name"},  # a rulebook by itself, of no log
    "rulebook explain": {"names"},  # rulebooks that are files
    "rulebook check": {"left"},  # what of it people read
    "document receipt": {"output"},  # where the sheet goes
    "site": {"name"},  # the act of naming one
}


def typed(words: list[str]) -> tuple[str, dict[str, Any]]:
    """The read that is meant by what is typed, and the values of its options."""
    command: click.Command = cli
    context = click.Context(cli, info_name="rally", obj=settings())
    name: list[str] = []
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words
        command, name = found, [*name, words[0]]
        words = words[1:]
    params = command.make_context(name[-1], list(words), parent=context).params
    return " ".join(name), params


def test_a_read_and_its_command_take_the_same() -> None:
    """Every option of a read command is a parameter of the table, and the other way round."""
    for name, read in some_of(READS.items()):
        command: click.Command | None = cli
        context = click.Context(cli, obj=settings())
        for word in name.split():
            assert isinstance(command, click.Group)
            command = command.get_command(context, word)
        assert command is not None, name
        options = {each.name for each in command.params} - {*HOW} - ASIDE.get(name, set())
        assert options == {each.name for each in read.parameters()}, name
        assert read.help
        assert command.get_short_help_str()


def test_a_command_that_only_reads_is_in_the_table() -> None:
    """Whatever answers at a moment with a basis is asked by the table; nothing else is."""
    context = click.Context(cli, obj=settings())
    found = set()
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        inner = command.commands if isinstance(command, click.Group) else {"": command}
        for last, each in inner.items():
            if "basis_file" in {param.name for param in each.params}:
                found.add(f"{name} {last}".strip())
    by_other_means = {"show", "site", "types", "verify", "document receipt"}
    of_rules = {"rulebook show", "rulebook explain", "rulebook check"}
    assert found == set(READS) - by_other_means - of_rules


ASKS = """
import json, sys
sys.modules["click"] = None  # to import it is an error from now on
sys.modules["rich"] = None
from cli.office.office import Office
from cli.office.reads import READS
from ledger.errors import LedgerError
from ledger.exhibits import Exhibits, folder_of
from ledger.log import Ledger

asked = json.load(sys.stdin)
ledger = Ledger(asked["ledger"], lambda: asked["now"])
office = Office(ledger, exhibits=Exhibits(folder_of(asked["ledger"], None)), keeps=False)
log = office.log()
for read, given, cuts in asked["questions"]:
    given = {name: tuple(each) if isinstance(each, list) else each for name, each in given.items()}
    seen = office.view(log, *cuts) if READS[read].of_a_log else None
    answer = READS[read].ask(seen, given)
    answer.csv()
    print(json.dumps([answer.exit_code, answer.json()]))
"""


@pytest.mark.parametrize("name", one_in(2, LEDGERS))
def test_every_read_is_asked_without_a_terminal(name: str, ledgers: Callable[[str], Path]) -> None:
    """Each question asked of the table, where there is no click: the answer the command gave.

    Of Dakar one in three is asked; with RALLY_EXAMPLES=1 all.
    """
    found = in_turn(goldens(name), 1, 3) if name == "dakar" else goldens(name)
    questions = []
    for golden in found:
        read, params = typed(words_of(golden["asked"]))
        own = {each.name: params[each.name] for each in READS[read].parameters()}
        questions.append((read, own, [params.get(each) for each in Cuts._fields]))
    if name == "demo":
        # Nothing was posted, nothing lodged, no card keyed, and the rules give no points.
        asked_of_it = set(READS) - {"drift", "document receipt", "cards", "points", "season"}
        assert {read for read, *_ in questions} == asked_of_it
    asked = {"ledger": str(ledgers(name)), "now": NOW, "questions": questions}
    told = subprocess.run(
        [sys.executable, "-c", ASKS],
        check=False,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
    )
    assert "" == told.stderr
    for golden, line in zip(found, told.stdout.splitlines(), strict=True):
        code, answer = json.loads(line)
        assert (golden["code"], "") == (code, differs(name, golden, answer)), golden["asked"]


@pytest.mark.parametrize(
    ("read", "given", "said"),
    [
        ("standings", {"afer": "SS1"}, "Nothing is asked by 'afer'."),
        ("standings", {"after": 7}, "after can't be 7."),
        ("standings", {"after": "SS1", "stage": "SS1"}, "--after and --stage exclude each other."),
        ("crew", {}, "number has to be said."),
        ("chart", {"kind": "maps"}, "kind can't be 'maps'."),
        ("chart", {"kind": "gaps", "top": 0}, "top can't be 0."),
        ("chart", {"kind": "gaps", "top": True}, "top can't be True."),
        ("diff", {"moments": ("1", "2", "3")}, "Two moments are compared: FROM and TO."),
        ("diff", {"moments": "SS1"}, "moments can't be 'SS1'."),
        ("diff", {"moments": ()}, "moments has to be said."),
        ("diff", {"moments": (1, 2)}, "moments can't be 1."),
        ("what-if", {}, "Say what to leave out, --without, or what to suppose, --with."),
        ("decisions", {"status": "lost"}, "status can't be 'lost'."),
    ],
)
def test_what_a_read_cannot_be_asked(
    read: str, given: dict[str, Any], said: str, ledgers: Callable[[str], Path]
) -> None:
    """It is a question of usage, told as the ledger tells it; no face has to look first."""
    office = Office(Ledger(str(ledgers("demo")), lambda: NOW), keeps=False)
    with pytest.raises(Usage) as told:
        READS[read].ask(office.view(office.log()), given)
    assert said == told.value.message


def test_kinds_of_parameters() -> None:
    """A parameter is a text, a number, yes or no, or several texts; and says so."""
    found = {each.name: each for each in parameters_of(READS["chart"].load())}
    kind, top = found["kind"], found["top"]
    assert (str, True, ("places", "gaps")) == (kind.kind, kind.required, kind.word.choices)
    assert (int, False, None, 1) == (top.kind, top.required, top.default, top.word.least)
    assert "class" == found["crew_class"].asked_as
    moments = {each.name: each for each in READS["diff"].parameters()}["moments"]
    assert (str, True, True) == (moments.kind, moments.several, moments.required)

"""Twins: what is served as JSON and CSV is, byte for byte, what the command prints."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cli.main import cli, run
from cli.office.asking import Cuts
from cli.office.reads import READS
from cli.web.asked import FORMS, Question, address, parameters
from cli.web.build import BUILD
from cli.web.once import Response
from cli.web.site import LOOK_ASIDE
from ledger.log import Ledger
from ledger.times import Instant
from ledger.vocabulary import RemarkMade
from tests.conftest import NOW
from tests.examples import one_in
from tests.office import goldens
from tests.office.test_reads import typed
from tests.web.conftest import Get, copied, served_from, settings

CLOCKED = "now"
ASKED = [
    pytest.param(name, line, id=f"{name}: {line}")
    for name, lines in (("demo", goldens.DEMO), ("case", goldens.CASE))
    for line in lines.strip().splitlines()
    if CLOCKED not in line.split() and "--with " not in line and "--private" not in line
]
"""What is asked of both ledgers; not by the clock, not with files, and nothing private."""
MORE = [
    pytest.param("demo", line, id=f"demo: {line}")
    for line in (
        *("moment --known-at #148", "marks --kind decision", "types StageCancelled", "site"),
        "cards --stage SS3 --confidence 99",
    )
]


def asked(line: str, rally: str) -> tuple[list[str], Question]:
    """A question as it is typed, and as it is asked over the web."""
    words = shlex.split(line.replace("#", "\\#"))
    read, params = typed(words)
    given = {each.name: params.get(each.name) for each in parameters(read)}
    told = {name: value for name, value in given.items() if value not in (None, False, ())}
    cuts = Cuts(*(params.get(each) for each in Cuts._fields))
    return words, Question(rally, read, told, cuts)


def has_csv(read: str) -> bool:
    """Whether the command of a read gives a table."""
    command: click.Command = cli
    for word in read.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return "--csv" in {option for each in command.params for option in each.opts}


def said(capsys: pytest.CaptureFixture[str], ledger: Path, *words: str) -> bytes:
    """What a command prints."""
    capsys.readouterr()
    run(["--ledger", str(ledger), *words], settings())
    return capsys.readouterr().out.encode()


@pytest.mark.parametrize(("name", "line"), [*ASKED, *MORE])
def test_a_twin_is_what_the_command_prints(
    name: str,
    line: str,
    ledgers: Callable[[str], Path],
    served: Callable[[str], Get],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On a live address: the JSON, the CSV where the command has one, and a page."""
    rally = "silk-way-2016" if name == "demo" else "loop-2016"
    words, question = asked(line, rally)
    get = served(name)
    answer = get(address(question.turned("json")))
    assert (200, "application/json") == (answer.status, answer.headers["content-type"])
    assert said(capsys, ledgers(name), *words, "--json") == answer.body
    table = get(address(question.turned("csv")))
    if has_csv(question.read):
        assert said(capsys, ledgers(name), *words, "--csv") == table.body
    else:
        assert table.status in (200, 404)
    page = arrived(get, address(question))
    assert (200, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])


def arrived(get: Get, where: str) -> Response:
    """What is found at an address, wherever it leads."""
    found = get(where)
    return get(found.headers["location"].partition("#")[0]) if found.status == 302 else found


@pytest.mark.parametrize(("name", "line"), ASKED[:40])
def test_an_absolute_twin_is_what_the_command_prints_on_that_basis(
    name: str,
    line: str,
    ledgers: Callable[[str], Path],
    served: Callable[[str], Get],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """At a position: with the basis of that position, of which it is the head."""
    words, question = asked(line, "silk-way-2016" if name == "demo" else "loop-2016")
    get = served(name)
    known = question.cuts.known_at or "@"
    there = address(question.turned("json").live())
    moved = get(f"{there}{'&' if '?' in there else '?'}at={known.replace('#', '%23')}")
    if moved.status == 404 and READS[question.read].name == "show":
        return  # the record came later
    assert 302 == moved.status, moved
    assert f"&v={BUILD}" in moved.headers["location"]
    answer = get(moved.headers["location"])
    basis = json.loads(answer.body).get("basis")
    if basis is None:
        return  # it does not rest on a log
    assert basis["head"] == basis["position"]
    if question.read not in LOOK_ASIDE:
        assert "immutable" in answer.headers["cache-control"]
    file = tmp_path / "basis.json"
    file.write_text(json.dumps({"basis": basis}))
    if takes_a_basis(question.read):
        bare = without_cuts(words)
        assert said(capsys, ledgers(name), *bare, "--basis", str(file), "--json") == answer.body


def takes_a_basis(read: str) -> bool:
    """Whether the command of a read can be run on a basis."""
    of_rules = read.startswith("rulebook ")
    return not of_rules and read not in ("show", "site", "types", "verify", "document receipt")


def without_cuts(words: list[str]) -> list[str]:
    """What is typed without the moment."""
    options = {f"--{each.replace('_', '-')}" for each in Cuts._fields}
    found: list[str] = []
    skip = False
    for word in words:
        if skip or word in options:
            skip = word in options
            continue
        found.append(word)
    return found


def test_every_read_is_asked() -> None:
    """None is left out but what needs a clock or a file, and points, as no rule here gives any.

    Those have pages of their own to be looked at (`test_season.py`).
    """
    found = {typed(shlex.split(p.values[1].replace("#", "\\#")))[0] for p in (*ASKED, *MORE)}  # type: ignore[union-attr]
    assert set(READS) - {"points", "season"} == found


ABSOLUTE = [
    *("standings", "standings/", "teams", "crew/102", "why/102", "log?crew=102", "record/140"),
    *("decisions", "docket", "publications", "diff/120..140", "what-if?without=140"),
    *("retirements", "finishers", "start-order/SS12", "anomalies", "check", "history"),
    *("history/102", "moment", "marks", "chart/places", "time-card/102", "incidents", "due"),
    *(
        "protest-clock",
        "outstanding",
        "late",
        "penalties",
        "standings?effective_at=2016-07-20T12:00",
    ),
]


@pytest.fixture(scope="module")
def both(
    ledgers: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, list[Response]], Get]:
    """Each page and its other forms at #148 before more records came, and who is asked since."""
    ledger = copied(ledgers("demo"), tmp_path_factory.mktemp("both") / "rally.db")
    get = fresh(ledger)
    before = {page: [arrived(get, each) for each in addresses(page)] for page in ABSOLUTE}
    more(ledger)
    return before, fresh(ledger)


def addresses(page: str) -> list[str]:
    """The address of a page at #148, and those of its other forms."""
    path, _, query = page.rstrip("/").partition("?")
    asked = f"{query}{'&' if query else ''}at=148"
    forms = ("", *(f".{each}" for each in FORMS))
    return [f"/silk-way-2016/{path}{form}?{asked}" for form in forms]


@pytest.mark.parametrize("page", one_in(5, ABSOLUTE))
def test_an_absolute_address_never_changes(
    page: str, both: tuple[dict[str, list[Response]], Get]
) -> None:
    """Its bytes are the same after a thousand records: of the page, and of its other forms."""
    before, after = both[0][page], [arrived(both[1], each) for each in addresses(page)]
    assert {200} <= {each.status for each in before} <= {200, 404}
    assert 200 == before[0].status, before[0].body
    assert [each.body for each in before] == [each.body for each in after]
    assert "immutable" in after[0].headers["cache-control"]


def test_pages_look_as_their_build_says(both: tuple[dict[str, list[Response]], Get]) -> None:
    """What looks otherwise is another build: `python -m tests.web.looks` raises it.

    Otherwise two sets of bytes would have the same address for ever.
    """
    from tests.web.looks import digests, kept

    now = digests(both[0])
    named, looked = kept()
    assert BUILD == named, "the build was raised: python -m tests.web.looks"
    changed = [page for page in now if now[page] != looked.get(page)]
    assert [] == changed, "pages look otherwise under the same build: python -m tests.web.looks"


def fresh(ledger: Path) -> Get:
    """A server that keeps nothing yet."""
    from cli.web.once import get

    served = served_from(ledger)
    return lambda target, **headers: get(served, target, headers)


def more(ledger: Path) -> None:
    """What comes later: penalties, a decision, a time, a document, what founds the rally anew.

    And a thousand remarks.
    """
    sign = ("--by", "A. Chair", "--role", "stewards", "--at", "2016-07-25T12:00+08:00")
    clerk = ("--by", "Clerk", "--role", "clerk-of-the-course", "--at", "2016-07-25T12:00+08:00")
    acts: list[tuple[Any, ...]] = [
        ("decide", "penalty", "104", "0:05:00", "--stage", "SS13", "--fact", "x", *sign),
        ("record", "PenaltyGiven", "number=102", "stage=SS12", "amount_ms=60000", *clerk),
        ("void", "#140", "--reason", "mistyped", *clerk),
        ("publish", "classification", "--kind", "provisional", "--category", "cars", *clerk),
        ("correct", "#1", "title=Another name", "timezone=+01:00", "--reason", "x", *clerk),
    ]
    for act in acts:
        run(["--ledger", str(ledger), *map(str, act)], settings())
    at = Instant(NOW, 0)
    told: dict[str, Any] = {"recorded_at": at, "fact_at": at, "by": "A", "role": "steward"}
    opened = Ledger(str(ledger), lambda: NOW)
    log = opened.log("silk-way-2016")
    log.append([RemarkMade(rally=log.rally, text=f"{n}", **told) for n in range(1000)])
    assert log.head().size > 1194
    opened.close()

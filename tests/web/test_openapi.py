"""The description for programs holds: what is asked as it says is answered as it says.

Schemathesis draws the questions from the description, also ones that it rules out, and holds the
answers against it: the status, the content type, the headers and the schema; nothing ever breaks.
Which texts are moments, and what a rally has, no schema says: what is none of it may be refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("schemathesis", reason="needs schemathesis")

import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.specs.openapi.schemas import OpenApiSchema

from cli.office.reads import READS
from cli.web.app import Served
from cli.web.asked import key_of, parameters
from cli.web.openapi import BESIDES, ERRORS, document
from cli.web.work import MOST_WAITING
from ledger.errors import LedgerError
from tests.command_line.conftest import behind_its_back
from tests.examples import examples, in_turn
from tests.web.conftest import served_from

RALLY = "silk-way-2016"
PATHS = {path.replace("{rally}", RALLY): each for path, each in document()["paths"].items()}
OF_THE_SAMPLE = {
    "stage": ("SS1", "SS11", "SS12"),
    "number": ("102", "104", "395"),
    "category": ("cars", "trucks"),
    "team": ("Team Peugeot Total",),
}
"""What there is of each kind in the sample: what is drawn hardly ever names something."""
SUBJECTS = {
    "record": ("149", "#3", "clerk-1"),
    "decision": ("clerk-1", "1"),
    "moments": ("148..149", "SS10..SS12"),
    "document": ("1",),
    "kind": ("places", "gaps"),
    "type": ("StageCancelled",),
}


@pytest.fixture(scope="session")
def site(ledgers: Callable[[str], Path]) -> Served:
    """The sample as it is served."""
    return served_from(ledgers("demo"))


@pytest.fixture(scope="session")
def described(site: Served) -> OpenApiSchema:
    """What is served of the sample, as it describes itself."""
    return of_the_sample(site)


def of_the_sample(served: Served) -> OpenApiSchema:
    """The description with the rally said: what is drawn would hardly ever be the one there is."""
    paths: dict[str, Any] = json.loads(json.dumps(PATHS))
    for each in paths.values():
        asked = each["get"]["parameters"]
        each["get"]["parameters"] = [one for one in asked if one["name"] != "rally"]
    found = schemathesis.openapi.from_dict({**document(), "paths": paths})
    found.app = served.app()
    served.stopping.set()  # who follows is told where one is, and the stream ends
    return found


def words() -> dict[str, tuple[str, ...]]:
    """What may be said for each parameter, by its name in an address."""
    found = dict(SUBJECTS)
    for path in PATHS.values():
        for each in path["get"]["parameters"]:
            if "examples" in each:
                found[each["name"]] = tuple(each["examples"])
    for read in READS:
        for each in parameters(read):
            if each.word.of in OF_THE_SAMPLE:
                found[key_of(each)] = OF_THE_SAMPLE[each.word.of]
    return found


WORDS = words()


@st.composite
def questions(
    draw: st.DrawFn, described: OpenApiSchema, path: str, mode: GenerationMode
) -> Case[Any]:
    """A question as the description has it, or as it rules it out; mostly of what there is."""
    case: Case[Any] = draw(described[path]["GET"].as_strategy(generation_mode=mode))
    for said in (case.path_parameters, case.query) if mode is GenerationMode.POSITIVE else ():
        for name in sorted({*said} & {*WORDS}):
            if draw(st.integers(0, 3)):
                word = draw(st.sampled_from(WORDS[name]))
                # In a path "#3" would begin a fragment, which no server is sent.
                said[name] = quote(word, safe="") if said is case.path_parameters else word
    return case


def must_hold(case: Case[Any], besides: tuple[Any, ...] = ()) -> Response:
    """Ask, and hold the answer against the description."""
    response = case.call(allow_redirects=False)
    case.validate_response(response, excluded_checks=[positive_data_acceptance, *besides])
    return response


@given(data=st.data())
@examples(200)
def test_what_is_described_holds(described: OpenApiSchema, data: st.DataObject) -> None:
    """Of any path, in any form, and whatever is said."""
    path = data.draw(st.sampled_from([*PATHS]))
    must_hold(data.draw(questions(described, path, GenerationMode.POSITIVE)))


@pytest.mark.slow
@pytest.mark.parametrize("path", [*PATHS])
def test_what_is_described_of_a_path_holds(described: OpenApiSchema, path: str) -> None:
    """Many questions of each."""

    @given(case=questions(described, path, GenerationMode.POSITIVE))
    @examples(15)
    def hold(case: Case[Any]) -> None:
        must_hold(case)

    hold()


def that_rule_out() -> Iterator[str]:
    """The paths that rule out some questions: of each read all forms, or the one whose turn it is.

    A page, JSON, CSV and the others are asked with the same words.
    """
    forms: dict[str, list[str]] = {}
    for path, each in PATHS.items():
        if any(asked["in"] == "query" for asked in each["get"]["parameters"]):
            forms.setdefault(path.partition(".")[0], []).append(path)
    for turn, several in enumerate(forms.values()):
        yield from in_turn(several, turn, len(several))


@pytest.mark.slow
@pytest.mark.parametrize("path", [*that_rule_out()])
def test_what_the_description_rules_out_is_refused(described: OpenApiSchema, path: str) -> None:
    """And with the ledger's own error. In every form of each read where RALLY_EXAMPLES is 1."""

    @given(case=questions(described, path, GenerationMode.NEGATIVE))
    @examples(8)
    def hold(case: Case[Any]) -> None:
        must_hold(case)

    hold()


# -- what goes wrong ---------------------------------------------------------------------------


def answered(served: Served, path: str, **given: str) -> tuple[int, str]:
    """What is answered as described: the status, and the kind of the error."""
    case = of_the_sample(served)[f"/{RALLY}/{path}"]["GET"].Case(path_parameters=given)
    response = must_hold(case, besides=(not_a_server_error,))
    return response.status_code, response.json()["error"]["kind"]


@pytest.mark.parametrize(
    ("stored", "told"), [("'x'", (409, "tampered")), ("CAST(x'80' AS TEXT)", (503, "unreadable"))]
)
def test_a_damaged_record_is_told(own: Path, stored: str, told: tuple[int, str]) -> None:
    """One that is not what was appended any more, or that the database itself can't read."""
    behind_its_back(own, (f"UPDATE record SET data = {stored} WHERE position = 140", ()))
    assert told == answered(served_from(own), "record/{record}.json", record="140")


def test_too_much_at_once_is_told(own: Path) -> None:
    """And when to ask again."""
    served = served_from(own)
    served.work._waiting = MOST_WAITING
    assert (503, "unavailable") == answered(served, "standings.json")


def test_every_error_has_a_status_that_is_described() -> None:
    """Of the whole tree; and no address of the site is left out."""
    tree = [LedgerError]
    for each in tree:
        tree += each.__subclasses__()
    told = {each.http_status for each in tree if each.__module__.startswith("ledger")}
    assert {*ERRORS} == told - {LedgerError.http_status}


def test_every_address_is_described(site: Served) -> None:
    """Those that are no read have a line of their own."""
    ours = {f"/{each}" for each in site._of_the_site} | {
        f"/{{rally}}/{e}" for e in site._of_a_rally
    }
    fixed = {path for path in BESIDES if "{" not in path.replace("{rally}", "")}
    assert ours == fixed

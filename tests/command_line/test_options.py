"""Options: no two of a command share a name, and each of the desk reaches what is recorded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import click
import pytest

from cli.main import cli
from ledger.times import parse_instant
from tests.command_line.conftest import answer
from tests.conftest import Filling, Rally


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command of the tree with its path, groups among them."""
    yield " ".join(path), group
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield from commands(found, (*path, name))


TREE = dict(commands(cli))
DESK = ("decide", "protest", "review", "appeal", "court", "publish")
AT_THE_DESK = sorted(
    path
    for path, command in TREE.items()
    if path.split(" ")[0] in DESK and not isinstance(command, click.Group)
)


@pytest.mark.parametrize("path", sorted(TREE))
def test_no_two_options_of_a_command_share_a_name(path: str) -> None:
    """Neither as it is typed nor as the command gets it; click itself only warns."""
    # A command keeps its --help as it is first asked for: as it is under `rally`.
    params = TREE[path].get_params(
        click.Context(TREE[path], parent=click.Context(cli, **cli.context_settings))
    )
    typed = Counter(name for each in params for name in {*each.opts, *each.secondary_opts})
    given = Counter(each.name for each in params)
    assert {} == {name: count for name, count in typed.items() if count > 1}
    assert {} == {name: count for name, count in given.items() if count > 1}


def test_a_variable_of_the_environment_is_of_one_option() -> None:
    """RALLY_BY means the same wherever it is read."""
    read_by: dict[str, set[str]] = defaultdict(set)
    for command in TREE.values():
        for each in command.params:
            names = [each.envvar] if isinstance(each.envvar, str) else each.envvar or ()
            for name in names:
                if name:
                    read_by[name].add(each.name)
    assert {} == {name: options for name, options in read_by.items() if len(options) > 1}


# -- what is typed is what is recorded -------------------------------------------------------------

Fields = dict[str, Any]


class Typed(NamedTuple):
    """What is typed for an option, and what it makes of the record, field by field.

    A field "effect.x" is one of the first effect, "last.x" of the last.
    `instead_of` are options that exclude it.
    """

    value: str | None
    makes: Fields
    instead_of: tuple[str, ...] = ()


def stored(time: str) -> list[int]:
    """An instant as it stands in a record."""
    instant = parse_instant(time)
    return [instant.ms, instant.offset]


STEERING = {
    *(
        "--json",
        "--dry-run",
        "--clock-is-right",
        "--expect",
        "--key",
        "--rally",
        "--ledger",
        "--subject-to-appeal",
    )
}
"""What says how and where it is recorded, or whether it is refused, and not what."""
SIGNED = {
    "--by": Typed("Bea", {"by": "Bea"}),
    "--role": Typed("stewards", {"role": "stewards"}),
    "--reason": Typed("seen twice", {"reason": "seen twice"}),
    "--at": Typed("2016-07-20T09:01+08:00", {"fact_at": stored("2016-07-20T09:01+08:00")}),
}
DECIDED = {
    **SIGNED,
    "--series": Typed("clerk", {"series": "clerk"}),
    "--fact": Typed("did not stop", {"fact": "did not stop"}),
    "--infringement": Typed("article 9", {"infringement": "article 9"}),
    "--ruling": Typed("as written", {"ruling": "as written"}),
    "--sender": Typed("The panel", {"sender": "The panel"}),
    "--to": Typed("The entrant", {"addressee": "The entrant"}),
    "--competitor": Typed("Team East", {"competitor": "Team East"}),
    "--signed-by": Typed("C. Third", {"signed_by": ["C. Third"]}),
    "--decided-at": Typed(
        "2016-07-20T09:02+08:00", {"decided_at": stored("2016-07-20T09:02+08:00")}
    ),
    "--suspended": Typed("until the next", {"effect.condition": "until the next"}),
    "--until": Typed(
        "2016-07-25T09:03+08:00", {"effect.until_at": stored("2016-07-25T09:03+08:00")}
    ),
    "--supersedes": Typed("clerk-1", {"supersedes": "{clerk-1}"}),
    "--supersedes-from": Typed("SS2", {"supersedes_from": "SS2"}),
    "--matter": Typed("#2", {"matter": ["{#2}"]}),
    "--evidence": Typed("#3", {"evidence": ["{#3}"]}),
    "--immediate": Typed(None, {"immediate": True}),
    "--no-appeal": Typed(None, {"appealable": False}),
    "--document": Typed("D77", {"document": "D77"}),
    "--decision-number": Typed("9.{run}", {"decision": "9.{run}"}),
}
STAGE = {"--stage": Typed("SS2", {"stage": "SS2"})}
FOUND = {
    **SIGNED,
    "--decision": Typed("clerk-1", {"decision": "{clerk-1}"}),
    "--document": Typed("D77", {"document": "D77"}),
}
WHO = {
    "--number": Typed("103", {"number": "103"}),
    "--competitor": Typed("Team East", {"competitor": "Team East"}),
}
HANDED = {
    "--with": Typed("secretary", {"lodged_with": "secretary"}),
    "--received-by": Typed("Eva", {"received_by": "Eva"}),
    "--means": Typed("electronic", {"means": "electronic"}),
}
LODGED = {**WHO, **HANDED, "--party": Typed("federation", {"party": "federation"})}
CATEGORY = {"--category": Typed("car", {"effect.categories": ["car"]})}
NO_EFFECT = {
    name: typed._replace(makes={}) if name in ("--suspended", "--until") else typed
    for name, typed in DECIDED.items()
}
"""Without an effect there is nothing to suspend."""
CREWS = {
    f"--{name}": Typed(value, {f"scope.{key}": value})
    for name, key, value in (
        ("category", "category", "car"),
        ("class", "class", "T1.1"),
        ("group", "group", "T1"),
        ("team", "team", "Team North"),
        ("trophy", "trophy", "Cup"),
    )
}
POSTED = {**SIGNED, "--document": Typed("7{run}", {"document": "7{run}"})}
CASES: dict[str, tuple[str, dict[str, Typed]]] = {
    "decide proposal": (
        "missed-1",
        {
            **DECIDED,
            "--amount": Typed("0:05:00", {"effect.amount_ms": 300_000}),
            "--applies-to": Typed("overall", {"effect.applies_to": "overall"}),
            "--evidence": Typed("#3", {"evidence": ["{missed}", "{#3}"]}),
        },
    ),
    "decide penalty": (
        "101 0:05:00",
        {
            **DECIDED,
            "--stage": Typed("SS1", {"stage": "SS1"}),
            "--applies-to": Typed("road", {"effect.applies_to": "road"}),
            "--not-in-start-order": Typed(None, {"effect.in_start_order": False}),
            "--point": Typed("WP1", {"effect.point": "WP1"}),
            "--only-in": Typed("class", {"effect.only_in": ["class"]}),
        },
    ),
    "decide credit": (
        "101 0:05:00",
        {**DECIDED, **STAGE, "--helped": Typed("103", {"effect.helped": "103"})},
    ),
    "decide disqualify": ("101", {**DECIDED, "--from": Typed("SS3", {"stage": "SS3"})}),
    "decide reprimand": ("101", {**DECIDED, **STAGE}),
    "decide fine": (
        "101 500 EUR",
        {
            **DECIDED,
            **STAGE,
            "--suspended": Typed("until the next", {"last.condition": "until the next"}),
            "--until": Typed(
                "2016-07-25T09:03+08:00", {"last.until_at": stored("2016-07-25T09:03+08:00")}
            ),
            "--suspended-part": Typed("200", {"effect.amount": 300, "last.amount": 200}),
            "--pay-by": Typed(
                "2016-07-22T18:00+08:00", {"effect.pay_by_at": stored("2016-07-22T18:00+08:00")}
            ),
        },
    ),
    "decide licence": (
        "101 suspended",
        {
            **DECIDED,
            **STAGE,
            "--whose": Typed("co-driver", {"effect.whose": "co-driver"}),
            "--named": Typed("Kim Rock", {"effect.name": "Kim Rock"}),
            "--runs-from": Typed(
                "2016-07-22T18:00+08:00", {"effect.from_at": stored("2016-07-22T18:00+08:00")}
            ),
            "--runs-until": Typed(
                "2017-07-22T18:00+08:00", {"effect.to_at": stored("2017-07-22T18:00+08:00")}
            ),
        },
    ),
    "decide reclassify": (
        "101 --class T2",
        {
            **DECIDED,
            "--from": Typed("SS2", {"stage": "SS2"}),
            "--category": Typed("trucks", {"effect.category": "trucks"}),
            "--group": Typed("T1", {"effect.group": "T1"}),
            "--class": Typed("T3", {"effect.class": "T3"}),
        },
    ),
    "decide put-back-start": ("101 0:05:00", {**DECIDED, **STAGE}),
    "decide relegate": (
        "101 --stage SS2",
        {
            **DECIDED,
            **STAGE,
            "--applies-to": Typed("stage", {"effect.applies_to": "stage"}),
            "--only-in": Typed("class", {"effect.only_in": ["class"]}),
        },
    ),
    "decide dock-points": (
        "101 drivers 3",
        {**DECIDED, **STAGE, "--championship": Typed("W2RC", {"effect.championship": "W2RC"})},
    ),
    "decide reposition": ("101 2", {**DECIDED, **STAGE}),
    "decide cancel-stage": ("SS2", {**DECIDED, **CATEGORY}),
    "decide reinstate-stage": ("SS2", {**DECIDED, **CATEGORY}),
    "decide withdraw": ("{penalty}", DECIDED),
    "decide no-action": ("101", {**NO_EFFECT, **STAGE}),
    "decide effects": (
        "CrewDisqualified",
        {
            **DECIDED,
            **STAGE,
            "--number": Typed("103", {"number": "103"}),
            "--suspended": Typed("until the next", {"last.condition": "until the next"}),
            "--until": Typed(
                "2016-07-25T09:03+08:00", {"last.until_at": stored("2016-07-25T09:03+08:00")}
            ),
            "--on-condition": Typed(
                "Reprimand", {"effect.act": "CrewDisqualified", "last.act": "Reprimand"}
            ),
        },
    ),
    "decide notify": (
        "clerk-1",
        {
            **SIGNED,
            "--how": Typed("hearing", {"how": "hearing"}),
            "--to": Typed("The entrant", {"to": "The entrant"}),
        },
    ),
    "decide acknowledge": ("clerk-1", SIGNED),
    "decide rescind": ("clerk-1", SIGNED),
    "decide activate": (
        "clerk-2",
        {**SIGNED, **STAGE, "--by-decision": Typed("clerk-1", {"decision": "{clerk-1}"})},
    ),
    "decide lapse": ("clerk-2", SIGNED),
    "decide fine-paid": (
        "{fined} 100",
        {
            **SIGNED,
            "--currency": Typed("EUR", {"currency": "EUR"}),
            "--received-by": Typed("The secretary", {"received_by": "The secretary"}),
        },
    ),
    "decide fine-returned": (
        "{returned} 50",
        {
            **SIGNED,
            "--currency": Typed("EUR", {"currency": "EUR"}),
            "--to": Typed("The entrant", {"to": "The entrant"}),
        },
    ),
    "decide succession": ("clerk-3", SIGNED),
    "protest lodge": (
        "",
        {
            **SIGNED,
            **LODGED,
            **STAGE,
            "--document": Typed("12", {"target": "{document}"}, ("--decision", "--record")),
            "--decision": Typed("clerk-1", {"target": "{clerk-1}"}, ("--document", "--record")),
            "--record": Typed("#3", {"target": "{#3}"}, ("--document", "--decision")),
            "--against": Typed("102", {"against": "102"}),
            "--grounds": Typed("no arrow", {"grounds": "no arrow"}),
            "--fee-paid": Typed(None, {"fee_paid": True}),
        },
    ),
    **{f"protest {each}": ("{protest}", FOUND) for each in ("admit", "inadmissible")},
    **{f"protest {each}": ("{protest}", FOUND) for each in ("uphold", "reject")},
    "protest withdraw": ("{protest}", SIGNED),
    "review petition": (
        "clerk-1",
        {
            **SIGNED,
            **LODGED,
            "--new": Typed("a video", {"new_element": "a video"}),
            "--deposit-paid": Typed(None, {"deposit_paid": True}),
        },
    ),
    **{f"review {each}": ("{petition}", FOUND) for each in ("admit", "reject")},
    **{f"review {each}": ("{petition}", FOUND) for each in ("unaltered", "redecided")},
    "appeal announce": (
        "clerk-1",
        {**SIGNED, **LODGED, "--fee-paid": Typed(None, {"fee_paid": True})},
    ),
    "appeal confirm": ("{appeal}", {**SIGNED, **HANDED}),
    **{f"appeal {each}": ("{appeal}", SIGNED) for each in ("lapse", "withdraw")},
    **{f"appeal {each}": ("clerk-1", SIGNED) for each in ("suspend", "resume")},
    "court": (
        "clerk-1 varied",
        {
            **SIGNED,
            "--role": Typed("court", {"role": "court"}),
            "--court": Typed("The court", {"court": "The court"}),
            "--case": Typed("3/2016", {"case": "3/2016"}),
            "--ruling": Typed("as written", {"ruling": "as written"}),
            "--effect": Typed("PenaltyGiven amount_ms=0:02:00", {"effect.amount_ms": 120_000}),
            "--on-condition": Typed("Reprimand", {"last.act": "Reprimand"}),
            "--suspended": Typed("until the next", {"last.condition": "until the next"}),
            "--until": Typed(
                "2016-07-25T09:03+08:00", {"last.until_at": stored("2016-07-25T09:03+08:00")}
            ),
            "--appeal": Typed("{appeal}", {"appeal": "{appeal}"}),
            "--decided-at": DECIDED["--decided-at"],
            "--signed-by": DECIDED["--signed-by"],
            "--document": Typed("D77", {"document": "D77"}),
        },
    ),
    "publish classification": (
        "",
        {
            **POSTED,
            **CREWS,
            "--kind": Typed("unofficial", {"kind": "unofficial"}),
            "--after": Typed("SS1", {"scope.after": "SS1"}, ("--stage", "--from", "--to", "--day")),
            "--stage": Typed("SS1", {"scope.stage": "SS1"}, ("--after", "--from", "--to", "--day")),
            "--day": Typed("1", {"scope.from": "SS1", "scope.to": "SS1"}, ("--from", "--to")),
            "--from": Typed("SS1", {"scope.from": "SS1"}),
            "--to": Typed("SS2", {"scope.to": "SS2"}),
            "--known-at": Typed("#30", {"position": 30}, ("--drawn-up", "--trophy")),
            "--protests-until": Typed(
                "2016-07-25T09:04+08:00", {"protests_until_at": stored("2016-07-25T09:04+08:00")}
            ),
            "--drawn-up": Typed(
                "{drawn}",
                {"drawn_up": "{drawn}"},
                ("--after", "--from", "--to", "--day", "--known-at", *CREWS),
            ),
        },
    ),
    "publish start-order": (
        "SS4",
        {
            **POSTED,
            "--category": Typed("car", {"category": "car"}),
            "--first-at": Typed(
                "2016-07-25T09:05+08:00", {"due_at": stored("2016-07-25T09:05+08:00")}
            ),
        },
    ),
    "publish decision": (
        "clerk-1",
        {**POSTED, "--drawn-up": Typed("{sheet}", {"drawn_up": "{sheet}"})},
    ),
}
"""Of every command of the desk, its arguments and what is typed for each of its options."""


def options_of(path: str) -> set[str]:
    """The options of a command that say what is recorded."""
    params = TREE[path].params
    return {each.opts[0] for each in params if isinstance(each, click.Option)} - STEERING


@pytest.fixture
def case(dune: Rally, filled: Filling) -> tuple[Rally, dict[str, str]]:
    """The Dune Rally with a matter of every kind on the desk; what each record is, by name."""
    return dune, filled("matters", lambda: _matters(dune))


def _matters(dune: Rally) -> dict[str, str]:
    clerk = ("--by", "Cleo", "--role", "clerk-of-the-course", "--reason", "seen")
    office = ("--by", "Rae", "--role", "results-office", "--reason", "left out")
    team = ("--by", "Team", "--role", "competitor")
    names: dict[str, str] = {}

    def put(name: str, *words: object) -> None:
        names[name] = answer(dune, *words)["id"]

    put("clerk-1", "decide", "effects", "PenaltyGiven amount_ms=60000", "--number", 101, *clerk)
    put(
        "clerk-2",
        "decide",
        "effects",
        "CrewDisqualified",
        "--suspended",
        "x",
        "--number",
        101,
        *clerk,
    )
    put("clerk-3", "decide", "no-action", 101, *clerk)
    put("clerk-4", "decide", "no-action", 101, "--supersedes", "clerk-3", *clerk)
    put("penalty", "record", "PenaltyGiven", "number=101", "amount_ms=60000", *clerk)
    put(
        "document",
        "publish",
        "classification",
        "--after",
        "SS2",
        "--kind",
        "provisional",
        "--document",
        12,
        *clerk,
    )
    put("protest", "protest", "lodge", "--number", 103, "--document", 12, "--grounds", "g", *team)
    put("petition", "review", "petition", "clerk-1", "--new", "a photo", *team)
    put("appeal", "appeal", "announce", "clerk-1", *team)
    for position in (2, 3):
        names[f"#{position}"] = answer(dune, "show", f"#{position}")["record"]["id"]
    put("sheet", "draw-up", "decision", "clerk-1", *clerk)
    put("drawn", "draw-up", "classification", "--kind", "unofficial", "--stage", "SS1", *clerk)
    put("entry", "correct", "#6", "trophies=Cup", *office)
    put("fined", "decide", "fine", 101, 500, "EUR", *clerk)
    put("returned", "decide", "fine", 103, 500, "EUR", *clerk)
    put("too_much", "decide", "fine-paid", names["returned"], 600, *clerk)
    put("stage", "record", "StageScheduled", "stage=SS4", "order=4", *clerk)
    put("missed", "record", "WaypointMissed", "number=101", "stage=SS1", "point=WP1", *clerk)
    return names


def runs(options: dict[str, Typed]) -> Iterator[set[str]]:
    """The options to be typed together, so that each is typed once at least."""
    left = set(options)
    while left:
        chosen: set[str] = set()
        for name in sorted(left) + sorted(options):
            apart = {*options[name].instead_of}
            if not chosen & apart and not any(name in options[each].instead_of for each in chosen):
                chosen.add(name)
        yield chosen
        left -= chosen


@pytest.mark.parametrize("path", AT_THE_DESK)
def test_every_option_of_the_desk_reaches_what_is_recorded(
    path: str, case: tuple[Rally, dict[str, str]]
) -> None:
    """Each has a value of its own, and the record says it; a new option needs a line above."""
    rally, names = case
    arguments, options = CASES[path]
    assert options_of(path) == options.keys()
    for run, chosen in enumerate(runs(options)):
        names["run"] = str(run)
        words = [*path.split(), *(each.format_map(names) for each in arguments.split())]
        for name in sorted(chosen):
            value = options[name].value
            words += [name] if value is None else [name, value.format_map(names)]
        recorded = _recorded(rally, words)
        for name in sorted(chosen):
            for field, expected in options[name].makes.items():
                wanted = _filled(expected, names)
                assert (name, field, wanted) == (name, field, _found(recorded, field))


def _recorded(rally: Rally, words: list[str]) -> dict[str, Any]:
    """What a command put on record."""
    said = answer(rally, *words)
    occurrence: dict[str, Any] = answer(rally, "show", f"#{said['position']}")["record"][
        "occurrence"
    ]
    return occurrence


def _filled(expected: Any, names: dict[str, str]) -> Any:
    if isinstance(expected, list):
        return [_filled(each, names) for each in expected]
    return expected.format_map(names) if isinstance(expected, str) else expected


def _found(recorded: dict[str, Any], field: str) -> Any:
    """A field of a record, of its scope, of its first or last effect or of its first slot."""
    where, _, name = field.rpartition(".")
    if where == "scope":
        return recorded["scope"].get(name)
    if where in ("effect", "last"):
        effect = recorded["effects"][0 if where == "effect" else -1]
        return effect.get("fields", {}).get(name, effect.get(name))
    if field == "due_at":
        return recorded["slots"][0]["due_at"]
    return recorded[field]

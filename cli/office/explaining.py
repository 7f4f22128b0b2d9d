"""A rule explained: what it means, where its value stands, who asks for it, and a worked case."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from cli.office.answer import Answer
from cli.office.asking import Word
from cli.office.rules import cited
from cli.office.view import View
from ledger.errors import NotFound
from ledger.times import iso, spelled
from ledger.vocabulary.rally import ParameterValue
from projections.rules.asked import ACTS, DEAD, EVERYWHERE, asked
from projections.rules.cases import Case, cases_of
from projections.rules.in_force import rules_in_force
from projections.rules.rulebook import SCHEMA
from projections.rules.sources import Source
from projections.rules.templates import rules_of, template_names


class Stands(NamedTuple):
    """What a rulebook or a rally says of a parameter: a value since a day, or the page wanted."""

    where: str
    value: ParameterValue | None
    since: str
    provenance: str
    source: Source | None = None
    wanted: str = ""


class Explained(NamedTuple):
    """Everything that is to be told of a parameter. `adopted` is what a rally has of it.

    `dead` are its choices that move nothing, each with why.
    """

    parameter: str
    meaning: str
    choices: tuple[str, ...]
    dead: Mapping[str, str]
    adopted: tuple[Stands, ...]
    rulebooks: tuple[Stands, ...]
    answers: tuple[str, ...]
    acts: tuple[str, ...]
    beside: tuple[str, ...]
    cases: tuple[Case, ...]

    def stand(self) -> tuple[Stands, ...]:
        """What the rally has of it, then what rulebooks have."""
        return (*self.adopted, *self.rulebooks)

    def document(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "parameter": self.parameter,
            "meaning": self.meaning,
            "choices": list(self.choices),
            "dead_choices": dict(self.dead),
            "in_force": [_stands(self.parameter, each) for each in self.adopted],
            "rulebooks": [_stands(self.parameter, each) for each in self.rulebooks],
            "answers": list(self.answers),
            "also": list(EVERYWHERE),
            "acts": list(self.acts),
            "works_with": list(self.beside),
            "cases": [
                {
                    "story": each.story,
                    "records": list(each.records),
                    "typed": [f"rally {line}" for line in each.typed()],
                    "beside": dict(each.beside),
                    "beside_shown": {
                        name: spelled(name, value) for name, value in each.beside.items()
                    },
                    "ask": f"rally {each.ask}",
                    "look": list(each.look),
                    "unit": each.unit,
                    "figures": [
                        {**figure._asdict(), "shown": spelled(self.parameter, figure.value)}
                        for figure in each.figures
                    ],
                }
                for each in self.cases
            ],
        }


COLUMNS = ("where", "since", "value", "provenance", "wanted")


def rule(
    seen: View,
    parameter: Annotated[
        str, Word("The parameter of the rules.", "PARAMETER", of="parameter", subject=True)
    ],
) -> Answer[Explained]:
    """What a rule means, what the rally and the rulebooks have of it, and a worked case."""
    return answer_of(explained(parameter, seen), seen)


def parameters() -> tuple[str, ...]:
    """Every parameter that can be explained, in the order in which they are told."""
    return tuple(SCHEMA)


def answer_of(found: Explained, seen: View | None) -> Answer[Explained]:
    """The answer on a rule, in a rally or without one."""
    rows = [{name: getattr(each, name) for name in COLUMNS} for each in found.stand()]
    return Answer(seen, found, "", found.document(), rows, COLUMNS)


def explained(parameter: str, seen: View | None, names: tuple[str, ...] = ()) -> Explained:
    """What there is to know of a parameter: in a rally, and in these rulebooks or all shipped ones.

    Raises:
        NotFound: there is no such parameter. Unreadable: one of the rulebooks has a fault.
    """
    if parameter not in SCHEMA:
        near = difflib.get_close_matches(parameter, SCHEMA, n=2)
        raise NotFound(
            f"There is no parameter {parameter}.",
            hint=f"Did you mean {' or '.join(near)}?"
            if near
            else "`rally rulebook show cross-country` lists them.",
        )
    by = asked(parameter)
    return Explained(
        parameter,
        SCHEMA[parameter].meaning,
        tuple(sorted(SCHEMA[parameter].choices)),
        DEAD.get(parameter, {}),
        _adopted(parameter, seen) if seen is not None else (),
        tuple(one for name in names or template_names() for one in _written(parameter, name)),
        tuple(sorted(by.answers)),
        ACTS.get(parameter, ()),
        by.beside,
        cases_of(parameter),
    )


def _adopted(parameter: str, seen: View) -> tuple[Stands, ...]:
    """What the rally adopted, and each change of it in its order."""
    facts = seen.classified.facts
    regulations = facts.regulations
    base = regulations.base
    found: list[Stands] = []
    if base.defines(parameter):
        value, source = base.parameters()[parameter], regulations.provenance.get(parameter, "")
        found.append(Stands(f"regulations {base.name}", value, "", source))
    elif parameter in base.wanted:
        found.append(
            Stands(f"regulations {base.name}", None, "", "", wanted=base.wanted[parameter])
        )
    for change in regulations.changes:
        if parameter in change.parameters:
            value, source = change.parameters[parameter], change.provenance.get(parameter, "")
            since = iso(change.since) if change.from_order is None else None
            found.append(Stands(change.title, value, since or "", source))
    if not found and rules_in_force(facts, None, None).name:
        found.append(Stands(f"regulations {base.name}", None, "", ""))
    return tuple(found)


def _written(parameter: str, name: str) -> tuple[Stands, ...]:
    """What a rulebook says, version by version."""
    rules = rules_of(name)
    if parameter in rules.wanted:
        return (Stands(rules.name, None, "", "", wanted=rules.wanted[parameter]),)
    return tuple(
        Stands(
            rules.name,
            each.value,
            each.since.isoformat() if each.since else "",
            each.source.told(),
            each.source,
        )
        for each in rules.versions.get(parameter, ())
    )


def _stands(parameter: str, each: Stands) -> dict[str, Any]:
    found: dict[str, Any] = {
        "rulebook": each.where,
        "value": each.value,
        "shown": "" if each.value is None else spelled(parameter, each.value),
        "since": each.since or None,
        "provenance": each.provenance,
    }
    found |= cited(each.source) if each.source else {}
    return found | ({"wanted": each.wanted} if each.wanted else {})

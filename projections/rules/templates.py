"""Rulebooks as files: the templates that rallies adopt, each able to extend another.

The TOML files in `rulebooks/` come with the ledger; a rally may have its own beside them. A file
that begins with `extends = "cross-country"` has every parameter of that rulebook, with where it
comes from, except those that it gives itself, and those that it leaves open: `without = ["…"]`.

A parameter may have several values, each from a day on: `[[reviews.window_ms]]` with `since`. One
that a page would say which nobody has is left open with the page that is wanted: `wanted = "…"`.
"""

from __future__ import annotations

import functools
import os
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from ledger.errors import LedgerError, NotFound, Unreadable
from ledger.files import LARGEST, bytes_of, why
from ledger.intake.lines import Template, Version
from ledger.vocabulary.rally import Article, ParameterValue
from projections.rules.procedure import amended
from projections.rules.recording import limits
from projections.rules.rulebook import SCHEMA, UNFINISHED, checked, must_be_known
from projections.rules.sources import ASSUMPTION, CITED, LOOSE, WRITE, Source, source_of

SUFFIX = ".toml"
EXTENDS, WITHOUT, ARTICLES = "extends", "without", "article"
WANTED = "wanted"
_ENTRY = {"value", "since", *CITED, *ASSUMPTION, LOOSE}


class Problem(NamedTuple):
    """What is wrong with a rulebook: the parameter (or `extends`), why, and what to do."""

    parameter: str
    message: str
    hint: str


class Dated(NamedTuple):
    """A value of a parameter, the day from which it holds, and where it stands."""

    since: date | None
    value: ParameterValue
    source: Source


class Rules(NamedTuple):
    """A rulebook as it is read: its parameters, and the rulebook that each was written in.

    Of a parameter the versions stand by their dates; `wanted` says where one would stand that is
    left open.
    """

    name: str
    extends: str
    versions: dict[str, tuple[Dated, ...]]
    wanted: dict[str, str]
    written_in: dict[str, str]
    articles: dict[str, Article]

    @property
    def parameters(self) -> dict[str, ParameterValue]:
        """The values by the latest versions."""
        return {name: several[-1].value for name, several in self.versions.items()}

    @property
    def provenance(self) -> dict[str, str]:
        """Where those stand, in words."""
        return {name: several[-1].source.told() for name, several in self.versions.items()}


def template(name: str) -> Template:
    """The rulebook of that name or in that file, as a rally adopts it.

    Raises:
        NotFound: there is none. Unreadable: it has a fault; the message names file and parameter.
    """
    rules = rules_of(name)
    versions = {
        name: tuple(Version(each.since, each.value, each.source.told()) for each in several)
        for name, several in rules.versions.items()
    }
    reach = timedelta(days=limits().days)
    return Template(rules.name, versions, rules.wanted, tuple(rules.articles.values()), reach)


def rules_of(name: str) -> Rules:
    """The rulebook of that name or in that file, with what it extends.

    Raises:
        NotFound: there is none. Unreadable: it has a fault; the message names file and parameter.
    """
    rules, problems = examined(name)
    for first in problems[:1]:
        raise Unreadable(first.message, hint=first.hint)
    return rules


def examined(name: str, extended_by: tuple[str, ...] = ()) -> tuple[Rules, list[Problem]]:
    """A rulebook as far as it is sound, and all that is wrong with it.

    Raises:
        NotFound: there is none. Unreadable: the file can't be read, or is no TOML.
    """
    if _is_file(name):
        return _examined(name, extended_by)
    rules, problems = _shipped(name, extended_by)
    return rules, [*problems]


@functools.lru_cache(256)
def _shipped(name: str, extended_by: tuple[str, ...]) -> tuple[Rules, list[Problem]]:
    """What comes with the ledger is read once: no file of it changes while it runs."""
    return _examined(name, extended_by)


def _examined(name: str, extended_by: tuple[str, ...]) -> tuple[Rules, list[Problem]]:
    said = _toml(name)
    problems: list[Problem] = []
    left_open = said.pop(WITHOUT, [])
    parent = _parent(name, said.pop(EXTENDS, ""), extended_by, problems)
    articles = _articles(name, said.pop(ARTICLES, []), problems)
    own = _own(name, said, articles, problems)
    rules = Rules(called(name), parent.name if parent else "", {}, {}, {}, {})
    for each in filter(None, (parent, own)):
        if each is own:
            _leave_open(name, left_open, rules, problems)
        _displace(rules, each)
        for gone in each.wanted:
            rules.versions.pop(gone, None)
        for said_now in each.versions:
            rules.wanted.pop(said_now, None)
        rules.versions.update(each.versions)
        rules.wanted.update(each.wanted)
        rules.written_in.update(each.written_in)
        rules.articles.update(each.articles)
    return rules, problems


def unsourced(rules: Rules) -> list[Problem]:
    """The values, each version of them, of which nobody can look up where they stand."""
    return [
        _fault(rules.written_in[name], f"{name}{_from(each)}", lacks, WRITE)
        for name, several in rules.versions.items()
        for each in several
        if (lacks := each.source.lacks())
    ]


def _from(each: Dated) -> str:
    return f" since {each.since}" if each.since else ""


def incomplete(rules: Rules) -> list[Problem]:
    """What a rulebook leaves open that its own choices need."""
    problems = []
    for (parameter, choices), needed in _NEEDS.items():
        chosen = rules.parameters.get(parameter)
        open_ = (each for each in needed if each not in rules.versions)
        for missing in (each for each in open_ if each not in rules.wanted):
            if chosen in choices:
                message = f"is not defined, and {parameter} = {chosen} needs it"
                hint = f"Define it: {SCHEMA[missing].meaning}"
                problems.append(_fault(rules.name, missing, message, hint))
    return problems


_COSTS = tuple(sorted(UNFINISHED - {"not-classified"}))
_NEEDS = {
    ("controls.penalties", ("computed",)): (
        "start.late_ms_per_minute",
        "start.false_start_ms",
        "controls.precision_ms",
        "controls.late_ms_per_minute",
        "controls.early_ms_per_minute",
        "controls.late_limit_ms",
        "controls.not_visited_ms",
    ),
    ("overall.unfinished_stage", _COSTS): ("overall.unfinished_stage_ms",),
    ("overall.not_started_stage", _COSTS): ("overall.not_started_stage_ms",),
}


def called(name: str) -> str:
    """What the rulebook of a name or a file is called."""
    return Path(name).stem if _is_file(name) else name


def template_names() -> list[str]:
    """The rulebooks that come with the ledger."""
    folder = resources.files("projections") / "rulebooks"
    return sorted(
        file.name.removesuffix(SUFFIX) for file in folder.iterdir() if file.name.endswith(SUFFIX)
    )


def _is_file(name: str) -> bool:
    return name.endswith(SUFFIX)


def _toml(name: str) -> dict[str, Any]:
    try:
        if _is_file(name):
            text = bytes_of(Path(name), LARGEST).decode("utf-8-sig")
        elif name in (names := template_names()):
            file = resources.files("projections") / "rulebooks" / f"{name}{SUFFIX}"
            text = file.read_text(encoding="utf-8")
        else:
            raise NotFound(
                f"There is no rulebook {name!r}.",
                hint=f"There are: {', '.join(names)}; or name a file, as rules{SUFFIX}.",
            )
        return tomllib.loads(text)
    except OSError as error:
        raise Unreadable(f"The rulebook {name} can't be read: {why(error)}.") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The rulebook {name}: {error}.", hint="Mend the file.") from None


def _parent(
    name: str, extends: object, extended_by: tuple[str, ...], problems: list[Problem]
) -> Rules | None:
    """The rulebook that is extended: by its name, or as a file beside the one that extends it."""
    if extends == "":
        return None
    chain = (*extended_by, os.path.normpath(name))
    try:
        if not isinstance(extends, str):
            raise Unreadable("it is not a text.", hint='Write extends = "cross-country".')
        beside = os.path.normpath(Path(name).parent / extends) if _is_file(extends) else extends
        if beside in chain:
            raise Unreadable(f"{' → '.join((*chain, beside))} goes in a circle.")
        parent, its_problems = examined(beside, chain)
    except LedgerError as error:
        said = f"The rulebook {name}: {EXTENDS} = {extends!r}: {error.message}"
        problems.append(Problem(EXTENDS, said, error.hint))
        return None
    problems += its_problems
    return parent


def _leave_open(name: str, left_open: object, rules: Rules, problems: list[Problem]) -> None:
    """Take out what a file does not take over from the rulebook that it extends."""
    wanted = left_open if isinstance(left_open, list) else [left_open]
    for each in wanted:
        if not isinstance(each, str) or each not in rules.written_in:
            hint = f'Write {WITHOUT} = ["ties.chain"], of what {rules.extends or "nothing"} says.'
            message = f"The rulebook {name}: {WITHOUT} = {each!r} leaves nothing open."
            problems.append(Problem(WITHOUT, message, hint))
            continue
        rules.versions.pop(each, None)
        rules.wanted.pop(each, None)
        rules.written_in.pop(each)


def _displace(rules: Rules, by: Rules) -> None:
    """Take out what a file says otherwise in the words of before."""
    said = {name: several[-1].value for name, several in by.versions.items()}
    kept = amended(rules.parameters, said)
    for each in [each for each in rules.versions if each not in kept]:
        rules.versions.pop(each)
        rules.written_in.pop(each)


def _own(
    name: str, said: Mapping[str, Any], articles: dict[str, Article], problems: list[Problem]
) -> Rules:
    """What a file says itself."""
    own = Rules(called(name), "", {}, {}, {}, articles)
    for group, entries in said.items():
        if not isinstance(entries, dict):
            problems.append(_fault(name, group, "is no group of parameters", _AS_TABLE))
            continue
        for key, entry in entries.items():
            where = f"{group}.{key}"
            try:
                if isinstance(entry, dict) and WANTED in entry:
                    own.wanted[where] = _wanted(name, where, entry)
                else:
                    own.versions[where] = _versions(name, where, entry)
            except LedgerError as error:
                problems.append(Problem(where, error.message, error.hint))
            else:
                own.written_in[where] = own.name
    return own


_AS_TABLE = "Write [group.parameter], and under it value = … and where it stands: document = …"


def _fault(name: str, where: str, message: str, hint: str) -> Problem:
    return Problem(where.partition(" ")[0], f"The rulebook {name}: {where} {message}.", hint)


def _wanted(name: str, where: str, entry: Mapping[str, Any]) -> str:
    """Where a parameter would stand that is left open.

    Raises:
        Unreadable: an unknown parameter, no text, or a value beside it.
    """
    must_be_known(name, where)
    at = entry[WANTED]
    if not isinstance(at, str) or not at.strip() or len(entry) > 1:
        raise Unreadable(
            f"The rulebook {name}: {where} does not say which page is wanted, and only that.",
            hint='Write wanted = "document, edition, article, page" and nothing else.',
        )
    return at.strip()


def _versions(name: str, where: str, entry: object) -> tuple[Dated, ...]:
    """The values of a parameter by the days from which they hold.

    Raises:
        Unreadable: one of them can't be read, or two hold from one day.
    """
    several = entry if isinstance(entry, list) else [entry]
    found = sorted(
        (_dated(name, where, each) for each in several), key=lambda each: each.since or date.min
    )
    days = [each.since for each in found]
    if not found or len(set(days)) < len(days):
        raise Unreadable(
            f"The rulebook {name}: {where} has two values from one day, or none.",
            hint="Write [[group.parameter]] for each, with since = 2024-01-01 from the second on.",
        )
    return tuple(found)


def _dated(name: str, where: str, entry: object) -> Dated:
    """A value of a parameter, from when on, and where it stands.

    Raises:
        Unreadable: not a table, an unknown parameter, a wrong value, or no provenance.
    """
    if not isinstance(entry, dict) or "value" not in entry:
        raise Unreadable(f"The rulebook {name}: {where} has no value.", hint=_AS_TABLE)
    value = checked(name, where, entry["value"])
    for unknown in sorted(entry.keys() - _ENTRY):
        raise Unreadable(
            f"The rulebook {name}: {where} says {unknown!r}, which is not known.",
            hint=f"Known: {', '.join(sorted({*_ENTRY, WANTED}))}.",
        )
    since = entry.get("since")
    if since is not None and type(since) is not date:
        raise Unreadable(
            f"The rulebook {name}: {where} holds since {since!r}, which is no day.",
            hint="Write since = 2024-01-01, without quotes.",
        )
    return Dated(since, value, source_of(name, where, entry))


def _articles(name: str, said: object, problems: list[Problem]) -> dict[str, Article]:
    """The articles that a file gives as texts, by what they are called."""
    found: dict[str, Article] = {}
    for each in said if isinstance(said, list) else [said]:
        try:
            article = msgspec.convert(each, Article)
        except msgspec.ValidationError as error:
            message = f"The rulebook {name}: an article can't be read: {error}."
            hint = 'Write [[article]] with article = "12.3", text = "…" and page = "14".'
            problems.append(Problem(ARTICLES, message, hint))
        else:
            found[article.article] = article
    return found

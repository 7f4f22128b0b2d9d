"""What all documents have in common: head, basis and the places where they are signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cli.documents.rendering import CHECKPOINT, Sheet
from cli.names import naming_in
from cli.rally_clocks import RallyClocks
from ledger.errors import LedgerError
from ledger.keyring import by_target, root_of
from ledger.proofs.checkpoints import read_checkpoint
from ledger.proofs.origins import read_origin
from ledger.times import Instant
from ledger.vocabulary import ActsSigned, KeyRegistered, OfficialAppointed, OfficialReplaced
from ledger.vocabulary.publication import scope_title
from projections.rules.rulebook import Rulebook, if_known
from projections.state.facts import Facts
from projections.state.rally import EDITION
from projections.state.recorded import Fact


def head(facts: Facts, rally: str, *, title: str, subject: str, at: Instant) -> dict[str, Any]:
    """The head of a document: of which rally it is, what it is, and the moment that it bears."""
    constituted = facts.rally
    moment = Instant(at.ms, 0).datetime
    organiser = _organisers_key(facts)
    return {
        **({"organisers_key": organiser} if organiser else {}),
        "rally": rally,
        "rally_title": constituted.title if constituted else rally,
        "title": title,
        "subject": subject,
        "document": "",
        "draft": False,
        "badge": "",
        "dated": [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second],
    }


def _organisers_key(facts: Facts) -> str:
    """The fingerprint of the key of which all keys of office come; "" where there is none.

    It is on every sheet, since whoever checks the log has to know it from elsewhere.
    """
    registered = {each.id: each.value for each in facts.recorded(KeyRegistered)}
    if not registered:
        return ""
    signatures = {each.id: each.value for each in facts.recorded(ActsSigned)}
    root = root_of(registered.items(), by_target(signatures, registered.keys()))
    return registered[root].fingerprint if root else ""


_IN_WORDS = frozenset({"words", "note", "said", "now"})
"""What is put into words, and may hold moments; texts that officials wrote stay as they are."""
_FOR_PEOPLE = 3
"""Since this edition sheets show moments and records as people name them; before, as recorded."""


def sheet(kind: str, data: Mapping[str, Any], facts: Facts, edition: int = EDITION) -> Sheet:
    """A sheet of this data: moments by the clocks of the rally, records named as people do."""
    if edition < _FOR_PEOPLE:
        return Sheet(kind, dict(data))
    clocks, named = RallyClocks(lambda: facts.rally), naming_in(facts)

    def shown(name: str, value: Any) -> Any:
        if isinstance(value, str):
            return clocks.text(named(value)) if name in _IN_WORDS else clocks.moment(value)
        if isinstance(value, Mapping):
            return {each: shown(each, of) for each, of in value.items()}
        if isinstance(value, (list, tuple)):
            return [shown(name, each) for each in value]
        return value

    return Sheet(kind, {name: shown(name, value) for name, value in data.items()})


def subject_of(scope: Mapping[str, str]) -> str:
    """What a classification is of: "Overall after SS12 · cars"."""
    crews = ("category", "class", "group", "team", "trophy")
    of = scope_title({name: value for name, value in scope.items() if name not in crews})
    return " · ".join([of, *(scope[name] for name in crews if scope.get(name))])


def basis(position: int, root: str, rulebook: str, edition: int = EDITION) -> dict[str, Any]:
    """On what a document rests, for its foot: how much of the log, with the root there."""
    return {"position": position, "root": root, "rulebook": rulebook, "edition": edition}


def borne(checkpoint: str, position: int, root: str) -> dict[str, Any]:
    """The checkpoint that a sheet bears: that of its basis, as it was put on record with it."""
    try:
        found = read_checkpoint(checkpoint.encode())
        read_origin(found.origin)
    except (LedgerError, UnicodeEncodeError):
        return {}
    own = {each.name for each in found.signatures} == {found.origin}
    fits = own and (found.size, found.root.hex()) == (position, root)
    return {CHECKPOINT: checkpoint} if fits else {}


def offices_to_sign(rules: Rulebook, parameter: str) -> tuple[str, ...]:
    """The offices that a rulebook wants to sign; none where it does not say."""
    return if_known(rules.texts, parameter) or ()


def place(name: str, office: str, *, signed: bool = False) -> dict[str, Any]:
    """A place for a signature; `signed` says that it stands on record already."""
    return {"name": name, "office": office.replace("-", " "), "signed": signed}


def places(
    facts: Facts, offices: Sequence[str], by: str, role: str, signed_by: str = ""
) -> list[dict[str, Any]]:
    """A place for every office that signs, with who signed for it or who holds it.

    Whoever posts a document signs it by that; `signed_by` names those who signed before, as
    "Ann Lee, stewards; Bob Roe, timekeeper".
    """
    signed = {}
    for each in signed_by.split("; "):
        name, _, office = each.rpartition(", ")
        signed[office] = name
    wanted = dict.fromkeys([*offices, *(each for each in signed if each), role])
    names = {each: signed.get(each) or ", ".join(holders(facts, each)) for each in wanted}
    names[role] = names[role] if signed.get(role) else by
    return [
        place(name, office, signed=office in signed) for office, name in names.items() if office
    ]


def holders(facts: Facts, office: str) -> list[str]:
    """Who holds an office as far as is known: who was appointed or succeeded to it, in order."""
    acts: list[Fact[OfficialAppointed] | Fact[OfficialReplaced]] = [
        *facts.recorded(OfficialAppointed),
        *facts.recorded(OfficialReplaced),
    ]
    found: dict[str, None] = {}
    for each in sorted(acts, key=lambda act: (act.value.recorded_at.ms, act.value.type_name())):
        said = each.value
        if said.office != office:
            continue
        if isinstance(said, OfficialReplaced):
            found.pop(said.official, None)
            found |= {said.successor: None} if said.successor else {}
        else:
            found[said.official] = None
    return list(found)

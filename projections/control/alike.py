"""Names by which crews are classified that may be one: "car" beside "cars", "Truck" beside "truck".

Each would be a classification of its own, and what is directed for the one would not bear on the
other, all in silence.
"""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from ledger.vocabulary import TYPES, CrewEntered, CrewReclassified
from projections.control.anomaly import Anomaly
from projections.state.entries import by_number
from projections.state.rally import RallyState
from projections.state.recorded import Fact

_ONE = 0.85
"""From which share of common letters on two words may be one: "truck" and "truk", not "junior" and
"senior"."""
_LEAST = 4
_FEW = 3
_DIRECTED = tuple(
    kind
    for kind in TYPES.values()
    if kind not in (CrewEntered, CrewReclassified)
    and {"category", "categories"} & {each.name for each in msgspec.structs.fields(kind)}
)
"""What is directed or planned for categories by their names."""


def names_alike(state: RallyState) -> Iterator[Anomaly]:
    """Categories, groups, classes, trophies and teams that are borne, or named, as two."""
    borne: dict[str, dict[str, list[Fact[CrewEntered]]]] = defaultdict(lambda: defaultdict(list))
    for entry in state.facts.crews.values():
        crew = entry.value
        for what in ("category", "group", "team"):
            borne[what][getattr(crew, what)].append(entry)
        borne["class"][crew.crew_class].append(entry)
        for trophy in crew.trophies:
            borne["trophy"][trophy].append(entry)
    for what, names in borne.items():
        for one, other in itertools.combinations(sorted(filter(None, names)), 2):
            if alike(one, other, as_words=what != "team"):
                few, many = sorted((one, other), key=lambda name: (len(names[name]), name))
                whose = [_crews([entry.value.number for entry in names[e]]) for e in (few, many)]
                message = f"The {what} {few!r} ({whose[0]}) may be {many!r} ({whose[1]})."
                at = tuple(sorted({entry.position for e in (few, many) for entry in names[e]}))
                yield Anomaly("names-alike", at, message)
    yield from _directed(state, borne["category"].keys() - {""})


def _directed(state: RallyState, borne: set[str]) -> Iterator[Anomaly]:
    """What is directed for a category that no crew bears, while they bear one like it."""
    for kind in _DIRECTED:
        for each in state.facts.of(kind):
            category = getattr(each.value, "category", "")
            named = {*getattr(each.value, "categories", ()), *({category} if category else ())}
            for name in sorted(named - borne):
                if like := [one for one in sorted(borne) if alike(one, name)]:
                    there_is = " and ".join(map(repr, like))
                    message = f"No crew is in the category {name!r}; there is {there_is}: "
                    message += each.value.words()
                    stage = getattr(each.value, "stage", "")
                    yield Anomaly("names-alike", (each.position,), message, "", stage)


def alike(one: str, other: str, *, as_words: bool = True) -> bool:
    """Whether two names may be one: but for case, accents, blanks and signs.

    As words, also in the plural, or with a letter amiss.
    """
    a, b = _bare(one), _bare(other)
    if a == b:
        return bool(a)
    if not as_words or not (a.isalpha() and b.isalpha()):
        return False
    short, long = sorted((a, b), key=len)
    if len(short) >= _LEAST - 1 and long in (f"{short}s", f"{short}es"):
        return True
    return len(short) >= _LEAST and difflib.SequenceMatcher(None, a, b).ratio() >= _ONE


def _bare(name: str) -> str:
    """The letters and figures of a name."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(each for each in plain if each.isalnum())


def _crews(numbers: list[str]) -> str:
    if len(numbers) > _FEW:
        return f"{len(numbers)} crews"
    return f"crew{'s' if len(numbers) > 1 else ''} {', '.join(sorted(numbers, key=by_number))}"

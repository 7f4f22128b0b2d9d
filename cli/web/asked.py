"""What is asked by an address: which read, of which rally, at which moment, and in which form.

The names of pages are those of the reads, and what stands behind one is what the read is about;
parameters are those of the read, with "_" for "-". Nothing is listed here: the table tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote, unquote, urlencode

import msgspec

from cli.office.asking import Cuts, Parameter
from cli.office.reads import READS
from cli.office.views import BETWEEN
from cli.web.build import BUILD
from ledger.errors import NotFound, Usage

PAGE_OF = {"show": "record"}
"""Pages that are called otherwise than the read: what is shown is a record."""
READ_OF = {PAGE_OF.get(name, name.replace(" ", "/")): name for name in READS}
OF_THE_LEDGER = frozenset(
    PAGE_OF.get(name, name.replace(" ", "/")) for name, read in READS.items() if read.of_a_ledger
)
"""The pages over all rallies, which stand below none of them."""
FORMS = ("json", "csv", "svg", "pdf")
DRAWN = {
    "svg": frozenset({"chart"}),
    "pdf": frozenset({"publications", "rulebook show", "document receipt"}),
}
"""What is drawn as well: charts, one document as it hangs on the board, rules and receipts."""
CUTS = {"at": "known_at", "known_at": "known_at", **{each: each for each in Cuts._fields[1:]}}
LARGEST = 999_999_999
"""The largest whole number that is read."""
_PLAIN = (str, int, bool)
_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


def page_named(read: str) -> str:
    """What the page of a read is called."""
    return PAGE_OF.get(read, read.replace(" ", "/"))


class Question(msgspec.Struct, frozen=True):
    """What is asked: a read with its parameters, of a rally at a cut, in a form.

    `absolute` is it at a position, as if the log ended there: then its answer never changes, and
    the cuts are a position and instants with their offset. `now` says that what takes long shall be
    done, and not only be offered. What is asked of the ledger is of no rally, and never absolute.
    """

    rally: str
    read: str
    given: dict[str, Any]
    cuts: Cuts = Cuts()
    form: str = "html"
    absolute: bool = False
    now: bool = False

    @property
    def page(self) -> str:
        """What the page of the read is called."""
        return page_named(self.read)

    @property
    def position(self) -> int | None:
        """The position of an absolute one."""
        return int(self.cuts.known_at or 0) if self.absolute else None

    def at(self, position: int) -> Question:
        """The same at a position, whatever came later."""
        cuts = self.cuts._replace(known_at=str(position))
        return msgspec.structs.replace(self, cuts=cuts, absolute=True)

    def live(self) -> Question:
        """The same as it stands now."""
        cuts = self.cuts._replace(known_at=None)
        return msgspec.structs.replace(self, cuts=cuts, absolute=False)

    def giving(self, **given: Any) -> Question:
        """The same with other parameters; None takes one away."""
        told = {name: each for name, each in {**self.given, **given}.items() if each is not None}
        return msgspec.structs.replace(self, given=told)

    def turned(self, form: str) -> Question:
        """The same in another form."""
        return msgspec.structs.replace(self, form=form)


class Asked(msgspec.Struct, frozen=True):
    """What an address asks, as it was written: `build` is the one that it names, if any."""

    question: Question
    build: str | None = None


@cache
def parameters(read: str) -> list[Parameter]:
    """What a read can be asked over the web: no file is handed in, and nothing private is shown."""
    found = READS[read].parameters()
    return [each for each in found if each.kind in _PLAIN and not each.word.opens]


def has_form(read: str, form: str) -> bool:
    """Whether a read can be had in a form."""
    if form == "csv":
        return READS[read].has_table
    return form not in DRAWN or read in DRAWN[form]


def key_of(parameter: Parameter) -> str:
    """The name of a parameter in an address."""
    name = parameter.asked_as.replace("-", "_")
    return "for" if name in CUTS else name  # the moment for which it is asked is no cut of the log


@cache
def subject_of(read: str) -> Parameter | None:
    """What a read is about, which stands behind its name."""
    return next((each for each in parameters(read) if each.word.subject), None)


def parts_of(parameter: Parameter) -> list[str]:
    """The names of the parts of a subject that has several: from, to."""
    return [each.strip("[]").lower() for each in (parameter.word.metavar or "").split()]


# -- from an address -------------------------------------------------------------------------------


def asked(rally: str, path: Sequence[str], query: Iterable[tuple[str, str]]) -> Asked:
    """What is asked by the parts of a path behind that of the rally, and by a query.

    Raises:
        NotFound: there is no such page. Usage: a parameter that it has not, or a value that it
            can't have.
    """
    read, rest, form = _read_of(path)
    if READS[read].of_a_ledger is not (not rally):
        there = "/{}" if READS[read].of_a_ledger else "/RALLY/{}"
        where = there.format(PAGE_OF.get(read, read.replace(" ", "/")))
        raise NotFound(f"There is no page {'/'.join(path)!r}.", hint=f"It is {where}.")
    told: dict[str, list[str]] = {}
    for name, value in query:
        if value:  # a field of a form that was left empty is not asked
            told.setdefault(name, []).append(value)
    build, now = told.pop("v", [None])[-1], bool(told.pop("now", ()))
    if not rally and "known_at" in told:
        told["known_at"] = [BETWEEN.join(told["known_at"])]
    cuts = _cuts(told)
    absolute = bool(rally) and ("at" in told or build is not None)
    given = _given(read, rest, {name: each for name, each in told.items() if name not in CUTS})
    if absolute and cuts.known_at is None:
        build, absolute = None, False
    return Asked(Question(rally, read, given, cuts, form, absolute, now), build)


def is_of_the_ledger(name: str) -> bool:
    """Whether it is the name of a page over all rallies, in any form."""
    page, dot, ending = name.rpartition(".")
    return name in OF_THE_LEDGER or bool(dot and ending in FORMS and page in OF_THE_LEDGER)


def segments(raw_path: str) -> list[str]:
    """The parts of a path as it was sent: what is quoted within one belongs to it."""
    return [unquote(each) for each in raw_path.split("/")[1:]]


def _read_of(path: Sequence[str]) -> tuple[str, list[str], str]:
    """The read that is meant, what stands behind it, and the form."""
    parts, form = list(path), "html"
    name, dot, ending = parts[-1].rpartition(".") if parts else ("", "", "")
    if dot and name and ending in FORMS:
        parts[-1], form = name, ending
    for length in (2, 1):
        page = "/".join(parts[:length])
        read = READ_OF.get(page) or (page if page in PAGE_OF else None)
        if len(parts) >= length and read is not None:
            if not has_form(read, form):
                break
            return read, [each for each in parts[length:] if each], form
    pages = ", ".join(READ_OF)
    raise NotFound(f"There is no page {'/'.join(path)!r}.", hint=f"There are: {pages}.")


def _cuts(told: Mapping[str, list[str]]) -> Cuts:
    found: dict[str, str] = {}
    for name, cut in CUTS.items():
        for value in told.get(name, ()):
            if found.setdefault(cut, value) != value:
                raise Usage(f"{name} is said twice.", hint="Say it once.")
    return Cuts(**{name: _instant_in(each) for name, each in found.items()})


def _instant_in(text: str) -> str:
    """A moment whose plus was written as it is: in an address that is a blank."""
    before, blank, offset = text.rpartition(" ")
    return (
        f"{before}+{offset}" if blank and len(offset) == _OFFSET_LENGTH and "T" in before else text
    )


_OFFSET_LENGTH = len("08:00")


def _given(read: str, rest: Sequence[str], told: dict[str, list[str]]) -> dict[str, Any]:
    known = {key_of(each): each for each in parameters(read)}
    subject = subject_of(read)
    given: dict[str, Any] = {}
    if subject is not None:
        key = key_of(subject)
        if subject.several:
            # Only where nothing stands behind the name: on a page that is about two moments, from
            # and to are those of a range of stages.
            parts = () if rest else parts_of(subject)
            named = [value for part in parts for value in told.pop(part, ())]
            told = {**told, key: [*rest, *told.get(key, ()), *named]} if rest or named else told
        elif rest:
            told = {**told, key: ["/".join(rest)]}
    elif rest:
        raise NotFound(f"Nothing stands behind {PAGE_OF.get(read, read)}.")
    for name, values in told.items():
        if (parameter := known.get(name)) is None:
            hint = f"It may be: {', '.join((*known, *CUTS))}."
            raise Usage(f"Nothing is asked by {name!r}.", hint=hint)
        given[parameter.name] = _value(parameter, name, values)
    return given


def _value(parameter: Parameter, name: str, values: list[str]) -> Any:
    if parameter.word.metavar in ("MOMENT", "TIME") or parameter.several:
        values = [_instant_in(each) for each in values]
    if parameter.several:
        return tuple(values if parameter.word.subject else " ".join(values).split())
    if len(set(values)) > 1:
        raise Usage(f"{name} is said twice.", hint="Say it once.")
    (value,) = set(values)
    if parameter.kind is bool:
        if value.lower() not in _YES | _NO:
            raise Usage(f"{name} can't be {value!r}.", hint="It is 1 or 0.")
        return value.lower() in _YES
    if parameter.kind is int:
        return whole(name, value)
    return value


def whole(name: str, value: str) -> int:
    """A whole number that is said.

    Raises:
        Usage: it is none, or too large.
    """
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(LARGEST))):
        raise Usage(f"{name} can't be {value!r}.", hint="It is a whole number.")
    return int(value)


# -- to an address ---------------------------------------------------------------------------------


def path_of(question: Question) -> str:
    """The path of a question below that of its rally."""
    subject = subject_of(question.read)
    value = question.given.get(subject.name) if subject else None
    behind = "..".join(value) if isinstance(value, (tuple, list)) else value
    path = question.page if behind is None else f"{question.page}/{quote(str(behind), safe='')}"
    return path if question.form == "html" else f"{path}.{question.form}"


def pairs_of(question: Question) -> list[tuple[str, str]]:
    """The query of a question, its moment first."""
    pairs: list[tuple[str, str]] = []
    if question.absolute:
        pairs += [("at", str(question.cuts.known_at)), ("v", BUILD)]
    elif question.cuts.known_at is not None:
        pairs.append(("known_at", question.cuts.known_at))
    pairs += [(n, v) for n, v in question.cuts._asdict().items() if n != "known_at" and v]
    subject = subject_of(question.read)
    for each in parameters(question.read):
        value = question.given.get(each.name)
        if each == subject or value in (None, False, ()):
            continue
        values = value if isinstance(value, (tuple, list)) else (value,)
        pairs += [(key_of(each), "1" if one is True else str(one)) for one in values]
    if question.now:
        pairs.append(("now", "1"))
    return pairs


def address(question: Question) -> str:
    """The address of a question on its server."""
    return f"{base_of(question.rally)}/{path_of(question)}{query_of(question)}"


def base_of(rally: str) -> str:
    """What every address of a rally begins with."""
    return f"/{quote(rally, safe='')}" if rally else ""


def query_of(question: Question) -> str:
    """What stands behind the path of a question."""
    pairs = pairs_of(question)
    return f"?{urlencode(pairs)}" if pairs else ""

"""The frame of every page: where one is in the log, and how one goes elsewhere.

On an absolute page nothing of what came later is in it: steps are addresses that find out, and the
marks are a resource of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from markupsafe import escape

from cli.office.moments import STEPS, Known, Moment
from cli.office.reads import READS
from cli.web.asked import (
    FORMS,
    Question,
    address,
    base_of,
    has_form,
    key_of,
    page_named,
    pairs_of,
    parameters,
    parts_of,
    path_of,
    query_of,
    subject_of,
)
from cli.web.keys import KEYS, SIGNS
from cli.web.pages import menu, page_of
from cli.web.words import Words

if TYPE_CHECKING:
    from cli.office.basis import Basis
    from cli.office.view import View
    from ledger.record import Record


_CREWS = 1 << 12
"""The numbers of so many crews are remembered in their order."""


class Step(NamedTuple):
    """A step of one kind, back and forth."""

    what: str
    sign: str
    back: str
    forth: str
    keys: tuple[str, str]


class Field(NamedTuple):
    """A field of a form: what it is called, what it says now, and what may be chosen."""

    key: str
    label: str
    help: str
    value: str
    choices: tuple[tuple[str, str], ...]
    is_yes_or_no: bool
    is_further: bool = False
    """Whether few ask by it."""


class Links:
    """Addresses of the same moment; a folder of files has others for the same questions."""

    at_will = True
    """Whether anything may be asked, and not only what was made before."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._each: dict[Any, tuple[str, str]] = {}

    def to(self, read: str, **given: Any) -> str:
        """Another page at this moment."""
        told = {
            n: tuple(e) if isinstance(e, list) else e
            for n, e in given.items()
            if e not in (None, "")
        }
        subject = subject_of(read)
        about = told.get(subject.name) if subject else None
        if subject is None or about is None or isinstance(about, tuple):
            return "".join(self._around(read, told))
        del told[subject.name]
        page, query = self._around(read, told)
        return f"{page}/{_quoted(about)}{query}"

    def in_markup(self, read: str, several: Sequence[Any], **given: Any) -> list[str]:
        """Where the pages of a read are, by what each of them is about, as they stand in markup."""
        # What is quoted has nothing to escape, and what stands around it is the same for all.
        page, query = (str(escape(each)) for each in self._around(read, given))
        return [f"{page}/{_quoted(each)}{query}" for each in several]

    def _around(self, read: str, given: dict[str, Any]) -> tuple[str, str]:
        """The address of a page, in front of what it is about and behind that."""
        if not given:  # as most of them, which differ by their names alone
            return f"{self._base}/{page_named(read)}", self._moment
        key = (read, *given.items())
        if (found := self._each.get(key)) is None:
            path, mark, query = self._address(read, given).partition("?")
            found = self._each[key] = path, mark + query
        return found

    @cached_property
    def _base(self) -> str:
        return base_of(self._question.rally)

    @cached_property
    def _moment(self) -> str:
        """What says in an address at which moment a page is."""
        here = self._question
        return query_of(Question(here.rally, "moment", {}, here.cuts, "html", here.absolute))

    def _address(self, read: str, given: dict[str, Any]) -> str:
        here = self._question
        return address(Question(here.rally, read, given, here.cuts, "html", here.absolute))

    def here(self, **given: Any) -> str:
        """This page, asked otherwise."""
        return address(self._question.giving(**given))

    def twin(self, form: str) -> str:
        """This page in another form."""
        return address(self._question.turned(form))

    def sheet(self, document: str) -> str:
        """A document of the notice board as it hangs, to be printed."""
        here = self._question
        given = {"document": document}
        return address(Question(here.rally, "publications", given, here.cuts, "pdf", here.absolute))

    def paper(self, document: str) -> str:
        """The page of a document of the notice board."""
        return self.to("publications", document=document)

    def exhibit(self, digest: str) -> str:
        """The file of an exhibit: as it may be had today, whatever the moment."""
        return f"{self._base}/exhibit/get/{digest}"

    def moment(self, position: int) -> str:
        """This page at another moment."""
        return address(self._question.at(position))

    def moment_of(self, read: str, position: int) -> str:
        """Another page at another moment."""
        here = self._question
        return address(Question(here.rally, read, {}, here.cuts).at(position))

    def record(self, position: int) -> str:
        """A record."""
        page, moment = self._around("show", {})
        return f"{page}/{position}{moment}"

    def older(self, rows: Sequence[Record], more: bool) -> str:
        """The page of the log before what stands on this one, if there is more."""
        return self.here(until=str(rows[-1].position - 1)) if more else ""

    def newer(self, rows: Sequence[Record]) -> str:
        """The page of the log behind what stands on this one: whoever came from there goes back."""
        return ""


def _quoted(about: Any) -> str:
    text = str(about)
    return text if text.isascii() and text.isalnum() else quote(text, safe="")


class Frame:
    """What stands around a page."""

    def __init__(
        self,
        question: Question,
        seen: View,
        moment: Moment,
        words: Words,
        links: Links | None = None,
    ) -> None:
        self.question, self._seen, self.moment, self.words = question, seen, moment, words
        self.page = page_of(question.read)
        self.links = links or Links(question)

    @property
    def live(self) -> bool:
        """Whether it shows the log as it is now, and follows it."""
        return not self.question.absolute

    @property
    def rally(self) -> str:
        """The name of the rally."""
        return self.moment.title or self.question.rally

    @cached_property
    def basis(self) -> Basis:
        """On what the page rests."""
        return self._seen.basis()

    @property
    def position(self) -> int:
        """The last record that is known."""
        return self._seen.position

    @cached_property
    def base(self) -> str:
        """The address of the rally."""
        return base_of(self.question.rally)

    @property
    def permanent(self) -> str:
        """The address at which it stands so for ever."""
        cuts = self.question.cuts._replace(
            effective_at=self.basis.effective_at, decided_by=self.basis.decided_by
        )
        asked = Question(
            self.question.rally, self.question.read, self.question.given, cuts, "html", False
        )
        return address(asked.at(self.position))

    @property
    def now(self) -> str:
        """The address at which it follows the log."""
        return address(self.question.live())

    def menu(self) -> Iterator[tuple[str, list[tuple[str, str, bool]]]]:
        """The pages by group: title, address, whether it is this one."""
        for group, reads in menu().items():
            entries = []
            for read in reads:
                if READS[read].of_a_log and read != "marks":
                    here = read == self.question.read
                    entries.append((page_of(read).title, self.links.to(read), here))
            yield group, entries

    def twins(self) -> Iterator[tuple[str, str]]:
        """The other forms of the page."""
        for form in FORMS:
            read = self.question.read
            alone = self.subject or subject_of(read) is None
            if has_form(read, form) and (form != "pdf" or alone):
                yield form.upper(), self.links.twin(form)

    def steps(self) -> list[Step]:
        """The steps from here, back and forth."""
        return self._steps

    @cached_property
    def _steps(self) -> list[Step]:
        kept = urlencode([("page", path_of(self.question)), *self.state()])
        step = f"{self.base}/step?from={self.position}&to="
        return [
            Step(w, SIGNS[w], f"{step}prev-{w}&{kept}", f"{step}next-{w}&{kept}", KEYS[w])
            for w in STEPS
        ]

    def state(self) -> list[tuple[str, str]]:
        """What is asked besides the position: kept wherever one steps."""
        return self._state

    @cached_property
    def _state(self) -> list[tuple[str, str]]:
        told = pairs_of(self.question.turned("html"))
        return [(name, value) for name, value in told if name not in ("at", "v", "known_at")]

    @property
    def lists(self) -> str | None:
        """Which lists it shows of those that tiles tell; None where it shows something else."""
        return lists_of(self.question)

    @property
    def strip(self) -> str:
        """The address of the marks along the log."""
        given = Question(self.question.rally, "marks", {}, absolute=False)
        here = given.at(self.position) if self.question.absolute else given
        pairs = [("page", path_of(self.question)), *self.state()]
        if self.question.absolute:
            pairs = [*pairs_of(here), *pairs]
        return f"{self.base}/marks/strip?{urlencode(pairs)}"

    @property
    def action(self) -> str:
        """Where the forms of this page lead."""
        return f"{self.base}/{path_of(self.question.turned('html'))}"

    def hidden(self) -> list[tuple[str, str]]:
        """What a form that narrows the page keeps: the moment."""
        return [(n, v) for n, v in pairs_of(self.question) if n in _OF_THE_MOMENT]

    def fields(self) -> list[Field]:
        """What the page can be asked."""
        return self._fields

    @cached_property
    def _fields(self) -> list[Field]:
        found = []
        for each in parameters(self.question.read):
            value = self.question.given.get(each.name)
            if each.several and each.word.subject:
                told = list(value or ())
                told = told[0].split("..") if len(told) == 1 else told
                for index, part in enumerate(parts_of(each)):
                    text = told[index] if index < len(told) else ""
                    found.append(Field(part, part.capitalize(), each.word.help, text, (), False))
                continue
            if key_of(each) in (one.key for one in found):
                continue  # of two that are called alike, an address alone asks the second
            text = " ".join(value) if isinstance(value, (tuple, list)) else value
            found.append(
                Field(
                    key_of(each),
                    each.asked_as.replace("-", " ").capitalize(),
                    each.word.help,
                    "" if text in (None, False) else str(text),
                    self._choices(each.word.of, each.word.choices),
                    each.kind is bool,
                    each.kind is bool or each.word.metavar in _FURTHER,
                )
            )
        found.sort(key=lambda each: each.is_further)
        return found

    @property
    def further_said(self) -> bool:
        """Whether something is asked that few ask by."""
        return any(each.is_further and each.value for each in self.fields())

    def _choices(self, of: str, said: Any) -> tuple[tuple[str, str], ...]:
        if said:
            return tuple((each, each) for each in said)
        if of == "stage":
            return tuple((each, each) for each in self.moment.stages)
        if of == "category":
            return tuple((each, each) for each in self.moment.categories)
        if of == "number":
            return tuple((e.number, f"{e.number} {e.driver}") for e in self.crews())
        if of == "parameter":
            from cli.office.explaining import parameters as rules

            return tuple((each, each) for each in rules())
        return ()

    def crews(self) -> list[Known]:
        """The crews that are entered, in the order of their numbers."""
        return sorted(self.moment.crews, key=lambda each: _in_order(each.number))

    def offers(self) -> list[tuple[str, str]]:
        """What the page can be about, where that is a choice: an address, and how it is called."""
        subject = subject_of(self.question.read)
        if subject is None or subject.several:
            return []
        read, choices = self.question.read, self._choices(subject.word.of, subject.word.choices)
        return [(self.links.to(read, **{subject.name: value}), label) for value, label in choices]

    @property
    def lacks(self) -> bool:
        """Whether what the page is about has not been said yet."""
        return lacks(self.question)

    @property
    def subject(self) -> str:
        """What the page is about, as it is named."""
        subject = subject_of(self.question.read)
        value = self.question.given.get(subject.name) if subject else None
        if isinstance(value, (tuple, list)):
            return " and ".join(part for each in value for part in each.split(".."))
        return str(value or "")


def lacks(question: Question) -> bool:
    """Whether what a page is about has not been said: then it only asks for it."""
    named = [each.name for each in parameters(question.read) if each.required]
    given, page = question.given, page_of(question.read)
    one_of = page.wants_one_of
    said = not one_of or any(given.get(each) for each in one_of)
    return not said or any(not given.get(each) for each in (*named, *page.wants))


def shown(question: Question) -> dict[str, Any]:
    """What a page asks: what was said, and what it asks where nobody says otherwise."""
    return {**dict(page_of(question.read).unless_said), **question.given}


@lru_cache(_CREWS)
def _in_order(number: str) -> tuple[bool, int, str]:
    """Crews as people look for them: by their numbers, 9 before 10."""
    counts = number.isascii() and number.isdecimal() and len(number) < _LONGEST
    return not counts, int(number) if counts else 0, number


_LONGEST = 16
_FURTHER = frozenset({"CLASS", "GROUP", "TEAM", "TROPHY", "N", "NUMBERS"})
_OF_THE_MOMENT = frozenset({"at", "v", "known_at", "effective_at", "decided_by"})


def lists_of(question: Question) -> str | None:
    """Which lists of the tiles a page shows; None where it shows what they do not tell.

    "*" is as the rally ranks its crews, "=" with the name of a list behind it that one alone.
    """
    given = {name: each for name, each in question.given.items() if each not in (None, False, "")}
    category, joint = given.pop("category", None), given.pop("joint", False)
    by_time = question.cuts.effective_at or question.cuts.decided_by
    if question.read != "standings" or given or by_time:
        return None
    return f"{ONE}{category or ''}" if category or joint else RANKED


RANKED, ONE = "*", "="

"""Precedents: how everything was treated that stewards may have to treat alike.

Each decision, each penalty, credit or disqualification that was put on record alone, and each
observation on which nobody decided, with the keys by which another is like it. What of a decision
counts as never given stays among them, with what became of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from ledger.vocabulary import (
    AppealLapsed,
    AppealWithdrawn,
    CourtDecisionIssued,
    CrewDisqualified,
    DecisionIssued,
    FalseStartObserved,
    Occurrence,
    PenaltyGiven,
    ProtestDecided,
    ReportFiled,
    SanctionDeclined,
    TimeCreditGranted,
)
from ledger.vocabulary.judicial import COURT
from projections.desk.answered import Answers
from projections.desk.decisions import effect_in_words
from projections.desk.incidents import KINDS, OF_TYPES, Observation, kind_of, observed
from projections.desk.infringements import PRICED
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.road import COMPUTED, WHETHER
from projections.state.rulings import IN_FORCE, OF_THE_DESK, SUSPENDED, Ruling

NOTHING = "nothing given"
UPHELD, WITHDRAWN, NOT_HEARD = "upheld", "appeal withdrawn", "not heard on appeal"
UNDECIDED = "not decided"
_ENDED = {"inadmissible": NOT_HEARD, "no-jurisdiction": NOT_HEARD}
_CREDITED = {"assistance": "stop-to-assist"}
"""What a credit was granted for, as an incident is called."""
_ALONE = (TimeCreditGranted, CrewDisqualified)


class Article(msgspec.Struct, frozen=True, order=True):
    """An article that is cited: its number, and the codes that are named beside it ("NCR")."""

    number: str
    codes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((*self.codes, self.number))

    def may_be(self, other: Article) -> bool:
        """Whether both may stand in one code: one of them names none, or they share one."""
        return not self.codes or not other.codes or bool({*self.codes} & {*other.codes})

    def same(self, other: Article) -> bool:
        """Whether it is the same article."""
        return self.number == other.number and self.may_be(other)

    def near(self, other: Article) -> bool:
        """Whether it is another of the same chapter."""
        chapters = [each.number.partition(".")[0] for each in (self, other)]
        return chapters[0] == chapters[1] and not self.same(other) and self.may_be(other)


class Given(msgspec.Struct, frozen=True):
    """One thing that was given: in words, what became of it, and how much it is.

    `unit` says of what the amount is: "ms", a currency, or what the act counts.
    """

    act: str
    words: str
    status: str
    amount: int | None = None
    unit: str = ""


class Precedent(msgspec.Struct, frozen=True):
    """How one matter was treated.

    `outcome` is what became of it; "nothing given" where it was decided and nobody got anything,
    "not decided" where nobody decided. `facts` are the kinds of fact that it rests on, `about` the
    words of the infringement, shortened so that "speed" and "speeding" are one. Decisions of one
    `case` are about one matter: what they supersede and what courts said of them included.
    """

    name: str
    series: str
    number: str
    driver: str
    stage: str
    at: str | None
    what: str
    articles: tuple[Article, ...]
    facts: tuple[str, ...]
    tariffs: tuple[str, ...]
    about: tuple[str, ...]
    stage_kind: str
    category: str
    given: tuple[Given, ...]
    outcome: str
    case: str
    position: int
    id: str

    @property
    def called(self) -> str:
        """What a decision is called, and any other record by its position."""
        return self.name or f"#{self.position}"

    @property
    def is_unpunished(self) -> bool:
        """Whether nothing was given for it."""
        return self.outcome in (NOTHING, UNDECIDED)


def precedents(state: RallyState) -> tuple[Precedent, ...]:
    """What was given, refused or left undecided at the cut, in the order of the facts."""
    asked = _Asked(state)
    found = [*asked.decided(), *asked.alone(), *asked.left()]
    return tuple(each for _, each in sorted(found, key=lambda each: (each[0], each[1].id)))


# -- keys ------------------------------------------------------------------------------------------

_CITED = re.compile(
    r"\b(?:art(?:icle)?s?\b\.?\s*)(\d+(?:\.\w+)*)|(?<![\w.-])(\d+(?:\.\w+)+)(?![\w-])",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\w.-])(\d+(?:\.\w+)*)(?![\w-])")
_CODE = re.compile(r"\b[A-Z]{2,}\b")
_NO_CODES = frozenset({"ART", "FIA", "FIM"})
_VERSION = re.compile(r"\s*\([^()]*\)\s*$")
_WORD = re.compile(r"[^\W\d_]{4,}")
_STEM = 5
_EMPTY = frozenset(
    {
        *("accor", "after", "again", "appen", "artic", "befor", "betwe", "breac", "code", "crew"),
        *("durin", "every", "fact", "from", "have", "infri", "into", "regul", "rules", "sport"),
        *("stage", "suppl", "that", "their", "there", "this", "under", "were", "when", "where"),
        *("which", "while", "with", "withi", "witho"),
    }
)
"""What every infringement may be told with, each by its beginning."""


def articles_in(text: str, *, alone: bool = False) -> tuple[Article, ...]:
    """The articles that a text cites, or, where a number stands `alone`, those that it is."""
    bare = _VERSION.sub("", text)
    codes = tuple(sorted({*_CODE.findall(bare)} - _NO_CODES))
    found = (
        each[1] or each[each.lastindex or 0] for each in (_BARE if alone else _CITED).finditer(bare)
    )
    return tuple(dict.fromkeys(Article(each.rstrip(".").casefold(), codes) for each in found))


def words_in(text: str) -> tuple[str, ...]:
    """The words that tell an infringement from others, each by its beginning."""
    bare = _CODE.sub("", _VERSION.sub("", text))
    stems = (each.casefold()[:_STEM] for each in _WORD.findall(bare))
    return tuple(sorted({*stems} - _EMPTY))


def amount_in(fields: Mapping[str, Any]) -> tuple[int | None, str]:
    """How much an act gives, and of what: the time, the money, or the one figure that it names."""
    figures = {n: each for n, each in fields.items() if type(each) is int}
    if "amount_ms" in figures:
        return figures["amount_ms"], "ms"
    if "amount" in figures:
        return figures["amount"], str(fields.get("currency", ""))
    if len(figures) == 1:
        ((name, amount),) = figures.items()
        return amount, "ms" if name.endswith("_ms") else name
    return None, ""


# -- of one rally ----------------------------------------------------------------------------------

_Placed = tuple[tuple[int, int, str], Precedent]


class _Asked:
    """A rally at a cut, of which is asked how it treated whom."""

    def __init__(self, state: RallyState) -> None:
        self._state, self._facts = state, state.facts

    def decided(self) -> Iterator[_Placed]:
        """The decisions; those of courts where they give something themselves."""
        rulings = self._facts.rulings
        for ruling in rulings.all.values():
            said = ruling.fact.value
            if isinstance(said, DecisionIssued):
                if said.effects or not self._judged(said):
                    yield ruling.fact.order(), self._decision(ruling)
            elif said.effects and said.target in rulings.all:
                yield ruling.fact.order(), self._court(ruling)

    def _judged(self, said: DecisionIssued) -> list[str]:
        """The decisions that it judges, being against them what it decides on."""
        lodged = (getattr(self._facts.value(each), "target", "") for each in said.matter)
        return [each for each in lodged if each in self._facts.rulings.all]

    def _decision(self, ruling: Ruling) -> Precedent:
        fact = ruling.fact
        said: DecisionIssued = fact.value
        own = {e.effect.fields.get("kind") for e in ruling.effects} - {None, ""}
        outcome = self._became(ruling)
        return self._precedent(
            fact,
            name=said.name,
            series=said.series,
            at=(said.decided_at or said.recorded_at).iso(),
            what=said.ruling or said.fact or said.words(),
            articles=_cited(said.infringement, (each.effect.fields for each in ruling.effects)),
            facts={*self._kinds((*said.matter, *said.evidence)), *map(_called, map(str, own))},
            about=words_in(said.infringement) or words_in(said.fact),
            given=self._given(ruling, outcome),
            outcome=outcome if ruling.effects or outcome != IN_FORCE else NOTHING,
            case=self._case(fact),
        )

    def _court(self, ruling: Ruling) -> Precedent:
        """What a court gave in the place of a decision, with the keys of that decision."""
        fact, seen = ruling.fact, {ruling.fact.id}
        of = self._facts.rulings.all[fact.value.target]
        while isinstance(of.fact.value, CourtDecisionIssued) and of.fact.id not in seen:
            seen.add(of.fact.id)
            of = self._facts.rulings.all.get(of.fact.value.target, of)
        outcome = self._became(ruling)
        told = dict[str, Any](
            name=fact.value.name,
            series=COURT,
            at=(fact.value.decided_at or fact.value.recorded_at).iso(),
            what=fact.value.ruling or fact.value.outcome,
            given=self._given(ruling, outcome),
            outcome=outcome,
            case=self._case(fact),
        )
        if not isinstance(of.fact.value, DecisionIssued):
            return self._precedent(fact, **told)
        like = self._decision(of)
        kept = ("number", "driver", "stage", "stage_kind", "category")
        keys = ("articles", "facts", "tariffs", "about")
        own = self._precedent(fact, **told, **{each: getattr(like, each) for each in keys})
        return msgspec.structs.replace(
            own, **{name: getattr(own, name) or getattr(like, name) for name in kept}
        )

    def _given(self, ruling: Ruling, outcome: str) -> tuple[Given, ...]:
        said = ruling.fact.value
        return tuple(
            _gave(
                each.effect.act,
                effect_in_words(each.effect, said.number, said.stage),
                each.status,
                each.effect.fields,
                outcome,
            )
            for each in ruling.effects
        )

    def alone(self) -> Iterator[_Placed]:
        """What was given without a decision: penalties, credits, disqualifications."""
        for fact in self._facts.recorded(PenaltyGiven):
            # Whether one fell away with its part of the stage is left open: it was given for that.
            said, back = fact.value, self._facts.taken_back.get(fact.id)
            status = "withdrawn" if back else IN_FORCE
            gave = Given("PenaltyGiven", said.words(), status, said.amount_ms, "ms")
            facts = self._kinds(said.evidence) | ({_called(said.kind)} if said.kind else set())
            yield (
                fact.order(),
                self._precedent(
                    fact,
                    what=said.words(),
                    articles=articles_in(said.article, alone=True),
                    facts=facts,
                    about=words_in(said.reason),
                    given=(gave,),
                    outcome=status,
                ),
            )
        for declined in self._facts.recorded(SanctionDeclined):
            yield declined.order(), self._declined(declined)
        for kind in _ALONE:
            for other in self._facts.recorded(kind):
                yield other.order(), self._act(other)

    def _declined(self, fact: Fact[SanctionDeclined]) -> Precedent:
        """A sanction that a tariff proposed and nobody got: like facts are to be treated alike."""
        return self._precedent(
            fact,
            what=fact.value.words(),
            articles=articles_in(fact.value.reason),
            facts=self._kinds(fact.value.evidence),
            tariffs={fact.value.tariff},
            about=words_in(fact.value.reason),
            outcome=NOTHING,
        )

    def _act(self, fact: Fact[Any]) -> Precedent:
        said, back = fact.value, self._facts.taken_back.get(fact.id)
        status = "withdrawn" if back else IN_FORCE
        credit = isinstance(said, TimeCreditGranted)
        amount: tuple[int | None, str] = (said.amount_ms, "ms") if credit else (None, "")
        return self._precedent(
            fact,
            what=said.words(),
            articles=articles_in(said.reason),
            facts=[_called(said.kind)] if credit else [],
            about=words_in(said.reason),
            given=(Given(said.type_name(), said.words(), status, *amount),),
            outcome=status,
        )

    def left(self) -> Iterator[_Placed]:
        """The observations and reports on which nobody decided, or whose decision was undone."""
        answers = Answers(self._state)
        for fact in observed(self._state):
            priced = self._prices_false_starts and isinstance(fact.value, FalseStartObserved)
            settled = fact.id in self._decided or answers.is_settled(fact)
            if not (priced or settled):
                yield fact.order(), self._observation(fact, kind_of(fact.value), fact.value.words())
        for report in self._facts.recorded(ReportFiled):
            said = report.value
            kinds = self._kinds(said.evidence)
            if report.id not in self._decided and not kinds & {*KINDS}:
                yield report.order(), self._observation(report, "", said.fact)

    def _observation(self, fact: Fact[Any], kind: str, what: str) -> Precedent:
        facts = [kind] if kind else self._kinds(getattr(fact.value, "evidence", ()))
        return self._precedent(
            fact,
            what=what,
            articles=articles_in(getattr(fact.value, "fact", "")),
            facts=facts,
            about=words_in(getattr(fact.value, "fact", "") or fact.value.reason),
            outcome=UNDECIDED,
        )

    @cached_property
    def _prices_false_starts(self) -> bool:
        """Whether a false start costs what the rules say, and nobody has to decide on it."""
        return self._facts.regulations.latest().parameters().get(WHETHER) == COMPUTED

    @cached_property
    def _decided(self) -> frozenset[str]:
        """The records that a decision decides or rests on, unless it is undone."""
        rulings = self._facts.rulings
        stands = (rulings.all[e.id] for e in rulings.decisions)
        named = {
            name
            for ruling in stands
            if ruling.status not in ("rescinded", "set aside")
            for name in (*ruling.fact.value.matter, *ruling.fact.value.evidence)
        }
        also = {
            name
            for each in self._facts.recorded(ReportFiled)
            if each.id in named
            for name in each.value.evidence
        }
        return frozenset(named | also)

    def _precedent(
        self,
        fact: Fact[Any],
        *,
        what: str,
        outcome: str,
        articles: tuple[Article, ...] = (),
        facts: Iterable[str] = (),
        tariffs: Iterable[str] = (),
        about: tuple[str, ...] = (),
        given: tuple[Given, ...] = (),
        name: str = "",
        series: str = "",
        at: str | None = None,
        case: str = "",
    ) -> Precedent:
        said, state = fact.value, self._state
        number = getattr(said, "number", "")
        where = getattr(said, "stage", "")
        planned, crew = self._facts.stages.get(where), self._facts.crews.get(number)
        return Precedent(
            name,
            series,
            number,
            crew.value.driver if crew else "",
            where,
            at or fact.value.happened.iso(),
            what,
            articles,
            tuple(sorted(facts := {*facts})),
            tuple(sorted({*tariffs, *(_PRICED_AS[each] for each in facts if each in _PRICED_AS)})),
            about,
            (planned.value.kind or "selective") if planned else "",
            state.category(number),
            given,
            outcome,
            case or fact.id,
            fact.position,
            fact.id,
        )

    def _kinds(self, identities: Iterable[str]) -> set[str]:
        """The kinds of fact among these records; a report stands for what it rests on."""
        found, ahead, seen = set[str](), [*identities], set[str]()
        while ahead:
            if (each := ahead.pop()) in seen:  # reports that were corrected into a circle
                continue
            seen.add(each)
            said = self._facts.value(each)
            if isinstance(said, ReportFiled):
                ahead += said.evidence
            elif said is not None and not isinstance(said, OF_THE_DESK):
                found.add(_kind(said))
        return found

    def _became(self, ruling: Ruling) -> str:
        """What became of a decision: what it is now, or how the appeal against it ended."""
        if ruling.status != IN_FORCE:
            return _short(ruling.status)
        return self._appealed.get(ruling.fact.id, IN_FORCE)

    @cached_property
    def _appealed(self) -> Mapping[str, str]:
        """How appeals ended that left a decision as it was, by the decision."""
        rulings = self._facts.rulings
        found: dict[str, str] = {}
        ended = [
            *((each.value.target, WITHDRAWN) for each in self._facts.recorded(AppealLapsed)),
            *((each.value.target, WITHDRAWN) for each in self._facts.recorded(AppealWithdrawn)),
            *(
                (each.value.target, {"rejected": UPHELD, **_ENDED}.get(each.value.outcome, ""))
                for each in self._facts.recorded(ProtestDecided)
            ),
        ]
        for lodged, became in ended:
            target = getattr(self._facts.value(lodged), "target", "")
            if target and became:
                found[target] = became
        for court in rulings.of_courts:
            became = {"upheld": UPHELD, **_ENDED}.get(court.value.outcome, "")
            if became and rulings.all[court.id].status == IN_FORCE:
                found[court.value.target] = became
        return found

    def _case(self, fact: Fact[Any]) -> str:
        """The decision with which a case began: what later ones supersede, or judge."""
        at, seen = fact, {fact.id}
        while True:
            said: Any = at.value
            earlier = (
                [said.supersedes, *self._judged(said)]
                if isinstance(said, DecisionIssued)
                else [said.target]
            )
            known = self._facts.rulings.all
            ruling = next((known[each] for each in earlier if each in known), None)
            if ruling is None or ruling.fact.id in seen:
                return at.id
            at = ruling.fact
            seen.add(at.id)


def _kind(said: Occurrence) -> str:
    """The kind of fact that a record is: as incidents are called, else its type."""
    return kind_of(said) if isinstance(said, Observation) else said.type_name()


def fact_called(name: str) -> str:
    """A kind of fact by its name, or by that of its type: "WaypointMissed" is waypoint-missed."""
    return OF_TYPES.get(name, name)


_PRICED_AS = {
    OF_TYPES.get(kind.type_name(), kind.type_name()): tariff
    for kind, tariff in PRICED.items()
    if kind is not ReportFiled  # which says nothing by itself: what it reports does
}
"""The tariff that prices a kind of fact."""


def _called(kind: str) -> str:
    return _CREDITED.get(kind, kind)


def _short(status: str) -> str:
    return "suspended" if status == SUSPENDED else status


def _cited(infringement: str, effects: Iterable[Mapping[str, Any]]) -> tuple[Article, ...]:
    """The articles of a decision: those of its infringement, and those that its effects name."""
    articles = articles_in(infringement)
    for fields in effects:
        articles += articles_in(str(fields.get("article", "")), alone=True)
    return tuple(dict.fromkeys(articles))


def _gave(act: str, words: str, status: str, fields: Mapping[str, Any], outcome: str) -> Given:
    """One thing that a decision gave, which stands as the decision does unless it fell alone."""
    became = outcome if status == IN_FORCE else _short(status)
    return Given(act, words, became, *amount_in(fields))


# -- of a register that was exported ---------------------------------------------------------------


class _Effect(msgspec.Struct, frozen=True):
    act: str
    words: str
    status: str
    fields: dict[str, Any] = {}


class _Entry(msgspec.Struct, frozen=True):
    """A row of the register of decisions, as it stands in JSON."""

    series: str
    decision: str
    id: str
    position: int
    status: str
    number: str = ""
    driver: str = ""
    stage: str = ""
    decided_at: str | None = None
    fact: str = ""
    infringement: str = ""
    ruling: str = ""
    title: str = ""
    effects: tuple[_Effect, ...] = ()
    supersedes: str = ""


def registered(rows: Any) -> list[Precedent]:
    """What decisions gave or refused by a register, which names no records that they rest on.

    Raises:
        msgspec.ValidationError: it is none.
    """
    entries = msgspec.convert(rows, list[_Entry])
    return [_entered(each) for each in entries if each.series != COURT or each.effects]


def _entered(row: _Entry) -> Precedent:
    outcome = _short(row.status)
    kinds = {str(each.fields["kind"]) for each in row.effects if each.fields.get("kind")}
    return Precedent(
        f"{row.series}-{row.decision}" if row.decision else row.series,
        row.series,
        row.number,
        row.driver,
        row.stage,
        row.decided_at,
        row.ruling or row.fact or row.title,
        _cited(row.infringement, (each.fields for each in row.effects)),
        tuple(sorted(map(_called, kinds))),
        (),
        words_in(row.infringement) or words_in(row.fact),
        "",
        "",
        tuple(
            _gave(each.act, each.words, each.status, each.fields, outcome) for each in row.effects
        ),
        outcome if row.effects or outcome != IN_FORCE else NOTHING,
        row.id,
        row.position,
        row.id,
    )

"""Fines: what each decision imposed, what of it is owed at the cut, and what was paid.

What is suspended on condition, or kept back by an appeal or an order, is not owed; what was
quashed, superseded or has lapsed is owed no more. What was paid for a decision counts towards the
one that took its place.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from ledger.times import Instant
from ledger.vocabulary import Effect, FinePaid, FineReturned
from projections.state.facts import Facts
from projections.state.recorded import Fact
from projections.state.rulings import (
    CONDITIONAL,
    IN_FORCE,
    SUPERSEDED,
    SUSPENDED,
    VARIED,
    Brought,
    Ruling,
    Rulings,
)

FINE = "Fine"


class Sums(msgspec.Struct, frozen=True):
    """What was imposed in a currency and what became of it, in whole units.

    `imposed` is the sum of what is `owed`, what is `suspended` on condition, what an appeal or an
    order has `kept_back`, and what has `fallen`: it was quashed, superseded or has lapsed. `open`
    is what is owed and not paid, `to_return` what was paid, is neither owed nor kept back, and was
    not `returned` yet.
    """

    currency: str
    imposed: int
    owed: int
    suspended: int
    kept_back: int
    fallen: int
    paid: int
    returned: int
    open: int
    to_return: int


class FineRow(Sums, frozen=True):
    """The fines of one decision in one currency; `pay_by` is the earliest time of what is owed."""

    decision: str
    title: str
    number: str
    competitor: str
    pay_by: str | None
    position: int
    id: str


_SUMS = Sums.__struct_fields__[1:]
_BECAME = {IN_FORCE: "owed", CONDITIONAL: "suspended", SUSPENDED: "kept_back"}


def fines(facts: Facts) -> tuple[FineRow, ...]:
    """The fines of each decision by currency, in the order of the decisions."""
    paid, returned = _moved(facts, FinePaid), _moved(facts, FineReturned)
    return tuple(
        row
        for ruling in facts.rulings.all.values()
        for row in _rows(ruling, paid[ruling.fact.id], returned[ruling.fact.id])
    )


def totals(rows: Iterable[FineRow]) -> tuple[Sums, ...]:
    """The sums of several by currency."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row.currency].update({name: getattr(row, name) for name in _SUMS})
    return tuple(
        Sums(currency, *(found[currency][name] for name in _SUMS)) for currency in sorted(found)
    )


def to_return(facts: Facts) -> Iterator[tuple[Fact[Any], FineRow]]:
    """What was paid and has to be given back."""
    for row in fines(facts):
        if row.to_return:
            yield facts.rulings.all[row.id].fact, row


def may_be_returned(facts: Facts, said: FineReturned) -> int:
    """How much of what was paid for a fine is to be given back, in the currency that is said."""
    ruling = facts.rulings.all.get(said.target)
    about = _in_its_place(facts.rulings, ruling) if ruling else ""
    several = (e for e in fines(facts) if e.id == about)
    return sum(each.to_return for each in several if each.currency == said.currency)


def unpaid(facts: Facts) -> Iterator[tuple[Fact[Any], FineRow, Instant | None]]:
    """What is owed and not paid, with the instant by which it has to be."""
    for row in fines(facts):
        if row.open:
            ruling = facts.rulings.all[row.id]
            yield ruling.fact, row, _pay_by(ruling, row.currency)


def amount_of(effect: Effect) -> int:
    """How much a fine is; nothing where it does not say, or says what is no amount."""
    said = effect.fields.get("amount")
    return said if isinstance(said, int) and not isinstance(said, bool) and said > 0 else 0


def currency_of(effect: Effect) -> str:
    """In which currency it is."""
    return str(effect.fields.get("currency") or "")


def fined_in(ruling: Ruling) -> set[str]:
    """The currencies in which a decision fines."""
    return {currency_of(each.effect) for each in _fines_of(ruling)}


def _fines_of(ruling: Ruling) -> list[Brought]:
    return [e for e in ruling.effects if e.effect.act == FINE and amount_of(e.effect)]


def _rows(
    ruling: Ruling, paid: Mapping[str, int], returned: Mapping[str, int]
) -> Iterator[FineRow]:
    imposed: dict[str, Counter[str]] = {each: Counter() for each in (*paid, *returned)}
    for each in _fines_of(ruling):
        sums = imposed.setdefault(currency_of(each.effect), Counter())
        sums.update({_BECAME.get(each.status, "fallen"): amount_of(each.effect)})
    said = ruling.fact.value
    for currency, sums in sorted(imposed.items()):
        owed, received, gone = sums["owed"], paid.get(currency, 0), returned.get(currency, 0)
        by = _pay_by(ruling, currency)
        yield FineRow(
            currency=currency,
            imposed=sums.total(),
            owed=owed,
            suspended=sums["suspended"],
            kept_back=sums["kept_back"],
            fallen=sums["fallen"],
            paid=received,
            returned=gone,
            open=max(0, owed - (received - gone)),
            to_return=max(0, received - gone - owed - sums["kept_back"]),
            decision=said.name,
            title=said.title,
            number=said.number,
            competitor=getattr(said, "competitor", ""),
            pay_by=by.iso() if by else None,
            position=ruling.fact.position,
            id=ruling.fact.id,
        )


def _pay_by(ruling: Ruling, currency: str) -> Instant | None:
    """The earliest time by which what is owed has to be paid; None where none was set."""
    owed = (e.effect for e in _fines_of(ruling) if e.counts and currency_of(e.effect) == currency)
    told = (instant_in(each.fields.get("pay_by_at")) for each in owed)
    return min((each for each in told if each is not None), default=None)


def instant_in(value: object) -> Instant | None:
    """An instant as a field has it; what somebody recorded may be none."""
    try:
        return msgspec.convert(value, Instant)
    except msgspec.ValidationError:
        return None


def _moved(
    facts: Facts, kind: type[FinePaid] | type[FineReturned]
) -> Mapping[str, Mapping[str, int]]:
    """What was paid, or given back, by the decision that it counts towards, and by currency."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in facts.of(kind):
        ruling = facts.rulings.all.get(each.value.target)
        if ruling is not None:
            alone = fined_in(ruling)
            currency = each.value.currency or (alone.pop() if len(alone) == 1 else "")
            found[_in_its_place(facts.rulings, ruling)][currency] += each.value.amount
    return found


def _in_its_place(rulings: Rulings, ruling: Ruling) -> str:
    """The decision that holds in the place of one: a court varied it, or another superseded it."""
    passed: set[str] = set()
    while ruling.fact.id not in passed:
        passed.add(ruling.fact.id)
        heir: Fact[Any] | None = None
        if ruling.status == VARIED:
            heir = rulings.court_on(ruling.fact.id)
        elif ruling.status == SUPERSEDED:
            heir = rulings.successor(ruling.fact.id)
        ruling = rulings.all.get(heir.id, ruling) if heir else ruling
    return ruling.fact.id

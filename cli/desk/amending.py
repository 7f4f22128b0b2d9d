"""What takes a record back or puts it right: `u` and `e` at the desk, as acts of the office."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

import msgspec

from cli.desk.entry import Deed
from cli.office.lines.asks import Ask, Seat
from cli.office.recording import changed_by
from ledger.amendments import apply_changes, settle
from ledger.authority import AMENDING
from ledger.chain import chain_of, referring
from ledger.errors import NotFound, Refused
from ledger.record import Record
from ledger.vocabulary import ControlPassed, Occurrence, PassingRecorded, type_named

UNDONE = "undone at the desk"
MISTYPED = "mistyped at the desk"
MANY = 50
"""So many of the last records of a crew are looked at."""
TIMED = ("elapsed_ms", "fact_at")
"""The two ways in which a passing tells its time: after how long, and when."""
WHERE = ("stage", "point", "control")


def undoing(seat: Seat, deed: Deed, own: Collection[str], reason: str) -> Iterator[Ask]:
    """The acts that take back what an official did by one line, the last record first.

    Raises:
        Refused: somebody else has amended it since: that is not undone here.
    """
    for record in reversed(deed.records):
        for each in referring(seat.log, record.id):
            said = each.occurrence()
            if isinstance(said, AMENDING) and each.id not in own:
                raise Refused(
                    f"#{record.position} was amended since by {said.by} (#{each.position}).",
                    hint=f"`u` undoes only what is your own: rally void '#{record.position}'.",
                )
        yield Ask("void", {"record": record.id}, reason=reason or UNDONE)


class Correction(NamedTuple):
    """What puts a record right, which record that is, and what it says from now on."""

    ask: Ask
    record: Record
    will_be: Occurrence


class Last(NamedTuple):
    """The last record of a crew at a place that stands, and what it says as corrected since."""

    record: Record
    stands: Occurrence


def last_of(seat: Seat, number: str, like: Ask | None, is_hidden: Callable[[Record], bool]) -> Last:
    """The last record of a crew that stands: where it is given, of the type and place of an ask.

    What is hidden from the official is not looked at.

    Raises:
        NotFound: there is none.
    """
    kind = type_named(like.given["kind"]) if like else None
    said = _said(like) if like else {}
    where = {name: said.get(name, "") for name in WHERE if kind and _has(kind, name)}
    if kind is ControlPassed:  # at a control a stage need not be named
        del where["stage"]
    types = [kind.type_name()] if kind else ()
    for record in seat.log.newest(MANY, types=types, tags=[f"crew:{number}"]):
        told = record.occurrence()
        if isinstance(told, AMENDING) or is_hidden(record):
            continue
        if all(getattr(told, name) == value for name, value in where.items()):
            for each in settle(chain_of(seat.log, record)).standing:
                return Last(record, each.value)
    raise NotFound(f"Nothing of crew {number} stands here.", hint="`log` lists your lines.")


def by_line(seat: Seat, last: Last, line: Ask) -> Correction:
    """The correction of a record by what a line says now.

    Of two ways to tell a time the one that the line does not use goes out.
    """
    words = _said(line)
    if isinstance(last.stands, PassingRecorded):
        told = msgspec.to_builtins(last.stands)
        words |= {name: "" for name in TIMED if name not in words and told.get(name) is not None}
    return by_fields(seat, last, words, line.reason)


def by_fields(seat: Seat, last: Last, words: Mapping[str, str], reason: str) -> Correction:
    """The correction of a record field by field: only of what it says otherwise.

    Raises:
        Usage: a field that it has not, or a value that can't be read. Refused: it says all of it.
    """
    record, stands = last
    fields = tuple(f"{name}={text}" for name, text in words.items())
    changes = changed_by(fields, stands, seat.log)
    told = msgspec.to_builtins(stands)
    new = {name: value for name, value in changes.items() if told.get(name) != value}
    if not new:
        raise Refused(f"#{record.position} says that already.", hint="Nothing is to be corrected.")
    given = tuple(each for each in fields if each.partition("=")[0] in new)
    ask = Ask("correct", {"record": record.id, "fields": given}, reason=reason or MISTYPED)
    return Correction(ask, record, apply_changes(stands, new))


def _said(line: Ask) -> dict[str, str]:
    """What a line says, by field; when it was, as a correction gives it."""
    words = dict(word.partition("=")[::2] for word in line.given["fields"])
    return words if line.at is None else words | {"fact_at": line.at.iso()}


def _has(kind: type[Occurrence], name: str) -> bool:
    return name in kind.__struct_fields__

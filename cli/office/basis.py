"""The basis of an answer: what it rests on, and how it is run again to the same bytes.

An answer of an earlier edition of the computing rules is given again where it is the same by those
of today, under the edition that gave it first; where it is not, it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from cli.office.forms import plain
from ledger.errors import LedgerError, Refused, Tampered, Unreadable
from ledger.files import LARGEST, bytes_of, why
from ledger.log import Log
from ledger.times import Instant, parse_instant, within_the_years
from projections.state.facts import Facts
from projections.state.rally import EDITION

BESIDE = "searched_in"
"""Where an answer names the rallies that were looked at, each with its own basis."""


class Basis(msgspec.Struct, frozen=True, omit_defaults=True):
    """The moment of an answer and what proves it: a position of a log, and the root there.

    `head` is where the log ended when it was asked, `received_at` when the record at the position
    was received. `decided_by` stands there only where that was asked.
    """

    ledger: str
    rally: str
    position: int
    head: int
    root: str
    received_at: str | None
    effective_at: str | None
    rulebook: str
    edition: int
    decided_by: str | None = None

    def instants(self) -> tuple[Instant | None, Instant | None]:
        """By when things had happened, and by when they had and were decided; None is not asked."""
        return _instant(self.effective_at), _instant(self.decided_by)


def _instant(text: str | None) -> Instant | None:
    return None if text is None else parse_instant(text)


class Former(NamedTuple):
    """An answer that was given before: its file, its basis, and what it said.

    `said` is None where the file holds the basis alone.
    """

    file: Path
    basis: Basis
    said: dict[str, Any] | None

    def must_hold(self, read: str, document: Mapping[str, Any], facts: Facts) -> None:
        """Refuse to give another answer than the one of an earlier edition of the rules.

        What it said has to be said again, field by field; there may be more. Of a basis alone
        nothing is known but the log: no rule that changed since may bear on it. `read` is what was
        asked.

        Raises:
            Refused: it is another answer, or may be.
        """
        from projections.editions import bearing  # what was answered before is seldom asked again

        changed = bearing(facts, self.basis.edition, read)
        if self.said is None:
            other = "the answer may be another" if changed else ""
        else:
            other = _difference(
                self.said, msgspec.json.decode(msgspec.json.encode(plain(document)))
            )
        if other:
            told = " ".join(f"Edition {each.edition}: {each.title}" for each in changed)
            raise Refused(
                f"{self.file} was computed by edition {self.basis.edition} of the rules; "
                f"this is {EDITION}, and {other}.",
                hint=f"{told} Run it again with the version that gave it.".lstrip(),
            )


def _difference(was: Any, now: Any, where: str = "") -> str:
    """The first thing that is not said any more as it was, in words; empty where all of it is."""
    if isinstance(was, dict) and isinstance(now, dict):
        names = [(f"{where}.{name}".lstrip("."), name) for name in was]
        gone = next((inside for inside, name in names if name not in now), "")
        if gone:
            return f"it says nothing of {gone}: another answer, or one to another question"
        told = (_difference(was[name], now[name], inside) for inside, name in names)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = enumerate(zip(was, now, strict=True))
        told = (_difference(*pair, f"{where}[{place}]") for place, pair in pairs)
    else:
        return "" if was == now else f"{where} is {_short(now)} in place of {_short(was)}"
    return next((each for each in told if each), "")


def _short(value: Any) -> str:
    """A value in so many words as a message can hold."""
    if isinstance(value, (list, dict)):
        return f"{len(value)} entries"
    return json.dumps(value, ensure_ascii=False)


def received_at(log: Log, position: int) -> str | None:
    """When the record at a position was received; null before the first."""
    if not position:
        return None
    for _, received_ms in log.scan.received([position]):
        return within_the_years(received_ms, 0).iso()
    return log.at(position).received(0).iso()  # which says that there is none


def basis_of(
    log: Log,
    position: int,
    head: int,
    effective_at: Instant | None,
    rulebook: str,
    edition: int = EDITION,
    decided_by: Instant | None = None,
) -> Basis:
    """The basis of an answer at a position of a log.

    `edition` is the one by which the answer was computed first.
    """
    return Basis(
        log.identity(),
        log.rally,
        position,
        head,
        log.root_at(position),
        received_at(log, position),
        effective_at.iso() if effective_at else None,
        rulebook,
        edition,
        decided_by.iso() if decided_by else None,
    )


def position_said(before: Former, log: Log) -> int:
    """Where another rally of the ledger was, as an answer of before says; 0 where it does not.

    Raises:
        Tampered: the log had another root there.
    """
    told = (before.said or {}).get(BESIDE)
    for each in told if isinstance(told, list) else ():
        if isinstance(each, dict) and (each.get("ledger"), each.get("rally")) == (
            log.identity(),
            log.rally,
        ):
            position: Any = each.get("up_to")
            root = str(each.get("root"))
            size = log.head().size
            known = isinstance(position, int) and 0 <= position <= size
            if not known or log.root_at(position) != root:
                raise Tampered(
                    f"{log.rally} had the root {root[:10]} at #{position}; it has not here.",
                    hint="`rally verify` looks where it was altered.",
                )
            return int(position)
    return 0


def read_basis(file: Path, log: Log) -> Former:
    """An answer with its basis, if this log is the one on which it was given.

    Raises:
        Unreadable: the file holds none. Tampered: the log had another root there.
        Refused: it is of another rally, or of a later edition of the rules.
    """
    said, of_an_answer = _said_in(file)
    basis = _basis_in(file, said["basis"] if of_an_answer else said)
    _must_be_of(file, basis, log)
    answer = {name: value for name, value in said.items() if name != "basis"}
    return Former(file, basis, answer if of_an_answer and answer else None)


def read_bases(file: Path, log_of: Callable[[str], Log]) -> dict[str, Former]:
    """The bases of an answer over several rallies, by their codes, if these logs are the ones.

    Raises:
        Unreadable: the file holds none. Tampered: a log had another root there.
        NotFound: a rally is not in the ledger. Refused: it is of a later edition of the rules.
    """
    said, of_an_answer = _said_in(file)
    basis = said["basis"] if of_an_answer else said
    several = basis.get("rallies") if isinstance(basis, dict) else None
    if not isinstance(several, list):
        raise Unreadable(f"{file} holds no basis of several rallies.", hint=_GIVE)
    found = [_basis_in(file, each) for each in several]
    for basis in found:
        _must_be_of(file, basis, log_of(basis.rally))
    return {basis.rally: Former(file, basis, None) for basis in found}


_GIVE = "Give the --json output of an answer."


def _said_in(file: Path) -> tuple[Any, bool]:
    """What a file says, and whether that is an answer with its basis."""
    try:
        said = json.loads(bytes_of(file, LARGEST).decode())
    except OSError as error:
        raise Unreadable(f"{file} can't be read: {why(error)}.") from None
    except (ValueError, RecursionError):
        raise Unreadable(f"{file} holds no basis.", hint=_GIVE) from None
    return said, isinstance(said, dict) and "basis" in said


def _basis_in(file: Path, said: Any) -> Basis:
    """The basis that is said."""
    try:
        basis = msgspec.convert(said, Basis)
        basis.instants()
    except (ValueError, TypeError, OverflowError, RecursionError, LedgerError) as error:
        named = isinstance(error, (msgspec.ValidationError, LedgerError))
        reason = f": {error}" if named else ""
        raise Unreadable(f"{file} holds no basis{reason}.", hint=_GIVE) from None
    return basis


def _must_be_of(file: Path, basis: Basis, log: Log) -> None:
    """Refuse a basis on which this log can't answer."""
    if (basis.ledger, basis.rally) != (log.identity(), log.rally):
        raise Refused(
            f"{file} is about the rally {basis.rally} of the ledger {basis.ledger}.",
            hint=f"This one is {log.rally} of {log.identity()}.",
        )
    size = log.head().size
    if not 0 <= basis.position <= basis.head:
        raise Unreadable(f"{file} holds no basis: #{basis.position} of {basis.head} records.")
    if basis.head > size or log.root_at(basis.position) != basis.root:
        raise Tampered(
            f"The log had the root {basis.root[:10]} at #{basis.position}; this one has not.",
            hint="`rally verify` looks where it was altered.",
        )
    if basis.edition > EDITION:
        raise Refused(
            f"{file} was computed by edition {basis.edition} of the rules; this is {EDITION}.",
            hint="Run it again with the version that gave it.",
        )

"""Whom a decision concerns: one answer for the register, a crew's page, evidence and the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ledger.naming import CREWS, named, on_everybody
from ledger.vocabulary import Occurrence


class Concerned(NamedTuple):
    """The crews that are named, in that order; and whether an act on a stage is about them all."""

    crews: tuple[str, ...]
    everybody: bool


def concerned(said: Occurrence, known: Callable[[str], Occurrence | None]) -> Concerned:
    """Whom a decision or a step of a case concerns; `known` gives the records by their ids.

    Every crew that it names, itself or by what it does; and whom the records concern that it is
    about: what it decides, replaces, or takes back.
    """
    crews: dict[str, None] = {}
    everybody = False
    ahead, passed = [said], set[str]()
    while ahead:
        each = ahead.pop(0)
        crews |= dict.fromkeys(named(each, *CREWS))
        everybody |= any(map(on_everybody, getattr(each, "effects", ())))
        about = [identity for identity in named(each, "record") if identity not in passed]
        passed.update(about)
        ahead += filter(None, map(known, dict.fromkeys(about)))
    return Concerned(tuple(crews), everybody)

"""Lodging: with whom something was lodged, and what comes of it if that was the wrong official."""

from __future__ import annotations

from typing import Any, NamedTuple

from projections.rules.procedure import ELSEWHERE
from projections.rules.rulebook import Rulebook, if_known

NOWHERE = ""


class Lodging(NamedTuple):
    """What is wrong with where something was lodged: in words, and whether it is inadmissible."""

    remark: str
    inadmissible: bool


RIGHT = Lodging("", inadmissible=False)


def lodging(rules: Rulebook, parameter: str, said: Any) -> Lodging:
    """Whether it was lodged with whom the rules name; what does not say with whom is left alone."""
    offices = if_known(rules.texts, parameter)
    taken_in = getattr(said, "lodged_with", NOWHERE)
    if not offices or taken_in in (NOWHERE, *offices):
        return RIGHT
    wanted = " or ".join(each.replace("-", " ") for each in offices)
    remark = f"it was lodged with the {taken_in.replace('-', ' ')}, not with the {wanted}"
    return Lodging(remark, if_known(rules.text, ELSEWHERE) == "inadmissible")

"""Marks along a log: where stages end, decisions were taken and documents posted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.names import naming_of
from cli.office.moments import KINDS
from cli.office.view import View

_LONGEST = 160


def marks(seen: View) -> dict[str, list[list[Any]]]:
    """The positions to which one steps, each with its words.

    A stage is where its last record so far is, as where a moment is named by a stage.
    """
    log, until = seen.log, seen.position
    stages = ((each.stage, log.span(each.stage, until)) for each in seen.classified.stages)
    return {
        "stage": sorted([span[1], stage] for stage, span in stages if span),
        **{kind: list(_of(seen, kind)) for kind in ("decision", "publication")},
    }


def _of(seen: View, kind: str) -> Iterator[list[Any]]:
    named = naming_of(lambda: seen.log, seen.position)
    types = [each.type_name() for each in KINDS[kind]]
    for record in seen.log.read(until=seen.position, types=types):
        words = named(record.occurrence().words())
        yield [record.position, words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"]

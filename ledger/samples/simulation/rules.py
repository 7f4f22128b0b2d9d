"""The rulebooks of synthetic rallies, as they were when the generator was made.

A seed gives the same bytes for ever, whatever the rulebooks that rallies adopt say since.
"""

from __future__ import annotations

import functools
import json
from importlib import resources

from ledger.samples.simulation.plan import Amendment


@functools.cache
def rules_of(rulebook: str) -> Amendment:
    """The parameters of a rulebook, and where each came from."""
    file = resources.files("ledger.samples.simulation") / "rulebooks.json"
    said = json.loads(file.read_text(encoding="utf-8"))[rulebook]
    values = {
        name: tuple(each["value"]) if isinstance(each["value"], list) else each["value"]
        for name, each in said.items()
    }
    return Amendment(values, {name: each["provenance"] for name, each in said.items()})

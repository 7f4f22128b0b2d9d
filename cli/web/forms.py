"""The forms of an answer besides its page: as programs read it, as a table, drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cli.names import Naming, in_json
from cli.office.answer import Answer
from cli.terminal import harmless, json_bytes
from ledger.errors import NotFound


def told(answer: Answer[Any], form: str, naming: Callable[[int | None], Naming]) -> bytes:
    """An answer in a form, byte for byte as the command of its read gives it.

    Raises:
        NotFound: it has no table. LedgerError: it can't be drawn.
    """
    if form == "svg":
        from cli.web.charts import drawing

        return drawing(answer)
    if form == "json":
        return json_bytes(in_json(answer.json(), naming))
    if not answer.columns:
        raise NotFound("There is no table of it.", hint="It is answered as .json alone.")
    text = answer.csv(naming(answer.seen.position if answer.seen else None))
    return harmless(text).encode("utf-8", "backslashreplace")  # as the command writes it

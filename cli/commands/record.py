"""`rally record`: put an occurrence on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.acting import act, at_the_desk
from cli.changes import show
from cli.context import Settings
from cli.office.desk import Desk, Signature
from ledger.errors import Usage
from ledger.vocabulary import type_named


def _desk(settings: Settings, signature: Signature, given: Mapping[str, Any]) -> Desk:
    """The desk of the rally that is meant; what constitutes one begins it."""
    if type_named(given["kind"]).type_name() != "RallyConstituted":
        return at_the_desk(settings, signature, given)
    if settings.rally is None:
        raise Usage("A new rally needs a code.", hint="Name it with --rally CODE.")
    return at_the_desk(settings, signature, given, settings.rally)


command = act(
    "record",
    """Put an occurrence on record, checked by the rules for who may record it and about what.

    `rally types` lists the types and `rally types TYPE` the fields of one. It prints the position,
    what it means in words, and what it changed in the standings. Any type may have private values,
    private.NAME=VALUE: the log holds only a commitment to each, and `rally forget` erases them.

    \b
    Examples:
      rally record PenaltyGiven number=102 stage=SS12 amount_ms=4:00:00 \\
        --by "Race direction" --role clerk-of-the-course --reason "two waypoints missed"
      rally record BulletinIssued bulletin=3 from_stage=SS5 timing.tolerance_ms=0:00:01 \\
        --by "The stewards" --role stewards
      rally record RallyConstituted title="Desert Loop" --rally loop-2027 --by Ann --role secretary
    """,
    show,
    at=_desk,
)

"""Finality: a classification becomes final when nothing is open and no time for protests runs."""

from __future__ import annotations

from cli.office.asked import desk
from cli.office.view import View
from ledger.errors import Refused
from ledger.times import Instant
from projections.protest_clock import protest_clock
from projections.publications import Content


def must_be_able_to_become_final(seen: View, content: Content, at: Instant) -> None:
    """Refuse a final classification while protests may be lodged or something is open.

    It is asked of the last classification of the same scope that hangs on the board.

    Raises:
        Refused: with what stands in the way.
    """
    lies = desk(seen)
    posted = [
        each
        for each in protest_clock(lies, at.ms).rows
        if _scope(lies.facts.by_id[each.id].value) == dict(content.scope)
    ]
    if not posted:
        return
    last = posted[-1]
    in_the_way = list(last.open)
    if last.over is False:
        in_the_way.append(f"protests may be lodged until {last.closes_at}")
    if in_the_way:
        raise Refused(
            f"Document {last.document} may not become final: {'; '.join(in_the_way)}.",
            hint="`rally protest-clock` tells more. Results that stand subject to an appeal are "
            "published with --subject-to-appeal.",
        )


def _scope(said: object) -> dict[str, str]:
    return dict(getattr(said, "scope", {}))

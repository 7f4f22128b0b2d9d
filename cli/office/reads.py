"""Every read by name: what can be asked of a rally, whichever face asks.

Its parameters are those of its function (`Read.parameters`), and each may be asked at any cut: see
`View`. A new read is a function and a line here; a face needs no list of its own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cli.office.answer import Answer
    from cli.office.asking import Parameter
    from cli.office.view import View


class Read(NamedTuple):
    """A read of the table: the module and the name of its function, and what it is for.

    One `on_results` says nothing but classifications. What is asked of the ledger itself, and of no
    log, takes no view.
    """

    module: str
    function: str
    help: str
    on_results: bool = False
    of_a_log: bool = True

    def load(self) -> Callable[..., Answer[Any]]:
        """The function, imported when it is asked for and not before."""
        found: Callable[..., Answer[Any]]
        found = getattr(importlib.import_module(f"cli.office.{self.module}"), self.function)
        return found

    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order in which they are told."""
        from cli.office.asking import parameters_of

        return parameters_of(self.load())

    def ask(self, seen: View | None, given: Mapping[str, Any]) -> Answer[Any]:
        """Ask it of a log at a cut.

        Raises:
            Usage: a parameter that it has not, or a value that the parameter can't have.
            Refused: an earlier edition of the rules gave another answer.
        """
        from cli.office.asking import must_suit, parameters_of

        function = self.load()
        must_suit(given, parameters_of(function))
        answer = function(seen, **given)
        if seen is not None:
            seen.must_hold(answer.document, on_results=self.on_results)
        return answer


READS: dict[str, Read] = {
    "standings": Read(
        "results", "of_crews", "The overall, or the result of one stage.", on_results=True
    ),
    "teams": Read(
        "results", "of_teams", "The classification of teams by their best crews.", on_results=True
    ),
    "crew": Read("crews", "page", "Everything about one crew on one page."),
    "retirements": Read("crews", "left", "Who left the rally, where and why."),
    "finishers": Read("crews", "counted", "How many crews are in each status."),
    "penalties": Read("crews", "penalised", "Every penalty, with the cross-foot to the totals."),
    "publications": Read("register", "posted", "What was posted, and whether it still holds."),
    "decisions": Read("register", "decided", "The register of decisions, and what became of each."),
    "docket": Read(
        "register", "deadlines", "Deadlines of decisions, protests, reviews and appeals."
    ),
    "protest-clock": Read(
        "register", "protest_times", "Times for protests; what may become final."
    ),
    "due": Read("register", "what_is_due", "What lapses and what may be done next, by a moment."),
    "start-order": Read("crews", "starters", "Who starts a stage when."),
    "time-card": Read("crews", "card", "A crew's controls and times, with what was struck."),
    "incidents": Read("road", "observed", "What needs attention, and what came of it."),
    "outstanding": Read("road", "awaited", "Who is still out, and what has not come in."),
    "check": Read("road", "suspected", "Data that look wrong, and what to do about them."),
    "anomalies": Read("road", "contradictions", "What in the log contradicts itself."),
    "log": Read("records", "listed", "The records, one by one."),
    "show": Read("records", "shown", "One record with everything that refers to it."),
    "late": Read("records", "late", "What reached the log long after it happened."),
    "rulebook show": Read("rules", "in_force", "The rules in force, and where each comes from."),
    "why": Read("why", "why", "Why a crew has its total, its place and its status."),
    "history": Read(
        "history", "moved", "How a crew moved, or the lead, and by which records.", on_results=True
    ),
    "diff": Read(
        "compared", "diff", "Who moved between two moments, and because of what.", on_results=True
    ),
    "what-if": Read(
        "compared", "what_if", "What would be without a record, or with others.", on_results=True
    ),
    "drift": Read("drift", "drifted", "Why a published document is not today's answer."),
    "chart": Read("results", "along_the_stages", "Draw places or gaps along the stages, as SVG."),
    "exhibit list": Read("exhibits", "bound", "The files that are bound to records."),
    "exhibit check": Read("exhibits", "checked", "Whether every exhibit is there, unaltered."),
    "site": Read("sites", "held", "What this ledger is called, and whose records it holds."),
    "types": Read("types", "types", "List every occurrence that can be recorded.", of_a_log=False),
    "verify": Read("proof", "verified", "Prove that the log is whole and unaltered."),
}

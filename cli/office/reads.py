"""Every read by name: what can be asked of a rally, whichever face asks.

Its parameters are those of its function (`Read.parameters`), and each may be asked at any cut: see
`View`. A new read is a function and a line here; a face needs no list of its own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from cli.office.needs import Needs, Work, work_of

if TYPE_CHECKING:
    from cli.office.answer import Answer
    from cli.office.asking import Parameter
    from cli.office.view import View
    from cli.office.views import Views


Of = Literal["log", "ledger", "nothing"]
"""What a read is asked of: the log of a rally, all that the ledger holds, or neither."""


class Read(NamedTuple):
    """A read of the table: its name, the module and the name of its function, and what it is for.

    Mostly it is asked of a log; what is asked of all logs of a ledger takes the views of them, what
    is asked of none takes no view. What is asked of a log whatever the cut has no basis. `needs` is
    what it looks at.
    """

    name: str
    module: str
    function: str
    help: str
    of: Of = "log"
    of_a_cut: bool = True
    needs: Needs = Needs.TIMELINE
    us_a_record: float = 40
    """About how long it takes for each record (µs), where it has to go through the log."""
    has_table: bool = True
    """Whether it answers as one table of CSV, too."""

    def load(self) -> Callable[..., Answer[Any]]:
        """The function, imported when it is asked for and not before."""
        module = importlib.import_module(f"cli.office.{self.module}")
        return cast("Callable[..., Answer[Any]]", getattr(module, self.function))

    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order in which they are told."""
        from cli.office.asking import parameters_of

        return parameters_of(self.load())

    @property
    def of_a_log(self) -> bool:
        """Whether it is asked of one log."""
        return self.of == "log"

    @property
    def of_a_ledger(self) -> bool:
        """Whether it is asked of all logs of a ledger."""
        return self.of == "ledger"

    def work(self, seen: View | Views | None, given: Mapping[str, Any]) -> Work:
        """What it will have to do: asked before the read, it says about how long that takes.

        Raises:
            NotFound: there is no such moment. Usage: it is none.
        """
        if seen is None:
            return Work(Needs.RECORDS)
        if self.of_a_ledger:
            return cast("Views", seen).work(self.needs, self.us_a_record, given)
        return work_of(self.needs, self.us_a_record, cast("View", seen), given)

    def ask(self, seen: View | Views | None, given: Mapping[str, Any]) -> Answer[Any]:
        """Ask it of a log at a cut, or of each log of a ledger at its own.

        Raises:
            Usage: a parameter that it has not, or a value that the parameter can't have.
            Refused: an earlier edition of the rules gave another answer.
        """
        from cli.office.asking import gathered, must_suit, parameters_of

        function = self.load()
        must_suit(given, parameters_of(function))
        answer = function(seen, **gathered(function, given))
        if (rests_on := answer.over or answer.seen) is not None:
            rests_on.must_hold(self.name, answer.document)
        return answer


_EVERY = (
    Read("standings", "results", "of_crews", "The overall, or the result of one stage."),
    Read("teams", "results", "of_teams", "The classification of teams by their best crews."),
    Read("points", "scoring", "of_a_rally", "The points of the championship that a rally gives."),
    Read("season", "scoring", "of_a_season", "The points of several rallies, added.", of="ledger"),
    Read("crew", "crews", "page", "Everything about one crew on one page."),
    Read("retirements", "crews", "left", "Who left the rally, where and why."),
    Read("finishers", "crews", "counted", "How many crews are in each status."),
    Read("penalties", "crews", "penalised", "Every penalty, with the cross-foot to the totals."),
    Read("publications", "register", "posted", "What was posted, and whether it still holds."),
    Read("decisions", "register", "decided", "The register of decisions, and what became of each."),
    Read(
        "alike",
        "alike",
        "given_before",
        "What was given before for the like, and what was not.",
        needs=Needs.DESK,
    ),
    Read(
        "docket",
        "register",
        "deadlines",
        "Deadlines of decisions, protests, reviews and appeals.",
        needs=Needs.DESK,
    ),
    Read(
        "protest-clock",
        "register",
        "protest_times",
        "Times for protests; what may become final.",
        needs=Needs.DESK,
    ),
    Read(
        "due",
        "register",
        "what_is_due",
        "What lapses and what may be done next, by a moment.",
        needs=Needs.DESK,
    ),
    Read("start-order", "crews", "starters", "Who starts a stage when."),
    Read("time-card", "crews", "card", "A crew's controls and times, with what was struck."),
    Read("incidents", "road", "observed", "What needs attention, and what came of it."),
    Read(
        "proposals",
        "proposing",
        "proposed",
        "What the tariffs propose, and what an office made of it.",
    ),
    Read(
        "cards",
        "keying",
        "keyed",
        "Who keyed which time cards, and what differs.",
        needs=Needs.REPLAY,
        us_a_record=50,
    ),
    Read(
        "outstanding",
        "road",
        "awaited",
        "Who is still out, and what has not come in.",
        needs=Needs.WHILE_RUN,
        us_a_record=50,
    ),
    Read(
        "check",
        "road",
        "suspected",
        "Data that look wrong, and what to do about them.",
        needs=Needs.REPLAY,
        us_a_record=60,
    ),
    Read(
        "anomalies",
        "road",
        "contradictions",
        "What in the log contradicts itself.",
        needs=Needs.REPLAY,
        us_a_record=50,
    ),
    Read("log", "records", "listed", "The records, one by one.", needs=Needs.PART, us_a_record=100),
    Read(
        "show",
        "records",
        "shown",
        "One record with everything that refers to it.",
        needs=Needs.RECORDS,
        has_table=False,
    ),
    Read(
        "late",
        "records",
        "late",
        "What reached the log long after it happened.",
        needs=Needs.PART,
        us_a_record=30,
    ),
    Read(
        "moment",
        "moments",
        "moment",
        "Which stage was driven then, and what hung on the board.",
        needs=Needs.DESK,
    ),
    Read(
        "marks",
        "moments",
        "marks",
        "Stages, decisions, who left and documents along the log.",
        needs=Needs.DESK,
    ),
    Read(
        "rulebook show",
        "rules",
        "in_force",
        "The rules in force, and where each comes from.",
        has_table=False,
    ),
    Read(
        "rulebook explain",
        "explaining",
        "rule",
        "What a rule means, where its values stand, and a case worked by hand.",
    ),
    Read(
        "rulebook check",
        "sourcing",
        "on_sources",
        "What in the rulebooks stands in a text, is assumed, or wanted.",
        of="nothing",
        of_a_cut=False,
        needs=Needs.RECORDS,
    ),
    Read(
        "document receipt",
        "receipts",
        "handed_in",
        "What was lodged: when, with whom, by which means.",
        needs=Needs.DESK,
        has_table=False,
    ),
    Read("why", "why", "why", "Why a crew has its total, its place and its status."),
    Read(
        "history",
        "history",
        "moved",
        "How a crew moved, or the lead, and by which records.",
        needs=Needs.MOMENTS,
        us_a_record=400,
    ),
    Read(
        "diff",
        "compared",
        "diff",
        "Who moved between two moments, and because of what.",
        needs=Needs.REPLAY,
        us_a_record=70,
    ),
    Read(
        "what-if",
        "compared",
        "what_if",
        "What would be without a record, or with others.",
        needs=Needs.REPLAY,
        us_a_record=120,
    ),
    Read(
        "drift",
        "drift",
        "drifted",
        "Why a published document is not today's answer.",
        needs=Needs.REPLAY,
        us_a_record=120,
    ),
    Read("chart", "results", "along_the_stages", "Draw places or gaps along the stages, as SVG."),
    Read(
        "exhibit list",
        "exhibits",
        "bound",
        "The files that are bound to records.",
        needs=Needs.DESK,
    ),
    Read(
        "exhibit check",
        "exhibits",
        "checked",
        "Whether every exhibit is there, unaltered.",
        needs=Needs.DESK,
    ),
    Read(
        "site",
        "sites",
        "held",
        "What this ledger is called, and whose records it holds.",
        needs=Needs.REPLAY,
        has_table=False,
    ),
    Read(
        "types",
        "types",
        "types",
        "List every occurrence that can be recorded.",
        of="nothing",
        of_a_cut=False,
        needs=Needs.RECORDS,
        has_table=False,
    ),
    Read(
        "verify",
        "proof",
        "verified",
        "Prove that the log is whole and unaltered.",
        of_a_cut=False,
        needs=Needs.LOG,
        has_table=False,
    ),
)
READS: dict[str, Read] = {each.name: each for each in _EVERY}

"""Every act by name: what an official can do, whichever face he does it at.

Its parameters are those of its function. It is done at the desk of a log, and signed: see `Desk`;
or at the secretariat of a ledger: see `Secretariat`. A new act is a function and a line here; a
face needs no list of its own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from cli.office.asking import Parameter
    from cli.office.desk import Desk
    from cli.office.drafting import Reasons
    from cli.office.secretariat import Secretariat


class Done(Protocol):
    """What came of an act, which knows its JSON."""

    def json(self) -> dict[str, Any]:
        """It as one JSON document."""


class Act(NamedTuple):
    """An act of the table: the module and the name of its function.

    Of a decision the function is its template: it makes a draft, and the decision takes what every
    decision takes as well (see `Shared`).
    """

    module: str
    function: str
    is_draft: bool = False
    at_the_desk: bool = True

    def load(self) -> Callable[..., Any]:
        """The function, imported when it is asked for and not before."""
        module = importlib.import_module(f"cli.office.{self.module}")
        return cast("Callable[..., Any]", getattr(module, self.function))

    @property
    def help(self) -> str:
        """What it means, in a sentence."""
        return (self.load().__doc__ or "").partition("\n")[0]

    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order in which they are told."""
        from cli.office.asking import parameters_of

        if not self.is_draft:
            return parameters_of(self.load())
        from cli.office.drafting import Shared

        return parameters_of(self.load()) + parameters_of(Shared)

    def carry_out(
        self, at: Desk | Secretariat, given: Mapping[str, Any], reasons: Reasons | None = None
    ) -> tuple[Done, ...]:
        """Carry it out at a desk or the secretariat, or only try it, as it is signed.

        What is posted category by category has several outcomes, anything else one. `reasons` asks
        for those of a decision, where the signature has none.

        Raises:
            Usage: a parameter that it has not, or one that lacks. LedgerError: as the act says.
        """
        from cli.office.asking import gathered, must_suit

        must_suit(given, self.parameters(), self.help)
        function = self.load()
        came = function(at, **gathered(function, given))
        if self.is_draft:
            from cli.office.drafting import Shared, issue

            desk: Any = at
            came = issue(desk, came, Shared(**gathered(Shared, given)), reasons)
        # outcomes are named tuples themselves
        return self._told(at, came if type(came) is tuple else (came,))

    def _told(self, at: Any, came: tuple[Any, ...]) -> tuple[Done, ...]:
        """What came of it; what it makes `check` find is told with the last of several records."""
        if not self.at_the_desk:
            return came
        from cli.office.handles import handle_of
        from cli.office.telling import told

        *others, last = came
        handle = handle_of(at.log, last.record) if last.record else ""
        return (*others, replace(last, warnings=told(at, came), handle=handle))


def _decision(function: str) -> Act:
    return Act("drafting", function, is_draft=True)


def _step(function: str) -> Act:
    return Act("steps", function)


def _incoming(module: str, function: str) -> Act:
    return Act(module, function, at_the_desk=False)


ACTS: dict[str, Act] = {
    "decide penalty": _decision("penalty"),
    "decide credit": _decision("credit"),
    "decide disqualify": _decision("disqualify"),
    "decide reprimand": _decision("reprimand"),
    "decide fine": _decision("fine"),
    "decide reposition": _decision("reposition"),
    "decide cancel-stage": _decision("cancel_stage"),
    "decide reinstate-stage": _decision("reinstate_stage"),
    "decide withdraw": _decision("withdraw"),
    "decide no-action": _decision("no_action"),
    "decide effects": _decision("other"),
    "decide notify": _step("notify"),
    "decide acknowledge": _step("acknowledge"),
    "decide rescind": _step("rescind"),
    "decide activate": _step("activate"),
    "decide lapse": _step("lapse_condition"),
    "decide succession": _step("succession"),
    "protest lodge": _step("protest"),
    "protest decide": _step("decide_protest"),
    "protest withdraw": _step("withdraw_protest"),
    "review petition": _step("petition"),
    "review decide": _step("decide_review"),
    "appeal announce": _step("announce"),
    "appeal confirm": _step("confirm"),
    "appeal lapse": _step("lapse"),
    "appeal withdraw": _step("withdraw_appeal"),
    "appeal suspend": _step("suspend"),
    "appeal resume": _step("resume"),
    "court": _step("court"),
    "sign": _step("sign"),
    "draw-up classification": Act("posting", "draw_up_classification"),
    "draw-up decision": _step("draw_up_decision"),
    "publish classification": Act("posting", "classification"),
    "publish start-order": Act("posting", "start_orders"),
    "publish decision": Act("posting", "decision"),
    "record": Act("recording", "record"),
    "correct": Act("recording", "correct"),
    "void": Act("recording", "void"),
    "forget": Act("recording", "forget"),
    "exhibit add": Act("recording", "bind"),
    "new": _incoming("founding", "found"),
    "import sheets": _incoming("importing", "sheets"),
    "import gpx": _incoming("importing", "road_book"),
    "import wrc-live": _incoming("importing", "wrc_live"),
    "import jsonl": _incoming("importing", "exported"),
    "site": _incoming("sites", "name"),
}

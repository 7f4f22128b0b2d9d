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

from ledger.errors import LedgerError, Unavailable

if TYPE_CHECKING:
    from cli.office.asking import Parameter
    from cli.office.desk import Desk
    from cli.office.drafting import Reasons
    from cli.office.secretariat import Secretariat
    from ledger.keys import Key


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

        What was done already under the key of the signature is answered as it was then.

        Raises:
            Usage: a parameter that it has not, or one that lacks. LedgerError: as the act says.
            KeyTaken: another act has the key.
        """
        from cli.office.asking import must_suit
        from ledger.keys import taken

        must_suit(given, self.parameters(), self.help)
        if not self.at_the_desk:
            return self._came(at, given, reasons)
        desk: Any = at
        if not desk.signature.key:
            return self._told(desk, self._came(desk, given, reasons))
        key = _key(desk.signature.key, given)
        desk = desk.under(key)
        done = desk.log.done() if desk.signature.dry_run else []
        try:
            if not done:
                return self._told(desk, self._came(desk, given, reasons))
        except Unavailable:
            raise
        except LedgerError:  # a rule may say no to what was done already
            if not (done := desk.log.done()):
                raise
        try:
            again = desk.again(done)
            came = self._told(again, self._came(again, given, reasons))
        except Unavailable:
            raise
        except LedgerError:  # it could not be done there, so it is not what was done
            raise taken(key, done[0].position) from None
        return tuple(replace(each, already_known=True) for each in came)

    def _came(self, at: Any, given: Mapping[str, Any], reasons: Reasons | None) -> tuple[Any, ...]:
        from cli.office.asking import gathered

        function = self.load()
        if self.at_the_desk:
            at.must_have_the_right_time()
        came = function(at, **gathered(function, given))
        if self.is_draft:
            from cli.office.drafting import Shared, issue

            came = issue(at, came, Shared(**gathered(Shared, given)), reasons)
        # outcomes are named tuples themselves
        return came if type(came) is tuple else (came,)

    def _told(self, desk: Desk, came: tuple[Any, ...]) -> tuple[Any, ...]:
        """What came of it; what it makes `check` find is told with the last of several records."""
        from cli.office.handles import handle_of
        from cli.office.telling import of_its_clock, told

        *others, last = (replace(each, key=desk.signature.key) for each in came)
        handle = handle_of(desk.log, last.record) if last.record else ""
        notes = (*last.notes, *of_its_clock(last, desk))
        found = told(desk, [part for each in came for part in each.parts])
        return (*others, replace(last, warnings=found, handle=handle, notes=notes))


def _key(text: str, given: Mapping[str, Any]) -> Key:
    """The key of an act: that of the source that is named, as a reading may have one."""
    from cli.fields import source_of
    from ledger.keys import key_typed

    return key_typed(text, source_of(given.get("source") or "").name)


def _decision(function: str) -> Act:
    return Act("drafting", function, is_draft=True)


def _sanction(function: str) -> Act:
    return Act("sanctions", function, is_draft=True)


def _step(function: str) -> Act:
    return Act("steps", function)


def _incoming(module: str, function: str) -> Act:
    return Act(module, function, at_the_desk=False)


ACTS: dict[str, Act] = {
    "decide penalty": _sanction("penalty"),
    "decide proposal": _sanction("proposal"),
    "decide credit": _decision("credit"),
    "decide disqualify": _sanction("disqualify"),
    "decide reprimand": _sanction("reprimand"),
    "decide fine": _sanction("fine"),
    "decide licence": _sanction("licence"),
    "decide relegate": _sanction("relegate"),
    "decide reclassify": _sanction("reclassify"),
    "decide put-back-start": _sanction("put_back_start"),
    "decide dock-points": _sanction("dock_points"),
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
    "decide fine-paid": _step("fine_paid"),
    "decide fine-returned": _step("fine_returned"),
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
    "extend": _step("extend"),
    "end-competition": Act("ends", "end_competition"),
    "prize-giving": Act("ends", "prize_giving"),
    "court": _step("court"),
    "sign": Act("keyholding", "sign"),
    "key register": Act("keyholding", "register"),
    "key replace": Act("keyholding", "replace"),
    "key revoke": Act("keyholding", "revoke"),
    "key lost": Act("keyholding", "lost"),
    "draw-up classification": Act("posting", "draw_up_classification"),
    "draw-up decision": _step("draw_up_decision"),
    "publish classification": Act("posting", "classification"),
    "publish start-order": Act("posting", "start_orders"),
    "publish decision": Act("posting", "decision"),
    "record": Act("recording", "record"),
    "correct": Act("recording", "correct"),
    "void": Act("recording", "void"),
    "adopt": Act("proposing", "adopt"),
    "decline": Act("proposing", "decline"),
    "close-cards": Act("keying", "close_cards"),
    "throw-dice": Act("keying", "throw_dice"),
    "forget": Act("recording", "forget"),
    "exhibit add": Act("recording", "bind"),
    "keep": Act("keeping", "keep"),
    "new": _incoming("founding", "found"),
    "import sheets": _incoming("importing", "sheets"),
    "import gpx": _incoming("importing", "road_book"),
    "import wrc-live": _incoming("importing", "wrc_live"),
    "import jsonl": _incoming("importing", "exported"),
    "site": _incoming("sites", "name"),
}

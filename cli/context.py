"""What every command shares: which ledger and rally are meant, and the clock of this machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.appended import Appended
from cli.machine_clock import system_clock

if TYPE_CHECKING:
    from cli.office.desk import Signature
    from cli.office.office import Office
    from cli.office.secretariat import Secretariat
    from cli.rally_clocks import RallyClocks
    from ledger.exhibits import Exhibits
    from ledger.log import Ledger, Log
    from ledger.openings import Randomness
    from ledger.signatory import Signatory
    from ledger.times import Clock, Instant

DEFAULT_LEDGER = "rally.db"


def local_offset(ms: int) -> int:
    """The UTC offset in minutes that this machine shows at an instant."""
    offset = datetime.fromtimestamp(ms / 1000).astimezone().utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


class Settings:
    """The choices of one call of the command line."""

    def __init__(
        self,
        clock: Clock = system_clock,
        offset: Callable[[int], int] = local_offset,
        randomness: Randomness = secrets.token_bytes,
    ) -> None:
        self.clock = clock
        self.randomness = randomness
        self.appended = Appended()
        self._moment: int | None = None
        self._offset = offset
        self._ledger: str | None = None
        self._opened: Ledger | None = None
        self._every: list[Ledger] = []
        self.answered = False
        """Whether a read was answered, with which the command ends."""
        self.rally: str | None = None
        self.site = ""
        self.sign_with: str | None = None
        """The key that signs what is put on record here, if it is not $RALLY_KEY; "" is none."""

    @cached_property
    def signatory(self) -> Signatory | None:
        """Who signs what is put on record here; None where no key is named."""
        named = os.environ.get("RALLY_KEY") if self.sign_with is None else self.sign_with
        if not named:
            return None
        from cli.office.keys import signer
        from cli.signing import ask_passphrase
        from ledger.signatory import Signatory

        return Signatory(lambda: signer(named, ask_passphrase))

    @cached_property
    def named_to_people(self) -> Callable[[str], str]:
        """How a text that holds ids of records is read by people."""
        return self.naming()

    def naming(self, until: int | None = None) -> Callable[[str], str]:
        """The same by what was known at a position of the log."""
        from cli.names import naming_of

        return naming_of(self.open_log, until)

    @cached_property
    def clocks(self) -> RallyClocks:
        """The clocks of the rally that is meant."""
        from cli.rally_clocks import RallyClocks
        from ledger.rally_time import constituted

        return RallyClocks(lambda: constituted(self.open_log()))

    def to_people(self, text: str) -> str:
        """A text as people read it: records named, moments by the clocks of the rally."""
        return self.clocks.text(self.named_to_people(text))

    def without_a_ledger(self) -> None:
        """Let words stand as they are: what is shown comes from no ledger, or from several logs."""
        from cli.rally_clocks import RallyClocks

        self.named_to_people, self.clocks = str, RallyClocks(lambda: None)

    def choose(self, ledger: str | None, rally: str | None) -> None:
        """Take over what an option says; one behind the command goes before one in front of it."""
        self._ledger = ledger or self._ledger
        self.rally = rally or self.rally

    @property
    def ledger_name(self) -> str:
        """The file or URL of the ledger."""
        return self._ledger or os.environ.get("RALLY_LEDGER") or DEFAULT_LEDGER

    @property
    def has_a_ledger(self) -> bool:
        """Whether a ledger is named, or one is where it is looked for without a name."""
        named = self._ledger or os.environ.get("RALLY_LEDGER")
        return bool(named) or Path(DEFAULT_LEDGER).exists()

    @property
    def named(self) -> str:
        """The ledger as it is named to `rally`; nothing for the one that is meant anyway."""
        name = self.ledger_name
        shown = "URL" if "://" in name else name  # a URL may hold a password
        return "" if name == DEFAULT_LEDGER else f" --ledger {shown}"

    def now(self) -> Instant:
        """This moment with the offset that this machine shows."""
        from ledger.times import Instant

        ms = self.clock() if self._moment is None else self._moment
        return Instant(ms, self._offset(ms))

    def hold(self) -> None:
        """Let this moment be the one of all that is done: an act has one time."""
        self._moment = self.clock()

    def quarantine(self) -> Path:
        """The file for lines that could not be taken in: beside the ledger, or here."""
        from ledger.database import file_of

        path = file_of(self.ledger_name) or Path("rally")
        return path.with_name(f"{path.name}.quarantine.jsonl")

    def secretariat(
        self, signature: Signature | None = None, *, new: bool = True, **how: Any
    ) -> Secretariat:
        """The secretariat of the ledger that is meant, which may begin a new one."""
        from cli.office.secretariat import Secretariat

        ledger = partial(self.open_ledger, new=new)
        return Secretariat(ledger, self.now(), self.quarantine(), self.rally, signature, **how)

    def exhibits(self) -> Exhibits:
        """The folder of the exhibits of the ledger that is meant."""
        from ledger.exhibits import Exhibits, folder_of

        return Exhibits(folder_of(self.ledger_name, os.environ.get("RALLY_EXHIBITS")))

    def office(self, *, new: bool = False) -> Office:
        """The office of the ledger that is meant, which may be a new one.

        Raises:
            Unreadable: there is no ledger, or it is none.
        """
        from cli.office.office import Office

        return Office(self.open_ledger(new=new), exhibits=self.exhibits())

    def open_ledger(self, *, new: bool = False) -> Ledger:
        """Open the ledger; only what writes may start a new one.

        Raises:
            Unreadable: there is none, or it is no ledger.
        """
        from ledger.log import Ledger

        self._opened = Ledger(
            self.ledger_name,
            self.clock,
            self.site,
            self.appended,
            new=new,
            signatory=self.signatory,
        )
        self._every.append(self._opened)
        return self._opened

    def put_away(self) -> None:
        """Let go of every ledger that was opened here."""
        for each in self._every:
            each.close()

    def written_alone(self) -> bool:
        """Whether something was put on record on a server that lacks its standby."""
        return self._opened is not None and self._opened.written_alone()

    def open_log(self) -> Log:
        """Open the log of the rally that is meant.

        Raises:
            NotFound: no such rally. Usage: the ledger holds several and none is named.
        """
        log = self.office().log(self.rally)
        log.clock = lambda: self.now().ms
        return log

"""Who may sign for what and when, as `ssh-keygen -Y verify` reads it (OpenSSH's allowed_signers).

Each line is a name, for what it may sign, from when and until when, and a public key. The name is
the namespace itself, in which no sign of a pattern can stand. Times are in UTC, by whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ledger.times import Instant

_FORM = "%Y%m%d%H%M%SZ"


class Term(NamedTuple):
    """A public key, as ssh writes it, that signs in a namespace from one instant on to another.

    They are in UTC milliseconds; at the second it signs no more, and None is no end.
    """

    namespace: str
    key: str
    from_ms: int
    until_ms: int | None = None

    def line(self) -> str:
        """It as ssh-keygen reads it; "" where it signs at no second that ssh-keygen can name.

        To ssh-keygen the last second counts as well, and an act of that second is still in it.
        """
        first = self.from_ms // 1000
        says = [f'namespaces="{self.namespace}"', f'valid-after="{verify_time(first * 1000)}"']
        if self.until_ms is not None:
            last = (self.until_ms - 1) // 1000
            if last <= first:
                return ""
            says.append(f'valid-before="{verify_time(last * 1000)}"')
        return f"{self.namespace} {','.join(says)} {self.key}\n"


def verify_time(ms: int) -> str:
    """An instant as `ssh-keygen -O verify-time=` takes it."""
    return Instant(ms, 0).datetime.strftime(_FORM)


def allowed_signers(terms: Iterable[Term], *about: str) -> str:
    """The file: what it is about, and a line for each term."""
    said = "".join(f"# {each}\n" for each in about)
    return said + "".join(sorted({each.line() for each in terms}))

"""Keys that an ssh-agent holds: it signs, and never gives the key away (draft-ietf-sshm-ssh-agent).

So a key with a passphrase is typed in once, and signs for as long as somebody is there.
"""

from __future__ import annotations

import socket

from ledger.errors import Unreadable
from ledger.proofs.ed25519 import PublicKey, key_of_blob, packed, unpacked

_LIST, _LISTED, _SIGN, _SIGNED = 11, 12, 13, 14
_PATIENCE_S = 60
"""So long somebody may take to allow it, as some agents ask."""
_LONGEST = 1 << 20


class AgentKey:
    """A key that an agent holds."""

    def __init__(self, agent: str, public: PublicKey) -> None:
        self._agent = agent
        self._public = public

    @property
    def public(self) -> PublicKey:
        """By which it is checked."""
        return self._public

    def sign(self, message: bytes) -> bytes:
        """A signature over a message.

        Raises:
            Unreadable: the agent does not sign.
        """
        asked = packed(self._public.blob) + packed(message) + bytes(4)
        parts = [*unpacked(_asked(self._agent, _SIGN, asked, _SIGNED))]
        made = self._public.unwrapped(parts[0]) if parts else None
        if made is None:
            raise Unreadable("The ssh-agent did not sign.", hint="Ask `ssh-add -l` what it holds.")
        return made


def key_in_agent(agent: str, fingerprint: str = "") -> AgentKey:
    """The key that an agent holds, by its fingerprint where it holds several.

    Raises:
        Unreadable: there is no agent, or no such key in it.
    """
    if not agent:
        raise Unreadable("No ssh-agent is here ($SSH_AUTH_SOCK).", hint="`eval $(ssh-agent)`.")
    told = _asked(agent, _LIST, b"", _LISTED)[4:]
    held = [found for blob in [*unpacked(told)][::2] if (found := key_of_blob(blob))]
    meant = [each for each in held if fingerprint in ("", each.fingerprint)]
    if len(meant) == 1:
        return AgentKey(agent, meant[0])
    shown = ", ".join(each.fingerprint for each in held) or "none"
    raise Unreadable(
        f"The ssh-agent holds {len(meant)} Ed25519 keys that may be meant.",
        hint=f"Name one as agent:SHA256:…; it holds: {shown}.",
    )


def _asked(agent: str, kind: int, data: bytes, expected: int) -> bytes:
    """What an agent answers to a request."""
    try:
        with socket.socket(socket.AF_UNIX) as there:
            there.settimeout(_PATIENCE_S)
            there.connect(agent)
            there.sendall(packed(bytes([kind]) + data))
            answer = _read(there, int.from_bytes(_read(there, 4), "big"))
    except (OSError, EOFError) as error:
        raise Unreadable(f"The ssh-agent does not answer: {error}.") from None
    if answer[:1] != bytes([expected]):
        raise Unreadable(
            "The ssh-agent said no.", hint="It may be locked, or somebody did not allow it."
        )
    return answer[1:]


def _read(there: socket.socket, count: int) -> bytes:
    if count > _LONGEST:
        raise EOFError("it says too much")
    data = b""
    while len(data) < count:
        part = there.recv(count - len(data))
        if not part:
            raise EOFError("it broke off")
        data += part
    return data

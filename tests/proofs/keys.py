"""Keys of a few who sign, made from nothing: the same in every run."""

from __future__ import annotations

import contextlib
import hashlib
import socketserver
import tempfile
import threading
from collections.abc import Iterator

from ledger.proofs.ed25519 import (
    PublicKey,
    Signer,
    SigningKey,
    new_key,
    packed,
    signed_in_hardware,
    unpacked,
)


def key_of(name: str) -> SigningKey:
    """The key of somebody."""
    return new_key(lambda count: hashlib.sha256(name.encode()).digest()[:count])


class Hardware:
    """A key as hardware holds it: it says whether it was touched, and how often it signed."""

    def __init__(self, name: str, *, flags: int = 1, application: str = "ssh:") -> None:
        self._key, self._flags, self._count = key_of(name), flags, 0
        self.public = PublicKey(self._key.public.raw, application)

    def sign(self, message: bytes) -> bytes:
        """What hardware signs, with what it says of itself behind."""
        self._count += 1
        said = bytes([self._flags]) + self._count.to_bytes(4, "big")
        return self._key.sign(signed_in_hardware(self.public.application, said, message)) + said


@contextlib.contextmanager
def agent_with(*signers: Signer) -> Iterator[str]:
    """An ssh-agent that holds these keys; it is told apart from others by where it listens."""
    with tempfile.TemporaryDirectory() as folder:  # the name of a socket may not be long
        where = f"{folder}/agent"
        with socketserver.ThreadingUnixStreamServer(where, _Asked) as server:
            server.signers = {each.public.blob: each for each in signers}  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            yield where
            server.shutdown()


class _Asked(socketserver.StreamRequestHandler):
    """What an agent answers: which keys it holds, and a signature of one of them."""

    def handle(self) -> None:
        while size := self.rfile.read(4):
            kind, *data = self.rfile.read(int.from_bytes(size, "big"))
            self.wfile.write(packed(self._answer(kind, bytes(data))))

    def _answer(self, kind: int, data: bytes) -> bytes:
        signers: dict[bytes, Signer] = self.server.signers  # type: ignore[attr-defined]
        if kind == 11:
            held = b"".join(packed(each) + packed(b"") for each in signers)
            return bytes([12]) + len(signers).to_bytes(4, "big") + held
        if kind != 13:
            return bytes([5])
        blob, message, *_ = unpacked(data)
        signer = signers[blob]
        return bytes([14]) + packed(signer.public.wrapped(signer.sign(message)))

"""A time-stamping authority that `openssl ts` plays: its root, its certificate, and its replies."""

from __future__ import annotations

import subprocess
from pathlib import Path

DATA = b"rally-ledger/0123456789abcdef/x/main\n3\nbjQL\n"
_CONFIG = """
[ca]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
[tsa]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
[plain]
basicConstraints=critical,CA:FALSE
[at]
default_policy=1.2.3.4.1
digests=sha1,sha256,sha512
serial=serial
signer_digest=sha256
ess_cert_id_alg=sha256
accuracy=secs:1,millisecs:500,microsecs:100
clock_precision_digits=3
[req]
distinguished_name=dn
[dn]
"""
_KEY = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {}.key"
_ROOT = (
    "req -x509 -new -key {0}.key -config conf -extensions ca -subj /CN={0} -days 3650 -out {0}.pem"
)
_ASKED = "req -new -key tsa.key -config conf -subj /CN=tsa -out tsa.csr"
_CERTIFIED = (
    "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 7 -extfile conf -extensions {0} "
    "-days 3650 -out {0}.pem"
)
_REPLY = (
    "ts -reply -config conf -section at -queryfile query -signer tsa.pem -inkey tsa.key -out reply"
)


class Authority:
    """A root, another one, and an authority whose certificate the first has signed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "conf").write_text(_CONFIG)
        (folder / "serial").write_text("01\n")
        for name in ("ca", "other", "tsa"):
            self.run(_KEY.format(name))
        for name in ("ca", "other"):
            self.run(_ROOT.format(name))
        self.run(_ASKED)
        for kind in ("tsa", "plain"):
            self.run(_CERTIFIED.format(kind))
        self.root, self.other, self.own = (self.file(f"{n}.pem") for n in ("ca", "other", "tsa"))

    def run(self, words: str) -> None:
        """Have openssl do something in the folder of the authority."""
        subprocess.run(
            ["openssl", *words.split()], cwd=self._folder, check=True, capture_output=True
        )

    def takes(self, what: str) -> bool:
        """Whether openssl takes a stamp over the file `data`, under the root."""
        words = f"openssl ts -verify -data data {what} -CAfile ca.pem".split()
        ran = subprocess.run(words, cwd=self._folder, check=False, capture_output=True)
        return ran.returncode == 0

    def file(self, name: str) -> bytes:
        """What is in a file there."""
        return (self._folder / name).read_bytes()

    def reply(
        self, asked: str = "-sha256 -cert", data: bytes = DATA, *, token: bool = False
    ) -> bytes:
        """What it replies to a request over these bytes, which are in the file `data` then."""
        (self._folder / "data").write_bytes(data)
        self.run(f"ts -query -data data -out query {asked}")
        self.run(_REPLY + " -token_out" * token)
        return self.file("reply")

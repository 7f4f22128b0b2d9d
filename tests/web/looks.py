"""How the pages of the sample look under the build that is named in their addresses.

An absolute address promises the same bytes as long as its build is the same. `looks.txt` keeps a
digest of each page and its other forms beside the build that gave them.

    python -m tests.web.looks

raises `TEMPLATE` where pages look otherwise under the same build, and keeps their digests anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cli.main import run
from cli.web import build
from cli.web.once import Response, arriving
from tests.web.conftest import served_from, settings
from tests.web.test_twins import ABSOLUTE, addresses

KEPT = Path(__file__).with_name("looks.txt")
_TEMPLATE = re.compile(r"^TEMPLATE = \d+$", re.MULTILINE)


def kept() -> tuple[str, dict[str, str]]:
    """The build, and the digest of each page under it."""
    first, *lines = KEPT.read_text(encoding="utf-8").splitlines()
    told = (line.rpartition(" ") for line in lines)
    return first, {page: digest for page, _, digest in told}


def digests(pages: Mapping[str, Sequence[Response]]) -> dict[str, str]:
    """A digest of each page with its other forms; what there is not is told by its error."""
    found = {}
    for page, forms in pages.items():
        together = hashlib.sha256()
        for each in forms:
            together.update(b"%d\n%s" % (each.status, each.body))
        found[page] = together.hexdigest()[:16]
    return found


def renew() -> None:
    """Keep the digests anew, under the next build if under this one pages looked otherwise."""
    now = looking()
    named, looked = kept() if KEPT.exists() else ("", {})
    if named == build.BUILD and looked != now:
        file = Path(build.__file__)
        text = file.read_text(encoding="utf-8")
        text = _TEMPLATE.sub(f"TEMPLATE = {build.TEMPLATE + 1}", text)
        file.write_text(text, encoding="utf-8")
        subprocess.run([sys.executable, "-m", "tests.web.looks"], check=True)  # by that build
        return
    lines = [build.BUILD, *(f"{page} {digest}" for page, digest in now.items())]
    KEPT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"The build is {build.BUILD}.")


def looking() -> dict[str, str]:
    """How the pages look now."""
    with TemporaryDirectory() as folder:
        ledger = Path(folder, "rally.db")
        with contextlib.redirect_stdout(io.StringIO()):
            run(["--ledger", str(ledger), "demo"], settings())
        served = served_from(ledger)
        return digests({p: [arriving(served, e) for e in addresses(p)] for p in ABSOLUTE})


if __name__ == "__main__":
    renew()

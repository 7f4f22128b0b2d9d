"""Pages whose commands are run as they stand: what is printed has to be what the page shows.

`python -m tests.command_line.pages a-rally` writes that page anew, with what it prints today.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WHEN_ALL_IS_OVER = 1_472_688_000_000  # 1 September 2016, 00:00 UTC
TOLD = ("Error: ", "Hint: ", "Warning: ")
_ID = re.compile(r"\b([0-9a-f]{64}|[0-9a-f]{10})\b")
Run = Callable[..., tuple[int, str, str]]


class Typed(NamedTuple):
    """A command of a page, and what the page shows below it."""

    words: list[str]
    shown: str


class Command(NamedTuple):
    """A command of a page as it stands there, with what is shown below it."""

    stands: str
    typed: Typed


def commands_of(page: str) -> list[Typed]:
    """The commands of a page in their order: the lines that begin with "$ "."""
    return [typed for block in FENCE.findall(page) for _, typed in _commands(block)]


def _commands(block: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, rest = _line(part)
        stands = part[: len(part) - len(rest)]
        yield Command(f"$ {stands}", Typed(shlex.split(line), rest))


def _line(part: str) -> tuple[str, str]:
    """A command, that may go on behind a backslash, and what stands below it."""
    lines = part.split("\n")
    last = next(index for index, line in enumerate(lines) if not line.endswith("\\"))
    return "\n".join(lines[: last + 1]).replace("\\\n", " "), "\n".join(lines[last + 1 :])


def replayed(page: str, rally: Run, setenv: Callable[[str, str], None]) -> str:
    """A page whose commands are all carried out, each with what it prints now."""

    def of(block: re.Match[str]) -> str:
        commands = _commands(block[1])
        return f"```sh\n{''.join(e.stands + _shown(e.typed, rally, setenv) for e in commands)}```"

    return FENCE.sub(of, page)


def _shown(typed: Typed, rally: Run, setenv: Callable[[str, str], None]) -> str:
    """Carry out a command of a page: what is printed, warned of or refused; no headings.

    Besides `rally` a page knows `export`, `mkdir`, `cat FILE`, `cat > FILE <<END`, which writes a
    file, and what it runs outside: `ssh-keygen` and `sh`.
    """
    match typed.words:
        case ["export", *variables]:
            for name, _, value in (word.partition("=") for word in variables):
                setenv(name, value)
        case ["mkdir", folder]:
            Path(folder).mkdir()
        case ["cat", (">" | ">>") as how, name, "<<END"]:
            with Path(name).open("w" if how == ">" else "a", encoding="utf-8") as file:
                file.write(typed.shown.removesuffix("END\n"))
            return typed.shown
        case ["ssh-keygen" | "sh", *_]:
            ran = subprocess.run(typed.words, capture_output=True, text=True, check=True)
            return ran.stdout
        case ["cat", name]:
            return Path(name).read_text(encoding="utf-8")
        case ["rally", *words]:
            _, out, err = rally(*words)
            told = [line for line in err.splitlines(keepends=True) if line.startswith(TOLD)]
            return out + "".join(told)
        case other:
            raise AssertionError(f"A page can't do this: {other}")
    return ""


def without_ids(text: str) -> str:
    """A text with `xxxxxxxxxx` for each id: they are hashes of what was recorded at that moment."""
    return _ID.sub("xxxxxxxxxx", text).rstrip()


BEFORE = {"proof": ("demo",)}
"""What is there before the first command of a page."""


def printed(name: str, page: str, setenv: Callable[[str, str], None]) -> str:
    """A page with what its commands print today, in a folder of its own.

    Keys are the same each time, so that all that is signed is.
    """
    from cli.context import Settings
    from cli.main import run
    from tests.conftest import Ticking

    clock, keys = Ticking(WHEN_ALL_IS_OVER), itertools.count()

    def randomness(length: int) -> bytes:
        return hashlib.shake_256(str(next(keys)).encode()).digest(length)

    def rally(*words: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(words), Settings(clock, lambda _: 480, randomness))
        return code, out.getvalue(), err.getvalue()

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        if name in BEFORE:
            rally(*BEFORE[name])
        return replayed(page, rally, setenv)


def main(name: str) -> None:
    """Write a page anew, in this folder."""
    page = Path("cli", "help", f"{name}.md").absolute()
    text = printed(name, page.read_text(encoding="utf-8"), os.environ.__setitem__)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

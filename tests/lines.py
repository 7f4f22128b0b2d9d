"""Count what the code has: logical lines and comments, by package and room, against a revision.

    python -m tests.lines [--base REV] [PATH ...]

A logical line ends where Python ends it, however many lines it is written on; blank lines,
comments and docstrings are none. A room is a folder. Comments are counted by the lines that hold
one, without rules across the page and words for tools; their share is of the lines that are not
blank. Nothing is checked out: the revision is read from the repository.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

PACKAGES = ("ledger", "projections", "cli", "tests")
_FOR_TOOLS = re.compile(r"#\s*(type:|noqa|fmt:|ruff:|--)")
_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}


class Lines(NamedTuple):
    """What a text has: logical lines, lines that hold a comment, and lines that are not blank."""

    logical: int = 0
    comments: int = 0
    written: int = 0

    def __add__(self, other: Lines) -> Lines:  # type: ignore[override]
        return Lines(*(sum(each) for each in zip(self, other, strict=True)))

    @property
    def share(self) -> float:
        """The share of lines with a comment, in percent of those that are not blank."""
        return 100 * self.comments / self.written if self.written else 0.0


def count(source: str) -> Lines:
    """The lines of a text in Python."""
    docstrings = set(_docstrings(ast.parse(source)))
    logical, comments, begun = 0, set[int](), 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not _FOR_TOOLS.match(token.string):
            comments.add(token.start[0])
        if token.type == tokenize.NEWLINE:
            logical += begun not in docstrings
            begun = 0
        elif token.type not in _NO_CODE:
            begun = begun or token.start[0]
    written = sum(1 for line in source.splitlines() if line.strip())
    return Lines(logical, len(comments), written)


def _docstrings(tree: ast.Module) -> Iterable[int]:
    """The lines on which a text stands that says what something is, and does nothing."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.lineno


def rooms(texts: Mapping[str, str], asked: Iterable[str] = ()) -> dict[str, Lines]:
    """The lines by room, of texts by their paths; a room has those of the rooms within it.

    Files that are asked for by their own paths have a line as well.
    """
    found: dict[str, Lines] = defaultdict(Lines)
    for path, text in texts.items():
        lines, (*folders, _) = count(text), PurePosixPath(path).parts
        places = ["/".join(folders[:depth]) for depth in range(len(folders) + 1)]
        for place in (*places, *({path} & {*asked})):
            found[place] += lines
    return dict(sorted(found.items()))


def here(paths: Iterable[str], root: Path = Path()) -> dict[str, str]:
    """The texts in the working tree below these paths."""
    files = (
        each
        for path in paths
        for each in ([root / path] if path.endswith(".py") else (root / path).rglob("*.py"))
    )
    return {
        each.relative_to(root).as_posix(): each.read_text(encoding="utf-8")
        for each in sorted(files)
    }


def at(revision: str, paths: Iterable[str], root: Path = Path()) -> dict[str, str]:
    """The texts of a revision below these paths, read from the repository."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=root, check=True, capture_output=True, encoding="utf-8"
        )
        return done.stdout

    listed = git("ls-tree", "-r", "-z", "--name-only", revision, "--", *paths)
    names = [name for name in listed.split("\0") if name.endswith(".py")]
    return {name: git("show", f"{revision}:{name}") for name in names}


def table(now: Mapping[str, Lines], before: Mapping[str, Lines] | None) -> list[str]:
    """A line for each room: logical lines, what that is more or less, comments, their share."""
    lines = []
    for room in sorted({*now, *(before or {})}):
        has, had = now.get(room, Lines()), (before or {}).get(room, Lines())
        more = "" if before is None else f" {has.logical - had.logical:+7}"
        was = "" if before is None else f"  was {had.share:4.1f} %"
        comments = f"{has.comments:5} = {has.share:4.1f} %{was}"
        lines.append(f"{room or 'all':<34} {has.logical:7}{more}   {comments}")
    return lines


def main(words: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=PACKAGES, metavar="PATH")
    parser.add_argument("--base", metavar="REV", help="compare with this revision")
    asked = parser.parse_args(words)
    before = rooms(at(asked.base, asked.paths), asked.paths) if asked.base else None
    head = f"{'':<34} {'logical':>7}{'' if before is None else '    more'}   comments"
    print("\n".join([head, *table(rooms(here(asked.paths), asked.paths), before)]))


if __name__ == "__main__":
    main()

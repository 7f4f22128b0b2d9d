"""What proves that a test looked at something where it asserts only in a loop or on a condition.

`some_of` goes through the items of such a loop, `when` asks such a condition. A test fails where
one of them never let its assertion be reached, in all its examples together: it held of nothing.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any, TypeVar

Item = TypeVar("Item")
GUARDS = ("some_of", "when")
_reached: set[tuple[str, int]] = set()
"""Where an item came by or a condition held since the test began: file and line of the guard."""


def some_of(items: Iterable[Item]) -> Iterator[Item]:
    """The items of a loop that must have some in at least one of the test's examples."""
    return _through(items, _asked())


def when(condition: object) -> bool:
    """A condition that must hold in at least one of the test's examples."""
    if condition:
        _reached.add(_asked())
    return bool(condition)


def never_reached(test: Any) -> list[str]:
    """The guards of a test that reached nothing since `forget` was called, as they are written."""
    inner = getattr(getattr(test, "hypothesis", None), "inner_test", test)
    if not _calls_guards(inner.__code__):
        return []
    lines, first = inspect.getsourcelines(inner)
    file = inspect.getsourcefile(inner) or ""
    return [
        ast.unparse(guard)
        for guard in ast.walk(ast.parse(textwrap.dedent("".join(lines))))
        if isinstance(guard, ast.Call) and _name(guard) in GUARDS
        if (file, first + guard.lineno - 1) not in _reached
    ]


def _calls_guards(code: CodeType) -> bool:
    """Whether a guard is named at all: most tests have none, and need not be read for it."""
    within = (each for each in code.co_consts if isinstance(each, CodeType))
    return not {*GUARDS}.isdisjoint(code.co_names) or any(map(_calls_guards, within))


def forget() -> None:
    """Before a test: nothing was reached yet."""
    _reached.clear()


def _through(items: Iterable[Item], asked: tuple[str, int]) -> Iterator[Item]:
    for item in items:
        _reached.add(asked)
        yield item


def _asked() -> tuple[str, int]:
    caller = sys._getframe(2)
    return caller.f_code.co_filename, caller.f_lineno


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""

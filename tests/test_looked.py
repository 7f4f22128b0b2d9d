"""No test passes because it looked at nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from tests.looked import forget, never_reached, some_of, when

TESTS = Path(__file__).parent


@pytest.mark.slow
def test_no_test_asserts_only_where_it_may_never_come() -> None:
    """Whose assertions all stand in loops and conditions asks `some_of` and `when`."""
    named = [
        f"{path.relative_to(TESTS)}:{test.lineno} {test.name}"
        for path in sorted(TESTS.rglob("test_*.py"))
        for test in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_")
        if any(_asserts(inner) for inner in ast.walk(test))
        if not _surely(test.body)
    ]
    assert named == []


def reaches(items: list[int], limit: int) -> None:
    """A test as others write it."""
    for item in some_of(items):
        if when(item > limit):
            assert item


@pytest.mark.parametrize(
    ("items", "limit", "unreached"),
    [
        ([], 0, {"some_of(items)", "when(item > limit)"}),
        ([1, 2], 2, {"when(item > limit)"}),
        ([1, 2], 1, set()),
    ],
)
def test_a_guard_that_reached_nothing_is_named(
    items: list[int], limit: int, unreached: set[str]
) -> None:
    """A loop without items, a condition that never held."""
    forget()
    reaches(items, limit)
    assert unreached == set(never_reached(reaches))


def _surely(body: list[ast.stmt]) -> bool:
    """Whether some assertion of these statements is reached, or proves that it was."""
    return any(_asserts(each) or any(_surely(block) for block in _sure(each)) for each in body)


def _sure(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    match statement:
        case ast.With(body=body) | ast.FunctionDef(body=body):
            yield body
        case ast.For(iter=items, body=body) if _has_some(items):
            yield body
        case ast.If(body=body, orelse=other) if _surely(body) and _surely(other):
            yield body
        case ast.Try(body=body, orelse=other, finalbody=last):
            yield from (body, other, last)
        case ast.For() | ast.If():
            # What is deeper and proves that it was reached needs nothing of what is around it.
            yield from (each.body for each in ast.walk(statement) if _proves(each))


def _proves(node: ast.AST) -> TypeGuard[ast.For | ast.If]:
    match node:
        case ast.For(iter=ast.Call(func=ast.Name(id="some_of"))):
            return True
        case ast.If(test=test):
            return any(
                isinstance(each, ast.Call) and ast.unparse(each.func) == "when"
                for each in ast.walk(test)
            )
    return False


def _has_some(items: ast.expr) -> bool:
    """Whether a loop has items for sure: it is over what stands there, or proves it."""
    match items:
        case ast.Tuple(elts=written) | ast.List(elts=written) | ast.Set(elts=written):
            return any(not isinstance(each, ast.Starred) for each in written)
        case ast.Call(func=ast.Name(id="some_of")):
            return True
        case ast.Call(func=ast.Name(id="range"), args=bounds):
            return all(isinstance(each, ast.Constant | ast.Name) for each in bounds)
        case ast.Call(func=ast.Name(id="enumerate" | "zip" | "permutations"), args=[first, *_]):
            return _has_some(first)
    return False


def _asserts(node: ast.AST) -> bool:
    match node:
        case ast.Assert():
            return True
        case ast.With(items=items):
            return any("raises" in ast.unparse(each.context_expr) for each in items)
    return False

"""Rows of an answer that all say the same, kept by column: pages look at what stands in a column.

A classification has hundreds of rows: they are not made into objects of JSON first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cache
from itertools import chain
from typing import Any, overload

import msgspec
from msgspec import UNSET, inspect

from cli.office.forms import plain

Row = Mapping[str, Any]


class Columns(Sequence[Row]):
    """Rows that all say the same things, under the names that they have in JSON."""

    def __init__(self, several: Sequence[msgspec.Struct]) -> None:
        self._count = len(several)
        names = several[0].__struct_encode_fields__ if several else ()
        self.with_parts = _with_parts(type(several[0])) if several else frozenset()
        """The names under which something may stand that has names of its own."""
        told = zip(*map(msgspec.structs.astuple, several), strict=True)
        self.each: dict[str, Sequence[Any]] = {
            name: plain(column) if name in self.with_parts else column
            for name, column in zip(names, told, strict=bool(several))
        }
        """What stands in each column, row by row."""

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return [self[each] for each in range(self._count)[place]]
        return {name: column[place] for name, column in self.each.items()}


def column_of(rows: Sequence[Row], name: str) -> Sequence[Any]:
    """What stands under a name in each of these rows; None where nothing does."""
    if isinstance(rows, Columns):
        return rows.each.get(name) or [None] * len(rows)
    return [row.get(name) for row in rows]


def are_lists_of_texts(kinds: Set[type], column: Sequence[Any]) -> bool:
    """Whether in a column, which holds values of these kinds, several texts stand in each row."""
    return kinds <= _LISTS and {*map(type, chain.from_iterable(column))} <= {str}


_LISTS = frozenset({list, tuple})


def by_column(value: Any) -> Any:
    """A value as JSON has it, but rows by column."""
    if isinstance(value, tuple) and len(kinds := {*map(type, value)}) == 1:
        (kind,) = kinds
        if issubclass(kind, msgspec.Struct) and _says_all(kind):
            return Columns(value)
    return plain(value)


@cache
def _with_parts(kind: type[msgspec.Struct]) -> frozenset[str]:
    told: Any = inspect.type_info(kind)
    return frozenset(each.encode_name for each in told.fields if not _is_plain(each.type))


def _is_plain(kind: inspect.Type) -> bool:
    match kind:
        case inspect.VarTupleType() | inspect.ListType():
            return isinstance(kind.item_type, inspect.StrType)
        case inspect.UnionType():
            return all(map(_is_plain, kind.types))
    return isinstance(kind, _PLAIN)


_PLAIN = (
    *(inspect.StrType, inspect.IntType, inspect.FloatType, inspect.BoolType),
    *(inspect.NoneType, inspect.LiteralType),
)


@cache
def _says_all(kind: type[msgspec.Struct]) -> bool:
    """Whether JSON has all fields of what is of a kind, whatever they hold."""
    fields = msgspec.structs.fields(kind)
    return not (kind.__struct_config__.omit_defaults or any(e.default is UNSET for e in fields))

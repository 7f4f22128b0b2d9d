"""The notation of the tables in the specification: which fields an object has, and of which kind.

A name stands for a text, with `#` for a whole number, with `!` for true or false, with `@` for an
instant, with `{}` for an object, with `*` for whatever; `?` says that null may stand there, `[]`
that several do. What stands behind `|` may be left out, and is then what stands behind `=`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from ledger.times import Instant

_FIELD = re.compile(r"(\w+)([#!@*]|\{\})?(\?)?(\[\])?(\?)?(?:=(\S+))?")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?[+-]\d\d:\d\d(:\d\d)?")
_PLAIN = (str, int)
_SIGNS: dict[type, str] = {
    inspect.IntType: "#",
    inspect.BoolType: "!",
    inspect.StrType: "",
    inspect.LiteralType: "",
}


class Field(NamedTuple):
    """A field of an object as a table has it."""

    name: str
    sign: str
    holes: bool
    several: bool
    empty: bool
    default: str

    def holds(self, value: Any) -> bool:
        """Whether a value of a document is of this kind."""
        if value is None:
            return self.empty
        if self.several:
            return isinstance(value, list) and all(map(self._is_one, value))
        return self._is_one(value)

    def _is_one(self, value: Any) -> bool:
        if value is None:
            return self.holes
        kinds: Mapping[str, type] = {"#": int, "!": bool, "{}": dict}
        if self.sign in kinds:
            return type(value) is kinds[self.sign]
        is_instant = isinstance(value, str) and _INSTANT.fullmatch(value) is not None
        return self.sign == "*" or (isinstance(value, str) and is_instant is (self.sign == "@"))


class Shape(NamedTuple):
    """The fields of an object: those that are always there, and those that may be left out."""

    always: Mapping[str, Field]
    perhaps: Mapping[str, Field]


def shape_of(text: str) -> Shape:
    """The fields that a line of a table names."""
    parts = []
    for part in text.partition("|")[::2]:
        fields = []
        for word in part.split():
            found = _FIELD.fullmatch(word)
            assert found, word
            name, sign, holes, several, empty, default = found.groups(default="")
            if holes and not several:
                holes, empty = "", "?"
            fields.append(Field(name, sign, bool(holes), bool(several), bool(empty), default))
        parts.append({each.name: each for each in fields})
        assert len(parts[-1]) == len(fields), text
    return Shape(*parts)


def table(text: str, name: str) -> dict[str, str]:
    """A table of the specification: what each line says, by each name before its colon."""
    [block] = re.findall(rf"```{name}\n(.*?)```", text, re.DOTALL)
    found: dict[str, str] = {}
    for names, _, said in (line.partition(":") for line in block.splitlines()):
        for each in names.split(", "):
            assert each not in found, each
            found[each] = said.strip()
    return found


def written(kind: Any, without: tuple[str, ...] = ()) -> str:
    """The line of a type of the code in such a table."""
    always, perhaps = list[str](), list[str]()
    type_info: Any = inspect.type_info(kind)
    for field in type_info.fields:
        if field.name in without:
            continue
        made, given = field.default_factory, field.default
        unset = not field.required and (made, given) == (msgspec.NODEFAULT, msgspec.NODEFAULT)
        left_out = kind.__struct_config__.omit_defaults and made in (msgspec.NODEFAULT, dict)
        left_out = (left_out and not field.required) or unset
        told = f"={str(given).lower()}" if left_out and given and isinstance(given, _PLAIN) else ""
        text = f"{field.encode_name}{_kind(field.type)}{told}"
        (perhaps if left_out else always).append(text)
    return " ".join([*always, *["|"][: len(perhaps)], *perhaps])


def _kind(of: Any) -> str:
    if isinstance(of, inspect.Metadata):
        return _kind(of.type)
    if isinstance(of, inspect.UnionType):
        some = [each for each in of.types if not isinstance(each, inspect.NoneType)]
        empty = len(some) < len(of.types)
        kinds = {*map(_kind, some)}
        return (kinds.pop() if len(kinds) == 1 else "*") + "?" * empty
    if isinstance(of, (inspect.VarTupleType, inspect.ListType)):
        return f"{_kind(of.item_type)}[]"
    if isinstance(of, inspect.TupleType):
        return f"{_kind(of.item_types[0])}[]"
    if isinstance(of, (inspect.DictType, inspect.StructType)):
        return "@" if getattr(of, "cls", None) is Instant else "{}"
    return _SIGNS.get(type(of), "*")

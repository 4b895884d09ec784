"""The `import` of a `@link`: names of a feature's elements, and what the subgraph calls them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

from graphql import ListValueNode, NullValueNode, ObjectValueNode, StringValueNode, ValueNode, print_ast

_NAME = re.compile(r"^@?[_A-Za-z]\w*$", re.ASCII)
_KEYS = ("name", "as")


class InvalidImport(ValueError):
    """An item of the list says nothing; the message is for people."""


def read_imports(value: ValueNode | None) -> tuple[list[tuple[str, str]], list[str]]:
    """Give the pairs of the feature's and the subgraph's name (with `@`), and a sentence per item that is none.

    The list of `@link(import:)` may be absent; an item is `"@name"` or `{name: "@name", as: "@other"}`.
    """
    pairs: list[tuple[str, str]] = []
    problems: list[str] = []
    for item in _items(value):
        try:
            pairs.append(_read_item(item))
        except InvalidImport as invalid:
            problems.append(f"import {print_ast(item)}: {invalid}")
    return pairs, problems


def unknown_imports(pairs: Collection[tuple[str, str]], known: Collection[str]) -> Iterator[str]:
    """Give a sentence for each imported name that the feature does not have."""
    for name, _ in pairs:
        if name not in known:
            yield f'it has no "{name}"{_suggestion(name, known)}; correct the name or link a version that has it.'


def _suggestion(name: str, known: Collection[str]) -> str:
    if f"@{name}" in known:
        return f" (write @{name})"
    nearest = difflib.get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {nearest[0]}?)" if nearest else ""


def _items(value: ValueNode | None) -> tuple[ValueNode, ...]:
    match value:
        case None | NullValueNode():
            return ()
        case ListValueNode():
            return tuple(value.values)
    return (value,)


def _read_item(item: ValueNode) -> tuple[str, str]:
    match item:
        case StringValueNode():
            return item.value, item.value
        case ObjectValueNode():
            return _read_pair(item)
    raise InvalidImport('write "@name" or {name: "@name", as: "@other"}.')


def _read_pair(item: ObjectValueNode) -> tuple[str, str]:
    given: dict[str, str] = {}
    for field in item.fields:
        key = field.name.value
        if key not in _KEYS:
            raise InvalidImport(f'"{key}" is not known; an import has `name` and `as`.')
        if not isinstance(field.value, StringValueNode) or not _NAME.match(field.value.value):
            raise InvalidImport(f"`{key}` must be a name as a string.")
        given[key] = field.value.value
    if "name" not in given:
        raise InvalidImport("it lacks `name`.")
    local = given.get("as", given["name"])
    if local.startswith("@") != given["name"].startswith("@"):
        raise InvalidImport("`as` must start with @ exactly if `name` does.")
    return given["name"], local

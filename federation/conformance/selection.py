"""What is asked of a value, and the judgement of what came back for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    print_ast,
)

from federation.partition import Contract

#: So many objects are followed into each other; entities below the first give their key only.
DEPTH = 4


@dataclass(frozen=True, slots=True)
class SelectedField:
    """A field that is asked for, under a name of its own where another type's of that name is of another type."""

    response_name: str
    name: str
    type: GraphQLOutputType
    below: Selections | None

    def text(self) -> str:
        """As GraphQL."""
        alias = "" if self.response_name == self.name else f"{self.response_name}: "
        return f"{alias}{self.name}" + ("" if self.below is None else f" {{ {self.below.text()} }}")


@dataclass(frozen=True, slots=True)
class Selections:
    """What is asked of an object, by the object types that it can be."""

    by_type: Mapping[str, tuple[SelectedField, ...]]
    is_abstract: bool = field(default=False)

    def text(self) -> str:
        """As GraphQL."""
        if not self.is_abstract:
            (fields,) = self.by_type.values()
            return " ".join(["__typename", *(each.text() for each in fields)])
        return " ".join(["__typename", *self.fragments()])

    def fragments(self) -> Iterator[str]:
        """A fragment for each object type."""
        for name, fields in self.by_type.items():
            if fields:
                yield f"... on {name} {{ {' '.join(each.text() for each in fields)} }}"


def select(contract: Contract, *type_names: str, depth: int = DEPTH) -> Selections:
    """All of the named types that can be asked without arguments."""
    names = tuple(dict.fromkeys(each for name in type_names for each in contract.possible_types(name)))
    is_abstract = len(type_names) > 1 or contract.is_abstract(type_names[0])
    taken: dict[str, str] = {}
    return Selections({name: tuple(_fields(contract, name, depth, taken)) for name in names}, is_abstract)


def _fields(contract: Contract, type_name: str, depth: int, taken: dict[str, str]) -> Iterator[SelectedField]:
    type_ = contract.schema.type_map[type_name]
    assert isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType))  # noqa: S101  (a possible type)
    only = _key_fields(contract, type_name) if depth < DEPTH and type_name in contract.keys else None
    for name, known in type_.fields.items():
        if (only is not None and name not in only) or needs_arguments(known):
            continue
        below = _below(contract, known, depth)
        if below is None and not is_leaf_type(get_named_type(known.type)):
            continue
        fits = taken.setdefault(name, str(known.type)) == str(known.type)
        yield SelectedField(name if fits else f"{type_name}_{name}", name, known.type, below)


def _below(contract: Contract, known: GraphQLField, depth: int) -> Selections | None:
    named = get_named_type(known.type)
    if is_leaf_type(named) or depth <= 0:
        return None
    below = select(contract, named.name, depth=depth - 1)
    return below if any(below.by_type.values()) else None


def _key_fields(contract: Contract, type_name: str) -> frozenset[str]:
    nodes = contract.keys[type_name].selections
    return frozenset(node.name.value for node in nodes if isinstance(node, FieldNode))


def needs_arguments(known: GraphQLField) -> bool:
    """Whether a field cannot be asked without arguments."""
    return any(isinstance(each.type, GraphQLNonNull) and each.default is None for each in known.args.values())


def representation_of(key: SelectionSetNode, type_name: str, value: Mapping[str, Any]) -> dict[str, Any] | None:
    """The representation of an entity in an answer; None where the answer lacks its key."""
    made = _key_value(key, value)
    return None if made is None else {"__typename": type_name, **made}


def _key_value(key: SelectionSetNode, value: Mapping[str, Any]) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    for node in key.selections:
        if not isinstance(node, FieldNode):
            return None
        found = value.get(node.name.value)
        if node.selection_set is not None:
            found = _key_value(node.selection_set, found) if isinstance(found, Mapping) else None
        if found is None:
            return None
        made[node.name.value] = found
    return made


def key_text(key: SelectionSetNode) -> str:
    """A key as its directive writes it."""
    return " ".join(print_ast(key).split()).removeprefix("{ ").removesuffix(" }")

"""Type references as values: comparable, printable, and ordered by GraphQL's variance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode

IsSubtype = Callable[[str, str], bool]
"""`is_subtype(a, b)`: the named type `a` is a member or an implementation of `b`."""


@dataclass(frozen=True, slots=True)
class Named:
    """A type by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of another type."""

    item: TypeRef

    def __str__(self) -> str:
        return f"[{self.item}]"


@dataclass(frozen=True, slots=True)
class NonNull:
    """A type without null."""

    item: Named | ListOf

    def __str__(self) -> str:
        return f"{self.item}!"


TypeRef = Named | ListOf | NonNull


def read_type(node: TypeNode) -> TypeRef:
    """Give the reference written in the syntax tree."""
    match node:
        case NonNullTypeNode():
            inner = read_type(node.type)
            return inner if isinstance(inner, NonNull) else NonNull(inner)
        case ListTypeNode():
            return ListOf(read_type(node.type))
        case NamedTypeNode():
            return Named(node.name.value)
    raise TypeError(type(node).__name__)


def named_type(reference: TypeRef) -> str:
    """Give the name inside all wrappers."""
    while not isinstance(reference, Named):
        reference = reference.item
    return reference.name


def is_non_null(reference: TypeRef) -> bool:
    """Tell whether null is excluded at the outermost place."""
    return isinstance(reference, NonNull)


def is_list(reference: TypeRef) -> bool:
    """Tell whether the value is a list, nullable or not."""
    return isinstance(reference.item if isinstance(reference, NonNull) else reference, ListOf)


def rename(reference: TypeRef, names: dict[str, str]) -> TypeRef:
    """Replace the named type where `names` has another name for it."""
    match reference:
        case Named(name):
            return Named(names[name]) if name in names else reference
        case ListOf(item):
            return ListOf(rename(item, names))
        case NonNull(item):
            inner = rename(item, names)
            return inner if isinstance(inner, NonNull) else NonNull(inner)


def substitute(reference: TypeRef, inner: TypeRef) -> TypeRef:
    """Put another type, wrappers and all, in the place of the named one."""
    match reference:
        case Named():
            return inner
        case ListOf(item):
            return ListOf(substitute(item, inner))
        case NonNull(item):
            below = substitute(item, inner)
            return below if isinstance(below, NonNull) else NonNull(below)


def is_covariant(narrow: TypeRef, wide: TypeRef, is_subtype: IsSubtype) -> bool:
    """Tell whether every value of `narrow` is a value of `wide` (equal types included)."""
    match narrow, wide:
        case NonNull(inner), NonNull(outer):
            return is_covariant(inner, outer, is_subtype)
        case NonNull(inner), _:
            return is_covariant(inner, wide, is_subtype)
        case ListOf(inner), ListOf(outer):
            return is_covariant(inner, outer, is_subtype)
        case Named(name), Named(other):
            return name == other or is_subtype(name, other)
    return False

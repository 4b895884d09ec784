"""Leaves in generated projections: the test that lets a value pass as it is, and the call when it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from graphql import GraphQLEnumType, GraphQLOutputType, GraphQLScalarType

#: Gives the name under which generated source can use a value.
Constant: TypeAlias = Callable[[object], str]

#: True when a value of a built-in scalar is not right as it is; `{0}` is the value.
_SCALAR_TESTS = {
    "String": "{0}.__class__ is not str",
    "ID": "{0}.__class__ is not str",
    "Boolean": "{0}.__class__ is not bool",
    "Float": "{0}.__class__ is not float and {0}.__class__ is not int",
    "Int": "({0}.__class__ is not int or not -2147483648 <= {0} <= 2147483647)",
}


def leaf_test(of_type: GraphQLOutputType, variable: str, constant: Constant) -> str | None:
    """The expression that is true when the value in `variable` needs a second look.

    Empty for custom scalars, which pass untouched; None when `of_type` is no leaf.
    """
    if isinstance(of_type, GraphQLEnumType):
        return f"({variable}.__class__ is not str or {variable} not in {constant(frozenset(of_type.values))})"
    if isinstance(of_type, GraphQLScalarType):
        return _SCALAR_TESTS.get(of_type.name, "").format(variable)
    return None


def leaf_repair(of_type: GraphQLOutputType, variable: str, where: str, constant: Constant) -> str:
    """The expression that gives what stands for a value that did not pass, at the place and key `where`."""
    if isinstance(of_type, GraphQLScalarType):
        return f"run.scalar({variable}, {constant(of_type)}, {where})"
    return f"run.mismatch({where}, {str(of_type)!r})"

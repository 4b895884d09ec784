"""A subgraph's schema as values: what merging, validation and satisfiability read.

Federation directives have their specification's names here, whatever the subgraph calls them; all other directives keep
their own name with a leading `@`, so the two can never be confused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    IntValueNode,
    Node,
    StringValueNode,
    TypeExtensionNode,
    ValueNode,
    print_ast,
)
from graphql.language.print_string import print_string

from federation.composition.types import TypeRef
from federation.supergraph.partitions import Partition


class Kind(StrEnum):
    """Kinds of types, by the word GraphQL declares them with."""

    SCALAR = "scalar"
    OBJECT = "type"
    INTERFACE = "interface"
    UNION = "union"
    ENUM = "enum"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Subgraph:
    """What is composed: a subgraph's name, routing URL and SDL, and its partitions if cities serve it."""

    name: str
    url: str
    sdl: str
    partitions: tuple[Partition, ...] = ()
    file: str | None = None


def print_literal(value: ValueNode) -> str:
    """Write a literal as graphql-core does, whose printer is slow and leaves garbage, so that it gets the rare ones."""
    match value:
        case StringValueNode() if not value.block:
            return print_string(value.value)
        case IntValueNode() | EnumValueNode():
            return value.value
    return print_ast(value)


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """One application of a directive."""

    name: str
    arguments: Mapping[str, ValueNode]
    node: Node | None = None

    def text(self, argument: str) -> str | None:
        """Give a string argument, or None if it is absent or no string."""
        value = self.arguments.get(argument)
        return value.value if isinstance(value, StringValueNode) else None

    def flag(self, argument: str, *, default: bool) -> bool:
        """Give a Boolean argument."""
        value = self.arguments.get(argument)
        return value.value if isinstance(value, BooleanValueNode) else default

    def printed_arguments(self) -> tuple[tuple[str, str], ...]:
        """Give name and value of each argument, sorted: two applications with equal ones are the same."""
        return tuple(sorted((name, print_literal(value)) for name, value in self.arguments.items()))


@dataclass(frozen=True, slots=True, eq=False)
class Directed:
    """An element that carries a name, a description and directives."""

    name: str
    description: str | None = None
    directives: tuple[Applied, ...] = ()
    node: Node | None = None

    def applied(self, name: str) -> Sequence[Applied]:
        """Give the applications of one directive, as written."""
        # Most elements have no directives, and rules ask each element a dozen times.
        return [directive for directive in self.directives if directive.name == name] if self.directives else ()

    def has(self, name: str) -> bool:
        """Tell whether the directive is applied."""
        for directive in self.directives:  # noqa: SIM110 (`any` makes a generator, which takes twice as long)
            if directive.name == name:
                return True
        return False


@dataclass(frozen=True, slots=True, eq=False)
class InputValue(Directed):
    """An argument or an input field; `default` is the literal as written."""

    type: TypeRef = field(kw_only=True)
    default: ValueNode | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class Field(Directed):
    """A field of an object or interface."""

    type: TypeRef = field(kw_only=True)
    arguments: Mapping[str, InputValue] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class EnumValue(Directed):
    """A value of an enum."""


@dataclass(frozen=True, slots=True, eq=False)
class TypeDefinition(Directed):
    """A type with all its extensions folded in.

    Attributes:
        fields: of an object or interface; empty for other kinds.
        inputs: fields of an input object.
        is_extension: the subgraph only extends it, which says that another one defines it.
    """

    kind: Kind = field(kw_only=True)
    fields: Mapping[str, Field] = field(default_factory=dict, kw_only=True)
    inputs: Mapping[str, InputValue] = field(default_factory=dict, kw_only=True)
    interfaces: tuple[str, ...] = field(default=(), kw_only=True)
    members: tuple[str, ...] = field(default=(), kw_only=True)
    values: Mapping[str, EnumValue] = field(default_factory=dict, kw_only=True)
    is_extension: bool = field(default=False, kw_only=True)

    @property
    def is_only_extended(self) -> bool:
        """Tell whether the subgraph has only `extend` for it; `@extends` on a definition says that in Federation 1."""
        return self.is_extension and isinstance(self.node, TypeExtensionNode)

    @property
    def is_interface_object(self) -> bool:
        """Tell whether this object stands for an interface of the supergraph."""
        return self.kind is Kind.OBJECT and self.has("interfaceObject")

    @property
    def merged_kind(self) -> Kind:
        """Give the kind it has in the supergraph."""
        return Kind.INTERFACE if self.is_interface_object else self.kind


@dataclass(frozen=True, slots=True, eq=False)
class DirectiveDefinition(Directed):
    """The subgraph's own definition of a directive; its `directives` are always empty."""

    arguments: Mapping[str, InputValue] = field(kw_only=True)
    is_repeatable: bool = field(kw_only=True)
    locations: tuple[str, ...] = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class LinkedFeature:
    """One `@link`: `identity` is the URL without the version, `imports` maps original to local names (with `@`)."""

    url: str
    identity: str
    name: str
    version: tuple[int, int]
    namespace: str
    imports: Mapping[str, str]
    node: Node | None = None

    def local_directive(self, name: str) -> str:
        """Give the subgraph's name, without `@`, of the feature's directive `name`."""
        if f"@{name}" in self.imports:
            return self.imports[f"@{name}"].removeprefix("@")
        return self.namespace if name == self.name else f"{self.namespace}__{name}"

    def local_type(self, name: str) -> str:
        """Give the subgraph's name of the feature's type `name`."""
        return self.imports.get(name, f"{self.namespace}__{name}")


@dataclass(frozen=True, slots=True, eq=False)
class SubgraphSchema:
    """A subgraph as read: types under the supergraph's names (roots are Query, Mutation, Subscription).

    Attributes:
        federation_version: None for a Federation 1 subgraph.
        compose_directives: names (with `@`) that `@composeDirective` asks to keep.
        schema_directives: applications on the schema definition, `@link` excluded.
        directive_names: by the subgraph's name of a specified directive, the specification's.
    """

    name: str
    url: str
    file: str | None
    partitions: tuple[Partition, ...]
    federation_version: tuple[int, int] | None
    features: tuple[LinkedFeature, ...]
    types: Mapping[str, TypeDefinition]
    directive_definitions: Mapping[str, DirectiveDefinition]
    schema_directives: tuple[Applied, ...]
    directive_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def compose_directives(self) -> tuple[Applied, ...]:
        """Give the applications of `@composeDirective`."""
        return tuple(directive for directive in self.schema_directives if directive.name == "composeDirective")

    def elements(self) -> Iterator[Directed]:
        """Iterate over everything that may carry a directive, the schema itself included."""
        yield Directed("schema", None, self.schema_directives)
        for directive in self.directive_definitions.values():
            yield from directive.arguments.values()
        for definition in self.types.values():
            yield definition
            yield from definition.inputs.values()
            yield from definition.values.values()
            for member in definition.fields.values():
                yield member
                yield from member.arguments.values()

    def implementations(self, interface: str) -> tuple[str, ...]:
        """Give the object types that implement the interface here, in schema order."""
        return tuple(t.name for t in self.types.values() if t.kind is Kind.OBJECT and interface in t.interfaces)

    def possible_types(self, name: str) -> tuple[str, ...]:
        """Give the object types a value of this type may have here."""
        definition = self.types[name]
        match definition.kind:
            case Kind.OBJECT:
                return (name,)
            case Kind.INTERFACE:
                return self.implementations(name)
            case Kind.UNION:
                return definition.members
        return ()

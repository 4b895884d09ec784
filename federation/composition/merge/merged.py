"""The merged schema: the supergraph's elements with what is printed on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import ValueNode

from federation.composition.schema import Kind
from federation.composition.types import TypeRef


@dataclass(frozen=True, slots=True)
class MergedDirective:
    """A directive of a feature on a merged element; arguments are sorted by name, values printed."""

    name: str
    arguments: tuple[tuple[str, str], ...] = ()

    def text(self, argument: str) -> str | None:
        """Give an argument's printed value."""
        return dict(self.arguments).get(argument)


@dataclass(frozen=True, slots=True)
class MergedElement:
    """What all merged elements have; `joins` are the `@join__…` applications as printed."""

    name: str
    description: str | None
    directives: tuple[MergedDirective, ...]
    joins: tuple[str, ...]

    @property
    def is_inaccessible(self) -> bool:
        """Tell whether the API schema lacks it."""
        return bool(self.directives) and any(directive.name == "inaccessible" for directive in self.directives)


@dataclass(frozen=True, slots=True)
class MergedInput(MergedElement):
    """An argument or input field."""

    type: TypeRef
    default: ValueNode | None


@dataclass(frozen=True, slots=True)
class MergedField(MergedElement):
    """A field of an object or interface."""

    type: TypeRef
    arguments: Mapping[str, MergedInput]


@dataclass(frozen=True, slots=True)
class MergedType(MergedElement):
    """A type; only what its kind has is filled."""

    kind: Kind
    interfaces: tuple[str, ...] = ()
    fields: Mapping[str, MergedField] = field(default_factory=dict)
    inputs: Mapping[str, MergedInput] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    values: Mapping[str, MergedElement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MergedDirectiveDefinition(MergedElement):
    """The definition of an executable or composed custom directive; a composed one is a feature's, not the API's."""

    arguments: Mapping[str, MergedInput]
    is_repeatable: bool
    locations: tuple[str, ...]
    is_composed: bool = False


@dataclass(frozen=True, slots=True)
class MergedSchema:
    """The supergraph before it is printed.

    Attributes:
        graphs: the join graph's enum value of each subgraph, by name.
        directive_definitions: executable and composed custom directives, by name.
        custom_links: `@link` applications for composed directives, as printed.
        feature_names: features' directives that have another name than the specification's.
        partition_lines: the partition specification's link and `@partition`s, empty where no subgraph has partitions.
    """

    graphs: Mapping[str, str]
    types: Mapping[str, MergedType]
    schema_directives: tuple[MergedDirective, ...]
    directive_definitions: Mapping[str, MergedDirectiveDefinition]
    custom_links: tuple[str, ...]
    feature_names: Mapping[str, str]
    partition_lines: tuple[str, ...] = ()

    def possible_types(self, name: str) -> tuple[str, ...]:
        """Give the object types of a composite type, sorted."""
        definition = self.types[name]
        match definition.kind:
            case Kind.OBJECT:
                return (name,)
            case Kind.UNION:
                return tuple(sorted(definition.members))
            case Kind.INTERFACE:
                return tuple(
                    sorted(t.name for t in self.types.values() if t.kind is Kind.OBJECT and name in t.interfaces)
                )
        return ()

"""The client's operation as the executor reads it: its fields per object type, its conditions, its variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from graphql import (
    BooleanValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_operation_ast,
    is_abstract_type,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a validated document, with the document's fragments."""

    node: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    def condition_variables(self) -> tuple[str, ...]:
        """The variables that `@skip` and `@include` test anywhere in the operation, sorted."""
        sets = [self.node.selection_set, *(fragment.selection_set for fragment in self.fragments.values())]
        return tuple(sorted({name for selections in sets for name in _tested_variables(selections)}))


def read_operation(document: DocumentNode, operation_name: str | None) -> Operation:
    """The operation that `operation_name` selects. Raises LookupError when the document has no such operation."""
    node = get_operation_ast(document, operation_name)
    if node is None:
        raise LookupError("The document has no such operation.")
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    return Operation(node, fragments)


def response_key(field: FieldNode) -> str:
    return (field.alias or field.name).value


def _tested_variables(selection_set: SelectionSetNode) -> Iterator[str]:
    for selection in selection_set.selections:
        for directive in selection.directives or ():
            if directive.name.value in ("skip", "include"):
                yield from (a.value.name.value for a in directive.arguments or () if isinstance(a.value, VariableNode))
        inner = getattr(selection, "selection_set", None)
        if inner is not None:
            yield from _tested_variables(inner)


@dataclass(frozen=True, slots=True)
class FieldCollector:
    """Collects fields as the specification's CollectFields does, for given values of the condition variables.

    Source: https://spec.graphql.org/draft/#CollectFields()

    Attributes:
        defers: the numbers of deferred fragments, by their nodes' `id`: what they select is left out.
        streams: those of streamed fields, in the same way.
    """

    schema: GraphQLSchema
    operation: Operation
    conditions: Mapping[str, bool]
    defers: Mapping[int, int] = field(default_factory=dict)
    streams: Mapping[int, int] = field(default_factory=dict)

    def collect(
        self, object_type: GraphQLObjectType, selection_sets: tuple[SelectionSetNode, ...]
    ) -> dict[str, tuple[FieldNode, ...]]:
        """The fields to answer for objects of `object_type`, by response key in the order of the query."""
        collected: dict[str, list[FieldNode]] = {}
        for node in self._fields(object_type, selection_sets, set()):
            collected.setdefault(response_key(node), []).append(node)
        return {key: tuple(nodes) for key, nodes in collected.items()}

    def collect_deferred(
        self, object_type: GraphQLObjectType, selection_sets: tuple[SelectionSetNode, ...]
    ) -> dict[int, SelectionSetNode]:
        """What fragments deferred right here select of objects of `object_type`, by their numbers."""
        return dict(self._deferred(object_type, selection_sets, set())) if self.defers else {}

    def _deferred(
        self, object_type: GraphQLObjectType, selection_sets: Iterable[SelectionSetNode], visited: set[str]
    ) -> Iterator[tuple[int, SelectionSetNode]]:
        for selection in chain.from_iterable(selection_set.selections for selection_set in selection_sets):
            fragment: InlineFragmentNode | FragmentDefinitionNode
            number = self.defers.get(id(selection))
            if not self._is_included(selection):
                continue
            if isinstance(selection, InlineFragmentNode):
                fragment = selection
            elif isinstance(selection, FragmentSpreadNode) and not (selection.name.value in visited and number is None):
                fragment = self.operation.fragments[selection.name.value]
                if number is None:
                    visited.add(selection.name.value)
            else:
                continue
            if not self._applies(fragment, object_type):
                continue
            if number is not None:
                yield number, fragment.selection_set
            else:
                yield from self._deferred(object_type, (fragment.selection_set,), visited)

    def group_alike(
        self, abstract_type: GraphQLAbstractType, selection_sets: tuple[SelectionSetNode, ...]
    ) -> list[list[GraphQLObjectType]]:
        """The possible types of `abstract_type`, those together to which the same type conditions apply."""
        conditions = tuple(dict.fromkeys(self._type_conditions(selection_sets, set())))
        if not conditions:
            return [list(self.schema.get_possible_types(abstract_type))]
        groups: dict[tuple[bool, ...], list[GraphQLObjectType]] = {}
        for object_type in self.schema.get_possible_types(abstract_type):
            applying = tuple(self._is_of_type(object_type, name) for name in conditions)
            groups.setdefault(applying, []).append(object_type)
        return list(groups.values())

    def _type_conditions(self, selection_sets: Iterable[SelectionSetNode], visited: set[str]) -> Iterator[str]:
        """The names in all type conditions on the way to the fields of `selection_sets`."""
        for selection in chain.from_iterable(selection_set.selections for selection_set in selection_sets):
            fragment: InlineFragmentNode | FragmentDefinitionNode
            if isinstance(selection, FragmentSpreadNode) and selection.name.value not in visited:
                visited.add(selection.name.value)
                fragment = self.operation.fragments[selection.name.value]
            elif isinstance(selection, InlineFragmentNode):
                fragment = selection
            else:
                continue
            if fragment.type_condition is not None:
                yield fragment.type_condition.name.value
            yield from self._type_conditions((fragment.selection_set,), visited)

    def _fields(
        self, object_type: GraphQLObjectType, selection_sets: Iterable[SelectionSetNode], visited: set[str]
    ) -> Iterator[FieldNode]:
        """The included fields that apply; each named fragment is entered once, so nested spreads cannot explode."""
        for selection in chain.from_iterable(selection_set.selections for selection_set in selection_sets):
            if not self._is_included(selection) or id(selection) in self.defers:
                continue
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                if self._applies(selection, object_type):
                    yield from self._fields(object_type, (selection.selection_set,), visited)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in visited:
                visited.add(selection.name.value)
                fragment = self.operation.fragments[selection.name.value]
                if self._applies(fragment, object_type):
                    yield from self._fields(object_type, (fragment.selection_set,), visited)

    def _applies(self, fragment: FragmentDefinitionNode | InlineFragmentNode, object_type: GraphQLObjectType) -> bool:
        return fragment.type_condition is None or self._is_of_type(object_type, fragment.type_condition.name.value)

    def _is_of_type(self, object_type: GraphQLObjectType, name: str) -> bool:
        """Whether objects of `object_type` meet the type condition `name`."""
        condition = self.schema.get_type(name)
        return condition is object_type or (
            is_abstract_type(condition) and self.schema.is_sub_type(condition, object_type)
        )

    def _is_included(self, selection: SelectionNode) -> bool:
        """Whether neither `@skip` nor `@include` leaves the selection out."""
        for directive in selection.directives or ():
            if directive.name.value in ("skip", "include"):
                value = next(argument.value for argument in directive.arguments or ())
                is_true = value.value if isinstance(value, BooleanValueNode) else self._variable(value)
                if is_true is (directive.name.value == "skip"):
                    return False
        return True

    def _variable(self, value: object) -> bool:
        return isinstance(value, VariableNode) and bool(self.conditions.get(value.name.value))

"""Entities of which something required is missing: their other fields, which need nothing but the key, are had anyway.

    { product { fee stock } }    `fee` requires `weight`, whose subgraph is down; `stock` is asked for by itself

Plans do not hold such fetches, for they are rarely sent: each is made when it is first needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    print_ast,
    strip_ignored_characters,
    visit,
)

from federation.executor.fetches import CompiledCall, CompiledFetch, EntityBatch, batch_of, prepare_operation
from federation.executor.operation import response_key
from federation.executor.representations import compile_collect
from federation.query_plan.nodes import EntityCall, RequiredFragment, RequiredSelection


@dataclass(slots=True, eq=False)
class FetchWithoutRequirements:
    """What is sent of one fetch for entities that lack what it requires; made once. None if nothing is left then."""

    fetch: CompiledFetch
    _made: list[CompiledFetch | None] = field(default_factory=list)

    def collect(self, batches: Iterable[EntityBatch]) -> tuple[CompiledFetch, tuple[EntityBatch, ...]] | None:
        """Collect the entities that `batches` left out although their keys are there; None if there are none."""
        left_out = {
            batch.call.node.response_name: batch
            for batch in batches
            if batch.call.node.requiring and any(-1 in indices for _, indices in batch.places)
        }
        if not left_out:
            return None
        if not self._made:
            self._made.append(_compile(self.fetch))
        (compiled,) = self._made
        if compiled is None:
            return None
        collected = tuple(_collect(call, left_out.get(call.node.response_name)) for call in compiled.calls)
        return (compiled, collected) if any(batch.representations for batch in collected) else None


def _collect(call: CompiledCall, batch: EntityBatch | None) -> EntityBatch:
    places = batch.places if batch is not None else [((), ())] * len(call.walks)
    return batch_of(call, [[entity for entity, index in zip(*place, strict=True) if index < 0] for place in places])


def _compile(fetch: CompiledFetch) -> CompiledFetch | None:
    calls = {call.node.response_name: call for call in fetch.calls if call.node.requiring}
    document = _without_requiring(
        parse(fetch.node.operation, no_location=True), {name: call.node.requiring for name, call in calls.items()}
    )
    kept = {response_key(field) for field in _root_fields(document)}
    if not kept:
        return None
    used = _used_variables(document)
    node = replace(
        fetch.node,
        operation=strip_ignored_characters(print_ast(document)),
        variables=tuple(name for name in fetch.node.variables if name in used),
        entity_calls=tuple(_without_requirements(call.node) for name, call in calls.items() if name in kept),
    )
    compiled = tuple(
        replace(calls[call.response_name], node=call, collect=compile_collect(call)) for call in node.entity_calls
    )
    return replace(fetch, node=node, operation=prepare_operation(node), calls=compiled)


def _without_requirements(call: EntityCall) -> EntityCall:
    requires = tuple(replace(fragment, selections=tuple(_keys(fragment.selections))) for fragment in call.requires)
    return replace(call, requires=requires, requiring=frozenset())


def _keys(selections: Iterable[RequiredSelection]) -> Iterator[RequiredSelection]:
    for selection in selections:
        if isinstance(selection, RequiredFragment):
            yield replace(selection, selections=tuple(_keys(selection.selections)))
        elif not selection.is_nullable:
            yield selection


def _without_requiring(document: DocumentNode, requiring: Mapping[str, frozenset[str]]) -> DocumentNode:
    """The document with the named root fields only, and in each without the fields that require something."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    roots = []
    for call in _root_fields(document):
        names = requiring.get(response_key(call))
        if names is not None and call.selection_set is not None:
            kept = tuple(_kept(call.selection_set, names, fragments))
            if any(not _is_typename_only(node) for node in kept):
                roots.append(replace(call, selection_set=SelectionSetNode(selections=kept)))
    changed = replace(operation, selection_set=SelectionSetNode(selections=tuple(roots)))
    spread = _spread_fragments(changed.selection_set, fragments)
    used = _used_variables(DocumentNode(definitions=(changed, *spread)))
    definitions = tuple(d for d in operation.variable_definitions or () if d.variable.name.value in used)
    return DocumentNode(definitions=(replace(changed, variable_definitions=definitions), *spread))


def _kept(
    selection_set: SelectionSetNode, requiring: frozenset[str], fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[SelectionNode]:
    """What of an entity's own fields needs only the key; named fragments are written out, for others use them, too."""
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            if node.name.value not in requiring:
                yield node
            continue
        inline = _inline(node, fragments)
        inner = tuple(_kept(inline.selection_set, requiring, fragments))
        if inner:
            yield replace(inline, selection_set=SelectionSetNode(selections=inner))


def _inline(node: SelectionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> InlineFragmentNode:
    if isinstance(node, InlineFragmentNode):
        return node
    assert isinstance(node, FragmentSpreadNode)  # noqa: S101  (the only other kind that is no field)
    fragment = fragments[node.name.value]
    return InlineFragmentNode(
        type_condition=fragment.type_condition, directives=node.directives, selection_set=fragment.selection_set
    )


def _is_typename_only(node: SelectionNode) -> bool:
    if isinstance(node, InlineFragmentNode):
        return all(map(_is_typename_only, node.selection_set.selections))
    return isinstance(node, FieldNode) and node.name.value == "__typename"


def _spread_fragments(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    """The fragments spread anywhere below, each once."""
    found: dict[str, FragmentDefinitionNode] = {}
    waiting = list(selection_set.selections)
    while waiting:
        node = waiting.pop()
        inner: SelectionSetNode | None = getattr(node, "selection_set", None)
        if isinstance(node, FragmentSpreadNode) and node.name.value not in found:
            found[node.name.value] = fragments[node.name.value]
            inner = fragments[node.name.value].selection_set
        if inner is not None:
            waiting += inner.selections
    return list(found.values())


def _root_fields(document: DocumentNode) -> list[FieldNode]:
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return [node for node in operation.selection_set.selections if isinstance(node, FieldNode)]


class _VariableUses(Visitor):
    """Collects the variables that are used, not those that are only defined."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_args: object) -> None:
        self.names.add(node.name.value)


def _used_variables(document: DocumentNode) -> set[str]:
    uses = _VariableUses()
    for definition in document.definitions:
        inner = definition.selection_set if isinstance(definition, OperationDefinitionNode) else definition
        visit(inner, uses)
    return uses.names

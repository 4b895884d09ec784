"""From a query plan to functions: done once per operation, kept in the gateway's plan cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, is_object_type

from federation.executor.fetches import CompiledFetch, compile_fetches
from federation.executor.introspection import Introspection, compile_introspection
from federation.executor.operation import FieldCollector, Operation, read_operation
from federation.executor.projection import Project, compile_projection
from federation.executor.streams import CompiledStream, compile_fetches_for_others, compile_streams
from federation.executor.subgraph_client import JsonValue
from federation.executor.walks import WalkStep
from federation.executor.without_requirements import FetchWithoutRequirements
from federation.query_plan.incremental import number_defers, number_streams
from federation.query_plan.nodes import QueryPlan

#: Combinations of conditions that are kept; they are not part of the weight that caches of operations reckon with.
_KEPT_PROJECTIONS = 8


@dataclass(frozen=True, slots=True, eq=False)
class CompiledPlan:
    """A query plan ready to execute; shared by all requests with the same operation.

    Attributes:
        fetches: in the plan's order.
        walk_steps: how the objects at their paths are found.
        dependency_counts: for each fetch, how many others it waits for.
        projections, deferring: of the whole answer at once, and with deferred fragments and later items left out and
            told; the latter only of a plan whose answer comes in parts.
        streams: the streamed lists.
        for_others: the same plan for their later items; None if nothing is streamed.
        without_requirements: by the fetch's bit, what is sent for entities that lack what it requires.
    """

    plan: QueryPlan
    operation: Operation
    fetches: tuple[CompiledFetch, ...]
    walk_steps: tuple[WalkStep, ...]
    dependency_counts: tuple[int, ...]
    introspection: Introspection | None
    projections: Projections
    deferring: Projections | None = None
    streams: tuple[CompiledStream, ...] = ()
    for_others: CompiledPlan | None = None
    without_requirements: Mapping[int, FetchWithoutRequirements] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Projections:
    """The projections of one operation: one for each combination of its conditions' values, made when first asked."""

    api_schema: GraphQLSchema
    operation: Operation
    root_type: GraphQLObjectType
    hidden: frozenset[str]
    conditions: tuple[str, ...]
    typename_key: str | None
    defers: Mapping[int, int] = field(default_factory=dict)
    streams: Mapping[int, int] = field(default_factory=dict)
    _known: OrderedDict[tuple[bool, ...], Project] = field(default_factory=OrderedDict)

    def find(self, variables: Mapping[str, JsonValue]) -> Project | None:
        """The projection for these variables if it was made before."""
        return self._known.get(self.values(variables))

    def get(self, variables: Mapping[str, JsonValue]) -> Project:
        """The projection for these variables. Making one takes milliseconds: another thread may do that."""
        values = self.values(variables)
        known = self._known.get(values)
        return known if known is not None else self._compile(values)

    def values(self, variables: Mapping[str, JsonValue]) -> tuple[bool, ...]:
        """The conditions' values, by which projections differ."""
        return tuple(bool(variables.get(name)) for name in self.conditions)

    def _compile(self, values: tuple[bool, ...]) -> Project:
        conditions = dict(zip(self.conditions, values, strict=True))
        collector = FieldCollector(self.api_schema, self.operation, conditions, self.defers, self.streams)
        project = self._known[values] = compile_projection(collector, self.root_type, self.hidden, self.typename_key)
        if len(self._known) > _KEPT_PROJECTIONS:
            self._known.popitem(last=False)
        return project


def compile_plan(
    plan: QueryPlan,
    api_schema: GraphQLSchema,
    schema: GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None = None,
) -> CompiledPlan:
    """Compile `plan` for the operation of the validated `document` it was made for.

    `schema` is the whole supergraph's, `api_schema` what clients see of it.
    """
    operation = read_operation(document, operation_name)
    compiled = compile_fetches(plan)
    projections = _projections(api_schema, schema, operation, plan.typename_key)
    whole = CompiledPlan(
        plan=plan,
        operation=operation,
        fetches=compiled.fetches,
        walk_steps=compiled.steps,
        dependency_counts=tuple(len(set(fetch.depends_on)) for fetch in plan.fetches),
        introspection=compile_introspection(api_schema, operation),
        projections=projections,
        without_requirements=_without_requirements(compiled.fetches),
    )
    return _with_parts(whole, document) if plan.has_parts else whole


def _with_parts(whole: CompiledPlan, document: DocumentNode) -> CompiledPlan:
    defers, streamed = number_defers(document), number_streams(document)
    deferring = replace(whole.projections, defers=defers, streams=streamed, _known=OrderedDict())
    streams = compile_streams(whole.plan, whole.fetches)
    if not streams:
        return replace(whole, deferring=deferring)
    fetches, counts = compile_fetches_for_others(whole.fetches, streams)
    for_others = replace(
        whole, fetches=fetches, dependency_counts=counts, without_requirements=_without_requirements(fetches)
    )
    return replace(whole, deferring=deferring, streams=streams, for_others=for_others)


def _without_requirements(fetches: Iterable[CompiledFetch]) -> dict[int, FetchWithoutRequirements]:
    return {
        fetch.bit: FetchWithoutRequirements(fetch)
        for fetch in fetches
        if any(call.requiring for call in fetch.node.entity_calls)
    }


def _projections(
    api_schema: GraphQLSchema, schema: GraphQLSchema, operation: Operation, typename_key: str | None
) -> Projections:
    root_type = api_schema.get_root_type(operation.node.operation)
    if root_type is None:
        raise LookupError(f"The API schema has no {operation.node.operation.value} root type.")
    objects = {name for name, named_type in schema.type_map.items() if is_object_type(named_type)}
    hidden = frozenset(objects.difference(api_schema.type_map))
    return Projections(api_schema, operation, root_type, hidden, operation.condition_variables(), typename_key)

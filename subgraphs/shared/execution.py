"""How subgraphs execute operations: as graphql-core does, except that plain lists are completed by one function.

`ListExecutor` is given to `strawberry.Schema` as its `execution_context_class`. What it answers is what graphql-core
would answer; `tests/subgraphs/test_execution.py` holds it to that.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeAlias

from graphql import GraphQLOutputType, GraphQLResolveInfo, Node
from graphql.execution.collect_fields import FieldDetailsList
from graphql.language import (
    DirectiveNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from subgraphs.shared.batching import report_partial
from subgraphs.shared.completion import BatchedField, ListCompletion, columns_of, compile_list
from subgraphs.shared.loaders import Partial, gather_all

MAX_COMPLETIONS = 2048
"""Compiled lists kept per schema; a gateway's operations need a few per fetch node."""

_EXTENSION = "bureaugraph.completions"

SelectionKey: TypeAlias = tuple[Hashable, ...]


class Completions:
    """The compiled lists of one schema, by the place in the document that asks for them.

    Documents are kept and shared between requests (`subgraphs.shared.documents`), so a place is known by the identity
    of its nodes; an entry holds its nodes, so that no identity is used twice.
    """

    __slots__ = ("_completions", "_conditions")

    def __init__(self) -> None:
        self._completions: dict[SelectionKey, tuple[ListCompletion | None, list[Node]]] = {}
        self._conditions: dict[int, tuple[tuple[str, ...], OperationDefinitionNode]] = {}

    def completion(
        self, executor: ListExecutor, item_type: GraphQLOutputType, details: FieldDetailsList
    ) -> ListCompletion | None:
        """The completion of a list, compiled when it is met for the first time; None where it is not plain."""
        key = (id(item_type), self._condition_values(executor), *[id(detail.node) for detail in details])
        known = self._completions.get(key)
        if known is None:
            compiled = compile_list(executor.schema, item_type, details, executor.collect_subfields)
            known = self._completions[key] = (compiled, [detail.node for detail in details])
            _forget_oldest(self._completions)
        return known[0]

    def _condition_values(self, executor: ListExecutor) -> tuple[object, ...]:
        """The values that decide which fields are selected: those of variables in @skip and @include."""
        operation = executor.operation
        known = self._conditions.get(id(operation))
        if known is None:
            names = condition_variables(operation, executor.fragment_definitions.values())
            known = self._conditions[id(operation)] = (names, operation)
            _forget_oldest(self._conditions)
        return tuple(executor.variable_values.coerced.get(name) for name in known[0])


class ListExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes one operation. `context_value` is the request's `RequestContext` where the schema has batched fields."""

    def complete_iterable_value(  # noqa: PLR0913, PLR0917  (graphql-core's signature)
        self,
        item_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        items: Iterable[Any],
        position_context: Any,
    ) -> AwaitableOrValue[list[Any]]:
        """Complete a list, in one go where its selection is plain."""

        def item_by_item() -> AwaitableOrValue[list[Any]]:
            return super(ListExecutor, self).complete_iterable_value(
                item_type, field_details_list, info, path, items, position_context
            )

        if items.__class__ is not list:
            return item_by_item()
        assert isinstance(items, list)  # noqa: S101  (for mypy; lists' subclasses may iterate as they like)
        completion = self._completions().completion(self, item_type, field_details_list)
        if completion is None:
            return item_by_item()
        if completion.batches:
            return self._complete_with_batches(completion, items, path, item_by_item)
        completed = _attempt(completion, items, [])
        return item_by_item() if completed is None else completed

    async def _complete_with_batches(
        self,
        completion: ListCompletion,
        items: list[Any],
        path: Path,
        item_by_item: Callable[[], AwaitableOrValue[list[Any]]],
    ) -> list[Any]:
        columns = await gather_all([self._load_column(field, items) for field in completion.batches])
        completed = _attempt(completion, items, [column.values for column in columns])
        if completed is None:
            # What is loaded stays in the loaders: nothing is fetched again.
            again = item_by_item()
            return await again if isawaitable(again) else again
        for column in columns:
            self._report_failures(column, path)
        return completed

    async def _load_column(self, field: BatchedField, items: list[Any]) -> _Column:
        parents = list(columns_of(items, field.parent_class))
        loader = field.batch.loader(self.context_value.loaders)
        loaded = await loader.load_all([field.batch.key(parent) for _, parent in parents])
        values: list[Any] = [None] * len(items)
        failures: list[tuple[int, Exception | Partial[Any]]] = []
        for (index, _), value in zip(parents, loaded, strict=True):
            if isinstance(value, (Exception, Partial)):
                failures.append((index, value))
            values[index] = (
                None if isinstance(value, Exception) else value.value if isinstance(value, Partial) else value
            )
        return _Column(field, values, failures)

    def _report_failures(self, column: _Column, path: Path) -> None:
        field = column.field
        for index, failure in column.failures:
            field_path = path.add_key(index, None).add_key(field.response_name, field.parent_name)
            if isinstance(failure, Partial):
                report_partial(self.context_value, failure, field_path.as_list())
            else:
                self.handle_field_error(failure, field.field_type, field.details, field_path)

    def _completions(self) -> Completions:
        completions: Completions | None = self.schema.extensions.get(_EXTENSION)
        if completions is None:
            completions = self.schema.extensions[_EXTENSION] = Completions()
        return completions


@dataclass(frozen=True, slots=True)
class _Column:
    """What was loaded for one batched field: a value per item, and by their places the failures.

    A value is None where loading failed and where the item has no such field.
    """

    field: BatchedField
    values: list[Any]
    failures: Sequence[tuple[int, Exception | Partial[Any]]]


def condition_variables(
    operation: OperationDefinitionNode, fragments: Iterable[FragmentDefinitionNode]
) -> tuple[str, ...]:
    """The names of the variables that @skip and @include of an operation depend on, sorted."""
    visitor = _ConditionVisitor()
    for node in (operation, *fragments):
        visit(node, visitor)
    return tuple(sorted(visitor.names))


class _ConditionVisitor(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self.names.update(
            argument.value.name.value for argument in node.arguments or () if isinstance(argument.value, VariableNode)
        )


def _attempt(completion: ListCompletion, items: list[Any], columns: Sequence[list[Any]]) -> list[Any] | None:
    """The completed list, or None where a value is not the ordinary case."""
    try:
        return completion.complete(items, *columns)
    except Exception:  # noqa: BLE001  (graphql-core completes the list again and says what is wrong)
        return None


def _forget_oldest(entries: dict[Any, Any]) -> None:
    if len(entries) > MAX_COMPLETIONS:
        del entries[next(iter(entries))]

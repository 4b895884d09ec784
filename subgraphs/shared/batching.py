"""Fields that are answered for a whole list of parents at once.

A batched field has two ways of being resolved that give the same: item by item, as graphql-core does, through the
loader's `load`; and for a whole list, as `subgraphs.shared.execution` does, through `load_all`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import strawberry
from graphql import GraphQLError

from subgraphs.shared.context import RequestContext
from subgraphs.shared.loaders import Partial, RecordLoader

METADATA = "batch"
"""Where a Strawberry field's metadata keep its `Batch`."""

SubgraphInfo: TypeAlias = strawberry.Info[RequestContext[Any], None]
AnyLoader: TypeAlias = RecordLoader[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Attributes:
    loader: which of the domain's loaders answers, e.g. `attrgetter("cards")`.
    key: the parent's key in that loader, e.g. `attrgetter("national_id")`.
    """

    loader: Callable[[Any], AnyLoader]
    key: Callable[[Any], Hashable]

    async def load(self, parent: object, info: SubgraphInfo) -> Any:
        """The field's value for one parent. A partial value's failures go beside it, with the field's path."""
        value = await self.loader(info.context.loaders).load(self.key(parent))
        if isinstance(value, Partial):
            report_partial(info.context, value, info.path.as_list())
            return value.value
        return value


def batched(
    loader: Callable[[Any], AnyLoader], key: Callable[[Any], Hashable], directives: Sequence[object] = ()
) -> Any:
    """A Strawberry field answered by `loader`; the type stands where the field is declared."""
    batch = Batch(loader, key)

    async def resolve(root: Any, info: SubgraphInfo) -> Any:
        return await batch.load(root, info)

    return strawberry.field(resolver=resolve, metadata={METADATA: batch}, directives=directives)


def report_partial(context: RequestContext[Any], partial: Partial[Any], path: list[str | int]) -> None:
    """Keep a partial value's failures for the answer's `errors`."""
    context.partial_failures.extend(
        GraphQLError(type(failure).__name__, path=path, original_error=failure) for failure in partial.failures
    )

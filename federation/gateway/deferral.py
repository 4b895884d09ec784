"""An operation with `@defer` or `@stream`, planned for clients that take parts: once for each combination of values of
their `if`s.

For all others it is planned as if there were neither.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphql import BooleanValueNode, DocumentNode, ValueNode, VariableNode

from federation.executor.compile import CompiledPlan
from federation.executor.streams import CompiledStream
from federation.executor.subgraph_client import JsonValue
from federation.gateway.errors import RequestCode, refuse
from federation.planner import QueryPlanningError
from federation.query_plan.incremental import condition_variables, keep_active
from federation.query_plan.nodes import QueryPlan

#: Plans for other combinations are made anew.
_KEPT_PLANS = 8


@dataclass(frozen=True, slots=True, eq=False)
class DeferringPlan:
    """A plan that defers something, ready to run."""

    plan: QueryPlan
    compiled: CompiledPlan


MakePlan: TypeAlias = Callable[[DocumentNode], tuple[QueryPlan, CompiledPlan]]


def check_initial_counts(streams: Iterable[CompiledStream], variables: Mapping[str, JsonValue]) -> None:
    """Refuse a list of which the initial result is to have less than nothing.

    Raises GraphQLRequestError (`BAD_USER_INPUT`).
    """
    for stream in streams:
        count = stream.initial_count
        given = variables.get(count) if isinstance(count, str) else count
        if given is not None and given < 0:
            field = ".".join(stream.client_place)
            message = f"'@stream(initialCount:)' of the field at '{field}' must not be negative."
            raise refuse(RequestCode.BAD_USER_INPUT, message)


class DeferringPlans:
    """The plans of one operation that defer something; made when first asked for."""

    def __init__(self, document: DocumentNode, make: MakePlan) -> None:
        self._document = document
        self._make = make
        self._conditions = condition_variables(document)
        self._known: OrderedDict[tuple[bool, ...], DeferringPlan | None] = OrderedDict()

    def values(self, variables: Mapping[str, JsonValue]) -> tuple[bool, ...]:
        """The values on which it depends what is deferred; `if` is true where its variable has no value at all."""
        return tuple(bool(variables.get(name, True)) for name in self._conditions)

    def is_known(self, variables: Mapping[str, JsonValue]) -> bool:
        """Whether `get` has its answer ready."""
        return self.values(variables) in self._known

    def get(self, variables: Mapping[str, JsonValue]) -> DeferringPlan | None:
        """The plan for these variables; None if nothing is deferred, or not in a plan of bearable size."""
        values = self.values(variables)
        if values not in self._known:
            self._known[values] = self._plan(dict(zip(self._conditions, values, strict=True)))
            if len(self._known) > _KEPT_PLANS:
                self._known.popitem(last=False)
            return next(reversed(self._known.values()))
        return self._known[values]

    def _plan(self, values: Mapping[str, bool]) -> DeferringPlan | None:
        def is_active(condition: ValueNode | None) -> bool:
            match condition:
                case VariableNode():
                    return values[condition.name.value]
                case BooleanValueNode():
                    return condition.value
                case _:
                    return True

        try:
            plan, compiled = self._make(keep_active(self._document, is_active))
        except (QueryPlanningError, RecursionError):
            return None
        return DeferringPlan(plan, compiled) if compiled.deferring is not None else None

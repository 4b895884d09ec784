"""Errors of planning.

QueryPlanningError         QUERY_PLANNING_FAILED
NotEnteredAnewError        stays in this package, as the next
NotDeferrableError
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from federation.planner.demands import Demand
    from federation.planner.sources import Position


class QueryPlanningError(Exception):
    """No plan was found, so the whole request is refused.

    Attributes:
        code: always `QUERY_PLANNING_FAILED`.
        field: the coordinate that cannot be fetched, e.g. `Person.cards`, or the operation's name.
        reason: why not.
    """

    code = "QUERY_PLANNING_FAILED"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"Cannot plan {field}: {reason}.")
        self.field = field
        self.reason = reason


class UnreachableFieldError(QueryPlanningError):
    """No source gives a field.

    Attributes:
        position: where it was wanted, of objects of `types`.
    """

    def __init__(self, field: str, reason: str, position: Position, types: frozenset[str]) -> None:
        super().__init__(field, reason)
        self.position = position
        self.types = types


class NotEnteredAnewError(Exception):
    """A deferred field cannot be had by entering its object anew; the search begins again without that.

    Attributes:
        demand: the field, or the one around it where something deferred begins.
    """

    def __init__(self, demand: Demand) -> None:
        super().__init__()
        self.demand = demand


class NotDeferrableError(Exception):
    """All is to be fetched for the initial result; deferred parts are given right after it."""

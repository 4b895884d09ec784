"""Errors of planning.

QueryPlanningError         QUERY_PLANNING_FAILED
"""

from __future__ import annotations


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
    """No source gives a field; `types` are the object types of which it was wanted."""

    def __init__(self, field: str, reason: str, types: frozenset[str]) -> None:
        super().__init__(field, reason)
        self.types = types

"""What goes into an execution and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from federation.executor.encoding import encode
from federation.executor.projection import Project
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.executor.translation import ErrorPolicy


@dataclass(frozen=True, slots=True)
class ExecutionRequest:
    """One client's request for a compiled plan.

    Attributes:
        variables: coerced, as `coerce_variables` gives them.
        headers: what is forwarded to subgraphs, names in lower case.
        deadline: the event loop's time at which fetches end and the answer is made, complete or not; None for no limit.
        errors: how much of subgraphs' errors the client may read.
        project: the projection for these variables, where the caller has it ready.
        is_for_encoding: the caller wants the answer's body only; its `data` may hold parts that are encoded already.
    """

    variables: Mapping[str, JsonValue] = field(default_factory=dict, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    deadline: float | None = None
    errors: ErrorPolicy = field(default_factory=ErrorPolicy)
    project: Project | None = None
    is_for_encoding: bool = False


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """The answer of one execution; `errors` and `extensions` are left out of the body when empty.

    `subgraph_calls` says how many fetches were sent, for the log.
    """

    data: ResponseObject | None = field(repr=False)
    errors: tuple[ResponseObject, ...] = ()
    extensions: ResponseObject = field(default_factory=dict)
    subgraph_calls: int = 0

    def body(self) -> bytes:
        """The answer as JSON, fields in the order of the query."""
        answer: ResponseObject = {"data": self.data}
        if self.errors:
            answer["errors"] = self.errors
        if self.extensions:
            answer["extensions"] = self.extensions
        return encode(answer)

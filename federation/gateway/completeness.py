"""Complete answers only: `query @requireComplete { … }`, or the header `bureaugraph-require-complete: true`.

A query that demands it gets `data: null` instead of a partial answer, and all errors after one that says why. A city's
last known share is no part of a complete answer, so there is an error at its place. A mutation's answer is given as it
is, for it tells what was done.
"""

from __future__ import annotations

from dataclasses import replace

from graphql import DirectiveNode, DocumentNode, OperationDefinitionNode, OperationType

from federation.executor.request import ExecutionResult
from federation.executor.subgraph_client import ResponseObject
from federation.gateway.context import Headers
from federation.gateway.errors import coded_error
from federation.partition.errors import PartitionErrorCode

_DIRECTIVE = "requireComplete"
_HEADER = b"bureaugraph-require-complete"


def demands_completeness(operation: OperationDefinitionNode, headers: Headers) -> bool:
    """Whether only a complete answer of this operation is of use."""
    if operation.operation is not OperationType.QUERY:
        return False
    return headers.get(_HEADER, b"").lower() == b"true" or any(map(_is_demand, operation.directives or ()))


def without_demands(document: DocumentNode) -> DocumentNode:
    """The document as other tools know it: the directive is the gateway's own and in no schema."""
    definitions = tuple(
        replace(node, directives=tuple(directive for directive in node.directives or () if not _is_demand(directive)))
        if isinstance(node, OperationDefinitionNode)
        else node
        for node in document.definitions
    )
    return replace(document, definitions=definitions)


def accept_complete_only(result: ExecutionResult) -> ExecutionResult:
    """The result if nothing of it is missing or stale, else its errors without its data."""
    stale = [_stale_error(share) for share in result.extensions.get("stale", ())]
    if not result.errors and not stale:
        return result
    message = "A part of the answer is missing, and the request accepted a complete one only."
    reason = coded_error(PartitionErrorCode.ANSWER_INCOMPLETE, message)
    return replace(result, data=None, errors=(reason, *result.errors, *stale))


def _stale_error(share: ResponseObject) -> ResponseObject:
    error = coded_error(
        PartitionErrorCode.VALUE_STALE, "The city's share is its last known one; it cannot be asked now."
    )
    whose = {name: share[name] for name in ("service", "partition", "city", "asOf")}
    return {**error, "path": share["path"], "extensions": {**error["extensions"], **whose, "retryable": True}}


def _is_demand(directive: DirectiveNode) -> bool:
    return directive.name.value == _DIRECTIVE and not directive.arguments

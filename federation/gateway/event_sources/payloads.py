"""What a subgraph sends as an event, read as the answer it is."""

from __future__ import annotations

from federation.executor.errors import StreamFailure, malformed_response
from federation.executor.subgraph_client import FetchOperation, JsonValue, ResponseObject, SubgraphResponse
from federation.gateway.http_client import is_response


def read_event(operation: FetchOperation, payload: JsonValue) -> SubgraphResponse:
    """An event's payload as an answer; one that is no GraphQL response is an answer with that error."""
    if not isinstance(payload, dict) or not is_response(payload):
        return malformed_response(operation.subgraph)
    errors, extensions = tuple(payload.get("errors") or ()), payload.get("extensions") or {}
    return SubgraphResponse(payload.get("data"), errors, extensions, is_exclusive=True)


def refusal(operation: FetchOperation, errors: JsonValue, *, retryable: bool = False) -> StreamFailure:
    """The failure of a subscription that the subgraph refused with GraphQL errors of its own."""
    response = read_event(operation, {"errors": errors})
    return StreamFailure(SubgraphResponse(None, tuple(_told(error, retryable=retryable) for error in response.errors)))


def _told(error: ResponseObject, *, retryable: bool) -> ResponseObject:
    """An error that says whether subscribing again may help, as far as it does not itself."""
    given = error.get("extensions") or {}
    return {**error, "extensions": {"retryable": retryable, **given}}

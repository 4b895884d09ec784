"""Subgraphs over HTTP: encodes a fetch, posts it, reads the answer. Nothing the other side does raises.

An HTTP status other than 2xx is read all the same when its body is a GraphQL response; that is what
`application/graphql-response+json` asks for.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from federation.executor.encoding import decode, encode
from federation.executor.errors import ErrorCode, call_failure, deadline_failure
from federation.executor.subgraph_client import FetchOperation, SubgraphRequest, SubgraphResponse
from federation.gateway.transport import HttpAnswer, Transport
from federation.gateway.transport.errors import (
    AnswerTooLargeError,
    DeadlineError,
    ProtocolError,
    TransportError,
)
from federation.query_plan.nodes import OperationKind

_JSON_TYPES = frozenset({"application/json", "application/graphql-response+json"})
RETRYABLE_STATUSES = frozenset({408, 425, 429, 502, 503, 504})
_NO_EXTENSIONS: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class CallSettings:
    """How one subgraph is called.

    Attributes:
        timeout_seconds: for one call, waiting for a free connection included.
        forward_headers: names, in lower case, of the request's headers that are sent on.
        headers: sent with every call.
    """

    timeout_seconds: float = 15.0
    forward_headers: frozenset[str] = frozenset({"traceparent", "x-request-id"})
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def select(self, headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """What is sent with a call: the call's own headers, and those of the request's that are forwarded."""
        if not headers:
            return self.headers
        return self.headers + tuple(pair for pair in headers if pair[0] in self.forward_headers)


class HttpSubgraphClient:
    """A `SubgraphClient` over one transport: a socket, or an ASGI app of this process."""

    def __init__(self, transport: Transport, settings: CallSettings | None = None) -> None:
        self._transport = transport
        self._settings = settings or CallSettings()
        self._changes: set[asyncio.Future[SubgraphResponse]] = set()

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        now = asyncio.get_running_loop().time()
        latest = now + self._settings.timeout_seconds
        if request.deadline is None:
            return await self._call(request, latest)
        if request.deadline <= now:
            return deadline_failure(request.operation, nothing_sent=True)
        if request.operation.kind is not OperationKind.QUERY:
            return await self._carry_through(request, latest, request.deadline - now)
        return await self._call(request, min(latest, request.deadline), is_request_over=request.deadline < latest)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def _carry_through(self, request: SubgraphRequest, latest: float, seconds: float) -> SubgraphResponse:
        """Make a change within the subgraph's own time; who asked waits `seconds` at most, and is told if that ended.

        Nothing here cancels a change on its way: the subgraph could have carried out a part of it.
        """
        call = asyncio.ensure_future(self._call(request, latest))
        self._changes.add(call)
        call.add_done_callback(self._changes.discard)
        done, _ = await asyncio.wait((call,), timeout=seconds)
        return call.result() if done else deadline_failure(request.operation)

    async def _call(
        self, request: SubgraphRequest, deadline: float, *, is_request_over: bool = False
    ) -> SubgraphResponse:
        """Make one call until `deadline`; `is_request_over` says that this is the end of the request's own time."""
        operation = request.operation
        is_repeatable = operation.kind is OperationKind.QUERY
        try:
            answer = await self._transport.post(
                request_body(request), self._settings.select(request.headers), deadline, is_repeatable=is_repeatable
            )
        except DeadlineError as error:
            if is_request_over:
                return deadline_failure(operation, nothing_sent=error.nothing_sent)
            return _call_failure(operation, error)
        except TransportError as error:
            return _call_failure(operation, error)
        return read_answer(operation, answer)


def request_body(request: SubgraphRequest) -> bytes:
    """Complete the prepared head with the variables; numbers keep all their digits."""
    return b"%b%b}" % (request.operation.head, encode(dict(request.variables)))


def _call_failure(operation: FetchOperation, error: TransportError) -> SubgraphResponse:
    match error:
        case DeadlineError():
            code, message, retryable = ErrorCode.SUBGRAPH_REQUEST_TIMEOUT, "did not answer in time", True
        case AnswerTooLargeError():
            code, message, retryable = ErrorCode.SUBREQUEST_MALFORMED_RESPONSE, "gave too large an answer", False
        case ProtocolError():
            code, message, retryable = ErrorCode.SUBREQUEST_HTTP_ERROR, "does not answer in HTTP/1.1", False
        case _:
            code, message, retryable = ErrorCode.SUBREQUEST_HTTP_ERROR, "could not be reached", True
    message = f"The subgraph {message}."
    return call_failure(operation, code, message, retryable=retryable, nothing_sent=error.nothing_sent)


def read_answer(operation: FetchOperation, answer: HttpAnswer) -> SubgraphResponse:
    """Read an HTTP answer as a GraphQL response; its data belongs to the caller alone."""
    body = _decode(operation, answer)
    if body is None:
        return _not_graphql(operation, answer)
    errors = body.get("errors")
    data = body.get("data")
    if errors is None and data is not None and isinstance(data, dict):  # the usual case
        extensions = body.get("extensions")
        return SubgraphResponse(data, (), extensions if isinstance(extensions, dict) else {}, is_exclusive=True)
    if not is_response(body):
        return _not_graphql(operation, answer)
    return SubgraphResponse(data, tuple(errors or ()), body.get("extensions") or {}, is_exclusive=True)


def _decode(operation: FetchOperation, answer: HttpAnswer) -> dict[str, Any] | None:
    """Decode the body; None when it is no JSON object. An HTML page of a proxy is no JSON whatever its status."""
    try:
        body = (operation.decode or decode)(answer.body)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def is_response(body: dict[str, Any]) -> bool:
    """Whether a JSON object has the shape of a GraphQL response.

    Source: https://spec.graphql.org/draft/#sec-Response-Format
    """
    data, errors = body.get("data"), body.get("errors")
    has_result = isinstance(data, dict) or bool(errors)
    return (
        has_result
        and (data is None or isinstance(data, dict))
        and (errors is None or (isinstance(errors, list) and all(_is_error(error) for error in errors)))
        and isinstance(body.get("extensions") or _NO_EXTENSIONS, dict)
    )


def _is_error(error: object) -> bool:
    return (
        isinstance(error, dict)
        and isinstance(error.get("message"), str)
        and isinstance(error.get("path") or [], list)
        and isinstance(error.get("extensions") or _NO_EXTENSIONS, dict)
    )


def _not_graphql(operation: FetchOperation, answer: HttpAnswer) -> SubgraphResponse:
    if not 200 <= answer.status < 300:
        message = f"The subgraph answered with HTTP status {answer.status}."
        retryable = answer.status in RETRYABLE_STATUSES
        return call_failure(operation, ErrorCode.SUBREQUEST_HTTP_ERROR, message, retryable=retryable)
    what = "no GraphQL response" if answer.content_type in _JSON_TYPES else "not JSON but another media type"
    message = f"The subgraph's answer is {what}."
    return call_failure(operation, ErrorCode.SUBREQUEST_MALFORMED_RESPONSE, message, retryable=False)

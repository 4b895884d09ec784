"""GraphQL over HTTP as gateways speak it to subgraphs: `POST` with a JSON object, a JSON object back.

Source: https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from starlette.types import Message, Receive, Scope, Send

from subgraphs.shared.errors import plain_error

T = TypeVar("T")

MAX_BODY_BYTES = 8 * 2**20
"""A fetch of 1,000 entities is some 80 KB."""

_GRAPHQL_RESPONSE = b"application/graphql-response+json"


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One operation as a gateway posts it."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None


class BadRequest(Exception):
    """The HTTP request is not one for GraphQL; the sentence says what is expected and quotes nothing."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class ClientGone(Exception):
    """The client closed the connection before its request was complete."""


async def read_request(scope: Scope, receive: Receive) -> GraphQLRequest:
    """The operation in an HTTP request. Raises BadRequest, ClientGone."""
    if scope["method"] != "POST":
        raise BadRequest(HTTPStatus.METHOD_NOT_ALLOWED, "A subgraph is asked by POST.")
    if header(scope, b"content-type").split(b";")[0].strip().lower() != b"application/json":
        raise BadRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The content type must be application/json.")
    return parse_request(await _body(receive))


def parse_request(body: bytes) -> GraphQLRequest:
    """The operation in a JSON body. Raises BadRequest."""
    try:
        request = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(HTTPStatus.BAD_REQUEST, "The body is not JSON.") from None
    if not isinstance(request, dict):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "The body must be one JSON object.")
    query, variables, name = (request.get(key) for key in ("query", "variables", "operationName"))
    if not isinstance(query, str) or not query:
        raise BadRequest(HTTPStatus.BAD_REQUEST, "query must be the text of an operation.")
    if not isinstance(variables, dict | None):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "variables must be an object or null.")
    if not isinstance(name, str | None):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "operationName must be text or null.")
    return GraphQLRequest(query, variables, name)


async def while_connected(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is given up when the client closes its connection. Raises ClientGone.

    A gateway that waits no longer leaves so; what nobody will read is not asked of the legacy systems.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_departure(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def send_response(scope: Scope, send: Send, response: Mapping[str, Any]) -> None:
    """Answer an operation. Only clients that ask for GraphQL's own media type learn by the status what went wrong."""
    if _GRAPHQL_RESPONSE in header(scope, b"accept"):
        status = HTTPStatus.OK if "data" in response else HTTPStatus.BAD_REQUEST
        await send_json(send, status, _json(response), _GRAPHQL_RESPONSE)
    else:
        await send_json(send, HTTPStatus.OK, _json(response))


async def send_bad_request(send: Send, error: BadRequest) -> None:
    """Answer a request that is none for GraphQL."""
    body = orjson.dumps({"errors": [plain_error("BAD_REQUEST", str(error))]})
    extra = [(b"allow", b"POST")] if error.status is HTTPStatus.METHOD_NOT_ALLOWED else []
    await send_json(send, error.status, body, extra_headers=extra)


async def send_json(
    send: Send,
    status: HTTPStatus,
    body: bytes,
    content_type: bytes = b"application/json",
    extra_headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    """Send one whole JSON body."""
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        *(extra_headers or ()),
    ]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> bytes:
    """A request header's value; empty where there is none."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value for key, value in headers if key == name), b"")


def _json(response: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(response)
    except orjson.JSONEncodeError:
        # Half a surrogate pair, from a register that cuts its texts by length: it costs its character, not the answer.
        text = json.dumps(response, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _body(receive: Receive) -> bytes:
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return _within_limit(bytes(message.get("body", b"")))
    chunks = bytearray(_chunk(message))
    while message.get("more_body"):
        message = await receive()
        chunks += _chunk(message)
        _within_limit(chunks)
    return bytes(chunks)


def _chunk(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientGone
    chunk: bytes = message.get("body", b"")
    return chunk


def _within_limit(body: bytes | bytearray) -> bytes:
    if len(body) > MAX_BODY_BYTES:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body must not exceed {MAX_BODY_BYTES} bytes.")
    return bytes(body)

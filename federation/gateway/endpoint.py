"""`/graphql` as a bare ASGI app: no routing, no request objects; every answer is one start and one body message."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter

from federation.gateway.config import GatewayConfig
from federation.gateway.context import (
    CLIENT_CLOSED_REQUEST,
    AnswerRequest,
    ClientConnection,
    ClientGone,
    Deferred,
    Headers,
    PlanView,
    Receive,
    RequestContext,
    Scope,
    Send,
    Subscribed,
    plan_view,
    request_id,
)
from federation.gateway.errors import GraphQLRequestError, HttpRequestError, RequestCode, RequestError
from federation.gateway.graphql_http import GraphQLParameters, read_get, read_post
from federation.gateway.incremental import IncrementalFormat, choose_incremental_format
from federation.gateway.media_types import AnswerType, choose_answer_type
from federation.gateway.request_log import RequestRecord, log_defect, log_request
from federation.gateway.streams import StreamFormat
from federation.gateway.subscriptions.formats import choose_stream_format
from federation.gateway.subscriptions.http import Exchange, HttpStreams

_HEADER_CACHE_SIZE = 512
_ALLOW = ((b"allow", b"GET, POST"),)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; `headers` beside content type, length and request id."""

    status: int
    content_type: bytes
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class GraphQLEndpoint:
    """Reads a GraphQL request from ASGI, has it answered, and sends the answer in the media type that was asked for.

    What `answer` gives for a subscription goes to `streams`.
    """

    def __init__(self, config: GatewayConfig, answer: AnswerRequest, streams: HttpStreams) -> None:
        self._config = config
        self._answer_request = answer
        self._streams = streams
        self._timeout_seconds = config.limits.request_timeout_seconds
        self._exposes_query_plans = config.exposes_query_plans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        headers: Headers = dict(scope["headers"])
        record = RequestRecord(request_id(headers))
        try:
            reply = await self._reply(scope, headers, receive, send, record)
            if reply is not None:
                record.status = reply.status
                await _send(reply, record.request_id, send)
        except ClientGone:
            record.status = CLIENT_CLOSED_REQUEST
        finally:
            record.milliseconds = (perf_counter() - started) * 1000
            log_request(record)

    async def _reply(
        self, scope: Scope, headers: Headers, receive: Receive, send: Send, record: RequestRecord
    ) -> Reply | None:
        """The answer; None if it was a stream, which is over now."""
        answer_type = AnswerType.JSON  # of a refusal, too, when nothing that is accepted can be given
        stream_format: StreamFormat | IncrementalFormat | None = None
        try:
            answer_type, stream_format = _answer_type(headers.get(b"accept", b""))
            parameters = await self._read_parameters(scope, headers, receive)
            context = self._context(headers, receive, record)
            answer = await self._answer_request(parameters, context, record)
            if isinstance(answer, Subscribed):
                await self._streams.answer(answer, headers, Exchange(receive, send, record))
                return None
            if isinstance(answer, Deferred):
                await self._streams.answer_in_parts(answer, Exchange(receive, send, record))
                return None
        except RequestError as refused:
            record.error_codes = refused.codes
            return _refusal(refused, answer_type, stream_format)
        except ClientGone:
            raise
        except Exception as error:  # noqa: BLE001  (the border: a defect costs one request, not the server)
            log_defect(record.request_id, error)
            record.error_codes = (RequestCode.INTERNAL_SERVER_ERROR,)
            return _refusal(_defect(), answer_type)
        record.error_codes = answer.error_codes
        record.subgraph_calls = answer.subgraph_calls
        if stream_format is not None:
            return Reply(200, stream_format.content_type, stream_format.only(answer.body))
        return Reply(200, answer_type.content_type, answer.body)

    async def _read_parameters(self, scope: Scope, headers: Headers, receive: Receive) -> GraphQLParameters:
        match scope["method"]:
            case "POST":
                body = await read_body(headers, receive, self._config.limits.max_body_bytes)
                return read_post(body, headers)
            case "GET":
                return read_get(scope["query_string"], headers, csrf_prevention=self._config.csrf_prevention)
            case _:
                message = "A GraphQL request is sent by POST, or by GET if it is a query."
                raise HttpRequestError(RequestCode.METHOD_NOT_ALLOWED, message, 405, _ALLOW)

    def _context(self, headers: Headers, receive: Receive, record: RequestRecord) -> RequestContext:
        return RequestContext(
            record.request_id,
            asyncio.get_running_loop().time() + self._timeout_seconds,
            headers,
            plan_view(headers) if self._exposes_query_plans else PlanView.NONE,
            ClientConnection(receive),
            takes_parts=True,
        )


def status_for(refused: RequestError, answer_type: AnswerType) -> int:
    """A well-formed GraphQL request is answered with 200 for `application/json`, whatever became of it."""
    is_graphql = isinstance(refused, GraphQLRequestError)
    return 200 if is_graphql and answer_type is AnswerType.JSON else refused.status


async def read_body(headers: Headers, receive: Receive, max_bytes: int) -> bytes:
    """Read the request's body. Raises HttpRequestError (PAYLOAD_TOO_LARGE), ClientGone."""
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > max_bytes:
        raise _payload_too_large(max_bytes)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > max_bytes:
            raise _payload_too_large(max_bytes)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _send(reply: Reply, own_request_id: str, send: Send) -> None:
    headers = [
        (b"content-type", reply.content_type),
        (b"content-length", b"%d" % len(reply.body)),
        (b"cache-control", b"no-store"),
        (b"x-request-id", own_request_id.encode("ascii")),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


@lru_cache(_HEADER_CACHE_SIZE)
def _answer_type(accept: bytes) -> tuple[AnswerType, StreamFormat | IncrementalFormat | None]:
    """The media type of the answer; a client that accepts no JSON may accept a stream, be it of one answer."""
    answer_type = choose_answer_type(accept)
    if answer_type is not None and answer_type is not AnswerType.HTML:
        return answer_type, None
    stream_format = choose_stream_format(accept) or choose_incremental_format(accept)
    if stream_format is None:
        message = "The answer can be application/graphql-response+json or application/json."
        raise HttpRequestError(RequestCode.NOT_ACCEPTABLE, message, 406)
    return AnswerType.JSON, stream_format


def _refusal(
    refused: RequestError, answer_type: AnswerType, stream_format: StreamFormat | IncrementalFormat | None = None
) -> Reply:
    if stream_format is not None and isinstance(refused, GraphQLRequestError):
        return Reply(200, stream_format.content_type, stream_format.only(refused.body))
    return Reply(status_for(refused, answer_type), answer_type.content_type, refused.body, refused.headers)


def _payload_too_large(max_bytes: int) -> HttpRequestError:
    message = f"The request body is larger than {max_bytes} bytes."
    # The rest of the body is not read: the connection cannot be used again.
    return HttpRequestError(RequestCode.PAYLOAD_TOO_LARGE, message, 413, ((b"connection", b"close"),))


def _defect() -> HttpRequestError:
    return HttpRequestError(RequestCode.INTERNAL_SERVER_ERROR, "The gateway failed to answer this request.", 500)

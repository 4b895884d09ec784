"""A subscription as the answer to one HTTP request.

subscribe → start of the answer → for each result: send it; in quiet times a heartbeat → the end

the source is done            `complete`
it failed, or we are too slow the errors, then `complete`
the client is gone            nothing
the server stops              an event stream breaks off, which its clients take as a reason to subscribe again;
                              parts end with an error, for there they would not
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from federation.executor.errors import SubscriptionFailure
from federation.executor.incremental import IncrementalResult
from federation.executor.subgraph_client import ResponseObject
from federation.gateway.config import SubscriptionsConfig
from federation.gateway.context import Deferred, Headers, Receive, Send, Subscribed
from federation.gateway.errors import RequestCode, coded_error, refuse
from federation.gateway.incremental import IncrementalFormat
from federation.gateway.request_log import RequestRecord, StreamEnd, log_defect
from federation.gateway.streams import StreamFormat
from federation.gateway.subscriptions.formats import MULTIPART, choose_stream_format
from federation.gateway.subscriptions.registry import Subscriptions

HOW_TO_SUBSCRIBE = (
    'A subscription is answered as a stream: accept text/event-stream or multipart/mixed;subscriptionSpec="1.0", or '
    "open a WebSocket with the subprotocol graphql-transport-ws."
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request that is answered with a stream: its channels, and its line in the log."""

    receive: Receive
    send: Send
    record: RequestRecord


class HttpStreams:
    """Streams results in the bodies of HTTP answers."""

    def __init__(self, config: SubscriptionsConfig, subscriptions: Subscriptions) -> None:
        self._config = config
        self._subscriptions = subscriptions

    async def answer(self, subscribed: Subscribed, headers: Headers, exchange: Exchange) -> None:
        """Answer a request with its subscription's results.

        Raises GraphQLRequestError before the answer is begun: SUBSCRIPTIONS_NOT_SUPPORTED when the client accepts no
        stream, SUBSCRIPTION_LIMIT_EXCEEDED.
        """
        stream_format = choose_stream_format(headers.get(b"accept", b""))
        if stream_format is None:
            raise refuse(RequestCode.SUBSCRIPTIONS_NOT_SUPPORTED, HOW_TO_SUBSCRIBE, 406)
        with self._subscriptions.running(), self._subscriptions.stop_signal() as stopping:
            stream = _Stream(stream_format, exchange, self._config, stopping)
            async with aclosing(subscribed.results) as results:
                await stream.run(results)

    async def answer_in_parts(self, deferred: Deferred, exchange: Exchange) -> None:
        """Answer a request with the parts of its answer; they end with it, at the latest at its deadline."""
        never = asyncio.get_running_loop().create_future()
        stream = _Stream(deferred.format.stream, exchange, self._config, never)
        async with aclosing(deferred.results) as results, aclosing(_written(results, deferred.format)) as written:
            await stream.run(written)


class StreamedResult(Protocol):
    """What is sent at once in a stream."""

    @property
    def errors(self) -> tuple[ResponseObject, ...]: ...

    @property
    def subgraph_calls(self) -> int: ...

    def body(self) -> bytes:
        """As JSON."""


@dataclass(frozen=True, slots=True)
class _Written:
    """One result of an answer in parts."""

    content: bytes
    errors: tuple[ResponseObject, ...]
    subgraph_calls: int

    def body(self) -> bytes:
        return self.content


async def _written(
    results: AsyncGenerator[IncrementalResult, None], form: IncrementalFormat
) -> AsyncGenerator[_Written, None]:
    async for result in results:
        yield _Written(form.write(result), result.all_errors(), result.subgraph_calls)


class _Stream:
    """One body on its way."""

    def __init__(
        self,
        stream_format: StreamFormat,
        exchange: Exchange,
        config: SubscriptionsConfig,
        stopping: asyncio.Future[None],
    ) -> None:
        self._format = stream_format
        self._exchange = exchange
        self._config = config
        self._stopping = stopping
        self._record = exchange.record

    async def run(self, results: AsyncGenerator[StreamedResult, None]) -> None:
        self._record.begin_stream(self._format.name)
        gone = asyncio.ensure_future(_gone(self._exchange.receive))
        try:
            await self._start()
            await self._deliver(results, gone)
        except SubscriptionFailure as failure:
            await self._fail(failure.errors)
        except TimeoutError:
            self._record.end_stream(StreamEnd.CLIENT_STUCK)
        except OSError:  # what a server raises when it has lost the connection
            self._record.end_stream(StreamEnd.CLIENT_GONE)
        except Exception as error:  # noqa: BLE001  (the border: a defect costs one subscription, not the server)
            log_defect(self._record.request_id, error)
            await self._fail((coded_error(RequestCode.INTERNAL_SERVER_ERROR, "The gateway failed."),))
        finally:
            gone.cancel()

    async def _start(self) -> None:
        headers = [
            (b"content-type", self._format.content_type),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),  # proxies must hand events on as they come
            (b"x-request-id", self._record.request_id.encode("ascii")),
        ]
        await self._exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._send(self._format.opening)

    async def _deliver(self, results: AsyncGenerator[StreamedResult, None], gone: asyncio.Future[None]) -> None:
        """Send results and heartbeats until something ends the stream. Raises SubscriptionFailure."""
        coming = asyncio.ensure_future(_next(results))
        try:
            while True:
                waited_for = (coming, gone, self._stopping)
                await asyncio.wait(
                    waited_for, timeout=self._config.heartbeat_seconds, return_when=asyncio.FIRST_COMPLETED
                )
                if gone.done():
                    return self._record.end_stream(StreamEnd.CLIENT_GONE)
                if self._stopping.done():
                    return await self._break_off()
                if not coming.done():
                    await self._send(self._format.heartbeat)
                    continue
                result = coming.result()
                if result is None:
                    return await self._complete()
                self._record.count_event(result)
                await self._send(self._format.answer(result.body()))
                coming = asyncio.ensure_future(_next(results))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _complete(self) -> None:
        self._record.end_stream(StreamEnd.COMPLETE)
        await self._send(self._format.complete, is_last=True)

    async def _fail(self, errors: Sequence[ResponseObject]) -> None:
        self._record.end_stream(StreamEnd.FAILED, errors)
        await self._send(self._format.failure(errors) + self._format.complete, is_last=True)

    async def _break_off(self) -> None:
        self._record.end_stream(StreamEnd.SERVER_STOPS)
        last = b""
        if self._format is MULTIPART:
            error = coded_error(RequestCode.SUBSCRIPTION_SERVER_STOPS, "The gateway stops; subscribe again.")
            last = self._format.failure([error]) + self._format.complete
        await self._send(last, is_last=True)

    async def _send(self, body: bytes, *, is_last: bool = False) -> None:
        async with asyncio.timeout(self._config.send_seconds):
            await self._exchange.send({"type": "http.response.body", "body": body, "more_body": not is_last})


async def _next(results: AsyncGenerator[StreamedResult, None]) -> StreamedResult | None:
    return await anext(results, None)


async def _gone(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass

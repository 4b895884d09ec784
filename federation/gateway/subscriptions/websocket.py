"""graphql-transport-ws on a WebSocket: one connection, many operations.

connection_init → connection_ack → subscribe … → next, complete, error        ping → pong, at any time
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, assert_never

from federation.gateway.config import GatewayConfig
from federation.gateway.context import AnswerRequest, ClientGone, Headers, Receive, Scope, Send
from federation.gateway.errors import RequestCode, coded_error
from federation.gateway.request_log import StreamEnd
from federation.gateway.subscriptions.admission import may_connect, with_payload
from federation.gateway.subscriptions.messages import (
    CONNECTION_ACK,
    PONG,
    SUBPROTOCOL,
    CloseCode,
    Complete,
    ConnectionClosed,
    ConnectionInit,
    Message,
    Ping,
    Pong,
    Subscribe,
    read_message,
    write_error,
)
from federation.gateway.subscriptions.operations import Connection, Operation, OperationSettings
from federation.gateway.subscriptions.registry import Subscriptions

#: A client that does not even take the end of its connection is cut off.
_CLOSE_SECONDS = 1.0


class WebSocketEndpoint:
    """Accepts WebSockets and serves each until one side closes it."""

    def __init__(self, config: GatewayConfig, answer: AnswerRequest, subscriptions: Subscriptions) -> None:
        self._config = config
        self._subscriptions = subscriptions
        self._settings = OperationSettings(
            answer, subscriptions, config.limits.request_timeout_seconds, config.exposes_query_plans
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = dict(scope["headers"])
        await receive()  # websocket.connect
        if not may_connect(headers, self._config):
            await send({"type": "websocket.close"})  # before it was accepted: 403
            return
        is_spoken = SUBPROTOCOL in scope.get("subprotocols", ())
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if is_spoken else None})
        with self._subscriptions.stop_signal() as stopping:
            session = _Session(self._config, self._settings, send, stopping)
            try:
                await session.serve(receive, headers, is_spoken=is_spoken)
            except ConnectionClosed as closed:
                await _close(send, closed)
            except (ClientGone, OSError):
                pass
            finally:
                await session.leave()


async def _close(send: Send, closed: ConnectionClosed) -> None:
    """Say that the connection is over, to a client that listens."""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await send({"type": "websocket.close", "code": int(closed.code), "reason": closed.reason})


class _Session:
    """One connection's state."""

    def __init__(
        self, config: GatewayConfig, settings: OperationSettings, send: Send, stopping: asyncio.Future[None]
    ) -> None:
        self._config = config.subscriptions
        self._settings = settings
        self._send_event = send
        self._stopping = stopping
        self._is_initialised = False
        self._headers: Headers = {}
        self._operations: dict[str, Operation] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        self._is_stuck: asyncio.Future[None] = loop.create_future()
        self._initialised_until = loop.time() + self._config.connection_init_seconds
        self._end = StreamEnd.CLIENT_GONE

    async def serve(self, receive: Receive, headers: Headers, *, is_spoken: bool) -> None:
        """Take messages until the connection is over. Raises ConnectionClosed, ClientGone."""
        if not is_spoken:
            raise ConnectionClosed(CloseCode.SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")
        self._headers = headers
        while True:
            await self._take(read_message(await self._next_text(receive)))

    async def leave(self) -> None:
        """Stop all operations; mutations go on, and are waited for."""
        for operation in self._operations.values():
            operation.stop(self._end)
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _next_text(self, receive: Receive) -> str | None:
        """The next message's text, None for a binary one. Raises ConnectionClosed, ClientGone."""
        message = asyncio.ensure_future(receive())
        try:
            await self._wait_for(message)
        finally:
            message.cancel()
        event = message.result()
        if event["type"] == "websocket.disconnect":
            raise ClientGone
        text: str | None = event.get("text")
        return text

    async def _wait_for(self, message: asyncio.Future[Any]) -> None:
        waited_for = (message, self._stopping, self._is_stuck)
        while not message.done():
            await asyncio.wait(waited_for, timeout=self._patience(), return_when=asyncio.FIRST_COMPLETED)
            if self._stopping.done():
                self._end = StreamEnd.SERVER_STOPS
                raise ConnectionClosed(CloseCode.SERVER_STOPS, "Going away")
            if self._is_stuck.done():
                self._end = StreamEnd.CLIENT_STUCK
                raise ConnectionClosed(CloseCode.NORMAL, "Nothing was taken for too long")
            if not message.done() or self._is_initialising_too_long():
                self._check_idleness()

    def _patience(self) -> float:
        """How many seconds may pass until the next message, as far as is known now."""
        if self._is_initialised:
            return self._config.idle_seconds
        return max(0.0, self._initialised_until - asyncio.get_running_loop().time())

    def _is_initialising_too_long(self) -> bool:
        """Other messages, such as pings, do not prolong the time to initialise."""
        return not self._is_initialised and self._patience() == 0.0

    def _check_idleness(self) -> None:
        """As long as a message may be waited for none came: that is the end, unless operations are under way."""
        if not self._is_initialised:
            raise ConnectionClosed(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")
        if not self._tasks:
            raise ConnectionClosed(CloseCode.NORMAL, "Idle")

    async def _take(self, message: Message) -> None:
        match message:
            case ConnectionInit():
                await self._initialise(message)
            case Subscribe():
                await self._subscribe(message)
            case Complete():
                self._complete(message)
            case Ping():
                await self._send(PONG)
            case Pong():
                pass
            case _:
                assert_never(message)

    async def _initialise(self, message: ConnectionInit) -> None:
        if self._is_initialised:
            raise ConnectionClosed(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
        self._is_initialised = True
        self._headers = with_payload(self._headers, message.payload)
        await self._send(CONNECTION_ACK)

    async def _subscribe(self, message: Subscribe) -> None:
        if not self._is_initialised:
            raise ConnectionClosed(CloseCode.UNAUTHORIZED, "Unauthorized")
        if message.id in self._operations:
            raise ConnectionClosed(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {message.id} already exists")
        if len(self._tasks) >= self._config.max_per_connection:
            text = f"This connection has {len(self._tasks)} operations under way, which is the limit."
            error = coded_error(RequestCode.SUBSCRIPTION_LIMIT_EXCEEDED, text)
            await self._send(write_error(message.id, (error,)))
            return
        connection = Connection(self._send, self._forget, self._headers)
        operation = self._operations[message.id] = Operation(self._settings, message, connection)
        task = operation.start()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _complete(self, message: Complete) -> None:
        """Stop an operation; it may be over already, for messages cross."""
        operation = self._operations.pop(message.id, None)
        if operation is not None:
            operation.stop(StreamEnd.UNSUBSCRIBED)

    def _forget(self, operation_id: str) -> None:
        self._operations.pop(operation_id, None)

    async def _send(self, message: bytes) -> None:
        try:
            async with asyncio.timeout(self._config.send_seconds):
                await self._send_event({"type": "websocket.send", "text": message.decode()})
        except TimeoutError:
            if not self._is_stuck.done():
                self._is_stuck.set_result(None)
            raise ConnectionError("the client takes nothing") from None

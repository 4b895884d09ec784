"""graphql-transport-ws as a client.

    → connection_init   ← connection_ack   → subscribe   ← next … ← complete | error      at any time: ← ping → pong

Source: https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from federation.executor.encoding import decode
from federation.executor.subgraph_client import FetchOperation, ResponseObject, SubgraphRequest, SubgraphResponse
from federation.gateway.event_sources.connections import (
    Channel,
    ChannelOpener,
    StreamFault,
    StreamSettings,
    late,
    malformed,
)
from federation.gateway.event_sources.payloads import read_event, refusal
from federation.gateway.http_client import request_body

_INIT = b'{"type":"connection_init"}'
_PONG = b'{"type":"pong"}'
_ID = "1"  # each subscription has a connection of its own


class WebSocketSource:
    """An `EventSource` that opens a WebSocket for each subscription."""

    def __init__(self, opener: ChannelOpener, settings: StreamSettings) -> None:
        self._opener = opener
        self._settings = settings

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphResponse, None]:
        """Give the subscription's events. Raises StreamFailure."""
        operation = request.operation
        try:
            async with self._opener.open_channel(self._settings.call.select(request.headers)) as channel:
                await self._initialise(channel)
                await channel.send(b'{"id":"1","type":"subscribe","payload":%b}' % request_body(request))
                while (event := await _next_event(channel, operation)) is not None:
                    yield event
        except StreamFault as fault:
            raise fault.failure(operation) from fault

    async def _initialise(self, channel: Channel) -> None:
        try:
            async with asyncio.timeout(self._settings.call.timeout_seconds):
                await channel.send(_INIT)
                while (message := await _receive(channel))["type"] != "connection_ack":
                    if message["type"] != "ping":
                        raise malformed("a message before it acknowledged the connection")
        except TimeoutError as error:
            raise late() from error


async def _next_event(channel: Channel, operation: FetchOperation) -> SubgraphResponse | None:
    """The next event; None when there is no more. Raises StreamFailure, StreamFault."""
    while True:
        message = await _receive(channel)
        if message["type"] in ("next", "error", "complete") and message.get("id") != _ID:
            raise malformed("a message of another subscription")
        match message["type"]:
            case "next":
                return read_event(operation, message.get("payload"))
            case "error":
                raise refusal(operation, message.get("payload"))
            case "complete":
                return None
            case "ping" | "pong":
                pass
            case _:
                raise malformed("a message that the protocol does not have")


async def _receive(channel: Channel) -> ResponseObject:
    """The next message, pings answered. Raises StreamFault."""
    message = None
    with suppress(ValueError):
        message = decode(await channel.receive())
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise malformed("what is no message of the protocol")
    if message["type"] == "ping":
        await channel.send(_PONG)
    return message

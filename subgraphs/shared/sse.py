"""graphql-sse, "distinct connections" mode: a POST that accepts an event stream is answered by one.

Source: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import orjson
from starlette.types import Scope, Send

from subgraphs.shared.http import header

HEARTBEAT_SECONDS = 12.0
"""A stream without events says so often that it is there: proxies cut silent ones."""

_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]


def wants_events(scope: Scope) -> bool:
    """Whether the request asks for an event stream."""
    return b"text/event-stream" in header(scope, b"accept")


async def send_events(send: Send, responses: AsyncGenerator[Mapping[str, Any], None]) -> None:
    """Send each response as an event, and the end."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    await _send_chunk(send, b":\n\n")
    try:
        async for response in _with_heartbeats(responses):
            data = b":\n\n" if response is None else b"event: next\ndata: " + orjson.dumps(response) + b"\n\n"
            await _send_chunk(send, data)
    finally:
        await responses.aclose()
    await _send_chunk(send, b"event: complete\ndata:\n\n")
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _with_heartbeats(
    responses: AsyncGenerator[Mapping[str, Any], None],
) -> AsyncGenerator[Mapping[str, Any] | None, None]:
    """The responses; None where there was none for a while."""
    waiting = asyncio.ensure_future(anext(responses))
    try:
        while True:
            done, _ = await asyncio.wait((waiting,), timeout=HEARTBEAT_SECONDS)
            if not done:
                yield None
                continue
            try:
                response = waiting.result()
            except StopAsyncIteration:
                return
            yield response
            waiting = asyncio.ensure_future(anext(responses))
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def _send_chunk(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})

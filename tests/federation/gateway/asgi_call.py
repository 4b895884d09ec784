"""Calls an ASGI app without a server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson


@dataclass
class AsgiReply:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.json["errors"]]


async def call(app, method, path, *, headers=None, body=b"", query=None, client_leaves=None) -> AsgiReply:
    """One request; `client_leaves` is an event after which the client is gone."""
    reply = AsgiReply()
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if pending:
            return pending.pop()
        await (client_leaves or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            reply.body += message.get("body", b"")

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(query or {}).encode() if not isinstance(query, bytes) else query,
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 4000),
    }
    await app(scope, receive, send)
    return reply


async def post(app, body, *, path="/graphql", **options) -> AsgiReply:
    """POST a JSON value, or bytes as they are."""
    headers = {"content-type": "application/json", **options.pop("headers", {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return await call(app, "POST", path, headers=headers, body=content, **options)

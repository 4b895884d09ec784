"""The little HTTP that a SOAP service needs, in ASGI's words."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, content type and body of an answer."""

    status: int
    content_type: str
    body: bytes


def header(scope: Scope, name: bytes) -> str:
    """A request header's value, '' where it is missing."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def read_request_body(receive: Receive) -> bytes:
    """The whole body of a request."""
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(parts)


async def send_reply(send: Send, reply: Reply) -> None:
    """Send an answer whole."""
    headers = [(b"content-type", reply.content_type.encode()), (b"content-length", str(len(reply.body)).encode())]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})

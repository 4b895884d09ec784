"""Who may open a WebSocket, and with what headers its operations are executed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.gateway.config import GatewayConfig
from federation.gateway.context import Headers

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def may_connect(headers: Headers, config: GatewayConfig) -> bool:
    """Whether the page that opens a WebSocket is of this host, or of a site that the configuration names.

    Browsers ask nobody before they open one to another site, and send its cookies along. Who is no browser sends no
    `Origin`.
    """
    origin = headers.get(b"origin")
    if origin is None or not config.csrf_prevention:
        return True
    text = origin.decode("latin-1").lower()
    host = headers.get(b"host", b"").decode("latin-1").lower()
    return urlsplit(text).netloc == host or text in map(str.lower, config.subscriptions.allowed_origins)


def with_payload(headers: Headers, payload: ResponseObject) -> Headers:
    """The headers of the WebSocket's request, and over them those that `connection_init` gives.

    A browser can send none with a WebSocket, so clients put them into the payload, or into an object `headers` there.
    """
    inner = payload.get("headers")
    given = {**payload, **inner} if isinstance(inner, dict) else payload
    return headers | {
        name.lower().encode("ascii"): value.encode("latin-1")
        for name, value in given.items()
        if _is_header(name, value)
    }


def _is_header(name: str, value: JsonValue) -> bool:
    return isinstance(value, str) and bool(_NAME.fullmatch(name) and _VALUE.fullmatch(value))

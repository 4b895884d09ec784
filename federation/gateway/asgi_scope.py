"""The scope of a call to an ASGI app in this process: the address and headers that a request over HTTP would have.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

AsgiScope: TypeAlias = MutableMapping[str, Any]


def asgi_scope(kind: AsgiScope, url: str, headers: Iterable[tuple[str, str]]) -> AsgiScope:
    """Make a scope: `kind` says of what type it is, and what only scopes of that type have."""
    parts = urlsplit(url)
    host = ("host", parts.netloc or "in-process")
    path = parts.path or "/"
    return {
        **kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": parts.scheme or "http",
        "path": path,
        "raw_path": path.encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": "",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (host, *headers)],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname or "in-process", parts.port or 80),
    }

"""The gateway and its subgraphs behind real sockets, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn


@asynccontextmanager
async def listening(app, certificate: Path | None = None) -> AsyncIterator[str]:
    """Serve an ASGI app on a free port, over TLS if there is a `certificate` with its key; gives its origin."""
    options = {"lifespan": "off", "access_log": False, "log_config": None, "ssl_certfile": certificate}
    server = uvicorn.Server(uvicorn.Config(app, port=0, http="httptools", ws="websockets-sansio", **options))
    sockets = [server.config.bind_socket()]
    task = asyncio.ensure_future(server._serve(sockets))
    while not server.started:  # noqa: ASYNC110  (uvicorn tells by no event)
        await asyncio.sleep(0.005)
    try:
        yield f"{'http' if certificate is None else 'https'}://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task

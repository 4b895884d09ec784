"""The gateway and its subgraphs behind real sockets, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn


@asynccontextmanager
async def listening(app) -> AsyncIterator[str]:
    """Serve an ASGI app on a free port; gives its origin."""
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=0, lifespan="off", access_log=False, log_config=None, http="httptools", ws="websockets-sansio"
        )
    )
    sockets = [server.config.bind_socket()]
    task = asyncio.ensure_future(server._serve(sockets))
    while not server.started:  # noqa: ASYNC110  (uvicorn tells by no event)
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task

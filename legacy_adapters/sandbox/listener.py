"""A port that can really be closed: uvicorn without its signal handling, opened and closed at run time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Scope

_KEEP_ALIVE_SECONDS = 60


class PortTaken(Exception):
    """Somebody else listens there; the text is one sentence."""


class _Server(uvicorn.Server):
    """Several of these run in one process: signals are the process's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """Serves one ASGI app on one port.

    Attributes:
        port: the port; a free one is taken for 0 and kept from then on.
    """

    def __init__(self, app: ASGIApp, name: str, host: str, port: int) -> None:
        self._app = app
        self._name = name
        self._host = host
        self.port = port
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None
        # Bound and not listening: whoever connects is refused, and nobody else is given the port.
        self._kept: socket.socket | None = None

    async def open(self) -> None:
        """Listen. Raises PortTaken."""
        if self._server is not None:
            return
        listening, self._kept = self._kept or self._bind(), None
        config = uvicorn.Config(
            self._app,
            log_config=None,
            log_level="error",
            access_log=False,
            lifespan="off",
            # A bound method is not recognised as what it is.
            interface="asgi3",
            proxy_headers=False,
            http="httptools",
            ws="none",
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]), name=self._name)
        while not (self._server.started or self._task.done()):  # noqa: ASYNC110  (uvicorn tells by a flag)
            await asyncio.sleep(0.001)
        if self._task.done():
            await self._task

    async def refuse(self) -> None:
        """Stop listening and reset every connection; the port stays ours until it is opened again. Raises PortTaken."""
        if await self._stop():
            self._kept = self._bind()

    async def close(self) -> None:
        """Stop listening, reset every connection and give the port back."""
        await self._stop()
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()

    def reset(self, scope: Scope) -> None:
        """Reset the connection on which this request came."""
        assert self._server is not None  # noqa: S101  (a request came in)
        for connection in list(self._server.server_state.connections):
            if getattr(connection, "scope", None) is scope:
                _transport(connection).abort()

    async def _stop(self) -> bool:
        """Whether it was listening."""
        server, self._server = self._server, None
        task, self._task = self._task, None
        if server is None or task is None:
            return False
        for listening in server.servers:
            listening.close()
        for connection in list(server.server_state.connections):
            _transport(connection).abort()
        server.should_exit = server.force_exit = True
        await task
        return True

    def _bind(self) -> socket.socket:
        # With the protocol named, asyncio sets TCP_NODELAY: else every second write waits for a delayed ACK.
        listening = socket.socket(proto=socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((self._host, self.port))
        except OSError as error:
            listening.close()
            raise PortTaken(f"{self._name} cannot listen on {self._host}:{self.port} ({error.strerror}).") from error
        self.port = listening.getsockname()[1]
        return listening


def _transport(connection: Any) -> asyncio.Transport:
    transport: asyncio.Transport = connection.transport
    return transport

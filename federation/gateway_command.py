"""`bureaugraph gateway`: serves a supergraph until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec
import uvicorn
import uvloop

from federation.gateway.config import ConfigurationError, GatewayConfig, load_config
from federation.gateway.graph import build_graph
from federation.gateway.reload import (
    Reloader,
    ReloadPaths,
    SupergraphSource,
    SupergraphUnusable,
    WatchedFiles,
    load_source,
)
from federation.gateway.request_log import configure_logging, log_defect, log_event
from federation.gateway.server import Gateway
from federation.gateway.warm_up import KnownDocument, read_documents, warm_up

# Requests leave next to no cycles behind, and what lives after the start lives on (`PERFORMANCE.md`).
GC_THRESHOLDS = (50_000, 20, 100)


@click.command()
@click.option(
    "--supergraph", "supergraph_path", required=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Supergraph SDL, or a supergraph.yaml to compose; a changed one is taken over.",
)  # fmt: skip
@click.option(
    "--write-supergraph", "copy", type=click.Path(path_type=Path), metavar="FILE",
    help="Where the SDL of a supergraph.yaml is kept.",
)  # fmt: skip
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Configuration in YAML.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on.  [default: 4000]")
@click.option(
    "--operations", type=click.Path(path_type=Path), metavar="DIR",
    help="Operations that clients send, planned before the first request: *.graphql, in subfolders too.",
)  # fmt: skip
def gateway(
    supergraph_path: Path, copy: Path | None, config_path: Path | None, operations: Path | None, **address: Any
) -> None:
    """Serve a supergraph at /graphql; GraphiQL answers a browser there."""
    try:
        config = _configure(config_path, operations, **address)
        start = prepare_start(ReloadPaths(SupergraphSource(supergraph_path, copy), config_path), config)
    except (StartError, SupergraphUnusable, ConfigurationError) as error:
        sys.exit(str(error))
    configure_logging()
    uvloop.run(serve(start))


class StartError(Exception):
    """The gateway cannot start; the message is one sentence for its operator."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the gateway starts with; `listener` is bound already, so that a taken port is known first."""

    app: Gateway
    config: GatewayConfig
    reloader: Reloader
    listener: socket.socket
    known_documents: tuple[KnownDocument, ...]


def prepare_start(paths: ReloadPaths, config: GatewayConfig) -> Start:
    """Read supergraph and known operations, and bind the port.

    Raises StartError, SupergraphUnusable, ConfigurationError.
    """
    documents = () if config.known_operations is None else read_documents(Path(config.known_operations))
    watched = WatchedFiles(paths.files)  # before they are read, so that no change is missed
    gateway = Gateway(build_graph(load_source(paths.supergraph), config), config)
    reloader = Reloader(gateway, config, paths, watched)
    return Start(gateway, config, reloader, bind(config.server.host, config.server.port), documents)


def _configure(path: Path | None, operations: Path | None, host: str | None, port: int | None) -> GatewayConfig:
    """The configuration with what the command line says over it. Raises ConfigurationError."""
    config = load_config(path)
    server = msgspec.structs.replace(
        config.server,
        host=config.server.host if host is None else host,
        port=config.server.port if port is None else port,
    )
    known = config.known_operations if operations is None else str(operations)
    return msgspec.structs.replace(config, server=server, known_operations=known)


def bind(host: str, port: int) -> socket.socket:
    """Bind a listening address. Raises StartError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise StartError(f"{host} is no address of this machine.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        reason = (error.strerror or "error").lower()
        raise StartError(f"Cannot listen on {host} port {port}: {reason}.") from error
    return listener


async def serve(start: Start) -> None:
    """Serve until SIGTERM or SIGINT; then requests under way are finished within the configured time."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_loop_error)
    server = StoppableServer(start.app, start.config)
    service = start.app.service
    service.closed = settle_memory
    if start.known_documents:
        await warm_up(service.current.graph, start.known_documents)
    gc.set_threshold(*GC_THRESHOLDS)
    settle_memory()
    loop.add_signal_handler(signal.SIGHUP, start.reloader.ask)
    reloading = asyncio.ensure_future(start.reloader.run())
    address = start.listener.getsockname()
    log_event("start", host=address[0], port=address[1], subgraphs=len(service.current.graph.supergraph.subgraphs))
    try:
        await server.serve(sockets=[start.listener])
    finally:
        reloading.cancel()
        await service.close()
        log_event("stop")


def settle_memory() -> None:
    """Give back what an older graph has left, and keep what lives on out of garbage collection."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class StoppableServer(uvicorn.Server):
    """Returns after SIGTERM or SIGINT; uvicorn's own then raises the signal again, which ends the process at once.

    Streams have no end that could be waited for, so they are ended first.
    """

    def __init__(self, app: Gateway, config: GatewayConfig) -> None:
        super().__init__(_uvicorn_config(app, config))
        self._app = app
        self._stream_seconds = config.server.shutdown_seconds / 2

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._app.stop_streams(self._stream_seconds)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for stop in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop, self.handle_exit, stop, None)
        try:
            yield
        finally:
            for stop in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(stop)


def _uvicorn_config(app: Gateway, config: GatewayConfig) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=config.limits.max_body_bytes,
        ws_ping_interval=config.subscriptions.heartbeat_seconds,
        ws_ping_timeout=config.subscriptions.heartbeat_seconds,
        ws_per_message_deflate=False,  # a compressor for each connection costs more memory than events do bytes
        lifespan="off",
        access_log=False,
        log_level="warning",
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=max(1, round(config.server.shutdown_seconds)),
    )


def _log_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what no request took note of, without its message, which may quote data."""
    log_defect("", context.get("exception") or RuntimeError(context["message"]))

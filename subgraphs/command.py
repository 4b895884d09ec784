"""`bureaugraph subgraphs`: serves the city subgraphs until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import click
import uvicorn
import uvloop

from legacy_adapters.clock import city_clock
from legacy_adapters.process_log import configure_logging, report_loop_error
from legacy_adapters.registry import CityConfig, ConfigurationInvalid, open_city, read_city_config
from subgraphs.domains import DOMAINS
from subgraphs.shared.app import SourcesInvalid, build_app
from subgraphs.shared.person_key import PlatformKeyInvalid, PlatformKeys, read_platform_keys

# Requests leave next to no cycles behind, and what lives after the start lives on.
GC_THRESHOLDS = (50_000, 20, 100)

GRACEFUL_SECONDS = 5

_EXISTING = click.Path(exists=True, path_type=Path)


class CannotListen(Exception):
    """The address cannot be listened on; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the subgraphs start with, read and checked."""

    cities: Sequence[CityConfig]
    contracts: Path
    keys: PlatformKeys
    host: str
    port: int


@click.command()
@click.option(
    "--cities", "paths", multiple=True, default=["cities"], show_default=True, type=_EXISTING,
    help="Configuration of a city, or a folder of them; may be given several times.",
)  # fmt: skip
@click.option("--contracts", default="schema/subgraphs", show_default=True, type=_EXISTING, help="Domain contracts.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=4101, show_default=True, type=click.IntRange(0, 65_535), help="Port to listen on.")
def subgraphs(paths: tuple[Path, ...], contracts: Path, host: str, port: int) -> None:
    """Serve every configured city's subgraphs at /<city>/<domain>."""
    configure_logging()
    try:
        start = Start(read_cities(paths), contracts, read_platform_keys(os.environ), host, port)
        uvloop.run(serve(start))
    except (ConfigurationInvalid, PlatformKeyInvalid, SourcesInvalid, CannotListen) as error:
        raise click.ClickException(str(error)) from error


def read_cities(paths: Sequence[Path]) -> list[CityConfig]:
    """The configurations in files and folders, folders sorted by file name. Raises ConfigurationInvalid."""
    files = [file for path in paths for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]
    cities = [read_city_config(file) for file in files]
    slugs = [city.slug for city in cities]
    problems = [
        f"The slug {slug} is another city's already." for slug in sorted({s for s in slugs if slugs.count(s) > 1})
    ]
    if not cities:
        problems.append("There is no city to serve: a city is a file <slug>.yaml.")
    if problems:
        raise ConfigurationInvalid("cities", tuple(problems))
    return cities


def settle_memory() -> None:
    """Keep what the start has made out of garbage collection, and let requests pass with little of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


async def serve(start: Start) -> None:
    """Open the cities and serve them until SIGINT or SIGTERM.

    Raises ConfigurationInvalid, SourcesInvalid, CannotListen.
    """
    asyncio.get_running_loop().set_exception_handler(report_loop_error)
    async with AsyncExitStack() as stack:
        cities = []
        for config in start.cities:
            city = await open_city(config, city_clock)
            stack.push_async_callback(city.aclose)
            cities.append(city)
        app = build_app(cities, DOMAINS, start.contracts, start.keys, city_clock)
        listener = bind(start.host, start.port)
        settle_memory()
        await uvicorn.Server(server_config(app)).serve(sockets=[listener])


def bind(host: str, port: int) -> socket.socket:
    """The socket to serve on. Raises CannotListen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        # With the protocol named, asyncio sets TCP_NODELAY: else every second write waits for a delayed ACK.
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotListen(f"{host} is no address of this machine.") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise CannotListen(f"Cannot listen on {host} port {port}: {(error.strerror or 'error').lower()}.") from error
    return listener


def server_config(app: object) -> uvicorn.Config:
    """How an app is served; no setting may show what is asked."""
    # No access log: what the gateway asks is the gateway's to log.
    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # an ASGI app is any such callable
        http="httptools",
        lifespan="off",
        # uvicorn's own form of logging prints exceptions in full.
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        # Event streams do not end by themselves.
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        server_header=False,
        date_header=False,
    )

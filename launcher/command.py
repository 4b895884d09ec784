"""`bureaugraph up`: the whole platform on this computer, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from launcher.platform import (
    Platform,
    platform_ports,
    platform_processes,
    prepare_folder,
    require_free_ports,
)
from launcher.processes import ManagedProcess, ProcessError, ProcessSpec

HEALTH_SECONDS = 120.0
EXISTING = click.Path(exists=True, path_type=Path)
PORT = click.IntRange(1, 65_535 - 3)


@click.command()
@click.option("--people", default=20_000, show_default=True, help="Invented people per city.")
@click.option("--port", default=4000, show_default=True, type=PORT, help="Port of the gateway.")
@click.option("--subgraphs-port", default=4101, show_default=True, type=PORT, help="Port of the city subgraphs.")
@click.option("--cooperation-port", default=4102, show_default=True, type=PORT, help="Port of cross-city operations.")
@click.option("--sandbox-port", default=4200, show_default=True, type=PORT, help="First of the sandbox's four ports.")
@click.option("--state-directory", "folder", default=".bureaugraph", show_default=True, type=click.Path(path_type=Path))
@click.option("--config", "supergraph_config", default="supergraph.yaml", show_default=True, type=EXISTING)
@click.option("--gateway-config", default="gateway.yaml", show_default=True, type=EXISTING)
@click.option("--cities", default="cities", show_default=True, type=EXISTING)
@click.option("--cooperation-config", default="cooperation.yaml", show_default=True, type=EXISTING)
def up(**options: Any) -> None:
    """Start sandbox bureaus, city subgraphs, cross-city operations and gateway; stop all of them on Ctrl-C."""
    try:
        asyncio.run(run_platform(Platform(**options)))
    except ProcessError as error:
        raise click.ClickException(str(error)) from error


async def run_platform(platform: Platform) -> None:
    """Run the platform until SIGINT or SIGTERM. Raises ProcessError when a part of it fails."""
    started = time.monotonic()
    require_free_ports(platform_ports(platform))
    prepare_folder(platform.folder)
    running = Running(platform_processes(platform), platform.environment(), platform.folder / "logs")
    await run_processes(running, lambda: _welcome(platform, time.monotonic() - started))


@dataclass(frozen=True, slots=True)
class Running:
    """Processes that belong together, what they read from the environment, and where their output goes."""

    processes: Sequence[ProcessSpec]
    environment: Mapping[str, str]
    logs: Path


async def run_processes(running: Running, welcome: Callable[[], str]) -> None:
    """Run processes until SIGINT or SIGTERM; `welcome` is said when all are healthy. Raises ProcessError."""
    stop = _stop_on_signals()
    processes: list[ManagedProcess] = []
    try:
        await _start(running.processes, running.environment, running.logs, processes)
        await _until(stop, [_announce_health(process) for process in processes])
        if not stop.is_set():
            click.echo(welcome())
            await _until(stop, [process.wait_until_ended() for process in processes])
    finally:
        await _stop_all(processes)


async def _start(
    specs: Sequence[ProcessSpec], environment: Mapping[str, str], log_folder: Path, processes: list[ManagedProcess]
) -> None:
    for spec in specs:
        click.echo(f"  starting    {spec.name}")
        processes.append(await ManagedProcess.start(spec, environment, log_folder))


async def _announce_health(process: ManagedProcess) -> None:
    await process.wait_until_healthy(HEALTH_SECONDS)
    click.echo(f"  healthy     {process.spec.name}")


async def _until(stop: asyncio.Event, waits: Sequence[Coroutine[None, None, None]]) -> None:
    """Wait for all `waits`, but no longer than until `stop`; the first failure is raised."""
    work: asyncio.Future[Any] = asyncio.gather(*waits)
    stopping: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
    finally:
        work.cancel()
        stopping.cancel()
        await asyncio.gather(work, stopping, return_exceptions=True)


async def _stop_all(processes: Sequence[ManagedProcess]) -> None:
    if processes:
        click.echo("  stopping    " + ", ".join(process.spec.name for process in reversed(processes)))
    for process in reversed(processes):
        await process.stop()


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGHUP: the terminal is closed
        loop.add_signal_handler(number, stop.set)
    return stop


def _welcome(platform: Platform, seconds: float) -> str:
    address = f"http://127.0.0.1:{platform.port}/graphql"
    fault = f"http://127.0.0.1:{platform.sandbox_port}/systems/huangshan_card_service/fault"
    return f"""
bureaugraph is up after {seconds:.1f} s: {address}

Five things to try
  1. Open {address} in a browser, choose the tab JointView and run it; then look at the query plan
     (the third symbol on the left).
  2. Take Huangshan's card service away and ask again: Hangzhou's share is still there, and
     `extensions.sources` says what is missing.
       curl -X PUT {fault} -d '{{"kind": "refuse"}}'
       curl -X DELETE {fault}
  3. See the plan of a query in the terminal:
       .venv/bin/bureaugraph plan --supergraph {platform.supergraph} --operation schema/operations/4-employer.graphql
  4. Open http://127.0.0.1:{platform.port}/console, find 330199195805120015, report a card's loss and follow it.
  5. Change {platform.supergraph_config} or a file in schema/subgraphs: the gateway takes it over while it runs, and
     http://127.0.0.1:{platform.port}/readiness tells whether it has.

Logs are in {platform.folder / "logs"}. Stop everything with Ctrl-C.
"""

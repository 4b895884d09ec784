"""`bureaugraph up`: the whole platform on this computer, until Ctrl-C."""

from __future__ import annotations

import asyncio
import base64
import secrets
import signal
import socket
import sys
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from federation.processes import ManagedProcess, ProcessError, ProcessSpec

PERSON_KEY_VARIABLE = "BUREAUGRAPH_PERSON_KEY"
PERSON_KEY_BYTES = 64
HEALTH_SECONDS = 120.0
EXISTING = click.Path(exists=True, path_type=Path)
SUBGRAPHS_PORT = 4101
SANDBOX_PORTS = {"sandbox admin": 4200, "Hangzhou core": 4201, "Huangshan cards": 4202, "Huangshan injuries": 4203}


@dataclass(frozen=True, slots=True)
class Platform:
    """What `up` starts.

    Attributes:
        folder: where databases, key, supergraph and logs are kept.
        supergraph_config, gateway_config, cities: the platform's configuration files.
        people: invented people per city.
        port: the gateway's.
    """

    folder: Path
    supergraph_config: Path
    gateway_config: Path
    cities: Path
    people: int
    port: int

    @property
    def supergraph(self) -> Path:
        """Where the composed supergraph is written."""
        return self.folder / "supergraph.graphql"


@click.command()
@click.option("--people", default=20_000, show_default=True, help="Invented people per city.")
@click.option("--port", default=4000, show_default=True, help="Port of the gateway.")
@click.option("--state-directory", "folder", default=".bureaugraph", show_default=True, type=click.Path(path_type=Path))
@click.option("--config", "supergraph_config", default="supergraph.yaml", show_default=True, type=EXISTING)
@click.option("--gateway-config", default="gateway.yaml", show_default=True, type=EXISTING)
@click.option("--cities", default="cities", show_default=True, type=EXISTING)
def up(**options: Any) -> None:
    """Start sandbox bureaus, city subgraphs and gateway; stop all of them on Ctrl-C."""
    try:
        asyncio.run(run_platform(Platform(**options)))
    except ProcessError as error:
        raise click.ClickException(str(error)) from error


async def run_platform(platform: Platform) -> None:
    """Run the platform until SIGINT or SIGTERM. Raises ProcessError when a part of it fails."""
    started = time.monotonic()
    stop = _stop_on_signals()
    require_free_ports([*SANDBOX_PORTS.items(), ("subgraphs", SUBGRAPHS_PORT), ("gateway", platform.port)])
    key = read_or_create_person_key(platform.folder)
    await compose(platform)
    processes: list[ManagedProcess] = []
    try:
        await _start(platform_processes(platform), key, platform.folder / "logs", processes)
        await _until(stop, [_announce_health(process) for process in processes])
        if not stop.is_set():
            click.echo(_welcome(platform, time.monotonic() - started))
            await _until(stop, [process.wait_until_ended() for process in processes])
    finally:
        await _stop_all(processes)


def platform_processes(platform: Platform) -> tuple[ProcessSpec, ...]:
    """The three processes, in starting order."""
    state = str(platform.folder)
    gateway = ["--supergraph", str(platform.supergraph), "--config", str(platform.gateway_config)]
    return (
        ProcessSpec(
            "sandbox",
            _command("sandbox", "--people", str(platform.people), "--state-directory", state),
            f"http://127.0.0.1:{SANDBOX_PORTS['sandbox admin']}/health",
        ),
        ProcessSpec(
            "subgraphs",
            _command("subgraphs", "--cities", str(platform.cities), "--port", str(SUBGRAPHS_PORT)),
            f"http://127.0.0.1:{SUBGRAPHS_PORT}/health",
        ),
        ProcessSpec(
            "gateway",
            _command("gateway", *gateway, "--port", str(platform.port)),
            f"http://127.0.0.1:{platform.port}/readiness",
        ),
    )


def require_free_ports(ports: Sequence[tuple[str, int]]) -> None:
    """Raises ProcessError naming the first port that somebody else listens on."""
    for name, port in ports:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                message = f"Port {port} ({name}) is taken: stop what listens there (is another `up` running?)."
                raise ProcessError(message)


def read_or_create_person_key(folder: Path) -> str:
    """The key that protects `Person.id`, kept in `<folder>/person.key`, readable by its owner only."""
    file = folder / "person.key"
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(base64.urlsafe_b64encode(secrets.token_bytes(PERSON_KEY_BYTES)).decode())
    return file.read_text().strip()


async def compose(platform: Platform) -> None:
    """Compose the supergraph in a process of its own, so that `up` itself stays small. Raises ProcessError."""
    command = _command("compose", "--config", str(platform.supergraph_config), "--output", str(platform.supergraph))
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await child.communicate()
    if child.returncode != 0:
        raise ProcessError(f"The supergraph does not compose.\n{output.decode(errors='replace')}")
    click.echo(f"  composed    {platform.supergraph}")


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "federation", *arguments]


async def _start(specs: Sequence[ProcessSpec], key: str, log_folder: Path, processes: list[ManagedProcess]) -> None:
    for spec in specs:
        click.echo(f"  starting    {spec.name}")
        processes.append(await ManagedProcess.start(spec, {PERSON_KEY_VARIABLE: key}, log_folder))


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
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _welcome(platform: Platform, seconds: float) -> str:
    address = f"http://127.0.0.1:{platform.port}/graphql"
    return f"""
bureaugraph is up after {seconds:.1f} s: {address}

Three things to try
  1. Open {address} in a browser, choose the tab JointView and run it; then look at the query plan
     (the third symbol on the left).
  2. Take Huangshan's card service away and ask again: Hangzhou's share is still there, and
     `extensions.sources` says what is missing.
       curl -X PUT http://127.0.0.1:4200/systems/huangshan_card_service/fault -d '{{"kind": "refuse"}}'
       curl -X DELETE http://127.0.0.1:4200/systems/huangshan_card_service/fault
  3. See the plan of a query in the terminal:
       .venv/bin/bureaugraph plan --supergraph {platform.supergraph} --operation schema/operations/4-employer.graphql

Logs are in {platform.folder / "logs"}. Stop everything with Ctrl-C.
"""

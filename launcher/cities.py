"""`bureaugraph cities`: more cities beside a running `bureaugraph up`, until Ctrl-C."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import yaml

from launcher.command import PORT, Running, run_processes
from launcher.platform import (
    OWN_CITIES,
    PERSON_KEY_VARIABLE,
    prepare_folder,
    read_or_create_person_key,
    require_free_ports,
    sandbox_environment,
    sandbox_ports,
    sandbox_process,
    subgraphs_process,
)
from launcher.processes import ProcessError, ProcessSpec


@dataclass(frozen=True, slots=True)
class MoreCities:
    """What `cities` starts.

    Attributes:
        source: the folder with `places.yaml`, what the sandbox plays, and `cities/`, the cities' configurations.
        folder: the state folder of the running platform, whose person key they need.
        people: invented people per city.
        subgraphs_port, sandbox_port: where the subgraphs listen, and the first of the sandbox's ports.
    """

    source: Path
    folder: Path
    people: int
    subgraphs_port: int
    sandbox_port: int

    def environment(self) -> dict[str, str]:
        """What the cities' configurations read; what the user has set already stays. Raises ProcessError."""
        own = {PERSON_KEY_VARIABLE: read_or_create_person_key(self.folder)}
        defaults = own | sandbox_environment(self.sandbox_port, self.folder, self._played())
        return {name: os.environ.get(name, value) for name, value in defaults.items()}

    def processes(self) -> tuple[ProcessSpec, ...]:
        """The two processes, in starting order."""
        places = ("--places", str(self.source / "places.yaml"))
        return (
            sandbox_process("more-sandbox", self.folder, self.people, self.sandbox_port, *places),
            subgraphs_process("more-subgraphs", self.source / "cities", self.subgraphs_port),
        )

    def _played(self) -> dict[str, str]:
        file = self.source / "places.yaml"
        try:
            places = yaml.safe_load(file.read_text("utf-8"))
            return {own: str(places[own]["slug"]) for own in OWN_CITIES}
        except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
            message = (
                f"{file} does not say which cities are played: it needs a slug for each of hangzhou and huangshan."
            )
            raise ProcessError(message) from error


@click.command()
@click.argument("source", metavar="FOLDER", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--people", default=2_000, show_default=True, help="Invented people per city.")
@click.option("--subgraphs-port", default=4111, show_default=True, type=PORT, help="Port of the cities' subgraphs.")
@click.option("--sandbox-port", default=4210, show_default=True, type=PORT, help="First of the sandbox's four ports.")
@click.option("--state-directory", "folder", default=".bureaugraph", show_default=True, type=click.Path(path_type=Path))
def cities(**options: Any) -> None:
    """Start sandbox and subgraphs of more cities, e.g. examples/four_cities, beside a running `bureaugraph up`."""
    try:
        asyncio.run(_run(MoreCities(**options)))
    except ProcessError as error:
        raise click.ClickException(str(error)) from error


async def _run(more: MoreCities) -> None:
    require_free_ports([*sandbox_ports(more.sandbox_port), ("subgraphs", more.subgraphs_port)])
    prepare_folder(more.folder)
    running = Running(more.processes(), more.environment(), more.folder / "logs")
    await run_processes(running, lambda: _welcome(more))


def _welcome(more: MoreCities) -> str:
    return f"""
The cities of {more.source} are up: http://127.0.0.1:{more.subgraphs_port}/<city>/<domain>

Let them join by their lines in supergraph.yaml; the running gateway takes these over:
  cp {more.source / "supergraph.yaml"} supergraph.yaml
"""

"""The platform on one computer: its processes, their ports and the environment they share."""

from __future__ import annotations

import base64
import os
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.processes import ProcessError, ProcessSpec

PERSON_KEY_VARIABLE = "BUREAUGRAPH_PERSON_KEY"
PERSON_KEY_BYTES = 64

SANDBOX_SERVICES = (
    ("admin", "sandbox's admin endpoint", ""),
    ("hangzhou-core", "Hangzhou's core service", "services/CoreService"),
    ("huangshan-card", "Huangshan's card service", "services/CardService"),
    ("huangshan-injury", "Huangshan's injury service", "services/InjuryPipe"),
)
"""The sandbox's HTTP servers on successive ports: name in its options and in the environment, title, path."""

SANDBOX_DATABASES = ("hangzhou", "huangshan", "huangshan_labour")
"""The sandbox's databases: files of that name in the state folder, unless the environment names a server."""

OWN_CITIES = {"hangzhou": "hangzhou", "huangshan": "huangshan"}
"""Which city the sandbox plays with whose systems, by the first word of their names."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What `up` starts.

    Attributes:
        folder: where databases, key, supergraph and logs are kept.
        supergraph_config, gateway_config, cities: the platform's configuration files.
        people: invented people per city.
        cooperation_config: the rules of cross-city operations.
        port, subgraphs_port, cooperation_port, sandbox_port: where gateway, city subgraphs and the cooperation subgraph
            listen, and the first of the sandbox's ports.
    """

    folder: Path
    supergraph_config: Path
    gateway_config: Path
    cities: Path
    cooperation_config: Path
    people: int
    port: int
    subgraphs_port: int
    cooperation_port: int
    sandbox_port: int

    @property
    def supergraph(self) -> Path:
        """Where the gateway keeps the SDL that it has composed."""
        return self.folder / "supergraph.graphql"

    def environment(self) -> dict[str, str]:
        """What the configuration files read from the environment; what the user has set there already stays."""
        defaults = {
            PERSON_KEY_VARIABLE: read_or_create_person_key(self.folder),
            "BUREAUGRAPH_GATEWAY_URL": f"http://127.0.0.1:{self.port}",
            "BUREAUGRAPH_SUBGRAPHS_URL": f"http://127.0.0.1:{self.subgraphs_port}",
            "BUREAUGRAPH_COOPERATION_URL": f"http://127.0.0.1:{self.cooperation_port}/cooperation",
            "BUREAUGRAPH_COOPERATION_DATABASE_URL": f"sqlite:///{(self.folder / 'cooperation.db').resolve()}",
        }
        defaults |= sandbox_environment(self.sandbox_port, self.folder, OWN_CITIES)
        return {name: os.environ.get(name, value) for name, value in defaults.items()}


def sandbox_environment(first_port: int, folder: Path, cities: Mapping[str, str]) -> dict[str, str]:
    """Where a sandbox's systems are; `cities` says which city is played with the systems of Hangzhou and Huangshan."""
    found = {}
    for offset, (name, _, path) in enumerate(SANDBOX_SERVICES):
        if path:
            variable = f"BUREAUGRAPH_{_played(name, cities).upper().replace('-', '_')}_SERVICE_URL"
            found[variable] = f"http://127.0.0.1:{first_port + offset}/{path}"
    for name in SANDBOX_DATABASES:
        played = _played(name, cities)
        found[f"BUREAUGRAPH_{played.upper()}_DATABASE_URL"] = f"sqlite:///{(folder / f'{played}.db').resolve()}"
    return found


def _played(name: str, cities: Mapping[str, str]) -> str:
    for own, slug in cities.items():
        if name.startswith(own):
            return f"{slug}{name.removeprefix(own)}"
    return name


def sandbox_ports(first_port: int) -> list[tuple[str, int]]:
    """Every port that a sandbox listens on, with who listens."""
    return [(title, first_port + offset) for offset, (_, title, _) in enumerate(SANDBOX_SERVICES)]


def sandbox_process(name: str, folder: Path, people: int, first_port: int, *options: str) -> ProcessSpec:
    """A sandbox on successive ports."""
    arguments = ["--people", str(people), "--state-directory", str(folder)]
    for offset, (service, _, _) in enumerate(SANDBOX_SERVICES):
        arguments += [f"--{service}-port", str(first_port + offset)]
    return ProcessSpec(name, process_command("sandbox", *arguments, *options), _health(first_port, "health"))


def subgraphs_process(name: str, cities: Path, port: int) -> ProcessSpec:
    """The subgraphs of the cities in a folder."""
    command = process_command("subgraphs", "--cities", str(cities), "--port", str(port))
    return ProcessSpec(name, command, _health(port, "health"))


def _cooperation_process(platform: Platform) -> ProcessSpec:
    arguments = ["--cities", str(platform.cities), "--config", str(platform.cooperation_config)]
    command = process_command("cooperation", "serve", *arguments, "--port", str(platform.cooperation_port))
    return ProcessSpec("cooperation", command, _health(platform.cooperation_port, "health"))


def platform_ports(platform: Platform) -> list[tuple[str, int]]:
    """Every port that is listened on, with who listens."""
    return [
        *sandbox_ports(platform.sandbox_port),
        ("subgraphs", platform.subgraphs_port),
        ("cooperation", platform.cooperation_port),
        ("gateway", platform.port),
    ]


def platform_processes(platform: Platform) -> tuple[ProcessSpec, ...]:
    """The four processes, in starting order."""
    gateway = ["--supergraph", str(platform.supergraph_config), "--write-supergraph", str(platform.supergraph)]
    gateway += ["--config", str(platform.gateway_config)]
    return (
        sandbox_process("sandbox", platform.folder, platform.people, platform.sandbox_port),
        subgraphs_process("subgraphs", platform.cities, platform.subgraphs_port),
        _cooperation_process(platform),
        ProcessSpec(
            "gateway",
            process_command("gateway", *gateway, "--port", str(platform.port)),
            _health(platform.port, "readiness"),
        ),
    )


def require_free_ports(ports: Sequence[tuple[str, int]]) -> None:
    """Raises ProcessError naming the first port that is asked for twice or that somebody else listens on."""
    users: dict[int, str] = {}
    for name, port in ports:
        if (other := users.setdefault(port, name)) != name:
            message = f"Port {port} is asked for twice, for {other} and {name}: give them different ports."
            raise ProcessError(message)
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                message = f"Port {port} ({name}) is taken: stop what listens there (is another `up` running?)."
                raise ProcessError(message)


def prepare_folder(folder: Path) -> None:
    """Make the state folder; the registers in it are for its owner alone. Raises ProcessError."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "error").lower()
        raise ProcessError(f"The state folder {folder} cannot be made: {reason}; name another one.") from error


def read_or_create_person_key(folder: Path) -> str:
    """The key that protects `Person.id`, kept in `<folder>/person.key`, readable by its owner only."""
    file = folder / "person.key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(base64.urlsafe_b64encode(secrets.token_bytes(PERSON_KEY_BYTES)).decode())
    return file.read_text().strip()


def _health(port: int, path: str) -> str:
    return f"http://127.0.0.1:{port}/{path}"


def process_command(*arguments: str) -> list[str]:
    """The command line that runs `bureaugraph` with these arguments in a process of its own."""
    return [sys.executable, "-m", "federation", *arguments]

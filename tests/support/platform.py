"""The real platform for tests: `bureaugraph up` on free ports, with a state folder of its own."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import yaml
from graphql import OperationDefinitionNode, OperationType, parse

from federation.gateway.graphiql.operations import dated

REPOSITORY = Path(__file__).parents[2]
OPERATIONS = REPOSITORY / "schema" / "operations"
READY_LINE = "bureaugraph is up"
SANDBOX_PORTS = 4
RECOVERY_SECONDS = 30
IMMEDIATE_SECONDS = 8
DIRECT = build_opener(ProxyHandler({}))
# Ports that the system gives by itself begin here; a service that listens on its port later must find it free.
FIRST_EPHEMERAL_PORT = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
LOWEST_PORT = 10_000
_given_ports: set[int] = set()
_places = random.Random(os.getpid())  # apart from the tests' own chance, which is the same in every process


@dataclass(frozen=True)
class RunningPlatform:
    """A platform that is up.

    Attributes:
        port, subgraphs_port, sandbox_port: as given to `up`.
        folder: its state folder; `logs/` is inside.
        process: the `up` process.
        output: what it said until it was ready.
    """

    port: int
    subgraphs_port: int
    sandbox_port: int
    folder: Path
    process: subprocess.Popen[str]
    output: str

    @property
    def graphql_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    def ask(
        self, query: str, variables: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """POST an operation to the gateway and decode the answer, whatever its status."""
        body = {"query": query, "variables": dict(variables or {})}
        answer: dict[str, Any] = send("POST", self.graphql_url, body, headers)
        return answer

    def ask_ready(self, name: str) -> dict[str, Any]:
        """Ask one of the ready operations with its variables."""
        return self.ask(*ready_operation(name))

    def legacy_calls(self) -> dict[str, int]:
        """Calls per legacy system since the start, as its adapter counts them: SOAP calls, SQL statements."""
        health = send("GET", f"http://127.0.0.1:{self.subgraphs_port}/health")
        return {entry["system"]: entry["calls"] for systems in health["systems"].values() for entry in systems}

    def soap_calls(self) -> dict[str, dict[str, Any]]:
        """Calls per SOAP service since the last reset, as the sandbox counts them, with the highest concurrency."""
        calls: dict[str, dict[str, Any]] = send("GET", f"http://127.0.0.1:{self.sandbox_port}/calls")
        return calls

    def reset_soap_calls(self) -> None:
        """Let the sandbox count from zero."""
        send("DELETE", f"http://127.0.0.1:{self.sandbox_port}/calls")

    @contextmanager
    def fault(self, system: str, **fault: Any) -> Iterator[None]:
        """Switch a fault of one legacy system on, and off again; then wait until its adapter asks it again."""
        with self.faults([system], **fault):
            yield

    @contextmanager
    def faults(self, systems: Sequence[str], **fault: Any) -> Iterator[None]:
        """The same for several systems at once."""
        urls = [f"http://127.0.0.1:{self.sandbox_port}/systems/{system}/fault" for system in systems]
        try:
            for url in urls:
                send("PUT", url, fault)
            yield
        finally:
            for url in urls:
                send("DELETE", url)
            self._wait_for_recovery()

    def _wait_for_recovery(self) -> None:
        started = time.monotonic()
        complete = {"bureaugraph-require-complete": "true"}  # a last known answer is none of a system that is back
        while "errors" in self.ask(*ready_operation("joint-view"), complete):
            assert time.monotonic() - started < RECOVERY_SECONDS, "the adapters did not recover"
            time.sleep(0.2)

    def logs(self) -> str:
        """Everything the platform has written to its logs."""
        return "\n".join(file.read_text("utf-8") for file in sorted((self.folder / "logs").glob("*.log")))


def ready_operation(name: str) -> tuple[str, dict[str, Any]]:
    """Text and variables of `schema/operations/<number>-<name>.graphql`."""
    (file,) = OPERATIONS.glob(f"*-{name}.graphql")
    variables = file.with_suffix("").with_suffix(".variables.json")
    if not variables.exists():
        return file.read_text("utf-8"), {}
    today = datetime.now().astimezone().date()
    return file.read_text("utf-8"), json.loads(dated(variables.read_text("utf-8"), today))


def ready_queries() -> list[str]:
    """The names of all ready operations that are queries, in their order."""
    files = sorted(OPERATIONS.glob("*.graphql"))
    return [file.stem.partition("-")[2] for file in files if _is_query(file.read_text("utf-8"))]


def _is_query(text: str) -> bool:
    kinds = [node.operation for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    return kinds == [OperationType.QUERY]


def send(method: str, url: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
    """One HTTP request with a JSON body; an answer that is no JSON is returned as text."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"content-type": "application/json", **(headers or {})}, method=method)
    try:
        with DIRECT.open(request, timeout=60) as response:
            content = response.read()
    except HTTPError as error:
        content = error.read()
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", errors="replace")


@contextmanager
def running_platform(
    folder: Path, people: int, environment: Mapping[str, str] | None = None, options: Sequence[str] = ()
) -> Iterator[RunningPlatform]:
    """Start `bureaugraph up` and stop it with Ctrl-C; its exit status must be 0."""
    port, subgraphs_port = free_port(), free_port()
    sandbox_port = free_port_range(SANDBOX_PORTS)
    given = {
        "--people": people,
        "--port": port,
        "--subgraphs-port": subgraphs_port,
        "--cooperation-port": free_port(),
        "--sandbox-port": sandbox_port,
        "--state-directory": folder,
        "--cooperation-config": _patient_cooperation(folder),
    }
    arguments = [str(part) for option in given.items() for part in option]
    with running_command(["up", *arguments, *options], READY_LINE, environment) as (process, output):
        yield RunningPlatform(port, subgraphs_port, sandbox_port, folder, process, output)


def _patient_cooperation(folder: Path) -> Path:
    """The shipped configuration, but with longer for what takes effect at once: a test machine has other work too."""
    config = yaml.safe_load((REPOSITORY / "cooperation.yaml").read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "patient-cooperation.yaml"
    file.write_text(yaml.safe_dump(config | {"immediate_seconds": IMMEDIATE_SECONDS}), "utf-8")
    return file


@contextmanager
def running_command(
    arguments: Sequence[str], ready: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a `bureaugraph` command until Ctrl-C; gives it, with what it said, when it has said `ready`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "federation", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, _read_until_ready(process, ready)
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest


def free_port() -> int:
    """A port that nobody listens on now, and which neither a connection nor a listener is given by the system.

    None is given twice by one process.
    """
    return free_port_range(1)


def free_port_range(count: int) -> int:
    """The first of `count` successive ports that are free as by `free_port`.

    Processes that ask at the same time look at different places.
    """
    while True:
        first = _places.randrange(LOWEST_PORT, FIRST_EPHEMERAL_PORT - count)
        ports = range(first, first + count)
        if _given_ports.isdisjoint(ports) and all(map(_is_free, ports)):
            _given_ports.update(ports)
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _read_until_ready(process: subprocess.Popen[str], ready: str) -> str:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if ready in line:
            return "".join(lines)
    message = "it did not start:\n" + "".join(lines)
    raise AssertionError(message)

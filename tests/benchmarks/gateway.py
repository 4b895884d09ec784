"""Our gateway beside Apollo Gateway and Hive Gateway: CPU, latency, memory and subgraph calls of one nested query.

Four stub subgraphs in a process of their own, clients that ask again when they have their answer in another; every
answer is checked. The gateways take turns within one run, so that they meet the same machine: compare the ratios.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest

from federation.composition import Subgraph, compose
from tests.benchmarks.reference.graph import SUBGRAPHS, subgraph_sdl
from tests.benchmarks.reference.processes import cpu_seconds, resident_megabytes, running
from tests.support.platform import free_port
from tests.support.requirements import required_packages

ROUTERS = Path(__file__).parent / "routers"
CLIENTS = (1, 8, 50)
SLICES = 3
SLICE_SECONDS = 4.0
WARM_UP_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Contender:
    """A gateway that is measured: `command` serves the supergraph on `port`."""

    name: str
    command: Sequence[str]
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Spent:
    """What some slices of one contender took; latencies are those of the last slice."""

    requests: int = 0
    cpu_seconds: float = 0.0
    calls: int = 0
    p50: float = 0.0
    p99: float = 0.0

    @property
    def cpu_milliseconds(self) -> float:
        """Of one request."""
        return self.cpu_seconds * 1000 / self.requests


def main() -> None:
    """Print one table per number of clients, then memory."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        stub_port = free_port()
        stack.enter_context(
            running([sys.executable, "-m", "tests.benchmarks.reference.stub", str(stub_port)], stub_port)
        )
        contenders = [*_ours(Path(folder), stub_port), *_others(Path(folder))]
        pids = {
            each.name: stack.enter_context(running(each.command, each.port, each.environment)) for each in contenders
        }
        for each in contenders:
            _load(each.port, 8, WARM_UP_SECONDS)
        for clients in CLIENTS:
            _print_table(clients, _measure(contenders, pids, clients, stub_port))
        print("\nresident MB: " + ", ".join(f"{name} {resident_megabytes(pid):.0f}" for name, pid in pids.items()))


def _measure(
    contenders: Sequence[Contender], pids: Mapping[str, int], clients: int, stub_port: int
) -> dict[str, Spent]:
    results = {each.name: Spent() for each in contenders}
    for _ in range(SLICES):
        for each in contenders:
            spent = results[each.name]
            cpu, calls = cpu_seconds(pids[each.name]), _calls(stub_port)
            met = _load(each.port, clients, SLICE_SECONDS)
            spent.requests += int(met["requests"])
            spent.cpu_seconds += cpu_seconds(pids[each.name]) - cpu
            spent.calls += _calls(stub_port) - calls
            spent.p50, spent.p99 = met["p50"], met["p99"]
    return results


def _print_table(clients: int, results: Mapping[str, Spent]) -> None:
    ours = next(iter(results.values())).cpu_milliseconds
    head = f"{clients} client{'s' * (clients > 1)}"
    print(f"\n{head:28}{'CPU-ms':>8}{'to ours':>9}{'calls':>7}{'p50 ms':>9}{'p99 ms':>9}{'requests':>10}")
    for name, spent in results.items():
        print(
            f"{name:28}{spent.cpu_milliseconds:8.2f}{spent.cpu_milliseconds / ours:8.1f}x"
            f"{spent.calls / spent.requests:7.1f}{spent.p50:9.1f}{spent.p99:9.1f}{spent.requests:10d}"
        )


def _ours(folder: Path, stub_port: int) -> Iterator[Contender]:
    supergraph = folder / "supergraph.graphql"
    urls = {name: f"http://127.0.0.1:{stub_port}/{name}" for name in SUBGRAPHS}
    composed = compose([Subgraph(name, urls[name], subgraph_sdl(name)) for name in SUBGRAPHS])
    assert composed.supergraph_sdl is not None, composed.errors
    supergraph.write_text(composed.supergraph_sdl, "utf-8")
    for name, shares in (("bureaugraph", False), ("bureaugraph, calls shared", True)):
        config, port = folder / f"shares_{shares}.yaml", free_port()
        config.write_text(json.dumps({"share_in_flight": shares}))
        serve = ["gateway", "--supergraph", str(supergraph), "--config", str(config), "--port", str(port)]
        yield Contender(name, [sys.executable, "-m", "federation", *serve], port)


def _others(folder: Path) -> Iterator[Contender]:
    try:
        packages = required_packages(ROUTERS)
    except pytest.skip.Exception as missing:
        print(f"Without other gateways: {missing}.")
        return
    supergraph, production = folder / "supergraph.graphql", {"NODE_ENV": "production"}
    port = free_port()
    yield Contender(
        "Apollo Gateway", ["node", str(packages / "apollo.mjs"), str(port), str(supergraph)], port, production
    )
    for name, options in (("Hive Gateway, JS planner", ()), ("Hive Gateway, Rust planner", ("--hive-router-runtime",))):
        port = free_port()
        hive = [str(packages / "node_modules/.bin/hive-gateway"), "supergraph", str(supergraph)]
        config = ["--config-path", str(packages / "hive.config.mjs"), "--host", "127.0.0.1", "--port", str(port)]
        yield Contender(name, [*hive, *config, *options], port, production)


def _load(port: int, clients: int, seconds: float) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.reference.load", str(port), str(clients), str(seconds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    met: dict[str, float] = json.loads(done.stdout)
    return met


def _calls(stub_port: int) -> int:
    with urlopen(f"http://127.0.0.1:{stub_port}/calls") as response:
        return int(json.load(response)["calls"])

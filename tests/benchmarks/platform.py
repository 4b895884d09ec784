"""The ready joint queries over the running platform: CPU by process, latency, legacy calls per query."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

import orjson

from tests.support.platform import RunningPlatform, ready_operation, running_platform

PEOPLE = 20_000
WARM_UP = 20
REQUESTS = 200
OPERATIONS = ("joint-view", "due-for-certification", "many-people", "employer")
PROCESSES = ("sandbox", "subgraphs", "gateway")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print one row per query."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with running_platform(Path(folder), PEOPLE) as platform:
            print(f"up after {time.perf_counter() - started:.1f} s with {PEOPLE:,} people per city\n")
            print(
                f"{'query':24}{'p50 ms':>8}{'p95 ms':>8}  CPU-ms: {'gateway':>8}{'subgraphs':>10}{'sandbox':>8}  calls"
            )
            for name in OPERATIONS:
                print(_measure(platform, name))


def _measure(platform: RunningPlatform, name: str) -> str:
    query, variables = ready_operation(name)
    body = orjson.dumps({"query": query, "variables": variables})
    connection = HTTPConnection("127.0.0.1", platform.port, timeout=60)
    for _ in range(WARM_UP):
        _ask(connection, body)
    calls_before, cpu_before = platform.legacy_calls(), _cpu(platform)
    times = [_ask(connection, body) for _ in range(REQUESTS)]
    cpu, calls = _cpu(platform), platform.legacy_calls()
    spent = [(cpu[process] - cpu_before[process]) * 1000 / REQUESTS for process in PROCESSES]
    per_query = {key: (count - calls_before.get(key, 0)) / REQUESTS for key, count in calls.items()}
    listed = ", ".join(f"{key} {count:g}" for key, count in sorted(per_query.items()) if count)
    p50, p95 = statistics.median(times) * 1000, sorted(times)[int(0.95 * REQUESTS)] * 1000
    sandbox, subgraphs, gateway = spent
    return f"{name:24}{p50:8.1f}{p95:8.1f}          {gateway:8.2f}{subgraphs:10.2f}{sandbox:8.2f}  {listed}"


def _ask(connection: HTTPConnection, body: bytes) -> float:
    started = time.perf_counter()
    connection.request("POST", "/graphql", body, {"content-type": "application/json"})
    answer = orjson.loads(connection.getresponse().read())
    assert "errors" not in answer, answer["errors"][:3]
    return time.perf_counter() - started


def _cpu(platform: RunningPlatform) -> dict[str, float]:
    """CPU seconds so far of each child of `up`, by its subcommand."""
    result: dict[str, float] = {}
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if int(fields[1]) == platform.process.pid:
            name = next(part.decode() for part in command if part.decode() in PROCESSES)
            result[name] = (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
    return result

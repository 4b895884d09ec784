"""Processes that are measured: started, waited for, and what they and their children have cost so far."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

START_SECONDS = 60.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_CPU_FIELDS, _PARENT_FIELD, _RESIDENT_FIELD = slice(11, 13), 1, 21


@contextmanager
def running(command: Sequence[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """Run a server until the block ends; gives its process id when it listens on `port`."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=log, stderr=log)
        try:
            _wait_until_listening(process, port, log)
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its descendants."""
    return sum(sum(map(int, fields[_CPU_FIELDS])) for fields in _tree(pid)) / TICKS_PER_SECOND


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and its descendants."""
    return sum(int(fields[_RESIDENT_FIELD]) for fields in _tree(pid)) * _PAGE_BYTES / 1e6


def _tree(pid: int) -> list[list[str]]:
    """The fields of /proc/<pid>/stat behind the command's name, of a process and its descendants."""
    stats: dict[int, list[str]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stats[int(folder.name)] = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
    found = [pid]
    for parent in found:
        found += [child for child, fields in stats.items() if int(fields[_PARENT_FIELD]) == parent]
    return [stats[each] for each in found]


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    latest = time.monotonic() + START_SECONDS
    while time.monotonic() < latest:
        if process.poll() is not None:
            log.seek(0)
            raise RuntimeError(f"{process.args!r} ended: {log.read().decode(errors='replace')[-2000:]}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not listen after {START_SECONDS:.0f} s")

"""Child processes that belong together: started at once, watched until they are healthy, stopped in order."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

HEALTH_PAUSE_SECONDS = 0.1
STOP_SECONDS = 10.0
LOG_TAIL_LINES = 20

# Health is asked on this computer: a proxy that the environment names must not be asked for it.
_DIRECT = build_opener(ProxyHandler({}))


class ProcessError(Exception):
    """A process ended or did not become healthy; the message names it and shows the end of its log."""


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What is started and how one knows that it works.

    Attributes:
        name: as shown to the user, and of its log file.
        command: program and arguments.
        health_url: answers 200 as soon as the process does its work.
    """

    name: str
    command: Sequence[str]
    health_url: str


class ManagedProcess:
    """One running child; its output goes to `<log_folder>/<name>.log`."""

    def __init__(self, spec: ProcessSpec, child: asyncio.subprocess.Process, log_file: Path) -> None:
        self.spec = spec
        self._child = child
        self._log_file = log_file

    @classmethod
    async def start(cls, spec: ProcessSpec, environment: Mapping[str, str], log_folder: Path) -> ManagedProcess:
        """Start the child in a session of its own, so that Ctrl-C reaches it through us only."""
        log_file = log_folder / f"{spec.name}.log"
        with log_file.open("wb") as log:
            child = await asyncio.create_subprocess_exec(
                *spec.command,
                env={**os.environ, **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(spec, child, log_file)

    async def wait_until_healthy(self, timeout_seconds: float) -> None:
        """Return when the health URL answers 200. Raises ProcessError when the child ends or time is up."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while not await asyncio.to_thread(_answers_ok, self.spec.health_url):
                    if self._child.returncode is not None:
                        raise self._failure(_how_it_ended(self._child.returncode))
                    await asyncio.sleep(HEALTH_PAUSE_SECONDS)
        except TimeoutError:
            raise self._failure(f"was not healthy after {timeout_seconds:.0f} s ({self.spec.health_url})") from None

    async def wait_until_ended(self) -> None:
        """Raises ProcessError when the child ends; returns never."""
        status = await self._child.wait()
        raise self._failure(_how_it_ended(status))

    async def stop(self) -> None:
        """Ask the child to end; after `STOP_SECONDS` end it."""
        if self._child.returncode is not None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._child.wait(), STOP_SECONDS)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._child.wait()

    def _signal(self, number: signal.Signals) -> None:
        # The child leads its own process group: whatever it started goes with it.
        try:
            os.killpg(self._child.pid, number)
        except ProcessLookupError:
            return

    def _failure(self, what: str) -> ProcessError:
        lines = self._log_file.read_text("utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
        log = [f"The end of {self._log_file}:", *lines] if lines else [f"Nothing stands in {self._log_file}."]
        return ProcessError("\n".join([f"{self.spec.name} {what}.", *log]))


def _how_it_ended(status: int) -> str:
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with exit status {status}"


def _answers_ok(url: str) -> bool:
    try:
        with _DIRECT.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False

"""The published clients and servers as processes that speak in JSON lines."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.support.requirements import required_packages

FOLDER = Path(__file__).parent


class NodeProcess:
    """A script under Node."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> Any:
        """The next thing it tells; None when it has ended."""
        assert self._process.stdout is not None
        text = await self._process.stdout.readline()
        return json.loads(text) if text else None

    async def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def kill(self) -> None:
        self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def node(script: str, *arguments: str) -> AsyncIterator[NodeProcess]:
    """Run a script of this folder; it is killed on leaving."""
    packages = required_packages(FOLDER)
    process = await asyncio.create_subprocess_exec(
        "node", packages / script, *arguments, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield NodeProcess(process)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()

"""Processes that belong together: healthy, failed, stopped."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from launcher import processes
from launcher.processes import ManagedProcess, ProcessError, ProcessSpec
from tests.support.platform import free_port

SERVER = "import http.server, sys; http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]))"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


def spec(code: str, *arguments: str, health_url: str = "http://127.0.0.1:1/") -> ProcessSpec:
    return ProcessSpec("child", [sys.executable, "-c", code, *arguments], health_url)


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator:
    started: list[ManagedProcess] = []

    async def start(spec: ProcessSpec) -> ManagedProcess:
        process = await ManagedProcess.start(spec, {}, tmp_path)
        started.append(process)
        return process

    yield start
    for process in started:
        await process.stop()


async def test_a_child_is_healthy_when_its_url_answers(start, tmp_path: Path) -> None:
    port = free_port()
    process = await start(spec(SERVER, str(port), health_url=f"http://127.0.0.1:{port}/"))
    await process.wait_until_healthy(30)
    await process.stop()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


ASK = "import sys; from launcher.processes import _answers_ok; sys.exit(0 if _answers_ok(sys.argv[1]) else 1)"


async def test_health_is_asked_without_the_environments_proxy(start) -> None:
    """In a process of its own: Python reads the environment's proxies once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    await (await start(spec(SERVER, str(port), health_url=url))).wait_until_healthy(30)
    environment = {name: value for name, value in os.environ.items() if name.lower() != "no_proxy"}
    environment["http_proxy"] = "http://127.0.0.1:1"
    asking = await asyncio.create_subprocess_exec(sys.executable, "-c", ASK, url, env=environment)
    assert await asking.wait() == 0


async def test_a_child_that_ends_is_reported_with_the_end_of_its_log(start) -> None:
    process = await start(spec("print('the reason'); raise SystemExit(3)"))
    with pytest.raises(ProcessError, match=r"child ended with exit status 3\.\nThe end of .*:\nthe reason"):
        await process.wait_until_healthy(30)


async def test_a_child_that_never_gets_healthy_is_reported_with_its_url(start) -> None:
    process = await start(spec("import time; time.sleep(60)"))
    with pytest.raises(ProcessError, match="child was not healthy after 0 s"):
        await process.wait_until_healthy(0.3)


async def test_a_child_that_ends_later_is_noticed(start) -> None:
    process = await start(spec("import time; time.sleep(0.2)"))
    with pytest.raises(ProcessError, match="child ended with exit status 0"):
        await process.wait_until_ended()


async def test_a_child_that_does_not_listen_to_sigterm_is_ended(
    start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STOP_SECONDS", 0.3)
    process = await start(spec(STUBBORN))
    while "deaf" not in (tmp_path / "child.log").read_text():  # noqa: ASYNC110  (a log has no event)
        await asyncio.sleep(0.01)  # or the child would have to share its processor with us
    await process.stop()
    with pytest.raises(ProcessError, match="child was ended by SIGKILL"):
        await process.wait_until_ended()

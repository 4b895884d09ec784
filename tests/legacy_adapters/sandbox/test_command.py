"""The real process: `bureaugraph sandbox`."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import date
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner

from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.clock import city_clock
from legacy_adapters.sandbox.command import sandbox
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from legacy_adapters.sandbox.population.world import Parameters
from tests.legacy_adapters.sandbox.requests import inner_text, post, starred

PORTS = ("--admin-port", "--hangzhou-core-port", "--huangshan-card-port", "--huangshan-injury-port")
COMMAND = (sys.executable, "-c", "from legacy_adapters.sandbox.command import sandbox; sandbox()")


def options(state: Path, *more: str) -> list[str]:
    free = [part for option in PORTS for part in (option, "0")]
    # Of a day that does not end between two starts.
    return ["--people", "100", "--today", "2026-11-23", "--state-directory", str(state), *free, *more]


def start(state: Path) -> tuple[subprocess.Popen[str], list[str]]:
    """The process and its lines up to the one that says it is ready."""
    process = subprocess.Popen([*COMMAND, *options(state)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("Sandbox ready"):
            break
    return process, lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_a_line_a_system_then_ready_and_stops_cleanly_with_faults_undone(
    tmp_path: Path, number: signal.Signals
) -> None:
    process, lines = start(tmp_path)
    assert [line.split()[0] for line in lines] == [
        "hangzhou_core_service",
        "huangshan_card_service",
        "huangshan_injury_service",
        "hangzhou_database",
        "huangshan_database",
        "huangshan_labour_database",
        "Sandbox",
    ]
    match = re.search(r"http://\S+", lines[-1])
    assert match is not None
    request = urllib.request.Request(f"{match[0]}/systems/hangzhou_database/fault", b'{"kind": "refuse"}', method="PUT")
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.status == 204
    assert not (tmp_path / "hangzhou.db").exists()
    process.send_signal(number)
    output, _ = process.communicate(timeout=10)
    assert (process.returncode, output) == (0, "")
    files = ["hangzhou.db", "huangshan.db", "huangshan_labour.db", "services.db"]
    assert sorted(path.name for path in tmp_path.iterdir()) == files


async def test_a_killed_sandbox_knows_what_it_had_written(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    loss = starred("正式挂失", 社保卡号="H00000001", 社会保障号码=ZHANG_SAN, 姓名="张三")

    async def write_and_die() -> str:
        process, lines = start(tmp_path)
        [location] = [line.split()[1] for line in lines if line.startswith("huangshan_card_service")]
        try:
            _, _, body = await post(http, location, loss, "gb18030")
        finally:
            process.kill()
            process.communicate(timeout=10)
        return inner_text(body.decode("gb18030"))

    assert [await write_and_die(), await write_and_die()] == ["<ERR>00</ERR>", "<ERR>01</ERR>"]


async def test_databases_are_made_once_and_anew_when_asked(tmp_path: Path) -> None:
    async def made(seed: int = 1, *, fresh: bool = False) -> list[bool]:
        lines: list[str] = []
        parameters = Parameters(100, seed, "2026-11-23")
        settings = Settings(parameters, tmp_path, ports=dict.fromkeys(SERVICE_PORTS, 0), fresh=fresh)
        bureaus = Bureaus(settings, city_clock(date(2026, 11, 23)))
        await bureaus.start(lines.append)
        await bureaus.close()
        return [not line.endswith("(as it was)") for line in lines if "_database" in line]

    assert [await made(), await made(), await made(fresh=True), await made(seed=2)] == [
        [True] * 3,
        [False] * 3,
        [True] * 3,
        [True] * 3,
    ]


def failure(arguments: list[str]) -> tuple[int, str]:
    result = CliRunner().invoke(sandbox, arguments)
    return result.exit_code, result.stderr


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, text = failure(options(tmp_path, "--huangshan-card-port", str(port)))
    assert (code, text) == (
        1,
        f"Error: huangshan_card_service cannot listen on 127.0.0.1:{port} (Address already in use).\n",
    )


def test_a_refused_database_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql+asyncpg://user:secret@127.0.0.1:{closed.getsockname()[1]}/labour"
        code, text = failure(options(tmp_path, "--huangshan-labour-database-url", url))
    assert code == 1
    assert re.fullmatch(
        r"Error: huangshan_labour_database: postgresql\+asyncpg://user:\*\*\*@\S+ cannot be used \(.*\)\.\n", text
    )


def test_a_url_for_another_kind_of_database_is_one_sentence(tmp_path: Path) -> None:
    assert failure(options(tmp_path, "--hangzhou-database-url", "oracle://host/core")) == (
        1,
        "Error: hangzhou_database: a URL for SQLite, PostgreSQL or MariaDB with a database's name is needed.\n",
    )

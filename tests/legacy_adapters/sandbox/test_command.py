"""The real process: `bureaugraph sandbox`."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

PORTS = ("--admin-port", "--hangzhou-core-port", "--huangshan-card-port", "--huangshan-injury-port")
COMMAND = (sys.executable, "-c", "from legacy_adapters.sandbox.command import sandbox; sandbox()")


def command(state: Path, *more: str) -> list[str]:
    free = [part for option in PORTS for part in (option, "0")]
    return [*COMMAND, "--people", "200", "--state-directory", str(state), *free, *more]


def start(state: Path, *more: str) -> tuple[subprocess.Popen[str], list[str]]:
    """The process and its lines up to the one that says it is ready."""
    process = subprocess.Popen(command(state, *more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
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
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hangzhou.db", "huangshan.db", "huangshan_labour.db"]


def test_databases_are_made_once_and_anew_when_asked(tmp_path: Path) -> None:
    def made(*more: str) -> list[bool]:
        process, lines = start(tmp_path, "--today", "2026-11-23", *more)
        process.terminate()
        process.communicate(timeout=10)
        return [not line.endswith("(as it was)") for line in lines if "_database" in line]

    assert [made(), made(), made("--fresh"), made("--seed", "2")] == [[True] * 3, [False] * 3, [True] * 3, [True] * 3]


def failure(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stderr


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, text = failure(*command(tmp_path, "--huangshan-card-port", str(port)))
    assert (code, text) == (
        1,
        f"Error: huangshan_card_service cannot listen on 127.0.0.1:{port} (Address already in use).\n",
    )


def test_a_refused_database_is_one_sentence_without_the_password(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql+asyncpg://user:secret@127.0.0.1:{closed.getsockname()[1]}/labour"
        code, text = failure(*command(tmp_path, "--huangshan-labour-database-url", url))
    assert code == 1
    assert re.fullmatch(
        r"Error: huangshan_labour_database: postgresql\+asyncpg://user:\*\*\*@\S+ cannot be used \(.*\)\.\n", text
    )


def test_a_url_for_another_kind_of_database_is_one_sentence(tmp_path: Path) -> None:
    assert failure(*command(tmp_path, "--hangzhou-database-url", "oracle://host/core")) == (
        1,
        "Error: hangzhou_database: a URL for SQLite, PostgreSQL or MariaDB with a database's name is needed.\n",
    )

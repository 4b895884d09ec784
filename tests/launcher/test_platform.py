"""What `bureaugraph up` prepares before it starts anything."""

from __future__ import annotations

import base64
import socket
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from federation.cli import main
from launcher.platform import PERSON_KEY_VARIABLE, Platform, platform_processes, read_or_create_person_key


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path, Path("supergraph.yaml"), Path("gateway.yaml"), Path("cities"), 100, 4000, 4101, 4200)


def test_the_person_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    key = read_or_create_person_key(tmp_path)
    assert len(base64.urlsafe_b64decode(key)) == 64
    assert read_or_create_person_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "person.key").stat().st_mode) == 0o600


def test_what_the_user_has_set_in_the_environment_stays(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUREAUGRAPH_SUBGRAPHS_URL", raising=False)
    monkeypatch.setenv("BUREAUGRAPH_HUANGSHAN_DATABASE_URL", "postgresql+asyncpg://db/hs")
    environment = platform.environment()
    assert environment["BUREAUGRAPH_HUANGSHAN_DATABASE_URL"] == "postgresql+asyncpg://db/hs"
    assert environment["BUREAUGRAPH_SUBGRAPHS_URL"] == "http://127.0.0.1:4101"
    assert PERSON_KEY_VARIABLE in environment


def test_a_database_server_is_named_to_the_sandbox_as_well(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAUGRAPH_HUANGSHAN_DATABASE_URL", "postgresql+asyncpg://db/hs")
    sandbox = platform_processes(platform)[0].command
    assert sandbox[sandbox.index("--huangshan-database-url") + 1] == "postgresql+asyncpg://db/hs"


def test_a_taken_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["up", "--port", str(port), "--state-directory", str(tmp_path)])
    assert result.exit_code == 1
    assert f"Port {port} (gateway) is taken" in result.output
    assert not (tmp_path / "logs").exists()


def test_the_command_line_lists_the_commands_of_all_packages() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for command in ("compose", "gateway", "plan", "sandbox", "subgraphs", "up"):
        assert f"\n  {command}" in result.output

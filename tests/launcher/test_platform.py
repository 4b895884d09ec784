"""What `bureaugraph up` prepares before it starts anything."""

from __future__ import annotations

import base64
import socket
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from federation.cli import main
from launcher.platform import (
    PERSON_KEY_VARIABLE,
    Platform,
    platform_processes,
    prepare_folder,
    read_or_create_person_key,
)
from tests.support.platform import SANDBOX_PORTS, free_port, free_port_range


def free_ports() -> list[str]:
    """Options with ports that nobody listens on."""
    ports = {
        "--port": free_port(),
        "--subgraphs-port": free_port(),
        "--cooperation-port": free_port(),
        "--sandbox-port": free_port_range(SANDBOX_PORTS),
    }
    return [str(part) for option in ports.items() for part in option]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(
        folder=tmp_path,
        supergraph_config=Path("supergraph.yaml"),
        gateway_config=Path("gateway.yaml"),
        cities=Path("cities"),
        cooperation_config=Path("cooperation.yaml"),
        people=100,
        port=4000,
        subgraphs_port=4101,
        cooperation_port=4102,
        sandbox_port=4200,
    )


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


def test_a_databases_password_stands_in_no_command_line(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUREAUGRAPH_HUANGSHAN_DATABASE_URL", "postgresql+asyncpg://user:secret@db/hs")
    assert "secret" not in str([process.command for process in platform_processes(platform)])
    assert "secret" in platform.environment()["BUREAUGRAPH_HUANGSHAN_DATABASE_URL"]


def test_the_state_folder_is_its_owners_alone(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_a_state_folder_that_cannot_be_made_is_named() -> None:
    result = CliRunner().invoke(main, ["up", *free_ports(), "--state-directory", "/proc/nothing"])
    assert result.exit_code == 1
    assert "The state folder /proc/nothing cannot be made" in result.output


def test_one_port_for_two_is_refused() -> None:
    port = str(free_port())
    result = CliRunner().invoke(main, ["up", *free_ports(), "--port", port, "--subgraphs-port", port])
    assert result.exit_code == 1
    assert f"Port {port} is asked for twice, for subgraphs and gateway" in result.output


def test_a_taken_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(
            main, ["up", *free_ports(), "--port", str(port), "--state-directory", str(tmp_path)]
        )
    assert result.exit_code == 1
    assert f"Port {port} (gateway) is taken" in result.output
    assert not (tmp_path / "logs").exists()


def test_the_command_line_lists_the_commands_of_all_packages() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for command in ("compose", "cooperation", "gateway", "plan", "sandbox", "subgraphs", "up"):
        assert f"\n  {command}" in result.output


def test_subgraphs_that_do_not_compose_are_told_of_and_everything_is_stopped(tmp_path: Path) -> None:
    config = tmp_path / "supergraph.yaml"
    config.write_text("subgraphs: {a: {routing_url: 'http://a', schema: {sdl: 'type Query { a: Nothing }'}}}")
    folder = tmp_path / "state"
    options = ["--state-directory", str(folder), "--people", "100", "--config", str(config)]
    result = CliRunner().invoke(main, ["up", *free_ports(), *options])
    assert result.exit_code == 1
    assert "gateway ended with exit status 1" in result.output
    assert f"The subgraphs of {config} do not compose: " in result.output

"""`bureaugraph subgraphs`: what stops its start, and that it serves."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from legacy_adapters.configuration import ConfigurationInvalid
from subgraphs.command import CannotListen, bind, read_cities, subgraphs
from tests.subgraphs.conftest import CONTRACTS
from tests.support.platform import free_port

CITIES = Path(__file__).parents[2] / "cities"
KEY = base64.urlsafe_b64encode(bytes(range(64))).decode()


def start(*arguments, key=KEY):
    environment = {"BUREAUGRAPH_PERSON_KEY": key}
    return CliRunner().invoke(subgraphs, ["--contracts", str(CONTRACTS), *arguments], env=environment)


def test_cities_are_read_from_folders_and_files():
    assert [city.slug for city in read_cities([CITIES])] == ["hangzhou", "huangshan"]
    assert [city.slug for city in read_cities([CITIES / "huangshan.yaml", CITIES / "hangzhou.yaml"])] == [
        "huangshan",
        "hangzhou",
    ]


def test_two_cities_with_one_slug_stop_the_start():
    with pytest.raises(ConfigurationInvalid, match="The slug hangzhou is another city's already"):
        read_cities([CITIES, CITIES / "hangzhou.yaml"])


def test_a_folder_without_cities_stops_the_start(tmp_path):
    outcome = start("--cities", str(tmp_path))
    assert outcome.exit_code == 1
    assert "There is no city to serve" in outcome.output


@pytest.mark.parametrize("key", ["", "short"])
def test_a_missing_key_stops_the_start(key):
    outcome = start("--cities", str(CITIES), key=key)
    assert outcome.exit_code == 1
    assert "BUREAUGRAPH_PERSON_KEY" in outcome.output


def test_a_mistake_in_a_citys_file_stops_the_start(tmp_path):
    (tmp_path / "x.yaml").write_text("code: '1'", encoding="utf-8")
    outcome = start("--cities", str(tmp_path))
    assert outcome.exit_code == 1
    assert "x.yaml" in outcome.output


def test_a_port_that_is_taken_stops_the_start():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"^Cannot listen on 127.0.0.1 port {port}: address already in use.$"):
            bind("127.0.0.1", port)


def test_an_address_that_is_none_stops_the_start():
    with pytest.raises(CannotListen, match="no address of this machine"):
        bind("no.such.host.invalid", 0)


@pytest.mark.platform
def test_the_process_serves_while_every_system_is_down_and_stops_when_told(tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "federation", "subgraphs", "--cities", str(CITIES), "--contracts", str(CONTRACTS)]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=tmp_path,
        env=os.environ | {"BUREAUGRAPH_PERSON_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert b'"hangzhou_database"' in _answer(f"http://127.0.0.1:{port}/health", process)
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=30)
    assert output == b""


def _answer(url, process):
    for _ in range(600):
        assert process.poll() is None
        try:
            with urlopen(url) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.1)
    pytest.fail("the process did not answer")

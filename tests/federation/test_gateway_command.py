"""`bureaugraph gateway` as a process: starts, answers, says what is wrong, stops."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from contextlib import asynccontextmanager

import pytest
from click.testing import CliRunner

from federation.gateway_command import gateway
from tests.federation.gateway.shop import SUPERGRAPH

COMMAND = (sys.executable, "-c", "from federation.cli import main; main()", "gateway")
SECONDS_TO_START = 30


@pytest.fixture
def supergraph(tmp_path):
    path = tmp_path / "supergraph.graphql"
    path.write_text(SUPERGRAPH)
    return path


def refused(*arguments):
    """What the command says when it does not start."""
    result = CliRunner().invoke(gateway, list(map(str, arguments)))
    assert result.exit_code == 1
    return result.output


@asynccontextmanager
async def running(*arguments, command=COMMAND, environment=None):
    """A gateway process, and the first line it logs."""
    process = await asyncio.create_subprocess_exec(
        *command, *map(str, arguments), stderr=asyncio.subprocess.PIPE, env=environment
    )
    try:
        line = await asyncio.wait_for(process.stderr.readline(), SECONDS_TO_START)
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ask(port, request):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")).split()[1])
    body = await reader.readexactly(length)
    writer.close()
    return head, json.loads(body)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_a_supergraph_file_and_stops_when_told(supergraph, stop):
    async with running("--supergraph", supergraph, "--port", 0) as (process, started):
        assert (started["event"], started["host"], started["subgraphs"]) == ("start", "127.0.0.1", 2)
        body = b'{"query":"{ __typename }"}'
        request = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        head, answer = await ask(started["port"], request % len(body) + body)
        assert head.startswith(b"HTTP/1.1 200")
        assert answer == {"data": {"__typename": "Query"}}
        process.send_signal(stop)
        _, log = await asyncio.wait_for(process.communicate(), 10)
    assert process.returncode == 0
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["request", "stop"]


async def test_the_configuration_file_is_used_and_the_command_line_stands_over_it(supergraph, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text("server: {port: 1}\nintrospection_enabled: false\n")
    async with running("--supergraph", supergraph, "--config", config, "--port", 0) as (_, started):
        body = b'{"query":"{ __schema { queryType { name } } }"}'
        request = b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        _, answer = await ask(started["port"], request % len(body) + body)
    assert answer["errors"][0]["extensions"] == {"code": "INTROSPECTION_DISABLED"}


def test_a_taken_port_is_said_in_one_sentence(supergraph):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refused("--supergraph", supergraph, "--port", port)
    assert said == f"Cannot listen on 127.0.0.1 port {port}: address already in use.\n"


def test_an_address_of_another_machine_is_said_in_one_sentence(supergraph):
    said = refused("--supergraph", supergraph, "--host", "192.0.2.1", "--port", 0)
    assert said == "Cannot listen on 192.0.2.1 port 0: cannot assign requested address.\n"


def test_a_missing_supergraph_is_said_in_one_sentence(tmp_path):
    path = tmp_path / "nothing.graphql"
    assert refused("--supergraph", path) == f"The supergraph {path} cannot be read: no such file or directory.\n"


def test_a_subgraphs_schema_is_no_supergraph(tmp_path):
    path = tmp_path / "subgraph.graphql"
    path.write_text("type Query { a: Int }")
    said = refused("--supergraph", path)
    assert said.startswith(f"The file {path} is no supergraph that can be served: ")
    assert len(said.splitlines()) == 1


def test_an_unknown_key_of_the_configuration_is_said_in_one_sentence(supergraph, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text("sever: {port: 1}\n")
    said = refused("--supergraph", supergraph, "--config", config)
    assert said == "The configuration has an unknown key sever; did you mean server?\n"


def test_a_folder_of_operations_that_is_none_is_said_in_one_sentence(supergraph, tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text("graphiql_operations: nowhere")
    output = refused("--supergraph", supergraph, "--config", path, "--port", "0")
    assert output == "The configuration's graphiql_operations names nowhere, which is no folder.\n"


def test_a_subgraph_without_an_address_is_said_in_one_sentence(tmp_path):
    path = tmp_path / "supergraph.graphql"
    path.write_text(SUPERGRAPH.replace("http://reviews/graphql", ""))
    assert refused("--supergraph", path) == (
        "The subgraph reviews has no usable routing URL; give one as subgraphs.reviews.url in the configuration.\n"
    )


async def test_known_operations_are_planned_before_the_start_and_told_of_where_they_cannot_be(supergraph, tmp_path):
    folder = tmp_path / "operations" / "more"
    folder.mkdir(parents=True)
    (folder / "good.graphql").write_text("query A { products { name } } query B { products { id } }")
    (folder.parent / "bad.graphql").write_text('{ product(id: "330199195805120015") { colour } }')
    (folder.parent / "broken.graphql").write_text("{ product(")
    async with running("--supergraph", supergraph, "--port", 0, "--operations", folder.parent) as (process, first):
        second, third, fourth = [json.loads(await process.stderr.readline()) for _ in range(3)]
    del first["time"], second["time"]
    assert first == {
        "event": "operation-not-planned",
        "file": "bad.graphql",
        "operation": None,
        "code": "GRAPHQL_VALIDATION_FAILED",
        "reason": "Cannot query field 'colour' on type 'Product'.",
    }
    assert (second["event"], second["file"], second["code"]) == (
        "operation-not-planned",
        "broken.graphql",
        "GRAPHQL_PARSE_FAILED",
    )
    assert (third["event"], third["operations"], third["refused"]) == ("warm-up", 2, 2)
    assert fourth["event"] == "start"


def test_operations_that_are_not_there_are_said_in_one_sentence(supergraph, tmp_path):
    path = tmp_path / "nowhere"
    said = refused("--supergraph", supergraph, "--operations", path)
    assert said == f"There is no file or folder of operations {path}.\n"

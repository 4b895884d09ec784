"""`bureaugraph conformance` at the border: what it reads, what it prints, how it exits."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from federation.cli import main
from tests.federation.city_conformance.city import CITY, CONTRACT, City


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "cards.graphql"
    path.write_text(CONTRACT, "utf-8")
    return path


class Handler(BaseHTTPRequestHandler):
    """Answers for the server's city, and keeps the headers that it gets."""

    server: CityServer

    def do_POST(self) -> None:
        body = orjson.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.tokens.add(self.headers.get("x-token"))
        response = self.server.city.answer(body["query"], body.get("variables") or {})
        answer = orjson.dumps({"data": response.data, **({"errors": response.errors} if response.errors else {})})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        return


class CityServer(ThreadingHTTPServer):
    city: City
    tokens: set[str | None]


@pytest.fixture
def server() -> Iterator[CityServer]:
    server = CityServer(("127.0.0.1", 0), Handler)
    server.city, server.tokens = City(), set()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def run(*arguments: object) -> Result:
    # How fast this machine is at the moment is not what these tests are about.
    options = ["--city", CITY, "--domain", "cards", "--slow-milliseconds", "100000", *map(str, arguments)]
    return CliRunner().invoke(main, ["conformance", *options])


def test_a_city_that_conforms_exits_with_0_and_a_table(server: CityServer, contract: Path) -> None:
    result = run("--url", f"http://127.0.0.1:{server.server_port}", "--contract", contract, "--known", "number=X1")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == f"cards of {CITY}"
    assert result.output.splitlines()[-1].startswith("conforms: ")


def test_one_that_does_not_exits_with_1_and_is_a_document_on_request(
    server: CityServer, contract: Path, tmp_path: Path
) -> None:
    server.city = City(code="330100")
    known = tmp_path / "known.yaml"
    known.write_text("arguments: {number: X1}\nentities: {Person: [{id: pX1}]}", "utf-8")
    address = f"http://127.0.0.1:{server.server_port}"
    result = run("--url", address, "--contract", contract, "--known-values", known, "--format", "json")
    assert result.exit_code == 1
    document = json.loads(result.output)
    assert document["conforms"] is False
    assert "Card.city" in {row["coordinate"] for row in document["rows"] if row["verdict"] == "not"}


def test_address_and_contract_come_from_the_configuration(server: CityServer, contract: Path) -> None:
    config = contract.parent / "supergraph.yaml"
    address = f"http://127.0.0.1:{server.server_port}"
    partitions = f"{{'{CITY}': {{name: xuancheng, routing_url: '{address}'}}}}"
    config.write_text(
        f"subgraphs: {{cards: {{routing_url: 'http://x', schema: {{file: cards.graphql}}, partitions: {partitions}}}}}"
    )
    assert run("--config", config, "--header", "x-token=t").exit_code == 0
    assert server.tokens == {"t"}


def test_a_subgraph_that_is_not_there_exits_with_2(contract: Path, port_of_nobody: int) -> None:
    result = run("--url", f"http://127.0.0.1:{port_of_nobody}", "--contract", contract)
    assert result.exit_code == 2
    assert result.output.startswith("The subgraph gives no answer: SUBREQUEST_HTTP_ERROR; ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--known", "number"], "A value is given as NAME=VALUE."),
        (["--entity", "Card=secret"], 'An entity of Card is given as JSON, e.g. Card={"id": "1"}.'),
        (["--header", "token"], "A header is given as NAME=VALUE."),
        (["--url", "nowhere"], "The address is no http or https URL with a host."),
    ],
)
def test_what_cannot_be_read_exits_with_2_in_one_sentence(contract: Path, arguments: list[str], said: str) -> None:
    result = run("--url", "http://127.0.0.1:1", "--contract", contract, *arguments)
    assert result.exit_code == 2
    assert result.output.startswith(said)
    assert "secret" not in result.output


def test_a_city_that_the_configuration_does_not_name_exits_with_2() -> None:
    result = run()
    assert result.exit_code == 2
    assert result.output == f"supergraph.yaml names no city {CITY} for cards; give the address with --url.\n"


def test_known_values_of_another_form_are_not_quoted(contract: Path, tmp_path: Path) -> None:
    file = tmp_path / "known.yaml"
    file.write_text("arguments: [330199195805120015]", "utf-8")
    result = run("--url", "http://127.0.0.1:1", "--contract", contract, "--known-values", file)
    assert result.exit_code == 2
    assert "330199195805120015" not in result.output

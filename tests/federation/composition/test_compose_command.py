"""`bureaugraph compose`: files, streams, exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from federation.compose_command import compose

GOOD = "subgraphs: {a: {routing_url: http://a, schema: {sdl: 'type Query { a: Int }'}}}"
BAD = "subgraphs: {a: {routing_url: http://a, schema: {sdl: 'type Query { a: Nope }'}}}"
HINTED = """
subgraphs:
  a: {routing_url: http://a, schema: {sdl: 'type Query { a: Int } "x" type V { v: Int }'}}
  b: {routing_url: http://b, schema: {sdl: 'type Query { b: Int } "y" type V { v: Int }'}}
"""


def test_both_schemas_are_written(tmp_path: Path) -> None:
    output, api = tmp_path / "supergraph.graphql", tmp_path / "api.graphql"
    result = CliRunner().invoke(
        compose, ["--config", "-", "--output", str(output), "--api-schema", str(api)], input=GOOD
    )
    assert (result.exit_code, result.output) == (0, "")
    assert output.read_text("utf-8").startswith("schema\n  @link(")
    assert api.read_text("utf-8") == "type Query {\n  a: Int\n}\n"


def test_without_a_file_the_supergraph_is_shown() -> None:
    result = CliRunner().invoke(compose, ["--config", "-"], input=GOOD)
    assert result.exit_code == 0
    assert result.stdout.startswith("schema\n  @link(")


def test_errors_are_shown_and_nothing_is_written(tmp_path: Path) -> None:
    output = tmp_path / "supergraph.graphql"
    result = CliRunner().invoke(compose, ["--config", "-", "--output", str(output)], input=BAD)
    assert (result.exit_code, output.exists()) == (1, False)
    assert result.stderr.splitlines() == [
        "INVALID_GRAPHQL: [a] Unknown type 'Nope'. Correct the SDL there.",
        "    at <sdl>:1:17",
        "1 error(s): no supergraph was composed",
    ]


def test_hints_go_to_the_error_stream(tmp_path: Path) -> None:
    result = CliRunner().invoke(compose, ["--config", "-"], input=HINTED)
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["WARN INCONSISTENT_DESCRIPTION"]


def test_machines_read_json() -> None:
    result = CliRunner().invoke(compose, ["--config", "-", "--format", "json"], input=BAD)
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "success": False,
        "supergraphSdl": None,
        "errors": [
            {
                "code": "INVALID_GRAPHQL",
                "message": "[a] Unknown type 'Nope'. Correct the SDL there.",
                "coordinates": ["Query.a"],
                "subgraphs": ["a"],
                "positions": [{"file": None, "line": 1, "column": 17}],
            }
        ],
        "hints": [],
    }


def test_a_wrong_configuration_is_one_sentence() -> None:
    result = CliRunner().invoke(compose, ["--config", "-"], input="subgraf: {}")
    assert (result.exit_code, result.stderr) == (1, 'Error: subgraf: is not known; did you mean "subgraphs"?\n')


@pytest.mark.parametrize("config", [b"a: \xe9", b"subgraphs: {a: {schema: {subgraph_url: 'http://h:abc/'}}}"])
def test_what_cannot_be_read_ends_in_a_sentence(config: bytes) -> None:
    result = CliRunner().invoke(compose, ["--config", "-"], input=config)
    assert (result.exit_code, result.stdout, result.stderr.startswith("Error: ")) == (1, "", True)


def test_machines_read_what_is_wrong_with_a_configuration_as_json() -> None:
    result = CliRunner().invoke(compose, ["--config", "-", "--format", "json"], input="subgraphs: {a: {}, b: {}}")
    assert result.exit_code == 1
    nowhere = {"coordinates": [], "subgraphs": [], "positions": []}
    assert json.loads(result.stdout) == {
        "success": False,
        "supergraphSdl": None,
        "errors": [
            {"code": "INVALID_SUPERGRAPH_CONFIG", "message": f"subgraphs.{name}.schema: is missing", **nowhere}
            for name in "ab"
        ],
        "hints": [],
    }


@pytest.mark.parametrize(
    ("output", "api", "message"),
    [
        ("a", "none/b", "there is no folder"),
        ("none/a", "b", "there is no folder"),
        ("a", ".", "is a folder"),
        ("a", "a", "are the same file"),
    ],
)
def test_where_one_schema_cannot_be_written_neither_is(tmp_path: Path, output: str, api: str, message: str) -> None:
    arguments = ["--config", "-", "--output", str(tmp_path / output), "--api-schema", str(tmp_path / api)]
    result = CliRunner().invoke(compose, arguments, input=GOOD)
    assert (result.exit_code, message in result.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_a_device_that_is_full_ends_in_a_sentence() -> None:
    result = CliRunner().invoke(compose, ["--config", "-", "--output", "/dev/full"], input=GOOD)
    assert (result.exit_code, result.stderr) == (1, "Error: cannot write /dev/full: No space left on device\n")

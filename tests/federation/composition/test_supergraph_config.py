"""supergraph.yaml: rover's format and our partitions; what is wrong is named by its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.composition import Subgraph
from federation.gateway.supergraph_config import (
    SupergraphConfigError,
    parse_supergraph_config,
    read_supergraph_config,
)
from federation.supergraph.partitions import Partition


def test_a_file_an_sdl_and_a_running_subgraph_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "secret")
    (tmp_path / "cards.graphql").write_text("type Query { a: Int }", encoding="utf-8")
    config = tmp_path / "supergraph.yaml"
    config.write_text(
        """
federation_version: =2.14.0
subgraphs:
  cards:
    routing_url: http://cards
    schema: {file: ./cards.graphql}
    partitions:
      330100: {name: hangzhou, routing_url: "${env.NOWHERE:-http://hangzhou}/cards"}
      "341000": {name: huangshan, routing_url: http://huangshan/cards}
  people:
    routing_url: http://people
    schema: {sdl: "type Query { b: Int }"}
---
subgraphs:
  cases:
    schema:
      subgraph_url: http://cases
      introspection_headers: {Authorization: "Bearer ${env.TOKEN}"}
""",
        encoding="utf-8",
    )
    asked: list[tuple[str, dict[str, str]]] = []

    def fetch(url: str, headers) -> str:
        asked.append((url, dict(headers)))
        return "type Query { c: Int }"

    assert read_supergraph_config(config, fetch=fetch) == (
        Subgraph(
            "cards",
            "http://cards",
            "type Query { a: Int }",
            (
                Partition("330100", "hangzhou", "http://hangzhou/cards"),
                Partition("341000", "huangshan", "http://huangshan/cards"),
            ),
            "./cards.graphql",
        ),
        Subgraph("people", "http://people", "type Query { b: Int }"),
        Subgraph("cases", "http://cases", "type Query { c: Int }"),
    )
    assert asked == [("http://cases", {"Authorization": "Bearer secret"})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("subgraph: {}", 'subgraph: is not known; did you mean "subgraphs"?'),
        ("{}", "subgraphs: name at least one subgraph"),
        ("subgraphs: [a]", "subgraphs: must be a map of keys to values"),
        ("federation_version: newest", 'federation_version: "newest" is no version such as 2 or =2.14.0'),
        ("subgraphs: {a: {routing_url: http://a}}", "subgraphs.a.schema: is missing"),
        ("subgraphs: {a: {schema: {sdl: x}}}", "subgraphs.a.routing_url: is missing"),
        ("subgraphs: {a: {routing_url: 3, schema: {sdl: x}}}", "subgraphs.a.routing_url: must be a text"),
        (
            "subgraphs: {a: {url: http://a, schema: {sdl: x}}}",
            'subgraphs.a.url: is not known; did you mean "routing_url"?',
        ),
        (
            "subgraphs: {a: {routing_url: u, schema: {sdl: x, file: y}}}",
            "subgraphs.a.schema: give exactly one of file, sdl, subgraph_url",
        ),
        (
            "subgraphs: {a: {routing_url: u, schema: {graphref: 'id@variant', subgraph: a}}}",
            "subgraphs.a.schema.graphref: no registry is asked; give file, sdl or subgraph_url",
        ),
        (
            "subgraphs: {a: {routing_url: u, schema: {file: missing.graphql}}}",
            "subgraphs.a.schema.file: cannot read missing.graphql: No such file or directory",
        ),
        (
            "subgraphs: {a: {routing_url: u, schema: {sdl: x}, partitions: {'1': {name: n}}}}",
            "subgraphs.a.partitions.1.routing_url: is missing",
        ),
        (
            "subgraphs: {a: {routing_url: '${env.BUREAUGRAPH_UNSET}', schema: {sdl: x}}}",
            "subgraphs.a.routing_url: environment variable BUREAUGRAPH_UNSET is not set and has no default",
        ),
        ("subgraphs: {a: {routing_url: u, schema: {sdl: x}}}\n---\nsubgraphs: {a: {routing_url: u, schema: {sdl: x}}}",
         "subgraphs.a: is defined twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_key(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SupergraphConfigError) as caught:
        parse_supergraph_config(text, tmp_path)
    assert str(caught.value) == message


def test_a_subgraph_that_does_not_answer_is_named(tmp_path: Path) -> None:
    text = "subgraphs: {a: {schema: {subgraph_url: 'http://127.0.0.1:9/'}}}"
    with pytest.raises(SupergraphConfigError, match=r"^subgraphs\.a\.schema\.subgraph_url: gave no SDL"):
        parse_supergraph_config(text, tmp_path)

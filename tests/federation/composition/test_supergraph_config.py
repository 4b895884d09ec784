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
        (
            "subgraphs: {a: {routing-url: http://a, schema: {sdl: x}}}",
            'subgraphs.a.routing-url: is not known; did you mean "routing_url"?',
        ),
        ("{}", "subgraphs: name at least one subgraph"),
        ("", "subgraphs: name at least one subgraph"),
        ("[a]", "the file must be a map of the keys federation_version, subgraphs"),
        ("a: [", "not valid YAML (line 1)"),
        ("a: 2024-13-45", "not valid YAML: it nests too deep, or a value is none of its kind"),
        ("[" * 9_000, "not valid YAML: it nests too deep, or a value is none of its kind"),
        ("subgraphs: &a {b: *a}", "subgraphs.b: contains itself (line 1)"),
        ("subgraphs: {a: file.graphql}", "subgraphs.a: must be a map of the keys routing_url, schema, partitions"),
        (
            "subgraphs: {a: {schema: file.graphql}}",
            "subgraphs.a.schema: must be a map of the keys file, sdl, subgraph_url, introspection_headers",
        ),
        (
            "federation_version: =2.99",
            "federation_version: =2.99 is not known; give one of 2.0 to 2.15, or 2 for the latest",
        ),
        ("subgraphs: [a]", "subgraphs: must be a map of keys to values"),
        ("federation_version: newest", 'federation_version: "newest" is no version such as 2 or =2.14.0'),
        ("subgraphs: {a: {routing_url: http://a}}", "subgraphs.a.schema: is missing"),
        ("subgraphs: {a: {schema: {sdl: x}}}", "subgraphs.a.routing_url: is missing"),
        ("subgraphs: {a: {routing_url: 3, schema: {sdl: x}}}", "subgraphs.a.routing_url: must be a text"),
        (
            "subgraphs: {a: {url: http://a, schema: {sdl: x}}}",
            "subgraphs.a.url: is not known; the keys here are routing_url, schema, partitions",
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
        (
            "subgraphs: {a: {routing_url: u, schema: {file: 'a\\0'}}}".replace("'", '"'),
            "subgraphs.a.schema.file: is no name of a file",
        ),
        ('subgraphs: {a: {schema: "\\ud800"}}', "subgraphs.a.schema: holds a lone surrogate, which is no character"),
        ('subgraphs: {"\\ud800": {}}', "subgraphs: holds a lone surrogate, which is no character"),
        ("subgraphs:\n  a: {}\n  b: {}\n  a: {}", "subgraphs.a: stands twice (line 4); keep one of the two"),
        (
            "subgraphs:\n  a:\n    partitions:\n      '330100': {}\n      330100: {}",
            "subgraphs.a.partitions.330100: stands twice (line 5); keep one of the two",
        ),
        ("subgraphs: {a: {routing_url: u, schema: {sdl: x}}}\n---\nsubgraphs: {a: {routing_url: u, schema: {sdl: x}}}",
         "subgraphs.a: is defined twice"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_key(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SupergraphConfigError) as caught:
        parse_supergraph_config(text, tmp_path)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["${foo}", "http://${env.HOME", "${env:HOME}", "${}", "$a${env.a b}"])
def test_a_misspelt_variable_is_refused_with_the_right_form(text: str, tmp_path: Path) -> None:
    config = f"subgraphs: {{a: {{routing_url: '{text}', schema: {{sdl: x}}}}}}"
    with pytest.raises(SupergraphConfigError) as caught:
        parse_supergraph_config(config, tmp_path)
    assert str(caught.value) == (
        "subgraphs.a.routing_url: holds a ${ that begins no variable; "
        "write ${env.NAME} or ${env.NAME:-default} for a variable, and $${ for the characters ${"
    )


@pytest.mark.parametrize(
    ("text", "url"),
    [("$", "$"), ("$$", "$$"), ("a$b", "a$b"), ("{$key.id}", "{$key.id}"), ("$${foo}", "${foo}"), ("$$$${a", "$$${a")],
)
def test_a_dollar_that_begins_no_variable_is_itself(text: str, url: str, tmp_path: Path) -> None:
    config = f"subgraphs: {{a: {{routing_url: '{text}', schema: {{sdl: x}}}}}}"
    assert parse_supergraph_config(config, tmp_path)[0].url == url


def test_merged_keys_may_be_replaced(tmp_path: Path) -> None:
    text = "subgraphs: {a: &a {routing_url: a, schema: {sdl: x}}, b: {<<: *a, routing_url: b}}"
    assert [subgraph.url for subgraph in parse_supergraph_config(text, tmp_path)] == ["a", "b"]


def test_all_that_is_wrong_with_subgraphs_is_told_at_once_with_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "latin.graphql").write_bytes(b"# \xe9\ntype Query { a: Int }")
    config = tmp_path / "supergraph.yaml"
    config.write_text(
        "subgraphs: {a: {routing_url: u, schema: {file: no.graphql}}, b: {schema: {file: latin.graphql}}, c: {}}"
    )
    with pytest.raises(SupergraphConfigError) as caught:
        read_supergraph_config(config)
    assert str(caught.value).splitlines() == [
        f"{config}: subgraphs.a.schema.file: cannot read no.graphql: No such file or directory",
        f"{config}: subgraphs.b.schema.file: cannot read latin.graphql: it is not UTF-8 (byte 3); save it as UTF-8",
        f"{config}: subgraphs.c.schema: is missing",
    ]


def test_a_configuration_that_is_not_utf_8_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9")
    with pytest.raises(SupergraphConfigError, match=r"latin\.yaml: cannot read it: it is not UTF-8 \(byte 4\)"):
        read_supergraph_config(tmp_path / "latin.yaml")
    with pytest.raises(SupergraphConfigError, match=r"none\.yaml: cannot read it: No such file"):
        read_supergraph_config(tmp_path / "none.yaml")


def test_a_subgraph_that_does_not_answer_is_named(tmp_path: Path) -> None:
    text = "subgraphs: {a: {schema: {subgraph_url: 'http://127.0.0.1:9/'}}}"
    with pytest.raises(SupergraphConfigError, match=r"^subgraphs\.a\.schema\.subgraph_url: gave no SDL"):
        parse_supergraph_config(text, tmp_path)

"""Putting a supergraph into service."""

from __future__ import annotations

import asyncio

import pytest

from federation.composition import Subgraph, compose
from federation.gateway.config import ConfigurationError, GatewayConfig, read_config
from federation.gateway.graph import build_graph
from federation.supergraph import load_supergraph

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@tag"])'


async def test_a_supergraph_whose_access_rules_are_not_enforced_is_not_served() -> None:
    result = compose([Subgraph("a", "http://a", f"{LINK} type Query {{ open: Int closed: Int @authenticated }}")])
    assert result.supergraph_sdl is not None
    with pytest.raises(ConfigurationError, match=r"access rules \(@authenticated\)"):
        build_graph(load_supergraph(result.supergraph_sdl), GatewayConfig())


async def test_a_supergraph_with_tags_is_served() -> None:
    result = compose([Subgraph("a", "http://a", f'{LINK} type Query {{ open: Int @tag(name: "x") }}')])
    assert result.supergraph_sdl is not None
    graph = build_graph(load_supergraph(result.supergraph_sdl), GatewayConfig())
    assert list(graph.supergraph.subgraphs) == ["a"]
    await graph.close()


async def test_a_subgraphs_fetch_cost_changes_the_plans() -> None:
    shared = f"{LINK.replace('@tag', '@shareable')} type Query {{ shared: Int @shareable }}"
    result = compose([Subgraph("a", "http://a", shared), Subgraph("b", "http://b", shared)])
    assert result.supergraph_sdl is not None
    supergraph = load_supergraph(result.supergraph_sdl)
    for subgraphs, asked in (({}, "a"), ({"a": {"fetch_cost": 2}}, "b"), ({"all": {"fetch_cost": 2}}, "a")):
        graph = build_graph(supergraph, read_config({"subgraphs": subgraphs}))
        prepared = await graph.operations.get("{ shared }", None, asyncio.get_running_loop().time() + 5)
        assert [fetch.subgraph for fetch in prepared.plan.fetches] == [asked]
        await graph.close()


async def test_a_subgraph_that_knows_no_fragments_gets_its_operations_written_out() -> None:
    fields = ("firstName", "middleName", "lastName", "maidenName", "title")
    names, types = f"{{ {' '.join(fields)} }}", f"{{ {': Int '.join(fields)}: Int }}"
    result = compose([Subgraph("a", "http://a", f"type Query {{ a: Name b: Name c: Name }} type Name {types}")])
    assert result.supergraph_sdl is not None
    supergraph = load_supergraph(result.supergraph_sdl)
    for enabled in (True, False):
        graph = build_graph(supergraph, read_config({"subgraphs": {"a": {"fragments_enabled": enabled}}}))
        query = f"{{ a {names} b {names} c {names} }}"
        prepared = await graph.operations.get(query, None, asyncio.get_running_loop().time() + 5)
        assert ("fragment" in prepared.plan.fetches[0].operation) is enabled
        await graph.close()

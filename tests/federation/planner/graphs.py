"""Small graphs for planner tests: subgraphs in short form, composed by our own composition."""

from __future__ import annotations

from collections.abc import Mapping

from graphql import parse, validate

from federation.composition.compose import compose
from federation.composition.schema import Subgraph
from federation.planner import PlanOptions, plan_operation
from federation.query_plan import pretty
from federation.query_plan.nodes import QueryPlan
from federation.supergraph import Supergraph, load_supergraph

FEDERATION = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.8", import: ["@key", "@shareable", "@external", '
    '"@requires", "@provides", "@override", "@interfaceObject", "@inaccessible", "@context", "@fromContext"])\n'
)


def supergraph_sdl(subgraphs: Mapping[str, str]) -> str:
    """Compose subgraphs given without the `@link` that all of them have."""
    result = compose([Subgraph(name, f"http://{name}", FEDERATION + sdl) for name, sdl in subgraphs.items()])
    assert result.supergraph_sdl is not None, result.errors
    return result.supergraph_sdl


def composed(subgraphs: Mapping[str, str]) -> Supergraph:
    """Compose such subgraphs and load the result."""
    return load_supergraph(supergraph_sdl(subgraphs))


def planned(supergraph: Supergraph, query: str, options: PlanOptions | None = None) -> QueryPlan:
    """Plan a query that is valid for clients."""
    document = parse(query)
    assert validate(supergraph.client_schema, document) == []
    return plan_operation(supergraph, document, None, options or PlanOptions())


def plan_text(supergraph: Supergraph, query: str, options: PlanOptions | None = None) -> str:
    """Plan a query and print the plan."""
    return pretty(planned(supergraph, query, options))


def fetched_from(supergraph: Supergraph, query: str, options: PlanOptions | None = None) -> list[str]:
    """Name the subgraphs of a plan's fetches, in order."""
    return [str(fetch.subgraph) for fetch in planned(supergraph, query, options).fetches]

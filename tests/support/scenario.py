"""A scenario: subgraph SDLs, a world, and operations with the fetches they may cost.

behaviour: one sentence
subgraphs: {a: SDL, b: SDL}
world: {Query: …, Product: …}
operations:
  - query: "{ products { name } }"
    variables: {}
    fetches: {a: 1, b: 1}
    plan: optional text, compared with `pretty`
    error: optional code, for an operation that must be refused
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from graphql import DocumentNode, execute, parse, validate

from federation.composition.compose import compose
from federation.composition.schema import Subgraph
from federation.executor import ExecutionRequest, compile_plan, execute_plan
from federation.planner import plan_operation
from federation.query_plan.nodes import QueryPlan, SubgraphName
from federation.supergraph import Supergraph, load_supergraph
from tests.support.memory_subgraph import MemorySubgraph, overridden_fields
from tests.support.world import World, resolve_typename, unsplit_resolver, world_root


@dataclass(frozen=True, slots=True)
class ScenarioOperation:
    """One operation of a scenario and what it is expected to cost."""

    query: str
    fetches: Mapping[str, int] | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    plan: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario file holds."""

    behaviour: str
    subgraphs: Mapping[str, str]
    world: World
    operations: tuple[ScenarioOperation, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation gave: the answer, the right answer, the plan, and how often each subgraph was asked."""

    answer: Mapping[str, Any]
    right_data: Any
    plan: QueryPlan
    fetches: Mapping[str, int]


def read_scenario(file: Path) -> Scenario:
    """Read one YAML file; unknown keys are refused by the dataclasses."""
    content = yaml.safe_load(file.read_text("utf-8"))
    operations = tuple(ScenarioOperation(**operation) for operation in content.pop("operations"))
    return Scenario(**content, operations=operations)


def compose_scenario(subgraphs: Mapping[str, str]) -> Supergraph:
    """Compose with our own composition and load the result."""
    result = compose([Subgraph(name, f"http://{name}", sdl) for name, sdl in subgraphs.items()])
    assert not result.errors, result.errors
    assert result.supergraph_sdl is not None
    return load_supergraph(result.supergraph_sdl)


async def run_operation(supergraph: Supergraph, scenario: Scenario, operation: ScenarioOperation) -> Outcome:
    """Plan and execute over subgraphs of the scenario's world."""
    document = parse(operation.query)
    assert not (invalid := validate(supergraph.api_schema, document)), invalid
    plan = plan_operation(supergraph, document)
    overridden = overridden_fields(scenario.subgraphs)
    clients = {
        SubgraphName(name): MemorySubgraph(name, sdl, scenario.world, overridden[name])
        for name, sdl in scenario.subgraphs.items()
    }
    compiled = compile_plan(plan, supergraph.api_schema, supergraph.schema, document, None)
    result = await execute_plan(compiled, ExecutionRequest(dict(operation.variables)), clients)
    fetches = {str(name): len(client.requests) for name, client in clients.items() if client.requests}
    return Outcome(yaml.safe_load(result.body()), right_data(supergraph, scenario, document, operation), plan, fetches)


def right_data(supergraph: Supergraph, scenario: Scenario, document: DocumentNode, operation: ScenarioOperation) -> Any:
    """What graphql-core answers over the world and the unsplit API schema."""
    kind = document.definitions[0].operation.value  # type: ignore[attr-defined]
    result = execute(
        supergraph.api_schema,
        document,
        root_value=world_root(scenario.world, kind),
        variable_values=dict(operation.variables),
        field_resolver=unsplit_resolver(scenario.world),
        type_resolver=resolve_typename,
    )
    assert not hasattr(result, "__await__")
    return result.data

"""A scenario: subgraph SDLs, a world, and operations with the fetches they may cost.

behaviour: one sentence
subgraphs: {a: SDL, b: SDL}
changed: optional, {text: text} replaced in the supergraph, for one that our composition would refuse
world: {Query: …, Product: …}
operations:
  - query: "{ products { name } }"
    variables: {}
    fetches: {a: 1, b: 1}
    plan: optional text, compared with `pretty`
    error: optional, the reason for which an operation that no plan answers is refused
    invalid: optional, the reason for which the client's schema refuses it
    labels: optional, the override labels that hold
    down: optional, the subgraphs that do not answer
    calls: optional, the root mutation fields in the order they must run, e.g. [a.addA, b.addB]
    data, errors: optional, the answer where it is not what one server would give; errors as {path, message}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from graphql import DocumentNode, execute, parse, validate

from federation.composition.compose import compose
from federation.composition.schema import Subgraph
from federation.executor import ExecutionRequest, compile_plan, execute_plan
from federation.executor.subgraph_client import SubgraphRequest
from federation.planner import plan_operation
from federation.planner.options import PlanOptions
from federation.query_plan.incremental import without_parts
from federation.query_plan.nodes import FetchId, QueryPlan, SubgraphName
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
    invalid: str | None = None
    labels: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    calls: list[str] | None = None
    data: Mapping[str, Any] | None = None
    errors: list[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a scenario file holds."""

    behaviour: str
    subgraphs: Mapping[str, str]
    world: World
    operations: tuple[ScenarioOperation, ...]
    changed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation gave: the answer, the right answer, the plan, and how often each subgraph was asked.

    `depth` says how many of the fetches that were sent waited for one another, `idle_calls` how many of the plan's
    entity calls had no entities. Both answers as JSON text, because the order of keys counts; errors are reduced to
    path and message and sorted.
    """

    answer: str
    right_answer: str
    plan: QueryPlan
    fetches: Mapping[str, int]
    calls: list[str]
    depth: int
    idle_calls: int


def read_scenario(file: Path) -> Scenario:
    """Read one YAML file; unknown keys are refused by the dataclasses."""
    content = yaml.safe_load(file.read_text("utf-8"))
    operations = tuple(ScenarioOperation(**operation) for operation in content.pop("operations"))
    return Scenario(**content, operations=operations)


def compose_scenario(subgraphs: Mapping[str, str], changed: Mapping[str, str] | None = None) -> Supergraph:
    """Compose with our own composition, change the text if that is stated, and load the result."""
    result = compose([Subgraph(name, f"http://{name}", sdl) for name, sdl in subgraphs.items()])
    assert not result.errors, result.errors
    assert result.supergraph_sdl is not None
    sdl = result.supergraph_sdl
    for old, new in (changed or {}).items():
        assert sdl.count(old) == 1, f"{old} stands {sdl.count(old)} times in {sdl}"
        sdl = sdl.replace(old, new)
    return load_supergraph(sdl)


async def run_operation(supergraph: Supergraph, scenario: Scenario, operation: ScenarioOperation) -> Outcome:
    """Plan and execute over subgraphs of the scenario's world."""
    document = parse(operation.query)
    assert not (invalid := validate(supergraph.client_schema, document)), invalid
    labels = frozenset(operation.labels)
    plan = plan_operation(supergraph, document, None, PlanOptions(active_override_labels=labels))
    calls: list[str] = []
    clients = memory_subgraphs(scenario, operation, calls)
    compiled = compile_plan(plan, supergraph.client_schema, supergraph.schema, document, None)
    result = await execute_plan(compiled, ExecutionRequest(dict(operation.variables)), clients)
    answer = json.loads(result.body())
    fetches = {str(name): len(client.requests) for name, client in clients.items() if client.requests}
    right = right_answer(supergraph, scenario, document, operation)
    requests = [request for client in clients.values() for request in client.requests]
    depth = _depth_of(plan, {request.operation.text for request in requests})
    text = as_text(answer["data"], answer.get("errors", ()))
    return Outcome(text, right, plan, fetches, calls, depth, _idle_calls(plan, requests))


def _idle_calls(plan: QueryPlan, requests: Iterable[SubgraphRequest]) -> int:
    sent = {request.operation.text: request.variables for request in requests}
    return sum(
        not sent.get(fetch.operation, {}).get(call.variable) for fetch in plan.fetches for call in fetch.entity_calls
    )


def _depth_of(plan: QueryPlan, sent: set[str]) -> int:
    depths: dict[FetchId, int] = {}
    for fetch in plan.fetches:
        before = max((depths[id_] for id_ in fetch.depends_on), default=0)
        depths[fetch.id] = before + (fetch.operation in sent)
    return max(depths.values(), default=0)


def memory_subgraphs(
    scenario: Scenario, operation: ScenarioOperation, calls: list[str]
) -> dict[SubgraphName, MemorySubgraph]:
    """The scenario's subgraphs, as they are while the operation runs."""
    overridden = overridden_fields(scenario.subgraphs, frozenset(operation.labels))
    clients = {
        SubgraphName(name): MemorySubgraph(name, sdl, scenario.world, overridden[name], calls)
        for name, sdl in scenario.subgraphs.items()
    }
    for name in operation.down:
        clients[SubgraphName(name)].broken = True
    return clients


def right_answer(
    supergraph: Supergraph, scenario: Scenario, document: DocumentNode, operation: ScenarioOperation
) -> str:
    """What the scenario states, or else what graphql-core answers over the world and the unsplit API schema."""
    if operation.data is not None:
        return as_text(operation.data, operation.errors or ())
    kind = document.definitions[0].operation.value
    result = execute(
        supergraph.api_schema,
        without_parts(document),
        root_value=world_root(scenario.world, kind),
        variable_values=dict(operation.variables),
        field_resolver=unsplit_resolver(scenario.world),
        type_resolver=resolve_typename,
    )
    assert not hasattr(result, "__await__")
    stated = operation.errors
    return as_text(result.data, stated if stated is not None else [e.formatted for e in result.errors or ()])


def as_text(data: Any, errors: Iterable[Mapping[str, Any]]) -> str:
    """An answer as JSON text to compare: keys in their order, errors as path and message."""
    reduced = sorted(json.dumps({"path": e.get("path"), "message": e.get("message")}) for e in errors)
    return "\n".join([json.dumps(data, ensure_ascii=False), *reduced])

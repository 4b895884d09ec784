"""The platform's own contracts: the composed supergraph, its API schema and the plans of the ready operations."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import is_non_null_type, parse, validate

from federation.composition import CompositionResult, compose
from federation.gateway.supergraph_config import read_supergraph_config
from federation.planner import plan_operation
from federation.query_plan import pretty
from federation.supergraph import load_supergraph
from tests.conftest import Goldens

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schema"
OPERATIONS = sorted((SCHEMA / "operations").glob("*.graphql"))


@pytest.fixture(scope="module")
def composed() -> CompositionResult:
    return compose(read_supergraph_config(ROOT / "supergraph.yaml"))


def test_the_contracts_compose_without_error_and_without_hint(composed: CompositionResult) -> None:
    assert composed.errors == ()
    assert composed.hints == ()


def test_the_supergraph_and_its_api_schema_are_those_reviewed(composed: CompositionResult, goldens: Goldens) -> None:
    assert composed.supergraph_sdl is not None
    assert composed.api_schema_sdl is not None
    goldens.check(SCHEMA / "supergraph.graphql", composed.supergraph_sdl)
    goldens.check(SCHEMA / "api.graphql", composed.api_schema_sdl)


@pytest.mark.parametrize("file", OPERATIONS, ids=lambda file: file.stem)
def test_a_ready_operation_is_valid_and_planned_as_reviewed(
    composed: CompositionResult, goldens: Goldens, file: Path
) -> None:
    assert composed.supergraph_sdl is not None
    supergraph = load_supergraph(composed.supergraph_sdl)
    document = parse(file.read_text("utf-8"))
    assert validate(supergraph.api_schema, document) == []
    goldens.check(file.with_suffix(".plan.txt"), pretty(plan_operation(supergraph, document)))


def test_a_subgraph_that_is_down_takes_nothing_of_others_with_it(composed: CompositionResult) -> None:
    """A null that must not be one would take what stands around it, and that comes from other subgraphs."""
    assert composed.supergraph_sdl is not None
    schema = load_supergraph(composed.supergraph_sdl).api_schema
    query, person, card = (schema.type_map[name] for name in ("Query", "Person", "Card"))
    fields = [*query.fields.items(), *person.fields.items(), ("serviceRequests", card.fields["serviceRequests"])]
    assert [name for name, field in fields if is_non_null_type(field.type)] == ["id"]

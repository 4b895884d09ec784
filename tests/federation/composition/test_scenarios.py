"""Every scenario composes to its error codes; where the reference is installed, it agrees."""

from __future__ import annotations

from functools import cache

import pytest
from graphql import build_schema, lexicographic_sort_schema, print_schema

from federation.composition import compose
from federation.supergraph import load_supergraph
from tests.federation.composition.canonical import canonical
from tests.federation.composition.reference import ask_reference, load_in_reference
from tests.federation.composition.scenarios import Scenario, read_scenarios

SCENARIOS = read_scenarios()
BEYOND_REFERENCE = "(beyond the reference)"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_a_scenario_composes_to_its_codes(scenario: Scenario) -> None:
    result = compose(scenario.subgraphs)
    assert tuple(sorted(error.code for error in result.errors)) == scenario.codes
    assert (result.supergraph_sdl is None) == bool(scenario.codes)


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if not s.codes], ids=lambda scenario: scenario.id)
def test_a_supergraph_is_read_by_our_own_gateway(scenario: Scenario) -> None:
    sdl = compose(scenario.subgraphs).supergraph_sdl
    assert sdl is not None
    names = {subgraph.name for subgraph in load_supergraph(sdl).subgraphs.values()}
    assert names == {subgraph.name for subgraph in scenario.subgraphs}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_the_order_of_subgraphs_does_not_matter(scenario: Scenario) -> None:
    assert compose(scenario.subgraphs[::-1]) == compose(scenario.subgraphs)


@cache
def _reference_answers() -> dict[str, dict]:
    answers = ask_reference([scenario.subgraphs for scenario in SCENARIOS])
    return {scenario.id: answer for scenario, answer in zip(SCENARIOS, answers, strict=True)}


@pytest.mark.parametrize(
    "scenario", [s for s in SCENARIOS if BEYOND_REFERENCE not in s.behaviour], ids=lambda scenario: scenario.id
)
def test_the_reference_agrees_on_a_scenario(scenario: Scenario) -> None:
    answer = _reference_answers()[scenario.id]
    assert tuple(sorted(error["code"] for error in answer["errors"])) == scenario.codes
    if not scenario.codes:
        result = compose(scenario.subgraphs)
        assert result.supergraph_sdl is not None
        assert canonical(result.supergraph_sdl) == canonical(answer["supergraph"])
        assert sorted(hint.code for hint in result.hints) == sorted(hint["code"] for hint in answer["hints"])


# @apollo/gateway refuses supergraphs with these: they are Apollo Router's features.
ROUTER_FEATURES = ("/authenticated/", "/requiresScopes/", "/policy/", "/context/", "/cacheTag/")


def test_the_reference_gateway_serves_our_supergraphs_with_our_api_schemas() -> None:
    results = {scenario.id: compose(scenario.subgraphs) for scenario in SCENARIOS if not scenario.codes}
    ours = {
        behaviour: (result.supergraph_sdl, result.api_schema_sdl)
        for behaviour, result in results.items()
        if result.supergraph_sdl and not any(feature in result.supergraph_sdl for feature in ROUTER_FEATURES)
    }
    answers = load_in_reference([supergraph or "" for supergraph, _ in ours.values()])
    assert dict(zip(ours, answers, strict=True)) == {
        behaviour: {"api": print_schema(lexicographic_sort_schema(build_schema(api or "")))}
        for behaviour, (_, api) in ours.items()
    }

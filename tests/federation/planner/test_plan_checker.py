"""The plan checker finds what is wrong with a plan that was tampered with."""

from __future__ import annotations

from dataclasses import replace

from graphql import OperationDefinitionNode, SelectionSetNode, parse

from federation.query_plan.nodes import FetchNode, QueryPlan
from tests.federation.planner.graphs import composed, planned
from tests.support.plan_checker import check_plan

GRAPH = composed(
    {
        "a": 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
        "b": 'type User @key(fields: "id") { id: ID! name: String @external age: Int @requires(fields: "name") }',
    }
)
QUERY = "{ me { age } }"


def _faults(*fetches: FetchNode) -> list[str]:
    return check_plan(GRAPH, QueryPlan(planned(GRAPH, QUERY).operation_kind, fetches), _wanted(QUERY))


def _wanted(query: str) -> SelectionSetNode:
    operation = parse(query).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation.selection_set


def test_a_sound_plan_has_no_faults() -> None:
    assert _faults(*planned(GRAPH, QUERY).fetches) == []


def test_a_missing_fetch_is_found() -> None:
    root, _ = planned(GRAPH, QUERY).fetches
    assert _faults(root) == ["nothing fetches me.age"]


def test_a_field_the_subgraph_does_not_know_is_found() -> None:
    root, entity = planned(GRAPH, QUERY).fetches
    wrong = replace(root, operation="{me{__typename id name age}}")
    assert _faults(wrong, entity) == ["fetch 0 to a: the subgraph has no User.age"]


def test_an_input_that_was_not_fetched_before_is_found() -> None:
    root, entity = planned(GRAPH, QUERY).fetches
    assert _faults(root, replace(entity, depends_on=())) == [
        "fetch 1 to b: id is sent before it is fetched",
        "fetch 1 to b: name is sent before it is fetched",
    ]


def test_a_requirement_that_is_not_sent_is_found() -> None:
    root, entity = planned(GRAPH, QUERY).fetches
    (call,) = entity.entity_calls
    (fragment,) = call.requires
    poorer = replace(call, requires=(replace(fragment, selections=fragment.selections[:2]),))
    assert _faults(root, replace(entity, entity_calls=(poorer,))) == [
        "fetch 1 to b: what User.age requires is not sent"
    ]

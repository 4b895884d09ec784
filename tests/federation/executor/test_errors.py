"""Subgraphs' errors in the client's terms."""

from __future__ import annotations

import pytest
from graphql import build_schema

from federation.executor import ErrorPolicy, ExecutionRequest
from federation.executor.errors import DESCRIPTIONS, ErrorCode, subgraph_failure
from federation.executor.subgraph_client import SubgraphResponse
from federation.query_plan.nodes import RenameKey, SubgraphName
from tests.federation.executor.support import FakeSubgraph, entities, fetch, path, plan, run

SCHEMA = build_schema(
    """
    type Query { me: User people: People strict: User! }
    type People { nodes: [User] }
    type User { id: ID! name: String nick: String! best: User }
    """
)
PEOPLE = fetch(0, "a", "{people{nodes{id}}}")
NAMES = "{_entities{...on User{name}}}"
DOWN = subgraph_failure(SubgraphName("b"), ErrorCode.SUBREQUEST_HTTP_ERROR, "The subgraph is away.", retryable=True)


def failing(data: dict | None, *errors: dict) -> FakeSubgraph:
    return FakeSubgraph(SubgraphResponse(data, errors))


async def errors_of(query: str, query_plan, subgraphs, **request) -> list[dict]:
    return list((await run(query, query_plan, SCHEMA, subgraphs, ExecutionRequest(**request))).errors)


async def test_an_error_keeps_its_path_and_extensions_and_names_its_subgraph():
    error = {
        "message": "no",
        "path": ["me", "name"],
        "locations": [{"line": 1, "column": 2}],
        "extensions": {"code": "FORBIDDEN", "city": "330100"},
    }
    subgraph = failing({"me": {"id": "1", "name": None}}, error)
    result = await run("{ me { id name } }", plan(fetch(0, "a", "{me{id name}}")), SCHEMA, {"a": subgraph})
    assert result.data == {"me": {"id": "1", "name": None}}
    extensions = {"code": "FORBIDDEN", "city": "330100", "service": "a"}
    assert result.errors == ({"message": "no", "path": ["me", "name"], "extensions": extensions},)


async def test_an_entity_s_error_stands_at_every_place_that_holds_the_entity():
    query_plan = plan(PEOPLE, fetch(1, "b", NAMES, entities("User", "id", "people.nodes.@"), after=(0,)))
    nodes = [{"id": "2"}, None, {"id": "1"}, {"id": "2"}]
    error = {"message": "no name", "path": ["_entities", 0, "name"]}
    subgraphs = {"a": {"people": {"nodes": nodes}}, "b": failing({"_entities": [{"name": None}, {"name": "B"}]}, error)}
    extensions = {"code": "DOWNSTREAM_SERVICE_ERROR", "service": "b"}
    assert await errors_of("{ people { nodes { name } } }", query_plan, subgraphs) == [
        {"message": "no name", "path": ["people", "nodes", position, "name"], "extensions": extensions}
        for position in (0, 3)
    ]


async def test_a_batch_s_errors_are_told_apart_by_their_aliases():
    calls = (
        entities("User", "id", "me", response_name="_e0", variable="a"),
        entities("User", "id", "people.nodes.@", response_name="_e1", variable="b"),
    )
    query_plan = plan(
        fetch(0, "a", "{me{id} people{nodes{id}}}"),
        fetch(1, "b", "{_e0:_entities{...on User{name}} _e1:_entities{...on User{name}}}", *calls, after=(0,)),
    )
    answer = {"_e0": [{"name": "A"}], "_e1": [{"name": None}]}
    subgraphs = {
        "a": {"me": {"id": "1"}, "people": {"nodes": [{"id": "2"}]}},
        "b": failing(answer, {"message": "no", "path": ["_e1", 0, "name"]}, {"message": "all", "path": ["_e0"]}),
    }
    found = await errors_of("{ me { name } people { nodes { name } } }", query_plan, subgraphs)
    assert [error["path"] for error in found] == [["people", "nodes", 0, "name"], ["me"]]


async def test_internal_aliases_are_undone_in_paths():
    call = entities("User", "id", "me", output_rewrites=(RenameKey(path("best"), "_name", "name"),))
    query_plan = plan(
        fetch(0, "a", "{_me:me{id}}", output_rewrites=(RenameKey((), "_me", "me"),)),
        fetch(1, "b", "{_entities{...on User{best{_name:name}}}}", call, after=(0,)),
    )
    subgraphs = {
        "a": failing({"_me": {"id": "1"}}, {"message": "x", "path": ["_me", "id"]}),
        "b": failing(
            {"_entities": [{"best": {"_name": None}}]}, {"message": "y", "path": ["_entities", 0, "best", "_name"]}
        ),
    }
    found = await errors_of("{ me { id best { name } } }", query_plan, subgraphs)
    assert [error["path"] for error in found] == [["me", "id"], ["me", "best", "name"]]


async def test_a_path_ends_where_the_client_asked_for_nothing_more():
    """Keys and requirements are the gateway's own affair, and may be hidden from clients."""
    query_plan = plan(
        fetch(0, "a", "{people{nodes{_k0_name:name best{id}}}}"),
        fetch(1, "b", NAMES, entities("User", "id", "people.nodes.@.best"), after=(0,)),
    )
    nodes = [{"_k0_name": None, "best": {"id": "1"}}]
    hidden = {"message": "x", "path": ["people", "nodes", 0, "_k0_name"]}
    subgraphs = {"a": failing({"people": {"nodes": nodes}}, hidden), "b": FakeSubgraph(DOWN)}
    query = "{ ...F people { nodes { id: nick } } } fragment F on Query { people { __typename } }"
    found = await errors_of(query, query_plan, subgraphs)
    assert [(error["path"], error["extensions"].get("affectedPath")) for error in found[:2]] == [
        (["people", "nodes", 0], None),
        (["people", "nodes"], "people.nodes.@"),
    ]


async def test_a_failed_fetch_of_entities_in_lists_is_one_error_at_the_path_before_the_first_list():
    query_plan = plan(PEOPLE, fetch(1, "b", NAMES, entities("User", "id", "people.nodes.@"), after=(0,)))
    subgraphs = {"a": {"people": {"nodes": [{"id": str(n)} for n in range(5)]}}, "b": FakeSubgraph(DOWN)}
    result = await run("{ people { nodes { id name } } }", query_plan, SCHEMA, subgraphs)
    assert result.data == {"people": {"nodes": [{"id": str(n), "name": None} for n in range(5)]}}
    extensions = {
        "code": "SUBREQUEST_HTTP_ERROR",
        "service": "b",
        "retryable": True,
        "affectedPath": "people.nodes.@",
    }
    message = "The subgraph is away."
    assert result.errors == ({"message": message, "path": ["people", "nodes"], "extensions": extensions},)


async def test_a_failed_fetch_of_one_entity_is_an_error_at_its_real_path():
    query_plan = plan(fetch(0, "a", "{me{id}}"), fetch(1, "b", NAMES, entities("User", "id", "me"), after=(0,)))
    found = await errors_of("{ me { name } }", query_plan, {"a": {"me": {"id": "1"}}, "b": FakeSubgraph(DOWN)})
    assert [(error["path"], error["extensions"]) for error in found] == [
        (["me"], {"code": "SUBREQUEST_HTTP_ERROR", "service": "b", "retryable": True})
    ]


async def test_a_failed_root_fetch_is_an_error_at_its_field_or_without_a_path_when_there_are_several():
    one, several = fetch(0, "b", "{me{id}}"), fetch(0, "b", "{me{id} people{nodes{id}}}")
    for root, expected in ((one, [{"path": ["me"]}]), (several, [{}])):
        result = await run("{ me { id } people { nodes { id } } }", plan(root), SCHEMA, {"b": FakeSubgraph(DOWN)})
        assert result.data == {"me": None, "people": None}
        assert [{name: error[name] for name in error if name == "path"} for error in result.errors] == expected


@pytest.mark.parametrize(
    "data", [None, {}, {"_entities": None}, {"_entities": []}, {"_entities": [{}, {}]}, {"_entities": 5}]
)
async def test_an_answer_that_does_not_fit_the_request_is_an_error(data):
    query_plan = plan(fetch(0, "a", "{me{id}}"), fetch(1, "b", NAMES, entities("User", "id", "me"), after=(0,)))
    subgraphs = {"a": {"me": {"id": "1"}}, "b": FakeSubgraph(SubgraphResponse(data))}
    result = await run("{ me { id name } }", query_plan, SCHEMA, subgraphs)
    assert result.data == {"me": {"id": "1", "name": None}}
    assert [(error["path"], error["extensions"]["code"]) for error in result.errors] == [
        (["me"], "SUBREQUEST_MALFORMED_RESPONSE")
    ]


async def test_a_bubbled_null_needs_no_second_error_where_one_explains_it():
    query_plan = plan(
        fetch(0, "a", "{strict{id}}"),
        fetch(1, "b", "{_entities{...on User{nick}}}", entities("User", "id", "strict"), after=(0,)),
    )
    subgraphs = {"a": {"strict": {"id": "1"}}, "b": FakeSubgraph(DOWN)}
    result = await run("{ strict { nick } }", query_plan, SCHEMA, subgraphs)
    assert (result.data, [error["path"] for error in result.errors]) == (None, [["strict"]])


async def test_a_bubbled_null_that_nothing_explains_is_an_error():
    result = await run("{ strict { nick } }", plan(fetch(0, "a", "{strict{nick}}")), SCHEMA, {"a": {"strict": {}}})
    assert result.body() == (
        b'{"data":null,"errors":[{"message":"Cannot return null for non-nullable field User.nick.",'
        b'"path":["strict","nick"],"extensions":{"code":"RESPONSE_VALIDATION_FAILED"}}]}'
    )


@pytest.mark.parametrize(
    "policy", [ErrorPolicy(messages_shown=False), ErrorPolicy(masked_subgraphs=frozenset({SubgraphName("a")}))]
)
async def test_a_masked_subgraph_s_own_words_never_reach_the_client(policy):
    error = {
        "message": "ORA-01017 for 330199195805120015",
        "path": ["me"],
        "extensions": {"code": "X", "partition": "p", "city": "c", "retryable": True, "debug": "stack"},
    }
    found = await errors_of(
        "{ me { id } }", plan(fetch(0, "a", "{me{id}}")), {"a": failing({"me": None}, error)}, errors=policy
    )
    extensions = {"code": "X", "partition": "p", "city": "c", "retryable": True, "service": "a"}
    message = 'The subgraph "a" reported an error.'
    assert found == [{"message": message, "path": ["me"], "extensions": extensions}]


@pytest.mark.parametrize("error", [{}, {"message": 5, "path": "me", "extensions": []}, {"path": [{}]}])
async def test_a_malformed_error_is_still_an_error(error):
    found = await errors_of("{ me { id } }", plan(fetch(0, "a", "{me{id}}")), {"a": failing({"me": None}, error)})
    extensions = {"code": "DOWNSTREAM_SERVICE_ERROR", "service": "a"}
    assert found == [{"message": 'The subgraph "a" reported an error.', "path": ["me"], "extensions": extensions}]


def test_every_code_is_described():
    assert set(DESCRIPTIONS) == set(ErrorCode)


@pytest.mark.parametrize("slow", ["a", "b"])
async def test_errors_come_in_the_order_of_the_plan_whichever_fetch_was_done_first(slow):
    subgraphs = {
        name: FakeSubgraph(
            SubgraphResponse({field: None}, ({"message": name, "path": [field]},)), delay=0.005 if name == slow else 0
        )
        for name, field in (("a", "me"), ("b", "people"))
    }
    query_plan = plan(fetch(0, "a", "{me{id}}"), fetch(1, "b", "{people{nodes{id}}}"))
    found = await errors_of("{ me { id } people { nodes { id } } }", query_plan, subgraphs)
    assert [error["message"] for error in found] == ["a", "b"]

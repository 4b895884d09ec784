"""An entity that a subgraph answers with null is not there: its place becomes null, without an error where it may."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest
from graphql import build_schema, execute_sync, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor import ExecutionRequest, compile_plan, execute_incrementally
from federation.executor.incremental import IncrementalResult
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.planner import plan_operation
from tests.federation.executor.support import FakeSubgraph, OverTheWire, entities, error_places, fetch, plan, run
from tests.federation.planner.graphs import composed

SCHEMA = build_schema(
    """
    type Query { users: [User] some: [User!] me: User must: User! }
    type User { id: ID! mail: String! friends: [User] grid: [[User!]] best: User }
    """
)
QUERY = "{ users { mail id friends { mail best { mail } } grid { mail id } } some { mail } me { mail best { mail } } }"
PATHS = ("users.@", "users.@.friends.@", "users.@.friends.@.best", "users.@.grid.@.@", "some.@", "me", "me.best")
PLAN = plan(
    fetch(0, "tree", "{users{id friends{id best{id}} grid{id}} some{id} me{id best{id}}}"),
    fetch(1, "mails", "{_entities{...on User{mail}}}", entities("User", "id", *PATHS), after=(0,)),
)
IDS = ("1", "2", "3")
CODE = {"code": "RESPONSE_VALIDATION_FAILED"}


def users(depth: int) -> st.SearchStrategy[Any]:
    """A user with friends; the same few users again and again, in other company."""
    inner = users(depth - 1) if depth else st.none()
    fields = {
        "id": st.sampled_from(IDS),
        "friends": st.none() | st.lists(inner, max_size=4),
        "best": inner,
        "grid": st.none() | st.lists(st.none() | st.lists(inner.filter(bool), max_size=2), max_size=2),
    }
    return st.none() | st.fixed_dictionaries(fields)


USERS = st.none() | st.lists(users(0).filter(bool), max_size=3)
TREES = st.fixed_dictionaries({"users": st.none() | st.lists(users(2), max_size=3), "some": USERS, "me": users(1)})


def mails(known: frozenset[str]) -> FakeSubgraph:
    """Answers the mail of the users that it knows, and null for the others."""

    def answer(request: SubgraphRequest) -> SubgraphResponse:
        asked = [representation["id"] for representation in request.variables["representations"]]
        return SubgraphResponse({"_entities": [{"mail": f"m{id_}"} if id_ in known else None for id_ in asked]})

    return FakeSubgraph(answer)


def known_only(value: Any, known: frozenset[str]) -> Any:
    """The tree of a server at which the other users are null, and those known have their mails."""
    if isinstance(value, list):
        return [known_only(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    fields = {name: known_only(item, known) for name, item in value.items()}
    if "id" not in fields:
        return fields
    return {**fields, "mail": f"m{fields['id']}"} if fields["id"] in known else None


@settings(max_examples=100, deadline=None)
@given(TREES, st.frozensets(st.sampled_from(IDS)), st.booleans())
async def test_the_answer_is_that_of_one_server_at_which_unknown_users_are_null(tree, known, is_over_the_wire):
    """With its errors: only where null may not be, and at that place."""
    expected = execute_sync(SCHEMA, parse(QUERY), known_only(tree, known))
    clients: dict[str, Any] = {"tree": FakeSubgraph(tree), "mails": mails(known)}
    if is_over_the_wire:
        clients = {name: OverTheWire(client) for name, client in clients.items()}

    actual = await run(QUERY, PLAN, SCHEMA, clients)

    assert actual.data == expected.data
    assert error_places(actual.errors) == error_places([error.formatted for error in expected.errors or ()])


@pytest.mark.parametrize(("place", "data"), [("me", {"me": None}), ("must", None)])
async def test_where_null_may_not_be_the_error_is_that_of_the_place(place, data):
    query_plan = plan(
        fetch(0, "a", f"{{{place}{{id}}}}"),
        fetch(1, "b", "{_entities{...on User{mail}}}", entities("User", "id", place), after=(0,)),
    )
    subgraphs = {"a": {place: {"id": "1"}}, "b": {"_entities": [None]}}
    result = await run(f"{{ {place} {{ id mail }} }}", query_plan, SCHEMA, subgraphs)
    message = "Cannot return null for non-nullable field Query.must."
    errors = () if data else ({"message": message, "path": ["must"], "extensions": CODE},)
    assert (result.data, result.errors) == (data, errors)


async def test_an_entity_that_lacks_what_it_must_have_is_an_error():
    """That is no word of its subgraph that there is none: the subgraph broke its own schema."""
    query_plan = plan(
        fetch(0, "a", "{me{id}}"),
        fetch(1, "b", "{_entities{...on User{mail}}}", entities("User", "id", "me"), after=(0,)),
    )
    result = await run("{ me { mail } }", query_plan, SCHEMA, {"a": {"me": {"id": "1"}}, "b": {"_entities": [{}]}})
    message = "Cannot return null for non-nullable field User.mail."
    assert (result.data, result.errors) == (
        {"me": None},
        ({"message": message, "path": ["me", "mail"], "extensions": CODE},),
    )


async def test_what_an_unknown_entity_s_own_subgraph_gave_beside_it_stays_where_nothing_must_be_there():
    query_plan = plan(
        fetch(0, "a", "{me{id}}"),
        fetch(1, "b", "{_entities{...on User{best{id}}}}", entities("User", "id", "me"), after=(0,)),
    )
    subgraphs = {"a": {"me": {"id": "1"}}, "b": {"_entities": [None]}}
    result = await run("{ me { id best { id } } }", query_plan, SCHEMA, subgraphs)
    assert (result.data, result.errors) == ({"me": {"id": "1", "best": None}}, ())


GRAPH = composed(
    {
        "a": 'type Query { me: User } type User @key(fields: "id") { id: ID! best: User }',
        "b": 'type User @key(fields: "id") { id: ID! mail: String! }',
    }
)


async def results_of(query: str) -> list[IncrementalResult]:
    document = parse(query)
    compiled = compile_plan(plan_operation(GRAPH, document), GRAPH.client_schema, GRAPH.schema, document)
    me = {"__typename": "User", "id": "1", "best": {"__typename": "User", "id": "2"}}
    clients: dict[Any, Any] = {
        "a": FakeSubgraph({"me": me, "_entities": [me]}),
        "b": FakeSubgraph({"_entities": [None]}),
    }
    async with aclosing(execute_incrementally(compiled, ExecutionRequest(), clients)) as results:
        return [result async for result in results]


async def test_an_object_that_the_client_has_already_cannot_become_null_and_is_told():
    _, last = await results_of("{ me { id ... @defer { mail } } }")
    (part,) = last.parts
    assert (part.data, [error["path"] for error in part.errors]) == (None, [["me", "mail"]])


async def test_an_object_that_a_later_part_brings_becomes_null():
    _, last = await results_of("{ me { id ... @defer { best { mail } } } }")
    (part,) = last.parts
    assert (part.data, part.errors) == ({"best": None}, ())


INTERFACES = composed(
    {
        "a": 'type Query { case: Case } type Case @key(fields: "id") @interfaceObject { id: ID! label: String }',
        "b": """
            interface Case @key(fields: "id") { id: ID! }
            type Injury implements Case @key(fields: "id") { id: ID! at: String }
            type Dispute implements Case @key(fields: "id") { id: ID! about: String }
        """,
    }
)


async def test_a_case_whose_type_nobody_knows_is_null():
    query = "{ case { __typename label } }"
    query_plan = plan_operation(INTERFACES, parse(query))
    case = {"__typename": "Case", "id": "1", "label": "L"}
    subgraphs = {"a": {"case": case}, "b": {"_entities": [None]}}
    result = await run(query, query_plan, INTERFACES.client_schema, subgraphs, supergraph=INTERFACES.schema)
    assert (result.data, result.errors) == ({"case": None}, ())

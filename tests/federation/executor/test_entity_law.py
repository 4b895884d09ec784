"""A law: entities fetched apart give the answer that one server over all the data gives, nulls and errors included."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from graphql import GraphQLError, build_schema, execute_sync, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from tests.federation.executor.support import FakeSubgraph, OverTheWire, entities, error_places, fetch, plan, run

SCHEMA = build_schema(
    """
    type Query { users: [User] me: User }
    type User { id: ID! name: String mail: String! friends: [User] grid: [[User!]] best: User }
    """
)
QUERY = "{ users { id name friends { id name mail best { name } } grid { name mail } } me { name best { mail } } }"
PATHS = ("users.@", "users.@.friends.@", "users.@.friends.@.best", "users.@.grid.@.@", "me", "me.best")
PLAN = plan(
    fetch(0, "tree", "{users{id friends{id best{id}} grid{id}}}"),
    fetch(1, "tree", "{me{id best{id}}}"),
    fetch(2, "names", "{_entities{...on User{name}}}", entities("User", "id", *PATHS), after=(0, 1)),
    fetch(3, "mails", "{_entities{...on User{mail}}}", entities("User", "id", *PATHS), after=(0, 1)),
)
IDS = ("1", "2", "3")
ERROR = object()


def users(depth: int) -> st.SearchStrategy[Any]:
    """A user with friends; the same few users again and again, in other company."""
    inner = users(depth - 1) if depth else st.none()
    fields = {
        "id": st.sampled_from(IDS),
        "friends": st.none() | st.lists(inner, max_size=2),
        "best": inner,
        "grid": st.none() | st.lists(st.none() | st.lists(inner, max_size=2), max_size=2),
    }
    return st.none() | st.fixed_dictionaries(fields)


TREES = st.fixed_dictionaries({"users": st.none() | st.lists(users(2), max_size=3), "me": users(1)})
VALUES = st.fixed_dictionaries({user: st.sampled_from(["a value", "another", None, ERROR]) for user in IDS})


def entity_subgraph(field: str, values: dict[str, Any], *, is_required: bool) -> FakeSubgraph:
    """Answers `field` of users; what it must not answer with null nulls its entity, as a GraphQL server does."""

    def answer(request: SubgraphRequest) -> SubgraphResponse:
        answered: list[Any] = []
        errors = []
        for position, representation in enumerate(request.variables["representations"]):
            value = values[representation["id"]]
            is_error = value is ERROR or (value is None and is_required)
            if is_error:
                errors.append({"message": "x", "path": ["_entities", position, field]})
            answered.append(None if is_error and is_required else {field: None if is_error else value})
        return SubgraphResponse({"_entities": answered}, tuple(errors))

    return FakeSubgraph(answer)


def tree_subgraph(tree: Any, *, is_exclusive: bool) -> FakeSubgraph:
    """Answers the one root field it is asked for."""

    def answer(request: SubgraphRequest) -> SubgraphResponse:
        field = "users" if request.operation.text.startswith("{users") else "me"
        data = {field: tree[field]}
        return SubgraphResponse(deepcopy(data) if is_exclusive else data, is_exclusive=is_exclusive)

    return FakeSubgraph(answer)


def over_the_wire(clients: dict[str, FakeSubgraph]) -> dict[str, Any]:
    return {name: OverTheWire(client) for name, client in clients.items()}


def one_server(tree: Any, values: dict[str, dict[str, Any]]) -> Any:
    def resolve(source: Any, info: Any) -> Any:
        if info.field_name not in values:
            return source.get(info.field_name)
        value = values[info.field_name][source["id"]]
        if value is ERROR:
            raise GraphQLError("x")
        return value

    return execute_sync(SCHEMA, parse(QUERY), tree, field_resolver=resolve)


@settings(max_examples=60, deadline=None)
@given(TREES, VALUES, VALUES, st.booleans(), st.booleans())
async def test_entities_fetched_apart_give_the_answer_of_one_server(tree, names, mails, is_exclusive, is_over_the_wire):
    """Each entity is asked for once; an error stands at all its places, unless its place itself became null."""
    before = deepcopy(tree)
    clients = {
        "tree": tree_subgraph(tree, is_exclusive=is_exclusive),
        "names": entity_subgraph("name", names, is_required=False),
        "mails": entity_subgraph("mail", mails, is_required=True),
    }
    expected = one_server(tree, {"name": names, "mail": mails})

    actual = await run(QUERY, PLAN, SCHEMA, over_the_wire(clients) if is_over_the_wire else clients)

    assert (actual.data, tree) == (expected.data, before)
    for request in clients["names"].requests:
        sent = [representation["id"] for representation in request.variables["representations"]]
        assert len(sent) == len(set(sent))
    expected_places = error_places([error.formatted for error in expected.errors or ()])
    assert set(expected_places) <= set(error_places(actual.errors))

"""Merging what fetches bring into one response tree."""

from __future__ import annotations

from copy import deepcopy

import pytest
from graphql import build_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor.merge import compile_copy, merge_objects
from federation.executor.subgraph_client import SubgraphResponse
from federation.query_plan.nodes import OperationKind, RenameKey
from tests.federation.executor.support import FakeSubgraph, entities, fetch, path, plan, run

SCHEMA = build_schema(
    """
    type Query { shop: Shop users: [User] other: User again: Query }
    type Shop { name: String rooms: [Room] }
    type Room { number: Int colour: String }
    type User { id: ID! name: String nick: String best: User pets: [Pet] }
    union Pet = Dog | Cat
    type Dog { weight: Int }
    type Cat { weight: Float }
    """
)


async def test_a_shared_object_is_merged_deeply_and_its_lists_position_by_position():
    query_plan = plan(
        fetch(0, "a", "{shop{name rooms{number}}}"),
        fetch(1, "b", "{shop{rooms{colour}}}"),
        fetch(2, "c", "{shop{name}}"),
    )
    subgraphs = {
        "a": {"shop": {"name": "S", "rooms": [{"number": 1}, {"number": 2}]}},
        "b": {"shop": {"rooms": [{"colour": "red"}, None]}},
        "c": {"shop": None},
    }
    result = await run("{ shop { name rooms { number colour } } }", query_plan, SCHEMA, subgraphs)
    rooms = [{"number": 1, "colour": "red"}, {"number": 2, "colour": None}]
    assert result.data == {"shop": {"name": "S", "rooms": rooms}}


JSON = st.recursive(
    st.none() | st.integers(0, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3))
def test_merging_an_object_with_itself_changes_nothing(value):
    target = deepcopy(value)
    merge_objects(target, deepcopy(value))
    assert target == value


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), JSON), st.dictionaries(st.sampled_from("abc"), JSON))
def test_merging_never_changes_what_is_merged(one, other):
    before = deepcopy(other)
    merge_objects(one, other)
    assert other == before


@settings(deadline=None)
@given(JSON, st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=3))
def test_a_copy_is_equal_and_shares_only_what_is_off_its_paths(value, paths):
    copy = compile_copy(paths)
    original = {"a": value, "b": [value]}
    copied = copy(original) if copy else None
    assert copied == (original if paths else None)
    if copied and any(first == "b" for first, _ in paths):
        assert copied["b"] is not original["b"]


@pytest.mark.parametrize("is_exclusive", [False, True])
async def test_two_paths_of_one_entity_call_get_what_each_asks_for(is_exclusive):
    """The same fetched objects stand at both paths, and later fetches put different values under the same key there."""
    call = entities("User", "id", "users.@", "other")
    query_plan = plan(
        fetch(0, "a", "{users{id} other{id}}"),
        fetch(1, "b", "{_entities{...on User{best{id}}}}", call, after=(0,)),
        fetch(2, "c", "{_entities{...on User{name}}}", entities("User", "id", "users.@.best"), after=(1,)),
        fetch(3, "c", "{_entities{...on User{name:nick}}}", entities("User", "id", "other.best"), after=(1,)),
    )
    shared = {"_entities": [{"best": {"id": "9"}}]}
    answers = {
        "a": {"users": [{"id": "1"}], "other": {"id": "1"}},
        "b": FakeSubgraph(lambda _: SubgraphResponse(deepcopy(shared), is_exclusive=is_exclusive)),
        "c": FakeSubgraph({"_entities": [{"name": "Name"}]}, {"_entities": [{"name": "Nick"}]}),
    }
    query = "{ users { best { name } } other { best { name: nick } } }"
    result = await run(query, query_plan, SCHEMA, answers)
    assert result.data == {"users": [{"best": {"name": "Name"}}], "other": {"best": {"name": "Nick"}}}


async def test_a_subgraph_s_answer_is_never_changed():
    """Executions may share it: only the executor's own copies are merged into."""
    query_plan = plan(
        fetch(0, "a", "{users{id best{id}} shop{name}}"),
        fetch(1, "b", "{_entities{...on User{name}}}", entities("User", "id", "users.@", "users.@.best"), after=(0,)),
        fetch(2, "d", "{shop{name rooms{number}}}"),
    )
    answer = {"users": [{"id": "1", "best": {"id": "2"}}, None], "shop": {"name": "S"}}
    before = deepcopy(answer)
    subgraphs = {
        "a": FakeSubgraph(answer),
        "b": {"_entities": [{"name": "A"}, {"name": "B"}]},
        "d": {"shop": {"name": "S", "rooms": []}},
    }
    query = "{ users { name best { name } } shop { name rooms { number } } }"
    result = await run(query, query_plan, SCHEMA, subgraphs)
    assert result.data == {
        "users": [{"name": "A", "best": {"name": "B"}}, None],
        "shop": {"name": "S", "rooms": []},
    }
    assert answer == before


async def test_internal_aliases_are_undone_where_the_type_says():
    rewrites = (RenameKey(path("users.@.pets.@.|[Cat]"), "_cat_weight", "weight"),)
    pets = [{"__typename": "Dog", "weight": 3}, {"__typename": "Cat", "_cat_weight": 1.5}]
    answer = {"users": [{"pets": pets}]}
    before = deepcopy(answer)
    query_plan = plan(fetch(0, "a", "{users{pets{__typename}}}", output_rewrites=rewrites))
    query = "{ users { pets { ... on Dog { weight } ... on Cat { weight } } } }"
    result = await run(query, query_plan, SCHEMA, {"a": answer})
    assert result.data == {"users": [{"pets": [{"weight": 3}, {"weight": 1.5}]}]}
    assert answer == before


async def test_internal_aliases_in_fetched_entities_are_undone():
    call = entities("User", "id", "users.@", output_rewrites=(RenameKey((), "_name", "name"),))
    query_plan = plan(
        fetch(0, "a", "{users{id}}"), fetch(1, "b", "{_entities{...on User{_name:name}}}", call, after=(0,))
    )
    subgraphs = {"a": {"users": [{"id": "1"}, {"id": "1"}]}, "b": {"_entities": [{"_name": "A"}]}}
    result = await run("{ users { name } }", query_plan, SCHEMA, subgraphs)
    assert result.data == {"users": [{"name": "A"}, {"name": "A"}]}


async def test_a_fetch_may_go_on_from_a_field_that_returned_the_root():
    query_plan = plan(
        fetch(0, "a", "mutation{again{__typename}}", operation_kind=OperationKind.MUTATION),
        fetch(1, "b", "{shop{name}}", path=path("again"), after=(0,)),
    )
    subgraphs = {"a": {"again": {"__typename": "Query"}}, "b": {"shop": {"name": "S"}}}
    result = await run("{ again { shop { name } } }", query_plan, SCHEMA, subgraphs)
    assert result.data == {"again": {"shop": {"name": "S"}}}


async def test_a_fetch_that_goes_on_from_a_null_is_not_sent():
    query_plan = plan(
        fetch(0, "a", "{again{__typename}}"), fetch(1, "b", "{shop{name}}", path=path("again"), after=(0,))
    )
    later = FakeSubgraph({"shop": {"name": "S"}})
    result = await run("{ again { shop { name } } }", query_plan, SCHEMA, {"a": {"again": None}, "b": later})
    assert (result.data, later.requests) == ({"again": None}, [])

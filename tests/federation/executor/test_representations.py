"""What entity calls send, and where their answers go."""

from __future__ import annotations

import pytest
from graphql import build_schema

from federation.executor.representations import compile_collect
from federation.query_plan.nodes import RequiredField, RequiredFragment, SetTypename
from tests.federation.executor.support import FakeSubgraph, entities, fetch, key, plan, run

SCHEMA = build_schema(
    """
    type Query { users: [User] }
    type User { id: ID! name: String best: User }
    """
)


def collect(found: list[dict], *requires: RequiredFragment, **changes: object) -> tuple[list, list]:
    """The representations and, per entity, which of them is its."""
    call = entities("User", "id", "users.@", requires=requires or (key("User", "id"),), **changes)
    representations: list[dict] = []
    indices = compile_collect(call)(found, representations, {})
    return representations, indices


def test_the_same_entity_is_sent_once():
    found = [{"__typename": "User", "id": "1"}, {"__typename": "User", "id": "2"}, {"__typename": "User", "id": "1"}]
    assert collect(found) == ([{"__typename": "User", "id": "1"}, {"__typename": "User", "id": "2"}], [0, 1, 0])


@pytest.mark.parametrize("entity", [{"__typename": "User", "id": None}, {"__typename": "User"}])
def test_an_entity_whose_key_is_null_or_missing_is_not_sent(entity):
    assert collect([entity, {"__typename": "User", "id": "1"}]) == ([{"__typename": "User", "id": "1"}], [-1, 0])


def test_a_null_requirement_is_sent_but_a_missing_one_keeps_the_entity_back():
    requires = key("User", "id", RequiredField("email", "email", is_nullable=True))
    found = [{"__typename": "User", "id": "1", "email": None}, {"__typename": "User", "id": "2"}]
    assert collect(found, requires) == ([{"__typename": "User", "id": "1", "email": None}], [0, -1])


def test_a_value_that_stands_under_an_internal_alias_is_sent_under_its_own_name():
    found = [{"__typename": "User", "_id": "1", "id": "the client's"}]
    assert collect(found, key("User", RequiredField("id", "_id"))) == ([{"__typename": "User", "id": "1"}], [0])


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, 1.0), (1, "1"), ("[]", [])])
def test_values_that_only_python_holds_equal_are_different_entities(one, other):
    representations, indices = collect([{"__typename": "User", "id": one}, {"__typename": "User", "id": other}])
    assert [each["id"] for each in representations] == [one, other]
    assert indices == [0, 1]


def test_objects_and_lists_in_a_key_are_sent_with_exactly_the_selected_fields():
    organisation = RequiredField("orgs", "orgs", (RequiredField("id", "id"), RequiredField("area", "region")))
    entity = {
        "__typename": "User",
        "orgs": [{"id": 1, "region": "N", "name": "left out"}, {"id": 2, "region": "S"}],
    }
    same = {"__typename": "User", "orgs": [{"region": "N", "id": 1}, {"region": "S", "id": 2}]}
    expected = {"__typename": "User", "orgs": [{"id": 1, "area": "N"}, {"id": 2, "area": "S"}]}
    assert collect([entity, same], key("User", organisation)) == ([expected], [0, 0])


def test_a_null_inside_an_object_of_the_key_keeps_the_entity_back():
    organisation = RequiredField("org", "org", (RequiredField("id", "id"),))
    found = [{"__typename": "User", "org": {"id": None}}, {"__typename": "User", "org": None}, {"__typename": "User"}]
    assert collect(found, key("User", organisation)) == ([], [-1, -1, -1])


def test_a_nullable_requirement_may_be_null_at_every_level():
    city = RequiredField("city", "city", is_nullable=True)
    places = RequiredField("places", "places", (city,), is_nullable=True)
    found = [{"__typename": "User", "places": value} for value in (None, [None, {"city": None}, {"city": "x"}])]
    assert collect(found, key("User", places)) == (
        [
            {"__typename": "User", "places": None},
            {"__typename": "User", "places": [None, {"city": None}, {"city": "x"}]},
        ],
        [0, 1],
    )


def test_type_conditions_inside_a_requirement_follow_the_value_s_type():
    by_type = (
        RequiredField("__typename", "__typename"),
        RequiredFragment("Dog", frozenset({"Dog"}), (RequiredField("bark", "bark"),)),
        RequiredFragment("Cat", frozenset({"Cat"}), (RequiredField("purr", "purr"),)),
    )
    pets = RequiredField("pets", "pets", by_type)
    entity = {"__typename": "User", "pets": [{"__typename": "Dog", "bark": 1}, {"__typename": "Cat", "purr": 2}]}
    assert collect([entity], key("User", pets)) == ([entity], [0])


def test_entities_of_several_types_carry_their_own_fields_in_one_batch():
    animals = RequiredFragment("Animal", frozenset({"Cat", "Dog"}), (RequiredField("tag", "tag"),))
    found = [
        {"__typename": "Dog", "tag": 1},
        {"__typename": "User", "id": 1},
        {"__typename": "Cat", "tag": 1},
        {"__typename": "Fish", "tag": 1},
        {"__typename": ["malformed"], "tag": 1},
    ]
    assert collect(found, animals, key("User", "id")) == (found[:3], [0, 1, 2, -1, -1])


def test_an_interface_object_s_subgraph_gets_the_interface_s_name():
    animals = RequiredFragment("Animal", frozenset({"Cat", "Dog"}), (RequiredField("id", "id"),))
    found = [{"__typename": "Dog", "id": 1}, {"__typename": "Cat", "id": 1}, {"id": 2}]
    expected = [{"__typename": "Animal", "id": 1}, {"__typename": "Animal", "id": 2}]
    assert collect(found, animals, input_rewrites=(SetTypename("Animal"),)) == (expected, [0, 0, 1])


async def test_answers_go_to_every_place_that_holds_the_entity_and_to_no_other():
    """Null items and entities without a key shift no position."""
    names = FakeSubgraph({"_entities": [{"name": "A"}, {"name": "B"}]})
    users = [None, {"id": "1"}, {"id": None}, {"id": "2"}, {"id": "1"}]
    by_id = fetch(1, "names", "{_entities{...on User{name}}}", entities("User", "id", "users.@"), after=(0,))

    result = await run("{ users { name } }", plan(fetch(0, "ids", "{users{id}}"), by_id), SCHEMA, {
        "ids": {"users": users}, "names": names,
    })  # fmt: skip

    assert names.representations() == [{"__typename": "User", "id": "1"}, {"__typename": "User", "id": "2"}]
    assert result.data == {"users": [None, {"name": "A"}, {"name": None}, {"name": "B"}, {"name": "A"}]}
    assert result.errors == ()


async def test_a_null_entity_leaves_its_places_as_they_are():
    query_plan = plan(
        fetch(0, "ids", "{users{id name}}"),
        fetch(1, "names", "{_entities{...on User{best{id}}}}", entities("User", "id", "users.@"), after=(0,)),
    )
    subgraphs = {"ids": {"users": [{"id": "1", "name": "A"}]}, "names": {"_entities": [None]}}
    result = await run("{ users { name best { id } } }", query_plan, SCHEMA, subgraphs)
    assert result.data == {"users": [{"name": "A", "best": None}]}


async def test_entities_are_found_in_lists_of_lists_of_any_depth():
    schema = build_schema("type Query { cube: [[[User]]] flat: [User] } type User { id: ID! name: String }")
    query_plan = plan(
        fetch(0, "ids", "{cube{id} flat{id}}"),
        fetch(1, "names", "{_entities{...on User{name}}}", entities("User", "id", "cube.@.@.@", "flat.@"), after=(0,)),
    )
    data = {"cube": [[[{"id": "1"}, None], None], None, [], [[{"id": "2"}]]], "flat": [{"id": "2"}]}
    subgraphs = {"ids": data, "names": {"_entities": [{"name": "A"}, {"name": "B"}]}}
    result = await run("{ cube { name } flat { name } }", query_plan, schema, subgraphs)
    assert result.data == {
        "cube": [[[{"name": "A"}, None], None], None, [], [[{"name": "B"}]]],
        "flat": [{"name": "B"}],
    }

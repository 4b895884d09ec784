"""Completing the answer by the API schema and the client's operation."""

from __future__ import annotations

from decimal import Decimal

import pytest
from graphql import build_schema, execute_sync, get_introspection_query, parse

from federation.executor import ExecutionRequest
from tests.federation.executor.support import entities, error_places, fetch, plan, run

SUPERGRAPH = build_schema(
    """
    scalar Exact
    enum Status { OPEN CLOSED SECRET }
    interface Case { id: ID! status: Status label: String }
    type Injury implements Case { id: ID! status: Status label: String grade: Int }
    type Dispute implements Case { id: ID! status: Status label: String against: String }
    type Hidden implements Case { id: ID! status: Status label: String }
    union Anything = Injury | Dispute | Hidden
    type Query {
      case: Case certain: Case! cases: [Case] any: [Anything!] statuses: [Status!] exact: Exact exacts: [Exact!]
      self: Query
    }
    """
)
API = build_schema(
    """
    scalar Exact
    enum Status { OPEN CLOSED }
    interface Case { id: ID! status: Status label: String }
    type Injury implements Case { id: ID! status: Status label: String grade: Int }
    type Dispute implements Case { id: ID! status: Status label: String against: String }
    union Anything = Injury | Dispute
    type Query {
      "The client's case." case: Case certain: Case! cases: [Case] any: [Anything!] statuses: [Status!]
      exact: Exact exacts: [Exact!] self: Query
    }
    """
)
ROOT = plan(fetch(0, "a", "{case{id}}"))


async def answer(query: str, data: dict, **variables):
    """The data of `query` and the places of its errors, over what one subgraph gave."""
    result = await run(query, ROOT, API, {"a": data}, ExecutionRequest(variables), supergraph=SUPERGRAPH)
    return result.data, error_places(result.errors)


async def test_only_what_was_asked_is_answered_in_the_order_of_the_query():
    case = {"__typename": "Injury", "id": "1", "grade": 3, "key": "internal"}
    result = await run("{ self { __typename } case { g: grade0 }}".replace("g: grade0", "status id"), ROOT, API, {
        "a": {"case": case, "leaked": 1, "self": {}},
    })  # fmt: skip
    assert result.body() == b'{"data":{"self":{"__typename":"Query"},"case":{"status":null,"id":"1"}}}'


async def test_the_typename_is_the_value_s_own_under_every_alias():
    query = "{ __typename case { a: __typename ... on Case { b: __typename } } any { __typename } }"
    data = {"case": {"__typename": "Dispute"}, "any": [{"__typename": "Injury"}]}
    assert await answer(query, data) == (
        {"__typename": "Query", "case": {"a": "Dispute", "b": "Dispute"}, "any": [{"__typename": "Injury"}]},
        [],
    )


async def test_an_enum_value_outside_the_api_schema_is_null_with_an_error():
    query = "{ case { status } statuses }"
    data = {"case": {"__typename": "Injury", "status": "SECRET"}, "statuses": ["OPEN", "SECRET"]}
    assert await answer(query, data) == (
        {"case": {"status": None}, "statuses": None},
        [("case", "status"), ("statuses", 1)],
    )


async def test_an_object_of_a_hidden_type_is_null_and_bubbles_where_null_is_not_allowed():
    hidden = {"__typename": "Hidden", "id": "1"}
    data, errors = await answer(
        "{ case { id } cases { id } any { __typename } }", {"case": hidden, "cases": [hidden], "any": [hidden]}
    )
    assert (data, errors) == ({"case": None, "cases": [None], "any": None}, [("any", 0)])
    assert await answer("{ certain { id } }", {"certain": hidden}) == (None, [("certain",)])


@pytest.mark.parametrize("typename", ["Unknown", None, 5, ["Injury"]])
async def test_an_object_of_no_known_type_is_null_with_an_error(typename):
    """Without a name for its type an object cannot be completed where the types differ in what is asked of them."""
    case = {"__typename": typename, "id": "1"}
    for query in ("{ case { id ... on Injury { grade } } }", "{ case { __typename } }"):
        assert await answer(query, {"case": case}) == ({"case": None}, [("case",)])


@pytest.mark.parametrize("typename", [{}, {"__typename": "Case"}])
async def test_an_interface_object_s_data_needs_no_type_where_all_types_are_answered_alike(typename):
    assert await answer("{ case { id } }", {"case": {**typename, "id": "1"}}) == ({"case": {"id": "1"}}, [])


async def test_the_only_possible_type_needs_no_typename_in_the_data():
    schema = build_schema(
        "interface Case { id: ID! } type Injury implements Case { id: ID! } type Query { case: Case }"
    )
    result = await run("{ case { __typename id } }", ROOT, schema, {"a": {"case": {"id": "1"}}})
    assert (result.data, result.errors) == ({"case": {"__typename": "Injury", "id": "1"}}, ())


async def test_values_that_are_no_objects_or_lists_are_null_with_an_error():
    data = {"case": "x", "cases": {"0": {}}, "any": [[]]}
    assert await answer("{ case { id } cases { id } any { __typename } }", data) == (
        {"case": None, "cases": None, "any": None},
        [("any", 0), ("case",), ("cases",)],
    )


@pytest.mark.parametrize("hide", [False, True])
async def test_skip_and_include_follow_the_variables_at_fields_and_fragments(hide):
    query = """query($hide: Boolean!, $show: Boolean!) {
      case @skip(if: $hide) { id }
      case { label status @include(if: $show) ...Extra @skip(if: $hide) ... @include(if: $hide) { hidden: id } }
    } fragment Extra on Injury { grade }"""
    case = {"__typename": "Injury", "id": "1", "label": "L", "status": "OPEN", "grade": 2, "hidden": "1"}
    expected = {"label": "L", "hidden": "1"} if hide else {"id": "1", "label": "L", "status": "OPEN", "grade": 2}
    assert await answer(query, {"case": case}, hide=hide, show=not hide) == ({"case": expected}, [])


async def test_a_fragment_emptied_by_a_variable_leaves_the_object():
    query = "query($show: Boolean!) { case { ... @include(if: $show) { id } } }"
    assert await answer(query, {"case": {"__typename": "Injury"}}, show=False) == ({"case": {}}, [])


async def test_constant_conditions_hold_too():
    query = "{ exact @skip(if: true) statuses @include(if: false) self @include(if: true) { exact } }"
    assert await answer(query, {"exact": 1, "self": {"exact": 2}}) == ({"self": {"exact": 2}}, [])


async def test_custom_scalars_pass_without_loss():
    exact = {"big": 2**53 + 1, "bigger": 2**80, "decimal": Decimal("0.10000000000000000000001"), "list": [[None]]}
    result = await run("{ exact exacts }", ROOT, API, {"a": {"exact": exact, "exacts": [2**70, "x"]}})
    assert result.body() == (
        b'{"data":{"exact":{"big":9007199254740993,"bigger":1208925819614629174706176,'
        b'"decimal":0.10000000000000000000001,"list":[[null]]},"exacts":[1180591620717411303424,"x"]}}'
    )


async def test_introspection_answers_from_the_api_schema_beside_data():
    query = """query($name: String!, $deep: Boolean!) {
      __type(name: $name) { fields @include(if: $deep) { name description } ...Name }
      case { id }
      ... { hidden: __type(name: "Hidden") { name } }
    } fragment Name on __Type { name }"""
    data, errors = await answer(query, {"case": {"__typename": "Injury", "id": "1"}}, name="Query", deep=True)
    assert list(data) == ["__type", "case", "hidden"]
    assert (data["case"], data["hidden"], data["__type"]["name"], errors) == ({"id": "1"}, None, "Query", [])
    assert data["__type"]["fields"][0] == {"name": "case", "description": "The client's case."}


async def test_pure_introspection_needs_no_fetch():
    result = await run(get_introspection_query(), plan(), API, {}, supergraph=SUPERGRAPH)
    expected = execute_sync(API, parse(get_introspection_query())).data
    assert (result.data, result.errors) == (expected, ())


async def test_an_operation_without_any_fetch_is_answered_with_nulls():
    result = await run("{ case { id } self { exact } }", plan(), API, {})
    assert (result.data, result.errors) == ({"case": None, "self": None}, ())


async def test_types_with_equal_fields_share_one_answer_shape_and_keep_their_names():
    query = "{ cases { id label ... on Injury { grade } } any { __typename } }"
    cases = [{"__typename": name, "id": "1", "label": "L", "grade": 1} for name in ("Injury", "Dispute")]
    data, errors = await answer(query, {"cases": cases, "any": cases})
    assert (data, errors) == (
        {
            "cases": [{"id": "1", "label": "L", "grade": 1}, {"id": "1", "label": "L"}],
            "any": [{"__typename": "Injury"}, {"__typename": "Dispute"}],
        },
        [],
    )


async def test_names_that_are_words_of_python_are_only_text():
    schema = build_schema("type Query { None: Query class: String run: [String!] item: [Query!] v0: Int }")
    data = {"None": {"class": "c"}, "run": ["r"], "item": [{"v0": 1}], "v0": 2}
    result = await run("{ None { class } run item { v0 } value: v0 v0 }", ROOT, schema, {"a": {**data, "value": 3}})
    assert result.data == {"None": {"class": "c"}, "run": ["r"], "item": [{"v0": 1}], "value": 3, "v0": 2}


async def test_a_field_of_an_entity_that_failed_is_null_beside_its_siblings():
    query_plan = plan(
        fetch(0, "a", "{cases{__typename id}}"),
        fetch(1, "b", "{_entities{...on Injury{label}}}", entities("Injury", "id", "cases.@"), after=(0,)),
    )
    cases = [{"__typename": "Injury", "id": "1"}, {"__typename": "Dispute", "id": "2"}]
    subgraphs = {"a": {"cases": cases}, "b": {"_entities": [None]}}
    result = await run("{ cases { id label } }", query_plan, API, subgraphs)
    assert result.data == {"cases": [{"id": "1", "label": None}, {"id": "2", "label": None}]}

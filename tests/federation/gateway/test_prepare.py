"""What is made ready once: texts of one shape share a plan, and nothing of one client's text is in another's."""

from __future__ import annotations

import gc

import orjson
import pytest
from graphql import Source

from federation.gateway.config import LimitsConfig
from federation.gateway.prepare import OperationPreparer
from federation.query_plan import pretty
from tests.federation.gateway.asgi_call import post


@pytest.fixture
def preparer(shop_supergraph):
    return OperationPreparer(shop_supergraph, LimitsConfig(), introspection_enabled=True)


def test_operations_that_differ_in_values_layout_and_comments_share_a_plan(preparer):
    one = preparer.prepare('{ product(id: "1") { name } }', None)
    other = preparer.prepare('{product(id:\n"2"#\n){name}}', None)
    assert one.compiled is other.compiled
    assert (one.literals, other.literals) == ({"_l0": "1"}, {"_l0": "2"})


def test_operations_of_another_name_field_or_directive_have_their_own(preparer):
    texts = (
        '{ product(id: "1") { name } }',
        'query A { product(id: "1") { name } }',
        '{ product(id: "1") { name @include(if: true) } }',
        '{ product(id: "1") { name @include(if: false) } }',
        '{ product(id: "1", size: SMALL) { name } }',
        '{ product(id: "1", size: null) { name } }',
    )
    assert len({id(preparer.prepare(text, None).compiled) for text in texts}) == len(texts)


def test_what_is_shared_holds_no_value_of_a_text(preparer):
    value = "990000197001010000"  # which no other test of this process uses
    prepared = preparer.prepare(f'{{ product(id: "{value}") {{ name }} }} # {value}', None)
    assert value not in pretty(prepared.plan)
    assert value not in repr(prepared)
    gc.collect()
    # By its type: other tests' objects may raise when they are asked for their class, e.g. proxies of what is gone.
    assert not [each for each in gc.get_objects() if type(each) is Source and value in each.body]


def test_a_value_that_has_to_stay_is_planned_alone(preparer):
    texts = ("{ echo(number: 5) }", "{ echo( number: 5 ) }")
    one, other = (preparer.prepare(text, None) for text in texts)
    assert one.compiled is not other.compiled


async def test_values_reach_the_subgraph_as_variables(served):
    for key in ("1", "2"):
        reply = await post(served.app, {"query": f'{{ product(id: "{key}") {{ name }} }}'})
        assert reply.json == {"data": {"product": {"name": f"product {key}"}}}
    assert [request["variables"] for request in served.products.requests] == [{"_l0": "1"}, {"_l0": "2"}]
    assert len({request["query"] for request in served.products.requests}) == 1


async def test_values_in_the_text_stand_beside_the_clients_variables(served):
    query = 'mutation($_l0: String!) { rename(id: "2", name: $_l0) { name } }'
    reply = await post(served.app, {"query": query, "variables": {"_l0": "new", "__l0": "3"}})
    assert reply.json == {"data": {"rename": {"name": "new"}}}


def quoting(message):
    body = {"errors": [{"message": message, "extensions": {"code": "BAD_USER_INPUT"}}]}
    return 200, "application/json", orjson.dumps(body)


async def test_a_subgraphs_error_names_what_the_client_has_written_and_none_of_our_variables(served):
    served.products.failure = quoting('Variable "$_l0" does not fit, nor does $_l00, $own or $.')
    for text in ('{ product(id: "1") { name } }', '{ product(id:"2") { name } }'):  # one shape, planned once
        reply = await post(served.app, {"query": text})
        (error,) = reply.json["errors"]
        assert error["message"] == 'Variable "id" does not fit, nor does $_l00, $own or $.'
    served.products.failure = quoting("$_l0 and $__l0 do not fit.")
    query = 'mutation($_l0: String!) { rename(id: "2", name: $_l0) { name } }'
    reply = await post(served.app, {"query": query, "variables": {"_l0": "new"}})
    assert reply.json["errors"][0]["message"] == "$_l0 and id do not fit."


async def test_errors_stand_at_the_clients_own_places(served):
    for text, column in (
        ('{ a: product(id: "1") { id } b: product(id: {}) { id } }', 45),
        ("{ product(id: {}) {id} }", 15),
    ):
        reply = await post(served.app, {"query": text})
        assert reply.json["errors"][0]["locations"] == [{"line": 1, "column": column}]
    for layout in ("", "   "):
        query = f'{layout}query($first: Int!) {{ products(first: $first) {{ id }} product(id: "1") {{ id }} }}'
        reply = await post(served.app, {"query": query, "variables": {}})
        assert reply.json["errors"][0]["locations"] == [{"line": 1, "column": 7 + len(layout)}]


async def test_introspection_beside_a_required_variable_is_answered(served):
    query = 'query($id: ID!) { product(id: $id) { id } __type(name: "Review") { name } }'
    reply = await post(served.app, {"query": query, "variables": {"id": "1"}})
    assert reply.json == {"data": {"product": {"id": "1"}, "__type": {"name": "Review"}}}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ products { " + "name " * 2_000 + "} }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ ...F0 } "
            + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(900))
            + " fragment F900 on Query { products { name } }",
            "GRAPHQL_VALIDATION_FAILED",
        ),
        ("{ products { name " + "... { " * 1_000 + "name" + " }" * 1_000 + " } }", "GRAPHQL_PARSE_FAILED"),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(4_000)) + " }", "TOKEN_LIMIT_EXCEEDED"),
    ],
    ids=["one field often", "fragments in each other", "inline fragments in each other", "aliases"],
)
async def test_a_hostile_document_is_refused_before_it_is_planned(served, query, code):
    reply = await post(served.app, {"query": query})
    assert [error["extensions"]["code"] for error in reply.json["errors"]] == [code]
    assert "Validation aborted" not in reply.json["errors"][0]["message"]

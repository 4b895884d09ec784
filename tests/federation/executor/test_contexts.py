"""Contextual values: entities are asked for once per combination of values, each with the values above it."""

from __future__ import annotations

import asyncio

from graphql import build_schema

from federation.executor import ExecutionRequest
from federation.query_plan.nodes import ContextSetting, ContextualValue, RequiredField
from tests.federation.executor.support import FakeSubgraph, entities, fetch, path, plan, run
from tests.support.idle_time import idle_time

SCHEMA = build_schema("""
    type Query { orders: [Order] }
    type Order { currency: String lines: [Line] }
    type Line { id: ID price: Int }
""")
QUERY = "{ orders { lines { price } } }"
ORDERS = {
    "orders": [
        {"currency": "EUR", "lines": [{"__typename": "Line", "id": "1"}, {"__typename": "Line", "id": "2"}]},
        {"currency": None, "lines": [{"__typename": "Line", "id": "1"}]},
        {"currency": "EUR", "lines": [{"__typename": "Line", "id": "2"}, {"__typename": "Line", "id": "3"}]},
        {"currency": "CNY", "lines": []},
    ]
}


def priced(type_: str):
    setting = ContextSetting(path("orders.@"), frozenset(), (RequiredField("currency", "currency"),))
    operation = (
        f"query($representations:[_Any!]!,$c:{type_})"
        "{_entities(representations:$representations){...on Line{price(in:$c)}}}"
    )
    values = (ContextualValue("c", type_, (setting,)),)
    call = entities("Line", "id", "orders.@.lines.@", contextual_values=values)
    return plan(fetch(0, "a", "{orders{currency lines{__typename id}}}"), fetch(1, "b", operation, call, after=(0,)))


def prices(request):
    factor = 10 if request.variables["c"] == "EUR" else 1
    return {"_entities": [{"price": factor * int(line["id"])} for line in request.variables["representations"]]}


def asked(subgraph: FakeSubgraph):
    return [(r.variables["c"], [line["id"] for line in r.variables["representations"]]) for r in subgraph.requests]


async def test_entities_are_asked_for_once_per_value():
    subgraph = FakeSubgraph(prices)
    result = await run(QUERY, priced("String"), SCHEMA, {"a": ORDERS, "b": subgraph})
    assert asked(subgraph) == [("EUR", ["1", "2", "3"]), (None, ["1"])]
    assert result.data == {
        "orders": [
            {"lines": [{"price": 10}, {"price": 20}]},
            {"lines": [{"price": 1}]},
            {"lines": [{"price": 20}, {"price": 30}]},
            {"lines": []},
        ]
    }
    assert result.subgraph_calls == 3


async def test_nothing_is_asked_without_a_value_that_must_be_there():
    subgraph = FakeSubgraph(prices)
    result = await run(QUERY, priced("String!"), SCHEMA, {"a": ORDERS, "b": subgraph})
    assert asked(subgraph) == [("EUR", ["1", "2", "3"])]
    assert result.data["orders"][1] == {"lines": [{"price": None}]}


async def test_the_requests_of_one_fetch_run_side_by_side_and_end_at_the_deadline():
    slow = FakeSubgraph(prices, delay=60)
    with idle_time():
        request = ExecutionRequest(deadline=asyncio.get_running_loop().time() + 0.02)
        result = await run(QUERY, priced("String"), SCHEMA, {"a": ORDERS, "b": slow}, request)
    assert (len(slow.requests), slow.cancelled) == (2, 2)
    assert [error["extensions"]["code"] for error in result.errors] == ["GATEWAY_TIMEOUT"]

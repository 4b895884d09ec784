"""A subgraph whose values others require is down, or lacks some: what needs only the key is answered all the same."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse, validate

from federation.executor import ExecutionRequest, ExecutionResult, compile_plan, execute_plan
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.planner import plan_operation
from tests.federation.planner.graphs import composed

GRAPH = composed(
    {
        "shop": 'type Query { products: [Product] } type Product @key(fields: "id") { id: ID! }',
        "weights": 'type Product @key(fields: "id") { id: ID! weight: Int }',
        "stock": """
            type Product @key(fields: "id") {
              id: ID!
              weight: Int @external
              fee(zone: Int): Int @requires(fields: "weight")
              stock(at: String): Int
              place: Place
            }
            type Place @key(fields: "code") { code: ID! }
        """,
        "places": 'type Place @key(fields: "code") { code: ID! name: String }',
    }
)
PRODUCTS = {"products": [{"__typename": "Product", "id": each} for each in "123"]}
DOWN = SubgraphResponse(None, ({"message": "down", "extensions": {"code": "SUBREQUEST_HTTP_ERROR"}},))


class Entities:
    """Answers each representation by `answer`; keeps the requests."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self.requests: list[SubgraphRequest] = []

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        self.requests.append(request)
        if isinstance(self._answer, SubgraphResponse):
            return self._answer
        variables = [name for name in request.variables if name.startswith("representations")]
        return SubgraphResponse({"_entities": [self._answer(each) for each in request.variables[variables[0]]]})


class Shop:
    async def execute(self, _request: SubgraphRequest) -> SubgraphResponse:
        return SubgraphResponse(PRODUCTS)


def stock_of(product: dict[str, Any]) -> dict[str, Any]:
    fee = {"fee": product["weight"] * 2} if "weight" in product else {}
    place = {"place": {"__typename": "Place", "code": f"p{product['id']}"}}
    return {"__typename": "Product", "stock": int(product["id"]), **place, **fee}


async def answer(query: str, weights: Any, variables: Any = None) -> tuple[ExecutionResult, Entities]:
    document = parse(query)
    assert not validate(GRAPH.client_schema, document)
    compiled = compile_plan(plan_operation(GRAPH, document), GRAPH.client_schema, GRAPH.schema, document)
    stock = Entities(stock_of)
    places = Entities(lambda place: {"__typename": "Place", "name": f"name of {place['code']}"})
    clients = {"shop": Shop(), "weights": Entities(weights), "stock": stock, "places": places}
    return await execute_plan(compiled, ExecutionRequest(variables or {}), clients), stock


async def test_what_requires_nothing_is_answered_although_a_requirements_subgraph_is_down() -> None:
    result, stock = await answer("{ products { id fee stock } }", DOWN)
    assert result.data == {"products": [{"id": each, "fee": None, "stock": int(each)} for each in "123"]}
    assert [error["path"] for error in result.errors] == [["products"]]
    (request,) = stock.requests
    assert request.variables == {"representations": [{"__typename": "Product", "id": each} for each in "123"]}
    assert request.operation.text.endswith("{_entities(representations:$representations){...on Product{stock}}}")


async def test_only_entities_that_lack_a_requirement_are_asked_for_apart() -> None:
    def weight(product: dict[str, Any]) -> Any:
        return None if product["id"] == "2" else {"__typename": "Product", "weight": 5}

    result, stock = await answer("{ products { fee stock } }", weight)
    assert result.data == {"products": [{"fee": 10, "stock": 1}, {"fee": None, "stock": 2}, {"fee": 10, "stock": 3}]}
    ids = [[each["id"] for each in request.variables["representations"]] for request in stock.requests]
    assert sorted(ids) == [["1", "3"], ["2"]]


async def test_what_is_fetched_on_from_there_is_there_as_well() -> None:
    result, _ = await answer("{ products { fee place { name } } }", DOWN)
    names = [{"fee": None, "place": {"name": f"name of p{each}"}} for each in "123"]
    assert result.data == {"products": names}


async def test_variables_of_fields_left_out_are_left_out() -> None:
    query = "query($zone: Int, $at: String) { products { fee(zone: $zone) stock(at: $at) } }"
    _, stock = await answer(query, DOWN, {"zone": 1, "at": "x"})
    (request,) = stock.requests
    assert request.variables.keys() == {"at", "representations"}
    assert "zone" not in request.operation.text


@pytest.mark.parametrize("weights", [DOWN, lambda _: {"__typename": "Product", "weight": 1}])
async def test_where_everything_is_required_or_there_nothing_is_asked_twice(weights: Any) -> None:
    query = "{ products { fee } }" if weights is DOWN else "{ products { fee stock } }"
    _, stock = await answer(query, weights)
    assert len(stock.requests) == (0 if weights is DOWN else 1)

"""Deferred fragments: when each part is given, and what stands in it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

from graphql import parse

from federation.executor import ExecutionRequest, compile_plan, execute_incrementally, execute_plan
from federation.executor.incremental import IncrementalResult
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.planner import plan_operation
from tests.federation.planner.graphs import composed
from tests.support.incremental import merge_results

GRAPH = composed(
    {
        "a": 'type Query { me: User all: [User!] } type User @key(fields: "id") { id: ID! name: String }',
        "b": 'type User @key(fields: "id") { id: ID! age: Int must: Int! friend: User }',
        "c": 'type User @key(fields: "id") { id: ID! city: String }',
    }
)
ME = {"me": {"__typename": "User", "id": "1", "name": "n"}}


class Answers:
    """Answers every request alike, once `go` is set."""

    def __init__(self, data: Any, errors: tuple[Any, ...] = (), *, waits: bool = False) -> None:
        self._response = SubgraphResponse(data, errors)
        self.go = asyncio.Event()
        self.requests = 0
        if not waits:
            self.go.set()

    async def execute(self, _request: SubgraphRequest) -> SubgraphResponse:
        self.requests += 1
        await self.go.wait()
        return self._response


def entity(**fields: Any) -> dict[str, Any]:
    return {"_entities": [{"__typename": "User", **fields}]}


def prepared(query: str):
    document = parse(query)
    plan = plan_operation(GRAPH, document)
    return compile_plan(plan, GRAPH.client_schema, GRAPH.schema, document)


async def results_of(query: str, **clients: Answers) -> list[IncrementalResult]:
    return [r async for r in execute_incrementally(prepared(query), ExecutionRequest(), clients)]


def told(result: IncrementalResult) -> Any:
    """A result as data, or the parts' data by path."""
    return result.data if result.is_initial else {part.pending.path: part.data for part in result.parts}


async def test_each_part_is_given_when_its_own_fetches_are_done() -> None:
    b, c = Answers(entity(age=3), waits=True), Answers(entity(city="x"), waits=True)
    query = "{ me { name ... @defer { age } ... @defer { city } } }"
    running = execute_incrementally(prepared(query), ExecutionRequest(), {"a": Answers(ME), "b": b, "c": c})
    async with aclosing(running) as results:
        assert told(await anext(results)) == {"me": {"name": "n"}}
        c.go.set()
        assert told(await anext(results)) == {("me",): {"city": "x"}}
        b.go.set()
        assert told(await anext(results)) == {("me",): {"age": 3}}
        assert await anext(results, None) is None


async def test_all_at_once_it_is_the_answer_without_parts() -> None:
    clients = {"a": Answers(ME), "b": Answers(entity(age=3)), "c": Answers({})}
    result = await execute_plan(prepared("{ me { name ... @defer { age } } }"), ExecutionRequest(), clients)
    assert result.data == {"me": {"name": "n", "age": 3}}


async def test_a_null_that_must_not_be_one_takes_only_its_part_away() -> None:
    initial, last = await results_of("{ me { name ... @defer { age must } } }", a=Answers(ME), b=Answers(entity(age=3)))
    assert (initial.data, initial.errors) == ({"me": {"name": "n"}}, ())
    (part,) = last.parts
    assert part.data is None
    assert [error["path"] for error in part.errors] == [["me", "must"]]


async def test_an_error_belongs_to_the_part_that_has_its_place() -> None:
    error = {"message": "no age", "path": ["_entities", 0, "age"]}
    query = "{ me { name ... @defer { age } ... @defer { city } } }"
    results = await results_of(query, a=Answers(ME), b=Answers(entity(age=None), (error,)), c=Answers(entity(city="x")))
    by_data = {str(part.data): part.errors for result in results for part in result.parts}
    assert [error["path"] for error in by_data["{'age': None}"]] == [["me", "age"]]
    assert by_data["{'city': 'x'}"] == ()


async def test_where_there_is_no_object_nothing_is_deferred() -> None:
    (only,) = await results_of("{ me { name ... @defer { age } } }", a=Answers({"me": None}), b=Answers({}))
    assert (only.data, only.has_next) == ({"me": None}, False)


async def test_equal_entities_at_many_places_have_a_part_each() -> None:
    users = [{"__typename": "User", "id": "1", "name": "n"} for _ in range(5)]
    b = Answers(entity(age=3))
    results = await results_of("{ all { name ... @defer { age } } }", a=Answers({"all": users}), b=b)
    data, errors = merge_results(results)
    assert (data, errors, b.requests) == ({"all": [{"name": "n", "age": 3}] * 5}, [], 1)
    assert [part.pending.path for part in results[-1].parts] == [("all", number) for number in range(5)]


async def test_who_wants_no_more_ends_the_fetches() -> None:
    b = Answers(entity(age=3), waits=True)
    query = "{ me { name ... @defer { age } } }"
    before = asyncio.all_tasks()
    running = execute_incrementally(prepared(query), ExecutionRequest(), {"a": Answers(ME), "b": b})
    async with aclosing(running) as results:
        await anext(results)
    assert asyncio.all_tasks() == before

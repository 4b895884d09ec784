"""Streamed lists: which items the initial result has, and how the others come."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from graphql import parse

from federation.executor import ExecutionRequest, compile_plan, execute_incrementally, execute_plan
from federation.executor.incremental import IncrementalResult, ItemsPart
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.planner import plan_operation
from tests.federation.planner.graphs import composed
from tests.support.incremental import merge_results

GRAPH = composed(
    {
        "a": """
            type Query { all: [User!] some: [User] pairs: [[User]] words: [String!] me: User }
            type User @key(fields: "id") { id: ID! name: String friends: [User!] }
        """,
        "b": 'type User @key(fields: "id") { id: ID! age: Int must: Int! }',
    }
)


class Users:
    """Subgraph `a`: answers `data`."""

    def __init__(self, data: Any, errors: tuple[Any, ...] = ()) -> None:
        self._response = SubgraphResponse(data, errors)

    async def execute(self, _request: SubgraphRequest) -> SubgraphResponse:
        return self._response


class Ages:
    """Subgraph `b`: of each user asked for, the number in its id as age.

    Attributes:
        asked: the ids of each request.
        opened: while it is not set, requests after the first wait.
    """

    def __init__(self, **fields: Any) -> None:
        self.asked: list[list[str]] = []
        self.opened = asyncio.Event()
        self.opened.set()
        self._fields = fields

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        ids = [entity["id"] for entity in request.variables["representations"]]
        self.asked.append(ids)
        if len(self.asked) > 1:
            await self.opened.wait()
        return SubgraphResponse({"_entities": [{"__typename": "User", "age": int(id_), **self._fields} for id_ in ids]})


def users(*ids: int) -> list[Any]:
    return [{"__typename": "User", "id": str(id_), "name": f"n{id_}"} for id_ in ids]


def compiled(query: str):
    document = parse(query)
    return compile_plan(plan_operation(GRAPH, document), GRAPH.client_schema, GRAPH.schema, document)


def running(query: str, a: Any, b: Ages, variables: Any = None):
    return execute_incrementally(compiled(query), ExecutionRequest(variables or {}), {"a": a, "b": b})


async def results_of(query: str, a: Any, b: Ages | None = None, variables: Any = None) -> list[IncrementalResult]:
    return [result async for result in running(query, a, b or Ages(), variables)]


async def test_the_initial_result_has_the_first_items_and_waits_for_nobody_elses_data() -> None:
    b = Ages()
    b.opened.clear()
    query = "{ all @stream(initialCount: 2) { name age } }"
    async with aclosing(running(query, Users({"all": users(1, 2, 3, 4)}), b)) as results:
        initial = await anext(results)
        assert initial.data == {"all": [{"name": "n1", "age": 1}, {"name": "n2", "age": 2}]}
        assert [(pending.path, pending.label) for pending in initial.pending] == [(("all",), None)]
        b.opened.set()
        (part,) = (await anext(results)).parts
        assert isinstance(part, ItemsPart)
        assert (part.start, part.items) == (2, ({"name": "n3", "age": 3}, {"name": "n4", "age": 4}))
        assert await anext(results, None) is None
    assert b.asked == [["1", "2"], ["3", "4"]]


async def test_a_list_that_ends_within_the_first_items_has_no_further_part() -> None:
    b = Ages()
    (only,) = await results_of("{ all @stream(initialCount: 3) { age } }", Users({"all": users(1, 2, 3)}), b)
    assert (only.data, only.has_next, len(b.asked)) == ({"all": [{"age": 1}, {"age": 2}, {"age": 3}]}, False, 1)


@pytest.mark.parametrize("data", [None, []])
async def test_a_list_without_items_is_answered_at_once(data: Any) -> None:
    (only,) = await results_of("{ all @stream { age } }", Users({"all": data}))
    assert (only.data, only.has_next) == ({"all": data}, False)


@pytest.mark.parametrize(("variables", "count"), [({"n": 1}, 1), ({}, 0), ({"n": None}, 0)])
async def test_the_number_of_first_items_may_be_a_variable(variables: Any, count: int) -> None:
    query = "query($n: Int) { all @stream(initialCount: $n) { age } }"
    initial, last = await results_of(query, Users({"all": users(1, 2)}), variables=variables)
    assert initial.data is not None
    assert len(initial.data["all"]) == count
    assert len(last.parts[0].items) == 2 - count


async def test_lists_of_plain_values_and_of_lists_are_streamed_by_their_own_items() -> None:
    data = {"words": ["x", "y"], "pairs": [users(1, 2), users(3), None]}
    query = "{ words @stream(initialCount: 1) pairs @stream(initialCount: 1) { age } }"
    initial, *others = await results_of(query, Users(data))
    assert initial.data == {"words": ["x"], "pairs": [[{"age": 1}, {"age": 2}]]}
    parts = {part.pending.path: part.items for result in others for part in result.parts}
    assert parts == {("words",): ("y",), ("pairs",): ([{"age": 3}], None)}


async def test_a_null_that_must_not_be_one_ends_the_list_and_costs_nothing_before_it() -> None:
    error = {"message": "gone", "path": ["all", 2]}
    initial, last = await results_of(
        "{ all @stream(initialCount: 1) { name } }", Users({"all": [*users(1, 2), None, *users(4)]}, (error,))
    )
    (part,) = last.parts
    assert (initial.data, initial.errors) == ({"all": [{"name": "n1"}]}, ())
    assert (part.items, part.is_whole) == (({"name": "n2"},), False)
    assert [error["path"] for error in part.errors] == [["all", 2]]


async def test_an_error_of_a_later_item_comes_with_that_item() -> None:
    error = {"message": "no name", "path": ["some", 1, "name"]}
    data = {"some": [*users(1), {"__typename": "User", "id": "2", "name": None}]}
    initial, last = await results_of("{ some @stream(initialCount: 1) { name } }", Users(data, (error,)))
    assert initial.errors == ()
    assert last.parts[0].items == ({"name": None},)
    assert [error["path"] for error in last.parts[0].errors] == [["some", 1, "name"]]


async def test_what_is_deferred_in_an_item_is_announced_with_it() -> None:
    query = "{ all @stream(initialCount: 1) { name ... @defer { age } } }"
    results = await results_of(query, Users({"all": users(1, 2)}))
    announced = [pending.path for result in results for pending in result.pending]
    assert set(announced) == {("all",), ("all", 0), ("all", 1)}
    assert merge_results(results) == ({"all": [{"name": "n1", "age": 1}, {"name": "n2", "age": 2}]}, [])


async def test_a_list_in_an_item_of_a_streamed_list_comes_whole() -> None:
    data = {"all": [{**each, "friends": users(5, 6)} for each in users(1, 2)]}
    query = "{ all @stream(initialCount: 1) { friends @stream { age } } }"
    initial, last = await results_of(query, Users(data))
    assert initial.data == {"all": [{"friends": [{"age": 5}, {"age": 6}]}]}
    assert last.parts[0].items == ({"friends": [{"age": 5}, {"age": 6}]},)


async def test_several_lists_share_one_further_fetch() -> None:
    b = Ages()
    query = "{ all @stream(initialCount: 1) { age } some @stream(initialCount: 1) { age } }"
    results = await results_of(query, Users({"all": users(1, 2), "some": users(3, 4)}), b)
    assert merge_results(results)[0] == {"all": [{"age": 1}, {"age": 2}], "some": [{"age": 3}, {"age": 4}]}
    assert b.asked == [["1", "3"], ["2", "4"]]


async def test_a_failed_fetch_for_later_items_costs_only_these() -> None:
    b = Ages()
    first = b.execute

    async def execute(request: SubgraphRequest) -> SubgraphResponse:
        failure = SubgraphResponse(None, ({"message": "down", "extensions": {"code": "SUBREQUEST_HTTP_ERROR"}},))
        return failure if b.asked else await first(request)

    b.execute = execute  # type: ignore[method-assign]
    initial, last = await results_of("{ some @stream(initialCount: 1) { age } }", Users({"some": users(1, 2)}), b)
    assert (initial.data, initial.errors) == ({"some": [{"age": 1}]}, ())
    assert last.parts[0].items == ({"age": None},)
    assert [error["path"] for error in last.parts[0].errors] == [["some"]]


async def test_whoever_wants_no_more_ends_the_further_fetch() -> None:
    b = Ages()
    b.opened.clear()
    before = asyncio.all_tasks()
    async with aclosing(running("{ all @stream { age } }", Users({"all": users(1, 2)}), b)) as results:
        await anext(results)
    assert asyncio.all_tasks() == before


async def test_all_at_once_it_is_the_answer_without_parts() -> None:
    plan = compiled("{ all @stream(initialCount: 1) { age } }")
    result = await execute_plan(plan, ExecutionRequest(), {"a": Users({"all": users(1, 2)}), "b": Ages()})
    assert result.data == {"all": [{"age": 1}, {"age": 2}]}

"""A subscription: each event of its source is completed by the other fetches, until source or client end it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from graphql import build_schema, parse

from federation.executor import (
    ErrorCode,
    ErrorPolicy,
    ExecutionRequest,
    StreamFailure,
    Subgraphs,
    SubscriptionFailure,
    SubscriptionLimits,
    compile_plan,
    execute_subscription,
    subgraph_failure,
)
from federation.executor.subgraph_client import SubgraphResponse
from federation.query_plan.nodes import OperationKind
from tests.federation.executor.support import FakeSubgraph, entities, fetch, plan
from tests.support.scripted_source import ScriptedSource

SCHEMA = build_schema(
    "type Query { a: Int } type Subscription { joined(at: Int): User } type User { id: ID! name: String! }"
)
PLAN = plan(
    fetch(
        0,
        "a",
        "subscription($at:Int){joined(at:$at){id}}",
        operation_kind=OperationKind.SUBSCRIPTION,
        variables=("at",),
    ),
    fetch(1, "b", "{_entities{...on User{name}}}", entities("User", "id", "joined"), after=(0,)),
    kind=OperationKind.SUBSCRIPTION,
)
COMPILED = compile_plan(PLAN, SCHEMA, SCHEMA, parse("subscription($at: Int) { joined(at: $at) { name } }"), None)
FOREVER = asyncio.Event


def joined(name):
    return {"joined": {"id": name}}


def names(*names):
    return FakeSubgraph(*({"_entities": [{"name": name}]} for name in names))


def subscribe(source, client=None, request=None, limits=None):
    subgraphs = Subgraphs({"a": source}, {"b": client or names("A", "B", "C")})
    return execute_subscription(COMPILED, request or ExecutionRequest(), subgraphs, limits or SubscriptionLimits())


async def test_every_event_is_completed_by_the_fetches_after_it():
    results = [result async for result in subscribe(ScriptedSource([joined("1"), joined("2")]))]
    assert [result.data for result in results] == [{"joined": {"name": "A"}}, {"joined": {"name": "B"}}]
    assert [result.errors for result in results] == [(), ()]


async def test_the_source_gets_the_clients_variables_and_headers_and_no_deadline():
    source = ScriptedSource([])
    request = ExecutionRequest({"at": 7, "else": 1}, (("authorization", "t"),), deadline=5.0)
    assert [result async for result in subscribe(source, request=request)] == []
    [asked] = source.requests
    assert (asked.variables, asked.headers, asked.deadline) == ({"at": 7}, (("authorization", "t"),), None)


async def test_an_event_with_errors_does_not_end_the_stream():
    broken = SubgraphResponse({"joined": None}, ({"message": "Oh.", "path": ["joined"]},))
    results = [result async for result in subscribe(ScriptedSource([broken, joined("2")]))]
    assert results[0].data == {"joined": None}
    assert results[0].errors[0]["path"] == ["joined"]
    assert results[0].errors[0]["extensions"] == {"code": "DOWNSTREAM_SERVICE_ERROR", "service": "a"}
    assert results[1].data == {"joined": {"name": "A"}}


async def test_a_fetch_that_fails_costs_its_event_only():
    failure = subgraph_failure("b", ErrorCode.SUBREQUEST_HTTP_ERROR, "Away.", retryable=True)
    client = FakeSubgraph(failure, {"_entities": [{"name": "B"}]})
    results = [result async for result in subscribe(ScriptedSource([joined("1"), joined("2")]), client)]
    assert results[0].data == {"joined": None}
    assert [error["path"] for error in results[0].errors] == [["joined"]]
    assert results[1].data == {"joined": {"name": "B"}}


async def test_errors_of_events_are_masked_as_those_of_queries():
    secret = SubgraphResponse({"joined": None}, ({"message": "secret", "path": ["joined"]},))
    request = ExecutionRequest(errors=ErrorPolicy(messages_shown=False))
    [result] = [result async for result in subscribe(ScriptedSource([secret]), request=request)]
    assert "secret" not in repr(result.errors)


async def test_a_source_that_breaks_off_ends_the_subscription_with_its_error():
    failure = subgraph_failure("a", ErrorCode.SUBSCRIPTION_SOURCE_LOST, "Lost.", retryable=True)
    results = subscribe(ScriptedSource([joined("1"), StreamFailure(failure)]))
    assert (await anext(results)).data == {"joined": {"name": "A"}}
    with pytest.raises(SubscriptionFailure) as raised:
        await anext(results)
    extensions = {"code": "SUBSCRIPTION_SOURCE_LOST", "service": "a", "retryable": True}
    assert raised.value.errors == ({"message": "Lost.", "path": ["joined"], "extensions": extensions},)


async def test_who_takes_events_too_slowly_gets_those_that_waited_and_then_an_error():
    source = ScriptedSource([joined(str(number)) for number in range(10)])
    results = subscribe(source, limits=SubscriptionLimits(3, slow_client_seconds=0.0))
    assert (await anext(results)).data == {"joined": {"name": "A"}}
    await source.is_closed.wait()
    assert [(await anext(results)).data["joined"]["name"] for _ in range(2)] == ["B", "C"]
    with pytest.raises(SubscriptionFailure) as raised:
        await anext(results)
    assert raised.value.errors[0]["extensions"] == {"code": "SUBSCRIPTION_CLIENT_TOO_SLOW", "retryable": True}
    assert source.closed == 1


async def test_a_burst_is_no_reason_to_lose_events():
    """More events come at once than are kept; the source waits while they are taken."""
    source = ScriptedSource([joined(str(number)) for number in range(1000)])
    client = FakeSubgraph({"_entities": [{"name": "A"}]})
    results = [result async for result in subscribe(source, client, limits=SubscriptionLimits(3))]
    assert len(results) == 1000


async def test_a_source_is_not_read_while_too_many_events_wait():
    read = []

    class Endless:
        async def subscribe(self, request):
            while True:
                read.append(request)
                yield SubgraphResponse(joined("1"))

    client = FakeSubgraph({"_entities": [{"name": "A"}]})
    async with aclosing(subscribe(Endless(), client, limits=SubscriptionLimits(3))) as results:
        await anext(results)
        await anext(results)
        assert len(read) <= 6


async def test_closing_the_answers_ends_the_subscription_at_the_subgraph():
    source = ScriptedSource([joined("1"), FOREVER()])
    async with aclosing(subscribe(source)) as results:
        await anext(results)
        assert source.closed == 0
    assert source.closed == 1


async def test_cancelling_who_waits_for_an_event_ends_the_subscription_at_the_subgraph():
    source = ScriptedSource([joined("1"), FOREVER()])

    async def read_all():
        async with aclosing(subscribe(source)) as results:
            async for _ in results:
                first.set()

    first = asyncio.Event()
    reading = asyncio.ensure_future(read_all())
    await first.wait()
    reading.cancel()
    await asyncio.wait((reading,))
    assert reading.cancelled()
    assert source.closed == 1


async def test_a_defect_of_a_source_reaches_who_takes_the_events():
    with pytest.raises(ZeroDivisionError):
        await anext(subscribe(ScriptedSource([ZeroDivisionError()])))

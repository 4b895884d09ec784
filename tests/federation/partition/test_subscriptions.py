"""Subscriptions over cities: one stream of all events, and what happens when a city's stream breaks."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from federation.executor.errors import ErrorCode, StreamFailure, subgraph_failure
from federation.executor.subgraph_client import FetchOperation, SubgraphRequest, SubgraphResponse
from federation.partition import PartitionedSource, ReconnectSettings
from federation.query_plan.nodes import OperationKind
from tests.federation.partition.contracts import read_contract
from tests.support.scripted_source import ScriptedSource

CONTRACT = read_contract(
    """
    type Query { unused: Int }
    type Subscription { changed(city: String, cities: [String!]): Card @route(argument: "city") }
    type Card @key(fields: "number") { number: ID! owner: String }
    """
)
HANGZHOU = {"service": "demo", "partition": "hangzhou", "city": "330100"}
HUANGSHAN = {"service": "demo", "partition": "huangshan", "city": "341000"}


def card(number):
    return {"changed": {"number": number}}


def lost(*, retryable=True):
    failure = subgraph_failure("demo", ErrorCode.SUBSCRIPTION_SOURCE_LOST, "Lost.", retryable=retryable)
    return StreamFailure(failure)


class Pauses:
    """Takes the place of sleeping: notes what it was asked for, and lets go on at once."""

    def __init__(self):
        self.seconds = []

    async def __call__(self, seconds):
        self.seconds.append(seconds)


def subscribe(*cities, text="subscription($c: String) { changed(city: $c) { number } }", pauses=None, **variables):
    codes = [partition.city for partition in CONTRACT.subgraph.partitions]
    source = PartitionedSource(
        CONTRACT, dict(zip(codes, cities, strict=True)), ReconnectSettings(1.0, 8.0), pauses or Pauses()
    )
    operation = FetchOperation("demo", text, OperationKind.SUBSCRIPTION, None, b"")
    return source.subscribe(SubgraphRequest(operation, variables, (("authorization", "t"),)))


async def take(events, count):
    return [await anext(events) for _ in range(count)]


async def test_the_events_of_all_cities_come_in_the_order_in_which_they_happen():
    second = asyncio.Event()
    hangzhou = ScriptedSource([card("1"), second, card("3")])
    huangshan = ScriptedSource([card("2")])
    async with aclosing(subscribe(hangzhou, huangshan)) as events:
        assert [event.data for event in await take(events, 2)] == [card("1"), card("2")]
        second.set()
        assert [event.data async for event in events] == [card("3")]


async def test_an_event_says_which_city_it_came_from():
    events = [event async for event in subscribe(ScriptedSource([card("1")]), ScriptedSource([]))]
    assert [(source.partition, source.status) for event in events for source in event.sources] == [("hangzhou", "ok")]


async def test_a_route_selects_the_cities_that_are_subscribed_at():
    hangzhou, huangshan = ScriptedSource([card("1")]), ScriptedSource([card("2")])
    events = [event.data async for event in subscribe(hangzhou, huangshan, c="341000")]
    assert (events, hangzhou.requests) == ([card("2")], [])
    assert (huangshan.requests[0].variables, huangshan.requests[0].headers) == (
        {"c": "341000"},
        (("authorization", "t"),),
    )


async def test_a_route_to_a_city_nobody_serves_is_refused():
    with pytest.raises(StreamFailure) as raised:
        await anext(subscribe(ScriptedSource([]), ScriptedSource([]), c="999999"))
    assert [error["extensions"]["code"] for error in raised.value.response.errors] == ["PARTITION_UNKNOWN"]


async def test_a_city_that_breaks_off_is_named_once_and_the_others_go_on():
    down, on = asyncio.Event(), asyncio.Event()
    hangzhou = ScriptedSource([lost()], [lost()], [lost()], [down])
    huangshan = ScriptedSource([on, card("2")])
    async with aclosing(subscribe(hangzhou, huangshan)) as events:
        failed = await anext(events)
        on.set()
        assert (await anext(events)).data == card("2")
    assert failed.data == {"changed": None}
    code = {"code": "SUBSCRIPTION_SOURCE_LOST", "retryable": True}
    assert failed.errors == ({"message": "Lost.", "path": ["changed"], "extensions": {**code, **HANGZHOU}},)


async def test_a_city_is_subscribed_at_again_with_waits_that_grow_up_to_a_limit():
    pauses = Pauses()
    hangzhou = ScriptedSource(*[[lost()]] * 6, [card("1")])
    events = [event async for event in subscribe(hangzhou, ScriptedSource([]), pauses=pauses)]
    assert [event.data for event in events] == [{"changed": None}, card("1")]
    longest = (1, 2, 4, 8, 8, 8)
    assert len(pauses.seconds) == len(longest)
    assert all(most / 2 <= waited <= most for waited, most in zip(pauses.seconds, longest, strict=True))


async def test_after_an_event_a_new_break_is_told_and_waits_begin_anew():
    pauses = Pauses()
    hangzhou = ScriptedSource([lost()], [lost()], [card("1"), lost()], [card("2")])
    events = [event async for event in subscribe(hangzhou, ScriptedSource([]), pauses=pauses)]
    assert [event.data for event in events] == [{"changed": None}, card("1"), {"changed": None}, card("2")]
    assert pauses.seconds[2] <= 1


async def test_a_city_that_refuses_is_not_asked_again():
    hangzhou = ScriptedSource([lost(retryable=False)])
    held = asyncio.Event()
    async with aclosing(subscribe(hangzhou, ScriptedSource([held, card("2")]))) as events:
        assert (await anext(events)).errors[0]["extensions"]["city"] == "330100"
        held.set()
        assert [event.data async for event in events] == [card("2")]
    assert len(hangzhou.requests) == 1


async def test_when_the_only_city_refuses_the_stream_fails():
    with pytest.raises(StreamFailure) as raised:
        await anext(subscribe(ScriptedSource([]), ScriptedSource([lost(retryable=False)]), c="341000"))
    assert raised.value.response.data is None
    assert raised.value.response.errors[0]["extensions"] == {
        "code": "SUBSCRIPTION_SOURCE_LOST",
        "retryable": False,
        **HUANGSHAN,
    }


async def test_an_event_with_errors_of_a_city_names_it_and_changes_nothing_else():
    broken = SubgraphResponse({"changed": None}, ({"message": "Oh.", "path": ["changed"]},))
    pauses = Pauses()
    events = [e async for e in subscribe(ScriptedSource([broken, card("1")]), ScriptedSource([]), pauses=pauses)]
    assert events[0].errors[0]["extensions"]["partition"] == "hangzhou"
    assert (events[1].data, pauses.seconds) == (card("1"), [])


async def test_closing_the_stream_closes_every_citys():
    cities = [ScriptedSource([card("1"), asyncio.Event()]), ScriptedSource([asyncio.Event()])]
    async with aclosing(subscribe(*cities)) as events:
        await anext(events)
    assert [city.closed for city in cities] == [1, 1]


async def test_a_defect_of_ours_reaches_who_takes_the_events():
    with pytest.raises(ZeroDivisionError):
        await anext(subscribe(ScriptedSource([ZeroDivisionError()]), ScriptedSource([asyncio.Event()])))

"""graphql-transport-ws: the protocol's rules, operations of every kind, limits, and how connections end."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from federation.executor.errors import ErrorCode, StreamFailure, subgraph_failure
from tests.federation.gateway.subscriptions.channels import Closed, until, websocket
from tests.federation.gateway.subscriptions.newsroom import SUBSCRIPTION, answer, article

FOREVER = asyncio.Event
LOST = StreamFailure(subgraph_failure("news", ErrorCode.SUBSCRIPTION_SOURCE_LOST, "Lost.", retryable=True))


def following(number, operation_id="1"):
    return {"id": operation_id, "type": "next", "payload": answer(number)}


def complete(operation_id="1"):
    return {"id": operation_id, "type": "complete"}


# The connection.


async def test_the_protocol_is_agreed_on_and_the_connection_acknowledged(newsroom):
    async with websocket(newsroom().app, subprotocols=("graphql-ws", "graphql-transport-ws")) as client:
        await client.initialise()
        assert client.subprotocol == "graphql-transport-ws"


@pytest.mark.parametrize("offered", [(), ("graphql-ws",)])
async def test_a_client_of_another_protocol_is_told_so(newsroom, offered):
    async with websocket(newsroom().app, subprotocols=offered) as client:
        assert client.subprotocol is None
        assert await client.closing() == (4406, "Subprotocol not acceptable")


async def test_a_client_that_does_not_initialise_in_time_is_closed(newsroom):
    app = newsroom(subscriptions={"connection_init_seconds": 0.01}).app
    async with websocket(app) as client:
        assert await client.closing() == (4408, "Connection initialisation timeout")


async def test_pings_do_not_prolong_the_time_to_initialise(newsroom):
    app = newsroom(subscriptions={"connection_init_seconds": 0.05}).app
    async with websocket(app) as client:
        for _ in range(100_000):
            await client.send({"type": "ping"})
        assert await client.closing() == (4408, "Connection initialisation timeout")


async def test_a_second_initialisation_is_refused(newsroom):
    async with websocket(newsroom().app) as client:
        await client.initialise()
        await client.send({"type": "connection_init"})
        assert await client.closing() == (4429, "Too many initialisation requests")


async def test_nothing_is_subscribed_before_the_connection_is_acknowledged(newsroom):
    served = newsroom([article(1)])
    async with websocket(served.app) as client:
        await client.subscribe("1", SUBSCRIPTION)
        assert await client.closing() == (4401, "Unauthorized")
    assert served.source.requests == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("{", "The message is no JSON object."),
        (b"{}", "The message is no JSON object."),
        ([], "The message is no JSON object."),
        ({}, "The message has no type that the protocol knows."),
        ({"type": "start", "id": "1"}, "The message has no type that the protocol knows."),
        ({"type": ["ping"]}, "The message has no type that the protocol knows."),
        ({"type": "ping", "payload": 1}, "The message's payload must be an object."),
        ({"type": "complete"}, "The message has no id."),
        ({"type": "subscribe", "payload": {"query": "{a}"}}, "The message has no id."),
        ({"type": "subscribe", "id": "", "payload": {"query": "{a}"}}, "The message has no id."),
        ({"type": "subscribe", "id": "1"}, "The request has no parameter 'query'."),
        (
            {"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": []}},
            "The parameter 'variables' must be an object or null.",
        ),
    ],
)
async def test_what_is_no_message_closes_the_connection_and_says_why(newsroom, message, reason):
    async with websocket(newsroom().app) as client:
        await client.initialise()
        await client.send(message)
        assert await client.closing() == (4400, reason)


async def test_pings_are_answered_before_and_after_the_connection_is_acknowledged(newsroom):
    async with websocket(newsroom().app) as client:
        await client.send({"type": "ping"})
        assert await client.receive() == {"type": "pong"}
        await client.initialise()
        await client.send({"type": "pong"})
        await client.send({"type": "ping", "payload": {"at": 1}})
        assert await client.receive() == {"type": "pong"}


async def test_a_connection_over_which_nothing_is_asked_is_closed(newsroom):
    async with websocket(newsroom(subscriptions={"idle_seconds": 0.01}).app) as client:
        await client.initialise()
        assert await client.closing() == (1000, "Idle")


async def test_a_connection_with_a_quiet_subscription_is_not_idle(newsroom):
    go = asyncio.Event()
    served = newsroom([go, article(1)], subscriptions={"idle_seconds": 0.001})
    async with websocket(served.app) as client:
        await client.send({"type": "connection_init"})
        await client.subscribe("1", SUBSCRIPTION)
        await client.receive()
        await until(lambda: bool(served.source.requests))
        asyncio.get_running_loop().call_later(0.01, go.set)
        assert await client.receive() == following(1)


# Operations.


async def test_each_event_is_completed_and_sent_and_the_end_is_told(newsroom):
    served = newsroom([article(1), article(2)])
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION, topic="t")
        assert [await client.receive() for _ in range(3)] == [following(1), following(2), complete()]
    assert served.source.requests[0].variables == {"topic": "t"}


async def test_subscriptions_run_side_by_side(newsroom):
    go = asyncio.Event()
    served = newsroom([go, article(1)], [article(2)])
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        await until(lambda: bool(served.source.requests))  # or the second, planned already, may be there first
        await client.subscribe("2", SUBSCRIPTION)
        assert [await client.receive() for _ in range(2)] == [following(2, "2"), complete("2")]
        go.set()
        assert [await client.receive() for _ in range(2)] == [following(1), complete()]


async def test_queries_and_mutations_are_answered_once(newsroom):
    async with websocket(newsroom().app) as client:
        await client.initialise()
        await client.subscribe("q", "{ latest { title author } }")
        latest = {"data": {"latest": {"title": "title 7", "author": "author 7"}}}
        assert await client.receive() == {"id": "q", "type": "next", "payload": latest}
        assert await client.receive() == complete("q")
        await client.subscribe("m", 'mutation { publish(id: "8") { author } }')
        assert (await client.receive())["payload"] == {"data": {"publish": {"author": "author 8"}}}
        assert await client.receive() == complete("m")


async def test_an_event_with_errors_is_sent_and_the_stream_goes_on(newsroom):
    served = newsroom([article(1), article(2)])
    served.authors.failure = (503, "text/plain", b"")
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        payload = (await client.receive())["payload"]
        assert payload["data"] == {"published": {"title": "title 1", "author": None}}
        assert payload["errors"][0]["extensions"]["code"] == "SUBREQUEST_HTTP_ERROR"
        assert (await client.receive())["payload"]["data"] == {"published": {"title": "title 2", "author": None}}
        assert await client.receive() == complete()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { published { title } counted(to: 1) }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { published { title } ...F } fragment F on Subscription { c: counted(to: 1) }",
         "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($n: Int!) { counted(to: $n) }", "BAD_USER_INPUT"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)  # fmt: skip
async def test_a_refused_operation_is_told_its_errors_and_the_connection_stays(newsroom, query, code):
    served = newsroom([article(1)])
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", query)
        message = await client.receive()
        assert (message["id"], message["type"]) == ("1", "error")
        assert {error["extensions"]["code"] for error in message["payload"]} == {code}
        await client.subscribe("1", SUBSCRIPTION)
        assert await client.receive() == following(1)


async def test_a_source_that_breaks_off_ends_the_operation_with_an_error(newsroom):
    async with websocket(newsroom([article(1), LOST]).app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        assert await client.receive() == following(1)
        extensions = {"code": "SUBSCRIPTION_SOURCE_LOST", "service": "news", "retryable": True}
        errors = [{"message": "Lost.", "path": ["published"], "extensions": extensions}]
        assert await client.receive() == {"id": "1", "type": "error", "payload": errors}


async def test_a_client_that_completes_gets_no_more_and_the_subgraph_is_told(newsroom):
    served = newsroom([article(1), FOREVER()], [article(2)])
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        await client.receive()
        await client.send(complete())
        await client.subscribe("1", SUBSCRIPTION)  # the name is free again at once
        assert [await client.receive() for _ in range(2)] == [following(2), complete()]
        await served.source.is_closed.wait()
    assert served.source.closed == 2


async def test_completing_what_is_over_already_does_no_harm(newsroom):
    async with websocket(newsroom([]).app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        assert await client.receive() == complete()
        await client.send(complete())
        await client.send({"type": "ping"})
        assert await client.receive() == {"type": "pong"}


async def test_a_name_in_use_cannot_be_used_again(newsroom):
    served = newsroom([FOREVER()])
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("x" * 200, SUBSCRIPTION)
        await client.subscribe("x" * 200, SUBSCRIPTION)
        code, reason = await client.closing()
        assert (code, len(reason)) == (4409, 123)


async def test_a_client_that_goes_ends_its_subscriptions_at_the_subgraphs(newsroom):
    served = newsroom([article(1), FOREVER()])
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        await client.subscribe("2", SUBSCRIPTION)
        await client.receive()
        await client.receive()
    await until(lambda: served.source.closed == 2)


async def test_a_mutation_under_way_goes_on_when_its_client_goes(newsroom):
    served = newsroom()
    served.news.go = asyncio.Event()
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("m", 'mutation { publish(id: "8") { author } }')
        await until(lambda: bool(served.news.requests))
        await client.leave()
        served.news.go.set()
    assert len(served.authors.requests) == 1


async def test_a_defect_costs_one_operation_and_tells_nothing(newsroom):
    async with websocket(newsroom([ZeroDivisionError("secret")]).app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        message = await client.receive()
        assert [error["extensions"]["code"] for error in message["payload"]] == ["INTERNAL_SERVER_ERROR"]
        assert "secret" not in str(message)


async def test_the_query_plan_comes_with_the_first_event_where_asked_for(newsroom):
    async with websocket(newsroom([article(1), article(2)]).app) as client:
        await client.initialise({"bureaugraph-query-plan": "include"})
        await client.subscribe("1", SUBSCRIPTION)
        first, second = [(await client.receive())["payload"] for _ in range(2)]
    assert "Subscription {" in first["extensions"]["queryPlan"]["text"]
    assert first["extensions"]["queryPlan"]["json"]["node"]["kind"] == "Subscription"
    assert second == answer(2)


# Headers and origins.


@pytest.mark.parametrize("payload", [{"Authorization": "t"}, {"headers": {"authorization": "t"}}])
async def test_headers_in_the_initialisation_are_forwarded_as_headers_are(newsroom, payload):
    served = newsroom([article(1)], subgraphs={"all": {"forward_headers": ["authorization"]}})
    async with websocket(served.app, headers={"authorization": "of the handshake"}) as client:
        await client.initialise({**payload, "other": "x", "number": 1, "bad\n": "y", "bad": "a\r\nb"})
        await client.subscribe("1", SUBSCRIPTION)
        await client.receive()
    assert dict(served.source.requests[0].headers)["authorization"] == "t"
    assert served.authors.headers[0]["authorization"] == "t"


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("http://graph", True),
        ("https://portal.example", True),
        ("http://portal.example", False),
        ("http://evil.example", False),
        ("null", False),
    ],
)
async def test_only_pages_of_this_host_and_of_allowed_sites_may_open_a_websocket(newsroom, origin, is_allowed):
    app = newsroom(subscriptions={"allowed_origins": ["https://portal.example"]}).app
    if is_allowed:
        async with websocket(app, headers={"origin": origin}) as client:
            await client.initialise()
    else:
        with pytest.raises(Closed):
            await websocket(app, headers={"origin": origin}).__aenter__()


# Limits and the end.


async def test_a_connection_has_a_limit_of_operations(newsroom):
    served = newsroom([FOREVER()], subscriptions={"max_per_connection": 1})
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        await client.subscribe("2", SUBSCRIPTION)
        message = await client.receive()
        assert (message["id"], message["type"]) == ("2", "error")
        assert message["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_LIMIT_EXCEEDED"


async def test_the_gateway_has_a_limit_of_subscriptions_and_ended_ones_do_not_count(newsroom):
    served = newsroom([], [], [article(1), FOREVER()], subscriptions={"max_total": 1})
    async with websocket(served.app) as client, websocket(served.app) as other:
        await client.initialise()
        await other.initialise()
        for _ in range(2):
            await client.subscribe("1", SUBSCRIPTION)
            assert await client.receive() == complete()
        await client.subscribe("1", SUBSCRIPTION)
        assert await client.receive() == following(1)
        await other.subscribe("1", SUBSCRIPTION)
        message = await other.receive()
        assert message["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_LIMIT_EXCEEDED"
        await other.subscribe("2", "{ latest { title } }")
        assert (await other.receive())["type"] == "next"


async def test_a_client_that_takes_nothing_is_given_up(newsroom):
    served = newsroom([article(1), FOREVER()], subscriptions={"send_seconds": 0.01})
    async with websocket(served.app) as client:
        await client.initialise()
        client.is_blocked = True
        await client.subscribe("1", SUBSCRIPTION)
        await served.source.is_closed.wait()


async def test_a_client_that_is_too_slow_is_told(newsroom):
    """Completing an event waits for another subgraph here, while more events come than are kept."""
    served = newsroom(
        [article(number) for number in range(5)], subscriptions={"max_buffered_events": 2, "slow_client_seconds": 0.1}
    )
    served.authors.go = asyncio.Event()
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        await served.source.is_closed.wait()
        served.authors.go.set()
        messages = [await client.receive() for _ in range(4)]
    assert [message["type"] for message in messages] == ["next", "next", "next", "error"]
    assert messages[-1]["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_CLIENT_TOO_SLOW"


async def test_when_the_server_stops_connections_are_closed_and_none_begins(newsroom):
    served = newsroom([FOREVER()])
    async with websocket(served.app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION)
        await until(lambda: bool(served.source.requests))
        await served.app.stop_streams(5)
        assert await client.closing() == (1001, "Going away")
    await served.source.is_closed.wait()
    async with websocket(served.app) as client:
        assert (await client.closing())[0] == 1001


async def test_each_operation_has_a_line_in_the_log_without_anybodys_data(newsroom, caplog):
    caplog.set_level(logging.INFO, "bureaugraph.gateway")
    async with websocket(newsroom([article(1), article(2)], [article(3), FOREVER()]).app) as client:
        await client.initialise({"authorization": "s3cret"})
        await client.subscribe("330199195805120015", SUBSCRIPTION, topic="330199195805120015")
        for _ in range(3):
            await client.receive()
        await client.subscribe("2", SUBSCRIPTION)
        await client.receive()
        await client.send(complete("2"))
        await client.send({"type": "ping"})
        await client.receive()
        await client.subscribe("3", "query Q { latest { title } }")
        await client.receive()
        await client.receive()
    await until(lambda: len(caplog.messages) == 3)
    lines = sorted(
        (json.loads(line) for line in caplog.messages), key=lambda line: (line["kind"], line.get("events", 0))
    )
    named = ("event", "operation", "kind", "status", "errorCodes", "subgraphCalls", "protocol", "events", "end")
    assert [tuple(line.get(name) for name in named) for line in lines] == [
        ("request", "Q", "query", 200, [], 1, None, None, None),
        ("subscription", "Published", "subscription", 200, [], 1, "websocket", 1, "unsubscribed"),
        ("subscription", "Published", "subscription", 200, [], 2, "websocket", 2, "complete"),
    ]
    assert "330199195805120015" not in caplog.text
    assert "s3cret" not in caplog.text

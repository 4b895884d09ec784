"""A subgraph over graphql-transport-ws: what is said to it, what its messages mean, what a break means."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from federation.executor.errors import StreamFailure
from federation.gateway.event_sources import StreamSettings, WebSocketSource
from federation.gateway.event_sources.sockets import SocketOpener
from tests.federation.gateway.event_sources.conftest import REQUEST, ScriptedSubgraph

ACK = {"type": "connection_ack"}
COMPLETE = {"id": "1", "type": "complete"}


def following(payload, operation_id="1"):
    return {"id": operation_id, "type": "next", "payload": payload}


async def failure_of(source):
    with pytest.raises(StreamFailure) as raised:
        async for _ in source.subscribe(REQUEST):
            pass
    [error] = raised.value.response.errors
    return error["extensions"]["code"], error["message"], error["extensions"]["retryable"]


async def test_the_subscription_is_sent_after_the_acknowledgement_and_its_events_are_given(source):
    subgraph = ScriptedSubgraph(ACK, following({"data": {"a": 1}}), following({"data": {"a": 2}}), COMPLETE)
    events = [event async for event in (await source(WebSocketSource, subgraph)).subscribe(REQUEST)]
    assert [(event.data, event.errors) for event in events] == [({"a": 1}, ()), ({"a": 2}, ())]
    payload = {"query": "subscription{a}", "variables": {"topic": "t"}}
    assert subgraph.received == [
        {"type": "connection_init"},
        {"id": "1", "type": "subscribe", "payload": payload},
    ]


async def test_the_handshake_has_our_headers_and_those_that_are_forwarded(source):
    subgraph = ScriptedSubgraph(ACK, COMPLETE)
    assert [event async for event in (await source(WebSocketSource, subgraph)).subscribe(REQUEST)] == []
    [headers] = subgraph.headers
    assert (headers["authorization"], headers["x-own"], "cookie" in headers) == ("t", "o", False)


async def test_numbers_keep_their_digits(source):
    text = '{"id":"1","type":"next","payload":{"data":{"a":12345678901234567890123}}}'
    events = [
        e async for e in (await source(WebSocketSource, ScriptedSubgraph(ACK, text, COMPLETE))).subscribe(REQUEST)
    ]
    assert events[0].data == {"a": 12345678901234567890123}


async def test_pings_are_answered_at_any_time(source):
    subgraph = ScriptedSubgraph({"type": "ping"}, ACK, {"type": "ping", "payload": {}}, {"type": "pong"}, COMPLETE)
    assert [event async for event in (await source(WebSocketSource, subgraph)).subscribe(REQUEST)] == []
    await subgraph.gone.wait()
    assert [message["type"] for message in subgraph.received].count("pong") == 2


async def test_an_event_that_is_no_graphql_response_is_an_event_with_an_error(source):
    subgraph = ScriptedSubgraph(ACK, following([]), following({"data": {"a": 2}}), COMPLETE)
    events = [event async for event in (await source(WebSocketSource, subgraph)).subscribe(REQUEST)]
    assert events[0].data is None
    assert events[0].errors[0]["extensions"]["code"] == "SUBREQUEST_MALFORMED_RESPONSE"
    assert events[1].data == {"a": 2}


async def test_the_subgraphs_own_refusal_is_handed_on(source):
    errors = [{"message": "No.", "extensions": {"code": "FORBIDDEN"}}]
    subgraph = ScriptedSubgraph(ACK, {"id": "1", "type": "error", "payload": errors})
    assert await failure_of(await source(WebSocketSource, subgraph)) == ("FORBIDDEN", "No.", False)


@pytest.mark.parametrize(
    ("script", "code", "message", "retryable"),
    [
        ((ACK, 1001), "SUBSCRIPTION_SOURCE_LOST", "The subgraph's event stream broke off.", True),
        ((ACK, 1000), "SUBSCRIPTION_SOURCE_LOST", "The subgraph's event stream broke off.", True),
        ((4403,), "SUBREQUEST_HTTP_ERROR", "The subgraph closed the connection with code 4403.", False),
        ((ACK, "{"), "SUBREQUEST_MALFORMED_RESPONSE", "The subgraph sent what is no message of the protocol.", False),
        ((ACK, b"{}"), "SUBREQUEST_MALFORMED_RESPONSE", "The subgraph sent a binary message.", False),
        (
            (ACK, {"type": "data"}),
            "SUBREQUEST_MALFORMED_RESPONSE",
            "The subgraph sent a message that the protocol does not have.",
            False,
        ),
        (
            (ACK, following({"data": {}}, "2")),
            "SUBREQUEST_MALFORMED_RESPONSE",
            "The subgraph sent a message of another subscription.",
            False,
        ),
        (
            (COMPLETE,),
            "SUBREQUEST_MALFORMED_RESPONSE",
            "The subgraph sent a message before it acknowledged the connection.",
            False,
        ),
    ],
)
async def test_what_breaks_the_stream_is_told(source, script, code, message, retryable):
    assert await failure_of(await source(WebSocketSource, ScriptedSubgraph(*script))) == (code, message, retryable)


async def test_a_subgraph_that_refuses_the_handshake_is_told(source):
    subgraph = ScriptedSubgraph()
    subgraph.status = 403
    message = "The subgraph answered with HTTP status 403."
    assert await failure_of(await source(WebSocketSource, subgraph)) == ("SUBREQUEST_HTTP_ERROR", message, False)


async def test_a_subgraph_that_speaks_another_protocol_is_told(source):
    subgraph = ScriptedSubgraph()
    subgraph.subprotocol = None
    message = "The subgraph sent no agreement to graphql-transport-ws."
    assert await failure_of(await source(WebSocketSource, subgraph)) == (
        "SUBREQUEST_MALFORMED_RESPONSE",
        message,
        False,
    )


async def test_a_subgraph_that_does_not_acknowledge_in_time_is_told(source):
    source = await source(WebSocketSource, ScriptedSubgraph(asyncio.Event()), timeout_seconds=0.05)
    message = "The subgraph did not accept the subscription in time."
    assert await failure_of(source) == ("SUBGRAPH_REQUEST_TIMEOUT", message, True)


async def test_a_subgraph_that_is_not_there_is_told(port_of_nobody):
    settings = StreamSettings(f"http://127.0.0.1:{port_of_nobody}/")
    opener = SocketOpener(settings)
    message = "The subgraph could not be reached."
    assert await failure_of(WebSocketSource(opener, settings)) == ("SUBREQUEST_HTTP_ERROR", message, True)
    await opener.close()


async def test_who_stops_reading_hangs_up(source):
    subgraph = ScriptedSubgraph(ACK, following({"data": {"a": 1}}), asyncio.Event())
    async with aclosing((await source(WebSocketSource, subgraph)).subscribe(REQUEST)) as events:
        await anext(events)
    await subgraph.gone.wait()


async def test_the_defect_of_an_app_in_this_process_is_a_lost_connection(source):
    subgraph = ScriptedSubgraph(ACK, ZeroDivisionError())
    code, _, retryable = await failure_of(await source(WebSocketSource, subgraph))
    assert (code, retryable) == ("SUBSCRIPTION_SOURCE_LOST", True)

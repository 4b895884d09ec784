"""A subgraph over graphql-sse: what is posted to it, what its answer means, what a break means."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from federation.executor.errors import StreamFailure
from federation.gateway.event_sources import SseSource, StreamSettings
from federation.gateway.event_sources.sockets import SocketOpener
from federation.gateway.event_sources.sse_events import EventTooLarge, SseEvent, SseReader
from tests.federation.gateway.event_sources.conftest import REQUEST, ScriptedSubgraph

COMPLETE = b"event: complete\ndata: \n\n"


async def failure_of(source):
    with pytest.raises(StreamFailure) as raised:
        async for _ in source.subscribe(REQUEST):
            pass
    [error] = raised.value.response.errors
    return error["extensions"]["code"], error["message"], error["extensions"]["retryable"]


async def test_the_subscription_is_posted_and_the_events_of_the_answer_are_given(source):
    subgraph = ScriptedSubgraph(
        b':\n\nevent: next\ndata: {"data":{"a":1}}\n\n', b'event: next\ndata: {"da', b'ta":{"a":2}}\n\n', COMPLETE
    )
    events = [event async for event in (await source(SseSource, subgraph)).subscribe(REQUEST)]
    assert [(event.data, event.errors) for event in events] == [({"a": 1}, ()), ({"a": 2}, ())]
    assert subgraph.received == [{"query": "subscription{a}", "variables": {"topic": "t"}}]
    [headers] = subgraph.headers
    assert headers["accept"] == "text/event-stream"
    assert (headers["authorization"], headers["x-own"], "cookie" in headers) == ("t", "o", False)


async def test_an_event_that_is_no_json_is_an_event_with_an_error(source):
    subgraph = ScriptedSubgraph(b"event: next\ndata: <html>\n\n", COMPLETE)
    [event] = [event async for event in (await source(SseSource, subgraph)).subscribe(REQUEST)]
    assert event.errors[0]["extensions"]["code"] == "SUBREQUEST_MALFORMED_RESPONSE"


async def test_a_stream_that_ends_without_complete_broke_off(source):
    subgraph = ScriptedSubgraph(b'event: next\ndata: {"data":{"a":1}}\n\n')
    message = "The subgraph's event stream broke off."
    assert await failure_of(await source(SseSource, subgraph)) == ("SUBSCRIPTION_SOURCE_LOST", message, True)


@pytest.mark.parametrize(("status", "retryable"), [(400, False), (503, True)])
async def test_the_subgraphs_own_refusal_is_handed_on(source, status, retryable):
    subgraph = ScriptedSubgraph(b'{"errors":[{"message":"No.","extensions":{"code":"FORBIDDEN"}}]}')
    subgraph.status, subgraph.content_type = status, "application/json"
    assert await failure_of(await source(SseSource, subgraph)) == ("FORBIDDEN", "No.", retryable)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, b"<html>", ("SUBREQUEST_MALFORMED_RESPONSE", "The subgraph sent no event stream.", False)),
        (200, b'{"data":{"a":1}}', ("SUBREQUEST_MALFORMED_RESPONSE", "The subgraph sent no event stream.", False)),
        (404, b"<html>", ("SUBREQUEST_HTTP_ERROR", "The subgraph answered with HTTP status 404.", False)),
        (502, b"", ("SUBREQUEST_HTTP_ERROR", "The subgraph answered with HTTP status 502.", True)),
    ],
)
async def test_an_answer_that_is_no_stream_is_told(source, status, body, told):
    subgraph = ScriptedSubgraph(body)
    subgraph.status, subgraph.content_type = status, "text/html"
    assert await failure_of(await source(SseSource, subgraph)) == told


async def test_a_subgraph_that_is_not_there_is_told(port_of_nobody):
    settings = StreamSettings(f"http://127.0.0.1:{port_of_nobody}/")
    opener = SocketOpener(settings)
    message = "The subgraph could not be reached."
    assert await failure_of(SseSource(opener, settings)) == ("SUBREQUEST_HTTP_ERROR", message, True)
    await opener.close()


async def test_who_stops_reading_hangs_up(source):
    subgraph = ScriptedSubgraph(b'event: next\ndata: {"data":{"a":1}}\n\n', asyncio.Event())
    async with aclosing((await source(SseSource, subgraph)).subscribe(REQUEST)) as events:
        await anext(events)
    await subgraph.gone.wait()


# The event stream itself.


def read(*chunks, max_bytes=1000):
    reader = SseReader(max_bytes)
    return [event for chunk in chunks for event in reader.feed(chunk)]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_lines_end_in_each_of_three_ways_and_chunks_anywhere(newline):
    text = newline.join((b": hello", b"event: next", b"id: 7", b"data: a", b"data:b", b"", b"data: c", b"", b""))
    expected = [SseEvent("next", "a\nb"), SseEvent("message", "c")]
    assert read(text) == expected
    assert read(*(text[position : position + 1] for position in range(len(text)))) == expected


def test_an_event_without_data_is_given_for_its_name():
    assert read(b"event: complete\n\n\n\n") == [SseEvent("complete", "")]


@pytest.mark.parametrize("chunks", [(b"data: " + b"x" * 2000,), (b"data: " + b"x" * 500 + b"\n",) * 3])
def test_an_event_that_is_too_large_is_not_kept(chunks):
    with pytest.raises(EventTooLarge):
        read(*chunks)

"""Subscriptions as answers to HTTP requests: which way is chosen, what stands in the body, and how it ends."""

from __future__ import annotations

import asyncio
import json
import logging

import orjson
import pytest

from federation.executor.errors import ErrorCode, StreamFailure, subgraph_failure
from federation.gateway.subscriptions.formats import EVENT_STREAM, MULTIPART, choose_stream_format
from tests.federation.gateway.asgi_call import call, post
from tests.federation.gateway.server_process import listening
from tests.federation.gateway.subscriptions.channels import stream, until
from tests.federation.gateway.subscriptions.newsroom import SUBSCRIPTION, answer, article

FOREVER = asyncio.Event
LOST = StreamFailure(subgraph_failure("news", ErrorCode.SUBSCRIPTION_SOURCE_LOST, "Lost.", retryable=True))
REQUEST = {"query": SUBSCRIPTION}
SSE = "text/event-stream"
PARTS = 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json'
COMPLETE = b"event: complete\ndata:\n\n"


def sse(payload):
    return b"event: next\ndata: %b\n\n" % orjson.dumps(payload)


def part(content):
    return b"\r\ncontent-type: application/json\r\n\r\n%b\r\n--graphql" % orjson.dumps(content)


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/event-stream", EVENT_STREAM),
        ("application/json, Text/Event-Stream;q=0.5", EVENT_STREAM),
        (PARTS, MULTIPART),
        ("multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json;q=0.9", MULTIPART),
        ("multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream", EVENT_STREAM),
        ("application/json, text/event-stream, multipart/mixed", EVENT_STREAM),
        ("multipart/mixed;deferSpec=20220824,application/json", None),
        ("multipart/mixed", None),
        ("text/event-stream;q=0", None),
        ("text/event-stream;q=x", None),
        ("application/json", None),
        ("*/*", None),
        ("", None),
    ],
)
def test_a_stream_is_chosen_by_what_the_client_names(accept, chosen):
    assert choose_stream_format(accept.encode()) is chosen


async def test_an_event_stream_holds_each_answer_and_says_when_it_is_over(newsroom):
    served = newsroom([article(1), article(2)])
    async with stream(served.app, REQUEST) as client:
        body = await client.rest()
    assert (client.status, client.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (client.headers["cache-control"], client.headers["x-accel-buffering"]) == ("no-store", "no")
    assert body == b":\n\n" + sse(answer(1)) + sse(answer(2)) + COMPLETE


async def test_parts_hold_each_answer_and_the_last_delimiter_ends_them(newsroom):
    served = newsroom([article(1), article(2)])
    async with stream(served.app, REQUEST, accept=PARTS) as client:
        body = await client.rest()
    assert client.headers["content-type"] == 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"'
    assert body == b"--graphql" + part({"payload": answer(1)}) + part({"payload": answer(2)}) + b"--\r\n"


async def test_the_stream_begins_before_the_first_event(newsroom):
    go = asyncio.Event()
    async with stream(newsroom([go, article(1)]).app, REQUEST) as client:
        assert await client.chunk() == b":\n\n"
        go.set()
        assert await client.chunk() == sse(answer(1))


@pytest.mark.parametrize(("accept", "beat"), [(SSE, b":\n\n"), (PARTS, part({}))], ids=["sse", "parts"])
async def test_a_quiet_stream_says_that_it_lives(newsroom, accept, beat):
    served = newsroom([FOREVER()], subscriptions={"heartbeat_seconds": 0.001})
    async with stream(served.app, REQUEST, accept=accept) as client:
        await client.chunk()
        assert [await client.chunk() for _ in range(2)] == [beat, beat]


async def test_a_source_that_breaks_off_ends_the_stream_with_its_error(newsroom):
    extensions = {"code": "SUBSCRIPTION_SOURCE_LOST", "service": "news", "retryable": True}
    errors = [{"message": "Lost.", "path": ["published"], "extensions": extensions}]
    async with stream(newsroom([LOST]).app, REQUEST) as client:
        assert await client.rest() == b":\n\n" + sse({"errors": errors}) + COMPLETE
    async with stream(newsroom([LOST]).app, REQUEST, accept=PARTS) as client:
        assert await client.rest() == b"--graphql" + part({"payload": None, "errors": errors}) + b"--\r\n"


async def test_a_client_that_leaves_ends_the_subscription_at_the_subgraph(newsroom):
    served = newsroom([article(1), FOREVER()])
    async with stream(served.app, REQUEST) as client:
        await client.chunk()
        await client.chunk()
    assert served.source.closed == 1


async def test_a_client_that_takes_nothing_is_given_up(newsroom):
    served = newsroom([article(1), FOREVER()], subscriptions={"send_seconds": 0.01})
    async with stream(served.app, REQUEST) as client:
        client.is_blocked = True
        await served.source.is_closed.wait()


async def test_a_client_that_reads_nothing_does_not_make_the_gateway_read_on(newsroom):
    """Over a socket, whose buffers hold some events more."""
    served = newsroom(subscriptions={"slow_client_seconds": 0.01, "send_seconds": 0.01})
    titles = "x" * 10_000
    events = ({"published": {"__typename": "Article", "id": "1", "title": titles}} for _ in range(100_000))
    served.source.play(events)
    body = orjson.dumps(REQUEST)
    head = f"POST /graphql HTTP/1.1\r\nhost: x\r\naccept: {SSE}\r\ncontent-type: application/json\r\n"
    async with listening(served.app) as origin:
        _, writer = await asyncio.open_connection("127.0.0.1", int(origin.rpartition(":")[2]), limit=1)
        writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        await served.source.is_closed.wait()
        writer.transport.abort()
    assert sum(1 for _ in events) > 90_000


async def test_a_defect_ends_the_stream_and_tells_nothing(newsroom):
    async with stream(newsroom([ZeroDivisionError("secret")]).app, REQUEST) as client:
        body = await client.rest()
    assert b"INTERNAL_SERVER_ERROR" in body
    assert b"secret" not in body


@pytest.mark.parametrize("accept", ["application/json", "*/*", None])
async def test_a_subscription_in_a_request_for_one_answer_is_refused_and_the_way_is_told(newsroom, accept):
    served = newsroom([article(1)])
    reply = await post(served.app, REQUEST, headers={"accept": accept})
    assert (reply.status, reply.codes) == (200, ["SUBSCRIPTIONS_NOT_SUPPORTED"])
    assert "accept text/event-stream" in reply.json["errors"][0]["message"]
    assert served.source.requests == []


async def test_the_refusal_has_a_status_where_statuses_count(newsroom):
    reply = await post(newsroom().app, REQUEST, headers={"accept": "application/graphql-response+json"})
    assert reply.status == 406


async def test_a_client_of_streams_only_gets_queries_as_a_stream_of_one(newsroom):
    reply = await post(newsroom().app, {"query": "{ latest { title } }"}, headers={"accept": SSE})
    assert reply.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reply.body == b":\n\n" + sse({"data": {"latest": {"title": "title 7"}}}) + COMPLETE


async def test_a_client_of_both_gets_queries_as_json(newsroom):
    accept = "application/json, text/event-stream, multipart/mixed"
    reply = await post(newsroom().app, {"query": "{ latest { title } }"}, headers={"accept": accept})
    assert reply.json == {"data": {"latest": {"title": "title 7"}}}


async def test_a_client_of_streams_only_reads_in_it_why_its_operation_was_refused(newsroom):
    reply = await post(newsroom().app, {"query": "subscription { nothing }"}, headers={"accept": SSE})
    assert reply.status == 200
    assert reply.body.startswith(b":\n\nevent: next\n")
    assert reply.body.endswith(COMPLETE)
    assert b"GRAPHQL_VALIDATION_FAILED" in reply.body


async def test_what_is_no_graphql_request_is_refused_with_its_status(newsroom):
    reply = await post(newsroom().app, b"{", headers={"accept": SSE})
    assert (reply.status, reply.codes) == (400, ["BAD_REQUEST"])


async def test_an_event_source_of_the_own_page_subscribes_by_get(newsroom):
    headers = {"accept": SSE, "sec-fetch-site": "same-origin"}
    reply = await call(newsroom([article(1)]).app, "GET", "/graphql", query={"query": SUBSCRIPTION}, headers=headers)
    assert reply.body == b":\n\n" + sse(answer(1)) + COMPLETE


async def test_a_get_that_any_web_page_could_cause_is_refused(newsroom):
    served = newsroom([article(1)])
    headers = {"accept": SSE, "sec-fetch-site": "cross-site"}
    reply = await call(served.app, "GET", "/graphql", query={"query": SUBSCRIPTION}, headers=headers)
    assert (reply.status, reply.codes) == (403, ["CSRF_PREVENTION_FAILED"])


async def test_the_gateway_has_a_limit_of_subscriptions(newsroom):
    served = newsroom([article(1), FOREVER()], subscriptions={"max_total": 1})
    async with stream(served.app, REQUEST) as client:
        await client.chunk()
        reply = await post(served.app, REQUEST, headers={"accept": f"{SSE}, application/graphql-response+json"})
        assert (reply.status, reply.codes) == (503, ["SUBSCRIPTION_LIMIT_EXCEEDED"])


async def test_when_the_server_stops_an_event_stream_breaks_off_without_a_complete(newsroom):
    """Its clients take that as a reason to subscribe again."""
    served = newsroom([article(1), FOREVER()])
    async with stream(served.app, REQUEST) as client:
        await client.chunk()
        await client.chunk()
        await served.app.stop_streams(5)
        assert await client.rest() == b""
    assert served.source.closed == 1


async def test_when_the_server_stops_parts_end_with_an_error(newsroom):
    served = newsroom([FOREVER()])
    async with stream(served.app, REQUEST, accept=PARTS) as client:
        await client.chunk()
        await served.app.stop_streams(5)
        error = {
            "message": "The gateway stops; subscribe again.",
            "extensions": {"code": "SUBSCRIPTION_SERVER_STOPS"},
        }
        assert await client.rest() == part({"payload": None, "errors": [error]}) + b"--\r\n"


async def test_a_dry_run_shows_the_plan_and_subscribes_nowhere(newsroom):
    served = newsroom([article(1)])
    reply = await post(served.app, REQUEST, headers={"bureaugraph-query-plan": "dry-run"})
    assert reply.json["extensions"]["queryPlan"]["json"]["node"]["kind"] == "Subscription"
    assert served.source.requests == []


async def test_a_stream_has_a_line_in_the_log_when_it_is_over(newsroom, caplog):
    caplog.set_level(logging.INFO, "bureaugraph.gateway")
    served = newsroom([article(1), FOREVER()])
    async with stream(served.app, REQUEST, headers={"x-request-id": "abc"}) as client:
        await client.chunk()
        await client.chunk()
        assert caplog.messages == []
    await until(lambda: bool(caplog.messages))
    line = json.loads(caplog.messages[0])
    assert (line["event"], line["requestId"], line["protocol"]) == ("subscription", "abc", "sse")
    assert (line["events"], line["end"], line["errorCodes"]) == (1, "client-gone", [])

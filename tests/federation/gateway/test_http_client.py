"""Subgraphs over HTTP as the executor sees them: every failure is a coded answer."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest

from federation.executor.subgraph_client import FetchOperation, SubgraphRequest, SubgraphResponse
from federation.gateway.http_client import CallSettings, HttpSubgraphClient
from federation.gateway.transport import HttpAnswer, TransportLimits
from federation.gateway.transport.asgi import AsgiTransport
from federation.gateway.transport.errors import (
    AnswerTooLargeError,
    ConnectError,
    ConnectionLostError,
    DeadlineError,
    ProtocolError,
)
from federation.query_plan.nodes import OperationKind
from tests.support.idle_time import idle_time

JSON = "application/json"
UNREACHABLE = "The subgraph could not be reached."


class Wire:
    """Stands for a transport: answers with what it is given, keeps what it was asked."""

    def __init__(self, outcome):
        self.outcome = outcome
        self.posts = []

    async def post(self, body, headers, deadline, *, is_repeatable):
        self.posts.append((body, headers, deadline, is_repeatable))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    async def close(self):
        pass


def operation(kind=OperationKind.QUERY):
    head = b'{"query":"query A{a}","operationName":"A","variables":'
    return FetchOperation("cards", "query A{a}", kind, "A", head)


async def ask(outcome, *, settings=None, kind=OperationKind.QUERY, **request):
    wire = Wire(outcome)
    client = HttpSubgraphClient(wire, settings)
    response = await client.execute(SubgraphRequest(operation(kind), {"id": "张"}, **request))
    return response, wire.posts[0]


def failure(code, message, *, retryable):
    extensions = {"code": code, "service": "cards", "retryable": retryable}
    return SubgraphResponse(None, ({"message": message, "extensions": extensions},))


async def test_variables_are_put_into_the_prepared_body():
    _, (body, *_) = await ask(HttpAnswer(200, JSON, b'{"data":{"a":1}}'))
    assert body.decode() == '{"query":"query A{a}","operationName":"A","variables":{"id":"张"}}'


async def test_numbers_in_variables_keep_all_their_digits():
    wire = Wire(HttpAnswer(200, JSON, b'{"data":{}}'))
    variables = {"amount": Decimal("12.10"), "number": 330199195805120015330199}
    await HttpSubgraphClient(wire).execute(SubgraphRequest(operation(), variables))
    assert wire.posts[0][0].endswith(b'"variables":{"amount":12.10,"number":330199195805120015330199}}')


@pytest.mark.parametrize("kind", OperationKind)
async def test_only_a_query_may_be_repeated(kind):
    wire = Wire(HttpAnswer(200, JSON, b'{"data":{}}'))
    await HttpSubgraphClient(wire).execute(SubgraphRequest(operation(kind), {}))
    assert wire.posts[0][3] is (kind is OperationKind.QUERY)


@pytest.mark.parametrize(
    ("answer", "response"),
    [
        (HttpAnswer(200, JSON, b'{"data":{"a":1}}'), SubgraphResponse({"a": 1}, is_exclusive=True)),
        (
            HttpAnswer(200, JSON, b'{"data":{"a":null},"errors":[{"message":"no","path":["a"]}],"extensions":{"x":1}}'),
            SubgraphResponse({"a": None}, ({"message": "no", "path": ["a"]},), {"x": 1}, is_exclusive=True),
        ),
        (
            HttpAnswer(400, "application/graphql-response+json", b'{"errors":[{"message":"no"}]}'),
            SubgraphResponse(None, ({"message": "no"},), is_exclusive=True),
        ),
        (
            HttpAnswer(500, "text/plain", b'{"data":null,"errors":[{"message":"no"}]}'),
            SubgraphResponse(None, ({"message": "no"},), is_exclusive=True),
        ),
    ],
    ids=["data", "data and errors", "a refusal with its status", "a GraphQL answer under a wrong media type"],
)
async def test_a_graphql_response_is_read_whatever_its_status(answer, response):
    assert (await ask(answer))[0] == response


@pytest.mark.parametrize(
    ("status", "body", "retryable"),
    [(503, b"<html>maintenance", True), (429, b"", True), (404, b'{"detail":"x"}', False), (302, b"", False)],
)
async def test_an_http_error_without_a_graphql_response_is_told_by_its_status_alone(status, body, retryable):
    response, _ = await ask(HttpAnswer(status, JSON, body))
    message = f"The subgraph answered with HTTP status {status}."
    assert response == failure("SUBREQUEST_HTTP_ERROR", message, retryable=retryable)


@pytest.mark.parametrize(
    "body",
    [
        b'{"data":{',
        b"[]",
        b"{}",
        b'{"data":null}',
        b'{"data":[]}',
        b'{"errors":[]}',
        b'{"data":{},"errors":"x"}',
        b'{"errors":["x"]}',
        b'{"errors":[{"path":["a"]}]}',
        b'{"errors":[{"message":"x","path":"a"}]}',
        b'{"data":null,"errors":[{"message":"x","extensions":[1]}]}',
    ],
)
async def test_json_that_is_no_graphql_response_is_a_malformed_answer(body):
    response, _ = await ask(HttpAnswer(200, JSON, body))
    message = "The subgraph's answer is no GraphQL response."
    assert response == failure("SUBREQUEST_MALFORMED_RESPONSE", message, retryable=False)


@pytest.mark.parametrize(("status", "body"), [(200, b"<html>330199195805120015"), (204, b"")])
async def test_what_is_no_json_is_a_malformed_answer_that_is_not_quoted(status, body):
    response, _ = await ask(HttpAnswer(status, "text/html", body))
    message = "The subgraph's answer is not JSON but another media type."
    assert response == failure("SUBREQUEST_MALFORMED_RESPONSE", message, retryable=False)


@pytest.mark.parametrize(
    ("error", "code", "message", "retryable"),
    [
        (ConnectError("x"), "SUBREQUEST_HTTP_ERROR", UNREACHABLE, True),
        (ConnectionLostError(nothing_answered=True), "SUBREQUEST_HTTP_ERROR", UNREACHABLE, True),
        (DeadlineError("x"), "SUBGRAPH_REQUEST_TIMEOUT", "The subgraph did not answer in time.", True),
        (ProtocolError("x"), "SUBREQUEST_HTTP_ERROR", "The subgraph does not answer in HTTP/1.1.", False),
        (AnswerTooLargeError("x"), "SUBREQUEST_MALFORMED_RESPONSE", "The subgraph gave too large an answer.", False),
    ],
)
async def test_what_the_network_does_is_a_failure_with_its_code(error, code, message, retryable):
    assert (await ask(error))[0] == failure(code, message, retryable=retryable)


UNKNOWN = " Whether the change was carried out is not known."


@pytest.mark.parametrize(
    ("outcome", "code", "message"),
    [
        (ConnectionLostError(nothing_answered=True), "SUBREQUEST_HTTP_ERROR", UNREACHABLE),
        (DeadlineError("x"), "SUBGRAPH_REQUEST_TIMEOUT", "The subgraph did not answer in time."),
        (HttpAnswer(503, JSON, b""), "SUBREQUEST_HTTP_ERROR", "The subgraph answered with HTTP status 503."),
        (
            HttpAnswer(200, JSON, b"{"),
            "SUBREQUEST_MALFORMED_RESPONSE",
            "The subgraph's answer is no GraphQL response.",
        ),
    ],
)
async def test_of_a_change_that_was_sent_nobody_is_told_to_send_it_again(outcome, code, message):
    response, _ = await ask(outcome, kind=OperationKind.MUTATION)
    assert response == failure(code, message + UNKNOWN, retryable=False)


@pytest.mark.parametrize(
    ("outcome", "code", "message"),
    [
        (ConnectError("x"), "SUBREQUEST_HTTP_ERROR", UNREACHABLE),
        (
            ConnectionLostError(nothing_answered=True, nothing_sent=True),
            "SUBREQUEST_HTTP_ERROR",
            UNREACHABLE,
        ),
        (
            DeadlineError("x", nothing_sent=True),
            "SUBGRAPH_REQUEST_TIMEOUT",
            "The subgraph did not answer in time.",
        ),
    ],
)
async def test_a_change_that_was_not_sent_may_be_sent_again(outcome, code, message):
    response, _ = await ask(outcome, kind=OperationKind.MUTATION)
    assert response == failure(code, message, retryable=True)


@pytest.mark.parametrize("kind", [OperationKind.QUERY, OperationKind.MUTATION])
async def test_after_the_requests_time_nothing_is_sent(kind):
    wire = Wire(HttpAnswer(200, JSON, b'{"data":{}}'))
    over = asyncio.get_running_loop().time() - 0.001
    response = await HttpSubgraphClient(wire).execute(SubgraphRequest(operation(kind), {}, deadline=over))
    assert wire.posts == []
    message = "The subgraph was not done when the request's time ended."
    assert response == failure("GATEWAY_TIMEOUT", message, retryable=True)


async def test_a_change_under_way_is_carried_through_when_the_requests_time_ends():
    go, done = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, send):
        await go.wait()
        await echo(scope, receive, send)
        done.set()

    client = HttpSubgraphClient(AsgiTransport(slow, "/graphql", TransportLimits()))
    message = "The subgraph was not done when the request's time ended." + UNKNOWN
    with idle_time():
        deadline = asyncio.get_running_loop().time() + 0.02
        request = SubgraphRequest(operation(OperationKind.MUTATION), {}, deadline=deadline)
        assert await client.execute(request) == failure("GATEWAY_TIMEOUT", message, retryable=False)
    go.set()
    async with asyncio.timeout(5):
        await done.wait()


async def test_the_end_of_the_requests_own_time_has_a_code_of_its_own():
    deadline = asyncio.get_running_loop().time() + 1
    response, post = await ask(DeadlineError("x"), deadline=deadline)
    assert response.errors[0]["extensions"]["code"] == "GATEWAY_TIMEOUT"
    assert post[2] == deadline


async def test_a_call_never_takes_longer_than_its_subgraphs_timeout():
    settings = CallSettings(timeout_seconds=2)
    with idle_time():
        now = asyncio.get_running_loop().time()
        _, post = await ask(HttpAnswer(200, JSON, b'{"data":{}}'), settings=settings, deadline=now + 100)
    assert post[2] == now + 2


async def test_only_configured_headers_are_forwarded():
    settings = CallSettings(forward_headers=frozenset({"authorization"}), headers=(("x-from", "gateway"),))
    headers = (("authorization", "Bearer t"), ("x-request-id", "r"))
    _, post = await ask(HttpAnswer(200, JSON, b'{"data":{}}'), settings=settings, headers=headers)
    assert post[1] == (("x-from", "gateway"), ("authorization", "Bearer t"))


async def echo(scope, receive, send):
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'{"data":{"sent":', "more_body": True})
    await send({"type": "http.response.body", "body": body + b"}}"})


async def silent(scope, receive, send):
    return


async def raising(scope, receive, send):
    raise KeyError("330199195805120015")


async def hanging(scope, receive, send):
    await asyncio.sleep(60)


async def ask_app(app, **settings):
    client = HttpSubgraphClient(AsgiTransport(app, "/graphql", TransportLimits()), CallSettings(**settings))
    return await client.execute(SubgraphRequest(operation(), {"id": "1"}))


async def test_an_app_in_this_process_is_asked_as_over_http():
    response = await ask_app(echo)
    assert response.data == {"sent": {"query": "query A{a}", "operationName": "A", "variables": {"id": "1"}}}


async def test_an_app_that_does_not_answer_is_a_failure():
    assert await ask_app(silent) == failure("SUBREQUEST_HTTP_ERROR", UNREACHABLE, retryable=True)


async def test_a_defect_of_an_app_in_this_process_is_logged_and_answered_as_by_a_server(caplog):
    message = "The subgraph answered with HTTP status 500."
    assert await ask_app(raising) == failure("SUBREQUEST_HTTP_ERROR", message, retryable=False)
    [line] = [json.loads(record.getMessage()) for record in caplog.records]
    assert (line["event"], line["exception"]) == ("defect", "KeyError")
    assert "330199195805120015" not in caplog.text


async def test_an_app_that_hangs_is_given_up_in_time():
    response = await ask_app(hanging, timeout_seconds=0.02)
    assert response.errors[0]["extensions"]["code"] == "SUBGRAPH_REQUEST_TIMEOUT"

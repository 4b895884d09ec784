"""`/graphql` as HTTP: media types, status codes, methods and malformed requests, whatever the graph is."""

from __future__ import annotations

import asyncio

import pytest

from federation.gateway.config import GatewayConfig, LimitsConfig, read_config
from federation.gateway.context import Answer
from federation.gateway.endpoint import GraphQLEndpoint
from federation.gateway.errors import RequestCode, refuse
from federation.gateway.subscriptions import HttpStreams, Subscriptions
from tests.federation.gateway.asgi_call import call, post

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
UTF8 = "; charset=utf-8"


def build_endpoint(config, answer):
    subscriptions = Subscriptions(config.subscriptions.max_total)
    return GraphQLEndpoint(config, answer, HttpStreams(config.subscriptions, subscriptions))


class Answers:
    """Stands for the pipeline: keeps what it was asked, answers `{"data":{"a":1}}` or raises."""

    def __init__(self, error=None):
        self.parameters = []
        self.contexts = []
        self.error = error

    async def __call__(self, parameters, context, record):
        self.parameters.append(parameters)
        self.contexts.append(context)
        if self.error is not None:
            raise self.error
        return Answer(b'{"data":{"a":1}}')


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def endpoint(answers):
    return build_endpoint(GatewayConfig(), answers)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON}", JSON),
        (f"{GRAPHQL};q=0, */*", JSON),
        (f"{JSON};q=0, */*", None),
        ("multipart/mixed, application/json;q=0.8", JSON),
        ("image/png", None),
        ("text/html", None),
        (f"{JSON};q=nonsense", None),
    ],
)
async def test_the_answer_has_the_media_type_that_is_accepted_best(endpoint, accept, content_type):
    reply = await post(endpoint, {"query": "{a}"}, headers={"accept": accept})
    if content_type is None:
        assert (reply.status, reply.codes) == (406, ["NOT_ACCEPTABLE"])
    else:
        assert (reply.status, reply.headers["content-type"]) == (200, content_type + UTF8)


async def test_an_answer_has_its_length_is_not_stored_and_carries_the_request_id(endpoint):
    reply = await post(endpoint, {"query": "{a}"}, headers={"x-request-id": "counter-7"})
    assert reply.headers == {
        "content-type": JSON + UTF8,
        "content-length": "16",
        "cache-control": "no-store",
        "x-request-id": "counter-7",
    }


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "<script>"])
async def test_a_request_id_that_is_none_by_its_form_is_replaced(endpoint, given):
    reply = await post(endpoint, {"query": "{a}"}, headers={"x-request-id": given})
    assert reply.headers["x-request-id"] != given
    assert len(reply.headers["x-request-id"]) == 16


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", "BAD_REQUEST", "The request body is not valid JSON."),
        (b'{"query', "BAD_REQUEST", "The request body is not valid JSON."),
        (b'"{a}"', "BAD_REQUEST", "The request body must be a JSON object."),
        (b"null", "BAD_REQUEST", "The request body must be a JSON object."),
        (b"{}", "BAD_REQUEST", "The request has no parameter 'query'."),
        (b'{"query":null}', "BAD_REQUEST", "The request has no parameter 'query'."),
        (b'{"query":""}', "BAD_REQUEST", "The request has no parameter 'query'."),
        (b'{"query":7}', "BAD_REQUEST", "The parameter 'query' must be a string."),
        (
            b'{"query":"{a}","operationName":7}',
            "BAD_REQUEST",
            "The parameter 'operationName' must be a string or null.",
        ),
        (b'{"query":"{a}","variables":[]}', "BAD_REQUEST", "The parameter 'variables' must be an object or null."),
        (b'{"query":"{a}","variables":"{}"}', "BAD_REQUEST", "The parameter 'variables' must be an object or null."),
        (b'{"query":"{a}","extensions":0}', "BAD_REQUEST", "The parameter 'extensions' must be an object or null."),
        (
            b'[{"query":"{a}"}]',
            "BATCHING_NOT_SUPPORTED",
            "The request body is a list: batches of operations are not supported, send each operation by itself.",
        ),
    ],
)
@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
async def test_a_body_that_is_no_graphql_request_is_refused_with_400(endpoint, accept, body, code, message):
    reply = await post(endpoint, body, headers={"accept": accept})
    assert reply.status == 400
    assert reply.json == {"errors": [{"message": message, "extensions": {"code": code}}]}


async def test_null_parameters_count_as_absent(endpoint, answers):
    await post(endpoint, {"query": "{a}", "operationName": None, "variables": None, "extensions": None})
    assert [(p.query, p.operation_name, p.variables) for p in answers.parameters] == [("{a}", None, {})]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (JSON, 200),
        ("Application/JSON; Charset=UTF-8", 200),
        ('application/json; charset="utf-8"', 200),
        ("application/json; charset=gbk", 415),
        ("application/graphql", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        (None, 415),
    ],
)
async def test_a_post_is_json_in_utf8_and_nothing_a_form_could_send(endpoint, content_type, status):
    reply = await post(endpoint, {"query": "{a}"}, headers={"content-type": content_type})
    assert reply.status == status
    if status == 415:
        assert reply.codes == ["UNSUPPORTED_CONTENT_TYPE"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"apollo-require-preflight": ""}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"apollo-require-preflight": "1"}, 200),
        ({"x-apollo-operation-name": "A"}, 200),
        ({"content-type": JSON}, 200),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "text/plain", "apollo-require-preflight": "1"}, 415),
    ],
)
async def test_a_get_that_any_web_page_could_cause_is_refused(endpoint, headers, status):
    reply = await call(endpoint, "GET", "/graphql", headers=headers, query={"query": "{a}"})
    assert reply.status == status


async def test_csrf_prevention_can_be_switched_off(answers):
    endpoint = build_endpoint(read_config({"csrf_prevention": False}), answers)
    assert (await call(endpoint, "GET", "/graphql", query={"query": "{a}"})).status == 200


async def test_a_get_carries_its_parameters_in_the_query_string(endpoint, answers):
    query = {
        "query": "query A($x: ID) { a(x: $x) }",
        "operationName": "A",
        "variables": '{"x":"杭州"}',
        "extensions": "",
    }
    await call(endpoint, "GET", "/graphql", headers={"content-type": JSON}, query=query)
    (parameters,) = answers.parameters
    assert (parameters.query, parameters.operation_name) == (query["query"], "A")
    assert (parameters.variables, parameters.is_get) == ({"x": "杭州"}, True)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (b"", "The request has no parameter 'query'."),
        (b"query=%7Ba%7D&variables=%7B", "The parameter 'variables' is not valid JSON."),
        (b"query=%7Ba%7D&variables=7", "The parameter 'variables' must be an object or null."),
        (b"query=%7Ba%7D&query=%7Bb%7D", "A parameter stands more than once in the query string."),
        (b"query=%FF%FE", "The query string is not URL-encoded UTF-8."),
    ],
)
async def test_a_query_string_that_is_no_graphql_request_is_refused(endpoint, query, message):
    reply = await call(endpoint, "GET", "/graphql", headers={"content-type": JSON}, query=query)
    assert (reply.status, reply.json["errors"][0]["message"]) == (400, message)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_not_allowed(endpoint, method):
    reply = await call(endpoint, method, "/graphql")
    assert (reply.status, reply.headers["allow"], reply.codes) == (405, "GET, POST", ["METHOD_NOT_ALLOWED"])


@pytest.mark.parametrize("with_length", [True, False])
async def test_a_body_over_the_limit_is_refused(answers, with_length):
    endpoint = build_endpoint(GatewayConfig(limits=LimitsConfig(max_body_bytes=100)), answers)
    body = b'{"query":"{a}"}' + b" " * 100
    headers = {"content-length": str(len(body))} if with_length else {}
    reply = await post(endpoint, body, headers=headers)
    assert (reply.status, reply.codes) == (413, ["PAYLOAD_TOO_LARGE"])


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (GRAPHQL, 400)])
async def test_a_refused_graphql_request_is_200_in_plain_json_and_400_in_graphql_json(accept, status):
    answers = Answers(refuse(RequestCode.GRAPHQL_VALIDATION_FAILED, "No such field."))
    reply = await post(build_endpoint(GatewayConfig(), answers), {"query": "{b}"}, headers={"accept": accept})
    assert (reply.status, reply.headers["content-type"]) == (status, accept + UTF8)
    assert reply.json == {
        "errors": [{"message": "No such field.", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]
    }


async def test_a_defect_costs_one_request_and_tells_nothing(caplog):
    answers = Answers(KeyError("330199195805120015"))
    reply = await post(build_endpoint(GatewayConfig(), answers), {"query": "{a}"})
    assert (reply.status, reply.codes) == (500, ["INTERNAL_SERVER_ERROR"])
    assert "KeyError" in caplog.text
    assert "330199195805120015" not in reply.body.decode() + caplog.text


async def test_a_client_that_leaves_ends_its_query():
    ended = asyncio.Event()
    begun = asyncio.Event()

    async def work():
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def answer(parameters, context, record):
        await context.while_connected(work())

    leaves = asyncio.Event()
    request = asyncio.ensure_future(
        post(build_endpoint(GatewayConfig(), answer), {"query": "{a}"}, client_leaves=leaves)
    )
    await begun.wait()
    leaves.set()
    reply = await request
    assert ended.is_set()
    assert (reply.status, reply.body) == (0, b"")


async def test_a_cancelled_request_is_not_taken_for_a_client_that_left():
    async def answer(parameters, context, record):
        await context.while_connected(asyncio.sleep(60))

    request = asyncio.ensure_future(post(build_endpoint(GatewayConfig(), answer), {"query": "{a}"}))
    await asyncio.sleep(0.01)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request


@pytest.mark.parametrize(
    ("headers", "exposure", "view"),
    [
        ({"bureaugraph-query-plan": "include"}, "loopback", "include"),
        ({"bureaugraph-query-plan": "dry-run"}, "always", "dry-run"),
        ({"apollo-expose-query-plan": "true"}, "loopback", "include"),
        ({"hive-expose-query-plan": "dry-run"}, "loopback", "dry-run"),
        ({"hive-expose-query-plan": "false"}, "loopback", "none"),
        ({}, "always", "none"),
        ({"bureaugraph-query-plan": "include"}, "never", "none"),
    ],
)
async def test_the_query_plan_is_shown_where_asked_for_and_allowed(answers, headers, exposure, view):
    endpoint = build_endpoint(read_config({"query_plan_exposure": exposure}), answers)
    await post(endpoint, {"query": "{a}"}, headers=headers)
    assert answers.contexts[0].plan_view == view


async def test_the_query_plan_is_not_shown_by_default_where_others_can_ask(answers):
    endpoint = build_endpoint(read_config({"server": {"host": "0.0.0.0"}}), answers)
    await post(endpoint, {"query": "{a}"}, headers={"bureaugraph-query-plan": "include"})
    assert answers.contexts[0].plan_view == "none"

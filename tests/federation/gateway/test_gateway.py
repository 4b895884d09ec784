"""The gateway as a whole: from a client's request to subgraphs and back."""

from __future__ import annotations

import asyncio
import threading

import pytest

from federation.executor.projection import compile_projection
from federation.gateway.errors import GraphQLRequestError, Refusal
from federation.gateway.graph import build_graph
from federation.supergraph.load import load_supergraph
from tests.federation.gateway.asgi_call import call, post
from tests.federation.gateway.shop import SUPERGRAPH

QUERY = "query Shop($first: Int) { products(first: $first) { name reviews { body } } }"
ANSWER = {
    "data": {
        "products": [
            {"name": "product 1", "reviews": [{"body": "review of 1"}]},
            {"name": "product 2", "reviews": [{"body": "review of 2"}]},
        ]
    }
}


async def test_a_query_is_answered_from_both_subgraphs(served):
    reply = await post(served.app, {"query": QUERY, "variables": {"first": 2}})
    assert (reply.status, reply.json) == (200, ANSWER)
    assert (len(served.products.requests), len(served.reviews.requests)) == (1, 1)


@pytest.mark.parametrize("number", ["12345678901234567890123", "1.2345678901234567890123"])
async def test_numbers_keep_their_digits_from_variables_to_subgraphs_and_back(served, number):
    answer = b'{"data":{"echo":%b}}' % number.encode()
    bodies = []

    async def products(scope, receive, send):
        bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": answer})

    served.graph.subgraphs.transports[0]._app = products
    query = "query($n: Number) { echo(number: $n) }"
    body = f'{{"query":"{query}","variables":{{"n":{number}}}}}'.encode()
    assert (await post(served.app, body)).body == answer
    assert number.encode() in bodies[0]


async def test_a_mutation_is_carried_out_once(served):
    reply = await post(served.app, {"query": 'mutation { rename(id: "1", name: "new") { name reviews { body } } }'})
    assert reply.json == {"data": {"rename": {"name": "new", "reviews": [{"body": "review of 1"}]}}}
    assert len(served.products.requests) == 1


async def test_a_mutation_by_get_is_not_allowed(served):
    query = {"query": 'mutation { rename(id: "1", name: "new") { name } }'}
    headers = {"content-type": "application/json"}
    reply = await call(served.app, "GET", "/graphql", query=query, headers=headers)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert reply.codes == ["MUTATION_NOT_ALLOWED_OVER_HTTP_GET"]
    assert served.products.requests == []


async def test_introspection_is_answered_by_the_gateway_itself(served):
    reply = await post(served.app, {"query": '{ __type(name: "Review") { fields { name } } }'})
    assert reply.json == {"data": {"__type": {"fields": [{"name": "body"}]}}}
    assert served.products.requests + served.reviews.requests == []


@pytest.mark.parametrize(
    "query",
    ["{ __schema { types { name } } }", '{ ...F } fragment F on Query { ... { __type(name: "Q") { name } } }'],
)
async def test_introspection_can_be_disabled(serve, query):
    served = serve(introspection_enabled=False)
    reply = await post(served.app, {"query": query}, headers={"accept": "application/graphql-response+json"})
    assert (reply.status, reply.codes) == (403, ["INTROSPECTION_DISABLED"])
    assert (await post(served.app, {"query": "{ __typename }"})).json == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("query", "operation_name", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("fragment F on Query { __typename }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { __typename } query B { __typename }", None, "OPERATION_RESOLUTION_FAILURE"),
        ("query A { __typename } query B { __typename }", "C", "OPERATION_RESOLUTION_FAILURE"),
        ("query A($first: Int!) { products(first: $first) { id } }", None, "BAD_USER_INPUT"),
        ("{ " + "a: __typename " * 60 + "}", None, "TOKEN_LIMIT_EXCEEDED"),
        ("{ products { reviews { body } } }", None, "MAX_DEPTH_EXCEEDED"),
        (
            "{ ...A } fragment A on Query { products { ...B } } fragment B on Product { reviews { body } }",
            None,
            "MAX_DEPTH_EXCEEDED",
        ),
    ],
)
async def test_a_request_that_cannot_be_executed_is_refused_without_data(serve, query, operation_name, code):
    served = serve(limits={"max_tokens": 100, "max_depth": 2})
    body = {"query": query, "operationName": operation_name}
    reply = await post(served.app, body, headers={"accept": "application/graphql-response+json"})
    assert (reply.status, reply.codes, "data" in reply.json) == (400, [code], False)
    again = await post(served.app, body, headers={"accept": "application/graphql-response+json"})
    assert again.body == reply.body
    assert served.products.requests == []


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/graphql-response+json", 500),
        ("application/json", 200),
        ("multipart/mixed;incrementalSpec=v0.2, application/json", 200),
    ],
)
@pytest.mark.parametrize("operation", ["query", "mutation"])
async def test_what_no_plan_answers_is_refused_as_a_whole_and_nobody_is_asked(served, accept, status, operation):
    sdl = SUPERGRAPH.replace('(graph: REVIEWS, key: "id")', '(graph: REVIEWS, key: "id", resolvable: false)')
    apps = {"http://products": served.products, "http://reviews": served.reviews}
    graph = build_graph(load_supergraph(sdl), served.config, apps)
    await served.app.service.exchange(graph)
    field = {"query": 'product(id: "1")', "mutation": 'rename(id: "1", name: "x")'}[operation]
    query = f"{operation} {{ {field} {{ name ... @defer {{ reviews {{ body }} }} }} }}"
    reply = await post(served.app, {"query": query}, headers={"accept": accept})
    assert (reply.status, reply.codes, reply.json.get("data")) == (status, ["QUERY_PLANNING_FAILED"], None)
    assert "Cannot plan Product.reviews" in reply.json["errors"][0]["message"]
    assert served.products.requests == []
    await graph.close()


async def test_one_of_several_operations_is_chosen_by_its_name(served):
    document = 'query A { product(id: "1") { name } } query B { product(id: "2") { name } }'
    replies = [await post(served.app, {"query": document, "operationName": name}) for name in ("A", "B")]
    assert [reply.json["data"]["product"]["name"] for reply in replies] == ["product 1", "product 2"]


async def test_a_failing_subgraph_costs_only_its_fields(served):
    served.reviews.failure = (503, "text/html", b"<html>maintenance</html>")
    reply = await post(served.app, {"query": '{ product(id: "1") { name reviews { body } } }'})
    assert reply.status == 200
    assert reply.json == {
        "data": {"product": {"name": "product 1", "reviews": None}},
        "errors": [
            {
                "message": "The subgraph answered with HTTP status 503.",
                "path": ["product"],
                "extensions": {"code": "SUBREQUEST_HTTP_ERROR", "service": "reviews", "retryable": True},
            }
        ],
    }


async def test_subgraphs_errors_are_masked_where_configured(serve):
    served = serve(subgraphs={"all": {"error_masking": True}})
    served.products.failure = (200, "application/json", b'{"data":null,"errors":[{"message":"row 330199 is locked"}]}')
    reply = await post(served.app, {"query": '{ product(id: "1") { name } }'})
    assert "330199" not in reply.body.decode()
    assert reply.codes == ["DOWNSTREAM_SERVICE_ERROR"]


async def test_a_known_text_is_prepared_once_also_by_concurrent_requests(served, monkeypatch):
    prepared = []
    prepare = served.graph.operations._prepare
    monkeypatch.setattr(served.graph.operations, "_prepare", lambda *key: (prepared.append(key), prepare(*key))[1])
    replies = await asyncio.gather(*(post(served.app, {"query": QUERY}) for _ in range(5)))
    replies.append(await post(served.app, {"query": QUERY}))
    assert [reply.json for reply in replies] == [ANSWER] * 6
    assert prepared == [(QUERY, None)]


async def test_a_request_ends_in_time_also_when_its_operation_is_hard_to_plan(serve, monkeypatch):
    served = serve(limits={"request_timeout_seconds": 0.05})
    is_over = threading.Event()
    monkeypatch.setattr(served.graph.operations, "_prepare", lambda *_: is_over.wait(5))
    replies = await asyncio.gather(*(post(served.app, {"query": f"{{ a{n}: __typename }}"}) for n in range(3)))
    is_over.set()
    assert [(reply.status, reply.codes) for reply in replies] == [(504, ["PLANNING_TIMEOUT"])] * 3


async def test_a_projection_for_other_conditions_is_made_in_the_planning_thread(served, monkeypatch):
    """It takes milliseconds, and clients choose how many combinations there are."""
    threads, make = [], compile_projection
    monkeypatch.setattr(
        "federation.executor.compile.compile_projection",
        lambda *a: (threads.append(threading.current_thread().name), make(*a))[1],
    )
    query = 'query($a: Boolean!) { product(id: "1") { name id @include(if: $a) } }'
    for value in (True, False, True):
        reply = await post(served.app, {"query": query, "variables": {"a": value}})
        assert reply.json["data"]["product"] == {"name": "product 1"} | ({"id": "1"} if value else {})
    assert threads == ["planning_0"] * 2


async def test_what_is_kept_of_a_refusal_holds_no_frames(served):
    """They would hold the variables of a request."""
    errors = []
    for _ in range(2):
        with pytest.raises(GraphQLRequestError) as refused:
            await served.graph.operations.get("{ nothing }", None, asyncio.get_running_loop().time() + 5)
        errors.append(refused.value)
    assert errors[0] is not errors[1]
    assert isinstance(served.graph.operations._known.find(("{ nothing }", None)), Refusal)


async def test_no_more_operations_are_kept_than_configured(serve):
    served = serve(limits={"cached_operations": 2})
    for number in range(5):
        await post(served.app, {"query": f"{{ a{number}: __typename }}"})
    assert len(served.graph.operations._known) == 2


async def test_headers_go_on_to_subgraphs_as_configured(serve):
    served = serve(
        subgraphs={
            "products": {"forward_headers": ["Authorization", "traceparent"], "headers": {"x-from": "gateway"}},
        }
    )
    sent = {"authorization": "Bearer t", "traceparent": "00-1", "cookie": "c", "x-request-id": "r1"}
    await post(served.app, {"query": '{ product(id: "1") { name reviews { body } } }'}, headers=sent)
    own = {"host", "accept", "content-type", "content-length"}
    assert [{k: v for k, v in app.headers[0].items() if k not in own} for app in (served.products, served.reviews)] == [
        {"authorization": "Bearer t", "traceparent": "00-1", "x-from": "gateway"},
        {"traceparent": "00-1", "x-request-id": "r1"},
    ]


async def test_a_query_plan_is_included_on_request(served):
    reply = await post(served.app, {"query": QUERY}, headers={"bureaugraph-query-plan": "include"})
    plan = reply.json["extensions"]["queryPlan"]
    assert reply.json["data"] == ANSWER["data"]
    assert plan["text"].startswith("QueryPlan {")
    assert plan["json"]["kind"] == "QueryPlan"


async def test_a_dry_run_shows_the_plan_and_asks_nobody(served):
    reply = await post(served.app, {"query": QUERY}, headers={"apollo-expose-query-plan": "dry-run"})
    assert (reply.json["data"], list(reply.json["extensions"])) == (None, ["queryPlan"])
    assert served.products.requests == []


async def test_a_graph_is_exchanged_between_two_requests(serve):
    served, other = serve(), serve()
    await post(served.app, {"query": QUERY})
    await served.app.service.exchange(other.graph)
    await post(served.app, {"query": QUERY})
    assert (len(served.products.requests), len(other.products.requests)) == (1, 1)


async def test_health_and_readiness_answer(served):
    health = await call(served.app, "GET", "/health")
    readiness = await call(served.app, "GET", "/readiness")
    assert (health.status, health.json) == (200, {"status": "ok"})
    assert (readiness.status, readiness.json["status"], readiness.json["supergraph"]["state"]) == (
        200,
        "ready",
        "current",
    )


async def test_an_unknown_path_is_not_found(served):
    reply = await call(served.app, "GET", "/nothing")
    assert (reply.status, reply.codes) == (404, ["NOT_FOUND"])


async def test_requests_share_identical_queries_in_flight(serve):
    """Also of clients that trace their requests; not of clients with different rights."""
    served = serve(share_in_flight=True, subgraphs={"all": {"forward_headers": ["authorization", "traceparent"]}})
    served.products.go = asyncio.Event()
    callers = [("a", "1"), ("a", "2"), ("b", "3")]
    requests = [
        asyncio.ensure_future(
            post(served.app, {"query": QUERY}, headers={"authorization": who, "traceparent": f"00-{trace}"})
        )
        for who, trace in callers
    ]
    async with asyncio.timeout(5):
        while len(served.products.requests) < 2:  # noqa: ASYNC110 (the app has no event for its second request)
            await asyncio.sleep(0.001)
    served.products.go.set()
    assert [reply.json for reply in await asyncio.gather(*requests)] == [ANSWER] * 3
    assert [headers["authorization"] for headers in served.products.headers] == ["a", "b"]

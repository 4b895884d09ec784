"""A partitioned subgraph behind the gateway, and served by it to other routers."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime

import orjson
import pytest

from federation.gateway.config import ConfigurationError, read_config
from federation.gateway.graph import build_graph
from federation.gateway.server import Gateway
from federation.gateway.validation import parse_document
from federation.supergraph.load import load_supergraph
from tests.federation.gateway.asgi_call import call, post
from tests.federation.gateway.conftest import Served
from tests.federation.gateway.shop import SUPERGRAPH, shop
from tests.federation.gateway.test_defer import parts_of
from tests.support.idle_time import idle_time

PARTITIONS = """
  @link(url: "https://bureaugraph.dev/partition/v1.0", import: ["@partition"])
  @partition(graph: REVIEWS, city: "330100", name: "hangzhou", url: "http://hangzhou/reviews")
  @partition(graph: REVIEWS, city: "341000", name: "huangshan", url: "http://huangshan/reviews")
{
  query: Query"""
MUTATION = """type Mutation @join__type(graph: PRODUCTS) @join__type(graph: REVIEWS) {
  review(id: ID!): Review @join__field(graph: REVIEWS)"""
PARTITIONED = (
    SUPERGRAPH.replace("\n{\n  query: Query", PARTITIONS).replace(
        "type Mutation @join__type(graph: PRODUCTS) {", MUTATION
    )
    + """
directive @partition(graph: join__Graph!, city: String!, name: String!, url: String!) repeatable on SCHEMA
"""
)
ENTITIES = {
    "query": "query($r: [_Any!]!) { _entities(representations: $r) { ... on Product { reviews { body } } } }",
    "variables": {"r": [{"__typename": "Product", "id": "1"}]},
}


@pytest.fixture
async def serve_cities():
    """Products as they are, reviews of two cities; `reviews` is Hangzhou's, `products` answers for itself."""
    graphs = []

    def build(register=None, **configuration):
        config = read_config({"subgraphs": {"reviews/huangshan": {"timeout_seconds": 5}}, **configuration})
        products, hangzhou = shop()
        _, huangshan = shop()
        apps = {"http://products": products, "http://hangzhou": hangzhou, "http://huangshan": huangshan}
        apps |= {} if register is None else {"http://register": register}
        graph = build_graph(load_supergraph(PARTITIONED), config, apps)
        graphs.append(graph)
        served = Served(Gateway(graph, config), graph, products, hangzhou, config)
        served.huangshan = huangshan
        return served

    yield build
    for graph in graphs:
        await graph.close()


@pytest.fixture
def served(serve_cities):
    return serve_cities()


def statuses(reply):
    return {source["partition"]: source["status"] for source in reply.json["extensions"]["sources"]}


async def test_the_lists_of_all_cities_come_as_one(served):
    reply = await post(served.app, {"query": '{ product(id: "1") { name reviews { body } } }'})
    assert reply.json["data"] == {"product": {"name": "product 1", "reviews": [{"body": "review of 1"}] * 2}}
    assert statuses(reply) == {"hangzhou": "ok", "huangshan": "ok"}


async def test_a_city_that_fails_costs_its_share_and_is_named(served):
    served.huangshan.failure = (503, "text/html", b"<html>")
    reply = await post(served.app, {"query": '{ product(id: "1") { name reviews { body } } }'})
    assert reply.json["data"] == {"product": {"name": "product 1", "reviews": [{"body": "review of 1"}]}}
    assert [error["extensions"] for error in reply.json["errors"]] == [
        {
            "code": "SUBREQUEST_HTTP_ERROR",
            "service": "reviews",
            "partition": "huangshan",
            "city": "341000",
            "retryable": True,
        }
    ]
    assert statuses(reply) == {"hangzhou": "ok", "huangshan": "unavailable"}


async def test_a_citys_error_names_what_the_client_has_written_and_none_of_our_variables(served):
    refusal = {"errors": [{"message": "$_l0 does not fit.", "extensions": {"code": "BAD_USER_INPUT"}}]}
    served.reviews.failure = served.huangshan.failure = (200, "application/json", orjson.dumps(refusal))
    reply = await post(served.app, {"query": '{ product(id: "1") { name reviews { body } } }'})
    assert [error["message"] for error in reply.json["errors"]] == ["id does not fit."]


class PresenceRegister:
    """Says that only Hangzhou has reviews; nothing while it `is_broken`."""

    def __init__(self):
        self.asked = []
        self.is_broken = False

    async def __call__(self, scope, receive, send):
        body = orjson.loads((await receive())["body"])
        self.asked.append(body["variables"])
        feeds = [{"city": city, "asOf": datetime.now(UTC).isoformat()} for city in ("330100", "341000")]
        presence = {"feeds": feeds, "cities": [["330100"] for _ in body["variables"]["representations"]]}
        headers = [(b"content-type", b"application/json")]
        answer = b"" if self.is_broken else orjson.dumps({"data": {"presence": presence}})
        await send({"type": "http.response.start", "status": 503 if self.is_broken else 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})


async def test_cities_that_a_presence_source_excludes_are_not_asked_unless_it_fails(serve_cities):
    register = PresenceRegister()
    presence = {"presence": {"url": "http://register/graphql", "timeout_seconds": 60}}
    served = serve_cities(register=register, subgraphs={"reviews": presence})
    query = {"query": '{ product(id: "1") { name reviews { body } } }'}
    narrowed = await post(served.app, query)
    register.is_broken = True
    broadcast = await post(served.app, query)
    assert statuses(narrowed) == {"hangzhou": "ok"}
    assert statuses(broadcast) == {"hangzhou": "ok", "huangshan": "ok"}
    assert "errors" not in broadcast.json
    key = {"__typename": "Product", "id": "1"}
    assert register.asked == [{"domain": "reviews", "representations": [key]}] * 2


async def test_a_presence_source_of_a_subgraph_without_partitions_is_refused(serve_cities):
    with pytest.raises(ConfigurationError, match=r"subgraphs.products.presence is for partitioned subgraphs"):
        serve_cities(subgraphs={"products": {"presence": {"url": "http://register/graphql"}}})


@pytest.mark.parametrize("path", ["/graphql", "/partitioned/reviews"])
@pytest.mark.parametrize("is_header", [True, False])
async def test_who_demands_a_complete_answer_gets_none_in_part(served, path, is_header):
    query = ENTITIES["query"] if path != "/graphql" else 'query Q { product(id: "1") { reviews { body } } }'
    if not is_header:
        query = query.replace(" {", " @requireComplete {", 1)
    headers = {"bureaugraph-require-complete": "true"} if is_header else {}
    body = {"query": query, "variables": ENTITIES["variables"] if path != "/graphql" else {}}
    whole = await post(served.app, body, path=path, headers=headers)
    served.huangshan.failure = (503, "text/html", b"<html>")
    part = await post(served.app, body, path=path, headers=headers)
    assert (whole.json["data"] is not None, "errors" in whole.json) == (True, False)
    assert (part.json["data"], part.codes) == (None, ["ANSWER_INCOMPLETE", "SUBREQUEST_HTTP_ERROR"])
    assert statuses(part) == {"hangzhou": "ok", "huangshan": "unavailable"}


async def test_only_an_operation_can_demand_completeness(served):
    reply = await post(served.app, {"query": "{ products @requireComplete { name } }"})
    assert reply.codes == ["GRAPHQL_VALIDATION_FAILED"]


@pytest.mark.parametrize("accept", ["multipart/mixed;deferSpec=20220824", "multipart/mixed;incrementalSpec=v0.2"])
async def test_a_deferred_part_has_its_own_sources_and_errors(served, accept):
    served.huangshan.failure = (503, "text/html", b"<html>")
    query = '{ product(id: "1") { name ... @defer { reviews { body } } } }'
    first, last = parts_of(await post(served.app, {"query": query}, headers={"accept": accept}))
    (part,) = last["incremental"]
    assert (first["data"], "extensions" in first) == ({"product": {"name": "product 1"}}, False)
    assert (part["data"], part["errors"][0]["extensions"]["city"]) == ({"reviews": [{"body": "review of 1"}]}, "341000")
    assert {source["partition"]: source["status"] for source in last["extensions"]["sources"]} == {
        "hangzhou": "ok",
        "huangshan": "unavailable",
    }


async def test_who_demands_a_complete_answer_gets_it_in_one_part(served):
    """What is missing later could not be taken back."""
    query = 'query @requireComplete { product(id: "1") { name ... @defer { reviews { body } } } }'
    headers = {"accept": "multipart/mixed;incrementalSpec=v0.2, application/json"}
    reply = await post(served.app, {"query": query}, headers=headers)
    assert reply.json["data"]["product"] == {"name": "product 1", "reviews": [{"body": "review of 1"}] * 2}


async def test_a_city_that_fails_again_and_again_is_left_in_peace(served):
    served.huangshan.failure = (503, "text/html", b"<html>")
    replies = [await post(served.app, {"query": '{ product(id: "1") { reviews { body } } }'}) for _ in range(6)]
    assert [reply.codes for reply in replies] == [["SUBREQUEST_HTTP_ERROR"]] * 5 + [["PARTITION_CIRCUIT_OPEN"]]


@pytest.mark.parametrize("share_in_flight", [True, False])
@pytest.mark.parametrize("path", ["/graphql", "/partitioned/reviews"])
async def test_a_city_that_hangs_past_the_requests_time_costs_its_share_and_is_named(
    serve_cities, path, share_in_flight
):
    served = serve_cities(share_in_flight=share_in_flight, subgraphs={"all": {"timeout_seconds": 60}})
    bodies = {"/graphql": {"query": '{ product(id: "1") { reviews { body } } }'}, "/partitioned/reviews": ENTITIES}
    await post(served.app, bodies[path], path=path)  # so that nothing is left to prepare in the planning thread
    served.huangshan.go = asyncio.Event()
    with idle_time():
        reply = await post(served.app, bodies[path], path=path)
    found = {"reviews": [{"body": "review of 1"}]}
    assert reply.json["data"] == {"/graphql": {"product": found}, "/partitioned/reviews": {"_entities": [found]}}[path]
    assert [error["extensions"] for error in reply.json["errors"]] == [
        {
            "code": "GATEWAY_TIMEOUT",
            "service": "reviews",
            "partition": "huangshan",
            "city": "341000",
            "retryable": True,
        }
    ]
    assert statuses(reply) == {"hangzhou": "ok", "huangshan": "timeout"}


async def test_a_header_goes_on_to_the_partition_that_is_configured_to_get_it(serve_cities):
    served = serve_cities(subgraphs={"reviews/huangshan": {"forward_headers": ["Authorization"]}})
    query = {"query": '{ product(id: "1") { reviews { body } } }'}
    await post(served.app, query, headers={"authorization": "Bearer t"})
    apps = (served.products, served.reviews, served.huangshan)
    assert [app.headers[0].get("authorization") for app in apps] == [None, None, "Bearer t"]


@pytest.mark.parametrize("path", ["/graphql", "/partitioned/reviews"])
async def test_the_errors_of_one_partition_can_be_masked(serve_cities, path):
    served = serve_cities(subgraphs={"reviews/huangshan": {"error_masking": True}})
    bodies = {"/graphql": {"query": '{ product(id: "1") { reviews { body } } }'}, "/partitioned/reviews": ENTITIES}
    for app in (served.reviews, served.huangshan):
        app.failure = (200, "application/json", b'{"data":null,"errors":[{"message":"the table is locked"}]}')
    reply = await post(served.app, bodies[path], path=path)
    assert [(error["extensions"]["partition"], error["message"]) for error in reply.json["errors"]] == [
        ("hangzhou", "the table is locked"),
        ("huangshan", 'The subgraph "reviews" reported an error.'),
    ]


async def test_another_router_asks_the_merged_subgraph_for_entities(served):
    reply = await post(served.app, ENTITIES, path="/partitioned/reviews")
    assert reply.status == 200
    assert reply.json["data"] == {"_entities": [{"reviews": [{"body": "review of 1"}] * 2}]}
    assert statuses(reply) == {"hangzhou": "ok", "huangshan": "ok"}


async def test_an_operation_of_another_router_is_read_once(served, monkeypatch):
    seen = []
    client = served.graph.subgraphs.clients["reviews"]
    execute = type(client).execute

    async def note(self, request):
        seen.append(request.operation)
        return await execute(self, request)

    monkeypatch.setattr(type(client), "execute", note)
    for _ in range(2):
        await post(served.app, ENTITIES, path="/partitioned/reviews")
    assert seen[0] is seen[1]


async def test_a_text_of_another_router_is_read_once_and_not_in_the_event_loop(served, monkeypatch):
    """Also one that is refused."""
    threads = []
    read = "federation.gateway.partitioned_endpoint.parse_document"
    monkeypatch.setattr(read, lambda *a: (threads.append(threading.current_thread().name), parse_document(*a))[1])
    replies = [await post(served.app, {"query": "{ nothing }"}, path="/partitioned/reviews") for _ in range(2)]
    assert [reply.codes for reply in replies] == [["GRAPHQL_VALIDATION_FAILED"]] * 2
    assert threads == ["planning_0"]


@pytest.mark.parametrize("domain", ["products", "nothing"])
async def test_what_is_not_partitioned_is_not_served(served, domain):
    reply = await post(served.app, {"query": "{ __typename }"}, path=f"/partitioned/{domain}")
    assert (reply.status, reply.codes) == (404, ["NOT_FOUND"])


async def test_another_router_is_given_the_contract_without_asking_a_city(served):
    reply = await post(served.app, {"query": "{ _service { sdl } __typename }"}, path="/partitioned/reviews")
    assert '@key(fields: "id")' in reply.json["data"]["_service"]["sdl"]
    assert (reply.json["data"]["__typename"], "extensions" in reply.json) == ("Query", False)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ _entities(representations: [330199195805120015]) { __typename ", {}),
        ("{ _service(number: 330199195805120015) { sdl } }", {}),
        ('{ _service @include(if: "330199195805120015") { sdl } }', {}),
        ("query($r: [_Any!]!) { _entities(representations: $r) { __typename } }", {"r": [None, "330199195805120015"]}),
    ],
)
async def test_no_error_quotes_a_value(served, query, variables):
    reply = await post(served.app, {"query": query, "variables": variables}, path="/partitioned/reviews")
    assert reply.json["errors"]
    assert b"330199195805120015" not in reply.body


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"query": "{"}, ["GRAPHQL_PARSE_FAILED"]),
        ({"query": "subscription { a }"}, ["SUBSCRIPTIONS_NOT_SUPPORTED"]),
        ({"query": "query A { a } query B { a }"}, ["OPERATION_RESOLUTION_FAILURE"]),
        ({"query": "{ nothing }"}, ["GRAPHQL_VALIDATION_FAILED"]),
        ({"query": "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"}, ["BAD_USER_INPUT"]),
        ([], ["BATCHING_NOT_SUPPORTED"]),
    ],
)
async def test_a_request_of_another_router_is_checked_like_any(served, body, codes):
    headers = {"accept": "application/graphql-response+json"}
    reply = await post(served.app, body, path="/partitioned/reviews", headers=headers)
    assert (reply.status, reply.codes) == (400, codes)


async def test_a_mutation_by_get_is_not_allowed(served):
    query, headers = {"query": "mutation { review(id: 1) { body } }"}, {"content-type": "application/json"}
    reply = await call(served.app, "GET", "/partitioned/reviews", query=query, headers=headers)
    assert (reply.status, reply.codes) == (405, ["MUTATION_NOT_ALLOWED_OVER_HTTP_GET"])

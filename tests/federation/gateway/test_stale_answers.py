"""Cities' last known answers behind the gateway: where they are told, who gets them, and what switches them off."""

from __future__ import annotations

import asyncio

import pytest

from federation.gateway.config import ConfigurationError, read_config
from federation.gateway.graph import build_graph
from federation.gateway.server import Gateway
from federation.supergraph.load import load_supergraph
from tests.federation.gateway.asgi_call import post
from tests.federation.gateway.conftest import Served
from tests.federation.gateway.shop import shop
from tests.federation.gateway.test_defer import parts_of
from tests.federation.gateway.test_partitioned import ENTITIES, PARTITIONED, statuses
from tests.support.idle_time import idle_time

DIRECTIVE = "@partition__staleWhileUnavailable(graph: REVIEWS, maxAge: 60)"
STALE = (
    PARTITIONED.replace("reviews: [Review!] @join__field(graph: REVIEWS)",
                        f"reviews: [Review!] @join__field(graph: REVIEWS) {DIRECTIVE}")
    + "directive @partition__staleWhileUnavailable(graph: join__Graph!, maxAge: Int!) repeatable on FIELD_DEFINITION"
)  # fmt: skip
QUERY = "{ mine: products(first: 2) { id said: reviews { body } } }"
DOWN = (503, "text/html", b"<html>")


@pytest.fixture
async def serve_cities():
    """Products as they are, reviews of two cities."""
    graphs = []

    def build(**configuration):
        config = read_config(configuration)
        products, hangzhou = shop()
        _, huangshan = shop()
        apps = {"http://products": products, "http://hangzhou": hangzhou, "http://huangshan": huangshan}
        graph = build_graph(load_supergraph(STALE), config, apps)
        graphs.append(graph)
        served = Served(Gateway(graph, config), graph, products, hangzhou, config)
        served.huangshan = huangshan
        return served

    yield build
    for graph in graphs:
        await graph.close()


async def test_the_places_are_told_as_the_client_calls_them(serve_cities):
    served = serve_cities()
    whole = await post(served.app, {"query": QUERY})
    served.huangshan.failure = DOWN
    part = await post(served.app, {"query": QUERY})
    assert part.json["data"] == whole.json["data"]
    assert ("errors" in part.json, statuses(part)) == (False, {"hangzhou": "ok", "huangshan": "stale"})
    stale = part.json["extensions"]["stale"]
    (as_of,) = {share.pop("asOf") for share in stale}
    assert part.json["extensions"]["sources"][1]["asOf"] == as_of
    whose = {"partition": "huangshan", "city": "341000", "service": "reviews"}
    assert stale == [{"path": ["mine", position, "said"], **whose} for position in range(2)]
    assert "stale" not in whole.json["extensions"]


async def test_another_router_is_told_the_same(serve_cities):
    served = serve_cities()
    whole = await post(served.app, ENTITIES, path="/partitioned/reviews")
    served.huangshan.failure = DOWN
    part = await post(served.app, ENTITIES, path="/partitioned/reviews")
    assert (part.json["data"], "errors" in part.json) == (whole.json["data"], False)
    (share,) = part.json["extensions"]["stale"]
    assert (share["path"], share["service"]) == (["_entities", 0, "reviews"], "reviews")


@pytest.mark.parametrize(("path", "body"), [("/graphql", {"query": QUERY}), ("/partitioned/reviews", ENTITIES)])
async def test_what_is_stale_is_no_complete_answer(serve_cities, path, body):
    served = serve_cities()
    headers = {"bureaugraph-require-complete": "true"}
    await post(served.app, body, path=path, headers=headers)
    served.huangshan.failure = DOWN
    part = await post(served.app, body, path=path, headers=headers)
    assert part.json["data"] is None
    assert part.codes == ["ANSWER_INCOMPLETE", *["VALUE_STALE"] * (len(part.codes) - 1)]
    error = part.json["errors"][1]
    told = error["extensions"].items()
    assert told >= {"service": "reviews", "partition": "huangshan", "city": "341000", "retryable": True}.items()
    assert error["path"][-1] in {"said", "reviews"}


async def test_a_city_that_hangs_past_the_requests_time_is_answered_for(serve_cities):
    served = serve_cities(subgraphs={"all": {"timeout_seconds": 60}})
    whole = await post(served.app, {"query": QUERY})  # which leaves nothing to prepare in the planning thread
    served.huangshan.go = asyncio.Event()
    with idle_time():
        part = await post(served.app, {"query": QUERY})
    assert (part.json["data"], statuses(part)["huangshan"]) == (whole.json["data"], "stale")


async def test_callers_with_other_rights_do_not_share_answers(serve_cities):
    served = serve_cities(subgraphs={"all": {"forward_headers": ["authorization", "x-request-id"]}})
    await post(served.app, {"query": QUERY}, headers={"authorization": "a", "x-request-id": "1"})
    served.huangshan.failure = DOWN
    own = await post(served.app, {"query": QUERY}, headers={"authorization": "a", "x-request-id": "2"})
    other = await post(served.app, {"query": QUERY}, headers={"authorization": "b"})
    assert ("errors" in own.json, set(other.codes)) == (False, {"SUBREQUEST_HTTP_ERROR"})
    assert "stale" not in other.json["extensions"]


async def test_a_deferred_part_tells_its_stale_places(serve_cities):
    served = serve_cities()
    query = '{ product(id: "1") { name ... @defer { reviews { body } } } }'
    headers = {"accept": "multipart/mixed;incrementalSpec=v0.2"}
    await post(served.app, {"query": query}, headers=headers)
    served.huangshan.failure = DOWN
    *_, last = parts_of(await post(served.app, {"query": query}, headers=headers))
    assert [share["path"] for share in last["extensions"]["stale"]] == [["product", "reviews"]]


@pytest.mark.parametrize("name", ["all", "reviews", "reviews/huangshan"])
async def test_what_is_kept_is_switched_off_for_all_a_subgraph_or_a_city(serve_cities, name):
    served = serve_cities(subgraphs={name: {"stale_answers_enabled": False}})
    await post(served.app, {"query": QUERY})
    served.huangshan.failure = DOWN
    reply = await post(served.app, {"query": QUERY})
    assert statuses(reply) == {"hangzhou": "ok", "huangshan": "unavailable"}


async def test_a_citys_memory_has_limits_of_its_own(serve_cities):
    served = serve_cities(subgraphs={"reviews/huangshan": {"stale_max_entries": 1}})
    await post(served.app, {"query": QUERY})
    served.huangshan.failure = DOWN
    reply = await post(served.app, {"query": QUERY})
    assert [share["path"] for share in reply.json["extensions"]["stale"]] == [["mine", 1, "said"]]


@pytest.mark.parametrize("key", ["stale_max_entries", "stale_max_bytes"])
def test_a_limit_is_positive(key):
    with pytest.raises(ConfigurationError, match=f"subgraphs.all.{key} must be greater than 0"):
        read_config({"subgraphs": {"all": {key: 0}}})

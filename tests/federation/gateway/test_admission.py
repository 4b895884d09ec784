"""A city that joins shows its contract first; one that does not is left out, and everything else is taken over."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest

from federation.composition import Subgraph, compose
from federation.supergraph.partitions import Partition
from tests.federation.gateway.asgi_call import post
from tests.federation.gateway.server_process import listening
from tests.federation.gateway.shop import SubgraphApp
from tests.federation.gateway.test_reload import Running, events

LINKS = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@shareable"])
  @link(url: "https://bureaugraph.dev/partition/v1.0", import: ["@route", "@merge"])
"""
CONTRACT = LINKS + 'type Query { numbers(city: String): [Int!] @route(argument: "city") }'
CITIES = {"hangzhou": "330100", "huangshan": "341000", "quzhou": "330800"}
_SERVICE = "type _Service { sdl: String! } extend type Query { _service: _Service! }"


class City(SubgraphApp):
    """A city's subgraph with the SDL that it tells."""

    def __init__(self, number, sdl=CONTRACT):
        self.told = {"sdl": sdl}
        root = {"numbers": lambda *_, **__: [number], "_service": lambda *_: self.told}
        super().__init__("type Query { numbers(city: String): [Int!] }", root, _SERVICE)


class Country:
    """Cities that listen, and the file that names some of them."""

    def __init__(self, file):
        self.file = file
        self.apps = {name: City(number) for number, name in enumerate(CITIES)}
        self.urls = {}

    def name(self, *names, **urls):
        """Let the file name these cities."""
        addresses = self.urls | urls
        partitions = tuple(Partition(CITIES[name], name, addresses[name]) for name in names)
        result = compose([Subgraph("numbers", "http://numbers", CONTRACT, partitions)])
        assert result.supergraph_sdl is not None, result.errors
        self.file.write_text(result.supergraph_sdl)


@pytest.fixture
async def country(tmp_path):
    country = Country(tmp_path / "supergraph.graphql")
    async with AsyncExitStack() as stack:
        for name, app in country.apps.items():
            country.urls[name] = f"{await stack.enter_async_context(listening(app))}/{name}"
        country.name("hangzhou", "huangshan")
        yield country


@pytest.fixture
async def run(country):
    started = []

    def start(config=None, **settings):
        started.append(Running(country.file, config, **settings))
        return started[-1]

    yield start
    for running in started:
        await running.app.service.close()


async def numbers(running):
    return (await post(running.app, {"query": "{ numbers }"})).json["data"]["numbers"]


async def left_out(running):
    return (await running.readiness()).get("leftOut")


async def test_a_city_that_serves_its_contract_joins(country, run):
    running = run()
    country.name(*CITIES)
    await running.reload()
    assert await numbers(running) == [0, 1, 2]
    assert await left_out(running) is None
    asked = [request["query"] for request in country.apps["quzhou"].requests]
    assert asked[0] == "{ __typename _service { sdl } }"


async def test_one_that_serves_another_contract_is_left_out_and_the_others_join(country, run, caplog):
    caplog.set_level(logging.INFO, "bureaugraph.gateway")
    country.name("hangzhou")
    running = run()
    country.apps["quzhou"].told = {"sdl": LINKS + "type Query { numbers(city: String): [String!] }"}
    country.name(*CITIES)
    await running.reload()
    assert await numbers(running) == [0, 1]
    problem = {
        "service": "numbers",
        "partition": "quzhou",
        "city": "330800",
        "reason": "its SDL is not the contract at Query.numbers.",
    }
    assert await left_out(running) == [problem]
    assert {"event": "city-left-out", **problem} in events(caplog)


async def test_one_that_does_not_answer_is_left_out_until_it_does(country, run):
    running = run(reload={"poll_seconds": 0.02, "admission_retry_seconds": 0.05})
    country.apps["quzhou"].failure = (503, "text/plain", b"no")
    country.name(*CITIES)
    await running.reload()
    assert await left_out(running) == [
        {
            "service": "numbers",
            "partition": "quzhou",
            "city": "330800",
            "reason": "it does not answer (SUBREQUEST_HTTP_ERROR).",
        }
    ]
    graph = running.app.service.current.graph
    await running.reloader.reload(is_retry=True)
    assert running.app.service.current.graph is graph
    watching = asyncio.ensure_future(running.reloader.run())
    country.apps["quzhou"].failure = None
    while await left_out(running) is not None:  # noqa: ASYNC110  (an operator has no event for it)
        await asyncio.sleep(0.01)
    watching.cancel()
    assert await numbers(running) == [0, 1, 2]


async def test_a_city_that_comes_late_leaves_it_known_that_a_newer_file_was_refused(country, run):
    running = run()
    country.apps["quzhou"].failure = (503, "text/plain", b"no")
    country.name(*CITIES)
    await running.reload()
    country.file.write_text("type {")
    await running.reload()
    country.apps["quzhou"].failure = None
    await running.reloader.reload(is_retry=True)
    assert await numbers(running) == [0, 1, 2]
    state = await running.readiness()
    assert (state["state"], "leftOut" in state) == ("outdated", False)


async def test_a_city_that_moves_to_an_address_where_nobody_is_stays_where_it_was(country, run, port_of_nobody):
    running = run()
    country.name("hangzhou", "huangshan", huangshan=f"http://127.0.0.1:{port_of_nobody}/huangshan")
    await running.reload()
    assert await numbers(running) == [0, 1]
    assert [each["partition"] for each in await left_out(running)] == ["huangshan"]


async def test_a_subgraph_of_which_no_city_can_be_asked_is_refused(country, run, port_of_nobody):
    running = run()
    country.name("quzhou", quzhou=f"http://127.0.0.1:{port_of_nobody}/quzhou")
    await running.reload()
    assert await numbers(running) == [0, 1]
    reason = (await running.readiness())["refusedBecause"]
    assert reason == "No city of numbers can be asked: quzhou: it does not answer (SUBREQUEST_HTTP_ERROR)."


async def test_an_address_that_is_none_leaves_its_city_out(country, run):
    running = run()
    country.name("hangzhou", "huangshan", "quzhou", quzhou="http://quzhou.example")
    country.file.write_text(country.file.read_text().replace("http://quzhou.example", "quzhou.example"))
    await running.reload()
    assert [each["reason"] for each in await left_out(running)] == ["its routing URL cannot be used."]
    assert await numbers(running) == [0, 1]


async def test_settings_of_a_city_that_is_left_out_do_not_matter(country, run, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text("subgraphs: {numbers/quzhou: {timeout_seconds: 3}}")
    running = run(config)
    country.apps["quzhou"].told = {"sdl": "type Query { other: Int }"}
    country.name(*CITIES)
    await running.reload()
    assert await numbers(running) == [0, 1]


async def test_nobody_is_asked_where_that_is_configured(country, run):
    running = run(reload={"admission": "none"})
    country.apps["quzhou"].told = {"sdl": "type Query { other: Int }"}
    country.name(*CITIES)
    await running.reload()
    assert await numbers(running) == [0, 1, 2]


async def test_a_city_that_leaves_is_asked_nothing_more(country, run):
    running = run()
    country.name("huangshan")
    await running.reload()
    assert await numbers(running) == [1]
    assert country.apps["hangzhou"].requests == []

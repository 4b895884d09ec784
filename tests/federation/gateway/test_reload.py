"""A changed supergraph is taken over from its files, or a line says why it is not."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest
import yaml

from federation.gateway.config import read_config
from federation.gateway.graph import build_graph
from federation.gateway.reload import Reloader, ReloadPaths, SupergraphSource, WatchedFiles, load_source
from federation.gateway.server import Gateway
from tests.federation.gateway.asgi_call import call, post
from tests.federation.gateway.shop import SUPERGRAPH

WITH_COLOUR = SUPERGRAPH.replace("  name: String @join__field", "  colour: String\n  name: String @join__field", 1)
PLAN = {"bureaugraph-query-plan": "dry-run"}


class Running:
    """A gateway whose files can be changed; `reload` takes over what they say."""

    def __init__(self, path, config=None, **settings):
        self.config = read_config(settings)
        paths = ReloadPaths(SupergraphSource(path, path.with_suffix(".copy")), config)
        self.watched = WatchedFiles(paths.files)
        self.app = Gateway(build_graph(load_source(paths.supergraph), self.config), self.config)
        self.reloader = Reloader(self.app, self.config, paths, self.watched)

    async def reload(self):
        await self.reloader.reload()

    async def readiness(self):
        return (await call(self.app, "GET", "/readiness")).json["supergraph"]

    async def until_accepted(self, query):
        while not await self.accepts(query):  # noqa: ASYNC110  (a client has no event for it)
            await asyncio.sleep(0.01)

    async def accepts(self, query):
        """Whether an operation fits the graph in service."""
        reply = await post(self.app, {"query": query}, headers=PLAN)
        return "errors" not in reply.json


@pytest.fixture
async def run(tmp_path):
    """Starts gateways over files in `tmp_path`."""
    started = []

    def start(path, config=None, **settings):
        running = Running(path, config, **settings)
        started.append(running)
        return running

    yield start
    for running in started:
        await running.app.service.close()


@pytest.fixture
def supergraph(tmp_path):
    path = tmp_path / "supergraph.graphql"
    path.write_text(SUPERGRAPH)
    return path


@pytest.fixture
def composed(tmp_path):
    """A `supergraph.yaml` with one subgraph."""
    link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])\n'
    (tmp_path / "names.graphql").write_text(link + "type Query { name: String }")
    path = tmp_path / "supergraph.yaml"
    subgraph = {"routing_url": "http://127.0.0.1:1/names", "schema": {"file": "names.graphql"}}
    path.write_text(yaml.safe_dump({"subgraphs": {"names": subgraph}}))
    return path


def events(caplog):
    """What was logged about the gateway itself, without times."""
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    return [{k: v for k, v in line.items() if k not in ("time", "milliseconds")} for line in lines]


async def test_a_changed_supergraph_is_served_from_the_next_request_on(run, supergraph, caplog):
    caplog.set_level(logging.INFO, "bureaugraph.gateway")
    running = run(supergraph)
    assert not await running.accepts("{ products { colour } }")
    supergraph.write_text(WITH_COLOUR)
    await running.reload()
    assert await running.accepts("{ products { colour } }")
    assert {"event": "supergraph-taken-over", "subgraphs": 2} in events(caplog)


async def test_a_broken_supergraph_leaves_the_old_one_in_service_until_it_is_repaired(run, supergraph, caplog):
    caplog.set_level(logging.INFO, "bureaugraph.gateway")
    running = run(supergraph)
    supergraph.write_text("type Query { a: ")
    await running.reload()
    [line] = events(caplog)
    assert line["event"] == "supergraph-refused"
    assert line["reason"].startswith(f"The file {supergraph} is no supergraph that can be served: ")
    state = await running.readiness()
    assert (state["state"], state["refusedBecause"]) == ("outdated", line["reason"])
    assert await running.accepts("{ products { name } }")
    supergraph.write_text(WITH_COLOUR)
    await running.reload()
    state = await running.readiness()
    assert (state["state"], set(state)) == ("current", {"state", "servedSince"})


async def test_reasons_are_for_the_log_alone_where_query_plans_are_not_exposed(run, supergraph):
    running = run(supergraph, query_plan_exposure="never")
    supergraph.write_text("type Query { a: ")
    await running.reload()
    assert set(await running.readiness()) == {"state", "servedSince", "refusedAt"}


async def test_a_supergraph_that_is_gone_leaves_the_old_one_in_service(run, supergraph):
    running = run(supergraph)
    supergraph.unlink()
    await running.reload()
    assert (await running.readiness())["refusedBecause"] == (
        f"The supergraph {supergraph} cannot be read: no such file or directory."
    )
    assert await running.accepts("{ products { name } }")


async def test_a_subgraph_without_an_address_is_refused_like_at_the_start(run, supergraph):
    running = run(supergraph)
    supergraph.write_text(SUPERGRAPH.replace("http://reviews/graphql", ""))
    await running.reload()
    assert "no usable routing URL" in (await running.readiness())["refusedBecause"]


async def test_a_supergraph_yaml_is_composed_and_its_sdl_kept(run, composed):
    running = run(composed)
    assert await running.accepts("{ name }")
    assert "join__Graph" in composed.with_suffix(".copy").read_text()
    (composed.parent / "names.graphql").write_text("type Query { name: String age: Int }")
    assert not running.watched.have_changed()  # somebody may still be writing
    assert running.watched.have_changed()
    await running.reload()
    assert await running.accepts("{ name age }")
    assert "age: Int" in composed.with_suffix(".copy").read_text()


async def test_subgraphs_that_do_not_compose_leave_the_old_graph_and_its_copy(run, composed):
    running = run(composed)
    before = composed.with_suffix(".copy").read_text()
    (composed.parent / "names.graphql").write_text("type Query { name: Nothing }")
    await running.reload()
    reason = (await running.readiness())["refusedBecause"]
    assert reason.startswith(f"The subgraphs of {composed} do not compose: ")
    assert composed.with_suffix(".copy").read_text() == before


@pytest.mark.parametrize(
    "text", ["subgraphs: [a]", "subgraphs: {names: 1}", "- a", "subgraphs: {names: {schema: {file: 1}}}"]
)
async def test_a_configuration_of_another_form_is_refused_and_watched_on(run, composed, text):
    running = run(composed)
    composed.write_text(text)
    assert not running.watched.have_changed()
    assert running.watched.have_changed()
    await running.reload()
    assert (await running.readiness())["state"] == "outdated"


async def test_how_subgraphs_are_asked_is_read_again(run, supergraph, tmp_path):
    config = tmp_path / "gateway.yaml"
    config.write_text("subgraphs: {reviews: {timeout_seconds: 3}}")
    running = run(supergraph, config)
    await running.reload()
    assert running.app.service.current.graph.settings["reviews"].timeout_seconds == 3
    config.write_text("subgraphs: {nobody: {timeout_seconds: 3}}")
    await running.reload()
    assert "settings for nobody" in (await running.readiness())["refusedBecause"]


async def test_known_operations_and_those_used_last_are_planned_before_the_exchange(run, supergraph, tmp_path):
    known = tmp_path / "operations"
    known.mkdir()
    (known / "a.graphql").write_text("{ products { id } }")
    running = run(supergraph, known_operations=str(known))
    assert await running.accepts("{ products { name } }")
    assert not await running.accepts("{ nothing }")
    await running.reload()
    operations = running.app.service.current.graph.operations
    assert {text for text, _ in operations.recent(9)} == {"{ products { id } }", "{ products { name } }"}


async def test_the_files_are_looked_at_by_themselves(run, supergraph):
    running = run(supergraph, reload={"poll_seconds": 0.02})
    watching = asyncio.ensure_future(running.reloader.run())
    supergraph.write_text(WITH_COLOUR)
    await running.until_accepted("{ products { colour } }")
    watching.cancel()


async def test_without_polling_only_asking_has_them_read(run, supergraph):
    running = run(supergraph, reload={"poll_seconds": 0})
    watching = asyncio.ensure_future(running.reloader.run())
    supergraph.write_text(WITH_COLOUR)
    await asyncio.sleep(0.1)
    assert not await running.accepts("{ products { colour } }")
    running.reloader.ask()
    await running.until_accepted("{ products { colour } }")
    watching.cancel()

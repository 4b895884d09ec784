"""`@defer` over partitioned subgraphs: parts put together are the whole answer, and each tells of its own cities."""

from __future__ import annotations

import pytest
from graphql import parse, validate

from federation.composition import Subgraph, compose
from federation.executor import ExecutionRequest, compile_plan, execute_plan
from federation.executor.incremental import execute_incrementally
from federation.planner import plan_operation
from federation.query_plan.incremental import without_parts
from federation.query_plan.nodes import SubgraphName
from federation.supergraph import load_supergraph
from federation.supergraph.partitions import Partition
from tests.federation.partition.cities import down, partitioned
from tests.federation.partition.clinics import SDL, Record, city_of, clinics
from tests.federation.partition.contracts import CITIES
from tests.support.incremental import assign_results, merge_results

RECORDS = {
    "330100": [
        Record(1, "330100", "p1", "2026-03-01T08:00:00+08:00", "2026-01-01", 100, "LOW"),
        Record(3, "330100", "p2", "2026-03-05T08:00:00+08:00", None, 50, "MIDDLE"),
    ],
    "341000": [Record(2, "341000", "p1", "2026-03-02T08:00:00+08:00", "2026-01-02", 250, "HIGH")],
}
QUERIES = {
    "the shares of all cities": '{patient(id: "p1"){name ... @defer {visitCount paid visits{number city{code}}}}}',
    "an entity of one city": "{newest{nodes{number ... @defer {seenAt ward{beds}}}}}",
    "a page": '{patient(id: "p1"){id ... @defer {history(first: 1){nodes{seenAt} pageInfo{hasNextPage}}}}}',
    "a whole root field": "{tags ... @defer {wards{number city{code}} statistics{visits busiest}}}",
    "a part within a part": '{patient(id: "p1"){... @defer {note ... @defer(label: "in") {events{seenAt}}}}}',
    "what is at hand": '{patient(id: "p1"){visits{number ... @defer {number seenAt}}}}',
    "nobody": '{patient(id: "none"){id ... @defer {visitCount}}}',
}


@pytest.fixture(scope="module")
def supergraph():
    """The clinics as composition accepts them."""
    sdl = (
        SDL.replace("  reset: Boolean\n", "")
        .replace("  city: City\n  number: ID!", "  city: City!\n  number: ID!")
        .replace("title: String", "title: String @merge(rule: FIRST)")
    )
    partitions = tuple(Partition(code, name, f"http://{name}") for code, name in CITIES[:2])
    result = compose([Subgraph("demo", "http://demo", sdl, partitions)])
    assert result.errors == ()
    return load_supergraph(result.supergraph_sdl or "")


def clients(*, is_one_down=False):
    here, there = (city_of(records) for records in RECORDS.values())
    return {SubgraphName("demo"): partitioned(clinics(), here, down() if is_one_down else there)}


def compiled(supergraph, document):
    assert validate(supergraph.client_schema, document) == []
    return compile_plan(plan_operation(supergraph, document), supergraph.client_schema, supergraph.schema, document)


async def parts_of(supergraph, query, subgraphs):
    results = execute_incrementally(compiled(supergraph, parse(query)), ExecutionRequest(), subgraphs)
    return [result async for result in results]


def places(errors):
    return {(*error["path"], error["extensions"]["code"]) for error in errors}


@pytest.mark.parametrize("is_one_down", [False, True])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_parts_put_together_are_the_answer_without_defer(supergraph, query, is_one_down):
    results = await parts_of(supergraph, query, clients(is_one_down=is_one_down))
    plan = compiled(supergraph, without_parts(parse(query)))
    whole = await execute_plan(plan, ExecutionRequest(), clients(is_one_down=is_one_down))
    data, errors = merge_results(results)
    assert len(results) > 1 or data == {"patient": None}
    assert (data, assign_results(results)) == (whole.data, whole.data)
    assert places(whole.errors) <= places(errors)
    assert bool(errors) == bool(whole.errors) == is_one_down


async def test_each_part_tells_of_the_cities_asked_for_it(supergraph):
    first, last = await parts_of(supergraph, QUERIES["a whole root field"], clients(is_one_down=True))
    for result in (first, last):
        sources = result.extensions["sources"]
        assert [(source["partition"], source["status"]) for source in sources] == [
            ("hangzhou", "ok"),
            ("huangshan", "unavailable"),
        ]


async def test_a_city_that_is_down_is_told_where_the_part_misses_it(supergraph):
    first, last = await parts_of(supergraph, QUERIES["the shares of all cities"], clients(is_one_down=True))
    assert (first.data, last.parts[0].data) == (
        {"patient": {"name": "name p1"}},
        {"visitCount": 1, "paid": "1.00", "visits": [{"number": "1", "city": {"code": "330100"}}]},
    )
    assert {error["extensions"]["city"] for error in last.parts[0].errors} == {"341000"}

"""Connections whose rows several cities list: one row an entity, on whichever pages and however cities fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from graphql import GraphQLError

from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.partition import PartitionedClient
from federation.partition.cursor import decode_cursor
from tests.federation.partition.cities import MemoryCity, ask, down, partitioned, request_for
from tests.federation.partition.contracts import CITIES, domain_sdl, read_contract

DATES = ("1958-05-12", "1960-01-01", "1960-01-02", None)
PAGE = "query($n: Int, $after: String) {people(first: $n, after: $after) {nodes{id} pageInfo{hasNextPage endCursor}}}"


def people(count: int = 2) -> Any:
    """The contract of the people domain, served by `count` cities."""
    return read_contract(domain_sdl("people"), count)


def person(city: str, number: int, born: str | None, day: int = 1) -> dict[str, Any]:
    changed = f"2026-01-{day:02}T08:00:00+08:00"
    record = {"city": {"code": city, "name": city}, "personalNumber": f"{city}-{number}", "name": f"person {number}"}
    return {
        "__typename": "Person",
        "id": str(number),
        "birthDate": born,
        "lifeStatus": "ALIVE" if day == 1 else "DECEASED",
        "updatedAt": changed,
        "records": [record],
    }


def city_of(rows: Sequence[dict[str, Any]]) -> MemoryCity:
    """A city that lists these people, by birth date; its cursors are the ids."""
    ordered = sorted(rows, key=lambda row: (row["birthDate"] is None, row["birthDate"]))

    def page(first: int, after: str | None = None, **_: Any) -> dict[str, Any]:
        ids = [row["id"] for row in ordered]
        start = ids.index(after) + 1 if after in ids else 0
        shown = ordered[start : start + first]
        return {
            "edges": [{"cursor": row["id"], "node": row} for row in shown],
            "nodes": shown,
            "pageInfo": {
                "hasNextPage": start + first < len(ordered),
                "hasPreviousPage": start > 0,
                "startCursor": shown[0]["id"] if shown else None,
                "endCursor": shown[-1]["id"] if shown else None,
            },
            "totalCount": len(ordered),
        }

    return MemoryCity(people().schema, {"people": page})


def platform(*rows: Sequence[tuple[Any, ...]]) -> PartitionedClient:
    """Cities with people `(number, born, day of the record)`."""
    cities = [city_of([person(code, *row) for row in known]) for (code, _), known in zip(CITIES, rows, strict=False)]
    return partitioned(people(len(rows)), *cities)


async def test_a_person_whom_two_cities_know_is_one_row_with_the_share_of_both():
    client = platform([(1, "1958-05-12", 1), (2, "1960-01-01", 1)], [(1, "1958-05-12", 2), (3, "1959-01-01", 1)])
    response = await ask(client, "{people{nodes{id lifeStatus records{personalNumber}}}}")
    assert response.data["people"]["nodes"] == [
        {
            "id": "1",
            "lifeStatus": "DECEASED",
            "records": [{"personalNumber": "330100-1"}, {"personalNumber": "341000-1"}],
        },
        {"id": "3", "lifeStatus": "ALIVE", "records": [{"personalNumber": "341000-3"}]},
        {"id": "2", "lifeStatus": "ALIVE", "records": [{"personalNumber": "330100-2"}]},
    ]


async def test_a_persons_edge_is_one_edge_under_any_alias_or_fragment():
    client = platform([(1, "1958-05-12", 1)], [(1, "1958-05-12", 2)])
    text = "{people{rows: edges{...E}}} fragment E on PersonEdge {who: node{...P}} fragment P on Person {lifeStatus}"
    response = await ask(client, text)
    assert response.data == {"people": {"rows": [{"who": {"lifeStatus": "DECEASED"}}]}}


async def test_a_total_is_exact_when_all_rows_are_on_the_page_and_else_told_to_be_an_upper_bound():
    client = platform([(1, "1958-05-12"), (2, "1960-01-01")], [(1, "1958-05-12"), (3, "1959-01-01")])
    whole = await ask(client, "{people{totalCount nodes{id}}}")
    page = await ask(client, "{people(first: 1){totalCount nodes{id}}}")
    count = await ask(client, "{people{totalCount}}")
    assert [answer.data["people"]["totalCount"] for answer in (whole, page, count)] == [3, 4, 4]
    assert [answer.upper_bounds for answer in (whole, page, count)] == [
        (),
        ("Query.people",),
        ("Query.people",),
    ]


async def test_a_total_to_which_one_city_contributes_is_exact():
    answer = await ask(platform([(1, "1958-05-12")], []), "{people(first: 0){totalCount}}")
    assert (answer.data["people"]["totalCount"], answer.upper_bounds) == (1, ())


async def test_a_person_whom_cities_order_differently_is_one_row_of_a_page_and_told_of():
    client = platform([(1, "1958-05-12"), (2, "1960-01-01")], [(1, "1985-05-12"), (2, "1960-01-01")])
    agreed = platform([(1, "1958-05-12")], [(1, "1958-05-12"), (2, "1960-01-01")])
    page = await ask(client, "{people{nodes{id}}}")
    assert [node["id"] for node in page.data["people"]["nodes"]] == ["1", "2"]
    assert page.order_conflicts == ("Query.people",)
    assert (await ask(agreed, "{people{nodes{id}}}")).order_conflicts == ()


async def test_each_edge_has_a_cursor_behind_which_no_entity_comes_again():
    client = platform(
        [(1, "1960-01-01"), (2, "1960-01-01"), (3, "1960-01-01")],
        [(3, "1960-01-01"), (4, "1960-01-01"), (1, "1960-01-01")],
    )
    edges = (await ask(client, "{people{edges{cursor node{id}}}}")).data["people"]["edges"]
    rests = [
        [node["id"] for node in (await ask(client, PAGE, n=9, after=edge["cursor"])).data["people"]["nodes"]]
        for edge in edges
    ]
    assert [edge["node"]["id"] for edge in edges] == ["1", "2", "3", "4"]
    assert [sorted(rest) for rest in rests] == [["2", "3", "4"], ["3", "4"], ["4"], []]


async def test_an_error_in_one_citys_row_is_at_the_merged_row():
    failing = {**person("341000", 1, "1958-05-12"), "records": GraphQLError("no records")}
    client = partitioned(
        people(), city_of([person("330100", 2, "1950-01-01"), person("330100", 1, "1958-05-12")]), city_of([failing])
    )
    response = await ask(client, "{people{nodes{id records{personalNumber}}}}")
    assert response.data["people"]["nodes"][1] == {"id": "1", "records": [{"personalNumber": "330100-1"}]}
    assert [error["path"] for error in response.errors] == [["people", "nodes", 1, "records"]]


class Flaky:
    """A city that cannot be reached while `is_down`."""

    def __init__(self, city: MemoryCity) -> None:
        self.is_down = False
        self._city = city

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        return await (down() if self.is_down else self._city).execute(request)


def random_registers(random: Random) -> list[list[tuple[int, str | None]]]:
    """People of three cities; whoever is in several has one birth date."""
    births = [random.choice(DATES) for _ in range(random.randint(1, 14))]
    known = [random.sample(range(3), random.randint(1, 3)) for _ in births]
    return [
        [(number, births[number]) for number in random.sample(range(len(births)), len(births)) if city in known[number]]
        for city in range(3)
    ]


@pytest.mark.parametrize("seed", range(40))
async def test_walking_the_pages_shows_everybody_once_while_cities_fail_and_come_back(seed):
    random = Random(seed)
    rows = random_registers(random)
    cities = [
        Flaky(city_of([person(code, *row) for row in known])) for (code, _), known in zip(CITIES, rows, strict=False)
    ]
    client, request = partitioned(people(3), *cities), request_for(PAGE)
    shown: list[str] = []
    after, has_next, rounds = None, True, 0
    while has_next:
        rounds += 1
        assert rounds < 100
        for city in cities:
            city.is_down = rounds < 20 and random.random() < 0.3
        size = random.randint(1, 4)
        response = await client.execute(replace(request, variables={"n": size, "after": after}))
        page = response.data["people"]
        if page is None:
            continue
        assert len(page["nodes"]) <= size
        shown += [node["id"] for node in page["nodes"]]
        after, has_next = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert sorted(shown) == sorted({str(number) for known in rows for number, _ in known})


async def test_what_a_city_has_shown_is_remembered_while_that_city_is_down():
    late = [(9, "1990-01-01")]
    registers = [late, [(1, "1960-01-01"), (3, "1970-01-01"), *late], [(2, "1962-01-01"), (4, "1980-01-01")]]
    cities = [Flaky(city_of([person("330100", *row) for row in rows])) for rows in registers]
    client, request = partitioned(people(3), *cities), request_for(PAGE)
    shown, after = [], None
    for reachable, size in (({0}, 9), ({1, 2}, 2), ({0, 1, 2}, 9)):
        for number, city in enumerate(cities):
            city.is_down = number not in reachable
        response = await client.execute(replace(request, variables={"n": size, "after": after}))
        page = response.data["people"]
        shown += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert shown == ["9", "1", "2", "3", "4"]


async def test_a_cursor_remembers_only_what_a_city_may_still_list():
    born = [f"1960-01-{day:02}" for day in range(1, 29)]
    client = platform(list(enumerate(born)), list(enumerate(born)))
    page = (await ask(client, PAGE, n=14)).data["people"]
    # The last one shown: what comes behind either city's fourteen rows is not known yet.
    assert [len(position.shown) for position in decode_cursor(page["pageInfo"]["endCursor"]).positions.values()] == [
        1,
        1,
    ]


@pytest.mark.parametrize("cursor", ["WzEse1wiMzMwMTAwXCI6W251bGwsXCJ4XCJdfV0", "x", "", "W10"])
async def test_what_is_no_cursor_of_ours_is_refused(cursor):
    response = await ask(platform([(1, None)], [(1, None)]), PAGE, n=1, after=cursor)
    assert [error["extensions"]["code"] for error in response.errors] == ["BAD_USER_INPUT"]

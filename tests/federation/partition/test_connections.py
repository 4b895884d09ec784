"""Connections over cities: one order, one cursor, no row lost or shown twice."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from federation.partition import PartitionedClient
from federation.partition.cursor import Position, decode_cursor, encode_cursor
from tests.federation.partition.cities import MemoryCity, ask, down, partitioned
from tests.federation.partition.clinics import SDL, Record, city_of, clinics
from tests.federation.partition.contracts import read_contract

HANGZHOU = "330100"
HUANGSHAN = "341000"


def record(number: int, city: str, opened: str | None) -> Record:
    return Record(number, city, "p1", f"2026-03-{number:02}T08:00:00+08:00", opened, 0, "LOW")


def platform(*dates: tuple[int, str, str | None]) -> tuple[PartitionedClient, list[MemoryCity]]:
    """Hangzhou and Huangshan with visits `(number, city, opened on)`, which are ordered by that date."""
    records = [record(*date) for date in dates]
    cities = [city_of([record for record in records if record.city == code]) for code in (HANGZHOU, HUANGSHAN)]
    return partitioned(clinics(), *cities), cities


INTERLEAVED = (
    (1, HANGZHOU, "2026-01-01"),
    (2, HUANGSHAN, "2026-01-02"),
    (3, HANGZHOU, "2026-01-03"),
    (4, HUANGSHAN, None),
)


async def numbers(client: PartitionedClient, after: str | None, first: int = 2) -> tuple[list[str], str | None, bool]:
    """One page: its rows, its end cursor, whether there are more."""
    page = "nodes{number} pageInfo{hasNextPage endCursor}"
    text = f"query($first: Int, $after: String) {{visits(first: $first, after: $after) {{{page}}}}}"
    response = await ask(client, text, first=first, after=after)
    page = response.data["visits"]
    return [node["number"] for node in page["nodes"]], page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


async def test_rows_come_in_the_order_of_the_contract_with_nulls_last_and_partition_order_for_equal_ones():
    client, _ = platform(
        (1, HANGZHOU, None), (2, HUANGSHAN, "2026-01-01"), (3, HANGZHOU, "2026-01-01"), (4, HUANGSHAN, None)
    )
    assert (await ask(client, "{visits(first: 9){nodes{number}}}")).data == {
        "visits": {"nodes": [{"number": "3"}, {"number": "2"}, {"number": "1"}, {"number": "4"}]}
    }


async def test_a_descending_connection_shows_the_newest_of_all_cities_first():
    client, _ = platform(*INTERLEAVED)
    assert (await ask(client, "{newest(first: 3){edges{node{number}}}}")).data == {
        "newest": {"edges": [{"node": {"number": "4"}}, {"node": {"number": "3"}}, {"node": {"number": "2"}}]}
    }


async def test_page_info_and_total_count_are_true_for_the_whole():
    client, _ = platform(*INTERLEAVED)
    text = "{visits(first: 3){totalCount pageInfo{hasNextPage hasPreviousPage startCursor endCursor}}}"
    page = (await ask(client, text)).data["visits"]
    assert page == {
        "totalCount": 4,
        "pageInfo": {
            "hasNextPage": True,
            "hasPreviousPage": False,
            "startCursor": encode_cursor([(HANGZHOU, Position(("1",)))]),
            "endCursor": encode_cursor([(HANGZHOU, Position(("3",), ())), (HUANGSHAN, Position(("2",)))]),
        },
    }


async def test_a_total_without_a_rule_of_its_own_is_summed():
    contract = read_contract(SDL.replace("totalCount: Int @merge(rule: SUM)", "totalCount: Int"))
    cities = [city_of([record(*date) for date in INTERLEAVED if date[1] == code]) for code in (HANGZHOU, HUANGSHAN)]
    response = await ask(partitioned(contract, *cities), "{visits{totalCount}}")
    assert response.data == {"visits": {"totalCount": 4}}


async def test_pages_follow_one_another_until_no_city_has_more():
    client, _ = platform(*INTERLEAVED)
    first = await numbers(client, None)
    second = await numbers(client, first[1])
    assert (first[0], first[2], second[0], second[2]) == (["1", "2"], True, ["3", "4"], False)


@pytest.mark.parametrize("seed", range(5))
async def test_walking_the_pages_shows_every_row_once_while_cities_fail_and_come_back(seed):
    random = Random(seed)
    dates = ["2026-01-01", "2026-01-02", "2026-01-03", None]
    rows = [(number, random.choice([HANGZHOU, HUANGSHAN]), random.choice(dates)) for number in range(1, 25)]
    _, cities = platform(*rows)
    shown: list[str] = []
    after, has_next = None, True
    for _ in range(100):
        asked: list[Any] = [down() if random.random() < 0.3 else city for city in cities]
        if not has_next:
            break
        if any(isinstance(city, MemoryCity) for city in asked):
            page, after, has_next = await numbers(partitioned(clinics(), *asked), after, random.randint(1, 4))
            shown += page
    assert sorted(map(int, shown)) == list(range(1, 25))


async def test_each_edge_has_a_cursor_from_which_the_rest_follows():
    client, _ = platform(*INTERLEAVED)
    edges = (await ask(client, "{visits(first: 9){edges{at: cursor node{number}}}}")).data["visits"]["edges"]
    rests = [(await numbers(client, edge["at"], 9))[0] for edge in edges]
    assert rests == [["2", "3", "4"], ["3", "4"], ["4"], []]


async def test_a_connection_of_one_routed_city_has_the_same_cursors():
    client, _ = platform(*INTERLEAVED)
    text = '{visits(first: 1, filter: {city: "341000"}){nodes{number} pageInfo{endCursor hasNextPage}}}'
    page = (await ask(client, text)).data["visits"]
    assert decode_cursor(page["pageInfo"]["endCursor"]).positions == {HUANGSHAN: Position(("2",))}
    assert (page["nodes"], page["pageInfo"]["hasNextPage"]) == ([{"number": "2"}], True)


async def test_each_city_gets_its_own_position_and_the_clients_page_size():
    client, cities = platform(*INTERLEAVED)
    _, after, _ = await numbers(client, None, 1)
    await numbers(client, after, 2)
    sent = [dict(city.asked[-1].variables) for city in cities]
    assert sent == [{"first": 2, "_p_after0": "1"}, {"first": 2, "_p_after0": None}]


async def test_a_literal_cursor_is_translated_too():
    client, _ = platform(*INTERLEAVED)
    cursor = encode_cursor([(HANGZHOU, Position(("3",), ())), (HUANGSHAN, Position(("2",)))])
    response = await ask(client, f'{{visits(after: "{cursor}"){{nodes{{number}}}}}}')
    assert response.data == {"visits": {"nodes": [{"number": "4"}]}}


@pytest.mark.parametrize("cursor", ["", "MQ", "W10", "not a cursor", "WzIse31d", "WzEseyIzMzAxMDAiOjF9XQ", "é"])
async def test_a_text_that_is_no_cursor_is_refused_by_the_name_of_its_argument(cursor):
    client, cities = platform(*INTERLEAVED)
    response = await ask(client, "query($at: String) {visits(after: $at) {nodes{number}}}", at=cursor)
    message = 'The argument "after" of "visits" is not a cursor of this connection.'
    extensions = {"code": "BAD_USER_INPUT", "service": "demo", "retryable": False}
    assert (response.data, response.errors) == (
        {"visits": None},
        ({"message": message, "path": ["visits"], "extensions": extensions},),
    )
    assert [city.asked for city in cities] == [[], []]


async def test_a_city_that_is_down_keeps_its_position_and_may_have_more():
    _, cities = platform(*INTERLEAVED)
    page, after, has_next = await numbers(partitioned(clinics(), cities[0], down()), None, 9)
    assert (page, has_next, decode_cursor(after).positions) == (
        ["1", "3"],
        True,
        {HANGZHOU: Position(("3",), ())},
    )
    assert (await numbers(partitioned(clinics(), *cities), after, 9))[0] == ["2", "4"]


async def test_a_city_that_gives_less_than_it_has_holds_the_page_back_so_that_the_order_stays():
    """A subgraph may limit the page size: rows behind its last one are not known to come after the others'."""
    rows = [(number, HANGZHOU, f"2026-01-{number:02}") for number in range(1, 5)]
    _, (hangzhou, _) = platform(*rows)
    _, (_, huangshan) = platform((9, HUANGSHAN, "2026-01-09"))
    client = partitioned(clinics(), Limiting(hangzhou, 2), huangshan)
    first = await numbers(client, None, 9)
    second = await numbers(client, first[1], 9)
    assert (first[0], first[2], second[0]) == (["1", "2"], True, ["3", "4", "9"])


class Limiting:
    """A city that gives at most `most` rows a page."""

    def __init__(self, city: MemoryCity, most: int) -> None:
        self._city = city
        self._most = most

    async def execute(self, request):
        variables = {**request.variables, "first": min(request.variables["first"], self._most)}
        return await self._city.execute(replace(request, variables=variables))

"""Laws of connections that page both ways: the same rows in the same places from either end, and from any edge."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from graphql import GraphQLError

from federation.partition import PartitionedClient
from federation.partition.cursor import Position, encode_cursor
from tests.federation.partition.cities import ask
from tests.federation.partition.listings import ListingCity, limited, listing, page, random_registers

TWO = ["330100", "341000"]
FIELDS = ("people", "youngest", "visits")


async def walk(
    client: PartitionedClient, field: str, random: Random, cursor: str | None = None, *, is_backward: bool = False
) -> list[str]:
    """All rows from a cursor on, in the list's order, by pages of one to four rows."""
    pages: list[list[str]] = []
    more, end = ("hasPreviousPage", "startCursor") if is_backward else ("hasNextPage", "endCursor")
    while True:
        size = random.randint(1, 4)
        arguments = {"last": size, "before": cursor} if is_backward else {"first": size, "after": cursor}
        rows = await page(client, field, **arguments)
        assert rows is not None
        assert len(rows.ids) <= size
        assert len(pages) < 200
        pages.append(rows.ids)
        if not rows.info[more]:
            ordered = reversed(pages) if is_backward else pages
            return [row for ids in ordered for row in ids]
        cursor = rows.info[end]


SEEDS = pytest.mark.parametrize("seed", range(40))


@SEEDS
@pytest.mark.parametrize("field", FIELDS)
async def test_the_last_rows_are_the_first_rows_where_a_page_holds_all(field, seed):
    client, _ = listing(random_registers(Random(seed)))
    first, last = await page(client, field, first=99), await page(client, field, last=99)
    assert (first.ids, first.days) == (last.ids, last.days)
    for info in (first.info, last.info):
        assert [info["hasNextPage"], info["hasPreviousPage"]] == [False, False]


@SEEDS
async def test_pages_of_visits_from_the_end_are_those_from_the_start_in_the_same_places(seed):
    """Also where cities give fewer rows than they are asked for."""
    random = Random(seed)
    registers = random_registers(random)
    client, _ = listing(registers, most=random.randint(1, 3))
    everything = (await page(listing(registers)[0], "visits", first=99)).ids
    assert await walk(client, "visits", random) == everything
    assert await walk(client, "visits", random, is_backward=True) == everything


@SEEDS
@pytest.mark.parametrize("field", ["people", "youngest"])
async def test_people_stand_in_the_same_places_from_either_end_where_no_two_have_one_birth_date(field, seed):
    random = Random(seed)
    client, _ = listing(random_registers(random, [f"2026-02-{day:02}" for day in range(1, 13)]))
    forward = await walk(client, field, random)
    assert await walk(client, field, random, is_backward=True) == forward


@SEEDS
@pytest.mark.parametrize("is_backward", [False, True])
@pytest.mark.parametrize("field", FIELDS)
async def test_from_each_edge_a_walk_goes_on_either_way_with_the_rest(field, is_backward, seed):
    random = Random(seed)
    client, _ = listing(random_registers(random, size=7))
    everything = await walk(client, field, random)
    rows = await page(client, field, **{"last" if is_backward else "first": random.randint(1, 9)})
    for row, cursor in zip(rows.ids, rows.cursors, strict=True):
        before = await walk(client, field, random, cursor, is_backward=True)
        after = await walk(client, field, random, cursor)
        assert sorted([*before, row, *after]) == sorted(everything)
        if field == "visits":
            assert [*before, row, *after] == everything


@pytest.mark.parametrize("seed", range(150))
async def test_a_walk_may_turn_round_at_any_edge_while_cities_fail_and_come_back(seed):
    """No row is lost or shown twice: what was shown last on one side of a cursor is on that side of it for good."""
    random = Random(seed)
    client, cities = listing(random_registers(random), most=random.randint(1, 9))
    await _wander(client, cities, random.choice(FIELDS), random)


async def _wander(client: PartitionedClient, cities: list[ListingCity], field: str, random: Random) -> None:
    everything = set(await walk(client, field, random))
    # Where the walk is: `behind` come before the cursor's edge in the list, the others after it.
    cursor, behind, edge = None, set[str](), set[str]()
    for _ in range(random.randint(1, 8)):
        limited(cities, [random.random() < 0.3 for _ in cities])
        is_backward = cursor is not None and random.random() < 0.5
        size = random.randint(1, 4)
        arguments = {"last": size, "before": cursor} if is_backward else {"first": size, "after": cursor}
        rows = await page(client, field, **arguments)
        if rows is None:
            continue
        side = behind if is_backward else everything - behind - edge
        assert len(rows.ids) == len(set(rows.ids))
        assert set(rows.ids) <= side
        assert _is_ordered(rows.days, is_descending=field == "youngest")
        if rows.ids:
            chosen = random.randrange(len(rows.ids))
            cursor, edge_before = rows.cursors[chosen], edge
            earlier, later = set(rows.ids[:chosen]), set(rows.ids[chosen:])
            behind = behind - later if is_backward else behind | edge_before | earlier
            edge = {rows.ids[chosen]}
            assert (rows.info["startCursor"], rows.info["endCursor"]) == (rows.cursors[0], rows.cursors[-1])
        elif (bare := rows.info["startCursor" if is_backward else "endCursor"]) is not None:
            cursor, behind, edge = bare, behind if is_backward else behind | edge, set()
    limited(cities, [False] * len(cities))
    ahead = await walk(client, field, random, cursor)
    assert sorted(ahead) == sorted(everything - behind - edge)
    if cursor is not None:
        assert sorted(await walk(client, field, random, cursor, is_backward=True)) == sorted(behind)


def _is_ordered(days: Iterable[str | None], *, is_descending: bool) -> bool:
    given = list(days)
    known = sorted((day for day in given if day is not None), reverse=is_descending)
    return given == [*known, *(day for day in given if day is None)]


async def test_nodes_alone_page_backward_as_edges_do():
    client, _ = listing([[(1, "2026-01-01"), (3, "2026-01-03")], [(2, "2026-01-02"), (3, "2026-01-03")]])
    response = await ask(client, "{people(last: 2) {nodes{id cities}}}")
    assert response.data == {"people": {"nodes": [{"id": "2", "cities": ["341000"]}, {"id": "3", "cities": TWO}]}}


async def test_a_page_of_the_last_rows_tells_what_lies_on_both_sides():
    client, _ = listing([[(1, "2026-01-01"), (3, "2026-01-03")], [(2, "2026-01-02"), (4, "2026-01-04")]])
    last = await page(client, "visits", last=3)
    before = await page(client, "visits", last=2, before=last.cursors[0])
    assert (last.ids, before.ids) == (["341000_2", "330100_3", "341000_4"], ["330100_1"])
    for rows, sides in ((last, (True, False)), (before, (False, True))):
        assert (rows.info["hasPreviousPage"], rows.info["hasNextPage"]) == sides
        assert (rows.info["startCursor"], rows.info["endCursor"]) == (rows.cursors[0], rows.cursors[-1])


async def test_a_total_is_exact_when_the_last_rows_are_all():
    client, _ = listing([[(1, "2026-01-01")], [(1, "2026-01-01"), (2, "2026-01-02")]])
    whole = await ask(client, "{people(last: 9) {totalCount nodes{id}}}")
    page = await ask(client, "{people(last: 1) {totalCount nodes{id}}}")
    assert (whole.data["people"]["totalCount"], whole.upper_bounds) == (2, ())
    assert (page.data["people"]["totalCount"], page.upper_bounds) == (3, ("Query.people",))


async def test_an_error_in_a_row_of_the_last_is_at_its_merged_place():
    client, cities = listing([[(1, "2026-01-01"), (3, "2026-01-03")], [(2, "2026-01-02")]])
    cities[1].people[0]["cities"] = GraphQLError("unknown")
    response = await ask(client, "{people(last: 2) {nodes{id cities}}}")
    assert [error["path"] for error in response.errors] == [["people", "nodes", 0, "cities"]]


async def test_a_city_that_failed_shows_its_rows_later_when_walking_back():
    client, cities = listing([[(1, "2026-01-01"), (3, "2026-01-03")], [(2, "2026-01-02"), (4, "2026-01-04")]])
    limited(cities, [False, True])
    last = await page(client, "visits", last=1)
    limited(cities, [False, False])
    rest = await page(client, "visits", last=9, before=last.info["startCursor"])
    assert (last.ids, last.info["hasPreviousPage"]) == (["330100_3"], True)
    assert rest.ids == ["330100_1", "341000_2", "341000_4"]


async def test_a_city_that_joins_meanwhile_is_at_the_end_of_a_walk_from_the_end():
    registers = [[(1, "2026-01-01"), (3, "2026-01-03")], [(2, "2026-01-02"), (4, "2026-01-04")]]
    alone, _ = listing(registers[:1])
    both, _ = listing(registers)
    last, first = await page(alone, "visits", last=1), await page(alone, "visits", first=1)
    assert (await page(both, "visits", last=9, before=last.cursors[0])).ids == ["330100_1", "341000_2", "341000_4"]
    assert (await page(both, "visits", first=9, after=first.cursors[0])).ids == ["341000_2", "330100_3", "341000_4"]


@pytest.mark.parametrize(
    ("arguments", "argument", "reason"),
    [
        ("first: 1, last: 1", "last", 'cannot be given together with "first": a page is taken from one end'),
        ("last: 1, after: $at", "after", 'goes with "first"; a page of the "last" rows ends with "before"'),
        ("before: $at", "before", 'needs "last"; a page of the "first" rows begins with "after"'),
        ("last: -1", "last", "must not be negative"),
        ("first: -1", "first", "must not be negative"),
        ('last: 1, before: "x"', "before", "is not a cursor of this connection"),
        ('first: 1, after: "x"', "after", "is not a cursor of this connection"),
        ("last: 1, before: $old", "before", "is a cursor for paging forward only"),
    ],
)
async def test_arguments_that_ask_for_no_page_are_refused_by_name(arguments, argument, reason):
    client, _ = listing([[(1, "2026-01-01")], [(2, "2026-01-02")]])
    at = (await page(client, "people", first=1)).cursors[0]
    old = encode_cursor([("330100", Position(("1",)))])
    given = arguments.replace("$at", f'"{at}"').replace("$old", f'"{old}"')
    response = await ask(client, f"{{people({given}) {{nodes{{id}}}}}}")
    assert [error["message"] for error in response.errors] == [f'The argument "{argument}" of "people" {reason}.']
    assert [error["extensions"]["code"] for error in response.errors] == ["BAD_USER_INPUT"]
    assert response.data == {"people": None}


async def test_a_cursor_of_a_contract_that_paged_forward_only_still_goes_forward():
    client, _ = listing([[(1, "2026-01-01"), (3, "2026-01-03")], [(2, "2026-01-02")]])
    old = encode_cursor([("330100", Position(("330100_1",)))])
    assert (await page(client, "visits", first=9, after=old)).ids == ["341000_2", "330100_3"]


async def test_the_default_of_first_counts_where_no_end_is_named():
    client, _ = listing([[(number, f"2026-01-{number:02}") for number in range(1, 6)], [(9, "2026-01-09")]])
    text = "query($first: Int, $last: Int) {people(first: $first, last: $last) {nodes{id}}}"
    sizes = [len((await ask(client, text, **given)).data["people"]["nodes"]) for given in ({}, {"last": 5})]
    assert sizes == [3, 5]

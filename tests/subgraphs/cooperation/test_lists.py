"""Lists, entities, machines and capabilities."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cooperation.actions import Given, take_action
from cooperation.delivery.turn import take_turn
from cooperation.states.machines import MACHINES
from cooperation.store.tables import METADATA
from cooperation.workflows.sweep import erase
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from tests.cooperation.support.desks import CLERK, PERSON, accepted, card_intent

PAGE = """query($filter: OperationFilter, $first: Int, $after: String) {
  operations(filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes { number } edges { cursor node { number } } } }"""


@pytest.fixture
async def five(bureau):
    """Five operations, a minute apart."""
    for number in range(1, 6):
        await accepted(bureau.office.desk, card_intent(key=f"key-{number:04}", card_number=f"H0000000{number}"))
        bureau.clock.forward(minutes=1)
    return [f"S330100-2026-00000{number}" for number in (5, 4, 3, 2, 1)]


async def test_operations_are_paged_newest_first(bureau, five):
    seen, after = [], None
    while True:
        page = (await bureau.ask(PAGE, first=2, after=after))["operations"]
        assert page["totalCount"] == 5
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        seen += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == five


async def test_tasks_are_paged_oldest_first_and_counted_by_city_and_kind(bureau, five):
    for number in five:
        await end_by_hand(bureau, number)
    page_of = """query($after: String) { tasks(first: 2, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } nodes { operationNumber } edges { cursor } } }"""
    seen, after = [], None
    while True:
        page = (await bureau.ask(page_of, after=after))["tasks"]
        assert page["totalCount"] == 5
        assert page["edges"][-1]["cursor"] == page["pageInfo"]["endCursor"]
        seen += [node["operationNumber"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == sorted(five)
    counts = "query($city: String) { taskCounts(city: $city) { city { code } kind count } }"
    assert (await bureau.ask(counts))["taskCounts"] == [{"city": {"code": "341000"}, "kind": "CLARIFY", "count": 5}]
    assert (await bureau.ask(counts, city="330100"))["taskCounts"] == []
    elsewhere = (await bureau.ask(PAGE, first=1))["operations"]["pageInfo"]["endCursor"]
    answer = await bureau.subgraph.execute(page_of, {"after": elsewhere})
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def end_by_hand(bureau, number):
    """The city's system says something that nobody understands: a person's task."""
    bureau.system.standing = Standing.OPEN
    bureau.system.answers.append(Outcome.refused(Reason.OTHER, "E9"))
    await take_turn(bureau.office.desk, f"{number}-1")


async def test_a_cursor_of_another_list_is_refused(bureau, five, keys):
    answer = await bureau.subgraph.execute(PAGE, {"after": keys.person_id(PERSON)})
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"kinds": ["TEMPORARY_LOSS"]}, 5),
        ({"kinds": ["RELEASE"]}, 0),
        ({"kinds": []}, 0),
        ({"states": []}, 0),
        ({"kinds": None, "states": None, "waitsForCity": None, "personId": None}, 5),
        ({"states": ["ACCEPTED", "DONE"]}, 5),
        ({"requesterCity": "330100", "addresseeCity": "341000"}, 5),
        ({"addresseeCity": "330100"}, 0),
        ({"isClosed": True}, 0),
        ({"isClosed": False}, 5),
        ({"dueBy": "2027-01-01"}, 0),
        ({"createdFrom": "2026-10-30T09:32:00+08:00"}, 3),
        ({"createdBefore": "2026-10-30T01:32:00Z"}, 2),
    ],
)
async def test_operations_are_filtered(bureau, five, wanted, count):
    assert (await bureau.ask(PAGE, filter=wanted))["operations"]["totalCount"] == count


@pytest.mark.parametrize(
    "field",
    [
        'operations(filter: {requesterCity: ""})',
        'operations(filter: {addresseeCity: ""})',
        'operations(filter: {waitsForCity: ""})',
        'operations(filter: {personId: ""})',
        'operations(filter: {personId: "\\u0000"})',
        'operations(filter: {states: ["\\u0000"]})',
        'operations(after: "")',
        'tasks(city: "")',
        'tasks(after: "")',
        'taskCounts(city: "")',
        'caseload(city: "")',
        'capabilities(city: "")',
        'changes(after: "")',
        'webhooks(city: "")',
        # What is mistyped is told, not answered by nothing.
        'operations(filter: {requesterCity: "33010"})',
        'operations(filter: {waitsForCity: "Hangzhou"})',
        'operations(filter: {states: ["ACCEPTED", "NOPE"]})',
        'changes(cities: ["330100", "33010"])',
        'tasks(city: "x")',
        'taskCounts(city: "３３０１００")',
        'caseload(city: "3301000")',
        'capabilities(city: "x")',
    ],
)
async def test_what_is_empty_or_unprintable_is_no_filter_and_no_cursor(bureau, five, field):
    answer = await bureau.subgraph.execute(f"{{ {field} {{ __typename }} }}")
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-10:00"])
@pytest.mark.parametrize("bound", ["createdFrom", "createdBefore"])
async def test_a_moment_that_is_none_everywhere_is_refused(bureau, bound, moment):
    answer = await bureau.subgraph.execute(PAGE, {"filter": {bound: moment}})
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_operations_of_a_person_and_of_a_card_are_found_by_their_keys(bureau, five, keys):
    entities = """query($of: [_Any!]!) { _entities(representations: $of) {
      ... on Person { operations { number } none: operations(kinds: [RELEASE]) { number }
        nothing: operations(kinds: []) { number } open: operations(isClosed: false) { number } }
      ... on Card { serviceRequests { number } }
      ... on ServiceRequest { state } } }"""
    card = {"__typename": "Card", "city": {"code": "341000"}, "number": "H00000003"}
    person = {"__typename": "Person", "id": keys.person_id(PERSON)}
    request = {"__typename": "ServiceRequest", "number": five[0]}
    unknown = {"__typename": "ServiceRequest", "number": "S1"}
    await take_turn(bureau.office.desk, f"{five[0]}-1")
    answer = await bureau.ask(entities, of=[person, card, request, unknown])
    assert answer["_entities"] == [
        {
            "operations": [{"number": number} for number in five],
            "none": [],
            "nothing": [],
            "open": [{"number": number} for number in five[1:]],
        },
        {"serviceRequests": [{"number": five[2]}]},
        {"state": "DONE"},
        None,
    ]


async def test_an_operation_is_found_by_either_citys_number_and_unknown_ones_are_null(bureau):
    assert await bureau.ask('{ operation(number: "S330100-2026-000009") { number } }') == {"operation": None}
    assert await bureau.ask('{ operation(number: "\\u0000") { number } }') == {"operation": None}


async def test_the_machines_are_published_as_they_are(bureau):
    found = (
        await bureau.ask(
            "{ stateMachines { name kinds requesterOffices transitions { action secondPersonFor needs } } }"
        )
    )["stateMachines"]
    assert [machine["name"] for machine in found] == list(MACHINES)
    investigation = next(machine for machine in found if machine["name"] == "ENTRUSTED_INVESTIGATION")
    assert {"action": "send", "secondPersonFor": "create", "needs": []} in investigation["transitions"]
    assert (investigation["kinds"], investigation["requesterOffices"]) == (["INVESTIGATION"], ["INSURANCE_AGENCY"])


async def test_capabilities_are_those_of_the_cities(bureau):
    assert await bureau.ask("{ capabilities { operation } }") == {"capabilities": []}


async def test_the_platforms_key_is_all_that_opens_what_is_kept(bureau, five):
    store = bureau.office.desk.store
    for table in METADATA.sorted_tables:
        rows = await store.transact(lambda connection, table=table: connection.execute(select(table)).all())
        assert not any(value in str(rows) for value in (PERSON, "张三", "H00000001"))


async def test_an_operation_whose_content_was_erased_is_shown_without_it(bureau, five):
    desk = bureau.office.desk
    await take_action(desk, five[0], "withdraw", CLERK, Given(reason="found again"))
    bureau.clock.forward(days=1200)
    await erase(desk)
    query = """query($number: ID!) { operation(number: $number) {
      state person { id } ... on ServiceRequest { card { number } } } }"""
    shown = await bureau.ask(query, number=five[0])
    assert shown == {"operation": {"state": "WITHDRAWN", "person": None, "card": None}}

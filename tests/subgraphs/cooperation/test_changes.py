"""The change feed and the subscriptions through the graph."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import orjson
import pytest
from sqlalchemy import event

from cooperation.changes.feed import last_cursor
from cooperation.delivery.turn import take_turn
from cooperation.store import store as store_module
from cooperation.store.retention import delete_changes
from subgraphs.cooperation.app import build_cooperation_app
from tests.cooperation.support.desks import PERSON, accepted, card_intent
from tests.cooperation.support.listening import listening

CHANGES = """query($after: String, $first: Int, $people: [ID!], $kinds: [OperationKind!], $cities: [String!]) {
  changes(after: $after, first: $first, personIds: $people, kinds: $kinds, cities: $cities) {
  endCursor hasMore changes { cursor operationNumber kind action state operation { state } } } }"""

UPDATED = """subscription($number: ID) { serviceRequestUpdated(number: $number) {
  number state person { id } history { action } } }"""


async def next_event(events):
    return await asyncio.wait_for(anext(events), 10)


async def test_a_partner_polls_behind_its_cursor_and_misses_nothing(bureau):
    desk = bureau.office.desk
    await accepted(desk, card_intent(key="key-before", card_number="H00000002"))
    cursor = (await bureau.ask(CHANGES))["changes"]["endCursor"]
    assert (await bureau.ask(CHANGES, after=cursor))["changes"] == {
        "endCursor": cursor,
        "hasMore": False,
        "changes": [],
    }
    told = await accepted(desk, card_intent(key="key-after"))
    await take_turn(desk, told.delivery_id)
    page = (await bureau.ask(CHANGES, after=cursor, first=2))["changes"]
    assert page["hasMore"]
    assert [(one["action"], one["state"]) for one in page["changes"]] == [
        ("create", "ACCEPTED"),
        ("deliver", "DELIVERING"),
    ]
    assert {one["operation"]["state"] for one in page["changes"]} == {"DONE"}
    rest = (await bureau.ask(CHANGES, after=page["endCursor"]))["changes"]
    assert [one["action"] for one in rest["changes"]] == ["complete"]
    assert not rest["hasMore"]


async def test_a_watch_list_has_its_persons_changes_only(bureau, keys):
    cursor = (await bureau.ask(CHANGES))["changes"]["endCursor"]
    await accepted(bureau.office.desk, card_intent())
    watched = (await bureau.ask(CHANGES, after=cursor, people=[keys.person_id(PERSON)]))["changes"]["changes"]
    others = (await bureau.ask(CHANGES, after=cursor, people=["somebody"]))["changes"]["changes"]
    assert ([one["operationNumber"] for one in watched], others) == (["S330100-2026-000001"], [])


@pytest.mark.parametrize("empty", ["people", "kinds", "cities"])
async def test_an_empty_list_lets_nothing_through_and_keeps_up_with_the_feed(bureau, empty):
    cursor = (await bureau.ask(CHANGES))["changes"]["endCursor"]
    await accepted(bureau.office.desk, card_intent())
    page = (await bureau.ask(CHANGES, after=cursor, **{empty: []}))["changes"]
    assert (page["changes"], page["hasMore"]) == ([], False)
    assert (await bureau.ask(CHANGES, after=page["endCursor"]))["changes"]["changes"] == []
    everything = {"people": None, "kinds": None, "cities": None}
    assert len((await bureau.ask(CHANGES, after=cursor, **everything))["changes"]["changes"]) == 1


async def test_a_watch_list_of_which_nothing_is_told_keeps_up_with_the_feed(bureau):
    desk = bureau.office.desk
    cursor = (await bureau.ask(CHANGES))["changes"]["endCursor"]
    for number in range(3):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    cursor = (await bureau.ask(CHANGES, after=cursor, people=["somebody"]))["changes"]["endCursor"]
    await desk.store.transact(lambda connection: delete_changes(connection, datetime.max.replace(tzinfo=UTC)))
    assert (await bureau.ask(CHANGES, after=cursor, people=["somebody"]))["changes"]["changes"] == []


async def test_a_cursor_whose_changes_are_kept_no_longer_is_an_error_never_a_gap(bureau):
    desk = bureau.office.desk
    cursor = (await bureau.ask(CHANGES))["changes"]["endCursor"]
    for number in range(3):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    await desk.store.transact(lambda connection: delete_changes(connection, datetime.max.replace(tzinfo=UTC)))
    answer = await bureau.subgraph.execute(CHANGES, {"after": cursor})
    assert answer["errors"][0]["extensions"]["code"] == "COOPERATION_CHANGES_NOT_KEPT"
    anew = (await bureau.ask(CHANGES))["changes"]["endCursor"]
    assert (await bureau.ask(CHANGES, after=anew))["changes"]["changes"] == []


async def test_another_lists_cursor_is_refused(bureau, keys):
    answer = await bureau.subgraph.execute(CHANGES, {"after": keys.person_id(PERSON)})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_each_change_of_a_request_is_an_event_with_what_is_so_then(bureau, keys):
    desk = bureau.office.desk
    events = await bureau.subgraph.subscribe(UPDATED)
    waiting = asyncio.ensure_future(next_event(events))
    await listening(bureau.office.watch, 1)
    told = await accepted(desk, card_intent())
    first = (await waiting)["data"]["serviceRequestUpdated"]
    assert first == {
        "number": "S330100-2026-000001",
        "state": "ACCEPTED",
        "person": {"id": keys.person_id(PERSON)},
        "history": [{"action": "create"}],
    }
    await take_turn(desk, told.delivery_id)
    second = (await next_event(events))["data"]["serviceRequestUpdated"]
    assert second["state"] == "DONE"
    assert len(second["history"]) == 3
    await events.aclose()
    assert bureau.office.watch._polling is None


@pytest.mark.parametrize("number", ["S330100-2026-000002", "R341000-2026-000002"])
async def test_only_what_was_asked_for_is_told(bureau, number):
    """By either city's number."""
    desk = bureau.office.desk
    events = await bureau.subgraph.subscribe(UPDATED, {"number": number})
    waiting = asyncio.ensure_future(next_event(events))
    await listening(bureau.office.watch, 1)
    for key, card_number in (("key-first", "H00000001"), ("key-second", "H00000002")):
        told = await accepted(desk, card_intent(key=key, card_number=card_number))
        await take_turn(desk, told.delivery_id)
    assert (await waiting)["data"]["serviceRequestUpdated"]["number"] == "S330100-2026-000002"
    await events.aclose()


LETTERS = "subscription($number: ID) { investigationUpdated(number: $number) { number } }"
REQUESTS = """subscription($number: ID, $city: String, $person: ID) {
  serviceRequestUpdated(number: $number, city: $city, personId: $person) { number } }"""


@pytest.fixture
def reads_of_operations(bureau):
    """The statements that read an operation and write nothing."""
    found = []

    def remember(connection, _, statement, *__):
        if connection.get_execution_options().get(store_module._READING) and "FROM operations" in statement:
            found.append(statement)

    engine = bureau.office.desk.store.engine
    event.listen(engine, "before_cursor_execute", remember)
    yield found
    event.remove(engine, "before_cursor_execute", remember)


async def test_what_has_changed_is_read_once_for_all_and_not_for_those_who_follow_something_else(
    bureau, keys, reads_of_operations
):
    desk = bureau.office.desk
    others = [
        *((LETTERS, {"number": f"I330100-2026-{number:06}"}) for number in range(10)),
        (LETTERS, {}),
        *((REQUESTS, {"number": f"S330100-2026-{number:06}"}) for number in range(100, 110)),
        *((REQUESTS, {"number": f"R330100-2026-{number:06}"}) for number in range(10)),
        *((REQUESTS, {"city": city}) for city in ("440300", "330200")),
    ]
    unmet = [await bureau.subgraph.subscribe(query, variables) for query, variables in others]
    waiting = [asyncio.ensure_future(anext(events)) for events in unmet]
    await listening(bureau.office.watch, len(others))
    async with aclosing(bureau.office.watch.changes()) as changes:
        told = asyncio.ensure_future(anext(changes))
        await listening(bureau.office.watch, len(others) + 1)
        await accepted(desk, card_intent(key="key-before"))
        await told
        await asyncio.sleep(0.1)
    # Behind whatever they have asked for.
    await asyncio.gather(*(desk.store.read(last_cursor) for _ in range(2 * store_module.THREADS)))
    assert reads_of_operations == []
    followers = [{}, {"city": "341000"}, {"city": "330100"}, {"person": keys.person_id(PERSON)}, {}]
    met = [await bureau.subgraph.subscribe(REQUESTS, variables) for variables in followers]

    async def follow(events):
        return [(await next_event(events))["data"]["serviceRequestUpdated"]["number"] for _ in range(5)]

    following = [asyncio.ensure_future(follow(events)) for events in met]
    await listening(bureau.office.watch, len(others) + len(followers))
    numbers = [(await accepted(desk, card_intent(key=f"key-{n:05}"))).operation.number for n in range(5)]
    assert await asyncio.gather(*following) == [numbers] * len(followers)
    assert len(reads_of_operations) == len(numbers)
    assert not any(one.done() for one in waiting)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for events in (*unmet, *met):
        await events.aclose()


async def test_who_leaves_while_what_changed_is_loaded_takes_it_from_nobody_else(bureau):
    watch, begun, go_on = bureau.office.watch, asyncio.Event(), asyncio.Event()
    told = await accepted(bureau.office.desk, card_intent())

    async def load(number):
        begun.set()
        await go_on.wait()
        return await bureau.office.operation(number)

    leaving, staying = (asyncio.ensure_future(watch.load_once(told.operation.number, load)) for _ in range(2))
    await begun.wait()
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    go_on.set()
    assert await staying == told.operation


@pytest.mark.parametrize("argument", ["number", "city", "personId"])
@pytest.mark.parametrize("field", ["serviceRequestUpdated", "investigationUpdated"])
async def test_an_empty_text_is_no_subscription_to_everything(bureau, field, argument):
    events = await bureau.subgraph.subscribe(f'subscription {{ {field}({argument}: "") {{ number }} }}')
    event = await next_event(events)
    assert event["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    await events.aclose()


@pytest.mark.parametrize("query", ["subscription { nothing }", "subscription { changes { endCursor } }"])
async def test_a_subscription_that_does_not_exist_is_refused_in_one_answer(bureau, query):
    answer = await bureau.subgraph.subscribe(query)
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


class Exchange:
    """One HTTP request to the app, whose client leaves when it is told to."""

    def __init__(self, query: str) -> None:
        self.sent: list[bytes] = []
        self.types: list[str] = []
        self._body = orjson.dumps({"query": query})
        self.gone = asyncio.Event()
        self.scope = {
            "type": "http",
            "method": "POST",
            "path": "/cooperation",
            "headers": [(b"content-type", b"application/json"), (b"accept", b"text/event-stream")],
        }

    async def receive(self):
        if self._body:
            body, self._body = self._body, b""
            return {"type": "http.request", "body": body}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.types.append(message["type"])
        self.sent.append(message.get("body", b""))


async def test_events_are_streamed_until_the_client_leaves(bureau):
    app = build_cooperation_app(bureau.subgraph, ())
    exchange = Exchange(UPDATED)
    serving = asyncio.ensure_future(app(exchange.scope, exchange.receive, exchange.send))
    await listening(bureau.office.watch, 1)
    await accepted(bureau.office.desk, card_intent())
    for _ in range(400):
        if any(b"ACCEPTED" in chunk for chunk in exchange.sent):
            break
        await asyncio.sleep(0.05)
    assert exchange.sent[-1].startswith(b'event: next\ndata: {"data"')
    exchange.gone.set()
    await asyncio.wait_for(serving, 10)
    assert bureau.office.watch._polling is None


async def test_a_refused_subscription_is_answered_as_any_operation(bureau):
    exchange = Exchange("subscription { nothing }")
    await build_cooperation_app(bureau.subgraph, ())(exchange.scope, exchange.receive, exchange.send)
    assert orjson.loads(b"".join(exchange.sent))["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"

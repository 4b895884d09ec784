"""A database that goes away: what a client is told, and how it finds out what is kept."""

from __future__ import annotations

import asyncio

import pytest

from cooperation.store.store import DatabaseUnavailable, Store
from tests.cooperation.support.desks import accepted, card_intent

CODE = "COOPERATION_DATABASE_UNAVAILABLE"
NUMBER = "S330100-2026-000001"

LOSS = """mutation($input: CardServiceInput!) {
  reportTemporaryLoss(input: $input) { isNew operation { number } } }"""

ACTION = "mutation($input: ActionInput!) { takeAction(input: $input) { operation { state } } }"

FINISHED = "mutation($input: FinishTaskInput!) { finishTask(input: $input) { task { doneBy } } }"

REGISTERED = "mutation($input: WebhookInput!) { registerWebhook(input: $input) { secret } }"

HISTORY = "query($number: ID!) { operation(number: $number) { history { action } } }"

UPDATED = "subscription { serviceRequestUpdated { number } }"


@pytest.fixture
def lose_the_answer(monkeypatch):
    """The next commit is made, and its answer is lost."""
    transact = Store.transact

    async def transact_unheard(store, work):
        await transact(store, work)
        raise DatabaseUnavailable

    def lose():
        monkeypatch.setattr(Store, "transact", transact_unheard)
        return monkeypatch.undo

    return lose


@pytest.fixture
def go_away(monkeypatch):
    """The database does so much more of what it is asked, and then nothing."""

    def go(method="read", after=0):
        work_on, left = getattr(Store, method), [None] * after

        async def answer_or_not(store, work):
            if not left:
                raise DatabaseUnavailable
            left.pop()
            return await work_on(store, work)

        monkeypatch.setattr(Store, method, answer_or_not)

    return go


async def next_event(events):
    return await asyncio.wait_for(anext(events), 10)


async def refused(bureau, query, **variables):
    """What is told of the one error of an answer."""
    (error,) = (await bureau.subgraph.execute(query, variables))["errors"]
    return error["extensions"]["code"], error["message"]


async def test_a_loss_of_which_the_answer_was_lost_is_told_again_and_is_the_same(bureau, officer, lose_the_answer):
    card = {
        "idempotencyKey": "counter-0001",
        "officer": officer("1001"),
        "issuingCity": "341000",
        "cardNumber": "H00000001",
        "idNumber": "330199195805120015",
        "name": "张三",
    }
    find = lose_the_answer()
    code, message = await refused(bureau, LOSS, input=card)
    assert (code, "with the same key" in message) == (CODE, True)
    find()
    payload = (await bureau.ask(LOSS, input=card))["reportTemporaryLoss"]
    assert payload == {"isNew": False, "operation": {"number": NUMBER}}


async def test_an_action_of_which_the_answer_was_lost_stands_in_the_history(bureau, officer, lose_the_answer):
    await accepted(bureau.office.desk, card_intent())
    find = lose_the_answer()
    given = {"number": NUMBER, "action": "withdraw", "officer": officer("1001"), "reason": "found again"}
    code, message = await refused(bureau, ACTION, input=given)
    assert (code, "the operation's history says so" in message) == (CODE, True)
    find()
    history = (await bureau.ask(HISTORY, number=NUMBER))["operation"]["history"]
    assert [event["action"] for event in history] == ["create", "withdraw"]


@pytest.mark.parametrize(
    ("mutation", "given", "remedy"),
    [
        (FINISHED, {"id": f"{NUMBER}-task-1", "note": "telephoned"}, "send the same again"),
        (REGISTERED, {"url": "https://partner.example/x"}, "read webhooks"),
    ],
    ids=["a task", "a webhook"],
)
async def test_what_has_no_key_says_how_to_find_out(  # noqa: PLR0917  (a row of the table, and fixtures)
    bureau, officer, go_away, mutation, given, remedy
):
    go_away("transact")
    code, message = await refused(bureau, mutation, input=given | {"officer": officer("1003", duty="REVIEWER")})
    assert (code, remedy in message) == (CODE, True)


@pytest.mark.parametrize(
    "field", ["history { action }", "tasks { id }", "... on ServiceRequest { delivery { state } }"]
)
async def test_what_cannot_be_read_of_an_operation_is_told_by_its_code(bureau, go_away, field):
    await accepted(bureau.office.desk, card_intent())
    go_away(after=1)
    query = f"query($number: ID!) {{ operation(number: $number) {{ {field} }} }}"
    assert (await refused(bureau, query, number=NUMBER))[0] == CODE


async def test_a_known_operation_that_cannot_be_read_is_an_error_and_not_nothing(bureau, go_away):
    await accepted(bureau.office.desk, card_intent())
    go_away()
    query = "query($of: [_Any!]!) { _entities(representations: $of) { ... on ServiceRequest { state } } }"
    assert (await refused(bureau, query, of=[{"__typename": "ServiceRequest", "number": NUMBER}]))[0] == CODE


async def told_as_the_last_event(events):
    (error,) = (await next_event(events))["errors"]
    assert (error["extensions"]["code"], "ask changes" in error["message"]) == (CODE, True)
    assert [event async for event in events] == []


async def test_a_subscription_that_the_database_does_not_begin_says_so_and_how_to_go_on(bureau, go_away):
    go_away()
    await told_as_the_last_event(await bureau.subgraph.subscribe(UPDATED))


async def test_a_subscription_that_loses_the_database_says_so_and_how_to_go_on(bureau, monkeypatch):
    async def fail(_):
        raise DatabaseUnavailable

    monkeypatch.setattr(bureau.office, "operation", fail)
    ending = asyncio.ensure_future(told_as_the_last_event(await bureau.subgraph.subscribe(UPDATED)))
    for _ in range(500):
        if bureau.office.watch._polling is not None:
            break
        await asyncio.sleep(0.01)
    await accepted(bureau.office.desk, card_intent())
    await ending

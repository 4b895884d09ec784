"""After the platform key was replaced, nothing that is kept needs the former one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

import pytest
from sqlalchemy import Connection, select

from cooperation.actions import Given, finish_task, take_action
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import IdempotencyKeyReused
from cooperation.kinds import OperationKind
from cooperation.rekeying import Rekeyed, rekey_contents
from cooperation.store import sealed
from cooperation.store.deliveries import read_delivery, update_delivery
from cooperation.store.operations import read_operation
from cooperation.store.sealed import SEALED_COLUMNS, read_former_operations, replace_former_operation
from cooperation.store.store import Store, database_url
from cooperation.store.tables import WEBHOOKS
from cooperation.store.tasks import TaskKind, open_task
from cooperation.webhooks.registry import register_webhook
from cooperation.workflows.office import CooperationOffice
from cooperation.workflows.rekeying import rekey_at_start, rename_lines
from legacy_adapters.clock import city_clock
from subgraphs.shared.person_key import PlatformKeys
from tests.cooperation.delivery.test_letters import LETTER, draft, investigate, letter, send
from tests.cooperation.support.desks import CLERK, ISSUER, REVIEWER, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.keys import AFTERWARDS, BEFORE, CHANGED, with_keys
from tests.cooperation.support.scripted import CardWish, ScriptedSystem, unavailable
from tests.cooperation.support.turns import DELIVERY, OPERATION, delivery
from tests.cooperation.support.workflows import KnownWorkflows

PARTNER = "https://partner.example"


def heads(store: Store) -> set[str]:
    """What all sealed columns begin with."""

    def work(connection: Connection) -> set[str]:
        return {row[0][:6] for column in SEALED_COLUMNS for row in connection.execute(select(column)) if row[0]}

    return store.transact_now(work)


async def keep_everything(desk: Desk) -> str:
    """A row of each kind that something is sealed in; gives a webhook's secret."""
    await accepted(desk)
    await take_action(desk, OPERATION, "withdraw", CLERK, Given(reason="found again"))
    undone = (await accepted(desk, card_intent(key="key-undone"))).operation
    task = desk.store.transact_now(lambda c: open_task(c, undone, TaskKind.UNDO, None, desk.clock()))
    await finish_task(desk, task.id, ISSUER, "undone by hand")
    await send(desk)
    return (await register_webhook(desk, REVIEWER, f"{PARTNER}/hook", ())).secret


async def test_what_was_sealed_with_the_former_key_needs_it_no_more(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, webhook_origins=(PARTNER,))
    before, changed, afterwards = (with_keys(desk, keys) for keys in (BEFORE, CHANGED, AFTERWARDS))
    secret = await keep_everything(before)
    assert heads(store) == {BEFORE.head("r1")}
    done = await rekey_contents(changed)
    assert (done.anew, done.unreadable, await rekey_contents(changed)) == (6, 0, Rekeyed())
    assert heads(store) == {AFTERWARDS.head("r1")}
    operation = store.transact_now(lambda c: read_operation(c, OPERATION))
    told = await accepted(afterwards)
    assert (told.is_new, told.operation) == (False, operation)
    new = (await accepted(afterwards, card_intent(key="key-anew"))).operation
    assert (operation.person_id, operation.subject) == (new.person_id, new.subject)
    assert afterwards.content_of(operation) == card_intent().content
    (webhook,) = store.transact_now(lambda c: c.execute(select(WEBHOOKS)).all())
    assert afterwards.sealer.open(webhook.secret_sealed) == secret


async def test_an_intent_whose_content_officers_have_added_to_is_known_while_the_former_key_is(
    store: Store, clock: TestClock
) -> None:
    """Afterwards it is refused: it is never done a second time."""
    desk = make_desk(store, clock)
    before, changed, afterwards = (with_keys(desk, keys) for keys in (BEFORE, CHANGED, AFTERWARDS))
    await send(before)
    await investigate(before)
    await draft(before, "that day", "unclear")
    await rekey_contents(changed)
    assert (await accepted(changed, letter())).operation.number == LETTER
    with pytest.raises(IdempotencyKeyReused):
        await accepted(afterwards, letter())


async def test_page_by_page_by_several_at_once_is_the_same(
    store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "PAGE", 2)
    desk = make_desk(store, clock, ScriptedSystem())
    for number in range(5):
        await accepted(with_keys(desk, BEFORE), card_intent(key=f"key-{number:04}"))
    changed = with_keys(desk, CHANGED)
    await asyncio.gather(rekey_contents(changed), rekey_contents(changed))
    assert await rekey_contents(changed) == Rekeyed()
    assert await rekey_contents(with_keys(desk, AFTERWARDS)) == Rekeyed()


async def test_what_has_changed_since_it_was_read_stays_as_it_is(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock)
    before = with_keys(desk, BEFORE)
    await send(before)
    (read,) = store.transact_now(lambda c: read_former_operations(c, AFTERWARDS.head("r1"), "p1", ""))
    await investigate(before)
    store.transact_now(lambda c: replace_former_operation(c, read, {"content_sealed": "older"}))
    operation = store.transact_now(lambda c: read_operation(c, LETTER))
    assert operation.content_sealed not in ("older", read.content_sealed)


async def test_a_key_that_was_taken_away_too_early_is_asked_for(
    store: Store, clock: TestClock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    KnownWorkflows(monkeypatch, {})
    desk = make_desk(store, clock, ScriptedSystem())
    await accepted(with_keys(desk, BEFORE))
    with caplog.at_level(logging.WARNING):
        await rekey_at_start(with_keys(desk, AFTERWARDS))
        await rekey_at_start(with_keys(desk, CHANGED))
    assert [record.getMessage() for record in caplog.records] == [
        "Rows that open with none of this process's platform keys: 1. It needs the key they were sealed with.",
        "All that is kept is sealed with the current platform key; rows that were sealed anew: 1.",
    ]


async def test_what_is_owed_stands_in_the_same_line_as_what_comes_after_the_former_key_is_gone(
    store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its workflow stands in the former line: another run takes its place, and sleeps as long as it did."""
    known = KnownWorkflows(monkeypatch, {})
    desk = make_desk(store, clock, ScriptedSystem(unreadable=[unavailable()]))
    await accepted(with_keys(desk, BEFORE))
    await take_turn(with_keys(desk, BEFORE), DELIVERY)
    asleep = await delivery(desk)
    await rename_lines(with_keys(desk, CHANGED))
    assert (known.given_up, known.started) == ([f"{DELIVERY}-run-1"], [f"{DELIVERY}-run-2"])
    later = await accepted(with_keys(desk, AFTERWARDS), card_intent(key="key-later"))
    renamed = await delivery(desk)
    assert (renamed.subject, renamed.not_before) == (later.operation.subject, asleep.not_before)
    await rename_lines(with_keys(desk, CHANGED))
    assert len(known.started) == 1


async def test_what_a_person_may_have_resumed_stands_in_its_line_then(
    store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KnownWorkflows(monkeypatch, {})
    desk = make_desk(store, clock, ScriptedSystem())
    await accepted(with_keys(desk, BEFORE))
    store.transact_now(lambda c: update_delivery(c, DELIVERY, state="MANUAL"))
    await rename_lines(with_keys(desk, CHANGED))
    later = await accepted(with_keys(desk, AFTERWARDS), card_intent(key="key-later"))
    assert store.transact_now(lambda c: read_delivery(c, DELIVERY)).subject == later.operation.subject
    assert (known.given_up, known.started) == ([], [])


@pytest.mark.xdist_group("dbos")
async def test_what_slept_while_the_key_was_replaced_has_its_effect_once_and_in_its_order(url: str) -> None:
    lost: set[str] = set()
    loss, release = CardWish(lost=lost), CardWish(lost=lost, is_loss=False)
    loss.unreadable = [unavailable() for _ in range(3)]
    systems = {"card_temporary_loss": loss, "card_release": release}

    def office(keys: PlatformKeys) -> Awaitable[CooperationOffice]:
        desk = make_desk(Store(database_url(url)), city_clock, systems, immediate_seconds=0.0)
        return CooperationOffice.open(with_keys(desk, keys))

    before = await office(BEFORE)
    await before.accept(card_intent(key="key-loss"))
    await before.aclose()
    changed = await office(CHANGED)
    try:
        accepted_then = await changed.accept(card_intent(OperationKind.RELEASE, key="key-release"))
        while (await changed.operation(accepted_then.operation.number)).state != "DONE":  # noqa: ASYNC110  (it is DBOS that ends it)
            await asyncio.sleep(0.05)
    finally:
        await changed.aclose()
    assert (lost, loss.effects, release.effects) == (set(), 1, 1)

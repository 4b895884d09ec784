"""Changes are posted in order, signed, and again until they are taken."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import aiohttp
import msgspec
import pytest
from aiohttp import web
from sqlalchemy import Connection

from cooperation.changes import feed
from cooperation.desk import Desk
from cooperation.errors import InputRefused, OfficerNotEntitled, OperationUnknown
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.rows import WebhookRow
from cooperation.store.store import Store
from cooperation.webhooks import dispatch as dispatch_module
from cooperation.webhooks.dispatch import AT_ONCE, Dispatcher
from cooperation.webhooks.registry import (
    WebhookStop,
    claim_webhooks,
    read_webhooks,
    register_webhook,
    remove_webhook,
    resume_webhook,
    update_claimed,
)
from tests.cooperation.support.desks import HANGZHOU, REVIEWER, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.scripted import ScriptedSystem, city


@dataclass
class Partner:
    """A partner's server: remembers what it took, and answers with the next of `statuses`, afterwards 204.

    Attributes:
        slow: holds up the answers below /slow until it is set.
        on_take: called with the path of each message before it is answered.
    """

    origin: str = ""
    statuses: list[int] = field(default_factory=list)
    messages: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    slow: asyncio.Event = field(default_factory=asyncio.Event)
    on_take: Callable[[str], Awaitable[None]] | None = None

    async def take(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        if self.on_take is not None:
            await self.on_take(request.path)
        if request.path == "/slow":
            await self.slow.wait()
        status = self.statuses.pop(0) if self.statuses else 204
        if status < 300:
            self.messages.append(
                ({name.lower(): value for name, value in request.headers.items()}, await request.read())
            )
        return web.Response(status=status, headers={"location": "/elsewhere"} if status == 302 else None)

    def sequences(self) -> list[int]:
        return [json.loads(body)["data"]["sequence"] for _, body in self.messages]


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    found = Partner()
    app = web.Application()
    app.router.add_post("/{path:.*}", found.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.origin = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]
    yield found
    found.slow.set()
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trust_env=False) as opened:
        yield opened


@pytest.fixture
def desk(store: Store, clock: TestClock, partner: Partner) -> Desk:
    return make_desk(store, clock, ScriptedSystem(), webhook_origins=(partner.origin,))


async def dispatch(desk: Desk, session: aiohttp.ClientSession) -> None:
    """A round, and what it has begun."""
    async with Dispatcher(desk, session) as dispatcher:
        await dispatcher.begin()
        await dispatcher.wait()


async def webhooks_of(desk: Desk) -> list[WebhookRow]:
    return await desk.store.read(lambda connection: read_webhooks(connection, None))


async def test_changes_are_posted_once_in_order_and_signed(
    desk: Desk, partner: Partner, session: aiohttp.ClientSession
) -> None:
    await accepted(desk, card_intent(key="key-before"))
    registered = await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    for number in range(8):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    for _ in range(3):
        await dispatch(desk, session)
    assert partner.sequences() == [2, 3, 4, 5, 6, 7, 8, 9]
    headers, body = partner.messages[0]
    key = base64.b64decode(registered.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    assert json.loads(body) == {
        "type": "operation.changed",
        "timestamp": "2026-10-30T09:30:00+08:00",
        "data": {
            "sequence": 2,
            "operationNumber": "S330100-2026-000002",
            "kind": "TEMPORARY_LOSS",
            "action": "create",
            "state": "ACCEPTED",
            "requesterCity": "330100",
            "addresseeCity": "341000",
        },
    }


async def test_a_change_that_comes_while_the_feed_is_read_is_posted_once(
    desk: Desk, partner: Partner, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    end = await desk.store.transact(feed.last_cursor)
    await accepted(desk)
    with monkeypatch.context() as patch:
        patch.setattr(feed, "last_cursor", lambda _: end)  # committed after this was read, before the changes were
        await dispatch(desk, session)
    await dispatch(desk, session)
    assert partner.sequences() == [1]


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_what_is_not_taken_is_posted_again_later_and_nothing_overtakes_it(
    desk: Desk, clock: TestClock, partner: Partner, session: aiohttp.ClientSession, status: int
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    await accepted(desk, card_intent(key="key-0001"))
    await accepted(desk, card_intent(key="key-0002"))
    partner.statuses = [status]
    await dispatch(desk, session)
    await dispatch(desk, session)
    assert partner.messages == []
    (webhook,) = await desk.store.transact(lambda connection: read_webhooks(connection, HANGZHOU))
    assert (webhook.failures, webhook.last_status) == (1, status)
    assert webhook.not_before == clock.now + timedelta(seconds=10)
    clock.forward(seconds=10)
    await dispatch(desk, session)
    assert partner.sequences() == [1, 2]


async def test_a_partner_that_is_away_for_days_is_switched_off_and_resumed_where_it_stood(
    desk: Desk, clock: TestClock, partner: Partner, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch_module, "GIVE_UP_HOURS", 1.0)
    registered = await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    await accepted(desk)
    partner.statuses = [503] * 99
    for _ in range(40):
        await dispatch(desk, session)
        clock.forward(minutes=10)
    (webhook,) = await desk.store.transact(lambda connection: read_webhooks(connection, None))
    assert (webhook.is_active, webhook.stopped_for) == (False, WebhookStop.NOT_TAKEN)
    partner.statuses = []
    await resume_webhook(desk, REVIEWER, registered.webhook.id)
    await dispatch(desk, session)
    assert partner.sequences() == [1]


async def test_only_the_citys_changes_of_the_wanted_kinds_are_posted(
    desk: Desk, clock: TestClock, partner: Partner, session: aiohttp.ClientSession
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/releases", (OperationKind.RELEASE,))
    elsewhere = Officer("1", "440300", Office.INSURANCE_AGENCY, Duty.REVIEWER)
    desk = replace(desk, cities={**desk.cities, "440300": city("440300")})
    await register_webhook(desk, elsewhere, f"{partner.origin}/elsewhere", ())
    await accepted(desk, card_intent(key="key-loss"))
    await accepted(desk, card_intent(OperationKind.RELEASE, key="key-release"))
    await dispatch(desk, session)
    assert partner.sequences() == [2]
    cursors = {webhook.cursor for webhook in await desk.store.transact(lambda c: read_webhooks(c, None))}
    assert cursors == {2}, "what does not matter is behind them"


async def test_two_processes_do_not_post_the_same(desk: Desk, partner: Partner, session: aiohttp.ClientSession) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    await accepted(desk)
    now = desk.clock()

    origins = desk.config.webhook_origins
    claimed = await desk.store.transact(lambda connection: claim_webhooks(connection, now, origins, AT_ONCE))
    assert len(claimed) == 1
    await dispatch(desk, session)
    assert partner.messages == []


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not is_so():  # noqa: ASYNC110  (it is another's server that makes it so)
            await asyncio.sleep(0.01)


async def test_a_slow_partner_is_waited_for_by_nobody_else(
    desk: Desk, partner: Partner, session: aiohttp.ClientSession
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/slow", ())
    await register_webhook(desk, REVIEWER, f"{partner.origin}/fast", ())
    for number in range(7):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    async with Dispatcher(desk, session) as dispatcher:
        await dispatcher.begin()
        await until(lambda: partner.sequences() == [1, 2, 3, 4, 5, 6, 7])
        await accepted(desk, card_intent(key="key-later"))
        await until(lambda: len(dispatcher.working) == 1)
        await dispatcher.begin()
        await until(lambda: partner.sequences() == [1, 2, 3, 4, 5, 6, 7, 8])
        assert partner.paths.count("/slow") == 1
        partner.slow.set()
        await dispatcher.wait()
        await dispatcher.begin()
        await dispatcher.wait()
    assert partner.paths.count("/slow") == 8
    assert [webhook.cursor for webhook in await webhooks_of(desk)] == [8, 8]


async def test_what_has_gathered_is_posted_page_after_page(
    desk: Desk, partner: Partner, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch_module, "PAGE", 2)
    await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    for number in range(7):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    await dispatch(desk, session)
    assert partner.sequences() == [1, 2, 3, 4, 5, 6, 7]


async def test_a_webhook_stays_its_processs_however_long_there_is_more_to_be_posted(
    desk: Desk, clock: TestClock, partner: Partner, session: aiohttp.ClientSession
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    for number in range(5):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    origins, others = desk.config.webhook_origins, []

    async def time_passes(_: str) -> None:
        clock.forward(seconds=40)
        others.extend(await desk.store.transact(lambda c: claim_webhooks(c, clock.now, origins, AT_ONCE)))

    partner.on_take = time_passes
    await dispatch(desk, session)
    assert (partner.sequences(), others) == ([1, 2, 3, 4, 5], [])


async def test_who_has_lost_a_webhook_to_another_process_posts_no_more_and_puts_nothing_back(
    desk: Desk, clock: TestClock, partner: Partner, session: aiohttp.ClientSession
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    for number in range(3):
        await accepted(desk, card_intent(key=f"key-{number:04}"))

    async def another_process_goes_on(_: str) -> None:
        partner.on_take = None
        clock.forward(minutes=5)
        await dispatch(desk, session)

    partner.on_take = another_process_goes_on
    await dispatch(desk, session)
    assert partner.sequences() == [1, 2, 3, 1], "what was under way is posted twice, and told by its id"
    assert {headers["webhook-id"] for headers, _ in partner.messages[::3]} == {partner.messages[0][0]["webhook-id"]}
    assert [webhook.cursor for webhook in await webhooks_of(desk)] == [3]


async def test_those_that_wait_for_a_place_have_it_in_turn(
    desk: Desk, clock: TestClock, partner: Partner, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("AT_ONCE", 1), ("PAGE", 1), ("TURN_SECONDS", 0.0)):
        monkeypatch.setattr(dispatch_module, name, value)
    for path in ("a", "b", "c"):
        await register_webhook(desk, REVIEWER, f"{partner.origin}/{path}", ())
    for number in range(3):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    async with Dispatcher(desk, session) as dispatcher:
        for _ in range(9):
            await dispatcher.begin()
            assert len(dispatcher.working) == 1
            await dispatcher.wait()
            clock.forward(seconds=1)
    assert [sorted(partner.paths[turn : turn + 3]) for turn in (0, 3, 6)] == [["/a", "/b", "/c"]] * 3


async def test_who_stops_gives_back_what_it_was_posting_to(
    desk: Desk, partner: Partner, session: aiohttp.ClientSession
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/slow", ())
    await accepted(desk)
    async with Dispatcher(desk, session) as dispatcher:
        await dispatcher.begin()
        await until(lambda: partner.paths == ["/slow"])
    assert dispatcher.working == ()
    partner.slow.set()
    await dispatch(desk, session)
    assert partner.paths == ["/slow", "/slow"], "by another process, at once"
    assert [webhook.cursor for webhook in await webhooks_of(desk)] == [1]


async def test_who_stops_writes_down_first_what_was_taken(
    desk: Desk, clock: TestClock, partner: Partner, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    await accepted(desk)
    begun, go_on = threading.Event(), threading.Event()

    def slowly(connection: Connection, claimed: WebhookRow, **columns: object) -> bool:
        if not begun.is_set():
            begun.set()
            go_on.wait(20)
        return update_claimed(connection, claimed, **columns)

    monkeypatch.setattr(dispatch_module, "update_claimed", slowly)
    dispatcher = Dispatcher(desk, session)
    async with dispatcher:
        await dispatcher.begin()
        await until(begun.is_set)
        asyncio.get_running_loop().call_later(0.3, go_on.set)
    (webhook,) = await webhooks_of(desk)
    assert (webhook.cursor, webhook.leased_until) == (1, clock.now)


async def test_nothing_is_posted_to_an_address_that_is_not_allowed_any_more_until_it_is_and_it_was_resumed(
    desk: Desk, partner: Partner, session: aiohttp.ClientSession
) -> None:
    registered = await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    await accepted(desk)
    without = replace(desk, config=msgspec.structs.replace(desk.config, webhook_origins=("https://another.example",)))
    await dispatch(without, session)
    (webhook,) = await webhooks_of(desk)
    assert (webhook.is_active, webhook.stopped_for) == (False, WebhookStop.ADDRESS_NOT_ALLOWED)
    with pytest.raises(InputRefused, match="webhook_origins"):
        await resume_webhook(without, REVIEWER, webhook.id)
    await dispatch(desk, session)
    assert partner.paths == []
    resumed = await resume_webhook(desk, REVIEWER, registered.webhook.id)
    assert (resumed.is_active, resumed.stopped_for) == (True, None)
    await dispatch(desk, session)
    assert partner.sequences() == [1]


async def test_an_address_that_is_not_allowed_any_more_is_told_of_at_the_next_start_though_nothing_is_to_be_posted(
    desk: Desk, session: aiohttp.ClientSession
) -> None:
    await register_webhook(desk, REVIEWER, f"{desk.config.webhook_origins[0]}/hook", ())
    await dispatch(replace(desk, config=msgspec.structs.replace(desk.config, webhook_origins=())), session)
    assert [one.stopped_for for one in await webhooks_of(desk)] == [WebhookStop.ADDRESS_NOT_ALLOWED]
    await resume_webhook(desk, REVIEWER, (await webhooks_of(desk))[0].id)
    await dispatch(desk, session)
    assert [(one.is_active, one.stopped_for) for one in await webhooks_of(desk)] == [(True, None)]


async def test_kinds_that_are_told_again_and_again_are_kept_once_in_the_schemas_order(
    desk: Desk, partner: Partner
) -> None:
    told = (OperationKind.RELEASE, OperationKind.TEMPORARY_LOSS) * 100
    registered = await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", told)
    assert registered.webhook.kinds == "TEMPORARY_LOSS RELEASE"
    assert await webhooks_of(desk) == [registered.webhook]


async def test_webhooks_go_where_the_configuration_allows_and_are_their_citys_reviewers(
    desk: Desk, partner: Partner
) -> None:
    for url in ("http://169.254.169.254/latest", f"{partner.origin}.evil.example/", "ftp://x", partner.origin + "/#a"):
        with pytest.raises(InputRefused):
            await register_webhook(desk, REVIEWER, url, ())
    with pytest.raises(InputRefused):
        await register_webhook(desk, replace(REVIEWER, city="999999"), f"{partner.origin}/hook", ())
    handler = Officer("1", HANGZHOU, Office.INSURANCE_AGENCY, Duty.HANDLER)
    with pytest.raises(OfficerNotEntitled):
        await register_webhook(desk, handler, f"{partner.origin}/hook", ())
    registered = await register_webhook(desk, REVIEWER, f"{partner.origin}/hook", ())
    stranger = Officer("1", "341000", Office.INSURANCE_AGENCY, Duty.REVIEWER)
    with pytest.raises(OperationUnknown):
        await remove_webhook(desk, stranger, registered.webhook.id)
    await remove_webhook(desk, REVIEWER, registered.webhook.id)
    assert await desk.store.transact(lambda connection: read_webhooks(connection, None)) == []

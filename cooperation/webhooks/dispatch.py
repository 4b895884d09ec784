"""Posts what is due: each webhook in the feed's order, at its own pace, and again after growing pauses."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import Self

import aiohttp
import orjson
from msgspec.structs import replace

from cooperation.changes.feed import ChangeQuery, read_page
from cooperation.desk import Desk
from cooperation.errors import ChangesNotKept
from cooperation.store.rows import ChangeRow, WebhookRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.webhooks.registry import (
    WebhookStop,
    claim_webhooks,
    leased_until,
    stop_not_allowed,
    update_claimed,
)
from cooperation.webhooks.signature import signed_headers
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.process_log import describe_defect

DISPATCH_SECONDS = 1.0
POST_SECONDS = 10.0
PAGE = 50
AT_ONCE = 64
"""How many webhooks a process posts to at a time."""
TURN_SECONDS = 30.0
"""How long one keeps its place while it has more to be posted: others may wait for it."""

FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 3600.0
GIVE_UP_HOURS = 72.0
"""A webhook that has taken nothing for so long is switched off until an officer resumes it; its cursor stays."""

_LOG = logging.getLogger("bureaugraph.cooperation")


async def dispatch_forever(desk: Desk) -> None:
    """Dispatch from time to time until cancelled."""
    # No redirects and no proxies: messages go where the configuration allows, and nowhere else.
    timeout = aiohttp.ClientTimeout(total=POST_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
        Dispatcher(desk, session) as dispatcher,
    ):
        while True:
            try:
                await dispatcher.begin()
            except DatabaseUnavailable:
                _LOG.warning("The cooperation database does not answer; webhooks wait.")
            except Exception as error:  # noqa: BLE001  (the next round finds what this one has not)
                _LOG.error("Looking for webhooks failed: %s", describe_defect(error))
            await asyncio.sleep(DISPATCH_SECONDS)


class Dispatcher:
    """Has each webhook worked at by a task of its own, so that a slow partner is waited for by nobody else."""

    def __init__(self, desk: Desk, session: aiohttp.ClientSession) -> None:
        self._desk = desk
        self._session = session
        self._working: dict[str, asyncio.Task[None]] = {}
        self._has_begun = False

    @property
    def working(self) -> tuple[str, ...]:
        """The webhooks that are worked at."""
        return tuple(self._working)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop; others may go on at once."""
        for task in self._working.values():
            task.cancel()
        await self.wait()

    async def wait(self) -> None:
        """Wait until nothing is worked at any more of what was begun."""
        await asyncio.gather(*self._working.values(), return_exceptions=True)

    async def begin(self) -> None:
        """Begin with what is due, as far as there are places."""
        now, origins, free = self._desk.clock(), self._desk.config.webhook_origins, AT_ONCE - len(self._working)
        if not self._has_begun:
            # Once: the configuration is read at the start. What another process registers is looked at when it is due.
            await self._desk.store.transact(lambda connection: stop_not_allowed(connection, origins))
            self._has_begun = True
        if free == 0:
            return
        claimed = await self._desk.store.transact(lambda connection: claim_webhooks(connection, now, origins, free))
        for webhook in claimed:
            # One whose lease ran out under our own hands is let go by its task, and claimed again after it.
            if webhook.id not in self._working:
                task = asyncio.create_task(self._work_at(webhook), name=f"cooperation-{webhook.id}")
                self._working[webhook.id] = task

    async def _work_at(self, webhook: WebhookRow) -> None:
        try:
            await _Turn(self._desk, self._session, webhook).take()
        except DatabaseUnavailable:
            _LOG.warning("The cooperation database does not answer; %s waits.", webhook.id)
        except Exception as error:  # noqa: BLE001  (it is tried again when its lease has run out)
            _LOG.error("Posting to %s failed: %s", webhook.id, describe_defect(error))
        finally:
            del self._working[webhook.id]


class _Turn:
    """A webhook that is this process's to post to, until it is given back."""

    def __init__(self, desk: Desk, session: aiohttp.ClientSession, webhook: WebhookRow) -> None:
        self._desk = desk
        self._session = session
        self._webhook = webhook

    async def take(self) -> None:
        """Post page after page, while there is more and the turn lasts."""
        until = monotonic() + TURN_SECONDS
        try:
            while await self._post_page():
                if monotonic() >= until:
                    await self._give_back()
                    return
        except asyncio.CancelledError:
            with suppress(DatabaseUnavailable):  # else the lease runs out by itself
                await self._give_back()
            raise

    async def _post_page(self) -> bool:
        """Post what stands behind the cursor, up to the first that is not taken. Whether it is still ours, with more to
        be posted."""
        webhook = self._webhook
        query = ChangeQuery(cities=(webhook.city,), kinds=tuple(webhook.kinds.split()) or None)
        try:
            page = await self._desk.store.read(lambda connection: read_page(connection, query, webhook.cursor, PAGE))
        except ChangesNotKept:
            # It was resumed while what it has missed was deleted.
            _LOG.warning("%s has missed changes that are kept no longer and is switched off.", webhook.id)
            await self._give_back(is_active=False, stopped_for=WebhookStop.CHANGES_NOT_KEPT)
            return False
        for change in page.changes:
            status = await self._post(change)
            if not 200 <= status < 300:
                await self._give_back(**self._failure(status))
                return False
            taken = {"failures": 0, "failing_since": None, "not_before": None, "last_status": status}
            if not await self._keep(cursor=change.cursor, **taken):
                return False
        if not page.has_more:
            await self._give_back(cursor=page.end, not_before=None)
        return page.has_more

    async def _post(self, change: ChangeRow) -> int:
        """The status of the answer; 0 where there was none."""
        webhook, body = self._webhook, message_of(change)
        secret = self._desk.sealer.open(webhook.secret_sealed)
        timestamp = int(self._desk.clock().timestamp())
        headers = signed_headers(secret, f"{webhook.id}-{change.cursor}", timestamp, body)
        try:
            async with self._session.post(
                webhook.url, data=body, headers={"content-type": "application/json", **headers}, allow_redirects=False
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0

    def _failure(self, status: int) -> dict[str, object]:
        webhook, now = self._webhook, self._desk.clock()
        since = webhook.failing_since or now
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(webhook.failures, 12))
        columns: dict[str, object] = {
            "failures": webhook.failures + 1,
            "failing_since": since,
            "last_status": status or None,
            "not_before": now + timedelta(seconds=pause),
        }
        if now - since > timedelta(hours=GIVE_UP_HOURS):
            _LOG.warning("%s has taken nothing for %d hours and is switched off.", webhook.id, GIVE_UP_HOURS)
            columns |= {"is_active": False, "stopped_for": WebhookStop.NOT_TAKEN}
        return columns

    async def _keep(self, **columns: object) -> bool:
        """Write down how it stands, and hold it for longer. Whether it is still ours."""
        return await self._set(leased_until=leased_until(self._desk.clock()), **columns)

    async def _give_back(self, **columns: object) -> None:
        await self._set(leased_until=self._desk.clock(), **columns)

    async def _set(self, **columns: object) -> bool:
        webhook = self._webhook
        work = self._desk.store.transact(lambda connection: update_claimed(connection, webhook, **columns))
        writing = asyncio.create_task(work, name=f"cooperation-{webhook.id}-kept")
        self._webhook = replace(webhook, **columns)
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            # What was taken is written down before the webhook is given back: it would be posted once more.
            with suppress(DatabaseUnavailable):
                await writing
            raise


def message_of(change: ChangeRow) -> bytes:
    """What is posted: nothing of a citizen; who may know more asks the graph with the number."""
    return orjson.dumps(
        {
            "type": "operation.changed",
            "timestamp": change.happened_at.astimezone(CITY_ZONE).isoformat(timespec="seconds"),
            "data": {
                "sequence": change.cursor,
                "operationNumber": change.operation_number,
                "kind": change.kind,
                "action": change.action,
                "state": change.state,
                "requesterCity": change.requester_city,
                "addresseeCity": change.addressee_city,
            },
        }
    )

"""Posts what is due, to each webhook in the feed's order, and again after growing pauses where it is not taken."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import aiohttp
import orjson

from cooperation.changes.feed import ChangeQuery, read_page
from cooperation.desk import Desk
from cooperation.errors import ChangesNotKept
from cooperation.store.rows import ChangeRow, WebhookRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.webhooks.registry import claim_webhooks, update_webhook
from cooperation.webhooks.signature import signed_headers
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.process_log import describe_defect

DISPATCH_SECONDS = 1.0
POST_SECONDS = 10.0
PAGE = 5
"""As many as fit into a lease, each taking its longest."""

FIRST_PAUSE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 3600.0
GIVE_UP_HOURS = 72.0
"""A webhook that has taken nothing for so long is switched off until an officer resumes it; its cursor stays."""

_LOG = logging.getLogger("bureaugraph.cooperation")


async def dispatch_forever(desk: Desk) -> None:
    """Dispatch from time to time until cancelled."""
    # No redirects and no proxies: messages go where the configuration allows, and nowhere else.
    timeout = aiohttp.ClientTimeout(total=POST_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:
        while True:
            try:
                await dispatch(desk, session)
            except DatabaseUnavailable:
                _LOG.warning("The cooperation database does not answer; webhooks wait.")
            except Exception as error:  # noqa: BLE001  (the next round finds what this one has not)
                _LOG.error("Posting to webhooks failed: %s", describe_defect(error))
            await asyncio.sleep(DISPATCH_SECONDS)


async def dispatch(desk: Desk, session: aiohttp.ClientSession) -> None:
    """Post what is due once."""
    now = desk.clock()
    claimed = await desk.store.transact(lambda connection: claim_webhooks(connection, now))
    await asyncio.gather(*(_post_all(desk, session, webhook) for webhook in claimed))


async def _post_all(desk: Desk, session: aiohttp.ClientSession, webhook: WebhookRow) -> None:
    """Post what stands behind the webhook's cursor, up to the first that is not taken."""
    query = ChangeQuery(cities=(webhook.city,), kinds=tuple(webhook.kinds.split()) or None)
    try:
        page = await desk.store.read(lambda connection: read_page(connection, query, webhook.cursor, PAGE))
    except ChangesNotKept:
        # It was resumed while what it has missed was deleted.
        _LOG.warning("%s has missed changes that are kept no longer and is switched off.", webhook.id)
        await _set(desk, webhook, is_active=False, leased_until=None)
        return
    for change in page.changes:
        status = await _post(desk, session, webhook, change)
        if not 200 <= status < 300:
            await _set(desk, webhook, **_failure(webhook, status, desk.clock()))
            return
        await _set(desk, webhook, cursor=change.cursor, failures=0, failing_since=None, last_status=status)
    await _set(desk, webhook, leased_until=None, not_before=None, cursor=page.end)


async def _post(desk: Desk, session: aiohttp.ClientSession, webhook: WebhookRow, change: ChangeRow) -> int:
    """The status of the answer; 0 where there was none."""
    body = message_of(change)
    secret = desk.sealer.open(webhook.secret_sealed)
    timestamp = int(desk.clock().timestamp())
    headers = signed_headers(secret, f"{webhook.id}-{change.cursor}", timestamp, body)
    try:
        async with session.post(
            webhook.url, data=body, headers={"content-type": "application/json", **headers}, allow_redirects=False
        ) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


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


def _failure(webhook: WebhookRow, status: int, now: datetime) -> dict[str, object]:
    since = webhook.failing_since or now
    pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(webhook.failures, 12))
    is_given_up = now - since > timedelta(hours=GIVE_UP_HOURS)
    if is_given_up:
        _LOG.warning("%s has taken nothing for %d hours and is switched off.", webhook.id, GIVE_UP_HOURS)
    return {
        "failures": webhook.failures + 1,
        "failing_since": since,
        "last_status": status or None,
        "not_before": now + timedelta(seconds=pause),
        "leased_until": None,
        "is_active": not is_given_up,
    }


async def _set(desk: Desk, webhook: WebhookRow, **columns: object) -> None:
    await desk.store.transact(lambda connection: update_webhook(connection, webhook.id, **columns))

"""Who wants changes posted where."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, or_, select, update

from cooperation.changes.feed import last_cursor, require_kept
from cooperation.desk import Desk
from cooperation.errors import ChangesNotKept, InputRefused, OfficerNotEntitled, OperationUnknown
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty
from cooperation.states.move import Officer
from cooperation.store.rows import WebhookRow, record_of, values_of
from cooperation.store.tables import WEBHOOKS
from cooperation.webhooks.signature import new_secret

MOST_PER_CITY = 20
LEASE_SECONDS = 60.0

_ADDRESS = re.compile(r"[!-~]{1,500}", re.ASCII)


class WebhookStop(StrEnum):
    """Why a webhook was switched off.

    NOT_TAKEN: it has taken nothing for three days.
    CHANGES_NOT_KEPT: what it has missed is kept no longer.
    ADDRESS_NOT_ALLOWED: its address is not among `webhook_origins` any more.
    """

    NOT_TAKEN = "NOT_TAKEN"
    CHANGES_NOT_KEPT = "CHANGES_NOT_KEPT"
    ADDRESS_NOT_ALLOWED = "ADDRESS_NOT_ALLOWED"


@dataclass(frozen=True, slots=True)
class Registered:
    """A new webhook, and its secret, which is told this once."""

    webhook: WebhookRow
    secret: str


async def register_webhook(desk: Desk, officer: Officer, url: str, kinds: tuple[OperationKind, ...]) -> Registered:
    """Post changes of the officer's city from now on. Raises InputRefused, OfficerNotEntitled."""
    _require_reviewer(officer)
    desk.require_city("officer.city", officer.city)
    if not _is_allowed(url, desk.config.webhook_origins):
        raise InputRefused("url must begin with one of webhook_origins in cooperation.yaml.", "url")
    wanted = set(kinds)
    secret = new_secret()

    def work(connection: Connection) -> WebhookRow:
        if len(read_webhooks(connection, officer.city)) >= MOST_PER_CITY:
            raise InputRefused(f"A city has at most {MOST_PER_CITY} webhooks.")
        webhook = WebhookRow(
            id=f"webhook-{secrets.token_hex(8)}",
            city=officer.city,
            url=url,
            secret_sealed=desk.sealer.seal(secret),
            kinds=" ".join(kind for kind in OperationKind if kind in wanted),
            created_by=officer.name,
            created_at=desk.clock(),
            is_active=True,
            stopped_for=None,
            cursor=last_cursor(connection),
            failures=0,
            failing_since=None,
            last_status=None,
            not_before=None,
            leased_until=None,
        )
        connection.execute(insert(WEBHOOKS), values_of(webhook))
        return webhook

    return Registered(await desk.store.transact(work), secret)


async def remove_webhook(desk: Desk, officer: Officer, webhook_id: str) -> WebhookRow:
    """Post nothing to it any more; gives it as it was. Raises OperationUnknown, OfficerNotEntitled."""

    def work(connection: Connection) -> WebhookRow:
        webhook = _own(connection, officer, webhook_id)
        connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id))
        return webhook

    return await desk.store.transact(work)


async def resume_webhook(desk: Desk, officer: Officer, webhook_id: str) -> WebhookRow:
    """Post again what it has missed, at once.

    Raises OperationUnknown, OfficerNotEntitled, ChangesNotKept, InputRefused where its address is not allowed any more.
    """

    def work(connection: Connection) -> WebhookRow:
        webhook = _own(connection, officer, webhook_id)
        if not _is_allowed(webhook.url, desk.config.webhook_origins):
            raise InputRefused("Its address is not among webhook_origins in cooperation.yaml any more.", "id")
        try:
            require_kept(connection, webhook.cursor)
        except ChangesNotKept:
            raise ChangesNotKept(
                "What it has missed is kept no longer: remove it and register it anew, then read the operations that "
                "it follows as they are now."
            ) from None
        fresh = {"failures": 0, "failing_since": None, "not_before": None}
        columns = {"is_active": True, "stopped_for": None, **fresh}
        update_webhook(connection, webhook_id, **columns)
        return _own(connection, officer, webhook_id)

    return await desk.store.transact(work)


def _origin_of(url: str) -> str | None:
    """Scheme and host of an address without a fragment; None of what is no such address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if _ADDRESS.fullmatch(url) and not parts.fragment else None


def _is_allowed(url: str, origins: Collection[str]) -> bool:
    return _origin_of(url) in origins


def read_webhooks(connection: Connection, city: str | None) -> list[WebhookRow]:
    """A city's webhooks, or all, by their age."""
    statement = select(WEBHOOKS).order_by(WEBHOOKS.c.created_at, WEBHOOKS.c.id)
    if city is not None:
        statement = statement.where(WEBHOOKS.c.city == city)
    return [record_of(WebhookRow, row) for row in connection.execute(statement)]


def claim_webhooks(connection: Connection, now: datetime, origins: Collection[str], at_most: int) -> list[WebhookRow]:
    """Those that have something to be posted now and that no other process posts to; they are this process's then.

    Whose last turn ended longest ago comes first. What must not be posted to any more is switched off instead.
    """
    end = last_cursor(connection)
    due = (
        WEBHOOKS.c.is_active,
        WEBHOOKS.c.cursor < end,
        or_(WEBHOOKS.c.not_before.is_(None), WEBHOOKS.c.not_before <= now),
        or_(WEBHOOKS.c.leased_until.is_(None), WEBHOOKS.c.leased_until <= now),
    )
    statement = select(WEBHOOKS).where(*due).order_by(WEBHOOKS.c.leased_until.asc().nulls_first(), WEBHOOKS.c.id)
    rows = connection.execute(statement.limit(at_most).with_for_update(skip_locked=True)).all()
    found = [record_of(WebhookRow, row) for row in rows]
    _stop_not_allowed(connection, found, origins)
    claimed = [replace(one, leased_until=leased_until(now)) for one in found if _is_allowed(one.url, origins)]
    for webhook in claimed:
        update_webhook(connection, webhook.id, leased_until=webhook.leased_until)
    return claimed


def stop_not_allowed(connection: Connection, origins: Collection[str]) -> None:
    """Switch off, whether or not there is something to be posted, what must not be posted to any more."""
    _stop_not_allowed(connection, [one for one in read_webhooks(connection, None) if one.is_active], origins)


def _stop_not_allowed(connection: Connection, webhooks: Collection[WebhookRow], origins: Collection[str]) -> None:
    for webhook in webhooks:
        if not _is_allowed(webhook.url, origins):
            update_webhook(connection, webhook.id, is_active=False, stopped_for=WebhookStop.ADDRESS_NOT_ALLOWED)


def leased_until(now: datetime) -> datetime:
    """Until when a webhook that is claimed now is this process's."""
    return now + timedelta(seconds=LEASE_SECONDS)


def update_webhook(connection: Connection, webhook_id: str, **columns: object) -> None:
    """Set some of a webhook's columns."""
    connection.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id).values(columns))


def update_claimed(connection: Connection, claimed: WebhookRow, **columns: object) -> bool:
    """The same of a webhook that this process has claimed. False where it was removed, or its lease ran out and another
    process has claimed it since: then nothing is set."""
    is_held = (WEBHOOKS.c.id == claimed.id, WEBHOOKS.c.leased_until == claimed.leased_until)
    return connection.execute(update(WEBHOOKS).where(*is_held).values(columns)).rowcount == 1


def _own(connection: Connection, officer: Officer, webhook_id: str) -> WebhookRow:
    _require_reviewer(officer)
    row = connection.execute(select(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id)).one_or_none()
    if row is None or row.city != officer.city:
        raise OperationUnknown("The officer's city has no webhook of this id.", "id")
    return record_of(WebhookRow, row)


def _require_reviewer(officer: Officer) -> None:
    if officer.duty is not Duty.REVIEWER:
        raise OfficerNotEntitled(f"Webhooks are for a {Duty.REVIEWER} of the city.")

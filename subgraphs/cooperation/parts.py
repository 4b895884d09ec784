"""What operations are made of in the graph: deadline, history, delivery, tasks; and how rows become them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from cooperation.kinds import OperationKind
from cooperation.letter_tasks import Handling, handlings_of
from cooperation.states.machine import Clock
from cooperation.store.operations import standing_of
from cooperation.store.rows import DeliveryRow, EventRow, OperationRow, TaskRow, WebhookRow
from cooperation.store.tasks import TaskKind
from cooperation.task_ends import ending_actions
from cooperation.webhooks.registry import WebhookStop
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import Verdict
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.cooperation.enums import DeadlineFor
from subgraphs.shared.scalars import Date, DateTime, optional_date_time
from subgraphs.shared.types import City, Source


@strawberry.type
class Deadline:
    """A deadline in working days."""

    for_: DeadlineFor = strawberry.field(name="for")
    due_on: Date
    working_days_left: int
    is_overdue: bool
    is_estimated: bool


@strawberry.type
class OperationEvent:
    """One entry of an operation's history."""

    action: str
    from_state: str | None
    to_state: str
    officer: str | None
    note: str | None
    at: DateTime


@strawberry.type
class Delivery:
    """A write into a city's system."""

    city: City
    operation: str
    state: str
    outcome: str | None
    reason: str | None
    raw_code: str | None
    receipt: str | None
    retry_at: DateTime | None
    effect_since: DateTime | None
    effect_expires_at: DateTime | None
    source: Source | None


@strawberry.type
class Task:
    """What a person has to do."""

    row: strawberry.Private[TaskRow]
    id: strawberry.ID
    kind: TaskKind
    operation_number: strawberry.ID
    city: City
    reason: str | None
    opened_at: DateTime
    done_at: DateTime | None
    done_by: str | None

    @strawberry.field
    def note(self, info: CooperationInfo) -> str | None:
        """What was said when it was finished."""
        sealed = self.row.note_sealed
        return None if sealed is None else info.context.office.desk.sealer.open(sealed)

    @strawberry.field
    async def ended_by(self, info: CooperationInfo) -> list[str]:
        """The actions on its operation that end it."""
        loaders, number = info.context.loaders, self.row.operation_number
        operation = await loaders.operations.load_value(number)
        if operation is None or self.row.done_at is not None:
            return []
        return list(ending_actions(standing_of(operation, await loaders.histories.load_value(number)), self.row))

    @strawberry.field
    async def delivery(self, info: CooperationInfo) -> Delivery | None:
        """The write that it is about."""
        row = await _written(info.context, self.row)
        return None if row is None else delivery_of(info.context, row)

    @strawberry.field
    async def handlings(self, info: CooperationInfo) -> list[Handling]:
        """How the write may be seen to."""
        return list(handlings_of(self.row, await _written(info.context, self.row)))


@strawberry.type
class Finding:
    """What was found of one question."""

    verdict: Verdict
    text: str


@strawberry.type
class Webhook:
    """Where changes are posted to."""

    id: strawberry.ID
    city: City
    url: str
    kinds: list[OperationKind]
    is_active: bool
    stopped_for: WebhookStop | None
    failures: int
    last_status: int | None
    retry_at: DateTime | None


def moment(value: datetime) -> DateTime:
    """A moment on the cities' clock."""
    return DateTime(value.astimezone(CITY_ZONE).isoformat(timespec="seconds"))


def optional_moment(value: datetime | None) -> DateTime | None:
    """The same; None stays None."""
    return None if value is None else moment(value)


def deadline_of(context: CooperationContext, row: OperationRow) -> Deadline | None:
    """Until when somebody is waited for, seen from today."""
    if row.due_on is None:
        return None
    today = context.now.astimezone(CITY_ZONE).date()
    return Deadline(
        for_=DeadlineFor.ACCEPT if row.due_for == Clock.ACCEPT else DeadlineFor.REPORT,
        due_on=Date(row.due_on.isoformat()),
        working_days_left=context.office.desk.calendar.working_days_left(today, row.due_on),
        is_overdue=row.due_on < today,
        is_estimated=row.due_is_estimated,
    )


def event_of(context: CooperationContext, row: EventRow) -> OperationEvent:
    """An entry of a history."""
    return OperationEvent(
        action=row.action,
        from_state=row.source,
        to_state=row.target,
        officer=row.actor,
        note=None if row.note_sealed is None else context.office.desk.sealer.open(row.note_sealed),
        at=moment(row.happened_at),
    )


def delivery_of(context: CooperationContext, row: DeliveryRow) -> Delivery:
    """A delivery, with what proves it."""
    has_source = row.system is not None and row.as_of is not None
    return Delivery(
        city=context.place(row.city),
        operation=row.write,
        state=row.state,
        outcome=row.outcome,
        reason=row.reason,
        raw_code=row.raw_code,
        receipt=row.receipt,
        retry_at=optional_moment(row.not_before),
        effect_since=_since(row.effect_since),
        effect_expires_at=optional_date_time(row.effect_expires_at),
        source=Source(system=row.system or "", as_of=DateTime(row.as_of or "")) if has_source else None,
    )


def _since(value: str | None) -> DateTime | None:
    """A moment; of a day, where a system keeps no more of it, the beginning there."""
    if value is None:
        return None
    since = datetime.fromisoformat(value)
    return DateTime(value if since.tzinfo else since.replace(tzinfo=CITY_ZONE).isoformat())


def task_of(context: CooperationContext, row: TaskRow) -> Task:
    """A task."""
    return Task(
        row=row,
        id=strawberry.ID(row.id),
        kind=TaskKind(row.kind),
        operation_number=strawberry.ID(row.operation_number),
        city=context.place(row.city),
        reason=row.reason,
        opened_at=moment(row.opened_at),
        done_at=optional_moment(row.done_at),
        done_by=row.done_by,
    )


async def _written(context: CooperationContext, task: TaskRow) -> DeliveryRow | None:
    rows = await context.loaders.deliveries.load_value(task.operation_number)
    return next((row for row in rows if row.id == task.delivery_id), None)


def webhook_of(context: CooperationContext, row: WebhookRow) -> Webhook:
    """A webhook, without its secret."""
    return Webhook(
        id=strawberry.ID(row.id),
        city=context.place(row.city),
        url=row.url,
        kinds=[OperationKind(kind) for kind in row.kinds.split()],
        is_active=row.is_active,
        stopped_for=None if row.stopped_for is None else WebhookStop(row.stopped_for),
        failures=row.failures,
        last_status=row.last_status,
        retry_at=optional_moment(row.not_before),
    )

"""The mutations: each brings one request to the office and says what has become of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date

import strawberry

from cooperation.acceptance import Accepted, Intent
from cooperation.errors import CooperationError, TransitionRefused
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.store.rows import OperationRow, WebhookRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.webhooks.registry import Registered, register_webhook, remove_webhook, resume_webhook
from legacy_adapters.clock import CITY_ZONE
from subgraphs.cooperation import intents
from subgraphs.cooperation.context import CooperationContext, CooperationInfo, store_unavailable
from subgraphs.cooperation.enums import Effect
from subgraphs.cooperation.inputs import (
    ActionInput,
    CardServiceInput,
    CaseAssistInput,
    CaseTransferInput,
    CertificationAssistInput,
    DeathNoticeInput,
    FinishTaskInput,
    InvestigationInput,
    ReplacementInput,
    UndoInput,
    WebhookActionInput,
    WebhookInput,
)
from subgraphs.cooperation.operations import Operation, operation_of
from subgraphs.cooperation.parts import Task, Webhook, task_of, webhook_of


@strawberry.type
class OperationError:
    """Why a request was refused."""

    code: str
    message: str
    allowed_actions: list[str]


@strawberry.type
class OperationPayload:
    """What has become of a request."""

    operation: Operation | None
    effect: Effect | None
    is_new: bool
    errors: list[OperationError]


@strawberry.type
class TaskPayload:
    """A task, or why it was left as it is."""

    task: Task | None
    errors: list[OperationError]


@strawberry.type
class WebhookPayload:
    """A webhook, or why it was left as it is."""

    webhook: Webhook | None
    secret: str | None
    errors: list[OperationError]


def effect_of(row: OperationRow) -> Effect:
    """What has become of an operation by now."""
    if KIND_RULES[OperationKind(row.kind)].write is None:
        return Effect.HANDLED_BY_OFFICERS
    match row.state:
        case "DONE":
            return Effect.IN_EFFECT
        case "IN_PRODUCTION":
            return Effect.IN_PRODUCTION
        case "REFUSED":
            return Effect.REFUSED
        case "MANUAL":
            return Effect.NEEDS_A_PERSON
        case "EXPIRED" | "WITHDRAWN":
            return Effect.ENDED_WITHOUT_EFFECT
        case _:
            return Effect.QUEUED


async def _brought(context: CooperationContext, bring: Callable[[], Awaitable[Accepted]]) -> OperationPayload:
    try:
        accepted = await bring()
    except CooperationError as error:
        return OperationPayload(operation=None, effect=None, is_new=False, errors=[_error_of(error)])
    except DatabaseUnavailable as error:
        raise store_unavailable() from error
    row = accepted.operation
    return OperationPayload(
        operation=operation_of(context, row), effect=effect_of(row), is_new=accepted.is_new, errors=[]
    )


async def _accepted(info: CooperationInfo, make: Callable[[], Intent]) -> OperationPayload:
    async def bring() -> Accepted:
        return await info.context.office.accept(make())

    return await _brought(info.context, bring)


async def _webhook(info: CooperationInfo, bring: Callable[[], Awaitable[Registered | WebhookRow]]) -> WebhookPayload:
    try:
        brought = await bring()
    except CooperationError as error:
        return WebhookPayload(webhook=None, secret=None, errors=[_error_of(error)])
    except DatabaseUnavailable as error:
        raise store_unavailable() from error
    row, secret = (brought.webhook, brought.secret) if isinstance(brought, Registered) else (brought, None)
    return WebhookPayload(webhook=webhook_of(info.context, row), secret=secret, errors=[])


def _error_of(error: CooperationError) -> OperationError:
    allowed = list(error.allowed) if isinstance(error, TransitionRefused) else []
    return OperationError(code=error.code, message=str(error), allowed_actions=allowed)


def _today(info: CooperationInfo) -> date:
    return info.context.now.astimezone(CITY_ZONE).date()


@strawberry.type
class Mutation:
    """What officers may ask for."""

    @strawberry.mutation
    async def report_temporary_loss(self, info: CooperationInfo, input: CardServiceInput) -> OperationPayload:
        """Report a card's function lost for a time."""
        return await _accepted(info, lambda: intents.card_intent(OperationKind.TEMPORARY_LOSS, input))

    @strawberry.mutation
    async def report_formal_loss(self, info: CooperationInfo, input: CardServiceInput) -> OperationPayload:
        """Report a card's function lost formally."""
        return await _accepted(info, lambda: intents.card_intent(OperationKind.FORMAL_LOSS, input))

    @strawberry.mutation
    async def release_card(self, info: CooperationInfo, input: CardServiceInput) -> OperationPayload:
        """Release a card's function from its loss."""
        return await _accepted(info, lambda: intents.card_intent(OperationKind.RELEASE, input))

    @strawberry.mutation
    async def request_replacement(self, info: CooperationInfo, input: ReplacementInput) -> OperationPayload:
        """Apply for a new card in place of one."""
        return await _accepted(info, lambda: intents.replacement_intent(input))

    @strawberry.mutation
    async def undo_service_request(self, info: CooperationInfo, input: UndoInput) -> OperationPayload:
        """Undo a service request that took effect."""
        context = info.context

        async def bring() -> Accepted:
            return await context.office.undo(input.number, input.officer.officer(), input.idempotency_key)

        return await _brought(context, bring)

    @strawberry.mutation
    async def assist_certification(self, info: CooperationInfo, input: CertificationAssistInput) -> OperationPayload:
        """Certify a pensioner of another city."""
        return await _accepted(info, lambda: intents.certification_intent(input, _today(info)))

    @strawberry.mutation
    async def draft_investigation(self, info: CooperationInfo, input: InvestigationInput) -> OperationPayload:
        """Draft a letter that entrusts another city."""
        return await _accepted(info, lambda: intents.investigation_intent(input))

    @strawberry.mutation
    async def draft_case_assist(self, info: CooperationInfo, input: CaseAssistInput) -> OperationPayload:
        """Draft a request for assistance."""
        return await _accepted(info, lambda: intents.case_assist_intent(input))

    @strawberry.mutation
    async def draft_case_transfer(self, info: CooperationInfo, input: CaseTransferInput) -> OperationPayload:
        """Draft the transfer of a case."""
        return await _accepted(info, lambda: intents.case_transfer_intent(input))

    @strawberry.mutation
    async def record_death_notice(self, info: CooperationInfo, input: DeathNoticeInput) -> OperationPayload:
        """Record a death or a disappearance."""
        return await _accepted(info, lambda: intents.death_notice_intent(input, _today(info)))

    @strawberry.mutation
    async def take_action(self, info: CooperationInfo, input: ActionInput) -> OperationPayload:
        """Move an operation on."""
        context = info.context

        async def bring() -> Accepted:
            given = intents.given_of(input)
            moved = await context.office.act(input.number, input.action, input.officer.officer(), given)
            return Accepted(moved, is_new=False, delivery_id=None)

        return await _brought(context, bring)

    @strawberry.mutation
    async def finish_task(self, info: CooperationInfo, input: FinishTaskInput) -> TaskPayload:
        """Say that a task is done."""
        try:
            task = await info.context.office.finish_task(input.id, input.officer.officer(), input.note)
        except CooperationError as error:
            return TaskPayload(task=None, errors=[_error_of(error)])
        except DatabaseUnavailable as error:
            raise store_unavailable() from error
        return TaskPayload(task=task_of(info.context, task), errors=[])

    @strawberry.mutation
    async def register_webhook(self, info: CooperationInfo, input: WebhookInput) -> WebhookPayload:
        """Have changes of the officer's city posted to an address."""
        desk, officer = info.context.office.desk, input.officer.officer()
        return await _webhook(info, lambda: register_webhook(desk, officer, input.url, tuple(input.kinds)))

    @strawberry.mutation
    async def resume_webhook(self, info: CooperationInfo, input: WebhookActionInput) -> WebhookPayload:
        """Post again what a webhook has missed."""
        desk, officer = info.context.office.desk, input.officer.officer()
        return await _webhook(info, lambda: resume_webhook(desk, officer, input.id))

    @strawberry.mutation
    async def remove_webhook(self, info: CooperationInfo, input: WebhookActionInput) -> WebhookPayload:
        """Post nothing to it any more."""
        desk, officer = info.context.office.desk, input.officer.officer()
        return await _webhook(info, lambda: remove_webhook(desk, officer, input.id))

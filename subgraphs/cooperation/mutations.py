"""The mutations: each brings one request to the office and says what has become of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

import strawberry

from cooperation.acceptance import Accepted, Intent
from cooperation.errors import CooperationError, TransitionRefused
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.store.rows import OperationRow, WebhookRow
from cooperation.undo import Undoing
from cooperation.webhooks.registry import Registered, register_webhook, remove_webhook, resume_webhook
from legacy_adapters.clock import CITY_ZONE
from subgraphs.cooperation import intents
from subgraphs.cooperation.context import CooperationContext, CooperationInfo
from subgraphs.cooperation.enums import Effect
from subgraphs.cooperation.errors import store_errors
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
    inputs: list[str]
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


_EFFECT_OF_REGISTRATION: Mapping[str, Effect] = {
    "ACCEPTED": Effect.QUEUED,
    "DELIVERING": Effect.QUEUED,
    "WAITING": Effect.QUEUED,
    "MANUAL": Effect.NEEDS_A_PERSON,
    "CLOSED": Effect.IN_EFFECT,
}
"""By the state of a case that is handed over; in the others it is with the officers."""


_EFFECT_OF_WRITE: Mapping[str, Effect] = {
    "IN_PRODUCTION": Effect.IN_PRODUCTION,
    "TAKEN_UP": Effect.TAKEN_UP,
    "MANUAL": Effect.NEEDS_A_PERSON,
    "DONE": Effect.IN_EFFECT,
    "REFUSED": Effect.REFUSED,
    "EXPIRED": Effect.ENDED_WITHOUT_EFFECT,
    "WITHDRAWN": Effect.ENDED_WITHOUT_EFFECT,
}
"""By the state of what is written as soon as it is accepted; in the others it is on its way."""


def effect_of(row: OperationRow) -> Effect:
    """What has become of an operation by now."""
    rule = KIND_RULES[OperationKind(row.kind)]
    if rule.registration is not None:
        return _EFFECT_OF_REGISTRATION.get(row.state, Effect.HANDLED_BY_OFFICERS)
    if rule.write is None:
        return Effect.HANDLED_BY_OFFICERS
    return _EFFECT_OF_WRITE.get(row.state, Effect.QUEUED)


_SEND_AGAIN = "whether it is kept is not known: send the same again with the same key, it is taken once."
_READ_OPERATION = "whether the action was taken is not known: the operation's history says so; else take it again."
_FINISH_AGAIN = "whether it is kept is not known: send the same again, a task that is done stays as it is."
_READ_WEBHOOKS = (
    "what is kept is not known: read webhooks; one without its secret is to be removed and registered anew."
)


def _effect_of_undoing(undoing: Undoing) -> Effect:
    if undoing.task is None:
        return effect_of(undoing.accepted.operation)
    return Effect.NEEDS_A_PERSON if undoing.task.done_at is None else Effect.IN_EFFECT


async def _brought(
    context: CooperationContext, bring: Callable[[], Awaitable[Accepted | Undoing]], remedy: str = _SEND_AGAIN
) -> OperationPayload:
    try:
        with store_errors(remedy):
            brought = await bring()
    except CooperationError as error:
        return OperationPayload(operation=None, effect=None, is_new=False, errors=[_error_of(error)])
    if isinstance(brought, Undoing):
        accepted, effect = brought.accepted, _effect_of_undoing(brought)
    else:
        accepted, effect = brought, effect_of(brought.operation)
    operation = operation_of(context, accepted.operation)
    return OperationPayload(operation=operation, effect=effect, is_new=accepted.is_new, errors=[])


async def _accepted(info: CooperationInfo, make: Callable[[], Intent]) -> OperationPayload:
    async def bring() -> Accepted:
        return await info.context.office.accept(make())

    return await _brought(info.context, bring)


async def _webhook(info: CooperationInfo, bring: Callable[[], Awaitable[Registered | WebhookRow]]) -> WebhookPayload:
    try:
        with store_errors(_READ_WEBHOOKS):
            brought = await bring()
    except CooperationError as error:
        return WebhookPayload(webhook=None, secret=None, errors=[_error_of(error)])
    row, secret = (brought.webhook, brought.secret) if isinstance(brought, Registered) else (brought, None)
    return WebhookPayload(webhook=webhook_of(info.context, row), secret=secret, errors=[])


def _error_of(error: CooperationError) -> OperationError:
    allowed = list(error.allowed) if isinstance(error, TransitionRefused) else []
    return OperationError(code=error.code, message=str(error), inputs=list(error.inputs), allowed_actions=allowed)


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

        async def bring() -> Undoing:
            number = intents.number_of("number", input.number)
            return await context.office.undo(number, input.officer.officer(), input.idempotency_key)

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
            number, action = intents.number_of("number", input.number), intents.action_of(input.action)
            moved = await context.office.act(number, action, input.officer.officer(), intents.given_of(input))
            return Accepted(moved, is_new=False, delivery_id=None)

        return await _brought(context, bring, _READ_OPERATION)

    @strawberry.mutation
    async def finish_task(self, info: CooperationInfo, input: FinishTaskInput) -> TaskPayload:
        """Say that a task is done."""
        try:
            with store_errors(_FINISH_AGAIN):
                task = await info.context.office.finish_task(
                    intents.number_of("id", input.id), input.officer.officer(), input.note, input.handled()
                )
        except CooperationError as error:
            return TaskPayload(task=None, errors=[_error_of(error)])
        return TaskPayload(task=task_of(info.context, task), errors=[])

    @strawberry.mutation
    async def register_webhook(self, info: CooperationInfo, input: WebhookInput) -> WebhookPayload:
        """Have changes of the officer's city posted to an address."""
        desk, kinds = info.context.office.desk, tuple(input.kinds)
        return await _webhook(info, lambda: register_webhook(desk, input.officer.officer(), input.url, kinds))

    @strawberry.mutation
    async def resume_webhook(self, info: CooperationInfo, input: WebhookActionInput) -> WebhookPayload:
        """Post again what a webhook has missed."""
        desk = info.context.office.desk
        return await _webhook(
            info, lambda: resume_webhook(desk, input.officer.officer(), intents.number_of("id", input.id))
        )

    @strawberry.mutation
    async def remove_webhook(self, info: CooperationInfo, input: WebhookActionInput) -> WebhookPayload:
        """Post nothing to it any more."""
        desk = info.context.office.desk
        return await _webhook(
            info, lambda: remove_webhook(desk, input.officer.officer(), intents.number_of("id", input.id))
        )

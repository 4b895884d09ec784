"""What is kept of a delivery: each function is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from cooperation.delivery.commands import Owed, command_of
from cooperation.delivery.decisions import (
    PRODUCTION_PAUSE_SECONDS,
    Complete,
    Decision,
    Escalate,
    Expire,
    Postpone,
    Produce,
    Refuse,
    Write,
    pause_seconds,
)
from cooperation.desk import Desk
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.states.move import allowed_transitions, next_transition
from cooperation.store import deliveries, tasks
from cooperation.store.counters import registered_number
from cooperation.store.deliveries import DeliveryState
from cooperation.store.operations import Step, move_operation, read_history, read_operation, record_change, standing_of
from cooperation.store.rows import AttemptRow, DeliveryRow, OperationRow
from cooperation.store.tasks import TaskKind
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import Command, OperationName
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason
from legacy_adapters.operations.protocols import LegacyWrite

IN_PRODUCTION = "IN_PRODUCTION"

ASIDE_SECONDS = 1.0
"""How long a delivery that came before an earlier one of its subject lets that one pass."""


@dataclass(frozen=True, slots=True)
class Job:
    """A delivery that is worked at in this turn.

    Attributes:
        attempt: the attempt of which it is not known yet what came of it; None where nothing is on its way.
        attempts: how many were begun in this run.
        command, write: None where there is nothing to ask, or the city does not offer it.
    """

    operation: OperationRow
    delivery: DeliveryRow
    attempt: AttemptRow | None
    attempts: int
    command: Command | None
    write: LegacyWrite[Any] | None

    @property
    def moves_operation(self) -> bool:
        """Whether the operation's state is this delivery's; others accompany what officers do."""
        return KIND_RULES[OperationKind(self.operation.kind)].write == self.delivery.write

    @property
    def is_in_production(self) -> bool:
        """Whether the city has taken it and makes something now."""
        return self.operation.state == IN_PRODUCTION


async def open_job(desk: Desk, delivery_id: str) -> Job | None:
    """What this turn works at; None where there is nothing to do any more."""

    def work(connection: Connection) -> Job | None:
        delivery = deliveries.read_delivery(connection, delivery_id)
        operation = read_operation(connection, delivery.operation_number)
        if delivery.state != DeliveryState.OPEN:
            return None
        last = deliveries.read_last_attempt(connection, delivery_id)
        is_in_doubt = last is not None and not last.is_over
        if not is_in_doubt and deliveries.has_earlier(connection, delivery):
            _step_aside(connection, delivery, desk.clock())
            return None
        name = OperationName(delivery.write)
        history = read_history(connection, operation.number)
        siblings = deliveries.read_deliveries(connection, [operation.number])
        return Job(
            operation,
            delivery,
            last if is_in_doubt else None,
            0 if last is None else last.number,
            command_of(desk, Owed(operation, delivery, history, siblings)),
            desk.legacy_write(delivery.city, name),
        )

    return await desk.store.transact(work)


def _step_aside(connection: Connection, delivery: DeliveryRow, now: datetime) -> None:
    # Whoever accepted the earlier one has died before handing it over, or is about to. This run ends, the next one
    # stands behind it.
    not_before = now + timedelta(seconds=ASIDE_SECONDS)
    deliveries.update_delivery(connection, delivery.id, run=delivery.run + 1, not_before=not_before)


async def begin_attempt(desk: Desk, job: Job) -> AttemptRow | None:
    """Write down that something is about to be sent; None where the operation was withdrawn meanwhile."""

    def work(connection: Connection) -> AttemptRow | None:
        operation = read_operation(connection, job.operation.number, for_update=True)
        if not _is_current(connection, job, job.attempts):
            return None
        now = desk.clock()
        if job.moves_operation:
            _move(connection, operation, "deliver", now)
        return deliveries.begin_attempt(connection, job.delivery.id, job.attempts + 1, now)

    return await desk.store.transact(work)


async def keep_outcome(desk: Desk, attempt: AttemptRow, outcome: Outcome) -> None:
    """Write down how a write was answered, before anything else is done about it.

    The attempt is not over by that: who dies before the turn is concluded leaves it to the next one.
    """
    now = desk.clock()
    await desk.store.transact(lambda connection: deliveries.answer_attempt(connection, attempt, outcome, now))


async def conclude(
    desk: Desk, job: Job, attempt: AttemptRow | None, decision: Decision, seen: Observation | None
) -> float | None:
    """Keep a turn's decision. The seconds until the next turn; None where this run has none."""

    def work(connection: Connection) -> float | None:
        operation = read_operation(connection, job.operation.number, for_update=True)
        if not _is_current(connection, job, job.attempts if attempt is None else attempt.number):
            return None
        delivery = deliveries.read_delivery(connection, job.delivery.id)
        return _conclude(connection, desk, _Turn(job, operation, delivery, attempt, seen), decision)

    return await desk.store.transact(work)


def _is_current(connection: Connection, job: Job, attempts: int) -> bool:
    """Whether the delivery is owed still, and nobody who has taken it over is ahead of this turn."""
    delivery = deliveries.read_delivery(connection, job.delivery.id)
    last = deliveries.read_last_attempt(connection, delivery.id)
    return delivery.state == DeliveryState.OPEN and (0 if last is None else last.number) == attempts


@dataclass(frozen=True, slots=True)
class _Turn:
    job: Job
    operation: OperationRow
    delivery: DeliveryRow
    attempt: AttemptRow | None
    seen: Observation | None


def _conclude(connection: Connection, desk: Desk, turn: _Turn, decision: Decision) -> float | None:
    now = desk.clock()
    match decision:
        case Write():
            raise AssertionError("A write is sent, not concluded.")
        case Postpone():
            return _postpone(connection, turn, decision, now)
        case Produce():
            _produce(connection, turn, decision, now)
        case Complete():
            _end(connection, desk, turn, (DeliveryState.DONE, "complete"), decision.outcome)
        case Refuse():
            _end(connection, desk, turn, (DeliveryState.REFUSED, "refuse"), decision.outcome)
        case Expire():
            _end(connection, desk, turn, (DeliveryState.EXPIRED, "expire"), decision.outcome)
            _open_task(connection, turn, TaskKind.TELEPHONE, decision.outcome, now)
        case Escalate():
            _end(connection, desk, turn, (DeliveryState.MANUAL, "escalate"), decision.outcome)
            _open_task(connection, turn, decision.task, decision.outcome, now)
    return None


def _open_task(connection: Connection, turn: _Turn, kind: TaskKind, outcome: Outcome, now: datetime) -> None:
    tasks.open_task(connection, turn.operation, kind, outcome.reason, now, city=turn.delivery.city)


def _postpone(connection: Connection, turn: _Turn, decision: Postpone, now: datetime) -> float:
    until = decision.until or now + timedelta(seconds=pause_seconds(turn.delivery.turns))
    _update(connection, turn, decision.outcome, turns=turn.delivery.turns + 1, not_before=until)
    if decision.is_attempt_over:
        _end_attempt(connection, turn, now)
        if turn.job.moves_operation and "postpone" in _platform_actions(connection, turn.operation):
            _move(connection, turn.operation, "postpone", now)
    return max(0.0, (until - now).total_seconds())


def _produce(connection: Connection, turn: _Turn, decision: Produce, now: datetime) -> None:
    # Making a card takes days. Other operations on the old card must not wait so long: this one leaves their line.
    _update(
        connection,
        turn,
        decision.outcome,
        run=turn.delivery.run + 1,
        turns=turn.delivery.turns + 1,
        subject=turn.delivery.id,
        not_before=now + timedelta(seconds=PRODUCTION_PAUSE_SECONDS),
    )
    _end_attempt(connection, turn, now)
    if turn.job.moves_operation and "produce" in _platform_actions(connection, turn.operation):
        _move(connection, turn.operation, "produce", now)


def _end(connection: Connection, desk: Desk, turn: _Turn, end: tuple[DeliveryState, str], outcome: Outcome) -> None:
    now = desk.clock()
    state, action = end
    _update(connection, turn, outcome, state=state, settled_at=now, not_before=None, turns=turn.delivery.turns + 1)
    _end_attempt(connection, turn, now)
    if not turn.job.moves_operation:
        record_change(connection, turn.operation, turn.delivery.write)
    else:
        number = None
        if state is DeliveryState.DONE:
            city = turn.operation.addressee_city
            number = registered_number(connection, "R", city, now.astimezone(CITY_ZONE).year)
            tasks.finish_tasks(connection, turn.operation.number, None, now)
        _move(connection, turn.operation, action, now, number)


def _end_attempt(connection: Connection, turn: _Turn, now: datetime) -> None:
    if turn.attempt is not None:
        deliveries.end_attempt(connection, turn.attempt, now)


def _update(connection: Connection, turn: _Turn, outcome: Outcome, **columns: object) -> None:
    seen = turn.seen
    observed = (
        {}
        if seen is None
        else {
            "state_raw": seen.state_raw,
            "effect_since": seen.since,
            "effect_expires_at": seen.expires_at,
            "system": seen.provenance.system,
            "as_of": seen.provenance.as_of,
        }
    )
    answered = {"outcome": outcome.kind, "reason": outcome.reason, "raw_code": outcome.raw_code}
    receipt = outcome.receipt or (None if seen is None else seen.receipt) or turn.delivery.receipt
    deliveries.update_delivery(connection, turn.delivery.id, **{**observed, **answered, "receipt": receipt, **columns})


def _move(
    connection: Connection, operation: OperationRow, action: str, at: datetime, addressee_number: str | None = None
) -> OperationRow:
    standing = standing_of(operation, read_history(connection, operation.number))
    transition = next_transition(standing, action, None)
    return move_operation(connection, operation, Step(transition, None, at, addressee_number=addressee_number))


def _platform_actions(connection: Connection, operation: OperationRow) -> set[str]:
    standing = standing_of(operation, read_history(connection, operation.number))
    return {transition.action for transition in allowed_transitions(standing)}


def outcome_of(attempt: AttemptRow) -> Outcome:
    """How an attempt was answered; one that died before it was answered is in doubt like any other."""
    if attempt.outcome is None:
        return Outcome.unknown(Reason.BROKEN_OFF)
    reason = None if attempt.reason is None else Reason(attempt.reason)
    return Outcome(OutcomeKind(attempt.outcome), attempt.raw_code, reason, None, attempt.receipt)

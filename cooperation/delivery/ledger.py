"""What is kept of a delivery: each function is one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from cooperation.acceptance import useless_after
from cooperation.delivery.commands import Owed, command_of
from cooperation.delivery.decisions import (
    PRODUCTION_PAUSE_SECONDS,
    Complete,
    Decision,
    Drop,
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
from cooperation.letter_tasks import open_letter_task
from cooperation.letters import is_amendment, is_to_be_undone, is_void, owe_undoing
from cooperation.lines import line_names
from cooperation.states.machines import IN_PRODUCTION, TAKEN_UP
from cooperation.states.move import allowed_transitions, next_transition
from cooperation.store import deliveries, tasks
from cooperation.store.counters import registered_number
from cooperation.store.deliveries import DeliveryState
from cooperation.store.operations import (
    Step,
    lock_line,
    move_operation,
    read_history,
    read_operation,
    record_change,
    standing_of,
)
from cooperation.store.rows import AttemptRow, DeliveryRow, OperationRow
from cooperation.store.tasks import TaskKind
from cooperation.transfers import registered_content
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import Command, OperationName
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason
from legacy_adapters.operations.protocols import LegacyWrite

_TAKING_UP = ("produce", "take_up")

ASIDE_SECONDS = 1.0
"""How long a delivery that came before an earlier one of its subject lets that one pass."""


@dataclass(frozen=True, slots=True)
class Job:
    """A delivery that is worked at in this turn.

    Attributes:
        attempt: the attempt of which it is not known yet what came of it; None where nothing is on its way.
        attempts: how many were begun in this run.
        command, write: None where there is nothing to ask, or the city does not offer it.
        is_late: whether nothing may be sent or waited for any more.
        is_void, is_amendment: of a letter's, see `letters.py`.
        line: every name of the line that it stands in; none where nothing is sent in this turn.
    """

    operation: OperationRow
    delivery: DeliveryRow
    attempt: AttemptRow | None
    attempts: int
    command: Command | None
    write: LegacyWrite[Any] | None
    is_late: bool
    is_void: bool
    is_amendment: bool
    line: tuple[str, ...]

    @property
    def moves_operation(self) -> bool:
        """Whether the operation's state is this delivery's; others accompany what officers do."""
        rule = KIND_RULES[OperationKind(self.operation.kind)]
        return self.delivery.write in (rule.write, rule.registration)

    @property
    def is_awaited_elsewhere(self) -> bool:
        """Whether an officer of the asking city waits for it, and nobody of the deciding city has begun it."""
        return self.delivery.write == KIND_RULES[OperationKind(self.operation.kind)].write

    @property
    def is_taken_up(self) -> bool:
        """Whether the city's system has taken it and does the rest by itself."""
        return self.operation.state in (IN_PRODUCTION.name, TAKEN_UP.name)


async def open_job(desk: Desk, delivery_id: str) -> Job | None:
    """What this turn works at; None where there is nothing to do any more."""

    def work(connection: Connection) -> Job | None:
        delivery = deliveries.read_delivery(connection, delivery_id)
        operation = read_operation(connection, delivery.operation_number)
        if delivery.state != DeliveryState.OPEN:
            return None
        last = deliveries.read_last_attempt(connection, delivery_id)
        is_in_doubt = last is not None and not last.is_over
        now = desk.clock()
        limit = _limit(operation, delivery)
        is_late = limit is not None and now >= limit
        # What sends nothing overtakes nobody.
        line = () if is_in_doubt or is_late else line_names(desk, operation, delivery)
        ahead = deliveries.line_ahead(connection, delivery, line) if line else None
        if ahead is not None:
            _step_aside(connection, delivery, ahead, now)
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
            is_late,
            is_void(operation, delivery, siblings),
            is_amendment(delivery, siblings),
            line,
        )

    return await desk.store.transact(work)


def _limit(operation: OperationRow, delivery: DeliveryRow) -> datetime | None:
    """After it nothing is sent any more, nor waited for; but a card takes the days to make that it takes."""
    return None if operation.state == IN_PRODUCTION.name else delivery.useless_after


def _step_aside(connection: Connection, delivery: DeliveryRow, ahead: str, now: datetime) -> None:
    # Whoever accepted the earlier one has died before handing it over, or is about to; or it was accepted under another
    # platform key. This run ends, the next one stands behind it, in its line.
    not_before = now + timedelta(seconds=ASIDE_SECONDS)
    deliveries.update_delivery(connection, delivery.id, run=delivery.run + 1, not_before=not_before, subject=ahead)


async def begin_attempt(desk: Desk, job: Job) -> AttemptRow | None:
    """Write down that something is about to be sent.

    None where the operation was withdrawn meanwhile, or where an earlier one of its line was resumed: it steps aside.
    """

    def work(connection: Connection) -> AttemptRow | None:
        if job.operation.subject is not None:
            lock_line(connection, job.line)
        operation = read_operation(connection, job.operation.number, for_update=True)
        if not _is_current(connection, job, job.attempts):
            return None
        now = desk.clock()
        if ahead := deliveries.line_ahead(connection, job.delivery, job.line):
            _step_aside(connection, job.delivery, ahead, now)
            return None
        if job.moves_operation:
            _move(connection, operation, "deliver", now)
        return deliveries.begin_attempt(connection, job.delivery.id, job.attempts + 1, now)

    return await desk.store.transact(work)


async def keep_outcome(desk: Desk, attempt: AttemptRow, outcome: Outcome) -> AttemptRow:
    """Write down how a write was answered, and when, before anything else is done about it.

    The attempt is not over by that: who dies before the turn is concluded leaves it to the next one.
    """
    now = desk.clock()
    await desk.store.transact(lambda connection: deliveries.answer_attempt(connection, attempt, outcome, now))
    return msgspec.structs.replace(attempt, ended_at=now)


async def conclude(
    desk: Desk, job: Job, attempt: AttemptRow | None, decision: Decision, seen: Observation | None
) -> float | None:
    """Keep a turn's decision. The seconds until the next turn; None where this run has none."""

    def work(connection: Connection) -> float | None:
        operation = read_operation(connection, job.operation.number, for_update=True)
        if not _is_current(connection, job, job.attempts if attempt is None else attempt.number):
            return None
        delivery = deliveries.read_delivery(connection, job.delivery.id)
        turn = _Turn(job, operation, delivery, attempt, seen)
        return _conclude(connection, desk, turn, _as_far_as_it_decides(connection, turn, decision))

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
            _produce(connection, desk, turn, decision)
        case Complete():
            _complete(connection, desk, turn, decision)
        case Refuse():
            _end(connection, desk, turn, (DeliveryState.REFUSED, "refuse"), decision.outcome)
            if not turn.job.moves_operation and not _is_void(connection, turn):
                # The operation goes on without it: nobody would see.
                _open_task(connection, turn, TaskKind.DO_BY_HAND, now)
        case Expire():
            _end(connection, desk, turn, (DeliveryState.EXPIRED, "expire"), decision.outcome)
            _open_task(connection, turn, TaskKind.TELEPHONE, now)
        case Drop():
            _drop(connection, turn, now)
        case Escalate():
            _escalate(connection, desk, turn, decision)
    return None


def _complete(connection: Connection, desk: Desk, turn: _Turn, decision: Complete) -> None:
    _end(connection, desk, turn, (DeliveryState.DONE, "complete"), decision.outcome)
    if is_to_be_undone(turn.operation, turn.delivery):
        owe_undoing(connection, turn.operation, turn.delivery.city, desk.clock())


def _escalate(connection: Connection, desk: Desk, turn: _Turn, decision: Escalate) -> None:
    if not _is_void(connection, turn):
        _end(connection, desk, turn, (DeliveryState.MANUAL, "escalate"), decision.outcome)
        _open_task(connection, turn, decision.task, desk.clock())
        return
    _end(connection, desk, turn, (DeliveryState.WITHDRAWN, "escalate"), decision.outcome)
    if decision.task is TaskKind.CLARIFY and is_to_be_undone(turn.operation, turn.delivery):
        # It may be there.
        owe_undoing(connection, turn.operation, turn.delivery.city, desk.clock())


def _is_void(connection: Connection, turn: _Turn) -> bool:
    """Whether it has no purpose now: officers may have gone on since the turn began."""
    siblings = deliveries.read_deliveries(connection, [turn.operation.number])
    return is_void(turn.operation, turn.delivery, siblings)


def _as_far_as_it_decides(connection: Connection, turn: _Turn, decision: Decision) -> Decision:
    """The decision; a refusal is a person's task where the operation's machine leaves none to a system."""
    if not isinstance(decision, Refuse) or not turn.job.moves_operation:
        return decision
    is_last_word = "refuse" in _platform_actions(connection, turn.operation)
    return decision if is_last_word else Escalate(TaskKind.DO_BY_HAND, decision.outcome)


def _open_task(connection: Connection, turn: _Turn, kind: TaskKind, now: datetime) -> None:
    delivery = deliveries.read_delivery(connection, turn.delivery.id)
    if not turn.job.moves_operation:
        open_letter_task(connection, turn.operation, delivery, kind, now)
        return
    # Who telephones is where the citizen is; all else is done where the system is.
    city = turn.operation.requester_city if kind is TaskKind.TELEPHONE else delivery.city
    tasks.open_task(connection, turn.operation, kind, delivery.reason, now, city=city, delivery_id=delivery.id)


def _postpone(connection: Connection, turn: _Turn, decision: Postpone, now: datetime) -> float:
    until = _until(turn, decision, now)
    _update(connection, turn, decision.outcome, turns=turn.delivery.turns + 1, not_before=until)
    if decision.is_attempt_over:
        _end_attempt(connection, turn, now)
        if turn.job.moves_operation and "postpone" in _platform_actions(connection, turn.operation):
            _move(connection, turn.operation, "postpone", now)
    return max(0.0, (until - now).total_seconds())


def _until(turn: _Turn, decision: Postpone, now: datetime) -> datetime:
    """When the next turn is due; not after the limit, at which people are told."""
    until = decision.until or now + timedelta(seconds=pause_seconds(turn.delivery.turns))
    limit = _limit(turn.operation, turn.delivery)
    if limit is None:
        return until
    if now < limit:
        return min(until, limit)
    return now if decision.is_attempt_over else until


def _produce(connection: Connection, desk: Desk, turn: _Turn, decision: Produce) -> None:
    now = desk.clock()
    # It takes days. Other operations, as on the old card, must not wait so long: this one leaves their line.
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
    taking_up = _platform_actions(connection, turn.operation).intersection(_TAKING_UP)
    if turn.job.moves_operation and taking_up:
        # The city has its time from now on.
        limit = useless_after(desk, turn.operation, now)
        deliveries.update_delivery(connection, turn.delivery.id, useless_after=limit)
        number = _addressee_number(connection, turn.operation, now)
        _move(connection, turn.operation, taking_up.pop(), now, number)


def _end(connection: Connection, desk: Desk, turn: _Turn, end: tuple[DeliveryState, str], outcome: Outcome) -> None:
    now = desk.clock()
    state, action = end
    _update(connection, turn, outcome, state=state, settled_at=now, not_before=None, turns=turn.delivery.turns + 1)
    _end_attempt(connection, turn, now)
    if not turn.job.moves_operation:
        record_change(connection, turn.operation, turn.delivery.write, now)
    else:
        step = _step(connection, turn.operation, action, now)
        if state is DeliveryState.DONE:
            step = replace(
                step,
                addressee_number=_addressee_number(connection, turn.operation, now),
                content_sealed=registered_content(desk, turn.operation, _receipt(turn, outcome)),
            )
            tasks.finish_tasks(connection, turn.operation.number, None, now)
        move_operation(connection, turn.operation, step)


def _addressee_number(connection: Connection, operation: OperationRow, now: datetime) -> str:
    """The deciding city's own number, given once: when it has taken the request up."""
    year = now.astimezone(CITY_ZONE).year
    return operation.addressee_number or registered_number(connection, "R", operation.addressee_city, year)


def _drop(connection: Connection, turn: _Turn, now: datetime) -> None:
    ended = {"state": DeliveryState.WITHDRAWN, "settled_at": now, "not_before": None}
    deliveries.update_delivery(connection, turn.delivery.id, **ended)
    record_change(connection, turn.operation, turn.delivery.write, now)


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
    answered["receipt"] = _receipt(turn, outcome)
    deliveries.update_delivery(connection, turn.delivery.id, **{**observed, **answered, **columns})


def _receipt(turn: _Turn, outcome: Outcome) -> str | None:
    return outcome.receipt or (None if turn.seen is None else turn.seen.receipt) or turn.delivery.receipt


def _move(
    connection: Connection, operation: OperationRow, action: str, at: datetime, addressee_number: str | None = None
) -> OperationRow:
    step = replace(_step(connection, operation, action, at), addressee_number=addressee_number)
    return move_operation(connection, operation, step)


def _step(connection: Connection, operation: OperationRow, action: str, at: datetime) -> Step:
    """A step of the platform's own."""
    standing = standing_of(operation, read_history(connection, operation.number))
    return Step(next_transition(standing, action, None), None, at)


def _platform_actions(connection: Connection, operation: OperationRow) -> set[str]:
    standing = standing_of(operation, read_history(connection, operation.number))
    return {transition.action for transition in allowed_transitions(standing)}


def outcome_of(attempt: AttemptRow) -> Outcome:
    """How an attempt was answered; one that died before it was answered is in doubt like any other."""
    if attempt.outcome is None:
        return Outcome.unknown(Reason.BROKEN_OFF)
    reason = None if attempt.reason is None else Reason(attempt.reason)
    return Outcome(OutcomeKind(attempt.outcome), attempt.raw_code, reason, None, attempt.receipt)

"""The exactly-once algorithm: one turn at a delivery, which may die between any two of its steps.

Read the state; if the wish is not so and nothing is on its way, write down that something will be sent, send it, write
down the answer, read the state back, and decide by it. A turn that finds an attempt whose end nobody wrote down sends
nothing: it reads back. So at most one request is ever on its way, and a further one follows only when the state has
shown that nothing came of the last.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from cooperation.delivery.decisions import (
    Decision,
    Drop,
    Escalate,
    Expire,
    Postpone,
    Produce,
    Sent,
    Write,
    broken_off_at,
    decide_after,
    decide_before,
    may_be_sent,
    moment,
    needs_read_back,
)
from cooperation.delivery.ledger import Job, begin_attempt, conclude, keep_outcome, open_job, outcome_of
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store.rows import AttemptRow
from cooperation.store.tasks import TaskKind
from legacy_adapters.errors import AdapterError, SystemBusy, SystemInMaintenance, SystemRefused
from legacy_adapters.operations.outcomes import Observation, Outcome, Reason

OnStep: TypeAlias = Callable[[str], None]
"""Told the name of each step when it is over: `opened`, `observed`, `begun`, `written`, `kept`, `read_back`,
`concluded`. A harness dies in it."""


def no_step(_: str) -> None:
    """Nobody listens."""


async def take_turn(desk: Desk, delivery_id: str, on_step: OnStep = no_step) -> float | None:
    """One turn. The seconds to wait until the next one; None when there is none in this run."""
    job = await open_job(desk, delivery_id)
    on_step("opened")
    if job is None:
        return None
    attempt, decision, seen = await _work(desk, job, on_step)
    if decision is None:
        return None
    pause = await conclude(desk, job, attempt, decision, seen)
    on_step("concluded")
    return pause


async def end_late(desk: Desk, delivery_id: str) -> float | None:
    """End what is too late to be sent, wherever it stands in its line. What was sent is left to its own turn."""
    job = await open_job(desk, delivery_id)
    decision = None if job is None else _decide_early(job)
    return None if job is None or decision is None else await conclude(desk, job, job.attempt, decision, None)


async def _work(desk: Desk, job: Job, on_step: OnStep) -> tuple[AttemptRow | None, Decision | None, Observation | None]:
    early = _decide_early(job)
    if early is not None or job.write is None or job.command is None:
        return job.attempt, early, None
    attempt, before = job.attempt, None
    if attempt is None:
        before, failure = await _look(job)
        on_step("observed")
        decision = _in_time(job, failure if before is None else _decide_before(job, before))
        if isinstance(decision, Write):
            # The look may have taken its time.
            decision = _decide_early(_as_of(job, desk.clock())) or decision
        if not isinstance(decision, Write):
            return None, decision, before
        attempt = await begin_attempt(desk, job)
        on_step("begun")
        if attempt is None:
            return None, None, None
        outcome = await _send(desk, job, attempt)
        on_step("written")
        attempt = await keep_outcome(desk, attempt, outcome)
        on_step("kept")
    else:
        outcome = outcome_of(attempt)
    after, failure = (None, None) if not needs_read_back(outcome) else await _look(job)
    on_step("read_back")
    if failure is not None:
        return attempt, _unreadable(outcome, failure, is_late=job.is_late), None
    most = desk.config.city_rules(job.delivery.city).attempts
    knowledge = job.write.knowledge
    number = attempt.number - job.delivery.attempts_before
    sent = Sent(broken_off_at(attempt, knowledge), outcome, number, most)
    return attempt, decide_after(sent, after, knowledge, desk.clock()), after


async def _send(desk: Desk, job: Job, attempt: AttemptRow) -> Outcome:
    assert job.write is not None  # noqa: S101  (for mypy: who has no write begins no attempt)
    if may_be_sent(attempt, desk.clock()):
        return await job.write.write(job.command, job.delivery.id)
    # The database, or this process, stood still since.
    return Outcome.not_now(Reason.UNREACHABLE)


def _decide_before(job: Job, before: Observation) -> Decision:
    return decide_before(before, is_taken_up=job.is_taken_up, is_amendment=job.is_amendment)


def _in_time(job: Job, decision: Decision | None) -> Decision | None:
    """The decision; what a city has taken up and has not done in its time, as far as can be read, is for people."""
    if not job.is_late or not isinstance(decision, Produce | Postpone):
        return decision
    return Escalate(TaskKind.CLARIFY, decision.outcome)


def _as_of(job: Job, now: datetime) -> Job:
    """A job of which nothing was sent yet, as it stands now."""
    limit = job.delivery.useless_after
    return replace(job, is_late=limit is not None and now >= limit)


def _decide_early(job: Job) -> Decision | None:
    """What is decided without looking: no purpose any more, nothing to ask, or too late to send anything."""
    if job.is_void and job.attempt is None:
        return Drop()
    if job.write is None or job.command is None:
        return Escalate(TaskKind.DO_BY_HAND, Outcome.refused(Reason.NOT_OFFERED))
    if not job.is_late or job.attempt is not None or job.is_taken_up:
        # What was sent has its end before anything is said about the delivery: it may be so, refused, or nothing.
        return None
    late = Outcome.not_now(Reason(job.delivery.reason) if job.delivery.reason else Reason.UNREACHABLE)
    if job.operation.kind == OperationKind.TEMPORARY_LOSS:
        return Expire(late)
    return Escalate(TaskKind.TELEPHONE if job.is_awaited_elsewhere else TaskKind.DO_BY_HAND, late)


def _unreadable(outcome: Outcome, failure: Decision, *, is_late: bool) -> Decision:
    """What to do where it cannot be read what came of a write: look again, until that is a person's task."""
    if is_late:
        return Escalate(TaskKind.CLARIFY, outcome)
    return Postpone(outcome, failure.until if isinstance(failure, Postpone) else None, is_attempt_over=False)


async def _look(job: Job) -> tuple[Observation | None, Decision | None]:
    """The state, or what to do where it cannot be read."""
    assert job.write is not None  # noqa: S101  (for mypy: who has no write is not asked)
    try:
        return await job.write.observe(job.command), None
    except SystemRefused as error:
        return None, Escalate(TaskKind.MEND_ACCESS, Outcome.refused(Reason.ACCESS_REFUSED, error.code))
    except SystemInMaintenance as error:
        return None, Postpone(Outcome.not_now(Reason.MAINTENANCE), moment(error.closed_until))
    except SystemBusy:
        return None, Postpone(Outcome.not_now(Reason.BUSY))
    except AdapterError:
        return None, Postpone(Outcome.not_now(Reason.UNREACHABLE))

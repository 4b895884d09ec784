"""The exactly-once algorithm: one turn at a delivery, which may die between any two of its steps.

Read the state; if the wish is not so and nothing is on its way, write down that something will be sent, send it, write
down the answer, read the state back, and decide by it. A turn that finds an attempt whose end nobody wrote down sends
nothing: it reads back. So at most one request is ever on its way, and a further one follows only when the state has
shown that nothing came of the last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from cooperation.delivery.decisions import (
    Decision,
    Escalate,
    Expire,
    Postpone,
    Sent,
    Write,
    decide_after,
    decide_before,
    needs_read_back,
)
from cooperation.delivery.ledger import Job, begin_attempt, conclude, keep_outcome, open_job, outcome_of
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store.rows import AttemptRow
from cooperation.store.tasks import TaskKind
from legacy_adapters.errors import AdapterError, SystemInMaintenance, SystemRefused
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


async def _work(desk: Desk, job: Job, on_step: OnStep) -> tuple[AttemptRow | None, Decision | None, Observation | None]:
    early = _decide_early(desk, job)
    if early is not None or job.write is None or job.command is None:
        return job.attempt, early, None
    attempt, before = job.attempt, None
    if attempt is None:
        before, failure = await _look(job)
        on_step("observed")
        decision = failure if before is None else decide_before(before, is_in_production=job.is_in_production)
        if not isinstance(decision, Write):
            return None, decision, before
        attempt = await begin_attempt(desk, job)
        on_step("begun")
        if attempt is None:
            return None, None, None
        outcome = await job.write.write(job.command, job.delivery.id)
        on_step("written")
        await keep_outcome(desk, attempt, outcome)
        on_step("kept")
    else:
        outcome = outcome_of(attempt)
    after, failure = (None, None) if not needs_read_back(outcome) else await _look(job)
    on_step("read_back")
    if failure is not None:
        return attempt, Postpone(outcome, is_attempt_over=False), None
    most = desk.config.city_rules(job.delivery.city).attempts
    sent = Sent(attempt.begun_at, outcome, attempt.number - job.delivery.attempts_before, most)
    return attempt, decide_after(sent, after, job.write.knowledge, desk.clock()), after


def _decide_early(desk: Desk, job: Job) -> Decision | None:
    """What is decided without looking: nothing to ask, or too late."""
    if job.write is None or job.command is None:
        return Escalate(TaskKind.DO_BY_HAND, Outcome.refused(Reason.NOT_OFFERED))
    limit = job.delivery.useless_after
    if limit is None or desk.clock() < limit or job.is_in_production:
        return None
    if job.attempt is not None:
        # Something was sent, and its fate could not be read in all this time.
        return Escalate(TaskKind.TELEPHONE, outcome_of(job.attempt))
    late = Outcome.not_now(Reason(job.delivery.reason) if job.delivery.reason else Reason.UNREACHABLE)
    is_temporary = job.operation.kind == OperationKind.TEMPORARY_LOSS
    return Expire(late) if is_temporary else Escalate(TaskKind.TELEPHONE, late)


async def _look(job: Job) -> tuple[Observation | None, Decision | None]:
    """The state, or what to do where it cannot be read."""
    assert job.write is not None  # noqa: S101  (for mypy: who has no write is not asked)
    try:
        return await job.write.observe(job.command), None
    except SystemRefused as error:
        return None, Escalate(TaskKind.MEND_ACCESS, Outcome.refused(Reason.ACCESS_REFUSED, error.code))
    except SystemInMaintenance:
        return None, Postpone(Outcome.not_now(Reason.MAINTENANCE))
    except AdapterError:
        return None, Postpone(Outcome.not_now(Reason.UNREACHABLE))

"""What an observation or an outcome leads to. No I/O here: the table of the exactly-once algorithm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from cooperation.store.rows import AttemptRow
from cooperation.store.tasks import TaskKind
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason, Standing, settle
from legacy_adapters.operations.protocols import Knowledge

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 600.0
READ_BACK_PAUSE_SECONDS = 1.0
PRODUCTION_PAUSE_SECONDS = 3600.0

SENDING_SECONDS = 5.0
"""So soon after it was written down an attempt is sent, or not at all: others reckon with it."""

_TASK_OF_REASON = {
    Reason.NOT_OFFERED: TaskKind.DO_BY_HAND,
    Reason.ACCESS_REFUSED: TaskKind.MEND_ACCESS,
    # The system's word alone says no, and it is not known what the word means: somebody must look.
    Reason.CLAIM_UNCONFIRMED: TaskKind.CLARIFY,
    Reason.OTHER: TaskKind.CLARIFY,
}


@dataclass(frozen=True, slots=True)
class Write:
    """Nothing speaks against it: send the write."""


@dataclass(frozen=True, slots=True)
class Complete:
    """It is so: proved by a read."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Refuse:
    """The deciding city will not do it."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Escalate:
    """Only a person can go on."""

    task: TaskKind
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Expire:
    """Done now it would help nobody; a person is told to telephone."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Produce:
    """The city has taken it and will need days; it is looked at again from time to time."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Postpone:
    """Go on later.

    Attributes:
        until: the moment; None is after a pause that grows from turn to turn.
        is_attempt_over: nothing of what was sent will come about any more; so the next turn may send again.
    """

    outcome: Outcome
    until: datetime | None = None
    is_attempt_over: bool = True


@dataclass(frozen=True, slots=True)
class Drop:
    """It has no purpose any more, and nothing of it is on its way: it ends unsent."""


Decision: TypeAlias = Write | Complete | Refuse | Escalate | Expire | Produce | Postpone | Drop


@dataclass(frozen=True, slots=True)
class Sent:
    """One attempt, and what is known of it: since when it was not waited for any more, at the latest, how it was
    answered, which one it is of how many.
    """

    broken_off_at: datetime
    outcome: Outcome
    number: int
    most: int


def decide_before(before: Observation, *, is_taken_up: bool, is_amendment: bool = False) -> Decision:
    """What to do after the pre-read, when nothing is on its way."""
    match before.standing:
        case Standing.IN_EFFECT if is_amendment:
            # What is there is the reply before, and these systems keep one: this one is entered by hand or not at all.
            return Escalate(TaskKind.DO_BY_HAND, Outcome.refused(Reason.NOT_OFFERED))
        case Standing.IN_EFFECT:
            return Complete(Outcome.already(None, before.receipt))
        case Standing.PENDING:
            return Produce(Outcome.done(None, before.receipt))
        case Standing.IMPOSSIBLE:
            return refused(Outcome.refused(before.reason or Reason.OTHER))
        case Standing.OPEN if is_taken_up:
            # It was taken, and is gone: whether it may be asked for again is not for a program to say.
            return Escalate(TaskKind.CLARIFY, Outcome.refused(Reason.CLAIM_UNCONFIRMED))
        case Standing.OPEN:
            return Write()


def may_be_sent(attempt: AttemptRow, now: datetime) -> bool:
    """Whether an attempt that was written down is young enough: later, somebody else may hold it for void."""
    return now - attempt.begun_at <= timedelta(seconds=SENDING_SECONDS)


def broken_off_at(attempt: AttemptRow, knowledge: Knowledge) -> datetime:
    """Since when an attempt was not waited for any more, at the latest: nobody may have lived to write it down."""
    longest = timedelta(seconds=SENDING_SECONDS + knowledge.longest_seconds)
    return attempt.ended_at or attempt.begun_at + longest


def needs_read_back(outcome: Outcome) -> bool:
    """Whether the state must be read to know what came of a write."""
    return outcome.kind in (OutcomeKind.DONE, OutcomeKind.ALREADY, OutcomeKind.UNKNOWN)


def decide_after(sent: Sent, after: Observation | None, knowledge: Knowledge, now: datetime) -> Decision:
    """What a write comes to; `after` is the read-back, None where none is needed."""
    outcome = sent.outcome if after is None else settle(sent.outcome, after)
    match outcome.kind:
        case OutcomeKind.REFUSED:
            return refused(outcome)
        case OutcomeKind.NOT_NOW:
            return Postpone(outcome, moment(outcome.not_before))
        case OutcomeKind.UNKNOWN:
            return _in_doubt(sent, outcome, knowledge, now)
        case OutcomeKind.DONE | OutcomeKind.ALREADY:
            return _claimed(sent, outcome, after, knowledge, now)


def refused(outcome: Outcome) -> Decision:
    """A refusal: the city's own is its last word; one that says nothing about the matter is for people."""
    task = None if outcome.reason is None else _TASK_OF_REASON.get(outcome.reason)
    return Refuse(outcome) if task is None else Escalate(task, outcome)


def pause_seconds(turns: int) -> float:
    """The pause after so many turns in vain."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(turns, 12))


def moment(text: str | None) -> datetime | None:
    """An ISO 8601 moment of an outcome."""
    return None if text is None else datetime.fromisoformat(text)


def _in_doubt(sent: Sent, outcome: Outcome, knowledge: Knowledge, now: datetime) -> Decision:
    # It is not so; but as long as the request may be on its way, it may still become so.
    settled_at = sent.broken_off_at + timedelta(seconds=knowledge.settling_seconds)
    if now < settled_at:
        return Postpone(outcome, _soon(now, settled_at), is_attempt_over=False)
    if sent.number >= sent.most:
        return Escalate(TaskKind.CLARIFY, outcome)
    return Postpone(outcome, now)


def _claimed(sent: Sent, outcome: Outcome, after: Observation | None, knowledge: Knowledge, now: datetime) -> Decision:
    match after.standing if after is not None else None:
        case Standing.IN_EFFECT:
            return Complete(outcome)
        case Standing.PENDING:
            return Produce(outcome)
        case _:
            # It says done, and the state says no: a slow copy at best.
            settled_at = sent.broken_off_at + timedelta(seconds=knowledge.settling_seconds)
            if now < settled_at:
                return Postpone(outcome, _soon(now, settled_at), is_attempt_over=False)
            return Escalate(TaskKind.CLARIFY, outcome)


def _soon(now: datetime, at_latest: datetime) -> datetime:
    return min(now + timedelta(seconds=READ_BACK_PAUSE_SECONDS), at_latest)

"""An officer moves an operation on: one transaction, by the machine's table, with what the action brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from cooperation.acceptance import useless_after
from cooperation.content import AnyContent, Finding, InvestigationContent, TransferContent
from cooperation.desk import Desk
from cooperation.errors import ContentMissing, InputRefused, OperationChanged, OperationUnknown, TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.letter_tasks import NOTHING_SAID, Handled, owes_undoing, see_to
from cooperation.letters import owe_letter, owe_undoing
from cooperation.lines import line_to_rejoin, subject_names
from cooperation.states.machine import Need, Transition
from cooperation.states.move import Officer, Standing, allowed_actions, next_transition
from cooperation.store import deliveries, tasks
from cooperation.store.counters import registered_number
from cooperation.store.deliveries import DeliveryState
from cooperation.store.operations import (
    Step,
    lock_line,
    move_operation,
    read_history,
    read_later_number,
    read_operation,
    standing_of,
)
from cooperation.store.rows import OperationRow, TaskRow
from cooperation.store.tasks import TaskKind
from cooperation.task_ends import FINISH, ending_actions, hand_on, require_entitled
from cooperation.texts import checked_text
from cooperation.transfers import owe_registration
from legacy_adapters.clock import CITY_ZONE

RESUME = "resume"
"""What is with people is delivered after all."""
MAX_TEXT = 500
MAX_QUESTIONS = 10


@dataclass(frozen=True, slots=True)
class Given:
    """What an action brings; each may be missing where the action does not need it.

    Attributes:
        expected_version: the operation's, as the officer has read it; None takes the action whatever was done since.
        investigators: the numbers of the two officers who investigate.
        findings: one per question, in their order. `evidence` are digests.
        addition: what is asked for, or what is supplied.
        case_number: the addressed city's own.
    """

    expected_version: int | None = None
    reason: str | None = None
    questions: tuple[str, ...] = ()
    investigators: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: tuple[str, ...] = ()
    addition: str | None = None
    case_number: str | None = None

    def needs(self) -> set[Need]:
        """The needs that are met."""
        present = {
            Need.REASON: self.reason,
            Need.QUESTIONS: self.questions,
            Need.TWO_OFFICERS: self.investigators,
            Need.FINDINGS: self.findings,
            Need.ADDITION: self.addition,
            Need.CASE_NUMBER: self.case_number,
        }
        return {need for need, value in present.items() if value}


async def take_action(desk: Desk, number: str, action: str, officer: Officer, given: Given) -> OperationRow:
    """The operation after the action.

    Raises OperationUnknown, TransitionRefused, OfficerNotEntitled, SecondPersonRequired, OperationChanged,
    ContentMissing, InputRefused.
    """

    def work(connection: Connection) -> OperationRow:
        if action == RESUME:
            lock_line(connection, subject_names(desk, read_operation(connection, number)))
        operation = read_operation(connection, number, for_update=True)
        standing = standing_of(operation, read_history(connection, operation.number))
        transition = next_transition(standing, action, officer, given.needs())
        if given.expected_version not in {None, operation.version}:
            raise OperationChanged(given.expected_version, operation.version)
        if action == RESUME:
            _require_latest(connection, desk, operation, standing)
        now = desk.clock()
        _follow(connection, desk, operation, transition, now)
        moved = move_operation(connection, operation, _step(connection, desk, operation, transition, officer, given))
        owe_letter(connection, desk, moved, action)
        owe_registration(connection, desk, moved, action)
        return moved

    return await desk.store.transact(work)


async def finish_task(
    desk: Desk, task_id: str, officer: Officer, note: str, handled: Handled = NOTHING_SAID
) -> TaskRow:
    """A task is done, and a letter's write seen to; done before, it stays as it was.

    Raises OperationUnknown, OfficerNotEntitled, TransitionRefused (an action on its operation ends it), InputRefused.
    """

    def work(connection: Connection) -> TaskRow:
        known = _read_task(connection, task_id)
        operation = read_operation(connection, known.operation_number, for_update=True)
        task = _read_task(connection, task_id)  # as it stands now that nobody else goes on with its operation
        standing = standing_of(operation, read_history(connection, operation.number))
        require_entitled(standing, task, officer)
        if ending := ending_actions(standing, task):
            raise TransitionRefused(FINISH, operation.state, ending)
        sealed, now = desk.sealer.seal(checked_text("note", note, MAX_TEXT)), desk.clock()
        if task.done_at is None:
            tasks.finish_task(connection, task_id, officer.name, now, sealed)
            see_to(connection, desk, operation, task, handled)
            hand_on(connection, operation, task, now)
        elif task.done_by is None and owes_undoing(connection, operation, task, handled):
            tasks.finish_task(connection, task_id, officer.name, task.done_at, sealed)
            owe_undoing(connection, operation, task.city, now)
        return _read_task(connection, task_id)

    return await desk.store.transact(work)


def _read_task(connection: Connection, task_id: str) -> TaskRow:
    task = tasks.read_task(connection, task_id)
    if task is None:
        raise OperationUnknown("There is no task of this id.", "id")
    return task


def _step(  # noqa: PLR0913, PLR0917  (everything a step is made of)
    connection: Connection,
    desk: Desk,
    operation: OperationRow,
    transition: Transition,
    officer: Officer,
    given: Given,
) -> Step:
    now = desk.clock()
    before = desk.content_of(operation)
    after = content_after(before, transition.action, given)
    is_first_sight = transition.action in ("receive", "verify", "settle") and operation.addressee_number is None
    year = now.astimezone(CITY_ZONE).year
    return Step(
        transition,
        officer.name,
        now,
        note_sealed=None if given.reason is None else desk.sealer.seal(checked_text("reason", given.reason, MAX_TEXT)),
        deadline=desk.deadline(transition.clock, operation, now),
        content_sealed=None if after is before else desk.seal_content(after),
        addressee_number=registered_number(connection, "R", operation.addressee_city, year) if is_first_sight else None,
    )


def content_after(content: AnyContent, action: str, given: Given) -> AnyContent:
    """The content with what an action brings to it. Raises ContentMissing, InputRefused."""
    match content, action:
        case InvestigationContent(), "investigate":
            return msgspec.structs.replace(content, investigators=_two(given.investigators))
        case InvestigationContent(), "ask_for_more" | "supply":
            addition = checked_text("addition", given.addition or "", MAX_TEXT)
            return msgspec.structs.replace(content, additions=(*content.additions, addition))
        case InvestigationContent(), "draft_report":
            if len(given.findings) != len(content.questions):
                message = f"findings must be as many as there are questions: {len(content.questions)}."
                raise InputRefused(message, "findings")
            for finding in given.findings:
                checked_text("findings", finding.text, MAX_TEXT)
            return msgspec.structs.replace(content, findings=given.findings, evidence=given.evidence)
        case InvestigationContent(), "report" if not content.findings:
            raise ContentMissing("report needs findings: draft_report brings them.")
        case InvestigationContent(), "reopen":
            questions = (*content.questions, *given.questions)
            return msgspec.structs.replace(content, questions=checked_questions(questions), findings=())
        case TransferContent(), "accept" | "settle":
            return msgspec.structs.replace(
                content, received_case_number=checked_text("caseNumber", given.case_number or "", MAX_TEXT)
            )
        case _:
            return content


def checked_questions(questions: tuple[str, ...]) -> tuple[str, ...]:
    """Questions within their limits. Raises InputRefused."""
    if not 1 <= len(questions) <= MAX_QUESTIONS:
        raise InputRefused(f"questions must be 1 to {MAX_QUESTIONS}.", "questions")
    return tuple(checked_text("questions", question, 200) for question in questions)


def _follow(connection: Connection, desk: Desk, operation: OperationRow, transition: Transition, now: datetime) -> None:
    """What else an action brings about."""
    match transition.action:
        case "withdraw" if operation.kind != OperationKind.INVESTIGATION:
            _end_deliveries(connection, operation, DeliveryState.WITHDRAWN, now)
            tasks.finish_tasks(connection, operation.number, None, now)
        case "settle":
            _end_deliveries(connection, operation, DeliveryState.DONE, now)
            tasks.finish_tasks(connection, operation.number, None, now)
        case "decline":
            _end_deliveries(connection, operation, DeliveryState.REFUSED, now)
            tasks.finish_tasks(connection, operation.number, None, now)
        case "resume":
            _reopen_deliveries(connection, desk, operation, now)
            tasks.finish_tasks(connection, operation.number, None, now)
        case "send" if operation.kind == OperationKind.DEATH_NOTICE:
            tasks.open_task(connection, operation, TaskKind.VERIFY_DEATH, None, now)
        case "confirm" | "refute":
            tasks.finish_tasks(connection, operation.number, None, now)


def _end_deliveries(connection: Connection, operation: OperationRow, state: DeliveryState, now: datetime) -> None:
    for delivery in deliveries.read_deliveries(connection, [operation.number]):
        if delivery.state in (DeliveryState.OPEN, DeliveryState.MANUAL):
            deliveries.update_delivery(connection, delivery.id, state=state, settled_at=now, not_before=None)


def _require_latest(connection: Connection, desk: Desk, operation: OperationRow, standing: Standing) -> None:
    """Raise TransitionRefused where what has begun on its card or pension since would be overtaken by it."""
    later = read_later_number(connection, operation, subject_names(desk, operation), is_begun=True)
    if later is not None:
        because = f", for {later} came after it on the same card or pension"
        allowed = (name for name in allowed_actions(standing) if name != RESUME)
        raise TransitionRefused(RESUME, operation.state, tuple(allowed), because)


def _reopen_deliveries(connection: Connection, desk: Desk, operation: OperationRow, now: datetime) -> None:
    for delivery in deliveries.read_deliveries(connection, [operation.number]):
        if delivery.state == DeliveryState.MANUAL:
            line = line_to_rejoin(desk, operation, delivery)
            deliveries.reopen_delivery(connection, delivery, line, useless_after(desk, operation, now), now)


def _two(investigators: tuple[str, ...]) -> tuple[str, ...]:
    if len(investigators) != 2 or len({one.casefold() for one in investigators}) != 2:
        raise InputRefused("investigators must be two officers.", "investigators")
    return investigators

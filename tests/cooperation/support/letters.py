"""Letters of investigation, two cities' systems for them, and officers who move them on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cooperation.acceptance import Intent
from cooperation.actions import Given, finish_task, take_action
from cooperation.content import Finding, InvestigationContent
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.letter_tasks import NOTHING_SAID, Handled
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.deliveries import read_deliveries
from cooperation.store.queries import list_tasks
from cooperation.store.rows import DeliveryRow
from legacy_adapters.errors import SystemRefused
from legacy_adapters.operations.commands import AssistReply, AssistSubject, Verdict
from legacy_adapters.operations.outcomes import Observation, Outcome, Reason, Standing
from tests.cooperation.support.desks import (
    AGENT,
    HUANGSHAN,
    PERSON,
    REVIEWER,
    TestClock,
    accepted,
)
from tests.cooperation.support.scripted import KNOWLEDGE, PROVENANCE, unavailable

LETTER = "I330100-2026-000001"
INVESTIGATOR = Officer("2001", HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, Duty.HANDLER)
HEAD = replace(INVESTIGATOR, id="2002", duty=Duty.REVIEWER)


@dataclass
class LetterSystem:
    """One city's system for letters: gives each creation its own number, and knows what it has taken.

    Attributes:
        refuses: the kinds of commands that it refuses.
        is_away: nothing can be asked.
        bars: it does not let the platform in.
        forgets: it says that it has taken what it shows nowhere.
        loses: of the next writes' answers, which are all lost: whether the write has its effect.
    """

    number: str
    refuses: tuple[type[Any], ...] = ()
    is_away: bool = False
    bars: bool = False
    forgets: bool = False
    loses: list[bool] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    knowledge: Any = KNOWLEDGE

    @property
    def replies(self) -> list[str]:
        """The first finding of each reply."""
        return [one.findings[0].text for one in self.taken if isinstance(one, AssistReply)]

    async def observe(self, command: Any) -> Observation:
        if self.is_away:
            raise unavailable()
        if self.bars:
            raise SystemRefused("scripted", "330100", "login refused", is_login=True)
        is_so = any(type(one) is type(command) for one in self.taken)
        standing = Standing.IN_EFFECT if is_so else Standing.OPEN
        return Observation(standing, None, PROVENANCE, receipt=self.number if is_so else None)

    async def write(self, command: Any, reference: str) -> Outcome:
        if isinstance(command, self.refuses):
            return Outcome.refused(Reason.REQUEST_INVALID, "E3001")
        if self.forgets:
            return Outcome.done("0", None)
        is_lost = bool(self.loses)
        if not is_lost or self.loses.pop(0):
            self.taken.append(command)
        if is_lost:
            return Outcome.unknown(Reason.BROKEN_OFF)
        return Outcome.done("0", self.number)


def letter() -> Intent:
    content = InvestigationContent(
        PERSON, "张三", ("When?", "Where?"), "the agreement", AssistSubject.INJURY_FACTS, "GS-1"
    )
    return Intent(OperationKind.INVESTIGATION, AGENT, HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, content, "letter-0001")


async def deliver_all(desk: Desk) -> None:
    for delivery in await desk.store.transact(lambda connection: read_deliveries(connection, [LETTER])):
        await take_turn(desk, delivery.id)


async def send(desk: Desk) -> None:
    """The letter from its draft to its sending."""
    await accepted(desk, letter())
    await take_action(desk, LETTER, "send", REVIEWER, Given())
    await deliver_all(desk)


async def investigate(desk: Desk) -> None:
    """From its sending to its investigation."""
    await take_action(desk, LETTER, "receive", INVESTIGATOR, Given())
    await take_action(desk, LETTER, "accept", INVESTIGATOR, Given())
    await take_action(desk, LETTER, "investigate", INVESTIGATOR, Given(investigators=("2001", "2003")))
    await deliver_all(desk)


async def draft(desk: Desk, *texts: str) -> None:
    findings = tuple(Finding(Verdict.CONFIRMED, text) for text in texts)
    await take_action(desk, LETTER, "draft_report", INVESTIGATOR, Given(findings=findings))


async def report(desk: Desk) -> None:
    """The letter from its draft to its report."""
    await send(desk)
    await investigate(desk)
    findings = (Finding(Verdict.CONFIRMED, "that day"), Finding(Verdict.UNVERIFIABLE, "unclear"))
    await take_action(desk, LETTER, "draft_report", INVESTIGATOR, Given(findings=findings))
    await take_action(desk, LETTER, "report", HEAD, Given())
    await deliver_all(desk)


async def reopen(desk: Desk) -> None:
    """From its report to a further investigation."""
    await take_action(desk, LETTER, "reopen", AGENT, Given(questions=("Who saw it?",)))
    await take_action(desk, LETTER, "investigate", INVESTIGATOR, Given(investigators=("2001", "2003")))


async def report_again(desk: Desk) -> None:
    """From its report to a second one."""
    await reopen(desk)
    await draft(desk, "the day after", "unclear", "nobody")
    await take_action(desk, LETTER, "report", HEAD, Given())


async def ends(desk: Desk, clock: TestClock) -> list[tuple[str, str]]:
    """How each delivery has ended, once all have."""
    for _ in range(20):
        await deliver_all(desk)
        clock.forward(minutes=1)
    found = await desk.store.transact(lambda connection: read_deliveries(connection, [LETTER]))
    return [(one.write, one.state) for one in found]


async def tasks_by_city(desk: Desk) -> list[tuple[str, str, str | None]]:
    found = await desk.store.transact(lambda connection: list_tasks(connection, None, 10, includes_done=False))
    return sorted((task.city, task.kind, task.reason) for task in found)


async def finish(desk: Desk, city: str, kind: str, handled: Handled = NOTHING_SAID) -> str:
    """An officer of the city finishes its open task of this kind; gives its id."""
    found = await desk.store.transact(lambda connection: list_tasks(connection, city, 10, includes_done=False))
    task_id = next(task.id for task in found if task.kind == kind)
    await finish_task(desk, task_id, officer_of(city), "seen to", handled)
    return task_id


def officer_of(city: str) -> Officer:
    return AGENT if city == AGENT.city else INVESTIGATOR


async def deliveries(desk: Desk, write: str) -> list[DeliveryRow]:
    found = await desk.store.transact(lambda connection: read_deliveries(connection, [LETTER]))
    return [one for one in found if one.write == write]

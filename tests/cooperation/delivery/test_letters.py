"""Letters of investigation are entered in the systems of both cities, as officers move them on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from cooperation.acceptance import Intent
from cooperation.actions import Given, take_action
from cooperation.content import Finding, InvestigationContent
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.deliveries import read_deliveries
from cooperation.store.queries import list_tasks
from cooperation.store.store import Store
from legacy_adapters.operations.commands import AssistAcceptance, AssistCreation, AssistReply, AssistSubject, Verdict
from legacy_adapters.operations.outcomes import Observation, Outcome, Reason, Standing
from tests.cooperation.support.desks import (
    AGENT,
    HANGZHOU,
    HUANGSHAN,
    PERSON,
    REVIEWER,
    TestClock,
    accepted,
    make_desk,
)
from tests.cooperation.support.scripted import KNOWLEDGE, PROVENANCE

LETTER = "I330100-2026-000001"
INVESTIGATOR = Officer("2001", HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, Duty.HANDLER)
HEAD = replace(INVESTIGATOR, id="2002", duty=Duty.REVIEWER)


@dataclass
class LetterSystem:
    """One city's system for letters: gives each creation its own number, and knows what it has taken."""

    number: str
    refuses: bool = False
    taken: list[Any] = field(default_factory=list)
    knowledge: Any = KNOWLEDGE

    async def observe(self, command: Any) -> Observation:
        is_so = any(type(one) is type(command) for one in self.taken)
        standing = Standing.IN_EFFECT if is_so else Standing.OPEN
        return Observation(standing, None, PROVENANCE, receipt=self.number if is_so else None)

    async def write(self, command: Any, reference: str) -> Outcome:
        if self.refuses:
            return Outcome.refused(Reason.REQUEST_INVALID, "E5001")
        self.taken.append(command)
        return Outcome.done("0", self.number)


def letter() -> Intent:
    content = InvestigationContent(
        PERSON, "张三", ("When?", "Where?"), "the agreement", AssistSubject.INJURY_FACTS, "GS-1"
    )
    return Intent(OperationKind.INVESTIGATION, AGENT, HUANGSHAN, Office.WORK_INJURY_DEPARTMENT, content, "letter-0001")


async def deliver_all(desk: Desk) -> None:
    for delivery in await desk.store.transact(lambda connection: read_deliveries(connection, [LETTER])):
        await take_turn(desk, delivery.id)


async def report(desk: Desk) -> None:
    """The letter from its draft to its report."""
    await accepted(desk, letter())
    await take_action(desk, LETTER, "send", REVIEWER, Given())
    await deliver_all(desk)
    await take_action(desk, LETTER, "receive", INVESTIGATOR, Given())
    await take_action(desk, LETTER, "accept", INVESTIGATOR, Given())
    await take_action(desk, LETTER, "investigate", INVESTIGATOR, Given(investigators=("2001", "2003")))
    await deliver_all(desk)
    findings = (Finding(Verdict.CONFIRMED, "that day"), Finding(Verdict.UNVERIFIABLE, "unclear"))
    await take_action(desk, LETTER, "draft_report", INVESTIGATOR, Given(findings=findings))
    await take_action(desk, LETTER, "report", HEAD, Given())
    await deliver_all(desk)


async def test_both_systems_have_the_letter_under_numbers_of_their_own(sqlite_store: Store, clock: TestClock) -> None:
    there, here = LetterSystem("HS-77"), LetterSystem("HZ-5")
    desk = make_desk(sqlite_store, clock, letters={HUANGSHAN: there, HANGZHOU: here})
    await report(desk)
    for system in (there, here):
        creation, acceptance, reply = system.taken
        assert isinstance(creation, AssistCreation)
        assert (creation.letter_number, creation.questions, creation.due_on) == (
            LETTER,
            ("When?", "Where?"),
            "2026-11-24",
        )
        assert isinstance(acceptance, AssistAcceptance)
        assert (acceptance.number, acceptance.officers) == (system.number, ("2001", "2003"))
        assert isinstance(reply, AssistReply)
        assert (reply.number, reply.signed_by, [one.verdict for one in reply.findings]) == (
            system.number,
            "2002",
            [Verdict.CONFIRMED, Verdict.UNVERIFIABLE],
        )


async def test_a_city_without_such_a_system_is_passed_over(sqlite_store: Store, clock: TestClock) -> None:
    there = LetterSystem("HS-77")
    desk = make_desk(sqlite_store, clock, letters={HUANGSHAN: there})
    await report(desk)
    assert len(there.taken) == 3


async def test_what_a_system_refuses_holds_up_no_officer_and_is_its_citys_task(
    sqlite_store: Store, clock: TestClock
) -> None:
    there, here = LetterSystem("HS-77"), LetterSystem("HZ-5", refuses=True)
    desk = make_desk(sqlite_store, clock, letters={HUANGSHAN: there, HANGZHOU: here})
    await report(desk)
    assert len(there.taken) == 3
    tasks = await sqlite_store.transact(lambda c: list_tasks(c, HANGZHOU, 10, includes_done=False))
    assert [(task.kind, task.city) for task in tasks] == [("DO_BY_HAND", HANGZHOU)]

"""A case that is handed over is registered in the other city's system once, when that city's officer says so."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from cooperation.acceptance import Intent
from cooperation.actions import Given, take_action
from cooperation.content import TransferContent
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import ContentMissing, InputRefused, OfficerNotEntitled, TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.deliveries import read_deliveries
from cooperation.store.operations import read_history
from cooperation.store.queries import list_tasks
from cooperation.store.store import Store
from legacy_adapters.errors import SystemInMaintenance
from legacy_adapters.operations.commands import TransferRegistration
from legacy_adapters.operations.outcomes import Observation, Outcome, Reason, Standing
from legacy_adapters.operations.protocols import Knowledge
from tests.cooperation.support.desks import HANGZHOU, HUANGSHAN, PERSON, TestClock, accepted, make_desk
from tests.cooperation.support.scripted import KNOWLEDGE, PROVENANCE, city
from tests.cooperation.support.turns import delivery, die_in_turn, operation, run

TRANSFER = "T341000-2026-000001"
DELIVERY = f"{TRANSFER}-1"
NUMBER = "HZZY202600001"
SENDER = Officer("2001", HUANGSHAN, Office.ARBITRATION, Duty.HANDLER)
HEAD = replace(SENDER, id="2002", duty=Duty.REVIEWER)
ADDRESSEE = Officer("1001", HANGZHOU, Office.ARBITRATION, Duty.HANDLER)
STEPS = ("opened", "observed", "begun", "written", "kept", "read_back", "concluded")
LOST = Outcome.unknown(Reason.BROKEN_OFF)


@dataclass
class CourtSystem:
    """The addressed city's system: it registers each transfer under a number of its own.

    Attributes:
        is_closed: it can neither be read nor written.
        loses: of the next writes' answers, which are all lost: whether the write has its effect.
        refuses: why it takes nothing.
        registered: what it has taken.
    """

    is_closed: bool = False
    loses: list[bool] = field(default_factory=list)
    refuses: Reason | None = None
    registered: list[TransferRegistration] = field(default_factory=list)
    knowledge: Knowledge = KNOWLEDGE

    async def observe(self, command: TransferRegistration) -> Observation:
        if self.is_closed:
            raise SystemInMaintenance("scripted", HANGZHOU, "closed")
        is_so = any(one.transfer_number == command.transfer_number for one in self.registered)
        standing = Standing.IN_EFFECT if is_so else Standing.OPEN
        return Observation(standing, "02" if is_so else None, PROVENANCE, receipt=NUMBER if is_so else None)

    async def write(self, command: TransferRegistration, reference: str) -> Outcome:
        if self.refuses is not None:
            return Outcome.refused(self.refuses, "E3001")
        is_lost = bool(self.loses)
        if not is_lost or self.loses.pop(0):
            self.registered.append(command)
        return LOST if is_lost else Outcome.done("0", NUMBER)


@pytest.fixture
def court() -> CourtSystem:
    return CourtSystem()


def court_desk(store: Store, clock: TestClock, court: CourtSystem | None) -> Desk:
    """Hangzhou's system is `court`; None is a city that offers nothing."""
    offered = {} if court is None else {"dispute_transfer": court}
    desk = make_desk(store, clock)
    return replace(desk, cities={**desk.cities, HANGZHOU: city(HANGZHOU, **offered)})


async def move(desk: Desk, officer: Officer, action: str, **given: str) -> str:
    return (await take_action(desk, TRANSFER, action, officer, Given(**given))).state


def transfer(key: str = "transfer-0001", grounds: str = "the work is done there") -> Intent:
    content = TransferContent("HSZC202600101", PERSON, None, grounds)
    return Intent(OperationKind.DISPUTE_TRANSFER, SENDER, HANGZHOU, Office.ARBITRATION, content, key)


async def hand_over(desk: Desk) -> None:
    """A dispute of Huangshan, up to its arrival in Hangzhou."""
    await accepted(desk, transfer())
    await move(desk, HEAD, "send")
    await move(desk, ADDRESSEE, "receive")


async def register(desk: Desk) -> None:
    """Up to its registration, of which nothing has been sent yet."""
    await hand_over(desk)
    assert await move(desk, ADDRESSEE, "register") == "ACCEPTED"


async def received_number(desk: Desk) -> str | None:
    content = desk.content_of(await operation(desk, TRANSFER))
    assert isinstance(content, TransferContent)
    return content.received_case_number


async def tasks(desk: Desk) -> list[tuple[str, str, str | None]]:
    found = await desk.store.transact(lambda connection: list_tasks(connection, None, 10, includes_done=False))
    return [(task.city, task.kind, task.reason) for task in found]


async def test_a_registered_case_closes_the_transfer_with_the_number_it_got(
    store: Store, clock: TestClock, court: CourtSystem
) -> None:
    desk = court_desk(store, clock, court)
    await register(desk)
    assert await take_turn(desk, DELIVERY) is None
    closed, proof = await operation(desk, TRANSFER), await delivery(desk, TRANSFER)
    assert (closed.state, closed.addressee_number) == ("CLOSED", "R330100-2026-000001")
    assert (proof.state, proof.city, proof.receipt) == ("DONE", HANGZHOU, NUMBER)
    assert await received_number(desk) == NUMBER
    assert court.registered == [
        TransferRegistration(TRANSFER, HUANGSHAN, "HSZC202600101", PERSON, None, "the work is done there")
    ]
    history = await store.transact(lambda connection: read_history(connection, TRANSFER))
    assert [event.action for event in history] == ["create", "send", "receive", "register", "deliver", "complete"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_process_that_dies_in_any_step_leaves_one_registration(
    sqlite_store: Store, clock: TestClock, court: CourtSystem, step: str
) -> None:
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    await die_in_turn(desk, step, DELIVERY)
    await run(desk, clock, DELIVERY)
    assert (await operation(desk, TRANSFER)).state == "CLOSED"
    assert (len(court.registered), await received_number(desk)) == (1, NUMBER)


@pytest.mark.parametrize("effects", [[True], [False], [False, True]])
async def test_a_lost_answer_leaves_one_registration(
    sqlite_store: Store, clock: TestClock, court: CourtSystem, effects: list[bool]
) -> None:
    court.loses = effects
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    await run(desk, clock, DELIVERY)
    assert (await operation(desk, TRANSFER)).state == "CLOSED"
    assert (len(court.registered), await received_number(desk)) == (1, NUMBER)


async def test_what_was_registered_before_is_not_sent(
    sqlite_store: Store, clock: TestClock, court: CourtSystem
) -> None:
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    court.registered.append(TransferRegistration(TRANSFER, HUANGSHAN, "HSZC202600101", PERSON, None, "by hand"))
    await run(desk, clock, DELIVERY)
    assert ((await delivery(desk, TRANSFER)).outcome, len(court.registered)) == ("ALREADY", 1)
    assert await received_number(desk) == NUMBER


async def test_a_closed_system_is_waited_for(sqlite_store: Store, clock: TestClock, court: CourtSystem) -> None:
    court.is_closed = True
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    assert await take_turn(desk, DELIVERY) is not None
    assert (await operation(desk, TRANSFER)).state == "WAITING"
    court.is_closed = False
    await run(desk, clock, DELIVERY)
    assert ((await operation(desk, TRANSFER)).state, len(court.registered)) == ("CLOSED", 1)


async def test_a_transfer_that_is_withdrawn_while_it_waits_is_not_registered(
    sqlite_store: Store, clock: TestClock, court: CourtSystem
) -> None:
    court.is_closed = True
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    await take_turn(desk, DELIVERY)
    assert await move(desk, SENDER, "withdraw", reason="settled between the parties") == "WITHDRAWN"
    court.is_closed = False
    assert await take_turn(desk, DELIVERY) is None
    assert ((await delivery(desk, TRANSFER)).state, court.registered) == ("WITHDRAWN", [])


async def test_nobody_withdraws_what_may_be_on_its_way(
    sqlite_store: Store, clock: TestClock, court: CourtSystem
) -> None:
    court.loses = [False]
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    await take_turn(desk, DELIVERY)
    assert (await operation(desk, TRANSFER)).state == "DELIVERING"
    with pytest.raises(TransitionRefused):
        await move(desk, SENDER, "withdraw", reason="settled between the parties")


async def test_what_was_received_can_be_withdrawn_until_it_is_registered(
    sqlite_store: Store, clock: TestClock, court: CourtSystem
) -> None:
    desk = court_desk(sqlite_store, clock, court)
    await hand_over(desk)
    assert await move(desk, SENDER, "withdraw", reason="settled between the parties") == "WITHDRAWN"
    with pytest.raises(TransitionRefused):
        await move(desk, ADDRESSEE, "register")


async def test_a_city_that_does_not_offer_it_enters_the_case_by_hand(store: Store, clock: TestClock) -> None:
    desk = court_desk(store, clock, None)
    await register(desk)
    await run(desk, clock, DELIVERY)
    assert (await operation(desk, TRANSFER)).state == "MANUAL"
    assert await tasks(desk) == [(HANGZHOU, "DO_BY_HAND", "NOT_OFFERED")]
    with pytest.raises(ContentMissing, match="caseNumber"):
        await move(desk, ADDRESSEE, "settle", reason="entered")
    assert await move(desk, ADDRESSEE, "settle", case_number="HZ-77") == "CLOSED"
    closed = await operation(desk, TRANSFER)
    assert (await received_number(desk), closed.addressee_number) == ("HZ-77", "R330100-2026-000001")
    assert ((await delivery(desk, TRANSFER)).state, await tasks(desk)) == ("DONE", [])


@pytest.mark.parametrize("reason", [Reason.REQUEST_INVALID, Reason.PERSON_MISMATCH, Reason.STATE_FORBIDS])
async def test_what_the_system_refuses_is_for_the_officers_to_decide(
    sqlite_store: Store, clock: TestClock, court: CourtSystem, reason: Reason
) -> None:
    """A court's register has no say in whose case it is."""
    court.refuses = reason
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    await run(desk, clock, DELIVERY)
    assert ((await operation(desk, TRANSFER)).state, (await delivery(desk, TRANSFER)).state) == ("MANUAL", "MANUAL")
    assert await tasks(desk) == [(HANGZHOU, "DO_BY_HAND", reason)]
    assert await move(desk, ADDRESSEE, "decline", reason="no such employer here") == "REJECTED"
    assert ((await delivery(desk, TRANSFER)).state, await tasks(desk)) == ("REFUSED", [])


async def test_a_case_is_handed_over_once(store: Store, clock: TestClock, court: CourtSystem) -> None:
    desk = court_desk(store, clock, court)
    again = transfer("transfer-0002", "the employer is there")
    await register(desk)
    with pytest.raises(InputRefused, match=f"{TRANSFER} hands this case over already") as refused:
        await accepted(desk, again)
    assert refused.value.inputs == ("caseNumber",)
    await run(desk, clock, DELIVERY)
    with pytest.raises(InputRefused):
        await accepted(desk, again)
    assert (await accepted(desk, transfer())).operation.number == TRANSFER, "told again, it is the same"
    assert len(court.registered) == 1


@pytest.mark.parametrize(("officer", "action"), [(ADDRESSEE, "reject"), (SENDER, "withdraw")])
async def test_a_case_that_was_returned_or_called_back_may_be_handed_over_again(
    sqlite_store: Store, clock: TestClock, officer: Officer, action: str
) -> None:
    desk = court_desk(sqlite_store, clock, None)
    await hand_over(desk)
    await move(desk, officer, action, reason="not here")
    assert (await accepted(desk, transfer("transfer-0002"))).is_new


async def test_what_the_system_refused_is_asked_again_once_it_was_mended(
    sqlite_store: Store, clock: TestClock, court: CourtSystem
) -> None:
    court.refuses = Reason.REQUEST_INVALID
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    await run(desk, clock, DELIVERY)
    court.refuses = None
    assert await move(desk, ADDRESSEE, "resume", reason="mended") == "WAITING"
    await run(desk, clock, DELIVERY)
    assert ((await operation(desk, TRANSFER)).state, await received_number(desk)) == ("CLOSED", NUMBER)
    assert await tasks(desk) == []


async def test_what_cannot_be_registered_for_a_week_is_done_by_hand_where_it_is_to_be_registered(
    sqlite_store: Store, clock: TestClock, court: CourtSystem
) -> None:
    court.is_closed = True
    desk = court_desk(sqlite_store, clock, court)
    await register(desk)
    await run(desk, clock, DELIVERY, turns=3000)
    assert (await operation(desk, TRANSFER)).state == "MANUAL"
    assert await tasks(desk) == [(HANGZHOU, "DO_BY_HAND", "MAINTENANCE")]


async def test_a_number_given_by_hand_writes_nothing(sqlite_store: Store, clock: TestClock, court: CourtSystem) -> None:
    desk = court_desk(sqlite_store, clock, court)
    await hand_over(desk)
    assert await move(desk, ADDRESSEE, "accept", case_number="HZ-77") == "CLOSED"
    owed = await desk.store.transact(lambda connection: read_deliveries(connection, [TRANSFER]))
    assert (owed, court.registered, await received_number(desk)) == ([], [], "HZ-77")


async def test_only_a_handler_of_the_addressed_city_has_a_case_registered(
    sqlite_store: Store, clock: TestClock, court: CourtSystem
) -> None:
    desk = court_desk(sqlite_store, clock, court)
    await hand_over(desk)
    for officer in (SENDER, replace(ADDRESSEE, duty=Duty.REVIEWER), replace(ADDRESSEE, office=Office.INSPECTION)):
        with pytest.raises(OfficerNotEntitled):
            await move(desk, officer, "register")

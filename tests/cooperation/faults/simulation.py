"""One run in this process: a clock of its own, lines per card as DBOS keeps them, and a fault for every other turn.

What DBOS does between turns (one workflow of a subject at a time, first come first served, taken over after a death)
is played here; everything else is the real thing, the cities' services behind their ports included.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select

from cooperation.acceptance import Intent, accept_intent
from cooperation.actions import Given, take_action
from cooperation.calendar.working_days import packaged_calendar
from cooperation.configuration import CooperationConfig
from cooperation.content import CardContent
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import CooperationError, IdempotencyKeyReused
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store import deliveries
from cooperation.store.rows import DeliveryRow, OperationRow, record_of
from cooperation.store.store import DatabaseUnavailable, database_url
from cooperation.store.tables import OPERATIONS
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.operations.commands import CardCommand, OperationName
from subgraphs.cooperation.sealer import PlatformSealer
from subgraphs.shared.person_key import PlatformKeys
from tests.cooperation.faults.cities import Cities, world_of
from tests.cooperation.faults.intents import HUANGSHAN, IntentMaker, Wish
from tests.cooperation.faults.invariants import AT_COUNTER, Evidence, violations
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import SCRIPT, FailingStore, Killed, Script, scripted_city
from tests.cooperation.faults.turn_faults import TurnFault, random_fault
from tests.cooperation.faults.wire import Wire, system_of

KEYS = PlatformKeys(bytes(range(64)))
GRACE = timedelta(seconds=3)
FETCHING = timedelta(hours=20)
"""So seldom is a card in production looked for here; the real sweep does it every hour."""
LONGEST = timedelta(days=90)


@dataclass
class RunClock:
    """The run's time."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 9, 30, tzinfo=CITY_ZONE))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Workflow:
    """A delivery in its subject's line."""

    delivery_id: str
    run: int
    due: datetime


Agenda = list[tuple[datetime, int, Callable[[], Awaitable[None]]]]


class Simulation:
    """Attributes:
    scripted: what befalls the first turns, instead of what chance brings.
    """

    def __init__(self, seed: str, url: str, folder: Path, scripted: Sequence[TurnFault] | None = None) -> None:
        self.random = Random(seed)
        self.clock = RunClock()
        self.report = Report(seed)
        self.scripted = None if scripted is None else list(scripted)
        self._url = url
        self._folder = folder
        self._world = int(Random(seed).random() * 1000)
        self.maker = IntentMaker(world_of(self._world), self.random, cards=self.random.choice((1, 1, 2)))
        self._told: list[tuple[Wish, str | None]] = []
        self._agenda: Agenda = []
        self._tick = count()
        self._lanes: dict[str, list[Workflow]] = defaultdict(list)
        self._begun: dict[tuple[str, int], Workflow] = {}

    async def run(self, wishes: Sequence[Wish] | None = None) -> Report:
        """Everything from the first intent to the judgement; `wishes` instead of what chance brings."""
        started = time.monotonic()
        self._cities = await Cities.start(self._folder, self.clock, self._world)
        self._wire = Wire(self._cities.bureaus)
        store = FailingStore(database_url(self._url))
        operations = {code: scripted_city(city) for code, city in self._cities.operations.items()}
        config = CooperationConfig(immediate_seconds=0)
        self.desk = Desk(store, PlatformSealer(KEYS), config, packaged_calendar(), self.clock, operations)
        try:
            self._plan(wishes)
            await self._until_quiet()
            await self._people_help()
            await self._until_quiet()
            await self._cards_are_fetched()
            await self._until_quiet()
            self._judge()
        finally:
            store.close()
            await self._cities.aclose()
        self.report.seconds = time.monotonic() - started
        return self.report

    # What is going to happen.

    def _plan(self, wishes: Sequence[Wish] | None) -> None:
        if wishes is not None:
            for number, wish in enumerate(wishes):
                self._at(number, lambda wish=wish: self._tell(wish))
            return
        for _ in range(self.random.randint(2, 7)):
            wish = self.maker.wish()
            rush = self.random.choice((3, 3, 3600))
            for _ in range(self.random.choice((1, 1, 2, 3))):
                self._at(self.random.uniform(0, rush), lambda wish=wish: self._tell(wish))
        for _ in range(self.random.choice((0, 1, 1, 2))):
            self._plan_outage()
        for _ in range(self.random.choice((0, 0, 1))):
            self._at(self.random.uniform(60, 7200), self._withdraw_one)
        if self.random.random() < 0.2:
            self._at(self.random.uniform(60, 3600), self._reuse_a_key)

    def _plan_outage(self) -> None:
        system = self.random.choice(("hangzhou_core_service", "huangshan_card_service", "huangshan_database"))
        start = self.random.uniform(0, 3600)
        lasting = self.random.choice((30, 300, 3 * 3600, 27 * 3600))
        self._at(start, lambda: self._wire.break_down(system, self.random))
        self._at(start + lasting, lambda: self._wire.come_back(system))
        self.report.faults["outage"] += 1

    def _at(self, seconds: float, happens: Callable[[], Awaitable[None]]) -> None:
        heapq.heappush(self._agenda, (self.clock.now + timedelta(seconds=seconds), next(self._tick), happens))

    # What people do.

    async def _tell(self, wish: Wish) -> None:
        self.clock.now += timedelta(seconds=1)
        database = (0, self.random.random() < 0.5) if self.scripted is None and self.random.random() < 0.15 else None
        if database is not None:
            self.report.faults["database at acceptance"] += 1
        token = SCRIPT.set(Script(database=database))
        try:
            accepted = await accept_intent(self.desk, wish.intent)
        except DatabaseUnavailable:
            self._at(self.random.uniform(1, 60), lambda: self._tell(wish))
            return
        except CooperationError as error:
            if type(error) is not wish.refused_with:
                self.report.violations.append(f"a rightful intent was refused: {error}")
            self._told.append((wish, None))
            return
        finally:
            SCRIPT.reset(token)
        if self.scripted is None and self.random.random() < 0.25:
            # The process dies after the commit: neither is the delivery handed over, nor the officer answered.
            self.report.faults["killed at acceptance"] += 1
            self._at(self.random.uniform(1, 900), lambda: self._tell(wish))
            return
        self._told.append((wish, accepted.operation.number))
        for delivery in await self._deliveries_of(accepted.operation.number):
            if delivery.state == "OPEN":
                self._hand_over(delivery)

    async def _reuse_a_key(self) -> None:
        accepted = [wish for wish, number in self._told if number is not None]
        if not accepted:
            return
        old, new = self.random.choice(accepted).intent, self.maker.wish().intent
        if old.officer.city != new.officer.city or old.content == new.content:
            return
        reused = Intent(new.kind, new.officer, new.addressee_city, new.addressee_office, new.content, old.key)
        try:
            await accept_intent(self.desk, reused)
            self.report.violations.append("an idempotency key was taken for another content")
        except IdempotencyKeyReused:
            self.report.faults["key reused"] += 1
        except CooperationError:
            pass  # unlawful in other ways too

    async def _withdraw_one(self) -> None:
        operations = await self._operations()
        if not operations:
            return
        operation = self.random.choice(operations)
        duty = Officer("1001", operation.requester_city, Office(operation.requester_office), Duty.HANDLER)
        try:
            await take_action(self.desk, operation.number, "withdraw", duty, Given(reason="found again"))
        except CooperationError:
            return
        self.report.faults["withdrawn"] += 1
        for lane in self._lanes.values():
            lane[:] = [one for one in lane if not one.delivery_id.startswith(f"{operation.number}-")]

    async def _people_help(self) -> None:
        """All faults are over; some of what waits for people is had done again."""
        for system in ("hangzhou_core_service", "huangshan_card_service", "huangshan_database"):
            await self._wire.come_back(system)
        self.scripted = []
        for operation in await self._operations():
            if operation.state == "MANUAL" and self.random.random() < 0.6:
                officer = Officer("2001", operation.addressee_city, Office(operation.addressee_office), Duty.HANDLER)
                await take_action(self.desk, operation.number, "resume", officer, Given(reason="looked at"))
                self.report.faults["resumed"] += 1
                for delivery in await self._deliveries_of(operation.number):
                    self._hand_over(delivery)

    async def _cards_are_fetched(self) -> None:
        self.clock.now += timedelta(days=7)
        for operation in await self._operations():
            content = self.desk.content_of(operation)
            if operation.state != "IN_PRODUCTION" or not isinstance(content, CardContent):
                continue
            city = self._cities.operations[operation.addressee_city]
            assert city.replacements is not None
            assert city.card_activation is not None
            made = await city.replacements.replacement_progress(content.card_number, content.national_id)
            if made is not None and made.new_card_number is not None:
                fetched = CardCommand(made.new_card_number, content.national_id, content.name)
                await city.card_activation.write(fetched, f"{AT_COUNTER}{operation.number}")

    # What workers do.

    async def _until_quiet(self) -> None:
        limit = self.clock.now + LONGEST
        while True:
            await self._sweep()
            ready = [lane[0] for lane in self._lanes.values() if lane and lane[0].due <= self.clock.now]
            if ready:
                await self._take(self.random.choice(ready))
                continue
            moments = [lane[0].due for lane in self._lanes.values() if lane]
            moments += [moment for moment, _, _ in self._agenda[:1]]
            moments += [self._found_at(one) for one in await self._forgotten()]
            if not moments:
                return
            self.clock.now = max(self.clock.now, min(moments))
            if self.clock.now > limit:
                self.report.violations.append("it does not come to rest")
                return
            while self._agenda and self._agenda[0][0] <= self.clock.now:
                await heapq.heappop(self._agenda)[2]()

    async def _take(self, workflow: Workflow) -> None:
        (delivery,) = await self._read([workflow.delivery_id])
        fault = self._fault(delivery)
        if delivery.city == HUANGSHAN and delivery.write == OperationName.PENSION_CERTIFICATION and delivery.run > 1:
            await asyncio.sleep(0.3)  # the bureau's job looks as often
        if fault.wire is not None:
            await self._wire.befall(delivery, fault.wire, only_write=fault.only_write)
        began = time.monotonic()
        if fault.doubled_at is None:
            pause = await self._turn(delivery.id, Script(fault.kill_at, fault.database))
        else:
            pause = await self._twice(delivery, fault)
        if time.monotonic() - began > 0.4:
            # What was sent and given up may have its effect later; the run's clock must not be ahead of it.
            await asyncio.sleep(0.5)
        await self._wire.mend(delivery)
        self.report.turns += 1
        if pause is None:
            self._end(workflow)
        else:
            workflow.due = self.clock.now + timedelta(seconds=pause)

    async def _twice(self, delivery: DeliveryRow, fault: TurnFault) -> float | None:
        """A worker that is thought dead stands still somewhere, while another one takes the delivery over."""
        first = Script(fault.kill_at, wait_at=fault.doubled_at)
        slow = asyncio.create_task(self._turn(delivery.id, first))
        stopped = asyncio.create_task(first.has_stopped.wait())
        await asyncio.wait((slow, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        pause: float | None = 0.0
        for _ in range(self.random.randint(1, 3)):
            pause = await self._turn(delivery.id, Script())
            if pause is None:
                break
            # A request of the first that leaves now must be one whose fate is still waited for.
            self.clock.now += timedelta(seconds=min(pause, 15))
        first.go_on.set()
        await slow
        return pause

    async def _turn(self, delivery_id: str, script: Script) -> float | None:
        """As the engine takes it; the seconds until the next one, which after a death are those of the taking over."""
        token = SCRIPT.set(script)
        try:
            return await take_turn(self.desk, delivery_id, script.step)
        except Killed:
            return self.random.uniform(0, 20)
        except DatabaseUnavailable:
            return 5.0
        except Exception as defect:  # noqa: BLE001  (any of them is what is looked for)
            self.report.violations.append(f"a turn failed: {type(defect).__name__}: {defect}")
            return 60.0
        finally:
            SCRIPT.reset(token)

    def _fault(self, delivery: DeliveryRow) -> TurnFault:
        if self.scripted is not None:
            return self.scripted.pop(0) if self.scripted else TurnFault()
        if self.random.random() < 0.05:
            self.clock.now += timedelta(seconds=self.random.choice((-120, 60, 1800, 7200)))
            self.report.faults["clock moved"] += 1
        fault = random_fault(self.random)
        self._note(fault, delivery)
        return fault

    def _note(self, fault: TurnFault, delivery: DeliveryRow) -> None:
        if fault.kill_at is not None:
            self.report.faults[f"killed: {fault.kill_at}"] += 1
        if fault.wire is not None:
            self.report.faults[f"{system_of(delivery)}: {fault.wire}"] += 1
        if fault.database is not None:
            self.report.faults["database in a turn"] += 1
        if fault.doubled_at is not None:
            self.report.faults[f"two workers: {fault.doubled_at}"] += 1

    # The lines.

    def _hand_over(self, delivery: DeliveryRow) -> None:
        if (delivery.id, delivery.run) not in self._begun:
            workflow = Workflow(delivery.id, delivery.run, self.clock.now)
            self._begun[delivery.id, delivery.run] = workflow
            self._lanes[delivery.subject].append(workflow)

    def _end(self, workflow: Workflow) -> None:
        for lane in self._lanes.values():
            if workflow in lane:
                lane.remove(workflow)

    async def _sweep(self) -> None:
        for delivery in await self._forgotten():
            if self._found_at(delivery) <= self.clock.now:
                self._hand_over(await self._begun_anew(delivery))

    async def _begun_anew(self, delivery: DeliveryRow) -> DeliveryRow:
        if (delivery.id, delivery.run) not in self._begun:
            return delivery
        await self.desk.store.transact(
            lambda connection: deliveries.update_delivery(connection, delivery.id, run=delivery.run + 1)
        )
        (anew,) = await self._read([delivery.id])
        return anew

    async def _forgotten(self) -> list[DeliveryRow]:
        """What is owed, and stands in no line."""
        in_line = {(one.delivery_id, one.run) for lane in self._lanes.values() for one in lane}
        far = self.clock.now + LONGEST
        owed = await self.desk.store.transact(lambda connection: deliveries.read_open_deliveries(connection, far))
        return [one for one in owed if (one.id, one.run) not in in_line and not self._waits_for_its_holder(one)]

    def _waits_for_its_holder(self, delivery: DeliveryRow) -> bool:
        """A card in production is looked at again when time has gone by; nothing else will change it."""
        return (
            delivery.write == OperationName.CARD_REPLACEMENT
            and delivery.not_before is not None
            and delivery.subject == delivery.id
            and self.clock.now < delivery.not_before + FETCHING
        )

    def _found_at(self, delivery: DeliveryRow) -> datetime:
        return (delivery.not_before or delivery.created_at) + GRACE

    async def _read(self, ids: Sequence[str]) -> list[DeliveryRow]:
        return await self.desk.store.transact(
            lambda connection: [deliveries.read_delivery(connection, one) for one in ids]
        )

    async def _deliveries_of(self, number: str) -> list[DeliveryRow]:
        return await self.desk.store.transact(lambda connection: deliveries.read_deliveries(connection, [number]))

    async def _operations(self) -> list[OperationRow]:
        def work(connection: Connection) -> list[OperationRow]:
            rows = connection.execute(select(OPERATIONS).order_by(OPERATIONS.c.number))
            return [record_of(OperationRow, row) for row in rows]

        return await self.desk.store.transact(work)

    def _judge(self) -> None:
        evidence = Evidence(self.desk, self._told, self._cities.logs(), self.maker.secrets, self.maker.before)
        self.report.violations += violations(evidence)
        rows = self.desk.store.transact_now(lambda connection: connection.execute(select(OPERATIONS.c.state)).all())
        self.report.states.update(row.state for row in rows)

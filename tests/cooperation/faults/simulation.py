"""One run in this process: a clock of its own, lines per card as DBOS keeps them, and a fault for every other turn.

What DBOS does between turns (one workflow of a subject at a time, first come first served, taken over after a death)
is played here; everything else is the real thing, the cities' services behind their ports included.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from cooperation.acceptance import accept_intent
from cooperation.actions import Given, take_action
from cooperation.calendar.working_days import packaged_calendar
from cooperation.configuration import CityRules, CooperationConfig
from cooperation.delivery.turn import end_late, take_turn
from cooperation.desk import Desk
from cooperation.errors import CooperationError, TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.rows import DeliveryRow, OperationRow
from cooperation.store.store import DatabaseUnavailable
from legacy_adapters.operations.commands import OperationName
from subgraphs.cooperation.sealer import PlatformSealer
from subgraphs.shared.person_key import PlatformKeys
from tests.cooperation.faults.agenda import Agenda, RunClock
from tests.cooperation.faults.cities import TIMEOUT_SECONDS, WRITING_SYSTEMS, Cities, letters_in, world_of
from tests.cooperation.faults.counters import fetch_cards, reuse_key, withdraw
from tests.cooperation.faults.evidence import Evidence
from tests.cooperation.faults.intents import HANGZHOU, HUANGSHAN, IntentMaker, Wish
from tests.cooperation.faults.invariants import violations
from tests.cooperation.faults.leftovers import LONGEST, Leftovers
from tests.cooperation.faults.lines import Lines, Workflow
from tests.cooperation.faults.notices import move_notice, way_of_notice
from tests.cooperation.faults.officers import Officers
from tests.cooperation.faults.reads import Reads
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import POINTS, SCRIPT, FailingStore, Killed, Script, scripted_city
from tests.cooperation.faults.task_officers import TaskOfficers
from tests.cooperation.faults.turn_faults import TurnFault, random_fault
from tests.cooperation.faults.wire import Wire, system_of

KEYS = PlatformKeys(bytes(range(64)))
IMPATIENT = CityRules(attempts=1, write_hours=2.0)
"""Much is left to people soon."""


class Simulation:
    """Attributes:
    store: of a database that is empty; whoever made it closes it.
    scripted: what befalls the first turns, instead of what chance brings.
    target: the write and the city whose turns these are; None: of any.
    """

    target: tuple[OperationName, str] | None = None

    def __init__(
        self, seed: str, store: FailingStore, folder: Path, scripted: Sequence[TurnFault] | None = None
    ) -> None:
        self.random = Random(seed)
        self.clock = RunClock()
        self.report = Report(seed)
        self.scripted = None if scripted is None else list(scripted)
        self._store = store
        self._reads = Reads(store)
        self._folder = folder
        self._world = int(Random(seed).random() * 1000)
        self.maker = IntentMaker(world_of(self._world), self.random, cards=self.random.choice((1, 1, 2)))
        self._told: list[tuple[Wish, str | None]] = []
        self._agenda = Agenda()
        self._lines = Lines()
        self._leftovers = Leftovers(store, self._lines)
        self._letters: set[str] = set()

    async def run(self, plan: Callable[[], None] | None = None) -> Report:
        """Everything from the first intent to the judgement; `plan` instead of what chance brings."""
        started = time.monotonic()
        self._cities = await Cities.start(self._folder, self.clock, self._world)
        self._wire = Wire(self._cities.bureaus)
        operations = {code: scripted_city(city) for code, city in self._cities.operations.items()}
        rules = CityRules() if plan is not None else self.random.choice((CityRules(), CityRules(), IMPATIENT))
        config = CooperationConfig(rules=rules, immediate_seconds=0)
        self.desk = Desk(self._store, PlatformSealer(KEYS), config, packaged_calendar(), self.clock, operations)
        self.officers = Officers(self.desk, self.random, self.report)
        self.task_officers = TaskOfficers(self.desk, self._cities.operations, self.random, self.report)
        try:
            (plan or self._plan)()
            await self._until_quiet()
            await self._people_help()
            await self._until_quiet()
            self.clock.now += timedelta(days=7)
            await fetch_cards(self.desk, self._cities.operations, self._reads.operations())
            await self._until_quiet()
            self._judge()
        finally:
            await self._cities.aclose()
        self.report.seconds = time.monotonic() - started
        return self.report

    # What is going to happen.

    def tell_at(self, seconds: float, wish: Wish) -> None:
        """Have an intent told at a moment of the run."""
        self._at(seconds, lambda: self._tell(wish))

    def act_at(self, seconds: float, number: str, action: str) -> None:
        """Have a letter's officers take a rightful action at a moment of the run."""
        self._at(seconds, lambda: self._act(number, action))

    def take_at(self, seconds: float, number: str, action: str, officer: Officer) -> None:
        """Have an officer take an action that needs nothing more at a moment of the run."""
        self._at(seconds, lambda: self._take_action(number, action, officer))

    def break_down_at(self, seconds: float, system: str, lasting: float) -> None:
        """Have an outage begin at a moment of the run."""
        self._at(seconds, lambda: self._wire.break_down(system, self.random))
        self._at(seconds + lasting, lambda: self._wire.come_back(system))
        self.report.faults["outage"] += 1

    def _plan(self) -> None:
        for _ in range(self.random.randint(2, 7)):
            wish = self.maker.wish()
            rush = self.random.choice((3, 3, 3600))
            for _ in range(self.random.choice((1, 1, 2, 3))):
                self.tell_at(self.random.uniform(0, rush), wish)
        for _ in range(self.random.choice((0, 1, 1, 2))):
            self._plan_outage()
        for _ in range(self.random.choice((0, 0, 1))):
            self._at(self.random.uniform(60, 7200), self._withdraw_one)
        if self.random.random() < 0.3:
            self._plan_death_notice()
        for _ in range(self.random.choice((0, 3, 6))):
            self._at(self.random.expovariate(1 / self.random.choice((60, 3600, 86400))), self._see_to_a_task)
        if self.random.random() < 0.2:
            self._at(self.random.uniform(60, 3600), self._reuse_a_key)

    def _plan_outage(self) -> None:
        system = self.random.choice(WRITING_SYSTEMS)
        start = self.random.uniform(0, 3600)
        self.break_down_at(start, system, self.random.choice((30, 300, 3 * 3600, 27 * 3600)))

    def _plan_death_notice(self) -> None:
        intent = self.maker.death_notice(self.random.choice((HANGZHOU, HUANGSHAN)))
        self.tell_at(0, Wish(intent))
        for place, action in enumerate(way_of_notice(self.random), start=1):
            self._at(place * 3600, lambda action=action: move_notice(self.desk, intent, action, self.report))

    def _at(self, seconds: float, happens: Callable[[], Awaitable[None]]) -> None:
        self._agenda.put_down(self.clock.now + timedelta(seconds=seconds), happens)

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
        await self._begin(accepted.operation.number)
        if self.scripted is None and wish.intent.kind is OperationKind.INVESTIGATION:
            self._move_letter_later(accepted.operation.number)

    async def _begin(self, number: str) -> None:
        for delivery in self._reads.deliveries_of(number):
            if delivery.state == "OPEN":
                self._lines.hand_over(delivery, self.clock.now)
            elif delivery.state == "WITHDRAWN":
                self._lines.give_up(delivery.id)

    def _move_letter_later(self, number: str) -> None:
        if number in self._letters:
            return
        self._letters.add(number)
        moves = self.random.choice((2, 12, 12, 25))
        hurry = self.random.choice((1, 60, 3600, 86400))
        moments = accumulate(self.random.expovariate(1 / hurry) for _ in range(moves))
        for seconds in moments:
            self._at(seconds, lambda: self._move_letter(number))

    async def _move_letter(self, number: str) -> None:
        if await self.officers.move(number):
            await self._begin(number)

    async def _act(self, number: str, action: str) -> None:
        await self.officers.act(number, action)
        await self._begin(number)

    async def _take_action(self, number: str, action: str, officer: Officer) -> None:
        await take_action(self.desk, number, action, officer, Given())
        await self._begin(number)

    async def _reuse_a_key(self) -> None:
        accepted = [wish.intent for wish, number in self._told if number is not None]
        if accepted:
            await reuse_key(self.desk, self.random.choice(accepted), self.maker.wish().intent, self.report)

    async def _withdraw_one(self) -> None:
        operations = self._reads.operations()
        if operations and await withdraw(self.desk, operation := self.random.choice(operations), self.report):
            await self._begin(operation.number)

    async def _people_help(self) -> None:
        """All faults are over; some of what waits for people is had done again."""
        for system in WRITING_SYSTEMS:
            await self._wire.come_back(system)
        self.scripted = []
        for operation in self._reads.operations():
            if operation.state == "MANUAL" and self.random.random() < 0.6:
                await self._resume(operation)
        for _ in self.task_officers.open_tasks():
            await self._see_to_a_task()

    async def _resume(self, operation: OperationRow) -> None:
        """Have it delivered after all; what a later one on its card does not let pass is sent back."""
        officer = Officer("2001", operation.addressee_city, Office(operation.addressee_office), Duty.HANDLER)
        looked_at = Given(reason="looked at")
        try:
            await take_action(self.desk, operation.number, "resume", officer, looked_at)
            self.report.faults["resumed"] += 1
        except TransitionRefused as refused:
            if "came after it" not in str(refused):
                raise
            await take_action(self.desk, operation.number, "decline", officer, looked_at)
            self.report.faults["overtaken, not resumed"] += 1
        await self._begin(operation.number)

    async def _see_to_a_task(self) -> None:
        """Now and then a colleague goes on with its letter meanwhile, or the process dies before anything is begun."""
        tasks = self.task_officers.open_tasks()
        if not tasks:
            return
        task = self.random.choice(tasks)
        is_raced = self.scripted is None and self.random.random() < 0.2
        meanwhile = (lambda: self._move_letter(task.operation_number)) if is_raced else None
        if await self.task_officers.see_to(task, meanwhile) and self.random.random() < 0.8:
            await self._begin(task.operation_number)

    # What workers do.

    async def _until_quiet(self) -> None:
        limit = self.clock.now + LONGEST
        while True:
            moments = self._leftovers.hand_over(self.clock.now)
            await self._end_late()
            ready = [one for one in self._lines.first() if one.due <= self.clock.now]
            if ready:
                await self._take(self.random.choice(ready))
                continue
            moments += [*(one.due for one in self._lines.first()), *self._agenda.next_moment()]
            if not moments:
                return
            self.clock.now = max(self.clock.now, min(moments))
            if self.clock.now > limit:
                self.report.violations.append("it does not come to rest")
                return
            await self._agenda.let_happen(self.clock)

    async def _end_late(self) -> None:
        for delivery in self._leftovers.late(self.clock.now):
            fails = self.scripted is None and self.random.random() < 0.15
            script = Script(database=(self.random.randrange(2), self.random.random() < 0.5) if fails else None)
            await self._guarded(script, lambda told=delivery.id: end_late(self.desk, told))
            self.report.faults["too late in its line"] += 1

    async def _take(self, workflow: Workflow) -> None:
        delivery = self._reads.delivery(workflow.delivery_id)
        fault = self._fault(delivery)
        if delivery.city == HUANGSHAN and delivery.write == OperationName.PENSION_CERTIFICATION and delivery.run > 1:
            await self._certification_job(delivery.id)
        if fault.wire is not None:
            await self._wire.befall(delivery, fault.wire, only_write=fault.only_write)
        began = time.monotonic()
        if fault.doubled_at is None:
            pause = await self._turn(delivery.id, self._script(delivery, fault))
        else:
            pause = await self._twice(delivery, fault)
        if time.monotonic() - began > 0.9 * TIMEOUT_SECONDS and not (fault.wire or "").startswith("hang_"):
            # What was sent and given up may have its effect later; the run's clock must not be ahead of it.
            await asyncio.sleep(0.5)
        await self._wire.mend(delivery)
        self.report.turns += 1
        if pause is None:
            self._lines.end(workflow)
        else:
            workflow.due = self.clock.now + timedelta(seconds=pause)

    def _script(self, delivery: DeliveryRow, fault: TurnFault) -> Script:
        script = Script(fault.kill_at, fault.database)
        if self.scripted is None and delivery.operation_number in self._letters and self.random.random() < 0.15:
            # Officers go on with the letter in the middle of the turn.
            script.interrupt_at = self.random.choice(POINTS)
            script.interrupt = lambda: self._move_letter(delivery.operation_number)
            self.report.faults["action in a turn"] += 1
        return script

    async def _certification_job(self, reference: str) -> None:
        """Wait for the bureau's job, which looks every quarter of a second where it can."""
        if self._wire.is_down("huangshan_database"):
            return
        log = self._cities.bureaus.systems["huangshan_database"].written()
        for _ in range(6):
            if any(entry.reference == reference for entry in log):
                return
            await asyncio.sleep(0.05)

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
        """As the engine takes it."""
        return await self._guarded(script, lambda: take_turn(self.desk, delivery_id, script.step))

    async def _guarded(self, script: Script, turn: Callable[[], Awaitable[float | None]]) -> float | None:
        """The seconds until the next turn, which after a death are those of the taking over."""
        token = SCRIPT.set(script)
        try:
            return await turn()
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
        if self.target not in (None, (delivery.write, delivery.city)):
            return TurnFault()
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

    def _judge(self) -> None:
        evidence = Evidence(
            self.desk,
            self._told,
            self._cities.logs(),
            self.maker.secrets | self.officers.secrets,
            self.maker.before,
            letters=letters_in(self._folder, self._world),
            signed=self.officers.signed,
            by_hand=self.task_officers.by_hand,
        )
        self.report.violations += violations(evidence)
        self.report.states.update(operation.state for operation in self._reads.operations())

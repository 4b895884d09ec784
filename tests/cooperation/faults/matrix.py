"""Every write of both cities, with every fault of the wire, dying at every boundary: one operation a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path

from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty
from cooperation.states.move import Officer
from legacy_adapters.operations.commands import OperationName
from tests.cooperation.faults.intents import CARD_KINDS, HANGZHOU, HUANGSHAN, Wish
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import POINTS, STEPS, FailingStore
from tests.cooperation.faults.simulation import Simulation
from tests.cooperation.faults.turn_faults import TurnFault
from tests.cooperation.faults.wire import SERVICE_FAULTS

TRANSACTIONS = 5
"""As many as a turn has: opened, begun, kept, concluded, and one more."""


class LetterWrite(StrEnum):
    """Writes of a letter of investigation."""

    CREATION = "ASSIST_CREATION"
    ACCEPTANCE = "ASSIST_ACCEPTANCE"
    REPLY = "ASSIST_REPLY"
    SECOND_REPLY = "SECOND_REPLY"
    """Of a letter that was reopened before its first reply was sent."""
    AMENDMENT = "AMENDMENT"
    """Where the system has the first reply: nothing is sent, and its city has a task."""


_TO_SEND = ("send",)
_TO_INVESTIGATE = (*_TO_SEND, "receive", "accept", "investigate")
_TO_REPORT = (*_TO_INVESTIGATE, "draft_report", "report")
_AGAIN = ("reopen", "investigate", "draft_report", "report")
_HOUR, _AT_ONCE = 3600.0, 0.0
_LETTERS: Mapping[LetterWrite, tuple[OperationName, tuple[str, ...], tuple[str, ...]]] = {
    LetterWrite.CREATION: (OperationName.ASSIST_CREATION, _TO_SEND, ()),
    LetterWrite.ACCEPTANCE: (OperationName.ASSIST_ACCEPTANCE, _TO_INVESTIGATE, ()),
    LetterWrite.REPLY: (OperationName.ASSIST_REPLY, _TO_REPORT, ()),
    LetterWrite.SECOND_REPLY: (OperationName.ASSIST_REPLY, _TO_REPORT, _AGAIN),
    LetterWrite.AMENDMENT: (OperationName.ASSIST_REPLY, (*_TO_REPORT, *_AGAIN), ()),
}
"""The write that is befallen, what officers do an hour apart, and what they do at once after that."""


_TRANSFERS = (OperationKind.DISPUTE_TRANSFER, OperationKind.INSPECTION_TRANSFER)


@dataclass(frozen=True)
class Case:
    """What befalls the first turn at one kind of write in one city; the second one takes over in peace."""

    kind: OperationKind | LetterWrite
    city: str
    fault: TurnFault

    @property
    def name(self) -> str:
        fault = self.fault
        parts = (self.kind, self.city, fault.wire, fault.kill_at, fault.database, fault.doubled_at)
        return " ".join(str(part) for part in parts if part is not None)


def cases() -> Iterator[Case]:
    """All of them, always in the same order."""
    kinds = (*CARD_KINDS, OperationKind.CERTIFICATION, *LetterWrite)
    deaths = (None, *STEPS, *POINTS)
    faults = [TurnFault(kill_at, wire) for wire, kill_at in product((None, *SERVICE_FAULTS), deaths)]
    faults += [TurnFault(kill_at, doubled_at=point) for point, kill_at in product(POINTS, deaths)]
    faults += [TurnFault(database=(number, after)) for number, after in product(range(TRANSACTIONS), (False, True))]
    yield from (Case(kind, city, fault) for kind, city, fault in product(kinds, (HANGZHOU, HUANGSHAN), faults))
    yield from (Case(kind, HANGZHOU, fault) for kind, fault in product(_TRANSFERS, faults))


@cache
def all_cases() -> tuple[Case, ...]:
    """The same, as a list that is made once."""
    return tuple(cases())


async def run_case(case: Case, store: FailingStore, folder: Path) -> Report:
    """One run."""
    run = Simulation(case.name, store, folder, ())
    kind = case.kind
    plan = _plan_letter if isinstance(kind, LetterWrite) else _plan_transfer if kind in _TRANSFERS else _plan_service
    report = await run.run(lambda: plan(run, case))
    report.faults[str(case.fault.wire or case.fault.kill_at or case.fault.doubled_at or "database")] += 1
    return report


def _plan_service(run: Simulation, case: Case) -> None:
    """What is released or replaced was lost before, in peace."""
    card = run.maker.cards[case.city][0]
    assert isinstance(case.kind, OperationKind)
    before = [OperationKind.FORMAL_LOSS] * (case.kind in (OperationKind.RELEASE, OperationKind.REPLACEMENT))
    intents = [run.maker.about_card(kind, case.city, card) for kind in before]
    is_certification = case.kind is OperationKind.CERTIFICATION
    intents.append(
        run.maker.certification(case.city) if is_certification else run.maker.about_card(case.kind, case.city, card)
    )
    run.scripted = [*(TurnFault() for _ in before), case.fault]
    for number, intent in enumerate(intents):
        run.tell_at(number, Wish(intent))


def _plan_letter(run: Simulation, case: Case) -> None:
    """The city asks or is asked; the other city's turns go on in peace."""
    assert isinstance(case.kind, LetterWrite)
    write, apart, at_once = _LETTERS[case.kind]
    intent = run.maker.investigation(run.random.choice((HANGZHOU, HUANGSHAN)))
    number = f"I{intent.officer.city}-2026-000001"
    run.target = (write, case.city)
    run.scripted = [*(TurnFault() for _ in range(case.kind is LetterWrite.AMENDMENT)), case.fault]
    run.tell_at(_AT_ONCE, Wish(intent))
    for place, action in enumerate(apart, start=1):
        run.act_at(place * _HOUR, number, action)
    for action in at_once:
        run.act_at(len(apart) * _HOUR, number, action)


def _plan_transfer(run: Simulation, case: Case) -> None:
    """Huangshan sends the case, Hangzhou's handler has it registered."""
    assert isinstance(case.kind, OperationKind)
    intent = run.maker.transfer(case.kind)
    number, office = f"T{HUANGSHAN}-2026-000001", intent.addressee_office
    handler = Officer("3001", HANGZHOU, office, Duty.HANDLER)
    run.scripted = [case.fault]
    run.tell_at(_AT_ONCE, Wish(intent))
    run.take_at(_HOUR, number, "send", Officer("1009", HUANGSHAN, office, Duty.REVIEWER))
    run.take_at(2 * _HOUR, number, "receive", handler)
    run.take_at(3 * _HOUR, number, "register", handler)

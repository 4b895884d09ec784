"""Every write of both cities, with every fault of the wire, dying at every boundary: one operation a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from cooperation.kinds import OperationKind
from tests.cooperation.faults.intents import CARD_KINDS, HANGZHOU, HUANGSHAN, Wish
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import POINTS, STEPS
from tests.cooperation.faults.simulation import Simulation
from tests.cooperation.faults.turn_faults import TurnFault
from tests.cooperation.faults.wire import SERVICE_FAULTS

TRANSACTIONS = 5
"""As many as a turn has: opened, begun, kept, concluded, and one more."""


@dataclass(frozen=True)
class Case:
    """What befalls the first turn at one kind of operation in one city; the second one takes over in peace."""

    kind: OperationKind
    city: str
    fault: TurnFault

    @property
    def name(self) -> str:
        fault = self.fault
        parts = (self.kind, self.city, fault.wire, fault.kill_at, fault.database, fault.doubled_at)
        return " ".join(str(part) for part in parts if part is not None)


def cases() -> Iterator[Case]:
    """All of them, always in the same order."""
    kinds = (*CARD_KINDS, OperationKind.CERTIFICATION)
    deaths = (None, *STEPS, *POINTS)
    faults = [TurnFault(kill_at, wire) for wire, kill_at in product((None, *SERVICE_FAULTS), deaths)]
    faults += [TurnFault(kill_at, doubled_at=point) for point, kill_at in product(POINTS, deaths)]
    faults += [TurnFault(database=(number, after)) for number, after in product(range(TRANSACTIONS), (False, True))]
    yield from (Case(kind, city, fault) for kind, city, fault in product(kinds, (HANGZHOU, HUANGSHAN), faults))


async def run_case(case: Case, url: str, folder: Path) -> Report:
    """One run. What is released or replaced was lost before, in peace."""
    run = Simulation(case.name, url, folder, ())
    card = run.maker.cards[case.city][0]
    before = [OperationKind.FORMAL_LOSS] * (case.kind in (OperationKind.RELEASE, OperationKind.REPLACEMENT))
    intents = [run.maker.about_card(kind, case.city, card) for kind in before]
    is_certification = case.kind is OperationKind.CERTIFICATION
    intents.append(
        run.maker.certification(case.city) if is_certification else run.maker.about_card(case.kind, case.city, card)
    )
    run.scripted = [*(TurnFault() for _ in before), case.fault]
    report = await run.run([Wish(intent) for intent in intents])
    report.faults[str(case.fault.wire or case.fault.kill_at or case.fault.doubled_at or "database")] += 1
    return report

"""Faults of the cities' systems for one turn, and outages that last."""

from __future__ import annotations

from random import Random

from cooperation.store.rows import DeliveryRow
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.faults import Fault, FaultKind
from tests.cooperation.faults.intents import HANGZHOU

_HANGZHOU_NAMES = {
    OperationName.CARD_TEMPORARY_LOSS: "reportCardLoss",
    OperationName.CARD_FORMAL_LOSS: "reportCardLoss",
    OperationName.CARD_RELEASE: "releaseCard",
    OperationName.CARD_REPLACEMENT: "applyCard",
    OperationName.PENSION_CERTIFICATION: "certify",
    OperationName.ASSIST_CREATION: "createAssist",
    OperationName.ASSIST_ACCEPTANCE: "acceptAssist",
    OperationName.ASSIST_REPLY: "replyAssist",
    OperationName.DISPUTE_TRANSFER: "registerTransfer",
    OperationName.INSPECTION_TRANSFER: "registerTransfer",
}
_HUANGSHAN_NAMES = {
    OperationName.CARD_TEMPORARY_LOSS: "临时挂失",
    OperationName.CARD_FORMAL_LOSS: "正式挂失",
    OperationName.CARD_RELEASE: "解除挂失",
    OperationName.CARD_REPLACEMENT: "申请社保卡",
    OperationName.ASSIST_CREATION: "C030001",
    OperationName.ASSIST_ACCEPTANCE: "C030002",
    OperationName.ASSIST_REPLY: "C030003",
}
_HUANGSHAN_SYSTEMS = {
    OperationName.PENSION_CERTIFICATION: "huangshan_database",
    OperationName.ASSIST_CREATION: "huangshan_injury_service",
    OperationName.ASSIST_ACCEPTANCE: "huangshan_injury_service",
    OperationName.ASSIST_REPLY: "huangshan_injury_service",
}

SERVICE_FAULTS: dict[str, Fault] = {
    "cut_before_effect": Fault(FaultKind.REFUSE, count=1),
    "cut_after_effect": Fault(FaultKind.REFUSE, count=1, effect_done=True),
    "slow": Fault(FaultKind.LATENCY, seconds=0.03, count=2),
    "effect_after_timeout": Fault(FaultKind.LATENCY, seconds=0.9, count=1),
    "hang_before_effect": Fault(FaultKind.HANG, count=1),
    "hang_after_effect": Fault(FaultKind.HANG, count=1, effect_done=True),
    "maintenance": Fault(FaultKind.MAINTENANCE, count=1),
    "html": Fault(FaultKind.HTML, count=1),
    "soap_fault": Fault(FaultKind.SOAP_FAULT, count=1),
    "business_error": Fault(FaultKind.BUSINESS_ERROR, count=1),
    "expired_token": Fault(FaultKind.EXPIRED_TOKEN, count=1),
    "wrong_charset": Fault(FaultKind.WRONG_CHARSET, count=1),
    "busy": Fault(FaultKind.BUSY, count=1),
    "doubled": Fault(FaultKind.DOUBLED, count=1),
}
"""Each befalls the next call of the write itself, or any call."""
RARE = ("effect_after_timeout", "hang_before_effect", "hang_after_effect")
"""They take as long as a call may."""
DATABASE_FAULTS: dict[str, Fault] = {
    "cut_before_effect": Fault(FaultKind.REFUSE),
    "maintenance": Fault(FaultKind.MAINTENANCE),
    "slow": Fault(FaultKind.LATENCY, seconds=0.03),
}


class Wire:
    """The way to the systems of one run's cities."""

    def __init__(self, bureaus: Bureaus) -> None:
        self._bureaus = bureaus
        self._outages: dict[str, Fault] = {}

    async def befall(self, delivery: DeliveryRow, name: str, *, only_write: bool) -> None:
        """Have one fault befall a delivery's next turn."""
        system = system_of(delivery)
        if system in self._outages:
            return
        if system == "huangshan_database":
            fault = DATABASE_FAULTS[name if name in DATABASE_FAULTS else "slow"]
        else:
            fault = SERVICE_FAULTS[name]
            if name == "doubled" and delivery.write == OperationName.CARD_REPLACEMENT:
                # A request that the network doubles is two applications there: no caller can prevent it.
                return
            if only_write:
                fault = _only(fault, (_name(delivery),))
        await self._bureaus.systems[system].set_fault(fault)

    async def mend(self, delivery: DeliveryRow) -> None:
        """The turn is over; an outage goes on."""
        system = system_of(delivery)
        if self._bureaus.systems[system].fault != self._outages.get(system):
            await self._bureaus.systems[system].set_fault(self._outages.get(system))

    async def break_down(self, system: str, random: Random) -> None:
        """An outage begins."""
        kind = random.choice((FaultKind.REFUSE, FaultKind.MAINTENANCE))
        if system == "huangshan_database":
            # A file that refuses is waited for as long as a call may take, by each of some hundred turns.
            kind = FaultKind.MAINTENANCE
        self._outages[system] = Fault(kind)
        await self._bureaus.systems[system].set_fault(self._outages[system])

    def is_down(self, system: str) -> bool:
        """Whether an outage lasts."""
        return system in self._outages

    async def come_back(self, system: str) -> None:
        """It ends."""
        self._outages.pop(system, None)
        await self._bureaus.systems[system].set_fault(None)


def system_of(delivery: DeliveryRow) -> str:
    """Which system a delivery is for."""
    if delivery.city == HANGZHOU:
        return "hangzhou_core_service"
    return _HUANGSHAN_SYSTEMS.get(OperationName(delivery.write), "huangshan_card_service")


def _name(delivery: DeliveryRow) -> str:
    names = _HANGZHOU_NAMES if delivery.city == HANGZHOU else _HUANGSHAN_NAMES
    return names[OperationName(delivery.write)]


def _only(fault: Fault, operations: tuple[str, ...]) -> Fault:
    return Fault(fault.kind, fault.seconds, count=fault.count, operations=operations, effect_done=fault.effect_done)

"""The cases that one city's system has registered because another city handed them over (移送案件)."""

from __future__ import annotations

from msgspec import Struct

from legacy_adapters.clock import Clock
from legacy_adapters.sandbox.population.world import Place
from legacy_adapters.sandbox.services.write_log import WriteLog

_LETTERS = {"1": "ZY", "2": "JY"}
"""What numbers of disputes and of inspections have behind the city's letters."""


class TransferredCase(Struct, frozen=True):
    """One case; `kind` is `1` a labour dispute, `2` an inspection. Worker and employer may each be empty, not both."""

    number: str
    transfer_number: str
    sending_city: str
    sending_number: str
    kind: str
    id_number: str
    credit_code: str
    grounds: str
    registered_on: str


class TransferFile:
    """Cases by the city's own number, and by the sending city's number of the transfer."""

    def __init__(self, place: Place, clock: Clock, writes: WriteLog) -> None:
        self._prefix = place.case_letters
        self._clock = clock
        self._cases: dict[str, TransferredCase] = {}
        self._by_transfer: dict[tuple[str, str], TransferredCase] = {}
        for case in writes.changed(TransferredCase):
            self.keep(case)

    def get(self, number: str) -> TransferredCase | None:
        """The case with the city's own number."""
        return self._cases.get(number.strip())

    def by_transfer(self, sending_city: str, transfer_number: str) -> TransferredCase | None:
        """The case with the sending city's number of the transfer."""
        return self._by_transfer.get((sending_city.strip(), transfer_number.strip()))

    def next_number(self, kind: str) -> str:
        """The number of the next case of a kind."""
        return f"{self._prefix}{_LETTERS[kind]}{self._clock():%Y}{len(self._cases) + 1:05d}"

    def today(self) -> str:
        """The day on the city's clock."""
        return self._clock().date().isoformat()

    def keep(self, case: TransferredCase) -> None:
        """Take over a case that is new."""
        self._cases[case.number] = case
        self._by_transfer[case.sending_city, case.transfer_number] = case

"""What an adapter is given about its legacy system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from legacy_adapters.clock import CITY_ZONE, Clock
from legacy_adapters.configuration import SystemConfig
from legacy_adapters.errors import AdapterError, SystemRefused
from legacy_adapters.records.provenance import CityCode, Provenance

E = TypeVar("E", bound=AdapterError)


@dataclass(frozen=True, slots=True)
class LegacySystem:
    """One legacy system of one city.

    Attributes:
        name: as the city's configuration calls it; provenance and errors carry it.
        city: the city's GB/T 2260 code.
        config: how to reach it.
        clock: gives the moment of a read.
    """

    name: str
    city: CityCode
    config: SystemConfig
    clock: Clock

    def error(self, kind: type[E], reason: str) -> E:
        """An error of this system; `reason` is plain words without a citizen's data."""
        return kind(self.name, self.city, reason)

    def login_refused(self, reason: str) -> SystemRefused:
        """The error for credentials that are not accepted."""
        return SystemRefused(self.name, self.city, reason, is_login=True)

    def provenance(self) -> Provenance:
        """Provenance of what is read at this moment, on the city's clock, to the second."""
        moment = self.clock().astimezone(CITY_ZONE)
        return Provenance(self.name, self.city, moment.isoformat(timespec="seconds"))

"""What an adapter is given about its legacy system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from legacy_adapters.clock import CITY_ZONE, Clock
from legacy_adapters.closing_hours import closed_until
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

    def error(self, kind: type[E], reason: str, raw_code: str | None = None) -> E:
        """An error of this system; `reason` is plain words, `raw_code` its own code, without a citizen's data."""
        return kind(self.name, self.city, reason, raw_code)

    def login_refused(self, reason: str, raw_code: str | None = None) -> SystemRefused:
        """The error for credentials that are not accepted."""
        return SystemRefused(self.name, self.city, reason, raw_code, is_login=True)

    def closed_until(self) -> str | None:
        """When the declared closing hours that run now end, on the city's clock; None while it is open."""
        end = closed_until(self.config.closed, self.clock().astimezone(CITY_ZONE))
        return None if end is None else end.isoformat(timespec="seconds")

    def provenance(self) -> Provenance:
        """Provenance of what is read at this moment, on the city's clock, to the second."""
        moment = self.clock().astimezone(CITY_ZONE)
        return Provenance(self.name, self.city, moment.isoformat(timespec="seconds"))

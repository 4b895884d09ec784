"""In: a city's configuration. Out: the city, its sources by domain, opened.

Opening makes no call to any legacy system: descriptions are packaged, connections are made when first needed. So a
city opens while its systems are down, and answers for those that are up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, TypeAlias, cast

from legacy_adapters.clock import Clock
from legacy_adapters.configuration import CityConfig, ConfigurationInvalid, read_city_config
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.opening import open_city_operations
from legacy_adapters.operations.protocols import CityOperations
from legacy_adapters.records.provenance import CityCode
from legacy_adapters.resilience import SystemHealth
from legacy_adapters.sources import CardsSource, CasesSource, PensionsSource, PeopleSource
from legacy_adapters.system import LegacySystem

__all__ = [
    "ADAPTERS",
    "OPERATIONS",
    "City",
    "CityConfig",
    "ConfigurationInvalid",
    "LegacyAdapter",
    "open_city",
    "open_operations",
    "read_city_config",
]

# Every adapter's package has a module `adapter` with a function `open_adapter`.
ADAPTERS: Mapping[str, tuple[str, ...]] = {
    "hangzhou_core_service": ("pensions", "cases"),
    "hangzhou_database": ("people", "cards"),
    "huangshan_card_service": ("cards",),
    "huangshan_database": ("people", "pensions"),
    "huangshan_injury_service": ("cases",),
    "huangshan_labour_database": ("cases",),
}
"""The adapters there are, and the domains each can answer for."""

_CARD_OPERATIONS = frozenset(
    {
        OperationName.CARD_TEMPORARY_LOSS,
        OperationName.CARD_FORMAL_LOSS,
        OperationName.CARD_RELEASE,
        OperationName.CARD_REPLACEMENT,
        OperationName.CARD_ACTIVATION,
    }
)
_ASSIST_OPERATIONS = frozenset(
    {OperationName.ASSIST_CREATION, OperationName.ASSIST_ACCEPTANCE, OperationName.ASSIST_REPLY}
)
_TRANSFER_OPERATIONS = frozenset({OperationName.DISPUTE_TRANSFER, OperationName.INSPECTION_TRANSFER})
OPERATIONS: Mapping[str, frozenset[OperationName]] = {
    "hangzhou_core_service": (
        _CARD_OPERATIONS | _ASSIST_OPERATIONS | _TRANSFER_OPERATIONS | {OperationName.PENSION_CERTIFICATION}
    ),
    "huangshan_card_service": _CARD_OPERATIONS,
    "huangshan_database": frozenset({OperationName.PENSION_CERTIFICATION}),
    "huangshan_injury_service": _ASSIST_OPERATIONS,
}
"""The adapters that change anything, and the operations each has; the adapter's object has a method `operations`."""


class LegacyAdapter(Protocol):
    """What every adapter has beside the sources it implements."""

    def health(self) -> SystemHealth: ...

    async def aclose(self) -> None: ...


AdapterOpener: TypeAlias = Callable[[LegacySystem], Awaitable[LegacyAdapter]]


@dataclass(frozen=True, slots=True)
class City:
    """One city with its opened adapters.

    Attributes:
        code: GB/T 2260 code, e.g. 330100.
        name: as citizens read it, e.g. 杭州市.
        slug: as addresses carry it, e.g. hangzhou.
        people, cards, pensions, cases: the sources of each domain, in the configuration's order; may be empty.
        adapters: every opened adapter by its system's name.
    """

    code: CityCode
    name: str
    slug: str
    people: tuple[PeopleSource, ...]
    cards: tuple[CardsSource, ...]
    pensions: tuple[PensionsSource, ...]
    cases: tuple[CasesSource, ...]
    adapters: Mapping[str, LegacyAdapter]

    def health(self) -> tuple[SystemHealth, ...]:
        """How each legacy system has fared, in the configuration's order."""
        return tuple(adapter.health() for adapter in self.adapters.values())

    async def aclose(self) -> None:
        """Close every connection to the city's systems."""
        await asyncio.gather(*(adapter.aclose() for adapter in self.adapters.values()))


async def open_city(config: CityConfig, clock: Clock) -> City:
    """Open the adapters of one city. Raises ConfigurationInvalid for an adapter that is unknown or out of place."""
    _check_adapters(config)
    adapters = {
        name: await _opener(system.adapter)(LegacySystem(name, config.code, system, clock))
        for name, system in config.systems.items()
    }
    return City(
        code=config.code,
        name=config.name,
        slug=config.slug,
        # `_check_adapters` has proved that each of these adapters answers for the domain.
        people=cast("tuple[PeopleSource, ...]", _of(adapters, config.domains.people)),
        cards=cast("tuple[CardsSource, ...]", _of(adapters, config.domains.cards)),
        pensions=cast("tuple[PensionsSource, ...]", _of(adapters, config.domains.pensions)),
        cases=cast("tuple[CasesSource, ...]", _of(adapters, config.domains.cases)),
        adapters=adapters,
    )


def open_operations(config: CityConfig, city: City) -> CityOperations:
    """What the opened city's systems do on request; calls none of them, and is closed with the city."""
    return open_city_operations(config, city.adapters, city.pensions)


def _opener(adapter: str) -> AdapterOpener:
    # By name, so that a process loads the drivers of its own cities' systems only.
    module = import_module(f"legacy_adapters.{adapter}.adapter")
    return cast("AdapterOpener", module.open_adapter)


def _of(adapters: Mapping[str, LegacyAdapter], names: tuple[str, ...]) -> tuple[LegacyAdapter, ...]:
    return tuple(adapters[name] for name in names)


def _check_adapters(config: CityConfig) -> None:
    problems = [
        f"systems.{name}.adapter {system.adapter} is unknown; known are {', '.join(ADAPTERS)}."
        for name, system in config.systems.items()
        if system.adapter not in ADAPTERS
    ]
    for domain in config.domains.__struct_fields__:
        for name in getattr(config.domains, domain):
            adapter = config.systems[name].adapter
            if adapter in ADAPTERS and domain not in ADAPTERS[adapter]:
                problems.append(f"domains.{domain} names {name}, whose adapter {adapter} does not answer for it.")
    for operation, settings in config.operations.items():
        if settings.system is not None:
            adapter = config.systems[settings.system].adapter
            if adapter in ADAPTERS and operation not in OPERATIONS.get(adapter, ()):
                problems.append(
                    f"operations.{operation} names {settings.system}, whose adapter {adapter} does not do it."
                )
    if problems:
        raise ConfigurationInvalid(config.slug, tuple(problems))

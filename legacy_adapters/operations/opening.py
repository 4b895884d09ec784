"""In: a city's configuration and its opened adapters. Out: its operations, and the matrix of what it offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from legacy_adapters.configuration import CityConfig, OperationConfig
from legacy_adapters.errors import AdapterError
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.protocols import AdapterOperations, Capability, CityOperations
from legacy_adapters.records.pensions import PensionRecord, PensionStatus
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.sources import PensionsSource

UNDECLARED = "The city's configuration does not name a system for it."


class WritingAdapter(Protocol):
    """An adapter that offers operations."""

    def operations(self, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
        """Of the configured ones, those that the system has."""


class PensionsInPayment:
    """A `BenefitsSource` over all of a city's sources of pensions."""

    def __init__(self, sources: Sequence[PensionsSource]) -> None:
        self._sources = sources

    async def benefits_paying(self, national_id: NationalId) -> Sequence[PensionRecord]:
        paying: list[PensionRecord] = []
        for source in self._sources:
            found = (await source.pensions([national_id])).get(national_id, ())
            if isinstance(found, AdapterError):
                raise found
            paying.extend(record for record in found if record.status is PensionStatus.PAYING)
        return sorted(paying, key=lambda record: record.started_on or "", reverse=True)


def open_city_operations(
    config: CityConfig, adapters: Mapping[str, object], pensions: Sequence[PensionsSource]
) -> CityOperations:
    """The operations of the city whose adapters, by their systems' names, these are."""
    offered = [
        cast("WritingAdapter", adapters[system]).operations(_settings_of(config, system))
        for system in dict.fromkeys(each.system for each in config.operations.values() if each.system is not None)
    ]
    writes = {name: write for operations in offered for name, write in operations.writes.items()}
    return CityOperations(
        code=config.code,
        **{name: writes.get(name) for name in OperationName if name in CityOperations.__slots__},
        replacements=next((each.replacements for each in offered if each.replacements is not None), None),
        assists=next((each.assists for each in offered if each.assists is not None), None),
        benefits=PensionsInPayment(pensions),
        matrix=tuple(_capability(name, config, AdapterOperations(writes)) for name in OperationName),
    )


def _settings_of(config: CityConfig, system: str) -> dict[OperationName, OperationConfig]:
    return {name: settings for name, settings in config.operations.items() if settings.system == system}


def _capability(name: OperationName, config: CityConfig, offered: AdapterOperations) -> Capability:
    settings, write = config.operations.get(name), offered.writes.get(name)
    if settings is None or settings.system is None or write is None:
        missing = UNDECLARED if settings is None else settings.missing or UNDECLARED
        return Capability(name, config.code, missing, (), {}, (), None)
    return Capability(
        name,
        config.code,
        None,
        settings.functions,
        settings.expires_after_days,
        config.systems[settings.system].closed,
        write.knowledge,
    )

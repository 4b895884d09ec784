"""In: `cooperation.yaml`. Out: each city's rules, checked whole.

```yaml
rules: {accept_working_days: 2}          # of every city
cities:
  "341000": {report_working_days: 20}    # what is different there
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import Struct

from cooperation.calendar.working_days import MAX_WORKING_DAYS
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.protocols import CityOperations, LegacyWrite

IMMEDIATE_SECONDS = 3.0


class CooperationConfigInvalid(ValueError):
    """The configuration cannot be used; the sentence names the file and the keys."""


class CityRules(Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one city for what it is asked.

    Attributes:
        accept_working_days, report_working_days, extension_working_days: its deadlines; the agreement names none.
        certification_days: how many days back a certification may have been passed when it is asked for.
        temporary_loss_hours: a temporary loss delivered later than this after its report is useless: people are told.
        write_hours: any other write that has not been delivered for so long becomes a person's task; so does a
            certification that the city's system has taken up and has not entered for so long.
        attempts: how often a write is sent at most; each further one after a read has shown it void.
        deliveries_at_once: how many deliveries that are behind a process works at in the city's systems at a time; what
            they bear besides is left to who reads, and to what is accepted now.
    """

    accept_working_days: int = 2
    report_working_days: int = 15
    extension_working_days: int = 10
    certification_days: int = 10
    temporary_loss_hours: float = 24.0
    write_hours: float = 168.0
    attempts: int = 5
    deliveries_at_once: int = 4


class CooperationConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Attributes:
    rules: of every city.
    cities: by GB/T 2260 code, what differs there.
    retention_years: how long after its end an operation's content is kept; then all about citizens is erased.
    changes_days: how long the change feed keeps a change, at least; who asks behind an older one is told so.
    workflow_days: how long DBOS keeps a workflow that has ended; it holds a delivery's number, line and pauses.
    immediate_seconds: how long a mutation waits for the effect of what it was given before it answers "queued".
    webhook_origins: where changes may be posted to, e.g. https://partner.example; none, and nobody can register.
        A webhook whose address is not below one of them any more is switched off.
    """

    rules: CityRules = CityRules()
    cities: dict[str, dict[str, int | float]] = {}
    retention_years: float = 3.0
    changes_days: float = 90.0
    workflow_days: float = 14.0
    immediate_seconds: float = IMMEDIATE_SECONDS
    webhook_origins: tuple[str, ...] = ()

    def city_rules(self, city: str) -> CityRules:
        """What holds in a city."""
        differing = self.cities.get(city)
        return self.rules if differing is None else _with(self.rules, differing)


def read_cooperation_config(path: Path) -> CooperationConfig:
    """Read the file. Raises CooperationConfigInvalid."""
    try:
        document = yaml.safe_load(path.read_text("utf-8")) or {}
        config = msgspec.convert(document, CooperationConfig)
        problems = tuple(_problems(config))
    except yaml.YAMLError as error:
        raise CooperationConfigInvalid(f"{path.name} is not YAML.") from error
    except msgspec.ValidationError as error:
        raise CooperationConfigInvalid(f"{path.name}: {error}.") from error
    if problems:
        raise CooperationConfigInvalid(f"{path.name}: {' '.join(problems)}")
    return config


def check_settling(config: CooperationConfig, cities: Mapping[str, CityOperations]) -> None:
    """Raise CooperationConfigInvalid where a write could not be settled in the hours that it has."""
    problems = tuple(_unsettled(config, cities))
    if problems:
        raise CooperationConfigInvalid(" ".join(problems))


def _unsettled(config: CooperationConfig, cities: Mapping[str, CityOperations]) -> Iterator[str]:
    for city, operations in cities.items():
        rules = config.city_rules(city)
        for name in OperationName:
            write: LegacyWrite[Any] | None = getattr(operations, name.value, None)
            key = "temporary_loss_hours" if name is OperationName.CARD_TEMPORARY_LOSS else "write_hours"
            hours: float = getattr(rules, key)
            if write is not None and write.knowledge.longest_seconds + write.knowledge.settling_seconds >= hours * 3600:
                yield f"{key} of {city} must be longer than {name} takes to settle there: {hours:g} hours are not."


def _with(rules: CityRules, differing: dict[str, int | float]) -> CityRules:
    return msgspec.convert(msgspec.to_builtins(rules) | differing, CityRules)


def _problems(config: CooperationConfig) -> Iterator[str]:
    yield from _impossible("rules", config.rules)
    for city, differing in config.cities.items():
        yield from _impossible(f"cities.{city}", _with(config.rules, differing))
    for key in ("retention_years", "changes_days", "workflow_days"):
        if getattr(config, key) <= 0:
            yield f"{key} must be above zero."
    if config.immediate_seconds < 0:
        yield "immediate_seconds must not be below zero."


def _impossible(where: str, rules: CityRules) -> Iterator[str]:
    for key in ("accept_working_days", "report_working_days", "extension_working_days"):
        if not 1 <= getattr(rules, key) <= MAX_WORKING_DAYS:
            yield f"{where}.{key} must be 1 to {MAX_WORKING_DAYS}."
    for key in ("certification_days", "temporary_loss_hours", "write_hours", "attempts", "deliveries_at_once"):
        if getattr(rules, key) <= 0:
            yield f"{where}.{key} must be above zero."

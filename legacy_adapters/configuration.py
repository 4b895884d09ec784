"""In: a city's YAML file and the environment. Out: a `CityConfig`, checked whole; every mistake is named in one error.

```yaml
code: "330100"
name: 杭州市
slug: hangzhou
systems:
  hangzhou_database: {adapter: hangzhou_database, url: "${env.HANGZHOU_DATABASE_URL:-sqlite:///hangzhou.db}"}
domains:
  people: [hangzhou_database]
operations:
  card_release: {missing: Cards are released at a counter of the issuing city.}
```
"""

from __future__ import annotations

import difflib
import math
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from legacy_adapters.closing_hours import are_hours
from legacy_adapters.operations.commands import CardFunction, OperationName
from legacy_adapters.records.provenance import CityCode

DEFAULT_TIMEOUT_SECONDS = 5.0
DEFAULT_MAX_CONCURRENCY = 8
DEFAULT_RETRIES = 1
DEFAULT_FAILURES_TO_OPEN = 5
DEFAULT_OPEN_SECONDS = 10.0
DEFAULT_SETTLING_SECONDS = 60.0

DOMAINS = ("people", "cards", "pensions", "cases")

_REFERENCE = re.compile(r"\$\{env\.([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_CITY_CODE = re.compile(r"[1-9][0-9]{5}")
_SECRET_PARAMETERS = ("pass", "pwd", "secret", "token", "key")


class ConfigurationInvalid(ValueError):
    """A city's configuration cannot be used; `problems` are sentences that name the keys."""

    def __init__(self, origin: str, problems: tuple[str, ...]) -> None:
        super().__init__(f"{origin}: {' '.join(problems)}")
        self.origin = origin
        self.problems = problems


class SystemConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach one legacy system, and how hard it may be used.

    `timeout_seconds` bounds one call with its retries; `max_concurrency` is what the system's owner allows this
    process; after `failures_to_open` failures in a row the system rests for `open_seconds`. In its `closed` hours,
    `22:30-06:00` on the city's clock, nothing is written.
    """

    adapter: str
    url: str
    username: str = ""
    password: str = ""
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    max_concurrency: int = DEFAULT_MAX_CONCURRENCY
    retries: int = DEFAULT_RETRIES
    failures_to_open: int = DEFAULT_FAILURES_TO_OPEN
    open_seconds: float = DEFAULT_OPEN_SECONDS
    closed: tuple[str, ...] = ()

    @property
    def longest_call_seconds(self) -> float:
        """How long a call takes at most: waiting for a place may take `timeout_seconds`, and the call as much again."""
        return 2 * self.timeout_seconds

    def __repr__(self) -> str:
        return f"SystemConfig(adapter={self.adapter!r}, url={mask_url(self.url)!r}, username={self.username!r})"


class DomainsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Which systems answer for which domain; a domain the city does not serve has none."""

    people: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    pensions: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()


class OperationConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How the city does one operation: by the `system` that takes it, or not; `missing` says then which way is left.

    `functions` of a card that it reaches; `expires_after_days` of a temporary loss, by function; for
    `settling_seconds` after a write that broke off, its effect may still come about: the system's `timeout_seconds`
    at least.
    """

    system: str | None = None
    missing: str | None = None
    functions: tuple[CardFunction, ...] = ()
    expires_after_days: dict[CardFunction, int] = {}
    settling_seconds: float = DEFAULT_SETTLING_SECONDS


class CityConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """One city: its GB/T 2260 code, its name, its name in addresses, its legacy systems and what they are for."""

    code: CityCode
    name: str
    slug: str
    systems: dict[str, SystemConfig]
    domains: DomainsConfig
    operations: dict[OperationName, OperationConfig] = {}


def read_city_config(path: Path, environment: Mapping[str, str] | None = None) -> CityConfig:
    """Read one city's file. Raises ConfigurationInvalid, which names every mistake found."""
    text = path.read_text(encoding="utf-8")
    return parse_city_config(text, path.name, os.environ if environment is None else environment)


def parse_city_config(text: str, origin: str, environment: Mapping[str, str]) -> CityConfig:
    """Read a city's configuration from `text`; `origin` names it in errors."""
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationInvalid(origin, (f"This is not YAML: {_position(error)}.",)) from None
    document = _interpolate(raw, origin, environment)
    unknown = tuple(_unknown_keys(document))
    if unknown:
        raise ConfigurationInvalid(origin, unknown)
    try:
        # Not strict: numbers that come from the environment are text.
        config = msgspec.convert(document, CityConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigurationInvalid(origin, (f"{error}.",)) from None
    problems = tuple(_contradictions(config))
    if problems:
        raise ConfigurationInvalid(origin, problems)
    return config


def mask_url(url: str) -> str:
    """The same address with its password hidden, whether it stands before the host or among the parameters.

    A password may hold any character, unescaped ones too: it begins at the first colon and ends at the last `@`.
    """
    scheme, separator, rest = url.partition("://")
    address, question, parameters = rest.partition("?")
    if "@" in parameters:
        # The question mark was the password's.
        address, question, parameters = rest, "", ""
    credentials, at, host = address.rpartition("@")
    user, colon, _ = credentials.partition(":")
    masked = "&".join(map(_mask_parameter, parameters.split("&")))
    return f"{scheme}{separator}{user}{colon and ':***'}{at}{host}{question}{masked}"


def _mask_parameter(parameter: str) -> str:
    name, equals, _ = parameter.partition("=")
    is_secret = any(word in name.lower() for word in _SECRET_PARAMETERS)
    return f"{name}{equals}***" if equals and is_secret else parameter


def _interpolate(document: object, origin: str, environment: Mapping[str, str]) -> object:
    """The document with every reference replaced, in values only: what a password contains is never read as YAML."""
    references = set(_references(document))
    missing = sorted({name for name, default in references if default is None and name not in environment})
    if missing:
        raise ConfigurationInvalid(
            origin, tuple(f"The environment variable {name} is not set and has no default." for name in missing)
        )
    return _replaced(document, environment)


def _references(value: object) -> Iterator[tuple[str, str | None]]:
    match value:
        case str():
            yield from ((match[1], match[2]) for match in _REFERENCE.finditer(value))
        case dict():
            for inner in value.values():
                yield from _references(inner)
        case list():
            for inner in value:
                yield from _references(inner)


def _replaced(value: object, environment: Mapping[str, str]) -> object:
    match value:
        case str():
            return _REFERENCE.sub(lambda match: environment.get(match[1], match[2] or ""), value)
        case dict():
            return {key: _replaced(inner, environment) for key, inner in value.items()}
        case list():
            return [_replaced(inner, environment) for inner in value]
        case _:
            return value


def _position(error: yaml.YAMLError) -> str:
    # The error's own text quotes the file, which may hold a password: only the place is told.
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else "the file cannot be read"


def _unknown_keys(document: object) -> Iterator[str]:
    yield from _unknown_among(document, CityConfig.__struct_fields__, "")
    if isinstance(document, dict):
        yield from _unknown_among(document.get("domains"), DomainsConfig.__struct_fields__, "domains.")
        yield from _unknown_among(document.get("operations"), tuple(OperationName), "operations.")
        yield from _unknown_inside(document, "systems", SystemConfig.__struct_fields__)
        yield from _unknown_inside(document, "operations", OperationConfig.__struct_fields__)


def _unknown_inside(document: dict[str, object], section: str, known: tuple[str, ...]) -> Iterator[str]:
    entries = document.get(section)
    if isinstance(entries, dict):
        for name, entry in entries.items():
            yield from _unknown_among(entry, known, f"{section}.{name}.")


def _unknown_among(value: object, known: tuple[str, ...], where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key in value:
            if key not in known:
                yield f"Unknown key {where}{key}{_nearest(str(key), known)}."


def _nearest(key: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {found[0]}" if found else f"; known are {', '.join(known)}"


def _contradictions(config: CityConfig) -> Iterator[str]:
    if not _CITY_CODE.fullmatch(config.code):
        yield "code must be six digits, a GB/T 2260 code."
    for domain in DOMAINS:
        for name in getattr(config.domains, domain):
            if name not in config.systems:
                nearest = _nearest(name, tuple(config.systems))
                yield f"domains.{domain} names {name}, which is not among systems{nearest}."
    for name, system in config.systems.items():
        yield from _impossible_limits(name, system)
    for operation, settings in config.operations.items():
        yield from _impossible_operation(operation, settings, config)


def _impossible_operation(operation: OperationName, settings: OperationConfig, config: CityConfig) -> Iterator[str]:
    where = f"operations.{operation}"
    if (settings.system is None) == (settings.missing is None):
        yield f"{where} must have either system or missing."
    if settings.system is not None and settings.system not in config.systems:
        nearest = _nearest(settings.system, tuple(config.systems))
        yield f"{where}.system names {settings.system}, which is not among systems{nearest}."
    if any(days <= 0 for days in settings.expires_after_days.values()):
        yield f"{where}.expires_after_days must be above zero."
    yield from _impossible_settling(where, settings, config.systems.get(settings.system or ""))


def _impossible_settling(where: str, settings: OperationConfig, system: SystemConfig | None) -> Iterator[str]:
    if settings.settling_seconds < 0:
        yield f"{where}.settling_seconds must not be below zero."
    elif not math.isfinite(settings.settling_seconds):
        yield f"{where}.settling_seconds must be a number of seconds that pass."
    elif system is not None and settings.settling_seconds < system.timeout_seconds:
        # What may be answered so late may be done so late.
        yield f"{where}.settling_seconds must not be below systems.{settings.system}.timeout_seconds."


def _impossible_limits(name: str, system: SystemConfig) -> Iterator[str]:
    for key in ("timeout_seconds", "max_concurrency", "failures_to_open", "open_seconds"):
        if getattr(system, key) <= 0:
            yield f"systems.{name}.{key} must be above zero."
        elif not math.isfinite(getattr(system, key)):
            yield f"systems.{name}.{key} must be a number of seconds that pass."
    if system.retries < 0:
        yield f"systems.{name}.retries must not be below zero."
    if not all(map(are_hours, system.closed)):
        yield f"systems.{name}.closed must be hours such as 22:30-06:00."

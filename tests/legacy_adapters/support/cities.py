"""The cities' own configuration files, pointed at the sandbox of a test."""

from __future__ import annotations

from pathlib import Path

from legacy_adapters.sandbox.bureaus import Bureaus

CITIES = Path(__file__).parents[3] / "cities"


def locations_of(bureaus: Bureaus) -> dict[str, str]:
    """The environment that leads a city's configuration to these bureaus."""
    return {f"BUREAUGRAPH_{name.upper()}_URL": _url(system.location) for name, system in bureaus.systems.items()}


def _url(location: str) -> str:
    return location if "://" in location else f"sqlite:///{location}"

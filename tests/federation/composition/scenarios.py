"""Scenarios of composition as text: several a file, each a behaviour, its error codes and its subgraphs.

==== behaviour => CODE CODE        (or: => ok)
---- name 2.9                      (the version's link with all directives is put in front; without it, nothing is)
type Query { … }
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from federation.composition import Subgraph
from federation.composition.specifications import DIRECTIVES

FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """One behaviour; `codes` are sorted."""

    file: str
    behaviour: str
    codes: tuple[str, ...]
    subgraphs: tuple[Subgraph, ...]

    @property
    def id(self) -> str:
        return f"{self.file}: {self.behaviour}"


def read_scenarios() -> list[Scenario]:
    """Give the scenarios of all files."""
    return [scenario for path in sorted(FOLDER.glob("*.scenarios")) for scenario in _read_file(path)]


def _read_file(path: Path) -> list[Scenario]:
    return [_read(path.stem, text) for text in path.read_text(encoding="utf-8").split("==== ")[1:]]


def _read(file: str, text: str) -> Scenario:
    head, *parts = text.split("---- ")
    behaviour, _, codes = head.partition(" => ")
    expected = () if codes.strip() == "ok" else tuple(sorted(codes.split()))
    return Scenario(file, behaviour.strip(), expected, tuple(_read_subgraph(part) for part in parts))


def _read_subgraph(text: str) -> Subgraph:
    head, _, sdl = text.partition("\n")
    name, _, version = head.partition(" ")
    return Subgraph(name, f"http://{name}", link(version) + sdl if version else sdl)


def link(version: str) -> str:
    """Write the link of a federation version that imports all of its directives."""
    major, minor = version.split(".")
    names = [name for name, spec in DIRECTIVES.items() if spec.at((int(major), int(minor))) is not None]
    imports = ", ".join(f'"@{name}"' for name in names)
    return f'extend schema @link(url: "https://specs.apollo.dev/federation/v{version}", import: [{imports}])\n'

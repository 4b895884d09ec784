"""What a legacy database is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import msgspec
from sqlalchemy import VARCHAR, Column, MetaData, Table

from legacy_adapters.sandbox.population.world import Parameters, World

Row: TypeAlias = Sequence[object]
TableRows: TypeAlias = Iterable[tuple[Table, Iterable[Row]]]


stamp_metadata = MetaData()
stamps = Table(
    "sandbox_stamp",
    stamp_metadata,
    Column("system", VARCHAR(40), nullable=False),
    Column("stamp", VARCHAR(200), nullable=False),
)
"""Says from which parameters a database was made."""


@dataclass(frozen=True, slots=True)
class DatabaseDefinition:
    """One legacy database.

    Attributes:
        system: its name.
        metadata: its published tables.
        export: the world as rows of these tables, in column order; `str` for NUMERIC, `datetime` for DateTime.
    """

    system: str
    metadata: MetaData
    export: Callable[[World], TableRows]

    @property
    def tables(self) -> list[Table]:
        """The tables in the order of their definition."""
        return list(self.metadata.tables.values())


def stamp_of(parameters: Parameters) -> str:
    """What a database made now from these parameters is stamped with; code that changes changes it."""
    code = hashlib.sha256()
    sandbox = Path(__file__).parents[1]
    for source in sorted([*sandbox.glob("population/*.py"), *sandbox.glob("databases/*.py"), *_table_modules(sandbox)]):
        code.update(source.read_bytes())
    code.update(msgspec.json.encode(parameters.places))
    values = f"people {parameters.people}, seed {parameters.seed}, day {parameters.today}"
    return f"{values}, code {code.hexdigest()[:16]}"


def _table_modules(sandbox: Path) -> Iterable[Path]:
    return sandbox.parent.glob("*/tables.py")

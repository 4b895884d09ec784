"""Batches over a database: one statement for all keys, its rows put under the keys they belong to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias, TypeVar

from sqlalchemy import Executable

from legacy_adapters.batch import all_spellings
from legacy_adapters.identity import normalise_national_id
from legacy_adapters.records.provenance import NationalId, Provenance
from legacy_adapters.resilience import Operation
from legacy_adapters.sources import Page
from legacy_adapters.sql.connections import Rows
from legacy_adapters.sql.database import Database, Values, in_chunks
from legacy_adapters.sql.listing import ListPage

R = TypeVar("R")

RowReader: TypeAlias = Callable[[Values, NationalId, Provenance], R]


async def rows_in(
    database: Database, operation: Operation, statement: Executable, parameter: str, values: Iterable[str]
) -> Rows:
    """Rows of a statement whose expanding `parameter` takes `values`, in as few statements as the limit allows."""
    chunks = in_chunks(list(dict.fromkeys(values)))
    answers = await asyncio.gather(*(database.rows(operation, statement, {parameter: chunk}) for chunk in chunks))
    return answers[0] if len(answers) == 1 else [row for rows in answers for row in rows]


class PeopleReader:
    """Reads statements whose parameter `ids` takes id numbers and whose first column is one, as the register has it."""

    __slots__ = ("_database", "_padded_to", "_provenance")

    def __init__(self, database: Database, provenance: Callable[[], Provenance], padded_to: int) -> None:
        self._database = database
        self._provenance = provenance
        self._padded_to = padded_to

    async def by_person(
        self, operation: Operation, statement: Executable, ids: Sequence[NationalId], read: RowReader[R]
    ) -> dict[NationalId, list[R]]:
        """Records by person, rows of every spelling of a number under the number."""
        spellings = all_spellings(ids, self._padded_to)
        rows = await rows_in(self._database, operation, statement, "ids", spellings)
        return self.group(rows, read)

    def page(self, page: ListPage, read: RowReader[R]) -> Page[R]:
        """Records of one page of a list.

        A row whose number is none counts in the total but is not shown: nothing identifies the person.
        """
        provenance = self._provenance()
        shown = [
            (read(row, national_id, provenance), position)
            for row, position in zip(page.rows, page.positions, strict=True)
            if (national_id := normalise_national_id(row[0])) is not None
        ]
        return Page(
            records=tuple(record for record, _ in shown),
            total=page.total,
            positions=tuple(position for _, position in shown),
            has_next=page.has_next,
            end=page.end,
        )

    def group(self, rows: Iterable[Values], read: RowReader[R]) -> dict[NationalId, list[R]]:
        """Records of `rows` by person; a row whose number is none belongs to nobody."""
        provenance = self._provenance()
        groups: dict[NationalId, list[R]] = {}
        for row in rows:
            national_id = normalise_national_id(row[0])
            if national_id is not None:
                groups.setdefault(national_id, []).append(read(row, national_id, provenance))
        return groups

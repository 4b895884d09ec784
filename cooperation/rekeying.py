"""What is kept is sealed anew with the current platform key, so that a former one may be taken away (decision 38).

It is gone through page by page, from the beginning at each start: who dies in it leaves the rest to the next start, and
several processes may be at it at once. Until then everything is found under every known key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection

from cooperation.acceptance import content_digests
from cooperation.content import SealBroken, citizen_of
from cooperation.desk import Desk
from cooperation.lines import subject_names
from cooperation.store.rows import OperationRow
from cooperation.store.sealed import (
    SEALED_COLUMNS,
    read_former,
    read_former_operations,
    replace_former,
    replace_former_operation,
)

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """How many rows were sealed anew, and how many open with no key of this process."""

    anew: int = 0
    unreadable: int = 0

    def __add__(self, other: Rekeyed) -> Rekeyed:
        return Rekeyed(self.anew + other.anew, self.unreadable + other.unreadable)


async def rekey_contents(desk: Desk) -> Rekeyed:
    """Seal anew what was sealed with another key than the current one. Raises DatabaseUnavailable."""
    total = await _rekey(desk, _operations(desk))
    for column in SEALED_COLUMNS:
        total += await _rekey(desk, _column(desk, column))
    return total


@dataclass(frozen=True, slots=True)
class _Part(Generic[R]):
    """Some of what is kept: `read` gives a page of it behind a row, `rekey` replaces one row. Raises SealBroken."""

    read: Callable[[Connection, R | None], list[R]]
    rekey: Callable[[Connection, R], None]


async def _rekey(desk: Desk, part: _Part[R]) -> Rekeyed:
    total, last = Rekeyed(), None
    while page := await desk.store.read(partial(_read, part=part, last=last)):
        total += await desk.store.transact(partial(_rekey_page, part=part, page=page))
        last = page[-1]
    return total


def _read(connection: Connection, part: _Part[R], last: R | None) -> list[R]:
    return part.read(connection, last)


def _rekey_page(connection: Connection, part: _Part[R], page: list[R]) -> Rekeyed:
    unreadable = 0
    for row in page:
        try:
            part.rekey(connection, row)
        except SealBroken:
            unreadable += 1
    return Rekeyed(len(page) - unreadable, unreadable)


def _operations(desk: Desk) -> _Part[OperationRow]:
    sealer = desk.sealer

    def read(connection: Connection, last: OperationRow | None) -> list[OperationRow]:
        after = "" if last is None else last.number
        return read_former_operations(connection, sealer.sealed_head, sealer.person_head, after)

    return _Part(read, lambda connection, row: replace_former_operation(connection, row, _under_current_key(desk, row)))


def _under_current_key(desk: Desk, operation: OperationRow) -> dict[str, object]:
    content = desk.content_of(operation)
    citizen = citizen_of(content)
    # Of what officers have added to since it was told the digest cannot be made again: it stays as it is.
    digests = content_digests(desk, operation.kind, operation.addressee_city, operation.addressee_office, content)
    return {
        "content_sealed": desk.seal_content(content),
        "person_id": None if citizen is None else desk.sealer.person_id(citizen),
        "subject": next(iter(subject_names(desk, operation)), None),
        "content_digest": digests[0] if operation.content_digest in digests else operation.content_digest,
    }


def _column(desk: Desk, column: Column[Any]) -> _Part[tuple[Any, ...]]:
    sealer = desk.sealer
    return _Part(
        lambda connection, last: read_former(connection, column, sealer.sealed_head, last),
        lambda connection, row: replace_former(connection, column, row, sealer.seal(sealer.open(row[-1]))),
    )

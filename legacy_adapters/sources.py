"""What a subgraph may ask of a city's adapters, domain by domain.

Every method takes a batch and answers by key; a key without a row has no entry (or an empty list). A system that does
not answer raises an `AdapterError` (`legacy_adapters.errors`); a single key that fails stands in the answer as the
error that belongs to it, so that one person's failure costs nobody else's answer.
Lists are in the source's own order, newest first where the record has an opening or starting day. Of a long one a page
is asked for: at most `size` records behind `position` (None: from the start), or with `is_backward` the last ones
before it (None: up to the end), in the list's order all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from legacy_adapters.errors import AdapterError
from legacy_adapters.records.cards import CardRecord
from legacy_adapters.records.cases import CaseRecord
from legacy_adapters.records.pensions import PaymentRecord, PensionRecord, PensionStatus
from legacy_adapters.records.people import EmployerRecord, InsuranceRecord, InsuredCountRecord, PersonRecord
from legacy_adapters.records.provenance import CreditCode, NationalId

R = TypeVar("R")

UNCOUNTED = -1
"""The total of a page that was asked for without it."""


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a long list.

    Attributes:
        records: in the list's order.
        total: how many there are on all pages: rows, of people citizens.
        positions: one opaque position per record; a page that begins at one of them goes on behind that record, or
            before it if it is read backward.
        has_next: whether a row follows the last one of this page; read backward, whether one stands before the first.
        end: the position of the row read last, be it shown or not: the next page begins there. None without rows.
    """

    records: tuple[R, ...]
    total: int
    positions: tuple[str, ...]
    has_next: bool
    end: str | None


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Which people to list, by birth date, then by the register's own number. Days are inclusive.

    Without `is_counted` the page's total is `UNCOUNTED`: counting citizens costs ten times what the page does.
    """

    born_from: str | None = None
    born_to: str | None = None
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class PensionsQuery:
    """Which pensions to list, by the day their certification is due (none: last), then by pension number."""

    residence_city: str | None = None
    certification_due_by: str | None = None
    status: PensionStatus | None = None


class PeopleSource(Protocol):
    """People, insurances and employers of one city."""

    async def people(self, ids: Sequence[NationalId]) -> Mapping[NationalId, Sequence[PersonRecord] | AdapterError]: ...

    async def insurances(
        self, ids: Sequence[NationalId]
    ) -> Mapping[NationalId, Sequence[InsuranceRecord] | AdapterError]: ...

    async def list_people(
        self, query: PeopleQuery, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PersonRecord]:
        """Every register entry at its own birth date; a citizen with several stands several times."""

    async def employers(self, codes: Sequence[CreditCode]) -> Mapping[CreditCode, EmployerRecord | AdapterError]: ...

    async def insured_counts(
        self, codes: Sequence[CreditCode]
    ) -> Mapping[CreditCode, InsuredCountRecord | AdapterError]: ...


class CardsSource(Protocol):
    """Cards that one city has issued."""

    async def cards(self, ids: Sequence[NationalId]) -> Mapping[NationalId, Sequence[CardRecord] | AdapterError]: ...

    async def cards_by_number(self, numbers: Sequence[str]) -> Mapping[str, CardRecord | AdapterError]: ...


class PensionsSource(Protocol):
    """Pensions that one city pays or has paid."""

    async def pensions(
        self, ids: Sequence[NationalId]
    ) -> Mapping[NationalId, Sequence[PensionRecord] | AdapterError]: ...

    async def pensions_by_number(self, numbers: Sequence[str]) -> Mapping[str, PensionRecord | AdapterError]: ...

    async def list_pensions(
        self, query: PensionsQuery, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PensionRecord]: ...

    async def payments(
        self, pension_number: str, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PaymentRecord]: ...


class CasesSource(Protocol):
    """Cases that one city keeps; a city may have several such sources, one per kind of case."""

    async def cases_of_people(
        self, ids: Sequence[NationalId]
    ) -> Mapping[NationalId, Sequence[CaseRecord] | AdapterError]: ...

    async def cases_of_employers(
        self, codes: Sequence[CreditCode]
    ) -> Mapping[CreditCode, Sequence[CaseRecord] | AdapterError]: ...

    async def cases_by_number(self, numbers: Sequence[str]) -> Mapping[str, CaseRecord | AdapterError]: ...

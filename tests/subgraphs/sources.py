"""Sources in memory: they answer from lists of records, remember what they were asked, and fail when told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from legacy_adapters.errors import AdapterError
from legacy_adapters.records.cases import CaseRecord, DisputeRecord, InspectionRecord, WorkInjuryRecord
from legacy_adapters.resilience import CircuitState, SystemHealth
from legacy_adapters.sources import Page, PensionsQuery, PeopleQuery


@dataclass
class MemorySource:
    """Attributes:
    records: everything the system holds, of any kind.
    calls: `(method, argument)` of every call, in order.
    failure: raised by every call.
    failing_keys: errors that stand for single keys.
    unreadable: records whose rows are read but not shown in lists, as those without a number are.
    """

    records: list[Any] = field(default_factory=list)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    failure: AdapterError | None = None
    failing_keys: Mapping[str, AdapterError] = field(default_factory=dict)
    unreadable: list[Any] = field(default_factory=list)

    async def people(self, ids: Sequence[str]) -> Mapping[str, Any]:
        return self._lists("people", ids, "PersonRecord", lambda row: [row.national_id])

    async def insurances(self, ids: Sequence[str]) -> Mapping[str, Any]:
        return self._lists("insurances", ids, "InsuranceRecord", lambda row: [row.national_id])

    async def list_people(
        self, query: PeopleQuery, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[Any]:
        rows = sorted(self._kind("PersonRecord"), key=lambda row: (row.birth_date or "9", row.personal_number))
        found = [
            row
            for row in rows
            if (query.born_from or "") <= (row.birth_date or "9") and (row.birth_date or "") <= (query.born_to or "9")
        ]
        return self._page(("list_people", (query, size, position)), found, size, position, is_backward=is_backward)

    async def employers(self, codes: Sequence[str]) -> Mapping[str, Any]:
        return self._single("employers", codes, "EmployerRecord", lambda row: row.credit_code)

    async def insured_counts(self, codes: Sequence[str]) -> Mapping[str, Any]:
        return self._single("insured_counts", codes, "InsuredCountRecord", lambda row: row.credit_code)

    async def cards(self, ids: Sequence[str]) -> Mapping[str, Any]:
        return self._lists("cards", ids, "CardRecord", lambda row: [row.national_id])

    async def cards_by_number(self, numbers: Sequence[str]) -> Mapping[str, Any]:
        return self._single("cards_by_number", numbers, "CardRecord", lambda row: row.number)

    async def pensions(self, ids: Sequence[str]) -> Mapping[str, Any]:
        return self._lists("pensions", ids, "PensionRecord", lambda row: [row.national_id])

    async def pensions_by_number(self, numbers: Sequence[str]) -> Mapping[str, Any]:
        return self._single("pensions_by_number", numbers, "PensionRecord", lambda row: row.pension_number)

    async def list_pensions(
        self, query: PensionsQuery, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[Any]:
        rows = sorted(
            self._kind("PensionRecord"), key=lambda row: (row.certification_due_on or "9", row.pension_number)
        )
        found = [
            row
            for row in rows
            if (row.certification_due_on or "9") <= (query.certification_due_by or "99")
            and query.status in (None, row.status)
        ]
        return self._page(("list_pensions", (query, size, position)), found, size, position, is_backward=is_backward)

    async def payments(
        self, pension_number: str, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[Any]:
        rows = [row for row in self._kind("PaymentRecord") if row.pension_number == pension_number]
        call = ("payments", (pension_number, size, position))
        newest_first = sorted(rows, key=lambda row: row.month, reverse=True)
        return self._page(call, newest_first, size, position, is_backward=is_backward)

    async def cases_of_people(self, ids: Sequence[str]) -> Mapping[str, Any]:
        return self._lists("cases_of_people", ids, "Injury Dispute", _citizens)

    async def cases_of_employers(self, codes: Sequence[str]) -> Mapping[str, Any]:
        return self._lists("cases_of_employers", codes, "Injury Dispute Inspection", _employers)

    async def cases_by_number(self, numbers: Sequence[str]) -> Mapping[str, Any]:
        return self._single("cases_by_number", numbers, "Injury Dispute Inspection", lambda row: row.case_number)

    def health(self) -> SystemHealth:
        return SystemHealth("memory", "330100", CircuitState.CLOSED, len(self.calls), 0, 0, 0, 0, 0, None, None)

    async def aclose(self) -> None:
        self.calls.append(("aclose", None))

    def asked(self, method: str) -> list[Any]:
        """The arguments of every call of a method."""
        return [argument for name, argument in self.calls if name == method]

    def _kind(self, names: str) -> list[Any]:
        return [row for row in self.records if any(name in type(row).__name__ for name in names.split())]

    def _lists(
        self, method: str, keys: Sequence[str], kind: str, keys_of: Callable[[Any], Iterable[str]]
    ) -> Mapping[str, Any]:
        self._note((method, list(keys)))
        answers: dict[str, Any] = {}
        for row in self._kind(kind):
            for key in keys_of(row):
                if key in keys:
                    answers.setdefault(key, []).append(row)
        return answers | {key: self.failing_keys[key] for key in keys if key in self.failing_keys}

    def _single(self, method: str, keys: Sequence[str], kind: str, key_of: Callable[[Any], str]) -> Mapping[str, Any]:
        answers = self._lists(method, keys, kind, lambda row: [key_of(row)])
        return {key: answer[0] if isinstance(answer, list) else answer for key, answer in answers.items()}

    def _page(
        self, call: tuple[str, Any], rows: list[Any], size: int, position: str | None, *, is_backward: bool
    ) -> Page[Any]:
        self._note(call)
        places = list(enumerate(rows))
        if is_backward:
            ahead = places[: None if position is None else int(position)]
            read = ahead[-size:]
        else:
            ahead = places[0 if position is None else int(position) + 1 :]
            read = ahead[:size]
        end = read[0 if is_backward else -1][0] if read else None
        shown = [(row, str(place)) for place, row in read if row not in self.unreadable]
        records, positions = tuple(row for row, _ in shown), tuple(place for _, place in shown)
        return Page(records, len(rows), positions, len(ahead) > size, None if end is None else str(end))

    def _note(self, call: tuple[str, Any]) -> None:
        self.calls.append(call)
        if self.failure is not None:
            raise self.failure


def _citizens(row: CaseRecord) -> list[str]:
    citizen = (
        row.injured if isinstance(row, WorkInjuryRecord) else row.applicant if isinstance(row, DisputeRecord) else None
    )
    return [] if citizen is None else [citizen]


def _employers(row: CaseRecord) -> list[str]:
    reference = row.respondent if isinstance(row, DisputeRecord) else row.employer
    assert isinstance(row, (WorkInjuryRecord, DisputeRecord, InspectionRecord))
    return [] if reference is None or reference.credit_code is None else [reference.credit_code]

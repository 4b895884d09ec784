"""The pensions of Hangzhou's core service, found by person, by number and by due day."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TypeAlias
from xml.sax.saxutils import escape

from msgspec.structs import replace

from legacy_adapters.records.pensions import PaymentStatus, PensionStatus
from legacy_adapters.sandbox.databases.hangzhou import (
    PENSION_SCHEME_CODES,
    PENSION_STATUS_CODES,
    city_of,
    digits,
    personal_number,
)
from legacy_adapters.sandbox.population.careers import payments_of
from legacy_adapters.sandbox.population.days import years_later
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Pension

METHOD_CODES = {"刷脸": "1", "窗口": "2", "上门": "3", "静默比对": "4"}
PAYMENT_STATUS_CODES = {
    PaymentStatus.PAID: "1",
    PaymentStatus.WITHHELD: "2",
    PaymentStatus.RETURNED: "3",
    PaymentStatus.UNKNOWN: "9",
}
_NEVER_DUE = "99999999"
DueKey: TypeAlias = tuple[str, str]


class PensionFile:
    """Pensions as they stand now; certifying changes them."""

    def __init__(self, pensions: list[Pension], certified: Iterable[Pension] = ()) -> None:
        self._pensions = {pension.number: pension for pension in (*pensions, *certified)}
        self._rows: dict[str, str] = {}
        self._by_person: dict[str, list[str]] = defaultdict(list)
        self._by_due: dict[str, list[DueKey]] = defaultdict(list)
        for pension in self._pensions.values():
            self._by_person[normalise_id_number(pension.id_number)].append(pension.number)
            for residence in ("", city_of(pension.residence) or "unknown"):
                self._by_due[residence].append(_due_key(pension))
        for keys in self._by_due.values():
            keys.sort()

    def get(self, number: str) -> Pension | None:
        """One pension."""
        return self._pensions.get(number)

    def row(self, number: str) -> str:
        """A pension as `row` element."""
        found = self._rows.get(number)
        if found is None:
            found = self._rows[number] = pension_row(self._pensions[number])
        return found

    def of_person(self, id_number: str) -> list[str]:
        """Numbers of a person's pensions, however the id number is spelled."""
        return self._by_person.get(normalise_id_number(id_number), [])

    def due(self, residence: str, due_by: str, status_code: str) -> list[DueKey]:
        """Due day and number, in this order; '' for any residence, day (yyyyMMdd) or status."""
        keys = self._by_due.get(residence, [])
        if due_by:
            keys = keys[: bisect_right(keys, (due_by, "\uffff"))]
        if not status_code:
            return keys
        return [key for key in keys if PENSION_STATUS_CODES[self._pensions[key[1]].status] == status_code]

    def certify(self, number: str, today: date, method: str, elsewhere: bool, at: str) -> Pension:
        """A certification passed today: due again in a year, a suspended pension is paid again."""
        before = self._pensions[number]
        status = PensionStatus.PAYING if before.status is PensionStatus.SUSPENDED else before.status
        after = replace(
            before,
            status=status,
            due_on=years_later(today.isoformat(), 1),
            last_passed_on=today.isoformat(),
            method=method,
            passed_elsewhere=elsewhere,
            updated_at=at,
        )
        self._pensions[number] = after
        self._rows.pop(number, None)
        for residence in ("", city_of(before.residence) or "unknown"):
            self._by_due[residence].remove(_due_key(before))
            insort(self._by_due[residence], _due_key(after))
        return after

    def payment_rows(self, number: str, today: str) -> list[str]:
        """A pension's payments as `row` elements, newest month first."""
        return [
            f"<row><AAZ257>{number}</AAZ257><AAE003>{digits(payment.month)}</AAE003>"
            f"<AAE019>{yuan(payment.amount_fen)}</AAE019><BAE118>{PAYMENT_STATUS_CODES[payment.status]}</BAE118></row>"
            for payment in payments_of(self._pensions[number], today)
        ]


def _due_key(pension: Pension) -> DueKey:
    return (_NEVER_DUE if pension.due_on is None else digits(pension.due_on), pension.number)


def yuan(fen: int) -> str:
    """`3215.40`."""
    return f"{fen // 100}.{fen % 100:02d}"


def pension_row(pension: Pension) -> str:
    """A PensionRow; where there was no certification its elements are left out, or empty."""
    ended = "999999" if pension.ended_month is None else digits(pension.ended_month)
    started = digits(pension.started_on)
    return (
        f"<row><AAC001>{personal_number(pension.person)}</AAC001><AAC147>{pension.id_number}</AAC147>"
        f"<AAC003>{escape(pension.name)}</AAC003><AAZ257>{pension.number}</AAZ257>"
        f"<AAE140>{PENSION_SCHEME_CODES[pension.scheme]}</AAE140><AIC161>11</AIC161>"
        f"<AIC162>{'00000000' if pension.person % 101 == 100 else started}</AIC162>"
        f"<AIC142>{yuan(pension.amount_fen)}</AIC142><AAE116>{PENSION_STATUS_CODES[pension.status]}</AAE116>"
        f"<AAE041>{started[:6]}</AAE041><AAE042>{ended}</AAE042><AAB301>{city_of(pension.residence)}</AAB301>"
        f"{_certification(pension)}<AAE036>{digits(pension.updated_at)}</AAE036></row>"
    )


def _certification(pension: Pension) -> str:
    if pension.due_on is None:
        return "" if pension.person % 2 else "<BAE098/>"
    passed = "" if pension.last_passed_on is None else f"<BAE097>{digits(pension.last_passed_on)}</BAE097>"
    method = "" if pension.method is None else f"<BAE099>{METHOD_CODES[pension.method]}</BAE099>"
    elsewhere = f"<AAA080>{int(pension.passed_elsewhere)}</AAA080>"
    return f"{passed}<BAE098>{digits(pension.due_on)}</BAE098>{method}{elsewhere}"

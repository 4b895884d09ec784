"""Hangzhou's core service, its operations on pensions."""

from __future__ import annotations

from collections.abc import Mapping

from legacy_adapters.clock import Clock
from legacy_adapters.sandbox.clock import stamp
from legacy_adapters.sandbox.databases.hangzhou import personal_number
from legacy_adapters.sandbox.services.hangzhou_answers import (
    BAD_ARGUMENT,
    NO_PENSION,
    NO_PERSON,
    Arguments,
    Handler,
    Refusal,
    all_rows,
    head,
    page_of,
)
from legacy_adapters.sandbox.services.hangzhou_pensions import METHOD_CODES, PensionFile
from legacy_adapters.sandbox.services.hangzhou_serials import Done, Serials

PENSION_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "queryPension": ("token", "AAC147"),
    "queryPensionByNumber": ("token", "AAZ257"),
    "queryPensionList": ("token", "AAB301?", "BAE098?", "AAE116?", "pageNo", "pageSize"),
    "queryPayments": ("token", "AAZ257", "pageNo", "pageSize"),
    "certify": ("token", "AAC001", "AAZ257", "AAE001", "BAE099", "AAB301", "serial"),
}
_METHODS = {code: method for method, code in METHOD_CODES.items()}


class PensionDesk:
    """Answers for the pensions."""

    def __init__(self, city: str, pensions: PensionFile, serials: Serials, clock: Clock) -> None:
        self._city = city
        self._pensions = pensions
        self._serials = serials
        self._clock = clock
        self.handlers: Mapping[str, Handler] = {
            "queryPension": self._query,
            "queryPensionByNumber": self._query_by_number,
            "queryPensionList": self._query_list,
            "queryPayments": self._query_payments,
            "certify": self._certify,
        }

    def _query(self, arguments: Arguments) -> str:
        numbers = self._pensions.of_person(arguments["AAC147"])
        return all_rows([self._pensions.row(number) for number in numbers], NO_PERSON)

    def _query_by_number(self, arguments: Arguments) -> str:
        number = arguments["AAZ257"].strip()
        return all_rows([] if self._pensions.get(number) is None else [self._pensions.row(number)], NO_PENSION)

    def _query_list(self, arguments: Arguments) -> str:
        page = page_of(arguments)
        if page is None:
            return head(*BAD_ARGUMENT)
        keys = self._pensions.due(arguments.get("AAB301", ""), arguments.get("BAE098", ""), arguments.get("AAE116", ""))
        rows = [self._pensions.row(number) for _, number in keys[page]]
        return f"{head('0', '', len(keys), len(rows))}{''.join(rows)}"

    def _query_payments(self, arguments: Arguments) -> str:
        page, number = page_of(arguments), arguments["AAZ257"].strip()
        if page is None:
            return head(*BAD_ARGUMENT)
        if self._pensions.get(number) is None:
            return head(*NO_PENSION)
        rows = self._pensions.payment_rows(number, self._clock().date().isoformat())
        return f"{head('0', '', len(rows), len(rows[page]))}{''.join(rows[page])}"

    def _certify(self, arguments: Arguments) -> str:
        number = arguments["AAZ257"].strip()

        def effect() -> Done | Refusal:
            pension = self._pensions.get(number)
            if pension is None or str(personal_number(pension.person)) != arguments["AAC001"]:
                return NO_PENSION
            if not self._is_right(arguments):
                return BAD_ARGUMENT
            now, elsewhere = self._clock(), arguments["AAB301"] != self._city
            method = _METHODS[arguments["BAE099"]]
            certified = self._pensions.certify(number, now.date(), method, elsewhere, stamp(now))
            return Done([(number, certified)])

        return self._serials.write("certify", number, arguments["serial"], effect)

    def _is_right(self, arguments: Arguments) -> bool:
        """Of the right year, by a known method, with the help of a city."""
        is_this_year = arguments["AAE001"] == str(self._clock().year)
        return is_this_year and arguments["BAE099"] in _METHODS and len(arguments["AAB301"]) == 6

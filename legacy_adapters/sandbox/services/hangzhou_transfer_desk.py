"""Hangzhou's core service, its operations on cases that another city has handed over."""

from __future__ import annotations

from collections.abc import Mapping

from legacy_adapters.sandbox.databases.hangzhou import digits
from legacy_adapters.sandbox.services.hangzhou_answers import (
    BAD_ARGUMENT,
    LETTER_KNOWN,
    NO_CASE,
    Arguments,
    Handler,
    Refusal,
    all_rows,
    row,
)
from legacy_adapters.sandbox.services.hangzhou_serials import Done, Serials
from legacy_adapters.sandbox.services.transfer_file import TransferFile, TransferredCase

_TRANSFER = ("BLC201", "BLC202", "BLC203", "BLC204", "AAC147?", "AAB998?", "BLC205")
TRANSFER_OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "queryTransfer": ("token", "BLC200?", "BLC201?", "BLC202?"),
    "registerTransfer": ("token", *_TRANSFER, "serial"),
}
_KINDS = ("1", "2")
_ACCEPTED = "02"
"""BLC001: a case that was registered is 受理."""


class TransferDesk:
    """Answers for the cases handed over."""

    def __init__(self, transfers: TransferFile, serials: Serials) -> None:
        self._transfers = transfers
        self._serials = serials
        self.handlers: Mapping[str, Handler] = {"queryTransfer": self._query, "registerTransfer": self._register}

    def _query(self, arguments: Arguments) -> str:
        if arguments.get("BLC200"):
            case = self._transfers.get(arguments["BLC200"])
        else:
            case = self._transfers.by_transfer(arguments.get("BLC202", ""), arguments.get("BLC201", ""))
        return all_rows([] if case is None else [_transfer_row(case)], NO_CASE)

    def _register(self, arguments: Arguments) -> str:
        transfer_number, sending_city = arguments["BLC201"].strip(), arguments["BLC202"].strip()

        def effect() -> Done | Refusal:
            if not _is_complete(arguments):
                return BAD_ARGUMENT
            if self._transfers.by_transfer(sending_city, transfer_number) is not None:
                return LETTER_KNOWN
            case = TransferredCase(
                number=self._transfers.next_number(arguments["BLC204"]),
                transfer_number=transfer_number,
                sending_city=sending_city,
                sending_number=arguments["BLC203"].strip(),
                kind=arguments["BLC204"],
                id_number=arguments.get("AAC147", ""),
                credit_code=arguments.get("AAB998", ""),
                grounds=arguments["BLC205"],
                registered_on=digits(self._transfers.today()),
            )
            self._transfers.keep(case)
            return Done([(case.number, case)], case.number)

        return self._serials.write("registerTransfer", transfer_number, arguments["serial"], effect)


def _is_complete(arguments: Arguments) -> bool:
    """Whose case it is, of which kind, and about a worker or an employer at least."""
    is_about_somebody = bool(arguments.get("AAC147") or arguments.get("AAB998"))
    is_from_somewhere = bool(arguments["BLC201"].strip() and arguments["BLC203"].strip())
    is_city = len(arguments["BLC202"].strip()) == 6
    return is_about_somebody and is_from_somewhere and is_city and arguments["BLC204"] in _KINDS


def _transfer_row(case: TransferredCase) -> str:
    return row(
        (
            ("BLC200", case.number),
            ("BLC201", case.transfer_number),
            ("BLC202", case.sending_city),
            ("BLC203", case.sending_number),
            ("BLC204", case.kind),
            ("AAC147", case.id_number),
            ("AAB998", case.credit_code),
            ("BLC206", case.registered_on),
            ("BLC001", _ACCEPTED),
        )
    )

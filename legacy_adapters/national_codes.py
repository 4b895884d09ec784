"""Code lists that are the same in every city: of cards, and of the banks behind them."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList, raw_text
from legacy_adapters.records.cards import BankRecord, CardFunctionStatus

SOCIAL_STATUS = CodeList(
    "AAZ502",
    {
        "0": CardFunctionStatus.SEALED,
        "1": CardFunctionStatus.NORMAL,
        "2": CardFunctionStatus.LOSS,
        "3": CardFunctionStatus.LOCKED,
        "4": CardFunctionStatus.TEMPORARY_LOSS,
        "9": CardFunctionStatus.CANCELLED,
    },
    CardFunctionStatus.UNKNOWN,
)

# The letters of the banks.
BANK_STATUS = CodeList(
    "银行卡状态",
    {
        "A": CardFunctionStatus.NORMAL,
        "K": CardFunctionStatus.TEMPORARY_LOSS,
        "L": CardFunctionStatus.LOSS,
        "G": CardFunctionStatus.CANCELLED,
        "T": CardFunctionStatus.CANCELLED,
    },
    CardFunctionStatus.UNKNOWN,
)

_BANK_NAMES = {"95588": "工商银行", "95599": "农业银行", "95533": "建设银行", "95566": "中国银行"}


def bank_of(code: str | None) -> BankRecord | None:
    """The bank with this AAE008; a code outside the list has no name."""
    text = raw_text(code)
    return BankRecord(text, _BANK_NAMES.get(text)) if text else None

"""Amounts of money, whole fen, never a float."""

from __future__ import annotations

import re
from decimal import Decimal

_YUAN = re.compile(r"(-?)(\d+)(?:\.(\d{1,2})0*)?")
_CURRENCY = str.maketrans("", "", ",, ¥¥元")


def read_yuan(value: str | Decimal | int | None) -> int | None:
    """`3215.4`, `3,215.40`, `¥3,215.40元` or a decimal of yuan as fen; None where it is no amount in whole fen."""
    if value is None:
        return None
    match = _YUAN.fullmatch(str(value).translate(_CURRENCY))
    if match is None:
        return None
    fen = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    return -fen if match[1] else fen

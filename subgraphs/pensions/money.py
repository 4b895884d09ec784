"""Amounts. Records have whole fen, so nothing is ever rounded."""

from __future__ import annotations

import strawberry

from subgraphs.shared.scalars import Decimal


@strawberry.federation.type(shareable=True)
class Money:
    """An amount in Chinese yuan."""

    yuan: Decimal
    fen: Decimal


def money(amount_fen: int) -> Money:
    """321540 fen are 3215.40 yuan."""
    yuan, fen = divmod(abs(amount_fen), 100)
    sign = "-" if amount_fen < 0 else ""
    return Money(yuan=Decimal(f"{sign}{yuan}.{fen:02}"), fen=Decimal(str(amount_fen)))

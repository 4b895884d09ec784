"""Employers' unified social credit codes and the organisation codes inside them.

Source: GB 32100 (18 characters, modulo 31) and GB 11714 (9 characters, modulo 11).
"""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first_17: str) -> str:
    """The 18th character that belongs to the first 17."""
    total = sum(_ALPHABET.index(character) * weight for character, weight in zip(first_17, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def compose_organisation_code(first_8: str) -> str:
    """The 9-character organisation code that begins with these eight."""
    total = sum(int(character, 36) * weight for character, weight in zip(first_8, _ORGANISATION_WEIGHTS, strict=True))
    return first_8 + "0123456789X0"[11 - total % 11]


def compose_credit_code(registrar: str, area: str, organisation_code: str) -> str:
    """The code of registrar and class (2 characters), area (6) and organisation code (9)."""
    first_17 = registrar + area + organisation_code
    return first_17 + check_character(first_17)

"""Citizens' id numbers: check character, old form, and the one form by which the sandbox finds them.

Source: GB 11643 (weights and check characters of ISO 7064 MOD 11-2).
"""

from __future__ import annotations

from operator import mul
from unicodedata import normalize

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OFFSET = ord("0") * sum(_WEIGHTS)
_CHECK_CHARACTERS = "10X98765432"


def check_character(first_17: str) -> str:
    """The 18th character that belongs to 17 digits."""
    # Over bytes, with the digits' offset taken off once: this runs for every person there is.
    total = sum(map(mul, first_17.encode("ascii"), _WEIGHTS)) - _OFFSET
    return _CHECK_CHARACTERS[total % 11]


def compose_id_number(area: str, birth: str, sequence: int) -> str:
    """The number of area (6 digits), birth (yyyyMMdd) and sequence (1 to 999; odd: male)."""
    first_17 = f"{area}{birth}{sequence:03d}"
    return first_17 + check_character(first_17)


def old_form(id_number: str) -> str:
    """The 15-digit number that stood for it until 1999; only for people born from 1900 to 1999."""
    return id_number[:6] + id_number[8:17]


def normalise_id_number(typed: str) -> str:
    """The form that all spellings of one number share: half width, upper case, no blanks, 18 characters."""
    plain = typed if typed.isascii() else normalize("NFKC", typed)
    plain = plain.strip().upper()
    if len(plain) == 15 and plain.isdigit():
        first_17 = f"{plain[:6]}19{plain[6:]}"
        return first_17 + check_character(first_17)
    return plain

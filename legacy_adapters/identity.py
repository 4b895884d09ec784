"""Citizens' id numbers (GB 11643) and employers' credit codes (GB 32100): one form for us, every form a register holds.

No function raises with a number in its message. A number whose check digit is wrong is kept as it is: registers hold
such numbers, and they are found as written.
"""

from __future__ import annotations

import re
import unicodedata
from operator import mul

from legacy_adapters.records.provenance import CreditCode, NationalId

_ID_18 = re.compile(r"[0-9]{17}[0-9X]")
_ID_15 = re.compile(r"[0-9]{15}")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"

_CREDIT_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

_FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in "0123456789Xx"}


def normalise_national_id(text: str | None) -> NationalId | None:
    """The 18 characters of an id number however it was written, None for what is none.

    Full-width characters, blanks and a lower-case x are put right; a number of 15 digits gets its century and check.
    """
    if text is None:
        return None
    cleaned = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if _ID_18.fullmatch(cleaned):
        return NationalId(cleaned)
    return upgrade_old_number(cleaned) if _ID_15.fullmatch(cleaned) else None


def upgrade_old_number(old: str) -> NationalId:
    """A number of 15 digits in today's form: all of them were given to people born in 19xx. Source: GB 11643-1999."""
    body = f"{old[:6]}19{old[6:]}"
    return NationalId(body + id_check_character(body))


def id_check_character(body: str) -> str:
    """The check character of the first 17 digits (ISO 7064 MOD 11-2)."""
    return _ID_CHECKS[sum(map(mul, map(int, body), _ID_WEIGHTS)) % 11]


def has_valid_check(national_id: NationalId) -> bool:
    """Whether the number's last character is the one its first 17 digits demand."""
    return national_id[17] == id_check_character(national_id[:17])


def birth_digits(national_id: NationalId) -> str:
    """The day of birth that a number tells, as YYYYMMDD; some registers' numbers tell a day that there is none."""
    return national_id[6:14]


def old_number(national_id: NationalId) -> str | None:
    """The 15 digits this number had before 1999, None where it cannot have had any."""
    if national_id[6:8] != "19" or not has_valid_check(national_id):
        return None
    return national_id[:6] + national_id[8:17]


def id_spellings(national_id: NationalId, padded_to: int = 18) -> tuple[str, ...]:
    """Every form in which a register may hold this number, the plain one first, for an IN list.

    Lower-case x, the old 15 digits, full width, and all of these blank padded to a CHAR column of `padded_to`.
    """
    old = old_number(national_id)
    narrow = [national_id[:18]]
    if national_id.endswith("X"):
        narrow.append(national_id[:17] + "x")
    if old is not None:
        narrow.append(old)
    forms = [*narrow, *(spelling.translate(_FULL_WIDTH) for spelling in narrow)]
    return (*forms, *(form.ljust(padded_to) for form in forms if len(form) < padded_to))


def normalise_credit_code(text: str | None) -> CreditCode | None:
    """An employer's credit code however it was written, None for what is none or has a wrong check character.

    Older files hold an organisation code (9 characters) or a business licence (15 digits) instead: those are none.
    """
    if text is None:
        return None
    cleaned = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if _CREDIT_CODE.fullmatch(cleaned) and cleaned[17] == credit_check_character(cleaned[:17]):
        return CreditCode(cleaned)
    return None


def credit_check_character(body: str) -> str:
    """The check character of the first 17 characters. Source: GB 32100-2015."""
    weighted = zip(body, _CREDIT_WEIGHTS, strict=True)
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in weighted)
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]

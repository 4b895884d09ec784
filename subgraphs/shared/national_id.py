"""Id numbers as clients type them: full width, lower-case x, 15 characters. Out: the one form that records use.

Source: GB 11643-1999; 15 characters are 18 without century and check character.
"""

from __future__ import annotations

import re
import unicodedata

from legacy_adapters.records.provenance import NationalId

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_OLD = re.compile(r"[0-9]{15}")
_NEW = re.compile(r"[0-9]{17}[0-9X]")
# Sequence numbers of people born before 1900.
_CENTENARIANS = frozenset({"996", "997", "998", "999"})


def normalise_national_id(text: str) -> NationalId | None:
    """The id number in 18 characters, or None where `text` has not the form of one.

    The check character is not checked: registers hold numbers that were issued wrong, and finding them is the point.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if _OLD.fullmatch(compact):
        return _upgrade(compact)
    return NationalId(compact) if _NEW.fullmatch(compact) else None


def _upgrade(old: str) -> NationalId:
    century = "18" if old[12:] in _CENTENARIANS else "19"
    seventeen = old[:6] + century + old[6:]
    weighted = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True))
    return NationalId(seventeen + _CHECK_CHARACTERS[weighted % 11])

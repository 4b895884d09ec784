"""Texts that officers write: within their limits, and such that every system they are brought to can take them."""

from __future__ import annotations

import re

from cooperation.errors import InputRefused

# Of what XML and PostgreSQL do not take; only line feeds and tabs are written on purpose.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")


def checked_text(name: str, text: str, longest: int) -> str:
    """The text without blanks around it. Raises InputRefused where it is empty, too long or has unfit characters."""
    if not 1 <= len(text.strip()) <= longest:
        raise InputRefused(f"{name} must be 1 to {longest} characters.", name)
    if _UNFIT.search(text):
        raise InputRefused(f"{name} must have no control characters except line feeds and tabs.", name)
    return text.strip()

"""Names as the services compare them: whatever width, and whichever dot stands in them."""

from __future__ import annotations

from unicodedata import normalize

_DOTS = str.maketrans("・•．.", "····")


def is_same_name(stored: str, asked: str) -> bool:
    """Whether they are one name in two spellings."""
    return _plain(stored) == _plain(asked)


def _plain(name: str) -> str:
    return normalize("NFKC", name).translate(_DOTS).strip()

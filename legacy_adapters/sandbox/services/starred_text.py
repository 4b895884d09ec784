"""Text with Chinese tags that mostly end in `*`: no XML. Only flat sequences of tags are asked; answers nest rows."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ELEMENT = re.compile(r"\s*<([^<>/*\s]+)\*?>([^<>]*)</\1\*?>\s*")


def read_flat(text: str) -> dict[str, str] | None:
    """Values by tag without star, or None when the text is not a sequence of tags."""
    values: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _ELEMENT.match(text, position)
        if match is None:
            return None
        values[match[1]] = match[2]
        position = match.end()
    return values


def element(tag: str, text: str) -> str:
    """`<tag>text</tag>`; nothing is escaped, for no reader would take it back."""
    return f"<{tag}>{text}</{tag}>"


def row(elements: Iterable[tuple[str, str]]) -> str:
    """`<ROW>…</ROW>`."""
    return element("ROW", "".join(f"<{tag}>{text}</{tag}>" for tag, text in elements))

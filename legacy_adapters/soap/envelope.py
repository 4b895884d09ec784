"""A message prepared once, filled with values for each call.

In: the envelope's text around the values. Out: the bytes of one call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"__value_(\d+)__")
# XML 1.0 cannot carry these, not even escaped; lone surrogates cannot be encoded.
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True, repr=False)
class PreparedEnvelope:
    """An envelope with places for values; `literals` stand around them. Its repr shows nothing of a call."""

    literals: tuple[str, ...]
    encoding: str

    def fill(self, *values: str) -> bytes:
        """The envelope's bytes with `values`, escaped, in their places.

        A character that the encoding lacks becomes a character reference, which every XML parser reads back.
        """
        pieces = [self.literals[0]]
        for value, literal in zip(values, self.literals[1:], strict=True):
            pieces.append(escape_text(value))
            pieces.append(literal)
        return "".join(pieces).encode(self.encoding, "xmlcharrefreplace")


def escape_text(value: str) -> str:
    """`value` as the text of an XML element."""
    if "&" in value or "<" in value or ">" in value or "\r" in value:
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return value


def is_sendable(value: str) -> bool:
    """Whether XML can carry `value`; what it cannot carry, no system can hold."""
    return _UNSENDABLE.search(value) is None


def placeholder(index: int) -> str:
    """What stands in a template for the value number `index`."""
    return f"__value_{index}__"


def split_at_placeholders(text: str, count: int) -> tuple[str, ...]:
    """The `count + 1` pieces of `text` around its placeholders. Raises ValueError where they are not in order."""
    pieces = _PLACEHOLDER.split(text)
    found: Sequence[int] = [int(index) for index in pieces[1::2]]
    if found != list(range(count)):
        raise ValueError(f"the message has places {found} where {count} values in order are expected")
    return tuple(pieces[0::2])

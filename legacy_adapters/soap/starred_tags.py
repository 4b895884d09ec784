"""The card services' own notation: tags in Chinese, with or without a `*`, several roots, lines of CSV behind them.

`<操作*>查询卡信息</操作*><姓名/>` is no XML: a strict parser refuses it and a recovering one silently drops what
follows the first star. So it is read by a tokenizer that accepts exactly this notation and nothing else. In: the
text of an answer. Out: `Document`, names without their star.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from legacy_adapters.soap.envelope import is_sendable

_TAG = re.compile(r"<(/?)([^\s<>/*&]+)\s*(\*?)\s*(/?)>")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_LAST_CHARACTER = 0x10FFFF
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
MAX_DEPTH = 16


class NotationMalformed(ValueError):
    """A text is not in the notation; `position` counts characters. The text itself is never quoted."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} at character {position}")
        self.position = position


@dataclass(slots=True)
class Tagged:
    """One tagged value: its text, or the values inside it."""

    name: str
    text: str = ""
    children: list[Tagged] = field(default_factory=list)

    def values(self) -> dict[str, str | None]:
        """The inner values by name, blanks around them and empty ones dropped. Of two alike, the last one counts."""
        return {child.name: child.text.strip() or None for child in self.children}


@dataclass(frozen=True, slots=True)
class Document:
    """A text in the notation: its roots, and the lines of CSV that may follow them."""

    roots: tuple[Tagged, ...]
    tail: str

    def value(self, name: str) -> str | None:
        """The text of the first root called `name`, None where it is empty or missing."""
        return next((root.text.strip() or None for root in self.roots if root.name == name), None)

    def all(self, name: str) -> tuple[Tagged, ...]:
        """Every root called `name`, in order."""
        return tuple(root for root in self.roots if root.name == name)


def read_tags(text: str) -> Document:
    """Read a text in the notation. Raises NotationMalformed for anything that is not exactly in it."""
    document = Tagged("")
    stack = [document]
    position = 0
    for match in _TAG.finditer(text):
        _add_text(stack, text, position, match.start())
        position = match.end()
        _add_tag(stack, match)
    if len(stack) > 1:
        raise NotationMalformed("a tag is not closed", len(text))
    tail = text[position:]
    if "<" in tail:
        raise NotationMalformed("a tag is malformed", position + tail.index("<"))
    return Document(tuple(document.children), tail.strip("\r\n"))


def write_tags(values: Iterable[tuple[str, str]]) -> str:
    """`values` as one root each, escaped; a name is written as given, with its star where the operation wants one."""
    return "".join(f"<{name}>{_escape(value)}</{name}>" for name, value in values)


def _add_tag(stack: list[Tagged], match: re.Match[str]) -> None:
    closes, name, is_empty = bool(match[1]), match[2], bool(match[4])
    if closes:
        # A star may stand on one of the two tags only; the name decides.
        if stack[-1].name != name or len(stack) == 1 or is_empty:
            raise NotationMalformed("a closing tag has no opening one", match.start())
        stack.pop()
        return
    if stack[-1].text.strip():
        raise NotationMalformed("a tag stands inside a text", match.start())
    tagged = Tagged(name)
    stack[-1].children.append(tagged)
    if not is_empty:
        if len(stack) > MAX_DEPTH:
            raise NotationMalformed("the tags are nested too deep", match.start())
        stack.append(tagged)


def _add_text(stack: list[Tagged], text: str, start: int, end: int) -> None:
    if start == end:
        return
    piece = text[start:end]
    if "<" in piece:
        raise NotationMalformed("a tag is malformed", start + piece.index("<"))
    if len(stack) > 1 and not stack[-1].children:
        stack[-1].text = _unescape(piece, start)
    elif piece.strip():
        raise NotationMalformed("a text stands between tags", start)


def _unescape(text: str, start: int) -> str:
    return _REFERENCE.sub(lambda match: _referred(match, start), text) if "&" in text else text


def _referred(match: re.Match[str], start: int) -> str:
    if match[3]:
        return _NAMED[match[3]]
    code = int(match[1]) if match[1] else int(match[2], 16)
    character = chr(code) if code <= _LAST_CHARACTER else "\0"
    if not is_sendable(character):
        raise NotationMalformed("a reference names no character", start + match.start())
    return character


def _escape(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""How legacy bytes become text.

The systems write GB 18030 and call it GB2312 or GBK: the narrower decoders lose whole messages for one rare character,
and GB2312 turns a name's dot into another character.
"""

from __future__ import annotations

import re

_CHINESE_CHARSETS = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "cp936", "x-gbk", "ms936", "euc-cn"})
_UTF8_NAMES = frozenset({"utf-8", "utf8"})
_DECLARATION = re.compile(rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\?>""")
_DECLARED_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_TEXT_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*?\?>")

MISLABELLED_UTF8_CHARACTERS = 8
"""Bytes that are valid UTF-8 of this many Chinese characters are UTF-8, whatever they claim to be: that GBK text of
the same length happens to be valid UTF-8 is less likely than one in a million."""


class UndecodableText(UnicodeError):
    """Bytes are not in the charset they claim; `declared` names it. The bytes themselves are never shown."""

    def __init__(self, declared: str) -> None:
        super().__init__(f"the bytes are not {declared}, which they claim to be")
        self.declared = declared


def decode_xml(body: bytes, header_charset: str | None) -> str:
    """The text of an XML message, without its declaration; see `xml_charset`. Raises UndecodableText."""
    declaration = _DECLARATION.match(body)
    content = body[declaration.end() :] if declaration else body.removeprefix(b"\xef\xbb\xbf")
    return decode_text(content, xml_charset(body, header_charset))


def xml_charset(body: bytes, header_charset: str | None) -> str:
    """The charset to read a message with: `gb18030` if header or declaration name it or any of its ancestors.

    Where one of the two says UTF-8 and the other GBK, the bytes decide. Otherwise the declaration goes before the
    header, and UTF-8 is the default.
    """
    declaration = _DECLARATION.match(body)
    declared = _DECLARED_ENCODING.search(declaration[0]) if declaration else None
    claims = [declared[1].decode("ascii").lower()] if declared else []
    if header_charset:
        claims.append(header_charset.strip("\"' ").lower())
    if any(claim in _CHINESE_CHARSETS for claim in claims):
        contested = any(claim in _UTF8_NAMES for claim in claims)
        return "utf-8" if contested and _is_utf8(body) else "gb18030"
    return claims[0] if claims else "utf-8"


def decode_text(content: bytes, charset: str) -> str:
    """`content` as text, never with replacement characters. Raises UndecodableText."""
    try:
        text = content.decode(charset)
    except (UnicodeDecodeError, LookupError):
        raise UndecodableText(charset) from None
    if charset == "gb18030" and _is_mislabelled_utf8(content):
        raise UndecodableText(charset)
    return text


def strip_declaration(text: str) -> str:
    """`text` without an XML declaration: what it says about bytes is no longer true of characters."""
    return _TEXT_DECLARATION.sub("", text, count=1)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_mislabelled_utf8(content: bytes) -> bool:
    # A Chinese character is three bytes in UTF-8: two more than there are characters.
    return _is_utf8(content) and len(content) - len(content.decode("utf-8")) >= 2 * MISLABELLED_UTF8_CHARACTERS

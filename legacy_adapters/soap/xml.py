"""Safe reading of XML: no recovering, no entities, no document type, nothing fetched, no huge trees."""

from __future__ import annotations

from typing import Any

from lxml import etree

from legacy_adapters.encoding import decode_xml, strip_declaration

_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, huge_tree=False, recover=False, remove_comments=True, remove_pis=True
)


class XmlMalformed(ValueError):
    """A text is not the XML it should be; the message never quotes it."""


def parse_message(body: bytes, header_charset: str | None) -> etree._Element:
    """The root of a message in any of the charsets the systems use. Raises XmlMalformed."""
    try:
        # Never the bytes themselves: the parser would obey a declaration that the bytes have proved wrong.
        return parse_xml(decode_xml(body, header_charset).encode("utf-8"))
    except UnicodeError as error:
        raise XmlMalformed(str(error)) from None


def parse_text(text: str) -> etree._Element:
    """The root of XML that came as a string inside a message; its declaration's encoding means nothing any more."""
    try:
        return parse_xml(strip_declaration(text).encode("utf-8"))
    except UnicodeEncodeError:
        raise XmlMalformed("lone surrogates") from None


def parse_xml(content: bytes) -> etree._Element:
    """The root of an XML document in UTF-8 or as its declaration says. Raises XmlMalformed."""
    try:
        root = etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError as error:
        # The parser's own message may quote the text.
        raise XmlMalformed(f"not well-formed at line {error.lineno}, column {error.offset}") from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise XmlMalformed("a document type is not allowed")
    return root

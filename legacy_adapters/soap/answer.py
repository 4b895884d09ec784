"""What an answer's body returns as text: RPC/encoded results with their references, XML or tags inside a string."""

from __future__ import annotations

from lxml import etree

from legacy_adapters.soap.xml import XmlMalformed

_ESCAPED_START = "&lt;"


def returned_text(body: etree._Element) -> str:
    """The text of the one result inside the body's element, '' where it is nil or missing.

    Axis may put it aside (`<allDsjkReturn href="#id0"/>` and a `multiRef` beside the body's element); services that
    wrap other services escape it once more. Raises XmlMalformed for a reference that leads nowhere.
    """
    if not len(body):
        return ""
    result = body[0]
    reference = result.get("href")
    if reference is not None:
        result = _referred(body, reference)
    text = "".join(str(piece) for piece in result.itertext(with_tail=False))
    return _unescape(text) if text.lstrip().startswith(_ESCAPED_START) else text


def _referred(body: etree._Element, reference: str) -> etree._Element:
    surroundings = body.getparent()
    for candidate in () if surroundings is None else surroundings:
        if f"#{candidate.get('id')}" == reference:
            return candidate
    raise XmlMalformed("a reference leads nowhere")


def _unescape(text: str) -> str:
    return (
        text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&apos;", "'")
        .replace("&amp;", "&")
    )

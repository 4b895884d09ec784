"""SOAP 1.1 envelopes, read strictly and written by hand."""

from __future__ import annotations

from xml.sax.saxutils import escape

from lxml import etree

from legacy_adapters.sandbox.services.service import SoapFaultError

ENVELOPE_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
_ENVELOPE = f"{{{ENVELOPE_NAMESPACE}}}Envelope"
_BODY = f"{{{ENVELOPE_NAMESPACE}}}Body"
_REAL_ENCODINGS = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030", "utf-8": "utf-8", "utf8": "utf-8"}


def read_body(body: bytes, charset: str | None) -> etree._Element:
    """The one element of the Body; `charset` of the HTTP header goes before the XML declaration.

    Raises SoapFaultError.
    """
    try:
        envelope = etree.fromstring(body, _parser(charset))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise SoapFaultError("org.xml.sax.SAXParseException: the request is not well-formed") from error
    found = envelope.find(_BODY) if envelope.tag == _ENVELOPE else None
    if found is None or len(found) == 0:
        raise SoapFaultError("the request has no SOAP 1.1 envelope with a Body")
    return found[0]


def _parser(charset: str | None) -> etree.XMLParser:
    encoding = None if charset is None else _REAL_ENCODINGS.get(charset.strip("\"' ").lower(), charset)
    return etree.XMLParser(encoding=encoding, resolve_entities=False, no_network=True, remove_comments=True)


def fault_envelope(charset: str, text: str) -> str:
    """A SOAP Fault of the server."""
    return (
        f'<?xml version="1.0" encoding="{charset}"?>'
        f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE_NAMESPACE}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>soapenv:Server</faultcode><faultstring>{escape(text)}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    )

"""zeep behind one safe wrapper: a WSDL read once, its operations' envelopes, its reading of an answer.

In: the path or address of a WSDL. Out: a `ServiceDescription`. zeep never speaks to a service and never logs an
envelope: its transport here only loads descriptions, and nothing is ever read but the WSDL itself and the schema of
the SOAP encoding, which is packaged here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from lxml import etree
from zeep import Client, Settings
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import ExternalReferenceForbidden
from zeep.transports import Transport
from zeep.wsdl.messages import RpcMessage

from legacy_adapters.quiet_logs import quieten
from legacy_adapters.soap.envelope import PreparedEnvelope, placeholder, split_at_placeholders
from legacy_adapters.soap.xml import parse_xml

SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
SOAP_ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
DESCRIPTION_TIMEOUT_SECONDS = 10

_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_PACKAGED_ENCODING = Path(__file__).with_name("soap_encoding.xsd")


class ServiceDescription:
    """What a WSDL says of a service's first port."""

    def __init__(self, client: Client) -> None:
        self._client = client
        port = next(iter(next(iter(client.wsdl.services.values())).ports.values()))
        self._operations = port.binding.all()

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations' names, in the WSDL's order."""
        return tuple(self._operations)

    def prepare(self, operation: str, parameters: Sequence[str], encoding: str = "utf-8") -> PreparedEnvelope:
        """The envelope of `operation` with a place for each of `parameters`, in the order of the message.

        Optional parameters that are not named are left out of the message. Raises ValueError for parameters that
        the message lacks or orders otherwise.
        """
        envelope = self.envelope(operation, {name: placeholder(index) for index, name in enumerate(parameters)})
        text = etree.tostring(envelope, encoding="unicode")
        return PreparedEnvelope(split_at_placeholders(text, len(parameters)), encoding)

    def envelope(self, operation: str, values: Mapping[str, object]) -> etree._Element:
        """zeep's own envelope for one call; an RPC/encoded one also says so, which zeep leaves out."""
        try:
            envelope: etree._Element = self._client.create_message(self._client.service, operation, **values)
        except (TypeError, ZeepError):
            # Their messages may quote values.
            raise ValueError(f"the message of {operation} takes other parameters") from None
        message = self._operations[operation].input
        if isinstance(message, RpcMessage):
            _say_encoded(envelope)
        return envelope

    def read_answer(self, operation: str, envelope: bytes) -> object:
        """zeep's own reading of an answer: slow, for rare operations and for comparing ours with it."""
        return self._operations[operation].process_reply(parse_xml(envelope))


async def load_description(location: str | Path) -> ServiceDescription:
    """Read the WSDL at `location`, a packaged file or an address. Blocking, so it is done in a thread.

    Raises OSError if it cannot be fetched, zeep's errors if it is no WSDL or would reach out to further addresses.
    """
    return await asyncio.to_thread(read_description, str(location))


def read_description(location: str) -> ServiceDescription:
    """`load_description` for callers that may block."""
    _withhold_values()
    settings = Settings(
        strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True, force_https=False, xml_huge_tree=False
    )
    transport = _DescriptionTransport(location)
    try:
        return ServiceDescription(Client(location, transport=transport, settings=settings))
    finally:
        transport.session.close()


def _withhold_values() -> None:
    # Whole envelopes, and values that are not of their type with a traceback.
    quieten("zeep.transports")
    quieten("zeep.xsd.types.simple", logging.CRITICAL)
    quieten("zeep.xsd.elements.attribute", logging.CRITICAL)


class _DescriptionTransport(Transport):
    """Loads one WSDL and the packaged schema; anything else is refused, a call to a service as well."""

    def __init__(self, location: str) -> None:
        super().__init__(timeout=DESCRIPTION_TIMEOUT_SECONDS)  # type: ignore[no-untyped-call]  # zeep has no types
        self._location = location
        self.session.trust_env = False

    def load(self, url: str) -> bytes:
        if url not in (self._location, str(_PACKAGED_ENCODING)):
            # A path or another scheme reaches out as an address does.
            raise ExternalReferenceForbidden(url)
        content: bytes = super().load(url)  # type: ignore[no-untyped-call]  # zeep has no types
        return _with_packaged_encoding(content)

    def get(self, address: str, params: object, headers: object) -> object:
        raise NotImplementedError("calls go over legacy_adapters.soap.http")

    def post(self, address: str, message: object, headers: object) -> object:
        raise NotImplementedError("calls go over legacy_adapters.soap.http")


def _with_packaged_encoding(content: bytes) -> bytes:
    """Make every schema that uses the SOAP encoding import the packaged one.

    Axis descriptions import it without a location or not at all; zeep would then fetch it from the Internet.
    """
    if SOAP_ENCODING.encode() not in content or f'targetNamespace="{SOAP_ENCODING}"'.encode() in content:
        return content
    root = parse_xml(content)
    for schema in root.iter(f"{{{_SCHEMA}}}schema"):
        imports = [node for node in schema.iterfind(f"{{{_SCHEMA}}}import") if node.get("namespace") == SOAP_ENCODING]
        if not imports:
            imports = [etree.Element(f"{{{_SCHEMA}}}import", namespace=SOAP_ENCODING)]
            schema.insert(0, imports[0])
        for node in imports:
            node.set("schemaLocation", str(_PACKAGED_ENCODING))
    return etree.tostring(root)


def _say_encoded(envelope: etree._Element) -> None:
    operation = envelope[-1][0]
    operation.set(f"{{{SOAP_ENVELOPE}}}encodingStyle", SOAP_ENCODING)
    for part in operation:
        # A prefix in a value is not lxml's business: it must be declared where the value stands.
        declared = etree.SubElement(operation, part.tag, nsmap={"xsd": _SCHEMA})
        declared.text = part.text
        declared.set(f"{{{_INSTANCE}}}type", "xsd:string")
        operation.replace(part, declared)

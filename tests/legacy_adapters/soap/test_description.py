"""zeep behind its wrapper: nothing is fetched but the WSDL, nothing is sent."""

from __future__ import annotations

import logging

import pytest
from lxml import etree
from zeep.exceptions import DTDForbidden, ExternalReferenceForbidden

from legacy_adapters.huangshan_card_service.service import WSDL as CARD_WSDL
from legacy_adapters.soap.description import read_description
from legacy_adapters.soap.xml import parse_xml


def description_of(folder, text: str):
    path = folder / "service.wsdl"
    path.write_text(text, encoding="utf-8")
    return read_description(str(path))


@pytest.fixture
def card_wsdl() -> str:
    return CARD_WSDL.read_text(encoding="utf-8")


def test_an_axis_description_needs_no_internet(tmp_path, card_wsdl):
    located = card_wsdl.replace(
        'import namespace="http://schemas.xmlsoap.org/soap/encoding/"',
        'import namespace="http://schemas.xmlsoap.org/soap/encoding/" schemaLocation="http://schemas.xmlsoap.org/x"',
    )
    unimported = card_wsdl.replace('<xsd:import namespace="http://schemas.xmlsoap.org/soap/encoding/"/>', "")
    for text in (card_wsdl, located, unimported):
        assert description_of(tmp_path, text).operations == ("getAC01", "getBank", "getAZ03", "allDsjk")


@pytest.mark.parametrize("location", ["http://127.0.0.1:9/other.xsd", "file://{}", "{}", "other.xsd", "ftp://h/x.xsd"])
def test_a_description_that_leads_elsewhere_is_refused(location, tmp_path, card_wsdl):
    other = tmp_path / "other.xsd"
    other.write_text('<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:other"/>', encoding="utf-8")
    import_of = f'<xsd:import namespace="urn:other" schemaLocation="{location.format(other)}"/>'
    with pytest.raises(ExternalReferenceForbidden):
        description_of(tmp_path, card_wsdl.replace("</xsd:schema>", f"{import_of}</xsd:schema>"))


def test_a_description_with_a_document_type_is_refused(tmp_path, card_wsdl):
    text = card_wsdl.replace("<wsdl:definitions", '<!DOCTYPE x [<!ENTITY e "x">]><wsdl:definitions', 1)
    with pytest.raises((DTDForbidden, ValueError)):
        description_of(tmp_path, text)


def test_zeep_cannot_send(card_wsdl):
    description = read_description(str(CARD_WSDL))
    with pytest.raises(NotImplementedError):
        description._client.service.allDsjk("text")


def test_no_envelope_is_logged_even_where_everything_is(caplog):
    with caplog.at_level(logging.DEBUG):
        description = read_description(str(CARD_WSDL))
        description.prepare("allDsjk", ("in0",)).fill("330199195805120015")
        description.envelope("allDsjk", {"in0": "330199195805120015"})
    assert "330199195805120015" not in caplog.text


def test_an_encoded_envelope_says_so():
    envelope = read_description(str(CARD_WSDL)).prepare("getBank", ("in0", "in1", "in2", "in3", "in4"))
    operation = parse_xml(envelope.fill("a", "b", "c", "", "e"))[-1][0]
    assert operation.get("{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle") == (
        "http://schemas.xmlsoap.org/soap/encoding/"
    )
    types = {part.get("{http://www.w3.org/2001/XMLSchema-instance}type") for part in operation}
    assert types == {"xsd:string"}
    assert all(part.nsmap["xsd"] == "http://www.w3.org/2001/XMLSchema" for part in operation)
    assert [part.text for part in operation] == ["a", "b", "c", None, "e"]
    assert etree.QName(operation).namespace == "http://server.ck.hs"


@pytest.mark.parametrize("parameters", [("in0", "in9"), ("in0",), ()])
def test_parameters_that_the_message_does_not_take_are_refused(parameters):
    description = read_description(str(CARD_WSDL))
    with pytest.raises(ValueError, match="the message of getBank takes other parameters"):
        description.prepare("getBank", parameters)


def test_parameters_stand_in_the_order_of_the_message():
    description = read_description(str(CARD_WSDL))
    with pytest.raises(ValueError, match="values in order are expected"):
        description.prepare("getBank", ("in4", "in3", "in2", "in1", "in0"))

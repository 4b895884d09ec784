"""Prepared envelopes and compiled extractions say what zeep says, operation by operation."""

from __future__ import annotations

import pytest
import pytest_asyncio
from lxml import etree

from legacy_adapters.hangzhou_core_service import adapter as core
from legacy_adapters.hangzhou_core_service.service import WSDL as CORE_WSDL
from legacy_adapters.hangzhou_core_service.session import login_digest
from legacy_adapters.huangshan_card_service.service import WSDL as CARD_WSDL
from legacy_adapters.huangshan_injury_service.service import WSDL as INJURY_WSDL
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, ZHANG_SAN
from legacy_adapters.soap.answer import returned_text
from legacy_adapters.soap.description import load_description
from legacy_adapters.soap.http import HttpPool
from legacy_adapters.soap.xml import parse_message, parse_xml

pytestmark = pytest.mark.asyncio(loop_scope="session")

CORE = "{urn:hangzhou:core}"
QUERIES = {
    core.PENSIONS: {"AAC147": ZHANG_SAN},
    core.PENSION_BY_NUMBER: {"AAZ257": "P00000001"},
    core.PENSION_LIST: {"AAB301": "341000", "BAE098": "20261231", "AAE116": "1", "pageNo": "1", "pageSize": "30"},
    core.PAYMENTS: {"AAZ257": "P00000001", "pageNo": "1", "pageSize": "5"},
    core.INJURIES: {"AAC147": "330199199001010011"},
    core.INJURIES_BY_EMPLOYER: {"AAB998": BOTH_CITIES_EMPLOYER},
    core.INJURY_BY_NUMBER: {"AAZ127": "HZGS202500105"},
    core.TRANSFERRED_CASE: {"BLC200": "HZZY202600001", "BLC201": "T341000-2026-000001", "BLC202": "341000"},
}
TEXTS = [
    ("getAC01", ("in0", "in1", "in2", "in3", "in4"), ("graph", "sandbox-huangshan", ZHANG_SAN, "张三", "341000")),
    ("getBank", ("in0", "in1", "in2", "in3", "in4"), ("graph", "sandbox-huangshan", ZHANG_SAN, "", "341000")),
    (
        "getAZ03",
        ("in0", "in1", "in2", "in3", "in4", "in5"),
        ("graph", "sandbox-huangshan", "H00000001", ZHANG_SAN, "张三", "341000"),
    ),
    ("allDsjk", ("in0",), ("<操作*>查询卡信息</操作*><姓名*>王䶮</姓名*>",)),
]


def canonical(envelope: bytes | etree._Element) -> bytes:
    root = parse_xml(envelope) if isinstance(envelope, bytes) else envelope
    return etree.tostring(root, method="c14n", exclusive=True)


def text_of(value: object) -> str | None:
    """zeep's value as the text that stood there, as we read it: blanks are no part of it."""
    return None if value is None else str(value).strip() or None


@pytest_asyncio.fixture(loop_scope="session")
async def core_pool(bureaus):
    pool = HttpPool(bureaus.systems["hangzhou_core_service"].location, "text/xml; charset=utf-8")
    yield pool
    await pool.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def token(core_pool) -> str:
    description = await load_description(CORE_WSDL)
    user, password = CREDENTIALS["hangzhou_core_service"]
    nonce = "0123456789abcdef"
    login = description.prepare("login", ("user", "digest", "nonce"))
    answer = await core_pool.post(
        login.fill(user, login_digest(password, f"{nonce}{id(login)}"), f"{nonce}{id(login)}")
    )
    return description.read_answer("login", answer.body).token


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.operation.name)
async def test_a_typed_operation(query, core_pool, token):
    description = await load_description(CORE_WSDL)
    values = {"token": token, **QUERIES[query]}
    envelope = description.prepare(query.operation.name, tuple(values)).fill(*values.values())
    assert canonical(envelope) == canonical(description.envelope(query.operation.name, values))

    answer = await core_pool.post(envelope)
    by_zeep = description.read_answer(query.operation.name, answer.body)
    rows = [query.row.read(row) for row in parse_message(answer.body, answer.charset)[0][0].iterchildren(f"{CORE}row")]
    tags = [str(tag).removeprefix(CORE) for tag in query.row._places]
    assert by_zeep.head.retcode == ("0" if rows else "E2003" if query is core.INJURIES else "E2005")
    assert rows == [tuple(text_of(getattr(row, tag)) for tag in tags) for row in by_zeep.row]


async def test_the_typed_operations_compared_have_rows(core_pool, token):
    """The comparison above is worth something only where there is something to compare."""
    description = await load_description(CORE_WSDL)
    for query in (core.PENSION_LIST, core.PAYMENTS, core.INJURIES_BY_EMPLOYER):
        values = {"token": token, **QUERIES[query]}
        answer = await core_pool.post(description.prepare(query.operation.name, tuple(values)).fill(*values.values()))
        assert len(description.read_answer(query.operation.name, answer.body).row) >= 5


@pytest.mark.parametrize(("operation", "parameters", "values"), TEXTS, ids=lambda value: str(value)[:7])
async def test_an_encoded_operation(operation, parameters, values, bureaus):
    description = await load_description(CARD_WSDL)
    prepared = description.prepare(operation, parameters, encoding="gbk")
    envelope = prepared.fill(*values)
    expected = description.envelope(operation, dict(zip(parameters, values, strict=True)))
    assert canonical(parse_message(envelope, "GBK")) == canonical(expected)

    pool = HttpPool(bureaus.systems["huangshan_card_service"].location, "text/xml; charset=GBK")
    try:
        answer = await pool.post(envelope)
    finally:
        await pool.aclose()
    body = parse_message(answer.body, answer.charset)
    # zeep reads bytes by their declaration and loses GB 18030: it is given what the rule of the encodings makes of it.
    by_zeep = description.read_answer(operation, etree.tostring(body, encoding="utf-8"))
    assert returned_text(body[0][0]) == by_zeep["_value_1"]
    assert returned_text(body[0][0]).startswith("<ERR>")


async def test_the_pipe(bureaus):
    description = await load_description(INJURY_WSDL)
    text = "<message><head><functionNo>C020001</functionNo></head><body/></message>"
    envelope = description.prepare("nh_pipe", ("xml",)).fill(text)
    assert canonical(envelope) == canonical(description.envelope("nh_pipe", {"xml": text}))
    pool = HttpPool(bureaus.systems["huangshan_injury_service"].location, "text/xml; charset=utf-8")
    try:
        answer = await pool.post(envelope)
    finally:
        await pool.aclose()
    body = parse_message(answer.body, answer.charset)[0][0]
    assert returned_text(body) == description.read_answer("nh_pipe", answer.body)
    assert "<returnCode>3001</returnCode>" in returned_text(body)

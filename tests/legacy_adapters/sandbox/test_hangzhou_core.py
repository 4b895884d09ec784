"""Hangzhou's core service, as a client meets it."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
import zeep

from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from legacy_adapters.sandbox.population.world import World
from legacy_adapters.sandbox.services.hangzhou_core import HangzhouCoreService
from legacy_adapters.sandbox.services.hangzhou_sessions import login_digest
from legacy_adapters.sandbox.services.service import SoapFaultError
from tests.legacy_adapters.sandbox.conftest import HandClock
from tests.legacy_adapters.sandbox.requests import core_envelope, login_envelope, post, values_of

NAME = "hangzhou_core_service"


@pytest.fixture
def service(world: World, clock: HandClock) -> HangzhouCoreService:
    return HangzhouCoreService(world.hangzhou, CREDENTIALS[NAME], clock)


def ask(service: HangzhouCoreService, envelope: str) -> str:
    return service.answer(service.read(envelope.encode(), "utf-8"))


def retcode(answer: str) -> str:
    [code] = values_of("retcode", answer)
    return code


@pytest.fixture
def token(service: HangzhouCoreService) -> str:
    [token] = values_of("token", ask(service, login_envelope("nonce-of-fixture")))
    return token


def test_the_login_digest_is_sm3_of_password_and_nonce() -> None:
    assert login_digest("ab", "c") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.mark.parametrize(
    "envelope", [login_envelope("nonce-of-fixture"), login_envelope("short"), login_envelope("another-nonce", "wrong")]
)
def test_a_used_nonce_a_short_one_and_a_wrong_password_are_refused(
    service: HangzhouCoreService, token: str, envelope: str
) -> None:
    assert token
    assert retcode(ask(service, envelope)) == "E1002"


def test_a_token_lives_twenty_minutes_after_its_last_use(
    service: HangzhouCoreService, token: str, clock: HandClock
) -> None:
    query = core_envelope("queryPension", token=token, AAC147=ZHANG_SAN)
    for _ in range(3):
        clock.advance(minutes=19)
        assert retcode(ask(service, query)) == "0"
    clock.advance(minutes=21)
    assert retcode(ask(service, query)) == "E1001"


def test_a_token_ends_after_two_hours_even_in_use(service: HangzhouCoreService, token: str, clock: HandClock) -> None:
    query = core_envelope("queryPension", token=token, AAC147=ZHANG_SAN)
    codes = []
    for _ in range(9):
        clock.advance(minutes=15)
        codes.append(retcode(ask(service, query)))
    assert codes == ["0"] * 8 + ["E1001"]


def test_any_spelling_finds_a_pension_which_shows_the_number_as_filed(service: HangzhouCoreService, token: str) -> None:
    for spelling in (ZHANG_SAN, "330199580512001"):
        answer = ask(service, core_envelope("queryPension", token=token, AAC147=spelling))
        assert values_of("AAC147", answer) == ["330199580512001"]


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("queryPension", {"AAC147": "330199190001010001"}, "E2003"),
        ("queryPensionByNumber", {"AAZ257": "P99999999"}, "E2004"),
        ("queryPayments", {"AAZ257": "P99999999", "pageNo": "1", "pageSize": "10"}, "E2004"),
        ("queryPayments", {"AAZ257": "P00000001", "pageNo": "0", "pageSize": "10"}, "E3001"),
        ("queryPensionList", {"pageNo": "1", "pageSize": "201"}, "E3001"),
        ("queryInjury", {"AAC147": ZHANG_SAN}, "E2003"),
        ("queryInjuryByEmployer", {"AAB998": "91341099MA0000002B"}, "0"),
        ("queryInjuryByNumber", {"AAZ127": "HZGS000000000"}, "E2005"),
        ("queryTransfer", {"BLC200": "HZZY000000000"}, "E2005"),
        ("queryTransfer", {"BLC201": "T341000-2026-000001", "BLC202": "341000"}, "E2005"),
    ],
)
def test_every_way_of_finding_nothing_has_its_code(
    service: HangzhouCoreService, token: str, operation: str, arguments: dict[str, str], code: str
) -> None:
    answer = ask(service, core_envelope(operation, token=token, **arguments))
    assert (retcode(answer), values_of("rows", answer)) == (code, ["0"])


def test_pages_of_the_list_follow_each_other_by_due_day_then_number(
    service: HangzhouCoreService, token: str, world: World
) -> None:
    found: list[str] = []
    for page in range(1, 20):
        answer = ask(service, core_envelope("queryPensionList", token=token, pageNo=str(page), pageSize="37"))
        found += values_of("AAZ257", answer)
        assert values_of("total", answer) == [str(len(world.hangzhou.pensions))]
    expected = sorted(world.hangzhou.pensions, key=lambda pension: (pension.due_on or "9999", pension.number))
    assert found == [pension.number for pension in expected]


def test_the_list_is_filtered_by_residence_due_day_and_status(
    service: HangzhouCoreService, token: str, world: World
) -> None:
    filters = {"AAB301": "341000", "BAE098": "20261215", "AAE116": "1"}
    answer = ask(service, core_envelope("queryPensionList", token=token, **filters, pageNo="1", pageSize="200"))
    expected = {
        pension.number
        for pension in world.hangzhou.pensions
        if pension.residence.startswith("3410")
        and (pension.due_on or "9") <= "2026-12-15"
        and pension.status == "PAYING"
    }
    assert set(values_of("AAZ257", answer)) == expected
    assert "P00000001" in expected


def test_payments_come_newest_month_first(service: HangzhouCoreService, token: str) -> None:
    query = core_envelope("queryPayments", token=token, AAZ257="P00000001", pageNo="2", pageSize="5")
    assert values_of("AAE003", ask(service, query)) == ["202606", "202605", "202604", "202603", "202602"]


def certify(token: str, number: str, **other: str) -> str:
    elements = {
        "AAC001": "9330100000000001",
        "AAZ257": "P00000001",
        "AAE001": "2026",
        "BAE099": "2",
        "AAB301": "341000",
        "serial": number,
    }
    return core_envelope("certify", token=token, **(elements | other))


def test_certifying_changes_what_is_read_afterwards_and_the_order_of_the_list(
    service: HangzhouCoreService, token: str
) -> None:
    answer = ask(service, certify(token, "S-1"))
    assert (retcode(answer), values_of("receipt", answer)) == ("0", ["RZ20261123000001"])
    row = ask(service, core_envelope("queryPension", token=token, AAC147=ZHANG_SAN))
    read = {tag: values_of(tag, row) for tag in ("BAE097", "BAE098", "BAE099", "AAA080", "AAE036")}
    assert read == {
        "BAE097": ["20261123"],
        "BAE098": ["20271123"],
        "BAE099": ["2"],
        "AAA080": ["1"],
        "AAE036": ["20261123093000"],
    }
    due = core_envelope("queryPensionList", token=token, AAB301="341000", BAE098="20261231", pageNo="1", pageSize="200")
    assert "P00000001" not in values_of("AAZ257", ask(service, due))


def test_a_serial_has_its_effect_once(service: HangzhouCoreService, token: str) -> None:
    first, second = (ask(service, certify(token, "S-1")) for _ in range(2))
    assert retcode(second) == "E5001"
    assert values_of("receipt", second) == values_of("receipt", first)
    assert [(entry.subject, entry.reference, entry.effect) for entry in service.writes.entries] == [
        ("P00000001", "S-1", "done"),
        ("P00000001", "S-1", "already"),
    ]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"AAC001": "9330100000000002"}, "E2004"),
        ({"AAZ257": "P99999999"}, "E2004"),
        ({"AAE001": "2025"}, "E3001"),
        ({"BAE099": "8"}, "E3001"),
        ({"AAB301": "HS"}, "E3001"),
        ({"serial": "9" * 41}, "E3001"),
    ],
)
def test_a_wrong_certification_is_refused_and_logged_as_such(
    service: HangzhouCoreService, token: str, other: dict[str, str], code: str
) -> None:
    assert retcode(ask(service, certify(token, "S-1", **other))) == code
    assert [entry.effect for entry in service.writes.entries] == ["refused"]


def test_a_suspended_pension_is_paid_again_after_its_certification(
    service: HangzhouCoreService, token: str, world: World
) -> None:
    pension = next(pension for pension in world.hangzhou.pensions if pension.status == "SUSPENDED")
    person = str(9330100000000000 + pension.person)
    ask(service, certify(token, "S-2", AAC001=person, AAZ257=pension.number))
    answer = ask(service, core_envelope("queryPensionByNumber", token=token, AAZ257=pension.number))
    assert values_of("AAE116", answer) == ["1"]


@pytest.mark.parametrize(
    "envelope",
    [
        "<no-soap/>",
        "not even xml",
        core_envelope("queryEverything", token="t"),
        core_envelope("queryPension", AAC147=ZHANG_SAN, token="t"),
        core_envelope("queryPension", token="t"),
        core_envelope("queryPension", token="t", AAC147=ZHANG_SAN, more="x"),
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    ],
)
def test_what_is_not_as_the_wsdl_says_is_a_fault(service: HangzhouCoreService, envelope: str) -> None:
    with pytest.raises(SoapFaultError):
        service.read(envelope.encode(), "utf-8")


async def test_zeep_loads_the_wsdl_and_calls_the_typed_service(bureaus: Bureaus) -> None:
    def call(url: str) -> tuple[Any, Any]:
        with zeep.Client(f"{url}?wsdl") as client:
            password = CREDENTIALS[NAME][1]
            token = client.service.login("graph", login_digest(password, "zeep-nonce"), "zeep-nonce").token
            return client.service.queryPension(token, ZHANG_SAN), client.service.queryInjury(
                token, "330199198601010133"
            )

    pensions, injuries = await asyncio.to_thread(call, bureaus.systems[NAME].location)
    assert [(str(row.AIC142), row.AAE042, row.BAE098) for row in pensions.row] == [("5231.40", "999999", "20261205")]
    assert [(row.AAZ127, row.ALC020, row.BLC001, row.ALA040) for row in injuries.row] == [
        ("HZGS202500001", "20250408", "03", None)
    ]


async def test_a_broken_request_is_a_soap_fault_with_status_500(bureaus: Bureaus, http: aiohttp.ClientSession) -> None:
    status, content_type, body = await post(http, bureaus.systems[NAME].location, "<no-soap/>")
    assert (status, content_type) == (500, "text/xml; charset=UTF-8")
    assert b"<faultcode>soapenv:Server</faultcode>" in body

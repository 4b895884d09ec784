"""Huangshan's injury service, as a client meets it."""

from __future__ import annotations

import asyncio

import pytest
import zeep
from lxml import etree

from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, ZHANG_SAN
from legacy_adapters.sandbox.population.world import World
from legacy_adapters.sandbox.services.huangshan_injuries import HuangshanInjuryService
from legacy_adapters.sandbox.services.service import SoapFaultError
from tests.legacy_adapters.sandbox.conftest import HandClock
from tests.legacy_adapters.sandbox.requests import core_envelope, inner_text, pipe_envelope, values_of

NAME = "huangshan_injury_service"


@pytest.fixture(scope="module")
def service(world: World) -> HuangshanInjuryService:
    return HuangshanInjuryService(world.huangshan, CREDENTIALS[NAME], HandClock())


def ask(service: HuangshanInjuryService, envelope: str) -> str:
    return inner_text(service.answer(service.read(envelope.encode(), "utf-8")))


def tree(message: str) -> etree._Element:
    return etree.fromstring(message.partition("?>")[2])


def test_a_single_row_is_not_wrapped_in_a_list(service: HuangshanInjuryService) -> None:
    message = ask(service, pipe_envelope("C020003", "<gsrdbh>HSGS201700001</gsrdbh>"))
    assert message == (
        '<?xml version="1.0" encoding="UTF-8"?><message><head><functionNo>C020003</functionNo>'
        "<returnCode>0000</returnCode><returnMsg>成功</returnMsg><rowCount>1</rowCount></head><body><row>"
        f"<gsrdbh>HSGS201700001</gsrdbh><D507_01>{ZHANG_SAN}</D507_01><D507_02>张三</D507_02>"
        f"<D507_10>新安江智造有限公司</D507_10><D507_11>{BOTH_CITIES_EMPLOYER}</D507_11><sgsj>2017-03-06 14:30</sgsj>"
        "<shbw>左前臂</shbw><sqrq>2017-03-10</sqrq><slrq>2017-03-17</slrq><rdjl>认定工伤</rdjl><rdrq>2017-05-02</rdrq>"
        "<scdj>七级</scdj><jdsbh>JD201700001</jdsbh><ajzt>已办结</ajzt><jarq>2017-11-20</jarq>"
        "<gxsj>2017-11-20 16:30:00</gxsj></row></body></message>"
    )


def test_several_rows_are_a_list_newest_first(service: HuangshanInjuryService) -> None:
    message = tree(ask(service, pipe_envelope("C020002", f"<D507_11>{BOTH_CITIES_EMPLOYER}</D507_11>")))
    filed = message.xpath("body/rows/row/sqrq/text()")
    assert isinstance(filed, list)
    assert len(filed) > 1
    assert filed == sorted(filed, reverse=True)
    assert message.findtext("head/rowCount") == str(len(filed))


def test_the_old_number_finds_the_injured_worker_under_a_gbk_declaration(service: HuangshanInjuryService) -> None:
    message = ask(service, pipe_envelope("C020001", "<D507_01>330199580512001</D507_01>"))
    assert message.startswith('<?xml version="1.0" encoding="GBK"?>')
    assert "HSGS201700001" in values_of("gsrdbh", message)


def test_grades_are_written_in_two_ways(service: HuangshanInjuryService, world: World) -> None:
    grades = {
        grade
        for injury in world.huangshan.injuries
        for grade in values_of("scdj", ask(service, pipe_envelope("C020003", f"<gsrdbh>{injury.number}</gsrdbh>")))
    }
    assert {"七级", ""} < grades
    assert any(grade.isdigit() for grade in grades)


@pytest.mark.parametrize(
    ("envelope", "code"),
    [
        (pipe_envelope("C020001", "<D507_01>330199190001010001</D507_01>"), "1001"),
        (pipe_envelope("C020001", "<D507_01>1</D507_01>", password="wrong"), "2001"),
        (pipe_envelope("C020001", "<D507_01>1</D507_01>", identity="nobody"), "2001"),
        (pipe_envelope("C020001", "<D507_01>1</D507_01>", targetOrg="330100"), "2002"),
        (pipe_envelope("C020001", "<gsrdbh>1</gsrdbh>"), "3001"),
        (pipe_envelope("C020001", "<broken"), "3001"),
        (pipe_envelope("C020009", ""), "3002"),
    ],
)
def test_every_refusal_has_its_code(service: HuangshanInjuryService, envelope: str, code: str) -> None:
    assert values_of("returnCode", ask(service, envelope)) == [code]


def test_another_operation_is_a_fault(service: HuangshanInjuryService) -> None:
    with pytest.raises(SoapFaultError, match="nh_pipe"):
        service.read(core_envelope("login").encode(), None)


async def test_zeep_loads_the_wsdl_and_calls_the_service(bureaus: Bureaus) -> None:
    def call(url: str) -> str:
        user, password = CREDENTIALS[NAME]
        head = f"<functionNo>C020003</functionNo><targetOrg>341000</targetOrg><identity>{user}</identity>"
        body = "<body><gsrdbh>HSGS201700001</gsrdbh></body>"
        with zeep.Client(f"{url}?wsdl") as client:
            answer: str = client.service.nh_pipe(
                f"<message><head>{head}<password>{password}</password></head>{body}</message>"
            )
            return answer

    assert values_of("scdj", await asyncio.to_thread(call, bureaus.systems[NAME].location)) == ["七级"]

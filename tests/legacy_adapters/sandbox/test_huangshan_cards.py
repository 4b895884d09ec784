"""Huangshan's card service, as a client meets it."""

from __future__ import annotations

import re

import aiohttp
import pytest

from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.population.fixtures import CHEN_XIAO, WANG_YAN, ZHANG_SAN
from legacy_adapters.sandbox.population.world import World
from legacy_adapters.sandbox.services.huangshan_cards import UNKNOWN_PERSON, HuangshanCardService
from legacy_adapters.sandbox.services.service import SoapFaultError
from tests.legacy_adapters.sandbox.conftest import HandClock
from tests.legacy_adapters.sandbox.requests import card_envelope, inner_text, post, starred, values_of

NAME = "huangshan_card_service"
USER, PASSWORD = CREDENTIALS[NAME]


@pytest.fixture
def service(world: World, clock: HandClock) -> HuangshanCardService:
    return HuangshanCardService(world.huangshan, CREDENTIALS[NAME], clock)


def ask(service: HuangshanCardService, envelope: str) -> str:
    return inner_text(service.answer(service.read(envelope.encode("gb18030"), "GBK")))


def query(service: HuangshanCardService, id_number: str = ZHANG_SAN, **tags: str) -> str:
    return ask(service, starred("查询卡信息", 社会保障号码=id_number, **tags))


def write(service: HuangshanCardService, operation: str, **other: str) -> str:
    tags = {"社保卡号": "H00000001", "社会保障号码": ZHANG_SAN, "姓名": "张三"} | other
    return ask(service, starred(operation, **tags)).removeprefix("<ERR>").removesuffix("</ERR>")


def test_the_answer_is_several_roots_with_starred_tags(service: HuangshanCardService) -> None:
    assert query(service) == (
        "<ERR>OK</ERR><数量>1</数量><时间>20261123093000</时间><ROW><社保卡号*>H00000001</社保卡号*>"
        f"<社会保障号码*>{ZHANG_SAN}</社会保障号码*><姓名*>张三</姓名*><卡状态*>1</卡状态*>"
        "<卡状态时间>20201015100000</卡状态时间><临时挂失到期></临时挂失到期><银行代码>95566</银行代码>"
        "<银行卡状态>A</银行卡状态><银行状态时间>20201015100000</银行状态时间><银行挂失到期></银行挂失到期>"
        "<发卡日期>20201015</发卡日期><有效期>20301015</有效期><AAB301>341000</AAB301></ROW>"
    )


def test_asking_by_card_number_gives_other_tags_for_the_same(service: HuangshanCardService) -> None:
    answer = ask(service, starred("按卡号查询", 社会保障卡卡号="H00000001"))
    assert "*" not in answer
    assert (values_of("社会保障卡卡号", answer), values_of("社会保障号", answer)) == (["H00000001"], [ZHANG_SAN])


def test_every_card_of_a_person_comes_newest_first(service: HuangshanCardService, world: World) -> None:
    old = next(card for card in world.huangshan.cards if card.social.status == "CANCELLED")
    answer = query(service, old.id_number)
    issued = values_of("发卡日期", answer)
    assert issued == sorted(issued, reverse=True)
    assert old.number in values_of("社保卡号", answer)


@pytest.mark.parametrize("spelling", [CHEN_XIAO, CHEN_XIAO.lower(), "３４１０９９１９７２０６０１００３Ｘ"])
def test_every_spelling_finds_the_card_and_shows_what_was_typed(service: HuangshanCardService, spelling: str) -> None:
    assert values_of("社会保障号码", query(service, spelling)) == ["３４１０９９１９７２０６０１００３Ｘ"]


def test_tags_are_known_without_their_star_too(service: HuangshanCardService) -> None:
    envelope = starred("查询卡信息", 社会保障号码=ZHANG_SAN).replace("*", "")
    assert values_of("ERR", ask(service, envelope)) == ["OK"]


@pytest.mark.parametrize(
    ("envelope", "text"),
    [
        (starred("查询卡信息", 社会保障号码="330199190001010001"), UNKNOWN_PERSON),
        (starred("查询卡信息", 社会保障号码=ZHANG_SAN, 姓名="李四"), UNKNOWN_PERSON),
        (starred("查询卡信息", 社会保障号=ZHANG_SAN), "社会保障号码不能为空"),
        (starred("查询卡信息", 社会保障号码=ZHANG_SAN, 密码="wrong"), "用户名或密码错误"),
        (starred("查询卡信息", 社会保障号码=ZHANG_SAN, 用户名="nobody"), "用户名或密码错误"),
        (starred("查询卡信息", 社会保障号码=ZHANG_SAN, 所属城市="330100"), "城市代码错误"),
        (starred("查询一切"), "操作不存在"),
        (starred("按卡号查询", 社会保障卡卡号="H99999999"), "卡号不存在"),
        (card_envelope("allDsjk", "no tags"), "用户名或密码错误"),
        (card_envelope("getBank", USER, PASSWORD, "330199190001010001", "", "341000"), UNKNOWN_PERSON),
    ],
)
def test_the_text_of_an_error_is_its_code(service: HuangshanCardService, envelope: str, text: str) -> None:
    assert ask(service, envelope) == f"<ERR>{text}</ERR>"


def test_positional_operations_answer_in_codes(service: HuangshanCardService) -> None:
    person = ask(service, card_envelope("getAC01", USER, PASSWORD, ZHANG_SAN, "张三", "341000"))
    assert [values_of(tag, person) for tag in ("ERR", "AAC001", "AAC003", "AAC006")] == [
        ["OK"],
        ["3400000001"],
        ["张三"],
        ["19580512"],
    ]
    bank = ask(service, card_envelope("getBank", USER, PASSWORD, ZHANG_SAN, "", "341000"))
    assert (values_of("AAZ500", bank), values_of("AAE008", bank)) == (["H00000001"], ["95566"])
    progress = ask(service, card_envelope("getAZ03", USER, PASSWORD, "H00000001", "", "", "341000"))
    assert values_of("GETTIME", progress) == ["20201015093000"]


@pytest.mark.parametrize(
    "envelope",
    [card_envelope("getBank", USER, PASSWORD, ZHANG_SAN), card_envelope("getPhoto", USER), card_envelope("allDsjk")],
)
def test_a_wrong_number_of_arguments_is_a_fault(service: HuangshanCardService, envelope: str) -> None:
    with pytest.raises(SoapFaultError, match="No such operation, or wrong number of parameters"):
        service.read(envelope.encode("gb18030"), "GBK")


def test_a_temporary_loss_shows_its_expiry_and_ends_by_itself(service: HuangshanCardService, clock: HandClock) -> None:
    assert write(service, "临时挂失") == "00"
    answer = query(service)
    assert (values_of("卡状态", answer), values_of("临时挂失到期", answer)) == (["4"], ["20261130093000"])
    assert values_of("银行卡状态", answer) == ["A"]
    clock.advance(days=7)
    answer = query(service)
    assert (values_of("卡状态", answer), values_of("临时挂失到期", answer)) == (["1"], [""])


@pytest.mark.parametrize(
    ("operations", "answers", "status"),
    [
        (["临时挂失", "临时挂失"], ["00", "01"], "4"),
        (["临时挂失", "正式挂失", "正式挂失"], ["00", "00", "01"], "2"),
        (["正式挂失", "临时挂失"], ["00", "01"], "2"),
        (["正式挂失", "解除挂失", "解除挂失"], ["00", "00", "01"], "1"),
        (["领卡启用"], ["01"], "1"),
        (["正式挂失", "领卡启用"], ["00", "卡已挂失"], "2"),
    ],
)
def test_a_card_s_life(service: HuangshanCardService, operations: list[str], answers: list[str], status: str) -> None:
    assert [write(service, operation) for operation in operations] == answers
    assert values_of("卡状态", query(service)) == [status]


def test_the_log_tells_done_from_already_so_and_refused(service: HuangshanCardService) -> None:
    write(service, "临时挂失")
    write(service, "临时挂失")
    write(service, "正式挂失", 姓名="李四")
    write(service, "正式挂失", 社保卡号="H99999999")
    assert [(entry.sequence, entry.operation, entry.subject, entry.effect) for entry in service.writes.entries] == [
        (1, "临时挂失", "H00000001", "done"),
        (2, "临时挂失", "H00000001", "already"),
        (3, "正式挂失", "H00000001", "refused"),
        (4, "正式挂失", "H99999999", "refused"),
    ]


@pytest.mark.parametrize(
    ("status", "text"), [("CANCELLED", "卡已注销"), ("SEALED", "卡未启用"), ("LOCKED", "卡已锁定")]
)
def test_a_card_that_cannot_be_lost_says_why(
    service: HuangshanCardService, world: World, status: str, text: str
) -> None:
    card = next(card for card in world.huangshan.cards if card.social.status == status)
    tags = {"社保卡号": card.number, "社会保障号码": card.id_number, "姓名": card.name}
    assert write(service, "正式挂失", **tags) == text


async def test_bytes_are_gb18030_under_the_name_of_gbk(bureaus: Bureaus, http: aiohttp.ClientSession) -> None:
    envelope = starred("查询卡信息", 社会保障号码=WANG_YAN, 姓名="王䶮")
    status, content_type, body = await post(http, bureaus.systems[NAME].location, envelope, "gb18030")
    assert (status, content_type) == (200, "text/xml; charset=GBK")
    assert body.startswith(b'<?xml version="1.0" encoding="GBK"?>')
    with pytest.raises(UnicodeDecodeError):
        body.decode("gbk")
    assert re.search("姓名.*王䶮", inner_text(body.decode("gb18030")))

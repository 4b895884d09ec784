"""Answers as services give them on bad days: incomplete, headless, with codes outside every list."""

from __future__ import annotations

import pytest

from legacy_adapters.errors import AdapterError, AnswerMalformed, BusinessError
from legacy_adapters.hangzhou_core_service.adapter import open_adapter as open_core
from legacy_adapters.huangshan_card_service.adapter import open_adapter as open_cards
from legacy_adapters.huangshan_injury_service.adapter import open_adapter as open_injuries
from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.records.cases import CaseStatus
from legacy_adapters.records.pensions import PensionScheme, PensionStatus
from legacy_adapters.soap.http import HttpAnswer
from tests.legacy_adapters.support.systems import make_system

ID = "330199195805120015"
PENSION = (
    "<row><AAC147>330199580512001  </AAC147><AAZ257>P1</AAZ257><AAE140>190</AAE140><AIC162>00000000</AIC162>"
    "<AIC142>5231.4</AIC142><AAE116>8</AAE116><AAE041>201806</AAE041><AAE042>999999</AAE042>"
    "<BAE097/><BAE098>00000000</BAE098><BAE099>7</BAE099><NEW>1</NEW></row>"
)
CARD = "<社保卡号*>H1</社保卡号*><社会保障号码>３３０１９９１９５８０５１２００１５</社会保障号码>"
INJURY = "<row><gsrdbh>GS1</gsrdbh><D507_01>330199580512001</D507_01><ajzt>待移交</ajzt><scdj>未达等级</scdj></row>"


class Wire:
    """Stands for the pool: every call has the same answer, a login its token."""

    def __init__(self, envelope: str) -> None:
        self._envelope = envelope

    async def post(self, body: bytes, action: str = "") -> HttpAnswer:
        envelope = core("<head><retcode>0</retcode></head><token>t</token>") if b"digest" in body else self._envelope
        return HttpAnswer(200, "text/xml", "utf-8", envelope.encode())

    async def aclose(self) -> None:
        """Nothing is open."""


def envelope(content: str) -> str:
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{content}</s:Body></s:Envelope>'


def core(content: str) -> str:
    return envelope(f'<r xmlns="urn:hangzhou:core">{content}</r>')


def text(content: str) -> str:
    return envelope(f"<r><return><![CDATA[{content}]]></return></r>")


def message(code: str, count: int, rows: str) -> str:
    head = f"<head><returnCode>{code}</returnCode><rowCount>{count}</rowCount></head>"
    return text(f'<?xml version="1.0" encoding="GBK"?><message>{head}<body>{rows}</body></message>')


async def pensions(answer: str):
    return await _answer(await open_core(make_system()), "pensions", answer)


async def cards(answer: str):
    return await _answer(await open_cards(make_system()), "cards", answer)


async def injuries(answer: str):
    return await _answer(await open_injuries(make_system()), "cases_of_people", answer)


async def _answer(adapter, question: str, answer: str):
    adapter._service._endpoint._pool = Wire(answer)
    (outcome,) = (await getattr(adapter, question)([ID])).values()
    return outcome


async def test_a_pension_with_codes_outside_every_list_is_kept_with_its_raw_values():
    (pension,) = await pensions(core(f"<head><retcode>0</retcode><total> 1 </total></head>{PENSION}"))
    assert (pension.national_id, pension.pension_number, pension.monthly_amount_fen) == (ID, "P1", 523_140)
    assert (pension.scheme, pension.scheme_raw) == (PensionScheme.UNKNOWN, "190")
    assert (pension.status, pension.status_raw) == (PensionStatus.UNKNOWN, "8")
    assert (pension.started_on, pension.ended_on) == ("2018-06-01", None)
    assert (pension.certification_due_on, pension.certification_last_passed_on) == (None, None)
    assert (pension.certification_last_method, pension.certification_last_elsewhere) == ("7", None)


async def test_a_row_that_nothing_identifies_is_left_out():
    nameless = PENSION.replace("330199580512001  ", "*****")
    assert await pensions(core(f"<head><retcode>0</retcode><rows>2</rows></head>{PENSION}{nameless}")) != []
    assert await pensions(core(f"<head><retcode>0</retcode><rows>1</rows></head>{nameless}")) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (core(PENSION), "the answer has no head"),
        (core("<head><retmsg>好</retmsg></head>"), "the answer has no retcode"),
        (core(f"<head><retcode>0</retcode><rows>2</rows></head>{PENSION}"), "the answer has not as many rows as"),
    ],
)
async def test_an_incomplete_answer_of_the_core_service_is_malformed(answer, reason):
    outcome = await pensions(answer)
    assert isinstance(outcome, AnswerMalformed)
    assert outcome.reason.startswith(reason)


async def test_a_retcode_that_looks_like_none_is_not_told_on():
    outcome = await pensions(core(f"<head><retcode>{ID}</retcode></head>"))
    assert isinstance(outcome, BusinessError)
    assert str(outcome) == "test_system (330100): the service answered unreadable"


async def test_a_card_without_account_and_with_an_unmapped_status():
    row = f"<ROW>{CARD}<卡状态>7</卡状态><卡状态时间></卡状态时间><有效期>99991231</有效期></ROW>"
    (card,) = await cards(text(f"<ERR>OK</ERR><数量>1</数量>{row}\r\n序号,姓名\r\n1,甲"))
    assert (card.national_id, card.number, card.expires_on) == (ID, "H1", None)
    assert (card.social_function.status, card.social_function.status_raw) == (CardFunctionStatus.UNKNOWN, "7")
    assert (card.bank_function, card.bank) == (None, None)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (text(f"<ERR>OK</ERR><数量>2</数量><ROW>{CARD}</ROW>"), "the answer has not as many ROWs as it says"),
        (text(f"<ROW>{CARD}</ROW>"), "the answer has no ERR"),
        (text(f"<ERR>OK</ERR><ROW>{CARD}"), "a tag is not closed at character"),
        (envelope("<r/>"), "the answer has no ERR"),
    ],
)
async def test_an_incomplete_answer_of_the_card_service_is_malformed(answer, reason):
    outcome = await cards(answer)
    assert isinstance(outcome, AnswerMalformed)
    assert outcome.reason.startswith(reason)


@pytest.mark.parametrize("rows", [INJURY, f"<rows>{INJURY}</rows>"])
async def test_a_single_case_may_stand_alone_or_in_a_list(rows):
    (case,) = await injuries(message("0000", 1, rows))
    assert (case.case_number, case.injured) == ("GS1", ID)
    assert (case.status, case.status_raw) == (CaseStatus.UNKNOWN, "待移交")
    assert (case.disability_grade, case.conclusion, case.employer, case.opened_on) == (None, None, None, None)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (message("0000", 2, INJURY), "the message has not as many rows as its head says"),
        (message("", 0, ""), "the message has no returnCode"),
        (text("<message><head>"), "the message in the answer: not well-formed"),
        (text(f"系统提示 {ID}"), "the message in the answer: not well-formed"),
    ],
)
async def test_an_incomplete_answer_of_the_injury_service_is_malformed(answer, reason):
    outcome = await injuries(answer)
    assert isinstance(outcome, AnswerMalformed)
    assert outcome.reason.startswith(reason)
    assert ID not in str(outcome)


async def test_a_key_that_xml_cannot_carry_is_asked_of_nobody():
    adapter = await open_cards(make_system())
    adapter._service._endpoint._pool = None
    assert await adapter.cards_by_number(["H1\x00"]) == {}
    assert adapter.health().calls == 0


@pytest.mark.parametrize("ask", [pensions, cards, injuries])
async def test_one_persons_malformed_answer_stands_at_that_person(ask):
    assert isinstance(await ask(envelope("<r/>")), AdapterError)

"""Letters of entrusted investigation, in Hangzhou's typed service and in Huangshan's pipe: the same of both."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from legacy_adapters.operations.commands import (
    AssistAcceptance,
    AssistCreation,
    AssistReply,
    AssistSubject,
    Finding,
    Verdict,
)
from legacy_adapters.operations.outcomes import Outcome, OutcomeKind, Reason, Standing, settle
from legacy_adapters.records.assists import AssistState
from legacy_adapters.sandbox.faults import FaultKind
from legacy_adapters.sandbox.population.fixtures import LI_SI, ZHANG_SAN
from tests.legacy_adapters.operations.conftest import Bureau, open_bureau, start_bureaus
from tests.legacy_adapters.sandbox.conftest import HandClock

LETTER = AssistCreation(
    letter_number="330100-2026-00017",
    requesting_city="330100",
    requesting_office="杭州市社会保险管理服务中心",
    addressed_city="341000",
    addressed_office="黄山市人社局工伤科",
    subject=AssistSubject.INJURY_FACTS,
    national_id=ZHANG_SAN,
    name="张三",
    case_number="HZGS202600101",
    questions=("事故当日是否在岗?", "有无<第三方>赔偿\n及金额?"),
    legal_basis="两市合作协议第一条",
    due_on="2026-12-14",
    attachment_digests=("66c7f0f462eeedd9",),
)
FINDINGS = (Finding(Verdict.CONFIRMED, "考勤记录属实"), Finding(Verdict.UNVERIFIABLE, "无记录 & 无证人"))
SYSTEMS = {"hangzhou": "hangzhou_core_service", "huangshan": "huangshan_injury_service"}
CREATES = {"hangzhou": "createAssist", "huangshan": "C030001"}
NUMBERS = {"hangzhou": "HZXC202600001", "huangshan": "HSXC202600001"}
CODES = {
    "hangzhou": {"done": "0", "again": "E5001", "known": "E5003", "state": "E4001", "nobody": "E2007", "bad": "E3001"},
    "huangshan": {"done": "0000", "again": "4001", "known": "4001", "state": "4003", "nobody": "1001", "bad": "3001"},
}


@pytest.fixture(params=["hangzhou", "huangshan"])
def city(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def bureau(city: str, hangzhou: Bureau, huangshan: Bureau) -> Bureau:
    return hangzhou if city == "hangzhou" else huangshan


def acceptance(city: str) -> AssistAcceptance:
    return AssistAcceptance(NUMBERS[city], ("王一", "李二"), "2026-11-24")


def reply(city: str, findings: tuple[Finding, ...] = FINDINGS) -> AssistReply:
    return AssistReply(NUMBERS[city], findings, "赵三", "2026-12-01", ("ab12",))


async def test_a_letter_is_entered_taken_up_and_answered(bureau: Bureau, city: str) -> None:
    operations, code = bureau.operations, CODES[city]
    assert (await operations.assist_creation.observe(LETTER)).standing is Standing.OPEN
    assert await operations.assist_creation.write(LETTER, "r-1") == Outcome.done(code["done"], NUMBERS[city])
    assert (await operations.assist_reply.observe(reply(city))).reason is Reason.STATE_FORBIDS
    too_early = await operations.assist_reply.write(reply(city), "r-2")
    assert too_early == Outcome.refused(Reason.STATE_FORBIDS, code["state"])
    assert (await operations.assist_acceptance.write(acceptance(city), "r-3")).kind is OutcomeKind.DONE
    assert (await operations.assist_acceptance.observe(acceptance(city))).since == "2026-11-24"
    assert (await operations.assist_acceptance.write(acceptance(city), "r-4")).kind is OutcomeKind.ALREADY
    incomplete = await operations.assist_reply.write(reply(city, FINDINGS[:1]), "r-5")
    assert incomplete == Outcome.refused(Reason.REQUEST_INVALID, code["bad"])
    assert (await operations.assist_reply.write(reply(city), "r-6")).kind is OutcomeKind.DONE
    assert (await operations.assist_reply.write(reply(city), "r-7")).kind is OutcomeKind.ALREADY
    letter = await operations.assists.assist_by_number(NUMBERS[city])
    assert letter == await operations.assists.assist_by_letter("330100", LETTER.letter_number)
    assert (letter.state, letter.registered_on, letter.due_on, letter.accepted_on, letter.replied_on) == (
        AssistState.REPLIED,
        "2026-11-23",
        "2026-12-14",
        "2026-11-24",
        "2026-12-01",
    )
    effects = [effect for _, effect in bureau.effects(SYSTEMS[city])]
    assert effects == ["done", "refused", "done", "already", "refused", "done", "already"]


@pytest.mark.parametrize("effect_done", [False, True])
async def test_a_letter_whose_answer_is_lost_is_found_by_the_requesting_city_s_number(
    bureau: Bureau, city: str, effect_done: bool
) -> None:
    creation = bureau.operations.assist_creation
    await bureau.breaks(SYSTEMS[city], FaultKind.REFUSE, count=1, operations=(CREATES[city],), effect_done=effect_done)
    outcome = await creation.write(LETTER, "r-1")
    assert outcome == Outcome.unknown(Reason.BROKEN_OFF)
    settled = settle(outcome, await creation.observe(LETTER))
    assert settled == (Outcome.done(None, NUMBERS[city]) if effect_done else outcome)
    again = await creation.write(LETTER, "r-1")
    assert again.receipt == NUMBERS[city]
    assert [effect for _, effect in bureau.effects(SYSTEMS[city])] == ["done", "already"][: 1 + effect_done]


async def test_a_letter_is_entered_once_by_its_number(bureau: Bureau, city: str) -> None:
    creation = bureau.operations.assist_creation
    await creation.write(LETTER, "r-1")
    assert await creation.write(LETTER, "r-1") == Outcome.already(CODES[city]["again"], NUMBERS[city])
    assert await creation.write(LETTER, "r-2") == Outcome.already(CODES[city]["known"], NUMBERS[city])


async def test_a_request_delivered_twice_enters_one_letter(bureau: Bureau, city: str) -> None:
    await bureau.breaks(SYSTEMS[city], FaultKind.DOUBLED, operations=(CREATES[city],))
    assert (await bureau.operations.assist_creation.write(LETTER, "r-1")).kind is OutcomeKind.DONE
    assert [effect for _, effect in bureau.effects(SYSTEMS[city])] == ["done", "already"]


async def test_a_number_that_stands_for_another_person_s_letter_is_never_taken_for_ours(
    bureau: Bureau, city: str
) -> None:
    creation = bureau.operations.assist_creation
    await creation.write(LETTER, "r-1")
    other = replace(LETTER, national_id=LI_SI, name="李四")
    assert (await creation.observe(other)).reason is Reason.PERSON_MISMATCH
    assert await creation.write(other, "r-2") == Outcome.refused(Reason.CLAIM_UNCONFIRMED, CODES[city]["known"])


async def test_a_letter_that_nobody_entered_is_unknown(bureau: Bureau, city: str) -> None:
    operations = bureau.operations
    assert await operations.assists.assist_by_number("XX1") is None
    assert await operations.assists.assist_by_letter("330100", "") is None
    assert (await operations.assist_acceptance.observe(acceptance(city))).reason is Reason.SUBJECT_UNKNOWN
    outcome = await operations.assist_acceptance.write(acceptance(city), "r-1")
    assert outcome == Outcome.refused(Reason.SUBJECT_UNKNOWN, CODES[city]["nobody"])


async def test_a_letter_survives_its_service(bureau: Bureau, city: str, tmp_path: Path, clock: HandClock) -> None:
    await bureau.operations.assist_creation.write(LETTER, "r-1")
    again = await start_bureaus(tmp_path, clock)
    reopened = await open_bureau(city, again, clock)
    assert (await reopened.operations.assist_creation.observe(LETTER)).receipt == NUMBERS[city]
    await reopened.city.aclose()
    await again.close()


@pytest.mark.parametrize("kind", [FaultKind.MAINTENANCE, FaultKind.BUSY])
async def test_a_closed_or_busy_service_is_asked_later(bureau: Bureau, city: str, kind: FaultKind) -> None:
    await bureau.breaks(SYSTEMS[city], kind)
    assert (await bureau.operations.assist_creation.write(LETTER, "r-1")).kind is OutcomeKind.NOT_NOW

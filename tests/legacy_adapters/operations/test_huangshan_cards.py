"""Cards of Huangshan: loss, release, activation, another card; and everything that comes between request and effect."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from legacy_adapters.errors import SystemInMaintenance, SystemTimeout, SystemUnavailable
from legacy_adapters.operations.commands import CardCommand, CardFunction, ReplacementCommand, ReplacementKind
from legacy_adapters.operations.outcomes import Outcome, OutcomeKind, Reason, Standing, settle
from legacy_adapters.records.cards import CardStep
from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.faults import FaultKind
from legacy_adapters.sandbox.population.fixtures import LI_SI, ZHANG_SAN
from tests.legacy_adapters.operations.conftest import Bureau, open_bureau, start_bureaus
from tests.legacy_adapters.sandbox.conftest import HandClock

CARDS = "huangshan_card_service"
CARD = CardCommand("H00000001", ZHANG_SAN, "张三")
NEW_CARD = ReplacementCommand("H00000001", ZHANG_SAN, "张三", ReplacementKind.REPLACEMENT, "330100", "330100")


async def test_a_temporary_loss_is_open_then_done_then_already_and_ends_by_itself(
    huangshan: Bureau, clock: HandClock
) -> None:
    loss = huangshan.operations.card_temporary_loss
    before = await loss.observe(CARD)
    assert (before.standing, before.state_raw) == (Standing.OPEN, "1")
    assert await loss.write(CARD, "r-1") == Outcome.done("00")
    after = await loss.observe(CARD)
    assert (after.standing, after.state_raw, after.since, after.expires_at) == (
        Standing.IN_EFFECT,
        "4",
        "2026-11-23T09:30:00+08:00",
        "2026-11-30T09:30:00+08:00",
    )
    assert await loss.write(CARD, "r-2") == Outcome.already("01")
    clock.advance(days=7)
    assert (await loss.observe(CARD)).standing is Standing.OPEN


async def test_a_card_s_life_through_its_operations(huangshan: Bureau) -> None:
    operations = huangshan.operations
    assert await operations.card_formal_loss.write(CARD, "r-1") == Outcome.done("00")
    assert (await operations.card_temporary_loss.observe(CARD)).standing is Standing.IN_EFFECT
    assert await operations.card_activation.write(CARD, "r-2") == Outcome.refused(Reason.STATE_FORBIDS, "卡已挂失")
    assert await operations.card_release.write(CARD, "r-3") == Outcome.done("00")
    assert (await operations.card_formal_loss.observe(CARD)).standing is Standing.OPEN
    assert await operations.card_activation.write(CARD, "r-4") == Outcome.already("01")


@pytest.mark.parametrize(
    ("command", "reason", "raw_code"),
    [
        (CardCommand("H99999999", ZHANG_SAN, "张三"), Reason.SUBJECT_UNKNOWN, "卡号不存在"),
        (CardCommand("H00000001", LI_SI, "李四"), Reason.PERSON_MISMATCH, "姓名与社会保障号码不符"),
        (CardCommand("H00000001", ZHANG_SAN, "张三", CardFunction.BANK), Reason.NOT_OFFERED, None),
        (CardCommand("H00000001", ZHANG_SAN, "张\x00三"), Reason.REQUEST_INVALID, None),
        (CardCommand("H00000001", ZHANG_SAN, ""), Reason.REQUEST_INVALID, "不能为空"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason_and_the_system_s_own_code(
    huangshan: Bureau, command: CardCommand, reason: Reason, raw_code: str | None
) -> None:
    assert await huangshan.operations.card_temporary_loss.write(command, "r-1") == Outcome.refused(reason, raw_code)
    assert (("临时挂失", "done")) not in huangshan.effects(CARDS)


async def test_what_cannot_be_is_seen_before_it_is_asked(huangshan: Bureau) -> None:
    loss = huangshan.operations.card_temporary_loss
    seen = [
        (await loss.observe(command)).reason
        for command in (
            CardCommand("H99999999", ZHANG_SAN, "张三"),
            CardCommand("H00000001", LI_SI, "李四"),
            CardCommand("H00000001", ZHANG_SAN, "张三", CardFunction.BANK),
        )
    ]
    assert seen == [Reason.SUBJECT_UNKNOWN, Reason.PERSON_MISMATCH, Reason.NOT_OFFERED]


async def test_a_reference_that_not_every_system_takes_is_a_defect_of_the_caller(huangshan: Bureau) -> None:
    with pytest.raises(ValueError, match="40 ASCII letters"):
        await huangshan.operations.card_temporary_loss.write(CARD, ZHANG_SAN + "张三")


# What breaks, and whether the effect is there.


@pytest.mark.parametrize(
    ("kind", "effect_done", "reason", "limits"),
    [
        (FaultKind.REFUSE, False, Reason.BROKEN_OFF, {}),
        (FaultKind.REFUSE, True, Reason.BROKEN_OFF, {}),
        # Its time is the read's too, which must not run out.
        (FaultKind.HANG, False, Reason.TIMED_OUT, {"timeout_seconds": 1.5}),
        (FaultKind.HANG, True, Reason.TIMED_OUT, {"timeout_seconds": 1.5}),
    ],
)
async def test_an_answer_that_does_not_come_leaves_it_unknown_until_the_state_is_read_back(
    huangshan: Bureau, kind: FaultKind, effect_done: bool, reason: Reason
) -> None:
    loss = huangshan.operations.card_temporary_loss
    await huangshan.breaks(CARDS, kind, count=1, operations=("临时挂失",), effect_done=effect_done)
    outcome = await loss.write(CARD, "r-1")
    assert outcome == Outcome.unknown(reason)
    await huangshan.mends(CARDS)
    settled = settle(outcome, await loss.observe(CARD))
    assert settled == (Outcome.done(None) if effect_done else outcome)
    assert huangshan.effects(CARDS) == [("临时挂失", "done")] * effect_done


async def test_a_closed_port_means_that_nothing_was_sent(huangshan: Bureau) -> None:
    await huangshan.breaks(CARDS, FaultKind.REFUSE)
    outcome = await huangshan.operations.card_temporary_loss.write(CARD, "r-1")
    assert outcome == Outcome.not_now(Reason.UNREACHABLE)


async def test_a_connection_that_went_stale_while_idle_is_not_used_for_a_write(huangshan: Bureau) -> None:
    loss = huangshan.operations.card_temporary_loss
    await loss.observe(CARD)
    # The port closes and opens again: every idle connection is dead, and may not look so.
    await huangshan.breaks(CARDS, FaultKind.REFUSE)
    await huangshan.mends(CARDS)
    assert await loss.write(CARD, "r-1") == Outcome.done("00")


async def test_a_soap_fault_tells_nothing_of_the_effect(huangshan: Bureau) -> None:
    await huangshan.breaks(CARDS, FaultKind.SOAP_FAULT, text="ORA-01034", operations=("临时挂失",))
    outcome = await huangshan.operations.card_temporary_loss.write(CARD, "r-1")
    assert outcome == Outcome.unknown(Reason.BROKEN_OFF)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        # `01` from a service that means `failed` by it.
        ("01", Outcome.refused(Reason.CLAIM_UNCONFIRMED, "01")),
        ("数据交换失败", Outcome.unknown(Reason.BROKEN_OFF, "数据交换失败")),
        (f"{ZHANG_SAN}张三的卡有问题", Outcome.refused(Reason.OTHER, "其他")),
        ("用户名或密码错误", Outcome.refused(Reason.ACCESS_REFUSED, "用户名或密码错误")),
    ],
)
async def test_the_code_alone_is_never_success(huangshan: Bureau, text: str, outcome: Outcome) -> None:
    await huangshan.breaks(CARDS, FaultKind.BUSINESS_ERROR, text=text, operations=("临时挂失",))
    assert await huangshan.operations.card_temporary_loss.write(CARD, "r-1") == outcome


async def test_already_so_that_cannot_be_read_back_is_unknown(huangshan: Bureau) -> None:
    loss = huangshan.operations.card_temporary_loss
    await huangshan.breaks(CARDS, FaultKind.BUSINESS_ERROR, text="01")
    assert await loss.write(CARD, "r-1") == Outcome.unknown(Reason.UNCONFIRMED, "01")


async def test_a_request_delivered_twice_has_one_effect(huangshan: Bureau) -> None:
    await huangshan.breaks(CARDS, FaultKind.DOUBLED, operations=("临时挂失",))
    assert await huangshan.operations.card_temporary_loss.write(CARD, "r-1") == Outcome.done("00")
    assert huangshan.effects(CARDS) == [("临时挂失", "done"), ("临时挂失", "already")]


async def test_a_closed_system_says_so_and_its_declared_hours_are_waited_out(
    bureaus: Bureaus, clock: HandClock
) -> None:
    bureau = await open_bureau("huangshan", bureaus, clock, closed=("22:30-06:00",))
    loss = bureau.operations.card_temporary_loss
    # By its own word, before its declared hours.
    clock.advance(hours=12)
    await bureau.breaks(CARDS, FaultKind.MAINTENANCE, hours="21:00-06:00")
    assert await loss.write(CARD, "r-1") == Outcome.not_now(Reason.MAINTENANCE, "系统维护中")
    with pytest.raises(SystemInMaintenance) as caught:
        await loss.observe(CARD)
    assert caught.value.closed_until is None
    clock.advance(hours=2)
    asked = bureaus.systems[CARDS].calls().total
    closed = Outcome.not_now(Reason.MAINTENANCE, not_before="2026-11-24T06:00:00+08:00")
    assert await loss.write(CARD, "r-1") == closed
    assert bureaus.systems[CARDS].calls().total == asked
    with pytest.raises(SystemInMaintenance) as caught:
        await loss.observe(CARD)
    assert caught.value.closed_until == closed.not_before
    clock.advance(hours=7)
    assert await loss.write(CARD, "r-1") == Outcome.done("00")
    await bureau.city.aclose()


async def test_too_many_at_once_are_turned_away_and_may_come_again(huangshan: Bureau) -> None:
    loss = huangshan.operations.card_temporary_loss
    await huangshan.breaks(CARDS, FaultKind.BUSY, at_once=0)
    assert await loss.write(CARD, "r-1") == Outcome.not_now(Reason.BUSY, "系统繁忙")
    await huangshan.breaks(CARDS, FaultKind.BUSY, at_once=1)
    assert await loss.write(CARD, "r-1") == Outcome.done("00")


@pytest.mark.parametrize("limits", [{"max_concurrency": 1, "timeout_seconds": 1.0, "retries": 0}])
async def test_a_write_without_a_free_place_was_not_sent(huangshan: Bureau) -> None:
    await huangshan.breaks(CARDS, FaultKind.HANG)
    loss = huangshan.operations.card_temporary_loss
    first = asyncio.create_task(loss.observe(CARD))
    await called(huangshan, 1)
    second = asyncio.create_task(loss.observe(CARD))
    await asyncio.sleep(0)
    writing = asyncio.create_task(loss.write(CARD, "r-1"))
    await asyncio.sleep(0)
    # The place goes from the first to the second while the write waits for it.
    await huangshan.breaks(CARDS, FaultKind.HANG)
    await called(huangshan, 2)
    assert await writing == Outcome.not_now(Reason.UNREACHABLE)
    ends = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(each) for each in ends] == [SystemUnavailable, SystemTimeout]
    assert huangshan.bureaus.systems[CARDS].calls().total == 2


async def called(huangshan: Bureau, times: int) -> None:
    """Wait until the service has been called so often."""
    while huangshan.bureaus.systems[CARDS].calls().total < times:  # noqa: ASYNC110  (the service counts)
        await asyncio.sleep(0.001)


async def test_a_bureau_that_was_stopped_knows_what_it_had_done(
    huangshan: Bureau, tmp_path: Path, clock: HandClock
) -> None:
    assert await huangshan.operations.card_formal_loss.write(CARD, "r-1") == Outcome.done("00")
    # Beside the running one: as one that was killed has closed nothing.
    again = await start_bureaus(tmp_path, clock)
    bureau = await open_bureau("huangshan", again, clock)
    assert (await bureau.operations.card_formal_loss.observe(CARD)).standing is Standing.IN_EFFECT
    assert bureau.effects(CARDS) == [("正式挂失", "done")]
    await bureau.city.aclose()
    await again.close()


# Another card.


async def test_another_card_is_accepted_made_fetched_and_the_old_one_cancelled(
    huangshan: Bureau, clock: HandClock
) -> None:
    operations = huangshan.operations
    application = operations.card_replacement
    refused = await application.write(NEW_CARD, "r-1")
    assert refused == Outcome.refused(Reason.STATE_FORBIDS, "卡状态异常")
    assert (await application.observe(NEW_CARD)).reason is Reason.STATE_FORBIDS
    await operations.card_formal_loss.write(CARD, "r-2")
    assert (await application.observe(NEW_CARD)).standing is Standing.OPEN
    outcome = await application.write(NEW_CARD, "r-3")
    assert (outcome.kind, outcome.raw_code, outcome.receipt) == (OutcomeKind.DONE, "00", "SQ202611230001")
    pending = await application.observe(NEW_CARD)
    assert (pending.standing, pending.receipt, pending.since) == (
        Standing.PENDING,
        "SQ202611230001",
        "2026-11-23T09:30:00+08:00",
    )
    # What was applied for cannot be undone.
    assert await operations.card_release.write(CARD, "r-4") == Outcome.refused(Reason.STATE_FORBIDS, "已申请补卡")
    clock.advance(days=1)
    assert await application.write(NEW_CARD, "r-5") == Outcome.already("已经有批次号", "SQ202611230001")
    clock.advance(days=6)
    progress = await operations.replacements.replacement_progress("H00000001", ZHANG_SAN)
    assert (progress.batch_number, progress.bank.code, progress.pick_up_city) == ("202611001", "95566", "330100")
    assert (progress.new_card_number, progress.pick_up_place) == ("H90000001", "第1服务网点")
    assert [step for step, _ in progress.reached] == list(CardStep)[:-1]
    new = CardCommand("H90000001", ZHANG_SAN, "张三")
    assert await operations.card_activation.write(new, "r-6") == Outcome.done("00")
    fetched = await application.observe(NEW_CARD)
    assert (fetched.standing, fetched.state_raw) == (Standing.IN_EFFECT, "9")


async def test_a_card_that_has_not_come_yet_cannot_be_used(huangshan: Bureau) -> None:
    await huangshan.operations.card_formal_loss.write(CARD, "r-1")
    await huangshan.operations.card_replacement.write(NEW_CARD, "r-2")
    new = CardCommand("H90000001", ZHANG_SAN, "张三")
    outcome = await huangshan.operations.card_activation.write(new, "r-3")
    assert outcome == Outcome.refused(Reason.STATE_FORBIDS, "卡未制成")


async def test_an_application_whose_answer_is_lost_is_found_and_not_repeated(huangshan: Bureau) -> None:
    application = huangshan.operations.card_replacement
    await huangshan.operations.card_formal_loss.write(CARD, "r-1")
    await huangshan.breaks(CARDS, FaultKind.REFUSE, count=1, operations=("申请社保卡",), effect_done=True)
    outcome = await application.write(NEW_CARD, "r-2")
    settled = settle(outcome, await application.observe(NEW_CARD))
    assert settled == Outcome.done(None, "SQ202611230001")


async def test_an_application_repeated_blindly_is_made_twice(huangshan: Bureau) -> None:
    """Why its knowledge says DUPLICATES."""
    application = huangshan.operations.card_replacement
    await huangshan.operations.card_formal_loss.write(CARD, "r-1")
    outcomes = [await application.write(NEW_CARD, "r-2") for _ in range(2)]
    assert [outcome.receipt for outcome in outcomes] == ["SQ202611230001", "SQ202611230002"]
    assert application.knowledge.repeat == "DUPLICATES"


async def test_a_card_that_is_made_to_be_fetched_elsewhere_is_not_what_is_asked_for(
    huangshan: Bureau, clock: HandClock
) -> None:
    operations = huangshan.operations
    application = operations.card_replacement
    await operations.card_formal_loss.write(CARD, "r-1")
    await application.write(NEW_CARD, "r-2")
    here = replace(NEW_CARD, pick_up_city="341000")
    seen = await application.observe(here)
    assert (seen.standing, seen.reason, seen.receipt) == (Standing.IMPOSSIBLE, Reason.STATE_FORBIDS, None)
    assert (await application.observe(NEW_CARD)).standing is Standing.PENDING
    clock.advance(days=7)
    await operations.card_activation.write(CardCommand("H90000001", ZHANG_SAN, "张三"), "r-3")
    assert (await application.observe(NEW_CARD)).standing is Standing.IN_EFFECT
    assert (await application.observe(here)).reason is Reason.STATE_FORBIDS


async def test_an_application_is_known_by_its_number_wherever_its_card_is_fetched(huangshan: Bureau) -> None:
    application = huangshan.operations.card_replacement
    await huangshan.operations.card_formal_loss.write(CARD, "r-1")
    taken = await application.write(NEW_CARD, "r-2")
    moved = replace(NEW_CARD, pick_up_city="341000", application_number=taken.receipt)
    assert (await application.observe(moved)).standing is Standing.PENDING


async def test_a_card_that_was_never_replaced_has_no_progress(huangshan: Bureau) -> None:
    assert await huangshan.operations.replacements.replacement_progress("H00000001", ZHANG_SAN) is None
    assert await huangshan.operations.replacements.replacement_progress("H99999999", ZHANG_SAN) is None

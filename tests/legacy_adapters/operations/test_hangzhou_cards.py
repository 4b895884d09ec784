"""Cards of Hangzhou: each function by itself, under serials, by the core service beside the views."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from legacy_adapters.errors import AdapterError
from legacy_adapters.operations.commands import CardCommand, CardFunction, ReplacementCommand, ReplacementKind
from legacy_adapters.operations.outcomes import Outcome, OutcomeKind, Reason, Standing, settle
from legacy_adapters.records.cards import CardStep
from legacy_adapters.sandbox.faults import FaultKind
from legacy_adapters.sandbox.population.fixtures import LI_SI, ZHANG_SAN
from tests.legacy_adapters.operations.conftest import Bureau, open_bureau, start_bureaus
from tests.legacy_adapters.sandbox.conftest import HandClock

CORE = "hangzhou_core_service"
CARD = CardCommand("A00000019", ZHANG_SAN, "张三")
BANK = CardCommand("A00000019", ZHANG_SAN, "张三", CardFunction.BANK)
NEW_CARD = ReplacementCommand("A00000019", ZHANG_SAN, "张三", ReplacementKind.REPLACEMENT, "341000", "341000")


async def test_each_function_is_lost_by_itself_and_for_its_own_days(hangzhou: Bureau, clock: HandClock) -> None:
    loss = hangzhou.operations.card_temporary_loss
    assert (await loss.write(CARD, "r-1")).kind is OutcomeKind.DONE
    assert (await loss.observe(CARD)).expires_at == "2026-12-03T09:30:00+08:00"
    assert (await loss.observe(BANK)).standing is Standing.OPEN
    assert (await loss.write(BANK, "r-2")).kind is OutcomeKind.DONE
    bank = await loss.observe(BANK)
    assert (bank.state_raw, bank.expires_at) == ("K", "2026-11-28T09:30:00+08:00")
    clock.advance(days=5)
    assert [(await loss.observe(each)).standing for each in (CARD, BANK)] == [Standing.IN_EFFECT, Standing.OPEN]


async def test_the_days_are_those_that_the_city_declares(hangzhou: Bureau, huangshan: Bureau) -> None:
    days = {
        bureau.city.code: bureau.operations.capabilities()[0].expires_after_days for bureau in (hangzhou, huangshan)
    }
    assert days == {"330100": {"social": 10, "bank": 5}, "341000": {"social": 7}}


async def test_the_same_serial_has_its_effect_once_and_gives_the_first_receipt_again(hangzhou: Bureau) -> None:
    loss = hangzhou.operations.card_formal_loss
    first = await loss.write(CARD, "r-1")
    again = await loss.write(CARD, "r-1")
    assert (first.kind, again) == (OutcomeKind.DONE, Outcome.already("E5001", first.receipt))
    assert await loss.write(CARD, "r-2") == Outcome.already("E5002")
    assert hangzhou.effects(CORE) == [
        ("reportCardLoss", "done"),
        ("reportCardLoss", "already"),
        ("reportCardLoss", "already"),
    ]
    assert [entry.reference for entry in hangzhou.written(CORE)] == ["r-1", "r-1", "r-2"]


async def test_a_lost_answer_is_found_by_its_state_and_by_its_serial(hangzhou: Bureau) -> None:
    loss = hangzhou.operations.card_formal_loss
    await hangzhou.breaks(CORE, FaultKind.REFUSE, count=1, operations=("reportCardLoss",), effect_done=True)
    outcome = await loss.write(CARD, "r-1")
    assert outcome == Outcome.unknown(Reason.BROKEN_OFF)
    assert settle(outcome, await loss.observe(CARD)).kind is OutcomeKind.DONE
    again = await loss.write(CARD, "r-1")
    assert (again.kind, again.raw_code) == (OutcomeKind.ALREADY, "E5001")
    assert [effect for _, effect in hangzhou.effects(CORE)] == ["done", "already"]


@pytest.mark.parametrize(
    ("command", "outcome"),
    [
        (CardCommand("A99999999", ZHANG_SAN, "张三"), Outcome.refused(Reason.SUBJECT_UNKNOWN, "E2006")),
        (CardCommand("A00000019", LI_SI, "李四"), Outcome.refused(Reason.PERSON_MISMATCH, "E3002")),
    ],
)
async def test_what_cannot_be_is_refused(hangzhou: Bureau, command: CardCommand, outcome: Outcome) -> None:
    loss = hangzhou.operations.card_temporary_loss
    assert await loss.write(command, "r-1") == outcome
    assert (await loss.observe(command)).reason is outcome.reason


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (FaultKind.MAINTENANCE, Outcome.not_now(Reason.MAINTENANCE, "E9001")),
        (FaultKind.BUSY, Outcome.not_now(Reason.BUSY, "E9002")),
        (FaultKind.HTML, Outcome.not_now(Reason.MAINTENANCE)),
        (FaultKind.SOAP_FAULT, Outcome.unknown(Reason.BROKEN_OFF)),
        (FaultKind.BUSINESS_ERROR, Outcome.refused(Reason.REQUEST_INVALID, "E3001")),
        (FaultKind.EXPIRED_TOKEN, Outcome.refused(Reason.ACCESS_REFUSED, "E1001")),
    ],
)
async def test_each_fault_is_one_outcome(hangzhou: Bureau, kind: FaultKind, outcome: Outcome) -> None:
    await hangzhou.breaks(CORE, kind, operations=("reportCardLoss",))
    assert await hangzhou.operations.card_temporary_loss.write(CARD, "r-1") == outcome


async def test_a_token_that_has_expired_is_renewed_and_the_write_made_once(hangzhou: Bureau, clock: HandClock) -> None:
    loss = hangzhou.operations.card_temporary_loss
    await loss.observe(CARD)
    clock.advance(minutes=21)
    assert (await loss.write(CARD, "r-1")).kind is OutcomeKind.DONE
    assert hangzhou.effects(CORE) == [("reportCardLoss", "done")]


async def test_a_login_that_hangs_means_that_nothing_was_sent(hangzhou: Bureau) -> None:
    await hangzhou.breaks(CORE, FaultKind.SOAP_FAULT, operations=("login",))
    outcome = await hangzhou.operations.card_temporary_loss.write(CARD, "r-1")
    assert outcome == Outcome.not_now(Reason.UNREACHABLE)


async def test_an_application_is_made_once_and_another_serial_changes_nothing(
    hangzhou: Bureau, clock: HandClock
) -> None:
    operations = hangzhou.operations
    await operations.card_formal_loss.write(CARD, "r-1")
    applied = await operations.card_replacement.write(NEW_CARD, "r-2")
    assert (applied.kind, applied.receipt) == (OutcomeKind.DONE, "SQ202611230001")
    assert await operations.card_replacement.write(NEW_CARD, "r-3") == Outcome.already("E5002", "SQ202611230001")
    assert await operations.card_release.write(CARD, "r-4") == Outcome.refused(Reason.STATE_FORBIDS, "E4001")
    clock.advance(days=3)
    progress = await operations.replacements.replacement_progress("A00000019", ZHANG_SAN)
    assert (progress.pick_up_city, progress.new_card_number, progress.reached[-1][0]) == (
        "341000",
        None,
        CardStep.INSURANCE_DONE,
    )
    clock.advance(days=3)
    activated = await operations.card_activation.write(CardCommand("A90000001", ZHANG_SAN, "张三"), "r-5")
    assert activated.kind is OutcomeKind.DONE
    assert (await operations.card_replacement.observe(NEW_CARD)).standing is Standing.IN_EFFECT


async def test_a_card_that_is_made_to_be_fetched_elsewhere_is_not_what_is_asked_for(hangzhou: Bureau) -> None:
    application = hangzhou.operations.card_replacement
    await hangzhou.operations.card_formal_loss.write(CARD, "r-1")
    await application.write(NEW_CARD, "r-2")
    here = replace(NEW_CARD, pick_up_city="330100")
    seen = await application.observe(here)
    assert (seen.standing, seen.reason) == (Standing.IMPOSSIBLE, Reason.STATE_FORBIDS)
    assert (await application.observe(NEW_CARD)).standing is Standing.PENDING


async def test_activation_is_of_the_social_function(hangzhou: Bureau) -> None:
    assert await hangzhou.operations.card_activation.write(BANK, "r-1") == Outcome.refused(Reason.NOT_OFFERED)


# The views beside the service.


async def shown(hangzhou: Bureau, number: str, wanted: str) -> str:
    """The state of a card's social function in the database's views, once it is as wanted."""
    async with asyncio.timeout(10):
        while True:
            card = (await hangzhou.city.cards[0].cards_by_number([number])).get(number)
            if not isinstance(card, AdapterError | None) and card.social_function.status == wanted:
                return f"{card.social_function.status} {card.bank_function.status}"
            await asyncio.sleep(0.01)


async def test_the_database_s_views_show_what_the_service_has_written(hangzhou: Bureau, clock: HandClock) -> None:
    operations = hangzhou.operations
    await operations.card_temporary_loss.write(BANK, "r-1")
    await operations.card_formal_loss.write(CARD, "r-2")
    assert await shown(hangzhou, "A00000019", "LOSS") == "LOSS TEMPORARY_LOSS"
    await operations.card_replacement.write(NEW_CARD, "r-3")
    assert await shown(hangzhou, "A90000001", "SEALED") == "SEALED NORMAL"
    clock.advance(days=6)
    await operations.card_activation.write(CardCommand("A90000001", ZHANG_SAN, "张三"), "r-4")
    assert await shown(hangzhou, "A00000019", "CANCELLED") == "CANCELLED CANCELLED"


async def test_views_that_were_away_show_it_when_they_are_back(hangzhou: Bureau) -> None:
    await hangzhou.breaks("hangzhou_database", FaultKind.MAINTENANCE)
    assert (await hangzhou.operations.card_formal_loss.write(CARD, "r-1")).kind is OutcomeKind.DONE
    await asyncio.sleep(0.3)
    await hangzhou.mends("hangzhou_database")
    assert await shown(hangzhou, "A00000019", "LOSS") == "LOSS NORMAL"


async def test_views_made_anew_show_what_was_written_before(hangzhou: Bureau, tmp_path: Path, clock: HandClock) -> None:
    await hangzhou.operations.card_formal_loss.write(CARD, "r-1")
    await shown(hangzhou, "A00000019", "LOSS")
    (tmp_path / "hangzhou.db").unlink()
    again = await start_bureaus(tmp_path, clock)
    bureau = await open_bureau("hangzhou", again, clock)
    assert await shown(bureau, "A00000019", "LOSS") == "LOSS NORMAL"
    await bureau.city.aclose()
    await again.close()

"""Certifications of Hangzhou's pensioners in another city; and which benefits are paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from legacy_adapters.errors import SystemInMaintenance
from legacy_adapters.operations.commands import CertificationCommand, CertificationMethod
from legacy_adapters.operations.outcomes import Outcome, OutcomeKind, Reason, Standing, settle
from legacy_adapters.sandbox.faults import FaultKind
from legacy_adapters.sandbox.population.fixtures import LI_SI
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from tests.legacy_adapters.operations.conftest import PARAMETERS, Bureau, open_bureau, start_bureaus
from tests.legacy_adapters.sandbox.conftest import HandClock

CORE = "hangzhou_core_service"
PENSION = next(
    pension
    for pension in generate_world(PARAMETERS).hangzhou.pensions
    if pension.status == "SUSPENDED" and len(pension.id_number) == 18
)
OWNER = normalise_id_number(PENSION.id_number)
COMMAND = CertificationCommand(OWNER, PENSION.number, CertificationMethod.COUNTER, "341000", "2026-11-23")


async def test_a_certification_is_written_into_the_paying_city_once(hangzhou: Bureau) -> None:
    certification = hangzhou.operations.pension_certification
    assert (await certification.observe(COMMAND)).standing is Standing.OPEN
    done = await certification.write(COMMAND, "r-1")
    assert (done.kind, done.raw_code, done.receipt) == (OutcomeKind.DONE, "0", "RZ20261123000001")
    seen = await certification.observe(COMMAND)
    # Suspended for want of it, and paid again now.
    assert (seen.standing, seen.state_raw, seen.since) == (Standing.IN_EFFECT, "1", "2026-11-23")
    [record] = (await hangzhou.city.pensions[0].pensions_by_number([PENSION.number])).values()
    assert (record.certification_last_method, record.certification_last_elsewhere) == ("窗口", True)
    assert await certification.write(COMMAND, "r-1") == Outcome.already("E5001", "RZ20261123000001")
    assert hangzhou.effects(CORE) == [("certify", "done"), ("certify", "already")]


@pytest.mark.parametrize("effect_done", [False, True])
async def test_a_certification_whose_answer_is_lost_is_read_back(hangzhou: Bureau, effect_done: bool) -> None:
    certification = hangzhou.operations.pension_certification
    await hangzhou.breaks(CORE, FaultKind.REFUSE, count=1, operations=("certify",), effect_done=effect_done)
    outcome = settle(await certification.write(COMMAND, "r-1"), await certification.observe(COMMAND))
    assert outcome.kind is (OutcomeKind.DONE if effect_done else OutcomeKind.UNKNOWN)


async def test_a_pension_that_is_not_there_or_of_somebody_else_is_refused(hangzhou: Bureau) -> None:
    certification = hangzhou.operations.pension_certification
    nobody = CertificationCommand(OWNER, "P99999999", CertificationMethod.FACE, "341000", "2026-11-23")
    other = CertificationCommand(LI_SI, PENSION.number, CertificationMethod.FACE, "341000", "2026-11-23")
    assert await certification.write(nobody, "r-1") == Outcome.refused(Reason.SUBJECT_UNKNOWN, "E2004")
    assert (await certification.observe(nobody)).reason is Reason.SUBJECT_UNKNOWN
    assert (await certification.observe(other)).reason is Reason.PERSON_MISMATCH
    assert await certification.write(other, "r-2") == Outcome.refused(Reason.PERSON_MISMATCH)
    assert hangzhou.effects(CORE) == []


async def test_a_certification_whose_pension_cannot_be_read_for_the_crowd_is_asked_for_later(hangzhou: Bureau) -> None:
    await hangzhou.breaks(CORE, FaultKind.BUSY, operations=("queryPensionByNumber",))
    outcome = await hangzhou.operations.pension_certification.write(COMMAND, "r-1")
    assert outcome == Outcome.not_now(Reason.BUSY, "E9002")
    assert hangzhou.effects(CORE) == []


async def test_a_service_that_was_stopped_knows_its_receipts(
    hangzhou: Bureau, tmp_path: Path, clock: HandClock
) -> None:
    await hangzhou.operations.pension_certification.write(COMMAND, "r-1")
    again = await start_bureaus(tmp_path, clock)
    bureau = await open_bureau("hangzhou", again, clock)
    certification = bureau.operations.pension_certification
    assert (await certification.observe(COMMAND)).standing is Standing.IN_EFFECT
    assert await certification.write(COMMAND, "r-1") == Outcome.already("E5001", "RZ20261123000001")
    await bureau.city.aclose()
    await again.close()


async def test_benefits_in_payment_are_told_for_a_notice_of_death_and_nothing_is_written(
    hangzhou: Bureau, huangshan: Bureau
) -> None:
    for bureau in (hangzhou, huangshan):
        register = generate_world(PARAMETERS)
        pensions = (register.hangzhou if bureau is hangzhou else register.huangshan).pensions
        for pension in pensions:
            paying = await bureau.operations.benefits.benefits_paying(normalise_id_number(pension.id_number))
            is_told = pension.number in [record.pension_number for record in paying]
            assert is_told is (pension.status == "PAYING")
    assert hangzhou.effects(CORE) == []


async def test_benefits_that_cannot_be_asked_are_no_absence_of_benefits(hangzhou: Bureau) -> None:
    await hangzhou.breaks(CORE, FaultKind.MAINTENANCE)
    with pytest.raises(SystemInMaintenance):
        await hangzhou.operations.benefits.benefits_paying(OWNER)

"""Certifications of Huangshan's pensioners: put into a table under a serial, and taken up later by a job."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from legacy_adapters.errors import AdapterError
from legacy_adapters.operations.commands import CertificationCommand, CertificationMethod
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason, Standing
from legacy_adapters.sandbox.faults import FaultKind
from legacy_adapters.sandbox.population.fixtures import LI_SI
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from tests.legacy_adapters.operations.conftest import PARAMETERS, Bureau, open_bureau, start_bureaus
from tests.legacy_adapters.sandbox.conftest import HandClock

DATABASE = "huangshan_database"
PENSION = next(each for each in generate_world(PARAMETERS).huangshan.pensions if each.status == "SUSPENDED")
OWNER = normalise_id_number(PENSION.id_number)
COMMAND = CertificationCommand(OWNER, PENSION.number, CertificationMethod.COUNTER, "330100", "2026-11-23")


async def observed(bureau: Bureau, command: CertificationCommand, wanted: Standing) -> Observation:
    """What is seen once it is as wanted."""
    async with asyncio.timeout(10):
        while True:
            try:
                seen = await bureau.operations.pension_certification.observe(command)
            except AdapterError:
                continue
            if seen.standing is wanted:
                return seen
            await asyncio.sleep(0.05)


async def test_a_certification_is_accepted_and_lands_when_the_job_has_taken_it_up(
    huangshan: Bureau, clock: HandClock
) -> None:
    certification = huangshan.operations.pension_certification
    before = await certification.observe(COMMAND)
    assert (before.standing, before.state_raw) == (Standing.OPEN, "T停发")
    assert await certification.write(COMMAND, "r-1") == Outcome.done("INSERTED", "r-1")
    pending = await certification.observe(COMMAND)
    assert (pending.standing, pending.state_raw, pending.since, pending.receipt) == (
        Standing.PENDING,
        "0未处理",
        "2026-11-23T09:30:00+08:00",
        "r-1",
    )
    assert await certification.write(COMMAND, "r-1") == Outcome.already("PRESENT", "r-1")
    clock.advance(seconds=6)
    landed = await observed(huangshan, COMMAND, Standing.IN_EFFECT)
    # Suspended for want of it, and paid again now.
    assert (landed.state_raw, landed.since) == ("Z正常", "2026-11-23")
    [record] = (await huangshan.city.pensions[0].pensions_by_number([PENSION.number])).values()
    assert (record.certification_due_on, record.certification_last_elsewhere) == ("2027-11-23", True)
    assert [(entry.reference, entry.effect) for entry in huangshan.written(DATABASE)] == [("r-1", "done")]


async def test_what_the_job_returns_is_seen_with_its_mark(huangshan: Bureau, clock: HandClock) -> None:
    certification = huangshan.operations.pension_certification
    other = replace(COMMAND, national_id=LI_SI)
    assert (await certification.observe(other)).reason is Reason.PERSON_MISMATCH
    assert (await certification.write(other, "r-1")).kind is OutcomeKind.DONE
    clock.advance(seconds=6)
    returned = await observed(huangshan, COMMAND, Standing.IMPOSSIBLE)
    assert (returned.state_raw, returned.reason) == ("2退回", Reason.STATE_FORBIDS)
    assert [entry.effect for entry in huangshan.written(DATABASE)] == ["refused"]


async def test_a_database_that_is_not_there_was_not_written(huangshan: Bureau) -> None:
    await huangshan.breaks(DATABASE, FaultKind.REFUSE)
    outcome = await huangshan.operations.pension_certification.write(COMMAND, "r-1")
    assert outcome == Outcome.not_now(Reason.UNREACHABLE)
    await huangshan.mends(DATABASE)
    assert (await huangshan.operations.pension_certification.write(COMMAND, "r-1")).kind is OutcomeKind.DONE


@pytest.mark.parametrize("limits", [{"timeout_seconds": 1.5}])
async def test_a_statement_that_gets_no_lock_leaves_it_unknown_until_it_is_read_back(huangshan: Bureau) -> None:
    certification = huangshan.operations.pension_certification
    await huangshan.breaks(DATABASE, FaultKind.HANG)
    assert (await certification.write(COMMAND, "r-1")).kind is OutcomeKind.UNKNOWN
    await huangshan.mends(DATABASE)
    assert (await observed(huangshan, COMMAND, Standing.OPEN)).receipt is None
    assert (await certification.write(COMMAND, "r-1")).kind is OutcomeKind.DONE


async def test_what_lies_there_outlives_the_bureau(huangshan: Bureau, tmp_path: Path, clock: HandClock) -> None:
    await huangshan.operations.pension_certification.write(COMMAND, "r-1")
    await huangshan.bureaus.close()
    again = await start_bureaus(tmp_path, clock)
    bureau = await open_bureau("huangshan", again, clock)
    clock.advance(seconds=6)
    await observed(bureau, COMMAND, Standing.IN_EFFECT)
    assert [entry.reference for entry in bureau.written(DATABASE)] == ["r-1"]
    await bureau.city.aclose()
    await again.close()

"""Cases that Huangshan hands over are registered in Hangzhou's core service, each once."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from legacy_adapters.operations.commands import OperationName, TransferRegistration
from legacy_adapters.operations.outcomes import Outcome, OutcomeKind, Reason, Standing, settle
from legacy_adapters.operations.protocols import LegacyWrite, Repeat
from legacy_adapters.records.cases import CaseStatus, DisputeRecord, InspectionRecord
from legacy_adapters.sandbox.faults import FaultKind
from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, LI_SI, ZHANG_SAN
from tests.legacy_adapters.operations.conftest import Bureau, open_bureau, start_bureaus
from tests.legacy_adapters.sandbox.conftest import HandClock

SYSTEM = "hangzhou_core_service"
REGISTER = "registerTransfer"
TRANSFER = TransferRegistration(
    transfer_number="T341000-2026-000001",
    sending_city="341000",
    sending_case_number="HSZC202600101",
    worker=ZHANG_SAN,
    employer=BOTH_CITIES_EMPLOYER,
    grounds="劳动合同履行地<杭州>,\n原受理地屯溪工地已撤",
)
NUMBERS = {"dispute_transfer": "HZZY202600001", "inspection_transfer": "HZJY202600001"}


@pytest.fixture(params=list(NUMBERS))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def registration(hangzhou: Bureau, name: str) -> LegacyWrite[TransferRegistration]:
    return getattr(hangzhou.operations, name)


async def test_a_case_is_registered_and_goes_on_under_the_citys_own_number(
    hangzhou: Bureau, registration: LegacyWrite[TransferRegistration], name: str
) -> None:
    assert (await registration.observe(TRANSFER)).standing is Standing.OPEN
    assert await registration.write(TRANSFER, "r-1") == Outcome.done("0", NUMBERS[name])
    observed = await registration.observe(TRANSFER)
    assert (observed.standing, observed.receipt, observed.since) == (Standing.IN_EFFECT, NUMBERS[name], "2026-11-23")
    (source,) = hangzhou.city.cases
    cases = await source.cases_by_number([NUMBERS[name], "HZZY202699999"])
    case = cases.pop(NUMBERS[name])
    assert cases == {}
    assert isinstance(case, DisputeRecord if name == "dispute_transfer" else InspectionRecord)
    assert (case.case_number, case.status, case.opened_on) == (NUMBERS[name], CaseStatus.ACCEPTED, "2026-11-23")
    if isinstance(case, DisputeRecord):
        assert (case.applicant, case.respondent.credit_code) == (ZHANG_SAN, BOTH_CITIES_EMPLOYER)
    else:
        assert case.employer is not None
        assert case.employer.credit_code == BOTH_CITIES_EMPLOYER
    assert hangzhou.effects(SYSTEM) == [(REGISTER, "done")]
    assert [entry.subject for entry in hangzhou.written(SYSTEM)] == [TRANSFER.transfer_number]


async def test_what_is_known_of_a_registration_is_declared(registration: LegacyWrite[TransferRegistration]) -> None:
    knowledge = registration.knowledge
    assert (knowledge.system, knowledge.repeat, knowledge.is_immediate) == (SYSTEM, Repeat.DEDUPLICATED, True)
    assert knowledge.compensation is None


@pytest.mark.parametrize("effect_done", [False, True])
async def test_a_registration_whose_answer_is_lost_is_found_by_the_sending_citys_number(
    hangzhou: Bureau, registration: LegacyWrite[TransferRegistration], name: str, effect_done: bool
) -> None:
    await hangzhou.breaks(SYSTEM, FaultKind.REFUSE, count=1, operations=(REGISTER,), effect_done=effect_done)
    outcome = await registration.write(TRANSFER, "r-1")
    assert outcome == Outcome.unknown(Reason.BROKEN_OFF)
    settled = settle(outcome, await registration.observe(TRANSFER))
    assert settled == (Outcome.done(None, NUMBERS[name]) if effect_done else outcome)
    assert (await registration.write(TRANSFER, "r-1")).receipt == NUMBERS[name]
    assert [effect for _, effect in hangzhou.effects(SYSTEM)] == ["done", "already"][: 1 + effect_done]


async def test_a_transfer_is_registered_once_by_its_number(
    hangzhou: Bureau, registration: LegacyWrite[TransferRegistration], name: str
) -> None:
    await registration.write(TRANSFER, "r-1")
    assert await registration.write(TRANSFER, "r-1") == Outcome.already("E5001", NUMBERS[name])
    assert await registration.write(TRANSFER, "r-2") == Outcome.already("E5003", NUMBERS[name])
    other_city = replace(TRANSFER, sending_city="341800")
    assert (await registration.write(other_city, "r-3")).kind is OutcomeKind.DONE
    assert [effect for _, effect in hangzhou.effects(SYSTEM)] == ["done", "already", "already", "done"]


async def test_a_request_delivered_twice_registers_one_case(
    hangzhou: Bureau, registration: LegacyWrite[TransferRegistration]
) -> None:
    await hangzhou.breaks(SYSTEM, FaultKind.DOUBLED, operations=(REGISTER,))
    assert (await registration.write(TRANSFER, "r-1")).kind is OutcomeKind.DONE
    assert [effect for _, effect in hangzhou.effects(SYSTEM)] == ["done", "already"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"worker": LI_SI}, Reason.PERSON_MISMATCH),
        ({"employer": None}, Reason.PERSON_MISMATCH),
        ({"sending_case_number": "HSZC202600102"}, Reason.OTHER),
    ],
)
async def test_a_number_that_stands_for_another_case_is_never_taken_for_ours(
    registration: LegacyWrite[TransferRegistration], other: dict[str, object], reason: Reason
) -> None:
    await registration.write(TRANSFER, "r-1")
    another = replace(TRANSFER, **other)
    assert (await registration.observe(another)).reason is reason
    assert await registration.write(another, "r-2") == Outcome.refused(Reason.CLAIM_UNCONFIRMED, "E5003")


async def test_a_dispute_is_not_taken_for_an_inspection(hangzhou: Bureau) -> None:
    await hangzhou.operations.dispute_transfer.write(TRANSFER, "r-1")
    assert (await hangzhou.operations.inspection_transfer.observe(TRANSFER)).reason is Reason.OTHER


@pytest.mark.parametrize("missing", [{"worker": None, "employer": None}, {"sending_city": "34"}])
async def test_a_registration_that_names_nobody_or_no_city_is_refused(
    registration: LegacyWrite[TransferRegistration], missing: dict[str, object]
) -> None:
    outcome = await registration.write(replace(TRANSFER, **missing), "r-1")
    assert outcome == Outcome.refused(Reason.REQUEST_INVALID, "E3001")


@pytest.mark.parametrize("named", [{"worker": None}, {"employer": None}])
async def test_a_worker_or_an_employer_is_enough(
    hangzhou: Bureau, registration: LegacyWrite[TransferRegistration], name: str, named: dict[str, object]
) -> None:
    about_one = replace(TRANSFER, **named)
    assert (await registration.write(about_one, "r-1")).kind is OutcomeKind.DONE
    assert (await registration.observe(about_one)).standing is Standing.IN_EFFECT
    (source,) = hangzhou.city.cases
    assert list(await source.cases_by_number([NUMBERS[name]])) == [NUMBERS[name]]


async def test_a_registered_case_survives_its_service(
    registration: LegacyWrite[TransferRegistration], name: str, tmp_path: Path, clock: HandClock
) -> None:
    await registration.write(TRANSFER, "r-1")
    again = await start_bureaus(tmp_path, clock)
    reopened = await open_bureau("hangzhou", again, clock)
    assert (await getattr(reopened.operations, name).observe(TRANSFER)).receipt == NUMBERS[name]
    await reopened.city.aclose()
    await again.close()


@pytest.mark.parametrize("kind", [FaultKind.MAINTENANCE, FaultKind.BUSY])
async def test_a_closed_or_busy_service_is_asked_later(
    hangzhou: Bureau, registration: LegacyWrite[TransferRegistration], kind: FaultKind
) -> None:
    await hangzhou.breaks(SYSTEM, kind)
    assert (await registration.write(TRANSFER, "r-1")).kind is OutcomeKind.NOT_NOW
    assert [effect for _, effect in hangzhou.effects(SYSTEM)] == []


async def test_huangshan_says_who_enters_a_case_by_hand(huangshan: Bureau) -> None:
    """Its labour database takes no writes."""
    transfers = (OperationName.DISPUTE_TRANSFER, OperationName.INSPECTION_TRANSFER)
    matrix = [each for each in huangshan.operations.capabilities() if each.operation in transfers]
    assert [each.missing_because for each in matrix] == [
        f"The labour database can only be read; the {office} enters the case by hand from the letter."
        for office in ("arbitration", "inspectorate")
    ]

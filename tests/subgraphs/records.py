"""Records of invented people, with every field settable and most of them defaulted."""

from __future__ import annotations

from legacy_adapters.records.cards import BankRecord, CardFunctionRecord, CardFunctionStatus, CardRecord
from legacy_adapters.records.cases import (
    CaseStatus,
    DisputeRecord,
    InjuryConclusion,
    InspectionRecord,
    WorkInjuryRecord,
)
from legacy_adapters.records.pensions import PaymentRecord, PaymentStatus, PensionRecord, PensionScheme, PensionStatus
from legacy_adapters.records.people import (
    EmployerRecord,
    InsuranceRecord,
    InsuranceScheme,
    InsuranceStatus,
    InsuredCountRecord,
    LifeStatus,
    PersonRecord,
    Sex,
)
from legacy_adapters.records.provenance import CityCode, CreditCode, EmployerReference, NationalId, Provenance

HANGZHOU = CityCode("330100")
HUANGSHAN = CityCode("341000")

ZHANG = NationalId("330199195805120015")
LI = NationalId("33019919620304002X")
WANG = NationalId("341099197503150189")

EMPLOYER = CreditCode("91330199MA0000001W")
EMPLOYER_REFERENCE = EmployerReference("杭州示例科技有限公司", EMPLOYER)

AS_OF = "2026-10-31T08:00:00+08:00"
EARLIER = "2026-10-31T07:00:00+08:00"
DATABASE = Provenance("hangzhou_database", HANGZHOU, AS_OF)


def person(national_id: NationalId = ZHANG, number: str = "1", name: str = "张三", **changes) -> PersonRecord:
    fields = {
        "sex": Sex.MALE,
        "birth_date": "1958-05-12",
        "life_status": LifeStatus.ALIVE,
        "life_status_raw": "1",
        "residence": "341000",
        "updated_at": "2026-01-02T03:04:05+08:00",
        "provenance": DATABASE,
    }
    return PersonRecord(national_id, number, name, **(fields | changes))


def insurance(national_id: NationalId = ZHANG, **changes) -> InsuranceRecord:
    fields = {
        "scheme": InsuranceScheme.WORK_INJURY,
        "scheme_raw": "410",
        "status": InsuranceStatus.ACTIVE,
        "status_raw": "1",
        "started_on": "2001-07-01",
        "ended_on": None,
        "employer": EMPLOYER_REFERENCE,
        "provenance": DATABASE,
    }
    return InsuranceRecord(national_id, **(fields | changes))


def employer() -> EmployerRecord:
    return EmployerRecord(EMPLOYER, EMPLOYER_REFERENCE.name or "", DATABASE)


def insured_count(persons: int = 7) -> InsuredCountRecord:
    return InsuredCountRecord(EMPLOYER, persons, DATABASE)


def card(national_id: NationalId = ZHANG, number: str = "A00000019", **changes) -> CardRecord:
    fields = {
        "issued_on": "2019-03-04",
        "expires_on": "2029-03-04",
        "social_function": CardFunctionRecord(
            CardFunctionStatus.TEMPORARY_LOSS, "4", "2026-10-30T09:00:00+08:00", "2026-11-06T09:00:00+08:00"
        ),
        "bank_function": CardFunctionRecord(CardFunctionStatus.NORMAL, "A", "2019-03-05T00:00:00+08:00", None),
        "bank": BankRecord("95588", "中国工商银行"),
        "provenance": DATABASE,
    }
    return CardRecord(national_id, number, **(fields | changes))


def pension(national_id: NationalId = ZHANG, number: str = "P1", **changes) -> PensionRecord:
    fields = {
        "scheme": PensionScheme.EMPLOYEE_PENSION,
        "scheme_raw": "110",
        "status": PensionStatus.PAYING,
        "status_raw": "1",
        "started_on": "2018-06-01",
        "ended_on": None,
        "monthly_amount_fen": 321540,
        "certification_due_on": "2026-12-31",
        "certification_last_passed_on": "2025-12-31",
        "certification_last_method": "人脸识别",
        "certification_last_elsewhere": True,
        "provenance": Provenance("hangzhou_core_service", HANGZHOU, AS_OF),
    }
    return PensionRecord(national_id, number, **(fields | changes))


def payment(month: str, amount_fen: int = 321540, number: str = "P1") -> PaymentRecord:
    return PaymentRecord(number, month, amount_fen, PaymentStatus.PAID, "1")


def injury(number: str = "G1", opened_on: str | None = "2026-03-01", **changes) -> WorkInjuryRecord:
    fields = {
        "status": CaseStatus.DECIDED,
        "status_raw": "认定",
        "closed_on": None,
        "employer": EMPLOYER_REFERENCE,
        "injured": ZHANG,
        "accident_on": "2026-02-20",
        "injured_part": "左手",
        "conclusion": InjuryConclusion.WORK_INJURY,
        "conclusion_raw": "1",
        "disability_grade": 7,
        "appraisal_number": "J1",
        "provenance": Provenance("huangshan_injury_service", HUANGSHAN, AS_OF),
    }
    return WorkInjuryRecord(case_number=number, opened_on=opened_on, **(fields | changes))


def dispute(number: str = "Z1", opened_on: str | None = "2026-04-01", **changes) -> DisputeRecord:
    fields = {
        "status": CaseStatus.IN_PROGRESS,
        "status_raw": "2",
        "closed_on": None,
        "applicant": ZHANG,
        "respondent": EMPLOYER_REFERENCE,
        "subject": "劳动报酬",
        "provenance": Provenance("huangshan_labour_database", HUANGSHAN, EARLIER),
    }
    return DisputeRecord(case_number=number, opened_on=opened_on, **(fields | changes))


def inspection(number: str = "J1", opened_on: str | None = "2026-05-01", **changes) -> InspectionRecord:
    fields = {
        "status": CaseStatus.CLOSED,
        "status_raw": "9",
        "closed_on": "2026-06-01",
        "employer": EMPLOYER_REFERENCE,
        "subject": "拖欠工资",
        "workers_concerned": 12,
        "provenance": Provenance("huangshan_labour_database", HUANGSHAN, EARLIER),
    }
    return InspectionRecord(case_number=number, opened_on=opened_on, **(fields | changes))

"""One draft of each kind of operation that a second person signs, between the sandbox's two cities."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, LI_SI, ZHANG_SAN
from legacy_adapters.sandbox.population.world import Pension
from tests.support.letters import AGENT, officer
from tests.support.platform import RunningPlatform

DRAFT = """mutation($input: %s!) { drafted: %s(input: $input) { errors { code message } operation { number } } }"""
ARBITRATOR = officer("3001", "341000", "ARBITRATION")
INSPECTOR = officer("3101", "341000", "INSPECTION")


def draft(platform: RunningPlatform, mutation: str, input_type: str, given: dict[str, Any]) -> str:
    """The number of what was drafted, which must not be refused."""
    drafted = platform.ask(DRAFT % (input_type, mutation), {"input": given})["data"]["drafted"]
    assert drafted["errors"] == []
    return str(drafted["operation"]["number"])


def draft_investigation(platform: RunningPlatform, key: str) -> str:
    """Hangzhou asks Huangshan about Li Si's injury, with one attachment."""
    given = {
        "idempotencyKey": key,
        "officer": AGENT,
        "addressedCity": "341000",
        "idNumber": LI_SI,
        "name": "李四",
        "subject": "INJURY_FACTS",
        "caseNumber": "HZGS202500001",
        "questions": ["Was he at work?"],
        "legalBasis": "the two cities' agreement",
        "attachments": ["aa" * 32],
    }
    return draft(platform, "draftInvestigation", "InvestigationInput", given)


def draft_assist(platform: RunningPlatform, key: str) -> str:
    """Huangshan's arbitration asks Hangzhou's about a dispute with an employer."""
    given = {
        "idempotencyKey": key,
        "officer": ARBITRATOR,
        "addressedCity": "330100",
        "caseNumber": "HSZC202500001",
        "idNumber": LI_SI,
        "creditCode": BOTH_CITIES_EMPLOYER,
        "questions": ["Was the same dispute filed there?"],
        "legalBasis": "the two cities' agreement",
    }
    return draft(platform, "draftCaseAssist", "CaseAssistInput", given)


def draft_transfer(platform: RunningPlatform, key: str) -> str:
    """Huangshan's inspection hands a case over to Hangzhou's."""
    given = {
        "idempotencyKey": key,
        "officer": INSPECTOR,
        "addressedCity": "330100",
        "caseNumber": "HSJC202500001",
        "creditCode": BOTH_CITIES_EMPLOYER,
        "grounds": "the work is done there",
    }
    return draft(platform, "draftCaseTransfer", "CaseTransferInput", given)


def record_death(platform: RunningPlatform, key: str) -> str:
    """Huangshan has learnt of the death of a pensioner of Hangzhou."""
    given = {
        "idempotencyKey": key,
        "officer": officer("2001", "341000", "INSURANCE_AGENCY"),
        "payingCity": "330100",
        "idNumber": ZHANG_SAN,
        "happenedOn": days_ago(3),
        "learntFrom": "a funeral home",
        "evidence": ["bb" * 32],
    }
    return draft(platform, "recordDeathNotice", "DeathNoticeInput", given)


def certify(platform: RunningPlatform, key: str, pension: Pension) -> str:
    """A pensioner of Hangzhou has been seen at a counter of Huangshan."""
    given = {
        "idempotencyKey": key,
        "officer": officer("2001", "341000", "INSURANCE_AGENCY"),
        "payingCity": "330100",
        "pensionNumber": pension.number,
        "idNumber": pension.id_number,
        "method": "COUNTER",
        "passedOn": days_ago(1),
    }
    return draft(platform, "assistCertification", "CertificationAssistInput", given)


def days_ago(days: int) -> str:
    return (datetime.now(CITY_ZONE).date() - timedelta(days=days)).isoformat()

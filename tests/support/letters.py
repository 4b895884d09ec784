"""A letter of investigation on the running platform: Hangzhou drafts it, officers of both cities move it on."""

from __future__ import annotations

import time
from typing import Any

from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.support.platform import RunningPlatform

DRAFT = """mutation($input: InvestigationInput!) { draftInvestigation(input: $input) {
  errors { code message } operation { number } } }"""
WRITES = """{ operations(filter: {kinds: [INVESTIGATION]}, first: 100) { nodes { number
  ... on EntrustedInvestigation { deliveries { state } } } } }"""
MOVE = "mutation($input: ActionInput!) { takeAction(input: $input) { errors { code message } operation { state } } }"


def officer(number: str, city: str, office: str, duty: str = "HANDLER") -> dict[str, str]:
    return {"id": number, "city": city, "office": office, "duty": duty}


AGENT = officer("1001", "330100", "INSURANCE_AGENCY")
REVIEWER = officer("1002", "330100", "INSURANCE_AGENCY", "REVIEWER")
INVESTIGATOR = officer("2001", "341000", "WORK_INJURY_DEPARTMENT")
HEAD = officer("2002", "341000", "WORK_INJURY_DEPARTMENT", "REVIEWER")
WRITTEN_SECONDS = 60
FINDINGS = [{"verdict": "CONFIRMED", "text": "on that day"}]


def draft_letter(platform: RunningPlatform, key: str) -> str:
    """Hangzhou drafts a letter to Huangshan with one question about Zhang San; gives its number."""
    given = {
        "idempotencyKey": key,
        "officer": AGENT,
        "addressedCity": "341000",
        "idNumber": ZHANG_SAN,
        "name": "张三",
        "subject": "INJURY_FACTS",
        "questions": ["受伤当日是否在岗？"],
        "legalBasis": "两市协议",
    }
    drafted = platform.ask(DRAFT, {"input": given})["data"]["draftInvestigation"]
    assert drafted["errors"] == []
    return str(drafted["operation"]["number"])


def move_letter(platform: RunningPlatform, number: str, action: str, by: dict[str, str], **brought: Any) -> None:
    """An officer takes an action, which must be allowed."""
    moved = platform.ask(MOVE, {"input": {"number": number, "action": action, "officer": by, **brought}})
    assert moved["data"]["takeAction"]["errors"] == []


def investigate_letter(platform: RunningPlatform, number: str) -> None:
    """From its draft to its investigation."""
    move_letter(platform, number, "send", REVIEWER)
    move_letter(platform, number, "receive", INVESTIGATOR)
    move_letter(platform, number, "accept", INVESTIGATOR)
    move_letter(platform, number, "investigate", INVESTIGATOR, investigators=["2001", "2003"])


def draft_report(platform: RunningPlatform, number: str) -> None:
    """Draft findings for a letter that is investigated; again, and these take the place of those before."""
    move_letter(platform, number, "draft_report", INVESTIGATOR, findings=FINDINGS)


def wait_for_letters(platform: RunningPlatform) -> None:
    """Wait until what is owed to the cities' systems of letters has been written there."""
    deadline = time.monotonic() + WRITTEN_SECONDS
    while True:
        letters = platform.ask(WRITES)["data"]["operations"]["nodes"]
        if not any(write["state"] == "OPEN" for letter in letters for write in letter["deliveries"]):
            return
        assert time.monotonic() < deadline, letters
        time.sleep(0.3)

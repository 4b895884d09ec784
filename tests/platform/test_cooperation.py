"""Cross-city operations on the running platform: counter, gateway, cooperation, adapter, the city's own system."""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from urllib.request import Request

import pytest

from tests.support.platform import DIRECT, RunningPlatform, ready_operation

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

STATE = """query($number: ID!) { operation(number: $number) { state addresseeNumber
  ... on ServiceRequest { card { number socialFunction { status } } delivery { outcome receipt } } } }"""

RELEASE = """mutation($input: CardServiceInput!) { releaseCard(input: $input) { effect errors { code message }
  operation { number ... on ServiceRequest { card { socialFunction { status } } } } } }"""


def wait_for_state(platform: RunningPlatform, number: str, state: str) -> dict[str, Any]:
    deadline = time.monotonic() + 40
    while True:
        operation = platform.ask(STATE, {"number": number})["data"]["operation"]
        if operation["state"] == state:
            return dict(operation)
        assert time.monotonic() < deadline, operation
        time.sleep(0.3)


def release(platform: RunningPlatform, key: str) -> dict[str, Any]:
    """Zhang San's card in Huangshan is found again."""
    given = {
        "idempotencyKey": key,
        "officer": {"id": "1001", "city": "330100", "office": "CARD_CENTRE", "duty": "HANDLER"},
        "issuingCity": "341000",
        "cardNumber": "H00000001",
        "idNumber": "330199195805120015",
        "name": "张三",
    }
    return dict(platform.ask(RELEASE, {"input": given})["data"]["releaseCard"])


def test_a_loss_reported_elsewhere_is_in_effect_joined_with_the_card_and_released_again(
    platform: RunningPlatform,
) -> None:
    text, variables = ready_operation("report-card-loss")
    answer = platform.ask(text, variables)
    payload = answer["data"]["reportTemporaryLoss"]
    assert (payload["effect"], payload["errors"]) == ("IN_EFFECT", []), answer
    operation = payload["operation"]
    assert operation["person"]["name"] == "张三"
    assert operation["card"]["socialFunction"]["status"] == "TEMPORARY_LOSS"
    again = platform.ask(text, variables)["data"]["reportTemporaryLoss"]
    assert (again["isNew"], again["operation"]["number"]) == (False, operation["number"])
    released = release(platform, "platform-release-1")
    assert (released["effect"], released["errors"]) == ("IN_EFFECT", [])
    assert released["operation"]["card"]["socialFunction"]["status"] == "NORMAL"


def test_a_loss_is_queued_while_the_city_is_away_and_delivered_when_it_is_back(platform: RunningPlatform) -> None:
    text, variables = ready_operation("report-card-loss")
    with platform.fault("huangshan_card_service", kind="refuse"):
        answer = platform.ask(text, variables | {"idempotencyKey": "platform-queued-1"})
        payload = answer["data"]["reportTemporaryLoss"]
        assert payload["effect"] == "QUEUED"
        number = payload["operation"]["number"]
    done = wait_for_state(platform, number, "DONE")
    assert done["card"]["socialFunction"]["status"] == "TEMPORARY_LOSS"
    assert release(platform, "platform-release-2")["effect"] == "IN_EFFECT"


def test_no_log_tells_of_a_citizen(platform: RunningPlatform) -> None:
    assert "330199195805120015" not in platform.logs()
    assert "张三" not in platform.logs()


def test_a_subscription_through_the_gateway_tells_of_a_change_with_the_persons_name(platform: RunningPlatform) -> None:
    query = "subscription { serviceRequestUpdated { number state person { name } card { number } } }"
    request = Request(
        platform.graphql_url,
        json.dumps({"query": query}).encode(),
        {"content-type": "application/json", "accept": "text/event-stream"},
        method="POST",
    )
    with DIRECT.open(request, timeout=60) as stream:
        threading.Timer(2.0, release, (platform, "platform-release-3")).start()
        event = next(line for line in stream if line.startswith(b"data: {"))
    changed = json.loads(event.removeprefix(b"data: "))["data"]["serviceRequestUpdated"]
    assert changed["person"] == {"name": "张三"}
    assert changed["card"] == {"number": "H00000001"}


DRAFT = """mutation($input: InvestigationInput!) { draftInvestigation(input: $input) {
  errors { code message } operation { number } } }"""

MOVE = "mutation($input: ActionInput!) { takeAction(input: $input) { errors { code message } operation { state } } }"

LETTER = """query($number: ID!) { operation(number: $number) { state person { name }
  ... on EntrustedInvestigation { deliveries { city { code } operation state receipt reason } } } }"""


def officer(number: str, city: str, office: str, duty: str = "HANDLER") -> dict[str, str]:
    return {"id": number, "city": city, "office": office, "duty": duty}


def test_a_letter_is_entered_in_both_cities_systems_up_to_its_reply(platform: RunningPlatform) -> None:
    agent = officer("1001", "330100", "INSURANCE_AGENCY")
    there = officer("2001", "341000", "WORK_INJURY_DEPARTMENT")
    given = {
        "idempotencyKey": "platform-letter-1",
        "officer": agent,
        "addressedCity": "341000",
        "idNumber": "330199195805120015",
        "name": "张三",
        "subject": "INJURY_FACTS",
        "questions": ["When did it happen?"],
        "legalBasis": "the two cities' agreement",
    }
    drafted = platform.ask(DRAFT, {"input": given})["data"]["draftInvestigation"]
    assert drafted["errors"] == []
    number = drafted["operation"]["number"]
    steps: list[dict[str, Any]] = [
        {"action": "send", "officer": officer("1002", "330100", "INSURANCE_AGENCY", "REVIEWER")},
        {"action": "receive", "officer": there},
        {"action": "accept", "officer": there},
        {"action": "investigate", "officer": there, "investigators": ["2001", "2003"]},
        {"action": "draft_report", "officer": there, "findings": [{"verdict": "CONFIRMED", "text": "on that day"}]},
        {"action": "report", "officer": officer("2002", "341000", "WORK_INJURY_DEPARTMENT", "REVIEWER")},
    ]
    for step in steps:
        assert platform.ask(MOVE, {"input": {"number": number, **step}})["data"]["takeAction"]["errors"] == []
    deadline = time.monotonic() + 60
    while True:
        found = platform.ask(LETTER, {"number": number})["data"]["operation"]
        if all(one["state"] == "DONE" for one in found["deliveries"]):
            break
        assert time.monotonic() < deadline, found
        time.sleep(0.5)
    assert (found["state"], found["person"]["name"], len(found["deliveries"])) == ("REPORTED", "张三", 6)

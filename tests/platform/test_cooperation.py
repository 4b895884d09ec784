"""Cross-city operations on the running platform: counter, gateway, cooperation, adapter, the city's own system."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.request import Request

import pytest

from legacy_adapters.sandbox.population.world import World
from tests.support.letters import (
    HEAD,
    draft_letter,
    draft_report,
    investigate_letter,
    move_letter,
    officer,
    wait_for_letters,
)
from tests.support.platform import DIRECT, RunningPlatform, ready_operation
from tests.support.repeating import again_and_again

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


def find_again(platform: RunningPlatform, key: str) -> None:
    """The same, and until it is so: other tests compare the card with the sandbox's world."""
    wait_for_state(platform, release(platform, key)["operation"]["number"], "DONE")


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
    released = again_and_again(lambda number: release(platform, f"platform-release-3-{number}"))
    with DIRECT.open(request, timeout=60) as stream, released:
        event = next(line for line in stream if line.startswith(b"data: {"))
    changed = json.loads(event.removeprefix(b"data: "))["data"]["serviceRequestUpdated"]
    assert changed["person"] == {"name": "张三"}
    assert changed["card"] == {"number": "H00000001"}


LETTER = """query($number: ID!) { operation(number: $number) { state person { name }
  ... on EntrustedInvestigation { deliveries { city { code } operation state receipt reason } } } }"""


def test_a_letter_is_entered_in_both_cities_systems_up_to_its_reply(platform: RunningPlatform) -> None:
    number = draft_letter(platform, "platform-letter-1")
    investigate_letter(platform, number)
    draft_report(platform, number)
    move_letter(platform, number, "report", HEAD)
    wait_for_letters(platform)
    found = platform.ask(LETTER, {"number": number})["data"]["operation"]
    assert {one["state"] for one in found["deliveries"]} == {"DONE"}
    assert (found["state"], found["person"]["name"], len(found["deliveries"])) == ("REPORTED", "张三", 6)


TRANSFER = """query($number: ID!) { operation(number: $number) { state allowedActions tasks { kind }
  ... on CaseTransfer { receivedCaseNumber delivery { city { code } operation state receipt } } } }"""

CASE = """query($number: String!) { case(city: "330100", caseNumber: $number) {
  caseNumber status source { system } ... on DisputeCase { applicant { id } } } }"""


def test_a_dispute_of_huangshan_is_registered_in_hangzhou_and_found_there_by_its_new_number(
    platform: RunningPlatform, world: World
) -> None:
    draft, variables = ready_operation("hand-over-case")
    others = (one for one in world.huangshan.disputes if one.number != variables["caseNumber"])
    case = next(one for one in others if len(one.id_number) == 18 and one.id_number.isdigit())
    given = variables | {"caseNumber": case.number, "idNumber": case.id_number}
    drafted = platform.ask(draft, given)["data"]["draftCaseTransfer"]
    assert drafted["errors"] == []
    assert drafted["operation"]["dispute"]["caseNumber"] == case.number
    number = drafted["operation"]["number"]
    there = officer("1001", "330100", "ARBITRATION")
    act, effects = ready_operation("register-case")[0], []
    for step in (
        {"action": "send", "officer": officer("2002", "341000", "ARBITRATION", "REVIEWER")},
        {"action": "receive", "officer": there},
        {"action": "register", "officer": there},
    ):
        taken = platform.ask(act, {"number": number, **step})["data"]["takeAction"]
        assert taken["errors"] == []
        effects.append(taken["effect"])
    assert effects[:2] == ["HANDLED_BY_OFFICERS"] * 2
    assert effects[2] in ("IN_EFFECT", "QUEUED")
    deadline = time.monotonic() + 60
    while (found := platform.ask(TRANSFER, {"number": number})["data"]["operation"])["state"] != "CLOSED":
        assert time.monotonic() < deadline, found
        time.sleep(0.3)
    receipt = found["receivedCaseNumber"]
    assert receipt.startswith("HZZY")
    delivered = {"city": {"code": "330100"}, "operation": "dispute_transfer", "state": "DONE", "receipt": receipt}
    assert found == {
        "state": "CLOSED",
        "allowedActions": [],
        "tasks": [],
        "receivedCaseNumber": receipt,
        "delivery": delivered,
    }
    registered = platform.ask(CASE, {"number": receipt})["data"]["case"]
    assert registered.pop("applicant")["id"]
    assert registered == {
        "caseNumber": receipt,
        "status": "ACCEPTED",
        "source": {"system": "hangzhou_core_service"},
    }
    assert case.id_number not in platform.logs()

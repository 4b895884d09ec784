"""The counter screen releases cards and requests new ones: what is offered, what came of it, and what is left."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.sandbox.population.fixtures import WANG_YAN
from legacy_adapters.sandbox.population.world import Card, World
from tests.platform.test_cooperation import find_again, wait_for_state
from tests.support.console import ANSWER_MILLISECONDS, CARD_SERVICE, find, follow, report_loss, rows, tab_to
from tests.support.expected import plain_number
from tests.support.platform import RunningPlatform, ready_operation

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]

RELEASE_BUTTON = "release-341000-H00000001"
# It is the whole card that is made, and nothing that is tried again.
NOT_OF_PRODUCTION = re.compile("Social function|Next try")
# A system that refuses every connection: said of the first calls, then of the circuit that they have opened.
AWAY = re.compile(r"cannot be reached|failed too often just now and is not asked")


def lose_card(platform: RunningPlatform, key: str) -> None:
    """Zhang San's card in Huangshan is lost for a time, in effect: at once, or after another test's fault soon."""
    payload = report_loss(platform, key)
    wait_for_state(platform, payload["operation"]["number"], "DONE")


async def test_a_loss_is_released_by_keyboard_alone_and_takes_effect_at_once(
    page: Page, platform: RunningPlatform
) -> None:
    lose_card(platform, "console-release-of-loss-1")
    await find(page)
    await tab_to(page, RELEASE_BUTTON)
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Release a card from its loss")
    await expect(dialog.get_by_label("Social function")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_label("Officer’s number")).to_be_focused()
    await expect(dialog.get_by_role("alert")).to_have_text("Enter your officer’s number: the request carries it.")
    await page.keyboard.type("1001")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("heading", name="In effect")).to_be_focused()
    await expect(dialog).to_contain_text("In effect at once: Huangshan’s system shows the card released.")
    await page.keyboard.press("Escape")
    await expect(page.locator(f"#{RELEASE_BUTTON}")).to_have_count(0)
    await expect(page.locator("#person-name")).to_be_focused()
    assert "Lost" not in (await rows(page, "cards"))[1]


async def test_a_release_is_queued_while_the_city_is_away_and_followed_until_it_is_in_effect(
    page: Page, platform: RunningPlatform
) -> None:
    lose_card(platform, "console-release-of-loss-2")
    await find(page)
    with platform.fault(CARD_SERVICE, kind="refuse"):
        await page.locator(f"#{RELEASE_BUTTON}").click()
        await page.get_by_label("Officer’s number").fill("1001")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Queued")).to_be_focused(timeout=ANSWER_MILLISECONDS)
        await expect(page.get_by_role("dialog")).to_contain_text("Accepted and queued")
        await page.get_by_role("button", name="Follow the request").click()
        await expect(page.locator("#details")).to_contain_text("Waiting for system")
    await expect(page.locator("#timeline li").first).to_contain_text("Completed", timeout=40_000)


async def test_a_release_that_is_sent_again_keeps_its_key_and_is_the_same_request(
    page: Page, platform: RunningPlatform
) -> None:
    lose_card(platform, "console-release-of-loss-3")
    keys: list[str] = []

    async def lose_the_first_answer(route: Route) -> None:
        sent = json.loads(route.request.post_data or "{}")
        if "CounterRelease" not in sent["query"]:
            await route.continue_()
            return
        keys.append(sent["variables"]["input"]["idempotencyKey"])
        answer = await route.fetch()
        await (route.fulfill(response=answer) if len(keys) > 1 else route.fulfill(body="<html>Please log in</html>"))

    await page.route("**/graphql", lose_the_first_answer)
    await find(page)
    await page.locator(f"#{RELEASE_BUTTON}").click()
    await page.get_by_label("Officer’s number").fill("1001")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("It is not known whether the request was taken.")
    await dialog.get_by_role("button", name="Send again").press("Enter")
    await expect(dialog.get_by_role("heading", name="In effect")).to_be_focused()
    await expect(dialog).to_contain_text("This was told before; it is the same request.")
    assert keys == [keys[0], keys[0]]


async def test_what_a_citys_system_does_not_do_is_not_offered_and_the_way_left_is_said(
    page: Page, platform: RunningPlatform
) -> None:
    way = "Its counters release cards."

    async def without_releases(route: Route) -> None:
        if "CounterRules" not in (route.request.post_data or ""):
            await route.continue_()
            return
        answer: dict[str, Any] = await (await route.fetch()).json()
        for capability in answer["data"]["capabilities"]:
            if capability["operation"] == "card_release" and capability["city"]["code"] == "341000":
                capability |= {"isOffered": False, "missingBecause": way, "functions": []}
        await route.fulfill(json=answer)

    await page.route("**/graphql", without_releases)
    lose_card(platform, "console-release-of-loss-4")
    try:
        await page.reload()
        await find(page)
        await expect(page.locator("#cards .notice").first).to_contain_text(
            re.compile(f"Huangshan’s system does not release the Social function on request.*{re.escape(way)}")
        )
        await expect(page.locator("#report-341000-H00000001")).to_be_visible()
        await expect(page.locator(f"#{RELEASE_BUTTON}")).to_have_count(0)
    finally:
        find_again(platform, "console-release-4")


async def test_before_a_new_card_a_loss_for_a_time_has_to_be_reported_formally(
    page: Page, platform: RunningPlatform
) -> None:
    lose_card(platform, "console-release-of-loss-5")
    try:
        await find(page)
        await expect(page.locator("#replace-330100-A00000019")).to_be_visible()
        await expect(page.locator("#replace-341000-H00000001")).to_have_count(0)
        await expect(page.locator("#cards .notice")).to_contain_text("report it lost formally")
    finally:
        find_again(platform, "console-release-5")


@pytest.fixture
def strangers(world: World) -> list[Card]:
    """Normal cards of Huangshan whose holders Hangzhou does not know, and no other test; to be taken from the end."""
    known = {plain_number(person.id_number) for person in world.hangzhou.people}
    return [
        card
        for card in world.huangshan.cards
        if card.social.status is CardFunctionStatus.NORMAL and plain_number(card.id_number) not in known
    ]


async def open_request_for_a_new_card(page: Page, id_number: str, card_number: str) -> None:
    await find(page, id_number)
    await page.locator(f"#replace-341000-{card_number}").click()
    await page.get_by_label("Officer’s number").fill("1001")


async def test_a_new_card_is_requested_and_its_page_shows_how_far_it_has_come(
    page: Page, strangers: list[Card]
) -> None:
    card = strangers[-1]
    await open_request_for_a_new_card(page, plain_number(card.id_number), card.number)
    dialog = page.get_by_role("dialog", name="Request a new card")
    await dialog.get_by_label("Where it is picked up").select_option("Huangshan")
    await dialog.get_by_role("button", name="Request the new card").press("Enter")
    await expect(dialog.get_by_role("heading", name="In production")).to_be_focused()
    await expect(dialog.locator(".facts")).not_to_contain_text(NOT_OF_PRODUCTION)
    await dialog.get_by_role("button", name="Close").press("Enter")
    await expect(page.locator("#cards .notice")).to_contain_text("a new one has been requested")
    await expect(page.locator(f"#replace-341000-{card.number}")).to_have_count(0)
    await page.locator("#person-requests").get_by_role("button", name="Follow").click()
    made = page.locator("#production")
    await expect(made.locator(".timeline li")).to_have_count(1)
    await expect(made.locator(".timeline li")).to_contain_text("Applied for")
    await expect(made).to_contain_text(re.compile(r"Batch\s*in none yet"))
    await expect(made).to_contain_text(re.compile(r"Where it is picked up\s*Huangshan"))
    await expect(made).to_contain_text(CARD_SERVICE)
    await expect(page.locator("#actions")).to_contain_text("The platform goes on by itself")
    await expect(page.locator("#details")).not_to_contain_text(NOT_OF_PRODUCTION)


async def test_a_new_card_is_queued_while_the_city_is_away(
    page: Page, platform: RunningPlatform, strangers: list[Card]
) -> None:
    card = strangers[-2]
    await open_request_for_a_new_card(page, plain_number(card.id_number), card.number)
    with platform.fault(CARD_SERVICE, kind="refuse"):
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Queued")).to_be_focused(timeout=ANSWER_MILLISECONDS)
        await page.get_by_role("button", name="Follow the request").click()
        await expect(page.locator("#timeline")).to_be_visible()
        await expect(page.locator("#production")).to_have_count(0)
    await expect(page.locator("#production")).to_contain_text("Applied for", timeout=40_000)


def wait_for_progress(platform: RunningPlatform, number: str) -> None:
    """Until cooperation asks the city's system again, as other tests expect it to."""
    query = "query($number: ID!) { operation(number: $number) { ... on ServiceRequest { progress { batchNumber } } } }"
    deadline = time.monotonic() + 60
    while "errors" in (answer := platform.ask(query, {"number": number})):
        assert time.monotonic() < deadline, answer
        time.sleep(0.5)


async def test_how_far_a_new_card_has_come_is_missing_in_its_place_while_the_city_is_away(
    page: Page, platform: RunningPlatform, strangers: list[Card]
) -> None:
    card = strangers[-3]
    text, ready = ready_operation("request-replacement")
    given = {"idempotencyKey": "console-card-away", "cardNumber": card.number, "name": card.name}
    answer = platform.ask(text, ready | given | {"idNumber": plain_number(card.id_number)})
    number = answer["data"]["requestReplacement"]["operation"]["number"]
    with platform.fault(CARD_SERVICE, kind="refuse"):
        await follow(page, number)
        await expect(page.locator("#production .notice")).to_contain_text(AWAY)
        await expect(page.locator("#subject .notice")).to_contain_text("Card: ")  # the old one, in its own place
        await expect(page.locator("#details .notice:not(#subject *)")).to_have_count(1)
        await expect(page.locator("#timeline")).to_contain_text("Production begun")
        again = page.locator("#production").get_by_role("button", name="Ask again")
        await again.press("Enter")
        await expect(page.locator("#production .notice")).to_contain_text(AWAY)
    wait_for_progress(platform, number)
    # Pressed if it is there still: an update may have asked again meanwhile.
    await again.evaluate_all("(buttons) => buttons.forEach((button) => button.click())")
    await expect(page.locator("#production .timeline")).to_contain_text("Applied for")


async def test_a_new_card_that_the_city_refuses_is_said_with_the_reason(page: Page) -> None:
    # Huangshan's exporter has lost a rare character of the name, so that its system finds another one.
    await open_request_for_a_new_card(page, WANG_YAN, "H00000005")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("I have compared the document in hand: the card is that of 王?").check()
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("heading", name="Refused")).to_be_focused()
    await expect(dialog).to_contain_text("Name and number do not belong together")


async def test_requests_that_cannot_be_asked_for_leave_the_rest_and_say_why(page: Page) -> None:
    extensions = {"code": "SUBREQUEST_HTTP_ERROR", "service": "cooperation", "retryable": True}
    error = {"message": "…", "path": ["operations"], "extensions": extensions}

    async def without_cooperation(route: Route) -> None:
        if "CounterPersonOperations" in (route.request.post_data or ""):
            await route.fulfill(json={"data": {"operations": None}, "errors": [error]})
        else:
            await route.continue_()

    await page.route("**/graphql", without_cooperation)
    await find(page)
    requests = page.locator("#person-requests")
    await expect(requests).to_contain_text("A part of the platform cannot be reached.")
    await expect(page.locator("#result > .notice")).to_have_count(0)
    assert "H00000001" in (await rows(page, "cards"))[1]
    await page.unroute("**/graphql")
    await requests.get_by_role("button", name="Ask again").press("Enter")
    await expect(requests.locator(".notice")).to_have_count(0)


async def test_nobody_waits_for_requests_that_do_not_come(page: Page) -> None:
    answered = asyncio.Event()

    async def hold_the_requests(route: Route) -> None:
        if "CounterPersonOperations" in (route.request.post_data or ""):
            await answered.wait()
        await route.continue_()

    await page.route("**/graphql", hold_the_requests)
    await find(page)
    await expect(page.locator("#person-name")).to_be_focused()
    assert "H00000001" in (await rows(page, "cards"))[1]
    await expect(page.locator("#person-requests")).to_contain_text("Asking …")
    answered.set()
    await expect(page.locator("#person-requests")).not_to_contain_text("Asking …")


@pytest.mark.parametrize(
    ("operation", "field", "opened", "place"),
    [
        ("CounterPersonOperations", "operations", find, "#person-requests"),
        ("CounterBoard", "tasks", lambda page: page.get_by_role("link", name="Caseload").click(), "#open-tasks"),
    ],
)
async def test_what_a_list_leaves_out_is_counted(
    page: Page, operation: str, field: str, opened: Callable[[Page], Awaitable[None]], place: str
) -> None:
    async def with_three_more(route: Route) -> None:
        if operation not in (route.request.post_data or ""):
            await route.continue_()
            return
        answer = await (await route.fetch()).json()
        listed = answer["data"][field]
        # Few enough to be shown, whatever other tests have left.
        listed["nodes"] = listed["nodes"][:2]
        listed["totalCount"] = len(listed["nodes"]) + 3
        await route.fulfill(json=answer)

    await page.route("**/graphql", with_three_more)
    await opened(page)
    await expect(page.locator(place)).to_contain_text("3 more, which are not shown here.")

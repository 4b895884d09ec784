"""What is read at the counter screen stays, with its moment, where asking again fails; the reason stands above it."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, Route, expect

from tests.support.console import answer_in_the_gateways_place, find, follow, sit_down, without_streams
from tests.support.letters import draft_letter
from tests.support.platform import RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]

REASON = "Something between here and the gateway answered in its place."
EARLIER = "What is shown here was answered at 20"
NUMBER = re.compile(r"\d+")


async def test_an_operation_stays_until_a_poll_is_answered_again(page: Page, platform: RunningPlatform) -> None:
    await page.route("**/graphql", without_streams)  # then it is asked for every 3 seconds
    await follow(page, draft_letter(platform, "console-refreshes-1"))
    details = page.locator("#details")
    await page.route("**/graphql", answer_in_the_gateways_place)
    await expect(details.get_by_role("alert")).to_contain_text(REASON)
    await expect(details).to_contain_text(EARLIER)
    await expect(details.locator("#timeline li")).to_have_count(1)
    await expect(page.locator("#operation-title")).to_be_focused()
    await page.unroute("**/graphql", answer_in_the_gateways_place)
    await expect(details.get_by_role("alert")).to_have_count(0)
    await expect(details).not_to_contain_text(EARLIER)


async def test_an_operation_stays_where_nobody_knows_whether_an_action_was_taken(
    page: Page, platform: RunningPlatform
) -> None:
    number = draft_letter(platform, "console-refreshes-2")
    await follow(page, number)
    await sit_down(page, "1001", "330100", "INSURANCE_AGENCY", "HANDLER")
    await page.route("**/graphql", answer_in_the_gateways_place)
    await page.locator("#act-withdraw").click()
    await page.locator("#need-reason").fill("entered twice")
    await page.locator("#dialog-submit").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await expect(page.locator("#details").get_by_role("alert")).to_contain_text(REASON)
    await expect(page.locator("#timeline li")).to_have_count(1)
    await expect(page.locator("#act-withdraw")).to_be_focused()


async def test_the_newest_operations_stay(page: Page, platform: RunningPlatform) -> None:
    number = draft_letter(platform, "console-refreshes-3")
    await page.get_by_role("link", name="Requests").click()
    newest = page.locator("#operations")
    await expect(newest).to_contain_text(number)
    await page.route("**/graphql", answer_in_the_gateways_place)
    await page.get_by_role("link", name="Caseload").click()
    await page.get_by_role("link", name="Requests").click()
    await expect(newest.get_by_role("alert")).to_contain_text(REASON)
    await expect(newest).to_contain_text(EARLIER)
    await expect(newest).to_contain_text(number)


async def test_a_person_stays_with_their_requests(page: Page) -> None:
    await find(page)
    await expect(page.locator("#person-requests")).not_to_contain_text("Asking …")
    await page.route("**/graphql", answer_in_the_gateways_place)
    await page.locator("#report-341000-H00000001").click()
    await page.get_by_label("Officer’s number").fill("1001")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    result, requests = page.locator("#result"), page.locator("#person-requests")
    for place in (result.locator("> .notice"), requests.get_by_role("alert")):
        await expect(place).to_contain_text(REASON)
    await expect(page.locator("#announcements")).to_have_text("The person could not be asked for.")
    await expect(result).to_contain_text(EARLIER)
    await expect(page.locator("#cards")).to_contain_text("H00000001")
    await expect(page.locator("#report-341000-H00000001")).to_be_focused()
    await page.unroute("**/graphql", answer_in_the_gateways_place)
    await result.locator("> .notice").get_by_role("button", name="Ask again").press("Enter")
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(page.locator("#person-name")).to_be_focused()


async def test_the_platforms_numbers_on_the_board_stay(page: Page) -> None:
    await page.get_by_role("link", name="Caseload").click()
    board, opened = page.locator("#board"), page.locator("#city-330100 .figures dd").first
    await expect(opened).to_have_text(NUMBER)
    await page.route("**/graphql", answer_in_the_gateways_place)
    await page.locator("#board-again").click()
    await expect(board.locator("> .notice")).to_contain_text(REASON)
    await expect(opened).to_have_text(NUMBER)
    await expect(page.locator("#open-tasks")).to_be_visible()


async def test_the_platforms_numbers_keep_their_moment(page: Page) -> None:
    await page.route("**/graphql", answer_in_the_gateways_place)
    shown = {"answeredAt": "2026-11-27T07:37:38+08:00", "counts": [], "deadlines": [], "tasks": [], "taskCounts": []}
    kept = await page.evaluate(
        """(shown) => import('/console/views/board_numbers.js').then(
          ({ loadPlatformNumbers }) => loadPlatformNumbers(shown))""",
        shown,
    )
    assert [error["extensions"]["code"] for error in kept.pop("errors")] == ["GATEWAY_UNREADABLE"]
    assert kept == shown


EARLY, LATE = "2026-11-27T07:37:38+08:00", "2026-11-27T07:38:38+08:00"


@pytest.mark.parametrize(
    ("known", "told", "since"),
    [
        (None, LATE, LATE),
        ({"since": EARLY, "seenAt": 0}, LATE, EARLY),  # nobody but the page has asked meanwhile
        ({"since": LATE, "seenAt": 0}, EARLY, EARLY),  # the platform has known it for longer
        ({"since": EARLY, "seenAt": -3_600_000}, LATE, LATE),  # the page was left for an hour
        ({"since": EARLY, "seenAt": 0}, None, EARLY),  # the gateway itself was away
    ],
)
async def test_the_board_tells_an_outage_from_the_first_failure_that_it_has_followed(
    page: Page, known: dict[str, object] | None, told: str | None, since: str
) -> None:
    found = {"error": {"extensions": {"unavailableSince": told} if told else {}}, "asOf": LATE}
    outage = await page.evaluate(
        """([found, known]) => import('/console/views/board_numbers.js').then(
          ({ outageOf }) => outageOf(found, known ?? undefined, 30_000))""",
        [found, known],
    )
    assert outage == {"since": since, "seenAt": 30_000}


async def test_the_board_keeps_the_first_moment_of_an_outage_that_only_it_has_asked_in(page: Page) -> None:
    told = {"code": "LEGACY_SYSTEM_TIMEOUT", "city": "330100", "unavailableSince": EARLY}

    async def answer_of_an_outage(route: Route) -> None:
        if "CounterCertifications" in (route.request.post_data or ""):
            await route.fulfill(json={"data": None, "errors": [{"message": "", "extensions": told}]})
        else:
            await route.fallback()

    await page.get_by_role("link", name="Caseload").click()
    hangzhou, again = page.locator("#city-330100"), page.locator("#board-again")
    await page.route("**/graphql", answer_of_an_outage)
    await again.click()
    await expect(hangzhou).to_contain_text("did not answer in time")
    told |= {"code": "LEGACY_SYSTEM_UNAVAILABLE", "unavailableSince": LATE}
    await again.click()
    await expect(hangzhou).to_contain_text("cannot be reached")
    await expect(hangzhou).to_contain_text("Unavailable since 2026-11-27 07:37")

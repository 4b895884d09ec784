"""The counter screen follows an operation as it goes on."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, Response, expect

from tests.support.console import follow, sit_down, without_streams
from tests.support.letters import (
    HEAD,
    REVIEWER,
    draft_letter,
    draft_report,
    investigate_letter,
    move_letter,
)
from tests.support.platform import RunningPlatform
from tests.support.repeating import again_and_again

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]


async def test_an_investigation_is_followed_by_the_graphs_subscription(page: Page, platform: RunningPlatform) -> None:
    number = draft_letter(platform, "console-following-1")
    investigate_letter(platform, number)
    draft_report(platform, number)
    async with page.expect_response(is_event_stream):
        await follow(page, number)
    drafts = page.locator("#timeline li", has_text="Report drafted")
    await expect(drafts).to_have_count(1)
    await expect(page.locator("#details")).to_contain_text("15 working days left")
    with again_and_again(lambda _: draft_report(platform, number)):
        await expect(drafts.nth(1)).to_be_visible()
    move_letter(platform, number, "report", HEAD)
    await expect(page.locator("#timeline li").first).to_contain_text("Reported")
    await expect(page.locator("#announcements")).to_have_text("The state is now: Reported.")


async def test_an_investigation_is_followed_by_the_deciding_citys_number_too(
    page: Page, platform: RunningPlatform
) -> None:
    number = draft_letter(platform, "console-following-3")
    investigate_letter(platform, number)
    draft_report(platform, number)
    query = "query($number: ID!) { operation(number: $number) { addresseeNumber } }"
    theirs = platform.ask(query, {"number": number})["data"]["operation"]["addresseeNumber"]
    await follow(page, theirs)
    await expect(page.locator("[aria-current=true]")).to_have_id(f"choose-{number}")
    with again_and_again(lambda _: draft_report(platform, number)):
        await expect(page.locator("#timeline li", has_text="Report drafted").nth(1)).to_be_visible()
    move_letter(platform, number, "report", HEAD)
    await expect(page.locator("#timeline li").first).to_contain_text("Reported")
    await expect(page.locator("#announcements")).to_have_text("The state is now: Reported.")


async def test_an_investigation_is_asked_for_again_where_the_graph_has_no_subscription(
    page: Page, platform: RunningPlatform
) -> None:
    await page.route("**/graphql", without_streams)
    number = draft_letter(platform, "console-following-2")
    await follow(page, number)
    move_letter(platform, number, "send", REVIEWER)
    await expect(page.locator("#timeline li").first).to_contain_text("Approved and sent")


def is_event_stream(response: Response) -> bool:
    return response.headers.get("content-type", "").startswith("text/event-stream")


async def test_who_stood_on_an_action_that_a_colleague_has_taken_stands_on_the_operation(
    page: Page, platform: RunningPlatform
) -> None:
    await page.route("**/graphql", without_streams)  # what happens before a subscription stands is asked for much later
    number = draft_letter(platform, "console-following-4")
    await follow(page, number)
    await sit_down(page, "1003", "330100", "INSURANCE_AGENCY", "REVIEWER")
    await page.locator("#act-send").focus()
    move_letter(platform, number, "send", REVIEWER)
    await expect(page.locator("#timeline li").first).to_contain_text("Approved and sent")
    await expect(page.locator("#operation-title")).to_be_focused()

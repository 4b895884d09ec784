"""The counter screen lists operations: filtered, page by page, and from the numbers that count them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.support.console import find, tab_to
from tests.support.letters import REVIEWER, draft_letter, move_letter
from tests.support.platform import RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]

DRAFTS = """{ operations(filter: {kinds: [INVESTIGATION], states: ["DRAFT"], waitsForCity: "330100", isClosed: false}) {
  totalCount } }"""


async def numbers(page: Page) -> list[str]:
    return await page.locator("#operations .chooser .code").all_inner_texts()


async def test_who_approves_finds_all_drafts_by_kind_and_state(page: Page, platform: RunningPlatform) -> None:
    draft = draft_letter(platform, "console-list-draft")
    sent = draft_letter(platform, "console-list-sent")
    move_letter(platform, sent, "send", REVIEWER)
    await page.get_by_role("link", name="Requests").click()
    await page.get_by_label("Kind").select_option("Entrusted investigation")
    await page.get_by_label("State").select_option("Draft")
    await page.get_by_label("Asked by").select_option("Hangzhou")
    await expect(page.locator("#operations-title")).to_have_text("Chosen requests")
    await expect(page.locator(f"#choose-{draft}")).to_be_visible()
    await expect(page.locator(f"#choose-{sent}")).to_have_count(0)
    count = platform.ask(DRAFTS)["data"]["operations"]["totalCount"]
    await expect(page.locator("#operations")).to_contain_text(f"of {count}")
    await page.get_by_label("Kind").select_option("Replacement of a card")  # its states are others
    await expect(page.get_by_label("State")).to_have_value("")
    await page.get_by_role("button", name="Show all").press("Enter")
    await expect(page.locator("#operations-title")).to_have_text("Newest")
    await expect(page.locator("#operations-title")).to_be_focused()
    await expect(page.locator(f"#choose-{sent}")).to_be_visible()


async def test_open_and_ended_ones_are_told_apart(page: Page, platform: RunningPlatform) -> None:
    number = draft_letter(platform, "console-list-ended")
    await page.get_by_role("link", name="Requests").click()
    await page.get_by_label("Open or ended").select_option("Open")
    await expect(page.locator(f"#choose-{number}")).to_be_visible()
    move_letter(platform, number, "withdraw", REVIEWER, reason="drafted twice")
    await page.get_by_label("Open or ended").select_option("Ended")
    await expect(page.locator(f"#choose-{number}")).to_be_visible()
    await page.get_by_label("Open or ended").select_option("Open")
    await expect(page.locator(f"#choose-{number}")).to_have_count(0)


async def test_the_next_page_is_shown_below_the_one_before_by_keyboard(page: Page, platform: RunningPlatform) -> None:
    drafts = [draft_letter(platform, f"console-list-page-{place:02}") for place in range(22)]
    await page.get_by_role("link", name="Requests").click()
    await expect(page.locator("#list-more")).to_be_visible()
    assert (await numbers(page))[0] == drafts[-1]
    assert len(await numbers(page)) == 20
    await tab_to(page, "list-more", 80)
    await page.keyboard.press("Enter")
    await expect(page.locator(f"#choose-{drafts[1]}")).to_be_focused()
    shown = await numbers(page)
    assert shown[:22] == drafts[::-1]
    assert len(set(shown)) == len(shown)


async def test_a_number_on_the_board_leads_to_the_operations_that_it_counts(
    page: Page, platform: RunningPlatform
) -> None:
    draft_letter(platform, "console-list-board")
    await page.get_by_role("link", name="Caseload").click()
    count = page.get_by_role("button", name="Hangzhou, Entrusted investigation, Draft, Count:")
    wanted = int(await count.inner_text())
    assert wanted == platform.ask(DRAFTS)["data"]["operations"]["totalCount"]
    await count.press("Enter")
    await expect(page.locator("#operations-title")).to_be_focused()
    await expect(page.locator("#operations")).to_contain_text(f"{min(wanted, 20)} of {wanted}")
    for name, value in (("kind", "INVESTIGATION"), ("state", "DRAFT"), ("end", "open"), ("waitsForCity", "330100")):
        await expect(page.locator(f"#filter-{name}")).to_have_value(value)


async def test_what_a_persons_page_leaves_out_is_opened_as_the_list_of_that_person(
    page: Page, platform: RunningPlatform
) -> None:
    number = draft_letter(platform, "console-list-person")
    asked: list[Any] = []

    async def with_more(route: Route) -> None:
        sent = json.loads(route.request.post_data or "{}")
        if "CounterOperations" in sent["query"]:
            asked.append(sent["variables"]["filter"]["personId"])
        if "CounterPersonOperations" not in sent["query"]:
            await route.continue_()
            return
        answer = await (await route.fetch()).json()
        answer["data"]["operations"]["totalCount"] += 3
        await route.fulfill(json=answer)

    await page.route("**/graphql", with_more)
    await find(page)
    await page.get_by_role("button", name="Show all of them").press("Enter")
    await expect(page.locator("#operations")).to_contain_text("Those about 张三.")
    await expect(page.locator(f"#choose-{number}")).to_be_visible()
    query = "query($id: String!) { person(idNumber: $id) { id } }"
    assert asked == [platform.ask(query, {"id": "330199195805120015"})["data"]["person"]["id"]]

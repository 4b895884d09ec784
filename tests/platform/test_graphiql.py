"""GraphiQL in a real browser: ready tabs, answers, the query plan, search by indicator code; nothing from elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route, ViewportSize, async_playwright, expect

from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.support.platform import RunningPlatform
from tests.support.requirements import required_program

pytestmark = [pytest.mark.platform, pytest.mark.browser, pytest.mark.xdist_group("platform")]

LARGE = ViewportSize(width=1600, height=1000)
BROWSER_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@pytest.fixture
async def page(platform: RunningPlatform) -> AsyncIterator[Page]:
    """GraphiQL's page, opened; at the end nothing may have gone to another host or failed."""
    executable = required_program("chromium", "chromium-browser", "google-chrome")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(BROWSER_OPTIONS))
        page = await browser.new_page(viewport=LARGE)
        addresses: list[str] = []
        failures: list[str] = []
        page.on("request", lambda request: addresses.append(request.url))
        page.on("pageerror", lambda error: failures.append(str(error)))
        page.on("requestfailed", lambda request: failures.append(request.url))
        await page.goto(platform.graphql_url)
        await page.locator(".graphiql-query-editor").get_by_text("JointView").wait_for()
        await page.locator(".graphiql-editor-tool").get_by_text("idNumber").first.wait_for()
        yield page
        await browser.close()
    own = f"http://127.0.0.1:{platform.port}/"
    assert [address for address in addresses if not address.startswith((own, f"blob:{own}", "data:"))] == []
    assert failures == []


async def editor_was_read(page: Page) -> None:
    """GraphiQL reads its editor 100 ms after a change: until then it asks for the operation of the tab before."""
    await page.evaluate("new Promise((done) => setTimeout(done, 200))")


async def run_operation(page: Page) -> str:
    """Run the operation of the open tab and return the answer as shown."""
    await editor_was_read(page)
    await page.get_by_role("button", name="Execute query").click()
    answer = page.locator(".graphiql-response")
    await answer.get_by_text('"data"').first.wait_for()
    return await answer.inner_text()


async def test_a_ready_query_is_answered_and_its_plan_shown(page: Page) -> None:
    assert "张三" in (await run_operation(page))
    await page.get_by_role("button", name="Query plan").click()
    plan = await page.get_by_test_id("query-plan").inner_text()
    assert plan.startswith("QueryPlan {")
    assert 'Fetch(service: "people")' in plan


async def test_there_is_a_tab_for_each_ready_operation(page: Page) -> None:
    names = [await tab.inner_text() for tab in await page.get_by_role("tab").all()]
    for name in ("JointView", "DueForCertification", "ManyPeople", "Employer"):
        assert name in names


async def test_ready_operations_are_listed_with_what_they_tell_and_opened_with_their_variables(page: Page) -> None:
    await page.get_by_role("button", name="Ready operations").click()
    listed = page.get_by_role("region", name="Ready operations").get_by_role("button")
    await expect(listed).to_have_count(await page.get_by_role("tab").count())
    await listed.filter(has_text="RequestReplacement").get_by_text("changes data").wait_for()
    board = listed.filter(has_text="CaseloadBoard")
    await board.get_by_text("两市在办").wait_for()
    await board.click()
    await expect(page.get_by_role("tab", name="CaseloadBoard")).to_have_attribute("aria-selected", "true")
    assert '"caseload"' in (await run_operation(page))  # what comes after it may be outside of what is shown
    # A tab that was closed is opened anew, with its variables.
    await page.get_by_role("tab", name="CaseloadBoard").get_by_label("Close Tab").click()
    await expect(page.get_by_role("tab", name="CaseloadBoard")).to_have_count(0)
    await editor_was_read(page)  # else a new tab leaves the closed one's name behind
    await board.click()
    await expect(page.get_by_role("tab", name="CaseloadBoard")).to_have_attribute("aria-selected", "true")
    assert '"caseload"' in (await run_operation(page))


async def test_ready_operations_are_opened_once_the_editors_have_come(
    platform: RunningPlatform, browser: Browser
) -> None:
    page = await browser.new_page(viewport=LARGE)

    async def late(route: Route) -> None:
        if "/assets/monaco-editor" in route.request.url:
            await asyncio.sleep(2)
        await route.continue_()

    await page.route("**/graphiql/assets/*", late)
    await page.goto(platform.graphql_url)
    await page.get_by_role("button", name="Ready operations").click()
    listed = page.get_by_role("region", name="Ready operations").get_by_role("button")
    await listed.filter(has_text="InjuredElsewhere").click()
    await expect(page.get_by_role("tab", name="InjuredElsewhere")).to_have_attribute("aria-selected", "true")
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("hurt")


async def test_a_field_is_found_by_its_indicator_code(page: Page) -> None:
    await page.get_by_role("button", name="Search names and descriptions").click()
    await page.get_by_role("searchbox").fill("AAC003")
    await page.get_by_role("button", name="Person.name").click()
    await expect(page.locator(".graphiql-doc-explorer-title")).to_have_text("name")


async def test_an_answer_in_parts_is_put_together_as_it_comes(page: Page) -> None:
    await page.locator(".graphiql-query-editor .monaco-editor").first.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text(
        "query JointView($idNumber: String!) { person(idNumber: $idNumber) { name ... @defer { cards { number } } } }"
    )
    async with page.expect_response(lambda response: "@defer" in (response.request.post_data or "")) as answered:
        await run_operation(page)
    assert (await (await answered.value).header_value("content-type") or "").startswith("multipart/mixed")
    await page.locator(".graphiql-response").get_by_text('"cards"').first.wait_for()
    await page.get_by_role("button", name="Query plan").click()
    assert "Deferred(" in await page.get_by_test_id("query-plan").inner_text()


async def test_nothing_that_was_asked_stays_in_the_browser(page: Page) -> None:
    await run_operation(page)
    kept = await page.evaluate("JSON.stringify(Object.entries(localStorage))")
    assert ZHANG_SAN not in kept

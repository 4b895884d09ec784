"""GraphiQL shows a subscription's events as they come, and can stop it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import async_playwright

from tests.federation.gateway.server_process import listening
from tests.federation.gateway.subscriptions.newsroom import SUBSCRIPTION, article
from tests.support.requirements import required_program

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

BROWSER_OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


async def test_events_are_shown_as_they_come_until_the_user_stops(newsroom, tmp_path):
    executable = required_program("chromium", "chromium-browser", "google-chrome")
    (tmp_path / "published.graphql").write_text(SUBSCRIPTION)
    go = asyncio.Event()
    served = newsroom([article(1), go, article(2), asyncio.Event()], graphiql_operations=str(tmp_path))
    async with listening(served.app) as origin, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(BROWSER_OPTIONS))
        page = await browser.new_page()
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        await page.goto(f"{origin}/graphql")
        await page.locator(".graphiql-query-editor").get_by_text("Published").first.wait_for()
        await page.get_by_role("button", name="Execute query").click()
        shown = page.locator(".graphiql-response")
        await shown.get_by_text('"author 1"').wait_for()
        go.set()
        await shown.get_by_text('"author 2"').wait_for()
        await page.get_by_role("button", name="Query plan").click()
        assert "Subscription {" in await page.get_by_test_id("query-plan").inner_text()
        await page.get_by_role("button", name="Stop").click()
        await served.source.is_closed.wait()
        await browser.close()
    assert failures == []

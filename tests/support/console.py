"""What tests do at the counter screen, and what happens in the graph meanwhile."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, Route, expect

from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.support.platform import RunningPlatform

ANSWER_MILLISECONDS = 20_000
CARD_SERVICE = "huangshan_card_service"

REPORT_LOSS = """mutation($input: CardServiceInput!) { reportTemporaryLoss(input: $input) {
  effect errors { code } operation { number } } }"""


async def find(page: Page, number: str = ZHANG_SAN) -> None:
    await page.get_by_label("Id number", exact=True).fill(number)
    await page.keyboard.press("Enter")
    await expect(page.locator("#result")).to_have_attribute("aria-busy", "false", timeout=ANSWER_MILLISECONDS)


async def rows(page: Page, section: str) -> list[str]:
    """The rows of a section's table, each as the text of its cells."""
    found = await page.locator(f"#{section} tbody tr").all()
    return [" | ".join((await row.inner_text()).split()) for row in found]


async def follow(page: Page, number: str) -> None:
    await page.get_by_role("link", name="Requests").click()
    await page.get_by_label("Number of the request").fill(number)
    await page.keyboard.press("Enter")
    await expect(page.locator("#operation-title")).to_be_focused()


async def tab_to(page: Page, element_id: str, most: int = 60) -> None:
    """Press Tab until the element has the focus, at most so often, as somebody without a mouse would."""
    await page.locator(f"#{element_id}").wait_for()
    for _ in range(most):
        if await page.evaluate("document.activeElement.id") == element_id:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {element_id}")


async def sit_down(page: Page, number: str, city: str, office: str, duty: str) -> None:
    """Say who sits at the counter."""
    for name, value in (("city", city), ("office", office), ("duty", duty)):
        await page.locator(f"#officer-{name}").select_option(value)
    await page.locator("#officer-id").fill(number)


def report_loss(platform: RunningPlatform, key: str, function: str = "SOCIAL") -> dict[str, Any]:
    """A function of Zhang San's card in Huangshan is lost for a time; gives the payload, queued or not."""
    given = {
        "idempotencyKey": key,
        "officer": {"id": "1001", "city": "330100", "office": "CARD_CENTRE", "duty": "HANDLER"},
        "issuingCity": "341000",
        "cardNumber": "H00000001",
        "idNumber": ZHANG_SAN,
        "name": "张三",
        "function": function,
    }
    return dict(platform.ask(REPORT_LOSS, {"input": given})["data"]["reportTemporaryLoss"])


async def without_streams(route: Route) -> None:
    """A route to a graph that has no subscriptions."""
    if route.request.headers["accept"] == "text/event-stream":
        await route.fulfill(json={"errors": []})
    else:
        await route.fallback()


async def answer_in_the_gateways_place(route: Route) -> None:
    """A route to something that is not the gateway."""
    await route.fulfill(body="<html>Please log in</html>")
